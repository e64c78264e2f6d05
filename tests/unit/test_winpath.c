/*
 * Windows paths as pure text: what reaches Windows is right on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/winpath.h"

#include <string.h>

#define AT "C:\\work\\now", "C:\\WINDOWS"

static const struct winpath_env plain = { AT, false, false, false };
static const struct winpath_env wow64 = { AT, true, true, true };
/* XP x64 and Server 2003 x64 without the hotfix. */
static const struct winpath_env switched = { AT, true, false, true };
/* Server 2003 without a service pack; and as if only the alias were there. */
static const struct winpath_env hidden = { AT, true, false, false };
static const struct winpath_env alias = { AT, true, true, false };

struct row {
	const char *path;
	const char *want; /* NULL: refused */
};

static const struct row native_rows[] = {
	{ "C:\\a\\b.dll", "\\\\?\\C:\\a\\b.dll" },
	{ "c:/a/b", "\\\\?\\C:\\a\\b" },
	{ "C:\\", "\\\\?\\C:\\" },
	{ "C:/", "\\\\?\\C:\\" },
	{ "C:\\a\\", "\\\\?\\C:\\a" },
	{ "C:\\a\\.\\b\\..\\c", "\\\\?\\C:\\a\\c" },
	{ "C:\\..\\..\\a", "\\\\?\\C:\\a" },
	{ "C:\\a\\..", "\\\\?\\C:\\" },
	{ "C:\\\\a\\\\\\b", "\\\\?\\C:\\a\\b" },
	/* Dots and spaces at the end of names are part of them. */
	{ "C:\\mstmp.", "\\\\?\\C:\\mstmp." },
	{ "C:\\a \\b. ", "\\\\?\\C:\\a \\b. " },
	{ "C:\\a\\...", "\\\\?\\C:\\a\\..." },
	{ "C:\\ \\x", "\\\\?\\C:\\ \\x" },
	/* Device names are names. */
	{ "C:\\t\\CON", "\\\\?\\C:\\t\\CON" },
	{ "C:\\t\\nul.txt", "\\\\?\\C:\\t\\nul.txt" },
	{ "NUL", "\\\\?\\C:\\work\\now\\NUL" },
	{ "COM1", "\\\\?\\C:\\work\\now\\COM1" },
	/* Relative forms. */
	{ "x", "\\\\?\\C:\\work\\now\\x" },
	{ ".", "\\\\?\\C:\\work\\now" },
	{ "..\\x", "\\\\?\\C:\\work\\x" },
	{ "..\\..\\..\\x", "\\\\?\\C:\\x" },
	{ "\\x\\y", "\\\\?\\C:\\x\\y" },
	{ "/x", "\\\\?\\C:\\x" },
	{ "C:x", "\\\\?\\C:\\work\\now\\x" },
	{ "c:", "\\\\?\\C:\\work\\now" },
	{ "D:x", "\\\\?\\D:\\x" },
	{ "D:", "\\\\?\\D:\\" },
	/* Network. */
	{ "\\\\srv\\share", "\\\\?\\UNC\\srv\\share\\" },
	{ "\\\\srv\\share\\a.", "\\\\?\\UNC\\srv\\share\\a." },
	{ "//srv/share/a/../../b", "\\\\?\\UNC\\srv\\share\\b" },
	{ "\\\\srv", NULL },
	{ "\\\\srv\\", NULL },
	{ "\\\\\\share\\a", NULL },
	/* Forms that are taken by their letters. */
	{ "\\\\?\\C:\\a\\..\\b", "\\\\?\\C:\\a\\..\\b" },
	{ "\\\\?\\C:\\", "\\\\?\\C:\\" },
	{ "\\??\\C:\\a", "\\\\?\\C:\\a" },
	{ "\\\\?\\UNC\\s\\h\\x ", "\\\\?\\UNC\\s\\h\\x " },
	{ "\\\\?\\Volume{1-2}\\a", "\\\\?\\Volume{1-2}\\a" },
	{ "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy3\\a",
	  "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy3\\a" },
	/* Devices, the raw disk, pipes. */
	{ "\\\\.\\C:", NULL },
	{ "\\\\.\\PhysicalDrive0", NULL },
	{ "\\\\.\\pipe\\x", NULL },
	{ "//./COM1", NULL },
	{ "//?/C:/x", NULL },
	{ "\\\\?\\C:", NULL },
	{ "\\\\?\\COM1", NULL },
	{ "\\\\?\\pipe\\x", NULL },
	{ "\\\\?\\Volume{1-2}", NULL },
	{ "\\\\?\\UNC\\.\\pipe", NULL },
	{ "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1", NULL },
	{ "\\\\?\\GLOBALROOT\\Device\\NamedPipe\\x", NULL },
	{ "\\??\\", NULL },
	{ "", NULL },
	{ "C:\\a\xc0\x80"
	  "b",
	  NULL },
	/* What is no ASCII goes through, well-formed or not. */
	{ "C:\\\xe8\xa1\xa8\xed\xa0\x80\x82",
	  "\\\\?\\C:\\\xe8\xa1\xa8\xed\xa0\x80\x82" },
	{ "C:\\a:stream", "\\\\?\\C:\\a:stream" },
	{ "C:\\:stream", "\\\\?\\C:\\:stream" },
	{ "\\\\?\\C:\\:stream", "\\\\?\\C:\\:stream" },
};

