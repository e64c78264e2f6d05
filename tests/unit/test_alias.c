/*
 * Other paths of the same file: what means nothing at the end of a name, and
 * what a user's VirtualStore shows elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/alias.h"

#include <string.h>

START_TEST(ends)
{
	ck_assert_uint_eq(alias_nbytes("C:\\T\\mstmp"), strlen("C:\\T\\mstmp"));
	ck_assert_uint_eq(alias_nbytes("C:\\T\\mstmp. .."),
			  strlen("C:\\T\\mstmp"));
	ck_assert_uint_eq(alias_nbytes("C:\\a.b\\c"), strlen("C:\\a.b\\c"));
	ck_assert_uint_eq(alias_nbytes(" . "), 0);
	ck_assert_uint_eq(alias_nbytes(""), 0);
}

END_TEST

START_TEST(stores)
{
	ck_assert_str_eq(alias_virtual("C:\\Users\\t\\appdata\\LOCAL\\"
				       "VirtualStore\\Program Files\\a.dll"),
			 "\\Program Files\\a.dll");
	/* The first one counts: below it the names are the user's. */
	ck_assert_str_eq(alias_virtual("D:\\AppData\\Local\\VirtualStore\\"
				       "AppData\\Local\\VirtualStore\\x"),
			 "\\AppData\\Local\\VirtualStore\\x");
	ck_assert_ptr_null(alias_virtual("C:\\Users\\t\\AppData\\Local\\"
					 "VirtualStore"));
	ck_assert_ptr_null(alias_virtual("C:\\Users\\t\\AppData\\Local\\"
					 "VirtualStores\\a.dll"));
	/* Without a drive there is nothing that it could be shown on. */
	ck_assert_ptr_null(alias_virtual("\\\\pc\\AppData\\Local\\"
					 "VirtualStore\\a.dll"));
	ck_assert_ptr_null(alias_virtual("C"));
	ck_assert_ptr_null(alias_virtual(""));
}

END_TEST

static Suite *alias_suite(void)
{
	Suite *s = suite_create("alias");
	TCase *tc = tcase_create("alias");

	tcase_add_test(tc, ends);
	tcase_add_test(tc, stores);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(alias_suite)
