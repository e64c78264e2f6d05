/*
 * Unit tests of --exclude patterns and of the names of programs
 * (agent/collect/exclude.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "collect/files.h"
#include <string.h>

static const struct {
	const char *pattern;
	const char *wpath;
	bool want;
} rows[] = {
	{ "C:\\a.txt", "C:\\a.txt", true },
	{ "C:\\a.txt", "C:\\a.txt2", false },
	{ "C:\\a.txt", "C:\\a.tx", false },
	{ "a.txt", "C:\\a.txt", false },
	{ "", "", true },
	{ "", "C:", false },
	{ "C:\\a", "", false },
	/* longer than the path */
	{ "C:\\Users\\Taro\\Documents", "C:\\Users", false },
	{ "C:\\Users\\?", "C:\\Users\\", false },
	{ "C:\\a***", "C:\\a", true },
	/* * stays in its folder, and may be nothing */
	{ "C:\\*", "C:\\a.txt", true },
	{ "C:\\*", "C:\\", true },
	{ "C:\\*", "C:\\a\\b.txt", false },
	{ "*", "C:\\a", false },
	{ "*\\*\\b*", "C:\\a\\b.txt", true },
	{ "*\\b*", "C:\\a\\b.txt", false },
	{ "C:\\*.txt", "C:\\a.txt.txt", true },
	{ "C:\\*.txt", "C:\\.txt", true },
	{ "C:\\*.txt", "C:\\a.txt\\b", false },
	{ "C:\\*\\x", "C:\\\\x", true },
	{ "C:\\a*b*c", "C:\\abbbxbc", true },
	{ "C:\\a*b*c", "C:\\abbbxcb", false },
	{ "C:\\a*b\\c", "C:\\ab\\b\\c", false },
	/* ** goes through folders */
	{ "**", "C:\\a\\b", true },
	{ "**", "", true },
	{ "***", "C:\\a\\b", true },
	{ "C:\\Users\\**", "C:\\Users\\Taro\\a.txt", true },
	{ "C:\\Users\\**", "C:\\Users\\", true },
	{ "C:\\Users\\**", "C:\\Users", false },
	{ "C:\\Users**", "C:\\UsersX\\a", true },
	{ "**\\mstmp", "C:\\a\\b\\mstmp", true },
	{ "**\\mstmp", "mstmp", false },
	{ "**\\mstmp", "C:\\a\\mstmp\\b", false },
	{ "**.log", "C:\\a.log\\b.txt", false },
	{ "**.log", "C:\\a.log\\b.log", true },
	{ "C:\\**\\Temp\\*", "C:\\Users\\Taro\\Temp\\a", true },
	{ "C:\\**\\Temp\\*", "C:\\Users\\Taro\\Temp\\a\\b", false },
	/* the first Temp does not fit, the second does */
	{ "C:\\**\\Temp\\*", "C:\\Temp\\Temp\\a\\Temp\\b", true },
	{ "C:\\**\\Temp\\*", "C:\\Temp\\a", false },
	{ "**\\*a\\**\\b*c", "C:\\xa\\y\\z\\bbc", true },
	{ "**\\*a\\**\\b*c", "C:\\xa\\y\\z\\bb\\c", false },
	{ "**a**b**c", "acbcabc", true },
	{ "**a**b**c", "cba", false },
	{ "**?", "C:\\", false },
	{ "**?", "C:\\a", true },
	/* ? is one character, whatever its bytes, but no backslash */
	{ "C:\\?.txt", "C:\\a.txt", true },
	{ "C:\\?.txt", "C:\\.txt", false },
	{ "C:\\?.txt", "C:\\ab.txt", false },
	{ "C:\\?.txt", "C:\\太.txt", true },
	{ "C:\\??", "C:\\太", false },
	{ "C:\\?", "C:\\\xf0\x9f\x98\x80", true },
	{ "C:\\?", "C:\\\xed\xa0\x80", true }, /* a lone surrogate */
	{ "C:?a", "C:\\a", false },
	{ "*?", "C:", true },
	{ "*?\\x", "\\x", false },
	/* / is \ in a pattern */
	{ "C:/Users/**", "C:\\Users\\a", true },
	{ "C:/*", "C:\\a\\b", false },
	{ "**/b/*", "C:\\a\\b\\c", true },
	/* a folder as completion ends it, and no more than that */
	{ "C:\\Users\\", "C:\\Users", true },
	{ "c:/users//", "C:\\Users", true },
	{ "C:\\Users\\", "C:\\Users\\Taro", false },
	{ "C:\\Users\\", "C:\\UsersX", false },
	{ "**\\Data\\", "C:\\a\\Data", true },
	{ "**\\Data\\", "C:\\a\\Data\\b", false },
	{ "C:\\Users\\*\\", "C:\\Users\\Taro", true },
	{ "C:\\Users\\*\\", "C:\\Users\\Taro\\a", false },
	{ "C:\\Users\\**\\", "C:\\Users", false },
	{ "C:\\", "C:\\Users", false },
	/* no case, as NTFS has it */
	{ "c:\\USERS\\*", "C:\\Users\\Taro", true },
	{ "C:\\übung\\ЖУК*", "C:\\ÜBUNG\\жук.txt", true },
	{ "C:\\ＡＢ*", "C:\\ａｂc", true },
	{ "C:\\stra\xc3\x9f"
	  "e",
	  "C:\\STRASSE", false },
	/* nothing else is special */
	{ "C:\\photo[1].jpg", "C:\\photo[1].jpg", true },
	{ "C:\\photo[1].jpg", "C:\\photo1.jpg", false },
	{ "C:\\a.b", "C:\\axb", false },
	{ "C:\\%TEMP%\\*", "C:\\%TEMP%\\x", true },
};

