/*
 * Schema versions: a new file gets schema.sql, an older one is brought
 * forward, a newer or foreign one is refused untouched.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"

#include "embed.h"
#include "words/store.h"

/*
 * One more kind of gap, after the others: SQLite cannot change a CHECK, so the
 * table is made anew.  What was released stays as it is, so a change of the
 * table or its views gets a text of its own.
 */
#define GAP_ANEW(last_kinds)                                                   \
	"CREATE TEMP TABLE kept_gap AS SELECT * FROM gap;"                     \
	"DROP VIEW v_scan; DROP VIEW v_gap; DROP TABLE gap;"                   \
	"CREATE TABLE gap ( gap_id INTEGER PRIMARY KEY, scan_id "              \
	"INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, kind "            \
	"TEXT NOT NULL CHECK (kind IN ('access_denied', 'locked', "            \
	"'read_error', 'changed', 'too_large', 'not_regular', "                \
	"'link', 'cloud', 'page_file', 'hive_via_api', "                       \
	"'restore_point', 'trust_unchecked', 'hive_unreadable', "              \
	"'hive_damaged', 'hive_logs_missing', 'registry_link', "               \
	"'name_unresolved', 'drive_not_mapped', 'archive', 'depth', "          \
	"'excluded', 'rule_error', 'interrupted', 'volume', "                  \
	"'no_memory', 'other_windows', " last_kinds ")), path TEXT, "          \
	"path_raw BLOB, reason TEXT NOT NULL, os_error INTEGER, "              \
	"count INTEGER NOT NULL CHECK (count > 0), matters INTEGER "           \
	"NOT NULL CHECK (matters IN (0, 1)) );"                                \
	"CREATE UNIQUE INDEX gap_once ON gap (scan_id, kind, "                 \
	"ifnull(path, ''), reason, matters);"                                  \
	"CREATE VIEW v_scan AS SELECT s.scan_id, s.target_id, "                \
	"s.started_at, s.finished_at, s.host_name, s.target_kind, "            \
	"s.target_root, s.windows_version, s.profile, s.pack_name, "           \
	"s.pack_version, s.pack_signed, s.tool_version, s.verdict, "           \
	"s.files_seen, s.files_scanned, s.bytes_scanned, "                     \
	"s.registrations_seen, (SELECT count(*) FROM finding f "               \
	"WHERE f.scan_id = s.scan_id) AS findings, (SELECT "                   \
	"ifnull(sum(g.count), 0) FROM gap g WHERE g.scan_id = "                \
	"s.scan_id) AS gaps, (SELECT ifnull(sum(g.count), 0) FROM "            \
	"gap g WHERE g.scan_id = s.scan_id AND g.matters = 1) AS "             \
	"gaps_that_matter, s.exit_code FROM scan s;"                           \
	"CREATE VIEW v_gap AS SELECT scan_id, kind, path, reason, "            \
	"os_error, count, matters FROM gap;"                                   \
	"INSERT INTO gap SELECT * FROM kept_gap; DROP TABLE "                  \
	"kept_gap;"

/*
 * One row for each released schema that is no longer the newest one, e.g.
 *	{ 1, "ALTER TABLE finding ADD COLUMN ...;" },
 * Views are dropped and made anew by the step that changes what they read.
 */
