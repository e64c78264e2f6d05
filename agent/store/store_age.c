/*
 * How old a scan is: what undo and restarts changed after it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "words/store.h"

#include <string.h>

/* Before this version the end of a fix that was undone told of it. */
#define AGE_SINCE_VERSION 4

int store_overtake(struct store *s, const char *target_id, const char *what)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(s,
				"UPDATE scan SET overtaken_by = :what, "
				"overtaken_at = :now WHERE target_id = :target "
				"AND overtaken_by IS NULL",
				&q);

	if (err == 0)
		err = bind_text(q, ":what", what);
	if (err == 0)
		err = bind_time(q, ":now", host_now());
	if (err == 0)
		err = bind_text(q, ":target", target_id);
	if (err == 0)
		err = store_step(s, q);
	sqlite3_finalize(q);
	return err;
}

static int read_age(const struct store *s, sqlite3_stmt *q,
		    struct scan_age *ret)
{
	char **const fields[] = { &ret->target_id, &ret->started_at,
				  &ret->overtaken_by, &ret->overtaken_at,
				  &ret->changes_seen };
	int rc = sqlite3_step(q);

	if (rc == SQLITE_DONE)
		return err_fail(ERR_NOT_FOUND, 0, W_STORE_NO_SUCH_SCAN,
				s->path);
	if (rc != SQLITE_ROW)
		return store_fail(s, rc);
	for (int i = 0; i < 5; i++) {
		const char *text = (const char *)sqlite3_column_text(q, i);

		*fields[i] = mem_strdup(text != NULL ? text : "");
		if (*fields[i] == NULL)
			return err_nomem();
	}
	ret->is_live = sqlite3_column_int(q, 5) != 0;
	return 0;
}

int store_scan_age(struct store *s, int64_t scan_id, struct scan_age *ret)
{
	struct scan_age age = { 0 };
	sqlite3_stmt *q = NULL;
	int64_t version = 0;
	int err = store_query_int(s, "PRAGMA user_version", &version);

	if (err == 0)
		err = store_prepare(
			s,
			version < AGE_SINCE_VERSION
				? "SELECT s.target_id, s.started_at, CASE WHEN "
				  "max(f.finished_at) IS NOT NULL THEN 'undo' "
				  "END, max(f.finished_at), '', "
				  "s.target_kind = 'live' FROM scan s "
				  "LEFT JOIN fix f ON f.target_id = "
				  "s.target_id AND f.state IN ('undone', "
				  "'partly_undone') AND f.finished_at >= "
				  "s.started_at WHERE s.scan_id = ? GROUP BY "
				  "s.scan_id"
				: "SELECT target_id, started_at, overtaken_by, "
				  "overtaken_at, changes_seen, target_kind "
				  "= 'live' FROM scan "
				  "WHERE scan_id = ?",
			&q);
	if (err != 0)
		return err;
	sqlite3_bind_int64(q, 1, scan_id);
	err = read_age(s, q, &age);
	sqlite3_finalize(q);
	if (err != 0)
		scan_age_release(&age);
	else
		*ret = age;
	return err;
}

void scan_age_release(struct scan_age *a)
{
	mem_free(a->target_id);
	mem_free(a->started_at);
	mem_free(a->overtaken_by);
	mem_free(a->overtaken_at);
	mem_free(a->changes_seen);
	memset(a, 0, sizeof(*a));
}
