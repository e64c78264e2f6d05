/*
 * Unit tests of what a refused opening means (agent/host/refusal.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/refusal.h"

/* Win32's code and the NTSTATUS behind it, as MS-ERREF numbers them. */
static const struct {
	uint32_t os_error;
	uint32_t nt_status;
	bool is_vanishing;
	bool is_of_readers;
} rows[] = {
	{ 5, 0xC0000056, true, false },	 /* STATUS_DELETE_PENDING */
	{ 5, 0xC0000022, false, false }, /* STATUS_ACCESS_DENIED */
	{ 5, 0xC0000121, false, false }, /* STATUS_CANNOT_DELETE */
	{ 5, 0xC00000BA, false, false }, /* STATUS_FILE_IS_A_DIRECTORY */
	{ 5, 0, false, false },		 /* nobody told the status */
	/* one that is left from an earlier call */
	{ 2, 0xC0000056, false, false },
	{ 32, 0xC0000056, false, true },
	{ 303, 0, true, false },	  /* ERROR_DELETE_PENDING */
	{ 32, 0xC0000043, false, true },  /* STATUS_SHARING_VIOLATION */
	{ 33, 0xC0000054, false, false }, /* STATUS_FILE_LOCK_CONFLICT */
	{ 170, 0, false, false },	  /* ERROR_BUSY */
	{ 300, 0, false, false },	  /* ERROR_OPLOCK_NOT_GRANTED */
	{ 1224, 0, false, false },	  /* ERROR_USER_MAPPED_FILE */
	{ 0, 0, false, false },
};

START_TEST(refused_opening)
{
	ck_assert(refusal_is_vanishing(rows[_i].os_error, rows[_i].nt_status) ==
		  rows[_i].is_vanishing);
	ck_assert(refusal_is_of_readers(rows[_i].os_error) ==
		  rows[_i].is_of_readers);
}

END_TEST

static Suite *refusal_suite(void)
{
	Suite *s = suite_create("refusal");
	TCase *t = tcase_create("refusal");

	tcase_add_loop_test(t, refused_opening, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(refusal_suite)
