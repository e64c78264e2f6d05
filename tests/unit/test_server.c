/*
 * Unit tests of server values turned into paths: one table.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/server.h"
#include <string.h>

/* The variables of one made-up user on a 64-bit Windows 7. */
static const struct {
	const char *name;
	const char *wide; /* 64-bit programs */
	const char *narrow;
} variables[] = {
	{ "%SystemRoot%", "C:\\Windows", "C:\\Windows" },
	{ "%windir%", "C:\\Windows", "C:\\Windows" },
	{ "%ProgramFiles%", "C:\\Program Files", "C:\\Program Files (x86)" },
	{ "%ProgramFiles(x86)%", "C:\\Program Files (x86)",
	  "C:\\Program Files (x86)" },
	{ "%TEMP%", "C:\\Users\\taro\\AppData\\Local\\Temp",
	  "C:\\Users\\taro\\AppData\\Local\\Temp" },
	{ "%NUL%", "C:\\a\xc0\x80\x62", "C:\\a\xc0\x80\x62" },
};

static char *expand(void *arg, int view, const char *text)
{
	struct str s = STR_INIT;
	size_t i;

	(void)arg;
	while (*text) {
		for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
			if (ascii_istarts_with(text, variables[i].name))
				break;
		if (i == sizeof(variables) / sizeof(variables[0])) {
			str_addch(&s, *text++);
			continue;
		}
		str_add(&s,
			view == 32 ? variables[i].narrow : variables[i].wide);
		text += strlen(variables[i].name);
	}
	return str_detach(&s);
}

static const struct server_rules rules64 = { expand, NULL, true,
					     "C:\\Windows" };
static const struct server_rules rules32 = { expand, NULL, false,
					     "C:\\WINDOWS" };

enum {
	BARE = 1,
	URL = 2,
	UNKNOWN = 4,
	CUT = 8,
	DLL = 16
};

