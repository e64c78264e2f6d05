/*
 * Unit tests of which Windows of a disk is taken, and what is told of others
 * (agent/target/windows_folder.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"

#include "base/err.h"
#include "target/target_private.h"

#include <string.h>

/* {bootmgr} and an entry of the operating system, Microsoft "BCD Reference" */
#define BOOTMGR "Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\\Elements\\"
#define LOADER	"{7619dcc9-fafe-11d9-b411-000476eba25f}"

/* A Windows whose SOFTWARE hive was written at that time. */
static void windows_at(struct fixture *f, const char *name, int64_t time)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct str path = STR_INIT;
	size_t nbytes;
	uint8_t *hive;
	char *host;

	fixture_text(root, "Microsoft\\Windows NT\\CurrentVersion",
		     "ProductName", name);
	hive = hive_maker_write(root, &nbytes);
	bytes_put_le64(hive + 12, (uint64_t)time);
	hive_maker_seal(hive);
	str_addf(&path, "%s/System32/config/SOFTWARE", name);
	fixture_file(f, str_text(&path), "");
	host = fixture_path(f, str_text(&path));
	ck_assert_int_eq(host_write_file(host, hive, nbytes), 0);
	mem_free(host);
	mem_free(hive);
	str_release(&path);
	hive_maker_free(root);
}

static void boot_store(struct fixture *f, const char *path, const char *folder)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");

	fixture_text(root, BOOTMGR "23000003", "Element", LOADER);
	if (folder)
		fixture_text(root, "Objects\\" LOADER "\\Elements\\22000002",
			     "Element", folder);
	fixture_hive(f, path, root);
}

static struct target *open_named(struct fixture *f, const char *windows)
{
	struct target_options o = { .kind = TARGET_OFFLINE,
				    .root = f->root,
				    .windows = windows,
				    .gaps = &f->sink };
	struct target *t = NULL;

	return target_open(&o, &t) ? NULL : t;
}

/* The Windows folder that is taken, and how many others are told. */
static void check_taken(struct fixture *f, const char *windows,
			const char *want, size_t others)
{
	size_t before = fixture_gap_count(f, GAP_OTHER_WINDOWS);
	struct target *t = open_named(f, windows);

	ck_assert_msg(t != NULL, "%s", err_last()->text);
	ck_assert_str_eq(t->windows, want);
	ck_assert_uint_eq(fixture_gap_count(f, GAP_OTHER_WINDOWS) - before,
			  others);
	for (size_t i = 0; i < f->gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f->gaps, i);

		if (g->kind == GAP_OTHER_WINDOWS && i + others >= f->gaps.count)
			ck_assert_int_eq(g->matters, windows == NULL);
	}
	target_free(t);
}

START_TEST(one_windows_is_taken)
{
	struct fixture f;

	fixture_init(&f);
	windows_at(&f, "WINNT", 1);
	check_taken(&f, NULL, "C:\\WINNT", 0);
	windows_at(&f, "Windows.old", 9);
	fixture_folder(&f, "windows.old.000/System32/config");
	check_taken(&f, NULL, "C:\\WINNT", 0);
	check_taken(&f, "winnt", "C:\\WINNT", 0);
	fixture_release(&f);
}

END_TEST

START_TEST(a_copy_is_better_than_nothing)
{
	struct fixture f;

	fixture_init(&f);
	windows_at(&f, "Windows.old", 9);
	check_taken(&f, NULL, "C:\\Windows.old", 0);
	fixture_release(&f);
}

END_TEST

START_TEST(the_newest_hive_decides)
{
	struct fixture f;

	fixture_init(&f);
	windows_at(&f, "Windows", 5);
	windows_at(&f, "Windows.0", 7);
	windows_at(&f, "Old", 6);
	check_taken(&f, NULL, "C:\\Windows.0", 2);
	/* Equally new: the usual name. */
	windows_at(&f, "Windows", 7);
	check_taken(&f, NULL, "C:\\Windows", 2);
	check_taken(&f, "OLD", "C:\\Old", 2);
	fixture_release(&f);
}

END_TEST

