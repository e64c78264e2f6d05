/*
 * What fix believes of a store: the decisions, see believe.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/believe.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "remediate/step_index.h"
#include "words/believe.h"

#include <string.h>

static bool is_other_text(const char *recorded, const char *now)
{
	if (!recorded || !now)
		return recorded != now;
	return utf_casecmp(recorded, now) != 0;
}

/* ---- one decision each ------------------------------------------- */

static bool is_other_kind(const struct step *r, const struct step *now)
{
	return r->phase != now->phase || strcmp(r->kind, now->kind) != 0;
}

static bool has_other_class(const struct step *r, const struct step *now)
{
	return is_other_text(r->clsid, now->clsid);
}

/* It says whether the class is still the one; so it may not be left out. */
static bool lacks_server(const struct step *r, const struct step *now)
{
	return now->server_raw && !r->server_raw;
}

static bool is_weaker(const struct step *r, const struct step *now)
{
	return now->verdict < r->verdict;
}

static bool is_held(const struct step *r, const struct step *now)
{
	if (step_hold_is_final(now->hold))
		return true;
	if (r->by_number || now->hold == HOLD_NOT || now->hold == HOLD_VERDICT)
		return false;
	/* Whoever named the finding was told that this is why. */
	return now->hold != HOLD_WEAK || !step_hold_is_by_finding(r->hold);
}

/* A time that the system does not tell either cannot be recorded. */
static bool lacks_time(const struct step *r, const struct step *now)
{
	return (now->last_write && !r->last_write) ||
	       (now->written && !r->written);
}

static bool lacks_digest(const struct step *r, const struct step *now)
{
	return r->action == ACT_QUARANTINE_FILE && *now->sha256 && !*r->sha256;
}

/* In this order; the first that is true is told. */
static const struct decision {
	bool (*is_so)(const struct step *recorded, const struct step *now);
	const char *why;
} decisions[] = {
	{ is_other_kind, W_BELIEVE_IS_OTHER_KIND },
	{ has_other_class, W_BELIEVE_HAS_OTHER_CLASS },
	{ lacks_server, W_BELIEVE_LACKS_SERVER },
	{ is_weaker, W_BELIEVE_IS_WEAKER },
	{ is_held, W_BELIEVE_IS_HELD },
	{ lacks_time, W_BELIEVE_LACKS_TIME },
	{ lacks_digest, W_BELIEVE_LACKS_DIGEST },
};

/* True: it stands in the plan of the new look, if otherwise. */
static bool believe_step(const struct step *recorded,
			 const struct step_index *now, struct guard_answer *ret)
{
	const struct step *s = step_index_same(now, recorded);

	memset(ret, 0, sizeof(*ret));
	if (!s) {
		guard_refuse(ret, GUARD_UNPROVEN, W_BELIEVE_NOTHING_LEADS);
		return false;
	}
	for (size_t i = 0; i < sizeof(decisions) / sizeof(*decisions); i++) {
		if (!decisions[i].is_so(recorded, s))
			continue;
		guard_refuse(ret, GUARD_UNPROVEN, "%s", decisions[i].why);
		break;
	}
	return true;
}

struct believing {
	const struct plan *recorded;
	struct guard_answer *answers;
	struct step_index findings; /* of what is recorded */
	struct step_index now;	    /* by target */
	/* By the first step of a finding in its index: the phase after which
	 * its steps are held already; 0: they are not. */
	unsigned char *held;
};

/* Its finding's steps after that one would be done without it. */
static void hold_back(struct believing *b, const struct step *before)
{
	const struct step_range r =
		step_index_finding(&b->findings, before->finding_id);
	unsigned char *held = &b->held[r.first];

	if (*held && *held <= before->phase)
		return;
	*held = (unsigned char)before->phase;
	for (size_t i = 0; i < r.count; i++) {
		const struct step *s = plan_step(b->recorded, r.at[i]);
		struct guard_answer *a = &b->answers[r.at[i]];

		if (a->reason == GUARD_OK && step_has_to_wait(s, before))
			guard_refuse(a, GUARD_BEFORE, "%u",
				     (unsigned)before->seq);
	}
}

int believe_plan(const struct plan *recorded, const struct plan *now,
		 struct guard_answer *ret)
{
	struct believing b = { .recorded = recorded, .answers = ret };
	int err = steps_by_finding(recorded, &b.findings);

	if (!err)
		err = steps_by_target(now, &b.now);
	b.held = mem_zalloc(recorded->steps.count + 1);
	if (!b.held)
		err = err_nomem();
	/* In their order, so that what waits for what waits is held, too. */
	for (size_t i = 0; !err && i < recorded->steps.count; i++) {
		const struct step *s = plan_step(recorded, i);

		if (ret[i].reason != GUARD_BEFORE &&
		    believe_step(s, &b.now, &ret[i]) &&
		    ret[i].reason != GUARD_OK && s->picked)
			hold_back(&b, s);
	}
	mem_free(b.held);
	step_index_release(&b.findings);
	step_index_release(&b.now);
	return err;
}
