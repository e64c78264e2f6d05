/*
 * Whether a file is in use, from what the system answered.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/in_use.h"

#define READ_ONLY 0x1u
#define HIDDEN	  0x2u
#define SYSTEM	  0x4u
#define ARCHIVE	  0x20u
#define REPARSE	  0x400u

#define SUCCESS		0u
#define DENIED		0xC0000022u
#define SHARING		0xC0000043u
#define DELETE_PENDING	0xC0000056u
#define WRITE_PROTECTED 0xC00000A2u
#define CANNOT_DELETE	0xC0000121u
#define VIRUS		0xC0000906u

START_TEST(what_an_opening_tells)
{
	static const struct {
		uint32_t attrs;
		uint32_t status;
		enum in_use want;
	} rows[] = {
		/* Who may write it would have been told. */
		{ ARCHIVE, SUCCESS, IN_USE_NO },
		{ READ_ONLY, SUCCESS, IN_USE_NO },
		{ ARCHIVE, SHARING, IN_USE_YES },
		/* Wine does not deny root the access. */
		{ READ_ONLY | HIDDEN | SYSTEM, SHARING, IN_USE_YES },
		/* Denied before sharing is looked at. */
		{ READ_ONLY, DENIED, IN_USE_ASK },
		{ READ_ONLY | HIDDEN | SYSTEM, DENIED, IN_USE_ASK },
		/* So it is by an access list, which is no attribute. */
		{ ARCHIVE, DENIED, IN_USE_ASK },
		{ 0, DENIED, IN_USE_ASK },
		/* Not opened: a filter would unpack it. */
		{ REPARSE, SUCCESS, IN_USE_ASK },
		{ REPARSE | READ_ONLY, SUCCESS, IN_USE_ASK },
		/* None of these comes of somebody who uses it. */
		{ READ_ONLY, WRITE_PROTECTED, IN_USE_NO },
		{ ARCHIVE, DELETE_PENDING, IN_USE_NO },
		{ ARCHIVE, VIRUS, IN_USE_NO },
		{ READ_ONLY, CANNOT_DELETE, IN_USE_NO },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(in_use_by_opening(rows[i].attrs,
						rows[i].status) == rows[i].want,
			      "row %d", (int)i);
}

END_TEST

START_TEST(what_programs_tell)
{
	ck_assert_int_eq(in_use_by_programs(0), IN_USE_NO);
	ck_assert_int_eq(in_use_by_programs(1), IN_USE_YES);
	ck_assert_int_eq(in_use_by_programs(7), IN_USE_YES);
}

END_TEST

START_TEST(what_a_removal_tells)
{
	ck_assert(in_use_by_removal(CANNOT_DELETE));
	ck_assert(!in_use_by_removal(SUCCESS));
	/* The attribute could not be cleared, the handle may not: no use. */
	ck_assert(!in_use_by_removal(DENIED));
	ck_assert(!in_use_by_removal(SHARING));
	ck_assert(!in_use_by_removal(WRITE_PROTECTED));
	ck_assert(!in_use_by_removal(DELETE_PENDING));
}

END_TEST

static Suite *in_use_suite(void)
{
	Suite *s = suite_create("in_use");
	TCase *tc = tcase_create("in_use");

	tcase_add_test(tc, what_an_opening_tells);
	tcase_add_test(tc, what_programs_tell);
	tcase_add_test(tc, what_a_removal_tells);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(in_use_suite)