START_TEST(the_boot_files_come_first)
{
	struct fixture f;

	fixture_init(&f);
	windows_at(&f, "Windows", 5);
	windows_at(&f, "WINDOWS.0", 7);
	windows_at(&f, "WINDOWS.1", 6);
	/* No section, another key, and a value that names none of them. */
	fixture_file(&f, "boot.ini",
		     "[boot loader]\r\ntimeout=1\r\n"
		     "default=multi(0)disk(0)rdisk(0)partition(2)\\WINNT\r\n");
	check_taken(&f, NULL, "C:\\WINDOWS.0", 2);
	fixture_file(&f, "boot.ini",
		     "[boot loader]\r\ntimeout=1\r\n"
		     "Default = multi(0)disk(0)rdisk(0)partition(1)\\windows.1"
		     "\r\n[operating systems]\r\n"
		     "multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS=\"XP\"\r\n");
	check_taken(&f, NULL, "C:\\WINDOWS.1", 2);
	/* A Windows that came later brings its store; it may start ntldr. */
	boot_store(&f, "Boot/BCD", NULL);
	check_taken(&f, NULL, "C:\\WINDOWS.1", 2);
	boot_store(&f, "EFI/Microsoft/Boot/BCD", "\\WINDOWS.0");
	check_taken(&f, NULL, "C:\\WINDOWS.0", 2);
	boot_store(&f, "Boot/BCD", "\\windows");
	check_taken(&f, NULL, "C:\\Windows", 2);
	check_taken(&f, "WINDOWS.1", "C:\\WINDOWS.1", 2);
	fixture_file(&f, "Boot/BCD", "regf no hive");
	check_taken(&f, NULL, "C:\\WINDOWS.0", 2);
	fixture_release(&f);
}

END_TEST

START_TEST(a_name_that_is_none_is_told)
{
	static const char *const wrong[] = {
		"WINNT",	   "Users",	    "", "\\", "..",
		"nowhere/Windows", "C:\\x\\Windows"
	};
	struct fixture f;

	fixture_init(&f);
	fixture_folder(&f, "Users");
	ck_assert_ptr_null(open_named(&f, "Windows"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "holds no Windows"));
	windows_at(&f, "Windows", 5);
	windows_at(&f, "Windows.0", 5);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(!open_named(&f, wrong[i]), "\"%s\" was taken",
			      wrong[i]);
		ck_assert_ptr_nonnull(
			strstr(err_last()->text, "it holds Windows, "));
	}
	fixture_release(&f);
}

END_TEST

/* Without a registry the identity is the place, and each has its own. */
START_TEST(each_has_an_identity)
{
	struct fixture f;
	struct target *a, *b;

	fixture_init(&f);
	fixture_folder(&f, "Windows/System32/config");
	fixture_folder(&f, "Windows.0/System32/config");
	a = open_named(&f, "Windows");
	b = open_named(&f, "Windows.0");
	ck_assert(a && b);
	ck_assert_str_ne(target_info(a)->target_id, target_info(b)->target_id);
	target_free(a);
	target_free(b);
	fixture_release(&f);
}

END_TEST

START_TEST(a_disk_full_of_them_is_bounded)
{
	struct fixture f;
	struct target *t;
	char name[32];

	fixture_init(&f);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "W%02d/System32/config", i);
		fixture_folder(&f, name);
	}
	t = open_named(&f, NULL);
	ck_assert_ptr_nonnull(t);
	ck_assert_str_eq(t->windows, "C:\\W00");
	/* fifteen by name, and that there are more */
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_OTHER_WINDOWS), 16);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* With too little memory none is taken in place of the one that is meant. */
START_TEST(short_memory_takes_no_other)
{
	struct fixture f;
	struct target *t;
	int64_t all;

	fixture_init(&f);
	windows_at(&f, "Windows", 5);
	windows_at(&f, "Windows.0", 4);
	windows_at(&f, "Windows.1", 3);
	boot_store(&f, "Boot/BCD", NULL);
	fixture_file(&f, "boot.ini",
		     "default=multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS.1");
	all = mem_count();
	t = open_named(&f, NULL);
	ck_assert_ptr_nonnull(t);
	target_free(t);
	all = mem_count() - all;
	for (int64_t n = 1; n <= all; n += unit_stride()) {
		mem_fail_after(n);
		t = open_named(&f, NULL);
		mem_fail_after(0);
		if (t)
			ck_assert_str_eq(t->windows, "C:\\Windows.1");
		else
			ck_assert_int_eq(err_last()->err, ERR_NOMEM);
		target_free(t);
	}
	fixture_release(&f);
}

END_TEST

static Suite *windows_folder_suite(void)
{
	Suite *s = suite_create("windows_folder");
	TCase *c = tcase_create("windows_folder");

	tcase_add_test(c, one_windows_is_taken);
	tcase_add_test(c, a_copy_is_better_than_nothing);
	tcase_add_test(c, the_newest_hive_decides);
	tcase_add_test(c, the_boot_files_come_first);
	tcase_add_test(c, a_name_that_is_none_is_told);
	tcase_add_test(c, each_has_an_identity);
	tcase_add_test(c, a_disk_full_of_them_is_bounded);
	tcase_add_test(c, short_memory_takes_no_other);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(windows_folder_suite)
