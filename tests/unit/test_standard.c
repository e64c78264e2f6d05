/*
 * Which standard streams are there: what Windows answers, on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/standard.h"

/* winbase.h, winerror.h */
#define UNKNOWN		0u
#define DISK		1u
#define CHARACTERS	2u
#define PIPE		3u
#define INVALID_HANDLE	6u
#define TYPE_MISMATCH	INVALID_HANDLE /* an event, a section, a thread */
#define NOT_SUPPORTED	50u
#define ALL_ONES	UINT64_MAX
#define ALL_ONES_32_BIT UINT32_MAX

/* FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_APPEND_DATA | SYNCHRONIZE */
#define READS	 0x00120089u
#define WRITES	 0x00120116u
#define APPENDS	 0x00100004u
#define NOT_TOLD UINT32_MAX

static const struct {
	struct standard_told told;
	bool want;
} rows[] = {
	/* A console, XP's (never a kernel handle) and the one of today; NUL. */
	{ { 0x7, CHARACTERS, 0, NOT_TOLD, false, true }, true },
	{ { 0x54, CHARACTERS, 0, READS | WRITES, false, true }, true },
	{ { 0x54, PIPE, 0, WRITES, false, true }, true },
	{ { 0x54, DISK, 0, WRITES, false, true }, true },
	{ { 0x54, DISK, 0, APPENDS, false, true }, true },
	{ { 0x54, DISK, 0, READS, false, false }, true },
	/* The last error may be left from before where the type is told. */
	{ { 0x54, DISK, INVALID_HANDLE, WRITES, false, true }, true },
	/* A device that is none of these. */
	{ { 0x54, UNKNOWN, 0, WRITES, false, true }, true },
	/* A service; a detached process. */
	{ { 0, UNKNOWN, INVALID_HANDLE, NOT_TOLD, false, true }, false },
	{ { 0, UNKNOWN, 0, NOT_TOLD, false, false }, false },
	{ { ALL_ONES, UNKNOWN, INVALID_HANDLE, NOT_TOLD, false, true }, false },
	{ { ALL_ONES_32_BIT, UNKNOWN, INVALID_HANDLE, NOT_TOLD, false, true },
	  false },
	/* The same number as INVALID_HANDLE_VALUE: "this process". */
	{ { ALL_ONES, UNKNOWN, 0, NOT_TOLD, false, true }, false },
	{ { ALL_ONES_32_BIT, UNKNOWN, 0, NOT_TOLD, false, true }, false },
	/* XP's console where there is none; a parent's number. */
	{ { 0x7, UNKNOWN, INVALID_HANDLE, NOT_TOLD, false, true }, false },
	{ { 0x1234, UNKNOWN, INVALID_HANDLE, NOT_TOLD, false, true }, false },
	{ { 0x24, UNKNOWN, TYPE_MISMATCH, NOT_TOLD, false, true }, false },
	{ { 0x24, UNKNOWN, NOT_SUPPORTED, NOT_TOLD, false, true }, false },
	/* What has that number here: the current folder, a file it reads. */
	{ { 0x24, DISK, 0, READS, true, false }, false },
	{ { 0x24, DISK, 0, READS | WRITES, true, true }, false },
	{ { 0x58, DISK, 0, READS, false, true }, false },
	{ { 0x58, UNKNOWN, 0, READS, false, true }, false },
};

START_TEST(each_answer)
{
	ck_assert_int_eq(standard_is_there(&rows[_i].told), rows[_i].want);
}

END_TEST

static Suite *standard_suite(void)
{
	Suite *s = suite_create("standard");
	TCase *tc = tcase_create("standard");

	tcase_add_loop_test(tc, each_answer, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(standard_suite)
