/*
 * What a running scan keeps, and how another start judges it after a power
 * cut: every five seconds, readers let in, the same findings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "session/keep.h"
#include "session/settle.h"

#include <sqlite3.h>
#include <string.h>

/* What the documents promise. */
#define PROMISED_MS 5000

static char *path;
static struct store *store, *reader;
static struct judge *judge;
static struct gap_list *gaps;
static struct host_mutex *lock;
static struct file_walk_progress progress;
static struct keep keep;
static int64_t scan_id;

static void setup(void)
{
	struct scan_begin b;

	path = fx_temp_path(".db");
	ck_assert_int_eq(store_open(path, &store), 0);
	ck_assert_int_eq(store_open_readonly(path, &reader), 0);
	ck_assert_int_eq(gap_list_new(&gaps), 0);
	lock = host_mutex_new();
	judge = fx_judge();
	fx_scan_begin(&b);
	ck_assert_int_eq(store_scan_begin(store, &b, &scan_id), 0);
	memset(&progress, 0, sizeof(progress));
	keep = (struct keep){ .store = store,
			      .scan_id = scan_id,
			      .judge = judge,
			      .gaps = gaps,
			      .lock = lock,
			      .progress = &progress };
}

static void teardown(void)
{
	store_close(store);
	store_close(reader);
	judge_free(judge);
	fx_release();
	gap_list_free(gaps);
	host_mutex_free(lock);
	fx_temp_remove(path);
	mem_free(path);
}

static void check(struct store *s, const char *sql, const char *want)
{
	char *got = fx_query(s, sql);

	ck_assert_msg(strcmp(got, want) == 0, "%s\n  gives %s\n  not   %s", sql,
		      got, want);
	mem_free(got);
}

static void add_gap(const char *wpath)
{
	gap_report(gap_list_sink(gaps), GAP_LOCKED, GAP_MATTERS, wpath, 32,
		   "in use");
}

/* A BHO with its file, one that nobody knows, a file alone, two gaps. */
static void see_things(void)
{
	struct registration *bho = fx_registration(
		POINT_BHO, 64, NULL, "{11111111-1111-1111-1111-111111111111}",
		"{11111111-1111-1111-1111-111111111111}",
		"C:\\Program Files\\Shared\\lib.dll", "HKLM\\SOFTWARE\\bho");
	struct registration *healthy = fx_registration(
		POINT_TOOLBAR, 32, "hanako",
		"{22222222-2222-2222-2222-222222222222}",
		"{22222222-2222-2222-2222-222222222222}", "C:\\bar.dll",
		"HKU\\S-1-5-21-1\\Software\\bar");

	judge_add(judge, fx_registered(bho, FX_REG_BHO_LIB, -1));
	judge_add(judge, fx_registered(healthy, -1));
	judge_add(judge, fx_file("C:\\Program Files\\Shared\\lib.dll",
				 FX_NAME_LIB_DLL, FX_CONTENT_CONSTANT, -1));
	judge_add(judge, fx_file("C:\\Temp\\\xED\xA0\x80", FX_NAME_MSTMP, -1));
	add_gap("C:\\a");
	add_gap("C:\\b");
	progress.files_seen = 12;
	progress.files_scanned = 11;
	progress.bytes_scanned = 100;
}

#define ROWS                                                                   \
	"SELECT (SELECT count(*) FROM registration) || ' ' || (SELECT "        \
	"count(*) FROM artefact) || ' ' || (SELECT count(*) FROM match) || "   \
	"' ' || (SELECT count(*) FROM gap WHERE kind = 'locked')"

START_TEST(kept_every_five_seconds)
{
	see_things();
	keep_tick(&keep, 0);
	check(reader, ROWS, "0 0 0 0");
	keep_tick(&keep, PROMISED_MS);
	/* One of the registrations matched. */
	check(reader, ROWS, "2 3 4 2");
	check(reader, "SELECT count(*) FROM v_finding", "0");
	check(reader,
	      "SELECT state || ' ' || files_seen || ' ' || files_scanned || "
	      "' ' || bytes_scanned || ' ' || registrations_seen FROM scan",
	      "running 12 11 100 2");
	/* Only what is new, and not before its time. */
	judge_add(judge, fx_file("C:\\c", FX_NAME_BARE, -1));
	add_gap("C:\\c");
	keep_tick(&keep, keep.tried_ms + 1);
	check(reader, ROWS, "2 3 4 2");
	keep_tick(&keep, keep.tried_ms + PROMISED_MS);
	check(reader, ROWS, "2 4 5 3");
}

END_TEST

/* At the end everything stands once, as if nothing had been kept. */
START_TEST(the_end_replaces_it)
{
	struct scan_end e;
	size_t count;
	struct registration **list;

	see_things();
	keep_now(&keep);
	add_gap("C:\\a");
	keep_now(&keep);
	list = fx_registrations(&count);
	ck_assert_int_eq(judge_finish(judge), 0);
	ck_assert_int_eq(store_add_findings(store, scan_id, judge, list, count),
			 0);
	ck_assert_int_eq(gap_list_store(gaps, store, scan_id), 0);
	fx_scan_end(&e, "found", 3);
	ck_assert_int_eq(store_scan_end(store, scan_id, &e), 0);
	check(reader, ROWS, "2 3 4 2");
	check(reader, "SELECT count FROM v_gap WHERE path = 'C:\\a'", "2");
	check(reader, "SELECT findings || ' ' || verdict FROM v_scan",
	      "2 found");
}

END_TEST