static const struct store_migration migrations[] = {
	{ 1, "ALTER TABLE fix ADD COLUMN journal_id TEXT;" },
	/*
	 * A step may have come_back; before, the words of its error told it.
	 * SQLite cannot change a CHECK, so the table is made anew, and before
	 * it goes what refers to it.
	 */
	{ 2, "CREATE TEMP TABLE kept_step AS SELECT * FROM step;"
	     "CREATE TEMP TABLE kept_item AS SELECT * FROM vault_item;"
	     "DROP VIEW v_step; DROP TABLE vault_item; DROP TABLE step;"
	     "CREATE TABLE step ("
	     "step_id INTEGER PRIMARY KEY,"
	     "fix_id INTEGER NOT NULL REFERENCES fix ON DELETE CASCADE,"
	     "seq INTEGER NOT NULL CHECK (seq > 0),"
	     "finding_id INTEGER REFERENCES finding ON DELETE SET NULL,"
	     "action TEXT NOT NULL CHECK (action IN ('end_process', "
	     "'remove_key', 'remove_value', 'set_value', 'quarantine_file', "
	     "'remove_at_restart', 'swap_hive')),"
	     "target TEXT NOT NULL, target_raw BLOB,"
	     "state TEXT NOT NULL CHECK (state IN ('planned', 'saved', "
	     "'applied', 'verified', 'came_back', 'failed', 'undone')),"
	     "error TEXT, UNIQUE (fix_id, seq));"
	     "CREATE INDEX step_by_finding ON step (finding_id);"
	     "CREATE TABLE vault_item ("
	     "vault_item_id INTEGER PRIMARY KEY,"
	     "step_id INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,"
	     "kind TEXT NOT NULL CHECK (kind IN ('file', 'registry', 'hive')),"
	     "vault_name TEXT NOT NULL, original TEXT NOT NULL,"
	     "original_raw BLOB, size INTEGER NOT NULL CHECK (size >= 0),"
	     "sha256 TEXT NOT NULL, saved_at TEXT NOT NULL,"
	     "state TEXT NOT NULL CHECK (state IN ('kept', 'restored', "
	     "'deleted')));"
	     "CREATE INDEX vault_item_by_step ON vault_item (step_id);"
	     "CREATE VIEW v_step AS SELECT fix_id, seq, action, target, state, "
	     "error, finding_id FROM step;"
	     "INSERT INTO step SELECT * FROM kept_step;"
	     "INSERT INTO vault_item SELECT * FROM kept_item;"
	     "DROP TABLE kept_step; DROP TABLE kept_item;"
	     "UPDATE step SET state = 'came_back' WHERE state = 'verified' "
	     "AND error LIKE 'it came back: %';" },
	/*
	 * What has overtaken a scan; and one more kind of gap, in a CHECK
	 * again.  Undo gave its fix another end.
	 */
	{ 3, "ALTER TABLE scan ADD COLUMN overtaken_by TEXT "
	     "CHECK (overtaken_by IN ('undo', 'restart'));"
	     "ALTER TABLE scan ADD COLUMN overtaken_at TEXT;"
	     "ALTER TABLE scan ADD COLUMN changes_seen TEXT;"
	     "UPDATE scan SET overtaken_by = 'undo', overtaken_at = (SELECT "
	     "max(f.finished_at) FROM fix f WHERE f.target_id = scan.target_id "
	     "AND f.state IN ('undone', 'partly_undone')) WHERE EXISTS (SELECT "
	     "1 FROM fix f WHERE f.target_id = scan.target_id AND f.state IN "
	     "('undone', 'partly_undone') AND f.finished_at >= "
	     "scan.started_at);"
	     "CREATE TEMP TABLE kept_gap AS SELECT * FROM gap;"
	     "DROP VIEW v_scan; DROP VIEW v_gap; DROP TABLE gap;"
	     "CREATE TABLE gap (gap_id INTEGER PRIMARY KEY,"
	     "scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,"
	     "kind TEXT NOT NULL CHECK (kind IN ('access_denied', 'locked', "
	     "'read_error', 'changed', 'too_large', 'not_regular', 'link', "
	     "'cloud', 'page_file', 'hive_via_api', 'restore_point', "
	     "'trust_unchecked', 'hive_unreadable', 'hive_damaged', "
	     "'hive_logs_missing', 'registry_link', 'name_unresolved', "
	     "'drive_not_mapped', 'archive', 'depth', 'excluded', "
	     "'rule_error', 'interrupted', 'volume', 'no_memory', "
	     "'other_windows')),"
	     "path TEXT, path_raw BLOB, reason TEXT NOT NULL,"
	     "os_error INTEGER, count INTEGER NOT NULL CHECK (count > 0),"
	     "matters INTEGER NOT NULL CHECK (matters IN (0, 1)));"
	     "CREATE UNIQUE INDEX gap_once ON gap (scan_id, kind, "
	     "ifnull(path, ''), reason, matters);"
	     "CREATE VIEW v_scan AS SELECT s.scan_id, s.target_id, "
	     "s.started_at, s.finished_at, s.host_name, s.target_kind, "
	     "s.target_root, s.windows_version, s.profile, s.pack_name, "
	     "s.pack_version, s.pack_signed, s.tool_version, s.verdict, "
	     "s.files_seen, s.files_scanned, s.bytes_scanned, "
	     "s.registrations_seen, (SELECT count(*) FROM finding f WHERE "
	     "f.scan_id = s.scan_id) AS findings, (SELECT ifnull(sum(g.count),"
	     " 0) FROM gap g WHERE g.scan_id = s.scan_id) AS gaps, (SELECT "
	     "ifnull(sum(g.count), 0) FROM gap g WHERE g.scan_id = s.scan_id "
	     "AND g.matters = 1) AS gaps_that_matter, s.exit_code FROM scan s;"
	     "CREATE VIEW v_gap AS SELECT scan_id, kind, path, reason, "
	     "os_error, count, matters FROM gap;"
	     "INSERT INTO gap SELECT * FROM kept_gap;"
	     "DROP TABLE kept_gap;" },
	/*
	 * More extension points and one more kind of gap, in CHECKs; who owns
	 * what an entry leads to; what a file is a copy of.
	 */
	{ 4, "CREATE TEMP TABLE kept_row AS SELECT * FROM registration;"
	     "CREATE TEMP TABLE kept_of_artefact AS SELECT artefact_id "
	     "AS id, registration_id AS row FROM artefact WHERE "
	     "registration_id IS NOT NULL;"
	     "CREATE TEMP TABLE kept_of_finding AS SELECT finding_id AS "
	     "id, registration_id AS row FROM finding WHERE "
	     "registration_id IS NOT NULL;"
	     "DROP VIEW v_finding; DROP VIEW v_inventory; DROP TABLE "
	     "registration;"
	     "CREATE TABLE registration ( registration_id INTEGER "
	     "PRIMARY KEY, scan_id INTEGER NOT NULL REFERENCES scan ON "
	     "DELETE CASCADE, finding_id INTEGER REFERENCES finding ON "
	     "DELETE SET NULL, point TEXT NOT NULL CHECK (point IN "
	     "('bho', 'mime_filter', 'protocol_handler', "
	     "'namespace_handler', 'toolbar', 'url_search_hook', "
	     "'explorer_bar', 'extension_button', 'software_clsid', "
	     "'menu_extension', 'plugin_extension', 'run', 'run_once', "
	     "'winlogon', 'winlogon_notify', 'appinit_dlls', 'service', "
	     "'service_dll', 'shell_delay_load', "
	     "'shared_task_scheduler', 'shell_execute_hook', "
	     "'active_setup', 'image_file_execution', "
	     "'scheduled_task')), view TEXT NOT NULL CHECK (view IN "
	     "('64', '32', 'shared')), user_name TEXT, user_sid TEXT, "
	     "clsid TEXT, name TEXT, name_raw BLOB, label TEXT, "
	     "class_name TEXT, class_key TEXT, progid TEXT, typelib "
	     "TEXT, appid TEXT, treat_as TEXT, threading TEXT, loader "
	     "TEXT, server_raw TEXT, server_raw_raw BLOB, server_type "
	     "INTEGER, server_path TEXT, server_path_raw BLOB, "
	     "file_exists INTEGER CHECK (file_exists IN (0, 1)), "
	     "on_demand INTEGER NOT NULL CHECK (on_demand IN (0, 1)), "
	     "loads INTEGER NOT NULL CHECK (loads IN (0, 1)), why_not "
	     "TEXT, disabled INTEGER NOT NULL CHECK (disabled IN (0, "
	     "1)), registry_key TEXT NOT NULL, registry_key_raw BLOB, "
	     "last_write TEXT, side_keys TEXT, sha256 TEXT, sha1 TEXT, "
	     "md5 TEXT, file_size INTEGER, file_version TEXT, publisher "
	     "TEXT, product TEXT, trust TEXT NOT NULL CHECK (trust IN "
	     "('unchecked', 'unsigned', 'invalid', 'untrusted', "
	     "'trusted')), known TEXT, class_owner TEXT, path_owner "
	     "TEXT, place TEXT, beside TEXT, version_resource INTEGER "
	     "CHECK (version_resource IN (0, 1)), own_score INTEGER CHECK "
	     "(own_score BETWEEN 0 AND 100) );"
	     "CREATE INDEX registration_by_scan ON registration "
	     "(scan_id);"
	     "CREATE INDEX registration_by_finding ON registration "
	     "(finding_id);"
	     "CREATE VIEW v_finding AS SELECT f.scan_id, f.finding_id, "
	     "f.verdict, f.score, f.family, f.role, f.subject, f.path, "
	     "f.sha256, r.clsid, r.point, r.view, r.user_name, "
	     "r.user_sid, r.registry_key, f.rules, f.reason, f.fix_state "
	     "FROM finding f LEFT JOIN registration r USING "
	     "(registration_id);"
	     "CREATE VIEW v_inventory AS SELECT scan_id, point, view, "
	     "user_name, user_sid, clsid, name, server_raw, server_path, "
	     "file_exists, sha256, file_version, publisher, trust, "
	     "known, registry_key, last_write, finding_id FROM "
	     "registration;"
	     "INSERT INTO registration SELECT *, NULL, NULL, NULL, NULL, "
	     "NULL, NULL FROM kept_row;"
	     "UPDATE artefact SET registration_id = k.row FROM "
	     "kept_of_artefact k WHERE k.id = artefact_id;"
	     "UPDATE finding SET registration_id = k.row FROM "
	     "kept_of_finding k WHERE k.id = finding_id;"
	     "DROP TABLE kept_row; DROP TABLE kept_of_artefact; DROP "
	     "TABLE kept_of_finding;"
	     "ALTER TABLE artefact ADD COLUMN filetype TEXT;"
	     "ALTER TABLE artefact ADD COLUMN copy_of TEXT;"
	     "ALTER TABLE artefact ADD COLUMN copy_of_raw "
	     "BLOB;" GAP_ANEW("'not_opened'") },
	/* One more kind of gap. */
	{ 5, GAP_ANEW("'not_opened', 'antivirus'") },
};

