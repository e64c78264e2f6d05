/*
 * Unit tests of the index of a plan's steps: the same answers, in the same
 * order, as a walk through all steps gives.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/step_index.h"

#include <string.h>

#define STEPS 400

static struct step steps[STEPS];
static struct plan plan;

static uint32_t state;

static uint32_t any(uint32_t below)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 16) % below;
}

/* Few of each, so that many are the same, or nearly. */
static void make_step(struct step *s)
{
	static const char *const targets[] = {
		"HKLM\\a",	  "hklm\\A",	    "HKLM\\b",
		"HKLM\\\xC3\xA4", "HKLM\\\xC3\x84", "HKLM\\a\\b"
	};
	static const char *const values[] = { NULL, "", "x", "X", "y" };
	static const char *const parts[] = { "one", "ONE", "two" };

	memset(s, 0, sizeof(*s));
	s->finding_id = 1 + any(40);
	s->action = (enum step_action)any(ACT_COUNT);
	s->target = (char *)targets[any(6)];
	s->value_name = (char *)values[any(5)];
	s->hold = any(2) ? HOLD_BY_HAND : HOLD_NOT;
	s->held_for = (char *)parts[any(3)];
	s->picked = any(4) == 0;
}

static void setup(void)
{
	const struct vec list = VEC_INIT(struct step *, STEPS);

	memset(&plan, 0, sizeof(plan));
	plan.steps = list;
	state = 2010;
	for (size_t i = 0; i < STEPS; i++) {
		make_step(&steps[i]);
		steps[i].seq = (uint32_t)i + 1;
		*(struct step **)vec_push(&plan.steps) = &steps[i];
	}
}

static void teardown(void)
{
	vec_release(&plan.steps);
}

START_TEST(the_first_that_is_the_same)
{
	struct step_index x;

	ck_assert_int_eq(steps_by_target(&plan, &x), 0);
	for (size_t n = 0; n < 2000; n++) {
		struct step s;
		size_t i = 0;

		make_step(&s);
		while (i < STEPS && !step_is_same(&steps[i], &s))
			i++;
		ck_assert_ptr_eq(step_index_same(&x, &s),
				 i < STEPS ? &steps[i] : NULL);
	}
	step_index_release(&x);
}

END_TEST

START_TEST(nothing_is_the_same)
{
	struct step s = { .action = ACT_REMOVE_KEY,
			  .target = (char *)"HKLM\\zz" };
	struct plan empty = { .steps = VEC_INIT(struct step *, 1) };
	struct step_index x;

	ck_assert_int_eq(steps_by_target(&plan, &x), 0);
	ck_assert_ptr_null(step_index_same(&x, &s));
	step_index_release(&x);
	ck_assert_int_eq(steps_by_target(&empty, &x), 0);
	ck_assert_ptr_null(step_index_same(&x, &s));
	step_index_release(&x);
	ck_assert_int_eq(steps_by_finding(&empty, &x), 0);
	ck_assert_uint_eq(step_index_finding(&x, 1).count, 0);
	step_index_release(&x);
}

END_TEST

START_TEST(the_steps_of_a_finding_in_their_order)
{
	struct step_index x;
	size_t all = 0;

	ck_assert_int_eq(steps_by_finding(&plan, &x), 0);
	for (int64_t id = 0; id <= 41; id++) {
		const struct step_range r = step_index_finding(&x, id);
		size_t n = 0;

		for (size_t i = 0; i < STEPS; i++) {
			if (steps[i].finding_id != id)
				continue;
			ck_assert_uint_lt(n, r.count);
			ck_assert_uint_eq(r.at[n++], i);
		}
		ck_assert_uint_eq(n, r.count);
		if (n) {
			ck_assert_uint_eq(r.first, all);
			ck_assert_uint_eq(step_index_range(&x, all).count, n);
		}
		all += n;
	}
	ck_assert_uint_eq(all, STEPS);
	step_index_release(&x);
}

END_TEST

static bool has_picked(int64_t id)
{
	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].picked && steps[i].finding_id == id)
			return true;
	return false;
}

START_TEST(of_what_is_picked)
{
	bool *got = steps_of_picked(&plan);

	ck_assert_ptr_nonnull(got);
	/* Some findings have none. */
	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].finding_id % 3 == 0)
			steps[i].picked = false;
	mem_free(got);
	got = steps_of_picked(&plan);
	for (size_t i = 0; i < STEPS; i++)
		ck_assert_int_eq(got[i], has_picked(steps[i].finding_id));
	mem_free(got);
}

END_TEST

static bool is_of(const struct plan *p, size_t i, const void *arg)
{
	return plan_step(p, i)->action == *(const enum step_action *)arg;
}

START_TEST(findings_are_counted_once)
{
	for (int a = 0; a < ACT_COUNT; a++) {
		const enum step_action action = (enum step_action)a;
		size_t want = 0, got = 0;

		for (int64_t id = 1; id <= 40; id++) {
			size_t i = 0;

			while (i < STEPS && (steps[i].finding_id != id ||
					     steps[i].action != action))
				i++;
			want += i < STEPS;
		}
		ck_assert_int_eq(
			step_count_findings(&plan, is_of, &action, &got), 0);
		ck_assert_uint_eq(got, want);
		ck_assert_uint_gt(got, 0);
	}
}

END_TEST

/* Every allocation fails once. */
START_TEST(short_memory)
{
	struct step_index x;
	size_t count;

	for (int n = 1; n <= 2; n++) {
		mem_fail_after(n);
		ck_assert_int_eq(steps_by_finding(&plan, &x), ERR_NOMEM);
		step_index_release(&x);
		mem_fail_after(n);
		ck_assert_int_eq(steps_by_target(&plan, &x), ERR_NOMEM);
		step_index_release(&x);
	}
	for (int n = 1; n <= 3; n++) {
		mem_fail_after(n);
		ck_assert_ptr_null(steps_of_picked(&plan));
	}
	mem_fail_after(1);
	ck_assert_int_eq(plan_suspicious_count(&plan, &count), ERR_NOMEM);
	mem_fail_after(0);
}

END_TEST

static Suite *step_index_suite(void)
{
	Suite *s = suite_create("step_index");
	TCase *tc = tcase_create("step_index");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_first_that_is_the_same);
	tcase_add_test(tc, nothing_is_the_same);
	tcase_add_test(tc, the_steps_of_a_finding_in_their_order);
	tcase_add_test(tc, of_what_is_picked);
	tcase_add_test(tc, findings_are_counted_once);
	tcase_add_test(tc, short_memory);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(step_index_suite)
