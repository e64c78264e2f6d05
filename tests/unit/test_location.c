/*
 * Unit tests of the places of paths (agent/target/location_table.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "base/str.h"
#include "target/location_table.h"
#include <string.h>

static const struct {
	const char *wpath;
	const char *want;
} rows[] = {
	/* XP, Japanese: these folder names are not translated there. */
	{ "C:\\Documents and Settings\\太郎\\Local Settings\\Temp\\mstmp",
	  "temp" },
	{ "C:\\DOCUMENTS AND SETTINGS\\taro\\LOCAL SETTINGS\\TEMP\\x", "temp" },
	{ "C:\\Documents and Settings\\taro\\Local Settings\\Temp\\a\\b\\c",
	  "temp" },
	{ "C:\\Documents and Settings\\taro\\Local Settings\\Temporary "
	  "Internet Files\\Content.IE5\\A1B2\\x.jpg",
	  "browser_cache" },
	{ "C:\\Documents and Settings\\taro\\Application Data\\Sun\\Java\\"
	  "Deployment\\cache\\6.0\\1\\abc",
	  "java_cache" },
	{ "C:\\Documents and Settings\\taro\\.jpi_cache\\jar\\1.0\\x.zip",
	  "java_cache" },
	{ "C:\\Documents and Settings\\taro\\スタート メニュー\\プログラム\\"
	  "スタートアップ\\x.lnk",
	  "startup" },
	{ "C:\\Documents and Settings\\taro\\Start Menu\\Programs\\Startup\\x",
	  "startup" },
	{ "C:\\Documents and Settings\\All Users\\Application Data\\x\\y.dll",
	  "program_data" },
	{ "C:\\Documents and Settings\\All Users\\Desktop\\y.dll", "profile" },
	{ "C:\\Documents and Settings\\taro\\My Documents\\x.doc", "profile" },
	{ "C:\\Documents and Settings\\taro\\My Documents\\Downloads\\x.exe",
	  "downloads" },
	{ "C:\\WINNT\\system32\\x.dll", "system" },
	{ "C:\\RECYCLER\\S-1-5-21-1\\Dc1.dll", "recycle_bin" },
	{ "C:\\System Volume Information\\_restore{1}\\RP1\\A1.dll",
	  "restore" },
	/* Vista to 11 */
	{ "C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp", "temp" },
	{ "C:\\Users\\taro\\AppData\\Local\\Temp\\Low\\mstmp", "temp" },
	{ "C:\\Users\\taro\\AppData\\Local\\Temp", "temp" },
	{ "C:\\Users\\taro\\AppData\\Local\\Tempo\\x", "profile" },
	{ "C:\\Users\\taro\\AppData\\LocalLow\\Sun\\Java\\Deployment\\"
	  "SystemCache\\6.0\\x",
	  "java_cache" },
	{ "C:\\Windows\\System32\\config\\systemprofile\\AppData\\LocalLow\\"
	  "Sun\\Java\\Deployment\\cache\\6.0\\x",
	  "java_cache" },
	{ "C:\\Windows\\SysWOW64\\config\\systemprofile\\x.dll", "profile" },
	{ "C:\\Windows\\ServiceProfiles\\LocalService\\x.dll", "profile" },
	{ "C:\\Windows\\ServiceProfiles\\LocalService\\AppData\\Local\\Temp\\x",
	  "temp" },
	{ "C:\\Users\\taro\\AppData\\Local\\Microsoft\\Windows\\INetCache\\IE\\"
	  "x.jpg",
	  "browser_cache" },
	{ "C:\\Users\\taro\\AppData\\Local\\Mozilla\\Firefox\\Profiles\\"
	  "x.default\\Cache\\1\\x",
	  "browser_cache" },
	{ "C:\\Users\\taro\\AppData\\Local\\Mozilla\\Firefox\\Profiles\\"
	  "x.default\\cache2\\entries\\x",
	  "browser_cache" },
	{ "C:\\Users\\taro\\AppData\\Local\\Google\\Chrome\\User Data\\"
	  "Default\\Cache\\f_0001",
	  "browser_cache" },
	{ "C:\\Users\\taro\\AppData\\Local\\VirtualStore\\Program Files\\"
	  "Shared\\lib.dll",
	  "virtual_store" },
	{ "C:\\Users\\taro\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\"
	  "Programs\\Startup\\x.exe",
	  "startup" },
	{ "C:\\Users\\taro\\Downloads\\x.exe", "downloads" },
	{ "C:\\Users\\taro\\x.exe", "profile" },
	{ "C:\\Users\\All Users\\x.exe", "program_data" },
	{ "C:\\ProgramData\\x\\y.dll", "program_data" },
	{ "C:\\Program Files\\Shared\\lib.dll", "program_files" },
	{ "C:\\Program Files (x86)\\Shared\\lib.dll", "program_files" },
	{ "C:\\PROGRA~1\\Shared\\lib.dll", "program_files" },
	{ "C:\\Program Files\\Common Files\\x\\y.dll", "common_files" },
	{ "C:\\Program Files (x86)\\Common Files\\y.dll", "common_files" },
	{ "C:\\Program Files\\Foo\\Common Files\\y.dll", "program_files" },
	{ "C:\\Windows\\System32\\x.dll", "system" },
	{ "C:\\windows\\SYSWOW64\\x.dll", "system" },
	{ "C:\\Windows\\Sysnative\\x.dll", "system" },
	{ "C:\\Windows\\Temp\\x.dll", "temp" },
	{ "C:\\Windows\\SystemTemp\\mstmp", "temp" },
	{ "C:\\Windows\\x\\SystemTemp\\mstmp", "windows" },
	{ "C:\\Windows\\x.dll", "windows" },
	{ "C:\\Windows\\assembly\\x\\x.dll", "windows" },
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$R1.dll", "recycle_bin" },
	{ "C:\\Temp\\x", "temp" },
	{ "D:\\x.dll", "root" },
	{ "C:\\", "root" },
	{ "C:", "root" },
	{ "D:\\work\\x.dll", "other" },
	{ "D:\\work\\Windows\\System32\\x.dll", "other" },
	{ "D:\\work\\$Recycle.Bin\\x", "other" },
	/* other spellings */
	{ "\\\\?\\C:\\Windows\\System32\\x.dll", "system" },
	{ "\\??\\C:\\Windows\\System32\\x.dll", "system" },
	{ "C:\\\\Windows\\\\System32\\\\x.dll", "system" },
	{ "\\\\server\\share\\Windows\\x.dll", "other" },
	{ "x.dll", "unknown" },
	{ "", "unknown" },
	{ "C:x.dll", "unknown" },
	/* folder targets */
	{ "\\x.dll", "root" },
	{ "\\Windows\\System32\\x.dll", "system" },
	{ "\\AppData\\Local\\Temp\\x", "temp" },
	{ "\\taro\\AppData\\x", "profile" },
	/* a member of an archive says nothing by its own folders */
	{ "C:\\work\\a.jar!AppData/Local/Temp/x.class", "other" },
};

