/*
 * What is said of an entry whose program an antivirus has put aside.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/judge.h"
#include "base/aside.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

/* Of "lib.dll.vir (EXE) | lib.sig (?)" the first such name; caller frees. */
static char *name_of(const struct registration *r, int *err_ret)
{
	const char *at = r->beside;

	while (at != NULL && *at != '\0') {
		const char *end = strstr(at, " | ");
		size_t n = end != NULL ? (size_t)(end - at) : strlen(at);
		char *name = mem_strndup(at, n);
		char *type = name != NULL ? strrchr(name, '(') : NULL;

		if (name == NULL) {
			*err_ret = ERR_NOMEM;
			return NULL;
		}
		if (type != NULL && type - name > 1)
			type[-1] = '\0';
		if (aside_is(name, wpath_base(r->server_path)))
			return name;
		mem_free(name);
		at = end != NULL ? end + 3 : NULL;
	}
	return NULL;
}

void reason_add_aside(struct str *out, const struct subject *s, bool ja)
{
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct registration *r = s->artefacts[i]->registration;
		char *name;
		int err = 0;

		if (r == NULL || r->exists != EXISTS_NO ||
		    r->server_path == NULL)
			continue;
		name = name_of(r, &err);
		if (err)
			out->err = err;
		if (name == NULL)
			continue;
		str_add(out,
			ja ? "元の場所に、ウイルス対策ソフトが隔離したときの"
			     "名前のファイル"
			   : " Where it lay there is ");
		reason_add_name(out, name, ja);
		str_add(out,
			ja ? "があります。残っているのは登録で、削除する必要が"
			     "あります。"
			   : ", as an antivirus calls what it has put aside: "
			     "the entry is what is left, and has to be "
			     "removed.");
		mem_free(name);
		return;
	}
}
