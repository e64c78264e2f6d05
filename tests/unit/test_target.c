/*
 * Unit tests of offline and folder targets: identity, paths, users,
 * variables.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_kinds.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"

#include "base/digest.h"
#include "base/err.h"
#include "target/target_private.h"

#include <string.h>

#define TARO "S-1-5-21-1-2-3-1001"
#define JIRO "S-1-5-21-1-2-3-1002"

static void windows7(struct fixture *f)
{
	fixture_init(f);
	fixture_windows7(f);
	fixture_profile(f, TARO, "C:\\Users\\太郎");
	fixture_profile(f, "S-1-5-18",
			"%systemroot%\\system32\\config\\systemprofile");
	fixture_machine_hives(f, "Windows/System32/config");
	fixture_folder(f, "Windows/SysWOW64");
	fixture_file(f, "Windows/System32/Both.dll", "64");
	fixture_file(f, "Windows/SysWOW64/both.dll", "32");
	fixture_user_hive(f, "Windows/System32/config/DEFAULT", NULL);
	fixture_user_hive(f, "Users/太郎/NTUSER.DAT",
			  "%USERPROFILE%\\AppData\\Local\\Temp");
	fixture_user_hive(f,
			  "Users/太郎/AppData/Local/Microsoft/Windows/"
			  "UsrClass.dat",
			  NULL);
	fixture_file(f, "Users/太郎/AppData/Local/Temp/mstmp", "x");
	fixture_user_hive(f, "Users/Default/NTUSER.DAT", NULL);
	fixture_file(f, "Program Files/Shared/lib.dll", "x");
	fixture_folder(f, "Program Files (x86)");
}

static void check_path(struct target *t, const char *wpath, int view,
		       const char *want)
{
	struct target_path p = { 0 };
	int ret = target_resolve(t, wpath, view, &p);

	ck_assert_msg(ret == 0, "%s: %s", wpath, err_last()->text);
	ck_assert_str_eq(p.wpath, want);
	target_path_release(&p);
}

static void check_no_path(struct target *t, const char *wpath, int want)
{
	struct target_path p = { 0 };
	int ret = target_resolve(t, wpath, 64, &p);

	ck_assert_msg(ret == want, "%s: %s, not %s", wpath, err_name(ret),
		      err_name(want));
	ck_assert_ptr_null(p.wpath);
}

static void check_expand(struct target *t, const struct target_user *u,
			 int view, const char *text, const char *want)
{
	char *got = target_expand(t, u, view, text);

	ck_assert_str_eq(got, want);
	mem_free(got);
}

/* ---- identity ------------------------------------------------------------ */

START_TEST(target_identity_of_windows_7)
{
	static const char text[] = "B5A1C2D3-1111-2222-3333-444455556666\n"
				   "TARO-PC\n1285891200";
	const struct target_info *info;
	struct fixture f;
	struct target *t;
	char hex[65];

	windows7(&f);
	t = fixture_open(&f);
	info = target_info(t);
	ck_assert_str_eq(info->product_name, "Windows 7 Professional");
	ck_assert_str_eq(info->version, "6.1.7601");
	ck_assert_str_eq(info->edition, "Professional");
	ck_assert_str_eq(info->service_pack, "Service Pack 1");
	ck_assert_str_eq(info->computer_name, "TARO-PC");
	ck_assert(info->is_64bit);
	ck_assert_int_eq(info->system_drive, 'C');
	digest_sha256_hex(text, strlen(text), hex);
	hex[32] = '\0';
	ck_assert_str_eq(info->target_id, hex);
	ck_assert_uint_eq(f.gaps.count, 0);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_identity_of_xp_in_other_case)
{
	const struct target_info *info;
	const struct target_user *u;
	struct fixture f;
	struct target *t;

	fixture_init(&f);
	fixture_xp(&f);
	fixture_profile(&f, TARO,
			"%SystemDrive%\\Documents and Settings\\taro");
	fixture_machine_hives(&f, "WINDOWS/system32/CONFIG");
	fixture_user_hive(&f, "WINDOWS/system32/CONFIG/default", NULL);
	fixture_user_hive(&f, "Documents and Settings/Taro/ntuser.dat", NULL);
	fixture_user_hive(&f,
			  "Documents and Settings/Taro/Local Settings/"
			  "Application Data/Microsoft/Windows/UsrClass.dat",
			  NULL);
	fixture_user_hive(&f, "Documents and Settings/LocalService/NTUSER.DAT",
			  NULL);
	fixture_user_hive(&f, "Documents and Settings/Default User/NTUSER.DAT",
			  NULL);
	fixture_folder(&f, "Documents and Settings/All Users");
	t = fixture_open(&f);
	info = target_info(t);
	ck_assert_str_eq(info->version, "5.1.2600");
	ck_assert_ptr_null(info->edition);
	ck_assert(!info->is_64bit);
	/* No name, no GUID, no date: of the path. */
	ck_assert_uint_eq(strlen(info->target_id), 32);
	ck_assert_uint_eq(target_user_count(t), 4);
	u = fixture_user(t, "HKU\\" TARO);
	ck_assert_ptr_nonnull(u);
	ck_assert_str_eq(u->name, "Taro");
	ck_assert_str_eq(u->profile, "C:\\Documents and Settings\\Taro");
	ck_assert_str_eq(target_variable(t, u, 32, "temp"),
			 "C:\\Documents and Settings\\Taro\\Local Settings\\"
			 "Temp");
	ck_assert_str_eq(target_variable(t, u, 32, "APPDATA"),
			 "C:\\Documents and Settings\\Taro\\Application Data");
	ck_assert_str_eq(target_variable(t, NULL, 32, "ProgramData"),
			 "C:\\Documents and Settings\\All Users\\"
			 "Application Data");
	ck_assert_ptr_null(target_variable(t, NULL, 32, "ProgramFiles(x86)"));
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\S-1-5-19"));
	ck_assert(fixture_user(t, "HKU\\(Default User)")->is_default);
	ck_assert_uint_eq(f.gaps.count, 0);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_windows_11_says_so)
{
	struct fixture f;
	struct target *t;

	fixture_init(&f);
	fixture_text(f.software, "Microsoft\\Windows NT\\CurrentVersion",
		     "ProductName", "Windows 10 Pro");
	fixture_text(f.software, "Microsoft\\Windows NT\\CurrentVersion",
		     "CurrentVersion", "6.3");
	fixture_text(f.software, "Microsoft\\Windows NT\\CurrentVersion",
		     "CurrentBuildNumber", "22631");
	fixture_dword(f.software, "Microsoft\\Windows NT\\CurrentVersion",
		      "CurrentMajorVersionNumber", 10);
	fixture_text(f.software, "Microsoft\\Windows NT\\CurrentVersion",
		     "SystemRoot", "D:\\Windows");
	fixture_machine_hives(&f, "Windows/System32/config");
	t = fixture_open(&f);
	ck_assert_str_eq(target_info(t)->product_name, "Windows 11 Pro");
	ck_assert_str_eq(target_info(t)->version, "10.0.22631");
	ck_assert_int_eq(target_info(t)->system_drive, 'D');
	check_path(t, "d:\\windows\\system32", 0, "D:\\Windows\\System32");
	check_no_path(t, "C:\\Windows", ERR_UNSUPPORTED);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_DRIVE_NOT_MAPPED), 1);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_open_says_what_is_wrong)
{
	struct target_options o = { .kind = TARGET_OFFLINE };
	struct fixture f;
	struct target *t = NULL;
	char *path;

	fixture_init(&f);
	o.root = f.root;
	ck_assert_int_eq(target_open(&o, &t), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "holds no Windows"));
	fixture_folder(&f, "WINDOWS/system32/config");
	path = fixture_path(&f, "WINDOWS");
	o.root = path;
	ck_assert_int_eq(target_open(&o, &t), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "itself"));
	mem_free(path);
	path = fixture_path(&f, "missing");
	o.root = path;
	ck_assert_int_eq(target_open(&o, &t), ERR_NOT_FOUND);
	mem_free(path);
	fixture_file(&f, "file", "x");
	path = fixture_path(&f, "file");
	o.root = path;
	ck_assert_int_eq(target_open(&o, &t), ERR_NOT_DIR);
	o.kind = TARGET_FOLDER;
	ck_assert_int_eq(target_open(&o, &t), ERR_NOT_DIR);
	mem_free(path);
	o.root = "";
	ck_assert_int_eq(target_open(&o, &t), ERR_INVALID);
	ck_assert_ptr_null(t);
	fixture_release(&f);
}

