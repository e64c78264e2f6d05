/*
 * Keys in hive files: several steps of one hive are changed together.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Offline the hive is copied into memory with its logs applied, changed
 * there, read back and compared, and swapped in for the old one, which goes
 * to the vault whole, with its logs.  On the running Windows the hive of a
 * user who is logged off is loaded instead (reg_edit_user_file).
 */
#include "remediate/fixer_internal.h"
#include "remediate/hive_swap.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

bool is_in_hive_file(struct fixer *f, const struct step *s)
{
	struct target_key place;

	return step_is_registry(s->action) &&
	       target_find_key(f->o.target, s->target, &place) == 0 &&
	       !place.is_live;
}

static bool is_same_hive(struct fixer *f, const struct step *a,
			 const struct step *b)
{
	struct target_key x, y;
	char *first = NULL;
	bool same = false;

	if (!step_is_registry(b->action) ||
	    target_find_key(f->o.target, a->target, &x) || x.is_live)
		return false;
	first = mem_strdup(x.hive_wpath);
	if (first && !target_find_key(f->o.target, b->target, &y) && !y.is_live)
		same = utf_casecmp(first, y.hive_wpath) == 0;
	mem_free(first);
	return same;
}

size_t hive_run_end(struct fixer *f, size_t first, size_t end)
{
	const struct step *s = fixer_step(f, first);
	size_t last = first;

	/* Phases are not mixed: the files come between. */
	while (last + 1 < end && fixer_step(f, last + 1)->phase == s->phase &&
	       is_same_hive(f, s, fixer_step(f, last + 1)))
		last++;
	return last;
}

/* ---- a run of steps
 * ----------------------------------------------------------- */

struct hive_run {
	struct fixer *f;
	struct step **steps; /* those that are still to be done */
	size_t count;
	struct hive_file hive;
};

static void run_release(struct hive_run *r)
{
	hive_file_release(&r->hive);
	mem_free(r->steps);
}

static bool is_open(const struct step *s)
{
	return s->state == STEP_PLANNED || s->state == STEP_SAVED;
}

/* The steps of the range for which `wanted` holds. */
static int run_init(struct hive_run *r, struct fixer *f, size_t first,
		    size_t last, bool (*wanted)(const struct step *))
{
	memset(r, 0, sizeof(*r));
	r->f = f;
	r->steps = mem_array(last - first + 1, sizeof(*r->steps));
	if (!r->steps)
		return err_nomem();
	for (size_t i = first; i <= last; i++)
		if (wanted(fixer_step(f, i)))
			r->steps[r->count++] = fixer_step(f, i);
	return 0;
}

/* Path below the root of the hive: what follows its prefix. */
static const char *path_of(const struct hive_run *r, const struct step *s)
{
	return s->target + r->hive.prefix_nbytes;
}

static void drop(struct hive_run *r, size_t index)
{
	memmove(&r->steps[index], &r->steps[index + 1],
		(r->count - index - 1) * sizeof(*r->steps));
	r->count--;
}

static int refuse_all(struct hive_run *r, const struct guard_answer *a)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count; i++)
		err = fixer_refuse(r->f, r->steps[i], a);
	r->count = 0;
	return err;
}

static int fail_all(struct hive_run *r, int err)
{
	struct err_info why = *err_last();
	int ret = 0;

	if (!fixer_may_go_on(err) && err != ERR_NO_SPACE)
		return err;
	for (size_t i = 0; !ret && i < r->count; i++)
		ret = fixer_give_up(r->f, r->steps[i], FIX_STEP_FAILED, "%s",
				    why.text);
	r->count = 0;
	return ret;
}

/* A hive that cannot be opened for this is a reason, not a failure. */
static int refuse_opening(struct hive_run *r, int err)
{
	struct guard_answer a = { GUARD_UNREADABLE, "" };

	if (err == ERR_LOCKED)
		a.reason = GUARD_LOGGED_ON;
	else if (err == ERR_UNSUPPORTED)
		a.reason = GUARD_LINK;
	else if (err == ERR_CORRUPT)
		a.reason = GUARD_UNFAITHFUL;
	else if (err == ERR_CHANGED)
		a.reason = GUARD_CHANGED;
	else if (err == ERR_NOMEM)
		return err;
	str_copy(a.detail, err_last()->text, sizeof(a.detail));
	return refuse_all(r, &a);
}

static bool is_offline(const struct hive_run *r)
{
	return target_info(r->f->o.target)->kind == TARGET_OFFLINE;
}

