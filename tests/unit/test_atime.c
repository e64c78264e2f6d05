/*
 * Whether it is worth asking for the right to leave access times alone: the
 * decisions, on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/atime.h"

#include <string.h>

#define MANAGED 0x80000000u /* Windows 10 1803 and later */

static const struct {
	const char *fs_name;
	bool is_read_only;
	uint32_t ntfs_disable;
	bool is_updated;
} volumes[] = {
	/* Windows XP has no such value; Vista to 10 1709 have 1. */
	{ "NTFS", false, 0, true },
	{ "NTFS", false, 1, false },
	/* User or system decides, switched on or off. */
	{ "NTFS", false, MANAGED | 0, true },
	{ "NTFS", false, MANAGED | 1, false },
	{ "NTFS", false, MANAGED | 2, true },
	{ "NTFS", false, MANAGED | 3, false },
	/* The value is of NTFS alone. */
	{ "FAT32", false, 1, true },
	{ "exFAT", false, MANAGED | 3, true },
	{ "ReFS", false, 1, true },
	{ "", false, 1, true },
	/* Nothing is written there. */
	{ "NTFS", true, 0, false },
	{ "CDFS", true, 0, false },
};

START_TEST(updated)
{
	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
		const struct atime_volume v = { volumes[i].fs_name,
						volumes[i].is_read_only };
		const struct atime_settings s = {
			.ntfs_disable = volumes[i].ntfs_disable
		};

		ck_assert_msg(atime_is_updated(&v, &s) == volumes[i].is_updated,
			      "row %d", (int)i);
	}
}

END_TEST

static const struct {
	uint32_t controlled;
	const char *folder;
	bool want;
} folders[] = {
	{ 1, "C:\\Users\\taro\\Documents", true },
	{ 1, "C:\\users\\太郎\\PICTURES\\2010\\09", true },
	{ 1, "C:\\Users\\Public\\Videos", true },
	{ 1, "C:\\Users\\taro\\OneDrive\\Documents", true },
	{ 1, "C:\\Users\\taro\\OneDrive - Company\\Desktop", true },
	{ 2, "D:\\Users\\taro\\Desktop", true }, /* watches only */
	/* where the evidence lies */
	{ 1, "C:\\Users\\taro\\AppData\\Local\\Temp", false },
	{ 1, "C:\\Users\\taro\\Downloads", false },
	{ 1, "C:\\Users\\taro", false },
	{ 1, "C:\\Users\\taro\\Documents2", false },
	{ 1, "C:\\Users", false },
	{ 1, "C:\\", false },
	{ 1, "C:\\Windows\\Users\\Documents", false },
	{ 1, "C:\\Documents and Settings\\taro\\Desktop", false },
	{ 1, "Users\\taro\\Documents", false },
	/* off, and of disks only */
	{ 0, "C:\\Users\\taro\\Documents", false },
	{ 3, "C:\\Users\\taro\\Documents", false },
	{ 4, "C:\\Users\\taro\\Documents", false },
};

START_TEST(controlled)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const struct atime_settings s = {
			.controlled = folders[i].controlled
		};

		ck_assert_msg(atime_is_controlled(&s, folders[i].folder) ==
				      folders[i].want,
			      "%s", folders[i].folder);
	}
}

END_TEST

START_TEST(trees)
{
	static const char *const rows[][2] = {
		{ "C:\\Users\\taro\\Documents\\a\\b",
		  "C:\\Users\\taro\\Documents" },
		{ "C:\\Users\\taro\\Documents", "C:\\Users\\taro\\Documents" },
		{ "C:\\Users", "C:\\Users" },
		{ "C:\\Users\\", "C:\\Users" },
		{ "C:\\", "C:" },
		{ "Users\\taro", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(atime_tree_nbytes(rows[i][0]) ==
				      strlen(rows[i][1]),
			      "%s", rows[i][0]);
}

END_TEST

START_TEST(refused)
{
	struct atime_refused r = { { 0 }, 0 };
	char path[64];

	ck_assert(!atime_refused_has(&r, "C:\\Users\\taro\\Documents"));
	atime_refused_add(&r, "C:\\Users\\taro\\Documents\\a");
	ck_assert(atime_refused_has(&r, "C:\\Users\\taro\\Documents\\b\\c"));
	ck_assert(atime_refused_has(&r, "c:/users/TARO/documents"));
	/* Nothing else is lost. */
	ck_assert(!atime_refused_has(&r, "C:\\Users\\taro\\AppData\\Local"));
	ck_assert(!atime_refused_has(&r, "C:\\Users\\taro"));
	ck_assert(!atime_refused_has(&r, "D:\\Users\\taro\\Documents"));
	/* A path without a root is not kept, and not found. */
	atime_refused_add(&r, "a\\b");
	ck_assert_uint_eq(r.next, 1);
	ck_assert(!atime_refused_has(&r, "a\\b"));
	ck_assert(!atime_refused_has(&r, ""));
	/* The oldest goes. */
	for (unsigned i = 0; i < ATIME_REFUSED_MAX - 1; i++) {
		snprintf(path, sizeof(path), "E:\\%u", i);
		atime_refused_add(&r, path);
	}
	ck_assert(atime_refused_has(&r, "C:\\Users\\taro\\Documents"));
	atime_refused_add(&r, "E:\\one more");
	ck_assert(!atime_refused_has(&r, "C:\\Users\\taro\\Documents"));
	ck_assert(atime_refused_has(&r, "E:\\0"));
	ck_assert(atime_refused_has(&r, "E:\\one more"));
}

END_TEST

static Suite *atime_suite(void)
{
	Suite *s = suite_create("atime");
	TCase *tc = tcase_create("atime");

	tcase_add_test(tc, updated);
	tcase_add_test(tc, controlled);
	tcase_add_test(tc, trees);
	tcase_add_test(tc, refused);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(atime_suite)
