/*
 * Fuzz server values: the first byte chooses view and Windows, the rest is
 * the value.  What comes out is bounded and holds no slash.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "base/str.h"
#include "collect/server.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* %a% is a folder, %b% is long, everything else is unknown. */
static char *expand(void *arg, int view, const char *text)
{
	struct str s;

	(void)arg;
	(void)view;
	str_init(&s, (size_t)1 << 20);
	while (*text && !s.err) {
		if (ascii_istarts_with(text, "%a%")) {
			str_add(&s, "C:\\Program Files");
			text += 3;
		} else if (ascii_istarts_with(text, "%b%")) {
			str_addf(&s, "%01000d", 7);
			text += 3;
		} else {
			str_addch(&s, *text++);
		}
	}
	return str_detach(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct server_rules rules = { expand, NULL, true, "C:\\Windows" };
	struct server_form form;
	char *raw;
	char *path;
	int view;

	if (!nbytes)
		return 0;
	view = data[0] & 1 ? 32 : 64;
	rules.is_64bit = (data[0] & 2) != 0;
	raw = mem_strndup((const char *)data + 1, nbytes - 1);
	path = raw ? server_normalise_with(&rules, view, raw, &form) : NULL;
	if (path && strlen(path) > (size_t)SERVER_MAX_NCHARS * 3 + 512)
		abort();
	if (path && !form.is_url && !form.is_unknown && strchr(path, '/'))
		abort();
	mem_free(path);
	mem_free(raw);
	return 0;
}
