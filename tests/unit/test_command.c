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

static const struct {
	const char *program, *rest, *argument;
} arguments[] = {
	{ "cmd", " /c  a.exe", "a.exe" },
	{ "C:\\W\\CMD.EXE", " /q /c \"\"a b\" c\"", "\"a b\" c\"" },
	{ "cmd.exe", " /cC:\\a.exe -x", "C:\\a.exe -x" },
	{ "cmd.exe", " /Q/K\"a b\"", "\"a b\"" },
	{ "cmd.exe", " /v:on /c a", "a" },
	/* a shell that waits, whatever else is said */
	{ "cmd.exe", " C:\\a.exe", "" },
	{ "cmd.exe", " /c", "" },
	{ "cmd.exe", "", "" },
	{ "start", " a.exe /b", "a.exe /b" },
	{ "start", " \"\" /min a.exe", "a.exe" },
	{ "start", " \"a title\" /d C:\\x /b \"a b\"", "\"a b\"" },
	{ "start", " /d\"C:\\x y\" a.exe", "a.exe" },
	{ "start", " /d", "" },
	{ "start", " /min \"\" \"a b\"", "\"a b\"" },
	{ "start", " \"a title\"", "" },
	{ "wscript", " //B x.vbs /y", "x.vbs /y" },
	{ "wscript.exe", " /c", "" },
	{ "regsvr32", " /s /i:\"a b\" x.dll", "x.dll" },
	{ "regsvr32", " /s \"/i:a b\" \"x y.dll\"", "\"x y.dll\"" },
	{ "regsvr32", " \"/i:a b", "" },
	{ "rundll32", " \"x y.dll\",E", "\"x y.dll\",E" },
};

START_TEST(what_a_program_is_told_to_start)
{
	ck_assert_str_eq(
		command_argument(arguments[_i].program, arguments[_i].rest),
		arguments[_i].argument);
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
	ck_assert_uint_eq(n, 260);
	ck_assert_uint_lt(command_guess(line), 260);
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
	tcase_add_loop_test(tc, what_a_program_is_told_to_start, 0,
			    (int)(sizeof(arguments) / sizeof(arguments[0])));
	tcase_add_test(tc, names_are_bounded);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(command_suite)
