/*
 * SQLite for whoever has rows of his own in the store, or a file of his own
 * kept alike (the journal): statements, and values bound and taken.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STORE_STORE_SQL_H
#define STORE_STORE_SQL_H

#include "base/str.h"

#include <sqlite3.h>

struct store;

/* Map SQLite's code to ERR_* and record a sentence that says what to do. */
int store_fail(const struct store *s, int rc);
/* Run SQL text; errors go through store_fail(). */
int store_exec(const struct store *s, const char *sql);
int store_prepare(const struct store *s, const char *sql, sqlite3_stmt **ret);
/* Step a statement that gives no rows, reset it and clear its values. */
int store_step(const struct store *s, sqlite3_stmt *stmt);
/* One integer of one row; ERR_NOT_FOUND without a row. */
int store_query_int(const struct store *s, const char *sql, int64_t *ret);

/* Values. NULL text binds NULL; text goes through utf_escape(). */
int bind_text(sqlite3_stmt *stmt, const char *name, const char *text);
/* As bind_text, and the raw bytes under raw_name if escaping changed them. */
int bind_name(sqlite3_stmt *stmt, const char *name, const char *raw_name,
	      const char *text);
/* "" counts as absent. */
int bind_word(sqlite3_stmt *stmt, const char *name, const char *text);
/*
 * What bind_name() has put there, as it was before: `raw` is the column of the
 * raw bytes (-1: there is none), since escaped text can stand for two names.
 * NULL adds nothing, and is NULL to take_name(); ERR_NOMEM.
 */
int add_name(sqlite3_stmt *q, int column, int raw, struct str *out);
int take_name(sqlite3_stmt *q, int column, int raw, char **ret);
int bind_int(sqlite3_stmt *stmt, const char *name, int64_t value);
int bind_hex(sqlite3_stmt *stmt, const char *name, uint64_t value);
/* 0 and impossible times bind NULL. */
int bind_time(sqlite3_stmt *stmt, const char *name, int64_t filetime);

#endif
