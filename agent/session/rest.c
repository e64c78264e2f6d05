/*
 * What is left for fix to do, and what waits for a person.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/plan_look.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/step_index.h"

/* Whoever names findings has chosen what else to leave. */
static bool is_meant(const struct session_choice *c, const struct step *s)
{
	for (size_t i = 0; i < c->finding_count; i++)
		if ((int64_t)c->findings[i] == s->finding_id)
			return true;
	return !c->finding_count;
}

static bool is_persons(const struct step *s)
{
	return s->hold == HOLD_BY_HAND || s->hold == HOLD_NEEDED;
}

/* Who names a suspicious finding wants all of it, but what he left out. */
static bool is_held(const struct session_choice *c, const struct step *s)
{
	if (s->picked || !is_meant(c, s))
		return false;
	if (is_persons(s))
		return s->verdict == VERDICT_MALICIOUS || c->finding_count;
	if (c->finding_count && s->verdict != VERDICT_MALICIOUS)
		return step_is_held(s) && !step_hold_is_by_finding(s->hold);
	return step_waits_for_word(s);
}

static enum session_rest rest_of(const struct session_plan *p)
{
	size_t gone = 0;

	for (size_t i = 0; i < p->plan->steps.count; i++) {
		if (!plan_step(p->plan, i)->picked)
			continue;
		if (p->answers[i].reason != GUARD_GONE)
			return REST_STEPS;
		gone++;
	}
	if (p->held_count)
		return REST_HELD;
	if (p->left_count)
		return REST_LEFT;
	return gone || p->plan->worked_count ? REST_DONE : REST_NOTHING;
}

int plan_tell_rest(struct session_plan *p, const struct session_choice *c,
		   bool has_ended)
{
	const size_t count = p->plan->steps.count;
	/* A fix before, or the one that has ended here, was to change it. */
	bool *worked = has_ended ? steps_of_picked(p->plan) : NULL;

	mem_free(p->held);
	p->held = mem_array(count + 1, sizeof(*p->held));
	if (!p->held || (has_ended && !worked)) {
		mem_free(worked);
		return err_nomem();
	}
	p->held_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct step *s = plan_step(p->plan, i);

		if (!is_held(c, s))
			continue;
		p->held_count++;
		p->held[i] = HELD;
		if (is_persons(s))
			p->held[i] = HELD_FOR_HAND;
		else if (s->overtaken || (worked && worked[i]))
			p->held[i] = HELD_UNTIL_SCAN;
	}
	mem_free(worked);
	/* Whoever names findings has chosen what to leave. */
	p->left_count = c->finding_count ? 0 : p->plan->left_count;
	p->rest = rest_of(p);
	return 0;
}
