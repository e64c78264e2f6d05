/*
 * What store_sql.h offers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"

#include <stdio.h>
#include <string.h>

int store_exec(const struct store *s, const char *sql)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : store_fail(s, rc);
}

int store_prepare(const struct store *s, const char *sql, sqlite3_stmt **ret)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return store_fail(s, rc);
	*ret = stmt;
	return 0;
}

int store_step(const struct store *s, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	int err = 0;

	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		err = store_fail(s, rc);
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return err;
}

int store_query_int(const struct store *s, const char *sql, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_prepare(s, sql, &stmt);
	int rc;

	if (err != 0)
		return err;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(stmt, 0);
	else if (rc == SQLITE_DONE)
		err = ERR_NOT_FOUND;
	else
		err = store_fail(s, rc);
	sqlite3_finalize(stmt);
	return err;
}

static int bind_result(int rc)
{
	return rc == SQLITE_OK	    ? 0
	       : rc == SQLITE_NOMEM ? ERR_NOMEM
				    : ERR_INVALID;
}

int bind_text(sqlite3_stmt *stmt, const char *name, const char *text)
{
	int index = sqlite3_bind_parameter_index(stmt, name);
	char *escaped;
	int rc;

	if (text == NULL)
		return bind_result(sqlite3_bind_null(stmt, index));
	if (!utf_needs_escape(text))
		return bind_result(sqlite3_bind_text(stmt, index, text, -1,
						     SQLITE_TRANSIENT));
	escaped = utf_escape_dup(text);
	if (escaped == NULL)
		return ERR_NOMEM;
	rc = sqlite3_bind_text(stmt, index, escaped, -1, SQLITE_TRANSIENT);
	mem_free(escaped);
	return bind_result(rc);
}

int bind_name(sqlite3_stmt *stmt, const char *name, const char *raw_name,
	      const char *text)
{
	int index = sqlite3_bind_parameter_index(stmt, raw_name);
	int rc;

	if (text != NULL && utf_needs_escape(text))
		rc = sqlite3_bind_blob(stmt, index, text, (int)strlen(text),
				       SQLITE_TRANSIENT);
	else
		rc = sqlite3_bind_null(stmt, index);
	return rc == SQLITE_OK ? bind_text(stmt, name, text) : bind_result(rc);
}

int add_name(sqlite3_stmt *q, int column, int raw, struct str *out)
{
	const char *text;

	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return out->err;
	if (raw >= 0 && sqlite3_column_type(q, raw) == SQLITE_BLOB)
		return str_addn(out, sqlite3_column_blob(q, raw),
				(size_t)sqlite3_column_bytes(q, raw));
	text = (const char *)sqlite3_column_text(q, column);
	if (text == NULL)
		return err_nomem();
	utf_unescape(out, text);
	return out->err;
}

int take_name(sqlite3_stmt *q, int column, int raw, char **ret)
{
	struct str out = STR_INIT;
	int err;

	*ret = NULL;
	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return 0;
	err = add_name(q, column, raw, &out);
	if (err == 0)
		err = str_add(&out, "");
	if (err == 0)
		*ret = str_detach(&out);
	str_release(&out);
	return err != 0 || *ret == NULL ? err_nomem() : 0;
}

int bind_word(sqlite3_stmt *stmt, const char *name, const char *text)
{
	return bind_text(stmt, name,
			 text != NULL && text[0] != '\0' ? text : NULL);
}

int bind_int(sqlite3_stmt *stmt, const char *name, int64_t value)
{
	int index = sqlite3_bind_parameter_index(stmt, name);

	return bind_result(sqlite3_bind_int64(stmt, index, value));
}

int bind_hex(sqlite3_stmt *stmt, const char *name, uint64_t value)
{
	char text[17];

	snprintf(text, sizeof(text), "%" PRIx64, value);
	return bind_text(stmt, name, value != 0 ? text : NULL);
}

int bind_time(sqlite3_stmt *stmt, const char *name, int64_t filetime)
{
	char text[WTIME_TEXT_NBYTES];

	return bind_text(stmt, name,
			 wtime_format(filetime, text) ? text : NULL);
}