END_TEST

/* Hives that are empty, garbage, a folder or missing: gaps, no failure. */
START_TEST(target_with_bad_hives_still_opens)
{
	static const char *const kinds[] = { "missing", "empty", "garbage",
					     "folder" };
	struct fixture f;
	struct target *t;
	const struct target_user *u;

	fixture_init(&f);
	fixture_folder(&f, "Windows/System32/config");
	if (_i == 1)
		fixture_file(&f, "Windows/System32/config/SOFTWARE", "");
	else if (_i == 2)
		fixture_file(&f, "Windows/System32/config/SOFTWARE",
			     "this is no hive, but longer than a few bytes");
	else if (_i == 3)
		fixture_folder(&f, "Windows/System32/config/SOFTWARE");
	fixture_user_hive(&f, "Users/taro/NTUSER.DAT", NULL);
	t = fixture_open(&f);
	ck_assert_msg(fixture_gap_count(&f, GAP_HIVE_UNREADABLE) >= 1, "%s",
		      kinds[_i]);
	ck_assert_ptr_null(target_info(t)->version);
	u = fixture_user(t, "HKU\\(taro)");
	ck_assert_ptr_nonnull(u);
	ck_assert(u->is_orphan);
	ck_assert_str_eq(u->sid, "");
	ck_assert_str_eq(u->profile, "C:\\Users\\taro");
	ck_assert_str_eq(target_variable(t, NULL, 64, "ProgramFiles"),
			 "C:\\Program Files");
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* What is wrong with the file of a hive is one gap, named after its cause. */
static const struct {
	const char *kind; /* of hive_kinds */
	enum gap_kind gap;
	const char *why;
} hive_causes[] = {
	{ "no log", GAP_HIVE_LOGS_MISSING,
	  "the hive was not closed properly and there is no transaction log "
	  "with it" },
	{ "a damaged log", GAP_HIVE_LOGS_MISSING,
	  "the hive was not closed properly and its transaction log cannot be "
	  "used: its base block is damaged or it was not finished" },
	{ "an entry that lies", GAP_HIVE_LOGS_MISSING,
	  "not all that its transaction logs hold could be used: an entry of "
	  "it is damaged" },
	{ "a base block with a wrong size", GAP_HIVE_DAMAGED,
	  "the base block of the hive is damaged and there is no transaction "
	  "log with it" },
};

static const struct hive_kind *find_kind(const char *name)
{
	for (int i = 0; i < hive_kind_count; i++)
		if (!strcmp(hive_kinds[i].name, name))
			return &hive_kinds[i];
	ck_abort_msg("no such kind: %s", name);
	return NULL;
}

START_TEST(target_tells_each_cause_once)
{
	struct hive_made m = { 0 };
	struct fixture f;
	struct target *t;
	char *path;
	int rows = 0;

	fixture_init(&f);
	fixture_folder(&f, "Windows/System32/config");
	path = fixture_path(&f, "Windows/System32/config/SOFTWARE");
	find_kind(hive_causes[_i].kind)->make(&m);
	hive_made_write(&m, path);
	t = fixture_open(&f);
	for (size_t i = 0; i < f.gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f.gaps, i);

		/* The file, or the hive as a whole. */
		if (strcmp(g->path, "C:\\Windows\\System32\\config\\"
				    "SOFTWARE") != 0 &&
		    strcmp(g->path, "HKLM\\SOFTWARE") != 0)
			continue;
		rows++;
		ck_assert_int_eq(g->kind, hive_causes[_i].gap);
		ck_assert_str_eq(g->reason, hive_causes[_i].why);
	}
	ck_assert_int_eq(rows, 1);
	target_free(t);
	hive_made_release(&m);
	mem_free(path);
	fixture_release(&f);
}

END_TEST

/* ---- paths ------------------------------------------------------- */

