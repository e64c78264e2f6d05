/*
 * Keys in hive files: several steps of one hive are changed together.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Offline the hive is copied into memory with its logs applied, changed
 * there, read back and compared, and swapped in for the old one, which goes
 * to the vault whole, with its logs.  On the running Windows the hive of a
 * user who is logged off is loaded instead (reg_edit_user_file).
 */
#include "remediate/hive_batch.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/fix.h"

#include <string.h>

static bool is_open(const struct step *s)
{
	return s->state == STEP_PLANNED || s->state == STEP_SAVED ||
	       (s->state == STEP_APPLIED && s->half_done);
}

static void drop(struct hive_batch *r, size_t index)
{
	memmove(&r->steps[index], &r->steps[index + 1],
		(r->count - index - 1) * sizeof(*r->steps));
	r->count--;
}

static int refuse_opening(struct hive_batch *r, int err)
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
	return hive_batch_refuse(r, &a);
}

static int open_hive(struct hive_batch *r)
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
	if (hive_batch_is_offline(r) &&
	    guard_volume_check(r->f->guard, r->hive.wpath, r->hive.host, &a))
		return hive_batch_refuse(r, &a);
	/* The target's reader lets go of it; it looks again when asked. */
	target_close_hive(r->f->o.target, r->hive.wpath);
	err = hive_batch_is_offline(r)
		      ? hive_file_open(&r->hive)
		      : reg_edit_user_file(r->hive.host, r->f->o.load,
					   &r->hive.edit);
	return err ? refuse_opening(r, err) : 0;
}

/* Guarded, found to be restorable, and saved: what is not is dropped. */
static int save_steps(struct hive_batch *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count;) {
		struct step *s = r->steps[i];
		struct guard_answer a;
		struct guarded_key k = { 0 };

		/* Saved before it was begun; what is left of it only goes. */
		if (s->half_done) {
			i++;
			continue;
		}
		err = guard_key_at(r->f->guard, s, reg_edit_root(r->hive.edit),
				   hive_batch_path(r, s), &a, &k);
		if (!err && a.reason == GUARD_OK) {
			err = hive_can_undo(r->hive.edit, hive_batch_path(r, s),
					    s, k.tree);
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

static int change_steps(struct hive_batch *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count; i++) {
		err = change_key(r->hive.edit, hive_batch_path(r, r->steps[i]),
				 r->steps[i]);
		/* A key below one that has just gone went with it. */
		if (err == ERR_NOT_FOUND)
			err = 0;
	}
	return err;
}

/* ---- offline ----------------------------------------------------- */

/* All steps are seen to be done in the file as it is now. */
static int verify_file(struct hive_batch *r)
{
	struct reg_root *root = NULL;
	int err = hive_file_reopen(&r->hive, &root);

	for (size_t i = 0; !err && i < r->count; i++) {
		int now = is_changed(root, hive_batch_path(r, r->steps[i]),
				     r->steps[i]);

		if (now < 0)
			err = -now;
		else if (!now)
			err = err_fail(ERR_IO, 0, W_FIX_CHANGE_NOT_IN_FILE);
	}
	reg_close(root);
	return err;
}

/* Saves the old file, notes what is about to happen, swaps, reads back. */
static int swap(struct hive_batch *r, uint32_t item_seq)
{
	struct swap_record swap = { .hive = r->hive.wpath };
	struct guard_answer a;
	char *item = NULL;
	int err;

	err = hive_file_save(r->f, &r->hive, r->steps[0], item_seq, &item);
	if (err == ERR_NO_SPACE) {
		guard_refuse(&a, GUARD_NO_SPACE, "%s", err_last()->text);
		return hive_batch_refuse(r, &a);
	}
	if (err)
		return hive_batch_fail(r, err);
	swap.item = item;
	memcpy(swap.before, r->hive.before, sizeof(swap.before));
	memcpy(swap.after, r->hive.after, sizeof(swap.after));
	err = journal_add_swap(r->f->journal, r->f->fix_id, &swap);
	mem_free(item);
	if (!err)
		err = hive_batch_states(r, STEP_APPLIED, swap.swap_id);
	if (err)
		return err;
	err = hive_file_swap(&r->hive);
	if (!err)
		err = verify_file(r);
	if (err)
		return hive_batch_fail(r, err);
	err = journal_swap_state(r->f->journal, swap.swap_id, "done");
	if (!err)
		err = hive_batch_states(r, STEP_VERIFIED, 0);
	if (!err)
		hive_batch_tell_all(r);
	return err;
}

static int run_offline(struct hive_batch *r)
{
	int err = change_steps(r);

	if (!err)
		err = hive_file_commit(&r->hive);
	if (err)
		return hive_batch_fail(r, err);
	return swap(r, HIVE_ITEM_FIX + r->steps[0]->seq);
}

/* ---- a logged-off user of the running Windows -------------------- */

static int run_loaded(struct hive_batch *r)
{
	int err = hive_batch_states(r, STEP_APPLIED, 0);
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
		return hive_batch_fail(r, err);
	err = hive_batch_states(r, STEP_VERIFIED, 0);
	if (!err)
		hive_batch_tell_all(r);
	return err;
}

int run_hive(struct fixer *f, size_t first, size_t last)
{
	struct hive_batch r;
	int err = hive_batch_init(&r, f, first, last, is_open);

	if (!err)
		err = open_hive(&r);
	if (!err && r.count)
		err = save_steps(&r);
	if (!err && r.count)
		err = hive_batch_is_offline(&r) ? run_offline(&r)
						: run_loaded(&r);
	hive_batch_release(&r);
	return err;
}
