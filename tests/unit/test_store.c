/*
 * The store: its public views, what goes in and comes out, and every kind of
 * file that is not a usable store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "remediate/plan.h"
#include "store/store_internal.h"

#include "embed.h"

#include <string.h>

static struct store *open_store(const char *path)
{
	struct store *s = NULL;
	int err = store_open(path, &s);

	ck_assert_msg(err == 0, "%s", err_last()->text);
	return s;
}

static void check_query(struct store *s, const char *sql, const char *expected)
{
	char *text = fx_query(s, sql);

	ck_assert_msg(strcmp(text, expected) == 0,
		      "%s\n  gives    %s\n  not      %s", sql, text, expected);
	mem_free(text);
}

/* ---- the contract of CONTRACT.md section 8 --------------------------------
 */

static const struct {
	const char *view;
	const char *columns;
} contract[] = {
	{ "v_scan",
	  "scan_id, target_id, started_at, finished_at, host_name, "
	  "target_kind, target_root, windows_version, profile, pack_name, "
	  "pack_version, pack_signed, tool_version, verdict, files_seen, "
	  "files_scanned, bytes_scanned, registrations_seen, findings, gaps, "
	  "gaps_that_matter, exit_code" },
	{ "v_finding",
	  "scan_id, finding_id, verdict, score, family, role, subject, path, "
	  "sha256, clsid, point, view, user_name, user_sid, registry_key, "
	  "rules, reason, fix_state" },
	{ "v_inventory",
	  "scan_id, point, view, user_name, user_sid, clsid, name, "
	  "server_raw, server_path, file_exists, sha256, file_version, "
	  "publisher, trust, known, registry_key, last_write, finding_id" },
	{ "v_gap", "scan_id, kind, path, reason, os_error, count, matters" },
	{ "v_trace", "scan_id, kind, time, user_name, what, url, path, family, "
		     "finding_id" },
	{ "v_step", "fix_id, seq, action, target, state, error, finding_id" },
};

START_TEST(test_view_contract)
{
	struct store *s = open_store(":memory:");
	struct str sql = STR_INIT;
	struct str columns = STR_INIT;
	sqlite3_stmt *q = NULL;

	str_addf(&sql, "SELECT * FROM %s", contract[_i].view);
	ck_assert_int_eq(
		sqlite3_prepare_v2(store_db(s), str_text(&sql), -1, &q, NULL),
		SQLITE_OK);
	for (int i = 0; i < sqlite3_column_count(q); i++)
		str_addf(&columns, "%s%s", i > 0 ? ", " : "",
			 sqlite3_column_name(q, i));
	ck_assert_str_eq(str_text(&columns), contract[_i].columns);
	sqlite3_finalize(q);
	str_release(&columns);
	str_release(&sql);
	store_close(s);
}

END_TEST

START_TEST(test_tables)
{
	struct store *s = open_store(":memory:");

	check_query(s,
		    "SELECT group_concat(name, ' ') FROM (SELECT name FROM "
		    "sqlite_master WHERE type = 'table' AND name NOT LIKE "
		    "'sqlite%' ORDER BY name)",
		    "artefact finding finding_artefact fix gap match "
		    "registration scan step trace vault_item");
	check_query(s, "PRAGMA user_version", "6");
	check_query(s, "PRAGMA application_id", "1836282989"); /* "mstm" */
	store_close(s);
}

END_TEST

/* Every enumerated column refuses a word that is not in its list. */
static const struct {
	const char *table, *column;
} enumerated[] = {
	{ "scan", "state" },	     { "scan", "target_kind" },
	{ "scan", "profile" },	     { "scan", "verdict" },
	{ "registration", "point" }, { "registration", "view" },
	{ "registration", "trust" }, { "artefact", "kind" },
	{ "match", "evidence" },     { "finding", "verdict" },
	{ "gap", "kind" },	     { "scan", "overtaken_by" },
};

START_TEST(test_checks)
{
	struct store *s = open_store(":memory:");
	struct str sql = STR_INIT;
	int rc;

	fx_record_scan(s);
	str_addf(&sql, "UPDATE %s SET %s = 'perhaps'", enumerated[_i].table,
		 enumerated[_i].column);
	rc = sqlite3_exec(store_db(s), str_text(&sql), NULL, NULL, NULL);
	ck_assert_msg(rc == SQLITE_CONSTRAINT_CHECK, "%s: %d", str_text(&sql),
		      rc);
	str_release(&sql);
	store_close(s);
}

END_TEST

/* ---- what goes in and comes out ----------------------------------------- */

