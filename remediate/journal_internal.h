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
/* BEGIN IMMEDIATE; and COMMIT, or back where err is not 0. */
int journal_lock(const struct journal *j);
int journal_commit(const struct journal *j, int err);

#endif
