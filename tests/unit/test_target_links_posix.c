/*
 * Unit tests of links on the way to a file; host.h makes none, so this is
 * for Linux only.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"

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

static Suite *target_links_suite(void)
{
	Suite *s = suite_create("target_links");
	TCase *c = tcase_create("target_links");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, target_never_follows_links);
	tcase_add_test(c, target_root_may_be_a_link);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(target_links_suite)
