/*
 * A session on the console.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "ctrl_c.h"
#include "output.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host.h"
#include "remediate/plan_show.h"
#include "remediate/words.h"
#include "words/base.h"
#include "words/cli.h"
#include "words/fix.h"
#include "words/undo.h"
#include "words/usage.h"
#include "words/words.h"
#include <string.h>

void console_write(const struct str *text)
{
	if (!text->err)
		host_write(HOST_STDOUT, str_text(text), text->len, false);
}

int console_report(struct console *c, const struct options *o,
		   struct session_report_options *so,
		   struct session_report_result *ret, struct str *closing)
{
	const enum report_format format = so->report.format;
	struct str text = STR_INIT;
	int err;

	if (format == REPORT_TEXT && !so->report.is_list && !o->out &&
	    host_is_terminal(HOST_STDOUT)) {
		str_add(closing, "\n");
		so->report.closing_ret = closing;
	}
	err = session_report(c->session, so, &text, ret);
	if (!err)
		err = output_write(o, &text, format);
	str_release(&text);
	return err;
}

/* ---- notes and steps --------------------------------------------- */

static void on_note(void *arg, const struct session_note *note)
{
	struct console *c = arg;

	if (note->kind == NOTE_INFO && c->o->quiet)
		return;
	progress_end(&c->progress);
	if (*note->what)
		complain(W_BASE_JOINED, note->what, note->text);
	else
		complain("%s", note->text);
}

/* What was left out before the start is told in any case. */
static bool is_told_quietly(enum fix_event event, const struct step *step)
{
	return event == FIX_STEP_FAILED || event == FIX_NOTE ||
	       event == FIX_CAME_BACK ||
	       (event == FIX_STEP_REFUSED && step->state == STEP_PLANNED);
}

static void on_step(void *arg, enum fix_event event, const struct step *step,
		    bool is_undo, const char *text)
{
	const struct console *c = arg;
	struct str line = STR_INIT, said = STR_INIT;

	if (c->o->quiet && !is_told_quietly(event, step))
		return;
	str_addf(&line, "%4u. ", (unsigned)step->seq);
	words_event(event, is_undo, step, c->o->lang, &line);
	str_add(&line, "\n      ");
	words_target(step, &line);
	if (*text) {
		words_translate(&said, c->o->lang, text);
		str_add(&line, "\n      ");
		utf_display(&line, str_text(&said));
	}
	str_add(&line, "\n");
	console_write(&line);
	str_release(&said);
	str_release(&line);
}

/* ---- questions --------------------------------------------------- */

static void list_steps(const struct options *o, const struct fix_record *fix,
		       struct str *out)
{
	str_addf(out, "%s\n", words_in(W_UNDO_LIST, o->lang));
	for (size_t i = fix->steps.count; i-- > 0;) {
		const struct step *s = *(struct step **)vec_at(&fix->steps, i);

		if (!s->picked)
			continue;
		str_addf(out, "%4u. ", (unsigned)s->seq);
		words_target(s, out);
		str_add(out, "\n");
	}
}

static void list_items(const struct options *o, const struct vec *rows,
		       struct str *out)
{
	str_addf(out, "%s\n", words_in(W_UNDO_ITEMS, o->lang));
	for (size_t i = 0; i < rows->count; i++)
		vault_row_text(vec_at(rows, i), o->lang, out);
}

static void show_plan(const struct options *o, const struct session_plan *p,
		      struct str *out)
{
	const struct plan_view v = { .plan = p->plan,
				     .answers = p->answers,
				     .whole = p->whole,
				     .lang = o->lang,
				     .vault = p->vault };
	int err = plan_show(&v, REPORT_TEXT, out);

	if (err && !out->err)
		out->err = err;
}

/*
 * What the question is about.  Who says yes to all has seen the plan; what lies
 * in a vault he has not.  0, or it could not be written.
 */
static int show(const struct options *o, const struct session_question *q)
{
	struct str out = STR_INIT;
	int err;

	if (q->kind == ASK_FIX && !o->yes)
		show_plan(o, q->plan, &out);
	else if (q->kind == ASK_UNDO && !o->yes)
		list_steps(o, q->fix, &out);
	else if (q->kind == ASK_UNDO_ITEMS && (!o->quiet || !q->is_asked))
		list_items(o, q->rows, &out);
	else if (q->kind == ASK_UNDO_ITEM && !o->quiet)
		vault_info_text(q->item, o->lang, &out);
	err = out.err;
	if (!err && out.len)
		err = host_write(HOST_STDOUT, str_text(&out), out.len, false);
	str_release(&out);
	return err;
}

static void on_show(void *arg, const struct session_question *q)
{
	const struct console *c = arg;

	(void)show(c->o, q);
}

static const char *const questions[] = {
	[ASK_FIX] = W_FIX_ASK,	      [ASK_RESUME] = W_FIX_ASK_RESUME,
	[ASK_UNDO] = W_UNDO_ASK,      [ASK_UNDO_ITEMS] = W_UNDO_ASK_ALL,
	[ASK_UNDO_ITEM] = W_UNDO_ASK,
};

/* --yes says it for the person. */
static enum session_answer confirm(const struct options *o,
				   enum session_question_kind kind)
{
	struct str question = STR_INIT;
	char line[16];

