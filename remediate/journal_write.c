/*
 * The journal written: new fixes, the states of their steps, hive swaps.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/journal_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "store/store_sql.h"

#include <string.h>

/* A name as its own bytes; NULL binds NULL. */
static int bind_raw(sqlite3_stmt *q, const char *name, const char *text)
{
	int index = sqlite3_bind_parameter_index(q, name);
	int rc = text ? sqlite3_bind_blob(q, index, text, (int)strlen(text),
					  SQLITE_TRANSIENT)
		      : sqlite3_bind_null(q, index);

	return rc == SQLITE_OK ? 0 : ERR_NOMEM;
}

/* ---- a new fix --------------------------------------------------- */

int journal_new_id(char ret[FIX_ID_NBYTES])
{
	uint8_t random[(FIX_ID_NBYTES - 1) / 2];
	int err = host_random(random, sizeof(random));

	for (size_t i = 0; !err && i < sizeof(random); i++)
		snprintf(ret + 2 * i, 3, "%02x", random[i]);
	return err;
}

static int now_text(sqlite3_stmt *q, const char *name)
{
	return bind_time(q, name, host_now());
}

static int add_fix(struct journal *j, const struct plan *p, const char *store,
		   const char *fix_id)
{
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(
		j,
		"INSERT INTO fix (fix_id, target_id, computer, scan_id, store, "
		"started_at, state, tool_version, pack, scan_started_at) "
		"VALUES (:id, :target, :computer, :scan, :store, :now, "
		"'running', :version, :pack, :scan_started)",
		&q);

	if (!err)
		err = bind_text(q, ":id", fix_id);
	if (!err)
		err = bind_text(q, ":target", p->target_id);
	if (!err)
		err = bind_text(q, ":computer", p->computer);
	if (!err)
		err = bind_int(q, ":scan", p->scan_id);
	if (!err)
		err = bind_text(q, ":store", store);
	if (!err)
		err = now_text(q, ":now");
	if (!err)
		err = bind_text(q, ":version", MSTMP_VERSION);
	if (!err)
		err = bind_text(q, ":pack", p->pack_name);
	if (!err)
		err = bind_text(q, ":scan_started", p->started_at);
	if (!err)
		err = journal_run(j, q);
	sqlite3_finalize(q);
	return err;
}

static int bind_facts(sqlite3_stmt *q, const struct step *s)
{
	int err = bind_word(q, ":sha256", s->sha256);

	if (!err)
		err = bind_int(q, ":size", s->size);
	if (!err)
		err = bind_text(q, ":written", s->written);
	if (!err)
		err = bind_text(q, ":volume", s->volume);
	if (!err)
		err = bind_text(q, ":file_id", s->file_id);
	if (!err)
		err = bind_text(q, ":clsid", s->clsid);
	if (!err)
		err = bind_raw(q, ":server", s->server_raw);
	if (!err)
		err = bind_text(q, ":last_write", s->last_write);
	if (!err)
		err = bind_text(q, ":new_text", s->new_text);
	return err;
}

static int add_step(struct journal *j, sqlite3_stmt *q, const char *fix_id,
		    const struct step *s)
{
	int err = bind_text(q, ":id", fix_id);

	if (!err)
		err = bind_int(q, ":seq", s->seq);
	if (!err)
		err = bind_int(q, ":phase", s->phase);
	if (!err)
		err = bind_text(q, ":action", step_action_name(s->action));
	if (!err)
		err = bind_text(q, ":target", s->target);
	if (!err)
		err = bind_raw(q, ":raw", s->target);
	if (!err)
		err = bind_raw(q, ":value", s->value_name);
	if (!err)
		err = bind_text(q, ":kind", s->kind);
	if (!err)
		err = bind_int(q, ":by_number", s->by_number);
	if (!err)
		err = bind_int(q, ":finding", s->finding_id);
	if (!err)
		err = bind_text(q, ":subject", s->subject);
	if (!err)
		err = bind_text(q, ":reason", s->reason);
	if (!err)
		err = bind_text(q, ":error", s->error);
	if (!err)
		err = bind_facts(q, s);
	if (!err)
		err = journal_run(j, q);
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return err;
}

