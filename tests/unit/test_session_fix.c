/*
 * A front end without a terminal: scan, plan, fix, resume and undo by calls of
 * sessions, whose questions a function answers; several sessions one after the
 * other, and two at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The PC has one program that a filter for web pages loads, entered for all
 * users, so that the filter, the program and its class go.
 */
#include "unit.h"
#include "store_fixture.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "session/session.h"

#include <string.h>

#define CLASS	 "{AAAAAAAA-0000-1111-2222-333333333333}"
#define FILTER	 "Classes\\PROTOCOLS\\Filter\\text/html"
#define LABEL	 "Microsoft Improved HTML MIME Filter"
#define LIB	 "C:\\Program Files\\Shared\\lib.dll"
#define LIB_HOST "Program Files/Shared/lib.dll"
#define SOFTWARE "Windows/System32/config/SOFTWARE"
#define VAULT	 "ProgramData/mstmpsweep/vault"
#define ROUNDS	 3
#define KINDS	 (ASK_UNDO_ITEM + 1)

struct pc {
	struct fixture f;
	char *store;
	const char *content; /* of the program */
	uint8_t *software;   /* the hive as it was */
	size_t software_nbytes;
	struct session_options options;
	struct cancel cancel;
	enum session_answer answer;
	unsigned asked[KINDS], shown, ended, steps, notes;
	size_t planned;	 /* steps that the question was about */
	bool stops;	 /* the first step that is done sets the token */
	const char *why; /* what was not as it should be; NULL */
};

/* ---- the PC ------------------------------------------------------ */

static void *read_file(const struct pc *pc, const char *path,
		       size_t *nbytes_ret)
{
	char *host = fixture_path(&pc->f, path);
	void *data = NULL;

	if (host_read_file(host, 1 << 24, &data, nbytes_ret))
		data = NULL;
	mem_free(host);
	return data;
}

static bool is_same(const struct pc *pc, const char *path, const void *want,
		    size_t nbytes)
{
	size_t n = 0;
	void *data = read_file(pc, path, &n);
	const bool ret = data && n == nbytes && memcmp(data, want, n) == 0;

	mem_free(data);
	return ret;
}

static bool is_there(const struct pc *pc, const char *path)
{
	char *host = fixture_path(&pc->f, path);
	struct host_stat st;
	const bool ret = host_stat(host, false, &st) == 0;

	mem_free(host);
	return ret;
}

/* Bit for bit. */
static bool is_as_it_was(const struct pc *pc)
{
	return is_same(pc, LIB_HOST, pc->content, strlen(pc->content)) &&
	       is_same(pc, SOFTWARE, pc->software, pc->software_nbytes);
}

static bool is_fixed(const struct pc *pc)
{
	return !is_there(pc, LIB_HOST) &&
	       !is_same(pc, SOFTWARE, pc->software, pc->software_nbytes);
}

/* ---- the front end ----------------------------------------------- */

static enum session_answer on_ask(void *arg, const struct session_question *q)
{
	struct pc *pc = arg;

	pc->asked[q->kind]++;
	if (!q->is_asked)
		pc->why = "a question that is none";
	if (q->kind == ASK_FIX)
		pc->planned = plan_picked_count(q->plan->plan);
	else if (q->kind == ASK_UNDO)
		pc->planned = q->fix->steps.count;
	else if (q->kind == ASK_UNDO_ITEMS)
		pc->planned = q->rows->count;
	return pc->answer;
}

static void on_show(void *arg, const struct session_question *q)
{
	struct pc *pc = arg;

	pc->shown += !q->is_asked;
}

static void on_note(void *arg, const struct session_note *note)
{
	struct pc *pc = arg;

	pc->notes += *note->text != '\0';
}

static void on_step(void *arg, enum fix_event event, const struct step *step,
		    bool is_undo, const char *text)
{
	struct pc *pc = arg;

	(void)is_undo;
	if (!step->seq || !text)
		pc->why = "a step without a number or text";
	pc->steps++;
	if (pc->stops && event == FIX_STEP_DONE)
		cancel_set(&pc->cancel, CANCEL_INTERRUPT);
}

static void on_ended(void *arg, const struct fix_result *counts, bool is_undo)
{
	struct pc *pc = arg;

	pc->ended++;
	if (is_undo ? !counts->undone : !counts->done)
		pc->why = "an end at which nothing was done";
}