static const struct {
	const char *sql, *expected;
} recorded[] = {
	{ "SELECT started_at FROM v_scan", "2010-10-25T00:00:00Z" },
	{ "SELECT finished_at FROM v_scan", "2010-10-25T00:01:30Z" },
	{ "SELECT host_name FROM v_scan", "PC-01" },
	{ "SELECT target_kind FROM v_scan", "offline" },
	{ "SELECT target_root FROM v_scan", "/mnt/c" },
	{ "SELECT windows_version FROM v_scan",
	  "Windows 7 Professional Service Pack 1 (6.1.7601, 64-bit)" },
	{ "SELECT pack_name || ' ' || pack_version || ' ' || pack_signed "
	  "FROM v_scan",
	  "mstmp 2010.10.27 1" },
	{ "SELECT bytes_scanned FROM v_scan", "5000000000" },
	{ "SELECT findings || ' ' || gaps || ' ' || gaps_that_matter || ' ' "
	  "|| exit_code FROM v_scan",
	  "2 4 1 3" },
	{ "SELECT count(*) FROM v_finding", "2" },
	{ "SELECT verdict || ' ' || score || ' ' || family || ' ' || role || "
	  "' ' || subject FROM v_finding",
	  "malicious 90 exedot clicker lib.dll" },
	{ "SELECT path FROM v_finding", "C:\\Program Files\\Shared\\lib.dll" },
	{ "SELECT sha256 = printf('%.64c', 'a') FROM v_finding", "1" },
	{ "SELECT point || ' ' || view || ' ' || ifnull(user_name, '-') FROM "
	  "v_finding",
	  "bho 32 -" },
	{ "SELECT rules FROM v_finding",
	  "[\"FX_NAME_LIB_DLL\",\"FX_NAME_LIB_SIG\",\"FX_REG_BHO_LIB\"]" },
	{ "SELECT ifnull(sha256, 'NULL') || ifnull(clsid, 'NULL') || "
	  "ifnull(fix_state, 'NULL') FROM v_finding WHERE subject = 'mstmp'",
	  "NULLNULLNULL" },
	{ "SELECT count(*) FROM v_inventory", "3" },
	{ "SELECT count(*) FROM v_inventory WHERE finding_id = (SELECT "
	  "finding_id FROM v_finding WHERE subject = 'lib.dll')",
	  "2" },
	{ "SELECT last_write FROM v_inventory WHERE view = '32'",
	  "2010-10-24T23:59:59Z" },
	{ "SELECT file_exists || trust || known || (finding_id IS NULL) FROM "
	  "v_inventory WHERE view = 'shared'",
	  "0uncheckeda known toolbar1" },
	{ "SELECT count(*) FROM artefact", "5" }, /* the toolbar is none */
	{ "SELECT count(*) FROM match", "4" },
	{ "SELECT count(*) FROM finding_artefact", "5" },
	{ "SELECT reason FROM v_reason WHERE lang = 'ja' AND reason LIKE "
	  "'%HKLM からのみ%' LIMIT 1",
	  NULL /* not empty */ },
	{ "SELECT count FROM v_gap WHERE kind = 'excluded'", "1" },
	{ "SELECT path FROM v_gap WHERE kind = 'excluded'", "D:\\Backup\\**" },
	{ "SELECT excludes FROM scan", "[\"D:\\\\Backup\\\\**\"]" },
	{ "SELECT os_error || ' ' || matters FROM v_gap WHERE kind = "
	  "'access_denied'",
	  "5 1" },
	{ "PRAGMA foreign_key_check", "" },
	{ "PRAGMA integrity_check", "ok" },
};

START_TEST(test_recorded)
{
	struct store *s = open_store(":memory:");
	char *text;

	fx_record_scan(s);
	text = fx_query(s, recorded[_i].sql);
	if (recorded[_i].expected != NULL)
		check_query(s, recorded[_i].sql, recorded[_i].expected);
	else
		ck_assert_str_ne(text, "");
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_hostile_text_is_utf8_and_raw_is_kept)
{
	struct store *s = open_store(":memory:");

	fx_record_hostile_scan(s);
	/* escapes of CONTRACT.md section 8 */
	check_query(s,
		    "SELECT path LIKE '%\\u{D800}\\u{0}\\x{82}\\\\u{41}%' "
		    "FROM v_finding WHERE subject LIKE '%' ORDER BY score "
		    "DESC",
		    "1");
	check_query(s,
		    "SELECT count(*) FROM finding WHERE instr(path_raw, "
		    "x'EDA080C08082') = 0",
		    "0");
	check_query(s,
		    "SELECT count(*) FROM registration WHERE "
		    "instr(registry_key_raw, x'EDA080C08082') > 0 AND "
		    "instr(name_raw, x'EDA080C08082') > 0 AND "
		    "instr(server_path_raw, x'EDA080C08082') > 0",
		    "1");
	check_query(s, "SELECT count(*) FROM gap WHERE path_raw IS NULL", "0");
	check_query(s, "SELECT typeof(path_raw) FROM finding", "blob");
	store_close(s);
}

END_TEST

/* What is put there as a name is taken as the same name, and never as "". */
START_TEST(test_names_come_back)
{
	static const char *const names[] = {
		"C:\\a.dll",
		"",
		"C:\\\xED\xA0\x80.dll",
		"a\xC0\x80"
		"b",
		"<U+D800>",
		"100 % \\u0041",
		NULL,
	};
	struct store *s = NULL;
	sqlite3_stmt *put = NULL, *get = NULL;

	ck_assert_int_eq(store_open(":memory:", &s), 0);
	ck_assert_int_eq(store_exec(s, "CREATE TEMP TABLE n (a TEXT, b BLOB)"),
			 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *name = (char *)"not set";

		ck_assert_int_eq(store_exec(s, "DELETE FROM n"), 0);
		ck_assert_int_eq(
			store_prepare(s, "INSERT INTO n VALUES (:a, :b)", &put),
			0);
		ck_assert_int_eq(bind_name(put, ":a", ":b", names[i]), 0);
		ck_assert_int_eq(sqlite3_step(put), SQLITE_DONE);
		sqlite3_finalize(put);
		ck_assert_int_eq(store_prepare(s, "SELECT a, b FROM n", &get),
				 0);
		ck_assert_int_eq(sqlite3_step(get), SQLITE_ROW);
		mem_fail_after(1);
		ck_assert_int_eq(take_name(get, 0, 1, &name),
				 names[i] ? ERR_NOMEM : 0);
		mem_fail_after(0);
		ck_assert_ptr_null(name);
		ck_assert_int_eq(take_name(get, 0, 1, &name), 0);
		ck_assert_pstr_eq(name, names[i]);
		mem_free(name);
		sqlite3_finalize(get);
	}
	store_close(s);
}

END_TEST

START_TEST(test_every_gap_kind)
{
	struct store *s = open_store(":memory:");
	struct scan_begin begin;
	int64_t id = 0;

	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	for (int kind = 0; kind < GAP_COUNT; kind++) {
		struct gap gap = { .kind = (enum gap_kind)kind,
				   .path = "C:\\x" };

		for (int twice = 0; twice < 2; twice++)
			ck_assert_msg(store_add_gap(s, id, &gap, false, 3) == 0,
				      "%s: %s", gap_kind_name(gap.kind),
				      err_last()->text);
	}
	check_query(s, "SELECT count(*) || ' ' || sum(count) FROM v_gap",
		    "28 168");
	store_close(s);
}

END_TEST

