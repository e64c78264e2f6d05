/*
 * Unit tests of what rules get as `place` (agent/target/own_folders.c and
 * place_name.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"
#include "base/mem.h"
#include "base/str.h"
#include "target/place_name.h"
#include <string.h>

static void check(char *got, const char *of, const char *want)
{
	ck_assert_ptr_nonnull(got);
	ck_assert_msg(strcmp(got, want) == 0, "'%s' is '%s', not '%s'", of, got,
		      want);
	mem_free(got);
}

/* ---- nothing is known of the Windows ----------------------------- */

static const struct {
	const char *folder, *want;
} guesses[] = {
	{ "\\Program Files\\Shared", "%ProgramFiles%\\Shared" },
	{ "\\PROGRAM FILES\\shared\\", "%ProgramFiles%\\shared" },
	{ "\\Program Files (x86)\\Shared", "%ProgramFiles(x86)%\\Shared" },
	{ "\\PROGRA~1\\Shared", "%ProgramFiles%\\Shared" },
	{ "\\progra~2\\Shared", "%ProgramFiles(x86)%\\Shared" },
	{ "\\Program Files", "%ProgramFiles%" },
	{ "\\Program Files\\Common Files\\x", "%CommonProgramFiles%\\x" },
	{ "\\Program Files (x86)\\Common Files", "%CommonProgramFiles(x86)%" },
	{ "\\Program Files\\x\\Common Files",
	  "%ProgramFiles%\\x\\Common Files" },
	/* A copy of a disk lies anywhere, the innermost is the one. */
	{ "\\Backup\\2010\\Program Files\\Shared", "%ProgramFiles%\\Shared" },
	{ "\\Users\\taro\\Desktop\\c\\Program Files\\Shared",
	  "%ProgramFiles%\\Shared" },
	{ "\\Program Files\\Old\\Program Files\\Shared",
	  "%ProgramFiles%\\Shared" },
	/* Windows shows it as Program Files, but that is not where it lies. */
	{ "\\c\\Users\\taro\\AppData\\Local\\VirtualStore\\Program Files\\"
	  "Shared",
	  "%LOCALAPPDATA%\\VirtualStore\\Program Files\\Shared" },
	{ "\\Users\\taro\\VirtualStore\\Program Files\\Shared",
	  "%ProgramFiles%\\Shared" },
	{ "\\Users\\taro\\AppData\\Local\\Temp", "%LOCALAPPDATA%\\Temp" },
	{ "\\Users\\taro\\AppData\\Roaming\\K", "%APPDATA%\\K" },
	{ "\\AppData\\Local\\x", "%LOCALAPPDATA%\\x" },
	{ "\\Users\\taro\\AppData", "%USERPROFILE%\\AppData" },
	{ "\\Users\\taro\\AppData\\x\\Local",
	  "%USERPROFILE%\\AppData\\x\\Local" },
	{ "\\Users\\太郎\\Desktop", "%USERPROFILE%\\Desktop" },
	{ "\\Users", "\\Users" },
	{ "\\Documents and Settings\\太郎\\Local Settings\\Application "
	  "Data\\x",
	  "%LOCALAPPDATA%\\x" },
	{ "\\Documents and Settings\\太郎\\Local Settings\\Temp",
	  "%USERPROFILE%\\Local Settings\\Temp" },
	{ "\\Documents and Settings\\太郎\\Application Data\\x",
	  "%APPDATA%\\x" },
	{ "\\Documents and Settings\\All Users\\Application Data\\x",
	  "%ProgramData%\\x" },
	{ "\\Documents and Settings\\All Users\\x", "%ALLUSERSPROFILE%\\x" },
	{ "\\ProgramData\\x", "%ProgramData%\\x" },
	{ "\\Windows\\System32", "%SystemRoot%\\System32" },
	{ "\\c\\WINNT\\Temp", "%SystemRoot%\\Temp" },
	{ "\\Program Files\\Vendor\\Windows",
	  "%ProgramFiles%\\Vendor\\Windows" },
	{ "\\Program Files x\\Shared", "\\Program Files x\\Shared" },
	{ "\\My Program Files\\Shared", "\\My Program Files\\Shared" },
	{ "\\Shared", "\\Shared" },
	{ "\\", "" },
	{ "", "" },
	/* Rules of before would have been fooled by these. */
	{ "\\x\\%ProgramFiles%\\Shared", "\\x\\%ProgramFiles%\\Shared" },
};

START_TEST(place_by_the_names_alone)
{
	check(place_name_guess(guesses[_i].folder), guesses[_i].folder,
	      guesses[_i].want);
}

END_TEST

/* ---- by the folders of a Windows --------------------------------- */

