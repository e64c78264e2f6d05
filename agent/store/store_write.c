/*
 * Recording a scan: its row, its gaps, its end.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The scan's row is committed first, then a second transaction takes the
 * write lock (RESERVED: reports can be read meanwhile) and keeps it until
 * store_scan_end(), but for the moments of store_checkpoint().  A crash rolls
 * back what came since: the row stays, unfinished, with what was kept
 * (store_keep.c) for the next start to judge, and earlier scans are as they
 * were.
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf.h"
#include "host/host.h"
#include "words/store.h"

#include <string.h>

/*
 * Gaps listed one by one; a tree of which nothing can be read has millions.
 * What exceeds this is counted in one row for each kind.
 */
#define STORE_MAX_GAP_ROWS 20000

#define BEGIN_BUSY_MS  2000
#define COMMIT_BUSY_MS 10000

/* A running scan lets its lock go for a moment at a checkpoint. */
#define CHECKPOINT_GRACE_MS 400
/* The scan goes on meanwhile: who reads for longer is left alone. */
#define CHECKPOINT_BUSY_MS 50

int store_check_scan(struct store *s, int64_t scan_id)
{
	if (!s->in_scan || s->scan_id != scan_id)
		return err_fail(ERR_INVALID, 0, W_STORE_NOT_RECORDING, scan_id,
				s->path);
	/* A record with a hole in it must not look whole. */
	if (s->failed != 0)
		return err_fail(s->failed, 0, W_STORE_NOT_RECORDED, s->path,
				err_words(s->failed));
	return 0;
}

static int begin_immediate(struct store *s, int busy_ms)
{
	int err;

	sqlite3_busy_timeout(s->db, busy_ms);
	err = store_exec(s, "BEGIN IMMEDIATE");
	sqlite3_busy_timeout(s->db, COMMIT_BUSY_MS);
	return err;
}

