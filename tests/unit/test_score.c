/*
 * The score formula and the verdict that follows from it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "verdict/finding.h"

struct row {
	int best[EV_COUNT]; /* content, name, registration, trace */
	int score;
	enum verdict verdict;
};

static const struct row rows[] = {
	{ { 0, 0, 0, 0 }, 0, VERDICT_NOTE },
	{ { 0, 49, 0, 0 }, 49, VERDICT_NOTE },
	{ { 0, 50, 0, 0 }, 50, VERDICT_SUSPICIOUS },
	{ { 79, 0, 0, 0 }, 79, VERDICT_SUSPICIOUS },
	{ { 80, 0, 0, 0 }, 80, VERDICT_MALICIOUS },
	/* the worked example: 60 + 60/2 = 90 */
	{ { 0, 60, 60, 0 }, 90, VERDICT_MALICIOUS },
	/* 60 + 60/2 + 45/4 = 101.25 */
	{ { 45, 60, 60, 0 }, 100, VERDICT_MALICIOUS },
	/* 40 + 30/2 = 55, whichever kind is the higher one */
	{ { 40, 30, 0, 0 }, 55, VERDICT_SUSPICIOUS },
	{ { 30, 40, 0, 0 }, 55, VERDICT_SUSPICIOUS },
	/* 31 + 25/2 + 9/4 + 7/8 = 46.625: rounded down once, at the end */
	{ { 31, 25, 9, 7 }, 46, VERDICT_NOTE },
	/* each half rounded down would lose one: 41 + 17/2 + 2/4 = 50.0 */
	{ { 41, 17, 2, 0 }, 50, VERDICT_SUSPICIOUS },
	{ { 100, 100, 100, 100 }, 100, VERDICT_MALICIOUS },
	/* out of range values of a foreign pack are brought into range */
	{ { -5, 0, 0, 0 }, 0, VERDICT_NOTE },
	{ { 200, 0, 0, 0 }, 100, VERDICT_MALICIOUS },
};

START_TEST(test_combine)
{
	const struct row *row = &rows[_i];

	ck_assert_int_eq(score_combine(row->best), row->score);
	ck_assert_int_eq(score_verdict(row->score), row->verdict);
}

END_TEST

START_TEST(test_order_is_irrelevant)
{
	const int values[EV_COUNT] = { 70, 45, 20, 10 };
	/* 70 + 45/2 + 20/4 + 10/8 = 98.75 */
	const int expected = 98;

	for (int a = 0; a < 4; a++) {
		for (int b = 0; b < 4; b++) {
			for (int c = 0; c < 4; c++) {
				int d = 6 - a - b - c;
				int best[EV_COUNT];

				if (a == b || b == c || a == c)
					continue;
				best[a] = values[0];
				best[b] = values[1];
				best[c] = values[2];
				best[d] = values[3];
				ck_assert_int_eq(score_combine(best), expected);
			}
		}
	}
}

END_TEST

START_TEST(test_verdict_names)
{
	ck_assert_str_eq(verdict_name(VERDICT_MALICIOUS), "malicious");
	ck_assert_str_eq(verdict_name(VERDICT_SUSPICIOUS), "suspicious");
	ck_assert_str_eq(verdict_name(VERDICT_NOTE), "note");
}

END_TEST

static Suite *score_suite(void)
{
	Suite *s = suite_create("score");
	TCase *t = tcase_create("score");

	tcase_add_loop_test(t, test_combine, 0,
			    (int)(sizeof(rows) / sizeof(*rows)));
	tcase_add_test(t, test_order_is_irrelevant);
	tcase_add_test(t, test_verdict_names);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(score_suite)
