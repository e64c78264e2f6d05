/*
 * Steps in a hive file taken back: the whole file if it is as fix left it and
 * the saved one is sound, else their keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/hive_batch.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/undo.h"

#include <string.h>

static bool is_chosen(const struct step *s)
{
	return s->picked && step_has_changed(s);
}

static int tell_undone(struct hive_batch *r)
{
	/* The file is all of them: its note stands with the first. */
	int err = fixer_keep_short(r->steps[0], &r->hive.short_name);

	if (!err)
		err = hive_batch_states(r, STEP_UNDONE, 0);
	for (size_t i = 0; !err && i < r->count; i++)
		fixer_tell_undone(r->f, r->steps[i]);
	if (!err)
		fixer_tell_short(r->f, r->steps[0], &r->hive.short_name);
	return err;
}

static int undo_failed(struct hive_batch *r, int err)
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
static bool is_whole_swap(const struct hive_batch *r, int64_t swap)
{
	size_t of_swap = 0, here = 0;

	if (!swap)
		return false;
	for (size_t i = 0; i < r->f->fix->steps.count; i++) {
		const struct step *s = fixer_step(r->f, i);

		of_swap += s->swap == swap && step_has_changed(s);
	}
	for (size_t i = 0; i < r->count; i++)
		here += r->steps[i]->swap == swap;
	return here == r->count && here == of_swap;
}

/*
 * What was saved is damaged, gone or cannot be read: there may be another way.
 * The other errors would stand in the way of that, too.
 */
static bool is_item_bad(int err)
{
	return err == ERR_CORRUPT || err == ERR_NOT_FOUND || err == ERR_IO ||
	       err == ERR_UNSUPPORTED || err == ERR_DENIED ||
	       err == ERR_ANTIVIRUS || err == ERR_TOO_LARGE;
}

/* 1: the old file is back, 0: its keys are to be put back, < 0: -ERR_*. */
static int put_item_back(struct hive_batch *r, const struct swap_record *swap)
{
	struct hive_item item = { 0 };
	int err = hive_item_read(r->f, swap->item, swap->before, &item);

	/* A disk that reads it the second time has nothing to give up. */
	if (err == ERR_IO)
		err = hive_item_read(r->f, swap->item, swap->before, &item);
	if (is_item_bad(err)) {
		struct str text = STR_INIT;

		str_addf(&text, W_UNDO_HIVE_ONE_BY_ONE, err_last()->text);
		fixer_tell(r->f, FIX_NOTE, NULL, str_text(&text));
		str_release(&text);
		return 0;
	}
	if (!err)
		err = hive_file_restore(&r->hive, &item, swap->after);
	hive_item_release(&item);
	return err ? -err : 1;
}

/* The same for the file as it is now. */
static int put_file_back(struct hive_batch *r)
{
	struct swap_record swap = { 0 };
	char now[65];
	int back = 0;
	int err;

	if (!is_whole_swap(r, r->steps[0]->swap))
		return 0;
	err = journal_swap(r->f->journal, r->steps[0]->swap, &swap);
	if (!err)
		err = hive_file_digest(&r->hive, now);
	for (size_t i = 0; !err && i < r->count; i++)
		r->steps[i]->was_there = strcmp(now, swap.before) == 0;
	if (err)
		back = -err;
	else if (strcmp(now, swap.before) == 0)
		back = 1; /* a crash kept the journal from knowing it */
	else if (strcmp(now, swap.after) == 0)
		back = put_item_back(r, &swap);
	if (back > 0) {
		err = journal_swap_state(r->f->journal, swap.swap_id, "undone");
		back = err ? -err : 1;
	}
	swap_record_release(&swap);
	return back;
}

/*
 * One step cannot be taken back, now or ever; the others can, and those of
 * older exchanges need not wait for it.
 */
static void leave_out(struct hive_batch *r, size_t index)
{
	r->steps[index]->picked = false;
	r->f->result.failed++;
	fixer_tell(r->f, FIX_STEP_FAILED, r->steps[index], err_last()->text);
	memmove(&r->steps[index], &r->steps[index + 1],
		(r->count - index - 1) * sizeof(*r->steps));
	r->count--;
}

/* Before the first is put back: one may bring another that lay below it. */
static int look_what_is_there(struct hive_batch *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count; i++) {
		struct step *s = r->steps[i];
		struct reg_tree *saved = NULL;

		err = read_saved_key(r->f, s, &saved);
		if (!err)
			s->was_there = key_state(reg_edit_root(r->hive.edit),
						 hive_batch_path(r, s), s,
						 saved) == KEY_AS_SAVED;
		else if (is_item_bad(err))
			err = 0; /* undo_edits() leaves it out */
		reg_tree_free(saved);
	}
	return err;
}

