/*
 * Each allocation of a scan fails once: it is not told as complete then, since
 * whatever lacked may have been taken for not there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_make.h"
#include "store_fixture.h"
#include "target_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "session/packs.h"
#include "session/scan_internal.h"

#define CLSID_KEY "Classes\\CLSID\\{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}"
#define BHO_KEY                                                                \
	"Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper "        \
	"Objects\\{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}"

static struct fixture pc;
static struct scan_options options;

static void setup(void)
{
	fixture_init(&pc);
	fixture_windows7(&pc);
	fixture_text(pc.software, BHO_KEY, "", "x");
	fixture_text(pc.software, CLSID_KEY "\\InprocServer32", "",
		     "C:\\Apps\\bar.dll");
	fixture_machine_hives(&pc, "Windows/System32/config");
	fixture_file(&pc, "Apps/bar.dll", "MZ nothing");
	memset(&options, 0, sizeof(options));
	ck_assert_int_eq(packs_open(NULL, NULL, 0, &options.pack), 0);
	options.target.kind = TARGET_OFFLINE;
	options.target.root = pc.root;
	options.store_path = ":memory:";
	options.quick = true;
	options.threads = 1;
}

static void teardown(void)
{
	pack_free(options.pack);
	fixture_release(&pc);
}

static int scan(struct scan_result *ret)
{
	bool started = false;

	memset(ret, 0, sizeof(*ret));
	return scan_run(&options, ret, &started);
}

START_TEST(no_lack_is_taken_for_an_answer)
{
	struct scan_result r;
	int64_t before = mem_count(), total, failed = mem_failed();
	unsigned told = 0;
	char *gaps;

	ck_assert_msg(scan(&r) == 0, "%s", err_last()->text);
	total = mem_count() - before;
	gaps = fx_query(r.store, "SELECT count(*) FROM v_gap WHERE kind = "
				 "'no_memory'");
	ck_assert_str_eq(gaps, "0");
	mem_free(gaps);
	store_close(r.store);
	ck_assert_int_eq(mem_failed(), failed);
	ck_assert_int_gt(total, 500);
	for (int64_t i = 1; i <= total; i += 1 + total / 400) {
		int err;

		failed = mem_failed();
		mem_fail_after(i);
		err = scan(&r);
		mem_fail_after(0);
		/* The numbers of two scans differ a little. */
		if (err || mem_failed() == failed) {
			store_close(r.store);
			continue;
		}
		ck_assert_msg(r.exit_code & 2 || r.exit_code >= 64,
			      "allocation %" PRId64 " of %" PRId64, i, total);
		told++;
		store_close(r.store);
	}
	ck_assert_uint_gt(told, 0);
}

END_TEST

/* A lack that nobody tells: it may have been anything. */
static int recorded_after(bool lacks, char **gaps_ret)
{
	struct scan s = { .options = &options, .mem_failed = mem_failed() };
	struct store *store = NULL;
	struct scan_begin begin;
	int64_t id = 0;
	int code = 0;

	fx_scan_begin(&begin);
	ck_assert_int_eq(judge_new(options.pack, &s.judge), 0);
	ck_assert_int_eq(gap_list_new(&s.gaps), 0);
	ck_assert_int_eq(store_open(":memory:", &store), 0);
	ck_assert_int_eq(store_scan_begin(store, &begin, &id), 0);
	if (lacks) {
		mem_fail_after(1);
		ck_assert_ptr_null(mem_alloc(1));
		mem_fail_after(0);
	}
	ck_assert_int_eq(judge_finish(s.judge), 0);
	ck_assert_int_eq(scan_record(&s, store, id, &code), 0);
	*gaps_ret = fx_query(store, "SELECT count(*) FROM v_gap WHERE kind = "
				    "'no_memory' AND matters = 1");
	store_close(store);
	gap_list_free(s.gaps);
	judge_free(s.judge);
	return code;
}

START_TEST(a_lack_that_nobody_told_is_told)
{
	char *gaps = NULL;

	ck_assert_int_eq(recorded_after(false, &gaps), 0);
	ck_assert_str_eq(gaps, "0");
	mem_free(gaps);
	ck_assert_int_eq(recorded_after(true, &gaps), 2);
	ck_assert_str_eq(gaps, "1");
	mem_free(gaps);
}

END_TEST

static Suite *short_memory_suite(void)
{
	Suite *s = suite_create("short_memory");
	TCase *tc = tcase_create("short_memory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, no_lack_is_taken_for_an_answer);
	tcase_add_test(tc, a_lack_that_nobody_told_is_told);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(short_memory_suite)
