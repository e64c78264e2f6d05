/*
 * A store with very many rows costs what its rows cost, not their square: in
 * steps of SQLite's machine, which are the same everywhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "session/settle.h"

#include <sqlite3.h>
#include <string.h>

#define ROWS_EACH 2000
/* A row costs some hundreds; each against each would be four millions. */
#define STEPS_MAX 2000
#define STEP_UNIT 1000

static char *path;
static struct store *store;
static unsigned units;

static int count_unit(void *arg)
{
	(void)arg;
	units++;
	return 0;
}

static void setup(void)
{
	path = fx_temp_path(".db");
	ck_assert_int_eq(store_open(path, &store), 0);
	ck_assert_int_gt(fx_record_scan(store), 0);
	units = 0;
}

static void teardown(void)
{
	store_close(store);
	fx_temp_remove(path);
	mem_free(path);
}

static void plant(const char *sql)
{
	char *message = NULL;

	ck_assert_msg(sqlite3_exec(store_db(store), sql, NULL, NULL,
				   &message) == SQLITE_OK,
		      "%s", message);
	sqlite3_progress_handler(store_db(store), STEP_UNIT, count_unit, NULL);
}

#define COUNTED                                                                \
	"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 "             \
	"FROM c WHERE i < 2000) "

static void check_cost(void)
{
	ck_assert_msg(units < STEPS_MAX, "%u thousand steps", units);
	/* It was counted at all. */
	ck_assert_uint_gt(units, 0);
}

static int on_earlier(void *arg, const char *wpath, bool is_gone)
{
	unsigned *seen = arg;

	seen[is_gone]++;
	return wpath[0] == 'C' ? 0 : ERR_INVALID;
}

/* One half of the files was removed by a fix of the scan that found them. */
START_TEST(earlier_findings)
{
	unsigned seen[2] = { 0, 0 };

	plant(COUNTED
	      "INSERT INTO artefact (scan_id, kind, path) SELECT 1, "
	      "'file', 'C:\\many\\' || i FROM c;"
	      "INSERT INTO fix (fix_id, scan_id, target_id, started_at, "
	      "state, tool_version) SELECT 1000, 1, target_id, '', "
	      "'finished', '' FROM scan WHERE scan_id = 1;" COUNTED
	      "INSERT INTO step (fix_id, seq, action, target, state) "
	      "SELECT 1000, i, 'quarantine_file', 'C:\\many\\' || "
	      "(i * 2), 'verified' FROM c");
	ck_assert_int_eq(store_each_earlier(store, fx_target.target_id, 0,
					    on_earlier, seen),
			 0);
	ck_assert_uint_eq(seen[1], ROWS_EACH / 2);
	ck_assert_uint_ge(seen[0], ROWS_EACH / 2);
	check_cost();
}

END_TEST

/* Registrations of a scan that was cut off, each with a match and a side. */
START_TEST(kept_registrations)
{
	char *got;

	plant("DELETE FROM finding; DELETE FROM registration; DELETE FROM "
	      "artefact;"
	      "UPDATE scan SET state = 'running', finished_at = NULL, verdict "
	      "= NULL, exit_code = NULL;" COUNTED
	      "INSERT INTO registration (registration_id, scan_id, point, "
	      "view, "
	      "on_demand, loads, disabled, registry_key, trust, side_keys) "
	      "SELECT i, 1, 'bho', '64', 0, 1, 0, 'HKLM\\' || i, 'unchecked', "
	      "'[{\"kind\":\"clsid\",\"key\":\"a\"}]' FROM c;" COUNTED
	      "INSERT INTO artefact (artefact_id, scan_id, kind, "
	      "registration_id) SELECT i, 1, 'registration', i FROM c;" COUNTED
	      "INSERT INTO match (artefact_id, rule, score, evidence) SELECT "
	      "i, "
	      "'r', 60, 'registration' FROM c");
	ck_assert_int_eq(settle(store, NULL, false, NULL), 0);
	got = fx_query(store, "SELECT count(*) || ' ' || (SELECT count(*) FROM "
			      "registration WHERE json_array_length(side_keys) "
			      "= 1) FROM finding");
	ck_assert_str_eq(got, "2000 2000");
	mem_free(got);
	check_cost();
}

END_TEST

/* Where there is no next number no scan begins, and the reason is told. */
START_TEST(numbers_used_up)
{
	plant("UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE "
	      "name = 'scan'");
	store_close(store);
	store = NULL;
	ck_assert_int_eq(store_open(path, &store), ERR_CORRUPT);
	ck_assert_ptr_nonnull(
		strstr(err_last()->text, "somebody else has changed it"));
}

END_TEST

static Suite *store_many_suite(void)
{
	Suite *s = suite_create("store_many");
	TCase *tc = tcase_create("store_many");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, earlier_findings);
	tcase_add_test(tc, kept_registrations);
	tcase_add_test(tc, numbers_used_up);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(store_many_suite)
