/*
 * Plans of entries at Windows' own extension points: what goes, what a person
 * has to do, and which file waits for it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "plan_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/plan_points.h"
#include "remediate/words.h"
#include "store/store.h"

#include <string.h>

#define KEY	"HKLM\\SOFTWARE\\Microsoft\\X"
#define PROGRAM "C:\\Evil\\a.exe"

static void add_entry(struct store *s, const char *point, const char *text)
{
	char set[192];

	fx_plan_registration(s, 1, point, "Name", KEY, NULL, NULL);
	snprintf(set, sizeof(set),
		 "clsid = NULL, own_score = 95, server_raw = '%s', "
		 "server_path = '" PROGRAM "', file_exists = 1",
		 text);
	fx_plan_change(s, set);
}

static const struct {
	const char *point, *loader;
	enum step_action action;
	const char *value; /* of the step */
	enum step_hold hold, file_hold;
} points[] = {
	{ "run", NULL, ACT_REMOVE_VALUE, "Name", HOLD_NOT, HOLD_NOT },
	{ "run_once", NULL, ACT_REMOVE_VALUE, "Name", HOLD_NOT, HOLD_NOT },
	{ "winlogon_notify", NULL, ACT_REMOVE_KEY, NULL, HOLD_NOT, HOLD_NOT },
	{ "shell_delay_load", NULL, ACT_REMOVE_VALUE, "Name", HOLD_NOT,
	  HOLD_NOT },
	{ "shared_task_scheduler", NULL, ACT_REMOVE_VALUE, "Name", HOLD_NOT,
	  HOLD_NOT },
	{ "shell_execute_hook", NULL, ACT_REMOVE_VALUE, "Name", HOLD_NOT,
	  HOLD_NOT },
	{ "menu_extension", NULL, ACT_REMOVE_KEY, NULL, HOLD_NOT, HOLD_NOT },
	{ "plugin_extension", NULL, ACT_REMOVE_KEY, NULL, HOLD_NOT, HOLD_NOT },
	{ "winlogon", NULL, ACT_REMOVE_VALUE, "Name", HOLD_BY_HAND,
	  HOLD_NEEDED },
	{ "appinit_dlls", NULL, ACT_REMOVE_VALUE, "AppInit_DLLs", HOLD_BY_HAND,
	  HOLD_NOT },
	{ "service", "kernel", ACT_REMOVE_KEY, NULL, HOLD_BY_HAND,
	  HOLD_NEEDED },
	{ "service", NULL, ACT_REMOVE_KEY, NULL, HOLD_BY_HAND, HOLD_NOT },
	{ "service_dll", "svchost.exe", ACT_REMOVE_KEY, NULL, HOLD_BY_HAND,
	  HOLD_NOT },
	{ "active_setup", NULL, ACT_REMOVE_VALUE, "StubPath", HOLD_BY_HAND,
	  HOLD_NOT },
	{ "image_file_execution", NULL, ACT_REMOVE_VALUE, "Debugger",
	  HOLD_BY_HAND, HOLD_NEEDED },
	{ "scheduled_task", NULL, ACT_QUARANTINE_FILE, NULL, HOLD_BY_HAND,
	  HOLD_NOT },
};

START_TEST(what_goes_by_its_point)
{
	struct store *s = fx_plan_store();
	const struct step *entry, *file;
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", PROGRAM, 90);
	add_entry(s, points[_i].point, PROGRAM " -x");
	if (points[_i].loader) {
		char set[64];

		snprintf(set, sizeof(set), "loader = '%s'", points[_i].loader);
		fx_plan_change(s, set);
	}
	p = fx_plan_make(s, NULL);
	entry = fx_plan_step(p, KEY);
	file = fx_plan_step(p, PROGRAM);
	ck_assert_ptr_nonnull(entry);
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(entry->action, points[_i].action);
	ck_assert_pstr_eq(entry->value_name, points[_i].value);
	ck_assert_str_eq(hold_word(entry->hold), hold_word(points[_i].hold));
	ck_assert_str_eq(hold_word(file->hold),
			 hold_word(points[_i].file_hold));
	ck_assert_int_eq(entry->picked, entry->hold == HOLD_NOT);
	ck_assert_int_eq(file->picked, file->hold == HOLD_NOT);
	plan_free(p);
	store_close(s);
}

END_TEST

/* By no number and with no finding named. */
START_TEST(nobody_can_pick_what_is_a_persons)
{
	const uint64_t one = 1;
	const struct plan_options named = { .findings = &one,
					    .finding_count = 1 };
	struct plan_options by_number = { .steps = &one, .step_count = 1 };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", PROGRAM, 90);
	add_entry(s, "winlogon", PROGRAM);
	p = fx_plan_make(s, &named);
	for (uint64_t seq = 1; seq <= p->steps.count; seq++) {
		ck_assert(!plan_step(p, (size_t)seq - 1)->picked);
		by_number.steps = &seq;
		ck_assert_int_eq(plan_pick(p, &by_number), ERR_INVALID);
	}
	ck_assert_uint_eq(p->steps.count, 2);
	plan_free(p);
	store_close(s);
}

END_TEST

