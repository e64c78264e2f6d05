/*
 * By which of the kernel's functions a key is opened that lets nobody in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "registry/backup_open.h"

START_TEST(which_way)
{
	static const struct {
		bool can_open, is_as_link, is_below;
		enum backup_way want;
	} rows[] = {
		/* Windows 7 and later */
		{ true, true, true, BACKUP_BY_OPENING },
		{ true, true, false, BACKUP_BY_OPENING },
		{ true, false, true, BACKUP_BY_OPENING },
		{ true, false, false, BACKUP_BY_OPENING },
		/* XP and Vista: a link could lead the making elsewhere, */
		{ false, true, true, BACKUP_BY_CREATING },
		{ false, false, true, BACKUP_NO_WAY },
		/* and so could whoever changes a path. */
		{ false, true, false, BACKUP_NO_WAY },
		{ false, false, false, BACKUP_NO_WAY },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(backup_way(rows[i].can_open, rows[i].is_as_link,
					 rows[i].is_below) == rows[i].want,
			      "row %u", (unsigned)i);
}

END_TEST

/* REG_CREATED_NEW_KEY is 1, REG_OPENED_EXISTING_KEY 2. */
START_TEST(what_was_there_is_never_taken_for_new)
{
	ck_assert(backup_made_new(1));
	ck_assert(!backup_made_new(2));
	ck_assert(!backup_made_new(0));
	ck_assert(!backup_made_new(3));
	ck_assert(!backup_made_new(UINT32_MAX));
}

END_TEST

static Suite *backup_open_suite(void)
{
	Suite *s = suite_create("backup_open");
	TCase *t = tcase_create("decisions");

	tcase_add_test(t, which_way);
	tcase_add_test(t, what_was_there_is_never_taken_for_new);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(backup_open_suite)