static void pc_init(struct pc *pc, const char *content)
{
	memset(pc, 0, sizeof(*pc));
	pc->content = content;
	pc->answer = ANSWER_YES;
	fixture_init(&pc->f);
	fixture_windows7(&pc->f);
	fixture_text(pc->f.software, FILTER, "", LABEL);
	fixture_text(pc->f.software, FILTER, "CLSID", CLASS);
	fixture_text(pc->f.software,
		     "Classes\\CLSID\\" CLASS "\\InprocServer32", "", LIB);
	fixture_machine_hives(&pc->f, "Windows/System32/config");
	fixture_folder(&pc->f, "ProgramData");
	fixture_file(&pc->f, LIB_HOST, content);
	pc->software = read_file(pc, SOFTWARE, &pc->software_nbytes);
	ck_assert_ptr_nonnull(pc->software);
	pc->store = fx_temp_path(".db");
	pc->options = (struct session_options){
		.target = { .kind = TARGET_OFFLINE, .root = pc->f.root },
		.store_path = pc->store,
		.cancel = &pc->cancel,
		.events = { .arg = pc,
			    .note = on_note,
			    .step = on_step,
			    .ask = on_ask,
			    .show = on_show,
			    .ended = on_ended },
	};
}

static void pc_release(struct pc *pc)
{
	ck_assert_msg(!pc->why, "%s", pc->why);
	mem_free(pc->software);
	fx_temp_remove(pc->store);
	mem_free(pc->store);
	fixture_release(&pc->f);
}

static struct session *open_session(struct pc *pc)
{
	struct session *s = NULL;

	ck_assert_int_eq(session_open(&pc->options, &s), 0);
	return s;
}

/* ---- the calls, each with what it should give -------------------- */

/* These say what was wrong in `why`: threads call them, too. */
static void should(struct pc *pc, bool is_so, const char *what)
{
	if (!is_so && !pc->why)
		pc->why = what;
}

static void scan(struct pc *pc, struct session *s, bool finds)
{
	const struct session_scan_options o = { .is_quick = true,
						.threads = 1 };
	struct session_scan_result r;

	should(pc, session_scan(s, &o, &r) == 0, "the scan");
	should(pc, r.facts.end == SESSION_DONE && r.facts.found == finds,
	       "what the scan found");
}

static void plan(struct pc *pc, struct session *s, enum session_rest rest)
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

static void fix_all(struct pc *pc, struct session *s)
{
	struct session_fix_result r;

	should(pc, fix(s, &r, false) == 0, "the fix");
	should(pc, session_exit_code(&r.facts) == EXIT_CLEAN, "its code");
	should(pc, r.has_run && r.counts.done == pc->planned, "its steps");
	should(pc, r.plan.plan && !r.plan.held_count && !r.plan.left_count,
	       "what it left");
	should(pc, is_fixed(pc), "what the fix did");
	session_fix_release(&r);
}

static int undo(struct session *s, struct session_fix_result *r)
{
	const struct session_choice all = { 0 };

	return session_undo(s, &all, r);
}

static void undo_all(struct pc *pc, struct session *s)
{
	struct session_fix_result r;

	should(pc, undo(s, &r) == 0, "the undo");
	should(pc, session_exit_code(&r.facts) == EXIT_CLEAN, "its code");
	should(pc, r.has_run && r.counts.undone == pc->planned, "its steps");
	should(pc, is_as_it_was(pc), "what the undo did");
	session_fix_release(&r);
}

static void whole(struct pc *pc, struct session *s)
{
	scan(pc, s, true);
	plan(pc, s, REST_STEPS);
	should(pc, is_as_it_was(pc), "a plan that changes nothing");
	fix_all(pc, s);
	plan(pc, s, REST_DONE);
	scan(pc, s, false);
	undo_all(pc, s);
}

/* ---- tests ------------------------------------------------------- */

START_TEST(scan_plan_fix_undo)
{
	struct session *s;
	struct pc pc;

	pc_init(&pc, "MZ a program");
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
	pc_release(&pc);
}

END_TEST

