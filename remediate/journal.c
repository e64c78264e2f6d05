/*
 * The journal: opening it, its schema, its failures in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/journal_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/wtime.h"
#include "host/change.h"
#include "base/str.h"
#include "store/store_sql.h"

#include "embed.h"
#include "words/base.h"
#include "words/journal.h"

#include <string.h>

#define JOURNAL_NAME	       "journal.db"
#define JOURNAL_APPLICATION_ID 0x6D73746A /* "mstj" */
#define JOURNAL_SCHEMA_VERSION 4

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
		return W_JOURNAL_BUSY;
	case ERR_READ_ONLY:
		return W_JOURNAL_READ_ONLY;
	case ERR_NO_SPACE:
		return W_JOURNAL_DISK_FULL;
	case ERR_CORRUPT:
		return W_JOURNAL_DAMAGED;
	case ERR_DENIED:
		return W_JOURNAL_DENIED;
	case ERR_NOMEM:
		return W_BASE_ERR_NO_MEMORY;
	default:
		return W_JOURNAL_DISK_FAILED;
	}
}

int journal_fail(const struct journal *j, int rc)
{
	int err = err_of(rc);

	return err_fail(err, j->db ? sqlite3_system_errno(j->db) : 0,
			W_JOURNAL_CANNOT_BE_USED, j->path, advice(err), rc);
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

int journal_lock(const struct journal *j)
{
	return journal_exec(j, "BEGIN IMMEDIATE");
}

/* Commits, or takes back what was begun. */
int journal_commit(const struct journal *j, int err)
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
	int err = journal_lock(j);

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
	return journal_commit(j, err);
}

/*
 * What brings a journal of that version to the next one.  Version 2 keeps the
 * name of the pack, for fix --resume, and the scan; version 3 knows came_back
 * as a state: before, the words of the error told it.  Its table is made anew
 * because SQLite cannot change a CHECK.  Version 4 lists the changes that
 * make a scan old; the undo of a fix had given that another end, and the
 * fix's own number is as good a token (since_scan.c takes it from an older
 * one).
 */
static const char *const upgrades[JOURNAL_SCHEMA_VERSION] = {
	[1] = "ALTER TABLE fix ADD COLUMN pack TEXT;"
	      "ALTER TABLE fix ADD COLUMN scan_started_at TEXT;",
	[2] = "CREATE TEMP TABLE kept AS SELECT * FROM step;"
	      "DROP TABLE step;"
	      "CREATE TABLE step ("
	      "fix_id TEXT NOT NULL REFERENCES fix (fix_id),"
	      "seq INTEGER NOT NULL CHECK (seq > 0),"
	      "phase INTEGER NOT NULL CHECK (phase BETWEEN 0 AND 4),"
	      "action TEXT NOT NULL CHECK (action IN ('remove_key', "
	      "'remove_value', 'set_value', 'quarantine_file')),"
	      "target TEXT NOT NULL, target_raw BLOB NOT NULL,"
	      "value_name BLOB, kind TEXT NOT NULL,"
	      "by_number INTEGER NOT NULL CHECK (by_number IN (0, 1)),"
	      "finding_id INTEGER NOT NULL, subject TEXT NOT NULL,"
	      "reason TEXT NOT NULL, sha256 TEXT, size INTEGER NOT NULL,"
	      "written TEXT, volume TEXT, file_id TEXT, clsid TEXT,"
	      "server_raw BLOB, last_write TEXT, new_text TEXT,"
	      "state TEXT NOT NULL CHECK (state IN ('planned', 'saved', "
	      "'applied', 'verified', 'came_back', 'failed', 'undone')),"
	      "error TEXT, item TEXT, swap_id INTEGER NOT NULL DEFAULT 0,"
	      "moved_to BLOB, PRIMARY KEY (fix_id, seq)) WITHOUT ROWID;"
	      "INSERT INTO step SELECT * FROM kept;"
	      "DROP TABLE kept;"
	      "UPDATE step SET state = 'came_back' WHERE state = 'verified' "
	      "AND error LIKE 'it came back: %';",
	[3] = "CREATE TABLE change ("
	      "number INTEGER PRIMARY KEY AUTOINCREMENT,"
	      "token TEXT NOT NULL UNIQUE CHECK (length(token) = 32),"
	      "target_id TEXT NOT NULL,"
	      "what TEXT NOT NULL CHECK (what IN ('undo')),"
	      "at TEXT NOT NULL);"
	      "INSERT INTO change (token, target_id, what, at) SELECT fix_id, "
	      "target_id, 'undo', finished_at FROM fix WHERE state IN "
	      "('undone', 'partly_undone') AND finished_at IS NOT NULL "
	      "ORDER BY finished_at, number;",
};