	if (o->yes)
		return ANSWER_YES;
	if (!host_stdin_is_terminal()) {
		complain("%s", W_CLI_NO_TERMINAL);
		return ANSWER_NOBODY;
	}
	str_addf(&question, "%s%s [y/N] ", kind == ASK_FIX ? "\n" : "",
		 words_in(questions[kind], o->lang));
	console_write(&question);
	str_release(&question);
	return fgets(line, sizeof(line), stdin) &&
			       (line[0] == 'y' || line[0] == 'Y')
		       ? ANSWER_YES
		       : ANSWER_NO;
}

static enum session_answer on_ask(void *arg, const struct session_question *q)
{
	struct console *c = arg;
	enum session_answer ret;

	/* Nobody can judge what he does not see. */
	if (show(c->o, q) && q->kind == ASK_FIX) {
		c->code = EXIT_NO_START;
		return ANSWER_NOBODY;
	}
	ret = confirm(c->o, q->kind);
	if (ret == ANSWER_YES && q->kind != ASK_UNDO_ITEM)
		ctrl_c_catch();
	return ret;
}

/* ---- the end ----------------------------------------------------- */

/* Whether there is such a count, which comes behind the others. */
static bool begins(struct str *out, const char *lang, size_t count)
{
	if (count && out->len)
		str_add(out, words_in(W_USAGE_COMMA, lang));
	return count;
}

static void add_counts(struct str *out, const char *lang,
		       const struct fix_result *r, bool undo)
{
	if (begins(out, lang, r->done))
		words_add(out, lang, W_FIX_COUNT_DONE, (unsigned)r->done);
	if (begins(out, lang, r->undone))
		words_add(out, lang, W_FIX_COUNT_UNDONE, (unsigned)r->undone);
	if (begins(out, lang, r->without_short))
		words_add(out, lang, W_FIX_COUNT_WITHOUT_SHORT,
			  (unsigned)r->without_short);
	if (begins(out, lang, r->nothing))
		words_add(out, lang,
			  undo ? W_FIX_COUNT_THERE : W_FIX_COUNT_GONE,
			  (unsigned)r->nothing);
	if (begins(out, lang, r->refused))
		words_add(out, lang, W_FIX_COUNT_REFUSED, (unsigned)r->refused);
	if (begins(out, lang, r->failed))
		words_add(out, lang,
			  undo ? W_FIX_COUNT_NOT_BACK : W_FIX_COUNT_FAILED,
			  (unsigned)r->failed);
	if (begins(out, lang, r->came_back))
		words_add(out, lang, W_FIX_COUNT_CAME_BACK,
			  (unsigned)r->came_back);
}

static void add_line(struct str *out, const char *lang, bool is_so,
		     const char *text)
{
	if (is_so)
		str_addf(out, "%s\n", words_in(text, lang));
}

/* "12 done, 1 refused …" at the end, and what is to be done now. */
static void on_ended(void *arg, const struct fix_result *r, bool undo)
{
	const struct console *c = arg;
	const char *lang = c->o->lang;
	struct str out = STR_INIT;

	if (c->o->quiet)
		return;
	add_counts(&out, lang, r, undo);
	if (!out.len)
		str_add(&out, words_in(W_FIX_COUNT_NOTHING, lang));
	str_add(&out, lang_is_ja(lang) ? "。\n" : ".\n");
	add_line(&out, lang, r->waits, W_FIX_THEN_RESTART);
	add_line(&out, lang, !undo && (r->failed || r->refused),
		 W_FIX_THEN_RESUME);
	add_line(&out, lang, !undo && r->came_back, W_FIX_THEN_CLOSE);
	add_line(&out, lang, undo && r->undone, W_UNDO_THEN_SCAN);
	add_line(&out, lang, !undo && (r->done || r->waits), W_FIX_THEN_SCAN);
	console_write(&out);
	str_release(&out);
}

/* ---- the session ------------------------------------------------- */

int console_options(struct console *c, const struct options *o,
		    bool needs_target, struct session_options *ret)
{
	*c = (struct console){ .o = o };
	*ret = (struct session_options){
		.store_path = o->db,
		.pack_path = o->pack,
		.key_paths = o->keys.items,
		.key_count = o->keys.count,
		.allow_older_pack = o->allow_older_pack,
		.vault_dir = o->vault,
		.cancel = ctrl_c(),
		.events = { .arg = c,
			    .note = on_note,
			    .step = on_step,
			    .ask = on_ask,
			    .show = on_show,
			    .ended = on_ended },
	};
	return needs_target && options_target(o, &ret->target) ? EXIT_USAGE : 0;
}

int console_open(struct console *c, const struct options *o, bool needs_target)
{
	struct session_options so;

	if (console_options(c, o, needs_target, &so))
		return EXIT_USAGE;
	if (!session_open(&so, &c->session))
		return 0;
	complain_last("");
	return EXIT_NO_START;
}

int console_code(const struct console *c, const struct session_facts *f)
{
	return c->code ? c->code : session_exit_code(f);
}

void console_choice(const struct options *o, struct session_choice *ret)
{
	*ret = (struct session_choice){ .findings = o->findings.items,
					.finding_count = o->findings.count,
					.steps = o->steps.items,
					.step_count = o->steps.count,
					.skips = o->skips.items,
					.skip_count = o->skips.count };
}
