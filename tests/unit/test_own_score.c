/*
 * What a finding scores by what one owner could have written.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "base/mem.h"

#include <string.h>

#define DLL  "C:\\Program Files\\Shared\\lib.dll"
#define TARO "HKU\\S-1-5-21-1"
#define JIRO "HKU\\S-1-5-21-2"

static struct registration *entry(enum point point, const char *user,
				  const char *key)
{
	return fx_registration(point, 64, user, "text/html", "{1}", DLL, key);
}

static void judge(struct judge *j)
{
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 1);
}

/*
 * One user's entry makes the whole malicious; neither the machine's entry nor
 * another user's is the worse for it.
 */
START_TEST(others_do_not_count)
{
	struct judge *j = fx_judge();
	struct registration *his =
		entry(POINT_MIME_FILTER, "taro", TARO "_Classes\\F");
	struct registration *others = entry(POINT_TOOLBAR, "jiro", JIRO "\\T");
	struct registration *machines = entry(POINT_BHO, NULL, "HKLM\\B");

	judge_add(j, fx_file(DLL, FX_CONTENT_DELPHI, -1));
	judge_add(j, fx_registered(his, FX_REG_MONKIF_SERVER, -1));
	judge_add(j, fx_registered(others, -1));
	judge_add(j, fx_registered(machines, -1));
	judge(j);
	ck_assert_int_eq(judge_finding(j, 0)->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(his->own_score, judge_finding(j, 0)->score);
	ck_assert_int_eq(machines->own_score,
			 fx_rules[FX_CONTENT_DELPHI].score);
	ck_assert_int_eq(others->own_score, machines->own_score);
	judge_free(j);
	fx_release();
}

END_TEST

/* The machine's evidence counts for all, a file's own as well. */
START_TEST(the_machines_counts_for_all)
{
	struct judge *j = fx_judge();
	struct registration *his = entry(POINT_TOOLBAR, "taro", TARO "\\T");
	struct registration *machines = entry(POINT_BHO, NULL, "HKLM\\B");

	judge_add(j, fx_file(DLL, FX_CONTENT_CONSTANT, -1));
	judge_add(j, fx_registered(his, -1));
	judge_add(j, fx_registered(machines, FX_REG_BHO_LIB, -1));
	judge(j);
	ck_assert_int_eq(machines->own_score, judge_finding(j, 0)->score);
	ck_assert_int_eq(his->own_score, machines->own_score);
	judge_free(j);
	fx_release();
}

END_TEST

/* A row of the machine's key that leads through a user's class is his. */
START_TEST(a_row_counts_for_its_weakest_part)
{
	struct judge *j = fx_judge();
	struct registration *through = entry(POINT_BHO, "taro", "HKLM\\B");
	struct registration *plain = entry(POINT_BHO, NULL, "HKLM\\C");

	through->class_owner = mem_strdup(TARO + 4);
	judge_add(j, fx_registered(through, FX_REG_MONKIF_SERVER, -1));
	judge_add(j, fx_registered(plain, -1));
	judge(j);
	ck_assert_int_eq(through->own_score,
			 fx_rules[FX_REG_MONKIF_SERVER].score);
	ck_assert_int_eq(plain->own_score, 0);
	judge_free(j);
	fx_release();
}

END_TEST

#define STORE "C:\\Users\\taro\\AppData\\Local\\VirtualStore"

/* What lies in a user's VirtualStore nobody else sees, unless he names it. */
START_TEST(a_users_store_counts_for_him)
{
	struct judge *j = fx_judge();
	struct registration *his = entry(POINT_TOOLBAR, "taro", TARO "\\T");
	struct registration *others = entry(POINT_TOOLBAR, "jiro", JIRO "\\T");
	struct registration *machines = entry(POINT_BHO, NULL, "HKLM\\B");
	struct artefact *a = fx_file(STORE "\\Program Files\\Shared\\lib.dll",
				     FX_CONTENT_CONSTANT, -1);

	his->exists = others->exists = machines->exists = EXISTS_NO;
	a->store_of = mem_strdup(TARO + 4);
	judge_add(j, a);
	judge_add(j, fx_registered(his, -1));
	judge_add(j, fx_registered(others, -1));
	judge_add(j, fx_registered(machines, FX_REG_BHO_LIB, -1));
	judge(j);
	ck_assert_int_eq(judge_finding(j, 0)->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(his->own_score, judge_finding(j, 0)->score);
	ck_assert_int_eq(machines->own_score, fx_rules[FX_REG_BHO_LIB].score);
	ck_assert_int_eq(others->own_score, machines->own_score);
	judge_free(j);

	j = fx_judge();
	machines = fx_registration(POINT_BHO, 64, NULL, "{1}", "{1}",
				   STORE "\\PF\\a.dll", "HKLM\\B");
	judge_add(j, fx_file(STORE "\\PF\\a.dll", FX_CONTENT_CONSTANT, -1));
	judge_add(j, fx_registered(machines, -1));
	judge(j);
	ck_assert_int_eq(machines->own_score, judge_finding(j, 0)->score);
	judge_free(j);
	fx_release();
}

END_TEST

static Suite *own_score_suite(void)
{
	Suite *s = suite_create("own_score");
	TCase *tc = tcase_create("own_score");

	tcase_add_test(tc, others_do_not_count);
	tcase_add_test(tc, the_machines_counts_for_all);
	tcase_add_test(tc, a_row_counts_for_its_weakest_part);
	tcase_add_test(tc, a_users_store_counts_for_him);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(own_score_suite)