static int open_hive(struct hive_run *r)
{
	struct guard_answer a = { GUARD_OK, "" };
	int err;

	if (!r->count)
		return 0;
	err = hive_file_find(r->f->o.target, r->steps[0]->target, &r->hive);
	if (err)
		return refuse_opening(r, err);
	err = hive_file_clear(r->f, &r->hive);
	if (err)
		return err;
	if (is_offline(r) &&
	    guard_volume_check(r->f->guard, r->hive.wpath, r->hive.host, &a))
		return refuse_all(r, &a);
	/* The target's reader lets go of it; it looks again when asked. */
	target_close_hive(r->f->o.target, r->hive.wpath);
	err = is_offline(r) ? hive_file_open(&r->hive)
			    : reg_edit_user_file(r->hive.host, r->f->o.load,
						 &r->hive.edit);
	return err ? refuse_opening(r, err) : 0;
}

/* Guarded, found to be restorable, and saved: what is not is dropped. */
static int save_steps(struct hive_run *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count;) {
		struct step *s = r->steps[i];
		struct guard_answer a;
		struct guarded_key k = { 0 };

		err = guard_key_at(r->f->guard, s, reg_edit_root(r->hive.edit),
				   path_of(r, s), &a, &k);
		if (!err && a.reason == GUARD_OK) {
			err = hive_can_undo(r->hive.edit, path_of(r, s), s,
					    k.tree);
			if (err == ERR_UNSUPPORTED) {
				a.reason = GUARD_UNFAITHFUL;
				str_copy(a.detail, err_last()->text,
					 sizeof(a.detail));
				err = 0;
			}
		}
		if (!err && a.reason == GUARD_OK) {
			err = save_key(r->f, s, &k);
			if (!err) {
				s->state = STEP_SAVED;
				i++;
			} else {
				err = fixer_not_saved(r->f, s, err);
				drop(r, i);
			}
		} else if (!err) {
			err = fixer_refuse(r->f, s, &a);
			drop(r, i);
		}
		guarded_key_release(&k);
	}
	/* The guard may have read classes in it through the target. */
	target_close_hive(r->f->o.target, r->hive.wpath);
	return err || !r->count ? err
				: fixer_note_all(r->f, r->steps, r->count);
}

static int change_steps(struct hive_run *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count; i++) {
		err = change_key(r->hive.edit, path_of(r, r->steps[i]),
				 r->steps[i]);
		/* A key below one that has just gone went with it. */
		if (err == ERR_NOT_FOUND)
			err = 0;
	}
	return err;
}

static int set_states(struct hive_run *r, enum step_state state, int64_t swap)
{
	for (size_t i = 0; i < r->count; i++) {
		r->steps[i]->state = state;
		if (swap)
			r->steps[i]->swap = swap;
	}
	return r->count ? fixer_note_all(r->f, r->steps, r->count) : 0;
}

static void tell_one(struct hive_run *r, const struct step *s)
{
	r->f->result.done++;
	fixer_tell(r->f, FIX_STEP_DONE, s, s->error ? s->error : "");
}

static void tell_done(struct hive_run *r)
{
	for (size_t i = 0; i < r->count; i++)
		tell_one(r, r->steps[i]);
}

/* ---- offline
 * -------------------------------------------------------------------- */

/* All steps are seen to be done in the file as it is now. */
static int verify_file(struct hive_run *r)
{
	struct reg_root *root = NULL;
	int err = hive_file_reopen(&r->hive, &root);

	for (size_t i = 0; !err && i < r->count; i++) {
		int now =
			is_changed(root, path_of(r, r->steps[i]), r->steps[i]);

		if (now < 0)
			err = -now;
		else if (!now)
			err = err_fail(ERR_IO, 0,
				       "the change is not in the file that was "
				       "written");
	}
	reg_close(root);
	return err;
}

/* Saves the old file, notes what is about to happen, swaps, reads back. */
static int swap(struct hive_run *r, uint32_t item_seq)
{
	struct swap_record swap = { .hive = r->hive.wpath };
	struct guard_answer a;
	char *item = NULL;
	int err;

	err = hive_file_save(r->f, &r->hive, r->steps[0], item_seq, &item);
	if (err == ERR_NO_SPACE) {
		guard_refuse(&a, GUARD_NO_SPACE, "%s", err_last()->text);
		return refuse_all(r, &a);
	}
	if (err)
		return fail_all(r, err);
	swap.item = item;
	memcpy(swap.before, r->hive.before, sizeof(swap.before));
	memcpy(swap.after, r->hive.after, sizeof(swap.after));
	err = journal_add_swap(r->f->journal, r->f->fix_id, &swap);
	mem_free(item);
	if (!err)
		err = set_states(r, STEP_APPLIED, swap.swap_id);
	if (err)
		return err;
	err = hive_file_swap(&r->hive);
	if (!err)
		err = verify_file(r);
	if (err)
		return fail_all(r, err);
	err = journal_swap_state(r->f->journal, swap.swap_id, "done");
	if (!err)
		err = set_states(r, STEP_VERIFIED, 0);
	if (!err)
		tell_done(r);
	return err;
}

