/*
 * Result of a command to screen, pipe or file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "output.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "host/writers.h"
#include "words/usage.h"
#include <string.h>

int output_format(const struct options *o, enum report_format *ret)
{
	if (!o->format) {
		*ret = REPORT_TEXT;
		return 0;
	}
	if (report_format_from_name(o->format, ret))
		return 0;
	complain(W_USAGE_FORMAT, o->format);
	return EXIT_USAGE;
}

void output_report_options(const struct options *o, enum report_format format,
			   struct report_options *ret)
{
	bool on_terminal = !o->out && host_is_terminal(HOST_STDOUT);

	memset(ret, 0, sizeof(*ret));
	ret->format = format;
	ret->lang = o->lang;
	ret->to_file = o->out != NULL;
	ret->color = on_terminal && !o->no_color && host_can_color(HOST_STDOUT);
	ret->columns = on_terminal ? host_terminal_columns(HOST_STDOUT) : 80;
}

/* Where nobody can be kept out, whoever has the rights to should know. */
static void tell_open(const struct options *o)
{
	char *path = host_has_rights() ? host_absolute_path(o->out) : NULL;
	char *dir = path ? host_dirname(path) : NULL;

	if (dir && host_check_folder_writers(dir) == ERR_UNSUPPORTED)
		complain(W_USAGE_OUT_OPEN, o->out);
	mem_free(dir);
	mem_free(path);
}

/* What such files begin with. */
static const char *const kept[] = { "SQLite format 3", "MZ", "regf" };

static int check_kept(const char *path)
{
	char head[16] = { 0 };
	struct host_file *f = NULL;
	size_t n = 0;

	/* What cannot be read is left to whoever writes it. */
	if (host_open(path, 0, &f))
		return 0;
	if (host_pread(f, 0, head, sizeof(head) - 1, &n))
		n = 0;
	host_close(f);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const size_t nbytes = strlen(kept[i]);

		if (n >= nbytes && memcmp(head, kept[i], nbytes) == 0)
			return err_fail(ERR_EXISTS, 0, W_USAGE_OUT_KEPT, path);
	}
	return 0;
}

int output_check(const struct options *o)
{
	if (!o->out || !check_kept(o->out))
		return 0;
	complain_last("");
	return EXIT_USAGE;
}

int output_write(const struct options *o, const struct str *text,
		 enum report_format format)
{
	if (text->err)
		return err_fail(text->err, 0, "%s", err_words(text->err));
	if (o->out) {
		/* Once more: --out may name the store that was made since. */
		int err = check_kept(o->out);

		if (!err)
			err = host_write_private(o->out, str_text(text),
						 text->len);
		if (!err)
			tell_open(o);
		return err;
	}
	return host_write(HOST_STDOUT, str_text(text), text->len,
			  format != REPORT_TEXT);
}
