/*
 * A plan carried out, or one that was cut off gone on with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/give_back.h"
#include "session/plan_look.h"
#include "session/recheck.h"
#include "base/err.h"
#include "words/fix.h"
#include "words/journal.h"
#include <string.h>

/* What one fix works with. */
struct fix {
	struct work w;
	const struct session_fix_options *o;
	struct session_fix_result *ret;
	bool is_resume;
	size_t dropped; /* picked steps that the new look left out */
};

/* An error before the first change is no start; after it, a stop. */
static int ended_by(const struct fix *f, bool has_begun, int err)
{
	session_note_last(f->w.session, "");
	f->ret->facts.end = has_begun ? SESSION_STOPPED : SESSION_NOT_STARTED;
	if (has_begun && err != ERR_CANCELLED)
		session_note(f->w.session, NOTE_WARNING, "%s",
			     W_FIX_GO_ON_OR_BACK);
	return err;
}

static int no_vault(const struct fix *f, int err)
{
	const bool is_named = f->w.o->vault_dir;

	/* On such a volume nothing is changed, wherever the vault lies. */
	if (err == ERR_READ_ONLY && !is_named) {
		session_note_last(f->w.session, "");
		return err;
	}
	session_note_last(f->w.session, W_FIX_VAULT_UNUSABLE);
	if (!is_named && err != ERR_NOMEM && err != ERR_LOCKED)
		session_note(f->w.session, NOTE_WARNING, "%s",
			     W_FIX_VAULT_ELSEWHERE);
	return err;
}

static int open_fixer(struct fix *f, struct fixer **ret)
{
	struct fixer_options fo;
	int err;

	work_fixer_options(&f->w, &fo);
	fo.end_browsers = f->o->end_browsers;
	err = fixer_open(&fo, !f->is_resume, ret);
	if (err == ERR_NOT_FOUND && f->is_resume) {
		session_note(f->w.session, NOTE_WARNING, "%s",
			     W_JOURNAL_NOTHING_FAILED);
		return err;
	}
	return err ? no_vault(f, err) : 0;
}

/* What of the machine is not as the plan would have it. */
static bool is_something_left(const struct session_fix_result *r)
{
	const struct session_plan *p = &r->plan;

	if (r->counts.refused || r->counts.failed || r->counts.came_back)
		return true;
	return p->plan && (p->held_count || p->left_count || p->plan->is_cut);
}

static int carry_out(struct fix *f)
{
	struct session_fix_result *ret = f->ret;
	struct fixer *fixer = NULL;
	int err = open_fixer(f, &fixer);

	if (err)
		return err;
	err = f->is_resume ? fixer_resume(fixer, &ret->counts)
			   : fixer_fix(fixer, ret->plan.plan, &ret->counts);
	if (err)
		err = ended_by(f, fixer_has_begun(fixer), err);
	fixer_close(fixer);
	if (err)
		return err;
	ret->has_run = true;
	ret->counts.refused += f->dropped;
	work_ended(&f->w, &ret->counts);
	if (ret->plan.plan)
		err = plan_tell_rest(&ret->plan, &f->o->choice, true);
	if (err)
		session_note_last(f->w.session, "");
	ret->facts.end = err ? SESSION_STOPPED : SESSION_DONE;
	ret->facts.found = is_something_left(ret);
	ret->facts.restart = ret->counts.waits;
	return err;
}

/* What would change nothing is not begun. */
static void leave(struct session_fix_result *ret)
{
	const struct session_plan *p = &ret->plan;

	if (p->rest != REST_LEFT)
		ret->facts.end = SESSION_DONE;
	ret->facts.found = p->rest == REST_HELD || p->plan->is_cut;
}

static int refuse_whole(const struct fix *f, const struct session_question *q)
{
	int err;

	work_show(&f->w, q);
	err = plan_refuse(&f->ret->plan.whole);
	session_note_last(f->w.session, "");
	return err;
}

static int fix(struct fix *f)
{
	struct session_plan *p = &f->ret->plan;
	const struct session_question q = { .kind = ASK_FIX, .plan = p };
	bool yes = false;
	int err = plan_look(&f->w, &f->o->choice, p);

	if (err) {
		f->ret->facts.end = p->facts.end;
		return err;
	}
	if (p->rest != REST_STEPS) {
		leave(f->ret);
		return 0;
	}
	if (p->whole.reason != GUARD_OK)
		return refuse_whole(f, &q);
	err = work_ask(&f->w, &q, f->ret, &yes);
	if (err || !yes)
		return err;
	f->dropped = recheck_drop(&f->w, p);
	if (plan_picked_count(p->plan))
		return carry_out(f);
	f->ret->facts.end = SESSION_DONE;
	f->ret->facts.found = true;
	return 0;
}

static int resume(struct fix *f)
{
	const struct session_question q = { .kind = ASK_RESUME };
	bool yes = false;
	/* The lists of the pack count for what is left, too. */
	int err = work_open_pack(&f->w);

	if (!err)
		err = work_ask(&f->w, &q, f->ret, &yes);
	return err || !yes ? err : carry_out(f);
}

static int run(struct session *s, const struct session_fix_options *o,
	       struct session_fix_result *ret, bool is_resume)
{
	struct fix f = { .o = o, .ret = ret, .is_resume = is_resume };
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->facts.end = SESSION_NOT_STARTED;
	work_init(&f.w, s);
	give_back_hives(s);
	err = work_open_target(&f.w);
	if (!err)
		err = work_open_store(&f.w, true, !is_resume);
	if (!err)
		err = is_resume ? resume(&f) : fix(&f);
	work_release(&f.w);
	return err;
}

int session_fix(struct session *s, const struct session_fix_options *o,
		struct session_fix_result *ret)
{
	return run(s, o, ret, false);
}

int session_resume(struct session *s, const struct session_fix_options *o,
		   struct session_fix_result *ret)
{
	return run(s, o, ret, true);
}

void session_fix_release(struct session_fix_result *r)
{
	session_plan_release(&r->plan);
}