START_TEST(native)
{
	const struct row *row = &native_rows[_i];
	struct str out = STR_INIT;
	int err = winpath_native(row->path, &plain, &out);

	if (row->want == NULL) {
		ck_assert_msg(err == ERR_NAME, "%s gave %s", row->path,
			      str_text(&out));
	} else {
		ck_assert_msg(err == 0, "%s: %d", row->path, err);
		ck_assert_str_eq(str_text(&out), row->want);
	}
	str_release(&out);
}

END_TEST

static const struct row wow64_rows[] = {
	{ "C:\\Windows\\System32\\a.dll",
	  "\\\\?\\C:\\WINDOWS\\Sysnative\\a.dll" },
	{ "c:\\windows\\SYSTEM32", "\\\\?\\C:\\WINDOWS\\Sysnative" },
	{ "\\\\?\\C:\\Windows\\system32\\x.",
	  "\\\\?\\C:\\WINDOWS\\Sysnative\\x." },
	{ "C:\\x\\..\\Windows\\System32\\a",
	  "\\\\?\\C:\\WINDOWS\\Sysnative\\a" },
	{ "C:\\Windows\\System32x\\a", "\\\\?\\C:\\Windows\\System32x\\a" },
	{ "C:\\Windows\\SysWOW64\\a", "\\\\?\\C:\\Windows\\SysWOW64\\a" },
	{ "C:\\Windows\\Sysnative\\a", "\\\\?\\C:\\Windows\\Sysnative\\a" },
	{ "C:\\Windows\\System", "\\\\?\\C:\\Windows\\System" },
	{ "C:\\Windows", "\\\\?\\C:\\Windows" },
	{ "C:\\Windows\\regedit.exe", "\\\\?\\C:\\Windows\\regedit.exe" },
	/* The Windows on another disk is not the one that runs. */
	{ "D:\\Windows\\System32\\a", "\\\\?\\D:\\Windows\\System32\\a" },
	{ "C:\\a\\Windows\\System32", "\\\\?\\C:\\a\\Windows\\System32" },
};

