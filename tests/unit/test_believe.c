/*
 * What is believed of a store's plan: nothing but what the plan of a new look
 * says as well.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "remediate/believe.h"

#include <string.h>

#define KEY   "HKLM\\SOFTWARE\\Classes\\PROTOCOLS\\Filter\\text/html"
#define CLASS "{5A1E3C70-9B22-4E1D-8F00-1234567890AB}"
#define TIME  "2010-10-25T00:00:00Z"

enum {
	ENTRY,
	FILE_STEP,
	SIDE,
	STEPS
};

static struct step recorded_steps[STEPS];
static struct step now_steps[STEPS];
static struct plan recorded, now;
static struct guard_answer answers[STEPS];

static void make_steps(struct step *s)
{
	memset(s, 0, STEPS * sizeof(*s));
	for (int i = 0; i < STEPS; i++) {
		s[i].seq = (uint32_t)i + 1;
		s[i].finding_id = 7;
		s[i].verdict = VERDICT_MALICIOUS;
		s[i].picked = true;
		s[i].size = -1;
		s[i].clsid = (char *)CLASS;
	}
	s[ENTRY].phase = PHASE_REGISTRATION;
	s[ENTRY].action = ACT_REMOVE_KEY;
	s[ENTRY].kind = "mime_filter";
	s[ENTRY].target = (char *)KEY;
	s[ENTRY].last_write = (char *)TIME;
	s[FILE_STEP].phase = PHASE_FILE;
	s[FILE_STEP].action = ACT_QUARANTINE_FILE;
	s[FILE_STEP].kind = "file";
	s[FILE_STEP].target = (char *)"C:\\a.dll";
	s[FILE_STEP].clsid = NULL;
	s[FILE_STEP].written = (char *)TIME;
	memset(s[FILE_STEP].sha256, 'a', 64);
	s[SIDE].phase = PHASE_SIDE;
	s[SIDE].action = ACT_REMOVE_KEY;
	s[SIDE].kind = "clsid";
	s[SIDE].target = (char *)"HKLM\\SOFTWARE\\Classes\\CLSID\\" CLASS;
	s[SIDE].server_raw = (char *)"C:\\a.dll";
}

/* All of them but those of the mask. */
static void make_plan(struct plan *p, struct step *s, unsigned left_out)
{
	const struct vec v = VEC_INIT(struct step *, STEPS);

	vec_release(&p->steps);
	p->steps = v;
	for (int i = 0; i < STEPS; i++)
		if (!(left_out & 1u << i))
			*(struct step **)vec_push(&p->steps) = &s[i];
}

static void look(unsigned missing_now)
{
	make_plan(&recorded, recorded_steps, 0);
	make_plan(&now, now_steps, missing_now);
	memset(answers, 0, sizeof(answers));
	ck_assert_int_eq(believe_plan(&recorded, &now, answers), 0);
}

static void setup(void)
{
	memset(&recorded, 0, sizeof(recorded));
	memset(&now, 0, sizeof(now));
	make_steps(recorded_steps);
	make_steps(now_steps);
}

static void teardown(void)
{
	vec_release(&recorded.steps);
	vec_release(&now.steps);
}

static void expect(int step, enum guard_reason reason, const char *words)
{
	ck_assert_int_eq(answers[step].reason, reason);
	ck_assert_msg(strstr(answers[step].detail, words) != NULL, "%s",
		      answers[step].detail);
}

START_TEST(what_is_the_same_is_believed)
{
	/* As the registry takes names. */
	now_steps[ENTRY].target = (char *)"hklm\\software\\classes\\protocols"
					  "\\filter\\TEXT/HTML";
	now_steps[SIDE].clsid = (char *)"{5a1e3c70-9b22-4e1d-8f00-"
					"1234567890ab}";
	/* Worse than the store says is no reason against it. */
	recorded_steps[FILE_STEP].verdict = VERDICT_SUSPICIOUS;
	look(0);
	for (int i = 0; i < STEPS; i++)
		ck_assert_int_eq(answers[i].reason, GUARD_OK);
}

