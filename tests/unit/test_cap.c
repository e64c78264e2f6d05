/*
 * How much one fix does, and what goes first: the decisions as a table.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "remediate/cap.h"
#include "unit.h"
#include <string.h>

#define MAX_STEPS 200

static struct step steps[MAX_STEPS];
static struct guard_answer answers[MAX_STEPS];
static struct plan plan;

static void begin(void)
{
	const struct vec list = VEC_INIT(struct step *, MAX_STEPS);

	memset(steps, 0, sizeof(steps));
	memset(answers, 0, sizeof(answers));
	memset(&plan, 0, sizeof(plan));
	plan.steps = list;
}

static void end(void)
{
	vec_release(&plan.steps);
}

static struct step *add(int64_t finding, enum step_phase phase,
			const struct step_rank *rank)
{
	struct step *s = &steps[plan.steps.count];
	struct step **slot = vec_push(&plan.steps);

	ck_assert_ptr_nonnull(slot);
	*slot = s;
	s->seq = (uint32_t)plan.steps.count;
	s->finding_id = finding;
	s->phase = phase;
	s->action = phase == PHASE_FILE ? ACT_QUARANTINE_FILE : ACT_REMOVE_KEY;
	s->picked = true;
	s->rank = *rank;
	return s;
}

static bool is_over(void)
{
	bool is = false;

	ck_assert_int_eq(cap_is_over(&plan, answers, &is), 0);
	return is;
}

/* How many steps of the finding have that answer. */
static unsigned with(int64_t finding, enum guard_reason reason)
{
	unsigned count = 0;

	for (size_t i = 0; i < plan.steps.count; i++)
		count += steps[i].finding_id == finding && steps[i].picked &&
			 answers[i].reason == reason;
	return count;
}

static const struct step_rank loads_machine = { true, true, true, 80 },
			      loads_user = { true, true, false, 100 },
			      entry_machine = { false, true, true, 100 },
			      entry_user = { false, true, false, 100 },
			      file_machine = { false, false, true, 90 },
			      file_user = { false, false, false, 100 },
			      file_better = { false, false, false, 101 };

/* Each goes before the next, however many of the next there are. */
START_TEST(what_loads_goes_first)
{
	static const struct step_rank *const order[] = {
		&loads_machine, &loads_user,  &entry_machine, &entry_user,
		&file_machine,	&file_better, &file_user,
	};

	for (size_t i = 0; i + 1 < sizeof(order) / sizeof(order[0]); i++) {
		begin();
		for (int n = 1; n <= 11; n++)
			add(n, PHASE_FILE, order[i + 1]);
		add(12, PHASE_FILE, order[i]);
		ck_assert(is_over());
		ck_assert_int_eq(cap_apply(&plan, answers), 0);
		ck_assert_uint_eq(with(12, GUARD_OK), 1);
		/* Where all else is the same, the order of the plan. */
		ck_assert_uint_eq(with(9, GUARD_OK), 1);
		ck_assert_uint_eq(with(10, GUARD_TOO_MANY_FINDINGS), 1);
		ck_assert_uint_eq(with(11, GUARD_TOO_MANY_FINDINGS), 1);
		ck_assert_str_eq(answers[10].detail, "12");
		ck_assert(!is_over());
		end();
	}
}

END_TEST

START_TEST(what_fits_is_left_alone)
{
	begin();
	for (int n = 1; n <= 10; n++) {
		add(n, PHASE_REGISTRATION, &loads_user);
		add(n, PHASE_FILE, &loads_user);
		add(n, PHASE_FILE, &loads_user);
		add(n, PHASE_SIDE, &loads_user);
	}
	ck_assert(!is_over());
	ck_assert_int_eq(cap_apply(&plan, answers), 0);
	for (size_t i = 0; i < plan.steps.count; i++)
		ck_assert_int_eq(answers[i].reason, GUARD_OK);
	/* One more file is too much, one more entry is not. */
	add(10, PHASE_REGISTRATION, &loads_user);
	ck_assert(!is_over());
	add(10, PHASE_FILE, &loads_user);
	ck_assert(is_over());
	end();
}

END_TEST

/* All of a finding waits, its entry too; what fits in its place goes. */
START_TEST(a_finding_stays_whole)
{
	begin();
	for (int i = 0; i < 15; i++)
		add(1, PHASE_FILE, &loads_machine);
	add(2, PHASE_REGISTRATION, &loads_user);
	for (int i = 0; i < 6; i++)
		add(2, PHASE_FILE, &loads_user);
	for (int i = 0; i < 5; i++)
		add(3, PHASE_FILE, &file_user);
	add(4, PHASE_FILE, &file_user);
	ck_assert_int_eq(cap_apply(&plan, answers), 0);
	ck_assert_uint_eq(with(1, GUARD_OK), 15);
	ck_assert_uint_eq(with(2, GUARD_TOO_MANY_FILES), 7);
	ck_assert_uint_eq(with(3, GUARD_OK), 5);
	ck_assert_uint_eq(with(4, GUARD_TOO_MANY_FILES), 1);
	ck_assert_str_eq(answers[15].detail, "27");
	ck_assert(!is_over());
	end();
}