START_TEST(place_is_the_longest_that_fits)
{
	struct place_names n = { NULL, 0 };

	check(place_name(&n, "C:\\a\\b"), "no folder", "C:\\a\\b");
	ck_assert_int_eq(place_names_add(&n, "D:\\Apps\\", "%ProgramFiles%"),
			 0);
	ck_assert_int_eq(place_names_add(&n, "D:\\Apps\\Common", "%Common%"),
			 0);
	ck_assert_int_eq(place_names_add(&n, "C:\\ユーザー", "%USERPROFILE%"),
			 0);
	/* The first stays; a drive is none; nor is what is too deep. */
	ck_assert_int_eq(place_names_add(&n, "d:\\apps", "%Other%"), 0);
	ck_assert_int_eq(place_names_add(&n, "E:\\", "%Drive%"), 0);
	ck_assert_int_eq(place_names_add(&n, "E:", "%Drive%"), 0);
	ck_assert_int_eq(
		place_names_add(&n,
				"C:\\1\\2\\3\\4\\5\\6\\7\\8\\9\\10\\11\\12\\13"
				"\\14\\15\\16\\17",
				"%Deep%"),
		0);
	check(place_name(&n, "D:\\Apps\\Shared"), "below",
	      "%ProgramFiles%\\Shared");
	check(place_name(&n, "d:\\APPS"), "itself", "%ProgramFiles%");
	check(place_name(&n, "D:\\Apps\\Common\\x\\y"), "the longest",
	      "%Common%\\x\\y");
	check(place_name(&n, "D:\\Apps\\CommonX\\y"), "a longer name",
	      "%ProgramFiles%\\CommonX\\y");
	check(place_name(&n, "D:\\Apps2\\Shared"), "another",
	      "D:\\Apps2\\Shared");
	check(place_name(&n, "C:\\Backup\\D:\\Apps\\Shared"), "elsewhere",
	      "C:\\Backup\\D:\\Apps\\Shared");
	check(place_name(&n, "C:\\ユーザー\\Desktop\\"), "not ASCII",
	      "%USERPROFILE%\\Desktop");
	check(place_name(&n, "E:\\x"), "a drive", "E:\\x");
	check(place_name(&n, "E:"), "a drive alone", "E:");
	check(place_name(&n,
			 "C:\\1\\2\\3\\4\\5\\6\\7\\8\\9\\10\\11\\12\\13\\14\\15"
			 "\\16\\17\\18"),
	      "too deep",
	      "C:\\1\\2\\3\\4\\5\\6\\7\\8\\9\\10\\11\\12\\13\\14\\15\\16\\17"
	      "\\18");
	place_names_release(&n);
}

END_TEST

/* ---- a target ---------------------------------------------------- */

#define TARO	"S-1-5-21-1-2-3-1001"
#define CURRENT "Microsoft\\Windows\\CurrentVersion"

static const struct {
	const char *folder, *want;
} apps_rows[] = {
	{ "D:\\Apps\\Shared", "%ProgramFiles%\\Shared" },
	{ "D:\\Apps32\\Shared", "%ProgramFiles(x86)%\\Shared" },
	{ "D:\\Apps\\Common\\x", "%CommonProgramFiles%\\x" },
	{ "D:\\Apps32\\Common\\x", "%CommonProgramFiles(x86)%\\x" },
	/* What was there before the setting was changed is there still. */
	{ "C:\\Program Files\\Shared", "%ProgramFiles%\\Shared" },
	{ "C:\\Program Files (x86)\\Shared", "%ProgramFiles(x86)%\\Shared" },
	{ "C:\\Program Files\\Common Files", "%CommonProgramFiles%" },
	/* Others only bear such names. */
	{ "D:\\Program Files\\Shared", "D:\\Program Files\\Shared" },
	{ "C:\\Backup\\Program Files\\Shared",
	  "C:\\Backup\\Program Files\\Shared" },
	{ "C:\\Users\\Public\\Program Files\\Shared",
	  "%PUBLIC%\\Program Files\\Shared" },
	{ "C:\\Users\\taro\\Program Files\\Shared",
	  "%USERPROFILE%\\Program Files\\Shared" },
	{ "C:\\Users\\taro\\AppData\\Local\\VirtualStore\\Program Files\\"
	  "Shared",
	  "%LOCALAPPDATA%\\VirtualStore\\Program Files\\Shared" },
	{ "C:\\Users\\taro\\AppData\\Roaming\\x", "%APPDATA%\\x" },
	{ "C:\\Users\\nobody\\AppData\\Roaming\\x",
	  "C:\\Users\\nobody\\AppData\\Roaming\\x" },
	{ "C:\\Windows\\SysWOW64", "%SystemRoot%\\SysWOW64" },
	{ "C:\\ProgramData\\x", "%ProgramData%\\x" },
	/* What a user says of himself makes no place. */
	{ "C:\\Apps\\Acct", "C:\\Apps\\Acct" },
	{ "C:\\", "C:" },
};