const struct store_migration *store_migrations(size_t *count_ret)
{
	*count_ret = sizeof(migrations) / sizeof(*migrations);
	return migrations;
}

static int pragma_set(struct store *s, const char *name, int value)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA %s = %d", name, value);
	return store_exec(s, sql);
}

int store_migrate_steps(struct store *s, const struct store_migration *steps,
			size_t step_count, int to_version)
{
	int64_t version;
	int err = store_query_int(s, "PRAGMA user_version", &version);

	if (err != 0 || version == to_version)
		return err;
	err = store_exec(s, "BEGIN IMMEDIATE");
	if (err != 0)
		return err;
	/* Another program may have been faster. */
	err = store_query_int(s, "PRAGMA user_version", &version);
	while (err == 0 && version < to_version) {
		const char *sql = NULL;

		for (size_t i = 0; i < step_count; i++) {
			if (steps[i].from == version && steps[i].sql != NULL)
				sql = steps[i].sql;
		}
		if (sql == NULL) {
			err = err_fail(ERR_UNSUPPORTED, 0,
				       W_STORE_OLD_SCHEMA_STUCK, s->path,
				       version);
			break;
		}
		err = store_exec(s, sql);
		version++;
	}
	if (err == 0)
		err = pragma_set(s, "user_version", to_version);
	if (err == 0)
		err = store_exec(s, "COMMIT");
	if (err != 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

int store_migrate_all(struct store *s)
{
	return store_migrate_steps(s, migrations,
				   sizeof(migrations) / sizeof(*migrations),
				   STORE_SCHEMA_VERSION);
}

static int schema_create(struct store *s)
{
	int64_t tables;
	int err = store_exec(s, "BEGIN IMMEDIATE");

	if (err != 0)
		return err;
	/* Two programs may start with the same missing file. */
	err = store_query_int(s, "SELECT count(*) FROM sqlite_master", &tables);
	if (err == 0 && tables == 0) {
		err = store_exec(s, embed_schema_sql);
		if (err == 0)
			err = pragma_set(s, "application_id",
					 STORE_APPLICATION_ID);
		if (err == 0)
			err = pragma_set(s, "user_version",
					 STORE_SCHEMA_VERSION);
	}
	if (err == 0)
		err = store_exec(s, "COMMIT");
	if (err != 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

/* Numbers that no store comes to: the next would be none, "disk full". */
static int check_numbers(struct store *s)
{
	int64_t count = 0;
	int err = store_query_int(s,
				  "SELECT count(*) FROM sqlite_sequence WHERE "
				  "typeof(seq) <> 'integer' OR seq NOT BETWEEN "
				  "0 AND 1 << 53",
				  &count);

	if (err != 0 || count == 0)
		return err;
	return store_fail_changed(s, W_STORE_USED_UP);
}

int store_identify(struct store *s, int *version_ret)
{
	int64_t application, version, tables;
	int err = store_query_int(s, "PRAGMA application_id", &application);

	if (err == 0)
		err = store_query_int(s, "PRAGMA user_version", &version);
	if (err == 0)
		err = store_query_int(s, "SELECT count(*) FROM sqlite_master",
				      &tables);
	if (err != 0)
		return err;
	if (application == 0 && version == 0 && tables == 0) {
		*version_ret = 0;
		return 0;
	}
	s->is_copy = application == STORE_COPY_APPLICATION_ID;
	if (s->is_copy && !s->read_only)
		return err_fail(ERR_UNSUPPORTED, 0, W_STORE_COPY, s->path);
	if (application != STORE_APPLICATION_ID && !s->is_copy)
		return err_fail(ERR_CORRUPT, 0, W_STORE_ANOTHER_PROGRAM,
				s->path);
	if (version > STORE_SCHEMA_VERSION)
		return err_fail(ERR_UNSUPPORTED, 0, W_STORE_NEWER, s->path,
				version, STORE_SCHEMA_VERSION);
	if (version < 1)
		return err_fail(ERR_CORRUPT, 0, W_STORE_NO_VERSION, s->path);
	*version_ret = (int)version;
	err = store_schema_check(s, (int)version);
	return err != 0 ? err : check_numbers(s);
}

int store_migrate(struct store *s, int version)
{
	if (version == 0 && !s->read_only)
		return schema_create(s);
	if (version == 0)
		return err_fail(ERR_CORRUPT, 0, W_STORE_EMPTY, s->path);
	if (version >= STORE_READS_FROM && s->read_only)
		return 0;
	if (version < STORE_SCHEMA_VERSION && s->read_only)
		return err_fail(ERR_UNSUPPORTED, 0, W_STORE_OLD_SCHEMA, s->path,
				version);
	return store_migrate_all(s);
}