/* What a 32-bit program is shown another file for. */
static const struct {
	const char *path;
	bool is_redirected;
} redirected_rows[] = {
	{ "\\\\?\\C:\\Windows\\System32", true },
	{ "\\\\?\\C:\\Windows\\System32\\a.dll", true },
	{ "\\??\\c:\\WINDOWS\\SYSTEM32\\drivers\\a.sys", true },
	{ "\\\\?\\C:\\Windows\\lastgood\\System32\\a.sys", true },
	{ "\\\\?\\C:\\Windows\\Regedit.exe", true },
	{ "\\\\?\\C:\\Windows\\regedit.exe.bak", false },
	{ "\\\\?\\C:\\Windows\\lastgood", false },
	{ "\\\\?\\C:\\Windows\\lastgood\\a", false },
	/* It leaves these alone; driverstore since Windows 7 only. */
	{ "\\\\?\\C:\\Windows\\System32\\drivers\\etc\\hosts", false },
	{ "\\\\?\\C:\\Windows\\System32\\drivers\\etcx", true },
	{ "\\\\?\\C:\\Windows\\System32\\catroot\\a.cat", false },
	{ "\\\\?\\C:\\Windows\\System32\\CatRoot2", false },
	{ "\\\\?\\C:\\Windows\\System32\\catroot3", true },
	{ "\\\\?\\C:\\Windows\\System32\\LogFiles\\W3SVC1", false },
	{ "\\\\?\\C:\\Windows\\System32\\spool\\drivers", false },
	{ "\\\\?\\C:\\Windows\\System32\\driverstore\\a", true },
	/* The alias, and what merely looks alike. */
	{ "\\\\?\\C:\\Windows\\Sysnative\\a.dll", false },
	{ "\\\\?\\C:\\Windows\\System32x", false },
	{ "\\\\?\\C:\\Windows\\System", false },
	{ "\\\\?\\C:\\Windows", false },
	{ "\\\\?\\C:\\WindowsSystem32", false },
	{ "\\\\?\\C:\\", false },
	{ "\\\\?\\D:\\Windows\\System32\\a", false },
	{ "\\\\?\\UNC\\C:\\Windows\\System32\\a", false },
	{ "C:\\Windows\\System32\\a", false }, /* not the form it is given */
	{ "", false },
};

START_TEST(redirector)
{
	const char *path = redirected_rows[_i].path;
	const bool want = redirected_rows[_i].is_redirected;
	struct winpath_env nowhere = switched;
	struct str out = STR_INIT;

	ck_assert_int_eq(winpath_is_redirected(path, &switched), want);
	ck_assert_int_eq(winpath_is_redirected(path, &wow64), want);
	ck_assert(!winpath_is_redirected(path, &plain));
	nowhere.windows = NULL;
	ck_assert(!winpath_is_redirected(path, &nowhere));
	if (path[0] != '\\' || strstr(path, "UNC") != NULL)
		return;
	/* By its own name while it is switched off; else not at all. */
	ck_assert_int_eq(winpath_native(path, &switched, &out), 0);
	ck_assert_str_eq(str_text(&out) + 4, path + 4);
	str_clear(&out);
	ck_assert_int_eq(winpath_native(path, &hidden, &out),
			 want ? ERR_IO : 0);
	if (want)
		ck_assert_ptr_nonnull(
			strstr(err_last()->text, "mstmpsweep64.exe"));
	str_release(&out);
}

END_TEST

/* With the alias alone System32 can be named, the two others cannot. */
START_TEST(alias_alone)
{
	struct str out = STR_INIT;

	ck_assert_int_eq(
		winpath_native("C:\\Windows\\System32\\a", &alias, &out), 0);
	ck_assert_str_eq(str_text(&out), "\\\\?\\C:\\Windows\\Sysnative\\a");
	str_clear(&out);
	ck_assert_int_eq(
		winpath_native("C:\\Windows\\regedit.exe", &alias, &out),
		ERR_IO);
	str_release(&out);
}

END_TEST

static const struct {
	struct winpath_told told; /* wow64, alias leads, can switch, same */
	bool has_alias;
} told_rows[] = {
	/* Vista and later; XP x64 with the hotfix. */
	{ { true, true, true, true }, true },
	/* XP x64 without. */
	{ { true, false, true, false }, false },
	/* Somebody made a folder of that name. */
	{ { true, true, true, false }, false },
	/* It cannot be told apart: better than nothing at all. */
	{ { true, true, false, false }, true },
	{ { true, false, false, false }, false },
	{ { false, false, false, false }, false },
};