START_TEST(location_of_every_layout)
{
	const char *got = location_name(location_of(NULL, rows[_i].wpath));

	ck_assert_msg(strcmp(got, rows[_i].want) == 0, "%s is %s, not %s",
		      rows[_i].wpath, got, rows[_i].want);
}

END_TEST

START_TEST(location_by_the_target_s_own_folders)
{
	struct location_table table = { 0 };

	ck_assert_int_eq(location_table_add(&table, "D:\\Prof\\Ｔａｒｏ",
					    LOCATION_PROFILE),
			 0);
	ck_assert_int_eq(location_table_add(&table, "D:\\Prof\\Ｔａｒｏ\\tmp\\",
					    LOCATION_TEMP),
			 0);
	ck_assert_int_eq(location_of(&table, "D:\\Prof\\Ｔａｒｏ\\x"),
			 LOCATION_PROFILE);
	/* Case does not count, full-width letters have it too. */
	ck_assert_int_eq(location_of(&table, "d:\\PROF\\ｔａｒｏ\\TMP\\a\\b"),
			 LOCATION_TEMP);
	ck_assert_int_eq(location_of(&table, "D:\\Prof\\Ｔａｒｏｔ\\x"),
			 LOCATION_OTHER);
	ck_assert_int_eq(location_of(&table, "D:\\Prof\\x\\y"), LOCATION_OTHER);
	/* What the patterns know better stays. */
	ck_assert_int_eq(location_of(&table, "D:\\Prof\\Ｔａｒｏ\\tmp\\"
					     "Content.IE5\\x"),
			 LOCATION_BROWSER_CACHE);
	location_table_release(&table);
}

END_TEST

/* What one user says of a folder changes nothing for the others. */
START_TEST(location_temp_of_a_user)
{
	static const struct {
		const char *wpath;
		enum location anybody, all;
	} rows2[] = {
		{ "C:\\Apps\\Acct\\a.dll", LOCATION_TEMP, LOCATION_OTHER },
		{ "c:\\APPS\\acct\\b\\a.dll", LOCATION_TEMP, LOCATION_OTHER },
		{ "C:\\Apps\\Accts\\a.dll", LOCATION_OTHER, LOCATION_OTHER },
		{ "C:\\Apps\\a.dll", LOCATION_OTHER, LOCATION_OTHER },
		/* Both a user and the machine. */
		{ "D:\\t\\a.dll", LOCATION_TEMP, LOCATION_TEMP },
		{ "D:\\p\\x\\a.dll", LOCATION_TEMP, LOCATION_PROFILE },
		{ "D:\\p\\a.dll", LOCATION_PROFILE, LOCATION_PROFILE },
		/* Stronger patterns stay, the usual places are all's. */
		{ "C:\\Apps\\Acct\\Content.IE5\\a", LOCATION_BROWSER_CACHE,
		  LOCATION_BROWSER_CACHE },
		{ "C:\\Users\\x\\AppData\\Local\\Temp\\a", LOCATION_TEMP,
		  LOCATION_TEMP },
		{ "C:\\Windows\\Temp\\a", LOCATION_TEMP, LOCATION_TEMP },
	};
	struct location_table t = { 0 };

	ck_assert_int_eq(
		location_table_add_temp_of_user(&t, "C:\\Apps\\Acct\\"), 0);
	ck_assert_int_eq(location_table_add_temp_of_user(&t, "D:\\t"), 0);
	ck_assert_int_eq(location_table_add(&t, "D:\\t", LOCATION_TEMP), 0);
	ck_assert_int_eq(location_table_add(&t, "D:\\p", LOCATION_PROFILE), 0);
	ck_assert_int_eq(location_table_add_temp_of_user(&t, "D:\\p\\x"), 0);
	for (size_t i = 0; i < sizeof(rows2) / sizeof(rows2[0]); i++) {
		ck_assert_msg(location_of(&t, rows2[i].wpath) ==
				      rows2[i].anybody,
			      "%s for anybody", rows2[i].wpath);
		ck_assert_msg(location_for_all(&t, rows2[i].wpath) ==
				      rows2[i].all,
			      "%s for all", rows2[i].wpath);
	}
	location_table_release(&t);
}

