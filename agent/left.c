/*
 * What a fix leaves as it is, and the way to it, in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "base/str.h"
#include "remediate/plan_points.h"
#include "remediate/plan_show.h"
#include "remediate/words.h"
#include "words/fix.h"
#include "words/usage.h"
#include "words/words.h"

/* More of them are counted: plan --all has them. */
#define MAX_TOLD 10

static void tell_step(const char *lang, const struct step *s)
{
	struct str words = STR_INIT;

	if (s->hold == HOLD_BY_HAND) {
		words_action(s, lang, &words);
	} else {
		words_add(&words, lang, W_FIX_LEFT_STEP, (unsigned)s->seq);
	}
	str_add(&words, words_in(W_USAGE_COMMA, lang));
	words_target(s, &words);
	str_add(&words, ": ");
	if (s->hold == HOLD_BY_HAND)
		words_by_hand(s, lang, &words);
	else
		words_left_out(s, lang, &words);
	complain("%s", str_text(&words));
	str_release(&words);
}

void left_tell_held(const struct options *o, const struct session_plan *p)
{
	unsigned left = 0;
	bool is_late = false;

	for (size_t i = 0; i < p->plan->steps.count; i++) {
		const struct step *s = plan_step(p->plan, i);

		if (p->held[i] == HELD_NOT)
			continue;
		/* What a person has to do is told whole. */
		if (s->hold == HOLD_BY_HAND || left < MAX_TOLD)
			tell_step(o->lang, s);
		left += s->hold != HOLD_BY_HAND;
		is_late |= p->held[i] == HELD_UNTIL_SCAN;
	}
	if (left > MAX_TOLD)
		complain(W_FIX_MORE_LEFT, left - MAX_TOLD);
	/* Numbers of findings that were worked on are taken no more. */
	if (is_late)
		complain("%s", W_FIX_LATE_STEP);
}

void left_tell_unfinished(const struct session_plan *p)
{
	complain(W_FIX_LEFT, (unsigned)p->plan->left_count);
}

/* What there was no room for in the plan is not clean. */
void left_tell_cut(const struct session_plan *p)
{
	if (p->plan->is_cut)
		complain("%s", W_FIX_CUT);
}

/* Neither done nor a reason for an exit code. */
static void tell_suspicious(const struct options *o, const struct plan *p)
{
	struct str words = STR_INIT;

	if (o->quiet || o->findings.count)
		return;
	if (!plan_suspicious_words(p, o->lang, &words) && words.len)
		complain("%s", str_text(&words));
	str_release(&words);
}

void left_tell_rest(const struct options *o, const struct session_plan *p)
{
	if (p->plan->is_incomplete)
		complain("%s", plan_incomplete_words(o->lang));
	tell_suspicious(o, p->plan);
	if (p->left_count)
		left_tell_unfinished(p);
	left_tell_held(o, p);
	left_tell_cut(p);
}
