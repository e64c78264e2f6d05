/*
 * All items of a vault, read one by one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/vault.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>

/* As many as vault_list() gives. */
#define ROWS_MAX 100000u

static int compare(const void *a, const void *b)
{
	const struct vault_row *x = a;
	const struct vault_row *y = b;

	if ((x->why != NULL) != (y->why != NULL))
		return x->why != NULL ? 1 : -1;
	if (x->info.saved_at != y->info.saved_at)
		return x->info.saved_at < y->info.saved_at ? 1 : -1;
	return strcmp(y->name, x->name);
}

/* Takes the name over if it succeeds. */
static int add(struct vec *rows, const char *dir, char *name)
{
	char *path = host_join(dir, name);
	struct vault_row row = { .name = name };
	struct vault_row *slot;
	int err = path != NULL ? vault_read_info(path, &row.info) : ERR_NOMEM;

	mem_free(path);
	if (err == ERR_NOMEM)
		return err_nomem();
	if (err != 0) {
		row.why = mem_strdup(err_last()->text);
		if (row.why == NULL)
			return err_nomem();
	}
	slot = vec_push(rows);
	if (slot == NULL) {
		vault_info_release(&row.info);
		mem_free(row.why);
		return err_nomem();
	}
	*slot = row;
	return 0;
}

int vault_rows_load(const char *path, struct vec *rows_ret)
{
	struct vec rows = VEC_INIT(struct vault_row, ROWS_MAX);
	struct vec names;
	int err = vault_list_folder(path, &names);

	if (err != 0)
		return err;
	for (size_t i = 0; i < names.count; i++) {
		char *name = *(char **)vec_at(&names, i);

		if (err == 0)
			err = add(&rows, path, name);
		/* From the first failure on they are nobody's. */
		if (err != 0)
			mem_free(name);
	}
	vec_release(&names);
	if (err != 0) {
		vault_rows_release(&rows);
		return err;
	}
	if (rows.count > 1)
		qsort(rows.items, rows.count, sizeof(struct vault_row),
		      compare);
	*rows_ret = rows;
	return 0;
}

void vault_rows_release(struct vec *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		struct vault_row *row = vec_at(rows, i);

		mem_free(row->name);
		mem_free(row->why);
		vault_info_release(&row->info);
	}
	vec_release(rows);
}

int vault_row_text(const struct vault_row *row, const char *lang,
		   struct str *out)
{
	struct str why = STR_INIT;

	utf_display(out, row->name);
	if (row->why != NULL) {
		str_addf(out, "  %s\n    ", words_in(W_VAULT_UNREADABLE, lang));
		words_translate(&why, lang, row->why);
		utf_display(out, str_text(&why));
		str_release(&why);
	} else {
		str_add(out, "  ");
		vault_info_line(&row->info, lang, out);
		str_add(out, "\n    ");
		utf_display(out, row->info.original);
		if (row->info.value_name != NULL) {
			str_add(out, " -> ");
			utf_display(out, *row->info.value_name != '\0'
						 ? row->info.value_name
						 : "(Default)");
		}
	}
	return str_addch(out, '\n');
}
