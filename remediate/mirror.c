/*
 * A copy of the journal's states in the store of the scan, for reports.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/mirror.h"

#include "base/err.h"
#include "base/mem.h"
#include "remediate/journal_internal.h"
#include "remediate/step_index.h"
#include "store/store_sql.h"

#include <string.h>

/* The store is not touched again; what it said stays in err_last(). */
static int lost(struct mirror *m, int err)
{
	if (err)
		m->store = NULL;
	return err;
}

static int run(const struct mirror *m, sqlite3_stmt *q, int err)
{
	if (!err)
		err = store_step(m->store, q);
	sqlite3_finalize(q);
	return err;
}

/* The store's row of that journal's fix; 0: there is none. */
static int find_fix(struct mirror *m, const char *fix_id)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(
		m->store, "SELECT fix_id FROM fix WHERE journal_id = ?", &q);
	int rc;

	if (err)
		return err;
	sqlite3_bind_text(q, 1, fix_id, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		m->fix_row = sqlite3_column_int64(q, 0);
	else if (rc != SQLITE_DONE)
		err = store_fail(m->store, rc);
	sqlite3_finalize(q);
	return err;
}

static int add_fix(struct mirror *m, const char *vault,
		   const struct fix_record *f)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(
		m->store,
		"INSERT INTO fix (scan_id, target_id, started_at, state, "
		"vault, tool_version, journal_id) VALUES (:scan, :target, "
		":started, 'running', :vault, :version, :id)",
		&q);

	if (err)
		return err;
	err = bind_int(q, ":scan", f->scan_id);
	if (!err)
		err = bind_text(q, ":target", f->target_id);
	if (!err)
		err = bind_text(q, ":started", f->started_at);
	if (!err)
		err = bind_text(q, ":vault", vault);
	if (!err)
		err = bind_text(q, ":version", MSTMP_VERSION);
	if (!err)
		err = bind_text(q, ":id", f->fix_id);
	err = run(m, q, err);
	if (!err)
		m->fix_row = sqlite3_last_insert_rowid(store_db(m->store));
	return err;
}

static int add_step(struct mirror *m, const struct step *s)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(
		m->store,
		"INSERT INTO step (fix_id, seq, finding_id, action, target, "
		"target_raw, state) VALUES (:fix, :seq, (SELECT finding_id "
		"FROM finding WHERE finding_id = :finding), :action, :target, "
		":target_raw, :state)",
		&q);

	if (err)
		return err;
	err = bind_int(q, ":fix", m->fix_row);
	if (!err)
		err = bind_int(q, ":seq", s->seq);
	if (!err)
		err = bind_int(q, ":finding", s->finding_id);
	if (!err)
		err = bind_text(q, ":action", step_action_name(s->action));
	if (!err)
		err = bind_name(q, ":target", ":target_raw", s->target);
	if (!err)
		err = bind_text(q, ":state", step_state_name(s->state));
	return run(m, q, err);
}

/*
 * That very scan is in this store: undo and fix --resume may have been given
 * another one, whose numbers begin with 1, too.
 */
static int has_scan(struct mirror *m, const struct fix_record *f, bool *ret)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(m->store,
				"SELECT count(*) FROM scan WHERE scan_id = ?1 "
				"AND target_id = ?2 AND started_at = ?3",
				&q);

	if (err)
		return err;
	sqlite3_bind_int64(q, 1, f->scan_id);
	sqlite3_bind_text(q, 2, f->target_id, -1, SQLITE_STATIC);
	/* NULL, of a journal of version 1, is equal to nothing. */
	sqlite3_bind_text(q, 3, f->scan_started_at, -1, SQLITE_STATIC);
	*ret = sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int(q, 0) > 0;
	sqlite3_finalize(q);
	return 0;
}

/* What became of each finding that a step was for. */
static const char finding_states[] =
	"UPDATE finding SET fix_state = (SELECT CASE "
	"WHEN sum(s.state = 'came_back') > 0 THEN 'came_back' "
	"WHEN sum(s.state = 'verified') = count(*) THEN 'fixed' "
	"WHEN sum(s.state = 'verified') > 0 THEN 'partly_fixed' "
	"WHEN sum(s.state = 'undone') > 0 THEN 'undone' "
	"WHEN sum(s.state IN ('failed', 'applied')) > 0 THEN 'failed' "
	"ELSE 'planned' END "
	"FROM step s WHERE s.fix_id = ?1 AND "
	"s.finding_id = finding.finding_id) WHERE finding_id IN "
	"(SELECT finding_id FROM step WHERE fix_id = ?1)";

static int set_finding_states(struct mirror *m)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(m->store, finding_states, &q);

	if (err)
		return err;
	sqlite3_bind_int64(q, 1, m->fix_row);
	return run(m, q, 0);
}

