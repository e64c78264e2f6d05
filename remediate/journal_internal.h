/*
 * What the files of the journal share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_JOURNAL_INTERNAL_H
#define REMEDIATE_JOURNAL_INTERNAL_H

#include "remediate/journal.h"

#include <sqlite3.h>

struct journal {
	sqlite3 *db;
	char *path;
	int64_t version; /* opened for reading only: of its schema */
};

int journal_fail(const struct journal *j, int rc);
int journal_exec(const struct journal *j, const char *sql);
int journal_prepare(const struct journal *j, const char *sql,
		    sqlite3_stmt **ret);
int journal_run(const struct journal *j, sqlite3_stmt *q);
/*
 * Appends a struct worked_step for each row of finding, seq, has_changed and
 * is_done; *rc_ret: SQLite's answer, SQLITE_DONE at the end.
 */
int journal_take_worked(sqlite3_stmt *q, struct vec *ret, int *rc_ret);
/* A new random number in hex, of a fix or of a change. */
int journal_new_id(char ret[FIX_ID_NBYTES]);
/* BEGIN IMMEDIATE; and COMMIT, or back where err is not 0. */
int journal_lock(const struct journal *j);
int journal_commit(const struct journal *j, int err);

#endif