static int add_steps(struct journal *j, const struct plan *p,
		     const char *fix_id)
{
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(
		j,
		"INSERT INTO step (fix_id, seq, phase, action, target, "
		"target_raw, value_name, kind, by_number, finding_id, subject, "
		"reason, sha256, size, written, volume, file_id, clsid, "
		"server_raw, last_write, new_text, error, state) VALUES (:id, "
		":seq, :phase, :action, :target, :raw, :value, :kind, "
		":by_number, :finding, :subject, :reason, :sha256, :size, "
		":written, :volume, :file_id, :clsid, :server, :last_write, "
		":new_text, :error, 'planned')",
		&q);

	for (size_t i = 0; !err && i < p->steps.count; i++)
		if (plan_step(p, i)->picked)
			err = add_step(j, q, fix_id, plan_step(p, i));
	sqlite3_finalize(q);
	return err;
}

int journal_begin(struct journal *j, const struct plan *p, const char *store,
		  char fix_id_ret[FIX_ID_NBYTES])
{
	char id[FIX_ID_NBYTES];
	int err = journal_new_id(id);

	if (!err)
		err = journal_lock(j);
	if (err)
		return err;
	err = add_fix(j, p, store, id);
	if (!err)
		err = add_steps(j, p, id);
	err = journal_commit(j, err);
	if (!err)
		memcpy(fix_id_ret, id, sizeof(id));
	return err;
}

int journal_end(struct journal *j, const char *fix_id, const char *state)
{
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(j,
				  "UPDATE fix SET state = :state, finished_at "
				  "= :now WHERE fix_id = :id",
				  &q);

	if (!err)
		err = bind_text(q, ":state", state);
	if (!err)
		err = now_text(q, ":now");
	if (!err)
		err = bind_text(q, ":id", fix_id);
	if (!err)
		err = journal_run(j, q);
	sqlite3_finalize(q);
	return err;
}

/* ---- progress ---------------------------------------------------- */

static int update_step(struct journal *j, sqlite3_stmt *q, const char *fix_id,
		       const struct step *s)
{
	int err = bind_text(q, ":state", step_state_name(s->state));

	if (!err)
		err = bind_text(q, ":error", s->error);
	if (!err)
		err = bind_text(q, ":item", s->item);
	if (!err)
		err = bind_int(q, ":swap", s->swap);
	if (!err)
		err = bind_raw(q, ":moved", s->moved_to);
	if (!err)
		err = bind_text(q, ":id", fix_id);
	if (!err)
		err = bind_int(q, ":seq", s->seq);
	if (!err)
		err = journal_run(j, q);
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return err;
}

int journal_steps(struct journal *j, const char *fix_id,
		  struct step *const *steps, size_t count)
{
	sqlite3_stmt *q = NULL;
	int err = journal_lock(j);

	if (err)
		return err;
	err = journal_prepare(j,
			      "UPDATE step SET state = :state, error = :error, "
			      "item = :item, swap_id = :swap, moved_to = "
			      ":moved WHERE fix_id = :id AND seq = :seq",
			      &q);
	for (size_t i = 0; !err && i < count; i++)
		err = update_step(j, q, fix_id, steps[i]);
	sqlite3_finalize(q);
	return journal_commit(j, err);
}

int journal_step(struct journal *j, const char *fix_id, const struct step *s)
{
	struct step *one = (struct step *)s;

	return journal_steps(j, fix_id, &one, 1);
}

/* ---- swaps ------------------------------------------------------- */

int journal_add_swap(struct journal *j, const char *fix_id,
		     struct swap_record *s)
{
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(
		j,
		"INSERT INTO swap (fix_id, hive, hive_raw, item, "
		"before_sha256, after_sha256, state) VALUES (:id, :hive, :raw, "
		":item, :before, :after, 'saved')",
		&q);

	if (!err)
		err = bind_text(q, ":id", fix_id);
	if (!err)
		err = bind_text(q, ":hive", s->hive);
	if (!err)
		err = bind_raw(q, ":raw", s->hive);
	if (!err)
		err = bind_text(q, ":item", s->item);
	if (!err)
		err = bind_text(q, ":before", s->before);
	if (!err)
		err = bind_text(q, ":after", s->after);
	if (!err)
		err = journal_run(j, q);
	if (!err)
		s->swap_id = sqlite3_last_insert_rowid(j->db);
	sqlite3_finalize(q);
	return err;
}

static int update_swap(struct journal *j, const char *sql, int64_t swap_id,
		       const char *text)
{
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(j, sql, &q);

	if (!err)
		err = bind_text(q, ":text", text);
	if (!err)
		err = bind_int(q, ":id", swap_id);
	if (!err)
		err = journal_run(j, q);
	sqlite3_finalize(q);
	return err;
}

int journal_swap_state(struct journal *j, int64_t swap_id, const char *state)
{
	return update_swap(j,
			   "UPDATE swap SET state = :text WHERE swap_id = :id",
			   swap_id, state);
}
