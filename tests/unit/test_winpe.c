/*
 * Whether it is Windows PE: what tells it, and what a program may have made up.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "target/winpe.h"

static const struct {
	struct winpe_facts facts;
	enum winpe is;
} rows[] = {
	/* a PC */
	{ { .system_root = "C:\\Windows" }, WINPE_NO },
	{ { .system_root = "C:\\Windows",
	    .start_options = " NOEXECUTE=OPTIN  FVEBOOT=2670592" },
	  WINPE_NO },
	{ { .system_root = "X:\\Windows" }, WINPE_NO },
	{ { .has_version = true, .system_root = "C:\\Windows" }, WINPE_NO },
	{ { .start_options = " NOMININT" }, WINPE_NO },
	{ { .start_options = " MININTX" }, WINPE_NO },
	{ { .start_options = "" }, WINPE_NO },
	{ { 0 }, WINPE_NO },
	/* Windows PE */
	{ { .has_minint = true,
	    .has_version = true,
	    .system_root = "X:\\windows",
	    .start_options = " MININT RDPATH=MULTI(0)" },
	  WINPE_YES },
	/* from a folder of a stick */
	{ { .has_minint = true,
	    .has_version = true,
	    .system_root = "D:\\Windows" },
	  WINPE_YES },
	/* of XP, without a version of its own */
	{ { .has_minint = true, .system_root = "x:\\i386" }, WINPE_YES },
	{ { .has_minint = true,
	    .system_root = "C:\\minint",
	    .start_options = "fastdetect minint" },
	  WINPE_YES },
	/* whose builder took the key away */
	{ { .system_root = "X:\\Windows", .start_options = "MININT" },
	  WINPE_YES },
	{ { .system_root = "X:\\Windows", .has_version = true }, WINPE_YES },
	{ { .start_options = " /NOGUIBOOT /MININT" }, WINPE_YES },
	/* a key that says so alone */
	{ { .has_minint = true, .system_root = "C:\\Windows" }, WINPE_CLAIMED },
	{ { .has_minint = true,
	    .system_root = "C:\\Windows",
	    .start_options = " NOEXECUTE=OPTIN" },
	  WINPE_CLAIMED },
	{ { .has_minint = true }, WINPE_CLAIMED },
};

START_TEST(what_tells_windows_pe)
{
	ck_assert_int_eq(winpe_decide(&rows[_i].facts), rows[_i].is);
}

END_TEST

static Suite *winpe_suite(void)
{
	Suite *s = suite_create("winpe");
	TCase *tc = tcase_create("winpe");

	tcase_add_loop_test(tc, what_tells_windows_pe, 0,
			    sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(winpe_suite)
