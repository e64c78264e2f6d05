/*
 * mstmpsweep vault list: what was saved, told by the items of a vault alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "misread.h"
#include "output.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"
#include "remediate/vault_rows.h"
#include "words/vault.h"
#include "words/words.h"
#include <string.h>

static void json_text(struct json *j, const char *key, const char *value)
{
	char *shown = value ? utf_escape_dup(value) : NULL;

	json_key(j, key);
	json_string(j, shown);
	mem_free(shown);
}

static void add_json(struct json *j, const struct vault_row *row)
{
	const struct vault_info *i = &row->info;
	char when[WTIME_TEXT_NBYTES];

	json_begin_object(j);
	json_text(j, "item", row->name);
	json_text(j, "error", row->why);
	if (!row->why) {
		json_text(j, "kind", vault_kind_name(i->kind));
		json_text(j, "original", i->original);
		json_text(j, "value_name", i->value_name);
		json_text(j, "target_id", i->target_id);
		json_text(j, "computer", i->computer);
		wtime_format(i->saved_at, when);
		json_text(j, "saved_at", when);
		json_text(j, "why", i->why);
		json_key(j, "size");
		json_int(j, (int64_t)i->nbytes);
		json_text(j, "sha256", i->sha256);
		json_text(j, "fix_id", i->fix_id);
		json_key(j, "step");
		json_int(j, i->seq);
	}
	json_end_object(j);
}

static void as_json(const struct vec *rows, struct str *out)
{
	struct json j;

	json_init(&j, out, true);
	json_begin_array(&j);
	for (size_t i = 0; i < rows->count; i++)
		add_json(&j, vec_at(rows, i));
	json_end_array(&j);
	str_add(out, "\n");
}

static void as_text(const struct vec *rows, const char *path, const char *lang,
		    struct str *out)
{
	utf_display(out, path);
	str_add(out, ": ");
	words_add(out, lang, W_VAULT_COUNT, (unsigned)rows->count);
	str_addch(out, '\n');
	for (size_t i = 0; i < rows->count; i++)
		vault_row_text(vec_at(rows, i), lang, out);
}

static int show(const struct options *o, const struct vec *rows,
		const char *path, bool wants_json)
{
	struct str out = STR_INIT;
	int err;

	if (wants_json)
		as_json(rows, &out);
	else
		as_text(rows, path, o->lang, &out);
	err = output_write(o, &out, wants_json ? REPORT_JSON : REPORT_TEXT);
	str_release(&out);
	return err;
}

static int list(struct console *c, bool wants_json)
{
	struct vec rows = { 0 };
	char *path = NULL;
	bool damaged = false;
	int err = session_vault(c->session, &rows, &path);

	if (err) {
		mem_free(path);
		return EXIT_NO_START;
	}
	for (size_t i = 0; i < rows.count; i++)
		damaged |= ((struct vault_row *)vec_at(&rows, i))->why != NULL;
	err = show(c->o, &rows, path, wants_json);
	if (err)
		complain_last("");
	vault_rows_release(&rows);
	mem_free(path);
	return err ? EXIT_STOPPED : damaged ? EXIT_FOUND : EXIT_CLEAN;
}

int cmd_vault(const struct options *o)
{
	static const char *const words[] = { "list", NULL };
	const bool wants_json = o->format && strcmp(o->format, "json") == 0;
	struct console c;
	int ret;

	if (o->args.count &&
	    !subcommand_find("vault", words, *(const char **)o->args.items))
		return EXIT_USAGE;
	if (o->format && !wants_json && strcmp(o->format, "text") != 0) {
		complain(W_VAULT_FORMATS, o->format);
		return EXIT_USAGE;
	}
	/* A vault that is named needs no Windows. */
	ret = console_open(&c, o, !o->vault);
	if (!ret) {
		ret = list(&c, wants_json);
		session_close(c.session);
	}
	return ret;
}