END_TEST

/* Whoever wrote the store made it up; the true steps do not suffer. */
START_TEST(what_stands_nowhere_is_not)
{
	look(1u << _i);
	for (int i = 0; i < STEPS; i++) {
		if (i == _i)
			expect(i, GUARD_UNPROVEN, "no rule and no entry");
		else
			ck_assert_int_eq(answers[i].reason, GUARD_OK);
	}
}

END_TEST

START_TEST(another_action_or_value_is_another_step)
{
	recorded_steps[ENTRY].action = ACT_REMOVE_VALUE;
	recorded_steps[ENTRY].value_name = (char *)"CLSID";
	look(0);
	expect(ENTRY, GUARD_UNPROVEN, "no rule and no entry");
	now_steps[ENTRY].action = ACT_REMOVE_VALUE;
	now_steps[ENTRY].value_name = (char *)"Other";
	look(0);
	expect(ENTRY, GUARD_UNPROVEN, "no rule and no entry");
	now_steps[ENTRY].value_name = (char *)"clsid";
	look(0);
	ck_assert_int_eq(answers[ENTRY].reason, GUARD_OK);
}

END_TEST

/* One thing in which a step differs from the new look. */
static void other_kind(void)
{
	recorded_steps[SIDE].kind = "typelib";
}

static void other_phase(void)
{
	recorded_steps[SIDE].phase = PHASE_TRACE;
}

static void other_class(void)
{
	recorded_steps[ENTRY].clsid = (char *)"{X}";
}

static void no_class(void)
{
	recorded_steps[ENTRY].clsid = NULL;
}

static void class_made_up(void)
{
	now_steps[ENTRY].clsid = NULL;
}

static void no_server(void)
{
	recorded_steps[SIDE].server_raw = NULL;
}

static void weaker(void)
{
	now_steps[FILE_STEP].verdict = VERDICT_SUSPICIOUS;
}

static void known(void)
{
	now_steps[ENTRY].hold = HOLD_KNOWN;
}

static void below_windows(void)
{
	now_steps[FILE_STEP].hold = HOLD_SYSTEM;
}

static void of_the_machine(void)
{
	now_steps[SIDE].hold = HOLD_MACHINE;
}

static void only_led_to(void)
{
	now_steps[FILE_STEP].hold = HOLD_LEFT;
}

/* Its finding was not named: the store said that it goes unasked. */
static void weak(void)
{
	now_steps[FILE_STEP].hold = HOLD_WEAK;
}

static void no_time_of_key(void)
{
	recorded_steps[ENTRY].last_write = NULL;
}

static void no_time_of_file(void)
{
	recorded_steps[FILE_STEP].written = NULL;
}

static void no_digest(void)
{
	recorded_steps[FILE_STEP].sha256[0] = '\0';
}

static const struct {
	void (*change)(void);
	int step;
	const char *words;
} differences[] = {
	{ other_kind, SIDE, "another kind of entry" },
	{ other_phase, SIDE, "another kind of entry" },
	{ other_class, ENTRY, "another class" },
	{ no_class, ENTRY, "another class" },
	{ class_made_up, ENTRY, "another class" },
	{ no_server, SIDE, "what its server is" },
	{ weaker, FILE_STEP, "less bad" },
	{ known, ENTRY, "something speaks for it" },
	{ below_windows, FILE_STEP, "something speaks for it" },
	{ of_the_machine, SIDE, "something speaks for it" },
	{ only_led_to, FILE_STEP, "something speaks for it" },
	{ weak, FILE_STEP, "something speaks for it" },
	{ no_time_of_key, ENTRY, "when it was written" },
	{ no_time_of_file, FILE_STEP, "when it was written" },
	{ no_digest, FILE_STEP, "what it holds" },
};