START_TEST(test_gaps_are_bounded)
{
	struct store *s = open_store(":memory:");
	struct scan_begin begin;
	int64_t id = 0;
	char path[32];

	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	for (int i = 0; i < 20100; i++) {
		struct gap gap = { .kind = GAP_ACCESS_DENIED, .path = path };

		snprintf(path, sizeof(path), "C:\\%d", i);
		ck_assert_int_eq(store_add_gap(s, id, &gap, true, 1), 0);
	}
	check_query(s, "SELECT sum(count) FROM v_gap", "20100");
	check_query(s, "SELECT count(*) FROM v_gap", "20001");
	check_query(s, "SELECT count FROM v_gap WHERE path IS NULL", "100");
	store_close(s);
}

END_TEST

START_TEST(test_findings_twice)
{
	struct store *s = open_store(":memory:");
	struct scan_begin begin;
	struct judge *j = fx_judge();
	int64_t id = 0;

	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	ck_assert_int_eq(judge_add(j, fx_file("C:\\a", FX_NAME_BARE, -1)), 0);
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_int_eq(store_add_findings(s, id, j, NULL, 0), 0);
	ck_assert_int_eq(store_checkpoint(s), 0);
	ck_assert_int_eq(judge_add(j, fx_file("C:\\b", FX_NAME_BARE, -1)), 0);
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_int_eq(store_add_findings(s, id, j, NULL, 0), 0);
	check_query(s, "SELECT group_concat(path) FROM v_finding",
		    "C:\\a,C:\\b");
	check_query(s, "SELECT count(*) FROM match", "2");
	judge_free(j);
	store_close(s);
}

END_TEST

/* What a trace tells stands beside its artefact, as often as it is written. */
START_TEST(test_traces_carry_what_they_tell)
{
	struct store *s = open_store(":memory:");
	struct scan_begin begin;
	struct judge *j = fx_judge();
	struct artefact *a = fx_trace("HKU\\S-1\\Stats", FX_TRACE_STATS, -1);
	int64_t id = 0;

	a->trace = trace_new(TRACE_EXT_VERSION_CACHE, "taro");
	ck_assert_ptr_nonnull(a->trace);
	a->trace->what = mem_strdup("it was loaded");
	/* 2026-01-02T03:04:05Z */
	a->trace->time = INT64_C(134117966450000000);
	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	ck_assert_int_eq(judge_add(j, a), 0);
	ck_assert_int_eq(judge_finish(j), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(store_add_findings(s, id, j, NULL, 0), 0);
		check_query(s,
			    "SELECT group_concat(kind || '|' || time || '|' || "
			    "user_name || '|' || what || '|' || path || '|' || "
			    "(finding_id IN (SELECT finding_id FROM finding))) "
			    "FROM v_trace",
			    "ext_version_cache|2026-01-02T03:04:05Z|taro|"
			    "it was loaded|HKU\\S-1\\Stats|1");
	}
	judge_free(j);
	store_close(s);
}

END_TEST

START_TEST(test_wrong_order_is_refused)
{
	struct store *s = open_store(":memory:");
	struct scan_begin begin;
	struct scan_end end;
	struct gap gap = { .kind = GAP_LINK, .path = "x" };
	int64_t id = 0, second = 7;

	fx_scan_begin(&begin);
	fx_scan_end(&end, "clean", 0);
	ck_assert_int_eq(store_add_gap(s, 1, &gap, false, 1), ERR_INVALID);
	ck_assert_int_eq(store_scan_end(s, 1, &end), ERR_INVALID);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	ck_assert_int_eq(store_scan_begin(s, &begin, &second), ERR_INVALID);
	ck_assert_int_eq(second, 7); /* untouched */
	ck_assert_int_eq(store_scan_end(s, id + 1, &end), ERR_INVALID);
	ck_assert_int_eq(store_scan_end(s, id, &end), 0);
	store_close(s);
}

END_TEST

START_TEST(test_newest_scan)
{
	struct store *s = open_store(":memory:");
	struct target_info other = fx_target;
	struct scan_begin begin;
	struct scan_end end;
	int64_t first, second = 0, id = 0;

	ck_assert_int_eq(store_newest_scan(s, NULL, &id), ERR_NOT_FOUND);
	first = fx_record_scan(s);
	other.target_id = (char *)"ffffffffffffffffffffffffffffffff";
	fx_scan_begin(&begin);
	begin.target = &other;
	fx_scan_end(&end, "clean", 0);
	ck_assert_int_eq(store_scan_begin(s, &begin, &second), 0);
	ck_assert_int_eq(store_newest_scan(s, NULL, &id), 0);
	ck_assert_int_eq(id, first); /* the second is not finished */
	ck_assert_int_eq(store_scan_end(s, second, &end), 0);
	ck_assert_int_eq(store_newest_scan(s, NULL, &id), 0);
	ck_assert_int_eq(id, second);
	ck_assert_int_eq(store_newest_scan(s, fx_target.target_id, &id), 0);
	ck_assert_int_eq(id, first);
	ck_assert_int_eq(store_newest_scan(s, "nobody", &id), ERR_NOT_FOUND);
	store_close(s);
}

END_TEST

/* ---- several programs, cut-off scans ------------------------------------ */

