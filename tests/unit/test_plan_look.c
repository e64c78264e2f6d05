/*
 * What plan and fix ask for before they begin: the scan of this PC, and the
 * pack that it was made with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "target_fixture.h"
#include "base/err.h"
#include "session/plan_look.h"

#include <string.h>

static struct fixture pc;
static struct session *session;
static struct work w;
static struct session_plan plan;
static const struct session_choice everything;

static void setup(void)
{
	struct session_options o = { .store_path = "not opened" };

	fixture_init(&pc);
	fixture_windows7(&pc);
	fixture_machine_hives(&pc, "Windows/System32/config");
	o.target.kind = TARGET_OFFLINE;
	o.target.root = pc.root;
	ck_assert_int_eq(session_open(&o, &session), 0);
	work_init(&w, session);
	ck_assert_int_eq(work_open_target(&w), 0);
	ck_assert_int_eq(store_open(":memory:", &w.store), 0);
}

static void teardown(void)
{
	session_plan_release(&plan);
	work_release(&w);
	session_close(session);
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
	ck_assert_int_eq(store_scan_begin(w.store, &b, &id), 0);
	ck_assert_int_eq(store_scan_end(w.store, id, &e), 0);
}

START_TEST(the_pack_of_the_scan_is_asked_for)
{
	scanned(target_info(w.target), "mstmp");
	ck_assert_msg(plan_look(&w, &everything, &plan) == 0, "%s",
		      err_last()->text);
	ck_assert_ptr_nonnull(plan.plan);
}

END_TEST

static const char *const others[] = { "other", "mstmp2", "mstm", "" };

START_TEST(another_pack_judges_nothing)
{
	scanned(target_info(w.target), others[_i]);
	ck_assert_int_eq(plan_look(&w, &everything, &plan), ERR_INVALID);
	ck_assert_int_eq(plan.facts.end, SESSION_NOT_STARTED);
	ck_assert_ptr_nonnull(
		strstr(err_last()->text, "give that one with --pack"));
}

END_TEST

/* The store holds scans of other PCs only: nothing of them is done here. */
START_TEST(the_scan_is_of_this_pc)
{
	scanned(&fx_target, "mstmp");
	ck_assert_int_eq(plan_look(&w, &everything, &plan), ERR_NOT_FOUND);
	ck_assert_int_eq(plan.facts.end, SESSION_NOT_STARTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "scan it first"));
	session_plan_release(&plan);
	scanned(target_info(w.target), "mstmp");
	ck_assert_int_eq(plan_look(&w, &everything, &plan), 0);
}

END_TEST

static Suite *plan_look_suite(void)
{
	Suite *s = suite_create("plan_look");
	TCase *tc = tcase_create("plan_look");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_pack_of_the_scan_is_asked_for);
	tcase_add_loop_test(tc, another_pack_judges_nothing, 0,
			    sizeof(others) / sizeof(others[0]));
	tcase_add_test(tc, the_scan_is_of_this_pc);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(plan_look_suite)