END_TEST

START_TEST(location_table_holds_many_folders)
{
	struct location_table table = { 0 };
	char path[64];

	for (int i = 0; i < 10000; i++) {
		snprintf(path, sizeof(path), "E:\\p\\user%d", i);
		ck_assert_int_eq(
			location_table_add(&table, path, LOCATION_PROFILE), 0);
	}
	ck_assert_uint_eq(table.count, 10000);
	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "E:\\p\\USER%d\\x", i);
		ck_assert_int_eq(location_of(&table, path),
				 i < 10000 ? LOCATION_PROFILE : LOCATION_OTHER);
	}
	location_table_release(&table);
}

END_TEST

/* A folder's answer stands for its files, whatever their folders are. */
START_TEST(location_of_a_folder_s_files)
{
	static const char *const names[] = {
		"Users",
		"Taro",
		"AppData",
		"Local",
		"LocalLow",
		"Temp",
		"Windows",
		"System32",
		"Program Files",
		"Common Files",
		"Sun",
		"Java",
		"Deployment",
		"cache",
		"Mozilla",
		"User Data",
		"Code Cache",
		"Local Settings",
		"VirtualStore",
		"ServiceProfiles",
		"config",
		"systemprofile",
		"a",
		"b.dll",
		"スタートアップ",
		"プログラム",
		"スタート メニュー",
		"$RECYCLE.BIN",
		"Downloads",
		"All Users",
		"Content.IE5",
		"x y z",
	};
	const size_t count = sizeof(names) / sizeof(names[0]);
	struct location_table table = { 0 };
	uint32_t seed = 1;
	int inherited = 0;

	ck_assert_int_eq(
		location_table_add(&table, "C:\\Users\\Taro\\a", LOCATION_TEMP),
		0);
	for (int i = 0; i < 200000; i++) {
		struct str folder = STR_INIT, path = STR_INIT;
		const struct location_table *t = i & 1 ? &table : NULL;
		const char *name;
		unsigned depth;

		seed = seed * 1664525u + 1013904223u;
		depth = seed >> 29;
		str_add(&folder, i & 2 ? "C:" : "");
		while (depth--) {
			seed = seed * 1664525u + 1013904223u;
			str_addf(&folder, "\\%s", names[(seed >> 16) % count]);
		}
		seed = seed * 1664525u + 1013904223u;
		name = names[(seed >> 16) % count];
		str_addf(&path, "%s\\%s", str_text(&folder), name);
		if (location_is_inherited(str_text(&folder)) &&
		    !location_is_word(name)) {
			inherited++;
			ck_assert_msg(location_of(t, str_text(&path)) ==
					      location_of(t, str_text(&folder)),
				      "%s", str_text(&path));
		}
		str_release(&folder);
		str_release(&path);
	}
	/* Half of the folders are deep enough, an eighth of the names free. */
	ck_assert_int_gt(inherited, 5000);
	ck_assert(!location_is_inherited("C:\\a\\b\\c"));
	ck_assert(location_is_inherited("C:\\a\\b\\c\\d"));
	ck_assert(location_is_inherited("\\a\\b\\c\\d"));
	ck_assert(!location_is_inherited("\\\\a\\b\\c\\d\\e"));
	location_table_release(&table);
}

END_TEST

START_TEST(location_allocates_nothing)
{
	int64_t before = mem_count();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		location_of(NULL, rows[i].wpath);
	ck_assert_int_eq(mem_count(), before);
}

END_TEST

static Suite *location_suite(void)
{
	Suite *s = suite_create("location");
	TCase *c = tcase_create("location");

	tcase_add_loop_test(c, location_of_every_layout, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(c, location_by_the_target_s_own_folders);
	tcase_add_test(c, location_temp_of_a_user);
	tcase_add_test(c, location_table_holds_many_folders);
	tcase_add_test(c, location_of_a_folder_s_files);
	tcase_add_test(c, location_allocates_nothing);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(location_suite)
