/*
 * What a fix leaves as it is, and the way to it, in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/plan_points.h"
#include "remediate/plan_show.h"
#include "remediate/step_index.h"
#include "remediate/words.h"
#include <string.h>

/* More of them are counted: plan --all has them. */
#define MAX_TOLD 10

/* Whoever names findings has chosen what else to leave. */
static bool is_meant(const struct clean *c, const struct step *s)
{
	for (size_t i = 0; i < c->o->findings.count; i++) {
		const uint64_t *id = vec_at(&c->o->findings, i);

		if ((int64_t)*id == s->finding_id)
			return true;
	}
	return !c->o->findings.count;
}

static bool is_persons(const struct step *s)
{
	return s->hold == HOLD_BY_HAND || s->hold == HOLD_NEEDED;
}

/* Who names a suspicious finding wants all of it, but what he left out. */
static bool is_held(const struct clean *c, const struct step *s)
{
	if (s->picked || !is_meant(c, s))
		return false;
	if (is_persons(s))
		return s->verdict == VERDICT_MALICIOUS || c->o->findings.count;
	if (c->o->findings.count && s->verdict != VERDICT_MALICIOUS)
		return step_is_held(s) && !step_hold_is_by_finding(s->hold);
	return step_waits_for_word(s);
}

size_t clean_held_count(const struct clean *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->plan->steps.count; i++)
		count += is_held(c, plan_step(c->plan, i));
	return count;
}

static void tell_step(const struct clean *c, const struct step *s)
{
	const bool ja = lang_is_ja(c->o->lang);
	struct str words = STR_INIT;

	if (s->hold == HOLD_BY_HAND) {
		words_action(s, c->o->lang, &words);
		str_add(&words, ja ? "、" : ", ");
	} else {
		str_addf(&words,
			 ja ? "残したもの: 手順 %u、"
			    : "left as it is: step %u, ",
			 (unsigned)s->seq);
	}
	words_target(s, &words);
	str_add(&words, ": ");
	if (s->hold == HOLD_BY_HAND)
		words_by_hand(s, c->o->lang, &words);
	else
		words_left_out(s, c->o->lang, &words);
	complain("%s", str_text(&words));
	str_release(&words);
}

bool clean_tell_held(const struct clean *c)
{
	const bool ja = lang_is_ja(c->o->lang);
	/* A fix before, or the one that has ended here, was to change it. */
	bool *worked =
		c->plan && c->has_ended ? steps_of_picked(c->plan) : NULL;
	unsigned left = 0;
	bool is_late = false, any = false;

	for (size_t i = 0; c->plan && i < c->plan->steps.count; i++) {
		const struct step *s = plan_step(c->plan, i);

		if (!is_held(c, s))
			continue;
		any = true;
		/* What a person has to do is told whole. */
		if (s->hold == HOLD_BY_HAND || left < MAX_TOLD)
			tell_step(c, s);
		left += s->hold != HOLD_BY_HAND;
		is_late |= !is_persons(s) &&
			   (s->overtaken || (worked && worked[i]));
	}
	mem_free(worked);
	if (left > MAX_TOLD)
		complain(ja ? "ほかに %u 件残っています (plan --all で表示)"
			    : "%u more are left as they are; plan --all shows "
			      "them",
			 left - MAX_TOLD);
	/* Numbers of findings that were worked on are taken no more. */
	if (is_late)
		complain(ja ? "残した手順も実行するには、undo で元に戻し、"
			      "もう一度スキャンしてから、fix --step で番号を"
			      "指定してください"
			    : "whoever wants such a step done, too: undo, scan "
			      "again, then name it with fix --step");
	return any;
}

void clean_tell_left(const struct clean *c)
{
	complain(
		lang_is_ja(c->o->lang)
			? "このスキャンの検出はすでに処理され、未完了の手順が "
			  "%u 件残っています。もう一度スキャンしてください "
			  "(中断または失敗した手順は fix --resume で続けられ"
			  "ます)"
			: "a fix has worked on what this scan found, and %u of "
			  "its steps are not done: scan again (fix --resume "
			  "goes on with what was cut off or failed)",
		(unsigned)c->plan->left_count);
}

/* Neither done nor a reason for an exit code. */
static void tell_suspicious(const struct clean *c)
{
	struct str words = STR_INIT;

	if (c->o->quiet || c->o->findings.count)
		return;
	if (!plan_suspicious_words(c->plan, c->o->lang, &words) && words.len)
		complain("%s", str_text(&words));
	str_release(&words);
}

/* What there was no room for in the plan is not clean. */
bool clean_tell_cut(const struct clean *c)
{
	if (!c->plan || !c->plan->is_cut)
		return false;
	complain(lang_is_ja(c->o->lang)
			 ? "悪質の項目が多すぎて、計画に入らないものが残って"
			   "います。もう一度スキャンして処理してください"
			 : "there is more that is malicious than a plan holds: "
			   "scan and fix again");
	return true;
}

bool clean_tell_rest(const struct clean *c)
{
	/* What a fix before left undone, by its cap or otherwise. */
	const bool is_left =
		c->plan && c->plan->left_count && !c->o->findings.count;
	bool is_held;
	bool is_cut;

	if (!c->plan)
		return false;
	if (c->plan->is_incomplete)
		complain("%s", plan_incomplete_words(c->o->lang));
	tell_suspicious(c);
	if (is_left)
		clean_tell_left(c);
	is_held = clean_tell_held(c);
	is_cut = clean_tell_cut(c);
	return is_held || is_cut || is_left;
}
