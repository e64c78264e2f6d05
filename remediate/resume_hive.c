/*
 * Steps in a hive file after a crash: the file tells how far they came.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/hive_batch.h"

#include "base/err.h"
#include "words/fix.h"

#include <string.h>

static bool is_applied(const struct step *s)
{
	return s->state == STEP_APPLIED;
}

/* One step by what the hive holds: done, not begun, or half. */
static int look_at(struct hive_batch *r, struct reg_root *root, struct step *s)
{
	enum key_state state = KEY_UNKNOWN;
	struct reg_tree *saved = NULL;
	int err = read_saved_key(r->f, s, &saved);

	if (!err)
		state = key_state(root, hive_batch_path(r, s), s, saved);
	reg_tree_free(saved);
	switch (state) {
	case KEY_DONE:
		s->state = STEP_VERIFIED;
		return 0;
	case KEY_AS_SAVED:
		s->state = STEP_SAVED;
		return 0;
	case KEY_HALF:
		/* A hive file is exchanged whole, so from outside a half was
		 * left by a fix of the running Windows, which undo mends. */
		if (!hive_batch_is_offline(r)) {
			s->half_done = true;
			return 0;
		}
		return fixer_give_up(r->f, s, FIX_STEP_FAILED,
				     W_FIX_ONLY_PART_REMOVED);
	case KEY_OTHER:
		return fixer_give_up(r->f, s, FIX_STEP_FAILED,
				     W_FIX_CHANGED_SINCE_SAVED);
	default:
		return fixer_failed(r->f, s, err_last()->err);
	}
}

/* The hive tells for each step whether it was done. */
static int resume_by_look(struct hive_batch *r)
{
	struct reg_root *root = NULL;
	int err;

	target_close_hive(r->f->o.target, r->hive.wpath);
	err = hive_file_reopen(&r->hive, &root);
	if (err)
		return hive_batch_fail(r, err);
	for (size_t i = 0; !err && i < r->count; i++)
		err = look_at(r, root, r->steps[i]);
	reg_close(root);
	if (!err)
		err = fixer_note_all(r->f, r->steps, r->count);
	for (size_t i = 0; !err && i < r->count; i++)
		if (r->steps[i]->state == STEP_VERIFIED)
			hive_batch_tell(r, r->steps[i]);
	return err;
}

/*
 * A swap that was begun: the file is the old one (nothing happened), the new
 * one (it is done), or somebody else's by now.
 */
static int resume_swap(struct hive_batch *r)
{
	struct swap_record swap = { 0 };
	char now[65];
	int err = hive_file_clear(r->f, &r->hive);

	if (!err)
		err = journal_swap(r->f->journal, r->steps[0]->swap, &swap);
	if (!err)
		err = hive_file_digest(&r->hive, now);
	if (err) {
		swap_record_release(&swap);
		return hive_batch_fail(r, err);
	}
	if (strcmp(now, swap.after) == 0) {
		err = journal_swap_state(r->f->journal, swap.swap_id, "done");
		if (!err)
			err = hive_batch_states(r, STEP_VERIFIED, 0);
		if (!err)
			hive_batch_tell_all(r);
	} else if (strcmp(now, swap.before) == 0) {
		err = hive_batch_states(r, STEP_SAVED, 0);
	} else {
		/* Changed by others since, e.g. by Windows: its keys tell. */
		err = resume_by_look(r);
	}
	swap_record_release(&swap);
	return err;
}

static int resume_hive_file(struct hive_batch *r)
{
	int err = hive_file_find(r->f->o.target, r->steps[0]->target, &r->hive);

	if (err)
		return hive_batch_fail(r, err);
	/* A fix of the running Windows, gone on with from outside, has none. */
	return hive_batch_is_offline(r) && r->steps[0]->swap
		       ? resume_swap(r)
		       : resume_by_look(r);
}

int resume_hive(struct fixer *f, size_t first, size_t last)
{
	struct hive_batch r;
	int err = hive_batch_init(&r, f, first, last, is_applied);

	if (!err && r.count)
		err = resume_hive_file(&r);
	hive_batch_release(&r);
	return err ? err : run_hive(f, first, last);
}
