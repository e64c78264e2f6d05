/*
 * A front end without a terminal: scan, plan, fix, resume and undo by calls of
 * sessions, whose questions a function answers; several sessions one after the
 * other, and two at once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "session_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"

#include <string.h>

#define VAULT  "ProgramData/mstmpsweep/vault"
#define ROUNDS 3

static struct session *open_session(struct session_pc *pc)
{
	struct session *s = NULL;

	ck_assert_int_eq(session_open(&pc->options, &s), 0);
	return s;
}

/* ---- the calls, each with what it should give -------------------- */

/* These say what was wrong in `why`: threads call them, too. */
static void should(struct session_pc *pc, bool is_so, const char *what)
{
	if (!is_so && !pc->why)
		pc->why = what;
}

static void scan(struct session_pc *pc, struct session *s, bool finds)
{
	const struct session_scan_options o = { .is_quick = true,
						.threads = 1 };
	struct session_scan_result r;

	should(pc, session_scan(s, &o, &r) == 0, "the scan");
	should(pc, r.facts.end == SESSION_DONE && r.facts.found == finds,
	       "what the scan found");
}

static void plan(struct session_pc *pc, struct session *s,
		 enum session_rest rest)
{
	const struct session_choice all = { 0 };
	struct session_plan p;

	should(pc, session_plan(s, &all, &p) == 0 && p.plan, "the plan");
	should(pc, p.rest == rest, "what the plan says is left");
	should(pc, p.facts.found == (rest <= REST_HELD), "what it found");
	should(pc, p.vault != NULL, "where its vault would be");
	session_plan_release(&p);
}

static int fix(struct session *s, struct session_fix_result *r, bool resume)
{
	const struct session_fix_options o = { 0 };

	return resume ? session_resume(s, &o, r) : session_fix(s, &o, r);
}

static void fix_all(struct session_pc *pc, struct session *s)
{
	struct session_fix_result r;

	should(pc, fix(s, &r, false) == 0, "the fix");
	should(pc, session_exit_code(&r.facts) == EXIT_CLEAN, "its code");
	should(pc, r.has_run && r.counts.done == pc->planned, "its steps");
	should(pc, r.plan.plan && !r.plan.held_count && !r.plan.left_count,
	       "what it left");
	should(pc, session_pc_is_fixed(pc), "what the fix did");
	session_fix_release(&r);
}

static int undo(struct session *s, struct session_fix_result *r)
{
	const struct session_choice all = { 0 };

	return session_undo(s, &all, r);
}

static void undo_all(struct session_pc *pc, struct session *s)
{
	struct session_fix_result r;

	should(pc, undo(s, &r) == 0, "the undo");
	should(pc, session_exit_code(&r.facts) == EXIT_CLEAN, "its code");
	should(pc, r.has_run && r.counts.undone == pc->planned, "its steps");
	should(pc, session_pc_is_as_it_was(pc), "what the undo did");
	session_fix_release(&r);
}

static void whole(struct session_pc *pc, struct session *s)
{
	scan(pc, s, true);
	plan(pc, s, REST_STEPS);
	should(pc, session_pc_is_as_it_was(pc), "a plan that changes nothing");
	fix_all(pc, s);
	plan(pc, s, REST_DONE);
	scan(pc, s, false);
	undo_all(pc, s);
}

/* ---- tests ------------------------------------------------------- */

START_TEST(scan_plan_fix_undo)
{
	struct session *s;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	whole(&pc, s);
	ck_assert_msg(!pc.why, "%s: %s", pc.why, err_last()->text);
	ck_assert_uint_eq(pc.asked[ASK_FIX], 1);
	ck_assert_uint_eq(pc.asked[ASK_UNDO], 1);
	ck_assert_uint_eq(pc.ended, 2);
	/* The filter, the program and the class, there and back. */
	ck_assert_uint_eq(pc.steps, 6);
	ck_assert_uint_eq(pc.notes, 0);
	session_close(s);
	session_pc_release(&pc);
}

END_TEST

/* Each begins where another has ended: what is to be known lies on disk. */
START_TEST(sessions_one_after_the_other)
{
	struct session_pc pcs[2];

	session_pc_init(&pcs[0], "MZ a program");
	session_pc_init(&pcs[1], "MZ another program");
	for (int i = 0; i < 2 * ROUNDS; i++) {
		struct session_pc *pc = &pcs[i % 2];
		struct session *s = open_session(pc);

		scan(pc, s, true);
		session_close(s);
		s = open_session(pc);
		fix_all(pc, s);
		session_close(s);
		s = open_session(pc);
		undo_all(pc, s);
		session_close(s);
		ck_assert_msg(!pc->why, "%d: %s: %s", i, pc->why,
			      err_last()->text);
	}
	session_pc_release(&pcs[0]);
	session_pc_release(&pcs[1]);
}