/* All that is needed, or nothing. */
static int upgrade(const struct journal *j, int64_t version)
{
	char sql[48];
	int err = journal_lock(j);

	if (err)
		return err;
	for (; !err && version < JOURNAL_SCHEMA_VERSION; version++)
		err = upgrades[version] ? journal_exec(j, upgrades[version])
					: journal_fail(j, SQLITE_NOTADB);
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d",
		 JOURNAL_SCHEMA_VERSION);
	if (!err)
		err = journal_exec(j, sql);
	return journal_commit(j, err);
}

static int newer(const struct journal *j)
{
	return err_fail(ERR_UNSUPPORTED, 0, W_JOURNAL_NEWER, j->path);
}

static int check_schema(const struct journal *j)
{
	int64_t application = one_int(j, "PRAGMA application_id");
	int64_t version = one_int(j, "PRAGMA user_version");

	if (application < 0 || version < 0 ||
	    application != JOURNAL_APPLICATION_ID)
		return journal_fail(j, SQLITE_NOTADB);
	if (version > JOURNAL_SCHEMA_VERSION)
		return newer(j);
	return version < JOURNAL_SCHEMA_VERSION ? upgrade(j, version) : 0;
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

static int new_journal(const char *vault_path, struct journal **ret)
{
	struct journal *j = mem_zalloc(sizeof(*j));

	if (!j)
		return err_nomem();
	j->path = host_join(vault_path, JOURNAL_NAME);
	if (!j->path) {
		journal_close(j);
		return err_nomem();
	}
	*ret = j;
	return 0;
}

static int check_file(const struct journal *j)
{
	struct host_stat st;
	int err = host_stat(j->path, false, &st);

	if (!err && st.type != HOST_FILE)
		err = err_fail(ERR_DENIED, 0, W_JOURNAL_NO_ORDINARY_FILE,
			       j->path);
	return err;
}

int journal_open(const char *vault_path, bool create, struct journal **ret)
{
	struct journal *j = NULL;
	int err = new_journal(vault_path, &j);
	int rc;

	if (err)
		return err;
	err = create ? make_files(j, vault_path) : 0;
	if (!err)
		err = check_file(j);
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

/* One that is as it is after a crash can be read by a writer only. */
static int open_to_read(struct journal *j, int flag)
{
	int rc = sqlite3_open_v2(
		j->path, &j->db,
		flag | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_extended_result_codes(j->db, 1);
	sqlite3_db_config(j->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(j->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return sqlite3_exec(j->db,
			    "PRAGMA cell_size_check = ON;"
			    "PRAGMA mmap_size = 0;"
			    "PRAGMA temp_store = MEMORY;"
			    "SELECT count(*) FROM sqlite_master;",
			    NULL, NULL, NULL);
}

int journal_open_readonly(const char *vault_path, struct journal **ret)
{
	struct journal *j = NULL;
	int err = new_journal(vault_path, &j);
	int rc;

	if (!err)
		err = check_file(j);
	if (err)
		goto out;
	rc = open_to_read(j, SQLITE_OPEN_READONLY);
	if ((rc & 0xFF) == SQLITE_READONLY || (rc & 0xFF) == SQLITE_CANTOPEN) {
		sqlite3_close(j->db);
		j->db = NULL;
		rc = open_to_read(j, SQLITE_OPEN_READWRITE);
	}
	if (rc != SQLITE_OK) {
		err = journal_fail(j, rc);
		goto out;
	}
	j->version = one_int(j, "PRAGMA user_version");
	if (one_int(j, "PRAGMA application_id") != JOURNAL_APPLICATION_ID ||
	    j->version < 1)
		err = journal_fail(j, SQLITE_NOTADB);
	else if (j->version > JOURNAL_SCHEMA_VERSION)
		err = newer(j);
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
