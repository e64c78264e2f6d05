/*
 * What lies beside a program (agent/collect/beside.c): its bounds.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"

#include "base/err.h"
#include "collect/beside.h"

/* Of the folders that are kept, as beside.c has it. */
#define MAX_FOLDERS 4096

/* One gap for all that come after, and no number of an earlier failure. */
START_TEST(more_folders_than_are_kept)
{
	const struct fixture_gap *gap;
	struct fixture f;
	struct beside *b;
	struct target *t;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Windows/System32/config/DEFAULT", NULL);
	t = fixture_open(&f);
	b = beside_new(t, &f.sink);
	ck_assert_ptr_nonnull(b);
	for (int i = 0; i < MAX_FOLDERS + 2; i++) {
		char wpath[32];
		char *files;

		/* They need not be there: each was asked for. */
		snprintf(wpath, sizeof(wpath), "C:\\%04d\\a.dll", i);
		ck_assert_uint_eq(f.gaps.count, i > MAX_FOLDERS);
		err_fail(ERR_DENIED, 5, "an earlier failure");
		ck_assert_int_eq(beside_files(b, wpath, &files), 0);
		ck_assert_ptr_null(files);
	}
	ck_assert_uint_eq(f.gaps.count, 1);
	gap = vec_at(&f.gaps, 0);
	ck_assert_int_eq(gap->kind, GAP_TOO_LARGE);
	ck_assert(gap->matters);
	ck_assert_str_eq(gap->path, "C:\\4096");
	ck_assert_int_eq(gap->os_error, 0);
	beside_free(b);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static Suite *beside_suite(void)
{
	Suite *s = suite_create("beside");
	TCase *tc = tcase_create("beside");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, more_folders_than_are_kept);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(beside_suite)
