/*
 * What fix believes of a store: the decisions, see believe.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/believe.h"

#include "base/utf.h"

#include <string.h>

/* What a step of the store is held against; NULL: it stands nowhere. */
static const struct step *find_now(const struct step *recorded,
				   const struct plan *now)
{
	for (size_t i = 0; i < now->steps.count; i++) {
		const struct step *s = plan_step(now, i);

		if (step_is_same(s, recorded))
			return s;
	}
	return NULL;
}

static bool is_other_text(const char *recorded, const char *now)
{
	if (!recorded || !now)
		return recorded != now;
	return utf_casecmp(recorded, now) != 0;
}

/* ---- one decision each ----------------------------------------------------
 */

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
	{ is_other_kind, "it is another kind of entry" },
	{ has_other_class, "it leads to another class" },
	{ lacks_server, "the store does not say what its server is" },
	{ is_weaker, "the rules find it less bad than the store says" },
	{ is_held, "something speaks for it that the store does not say" },
	{ lacks_time, "the store does not say when it was written" },
	{ lacks_digest, "the store does not say what it holds" },
};

/* True: it stands in the plan of the new look, if otherwise. */
static bool believe_step(const struct step *recorded, const struct plan *now,
			 struct guard_answer *ret)
{
	const struct step *s = find_now(recorded, now);

	memset(ret, 0, sizeof(*ret));
	if (!s) {
		guard_refuse(ret, GUARD_UNPROVEN,
			     "no rule and no entry leads to it");
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

/* Its finding's steps after that one would be done without it. */
static void hold_back(const struct plan *recorded, const struct step *before,
		      struct guard_answer *ret)
{
	for (size_t i = 0; i < recorded->steps.count; i++) {
		const struct step *s = plan_step(recorded, i);

		if (ret[i].reason == GUARD_OK &&
		    s->finding_id == before->finding_id &&
		    step_has_to_wait(s, before))
			guard_refuse(&ret[i], GUARD_BEFORE, "%u",
				     (unsigned)before->seq);
	}
}

void believe_plan(const struct plan *recorded, const struct plan *now,
		  struct guard_answer *ret)
{
	/* In their order, so that what waits for what waits is held, too. */
	for (size_t i = 0; i < recorded->steps.count; i++) {
		const struct step *s = plan_step(recorded, i);

		if (ret[i].reason != GUARD_BEFORE &&
		    believe_step(s, now, &ret[i]) &&
		    ret[i].reason != GUARD_OK && s->picked)
			hold_back(recorded, s, ret);
	}
}