START_TEST(what_is_believed)
{
	const struct winpath_told *told = &told_rows[_i].told;
	struct winpath_env env = { AT, false, false, false };

	winpath_settle(&env, told);
	ck_assert_int_eq(env.is_wow64, told->is_wow64);
	ck_assert_int_eq(env.can_switch, told->can_switch);
	ck_assert_int_eq(env.has_alias, told_rows[_i].has_alias);
}

END_TEST

/* Windows compares without case, and so does this comparison. */
START_TEST(sysnative)
{
	const struct row *row = &wow64_rows[_i];
	struct str out = STR_INIT;
	struct str same = STR_INIT;

	ck_assert_int_eq(winpath_native(row->path, &wow64, &out), 0);
	ck_assert_msg(ascii_casecmp(str_text(&out), row->want) == 0,
		      "%s gave %s", row->path, str_text(&out));
	/* A 64-bit program, or 32-bit Windows: never. */
	ck_assert_int_eq(winpath_native(row->path, &plain, &same), 0);
	if (strstr(row->path, "Sysnative") == NULL)
		ck_assert_ptr_eq(strstr(str_text(&same), "Sysnative"), NULL);
	str_release(&out);
	str_release(&same);
}

END_TEST

static const struct row absolute_rows[] = {
	{ "x\\y.", "C:\\work\\now\\x\\y." },
	{ "C:/a/../b", "C:\\b" },
	{ "C:\\Windows\\System32\\a", "C:\\Windows\\System32\\a" },
	{ "\\\\s\\h\\a\\..", "\\\\s\\h\\" },
	{ "\\\\?\\C:\\a.", "\\\\?\\C:\\a." },
	{ "\\\\.\\C:", NULL },
	{ "", NULL },
};

START_TEST(absolute)
{
	const struct row *row = &absolute_rows[_i];
	struct str out = STR_INIT;
	int err = winpath_absolute(row->path, &wow64, &out);

	if (row->want == NULL) {
		ck_assert_int_eq(err, ERR_NAME);
	} else {
		ck_assert_int_eq(err, 0);
		ck_assert_str_eq(str_text(&out), row->want);
	}
	str_release(&out);
}

END_TEST

START_TEST(long_paths_get_their_prefix)
{
	struct str path = STR_INIT;
	struct str out = STR_INIT;

	str_add(&path, "C:");
	for (int i = 0; i < 3200; i++)
		str_add(&path, "\\abcdefgh.");
	ck_assert_int_eq(winpath_native(str_text(&path), &plain, &out), 0);
	ck_assert_uint_eq(out.len, path.len + 4);
	ck_assert(strncmp(out.buf, "\\\\?\\C:\\abc", 10) == 0);
	str_release(&path);
	str_release(&out);
}

END_TEST

START_TEST(relative_needs_a_current_folder)
{
	static const struct winpath_env none = { NULL, NULL, true, true, true };
	struct str out = STR_INIT;

	ck_assert_int_eq(winpath_native("x", &none, &out), ERR_NAME);
	str_clear(&out);
	ck_assert_int_eq(winpath_native("C:\\Windows\\System32", &none, &out),
			 0);
	ck_assert_str_eq(str_text(&out), "\\\\?\\C:\\Windows\\System32");
	str_release(&out);
	ck_assert(winpath_is_absolute("C:\\x"));
	ck_assert(winpath_is_absolute("\\\\s\\h"));
	ck_assert(winpath_is_absolute("\\??\\C:\\x"));
	ck_assert(!winpath_is_absolute("C:x"));
	ck_assert(!winpath_is_absolute("\\x"));
	ck_assert(!winpath_is_absolute(""));
	ck_assert(winpath_is_unc("\\\\s\\h"));
	ck_assert(winpath_is_unc("\\\\?\\UNC\\s\\h"));
	ck_assert(!winpath_is_unc("\\\\?\\C:\\h"));
	ck_assert(!winpath_is_unc("C:\\h"));
}

END_TEST