/* It is a true step, so what comes after it waits for it. */
START_TEST(what_differs_is_not)
{
	const int step = differences[_i].step;

	differences[_i].change();
	look(0);
	expect(step, GUARD_UNPROVEN, differences[_i].words);
	for (int i = 0; i < step; i++)
		ck_assert_int_eq(answers[i].reason, GUARD_OK);
	for (int i = step + 1; i < STEPS; i++)
		expect(i, GUARD_BEFORE, step == ENTRY ? "1" : "2");
}

END_TEST

START_TEST(other_findings_do_not_wait)
{
	recorded_steps[FILE_STEP].finding_id = 8;
	no_time_of_key();
	look(0);
	ck_assert_int_eq(answers[FILE_STEP].reason, GUARD_OK);
	expect(SIDE, GUARD_BEFORE, "1");
}

END_TEST

/* Nobody waits for what is not to be done. */
START_TEST(what_is_not_picked_holds_nothing_back)
{
	recorded_steps[ENTRY].picked = false;
	no_time_of_key();
	look(0);
	ck_assert_int_eq(answers[FILE_STEP].reason, GUARD_OK);
	ck_assert_int_eq(answers[SIDE].reason, GUARD_OK);
}

END_TEST

static const struct {
	enum step_hold hold;
	enum guard_reason by_number;
} holds[] = {
	{ HOLD_SYSTEM, GUARD_OK },	 { HOLD_MACHINE, GUARD_OK },
	{ HOLD_ARCHIVE, GUARD_OK },	 { HOLD_TRACE, GUARD_OK },
	{ HOLD_KNOWN, GUARD_OK },	 { HOLD_SHARED, GUARD_UNPROVEN },
	{ HOLD_BLOCKS, GUARD_UNPROVEN }, { HOLD_STREAM, GUARD_UNPROVEN },
	{ HOLD_LEFT, GUARD_OK },	 { HOLD_WEAK, GUARD_OK },
};

/* A person may, as far as anybody may. */
START_TEST(a_step_by_its_number)
{
	recorded_steps[SIDE].by_number = true;
	now_steps[SIDE].hold = holds[_i].hold;
	look(0);
	ck_assert_int_eq(answers[SIDE].reason, holds[_i].by_number);
}

END_TEST

/* Or by the number of its finding, of what that is enough for. */
START_TEST(a_step_by_its_finding)
{
	static const enum step_hold recorded_holds[] = { HOLD_VERDICT,
							 HOLD_WEAK };

	recorded_steps[FILE_STEP].hold = recorded_holds[_i];
	now_steps[FILE_STEP].hold = HOLD_WEAK;
	look(0);
	ck_assert_int_eq(answers[FILE_STEP].reason, GUARD_OK);
	now_steps[FILE_STEP].hold = HOLD_LEFT;
	look(0);
	expect(FILE_STEP, GUARD_UNPROVEN, "something speaks for it");
}

END_TEST

/* What the system does not tell is missing on both sides. */
START_TEST(what_cannot_be_known_need_not_be_recorded)
{
	no_time_of_key();
	now_steps[ENTRY].last_write = NULL;
	no_digest();
	now_steps[FILE_STEP].sha256[0] = '\0';
	no_server();
	now_steps[SIDE].server_raw = NULL;
	look(0);
	for (int i = 0; i < STEPS; i++)
		ck_assert_int_eq(answers[i].reason, GUARD_OK);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *believe_suite(void)
{
	Suite *s = suite_create("believe");
	TCase *tc = tcase_create("believe");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_the_same_is_believed);
	tcase_add_loop_test(tc, a_step_by_its_finding, 0, 2);
	tcase_add_loop_test(tc, what_stands_nowhere_is_not, 0, STEPS);
	tcase_add_test(tc, another_action_or_value_is_another_step);
	LOOP(tc, what_differs_is_not, differences);
	tcase_add_test(tc, other_findings_do_not_wait);
	tcase_add_test(tc, what_is_not_picked_holds_nothing_back);
	LOOP(tc, a_step_by_its_number, holds);
	tcase_add_test(tc, what_cannot_be_known_need_not_be_recorded);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(believe_suite)