END_TEST

/* Or it would never be begun: what loads, twenty files, nothing behind. */
START_TEST(one_that_is_too_large_is_begun)
{
	begin();
	add(2, PHASE_FILE, &file_user);
	add(1, PHASE_REGISTRATION, &loads_machine);
	for (int i = 0; i < 23; i++)
		add(1, PHASE_FILE, &loads_machine);
	add(1, PHASE_SIDE, &loads_machine);
	add(1, PHASE_TRACE, &loads_machine);
	ck_assert_int_eq(cap_apply(&plan, answers), 0);
	ck_assert_int_eq(answers[1].reason, GUARD_OK);
	ck_assert_int_eq(answers[21].reason, GUARD_OK);
	ck_assert_int_eq(answers[22].reason, GUARD_TOO_MANY_FILES);
	ck_assert_uint_eq(with(1, GUARD_TOO_MANY_FILES), 3);
	ck_assert_int_eq(answers[25].reason, GUARD_BEFORE);
	ck_assert_str_eq(answers[25].detail, "23");
	ck_assert_int_eq(answers[26].reason, GUARD_OK);
	ck_assert_uint_eq(with(2, GUARD_TOO_MANY_FILES), 1);
	ck_assert(!is_over());
	end();
}

END_TEST

/* Eleven that are refused anyway must not stop the one that can go. */
START_TEST(what_is_not_done_takes_no_room)
{
	static const enum guard_reason why[] = { GUARD_GONE, GUARD_PROTECTED,
						 GUARD_UNPROVEN };

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		begin();
		for (int n = 1; n <= 11; n++) {
			add(n, PHASE_FILE, &loads_machine);
			answers[n - 1].reason = why[i];
		}
		add(12, PHASE_FILE, &file_user);
		ck_assert(!is_over());
		ck_assert_int_eq(cap_apply(&plan, answers), 0);
		ck_assert_uint_eq(with(12, GUARD_OK), 1);
		ck_assert_int_eq(answers[0].reason, why[i]);
		end();
	}
	begin();
	for (int n = 1; n <= 11; n++)
		add(n, PHASE_FILE, &loads_machine)->picked = false;
	add(12, PHASE_FILE, &file_user);
	ck_assert_int_eq(cap_apply(&plan, answers), 0);
	ck_assert_uint_eq(with(12, GUARD_OK), 1);
	end();
}

END_TEST

/* As a plan has them: all entries, then all files, then all side keys. */
START_TEST(findings_lie_between_each_other)
{
	static const enum step_phase phases[] = { PHASE_REGISTRATION,
						  PHASE_FILE, PHASE_SIDE };

	begin();
	for (size_t k = 0; k < 3; k++)
		for (int n = 12; n >= 1; n--)
			add(n, phases[k],
			    n == 3 ? &loads_machine : &loads_user);
	ck_assert(is_over());
	ck_assert_int_eq(cap_apply(&plan, answers), 0);
	/* The better one, and of the rest those that the plan has first. */
	for (int n = 1; n <= 12; n++)
		ck_assert_uint_eq(with(n, GUARD_OK), n == 3 || n >= 4 ? 3 : 0);
	ck_assert_uint_eq(with(1, GUARD_TOO_MANY_FINDINGS), 3);
	ck_assert_uint_eq(with(2, GUARD_TOO_MANY_FINDINGS), 3);
	ck_assert(!is_over());
	end();
}

END_TEST

/* No memory is no reason to do more than one fix may. */
START_TEST(short_memory_is_told)
{
	bool is = false;

	begin();
	add(1, PHASE_FILE, &loads_user);
	for (int n = 1; n <= 3; n++) {
		mem_fail_after(n);
		ck_assert_int_eq(cap_apply(&plan, answers), ERR_NOMEM);
	}
	mem_fail_after(1);
	ck_assert_int_eq(cap_is_over(&plan, answers, &is), ERR_NOMEM);
	mem_fail_after(0);
	end();
}

END_TEST

static Suite *cap_suite(void)
{
	Suite *s = suite_create("cap");
	TCase *tc = tcase_create("cap");

	tcase_add_test(tc, what_loads_goes_first);
	tcase_add_test(tc, what_fits_is_left_alone);
	tcase_add_test(tc, a_finding_stays_whole);
	tcase_add_test(tc, one_that_is_too_large_is_begun);
	tcase_add_test(tc, what_is_not_done_takes_no_room);
	tcase_add_test(tc, findings_lie_between_each_other);
	tcase_add_test(tc, short_memory_is_told);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(cap_suite)
