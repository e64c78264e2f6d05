/*
 * Unit tests of the list of loaded files (agent/host/modules.c), and of how it
 * is read.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/modules.h"

#define NO_ID UINT64_MAX /* where the number is longer than 64 bits */

static const struct host_stat none,
	first = { .volume = 1, .file_id = 7 },
	other_file = { .volume = 1, .file_id = 8 },
	other_volume = { .volume = 2, .file_id = 7 },
	too_long = { .volume = 1, .file_id = NO_ID };

/* What is loaded, and a file that is asked for. */
static const struct {
	const char *path;
	const struct host_stat *loaded;
	const char *name;
	const struct host_stat *st;
	bool want;
} rows[] = {
	/* the number decides, whatever it is called now */
	{ "C:\\a\\x.dll", &first, "x.dll", &first, true },
	{ "C:\\a\\x.dll", &first, "y.tmp", &first, true },
	{ "C:\\a\\x.dll", &first, "x.dll", &other_file, false },
	{ "C:\\a\\x.dll", &first, "x.dll", &other_volume, false },
	/* nobody told the number of the one or the other: the name does */
	{ "C:\\a\\x.dll", &first, "X.DLL", NULL, true },
	{ "C:\\a\\x.dll", &first, "X.DLL", &none, true },
	{ "C:\\a\\x.dll", &first, "X.DLL", &too_long, true },
	{ "C:\\a\\x.dll", &first, "y.dll", NULL, false },
	{ "\\Device\\Mup\\s\\x.dll", NULL, "x.dll", &first, true },
	{ "\\Device\\Mup\\s\\x.dll", &none, "x.dll", &first, true },
	{ "\\Device\\Mup\\s\\x.dll", &too_long, "x.dll", &first, true },
	{ "\\Device\\Mup\\s\\x.dll", NULL, "y.dll", &first, false },
	{ "x.dll", NULL, "x.dll", &first, true },
	{ "\\Device\\Mup\\s\\x.dll", &too_long, "y.dll", &too_long, false },
};

START_TEST(loaded_file)
{
	struct host_modules *m = host_modules_new();

	ck_assert_ptr_nonnull(m);
	ck_assert(!host_modules_have(m, rows[_i].st, rows[_i].name));
	ck_assert_int_eq(host_modules_add(m, rows[_i].path, rows[_i].loaded),
			 0);
	ck_assert(host_modules_have(m, rows[_i].st, rows[_i].name) ==
		  rows[_i].want);
	host_modules_free(m);
}

END_TEST

/* One of a name whose number is told does not hide one where it is not. */
START_TEST(both_of_one_name)
{
	for (int i = 0; i < 2; i++) {
		struct host_modules *m = host_modules_new();

		ck_assert_int_eq(
			host_modules_add(m, "C:\\x.dll", i ? &first : NULL), 0);
		ck_assert_int_eq(
			host_modules_add(m, "D:\\x.dll", i ? NULL : &first), 0);
		ck_assert(host_modules_have(m, &other_file, "x.dll"));
		host_modules_free(m);
	}
}

END_TEST

START_TEST(more_than_there_is_room_for)
{
	struct host_modules *m = host_modules_new();
	struct host_stat st = { .volume = 1 };
	char path[32];
	int err = 0;

	for (unsigned i = 1; !err && i < 200000; i++) {
		st.file_id = i;
		snprintf(path, sizeof(path), "C:\\%u.dll", i);
		err = host_modules_add(m, path, &st);
	}
	ck_assert_int_eq(err, ERR_TOO_LARGE);
	st.file_id = 1;
	ck_assert(host_modules_have(m, &st, "1.dll"));
	host_modules_free(m);
}

END_TEST

/* What runs here is at least this program itself. */
START_TEST(reads_what_runs)
{
	struct host_modules *m = host_modules_new();
	char *exe = host_exe_path();
	struct host_stat st;

	ck_assert_int_eq(host_stat(exe, true, &st), 0);
	ck_assert_msg(host_modules_read(m) == 0, "%s", err_last()->text);
	ck_assert(host_modules_have(m, &st, "other name") == host_is_windows());
	host_modules_free(m);
	mem_free(exe);
}

END_TEST

static const struct host_stat no_number = { .volume = 1 };

/* What is loaded under which path, and whether that is C:\\a\\x.dll. */
static const struct {
	const struct host_stat *loaded;
	const char *path;
	const struct host_stat *file;
	enum host_same want;
} same_rows[] = {
	{ &first, "\\Device\\HarddiskVolume2\\moved.tmp", &first,
	  HOST_SAME_FILE },
	{ &other_file, "\\Device\\HarddiskVolume2\\a\\x.dll", &first,
	  HOST_OTHER_FILE },
	{ &other_volume, "\\Device\\HarddiskVolume2\\a\\x.dll", &first,
	  HOST_OTHER_FILE },
	/* no numbers: two files of one volume are not the same for that */
	{ &no_number, "\\Device\\Mup\\s\\x\\b\\y.dll", &no_number,
	  HOST_OTHER_FILE },
	{ &too_long, "\\Device\\HarddiskVolume2\\b\\y.dll", &too_long,
	  HOST_OTHER_FILE },
	{ &too_long, "\\Device\\HarddiskVolume2\\A\\X.dll", &too_long,
	  HOST_SAME_FILE },
	{ &no_number, "C:\\a\\x.dll", &first, HOST_SAME_FILE },
	{ &too_long, "\\Device\\HarddiskVolume2\\b\\X.dll", &too_long,
	  HOST_NOT_TOLD },
	{ &no_number, "x.dll", &no_number, HOST_NOT_TOLD },
	{ &no_number, "", &no_number, HOST_OTHER_FILE },
};

START_TEST(is_that_file_loaded)
{
	for (size_t i = 0; i < sizeof(same_rows) / sizeof(same_rows[0]); i++)
		ck_assert_msg(
			host_same_module(same_rows[i].loaded, same_rows[i].path,
					 same_rows[i].file,
					 "C:\\a\\x.dll") == same_rows[i].want,
			"row %d", (int)i);
}

END_TEST

static Suite *modules_suite(void)
{
	Suite *s = suite_create("modules");
	TCase *t = tcase_create("modules");

	tcase_add_loop_test(t, loaded_file, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, both_of_one_name);
	tcase_add_test(t, is_that_file_loaded);
	tcase_add_test(t, more_than_there_is_room_for);
	tcase_add_test(t, reads_what_runs);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(modules_suite)
