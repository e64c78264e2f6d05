/*
 * Unit tests of command lines taken apart as CreateProcess does it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "collect/command.h"
#include <string.h>

static const struct {
	const char *line;
	const char *names[4]; /* what could be the program, in this order */
	unsigned guess;
	const char *rest; /* behind the one that is guessed */
} lines[] = {
	{ "C:\\a\\b.exe", { "C:\\a\\b.exe" }, 0, "" },
	{ "\"C:\\a b\\c.exe\" -x", { "C:\\a b\\c.exe" }, 0, " -x" },
	{ "\"C:\\a b\\c.exe", { "C:\\a b\\c.exe" }, 0, "" },
	{ "  C:\\a b\\c d.exe /s",
	  { "C:\\a", "C:\\a b\\c", "C:\\a b\\c d.exe", "C:\\a b\\c d.exe /s" },
	  2,
	  " /s" },
	/* no program's name: all of it, as it is */
	{ "C:\\a b\\c", { "C:\\a", "C:\\a b\\c" }, 1, "" },
	{ "C:\\a.exe  ", { "C:\\a.exe" }, 0, "  " },
	/* without a folder the name ends at the blank */
	{ "notepad C:\\x.exe",
	  { "notepad", "notepad C:\\x.exe" },
	  0,
	  " C:\\x.exe" },
	{ "", { NULL }, 0, NULL },
	{ "   ", { NULL }, 0, NULL },
	{ "\"\" C:\\a.exe", { NULL }, 0, NULL },
};

START_TEST(each_name_that_windows_tries)
{
	struct str name = STR_INIT;
	const char *rest = NULL;
	unsigned n;

	for (n = 0; n < 4 && lines[_i].names[n]; n++) {
		ck_assert(command_name(lines[_i].line, n, &name, &rest));
		ck_assert_str_eq(str_text(&name), lines[_i].names[n]);
	}
	ck_assert(!command_name(lines[_i].line, n, &name, &rest));
	if (lines[_i].rest) {
		ck_assert_uint_eq(command_guess(lines[_i].line),
				  lines[_i].guess);
		ck_assert(command_name(lines[_i].line, lines[_i].guess, &name,
				       &rest));
		ck_assert_str_eq(rest, lines[_i].rest);
	}
	str_release(&name);
}

END_TEST

START_TEST(programs_that_start_others)
{
	ck_assert_int_eq(command_argument_of("rundll32"), COMMAND_DLL);
	ck_assert_int_eq(command_argument_of("C:\\W\\RunDLL32.EXE"),
			 COMMAND_DLL);
	ck_assert_int_eq(command_argument_of("regsvr32.exe"), COMMAND_DLL);
	ck_assert_int_eq(command_argument_of("cmd.exe"), COMMAND_PROGRAM);
	ck_assert_int_eq(command_argument_of("C:\\W\\explorer.exe"),
			 COMMAND_PROGRAM);
	ck_assert_int_eq(command_argument_of("rundll321.exe"), COMMAND_NONE);
	ck_assert_int_eq(command_argument_of("cmd.exe.exe"), COMMAND_NONE);
	ck_assert_int_eq(command_argument_of(""), COMMAND_NONE);
}

END_TEST

START_TEST(switches_are_skipped)
{
	ck_assert_str_eq(command_skip_switches(" /c  a.exe"), "a.exe");
	ck_assert_str_eq(command_skip_switches(" /q /c \"\"a b\" c\""),
			 "\"a b\" c\"");
	ck_assert_str_eq(command_skip_switches(" //B x.vbs /y"), "x.vbs /y");
	ck_assert_str_eq(command_skip_switches(" /c"), "");
}

END_TEST

/* Hundreds of blanks give no hundreds of names. */
START_TEST(names_are_bounded)
{
	char line[1024];
	struct str name = STR_INIT;
	const char *rest;
	size_t i;
	unsigned n = 0;

	for (i = 0; i < sizeof(line) - 1; i++)
		line[i] = i % 2 ? ' ' : 'a';
	line[sizeof(line) - 1] = '\0';
	memcpy(line, "C:", 2);
	while (command_name(line, n, &name, &rest))
		n++;
	ck_assert_uint_eq(n, 64);
	ck_assert_uint_lt(command_guess(line), 64);
	str_release(&name);
}

END_TEST

static Suite *command_suite(void)
{
	Suite *s = suite_create("command");
	TCase *tc = tcase_create("command");

	tcase_add_loop_test(tc, each_name_that_windows_tries, 0,
			    (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(tc, programs_that_start_others);
	tcase_add_test(tc, switches_are_skipped);
	tcase_add_test(tc, names_are_bounded);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(command_suite)
