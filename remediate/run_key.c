/*
 * Steps of the running registry: one key or value each.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/fix.h"

#include <string.h>

static int finish(struct fixer *f, struct step *s)
{
	int err;

	s->state = STEP_VERIFIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	f->result.done++;
	fixer_tell(f, FIX_STEP_DONE, s, s->error ? s->error : "");
	return 0;
}

/* An error of one step, told; or one after which nothing is safe. */
static int failed(struct fixer *f, struct step *s, int err)
{
	return fixer_may_go_on(err) || err == ERR_NO_SPACE
		       ? fixer_give_up(f, s, FIX_STEP_FAILED, "%s",
				       err_last()->text)
		       : err;
}

static int apply(struct fixer *f, struct step *s,
		 const struct target_key *place)
{
	struct reg_edit *e = NULL;
	int err, closed;

	s->state = STEP_APPLIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	err = reg_edit_live(place->live_root, &e);
	if (!err)
		err = change_key(e, place->live_path, s);
	closed = reg_edit_close(e);
	if (!err)
		err = closed;
	if (err) {
		int now = is_changed(place->root, place->path, s);

		/* Half a key is the worst of all: the saved one comes back. */
		if (now == 0 && s->action == ACT_REMOVE_KEY) {
			struct err_info why = *err_last();
			struct reg_tree *saved = NULL;

			if (!read_saved_key(f, s, &saved) &&
			    !reg_edit_live(place->live_root, &e)) {
				change_back(e, place->live_path, s, saved);
				reg_edit_close(e);
			}
			reg_tree_free(saved);
			err_fail(why.err, why.os_error, "%s", why.text);
		}
		return failed(f, s, err);
	}
	if (is_changed(place->root, place->path, s) != 1)
		return fixer_give_up(f, s, FIX_STEP_FAILED, W_FIX_DID_NOT_LAST);
	return finish(f, s);
}

int run_key(struct fixer *f, struct step *s)
{
	struct guard_answer answer;
	struct guarded_key k = { 0 };
	int err = guard_key(f->guard, s, &answer, &k);

	if (!err && answer.reason != GUARD_OK)
		return fixer_refuse(f, s, &answer);
	if (!err)
		err = save_key(f, s, &k);
	if (err) {
		guarded_key_release(&k);
		return fixer_not_saved(f, s, err);
	}
	s->state = STEP_SAVED;
	err = fixer_note(f, s);
	if (!err)
		err = apply(f, s, &k.place);
	guarded_key_release(&k);
	return err;
}

int resume_key(struct fixer *f, struct step *s)
{
	struct target_key place;
	struct reg_tree *saved = NULL;
	enum key_state state = KEY_UNKNOWN;
	int err;

	if (s->state != STEP_APPLIED)
		return run_key(f, s);
	err = target_find_key(f->o.target, s->target, &place);
	if (!err)
		err = read_saved_key(f, s, &saved);
	if (!err)
		state = key_state(place.root, place.path, s, saved);
	reg_tree_free(saved);
	if (!err && state == KEY_UNKNOWN)
		err = err_last()->err;
	if (!err && state == KEY_OTHER)
		err = err_fail(ERR_CHANGED, 0, W_FIX_CHANGED_SINCE_SAVED);
	if (err)
		return failed(f, s, err);
	return state == KEY_DONE ? finish(f, s) : apply(f, s, &place);
}

int undo_key(struct fixer *f, struct step *s)
{
	struct target_key place;
	struct reg_tree *saved = NULL;
	struct reg_edit *e = NULL;
	int err = target_find_key(f->o.target, s->target, &place);
	int closed;

	if (!err)
		err = read_saved_key(f, s, &saved);
	if (!err)
		s->was_there = key_state(place.root, place.path, s, saved) ==
			       KEY_AS_SAVED;
	if (!err)
		err = undo_begin(f, s, place.root, place.path);
	if (!err)
		err = reg_edit_live(place.live_root, &e);
	if (!err)
		err = change_back(e, place.live_path, s, saved);
	closed = reg_edit_close(e);
	if (!err)
		err = closed;
	reg_tree_free(saved);
	return fixer_undone(f, s, err);
}