END_TEST

static void whole_of_its_own(void *arg)
{
	struct session_pc *pc = arg;
	struct session *s = NULL;

	for (int i = 0; i < ROUNDS; i++) {
		should(pc, session_open(&pc->options, &s) == 0, "a session");
		whole(pc, s);
		session_close(s);
		s = NULL;
	}
}

START_TEST(two_at_once)
{
	struct host_thread *threads[2];
	struct session_pc pcs[2];

	session_pc_init(&pcs[0], "MZ a program");
	session_pc_init(&pcs[1], "MZ another program");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(host_thread_start(whole_of_its_own, &pcs[i],
						   &threads[i]),
				 0);
	for (int i = 0; i < 2; i++)
		host_thread_join(threads[i]);
	for (int i = 0; i < 2; i++) {
		ck_assert_msg(!pcs[i].why, "%d: %s", i, pcs[i].why);
		ck_assert_uint_eq(pcs[i].asked[ASK_FIX], ROUNDS);
		session_pc_release(&pcs[i]);
	}
}

END_TEST

START_TEST(no_changes_nothing)
{
	struct session_fix_result r;
	struct session *s;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	pc.answer = ANSWER_NO;
	ck_assert_int_eq(fix(s, &r, false), 0);
	ck_assert(r.was_declined && !r.has_run);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_FOUND);
	session_fix_release(&r);
	ck_assert(session_pc_is_as_it_was(&pc) && !session_pc_has(&pc, VAULT));
	pc.answer = ANSWER_YES;
	fix_all(&pc, s);
	pc.answer = ANSWER_NO;
	ck_assert_int_eq(undo(s, &r), 0);
	ck_assert(r.was_declined && !r.has_run);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_FOUND);
	session_fix_release(&r);
	ck_assert(session_pc_is_fixed(&pc));
	session_close(s);
	session_pc_release(&pc);
}

END_TEST

/* A look that was cut short says nothing of what is there. */
START_TEST(stopped_before_the_plan)
{
	const struct session_choice all = { .finding_count = 0 };
	struct session_fix_result r;
	struct session_plan p;
	struct session *s;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	cancel_set(&pc.cancel, CANCEL_BUDGET);
	ck_assert_int_eq(session_plan(s, &all, &p), ERR_CANCELLED);
	ck_assert_int_eq(p.facts.end, SESSION_NOT_STARTED);
	session_plan_release(&p);
	ck_assert_int_eq(fix(s, &r, false), ERR_CANCELLED);
	ck_assert_int_eq(r.facts.end, SESSION_NOT_STARTED);
	session_fix_release(&r);
	ck_assert_uint_eq(pc.asked[ASK_FIX], 0);
	ck_assert_uint_eq(pc.notes, 2);
	ck_assert(session_pc_is_as_it_was(&pc) && !session_pc_has(&pc, VAULT));
	cancel_clear(&pc.cancel);
	plan(&pc, s, REST_STEPS);
	session_close(s);
	session_pc_release(&pc);
}

END_TEST

START_TEST(nobody_to_ask)
{
	struct session_fix_result r;
	struct session *s;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	pc.answer = ANSWER_NOBODY;
	ck_assert_int_eq(fix(s, &r, false), ERR_INVALID);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_USAGE);
	session_fix_release(&r);
	session_close(s);
	/* A front end that cannot be asked has not said yes. */
	pc.options.events.ask = NULL;
	s = open_session(&pc);
	ck_assert_int_eq(fix(s, &r, false), 0);
	ck_assert(r.was_declined);
	session_fix_release(&r);
	session_close(s);
	ck_assert(session_pc_is_as_it_was(&pc));
	session_pc_release(&pc);
}

END_TEST