static int run_offline(struct hive_run *r)
{
	int err = change_steps(r);

	if (!err)
		err = hive_file_commit(&r->hive);
	if (err)
		return fail_all(r, err);
	return swap(r, HIVE_ITEM_FIX + r->steps[0]->seq);
}

/* ---- a logged-off user of the running Windows
 * ------------------------------------- */

static int run_loaded(struct hive_run *r)
{
	int err = set_states(r, STEP_APPLIED, 0);
	int closed;

	if (err)
		return err;
	err = change_steps(r);
	closed = reg_edit_close(r->hive.edit);
	r->hive.edit = NULL;
	if (!err)
		err = closed;
	if (!err)
		err = verify_file(r);
	if (err)
		return fail_all(r, err);
	err = set_states(r, STEP_VERIFIED, 0);
	if (!err)
		tell_done(r);
	return err;
}

int run_hive(struct fixer *f, size_t first, size_t last)
{
	struct hive_run r;
	int err = run_init(&r, f, first, last, is_open);

	if (!err)
		err = open_hive(&r);
	if (!err && r.count)
		err = save_steps(&r);
	if (!err && r.count)
		err = is_offline(&r) ? run_offline(&r) : run_loaded(&r);
	run_release(&r);
	return err;
}

/* ---- after a crash
 * ------------------------------------------------------------------ */

static bool is_applied(const struct step *s)
{
	return s->state == STEP_APPLIED;
}

/* The hive tells for each step whether it was done. */
static int resume_by_look(struct hive_run *r)
{
	struct reg_root *root = NULL;
	int err;

	target_close_hive(r->f->o.target, r->hive.wpath);
	err = hive_file_reopen(&r->hive, &root);
	if (err)
		return fail_all(r, err);
	for (size_t i = 0; i < r->count; i++)
		r->steps[i]->state = is_changed(root, path_of(r, r->steps[i]),
						r->steps[i]) == 1
					     ? STEP_VERIFIED
					     : STEP_SAVED;
	reg_close(root);
	err = fixer_note_all(r->f, r->steps, r->count);
	for (size_t i = 0; !err && i < r->count; i++)
		if (r->steps[i]->state == STEP_VERIFIED)
			tell_one(r, r->steps[i]);
	return err;
}

/*
 * A swap that was begun: the file is the old one (nothing happened), the new
 * one (it is done), or somebody else's by now.
 */
static int resume_swap(struct hive_run *r)
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
		return fail_all(r, err);
	}
	if (strcmp(now, swap.after) == 0) {
		err = journal_swap_state(r->f->journal, swap.swap_id, "done");
		if (!err)
			err = set_states(r, STEP_VERIFIED, 0);
		if (!err)
			tell_done(r);
	} else if (strcmp(now, swap.before) == 0) {
		err = set_states(r, STEP_SAVED, 0);
	} else {
		/* Changed by others since, e.g. by Windows: its keys tell. */
		err = resume_by_look(r);
	}
	swap_record_release(&swap);
	return err;
}

static int resume_hive_file(struct hive_run *r)
{
	int err = hive_file_find(r->f->o.target, r->steps[0]->target, &r->hive);

	if (err)
		return fail_all(r, err);
	/* A fix of the running Windows, gone on with from outside, has none. */
	return is_offline(r) && r->steps[0]->swap ? resume_swap(r)
						  : resume_by_look(r);
}

int resume_hive(struct fixer *f, size_t first, size_t last)
{
	struct hive_run r;
	int err = run_init(&r, f, first, last, is_applied);

	if (!err && r.count)
		err = resume_hive_file(&r);
	run_release(&r);
	return err ? err : run_hive(f, first, last);
}

/* ---- the way back
 * ---------------------------------------------------------------------- */

static bool is_undoable(const struct step *s)
{
	return s->item &&
	       (s->state == STEP_APPLIED || s->state == STEP_VERIFIED);
}

static bool is_chosen(const struct step *s)
{
	return s->picked && is_undoable(s);
}

static int tell_undone(struct hive_run *r)
{
	int err = set_states(r, STEP_UNDONE, 0);

	for (size_t i = 0; !err && i < r->count; i++) {
		r->f->result.undone++;
		fixer_tell(r->f, FIX_STEP_UNDONE, r->steps[i], "");
	}
	return err;
}

