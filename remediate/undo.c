/*
 * The way back: the steps of a fix in reverse order, all or some of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/undo.h"

#include <string.h>

static bool is_left(const struct step *s)
{
	return s->state == STEP_SAVED || s->state == STEP_APPLIED ||
	       step_was_done(s);
}

static bool is_wanted(const struct step *s, const struct undo_options *o)
{
	bool wanted = !o->finding_count && !o->step_count;

	for (size_t i = 0; i < o->finding_count && !wanted; i++)
		wanted = s->finding_id == (int64_t)o->findings[i];
	for (size_t i = 0; i < o->step_count && !wanted; i++)
		wanted = s->seq == o->steps[i];
	return wanted;
}

/* What changed nothing is closed with the others, and alone it is no undo. */
static int choose(struct fix_record *fix, const struct undo_options *o)
{
	size_t count = 0;

	for (size_t i = 0; i < fix->steps.count; i++) {
		struct step *s = *(struct step **)vec_at(&fix->steps, i);

		s->picked = is_left(s) && is_wanted(s, o);
		count += s->picked && s->item;
	}
	/* One that was cut off before its first change is only closed. */
	if (count || (strcmp(fix->state, "running") == 0 && !o->finding_count &&
		      !o->step_count))
		return 0;
	return err_fail(ERR_NOT_FOUND, 0, W_UNDO_NO_SUCH_FIX);
}

/* The newest fix with something that is wanted. */
static int find(struct fixer *f, const struct undo_options *o,
		struct fix_record **ret)
{
	char before[FIX_ID_NBYTES];
	const char *older_than = o->older_than;
	int err;

	for (;;) {
		err = journal_find(f->journal, fixer_target_id(f),
				   JOURNAL_UNDOABLE, older_than, f->fix_id);
		if (!err)
			err = journal_load(f->journal, f->fix_id, ret);
		if (err)
			return err;
		err = choose(*ret, o);
		if (!err)
			return 0;
		memcpy(before, f->fix_id, sizeof(before));
		older_than = before;
		fix_record_free(*ret);
		*ret = NULL;
	}
}

bool fixer_knows(struct fixer *f, const char *fix_id)
{
	struct fix_record *fix = NULL;
	const int err = journal_load(f->journal, fix_id, &fix);

	fix_record_free(fix);
	return err != ERR_NOT_FOUND;
}

int fixer_undo_list(struct fixer *f, const struct undo_options *o,
		    struct fix_record **ret)
{
	return find(f, o, ret);
}

/* The first step of the run that ends at `last`, all in one hive file. */
static size_t run_begin(struct fixer *f, size_t last)
{
	size_t first = last;

	while (first > 0 && hive_batch_end(f, first - 1, last + 1) == last)
		first--;
	return first;
}

static int undo_all(struct fixer *f)
{
	int err = 0;

	for (size_t i = f->fix->steps.count; !err && i-- > 0;) {
		struct step *s = fixer_step(f, i);

		if (cancel_asked(f->o.cancel))
			return err_fail(ERR_CANCELLED, 0, W_UNDO_STOPPED);
		if (!s->picked)
			continue;
		if (s->state == STEP_SAVED || !s->item) {
			err = fixer_passed(f, s);
		} else if (s->action == ACT_QUARANTINE_FILE) {
			err = undo_file(f, s);
		} else if (is_in_hive_file(f, s)) {
			size_t first = run_begin(f, i);

			err = undo_hive(f, first, i);
			/* Steps that were only saved still want their word. */
			for (size_t k = first; !err && k <= i; k++) {
				s = fixer_step(f, k);
				if (s->picked && (s->state == STEP_SAVED ||
						  (!s->item && is_left(s))))
					err = fixer_passed(f, s);
			}
			i = first;
		} else {
			err = undo_key(f, s);
		}
	}
	return err;
}

static bool may_put_back(const struct fixer *f)
{
	for (size_t i = 0; i < f->fix->steps.count; i++)
		if (fixer_step(f, i)->picked &&
		    step_has_changed(fixer_step(f, i)))
			return true;
	return false;
}

/*
 * Noted before the first thing comes back: every scan until now is old,
 * under the name that this Windows had then and the one it has now.  The
 * journal leads; whatever store is in use learns of it, too.
 */
static int overtake(struct fixer *f)
{
	const char *ids[] = { target_info(f->o.target)->target_id,
			      f->fix->target_id };
	int err = 0;

	if (!may_put_back(f))
		return 0;
	for (int i = 0; !err && i < 2; i++) {
		if (i && strcmp(ids[0], ids[1]) == 0)
			break;
		err = journal_note_change(f->journal, ids[i], "undo");
		if (!err && f->o.store &&
		    store_overtake(f->o.store, ids[i], "undo"))
			fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
	}
	return err;
}

int fixer_undo(struct fixer *f, const struct undo_options *o,
	       struct fix_result *ret)
{
	const char *state = "undone";
	int err;

	fix_record_free(f->fix);
	f->fix = NULL;
	memset(&f->result, 0, sizeof(f->result));
	err = find(f, o, &f->fix);
	/* From here on it is nothing to go on with. */
	if (!err)
		err = journal_end(f->journal, f->fix_id, "partly_undone");
	if (err)
		return err;
	if (mirror_begin(&f->mirror, f->o.store, f->vault_path, f->fix))
		fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
	err = overtake(f);
	if (err)
		return err;
	err = undo_all(f);
	for (size_t i = 0; i < f->fix->steps.count; i++)
		if (is_left(fixer_step(f, i)))
			state = "partly_undone";
	if (!err)
		err = journal_end(f->journal, f->fix_id, state);
	if (!err && mirror_end(&f->mirror, f->fix, state))
		fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
	*ret = f->result;
	memcpy(ret->fix_id, f->fix_id, sizeof(ret->fix_id));
	return err;
}
