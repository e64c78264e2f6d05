/*
 * A fix from its first step to its last, and going on with one that was cut
 * off.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/fix.h"

#include <string.h>

/* ---- order ------------------------------------------------------- */

/* The first step of the same finding that was to go before, and did not. */
static const struct step *missing_before(const struct fixer *f,
					 const struct step *s)
{
	for (size_t i = 0; i < f->fix->steps.count; i++) {
		const struct step *before = fixer_step(f, i);

		if (step_has_to_wait(s, before) &&
		    before->finding_id == s->finding_id &&
		    before->state != STEP_VERIFIED)
			return before;
	}
	return NULL;
}

static bool is_at_end(const struct step *s)
{
	return step_was_done(s) || s->state == STEP_FAILED ||
	       s->state == STEP_UNDONE;
}

/* Steps that may not be done because of one before are refused. */
static int check_order(struct fixer *f, size_t first, size_t last)
{
	int err = 0;

	for (size_t i = first; !err && i <= last; i++) {
		struct step *s = fixer_step(f, i);
		const struct step *before =
			is_at_end(s) ? NULL : missing_before(f, s);
		struct guard_answer a = { GUARD_BEFORE, "" };

		if (!before)
			continue;
		snprintf(a.detail, sizeof(a.detail), "%u",
			 (unsigned)before->seq);
		err = fixer_refuse(f, s, &a);
	}
	return err;
}

static int run_one(struct fixer *f, struct step *s)
{
	if (is_at_end(s))
		return 0;
	if (s->action == ACT_QUARANTINE_FILE)
		return resume_file(f, s);
	return resume_key(f, s);
}

/*
 * The entries are gone now: a browser that was started again before, with
 * them, is ended once more, and no longer comes back with the file.
 */
static int end_again(struct fixer *f, const struct step *s, bool *were_there)
{
	if (s->phase == PHASE_REGISTRATION) {
		*were_there = *were_there || !is_at_end(s);
		return 0;
	}
	if (!*were_there)
		return 0;
	*were_there = false;
	return programs_end(f);
}

/* Each step from where it stands: a new fix is one that was cut off early. */
static int run_all(struct fixer *f)
{
	size_t count = f->fix->steps.count;
	bool were_there = false;
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		size_t last = i;

		if (cancel_asked(f->o.cancel))
			return err_fail(ERR_CANCELLED, 0, W_FIX_STOPPED);
		err = end_again(f, fixer_step(f, i), &were_there);
		if (err)
			break;
		if (is_in_hive_file(f, fixer_step(f, i)))
			last = hive_batch_end(f, i, count);
		err = check_order(f, i, last);
		if (err)
			break;
		if (is_in_hive_file(f, fixer_step(f, i)))
			err = resume_hive(f, i, last);
		else
			err = run_one(f, fixer_step(f, i));
		i = last;
	}
	return err;
}

/* ---- looking again ----------------------------------------------- */

/* 1: something is there again, 0: it stays away, < 0: -ERR_*. */
static int is_back(struct fixer *f, const struct step *s)
{
	struct target_path path;
	struct target_key key;
	int err, now;

	if (s->action == ACT_QUARANTINE_FILE) {
		err = target_resolve(f->o.target, s->target, 0, &path);
		if (!err)
			target_path_release(&path);
		return err ? err == ERR_NOT_FOUND ? 0 : -err : 1;
	}
	err = target_find_key(f->o.target, s->target, &key);
	if (err)
		return -err;
	now = is_changed(key.root, key.path, s);
	return now < 0 ? now : !now;
}

static int came_back(struct fixer *f, struct step *s)
{
	s->state = STEP_CAME_BACK;
	f->result.came_back++;
	return fixer_give_up(f, s, FIX_CAME_BACK, W_FIX_CAME_BACK);
}

/* One that had come back when the fix ended the last time has gone since. */
static int went_again(struct fixer *f, struct step *s)
{
	int err;

	s->state = STEP_VERIFIED;
	mem_free(s->error);
	s->error = NULL;
	err = fixer_note(f, s);
	if (err)
		return err;
	if (s->item)
		f->result.done++;
	else
		f->result.nothing++;
	fixer_tell(f, s->item ? FIX_STEP_DONE : FIX_STEP_NOTHING, s, "");
	return 0;
}

