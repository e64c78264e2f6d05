/*
 * Steps that lie in one hive file: which they are, and what they share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/hive_batch.h"

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

bool hive_batch_is_same(struct fixer *f, const struct step *a,
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

size_t hive_batch_end(struct fixer *f, size_t first, size_t end)
{
	const struct step *s = fixer_step(f, first);
	size_t last = first;

	/* Phases are not mixed: the files come between. */
	while (last + 1 < end && fixer_step(f, last + 1)->phase == s->phase &&
	       hive_batch_is_same(f, s, fixer_step(f, last + 1)))
		last++;
	return last;
}

void hive_batch_release(struct hive_batch *r)
{
	hive_file_release(&r->hive);
	mem_free(r->steps);
}

/* The steps of the range for which `wanted` holds. */
int hive_batch_init(struct hive_batch *r, struct fixer *f, size_t first,
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
const char *hive_batch_path(const struct hive_batch *r, const struct step *s)
{
	return s->target + r->hive.prefix_nbytes;
}

int hive_batch_refuse(struct hive_batch *r, const struct guard_answer *a)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->count; i++)
		err = fixer_refuse(r->f, r->steps[i], a);
	r->count = 0;
	return err;
}

int hive_batch_fail(struct hive_batch *r, int err)
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
bool hive_batch_is_offline(const struct hive_batch *r)
{
	return target_info(r->f->o.target)->kind == TARGET_OFFLINE;
}

int hive_batch_states(struct hive_batch *r, enum step_state state, int64_t swap)
{
	for (size_t i = 0; i < r->count; i++) {
		r->steps[i]->state = state;
		if (swap)
			r->steps[i]->swap = swap;
	}
	return r->count ? fixer_note_all(r->f, r->steps, r->count) : 0;
}

void hive_batch_tell(struct hive_batch *r, const struct step *s)
{
	r->f->result.done++;
	fixer_tell(r->f, FIX_STEP_DONE, s, s->error ? s->error : "");
}

void hive_batch_tell_all(struct hive_batch *r)
{
	for (size_t i = 0; i < r->count; i++)
		hive_batch_tell(r, r->steps[i]);
}