START_TEST(current_folder_on_a_share)
{
	static const struct winpath_env share = { "\\\\srv\\share\\d", NULL,
						  false, false, false };
	struct str out = STR_INIT;

	ck_assert_int_eq(winpath_native("x", &share, &out), 0);
	ck_assert_str_eq(str_text(&out), "\\\\?\\UNC\\srv\\share\\d\\x");
	str_clear(&out);
	ck_assert_int_eq(winpath_native("\\x", &share, &out), 0);
	ck_assert_str_eq(str_text(&out), "\\\\?\\UNC\\srv\\share\\x");
	str_clear(&out);
	ck_assert_int_eq(winpath_native("c:x", &share, &out), 0);
	ck_assert_str_eq(str_text(&out), "\\\\?\\C:\\x");
	str_release(&out);
}

END_TEST

/* Microsoft, "Naming Files, Paths, and Namespaces". */
START_TEST(names_of_devices)
{
	static const char *const devices[] = {
		"con",	      "CON.db",	   "C:\\x\\nul",  "x/Aux.a.b",
		"com1.db",    "LPT9",	   "prn .txt",	  "D:con",
		"CONIN$",     "conout$.x", "com\xC2\xB9", "lpt\xC2\xB3.db",
		"con:stream",
	};
	static const char *const files[] = {
		"",	   "con1.db",	  "com0",
		"com",	   "com10",	  "C:\\con\\x.db",
		"icon.db", "co",	  "\\\\?\\C:\\con",
		".con",	   "com\xC2\xB4", "console.db",
	};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		ck_assert_msg(winpath_is_device(devices[i]), "%s", devices[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		ck_assert_msg(!winpath_is_device(files[i]), "%s", files[i]);
}

END_TEST

START_TEST(join)
{
	static const struct {
		const char *dir;
		const char *name;
		const char *want;
	} rows[] = {
		{ "\\\\?\\C:\\", "a", "\\\\?\\C:\\a" },
		{ "\\\\?\\C:\\d", "a. ", "\\\\?\\C:\\d\\a. " },
		{ "\\\\?\\C:\\d", ".", "\\\\?\\C:\\d" },
		{ "\\\\?\\C:\\d", "CON", "\\\\?\\C:\\d\\CON" },
		{ "\\\\?\\C:\\d", "..", NULL },
		{ "\\\\?\\C:\\d", "", NULL },
		{ "\\\\?\\C:\\d", "..\\x", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str out = STR_INIT;
		int err = winpath_join(rows[i].dir, rows[i].name, &out);

		if (rows[i].want == NULL) {
			ck_assert_int_eq(err, ERR_NAME);
		} else {
			ck_assert_int_eq(err, 0);
			ck_assert_str_eq(str_text(&out), rows[i].want);
		}
		str_release(&out);
	}
}

END_TEST

START_TEST(without_memory)
{
	for (int64_t n = 1;; n++) {
		struct str out = STR_INIT;
		int err;

		mem_fail_after(n);
		err = winpath_native("C:\\Windows\\System32\\drivers\\a",
				     &wow64, &out);
		mem_fail_after(0);
		str_release(&out);
		if (err == 0)
			break;
		ck_assert_int_eq(err, ERR_NOMEM);
		ck_assert_int_lt(n, 20);
	}
}

END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

static Suite *winpath_suite(void)
{
	Suite *s = suite_create("winpath");
	TCase *tc = tcase_create("winpath");

	tcase_add_loop_test(tc, native, 0, ROWS(native_rows));
	tcase_add_loop_test(tc, sysnative, 0, ROWS(wow64_rows));
	tcase_add_loop_test(tc, redirector, 0, ROWS(redirected_rows));
	tcase_add_test(tc, alias_alone);
	tcase_add_loop_test(tc, what_is_believed, 0, ROWS(told_rows));
	tcase_add_loop_test(tc, absolute, 0, ROWS(absolute_rows));
	tcase_add_test(tc, long_paths_get_their_prefix);
	tcase_add_test(tc, relative_needs_a_current_folder);
	tcase_add_test(tc, current_folder_on_a_share);
	tcase_add_test(tc, names_of_devices);
	tcase_add_test(tc, join);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(winpath_suite)
