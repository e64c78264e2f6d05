/*
 * Fault injection: every write, flush, open and delete of the store fails
 * once; what was recorded before is still there and sound.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "fault_vfs.h"
#include "judge_fixture.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"

#include <sqlite3.h>
#include <string.h>

static const struct {
	int code; /* 0: each operation's own error */
	bool sticky;
} faults[] = {
	{ 0, false },
	{ 0, true }, /* the stick was pulled out */
	{ SQLITE_FULL, false },
	{ SQLITE_FULL, true },
};

static void check_query(struct store *s, const char *sql, const char *expected)
{
	char *text = fx_query(s, sql);

	ck_assert_msg(strcmp(text, expected) == 0, "%s gives %s", sql, text);
	mem_free(text);
}

/* The next scan need not wait to see whether this one is still alive. */
static void mark_cut_off(struct store *s)
{
	sqlite3_exec(store_db(s),
		     "UPDATE scan SET state = 'cut_off' "
		     "WHERE state = 'running'",
		     NULL, NULL, NULL);
}

/* After the fault: sound, the first scan whole, a new scan possible. */
static void check_survived(const char *path, int n)
{
	struct store *s = NULL;
	int err = store_open(path, &s);

	ck_assert_msg(err == 0, "fault %d: %s", n, err_last()->text);
	check_query(s, "PRAGMA integrity_check", "ok");
	check_query(s, "PRAGMA foreign_key_check", "");
	check_query(s,
		    "SELECT findings || ' ' || gaps || ' ' || verdict FROM "
		    "v_scan WHERE scan_id = 1",
		    "2 4 found");
	/* a scan is either whole or unfinished */
	check_query(s,
		    "SELECT count(*) FROM v_scan WHERE finished_at IS NOT "
		    "NULL AND findings <> 2",
		    "0");
	check_query(s,
		    "SELECT count(*) FROM v_scan WHERE finished_at IS NULL "
		    "AND findings + gaps > 0",
		    "0");
	mark_cut_off(s);
	store_close(s);
}

START_TEST(test_record)
{
	char *path = fx_temp_path(".db");
	struct store *s = NULL;
	int n;

	fault_vfs_begin();
	ck_assert_int_eq(store_open(path, &s), 0);
	fx_record_scan(s);
	store_close(s);
	for (n = 1; n < 1000; n += unit_stride()) {
		int64_t id = 0;
		int err;

		fault_vfs_fail(n, faults[_i].code, faults[_i].sticky);
		err = store_open(path, &s);
		if (err == 0) {
			err = fx_try_record_scan(s, &id);
			store_close(s);
		}
		if (!fault_vfs_struck())
			break;
		/* Said plainly, unless the commit was done already. */
		if (err != 0) {
			ck_assert_ptr_nonnull(strstr(err_last()->text, path));
			ck_assert_int_ne(err, ERR_INVALID);
			if (faults[_i].code == SQLITE_FULL)
				ck_assert_msg(err == ERR_NO_SPACE ||
						      err == ERR_IO ||
						      err == ERR_READ_ONLY,
					      "fault %d: %d %s", n, err,
					      err_last()->text);
		}
		fault_vfs_fail(0, 0, false);
		check_survived(path, n);
	}
	fault_vfs_fail(0, 0, false);
	ck_assert_int_gt(n, 20);
	ck_assert_int_lt(n, 1000);
	check_survived(path, n);
	fault_vfs_end();
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* The same while the file is being made: no half-made store stays. */
START_TEST(test_create)
{
	char *path = fx_temp_path(".db");
	int n;

	fault_vfs_begin();
	for (n = 1; n < 1000; n += unit_stride()) {
		struct store *s = NULL;
		int err;

		fault_vfs_fail(n, faults[_i].code, faults[_i].sticky);
		err = store_open(path, &s);
		if (err == 0)
			store_close(s);
		if (!fault_vfs_struck())
			break;
		fault_vfs_fail(0, 0, false);
		err = store_open(path, &s);
		ck_assert_msg(err == 0, "fault %d: %s", n, err_last()->text);
		fx_record_scan(s);
		store_close(s);
		check_survived(path, n);
		fx_temp_remove(path);
	}
	ck_assert_int_gt(n, 5);
	ck_assert_int_lt(n, 1000);
	fault_vfs_end();
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

START_TEST(test_read_only_medium)
{
	char *path = fx_temp_path(".db");
	struct store *s = NULL;

	fault_vfs_begin();
	ck_assert_int_eq(store_open(path, &s), 0);
	fx_record_scan(s);
	store_close(s);
	s = NULL;
	fault_vfs_read_only(true);
	ck_assert_int_eq(store_open(path, &s), ERR_READ_ONLY);
	ck_assert_ptr_null(s);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "read-only"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "--db"));
	/* a report can still be made from it */
	ck_assert_int_eq(store_open_readonly(path, &s), 0);
	check_query(s, "SELECT count(*) FROM v_finding", "2");
	store_close(s);
	fault_vfs_end();
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

/* A power cut in the middle of a commit leaves a journal; a report, which
 * only reads, still works afterwards. */
START_TEST(test_report_after_power_cut)
{
	char *path = fx_temp_path(".db");
	struct store *s = NULL;
	int journals = 0;

	fault_vfs_begin();
	ck_assert_int_eq(store_open(path, &s), 0);
	fx_record_scan(s);
	store_close(s);
	for (int n = 1; n < 1000; n++) {
		struct str journal = STR_INIT;
		struct host_stat st;
		int64_t id = 0;

		fault_vfs_fail(n, 0, true);
		if (store_open(path, &s) == 0) {
			fx_try_record_scan(s, &id);
			store_close(s);
		}
		if (!fault_vfs_struck())
			break;
		fault_vfs_fail(0, 0, false);
		str_addf(&journal, "%s-journal", path);
		journals += host_stat(str_text(&journal), true, &st) == 0;
		str_release(&journal);
		ck_assert_msg(store_open_readonly(path, &s) == 0, "%d: %s", n,
			      err_last()->text);
		check_query(s, "SELECT findings FROM v_scan WHERE scan_id = 1",
			    "2");
		store_close(s);
		ck_assert_int_eq(store_open(path, &s), 0);
		mark_cut_off(s);
		store_close(s);
	}
	ck_assert_int_gt(journals, 5);
	fault_vfs_end();
	fx_temp_remove(path);
	mem_free(path);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *store_fault_suite(void)
{
	Suite *s = suite_create("store_fault");
	TCase *t = tcase_create("store_fault");

	tcase_set_timeout(t, 180);
	LOOP(t, test_record, faults);
	LOOP(t, test_create, faults);
	tcase_add_test(t, test_read_only_medium);
	tcase_add_test(t, test_report_after_power_cut);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(store_fault_suite)
