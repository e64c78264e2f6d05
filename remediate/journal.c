/*
 * The journal: opening it, and writing what happens.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/journal_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/wtime.h"
#include "host/change.h"
#include "base/str.h"
#include "store/store_internal.h"

#include "embed.h"

#include <string.h>

#define JOURNAL_NAME	       "journal.db"
#define JOURNAL_APPLICATION_ID 0x6D73746A /* "mstj" */
#define JOURNAL_SCHEMA_VERSION 2

/* ---- errors and small helpers ------------------------------------------- */

static int err_of(int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_LOCKED;
	case SQLITE_READONLY:
		return ERR_READ_ONLY;
	case SQLITE_FULL:
		return ERR_NO_SPACE;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
		return ERR_CORRUPT;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

static const char *advice(int err)
{
	switch (err) {
	case ERR_LOCKED:
		return "another fix or undo of this PC is running; wait until "
		       "it has ended";
	case ERR_READ_ONLY:
		return "its disk is read-only";
	case ERR_NO_SPACE:
		return "the disk is full; free some space there";
	case ERR_CORRUPT:
		return "it is damaged or belongs to another program; the "
		       "saved items beside it can still be restored one by "
		       "one with undo --vault FILE";
	case ERR_DENIED:
		return "access was denied; start as administrator";
	case ERR_NOMEM:
		return "memory is short";
	default:
		return "the disk failed";
	}
}

int journal_fail(const struct journal *j, int rc)
{
	int err = err_of(rc);

	return err_fail(err, j->db ? sqlite3_system_errno(j->db) : 0,
			"the journal \"%s\" cannot be used: %s (SQLite %d)",
			j->path, advice(err), rc);
}

int journal_exec(const struct journal *j, const char *sql)
{
	int rc = sqlite3_exec(j->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : journal_fail(j, rc);
}

int journal_prepare(const struct journal *j, const char *sql,
		    sqlite3_stmt **ret)
{
	int rc = sqlite3_prepare_v2(j->db, sql, -1, ret, NULL);

	return rc == SQLITE_OK ? 0 : journal_fail(j, rc);
}

int journal_run(const struct journal *j, sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	return rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : journal_fail(j, rc);
}

/* A name as its own bytes; NULL binds NULL. */
static int bind_raw(sqlite3_stmt *q, const char *name, const char *text)
{
	int index = sqlite3_bind_parameter_index(q, name);
	int rc = text ? sqlite3_bind_blob(q, index, text, (int)strlen(text),
					  SQLITE_TRANSIENT)
		      : sqlite3_bind_null(q, index);

	return rc == SQLITE_OK ? 0 : ERR_NOMEM;
}

static int begin(const struct journal *j)
{
	return journal_exec(j, "BEGIN IMMEDIATE");
}

/* Commits, or takes back what was begun. */
static int end(const struct journal *j, int err)
{
	if (!err)
		err = journal_exec(j, "COMMIT");
	if (err)
		sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

static int64_t one_int(const struct journal *j, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(j->db, sql, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW)
		value = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return value;
}

/* ---- open ---------------------------------------------------------------- */

static int make_schema(const struct journal *j)
{
	int err = begin(j);

	if (err)
		return err;
	if (one_int(j, "SELECT count(*) FROM sqlite_master") == 0) {
		char sql[128];

		snprintf(sql, sizeof(sql),
			 "PRAGMA application_id = %d; PRAGMA user_version = %d",
			 JOURNAL_APPLICATION_ID, JOURNAL_SCHEMA_VERSION);
		err = journal_exec(j, embed_journal_sql);
		if (!err)
			err = journal_exec(j, sql);
	}
	return end(j, err);
}

/* Version 2 keeps the name of the pack, for fix --resume. */
static int upgrade(const struct journal *j)
{
	int err = begin(j);

	if (err)
		return err;
	err = journal_exec(j, "ALTER TABLE fix ADD COLUMN pack TEXT;"
			      "PRAGMA user_version = 2");
	return end(j, err);
}

static int check_schema(const struct journal *j)
{
	int64_t application = one_int(j, "PRAGMA application_id");
	int64_t version = one_int(j, "PRAGMA user_version");

	if (application < 0 || version < 0 ||
	    application != JOURNAL_APPLICATION_ID)
		return journal_fail(j, SQLITE_NOTADB);
	if (version > JOURNAL_SCHEMA_VERSION)
		return err_fail(ERR_UNSUPPORTED, 0,
				"the journal \"%s\" was written by a newer "
				"mstmpsweep; use that one",
				j->path);
	return version < 2 ? upgrade(j) : 0;
}

/*
 * EXCLUSIVE keeps the lock from the first write on, and a dead process lets
 * it go; EXTRA also flushes what ends a transaction.
 */
static int configure(struct journal *j)
{
	int err;

	sqlite3_extended_result_codes(j->db, 1);
	sqlite3_db_config(j->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(j->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	err = journal_exec(j, "PRAGMA locking_mode = EXCLUSIVE;"
			      "PRAGMA cell_size_check = ON;"
			      "PRAGMA mmap_size = 0;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA journal_mode = TRUNCATE;"
			      "PRAGMA synchronous = EXTRA;"
			      "PRAGMA foreign_keys = ON;"
			      "BEGIN EXCLUSIVE; COMMIT;");
	if (!err && one_int(j, "SELECT count(*) FROM sqlite_master") == 0)
		err = make_schema(j);
	if (!err)
		err = check_schema(j);
	return err;
}

/*
 * An empty file that nobody else can open.  What SQLite makes itself has the
 * access list that the mount gives (ntfs-3g: everybody's), and Windows lets
 * users open a file by its path whoever may list the folder.
 */
static int make_private(const char *vault_path, const char *path)
{
	struct host_place *place = NULL;
	struct host_new *n = NULL;
	int err = host_place_open(vault_path, path, &place);

	if (!err && host_place_exists(place) == 0) {
		err = host_new_begin(place, &n);
		if (!err)
			err = host_new_finish(n, NULL);
		if (err == ERR_EXISTS)
			err = 0;
	}
	host_place_close(place);
	return err;
}

/* The database and SQLite's own journal, which is kept and truncated. */
static int make_files(const struct journal *j, const char *vault_path)
{
	struct str rollback = STR_INIT;
	int err;

	str_addf(&rollback, "%s-journal", j->path);
	err = rollback.err ? err_nomem()
			   : make_private(vault_path, str_text(&rollback));
	if (!err)
		err = make_private(vault_path, j->path);
	str_release(&rollback);
	return err;
}

int journal_open(const char *vault_path, bool create, struct journal **ret)
{
	struct journal *j = mem_zalloc(sizeof(*j));
	struct host_stat st;
	int err, rc;

	if (!j)
		return err_nomem();
	j->path = host_join(vault_path, JOURNAL_NAME);
	if (!j->path) {
		err = err_nomem();
		goto out;
	}
	err = create ? make_files(j, vault_path) : 0;
	if (!err)
		err = host_stat(j->path, false, &st);
	if (!err && st.type != HOST_FILE)
		err = err_fail(ERR_DENIED, 0,
			       "\"%s\" is no ordinary file: somebody has laid "
			       "it there; look into it before anything is "
			       "changed",
			       j->path);
	if (err)
		goto out;
	rc = sqlite3_open_v2(j->path, &j->db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				     SQLITE_OPEN_PRIVATECACHE,
			     NULL);
	err = rc == SQLITE_OK ? configure(j) : journal_fail(j, rc);
	if (err)
		goto out;
	*ret = j;
	j = NULL;
out:
	journal_close(j);
	return err;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	sqlite3_close(j->db);
	mem_free(j->path);
	mem_free(j);
}

/* ---- a new fix ------------------------------------------------------------
 */

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
		"started_at, state, tool_version, pack) VALUES (:id, :target, "
		":computer, :scan, :store, :now, 'running', :version, :pack)",
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
	uint8_t random[16];
	char id[FIX_ID_NBYTES];
	int err = host_random(random, sizeof(random));

	if (err)
		return err;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	err = begin(j);
	if (err)
		return err;
	err = add_fix(j, p, store, id);
	if (!err)
		err = add_steps(j, p, id);
	err = end(j, err);
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

/* ---- progress --------------------------------------------------------------
 */

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
	int err = begin(j);

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
	return end(j, err);
}

int journal_step(struct journal *j, const char *fix_id, const struct step *s)
{
	struct step *one = (struct step *)s;

	return journal_steps(j, fix_id, &one, 1);
}

/* ---- swaps -----------------------------------------------------------------
 */

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
