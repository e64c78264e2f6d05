/*
 * Unit tests of links on the way to a file; host.h makes none, so this is
 * for Linux only.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/registration.h"

#include <string.h>
#include <unistd.h>

static void make_link(struct fixture *f, const char *to, const char *path)
{
	char *host = fixture_path(f, path);

	ck_assert_int_eq(symlink(to, host), 0);
	mem_free(host);
}

static void check(struct target *t, const char *wpath, int want_err,
		  const char *want)
{
	struct target_path p = { 0 };
	int ret = target_resolve(t, wpath, 64, &p);

	ck_assert_msg(ret == want_err, "%s: %s", wpath, err_name(ret));
	if (!ret)
		ck_assert_str_eq(p.wpath, want);
	target_path_release(&p);
}

START_TEST(target_never_follows_links)
{
	struct fixture f;
	struct target *t;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Users/taro/NTUSER.DAT", NULL);
	fixture_file(&f, "Users/taro/AppData/Local/Temp/mstmp", "x");
	fixture_file(&f, "evil/taro/Temp/mstmp", "x");
	fixture_file(&f, "evil/Temp/mstmp", "x");
	/* As ntfs-3g shows the junctions, and one bent elsewhere. */
	make_link(&f, "Users", "Documents and Settings");
	make_link(&f, "../../evil", "Users/taro/Local Settings");
	make_link(&f, "../evil", "Users/hanako");
	make_link(&f, "mstmp", "Users/taro/AppData/Local/Temp/link");
	make_link(&f, "loop", "loop");
	make_link(&f, "/dev/null/unsupported reparse point", "Users/All Users");
	fixture_file(&f, "ProgramData/x/y.dll", "x");
	t = fixture_open(&f);
	check(t,
	      "C:\\Documents and Settings\\taro\\Local Settings\\Temp\\mstmp",
	      0, "C:\\Users\\taro\\AppData\\Local\\Temp\\mstmp");
	check(t, "C:\\users\\all users\\X\\y.dll", 0,
	      "C:\\ProgramData\\x\\y.dll");
	check(t, "C:\\Users\\hanako\\Temp\\mstmp", ERR_UNSUPPORTED, NULL);
	check(t, "C:\\Users\\taro\\AppData\\Local\\Temp\\link", ERR_UNSUPPORTED,
	      NULL);
	check(t, "C:\\loop\\loop\\x", ERR_UNSUPPORTED, NULL);
	/* A link is no profile. */
	ck_assert_ptr_null(fixture_user(t, "HKU\\(hanako)"));
	ck_assert_ptr_nonnull(fixture_user(t, "HKU\\(taro)"));
	target_free(t);
	fixture_release(&f);
}

END_TEST

static int count_row(void *arg, struct registration *r, bool *keep_ret)
{
	(void)r;
	(void)keep_ret;
	++*(size_t *)arg;
	return 0;
}

/* Windows would: what it would start then is not known. */
START_TEST(a_task_behind_a_link_is_told)
{
	struct fixture f;
	struct target *t;
	size_t rows = 0, told = 0;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	fixture_file(&f, "evil/task", "<Task/>");
	fixture_folder(&f, "Windows/Tasks");
	fixture_folder(&f, "Windows/System32/Tasks");
	make_link(&f, "../../../evil/task", "Windows/System32/Tasks/file");
	make_link(&f, "../../../evil", "Windows/System32/Tasks/folder");
	make_link(&f, "../../evil/task", "Windows/Tasks/x.job");
	make_link(&f, "../../evil/task", "Windows/Tasks/SA.DAT");
	t = fixture_open(&f);
	ck_assert_int_eq(registrations_walk(t,
					    &(struct registrations_options){
						    &f.sink, false, NULL },
					    count_row, &rows),
			 0);
	ck_assert_uint_eq(rows, 0);
	for (size_t i = 0; i < f.gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f.gaps, i);

		told += g->kind == GAP_LINK && g->matters &&
			strstr(g->path, "\\Tasks\\") != NULL;
	}
	ck_assert_uint_eq(told, 3);
	target_free(t);
	fixture_release(&f);
}

END_TEST

#define CLASS "Classes\\CLSID\\{35CD0000-0000-0000-0000-000000000000}\\"

/*
 * What looks like arguments may be part of the path.  Behind a link nobody can
 * tell, and what stands in front of it is not there.
 */