/* Who reads is not shut out, and what waited for him is written after. */
START_TEST(readers_first)
{
	sqlite3_stmt *q = NULL;
	int rc;

	see_things();
	rc = sqlite3_prepare_v2(store_db(reader), "SELECT * FROM scan", -1, &q,
				NULL);
	ck_assert_int_eq(rc, SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	keep_now(&keep);
	ck_assert(keep.waits);
	ck_assert_ptr_nonnull(keep.store);
	/* It can go on, and the next turn comes at once. */
	ck_assert_int_eq(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	keep_tick(&keep, PROMISED_MS);
	ck_assert(!keep.waits);
	check(reader, ROWS, "2 3 4 2");
}

END_TEST

/* ---- cut off ----------------------------------------------------- */

#define FINDINGS                                                               \
	"SELECT group_concat(verdict || score || subject || ifnull(path, "     \
	"'-') "                                                                \
	"|| ifnull(point, '-') || ifnull(registry_key, '-') || rules, ';') "   \
	"FROM (SELECT * FROM v_finding ORDER BY finding_id)"

/* The power goes; another start judges as this one would have. */
START_TEST(judged_after_a_power_cut)
{
	struct scan_begin b;
	struct scan_end e;
	struct store *whole = NULL;
	size_t count;
	struct registration **list;
	int64_t id = 0;
	char *want;

	see_things();
	keep_now(&keep);
	store_close(store);
	store = NULL;
	/* The same, whole. */
	ck_assert_int_eq(judge_finish(judge), 0);
	list = fx_registrations(&count);
	fx_scan_begin(&b);
	fx_scan_end(&e, "found", 1);
	ck_assert_int_eq(store_open(":memory:", &whole), 0);
	ck_assert_int_eq(store_scan_begin(whole, &b, &id), 0);
	ck_assert_int_eq(store_add_findings(whole, id, judge, list, count), 0);
	ck_assert_int_eq(store_scan_end(whole, id, &e), 0);

	ck_assert(settle_is_needed(path));
	settle_before_reading(path, NULL, NULL);
	ck_assert(!settle_is_needed(path));
	check(reader,
	      "SELECT state || ' ' || verdict || ' ' || exit_code || ' ' || "
	      "(finished_at IS NULL) || ' ' || files_seen FROM scan",
	      "cut_off found 3 1 12");
	check(reader, "SELECT matters FROM v_gap WHERE kind = 'interrupted'",
	      "1");
	check(reader, ROWS, "2 3 4 2");
	check(reader, "SELECT count(*) FROM finding", "2");
	check(reader,
	      "SELECT hex(path_raw) FROM artefact WHERE path_raw IS NOT NULL",
	      "433A5C54656D705CEDA080");
	/* Texts of rules that no pack has are their names. */
	want = fx_query(whole, FINDINGS);
	check(reader, FINDINGS, want);
	mem_free(want);
	store_close(whole);
}

END_TEST

#define WORDS                                                                  \
	"SELECT group_concat(name || point || ifnull(why_not, '-'), ';') "     \
	"FROM (SELECT * FROM registration ORDER BY name)"

/* Every point, and every reason why one does not load, is read back as it was.
 */
START_TEST(words_come_back)
{
	char *want;
	size_t words = 0;

	while (why_not_word(words))
		words++;
	for (int p = 0; p < POINT_COUNT; p++) {
		struct registration *r;
		char name[16];

		snprintf(name, sizeof(name), "p%02d", p);
		r = fx_registration((enum point)p, 64, NULL, name, NULL,
				    "C:\\a.dll", "HKLM\\SOFTWARE\\a");
		r->loads = false;
		r->why_not = why_not_word((size_t)p % words);
		judge_add(judge, fx_registered(r, FX_REG_BHO_LIB, -1));
	}
	ck_assert_uint_lt(words, POINT_COUNT);
	keep_now(&keep);
	store_close(store);
	store = NULL;
	want = fx_query(reader, WORDS);
	ck_assert_ptr_nonnull(strstr(want, "other_version"));
	settle_before_reading(path, NULL, NULL);
	check(reader, "SELECT state FROM scan", "cut_off");
	check(reader, WORDS, want);
	mem_free(want);
}

END_TEST

/* It is a result for reports, and none for fix. */
START_TEST(newest_result)
{
	int64_t id = 0;

	store_close(store);
	store = NULL;
	settle_before_reading(path, NULL, NULL);
	check(reader, "SELECT verdict || exit_code FROM v_scan", "incomplete2");
	ck_assert_int_eq(store_newest_scan(reader, NULL, &id), ERR_NOT_FOUND);
	ck_assert_int_eq(store_newest_result(reader, NULL, &id), 0);
	ck_assert_int_eq(id, scan_id);
}

END_TEST

/* One that runs is not taken for one that was cut off. */
START_TEST(running_scan_is_left_alone)
{
	struct store *other = NULL;
	int64_t id = 0;

	ck_assert_int_eq(store_open(path, &other), 0);
	ck_assert_int_eq(settle(other, NULL, false, NULL), ERR_LOCKED);
	check(reader, "SELECT state FROM scan", "running");
	ck_assert_int_eq(store_newest_result(reader, NULL, &id), ERR_NOT_FOUND);
	store_close(other);
}

END_TEST

static Suite *keep_suite(void)
{
	Suite *s = suite_create("keep");
	TCase *tc = tcase_create("keep");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, kept_every_five_seconds);
	tcase_add_test(tc, the_end_replaces_it);
	tcase_add_test(tc, readers_first);
	tcase_add_test(tc, judged_after_a_power_cut);
	tcase_add_test(tc, words_come_back);
	tcase_add_test(tc, newest_result);
	tcase_add_test(tc, running_scan_is_left_alone);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(keep_suite)