static int undo_failed(struct hive_run *r, int err)
{
	struct err_info why = *err_last();

	if (err == ERR_NOMEM)
		return err;
	for (size_t i = 0; i < r->count; i++) {
		r->f->result.failed++;
		fixer_tell(r->f, FIX_STEP_FAILED, r->steps[i], why.text);
	}
	return 0;
}

/* Every step of that swap is to be undone, and the file is as it was left. */
static bool is_whole_swap(const struct hive_run *r, int64_t swap)
{
	size_t of_swap = 0, here = 0;

	if (!swap)
		return false;
	for (size_t i = 0; i < r->f->fix->steps.count; i++) {
		const struct step *s = fixer_step(r->f, i);

		of_swap += s->swap == swap && is_undoable(s);
	}
	for (size_t i = 0; i < r->count; i++)
		here += r->steps[i]->swap == swap;
	return here == r->count && here == of_swap;
}

/* 1: the old file is back, 0: it is to be edited, < 0: -ERR_*. */
static int put_file_back(struct hive_run *r)
{
	struct swap_record swap = { 0 };
	char now[65];
	int err;

	if (!is_whole_swap(r, r->steps[0]->swap))
		return 0;
	err = journal_swap(r->f->journal, r->steps[0]->swap, &swap);
	if (!err)
		err = hive_file_digest(&r->hive, now);
	if (!err && strcmp(now, swap.before) != 0) {
		if (strcmp(now, swap.after) != 0) {
			swap_record_release(&swap);
			return 0;
		}
		err = hive_file_restore(r->f, &r->hive, swap.item, now);
	}
	if (!err)
		err = journal_swap_state(r->f->journal, swap.swap_id, "undone");
	swap_record_release(&swap);
	return err ? -err : 1;
}

static int undo_edits(struct hive_run *r)
{
	int err = 0;

	for (size_t i = r->count; !err && i-- > 0;) {
		struct reg_tree *saved = NULL;

		err = read_saved_key(r->f, r->steps[i], &saved);
		if (!err)
			err = change_back(r->hive.edit, path_of(r, r->steps[i]),
					  r->steps[i], saved);
		reg_tree_free(saved);
	}
	return err;
}

/*
 * A later swap of the same file that was to be undone in this run and was
 * not: editing now would spoil the way back to the whole file for good.
 */
static bool waits_for_later(const struct hive_run *r)
{
	const struct step *mine = r->steps[r->count - 1];

	for (size_t i = 0; i < r->f->fix->steps.count; i++) {
		const struct step *s = fixer_step(r->f, i);

		if (s->seq > mine->seq && s->swap && s->swap != mine->swap &&
		    is_chosen(s) && is_same_hive(r->f, mine, s))
			return true;
	}
	return false;
}

static int undo_by_editing(struct hive_run *r)
{
	char *item = NULL;
	int err, closed;

	if (waits_for_later(r))
		return err_fail(ERR_LOCKED, 0,
				"a later step in the same registry file has to "
				"be put back first; run undo again");

	if (!is_offline(r)) {
		err = reg_edit_user_file(r->hive.host, r->f->o.load,
					 &r->hive.edit);
		if (!err)
			err = undo_edits(r);
		closed = reg_edit_close(r->hive.edit);
		r->hive.edit = NULL;
		return err ? err : closed;
	}
	err = hive_file_open(&r->hive);
	if (!err)
		err = undo_edits(r);
	if (!err)
		err = hive_file_commit(&r->hive);
	/* Keys that are there already leave nothing to write. */
	if (err || strcmp(r->hive.before, r->hive.after) == 0)
		return err;
	err = hive_file_save(r->f, &r->hive, r->steps[0],
			     HIVE_ITEM_UNDO + r->steps[0]->seq, &item);
	mem_free(item);
	return err ? err : hive_file_swap(&r->hive);
}

int undo_hive(struct fixer *f, size_t first, size_t last)
{
	struct hive_run r;
	int back = 0;
	int err = run_init(&r, f, first, last, is_chosen);

	if (!err && r.count)
		err = hive_file_find(f->o.target, r.steps[0]->target, &r.hive);
	if (!err && r.count)
		err = fixer_check_volume(f, r.hive.wpath, r.hive.host);
	if (!err && r.count) {
		target_close_hive(f->o.target, r.hive.wpath);
		err = hive_file_clear(f, &r.hive);
	}
	if (!err && r.count) {
		back = is_offline(&r) ? put_file_back(&r) : 0;
		err = back < 0 ? -back : 0;
		if (!err && !back)
			err = undo_by_editing(&r);
	}
	if (err)
		err = undo_failed(&r, err);
	else if (r.count)
		err = tell_undone(&r);
	run_release(&r);
	return err;
}