START_TEST(target_resolve_any_spelling)
{
	static const struct {
		const char *wpath;
		int view;
		const char *want;
	} rows[] = {
		{ "c:\\PROGRAM files\\shared\\LIB.DLL", 64,
		  "C:\\Program Files\\Shared\\lib.dll" },
		{ "C:/Program Files/Shared//./lib.dll", 64,
		  "C:\\Program Files\\Shared\\lib.dll" },
		{ "\\??\\C:\\Program Files\\x\\..\\Shared\\lib.dll", 64,
		  "C:\\Program Files\\Shared\\lib.dll" },
		{ "\\\\?\\C:\\Program Files\\Shared\\lib.dll", 64,
		  "C:\\Program Files\\Shared\\lib.dll" },
		{ "C:\\..\\..\\Program Files\\Shared\\lib.dll", 64,
		  "C:\\Program Files\\Shared\\lib.dll" },
		{ "\\Program Files\\Shared", 64, "C:\\Program Files\\Shared" },
		{ "C:\\PROGRA~1\\Shared\\lib.dll", 64,
		  "C:\\Program Files\\Shared\\lib.dll" },
		{ "\\SystemRoot\\system32\\BOTH.dll", 64,
		  "C:\\Windows\\System32\\Both.dll" },
		{ "C:\\Windows\\System32\\both.dll", 32,
		  "C:\\Windows\\SysWOW64\\both.dll" },
		{ "C:\\Windows\\Sysnative\\both.dll", 32,
		  "C:\\Windows\\System32\\Both.dll" },
		{ "C:\\Windows\\System32\\both.dll", 0,
		  "C:\\Windows\\System32\\Both.dll" },
		{ "C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp.", 64,
		  "C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp" },
		{ "C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp. .", 0,
		  "C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp" },
		/* Junctions that nobody laid here: by rule. */
		{ "C:\\Documents and Settings\\太郎\\Local Settings\\Temp\\"
		  "mstmp",
		  64, "C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp" },
		{ "C:\\Users\\太郎\\AppData\\Local\\Application Data\\Temp", 64,
		  "C:\\Users\\太郎\\AppData\\Local\\Temp" },
		{ "C:\\", 64, "C:\\" },
		{ "C:", 64, "C:\\" },
	};
	struct fixture f;
	struct target *t;

	windows7(&f);
	t = fixture_open(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_path(t, rows[i].wpath, rows[i].view, rows[i].want);
	/* Program Files and Program Files (x86), and below neither. */
	check_no_path(t, "C:\\PROGRA~1", ERR_NAME);
	check_no_path(t, "C:\\PROGRA~1\\nothing\\x", ERR_NAME);
	check_no_path(t, "C:\\Windows\\Sysnative\\both.dll", ERR_NOT_FOUND);
	check_no_path(t, "C:\\nothing\\x", ERR_NOT_FOUND);
	check_no_path(t, "C:\\Program Files\\Shared\\lib.dll\\x",
		      ERR_NOT_FOUND);
	check_no_path(t, "\\\\server\\share\\x", ERR_UNSUPPORTED);
	check_no_path(t, "\\\\?\\Volume{1}\\x", ERR_UNSUPPORTED);
	check_no_path(t, "lib.dll", ERR_INVALID);
	check_no_path(t, "C:lib.dll", ERR_INVALID);
	check_no_path(t, "", ERR_INVALID);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_DRIVE_NOT_MAPPED), 0);
	check_no_path(t, "E:\\x", ERR_UNSUPPORTED);
	check_no_path(t, "E:\\x", ERR_UNSUPPORTED);
	check_no_path(t, "\\??\\e:\\y", ERR_UNSUPPORTED);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_DRIVE_NOT_MAPPED), 1);
	check_no_path(t, "F:\\x", ERR_UNSUPPORTED);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_DRIVE_NOT_MAPPED), 2);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_resolve_short_names)
{
	struct fixture f;
	struct target *t;

	windows7(&f);
	fixture_file(&f, "Program Files/Adobe Acrobat/Helper Object.dll", "x");
	t = fixture_open(&f);
	check_path(t, "C:\\Program Files\\ADOBEA~1\\HELPER~1.DLL", 64,
		   "C:\\Program Files\\Adobe Acrobat\\Helper Object.dll");
	/* Which number it had nobody knows any more. */
	check_path(t, "C:\\Program Files\\ADOBEA~2", 64,
		   "C:\\Program Files\\Adobe Acrobat");
	check_path(t, "C:\\Program Files\\AD12AB~1", 64,
		   "C:\\Program Files\\Adobe Acrobat");
	check_no_path(t, "C:\\Program Files\\FOOBAR~1", ERR_NAME);
	fixture_file(&f, "Program Files/Adobe Acrobat 9/x", "x");
	target_free(t);
	t = fixture_open(&f);
	check_no_path(t, "C:\\Program Files\\ADOBEA~1", ERR_NAME);
	/* A name that really is spelled so wins. */
	fixture_file(&f, "Program Files/adobea~1/x", "x");
	target_free(t);
	t = fixture_open(&f);
	check_path(t, "C:\\Program Files\\ADOBEA~1", 64,
		   "C:\\Program Files\\adobea~1");
	target_free(t);
	fixture_release(&f);
}

END_TEST

static void check_says(struct target *t, const char *wpath, const char *text)
{
	check_no_path(t, wpath, ERR_NAME);
	ck_assert_msg(strstr(err_last()->text, text) != NULL, "%s: \"%s\"",
		      wpath, err_last()->text);
}

/* Each of two parts fits several names, both of them together one file. */
START_TEST(target_resolve_two_short_names)
{
	struct fixture f;
	struct target *t;

	windows7(&f);
	fixture_file(&f, "Program Files/Microsoft Office/Office14/URLREDIR.DLL",
		     "x");
	fixture_folder(&f, "Program Files/Microsoft Games/Chess");
	fixture_folder(&f, "Program Files (x86)/Microsoft.NET/Primary");
	fixture_folder(&f, "Program Files (x86)/Microsoft Synctoy");
	fixture_folder(&f, "Program Files (x86)/Microsoft Analysis");
	fixture_folder(&f, "Program Files old/Adobe");
	fixture_file(&f,
		     "Documents and Settings/Administrator/Local Settings/"
		     "Temp/mstmp",
		     "x");
	fixture_folder(&f, "Documents and Settings/Administrator_OLD/Desktop");
	t = fixture_open(&f);
	check_path(t, "C:\\PROGRA~1\\MICROS~1\\Office14\\URLREDIR.DLL", 64,
		   "C:\\Program Files\\Microsoft Office\\Office14\\"
		   "URLREDIR.DLL");
	check_path(t, "C:\\DOCUME~1\\ADMINI~1\\LOCALS~1\\Temp\\mstmp", 64,
		   "C:\\Documents and Settings\\Administrator\\"
		   "Local Settings\\Temp\\mstmp");
	check_says(t, "C:\\NOSUCH~1\\x.dll", "no long name");
	check_says(t, "C:\\PROGRA~1\\NOSUCH~1\\x.dll", "below none of them");
	check_says(t, "C:\\PROGRA~1\\MICROS~1\\x.dll", "below none of them");
	/* In the other one nothing decides: several fit. */
	fixture_file(
		&f,
		"Program Files (x86)/Microsoft Synctoy/Office14/URLREDIR.DLL",
		"y");
	target_free(t);
	t = fixture_open(&f);
	check_says(t, "C:\\PROGRA~1\\MICROS~1\\Office14\\URLREDIR.DLL",
		   "fits 3 long names");
	check_no_path(t, "C:\\PROGRA~1\\MICROS~1", ERR_NAME);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* What comes into being after a folder was listed is found, too. */
START_TEST(target_resolve_sees_new_files)
{
	struct fixture f;
	struct target *t;

	windows7(&f);
	t = fixture_open(&f);
	check_no_path(t, "C:\\PROGRAM FILES\\SHARED\\new.dll", ERR_NOT_FOUND);
	check_no_path(t, "C:\\PROGRAM FILES\\SHARED\\new.dll", ERR_NOT_FOUND);
	fixture_file(&f, "Program Files/Shared/new.dll", "x");
	check_path(t, "C:\\PROGRAM FILES\\SHARED\\new.dll", 64,
		   "C:\\Program Files\\Shared\\new.dll");
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_resolve_hostile_paths)
{
	struct fixture f;
	struct target *t;
	char *path = mem_alloc(200000);

	windows7(&f);
	t = fixture_open(&f);
	memset(path, 'a', 199999);
	memcpy(path, "C:\\", 3);
	path[199999] = '\0';
	check_no_path(t, path, ERR_TOO_LARGE);
	path[40000] = '\0';
	ck_assert_int_ne(
		target_resolve(t, path, 64, &(struct target_path){ 0 }), 0);
	for (size_t i = 3; i < 40000; i++)
		path[i] = i % 2 ? 'a' : '\\';
	check_no_path(t, path, ERR_TOO_LARGE);
	check_no_path(t, "C:\\Windows\\\xED\xA0\x80\\x", ERR_NOT_FOUND);
	check_no_path(t, "C:\\Windows\\\xC0\x80\\x", ERR_NOT_FOUND);
	check_no_path(t, "C:\\Windows\\%s%n\\x", ERR_NOT_FOUND);
	check_no_path(t, "C:\\Windows\\*", ERR_NOT_FOUND);
	check_no_path(t, "C:\\Windows\\ ", ERR_NOT_FOUND);
	check_no_path(t, "C:\\Windows\\System32\\both.dll:stream",
		      ERR_NOT_FOUND);
	mem_free(path);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_maps_further_drives)
{
	struct target_map maps[2] = { { 'd', NULL }, { 'D', NULL } };
	struct target_options o = { .kind = TARGET_OFFLINE,
				    .maps = maps,
				    .map_count = 1 };
	const struct target_user *u;
	struct fixture f;
	struct target *t;
	char *path;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "D:\\Prof\\taro");
	fixture_machine_hives(&f, "c/Windows/System32/config");
	fixture_user_hive(&f, "d/prof/Taro/NTUSER.DAT", NULL);
	fixture_file(&f, "d/x/y.txt", "");
	o.root = fixture_path(&f, "c");
	o.gaps = &f.sink;
	path = fixture_path(&f, "d");
	maps[0].path = path;
	maps[1].path = path;
	ck_assert_int_eq(target_open(&o, &t), 0);
	ck_assert_uint_eq(target_volume_count(t), 2);
	ck_assert_str_eq(target_volume(t, 1)->wprefix, "D:");
	check_path(t, "d:\\X\\y.txt", 64, "D:\\x\\y.txt");
	u = fixture_user(t, "HKU\\" TARO);
	ck_assert_str_eq(u->profile, "D:\\prof\\Taro");
	ck_assert_str_eq(target_location(t, "D:\\prof\\Taro\\x.dll"),
			 "profile");
	ck_assert_str_eq(target_location(t, "D:\\prof\\Hanako\\x.dll"),
			 "other");
	target_free(t);
	o.map_count = 0;
	ck_assert_int_eq(target_open(&o, &t), 0);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_DRIVE_NOT_MAPPED), 1);
	target_free(t);
	o.map_count = 2;
	ck_assert_int_eq(target_open(&o, &t), ERR_INVALID);
	maps[0].drive = 'C';
	ck_assert_int_eq(target_open(&o, &t), ERR_INVALID);
	mem_free(path);
	mem_free((char *)o.root);
	fixture_release(&f);
}

