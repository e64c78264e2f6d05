/*
 * What the journal tells of the time since a scan: what was changed back,
 * what goes at a restart, what fixes have worked on.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/journal_internal.h"

#include "base/err.h"
#include "base/str.h"
#include "host/host.h"
#include "store/store_sql.h"

#include <string.h>

/* From this version on changes have a table. */
#define CHANGES_SINCE_VERSION 4
/* From this version on a fix knows when its scan began. */
#define SCAN_SINCE_VERSION 2

int journal_note_change(struct journal *j, const char *target_id,
			const char *what)
{
	char token[FIX_ID_NBYTES];
	sqlite3_stmt *q = NULL;
	int err = journal_new_id(token);

	if (err)
		return err;
	err = journal_prepare(j,
			      "INSERT INTO change (token, target_id, what, at) "
			      "VALUES (:token, :target, :what, :now)",
			      &q);
	if (!err)
		err = bind_text(q, ":token", token);
	if (!err)
		err = bind_text(q, ":target", target_id);
	if (!err)
		err = bind_text(q, ":what", what);
	if (!err)
		err = bind_time(q, ":now", host_now());
	if (!err)
		err = journal_run(j, q);
	sqlite3_finalize(q);
	return err;
}

static void take_text(sqlite3_stmt *q, int column, char *ret, size_t nbytes)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	str_copy(ret, text ? text : "", nbytes);
}

int journal_newest_change(struct journal *j, const char *target_id,
			  char token_ret[FIX_ID_NBYTES],
			  char at_ret[JOURNAL_TIME_NBYTES])
{
	sqlite3_stmt *q = NULL;
	int rc, err = journal_prepare(
			j,
			/* opened to be written it has the table */
			j->version && j->version < CHANGES_SINCE_VERSION
				? "SELECT fix_id, finished_at FROM fix WHERE "
				  "state IN ('undone', 'partly_undone') AND "
				  "(?1 IS NULL OR target_id = ?1) ORDER BY "
				  "finished_at DESC, number DESC LIMIT 1"
				: "SELECT token, at FROM change WHERE (?1 IS "
				  "NULL OR target_id = ?1) ORDER BY number "
				  "DESC LIMIT 1",
			&q);

	if (err)
		return err;
	if (target_id)
		sqlite3_bind_text(q, 1, target_id, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		take_text(q, 0, token_ret, FIX_ID_NBYTES);
		take_text(q, 1, at_ret, JOURNAL_TIME_NBYTES);
	} else {
		err = rc == SQLITE_DONE ? ERR_NOT_FOUND : journal_fail(j, rc);
	}
	sqlite3_finalize(q);
	return err;
}

int journal_each_waiting(struct journal *j, const char *target_id,
			 journal_waiting_fn fn, void *arg)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = journal_prepare(
		j,
		"SELECT CAST(s.moved_to AS TEXT), ifnull(f.finished_at, '') "
		"FROM step s JOIN fix f ON f.fix_id = s.fix_id WHERE "
		"s.moved_to IS NOT NULL AND s.state IN ('verified', "
		"'came_back') AND (?1 IS NULL OR f.target_id = ?1)",
		&q);

	if (err)
		return err;
	if (target_id)
		sqlite3_bind_text(q, 1, target_id, -1, SQLITE_STATIC);
	while (!err && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		const char *moved_to = (const char *)sqlite3_column_text(q, 0);
		const char *at = (const char *)sqlite3_column_text(q, 1);

		err = moved_to && at ? fn(arg, moved_to, at) : err_nomem();
	}
	if (!err && rc != SQLITE_DONE)
		err = journal_fail(j, rc);
	sqlite3_finalize(q);
	return err;
}

int journal_take_worked(sqlite3_stmt *q, struct vec *ret, int *rc_ret)
{
	while ((*rc_ret = sqlite3_step(q)) == SQLITE_ROW) {
		struct worked_step *w = vec_push(ret);

		if (!w)
			return err_last()->err;
		w->finding_id = sqlite3_column_int64(q, 0);
		w->seq = (uint32_t)sqlite3_column_int64(q, 1);
		w->has_changed = sqlite3_column_int(q, 2) != 0;
		w->is_done = sqlite3_column_int(q, 3) != 0;
	}
	return 0;
}

int journal_worked(struct journal *j, const struct journal_scan *scan,
		   struct vec *ret)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err;

	if (j->version && j->version < SCAN_SINCE_VERSION)
		return 0;
	err = journal_prepare(
		j,
		"SELECT s.finding_id, s.seq, s.item IS NOT NULL AND s.state IN "
		"('applied', 'verified', 'came_back'), s.state = 'verified' "
		"FROM step s JOIN fix f ON f.fix_id = s.fix_id WHERE "
		"f.scan_id = ?1 AND f.scan_started_at = ?2 AND f.target_id = "
		"?3",
		&q);
	if (err)
		return err;
	sqlite3_bind_int64(q, 1, scan->scan_id);
	sqlite3_bind_text(q, 2, scan->started_at, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, scan->target_id, -1, SQLITE_STATIC);
	err = journal_take_worked(q, ret, &rc);
	if (!err && rc != SQLITE_DONE)
		err = journal_fail(j, rc);
	sqlite3_finalize(q);
	return err;
}