/* Two programs in one value are two things to do, the same one twice one. */
START_TEST(each_part_of_a_value_is_told)
{
	struct store *s = fx_plan_store();
	size_t parts = 0;
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	add_entry(s, "winlogon", PROGRAM);
	add_entry(s, "winlogon", PROGRAM " -x");
	add_entry(s, "winlogon", PROGRAM);
	p = fx_plan_make(s, NULL);
	for (size_t i = 0; i < p->steps.count; i++)
		parts += plan_step(p, i)->hold == HOLD_BY_HAND;
	ck_assert_uint_eq(parts, 2);
	plan_free(p);
	store_close(s);
}

END_TEST

/*
 * A user's program that the machine's Userinit names, too: no rule hit that
 * entry, and the user's evidence moves nothing of the machine's.
 */
START_TEST(a_file_is_needed_whoever_is_to_blame)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", PROGRAM, 0);
	add_entry(s, "winlogon", PROGRAM " /logon");
	fx_plan_sql(s, "DELETE FROM match");
	add_entry(s, "run", PROGRAM);
	fx_plan_change(s, "registry_key = 'HKU\\S-1-5-21-1-2-3-1001\\Run'");
	p = fx_plan_make(s, NULL);
	ck_assert_int_eq(fx_plan_step(p, "HKU\\S-1-5-21-1-2-3-1001\\Run")->hold,
			 HOLD_NOT);
	ck_assert_ptr_nonnull(fx_plan_step(p, KEY));
	ck_assert_int_eq(fx_plan_step(p, KEY)->hold, HOLD_BY_HAND);
	ck_assert_int_eq(fx_plan_step(p, PROGRAM)->hold, HOLD_NEEDED);
	plan_free(p);
	store_close(s);
}

END_TEST

#define SHELL "HKU\\S-1-5-21-1-2-3-1001\\Winlogon"

/* The machine's program, which a user's own Shell names, too. */
START_TEST(a_users_shell_keeps_nothing_of_the_machines)
{
	/* it condemns itself, or its entry does */
	for (int content = 0; content <= 90; content += 90) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_file(s, 1, "file", PROGRAM, content);
		add_entry(s, "winlogon", "explorer.exe," PROGRAM);
		fx_plan_change(s, "registry_key = '" SHELL "'");
		fx_plan_sql(s, "DELETE FROM match WHERE evidence = "
			       "'registration'");
		add_entry(s, "run", PROGRAM);
		p = fx_plan_make(s, NULL);
		ck_assert_int_eq(fx_plan_step(p, KEY)->hold, HOLD_NOT);
		ck_assert_int_eq(fx_plan_step(p, PROGRAM)->hold, HOLD_NOT);
		ck_assert_int_eq(fx_plan_step(p, SHELL) != NULL, content > 0);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

START_TEST(what_to_do_is_said_in_both_languages)
{
	static const char *const langs[] = { "en", "ja" };

	for (int i = 0; i < POINT_COUNT; i++) {
		struct step s = { .kind = point_name((enum point)i),
				  .hold = HOLD_BY_HAND,
				  .held_for = (char *)(uintptr_t) "\"a\n%s" };
		struct str texts[2] = { STR_INIT, STR_INIT };

		if (plan_point_way(s.kind) != POINT_WAY_BY_HAND)
			continue;
		for (int k = 0; k < 2; k++) {
			words_by_hand(&s, langs[k], &texts[k]);
			/* it stands in it, and forges no line */
			ck_assert_ptr_nonnull(
				strstr(str_text(&texts[k]), "%s"));
			ck_assert_ptr_null(strchr(str_text(&texts[k]), '\n'));
		}
		ck_assert_str_ne(str_text(&texts[0]), str_text(&texts[1]));
		str_release(&texts[0]);
		str_release(&texts[1]);
	}
}

END_TEST

START_TEST(what_is_in_quotes_gets_no_more)
{
	struct step s = { .kind = "winlogon",
			  .hold = HOLD_BY_HAND,
			  .held_for =
				  (char *)(uintptr_t) "\"C:\\A b\\c.exe\"" };
	struct str text = STR_INIT;

	words_by_hand(&s, "en", &text);
	ck_assert_ptr_nonnull(
		strstr(str_text(&text), "take \"C:\\A b\\c.exe\" out of"));
	str_clear(&text);
	/* Not the same quotes. */
	s.held_for = (char *)(uintptr_t) "\"a\" \"b\"";
	words_by_hand(&s, "en", &text);
	ck_assert_ptr_nonnull(
		strstr(str_text(&text), "take \"\"a\" \"b\"\" out of"));
	str_release(&text);
}

END_TEST

static Suite *plan_points_suite(void)
{
	Suite *s = suite_create("plan_points");
	TCase *tc = tcase_create("plan_points");

	tcase_add_loop_test(tc, what_goes_by_its_point, 0,
			    (int)(sizeof(points) / sizeof(points[0])));
	tcase_add_test(tc, nobody_can_pick_what_is_a_persons);
	tcase_add_test(tc, each_part_of_a_value_is_told);
	tcase_add_test(tc, a_file_is_needed_whoever_is_to_blame);
	tcase_add_test(tc, a_users_shell_keeps_nothing_of_the_machines);
	tcase_add_test(tc, what_to_do_is_said_in_both_languages);
	tcase_add_test(tc, what_is_in_quotes_gets_no_more);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(plan_points_suite)