/*
 * What is there again is somebody's new file or key, and nothing of it is
 * saved: it is told, and left to another scan.
 */
static int recheck(struct fixer *f)
{
	int err = 0;

	for (size_t i = 0; !err && i < f->fix->steps.count; i++) {
		struct step *s = fixer_step(f, i);
		int back = step_was_done(s) ? is_back(f, s) : 0;

		if (s->state == STEP_CAME_BACK) {
			/* What cannot be seen is not taken to be gone. */
			err = back ? came_back(f, s) : went_again(f, s);
		} else if (back == 1) {
			if (s->item)
				f->result.done--;
			else
				f->result.nothing--;
			err = came_back(f, s);
		}
	}
	return err;
}

/* ---- the whole --------------------------------------------------- */

static int work(struct fixer *f, struct fix_result *ret)
{
	const char *state;
	int err = programs_end(f);

	if (!err)
		err = run_all(f);
	if (!err)
		err = recheck(f);
	if (!err) {
		state = f->result.failed || f->result.refused ||
					f->result.came_back
				? "failed"
				: "finished";
		err = journal_end(f->journal, f->fix_id, state);
		if (!err && mirror_end(&f->mirror, f->fix, state))
			fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
	}
	*ret = f->result;
	return err;
}

static int load(struct fixer *f)
{
	int err = journal_load(f->journal, f->fix_id, &f->fix);

	if (!err && mirror_begin(&f->mirror, f->o.store, f->vault_path, f->fix))
		fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
	return err;
}

int fixer_fix(struct fixer *f, const struct plan *p, struct fix_result *ret)
{
	char running[FIX_ID_NBYTES];
	int err = journal_find(f->journal, fixer_target_id(f),
			       JOURNAL_RESUMABLE, NULL, running);

	if (!err)
		return err_fail(ERR_EXISTS, 0, W_FIX_INTERRUPTED_BEFORE);
	if (err != ERR_NOT_FOUND)
		return err;
	err = journal_begin(f->journal, p, f->o.store_path, f->fix_id);
	if (!err)
		err = load(f);
	if (!err && mirror_left_out(&f->mirror, p))
		fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
	return err ? err : work(f, ret);
}

/* What failed is tried again, from where it stood. */
static int reopen(struct fixer *f)
{
	int err = journal_end(f->journal, f->fix_id, "running");

	for (size_t i = 0; !err && i < f->fix->steps.count; i++) {
		struct step *s = fixer_step(f, i);

		if (s->state != STEP_FAILED)
			continue;
		s->state = s->item ? STEP_SAVED : STEP_PLANNED;
		mem_free(s->error);
		s->error = NULL;
		err = fixer_note(f, s);
	}
	return err;
}

int fixer_resume(struct fixer *f, struct fix_result *ret)
{
	const char *target_id = fixer_target_id(f);
	int err = journal_find(f->journal, target_id, JOURNAL_RESUMABLE, NULL,
			       f->fix_id);

	if (err == ERR_NOT_FOUND)
		err = journal_find(f->journal, target_id, JOURNAL_FAILED, NULL,
				   f->fix_id);
	if (!err)
		err = load(f);
	if (!err && f->fix->pack &&
	    strcmp(f->fix->pack, pack_info(f->o.pack)->name) != 0)
		err = err_fail(ERR_INVALID, 0, W_FIX_MADE_WITH_PACK,
			       f->fix->pack);
	if (!err && strcmp(f->fix->state, "failed") == 0)
		err = reopen(f);
	if (err)
		return err;
	/* What came to its end before the cut counts, too. */
	for (size_t i = 0; i < f->fix->steps.count; i++) {
		struct step *s = fixer_step(f, i);

		/* Why it failed the last time; it is tried again. */
		if (s->state == STEP_APPLIED) {
			mem_free(s->error);
			s->error = NULL;
		}

		f->result.done += s->state == STEP_VERIFIED && s->item;
		f->result.nothing += s->state == STEP_VERIFIED && !s->item;
		f->result.failed += s->state == STEP_FAILED;
	}
	return work(f, ret);
}