END_TEST

START_TEST(target_folder_has_files_only)
{
	struct target_options o = { .kind = TARGET_FOLDER };
	struct reg_root *root = NULL;
	const char *prefix = NULL;
	struct host_file *file;
	struct fixture f;
	struct target *t;

	windows7(&f);
	o.root = f.root;
	ck_assert_int_eq(target_open(&o, &t), 0);
	check_path(t, "\\program files\\shared\\LIB.dll", 0,
		   "\\Program Files\\Shared\\lib.dll");
	check_path(t, "\\", 0, "\\");
	check_no_path(t, "C:\\Program Files", ERR_UNSUPPORTED);
	ck_assert_int_eq(target_open_file(t, "\\PROGRAM FILES\\shared\\lib.dll",
					  0, &file),
			 0);
	host_close(file);
	ck_assert_int_eq(target_open_file(t, "\\Windows", 0, &file),
			 ERR_NOT_DIR);
	ck_assert_int_eq(
		target_machine_hive(t, TARGET_HIVE_SOFTWARE, &root, &prefix),
		ERR_NOT_FOUND);
	ck_assert_uint_eq(target_user_count(t), 0);
	ck_assert_uint_eq(target_volume_count(t), 1);
	ck_assert_str_eq(target_volume(t, 0)->wprefix, "");
	ck_assert_ptr_null(target_info(t)->version);
	ck_assert_uint_eq(strlen(target_info(t)->target_id), 32);
	check_expand(t, NULL, 64, "%TEMP%\\x", "%TEMP%\\x");
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* ---- users and their hives --------------------------------------- */

START_TEST(target_users_and_hives)
{
	const struct target_user *u;
	struct reg_root *root;
	const char *prefix;
	struct fixture f;
	struct target *t;

	windows7(&f);
	fixture_user_hive(&f, "Users/Hanako/NTUSER.DAT", NULL);
	fixture_folder(&f, "Users/Public");
	fixture_user_hive(
		&f, "Windows/ServiceProfiles/NetworkService/NTUSER.DAT", NULL);
	t = fixture_open(&f);
	ck_assert_uint_eq(target_user_count(t), 5);
	u = fixture_user(t, "HKU\\" TARO);
	ck_assert_str_eq(u->sid, TARO);
	ck_assert_str_eq(u->name, "太郎");
	ck_assert_str_eq(u->profile, "C:\\Users\\太郎");
	ck_assert(!u->is_orphan && !u->is_loaded && !u->is_service);
	ck_assert_int_eq(target_user_hive(t, u, &root, &prefix), 0);
	ck_assert_str_eq(prefix, "HKU\\" TARO);
	ck_assert_int_eq(target_user_classes(t, u, &root, &prefix), 0);
	ck_assert_str_eq(prefix, "HKU\\" TARO "_Classes");
	u = fixture_user(t, "HKU\\(Hanako)");
	ck_assert(u->is_orphan);
	ck_assert_int_eq(target_user_hive(t, u, &root, &prefix), 0);
	/* No classes is no gap. */
	ck_assert_int_eq(target_user_classes(t, u, &root, &prefix),
			 ERR_NOT_FOUND);
	u = fixture_user(t, "HKU\\.DEFAULT");
	ck_assert_str_eq(u->sid, "S-1-5-18");
	ck_assert(u->is_default && u->is_service);
	ck_assert_int_eq(target_user_hive(t, u, &root, &prefix), 0);
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\(Default)"));
	u = fixture_user(t, "HKU\\S-1-5-20");
	ck_assert(u && u->is_service);
	ck_assert_uint_eq(f.gaps.count, 0);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_odd_profile_list)
{
	static char huge[40001];
	const struct target_user *u;
	struct reg_root *root;
	const char *prefix;
	struct fixture f;
	struct target *t;

	memset(huge, 'a', sizeof(huge) - 1);
	memcpy(huge, "C:\\", 3);
	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, "S-1-5-21-1", "C:\\Users\\x\\..\\..\\..\\Users\\A");
	fixture_profile(&f, "S-1-5-21-2", "\\\\?\\C:\\Users\\B");
	fixture_profile(&f, "S-1-5-21-3", huge);
	/* The same folder again, with .bak and under another SID. */
	fixture_profile(&f, "S-1-5-21-1.bak", "C:\\Users\\a");
	fixture_profile(&f, "S-1-5-21-4", "C:\\USERS\\B");
	/* Put aside, with a folder of its own. */
	fixture_profile(&f, "S-1-5-21-2.bak", "C:\\Users\\C");
	fixture_profile(&f, "S-1-5-21-5", "C:\\Users\\deleted");
	fixture_profile(&f, "S-1-5-21-6", "\\\\server\\profiles\\D");
	fixture_profile(&f, "S-1-5-21-7", "%NOTHING%\\x");
	fixture_profile(&f, "..\\x", "C:\\Users\\E");
	fixture_profile(&f, "{12345678}", "C:\\Users\\E");
	hive_maker_path(f.software, "Microsoft\\Windows NT\\CurrentVersion\\"
				    "ProfileList\\S-1-5-21-8");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	fixture_user_hive(&f, "Users/A/NTUSER.DAT", NULL);
	fixture_user_hive(&f, "Users/B/NTUSER.DAT", NULL);
	fixture_user_hive(&f, "Users/C/NTUSER.DAT", NULL);
	fixture_user_hive(&f, "Users/E/NTUSER.MAN", NULL);
	fixture_user_hive(&f, "Users/E/NTUSER.DAT", NULL);
	t = fixture_open(&f);
	ck_assert_str_eq(fixture_user(t, "HKU\\S-1-5-21-1")->profile,
			 "C:\\Users\\A");
	ck_assert_str_eq(fixture_user(t, "HKU\\S-1-5-21-2")->profile,
			 "C:\\Users\\B");
	ck_assert_ptr_null(fixture_user(t, "HKU\\S-1-5-21-1.bak"));
	ck_assert_ptr_null(fixture_user(t, "HKU\\S-1-5-21-4"));
	u = fixture_user(t, "HKU\\S-1-5-21-2.bak");
	ck_assert(u->is_orphan);
	ck_assert_str_eq(u->sid, "S-1-5-21-2");
	ck_assert_ptr_null(fixture_user(t, "HKU\\S-1-5-21-3")->profile_host);
	u = fixture_user(t, "HKU\\S-1-5-21-5");
	ck_assert_str_eq(u->name, "deleted");
	ck_assert_ptr_null(u->profile_host);
	ck_assert_int_eq(target_user_hive(t, u, &root, &prefix), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\S-1-5-21-6"));
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\S-1-5-21-7"));
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\S-1-5-21-8"));
	/* A mandatory hive hides the other: both are read. */
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\(E)"));
	u = fixture_user(t, "HKU\\(E)(NTUSER.DAT)");
	ck_assert_ptr_nonnull(u);
	ck_assert_int_eq(target_user_hive(t, u, &root, &prefix), 0);
	/* 1, 2, 2.bak, 3, 5, 6, 7, 8, system account, E twice */
	ck_assert_uint_eq(target_user_count(t), 11);
	/* The deleted one is none, and 3 cannot exist; 6, 7 and 8 are. */
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_HIVE_UNREADABLE), 3);
	ck_assert_uint_eq(f.gaps.count, 3);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_with_10000_profiles)
{
	const int count = 10000 / unit_stride();
	struct hive_maker_key *list;
	struct fixture f;
	struct target *t;
	char sid[64], path[64];

	fixture_init(&f);
	fixture_windows7(&f);
	list = hive_maker_path(f.software, "Microsoft\\Windows NT\\"
					   "CurrentVersion\\ProfileList");
	for (int i = 0; i < count; i++) {
		snprintf(sid, sizeof(sid), "S-1-5-21-1-2-3-%d", i);
		snprintf(path, sizeof(path), "C:\\Users\\u%d", i);
		hive_maker_text(hive_maker_child(list, sid), "ProfileImagePath",
				REG_TYPE_SZ, path);
	}
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	fixture_user_hive(&f, "Users/u77/NTUSER.DAT", NULL);
	t = fixture_open(&f);
	ck_assert_uint_eq(target_user_count(t), count + 1);
	ck_assert_ptr_nonnull(
		fixture_user(t, "HKU\\S-1-5-21-1-2-3-77")->profile_host);
	ck_assert_uint_eq(f.gaps.count, 0);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* ---- variables --------------------------------------------------- */

START_TEST(target_variables_of_the_target)
{
	const struct target_user *u;
	struct fixture f;
	struct target *t;

	windows7(&f);
	t = fixture_open(&f);
	u = fixture_user(t, "HKU\\" TARO);
	check_expand(t, NULL, 64, "%SystemRoot%\\x", "C:\\Windows\\x");
	check_expand(t, NULL, 64, "%windir%%SYSTEMDRIVE%", "C:\\WindowsC:");
	check_expand(t, NULL, 64, "%ProgramFiles%", "C:\\Program Files");
	check_expand(t, NULL, 32, "%ProgramFiles%", "C:\\Program Files (x86)");
	check_expand(t, NULL, 64, "%programfiles(x86)%",
		     "C:\\Program Files (x86)");
	check_expand(t, NULL, 32, "%ProgramW6432%", "C:\\Program Files");
	check_expand(t, NULL, 32, "%CommonProgramFiles%",
		     "C:\\Program Files (x86)\\Common Files");
	check_expand(t, NULL, 64, "%ALLUSERSPROFILE%;%ProgramData%;%PUBLIC%",
		     "C:\\ProgramData;C:\\ProgramData;C:\\Users\\Public");
	check_expand(t, NULL, 64, "%ComSpec%",
		     "C:\\Windows\\system32\\cmd.exe");
	check_expand(t, NULL, 64, "%TEMP%", "C:\\Windows\\TEMP");
	check_expand(t, u, 64, "%TEMP%;%TMP%",
		     "C:\\Users\\太郎\\AppData\\Local\\Temp;"
		     "C:\\Users\\太郎\\AppData\\Local\\Temp");
	check_expand(t, u, 64, "%APPDATA%|%LOCALAPPDATA%|%USERNAME%",
		     "C:\\Users\\太郎\\AppData\\Roaming|"
		     "C:\\Users\\太郎\\AppData\\Local|太郎");
	check_expand(t, u, 64, "%HOMEDRIVE%%HOMEPATH%", "C:\\Users\\太郎");
	/* Nothing of ours, and what is unknown stays. */
	check_expand(t, u, 64, "%PATH_OF_NOBODY%\\x", "%PATH_OF_NOBODY%\\x");
	check_expand(t, NULL, 64, "%USERPROFILE%", "%USERPROFILE%");
	check_expand(t, u, 64, "100% of %windir%", "100% of C:\\Windows");
	check_expand(t, u, 64, "%%windir%%", "%C:\\Windows%");
	check_expand(t, u, 64, "%", "%");
	check_expand(t, u, 64, "", "");
	ck_assert_ptr_null(target_variable(t, u, 64, "NOBODY"));
	ck_assert_ptr_eq(target_variable(t, u, 64, "windir"),
			 target_variable(t, u, 64, "WINDIR"));
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_variables_end_when_hostile)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	const struct target_user *u;
	struct fixture f;
	struct target *t;
	char text[4097];
	char *got;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = "%B%"[i % 3];
	text[4095] = '\0';
	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "C:\\Users\\taro");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_expand(root, "Environment", "A", text);
	for (char name[2] = "B"; name[0] < 'J'; name[0]++) {
		for (size_t i = 0; i < 4095; i++) {
			if (i % 3 == 1)
				text[i] = (char)(name[0] + 1);
		}
		fixture_expand(root, "Environment", name, text);
	}
	fixture_expand(root, "Environment", "LOOP", "%LOOP2%x");
	fixture_expand(root, "Environment", "LOOP2", "%LOOP%y");
	/* All of Windows as "temp" would be a way to false alarms. */
	fixture_expand(root, "Environment", "TEMP", "C:\\Windows");
	fixture_expand(root, "Environment", "TMP", "C:\\Users");
	fixture_hive(&f, "Users/taro/NTUSER.DAT", root);
	t = fixture_open(&f);
	u = fixture_user(t, "HKU\\" TARO);
	got = target_expand(t, u, 64, "%A%%A%%A%");
	ck_assert_str_eq(got, "%A%%A%%A%");
	mem_free(got);
	check_expand(t, u, 64, "%LOOP%", "%LOOP%yx");
	check_expand(t, u, 64, "%windir%", "C:\\Windows");
	ck_assert_str_eq(target_location(t, "C:\\Windows\\x.dll"), "windows");
	ck_assert_str_eq(target_location(t, "C:\\Users\\taro\\x.dll"),
			 "profile");
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* More than are read are told, and never make the machine's his. */
START_TEST(target_variables_of_a_user_are_bounded)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct hive_maker_key *key = hive_maker_path(root, "Environment");
	const struct target_user *u;
	const struct fixture_gap *gap = NULL;
	struct fixture f;
	struct target *t;
	struct str many = STR_INIT;
	char name[1101], text[1110];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text), "%%%s%%\\x", name);
	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "C:\\Users\\taro");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	hive_maker_text(key, "SystemRoot", REG_TYPE_SZ, "D:\\evil");
	hive_maker_text(key, name, REG_TYPE_SZ, "C:\\long");
	for (int i = 0; i < 2100; i++) {
		char other[16];

		snprintf(other, sizeof(other), "V%d", i);
		hive_maker_text(key, other, REG_TYPE_SZ, "x");
	}
	fixture_hive(&f, "Users/taro/NTUSER.DAT", root);
	t = fixture_open(&f);
	u = fixture_user(t, "HKU\\" TARO);
	check_expand(t, u, 64, text, "C:\\long\\x");
	check_expand(t, u, 64, "%V7%|%V2099%", "x|%V2099%");
	ck_assert_pstr_eq(target_variable(t, u, 64, "ComSpec"),
			  "D:\\evil\\system32\\cmd.exe");
	ck_assert_pstr_eq(target_variable(t, NULL, 64, "ComSpec"),
			  "C:\\Windows\\system32\\cmd.exe");
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_TOO_LARGE), 1);
	for (size_t i = 0; i < f.gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f.gaps, i);

		if (g->kind == GAP_TOO_LARGE)
			gap = g;
	}
	ck_assert_str_eq(gap->path, "HKU\\" TARO "\\Environment");
	ck_assert(gap->matters);
	/* Nor are all of them replaced; that is told, too, and once. */
	for (int i = 0; i < 1001; i++)
		str_add(&many, "%V1%");
	check_expand(t, u, 64, str_text(&many), str_text(&many));
	check_expand(t, u, 64, str_text(&many), str_text(&many));
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_TOO_LARGE), 2);
	str_release(&many);
	target_free(t);
	fixture_release(&f);
}

