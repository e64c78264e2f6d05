/*
 * Steps of a plan: their words, and which of them are picked.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/journal.h"
#include "remediate/plan_internal.h"
#include "remediate/step_index.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/plan.h"

#include <string.h>

static const char *const action_names[ACT_COUNT] = {
	[ACT_REMOVE_KEY] = "remove_key",
	[ACT_REMOVE_VALUE] = "remove_value",
	[ACT_SET_VALUE] = "set_value",
	[ACT_QUARANTINE_FILE] = "quarantine_file",
};

const char *step_action_name(enum step_action a)
{
	return action_names[a];
}

bool step_action_from_name(const char *name, enum step_action *ret)
{
	for (int a = 0; a < ACT_COUNT; a++) {
		if (strcmp(action_names[a], name) == 0) {
			*ret = (enum step_action)a;
			return true;
		}
	}
	return false;
}

static const char *const state_names[STEP_STATE_COUNT] = {
	[STEP_PLANNED] = "planned",	[STEP_SAVED] = "saved",
	[STEP_APPLIED] = "applied",	[STEP_VERIFIED] = "verified",
	[STEP_CAME_BACK] = "came_back", [STEP_FAILED] = "failed",
	[STEP_UNDONE] = "undone",
};

const char *step_state_name(enum step_state s)
{
	return state_names[s];
}

bool step_was_done(const struct step *s)
{
	return s->state == STEP_VERIFIED || s->state == STEP_CAME_BACK;
}

bool step_has_changed(const struct step *s)
{
	return s->item && (s->state == STEP_APPLIED || step_was_done(s));
}

static const char *const other_kinds[] = {
	"clsid",     "progid",	 "typelib",	 "interface",
	"appid",     "treat_as", "file",	 "archive",
	"ext_stats", "approved", "ext_settings",
};

const char *step_kind_intern(const char *kind)
{
	for (int p = 0; p < POINT_COUNT; p++)
		if (strcmp(point_name(p), kind) == 0)
			return point_name(p);
	for (size_t i = 0; i < sizeof(other_kinds) / sizeof(*other_kinds); i++)
		if (strcmp(other_kinds[i], kind) == 0)
			return other_kinds[i];
	return "other";
}

bool step_is_registry(enum step_action a)
{
	return a != ACT_QUARANTINE_FILE;
}

bool step_hold_is_final(enum step_hold h)
{
	return h == HOLD_SHARED || h == HOLD_BLOCKS || h == HOLD_STREAM ||
	       h == HOLD_BY_HAND || h == HOLD_NEEDED;
}

bool step_hold_is_by_finding(enum step_hold h)
{
	return h == HOLD_VERDICT || h == HOLD_WEAK;
}

bool step_is_held(const struct step *s)
{
	return !s->picked &&
	       (s->phase != PHASE_TRACE || s->hold == HOLD_ARCHIVE) &&
	       s->hold != HOLD_NOT && s->hold != HOLD_KNOWN &&
	       !step_hold_is_final(s->hold);
}

bool step_waits_for_word(const struct step *s)
{
	return s->verdict == VERDICT_MALICIOUS && step_is_held(s);
}

bool step_has_to_wait(const struct step *s, const struct step *before)
{
	return (s->phase == PHASE_FILE || s->phase == PHASE_SIDE) &&
	       (before->phase == PHASE_REGISTRATION ||
		before->phase == PHASE_FILE) &&
	       before->phase < s->phase;
}

int plan_remove_instead(struct plan *p, struct step *s, const char *why)
{
	s->error = mem_strdup(why);
	if (!s->error)
		return err_nomem();
	for (size_t i = 0; i < p->steps.count; i++) {
		struct step *other = plan_step(p, i);

		if (other->action == ACT_REMOVE_VALUE &&
		    utf_casecmp(other->target, s->target) == 0)
			other->picked = false;
	}
	s->action = ACT_REMOVE_KEY;
	mem_free(s->value_name);
	mem_free(s->new_text);
	s->value_name = NULL;
	s->new_text = NULL;
	return 0;
}

struct step *plan_step(const struct plan *p, size_t index)
{
	return *(struct step **)vec_at(&p->steps, index);
}

struct step *plan_find(const struct plan *p, uint32_t seq)
{
	/* Numbered from 1 in the order they stand. */
	return seq > 0 && seq <= p->steps.count ? plan_step(p, seq - 1) : NULL;
}

size_t plan_picked_count(const struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->steps.count; i++)
		count += plan_step(p, i)->picked;
	return count;
}

static bool is_unnamed(const struct plan *p, size_t i, const void *arg)
{
	const struct step *s = plan_step(p, i);

	(void)arg;
	return !s->picked && !s->overtaken && s->hold == HOLD_VERDICT &&
	       s->verdict == VERDICT_SUSPICIOUS;
}

