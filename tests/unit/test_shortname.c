/*
 * Unit tests of 8.3 names (agent/target/shortname.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target/target_private.h"
#include <string.h>

static const struct {
	const char *short_name;
	const char *long_name;
	bool want;
} rows[] = {
	{ "PROGRA~1", "Program Files", true },
	{ "PROGRA~2", "Program Files (x86)", true },
	{ "progra~1", "PROGRAM FILES", true },
	{ "DOCUME~1", "Documents and Settings", true },
	{ "LOCALS~1", "Local Settings", true },
	{ "MICROS~1.NET", "Microsoft.NET", true },
	{ "MICROS~1", "Microsoft.NET", false },
	{ "ADOBEA~1.DLL", "Adobe.Acrobat.Helper.dll", true },
	{ "ADOBEA~1.HEL", "Adobe.Acrobat.Helper.dll", false },
	{ "HTACCE~1", ".htaccess", true },
	{ "LIBDLL~1.BAK", "lib.dll.bak", true },
	{ "LIBDLL~1.BAK", "lib dll.bak", true },
	{ "A_B_C_~1.TXT", "a+b,c;[x].txt", true },
	{ "AB~1", "a b", true },
	{ "A~1", "a b", false },
	{ "AB~1", "ab ", true },
	{ "INDEX~1.HTM", "index.html", true },
	{ "0~1.SWF", "0.1234567890123456.swf", false },
	{ "012345~1.SWF", "0.1234567890123456.swf", true },
	/* Two digits leave five characters. */
	{ "PROGR~12", "Program Files", true },
	{ "PROGRA~12", "Program Files", false },
	/* From the fifth on: two characters and a hash. */
	{ "PR1A2B~1", "Program Files", true },
	{ "PR1A2G~1", "Program Files", false },
	{ "PX1A2B~1", "Program Files", false },
	/* Needs no short name, so it has none. */
	{ "MSTMP~1", "mstmp", false },
	{ "LIB~1.DLL", "lib.dll", false },
	{ "LIB~1.DLL", "LIB.DLL", false },
	/* Japanese: kept, as two bytes each, or replaced. */
	{ "デスク~1", "デスクトップ", true },
	{ "デスクトッ~1", "デスクトップ", false },
	{ "______~1", "デスクトップ", true },
	{ "太郎~1", "太郎", true },
	{ "__1F3A~1", "太郎", true },
	{ "太郎~1.DLL", "花子.dll", false },
	/* No such form at all */
	{ "PROGRA~", "Program Files", false },
	{ "PROGRA~0", "Program Files", false },
	{ "PROGRA~A", "Program Files", false },
	{ "~1", "", false },
	{ "~1", "   ", false },
};

START_TEST(shortname_fits_its_long_name)
{
	bool got = shortname_fits(rows[_i].short_name, rows[_i].long_name);

	ck_assert_msg(got == rows[_i].want, "%s for \"%s\": %d",
		      rows[_i].short_name, rows[_i].long_name, got);
}

END_TEST

START_TEST(shortname_generated_form)
{
	static const char *const yes[] = { "A~1", "PROGRA~1", "PROGRA~1.DLL",
					   "A~123456.B", "太郎~1" };
	static const char *const no[] = { "",	       "A",	  "~",
					  "~1",	       "A~",	  "A~0",
					  "A~1.",      "A~1.B.C", "A~1.LONG",
					  "ABCDEFG~1", "A~1B",	  "~nsu1.tmp",
					  "A~1 " };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		ck_assert_msg(shortname_is_generated(yes[i]), "%s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!shortname_is_generated(no[i]), "%s", no[i]);
}

END_TEST

START_TEST(shortname_needless)
{
	static const char *const yes[] = { "mstmp", "lib.dll", "a", "a~1.b",
					   "ABCDEFGH.IJK" };
	static const char *const no[] = { "",	   ".a",	"a.",	  "a b",
					  "a.b.c", "abcdefghi", "a.html", "a+b",
					  "太郎",  "a.b " };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		ck_assert_msg(shortname_is_needless(yes[i]), "%s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!shortname_is_needless(no[i]), "%s", no[i]);
}

END_TEST

START_TEST(shortname_of_hostile_names)
{
	char name[4096];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert(!shortname_fits("AAAAAA~1", name));
	ck_assert(!shortname_is_generated(name));
	memset(name, '.', sizeof(name) - 1);
	ck_assert(!shortname_fits("A~1", name));
	/* A lone surrogate and bytes that are no UTF-8. */
	ck_assert(!shortname_fits("A~1", "\xED\xA0\x80"));
	ck_assert(shortname_fits("A_BC~1", "a\xFF"
					   "b c"));
}

END_TEST

static Suite *shortname_suite(void)
{
	Suite *s = suite_create("shortname");
	TCase *c = tcase_create("shortname");

	tcase_add_loop_test(c, shortname_fits_its_long_name, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(c, shortname_generated_form);
	tcase_add_test(c, shortname_needless);
	tcase_add_test(c, shortname_of_hostile_names);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(shortname_suite)