/* By name, signed ones only, the newest scan whether it was finished or not. */
START_TEST(test_last_pack)
{
	static const struct {
		const char *name, *version;
		bool is_signed, is_finished;
	} scans[] = {
		{ "a", "2", true, true },  { "a", "1", true, false },
		{ "a", "9", false, true }, { "b", "7", true, true },
		{ "c", "8", false, true },
	};

	static const struct {
		const char *name, *want;
	} rows[] = { { "a", "1" }, { "b", "7" }, { "c", NULL }, { "A", NULL } };

	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);

	for (size_t i = 0; i < sizeof(scans) / sizeof(scans[0]); i++) {
		struct pack_info pack = fx_pack;
		struct scan_begin begin;
		struct scan_end end;
		int64_t id = 0;

		fx_scan_begin(&begin);
		pack.name = scans[i].name;
		pack.version = scans[i].version;
		pack.is_signed = scans[i].is_signed;
		begin.pack = &pack;
		ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
		fx_scan_end(&end, "clean", 0);
		if (scans[i].is_finished) {
			ck_assert_int_eq(store_scan_end(s, id, &end), 0);
			continue;
		}
		store_close(s);
		s = open_store(path);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *got = NULL;

		ck_assert_int_eq(store_last_pack(s, rows[i].name, &got), 0);
		ck_assert_pstr_eq(got, rows[i].want);
		mem_free(got);
	}
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_second_scan_is_refused_and_reports_work)
{
	char *path = fx_temp_path(".db");
	struct store *a = open_store(path);
	struct store *b = NULL;
	struct store *reader = NULL;
	struct scan_begin begin;
	struct scan_end end;
	int64_t first = fx_record_scan(a);
	int64_t id = 0, other = 0;

	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(a, &begin, &id), 0);
	ck_assert_int_eq(store_open(path, &b), 0);
	ck_assert_int_eq(store_scan_begin(b, &begin, &other), ERR_LOCKED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "another scan"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "--db"));
	/* a report of the earlier scan is possible meanwhile */
	ck_assert_int_eq(store_open_readonly(path, &reader), 0);
	ck_assert_int_eq(store_newest_scan(reader, NULL, &other), 0);
	ck_assert_int_eq(other, first);
	check_query(reader,
		    "SELECT count(*) FROM v_scan WHERE finished_at IS "
		    "NULL",
		    "1");
	check_query(reader, "SELECT count(*) FROM v_finding", "2");
	fx_scan_end(&end, "clean", 0);
	ck_assert_int_eq(store_checkpoint(a), 0);
	ck_assert_int_eq(store_scan_end(a, id, &end), 0);
	ck_assert_int_eq(store_scan_begin(b, &begin, &other), 0);
	ck_assert_int_eq(store_scan_end(b, other, &end), 0);
	store_close(reader);
	store_close(b);
	store_close(a);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_cut_off_scan)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);
	struct scan_begin begin;
	struct gap gap = { .kind = GAP_LINK, .path = "C:\\x" };
	int64_t first = fx_record_scan(s);
	int64_t id = 0, newest = 0;

	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	ck_assert_int_eq(store_add_gap(s, id, &gap, false, 1), 0);
	store_close(s); /* without an end */

	s = open_store(path);
	check_query(s, "SELECT count(*) FROM v_scan", "2");
	check_query(s,
		    "SELECT finished_at IS NULL AND verdict IS NULL FROM "
		    "v_scan ORDER BY scan_id DESC",
		    "1");
	check_query(s, "SELECT count(*) FROM v_gap WHERE scan_id = 2", "0");
	check_query(s, "SELECT count(*) FROM v_finding", "2");
	ck_assert_int_eq(store_newest_scan(s, NULL, &newest), 0);
	ck_assert_int_eq(newest, first);
	/* the next scan works, and the row tells the truth */
	fx_record_scan(s);
	check_query(s, "SELECT state FROM scan WHERE scan_id = 2", "cut_off");
	check_query(s, "PRAGMA integrity_check", "ok");
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* ---- files that are no usable store ------------------------------------- */

static void expect_refused(const char *path, int err, const char *words)
{
	struct store *s = (struct store *)&s;

	ck_assert_int_eq(store_open(path, &s), err);
	ck_assert_ptr_eq(s, (struct store *)&s); /* untouched */
	ck_assert_msg(strstr(err_last()->text, words) != NULL, "%s",
		      err_last()->text);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "--db"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, path));
}

START_TEST(test_no_database)
{
	char *path = fx_temp_path(".db");
	void *data = NULL;
	size_t nbytes;
	char text[5000];

	memset(text, 'x', sizeof(text));
	ck_assert_int_eq(host_write_file(path, text, sizeof(text)), 0);
	expect_refused(path, ERR_CORRUPT, "no database of mstmpsweep");
	/* left as it was */
	ck_assert_int_eq(host_read_file(path, 1 << 20, &data, &nbytes), 0);
	ck_assert_uint_eq(nbytes, sizeof(text));
	ck_assert_int_eq(memcmp(data, text, nbytes), 0);
	mem_free(data);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_empty_file_becomes_a_store)
{
	char *path = fx_temp_path(".db");
	struct store *s = NULL;

	ck_assert_int_eq(host_write_file(path, "", 0), 0);
	ck_assert_int_eq(store_open_readonly(path, &s), ERR_CORRUPT);
	s = open_store(path);
	fx_record_scan(s);
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(test_other_programs_database)
{
	char *path = fx_temp_path(".db");

	run_sql(path, "CREATE TABLE moz_places (id)");
	expect_refused(path, ERR_CORRUPT, "another program");
	run_sql(path, "PRAGMA application_id = 7");
	expect_refused(path, ERR_CORRUPT, "another program");
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_newer_schema)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);

	store_close(s);
	run_sql(path, "PRAGMA user_version = 99");
	expect_refused(path, ERR_UNSUPPORTED, "newer mstmpsweep (schema 99");
	ck_assert_int_eq(store_open_readonly(path, &s), ERR_UNSUPPORTED);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_damaged)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);
	uint8_t *data = NULL;
	void *whole = NULL;
	size_t nbytes;

	fx_record_scan(s);
	store_close(s);
	ck_assert_int_eq(host_read_file(path, 1 << 24, &whole, &nbytes), 0);
	data = whole;
	ck_assert_uint_gt(nbytes, 40000);
	/* every page but the first two is overwritten */
	memset(data + 8192, 0xA5, nbytes - 8192);
	ck_assert_int_eq(host_write_file(path, data, nbytes), 0);
	expect_refused(path, ERR_CORRUPT, "damaged");
	/* cut in the middle */
	ck_assert_int_eq(host_write_file(path, data, 8192 + 100), 0);
	expect_refused(path, ERR_CORRUPT, "damaged");
	mem_free(whole);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* One page of many, which nobody reads to open it. */