END_TEST

START_TEST(target_location_by_the_user_s_temp)
{
	struct fixture f;
	struct target *t;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "C:\\Users\\taro");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Users/taro/NTUSER.DAT", "C:\\work\\MyTemp");
	fixture_folder(&f, "Work/mytemp");
	t = fixture_open(&f);
	ck_assert_str_eq(target_location(t, "C:\\Work\\mytemp\\mstmp"), "temp");
	ck_assert_str_eq(target_location(t, "C:\\Work\\x"), "other");
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* TMP and TEMP say what is temporary, but for what holds something else. */
START_TEST(target_location_of_temporary_folders)
{
	static const struct {
		const char *tmp, *path, *want;
	} rows[] = {
		{ "C:\\Work", "C:\\Work\\mstmp", "temp" },
		{ "C:\\Work", "C:\\Work\\Low\\mstmp", "temp" },
		{ "C:\\Work", "C:\\Workshop\\mstmp", "other" },
		{ "\\\\?\\c:\\WORK\\", "C:\\Work\\mstmp", "temp" },
		{ "D:\\Work", "D:\\Work\\mstmp", "temp" },
		{ "%ProgramFiles%\\x", "C:\\Program Files\\x\\mstmp", "temp" },
		{ "%ProgramFiles%\\x", "C:\\Program Files\\y",
		  "program_files" },
		{ "%ProgramData%\\x\\t", "C:\\ProgramData\\x\\t\\mstmp",
		  "temp" },
		{ "%SystemRoot%\\Debug", "C:\\Windows\\Debug\\mstmp", "temp" },
		{ "%USERPROFILE%\\t", "C:\\Users\\taro\\t\\mstmp", "temp" },
		/* They would take with them what they hold. */
		{ "%ProgramFiles%", "C:\\Program Files\\mstmp",
		  "program_files" },
		{ "%ProgramData%", "C:\\ProgramData\\mstmp", "program_data" },
		{ "%windir%", "C:\\Windows\\mstmp", "windows" },
		{ "%windir%\\system32", "C:\\Windows\\System32\\mstmp",
		  "system" },
		{ "C:\\", "C:\\mstmp", "root" },
		{ "C:\\Users", "C:\\Users\\mstmp", "profile" },
		{ "C:\\Users\\jiro", "C:\\Users\\jiro\\mstmp", "profile" },
		{ "%USERPROFILE%\\AppData", "C:\\Users\\taro\\AppData\\mstmp",
		  "profile" },
		{ "%LOCALAPPDATA%", "C:\\Users\\taro\\AppData\\Local\\mstmp",
		  "profile" },
	};

	/* Of a user, of a service, of the machine; TEMP is the usual one. */
	enum {
		OF_USER,
		OF_SERVICE,
		OF_MACHINE,
		OWNERS
	};

	const char *tmp = rows[_i / OWNERS].tmp;
	int owner = _i % OWNERS;
	struct hive_maker_key *user = hive_maker_new("ROOT");
	struct target_options o = { .kind = TARGET_OFFLINE };
	struct target_map map = { 'D', NULL };
	struct target *t;
	struct fixture f;
	char *d;

	/* Those are of a user; a service's profile is another. */
	if (owner != OF_USER &&
	    (strstr(tmp, "USERPROFILE") || strstr(tmp, "LOCALAPPDATA"))) {
		hive_maker_free(user);
		return;
	}
	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "C:\\Users\\taro");
	fixture_profile(&f, "S-1-5-21-1-2-3-1002", "C:\\Users\\jiro");
	fixture_profile(&f, "S-1-5-19",
			"C:\\Windows\\ServiceProfiles\\LocalService");
	if (owner == OF_MACHINE)
		fixture_expand(f.system,
			       "ControlSet002\\Control\\Session Manager\\"
			       "Environment",
			       "TMP", tmp);
	else
		fixture_expand(user, "Environment", "TMP", tmp);
	fixture_expand(user, "Environment", "TEMP",
		       "%USERPROFILE%\\AppData\\Local\\Temp");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Users/jiro/NTUSER.DAT", NULL);
	fixture_hive(&f,
		     owner == OF_SERVICE
			     ? "Windows/ServiceProfiles/LocalService/NTUSER.DAT"
			     : "Users/taro/NTUSER.DAT",
		     user);
	fixture_folder(&f, "d/work");
	d = fixture_path(&f, "d");
	map.path = d;
	o.root = f.root;
	o.maps = &map;
	o.map_count = 1;
	ck_assert_int_eq(target_open(&o, &t), 0);
	ck_assert_str_eq(target_location(t, rows[_i / OWNERS].path),
			 rows[_i / OWNERS].want);
	target_free(t);
	mem_free(d);
	fixture_release(&f);
}

