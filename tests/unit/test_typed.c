/*
 * The word that was meant, and what stands in front of an option.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "typed.h"

#include <string.h>

static const char *near_of(const char *typed)
{
	static const char *const words[] = {
		"scan", "plan", "fix", "undo", "inventory", "end-browsers"
	};
	struct nearest near = NEAREST_INIT;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		nearest_try(&near, typed, strlen(typed), words[i]);
	return near.word ? near.word : "-";
}

START_TEST(one_slip_is_near)
{
	ck_assert_str_eq(near_of("scan"), "scan");
	ck_assert_str_eq(near_of("sacn"), "scan");
	ck_assert_str_eq(near_of("SCANN"), "scan");
	ck_assert_str_eq(near_of("pan"), "plan");
	ck_assert_str_eq(near_of("inv"), "inventory");
	ck_assert_str_eq(near_of("fxi"), "fix");
	ck_assert_str_eq(near_of("end-browsres"), "end-browsers");
}

END_TEST

START_TEST(another_word_is_not)
{
	ck_assert_str_eq(near_of(""), "-");
	ck_assert_str_eq(near_of("help"), "-");
	ck_assert_str_eq(near_of("remove"), "-");
	ck_assert_str_eq(near_of("x"), "-");
	ck_assert_str_eq(
		near_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), "-");
}

END_TEST

/* Unicode 15, "Punctuation, Dash", and what keyboards give instead. */
START_TEST(dashes_are_known)
{
	ck_assert_uint_eq(typed_dash("-x"), 0);
	ck_assert_uint_eq(typed_dash(""), 0);
	ck_assert_uint_eq(typed_dash("x"), 0);
	ck_assert_uint_eq(typed_dash("\xE2\x80\x93x"), 3);
	ck_assert_uint_eq(typed_dash("\xE2\x88\x92x"), 3);
	ck_assert_uint_eq(typed_dash("\xEF\xBC\x8Dx"), 3);
	ck_assert_uint_eq(typed_dash("\xE2\x80"), 0);
	ck_assert_str_eq(typed_name("--x"), "x");
	ck_assert_str_eq(typed_name("/x"), "x");
	ck_assert_str_eq(typed_name("-\xE2\x80\x93x-y"), "x-y");
	ck_assert(typed_is_option("/x"));
	ck_assert(typed_is_option("\xE2\x80\x94x"));
	ck_assert(!typed_is_option("x"));
}

END_TEST

static Suite *typed_suite(void)
{
	Suite *s = suite_create("typed");
	TCase *tc = tcase_create("typed");

	tcase_add_test(tc, one_slip_is_near);
	tcase_add_test(tc, another_word_is_not);
	tcase_add_test(tc, dashes_are_known);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(typed_suite)