START_TEST(test_one_damaged_page)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);
	char was[4096];
	void *whole = NULL;
	uint8_t *data;
	size_t nbytes;

	fx_record_scan(s);
	check_query(s, "PRAGMA page_size", "4096");
	check_query(s, "PRAGMA freelist_count", "0");
	store_close(s);
	ck_assert_int_eq(host_read_file(path, 1 << 24, &whole, &nbytes), 0);
	data = whole;
	for (size_t at = 2 * 4096; at < nbytes; at += 5 * 4096) {
		memcpy(was, data + at, 4096);
		memset(data + at, 0xA5, 4096);
		ck_assert_int_eq(host_write_file(path, data, nbytes), 0);
		expect_refused(path, ERR_CORRUPT, "damaged");
		memcpy(data + at, was, 4096);
	}
	ck_assert_int_eq(host_write_file(path, data, nbytes), 0);
	store_close(open_store(path));
	mem_free(whole);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_folder_and_missing_places)
{
	char *path = fx_temp_path("");
	struct store *s = NULL;
	char *inside = host_join(path, "x.db");

	expect_refused(inside, ERR_NOT_FOUND, "make the folder first");
	ck_assert_int_eq(store_open_readonly(path, &s), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "scan first"));
	ck_assert_int_eq(host_mkdir(path), 0);
	expect_refused(path, ERR_NOT_DIR, "no ordinary file");
	s = open_store(inside);
	store_close(s);
	fx_temp_remove(inside);
	mem_free(inside);
	mem_free(path);
}

END_TEST

START_TEST(test_full_disk)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);
	struct scan_end end;
	int64_t id = 0;

	fx_record_scan(s);
	/* SQLite says SQLITE_FULL where no page can be added. */
	sqlite3_exec(store_db(s), "PRAGMA max_page_count = 1", NULL, NULL,
		     NULL);
	for (int i = 0; i < 200; i++) {
		int err = fx_try_record_scan(s, &id);

		if (err == 0)
			continue;
		ck_assert_int_eq(err, ERR_NO_SPACE);
		ck_assert_ptr_nonnull(strstr(err_last()->text, "disk is full"));
		break;
	}
	/* a scan that lost something cannot end as if it were whole */
	fx_scan_end(&end, "clean", 0);
	ck_assert_int_eq(
		store_query_int(s, "SELECT max(scan_id) FROM scan", &id), 0);
	ck_assert_int_eq(store_scan_end(s, id, &end), ERR_NO_SPACE);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "earlier scans"));
	store_close(s);
	s = open_store(path);
	check_query(s, "PRAGMA integrity_check", "ok");
	check_query(s, "SELECT findings FROM v_scan WHERE scan_id = 1", "2");
	fx_record_scan(s);
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* ---- schema versions ---------------------------------------------------- */

START_TEST(test_migration)
{
	static const struct store_migration steps[] = {
		{ 7, "ALTER TABLE note ADD COLUMN three;" },
		{ 6, "CREATE TABLE note (two); INSERT INTO note VALUES (2);" },
	};
	static const struct store_migration broken[] = {
		{ 8, "CREATE TABLE four (x);" },
		{ 9, "CREATE TABLE four (x);" },
	};
	struct store *s = open_store(":memory:");

	fx_record_scan(s);
	ck_assert_int_eq(store_migrate_steps(s, steps, 2, 8), 0);
	check_query(s, "PRAGMA user_version", "8");
	check_query(s, "SELECT two || ifnull(three, 'NULL') FROM note",
		    "2NULL");
	check_query(s, "SELECT findings FROM v_scan", "2");
	/* a step that fails undoes all steps of this run */
	ck_assert_int_ne(store_migrate_steps(s, broken, 2, 10), 0);
	check_query(s, "PRAGMA user_version", "8");
	check_query(s, "SELECT count(*) FROM sqlite_master WHERE name = 'four'",
		    "0");
	/* a step that is missing */
	ck_assert_int_eq(store_migrate_steps(s, steps, 2, 9), ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "old schema 8"));
	store_close(s);
}

END_TEST

/* A store as that version of the program made it, with a scan of two findings.
 */