END_TEST

/* What is left of a profile can still hold a filter in its classes. */
START_TEST(target_user_with_classes_only)
{
	static const struct {
		const char *file, *user; /* NULL: nobody */
	} rows[] = {
		{ "Users/hanako/AppData/Local/Microsoft/Windows/UsrClass.dat",
		  "HKU\\(hanako)" },
		{ "Users/goro/Local Settings/Application "
		  "Data/Microsoft/Windows/"
		  "UsrClass.dat",
		  "HKU\\(goro)" },
		{ "Documents and Settings/jiro/Local Settings/Application Data/"
		  "Microsoft/Windows/UsrClass.dat",
		  "HKU\\(jiro)" },
		{ "Users/nobody/AppData/Roaming/UsrClass.dat", NULL },
	};
	struct reg_root *root;
	const char *prefix;
	struct target *t;
	struct fixture f;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fixture_user_hive(&f, rows[i].file, NULL);
	t = fixture_open(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct target_user *u;

		if (!rows[i].user) {
			ck_assert_ptr_null(fixture_user(t, "HKU\\(nobody)"));
			continue;
		}
		u = fixture_user(t, rows[i].user);
		ck_assert_msg(u != NULL, "no %s", rows[i].user);
		ck_assert(u->is_orphan);
		ck_assert_int_eq(target_user_classes(t, u, &root, &prefix), 0);
		ck_assert_int_eq(target_user_hive(t, u, &root, &prefix),
				 ERR_NOT_FOUND);
	}
	/* That such a profile has no more is no gap. */
	for (size_t i = 0; i < f.gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f.gaps, i);

		ck_assert_msg(!g->matters, "%s: %s", g->path, g->reason);
	}
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* A folder is temporary for whom his variable says so. */
START_TEST(target_location_for_its_user)
{
	static const struct {
		const char *user; /* NULL: the machine */
		const char *path, *want;
	} rows[] = {
		{ "HKU\\" TARO, "C:\\Apps\\Acct\\prod.dll", "temp" },
		{ "HKU\\" TARO, "c:\\apps\\ACCT\\x\\prod.dll", "temp" },
		{ "HKU\\" JIRO, "C:\\Apps\\Acct\\prod.dll", "other" },
		{ NULL, "C:\\Apps\\Acct\\prod.dll", "other" },
		{ "HKU\\" JIRO, "C:\\Program Files\\j\\a.dll", "temp" },
		{ "HKU\\" TARO, "C:\\Program Files\\j\\a.dll",
		  "program_files" },
		{ NULL, "C:\\Program Files\\j\\a.dll", "program_files" },
		/* Usual places and the machine's are temporary for all. */
		{ NULL, "C:\\Users\\taro\\AppData\\Local\\Temp\\a", "temp" },
		{ "HKU\\" JIRO, "C:\\Users\\taro\\AppData\\Local\\Temp\\a",
		  "temp" },
		{ NULL, "C:\\MachineTemp\\a.dll", "temp" },
		{ "HKU\\" TARO, "C:\\MachineTemp\\a.dll", "temp" },
		{ NULL, "C:\\Windows\\Temp\\a.dll", "temp" },
	};
	struct hive_maker_key *jiro = hive_maker_new("ROOT");
	struct target *t;
	struct fixture f;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "C:\\Users\\taro");
	fixture_profile(&f, JIRO, "C:\\Users\\jiro");
	fixture_text(f.system,
		     "ControlSet002\\Control\\Session Manager\\Environment",
		     "TMP", "C:\\MachineTemp");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Users/taro/NTUSER.DAT", "C:\\Apps\\Acct");
	/* Both variables count. */
	fixture_text(jiro, "Environment", "TMP", "C:\\Users\\jiro\\t");
	fixture_text(jiro, "Environment", "TEMP", "%ProgramFiles%\\j");
	fixture_hive(&f, "Users/jiro/NTUSER.DAT", jiro);
	t = fixture_open(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct target_user *u =
			rows[i].user ? fixture_user(t, rows[i].user) : NULL;
		const char *got = target_location_for(t, u, rows[i].path);

		ck_assert_msg(strcmp(got, rows[i].want) == 0,
			      "%s for %s is %s, not %s", rows[i].path,
			      rows[i].user ? rows[i].user : "the machine", got,
			      rows[i].want);
	}
	/* Of a file that nothing leads to: anybody's. */
	ck_assert_str_eq(target_location(t, "C:\\Apps\\Acct\\prod.dll"),
			 "temp");
	ck_assert_str_eq(target_location(t, "C:\\Program Files\\j\\a.dll"),
			 "temp");
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* A user's settings cannot make his temporary folder something better. */
START_TEST(target_location_of_temp_as_app_data)
{
	struct hive_maker_key *user = hive_maker_new("ROOT");
	struct target *t;
	struct fixture f;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, TARO, "C:\\Users\\taro");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_text(user, "Environment", "TMP", "C:\\Work");
	fixture_text(user,
		     "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"
		     "User Shell Folders",
		     "Local AppData", "C:\\Work");
	fixture_hive(&f, "Users/taro/NTUSER.DAT", user);
	t = fixture_open(&f);
	ck_assert_str_eq(target_location(t, "C:\\Work\\mstmp"), "temp");
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* ---- the rest ---------------------------------------------------- */