START_TEST(stopped_and_gone_on_with)
{
	struct session_fix_result r;
	struct session *s;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	pc.stops = true;
	ck_assert_int_eq(fix(s, &r, false), ERR_CANCELLED);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_STOPPED);
	ck_assert(!r.has_run);
	session_fix_release(&r);
	ck_assert(session_pc_has(&pc, SESSION_PC_HOST));
	session_close(s);

	pc.stops = false;
	cancel_clear(&pc.cancel);
	s = open_session(&pc);
	pc.answer = ANSWER_NO;
	ck_assert_int_eq(fix(s, &r, true), 0);
	ck_assert(r.was_declined && session_pc_has(&pc, SESSION_PC_HOST));
	pc.answer = ANSWER_YES;
	ck_assert_int_eq(fix(s, &r, true), 0);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_CLEAN);
	ck_assert(r.has_run && session_pc_is_fixed(&pc));
	ck_assert_uint_eq(pc.asked[ASK_RESUME], 2);
	undo_all(&pc, s);
	session_close(s);
	session_pc_release(&pc);
}

END_TEST

START_TEST(nothing_to_go_on_with)
{
	struct session_fix_result r;
	struct session *s;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	ck_assert_int_eq(fix(s, &r, true), ERR_NOT_FOUND);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_NO_START);
	ck_assert_int_eq(undo(s, &r), ERR_NOT_FOUND);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_NO_START);
	ck_assert_uint_eq(pc.notes, 2);
	/* Without a scan there is no plan. */
	ck_assert_int_ne(fix(s, &r, false), 0);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_NO_START);
	session_fix_release(&r);
	ck_assert_uint_eq(pc.notes, 3);
	ck_assert(session_pc_is_as_it_was(&pc) && !session_pc_has(&pc, VAULT));
	session_close(s);
	session_pc_release(&pc);
}

END_TEST

/* The item of the program; caller frees. */
static char *program_item(const struct vec *rows, const char *vault)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct vault_row *row = vec_at(rows, i);

		if (!row->why &&
		    strcmp(row->info.original, SESSION_PC_FILE) == 0)
			return host_join(vault, row->name);
	}
	return NULL;
}

START_TEST(the_vault_alone)
{
	struct session_fix_result r;
	struct vec rows = { 0 };
	struct session *s;
	struct session_pc pc;
	char *vault = NULL, *item, *journal, *out;

	session_pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	fix_all(&pc, s);
	ck_assert_int_eq(session_vault(s, &rows, &vault), 0);
	item = program_item(&rows, vault);
	ck_assert_ptr_nonnull(item);
	vault_rows_release(&rows);
	/* Into a file: the PC stays as it is. */
	out = fixture_path(&pc.f, "out.bin");
	ck_assert_int_eq(session_undo_item(s, item, out, &r), 0);
	ck_assert_uint_eq(pc.asked[ASK_UNDO_ITEM], 1);
	ck_assert(session_pc_holds(&pc, "out.bin", pc.content,
				   strlen(pc.content)));
	ck_assert(session_pc_is_fixed(&pc));
	session_close(s);

	/* Without the journal, whoever names the vault gets all of it back. */
	journal = host_join(vault, "journal.db");
	ck_assert_int_eq(host_unlink(journal), 0);
	s = open_session(&pc);
	ck_assert_int_eq(undo(s, &r), ERR_NOT_FOUND);
	ck_assert_uint_eq(pc.asked[ASK_UNDO_ITEMS], 0);
	session_close(s);
	pc.options.vault_dir = vault;
	s = open_session(&pc);
	ck_assert_int_eq(undo(s, &r), 0);
	ck_assert_uint_eq(pc.asked[ASK_UNDO_ITEMS], 1);
	ck_assert_uint_gt(r.counts.undone, 0);
	ck_assert(session_pc_holds(&pc, SESSION_PC_HOST, pc.content,
				   strlen(pc.content)));
	session_close(s);
	mem_free(journal);
	mem_free(out);
	mem_free(item);
	mem_free(vault);
	session_pc_release(&pc);
}

END_TEST

static Suite *session_fix_suite(void)
{
	Suite *s = suite_create("session_fix");
	TCase *tc = tcase_create("session_fix");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, scan_plan_fix_undo);
	tcase_add_test(tc, sessions_one_after_the_other);
	tcase_add_test(tc, two_at_once);
	tcase_add_test(tc, no_changes_nothing);
	tcase_add_test(tc, stopped_before_the_plan);
	tcase_add_test(tc, nobody_to_ask);
	tcase_add_test(tc, stopped_and_gone_on_with);
	tcase_add_test(tc, nothing_to_go_on_with);
	tcase_add_test(tc, the_vault_alone);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(session_fix_suite)
