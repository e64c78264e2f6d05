/*
 * Whether what was opened on Windows is what was asked for: the decisions,
 * on every host.  Wine makes no junction and no SUBST drive to show them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/host.h"
#include "host/path_check.h"

#include <string.h>

#define DIR	0x10u
#define REPARSE (DIR | HOST_ATTR_REPARSE)

/* Tags of ntifs.h and [MS-FSCC] 2.1.2.1. */
#define TAG_JUNCTION 0xA0000003u
#define TAG_SYMLINK  0xA000000Cu
#define TAG_WSL_LINK 0xA000001Du
#define TAG_WOF	     0x80000017u
#define TAG_DEDUP    0x80000013u

START_TEST(links_are_not_gone_through)
{
	static const struct {
		uint32_t attrs;
		uint32_t tag;
		enum path_check want;
	} rows[] = {
		{ DIR, 0, PATH_CHECK_OK },
		{ REPARSE, TAG_JUNCTION, PATH_CHECK_LINK },
		{ REPARSE, TAG_SYMLINK, PATH_CHECK_LINK },
		{ REPARSE, TAG_WSL_LINK, PATH_CHECK_LINK },
		/* A tag that is not told may be anything. */
		{ REPARSE, 0, PATH_CHECK_LINK },
		/* Filters give the content of the file itself. */
		{ HOST_ATTR_REPARSE, TAG_WOF, PATH_CHECK_OK },
		{ HOST_ATTR_REPARSE, TAG_DEDUP, PATH_CHECK_OK },
		/* Without the attribute the tag field is something else. */
		{ DIR, TAG_JUNCTION, PATH_CHECK_OK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(path_check_step(rows[i].attrs, rows[i].tag, "dir",
					      "\\some\\dir",
					      false) == rows[i].want,
			      "row %d", (int)i);
}

END_TEST

START_TEST(other_names_are_noticed)
{
	static const struct {
		const char *name;
		const char *found;
		enum path_check want;
	} rows[] = {
		{ "Windows", "\\Windows", PATH_CHECK_OK },
		{ "WINDOWS", "\\Windows", PATH_CHECK_OK },
		{ "表示", "\\a\\表示", PATH_CHECK_OK },
		{ "Ä", "\\ä", PATH_CHECK_OK },
		{ "PROGRA~1", "\\Program Files", PATH_CHECK_ALIAS },
		{ "System32", "\\Windows\\SysWOW64", PATH_CHECK_ALIAS },
		{ "dir", "\\dir ", PATH_CHECK_ALIAS },
		{ "dir.", "\\dir", PATH_CHECK_ALIAS },
		{ "dir", "\\dir\\below", PATH_CHECK_ALIAS },
		{ "dir", "", PATH_CHECK_ALIAS },
		{ "share", "\\server\\share", PATH_CHECK_OK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(path_check_step(DIR, 0, rows[i].name,
					      rows[i].found,
					      false) == rows[i].want,
			      "%s", rows[i].name);
}

END_TEST

/* Wine tells names without the dots and spaces at their end. */
START_TEST(trimmed_names_are_known)
{
	ck_assert(path_check_step(DIR, 0, "dir. ", "\\a\\dir", true) ==
		  PATH_CHECK_OK);
	ck_assert(path_check_step(DIR, 0, "...", "\\a\\", true) ==
		  PATH_CHECK_OK);
	ck_assert(path_check_step(DIR, 0, "Dir", "\\a\\dir", true) ==
		  PATH_CHECK_OK);
	ck_assert(path_check_step(DIR, 0, "dir. ", "\\a\\dir", false) ==
		  PATH_CHECK_ALIAS);
	ck_assert(path_check_step(DIR, 0, "dir", "\\a\\dir.", true) ==
		  PATH_CHECK_ALIAS);
	ck_assert(path_check_step(DIR, 0, "other. ", "\\a\\dir", true) ==
		  PATH_CHECK_ALIAS);
}

END_TEST

START_TEST(roots_are_those_of_our_disks)
{
	static const struct {
		const char *device;
		const char *found;
		enum path_check want;
	} rows[] = {
		{ "\\Device\\HarddiskVolume1", "\\", PATH_CHECK_OK },
		{ NULL, "\\", PATH_CHECK_OK }, /* \\?\Volume{...}\ */
		{ "\\??\\C:\\folder", "\\folder", PATH_CHECK_SUBST },
		/* subst X: C:\ is a second name for all of C: */
		{ "\\??\\C:\\", "\\", PATH_CHECK_SUBST },
		{ "\\??\\UNC\\server\\share", "\\server\\share",
		  PATH_CHECK_SUBST },
		/* made without \??\: the root is a folder all the same */
		{ "\\Device\\HarddiskVolume1\\folder", "\\folder",
		  PATH_CHECK_SUBST },
		{ "\\Device\\LanmanRedirector\\;Z:0000000000012345\\s\\x",
		  "\\;Z:0000000000012345\\s\\x\\", PATH_CHECK_REMOTE },
		{ "\\Device\\Mup\\;LanmanRedirector\\;Z:00\\s\\x", "\\s\\x\\",
		  PATH_CHECK_REMOTE },
		{ NULL, "\\server\\share\\", PATH_CHECK_REMOTE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(path_check_root(rows[i].device, rows[i].found) ==
				      rows[i].want,
			      "row %d", (int)i);
}

END_TEST

START_TEST(root_of_a_path)
{
	static const struct {
		const char *path;
		const char *root;
	} rows[] = {
		{ "C:\\a\\b", "C:" },
		{ "c:/a", "c:" },
		{ "\\\\?\\C:\\a", "\\\\?\\C:" },
		{ "\\??\\C:\\a", "\\??\\C:" },
		{ "\\\\server\\share\\a", "\\\\server\\share" },
		{ "//server/share/a", "//server/share" },
		{ "\\\\?\\UNC\\server\\share\\a", "\\\\?\\UNC\\server\\share" },
		{ "\\\\?\\Volume{1-2}\\a", "\\\\?\\Volume{1-2}" },
		{ "C:a", "" },
		{ "C:", "" },
		{ "a\\b", "" },
		{ "\\a", "" },
		{ "\\\\server", "" },
		{ "\\\\server\\", "" },
		{ "\\\\.\\C:\\a", "" },
		{ "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1\\a", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(path_root_nbytes(rows[i].path) ==
				      strlen(rows[i].root),
			      "%s", rows[i].path);
}

END_TEST

START_TEST(path_below_its_base)
{
	static const struct {
		const char *base;
		const char *path;
		const char *rest;
	} rows[] = {
		{ NULL, "C:\\a\\b", "\\a\\b" },
		{ NULL, "C:\\a", "\\a" },
		{ NULL, "a\\b", NULL },
		{ NULL, "C:a", NULL },
		{ NULL, "\\\\s\\x\\a", "\\a" },
		{ NULL, "\\\\s\\x", NULL },
		{ "C:\\a", "C:\\a\\b", "\\b" },
		{ "C:\\a\\", "C:\\a\\b", "\\b" },
		{ "C:\\a", "c:/A/b", "/b" },
		{ "C:\\", "C:\\b", "\\b" },
		{ "E:", "E:\\b", "\\b" },
		{ "C:\\a", "C:\\ab\\c", NULL },
		{ "C:\\a", "C:\\a", NULL },
		{ "C:\\a\\b", "C:\\a", NULL },
		{ "C:\\ä", "C:\\ä\\b", "\\b" },
		{ "", "\\a", NULL },
		{ "\\", "\\a", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *rest = path_below(rows[i].base, rows[i].path);

		ck_assert_msg((rest == NULL) == (rows[i].rest == NULL),
			      "row %d", (int)i);
		if (rest != NULL)
			ck_assert_str_eq(rest, rows[i].rest);
	}
}

END_TEST

static Suite *path_check_suite(void)
{
	Suite *s = suite_create("path_check");
	TCase *tc = tcase_create("path_check");

	tcase_add_test(tc, links_are_not_gone_through);
	tcase_add_test(tc, other_names_are_noticed);
	tcase_add_test(tc, trimmed_names_are_known);
	tcase_add_test(tc, roots_are_those_of_our_disks);
	tcase_add_test(tc, root_of_a_path);
	tcase_add_test(tc, path_below_its_base);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(path_check_suite)
