/*
 * What plan and fix ask for before they begin: the scan of this PC, and the
 * pack that it was made with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "target_fixture.h"
#include "base/err.h"
#include "clean.h"

#include <string.h>

/* main.c has them, which is no part of the tests; options.c names them. */
const struct command commands[] = { { 0 } };

static struct fixture pc;
static struct clean c;
static struct options options;

static void setup(void)
{
	fixture_init(&pc);
	fixture_windows7(&pc);
	fixture_machine_hives(&pc, "Windows/System32/config");
	memset(&c, 0, sizeof(c));
	memset(&options, 0, sizeof(options));
	options.lang = "en";
	c.o = &options;
	c.target = fixture_open(&pc);
	ck_assert_int_eq(store_open(":memory:", &c.store), 0);
}

static void teardown(void)
{
	clean_release(&c);
	fixture_release(&pc);
}

/* A finished scan of that PC, with a pack of that name. */
static void scanned(const struct target_info *target, const char *pack_name)
{
	struct pack_info pack = fx_pack;
	struct scan_begin b;
	struct scan_end e;
	int64_t id = 0;

	pack.name = pack_name;
	fx_scan_begin(&b);
	fx_scan_end(&e, "clean", 0);
	b.target = target;
	b.pack = &pack;
	ck_assert_int_eq(store_scan_begin(c.store, &b, &id), 0);
	ck_assert_int_eq(store_scan_end(c.store, id, &e), 0);
}

START_TEST(the_pack_of_the_scan_is_asked_for)
{
	scanned(target_info(c.target), "mstmp");
	ck_assert_msg(clean_plan(&c, NULL) == 0, "%s", err_last()->text);
	ck_assert_ptr_nonnull(c.plan);
}

END_TEST

static const char *const others[] = { "other", "mstmp2", "mstm", "" };

START_TEST(another_pack_judges_nothing)
{
	scanned(target_info(c.target), others[_i]);
	ck_assert_int_eq(clean_plan(&c, NULL), EXIT_NO_START);
	ck_assert_ptr_nonnull(
		strstr(err_last()->text, "give that one with --pack"));
}

END_TEST

/* The store holds scans of other PCs only: nothing of them is done here. */
START_TEST(the_scan_is_of_this_pc)
{
	scanned(&fx_target, "mstmp");
	ck_assert_int_eq(clean_plan(&c, NULL), EXIT_NO_START);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "scan it first"));
	scanned(target_info(c.target), "mstmp");
	ck_assert_int_eq(clean_plan(&c, NULL), 0);
}

END_TEST

static Suite *clean_suite(void)
{
	Suite *s = suite_create("clean");
	TCase *tc = tcase_create("clean");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_pack_of_the_scan_is_asked_for);
	tcase_add_loop_test(tc, another_pack_judges_nothing, 0,
			    sizeof(others) / sizeof(others[0]));
	tcase_add_test(tc, the_scan_is_of_this_pc);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(clean_suite)
