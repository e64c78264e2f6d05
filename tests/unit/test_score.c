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
	/* 60 + 60/2 = 90 */
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

/* ---- what counts at all -------------------------------------------------- */

enum {
	CONTENT,
	NAME,
	ENTRY,
	OTHER_ENTRY,
	TRACE,
	RULE_COUNT
};

static struct rule_info rules[RULE_COUNT];

static void rules_begin(void)
{
	static const char *const names[] = { "content", "name", "entry",
					     "other_entry", "trace" };

	static const enum evidence kinds[] = { EV_CONTENT, EV_NAME,
					       EV_REGISTRATION, EV_REGISTRATION,
					       EV_TRACE };

	static const int scores[] = { 40, 60, 64, 20, 8 };

	for (size_t i = 0; i < RULE_COUNT; i++)
		rules[i] = (struct rule_info){ .name = names[i],
					       .evidence = kinds[i],
					       .score = scores[i],
					       .fact = "",
					       .unless = "" };
}

/* Of all five, in both orders: the same. */
static struct score_sum sum_all(void)
{
	const struct rule_info *all[RULE_COUNT];
	const struct rule_info *back[RULE_COUNT];
	struct score_sum sum, other;

	for (size_t i = 0; i < RULE_COUNT; i++)
		all[i] = back[RULE_COUNT - 1 - i] = &rules[i];
	score_rules(all, RULE_COUNT, &sum);
	score_rules(back, RULE_COUNT, &other);
	ck_assert_int_eq(sum.score, other.score);
	for (int e = 0; e < EV_COUNT; e++)
		ck_assert_ptr_eq(sum.best[e], other.best[e]);
	return sum;
}

START_TEST(test_all_kinds_count)
{
	struct score_sum sum;

	rules_begin();
	sum = sum_all();
	/* 64 + 60/2 + 40/4 + 8/8 = 105 */
	ck_assert_int_eq(sum.score, 100);
	ck_assert_ptr_eq(sum.best[EV_REGISTRATION], &rules[ENTRY]);
	ck_assert_int_eq(sum.content, 40);
}

END_TEST

START_TEST(test_one_fact_counts_once)
{
	struct score_sum sum;

	rules_begin();
	rules[NAME].fact = rules[ENTRY].fact = "path";
	rules[CONTENT].fact = "another";
	sum = sum_all();
	ck_assert_int_eq(sum.score, 64 + 20 + 2); /* 64 + 40/2 + 8/4 */
	ck_assert_ptr_null(sum.best[EV_NAME]);
	/* The better one of two kinds, whichever. */
	rules[NAME].score = 65;
	sum = sum_all();
	ck_assert_ptr_eq(sum.best[EV_NAME], &rules[NAME]);
	/* What is left of the kind counts: 65 + 40/2 + 20/4 + 8/8 */
	ck_assert_ptr_eq(sum.best[EV_REGISTRATION], &rules[OTHER_ENTRY]);
	ck_assert_int_eq(sum.score, 91);
}

END_TEST

/* "path, example" is told by whoever tells one of them better. */
START_TEST(test_several_facts_of_one_rule)
{
	static const struct {
		const char *name, *entry;
		bool is_one;
	} pairs[] = {
		{ "path", "example, path", true },
		{ "example,path", "path", true },
		{ "a, b", "c, b", true },
		{ "path", "paths, pat, part", false },
		{ "", ", ", false },
		{ ", ", ", ", false },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct score_sum sum;

		rules_begin();
		rules[NAME].fact = pairs[i].name;
		rules[ENTRY].fact = pairs[i].entry;
		sum = sum_all();
		ck_assert_int_eq(sum.best[EV_NAME] == NULL, pairs[i].is_one);
	}
}

END_TEST

START_TEST(test_strong_content_is_told_whatever_counts)
{
	struct score_sum sum;

	rules_begin();
	rules[CONTENT].fact = rules[ENTRY].fact = "example";
	sum = sum_all();
	ck_assert_ptr_null(sum.best[EV_CONTENT]);
	ck_assert_int_eq(sum.content, 40);
}

END_TEST

START_TEST(test_what_is_explained_does_not_count)
{
	struct score_sum sum;

	rules_begin();
	rules[ENTRY].unless = "content";
	sum = sum_all();
	ck_assert_ptr_eq(sum.best[EV_REGISTRATION], &rules[OTHER_ENTRY]);
	ck_assert_int_eq(sum.score, 60 + 20 + 5 + 1);
	/* Nor does it keep others of its fact from counting. */
	rules[NAME].fact = rules[ENTRY].fact = "path";
	sum = sum_all();
	ck_assert_ptr_eq(sum.best[EV_NAME], &rules[NAME]);
	/* By a rule that did not hit nothing is explained. */
	rules[ENTRY].unless = "contents";
	sum = sum_all();
	ck_assert_ptr_eq(sum.best[EV_REGISTRATION], &rules[ENTRY]);
	rules[CONTENT].unless = "trace";
	sum = sum_all();
	ck_assert_int_eq(sum.content, 0);
}

END_TEST

START_TEST(test_nothing_gives_nothing)
{
	struct score_sum sum;

	score_rules(NULL, 0, &sum);
	ck_assert_int_eq(sum.score, 0);
	ck_assert_int_eq(sum.content, 0);
	for (int e = 0; e < EV_COUNT; e++)
		ck_assert_ptr_null(sum.best[e]);
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
	tcase_add_test(t, test_all_kinds_count);
	tcase_add_test(t, test_one_fact_counts_once);
	tcase_add_test(t, test_several_facts_of_one_rule);
	tcase_add_test(t, test_strong_content_is_told_whatever_counts);
	tcase_add_test(t, test_what_is_explained_does_not_count);
	tcase_add_test(t, test_nothing_gives_nothing);
	tcase_add_test(t, test_verdict_names);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(score_suite)