int mirror_begin(struct mirror *m, struct store *s, const char *vault,
		 const struct fix_record *f)
{
	bool has = false;
	int err;

	memset(m, 0, sizeof(*m));
	if (!s)
		return 0;
	m->store = s;
	err = find_fix(m, f->fix_id);
	if (err || m->fix_row)
		return lost(m, err);
	err = has_scan(m, f, &has);
	if (!err && !has) {
		m->store = NULL;
		return 0;
	}
	if (!err)
		err = store_exec(s, "BEGIN IMMEDIATE");
	if (!err)
		err = add_fix(m, vault, f);
	for (size_t i = 0; !err && i < f->steps.count; i++)
		err = add_step(m, *(struct step **)vec_at(&f->steps, i));
	/* One that is cut off has begun, too. */
	if (!err)
		err = set_finding_states(m);
	if (!err)
		err = store_exec(s, "COMMIT");
	if (err)
		sqlite3_exec(store_db(s), "ROLLBACK", NULL, NULL, NULL);
	return lost(m, err);
}

int mirror_step(struct mirror *m, const struct step *s)
{
	sqlite3_stmt *q = NULL;
	int err;

	if (!m->store || !m->fix_row)
		return 0;
	err = store_prepare(m->store,
			    "UPDATE step SET state = :state, error = :error "
			    "WHERE fix_id = :fix AND seq = :seq",
			    &q);
	if (err)
		return lost(m, err);
	err = bind_text(q, ":state", step_state_name(s->state));
	if (!err)
		err = bind_text(q, ":error", s->error);
	if (!err)
		err = bind_int(q, ":fix", m->fix_row);
	if (!err)
		err = bind_int(q, ":seq", s->seq);
	return lost(m, run(m, q, err));
}

int mirror_left_out(struct mirror *m, const struct plan *p)
{
	bool *of_picked;
	int err;

	if (!m->store || !m->fix_row)
		return 0;
	of_picked = steps_of_picked(p);
	err = of_picked ? 0 : err_nomem();
	for (size_t i = 0; !err && i < p->steps.count; i++) {
		const struct step *s = plan_step(p, i);

		if (!s->picked && s->phase != PHASE_TRACE &&
		    !step_hold_is_final(s->hold) && of_picked[i])
			err = add_step(m, s);
	}
	mem_free(of_picked);
	return lost(m, err);
}

static const char *item_kind(enum vault_kind k)
{
	return k == VAULT_FILE ? "file" : k == VAULT_HIVE ? "hive" : "registry";
}

int mirror_item(struct mirror *m, const struct step *s,
		const struct vault_info *info)
{
	sqlite3_stmt *q = NULL;
	char *name;
	int err;

	if (!m->store || !m->fix_row)
		return 0;
	err = store_prepare(
		m->store,
		"INSERT INTO vault_item (step_id, kind, vault_name, original, "
		"original_raw, size, sha256, saved_at, state) SELECT step_id, "
		":kind, :name, :original, :original_raw, :size, :sha256, "
		":saved, 'kept' FROM step WHERE fix_id = :fix AND seq = :seq",
		&q);
	if (err)
		return lost(m, err);
	name = vault_item_name(info->fix_id, info->seq);
	err = name ? bind_text(q, ":name", name) : ERR_NOMEM;
	mem_free(name);
	if (!err)
		err = bind_text(q, ":kind", item_kind(info->kind));
	if (!err)
		err = bind_name(q, ":original", ":original_raw",
				info->original);
	if (!err)
		err = bind_int(q, ":size", (int64_t)info->nbytes);
	if (!err)
		err = bind_text(q, ":sha256", info->sha256);
	if (!err)
		err = bind_time(q, ":saved", info->saved_at);
	if (!err)
		err = bind_int(q, ":fix", m->fix_row);
	if (!err)
		err = bind_int(q, ":seq", s->seq);
	return lost(m, run(m, q, err));
}

int mirror_trace(struct mirror *m, int64_t scan_id, const struct step *s,
		 const struct trace *t)
{
	if (!m->store || !m->fix_row)
		return 0;
	return lost(m, store_add_trace(m->store, scan_id, s->finding_id,
				       s->target, t));
}

int mirror_end(struct mirror *m, const struct fix_record *f, const char *state)
{
	sqlite3_stmt *q = NULL;
	int err;

	(void)f;
	if (!m->store || !m->fix_row)
		return 0;
	err = store_prepare(m->store,
			    "UPDATE fix SET state = :state, finished_at = :now "
			    "WHERE fix_id = :fix",
			    &q);
	if (!err) {
		err = bind_text(q, ":state", state);
		if (!err)
			err = bind_time(q, ":now", host_now());
		if (!err)
			err = bind_int(q, ":fix", m->fix_row);
		err = run(m, q, err);
	}
	return lost(m, err ? err : set_finding_states(m));
}

int mirror_worked(struct store *s, int64_t scan_id, struct vec *ret)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = store_prepare(
		s,
		"SELECT s.finding_id, s.seq, s.state IN ('applied', "
		"'verified', 'came_back') AND EXISTS (SELECT 1 FROM "
		"vault_item v WHERE v.step_id = s.step_id), s.state = "
		"'verified' FROM step s JOIN fix f ON f.fix_id = s.fix_id "
		"WHERE f.scan_id = ? AND s.finding_id IS NOT NULL",
		&q);

	if (err)
		return err;
	sqlite3_bind_int64(q, 1, scan_id);
	err = journal_take_worked(q, ret, &rc);
	if (!err && rc != SQLITE_DONE)
		err = store_fail(s, rc);
	sqlite3_finalize(q);
	return err;
}