/* Each begins where another has ended: what is to be known lies on disk. */
START_TEST(sessions_one_after_the_other)
{
	struct pc pcs[2];

	pc_init(&pcs[0], "MZ a program");
	pc_init(&pcs[1], "MZ another program");
	for (int i = 0; i < 2 * ROUNDS; i++) {
		struct pc *pc = &pcs[i % 2];
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
	pc_release(&pcs[0]);
	pc_release(&pcs[1]);
}

END_TEST

static void whole_of_its_own(void *arg)
{
	struct pc *pc = arg;
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
	struct pc pcs[2];

	pc_init(&pcs[0], "MZ a program");
	pc_init(&pcs[1], "MZ another program");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(host_thread_start(whole_of_its_own, &pcs[i],
						   &threads[i]),
				 0);
	for (int i = 0; i < 2; i++)
		host_thread_join(threads[i]);
	for (int i = 0; i < 2; i++) {
		ck_assert_msg(!pcs[i].why, "%d: %s", i, pcs[i].why);
		ck_assert_uint_eq(pcs[i].asked[ASK_FIX], ROUNDS);
		pc_release(&pcs[i]);
	}
}

END_TEST

START_TEST(no_changes_nothing)
{
	struct session_fix_result r;
	struct session *s;
	struct pc pc;

	pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	pc.answer = ANSWER_NO;
	ck_assert_int_eq(fix(s, &r, false), 0);
	ck_assert(r.was_declined && !r.has_run);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_FOUND);
	session_fix_release(&r);
	ck_assert(is_as_it_was(&pc) && !is_there(&pc, VAULT));
	pc.answer = ANSWER_YES;
	fix_all(&pc, s);
	pc.answer = ANSWER_NO;
	ck_assert_int_eq(undo(s, &r), 0);
	ck_assert(r.was_declined && !r.has_run);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_FOUND);
	session_fix_release(&r);
	ck_assert(is_fixed(&pc));
	session_close(s);
	pc_release(&pc);
}

END_TEST

/* A look that was cut short says nothing of what is there. */
START_TEST(stopped_before_the_plan)
{
	const struct session_choice all = { .finding_count = 0 };
	struct session_fix_result r;
	struct session_plan p;
	struct session *s;
	struct pc pc;

	pc_init(&pc, "MZ a program");
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
	ck_assert(is_as_it_was(&pc) && !is_there(&pc, VAULT));
	cancel_clear(&pc.cancel);
	plan(&pc, s, REST_STEPS);
	session_close(s);
	pc_release(&pc);
}

END_TEST

START_TEST(nobody_to_ask)
{
	struct session_fix_result r;
	struct session *s;
	struct pc pc;

	pc_init(&pc, "MZ a program");
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
	ck_assert(is_as_it_was(&pc));
	pc_release(&pc);
}

END_TEST

START_TEST(stopped_and_gone_on_with)
{
	struct session_fix_result r;
	struct session *s;
	struct pc pc;

	pc_init(&pc, "MZ a program");
	s = open_session(&pc);
	scan(&pc, s, true);
	pc.stops = true;
	ck_assert_int_eq(fix(s, &r, false), ERR_CANCELLED);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_STOPPED);
	ck_assert(!r.has_run);
	session_fix_release(&r);
	ck_assert(is_there(&pc, LIB_HOST));
	session_close(s);

	pc.stops = false;
	cancel_clear(&pc.cancel);
	s = open_session(&pc);
	pc.answer = ANSWER_NO;
	ck_assert_int_eq(fix(s, &r, true), 0);
	ck_assert(r.was_declined && is_there(&pc, LIB_HOST));
	pc.answer = ANSWER_YES;
	ck_assert_int_eq(fix(s, &r, true), 0);
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_CLEAN);
	ck_assert(r.has_run && is_fixed(&pc));
	ck_assert_uint_eq(pc.asked[ASK_RESUME], 2);
	undo_all(&pc, s);
	session_close(s);
	pc_release(&pc);
}

END_TEST

START_TEST(nothing_to_go_on_with)
{
	struct session_fix_result r;
	struct session *s;
	struct pc pc;

	pc_init(&pc, "MZ a program");
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
	ck_assert(is_as_it_was(&pc) && !is_there(&pc, VAULT));
	session_close(s);
	pc_release(&pc);
}

END_TEST

/* The item of the program; caller frees. */
static char *program_item(const struct vec *rows, const char *vault)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct vault_row *row = vec_at(rows, i);

		if (!row->why && strcmp(row->info.original, LIB) == 0)
			return host_join(vault, row->name);
	}
	return NULL;
}

START_TEST(the_vault_alone)
{
	struct session_fix_result r;
	struct vec rows = { 0 };
	struct session *s;
	struct pc pc;
	char *vault = NULL, *item, *journal, *out;

	pc_init(&pc, "MZ a program");
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
	ck_assert(is_same(&pc, "out.bin", pc.content, strlen(pc.content)));
	ck_assert(is_fixed(&pc));
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
	ck_assert(is_same(&pc, LIB_HOST, pc.content, strlen(pc.content)));
	session_close(s);
	mem_free(journal);
	mem_free(out);
	mem_free(item);
	mem_free(vault);
	pc_release(&pc);
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