static void old_store(const char *path, int version)
{
	size_t count = 0;
	const struct store_migration *steps = store_migrations(&count);
	struct str sql = STR_INIT;

	str_add(&sql, embed_schema_1_sql);
	for (int from = 1; from < version; from++)
		for (size_t i = 0; i < count; i++)
			if (steps[i].from == from)
				str_add(&sql, steps[i].sql);
	str_addf(&sql,
		 "INSERT INTO scan (scan_id, state, target_id, started_at, "
		 "finished_at, target_kind, profile, pack_name, pack_signed, "
		 "tool_version, verdict) VALUES (1, 'finished', 't', 'then', "
		 "'now', 'offline', 'full', 'mstmp', 1, '1', 'found');"
		 "INSERT INTO finding (finding_id, scan_id, verdict, score, "
		 "subject, rules, reason, reason_ja) VALUES "
		 "(1, 1, 'malicious', 90, 's', '[]', 'r', 'r'), "
		 "(2, 1, 'note', 1, 's', '[]', 'r', 'r');"
		 "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 STORE_APPLICATION_ID, version);
	run_sql(path, str_text(&sql));
	str_release(&sql);
}

/* A store of the first version keeps its scans and learns of journals. */
START_TEST(test_version_1_is_brought_forward)
{
	char *path = fx_temp_path(".db");
	struct store *s;

	old_store(path, 1);
	s = open_store(path);
	check_query(s, "PRAGMA user_version", "6");
	check_query(s, "SELECT findings FROM v_scan", "2");
	check_query(s, "SELECT count(journal_id) FROM fix", "0");
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* Steps and saved items as version 2 had them. */
static const char version_2[] =
	"INSERT INTO fix VALUES (7, 1, 't', 'now', NULL, 'failed', 'v', '1', "
	"'j');"
	"INSERT INTO step VALUES (21, 7, 1, 1, 'quarantine_file', 'C:\\a', "
	"x'41', 'verified', 'it came back: a program that still runs put it "
	"there again');"
	"INSERT INTO step VALUES (22, 7, 2, NULL, 'remove_key', 'HKLM\\a', "
	"NULL, 'verified', NULL);"
	"INSERT INTO step VALUES (23, 7, 3, 2, 'remove_key', 'HKLM\\b', NULL, "
	"'failed', 'it came back: not');"
	"INSERT INTO vault_item VALUES (31, 21, 'file', 'n', 'C:\\a', x'41', "
	"5, 'sum', 'then', 'kept');"
	"INSERT INTO vault_item VALUES (32, 22, 'registry', 'm', 'HKLM\\a', "
	"NULL, 6, 'mus', 'then', 'restored');";

/* Every row is kept, and what came back is told by its state. */
START_TEST(test_version_2_is_brought_forward)
{
	static const char rows[] =
		"SELECT group_concat(r, ';') FROM (SELECT step_id || ' ' || "
		"fix_id || seq || ' ' || ifnull(finding_id, '-') || ' ' || "
		"action || ' ' || target || ' ' || ifnull(hex(target_raw), '-')"
		" || ' ' || state || ' ' || (error IS NULL) AS r FROM step "
		"ORDER BY step_id)";
	static const char made[] =
		"SELECT group_concat(type || name || tbl_name, ' ') FROM "
		"(SELECT * FROM sqlite_master ORDER BY name)";
	char *path = fx_temp_path(".db"), *want, *got;
	struct store *s = open_store(":memory:");

	want = fx_query(s, made);
	store_close(s);
	old_store(path, 2);
	run_sql(path, version_2);
	/* Only read, it is as it is. */
	ck_assert_int_eq(store_open_readonly(path, &s), 0);
	check_query(s, "SELECT count(*) FROM v_step WHERE state = 'verified'",
		    "2");
	store_close(s);
	s = open_store(path);
	check_query(s, "PRAGMA user_version", "6");
	check_query(s, rows,
		    "21 71 1 quarantine_file C:\\a 41 came_back 0;"
		    "22 72 - remove_key HKLM\\a  verified 1;"
		    "23 73 2 remove_key HKLM\\b  failed 0");
	check_query(s,
		    "SELECT group_concat(vault_item_id || step_id || kind || "
		    "vault_name || original || ifnull(hex(original_raw), '-') "
		    "|| size || sha256 || saved_at || state) FROM vault_item",
		    "3121filenC:\\a415sumthenkept,"
		    "3222registrymHKLM\\a6musthenrestored");
	check_query(s, "PRAGMA foreign_key_check", "");
	check_query(s, "PRAGMA integrity_check", "ok");
	got = fx_query(s, made);
	ck_assert_str_eq(got, want);
	/* It takes the new state, and still no other word. */
	check_query(s, "SELECT count(*) FROM v_step WHERE state = 'came_back'",
		    "1");
	check_query(s,
		    "UPDATE step SET state = 'came_back' WHERE seq = 2 "
		    "RETURNING state",
		    "came_back");
	store_close(s);
	mem_free(got);
	mem_free(want);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/*
 * What the steps make of the first schema is the newest one; else a store that
 * was brought forward would be refused as changed.
 */
START_TEST(test_steps_lead_to_the_schema)
{
	char *path = fx_temp_path(".db");
	struct store *s = NULL;

	/* Nothing is left to be done, so only the schema is looked at. */
	old_store(path, STORE_SCHEMA_VERSION);
	ck_assert_msg(store_open_readonly(path, &s) == 0, "%s",
		      err_last()->text);
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* ---- a schema that somebody else has changed ---------------------------- */

static const struct {
	const char *sql;
	const char *named;
} changed[] = {
	{ "CREATE TRIGGER t AFTER INSERT ON scan BEGIN UPDATE finding SET "
	  "verdict = 'malicious'; END",
	  "trigger \"t\"" },
	{ "CREATE TRIGGER u INSTEAD OF INSERT ON v_scan BEGIN SELECT 1; END",
	  "trigger \"u\"" },
	{ "CREATE VIEW v_more AS SELECT 1", "view \"v_more\"" },
	{ "CREATE TABLE more (x)", "table \"more\"" },
	{ "CREATE INDEX more ON scan (host_name)", "index \"more\"" },
	{ "DROP VIEW v_trace", "view \"v_trace\"" },
	{ "DROP INDEX scan_by_target", "index \"scan_by_target\"" },
	{ "ALTER TABLE finding ADD COLUMN more TEXT", "table \"finding\"" },
	{ "DROP VIEW v_reason; CREATE VIEW v_reason AS SELECT scan_id, "
	  "finding_id, 'en' AS lang, reason FROM finding",
	  "view \"v_reason\"" },
	/* A view of a table's name. */
	{ "DROP TABLE vault_item; CREATE VIEW vault_item AS SELECT 1",
	  "vault_item" },
	/* One word in a CHECK, one in a string, one where a comment may be. */
	{ "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = "
	  "replace(sql, 'BETWEEN 0 AND 100', 'BETWEEN 0 AND 999') WHERE name "
	  "= 'match'",
	  "table \"match\"" },
	{ "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = "
	  "replace(sql, '''note''', '''no te''') WHERE name = 'finding'",
	  "table \"finding\"" },
	{ "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = "
	  "replace(sql, 'count INTEGER NOT NULL', 'count INTEGER /* - */ "
	  "NULL') WHERE name = 'gap'",
	  "table \"gap\"" },
};

static void expect_changed(const char *path, const char *named)
{
	struct store *s = NULL;

	expect_refused(path, ERR_CORRUPT, named);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "somebody else"));
	ck_assert_int_eq(store_open_readonly(path, &s), ERR_CORRUPT);
}

START_TEST(test_changed_schema)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);

	fx_record_scan(s);
	store_close(s);
	run_sql(path, changed[_i].sql);
	expect_changed(path, changed[_i].named);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* Before an old store is brought forward, not only after. */
START_TEST(test_changed_old_schema)
{
	char *path = fx_temp_path(".db");

	old_store(path, _i);
	run_sql(path, changed[0].sql);
	expect_changed(path, changed[0].named);
	fx_temp_remove(path);
	/* A schema of another version than the store says. */
	old_store(path, _i);
	run_sql(path, _i == 1 ? "PRAGMA user_version = 2"
			      : "PRAGMA user_version = 1");
	expect_changed(path, "\"");
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_no_version)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);

	store_close(s);
	run_sql(path, "PRAGMA user_version = 0");
	expect_refused(path, ERR_CORRUPT, "no version");
	run_sql(path, "PRAGMA user_version = -1");
	expect_refused(path, ERR_CORRUPT, "no version");
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* What a database tool may do to the texts does not matter. */
START_TEST(test_other_blanks_are_the_same_schema)
{
	char *path = fx_temp_path(".db");
	struct store *s = open_store(path);

	store_close(s);
	run_sql(path, "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET "
		      "sql = replace(sql, char(9), '  /* x, y */ ')");
	s = open_store(path);
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

static void check_age(struct store *s, int64_t id, const char *by)
{
	struct scan_age age = { 0 };

	ck_assert_int_eq(store_scan_age(s, id, &age), 0);
	ck_assert_str_eq(age.overtaken_by, by);
	ck_assert_int_eq(*age.overtaken_at != '\0', *by != '\0');
	scan_age_release(&age);
}

/*
 * Version 3 told of undo in the fix only: the scans that began before it
 * ended are old, and others not.
 */
START_TEST(test_version_3_is_brought_forward)
{
	char *path = fx_temp_path(".db");
	struct store *s = NULL;

	old_store(path, 3);
	run_sql(path,
		"INSERT INTO scan (state, target_id, started_at, finished_at, "
		"target_kind, profile, pack_name, pack_signed, tool_version, "
		"verdict) SELECT state, t.column1, started_at, finished_at, "
		"target_kind, profile, pack_name, pack_signed, tool_version, "
		"verdict FROM scan, (VALUES ('t'), ('other')) t;"
		"UPDATE scan SET started_at = '2010-10-25T00:00:01Z';"
		"UPDATE scan SET started_at = '2010-10-25T00:00:09Z' WHERE "
		"scan_id = 2;"
		"INSERT INTO fix (scan_id, target_id, started_at, finished_at, "
		"state, tool_version) SELECT 1, target_id, started_at, "
		"'2010-10-25T00:00:05Z', 'partly_undone', '1' FROM scan WHERE "
		"scan_id = 1;");
	ck_assert_int_eq(store_open_readonly(path, &s), 0);
	/* Only read it tells the same. */
	for (int i = 0; i < 2; i++) {
		check_age(s, 1, "undo");
		check_age(s, 2, "");
		check_age(s, 3, "");
		store_close(s);
		s = i ? NULL : open_store(path);
	}
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* What refers to a registration still does; its new columns say nothing. */
START_TEST(test_version_4_is_brought_forward)
{
	char *path = fx_temp_path(".db");
	struct store *s;

	old_store(path, 4);
	run_sql(path,
		"INSERT INTO registration (registration_id, scan_id, "
		"finding_id, point, view, on_demand, loads, disabled, "
		"registry_key, trust) VALUES (11, 1, 1, 'bho', '32', 0, 1, 0, "
		"'HKLM\\a', 'unchecked'), (12, 1, NULL, 'toolbar', '64', 0, 0, "
		"0, 'HKLM\\b', 'unchecked');"
		"UPDATE finding SET registration_id = 11 WHERE finding_id = 1;"
		"INSERT INTO artefact (artefact_id, scan_id, kind, "
		"registration_id) VALUES (21, 1, 'registration', 12);"
		"INSERT INTO gap (scan_id, kind, reason, count, matters) "
		"VALUES (1, 'link', 'r', 7, 0);");
	s = open_store(path);
	check_query(s, "PRAGMA user_version", "6");
	check_query(s,
		    "SELECT registry_key FROM v_finding WHERE finding_id = 1",
		    "HKLM\\a");
	check_query(s,
		    "SELECT group_concat(registry_key || ifnull(class_owner, "
		    "'-') || ifnull(version_resource, '-'), ' ') FROM "
		    "(SELECT * FROM registration ORDER BY registration_id)",
		    "HKLM\\a-- HKLM\\b--");
	check_query(s,
		    "SELECT registration_id || ifnull(copy_of, '-') FROM "
		    "artefact",
		    "12-");
	check_query(s, "SELECT finding_id FROM v_inventory WHERE view = '32'",
		    "1");
	check_query(s, "SELECT gaps FROM v_scan", "7");
	check_query(s, "PRAGMA foreign_key_check", "");
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* Every gap is kept; of the newer kind one can be told now. */
START_TEST(test_version_5_is_brought_forward)
{
	char *path = fx_temp_path(".db");
	struct store *s;

	old_store(path, 5);
	run_sql(path,
		"INSERT INTO gap VALUES (5, 1, 'not_opened', 'C:\\a', x'41', "
		"'r', 32, 3, 0), (6, 1, 'locked', NULL, NULL, 'q', NULL, 1, "
		"1)");
	s = open_store(path);
	check_query(s, "PRAGMA user_version", "6");
	check_query(s,
		    "SELECT group_concat(r, ';') FROM (SELECT gap_id || kind "
		    "|| ifnull(path, '-') || ifnull(hex(path_raw), '-') || "
		    "reason || ifnull(os_error, '-') || count || matters AS r "
		    "FROM gap ORDER BY gap_id)",
		    "5not_openedC:\\a41r3230;6locked-q-11");
	check_query(s, "SELECT gaps_that_matter || ' of ' || gaps FROM v_scan",
		    "1 of 4");
	run_sql(path, "INSERT INTO gap (scan_id, kind, reason, count, matters) "
		      "VALUES (1, 'antivirus', 'r', 1, 1)");
	check_query(s, "SELECT count(*) FROM v_gap WHERE kind = 'antivirus'",
		    "1");
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* A plan reads more than the views, and writes nothing. */
START_TEST(test_an_old_store_is_planned_with)
{
	const struct plan_options o = { 0 };
	char *path = fx_temp_path(".db");
	struct plan *p = NULL;
	struct store *s = NULL;

	old_store(path, 4);
	run_sql(path, "INSERT INTO registration (registration_id, scan_id, "
		      "finding_id, point, view, on_demand, loads, disabled, "
		      "registry_key, trust) VALUES (11, 1, 1, 'bho', '64', 0, "
		      "1, 0, 'HKLM\\a', 'unchecked');"
		      "INSERT INTO artefact (artefact_id, scan_id, kind, "
		      "registration_id) VALUES (21, 1, 'registration', 11);"
		      "INSERT INTO match (artefact_id, rule, score, evidence) "
		      "VALUES (21, 'r', 90, 'registration');");
	ck_assert_int_eq(store_open_readonly(path, &s), 0);
	ck_assert_msg(store_read_forward(s) == 0, "%s", err_last()->text);
	ck_assert_msg(plan_make(s, 1, &o, &p) == 0, "%s", err_last()->text);
	ck_assert_uint_eq(p->steps.count, 1);
	ck_assert_int_eq(plan_step(p, 0)->hold, HOLD_NOT);
	plan_free(p);
	store_close(s);
	ck_assert_int_eq(store_open_readonly(path, &s), 0);
	check_query(s, "PRAGMA user_version", "4");
	store_close(s);
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* Of one PC, all until then, once; a later scan counts. */
START_TEST(test_overtaken)
{
	struct store *s = open_store(":memory:");
	struct scan_age age;

	fx_record_scan(s);
	fx_record_scan(s);
	fx_record_scan(s);
	ck_assert_int_eq(store_exec(s, "UPDATE scan SET target_id = 'other' "
				       "WHERE scan_id = 2"),
			 0);
	ck_assert_int_eq(store_overtake(s, fx_target.target_id, "undo"), 0);
	ck_assert_int_eq(store_overtake(s, fx_target.target_id, "restart"), 0);
	fx_record_scan(s);
	check_age(s, 1, "undo");
	check_age(s, 2, "");
	check_age(s, 3, "undo");
	check_age(s, 4, "");
	ck_assert_int_ne(store_overtake(s, "other", "rain"), 0);
	ck_assert_int_eq(store_scan_age(s, 5, &age), ERR_NOT_FOUND);
	store_close(s);
}

END_TEST

START_TEST(test_default_path)
{
	char *path = store_default_path(NULL);

	ck_assert_msg(path != NULL, "%s", err_last()->text);
	ck_assert(ascii_iends_with(path, "mstmpsweep.db"));
	ck_assert(!host_is_remote_path(path));
	mem_free(path);
}

END_TEST

/* Every allocation of ours fails once while a scan is recorded. */
START_TEST(test_memory_short)
{
	struct store *s = open_store(":memory:");
	struct judge *j = fx_judge();
	struct registration *r;
	struct registration **regs;
	struct scan_begin begin;
	size_t count;
	int64_t id = 0, n;

	r = fx_registration(POINT_BHO, 32, "\xED\xA0\x80", "x", "{A}",
			    "C:\\\x82.dll", "HKLM\\x");
	ck_assert_int_eq(judge_add(j, fx_registered(r, FX_REG_BHO_LIB, -1)), 0);
	ck_assert_int_eq(judge_finish(j), 0);
	regs = fx_registrations(&count);
	fx_scan_begin(&begin);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	for (n = 1; n < 500; n++) {
		int err;

		mem_fail_after(n);
		err = store_add_findings(s, id, j, regs, count);
		mem_fail_after(0);
		if (err == 0)
			break;
		ck_assert_int_eq(err, ERR_NOMEM);
		check_query(s, "SELECT count(*) FROM v_inventory", "0");
	}
	ck_assert_int_gt(n, 4);
	ck_assert_int_lt(n, 500);
	check_query(s, "SELECT count(*) FROM v_inventory", "1");
	judge_free(j);
	fx_release();
	store_close(s);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *store_suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");

	tcase_set_timeout(t, 60);
	LOOP(t, test_view_contract, contract);
	tcase_add_test(t, test_tables);
	LOOP(t, test_checks, enumerated);
	LOOP(t, test_recorded, recorded);
	tcase_add_test(t, test_hostile_text_is_utf8_and_raw_is_kept);
	tcase_add_test(t, test_names_come_back);
	tcase_add_test(t, test_every_gap_kind);
	tcase_add_test(t, test_gaps_are_bounded);
	tcase_add_test(t, test_findings_twice);
	tcase_add_test(t, test_traces_carry_what_they_tell);
	tcase_add_test(t, test_wrong_order_is_refused);
	tcase_add_test(t, test_newest_scan);
	tcase_add_test(t, test_last_pack);
	tcase_add_test(t, test_second_scan_is_refused_and_reports_work);
	tcase_add_test(t, test_cut_off_scan);
	tcase_add_test(t, test_no_database);
	tcase_add_test(t, test_empty_file_becomes_a_store);
	tcase_add_test(t, test_other_programs_database);
	tcase_add_test(t, test_newer_schema);
	tcase_add_test(t, test_damaged);
	tcase_add_test(t, test_one_damaged_page);
	tcase_add_test(t, test_folder_and_missing_places);
	tcase_add_test(t, test_full_disk);
	tcase_add_test(t, test_migration);
	tcase_add_test(t, test_version_1_is_brought_forward);
	tcase_add_test(t, test_version_2_is_brought_forward);
	tcase_add_test(t, test_steps_lead_to_the_schema);
	LOOP(t, test_changed_schema, changed);
	tcase_add_loop_test(t, test_changed_old_schema, 1,
			    STORE_SCHEMA_VERSION + 1);
	tcase_add_test(t, test_no_version);
	tcase_add_test(t, test_other_blanks_are_the_same_schema);
	tcase_add_test(t, test_version_3_is_brought_forward);
	tcase_add_test(t, test_version_4_is_brought_forward);
	tcase_add_test(t, test_version_5_is_brought_forward);
	tcase_add_test(t, test_an_old_store_is_planned_with);
	tcase_add_test(t, test_overtaken);
	tcase_add_test(t, test_default_path);
	tcase_add_test(t, test_memory_short);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(store_suite)