static int undo_edits(struct hive_batch *r)
{
	int err = look_what_is_there(r);

	for (size_t i = r->count; !err && i-- > 0;) {
		struct step *s = r->steps[i];
		const char *path = hive_batch_path(r, s);
		struct reg_tree *saved = NULL;

		err = read_saved_key(r->f, s, &saved);
		if (is_item_bad(err)) {
			leave_out(r, i);
			err = 0;
			continue;
		}
		if (!err)
			err = undo_begin(r->f, s, reg_edit_root(r->hive.edit),
					 path);
		if (!err)
			err = change_back(r->hive.edit, path, s, saved);
		reg_tree_free(saved);
	}
	return err;
}

/*
 * Another swap of the same file had its turn in this run and was not undone:
 * editing now would spoil the way back to the whole file for good.
 */
static bool waits_for_later(const struct hive_batch *r, uint32_t range_begin,
			    uint32_t range_end)
{
	const struct step *mine = r->steps[r->count - 1];

	for (size_t i = 0; i < r->f->fix->steps.count; i++) {
		const struct step *s = fixer_step(r->f, i);
		const bool had_turn =
			s->seq > range_end ||
			(s->seq >= range_begin && s->swap > mine->swap);

		if (had_turn && s->swap && s->swap != mine->swap &&
		    is_chosen(s) && hive_batch_is_same(r->f, mine, s))
			return true;
	}
	return false;
}

static int undo_by_editing(struct hive_batch *r, uint32_t range_begin,
			   uint32_t range_end)
{
	char *item = NULL;
	int err, closed;

	if (waits_for_later(r, range_begin, range_end))
		return err_fail(ERR_LOCKED, 0, W_UNDO_HIVE_LATER_FIRST);

	if (!hive_batch_is_offline(r)) {
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
	if (err || !r->count)
		return err;
	err = hive_file_commit(&r->hive);
	/* Keys that are there already leave nothing to write. */
	if (err || strcmp(r->hive.before, r->hive.after) == 0)
		return err;
	err = hive_file_save(r->f, &r->hive, r->steps[0],
			     HIVE_ITEM_UNDO + r->steps[0]->seq, &item);
	mem_free(item);
	return err ? err : hive_file_swap(&r->hive);
}

/* Those of one swap only. */
static void keep_swap(struct hive_batch *r, int64_t swap)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++)
		if (r->steps[i]->swap == swap)
			r->steps[kept++] = r->steps[i];
	r->count = kept;
}

static int undo_swap(struct fixer *f, size_t first, size_t last, int64_t swap)
{
	struct hive_batch r;
	int back = 0;
	int err = hive_batch_init(&r, f, first, last, is_chosen);

	keep_swap(&r, swap);
	if (!err && r.count)
		err = hive_file_find(f->o.target, r.steps[0]->target, &r.hive);
	if (!err && r.count)
		err = guard_volume_error(f->guard, r.hive.wpath, r.hive.host);
	if (!err && r.count) {
		target_close_hive(f->o.target, r.hive.wpath);
		err = hive_file_clear(f, &r.hive);
	}
	if (!err && r.count) {
		back = hive_batch_is_offline(&r) ? put_file_back(&r) : 0;
		err = back < 0 ? -back : 0;
		if (!err && !back)
			err = undo_by_editing(&r, fixer_step(f, first)->seq,
					      fixer_step(f, last)->seq);
	}
	if (err)
		err = undo_failed(&r, err);
	else if (r.count)
		err = tell_undone(&r);
	hive_batch_release(&r);
	return err;
}

/*
 * The newest swap first: each leaves the file as the one before it did.  A
 * fix that was gone on with has swapped it several times.
 */
int undo_hive(struct fixer *f, size_t first, size_t last)
{
	int64_t before = INT64_MAX;
	int err = 0;

	while (!err && before > 0) {
		int64_t swap = -1;

		for (size_t i = first; i <= last; i++) {
			const struct step *s = fixer_step(f, i);

			if (is_chosen(s) && s->swap < before && s->swap > swap)
				swap = s->swap;
		}
		if (swap >= 0)
			err = undo_swap(f, first, last, swap);
		before = swap;
	}
	return err;
}