START_TEST(exclude_pattern)
{
	ck_assert_msg(exclude_matches(rows[_i].pattern, rows[_i].wpath) ==
			      rows[_i].want,
		      "\"%s\" and \"%s\"", rows[_i].pattern, rows[_i].wpath);
}

END_TEST

/*
 * What backtracking over every star would never finish: 40 of them over a
 * path as long as Windows has them, in names as long as NTFS has them.
 */
START_TEST(exclude_pattern_that_backtracks)
{
	static const char *const stars[] = { "*a", "**a", "**a*a" };
	const size_t nbytes = 32000;
	char *wpath = mem_alloc(nbytes + 1);

	ck_assert_ptr_ne(wpath, NULL);
	memset(wpath, 'a', nbytes);
	wpath[nbytes] = '\0';
	for (size_t i = 250; i < nbytes; i += 250)
		wpath[i] = '\\';
	for (size_t i = 0; i < sizeof(stars) / sizeof(stars[0]); i++) {
		char pattern[512] = "";

		for (int n = 0; n < 40; n++)
			strncat(pattern, stars[i],
				sizeof(pattern) - strlen(pattern) - 1);
		strncat(pattern, "b", sizeof(pattern) - strlen(pattern) - 1);
		ck_assert(!exclude_matches(pattern, wpath));
		wpath[nbytes - 1] = 'b';
		ck_assert(exclude_matches(pattern, wpath) == (i > 0));
		wpath[nbytes - 1] = 'a';
	}
	mem_free(wpath);
}

END_TEST

static const struct {
	const char *name;
	bool want;
} names[] = {
	{ "a.exe", true },
	{ "A.EXE", true },
	{ "a.b.Dll", true },
	{ "lib.sig", true },
	{ "x.class", true },
	{ "x.jar", true },
	{ "0.123.swf", true },
	{ ".exe", true },
	{ "a.ax", true },
	{ "a.txt", false },
	{ "a.exe.txt", false },
	{ "exe", true },
	{ "a.ex", false },
	{ "a.exes", false },
	{ "太郎.dll", true },
	{ "a.jpg", false },
	{ "NTUSER.DAT", false },
	/* no extension: the downloader */
	{ "mstmp", true },
	{ "msfat32", true },
	{ "1f2e3d92-4c5b", true },
	{ ".profile", false },
	/* Windows leaves dots and spaces at the end out */
	{ "mstmp.", true },
	{ "mstmp. .", true },
	{ "lib.dll.", true },
	{ "lib.dll ", true },
	{ "a.txt.", false },
};

/* Only what its last ending but one tells. */
static const struct {
	const char *name;
	bool want;
} renamed[] = {
	{ "lib.dll.tmp", true },
	{ "AdvBHO.DLL.vir", true },
	{ "setup.exe.part", true },
	{ "a.scr.", false },
	{ "a.ocx.old. .", true },
	{ "a.exe.txt", true },
	{ ".dll.tmp", true },
	/* logs say whose they are; mail says whose it is */
	{ "setup.exe.log", false },
	{ "setup.exe.LOG.", false },
	{ "taro@example.com.ost", false },
	{ "jquery.js.gz", false },
	{ "lib.dll", false },
	{ "lib.dll.a.tmp", false },
	{ "libdll.tmp", false },
	{ "lib.dlls.tmp", false },
	{ "~DF1234.tmp", false },
	{ "mstmp", false },
	{ ".tmp", false },
	{ "...", false },
	{ "", false },
};

START_TEST(name_of_a_renamed_program)
{
	ck_assert_msg(is_program_renamed(renamed[_i].name) == renamed[_i].want,
		      "%s", renamed[_i].name);
	/* Neither of these has an ending of a program. */
	ck_assert(!renamed[_i].want || !has_program_ending(renamed[_i].name));
}

END_TEST

START_TEST(name_of_a_program)
{
	ck_assert_msg(is_named_like_program(names[_i].name) == names[_i].want,
		      "%s", names[_i].name);
}

END_TEST

static Suite *files_suite(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("files");

	tcase_add_loop_test(tc, exclude_pattern, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, exclude_pattern_that_backtracks);
	tcase_add_loop_test(tc, name_of_a_program, 0,
			    (int)(sizeof(names) / sizeof(names[0])));
	tcase_add_loop_test(tc, name_of_a_renamed_program, 0,
			    (int)(sizeof(renamed) / sizeof(renamed[0])));
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(files_suite)
