/*
 * Gaps collected in memory: equal ones are one, those that matter are
 * counted, and beyond the bound nothing is forgotten.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "session/gaplist.h"

#define BOUND 100000 /* different ones that are kept */

static struct gap_list *list;

static void setup(void)
{
	ck_assert_int_eq(gap_list_new(&list), 0);
}

static void teardown(void)
{
	gap_list_free(list);
}

static void add(enum gap_kind kind, enum gap_weight weight, const char *path,
		const char *reason)
{
	gap_report(gap_list_sink(list), kind, weight, path, 0, "%s", reason);
}

/* What a store holds of it afterwards. */
static void stored(const char *sql, const char *want)
{
	struct scan_begin b;
	struct scan_end e;
	struct store *s = NULL;
	int64_t id = 0;
	char *got;

	fx_scan_begin(&b);
	fx_scan_end(&e, "incomplete", 2);
	ck_assert_int_eq(store_open(":memory:", &s), 0);
	ck_assert_int_eq(store_scan_begin(s, &b, &id), 0);
	ck_assert_int_eq(gap_list_store(list, s, id), 0);
	ck_assert_int_eq(store_scan_end(s, id, &e), 0);
	got = fx_query(s, sql);
	ck_assert_str_eq(got, want);
	mem_free(got);
	store_close(s);
}

START_TEST(equal_ones_are_counted)
{
	for (int i = 0; i < 5; i++)
		add(GAP_LOCKED, GAP_MATTERS, "C:\\a", "in use");
	ck_assert_uint_eq(gap_list_count(list), 1);
	ck_assert_uint_eq(gap_list_matter_count(list), 1);
	stored("SELECT group_concat(path || ' ' || count || ' ' || matters) "
	       "FROM v_gap",
	       "C:\\a 5 1");
}

END_TEST

/* Another kind, weight, path or reason is another gap. */
START_TEST(different_ones_are_kept)
{
	add(GAP_LOCKED, GAP_MATTERS, "C:\\a", "in use");
	add(GAP_CHANGED, GAP_MATTERS, "C:\\a", "in use");
	add(GAP_LOCKED, GAP_HARMLESS, "C:\\a", "in use");
	add(GAP_LOCKED, GAP_MATTERS, "C:\\b", "in use");
	add(GAP_LOCKED, GAP_MATTERS, "C:\\a", "by another");
	ck_assert_uint_eq(gap_list_count(list), 5);
	ck_assert_uint_eq(gap_list_matter_count(list), 4);
	stored("SELECT count(*) || ' ' || sum(count) || ' ' || sum(matters) "
	       "FROM v_gap",
	       "5 5 4");
}

END_TEST

START_TEST(harmless_ones_do_not_matter)
{
	ck_assert_uint_eq(gap_list_matter_count(list), 0);
	add(GAP_LINK, GAP_BY_KIND, "C:\\a", "a link");
	add(GAP_LOCKED, GAP_HARMLESS, "C:\\b", "in use");
	ck_assert_uint_eq(gap_list_count(list), 2);
	ck_assert_uint_eq(gap_list_matter_count(list), 0);
	stored("SELECT sum(matters) FROM v_gap", "0");
}

END_TEST

static void fill(void)
{
	char path[32];

	for (int i = 0; i < BOUND; i++) {
		snprintf(path, sizeof(path), "C:\\%d", i);
		add(GAP_LINK, GAP_BY_KIND, path, "a link");
	}
	ck_assert_uint_eq(gap_list_count(list), BOUND);
	ck_assert_uint_eq(gap_list_matter_count(list), 0);
}

/* A tree made to produce gaps hides none that matters behind them. */
START_TEST(beyond_the_bound_they_are_counted)
{
	fill();
	for (int i = 0; i < 3; i++)
		add(GAP_LOCKED, GAP_MATTERS, i ? "C:\\x" : "C:\\y", "in use");
	add(GAP_LOCKED, GAP_HARMLESS, "C:\\z", "in use");
	add(GAP_CHANGED, GAP_MATTERS, "C:\\z", "changed");
	/* One that is known is counted where it stands. */
	add(GAP_LINK, GAP_BY_KIND, "C:\\7", "a link");
	ck_assert_uint_eq(gap_list_count(list), BOUND);
	ck_assert_uint_eq(gap_list_matter_count(list), 2);
	stored("SELECT group_concat(t) FROM (SELECT kind || ' ' || sum(count) "
	       "|| ' ' || matters AS t FROM v_gap GROUP BY kind, matters "
	       "ORDER BY t)",
	       "changed 1 1,link 100001 0,locked 1 0,locked 3 1");
}

END_TEST

/* Without memory for one it is counted as well. */
START_TEST(short_memory_loses_none)
{
	for (int n = 1; n < 8; n++) {
		mem_fail_after(n);
		add(GAP_LOCKED, GAP_MATTERS, "C:\\a", "in use");
		mem_fail_after(0);
		ck_assert_uint_ge(gap_list_matter_count(list), 1);
	}
	stored("SELECT sum(count) FROM v_gap WHERE matters", "7");
}

END_TEST

static Suite *gaplist_suite(void)
{
	Suite *s = suite_create("gaplist");
	TCase *tc = tcase_create("gaplist");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, equal_ones_are_counted);
	tcase_add_test(tc, different_ones_are_kept);
	tcase_add_test(tc, harmless_ones_do_not_matter);
	tcase_add_test(tc, beyond_the_bound_they_are_counted);
	tcase_add_test(tc, short_memory_loses_none);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(gaplist_suite)