START_TEST(target_find_looks_two_levels_deep)
{
	struct target_found *found = NULL;
	struct fixture f;
	const char *paths[2];
	size_t count = 0;
	char *disk, *absolute;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "disk1/WINDOWS/System32/CONFIG");
	fixture_folder(&f, "disk2/Users");
	fixture_folder(&f, "disk3/Windows/System32/config");
	disk = fixture_path(&f, "disk1");
	paths[0] = f.root;
	paths[1] = disk;
	ck_assert_int_eq(target_find(paths, 2, NULL, &found, &count), 0);
	ck_assert_uint_eq(count, 2);
	absolute = host_absolute_path(disk);
	ck_assert_str_eq(found[0].root, absolute);
	mem_free(absolute);
	ck_assert_str_eq(found[0].product_name, "Windows 7 Professional");
	ck_assert_str_eq(found[0].version, "6.1.7601");
	ck_assert_str_eq(found[0].computer_name, "TARO-PC");
	ck_assert(found[0].is_64bit);
	ck_assert_ptr_null(found[1].product_name);
	target_found_free(found, count);
	mem_free(disk);
	disk = fixture_path(&f, "missing");
	paths[0] = disk;
	ck_assert_int_eq(target_find(paths, 1, NULL, &found, &count),
			 ERR_NOT_FOUND);
	mem_free(disk);
	fixture_release(&f);
}

END_TEST

START_TEST(target_live_needs_windows)
{
	struct target_options o = { .kind = TARGET_LIVE };
	struct target *t = NULL;
	int ret = target_open(&o, &t);

	if (strcmp(host_kind(), "linux") == 0) {
		ck_assert_int_eq(ret, ERR_UNSUPPORTED);
		ck_assert_ptr_nonnull(strstr(err_last()->text, "--root"));
		return;
	}
	ck_assert_int_eq(ret, 0);
	ck_assert_ptr_nonnull(target_info(t)->version);
	ck_assert_uint_ge(target_user_count(t), 1);
	check_path(t, "c:\\WINDOWS\\system32", 0, "C:\\windows\\system32");
	target_free(t);
}

END_TEST

/* A hive whose Software key has one subkey of that name. */
static void marked_hive(struct fixture *f, const char *path, const char *mark)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");

	hive_maker_path(root, mark);
	fixture_hive(f, path, root);
}

static void check_classes(struct target *t, const char *prefix,
			  const char *mark)
{
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	const char *name = NULL;

	ck_assert_int_eq(
		target_user_classes(t, fixture_user(t, prefix), &root, &name),
		0);
	ck_assert_msg(reg_open_key(root, mark, &key) == 0, "no key %s", mark);
	reg_close_key(key);
}

/* A second UsrClass.dat where other versions of Windows have theirs. */
START_TEST(target_planted_classes)
{
	static const char xp[] = "Documents and Settings/Taro/Local Settings/"
				 "Application Data/Microsoft/Windows/"
				 "UsrClass.dat";
	static const char vista[] = "Documents and Settings/Taro/AppData/Local/"
				    "Microsoft/Windows/UsrClass.dat";
	struct fixture f;
	struct target *t;

	fixture_init(&f);
	fixture_xp(&f);
	fixture_profile(&f, TARO, "C:\\Documents and Settings\\Taro");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	fixture_user_hive(&f, "Documents and Settings/Taro/NTUSER.DAT", NULL);
	marked_hive(&f, xp, "real");
	marked_hive(&f, vista, "planted");
	t = fixture_open(&f);
	check_classes(t, "HKU\\" TARO, "real");
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_HIVE_UNREADABLE), 1);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static int denied(struct target *t, const char *name, struct hive *h)
{
	(void)t;
	(void)name;
	(void)h;
	return err_fail(ERR_DENIED, 5, "access was denied");
}