START_TEST(a_server_behind_a_link_is_told)
{
	struct fixture f;
	struct target *t;
	size_t rows = 0, told = 0;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_text(f.software,
		     "Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser "
		     "Helper Objects\\{35CD0000-0000-0000-0000-000000000000}",
		     "", "");
	fixture_text(f.software, CLASS "InprocServer32", "",
		     "C:\\t\\my.com -x\\evil.dll");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	fixture_file(&f, "evil/evil.dll", "MZ");
	fixture_folder(&f, "t");
	make_link(&f, "../evil", "t/my.com -x");
	t = fixture_open(&f);
	ck_assert_int_eq(registrations_walk(t,
					    &(struct registrations_options){
						    &f.sink, false, NULL },
					    count_row, &rows),
			 0);
	ck_assert_uint_eq(rows, 1);
	for (size_t i = 0; i < f.gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f.gaps, i);

		told += g->matters &&
			!strcmp(g->path, "C:\\t\\my.com -x\\evil.dll");
	}
	ck_assert_uint_eq(told, 1);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* The user named it, so the root itself may be a link. */
START_TEST(target_root_may_be_a_link)
{
	struct target_options o = { .kind = TARGET_OFFLINE };
	struct fixture f;
	struct target *t;
	char *path;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "disk/Windows/System32/config");
	make_link(&f, "disk", "link");
	path = fixture_path(&f, "link");
	o.root = path;
	ck_assert_int_eq(target_open(&o, &t), 0);
	check(t, "c:\\windows", 0, "C:\\Windows");
	check(t, "c:\\", 0, "C:\\");
	target_free(t);
	o.kind = TARGET_FOLDER;
	ck_assert_int_eq(target_open(&o, &t), 0);
	check(t, "\\windows", 0, "\\Windows");
	target_free(t);
	mem_free(path);
	fixture_release(&f);
}

END_TEST

static int add_twin(void *arg, const struct target_path *twin, int err)
{
	str_addf(arg, "%s%s;", twin->wpath, err ? " (told)" : "");
	return 0;
}

static void check_twins(struct target *t, const char *wpath, const char *want)
{
	struct str s = STR_INIT;

	ck_assert_int_eq(target_each_twin(t, wpath, add_twin, &s), 0);
	ck_assert_str_eq(str_text(&s), want);
	str_release(&s);
}

/* Sorted by name without case, then by bytes. */
START_TEST(target_has_twins)
{
	struct fixture f;
	struct target *t;
	char name[32];

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_file(&f, "Program Files/a/x.dll", "x");
	fixture_file(&f, "PROGRAM FILES/A/X.DLL", "x");
	fixture_file(&f, "PROGRAM FILES/a/x.dll", "x");
	fixture_file(&f, "PROGRAM FILES/a/only.dll", "x");
	fixture_file(&f, "PROGRAM files", "no folder");
	fixture_file(&f, "one/Temp/a", "x");
	make_link(&f, "../Windows", "one/TEMP");
	make_link(&f, "one", "two");
	for (int i = 0; i < 17; i++) {
		snprintf(name, sizeof(name), "many/aaaaa");
		for (int bit = 0; bit < 5; bit++)
			if (i & 1 << bit)
				name[5 + bit] = 'A';
		fixture_file(&f, name, "x");
	}
	t = fixture_open(&f);
	check_twins(t, "c:\\program files\\A\\x.dll",
		    "C:\\PROGRAM FILES\\A\\X.DLL;"
		    "C:\\PROGRAM FILES\\a\\x.dll;"
		    "C:\\Program Files\\a\\x.dll;");
	check_twins(t, "C:\\Program Files\\a\\only.dll",
		    "C:\\PROGRAM FILES\\a\\only.dll;");
	check_twins(t, "C:\\Program Files\\none.dll", "");
	check_twins(t, "C:\\one\\temp\\a",
		    "C:\\one\\TEMP (told);C:\\one\\Temp\\a;");
	/* The only one is told by whoever resolves the path. */
	check_twins(t, "C:\\two\\Temp\\a", "");
	check_twins(t, "C:\\many\\aaaaa\\x", "C:\\many (told);");
	check_twins(t, "D:\\x", "");
	check_twins(t, "x", "");
	target_free(t);
	fixture_release(&f);
}

END_TEST

static Suite *target_links_suite(void)
{
	Suite *s = suite_create("target_links");
	TCase *c = tcase_create("target_links");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, target_never_follows_links);
	tcase_add_test(c, a_task_behind_a_link_is_told);
	tcase_add_test(c, a_server_behind_a_link_is_told);
	tcase_add_test(c, target_root_may_be_a_link);
	tcase_add_test(c, target_has_twins);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(target_links_suite)