static void rollback(struct store *s)
{
	if (sqlite3_get_autocommit(s->db) == 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/*
 * Take the write lock.  A row that says "running" is either a scan that was
 * cut off, or one that is between two of its transactions: let it have its
 * lock back before believing the former.
 */
static int take_lock(struct store *s, int busy_ms)
{
	int64_t running = 0;
	int err = begin_immediate(s, busy_ms);

	if (err != 0)
		return err;
	err = store_query_int(s,
			      "SELECT count(*) FROM scan "
			      "WHERE state = 'running'",
			      &running);
	if (err != 0 || running == 0)
		goto out;
	rollback(s);
	host_sleep_ms(CHECKPOINT_GRACE_MS);
	err = begin_immediate(s, busy_ms);
	if (err == 0)
		err = store_exec(s, "UPDATE scan SET state = 'cut_off' "
				    "WHERE state = 'running'");
out:
	if (err != 0)
		rollback(s);
	return err;
}

/* "Windows 7 Professional Service Pack 1 (6.1.7601, 64-bit)" */
static char *windows_version_text(const struct target_info *t)
{
	struct str out = STR_INIT;

	if (t->product_name == NULL && t->version == NULL)
		return NULL;
	str_add(&out, t->product_name != NULL ? t->product_name : "Windows");
	if (t->service_pack != NULL && t->service_pack[0] != '\0')
		str_addf(&out, " %s", t->service_pack);
	if (t->version != NULL)
		str_addf(&out, " (%s, %s-bit)", t->version,
			 t->is_64bit ? "64" : "32");
	return str_detach(&out);
}

static char *host_name_text(const struct target_info *t)
{
	if (t->computer_name != NULL && t->computer_name[0] != '\0')
		return mem_strdup(t->computer_name);
	/* An offline Windows without a name is not the computer we run on. */
	return t->kind == TARGET_OFFLINE ? NULL : host_computer_name();
}

static char *excludes_json(const struct scan_begin *b)
{
	struct str out = STR_INIT;
	struct json json;

	json_init(&json, &out, false);
	json_begin_array(&json);
	for (size_t i = 0; i < b->exclude_count; i++) {
		char *text = utf_escape_dup(b->excludes[i]);

		json_string(&json, text);
		mem_free(text);
	}
	json_end_array(&json);
	return str_detach(&out);
}

static int insert_scan(struct store *s, const struct scan_begin *b,
		       int64_t *scan_id_ret)
{
	static const char *const kinds[] = { [TARGET_LIVE] = "live",
					     [TARGET_OFFLINE] = "offline",
					     [TARGET_FOLDER] = "folder" };
	const struct target_info *t = b->target;
	char *version = windows_version_text(t);
	char *host = host_name_text(t);
	char *excludes = b->exclude_count > 0 ? excludes_json(b) : NULL;
	sqlite3_stmt *q = NULL;
	int err;

	err = store_prepare(
		s,
		"INSERT INTO scan (state, target_id, started_at, host_name, "
		"target_kind, target_root, target_root_raw, windows_version, "
		"profile, pack_name, pack_version, pack_signed, pack_signer, "
		"pack_source, tool_version, excludes, changes_seen) "
		"VALUES ('running', :target, :started, :host, :kind, :root, "
		":root_raw, :version, :profile, :pack, :pack_version, "
		":signed, :signer, :source, :tool, :excludes, :seen)",
		&q);
	if (err != 0)
		goto out;
	err = bind_text(q, ":target", t->target_id != NULL ? t->target_id : "");
	if (err == 0)
		err = bind_time(q, ":started",
				b->started_at > 0 ? b->started_at : host_now());
	if (err == 0)
		err = bind_text(q, ":host", host);
	if (err == 0)
		err = bind_text(q, ":kind", kinds[t->kind]);
	if (err == 0 && t->root != NULL && t->root[0] != '\0')
		err = bind_name(q, ":root", ":root_raw", t->root);
	if (err == 0)
		err = bind_text(q, ":version", version);
	if (err == 0)
		err = bind_text(q, ":profile", b->profile);
	if (err == 0)
		err = bind_text(q, ":pack",
				b->pack->name != NULL ? b->pack->name : "");
	if (err == 0)
		err = bind_word(q, ":pack_version", b->pack->version);
	if (err == 0)
		err = bind_int(q, ":signed", b->pack->is_signed);
	if (err == 0)
		err = bind_word(q, ":signer", b->pack->signer);
	if (err == 0)
		err = bind_word(q, ":source", b->pack->source);
	if (err == 0)
		err = bind_text(q, ":tool", b->tool_version);
	if (err == 0)
		err = bind_text(q, ":excludes", excludes);
	if (err == 0)
		err = bind_text(q, ":seen", b->changes_seen);
	if (err == 0)
		err = store_step(s, q);
	if (err == 0)
		*scan_id_ret = sqlite3_last_insert_rowid(s->db);
out:
	sqlite3_finalize(q);
	mem_free(excludes);
	mem_free(host);
	mem_free(version);
	return err;
}

int store_scan_begin(struct store *s, const struct scan_begin *b,
		     int64_t *scan_id_ret)
{
	int64_t scan_id = 0;
	int err;

	if (s->in_scan)
		return err_fail(ERR_INVALID, 0, W_STORE_RECORDING_ALREADY,
				s->path);
	err = take_lock(s, BEGIN_BUSY_MS);
	if (err != 0)
		return err;
	err = insert_scan(s, b, &scan_id);
	if (err == 0)
		err = store_exec(s, "COMMIT");
	if (err != 0) {
		rollback(s);
		return err;
	}
	err = begin_immediate(s, COMMIT_BUSY_MS);
	if (err != 0)
		return err;
	s->in_scan = true;
	s->scan_id = scan_id;
	s->gap_rows = 0;
	s->failed = 0;
	*scan_id_ret = scan_id;
	return 0;
}

static int gap_prepare(struct store *s)
{
	if (s->gap_insert != NULL)
		return 0;
	return store_prepare(
		s,
		"INSERT INTO gap (scan_id, kind, path, path_raw, reason, "
		"os_error, count, matters) VALUES (:scan, :kind, :path, "
		":path_raw, :reason, :os_error, :count, :matters) "
		"ON CONFLICT (scan_id, kind, ifnull(path, ''), reason, "
		"matters) "
		"DO UPDATE SET count = count + excluded.count",
		&s->gap_insert);
}

int store_add_gap(struct store *s, int64_t scan_id, const struct gap *g,
		  bool matters, uint64_t count)
{
	bool is_listed = s->gap_rows < STORE_MAX_GAP_ROWS;
	const char *reason = g->reason;
	sqlite3_stmt *q;
	int err = store_check_scan(s, scan_id);

	if (err == 0)
		err = gap_prepare(s);
	if (err != 0)
		return err;
	q = s->gap_insert;
	if (!is_listed)
		reason = "more of this kind, not listed one by one";
	else if (reason == NULL || reason[0] == '\0')
		reason = gap_kind_words(g->kind);
	err = bind_int(q, ":scan", scan_id);
	if (err == 0)
		err = bind_text(q, ":kind", gap_kind_name(g->kind));
	if (err == 0 && is_listed)
		err = bind_name(q, ":path", ":path_raw", g->path);
	if (err == 0)
		err = bind_text(q, ":reason", reason);
	if (err == 0 && is_listed && g->os_error != 0)
		err = bind_int(q, ":os_error", g->os_error);
	if (err == 0)
		err = bind_int(q, ":count", count > 0 ? (int64_t)count : 1);
	if (err == 0)
		err = bind_int(q, ":matters", matters);
	if (err != 0) {
		sqlite3_clear_bindings(q);
		s->failed = err;
		return err_fail(err, 0, W_STORE_GAP_FAILED);
	}
	sqlite3_set_last_insert_rowid(s->db, 0);
	err = store_step(s, q);
	s->failed = err;
	/* An update of an existing row leaves this at 0. */
	if (err == 0 && sqlite3_last_insert_rowid(s->db) != 0)
		s->gap_rows++;
	return err;
}

static int bind_counts(sqlite3_stmt *q, const struct scan_end *e)
{
	int err = bind_int(q, ":seen", (int64_t)e->files_seen);

	if (err == 0)
		err = bind_int(q, ":scanned", (int64_t)e->files_scanned);
	if (err == 0)
		err = bind_int(q, ":bytes", (int64_t)e->bytes_scanned);
	if (err == 0)
		err = bind_int(q, ":registrations",
			       (int64_t)e->registrations_seen);
	return err;
}

int store_keep_counts(struct store *s, int64_t scan_id,
		      const struct scan_end *e)
{
	sqlite3_stmt *q = NULL;
	int err = store_check_scan(s, scan_id);

	if (err == 0)
		err = store_prepare(s,
				    "UPDATE scan SET files_seen = :seen, "
				    "files_scanned = :scanned, bytes_scanned = "
				    ":bytes, registrations_seen = "
				    ":registrations WHERE scan_id = :scan",
				    &q);
	if (err == 0)
		err = bind_counts(q, e);
	if (err == 0)
		err = bind_int(q, ":scan", scan_id);
	if (err == 0)
		err = store_step(s, q);
	sqlite3_finalize(q);
	if (err != 0)
		s->failed = err;
	return err;
}

/* A list has no verdict, one that was cut off has a verdict and no end. */
static int write_end(struct store *s, int64_t scan_id, const struct scan_end *e)
{
	const int64_t finished =
		e->finished_at > 0 ? e->finished_at : host_now();
	sqlite3_stmt *q = NULL;
	int err = store_prepare(s,
				"UPDATE scan SET state = CASE WHEN :finished "
				"IS NULL THEN state ELSE 'finished' END, "
				"finished_at = :finished, verdict = :verdict, "
				"exit_code = :exit WHERE scan_id = :scan",
				&q);

	if (err == 0 && e->verdict != NULL && !s->is_cut_off)
		err = bind_time(q, ":finished", finished);
	if (err == 0)
		err = bind_text(q, ":verdict", e->verdict);
	if (err == 0 && e->verdict != NULL)
		err = bind_int(q, ":exit", e->exit_code);
	if (err == 0)
		err = bind_int(q, ":scan", scan_id);
	if (err == 0)
		err = store_step(s, q);
	sqlite3_finalize(q);
	return err;
}

int store_scan_end(struct store *s, int64_t scan_id, const struct scan_end *e)
{
	int err = store_check_scan(s, scan_id);

	if (err == ERR_INVALID && s->failed == 0)
		return err;
	if (err == 0 && !s->is_cut_off)
		err = store_keep_counts(s, scan_id, e);
	if (err == 0)
		err = write_end(s, scan_id, e);
	if (err == 0)
		err = store_exec(s, "COMMIT");
	/* A long reader: the transaction is still whole, try again. */
	if (err == ERR_LOCKED)
		return err;
	if (err != 0)
		rollback(s);
	s->in_scan = false;
	s->is_cut_off = false;
	return err;
}

void store_scan_abort(struct store *s)
{
	rollback(s);
	s->in_scan = false;
	s->is_cut_off = false;
}

int store_checkpoint(struct store *s)
{
	int err;

	if (!s->in_scan)
		return 0;
	err = store_check_scan(s, s->scan_id);
	if (err != 0)
		return err;
	sqlite3_busy_timeout(s->db, CHECKPOINT_BUSY_MS);
	err = store_exec(s, "COMMIT");
	sqlite3_busy_timeout(s->db, COMMIT_BUSY_MS);
	if (err == ERR_LOCKED)
		return err; /* the transaction is still whole */
	if (err == 0)
		err = begin_immediate(s, COMMIT_BUSY_MS);
	if (err != 0) {
		rollback(s);
		s->failed = err;
	}
	return err;
}

/* ---- cut off ----------------------------------------------------- */

int store_mark_cut_off(struct store *s, bool wait)
{
	int err = take_lock(s, wait ? BEGIN_BUSY_MS : 0);

	if (err != 0)
		return err;
	err = store_exec(s, "COMMIT");
	if (err != 0)
		rollback(s);
	return err;
}

int store_reopen_cut_off(struct store *s, int64_t scan_id)
{
	int err = begin_immediate(s, BEGIN_BUSY_MS);

	if (err != 0)
		return err;
	s->in_scan = true;
	s->is_cut_off = true;
	s->scan_id = scan_id;
	s->gap_rows = 0;
	s->failed = 0;
	return 0;
}

/* ---- newest ------------------------------------------------------ */

static int newest_scan(struct store *s, const char *sql, const char *target_id,
		       int64_t *scan_id_ret)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(s, sql, &q);
	int rc;

	if (err == 0)
		err = bind_text(q, ":target", target_id);
	if (err != 0)
		goto out;
	rc = sqlite3_step(q);
	if (rc != SQLITE_ROW)
		err = store_fail(s, rc);
	else if (sqlite3_column_type(q, 0) == SQLITE_NULL)
		err = err_fail(ERR_NOT_FOUND, 0,
			       target_id ? W_STORE_NO_SCAN_OF_TARGET
					 : W_STORE_NO_SCAN,
			       s->path);
	else
		*scan_id_ret = sqlite3_column_int64(q, 0);
out:
	sqlite3_finalize(q);
	return err;
}

#define NEWEST_OF_TARGET                                                       \
	"SELECT max(scan_id) FROM v_scan WHERE (:target IS NULL OR "           \
	"target_id = :target) AND "

int store_newest_scan(struct store *s, const char *target_id,
		      int64_t *scan_id_ret)
{
	return newest_scan(s, NEWEST_OF_TARGET "finished_at IS NOT NULL",
			   target_id, scan_id_ret);
}

int store_newest_result(struct store *s, const char *target_id,
			int64_t *scan_id_ret)
{
	return newest_scan(s, NEWEST_OF_TARGET "verdict IS NOT NULL", target_id,
			   scan_id_ret);
}
