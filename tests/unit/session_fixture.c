/*
 * A small Windows with a store and a session of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session_fixture.h"
#include "unit.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"

#include <string.h>

#define CLASS	 "{AAAAAAAA-0000-1111-2222-333333333333}"
#define FILTER	 "Classes\\PROTOCOLS\\Filter\\text/html"
#define LABEL	 "Microsoft Improved HTML MIME Filter"
#define SOFTWARE "Windows/System32/config/SOFTWARE"

/* ---- the PC ------------------------------------------------------ */

static void *read_file(const struct session_pc *pc, const char *path,
		       size_t *nbytes_ret)
{
	char *host = fixture_path(&pc->f, path);
	void *data = NULL;

	if (host_read_file(host, 1 << 24, &data, nbytes_ret))
		data = NULL;
	mem_free(host);
	return data;
}

bool session_pc_holds(const struct session_pc *pc, const char *path,
		      const void *want, size_t nbytes)
{
	size_t n = 0;
	void *data = read_file(pc, path, &n);
	const bool ret = data && n == nbytes && memcmp(data, want, n) == 0;

	mem_free(data);
	return ret;
}

bool session_pc_has(const struct session_pc *pc, const char *path)
{
	char *host = fixture_path(&pc->f, path);
	struct host_stat st;
	const bool ret = host_stat(host, false, &st) == 0;

	mem_free(host);
	return ret;
}

bool session_pc_is_as_it_was(const struct session_pc *pc)
{
	return session_pc_holds(pc, SESSION_PC_HOST, pc->content,
				strlen(pc->content)) &&
	       session_pc_holds(pc, SOFTWARE, pc->software,
				pc->software_nbytes);
}

bool session_pc_is_fixed(const struct session_pc *pc)
{
	return !session_pc_has(pc, SESSION_PC_HOST) &&
	       !session_pc_holds(pc, SOFTWARE, pc->software,
				 pc->software_nbytes);
}

/* ---- the front end ----------------------------------------------- */

static enum session_answer on_ask(void *arg, const struct session_question *q)
{
	struct session_pc *pc = arg;

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
	struct session_pc *pc = arg;

	pc->shown += !q->is_asked;
}

static void on_note(void *arg, const struct session_note *note)
{
	struct session_pc *pc = arg;

	pc->notes++;
	if (!*note->text)
		pc->why = "a note without text";
}

static void on_step(void *arg, enum fix_event event, const struct step *step,
		    bool is_undo, const char *text)
{
	struct session_pc *pc = arg;

	(void)is_undo;
	if (!step->seq || !text)
		pc->why = "a step without a number or text";
	pc->steps++;
	if (pc->stops && event == FIX_STEP_DONE)
		cancel_set(&pc->cancel, CANCEL_INTERRUPT);
}

static void on_ended(void *arg, const struct fix_result *counts, bool is_undo)
{
	struct session_pc *pc = arg;

	pc->ended++;
	if (is_undo ? !counts->undone : !counts->done)
		pc->why = "an end at which nothing was done";
}

static void add_program(struct session_pc *pc)
{
	fixture_text(pc->f.software, FILTER, "", LABEL);
	fixture_text(pc->f.software, FILTER, "CLSID", CLASS);
	fixture_text(pc->f.software,
		     "Classes\\CLSID\\" CLASS "\\InprocServer32", "",
		     SESSION_PC_FILE);
	fixture_file(&pc->f, SESSION_PC_HOST, pc->content);
}

void session_pc_init(struct session_pc *pc, const char *content)
{
	memset(pc, 0, sizeof(*pc));
	pc->content = content;
	pc->answer = ANSWER_YES;
	fixture_init(&pc->f);
	fixture_windows7(&pc->f);
	if (content)
		add_program(pc);
	fixture_machine_hives(&pc->f, "Windows/System32/config");
	fixture_user_hive(&pc->f, "Windows/System32/config/DEFAULT", NULL);
	fixture_folder(&pc->f, "ProgramData");
	fixture_file(&pc->f, "Apps/readme.txt", "nothing");
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

void session_pc_release(struct session_pc *pc)
{
	ck_assert_msg(!pc->why, "%s", pc->why);
	mem_free(pc->software);
	fx_temp_remove(pc->store);
	mem_free(pc->store);
	fixture_release(&pc->f);
}

/* ---- scans and their reports ------------------------------------- */

/* What is asserted is asserted by the caller. */
void session_pc_scan(void *arg)
{
	static const struct session_scan_options full = { .threads = 2 };
	struct session_pc *pc = arg;

	pc->err = session_scan(pc->session, &full, &pc->result);
}

char *session_pc_report(struct session_pc *pc, int64_t scan_id,
			struct session_report_result *ret)
{
	const struct session_report_options o = {
		.report = { .scan_id = scan_id,
			    .format = REPORT_TEXT,
			    .lang = "en" },
	};
	struct str out = STR_INIT;

	ck_assert_msg(session_report(pc->session, &o, &out, ret) == 0, "%s",
		      err_last()->text);
	return str_detach(&out);
}

void session_pc_check(struct session_pc *pc, bool is_infected)
{
	struct session_report_result r;
	char *text;

	ck_assert_msg(pc->err == 0, "%s", err_last()->text);
	ck_assert_int_eq(pc->result.facts.end, SESSION_DONE);
	ck_assert(pc->result.facts.found == is_infected);
	ck_assert(!pc->result.facts.incomplete);
	ck_assert(!pc->result.is_unrecorded);
	ck_assert_int_eq(session_exit_code(&pc->result.facts), is_infected);
	text = session_pc_report(pc, 0, &r);
	ck_assert_int_eq(r.scan_id, pc->result.scan_id);
	ck_assert(r.facts.found == is_infected);
	ck_assert((strstr(text, SESSION_PC_FILE) != NULL) == is_infected);
	mem_free(text);
}
