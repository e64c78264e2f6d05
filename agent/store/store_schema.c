/*
 * Whether a store's schema is exactly the one that its version has.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A store can come from anybody, and one trigger or view in it would make our
 * own statements do somebody else's work.  What is expected is made anew in
 * memory from the texts that make and migrate stores, so that it is written
 * down nowhere else; both are compared token by token, as an ALTER TABLE
 * leaves other blanks and no comments.
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"

#include "embed.h"
#include "words/store.h"

#include <stdlib.h>
#include <string.h>

/* Ours has some tens; one with more is told by the first that is too much. */
#define MAX_OBJECTS 512
/* No statement of ours is a tenth of that. */
#define MAX_SQL_NBYTES 65536
/* Ends a field; no statement of ours holds it. */
#define FIELD_END '\n'

/* ---- text --------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

/* The length of what is no token there: blanks and comments; 0: a token. */
static size_t skipped(const char *at)
{
	const char *end;

	if (is_blank(*at))
		return 1;
	if (at[0] == '-' && at[1] == '-')
		return strcspn(at, "\n");
	if (at[0] != '/' || at[1] != '*')
		return 0;
	end = strstr(at + 2, "*/");
	return end != NULL ? (size_t)(end - at) + 2 : strlen(at);
}

static size_t token_nbytes(const char *at)
{
	const char close = *at == '[' ? ']' : *at;
	size_t n = 1;

	if (is_word(*at)) {
		while (is_word(at[n]))
			n++;
		return n;
	}
	if (strchr("'\"`[", *at) == NULL)
		return 1;
	/* A doubled quote makes two tokens, which compare as well. */
	while (at[n] != '\0' && at[n] != close)
		n++;
	return at[n] != '\0' ? n + 1 : n;
}

/* The tokens of a statement, a blank before each. */
static void add_tokens(struct str *out, const char *sql)
{
	while (*sql != '\0') {
		const size_t gap = skipped(sql);
		size_t n;

		if (gap > 0) {
			sql += gap;
			continue;
		}
		n = token_nbytes(sql);
		str_addch(out, ' ');
		str_addn(out, sql, n);
		sql += n;
	}
}

/* ---- objects ------------------------------------------------------------ */

/* One row of sqlite_schema as one text, its fields ended by FIELD_END. */
static int add_object(struct vec *list, sqlite3_stmt *q)
{
	const char *sql = (const char *)sqlite3_column_text(q, 3);
	struct str text = STR_INIT;
	char **slot;

	for (int i = 0; i < 3; i++) {
		const char *field = (const char *)sqlite3_column_text(q, i);

		str_add(&text, field != NULL ? field : "");
		str_addch(&text, FIELD_END);
	}
	/* Cut, it is no text of ours any more. */
	if (sql != NULL && sqlite3_column_bytes(q, 3) <= MAX_SQL_NBYTES)
		add_tokens(&text, sql);
	else if (sql != NULL)
		str_add(&text, " ...");
	slot = text.err == 0 ? vec_push(list) : NULL;
	if (slot == NULL) {
		str_release(&text);
		return err_nomem();
	}
	*slot = str_detach(&text);
	return *slot != NULL ? 0 : err_nomem();
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_objects(sqlite3 *db, struct vec *list)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db,
				    "SELECT type, name, tbl_name, sql FROM "
				    "main.sqlite_schema LIMIT 512",
				    -1, &q, NULL);
	int err = 0;

	if (rc == SQLITE_OK) {
		while (err == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW)
			err = add_object(list, q);
		if (rc == SQLITE_DONE)
			rc = SQLITE_OK;
	}
	sqlite3_finalize(q);
	if (err == 0 && rc != SQLITE_OK)
		err = rc == SQLITE_NOMEM ? err_nomem() : ERR_CORRUPT;
	if (err == 0 && list->count > 1)
		qsort(list->items, list->count, sizeof(char *), compare_texts);
	return err;
}

static void release_objects(struct vec *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(*(char **)vec_at(list, i));
	vec_release(list);
}

/* ---- what is expected --------------------------------------------------- */

/* A store of that version, as it was made and brought forward. */
static int make_expected(sqlite3 *db, int version)
{
	size_t count = 0;
	const struct store_migration *steps = store_migrations(&count);
	const bool is_newest = version == STORE_SCHEMA_VERSION;
	int rc = sqlite3_exec(db,
			      is_newest ? embed_schema_sql : embed_schema_1_sql,
			      NULL, NULL, NULL);

	for (int from = 1; rc == SQLITE_OK && !is_newest && from < version;
	     from++) {
		rc = SQLITE_ERROR;
		for (size_t i = 0; i < count; i++) {
			if (steps[i].from == from)
				rc = sqlite3_exec(db, steps[i].sql, NULL, NULL,
						  NULL);
		}
	}
	return rc;
}

static int read_expected(int version, struct vec *list)
{
	sqlite3 *db = NULL;
	int rc = store_memory_db(&db);
	int err;

	if (rc == SQLITE_OK)
		rc = make_expected(db, version);
	err = rc == SQLITE_OK	   ? read_objects(db, list)
	      : rc == SQLITE_NOMEM ? err_nomem()
				   : ERR_CORRUPT;
	sqlite3_close(db);
	return err;
}

/* ---- comparing ---------------------------------------------------------- */

/* The first object that only one of the lists has; NULL: they are equal. */
static const char *first_difference(const struct vec *have,
				    const struct vec *want)
{
	for (size_t i = 0; i < have->count || i < want->count; i++) {
		const char *a =
			i < have->count ? *(char **)vec_at(have, i) : NULL;
		const char *b =
			i < want->count ? *(char **)vec_at(want, i) : NULL;

		if (a == NULL || b == NULL)
			return a != NULL ? a : b;
		if (strcmp(a, b) != 0)
			return strcmp(a, b) < 0 ? a : b;
	}
	return NULL;
}

int store_fail_changed(const struct store *s, const char *what)
{
	return err_fail(ERR_CORRUPT, 0, W_STORE_CHANGED, s->path, what);
}

/* "trigger x", of the fields of an object. */
static int fail_with(const struct store *s, const char *object)
{
	const int type = (int)strcspn(object, "\n");
	const char *name = object + type + 1;
	const int name_nbytes = (int)strcspn(name, "\n");
	char what[96];

	snprintf(what, sizeof(what), "%.*s \"%.*s\"", type < 20 ? type : 20,
		 object, name_nbytes < 60 ? name_nbytes : 60, name);
	return store_fail_changed(s, what);
}

int store_schema_check(struct store *s, int version)
{
	struct vec have = VEC_INIT(char *, MAX_OBJECTS);
	struct vec want = VEC_INIT(char *, MAX_OBJECTS);
	const char *object;
	int err = read_expected(version, &want);

	if (err != 0)
		err = err_fail(err, 0, W_STORE_SCHEMA_FAILED, version);
	else
		err = read_objects(s->db, &have);
	if (err == ERR_CORRUPT && have.count == 0 && want.count > 0)
		err = store_fail(s, sqlite3_errcode(s->db));
	object = err == 0 ? first_difference(&have, &want) : NULL;
	if (object != NULL)
		err = fail_with(s, object);
	release_objects(&have);
	release_objects(&want);
	return err;
}