/* Program Files on another drive, and a user who says what he can say. */
static struct target *open_apps(struct fixture *f)
{
	struct hive_maker_key *user = hive_maker_new("ROOT");

	fixture_init(f);
	fixture_text(f->software, "Microsoft\\Windows NT\\CurrentVersion",
		     "CurrentVersion", "6.1");
	fixture_text(f->software, CURRENT, "ProgramFilesDir", "D:\\Apps");
	fixture_text(f->software, CURRENT, "ProgramFilesDir (x86)",
		     "d:\\Apps32\\");
	fixture_text(f->software, CURRENT, "CommonFilesDir",
		     "D:\\Apps\\Common");
	fixture_text(f->software, CURRENT, "CommonFilesDir (x86)",
		     "D:\\Apps32\\Common");
	fixture_text(f->system,
		     "ControlSet001\\Control\\Session Manager\\Environment",
		     "PROCESSOR_ARCHITECTURE", "AMD64");
	fixture_dword(f->system, "Select", "Current", 1);
	fixture_profile(f, TARO, "C:\\Users\\taro");
	fixture_machine_hives(f, "Windows/System32/config");
	fixture_text(user, "Environment", "ProgramFiles", "C:\\Apps\\Acct");
	fixture_text(user, "Environment", "APPDATA", "C:\\Apps\\Acct");
	fixture_text(user, "Environment", "TEMP", "C:\\Apps\\Acct");
	fixture_hive(f, "Users/taro/NTUSER.DAT", user);
	fixture_folder(f, "Program Files/Shared");
	fixture_folder(f, "Program Files (x86)/Other");
	return fixture_open(f);
}

START_TEST(place_by_the_target_s_own_folders)
{
	struct fixture f;
	struct target *t = open_apps(&f);

	for (size_t i = 0; i < sizeof(apps_rows) / sizeof(apps_rows[0]); i++)
		check(target_place(t, apps_rows[i].folder), apps_rows[i].folder,
		      apps_rows[i].want);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static void check_spelled(struct target *t, const char *wpath, const char *want)
{
	char *path = target_spelling(t, wpath);

	ck_assert_ptr_nonnull(path);
	check(target_place_of(t, path), wpath, want);
	mem_free(path);
}

START_TEST(place_of_a_file_spelled_in_any_way)
{
	struct fixture f;
	struct target *t = open_apps(&f);

	check_spelled(t, "D:\\Apps\\Shared\\lib.dll",
		      "%ProgramFiles%\\Shared\\lib.dll");
	/* Only one of the two that PROGRA~1 fits holds a Shared. */
	check_spelled(t, "C:\\PROGRA~1\\Shared\\gone\\lib.dll",
		      "%ProgramFiles%\\Shared\\gone\\lib.dll");
	check_spelled(t, "C:\\PROGRA~1\\Other\\lib.dll",
		      "%ProgramFiles(x86)%\\Other\\lib.dll");
	/* Neither has it: as setup numbers them. */
	check_spelled(t, "C:\\PROGRA~1\\None\\lib.dll",
		      "%ProgramFiles%\\None\\lib.dll");
	check_spelled(t, "C:\\PROGRA~2\\COMMON~1\\lib.dll",
		      "%CommonProgramFiles(x86)%\\lib.dll");
	check_spelled(t, "C:\\Documents and Settings\\taro\\x.dll",
		      "%USERPROFILE%\\x.dll");
	check_spelled(t, "lib.dll", "lib.dll");
	check_spelled(t, "C:\\lib.dll", "C:\\lib.dll");
	check_spelled(t, "", "");
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(place_in_a_folder_goes_by_names)
{
	struct fixture f;
	struct target_options o = { .kind = TARGET_FOLDER };
	struct target *t = NULL;

	fixture_init(&f);
	o.root = f.root;
	ck_assert_int_eq(target_open(&o, &t), 0);
	check(target_place(t, "\\Backup\\Program Files\\Shared"), "a copy",
	      "%ProgramFiles%\\Shared");
	check(target_place(t, ""), "the folder itself", "");
	target_free(t);
	fixture_release(&f);
}

END_TEST

static Suite *place_suite(void)
{
	Suite *s = suite_create("place");
	TCase *c = tcase_create("place");

	tcase_add_loop_test(c, place_by_the_names_alone, 0,
			    (int)(sizeof(guesses) / sizeof(guesses[0])));
	tcase_add_test(c, place_is_the_longest_that_fits);
	tcase_add_test(c, place_by_the_target_s_own_folders);
	tcase_add_test(c, place_of_a_file_spelled_in_any_way);
	tcase_add_test(c, place_in_a_folder_goes_by_names);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(place_suite)