static int not_there(struct target *t, const char *name, struct hive *h)
{
	(void)t;
	(void)h;
	return strstr(name, "_Classes")
		       ? err_fail(ERR_NOT_FOUND, 2, "it is not there")
		       : ERR_DENIED;
}

/* As on a live system: the user's keys may not be opened. */
START_TEST(target_denied_live_hives)
{
	struct target_ops ops = target_ops_offline;
	struct reg_root *root = NULL;
	const char *prefix = NULL;
	struct fixture f;
	struct target *t;
	struct user *u;

	ops.open_live_user = _i ? not_there : denied;
	windows7(&f);
	t = fixture_open(&f);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_HIVE_UNREADABLE), 0);
	u = (struct user *)fixture_user(t, "HKU\\" TARO);
	hive_close(&u->ntuser);
	u->ntuser.target = t;
	u->ntuser.prefix = mem_strdup("HKU\\" TARO);
	u->live_name = mem_strdup(TARO);
	t->ops = &ops;
	ck_assert_int_eq(target_user_hive(t, &u->pub, &root, &prefix),
			 ERR_DENIED);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_HIVE_UNREADABLE), 1);
	/* told once */
	target_user_hive(t, &u->pub, &root, &prefix);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_HIVE_UNREADABLE), 1);
	/* classes that are not loaded lie in their file */
	ck_assert_int_eq(target_user_classes(t, &u->pub, &root, &prefix),
			 _i ? 0 : ERR_DENIED);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_HIVE_UNREADABLE),
			  _i ? 1 : 2);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static const struct {
	const char *head;
	size_t gaps;
} asleep[] = {
	{ "hibr....", 1 },
	{ "HIBR....", 1 },
	{ "RSTR....", 1 },
	/* resumed, and shut down since, or not hibernated again */
	{ "wake....", 0 },
	{ "WAKE....", 0 },
	{ "", 0 },
	{ "0000", 0 },
};

START_TEST(target_hibernated)
{
	struct fixture f;
	struct target *t;

	windows7(&f);
	fixture_file(&f, "HIBERFIL.SYS", asleep[_i].head);
	t = fixture_open(&f);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_VOLUME), asleep[_i].gaps);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* Every allocation of target_open() fails once: no crash, no leak. */
START_TEST(target_open_without_memory)
{
	struct target_options o = { .kind = TARGET_OFFLINE };
	struct fixture f;
	struct target *t;
	int64_t before, all;
	int tried = 0, ok = 0;

	windows7(&f);
	o.root = f.root;
	before = mem_count();
	t = NULL;
	ck_assert_int_eq(target_open(&o, &t), 0);
	target_free(t);
	all = mem_count() - before;
	ck_assert_int_gt(all, 100);
	for (int64_t n = 1; n <= all; n += unit_stride()) {
		int ret;

		tried++;
		t = NULL;
		mem_fail_after(n);
		ret = target_open(&o, &t);
		mem_fail_after(0);
		if (ret == 0) {
			ok++;
			target_free(t);
		} else {
			ck_assert_msg(ret == ERR_NOMEM, "allocation %d: %s",
				      (int)n, err_name(ret));
			ck_assert_ptr_null(t);
		}
	}
	/* Few are not needed (a gap's text, a default that stands in). */
	ck_assert_int_lt(ok, tried / 2);
	fixture_release(&f);
}

END_TEST

/* A hive that memory was short for is a gap, and its answer stays. */
START_TEST(target_hive_without_memory)
{
	struct reg_root *root = NULL;
	const char *prefix = NULL;
	int64_t n, all = 1;
	int refused = 0;

	for (n = 0; n <= all; n++) {
		const struct target_user *u;
		struct fixture f;
		struct target *t;
		int ret;

		windows7(&f);
		t = fixture_open(&f);
		u = fixture_user(t, "HKU\\" TARO);
		ck_assert_ptr_nonnull(u);
		all = n ? all : -mem_count();
		mem_fail_after(n);
		ret = target_user_classes(t, u, &root, &prefix);
		mem_fail_after(0);
		all = n ? all : all + mem_count();
		if (ret == ERR_TOO_LARGE) {
			refused++;
			ck_assert_uint_eq(fixture_gap_count(&f, GAP_NO_MEMORY),
					  1);
			ck_assert_int_eq(
				target_user_classes(t, u, &root, &prefix),
				ERR_TOO_LARGE);
		} else {
			ck_assert(ret == 0 || ret == ERR_NOMEM);
			ck_assert_uint_eq(fixture_gap_count(&f, GAP_NO_MEMORY),
					  0);
		}
		target_free(t);
		fixture_release(&f);
	}
	ck_assert_int_gt(all, 5);
	ck_assert_int_gt(refused, 2);
}

END_TEST

static Suite *target_suite(void)
{
	Suite *s = suite_create("target");
	TCase *c = tcase_create("target");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, target_identity_of_windows_7);
	tcase_add_test(c, target_identity_of_xp_in_other_case);
	tcase_add_test(c, target_windows_11_says_so);
	tcase_add_test(c, target_open_says_what_is_wrong);
	tcase_add_loop_test(c, target_with_bad_hives_still_opens, 0, 4);
	tcase_add_loop_test(c, target_tells_each_cause_once, 0,
			    sizeof(hive_causes) / sizeof(hive_causes[0]));
	tcase_add_test(c, target_resolve_any_spelling);
	tcase_add_test(c, target_resolve_short_names);
	tcase_add_test(c, target_resolve_two_short_names);
	tcase_add_test(c, target_resolve_sees_new_files);
	tcase_add_test(c, target_resolve_hostile_paths);
	tcase_add_test(c, target_maps_further_drives);
	tcase_add_test(c, target_folder_has_files_only);
	tcase_add_test(c, target_users_and_hives);
	tcase_add_test(c, target_odd_profile_list);
	tcase_add_test(c, target_with_10000_profiles);
	tcase_add_test(c, target_variables_of_the_target);
	tcase_add_test(c, target_variables_end_when_hostile);
	tcase_add_test(c, target_variables_of_a_user_are_bounded);
	tcase_add_test(c, target_location_by_the_user_s_temp);
	tcase_add_test(c, target_user_with_classes_only);
	tcase_add_test(c, target_location_for_its_user);
	/* 19 rows for each of three owners */
	tcase_add_loop_test(c, target_location_of_temporary_folders, 0, 57);
	tcase_add_test(c, target_location_of_temp_as_app_data);
	tcase_add_test(c, target_find_looks_two_levels_deep);
	tcase_add_test(c, target_planted_classes);
	tcase_add_loop_test(c, target_denied_live_hives, 0, 2);
	tcase_add_loop_test(c, target_hibernated, 0,
			    sizeof(asleep) / sizeof(asleep[0]));
	tcase_add_test(c, target_live_needs_windows);
	tcase_add_test(c, target_open_without_memory);
	tcase_add_test(c, target_hive_without_memory);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(target_suite)