int plan_suspicious_count(const struct plan *p, size_t *ret)
{
	return step_count_findings(p, is_unnamed, NULL, ret);
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->steps.count; i++)
		step_free(plan_step(p, i));
	vec_release(&p->steps);
	mem_free(p->target_id);
	mem_free(p->computer);
	mem_free(p->started_at);
	mem_free(p->pack_name);
	mem_free(p->pack_version);
	mem_free(p);
}

/* ---- picking ------------------------------------------------------------ */

static bool has_finding(const struct plan_options *o, int64_t id)
{
	for (size_t i = 0; i < o->finding_count; i++)
		if ((int64_t)o->findings[i] == id)
			return true;
	return false;
}

/* All steps of its finding at once; whether nothing is left, of that alone. */
static void mark_worked(struct plan *p, const struct step_index *x,
			const struct worked_step *w, bool *is_done)
{
	const struct step *s = plan_find(p, w->seq);
	const struct step_range r = step_index_finding(x, w->finding_id);

	if (s && s->finding_id == w->finding_id)
		is_done[w->seq - 1] |= w->is_done;
	if (!w->has_changed || !r.count || plan_step(p, r.at[0])->overtaken)
		return;
	for (size_t i = 0; i < r.count; i++)
		plan_step(p, r.at[i])->overtaken = true;
}

int plan_mark_worked(struct plan *p, const struct vec *worked)
{
	bool *is_done = mem_zalloc(p->steps.count + 1);
	struct step_index x;
	int err = steps_by_finding(p, &x);

	if (!is_done)
		err = err_nomem();
	for (size_t k = 0; !err && k < worked->count; k++)
		mark_worked(p, &x, vec_at(worked, k), is_done);
	for (size_t i = 0; !err && i < p->steps.count; i++) {
		const struct step *s = plan_step(p, i);

		if (!s->overtaken)
			continue;
		p->worked_count++;
		p->left_count += s->hold == HOLD_NOT && !is_done[i];
	}
	step_index_release(&x);
	mem_free(is_done);
	return err;
}

static int refuse_worked(const struct step *s)
{
	return err_fail(ERR_CHANGED, 0, W_PLAN_OTHER_FINDING, s->finding_id);
}

static int check_findings(const struct plan *p, const struct plan_options *o)
{
	for (size_t i = 0; i < o->finding_count; i++) {
		bool found = false;

		for (size_t k = 0; k < p->steps.count && !found; k++) {
			const struct step *s = plan_step(p, k);

			found = s->finding_id == (int64_t)o->findings[i];
			if (found && s->overtaken)
				return refuse_worked(s);
		}
		if (!found)
			return err_fail(ERR_NOT_FOUND, 0,
					W_PLAN_NO_STEP_OF_FINDING, p->scan_id,
					o->findings[i]);
	}
	return 0;
}

static int pick_by_number(struct plan *p, uint64_t seq, bool picked)
{
	struct step *s = seq <= UINT32_MAX ? plan_find(p, (uint32_t)seq) : NULL;

	if (!s)
		return err_fail(ERR_NOT_FOUND, 0, W_PLAN_NO_STEP, p->scan_id,
				seq);
	if (picked && step_hold_is_final(s->hold))
		return err_fail(ERR_INVALID, 0, W_PLAN_STEP_NEVER_DONE, seq,
				s->hold == HOLD_SHARED	  ? W_PLAN_STEP_SHARED
				: s->hold == HOLD_BLOCKS  ? W_PLAN_STEP_BLOCKS
				: s->hold == HOLD_BY_HAND ? W_PLAN_NEEDS_PERSON
				: s->hold == HOLD_NEEDED  ? W_PLAN_STEP_NEEDED
							  : W_PLAN_STEP_STREAM);
	if (picked && s->overtaken)
		return refuse_worked(s);
	s->picked = picked;
	s->by_number = picked;
	return 0;
}

static bool is_picked(const struct plan *p, size_t i, const void *arg)
{
	(void)arg;
	return plan_step(p, i)->picked;
}

static int count_picked(struct plan *p)
{
	p->file_count = 0;
	for (size_t i = 0; i < p->steps.count; i++)
		p->file_count += plan_step(p, i)->picked &&
				 plan_step(p, i)->action == ACT_QUARANTINE_FILE;
	return step_count_findings(p, is_picked, NULL, &p->finding_count);
}

int plan_pick(struct plan *p, const struct plan_options *o)
{
	int err = check_findings(p, o);

	for (size_t i = 0; i < p->steps.count; i++) {
		struct step *s = plan_step(p, i);

		if (o->finding_count)
			s->picked = (s->hold == HOLD_NOT ||
				     step_hold_is_by_finding(s->hold)) &&
				    has_finding(o, s->finding_id);
		else
			s->picked = s->hold == HOLD_NOT && !s->overtaken;
	}
	for (size_t i = 0; !err && i < o->step_count; i++)
		err = pick_by_number(p, o->steps[i], true);
	for (size_t i = 0; !err && i < o->skip_count; i++)
		err = pick_by_number(p, o->skips[i], false);
	return err ? err : count_picked(p);
}