static const struct row {
	int view; /* 64, 32: on 64-bit Windows; 0: on 32-bit Windows */
	const char *raw;
	const char *want; /* NULL: nothing is left */
	int form;
} rows[] = {
	/* as it is */
	{ 64, "C:\\a\\b.dll", "C:\\a\\b.dll", 0 },
	{ 64, "c:\\a\\b.dll", "C:\\a\\b.dll", 0 },
	{ 64, "C:\\Program Files\\My Bar\\b.dll",
	  "C:\\Program Files\\My Bar\\b.dll", 0 },
	{ 64, "C:\\Users\\\xe5\xa4\xaa\xe9\x83\x8e\\b.dll",
	  "C:\\Users\\\xe5\xa4\xaa\xe9\x83\x8e\\b.dll", 0 },
	/* a lone surrogate stays one */
	{ 64, "C:\\\xed\xa0\x80\\b.dll", "C:\\\xed\xa0\x80\\b.dll", 0 },
	/* variables of the view */
	{ 64, "%ProgramFiles%\\x\\y.dll", "C:\\Program Files\\x\\y.dll", 0 },
	{ 32, "%ProgramFiles%\\x\\y.dll", "C:\\Program Files (x86)\\x\\y.dll",
	  0 },
	{ 64, "%ProgramFiles(x86)%\\x\\y.dll",
	  "C:\\Program Files (x86)\\x\\y.dll", 0 },
	{ 64, "%NoSuch%\\x.dll", "%NoSuch%\\x.dll", UNKNOWN },
	{ 64, "C:\\100% sure\\x.dll", "C:\\100% sure\\x.dll", 0 },
	/* mstmp: the final dot keeps the loader from adding ".dll" */
	{ 64, "%TEMP%\\mstmp.", "C:\\Users\\taro\\AppData\\Local\\Temp\\mstmp",
	  0 },
	{ 64, "%TEMP%\\mstmp", "C:\\Users\\taro\\AppData\\Local\\Temp\\mstmp",
	  DLL },
	{ 64, "C:\\a\\b.dll. . .", "C:\\a\\b.dll", 0 },
	{ 64, "C:\\a.\\b.dll", "C:\\a\\b.dll", 0 },
	{ 64, "C:\\a..\\b.dll", "C:\\a..\\b.dll", 0 },
	{ 64, "C:\\a \\b.dll", "C:\\a \\b.dll", 0 },
	/* quotes, arguments */
	{ 64, "\"C:\\Program Files\\x.dll\"", "C:\\Program Files\\x.dll", 0 },
	{ 64, "\"C:\\Program Files\\x.dll", "C:\\Program Files\\x.dll", 0 },
	{ 64, "\"C:\\a b\\x.exe\" -Embedding", "C:\\a b\\x.exe", 0 },
	{ 64, "C:\\a b\\x.exe -Embedding", "C:\\a b\\x.exe", 0 },
	{ 64, "C:\\a b\\x.exe /automation", "C:\\a b\\x.exe", 0 },
	{ 64, "C:\\my.com files\\x.dll", "C:\\my.com files\\x.dll", 0 },
	{ 64, "C:\\a -b\\x.dll", "C:\\a -b\\x.dll", 0 },
	{ 64, "  C:\\a\\x.dll  ", "C:\\a\\x.dll", 0 },
	{ 64, "C:\\\"a b\"\\x.dll", "C:\\a b\\x.dll", 0 },
	{ 64, "rundll32.exe C:\\a\\x.dll,Run", "C:\\a\\x.dll", 0 },
	{ 64, "%SystemRoot%\\system32\\RUNDLL32.EXE \"C:\\a b\\x.dll\",Run 1",
	  "C:\\a b\\x.dll", 0 },
	{ 64, "regsvr32 /s /n C:\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "rundll32.exe", "C:\\Windows\\System32\\rundll32.exe", BARE },
	/* separators, "..", prefixes */
	{ 64, "C:/a/b/x.dll", "C:\\a\\b\\x.dll", 0 },
	{ 64, "C:\\a\\..\\b\\.\\x.dll", "C:\\b\\x.dll", 0 },
	{ 64, "C:\\..\\..\\x.dll", "C:\\x.dll", 0 },
	{ 64, "C:\\a\\\\b\\\\x.dll", "C:\\a\\b\\x.dll", 0 },
	{ 64, "\\??\\C:\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "\\\\?\\C:\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "\\\\.\\C:\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "//?/C:/a/x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "\\\\?\\\\??\\C:\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "\\\\?\\UNC\\srv\\share\\x.dll", "\\\\srv\\share\\x.dll", 0 },
	{ 64, "\\\\srv\\share\\a\\..\\x.dll", "\\\\srv\\share\\x.dll", 0 },
	{ 64, "\\SystemRoot\\System32\\x.dll", "C:\\Windows\\System32\\x.dll",
	  0 },
	{ 64, "\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "C:x.dll", "C:\\x.dll", 0 },
	{ 64, "D:\\a\\x.dll", "D:\\a\\x.dll", 0 },
	{ 64, "\\\\?\\Volume{1-2}\\x.dll", "\\\\?\\Volume{1-2}\\x.dll", 0 },
	/* no path of the current drive */
	{ 64, "\\??\\Volume{1-2}\\x.dll", "\\\\?\\Volume{1-2}\\x.dll", 0 },
	{ 64, "\\GLOBAL??\\Volume{1-2}\\x.dll", "\\\\?\\Volume{1-2}\\x.dll",
	  0 },
	{ 64, "\\\\?\\GLOBALROOT\\Device\\a\\x.dll",
	  "\\\\?\\GLOBALROOT\\Device\\a\\x.dll", 0 },
	{ 64, "\\\\localhost\\C$\\x.dll", "\\\\localhost\\C$\\x.dll", 0 },
	{ 64, "file://localhost/C:/x.dll", "\\\\localhost\\C:\\x.dll", 0 },
	{ 64, "C:\\a\\x.txt:evil.dll", "C:\\a\\x.txt:evil.dll", 0 },
	/* relative names: the system folder of the view */
	{ 64, "foo.dll", "C:\\Windows\\System32\\foo.dll", BARE },
	{ 32, "foo.dll", "C:\\Windows\\SysWOW64\\foo.dll", BARE },
	{ 0, "foo.dll", "C:\\WINDOWS\\System32\\foo.dll", BARE },
	{ 64, "foo", "C:\\Windows\\System32\\foo.dll", BARE | DLL },
	{ 64, "foo.", "C:\\Windows\\System32\\foo", BARE },
	{ 64, "sub\\foo.dll", "C:\\Windows\\System32\\sub\\foo.dll", BARE },
	{ 64, "..\\foo.dll", "C:\\Windows\\foo.dll", BARE },
	/* redirection */
	{ 64, "%SystemRoot%\\System32\\x.dll", "C:\\Windows\\System32\\x.dll",
	  0 },
	{ 32, "%SystemRoot%\\system32\\x.dll", "C:\\Windows\\SysWOW64\\x.dll",
	  0 },
	{ 0, "%SystemRoot%\\system32\\x.dll", "C:\\Windows\\system32\\x.dll",
	  0 },
	{ 32, "C:\\Windows\\Sysnative\\x.dll", "C:\\Windows\\System32\\x.dll",
	  0 },
	{ 64, "C:\\Windows\\SysWOW64\\x.dll", "C:\\Windows\\SysWOW64\\x.dll",
	  0 },
	{ 32, "C:\\Windows\\System32\\spool\\x.dll",
	  "C:\\Windows\\System32\\spool\\x.dll", 0 },
	{ 32, "C:\\Windows\\System32\\spoolx\\x.dll",
	  "C:\\Windows\\SysWOW64\\spoolx\\x.dll", 0 },
	{ 32, "C:\\Windows\\System32x\\x.dll", "C:\\Windows\\System32x\\x.dll",
	  0 },
	/* URLs */
	{ 64, "file:///C:/a%20b/x.dll", "C:\\a b\\x.dll", 0 },
	{ 64, "file://C:\\a\\x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "file:///C|/a/x.dll", "C:\\a\\x.dll", 0 },
	{ 64, "file://srv/share/x.dll", "\\\\srv\\share\\x.dll", 0 },
	{ 64, "FILE:///c:/%E5%A4%AA/x.dll", "C:\\\xe5\xa4\xaa\\x.dll", 0 },
	{ 64, "res://C:\\a\\x.dll/page.htm", "C:\\a\\x.dll", 0 },
	{ 64, "http://example.jp/x.sct", "http://example.jp/x.sct", URL },
	{ 64, "javascript:alert(1)", "javascript:alert(1)", URL },
	/* NUL inside, nothing at all */
	{ 64, "C:\\a\\x.dll\xc0\x80.txt", "C:\\a\\x.dll", CUT },
	{ 64, "%NUL%\\x.dll", "C:\\a", CUT | DLL },
	{ 64, "\xc0\x80", NULL, CUT },
	{ 64, "", NULL, 0 },
	{ 64, "   ", NULL, 0 },
	{ 64, "\"\"", NULL, 0 },
	{ 64, "...", NULL, BARE },
	/* bytes that are no UTF-8 */
	{ 64, "C:\\a\\\x82\xa0.dll", "C:\\a\\\x82\xa0.dll", 0 },
	/* a backslash is no escape of a quote */
	{ 64, "\"C:\\a\\\" x", "C:\\a", 0 },
};

START_TEST(each_value_gives_its_path)
{
	const struct row *row = &rows[_i];
	const struct server_rules *rules = row->view ? &rules64 : &rules32;
	struct server_form form = { .is_bare = false };
	char *got = server_normalise_with(rules, row->view ? row->view : 32,
					  row->raw, &form);
	int bits = (form.is_bare ? BARE : 0) | (form.is_url ? URL : 0) |
		   (form.is_unknown ? UNKNOWN : 0) | (form.was_cut ? CUT : 0) |
		   (form.wants_dll ? DLL : 0);

	if (row->want)
		ck_assert_msg(got && !strcmp(got, row->want),
			      "\"%s\": want \"%s\", got \"%s\"", row->raw,
			      row->want, got ? got : "NULL");
	else
		ck_assert_msg(!got, "\"%s\": want NULL, got \"%s\"", row->raw,
			      got ? got : "");
	if (row->want)
		ck_assert_msg(bits == row->form, "\"%s\": form %d, want %d",
			      row->raw, bits, row->form);
	mem_free(got);
}

END_TEST

START_TEST(normalising_twice_changes_nothing)
{
	const struct row *row = &rows[_i];
	const struct server_rules *rules = row->view ? &rules64 : &rules32;
	char *once;
	char *twice;

	if (!row->want)
		return;
	/* What is physical already is the native view's. */
	once = mem_strdup(row->want);
	twice = server_normalise_with(rules, 64, once, NULL);
	ck_assert_str_eq(twice, once);
	mem_free(once);
	mem_free(twice);
}

END_TEST

START_TEST(what_is_too_long_is_cut)
{
	struct server_form form = { .is_bare = false };
	size_t n = 100000;
	char *raw = mem_alloc(n + 1);
	char *got;

	memset(raw, 'a', n);
	memcpy(raw, "C:\\", 3);
	raw[n] = '\0';
	got = server_normalise_with(&rules64, 64, raw, &form);
	ck_assert_ptr_nonnull(got);
	ck_assert_uint_eq(strlen(got), SERVER_MAX_NCHARS);
	ck_assert(form.was_cut);
	mem_free(got);
	mem_free(raw);
}

END_TEST

START_TEST(short_memory_gives_null)
{
	int64_t i;
	char *got = NULL;

	for (i = 1; i < 50 && !got; i++) {
		mem_fail_after(i);
		got = server_normalise_with(
			&rules64, 32, "%SystemRoot%\\System32\\x.dll", NULL);
	}
	mem_fail_after(0);
	ck_assert_str_eq(got, "C:\\Windows\\SysWOW64\\x.dll");
	ck_assert_int_gt(i, 2);
	mem_free(got);
}

END_TEST

START_TEST(basename_is_the_last_component)
{
	ck_assert_str_eq(server_basename("C:\\a\\b.dll"), "b.dll");
	ck_assert_str_eq(server_basename("b.dll"), "b.dll");
	ck_assert_str_eq(server_basename("C:/a/b.dll"), "b.dll");
	ck_assert_str_eq(server_basename("C:\\"), "");
}

END_TEST

static Suite *server_suite(void)
{
	Suite *s = suite_create("server");
	TCase *tc = tcase_create("server");
	int count = (int)(sizeof(rows) / sizeof(rows[0]));

	tcase_add_loop_test(tc, each_value_gives_its_path, 0, count);
	tcase_add_loop_test(tc, normalising_twice_changes_nothing, 0, count);
	tcase_add_test(tc, what_is_too_long_is_cut);
	tcase_add_test(tc, short_memory_gives_null);
	tcase_add_test(tc, basename_is_the_last_component);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(server_suite)
