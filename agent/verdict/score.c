/*
 * The score of a finding and the verdict that follows from it: one formula,
 * in one place.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only independent evidence adds up.  Ten rules that look at the same name are
 * one observation; a name, a registration and the content can be three.  So:
 *  - a rule does not count beside the one that its `unless` names;
 *  - a rule does not count beside a better one that shares a word of `fact`,
 *    whatever their kind: the place of a program and the registration that
 *    names it are one path;
 *  - of what is left the best of each kind counts, highest first, with the
 *    weights 1, 1/2, 1/4, 1/8; the sum is rounded down once, at 100 at most.
 *
 * Worked example of the pack of 2010: a program "<temp>\mstmp" holds the mutex
 * name, and a toolbar entry leads to it (rule, score, kind, fact; computed in
 * tests/unit/test_signatures.c, compared with the pack in tests/pack/run.sh):
 *	monkif_mutex 60 content
 *	mstmp_in_temp 60 name, path
 *	reg_server_named_like_monkif_only 60 registration, path: not again
 *	60 + 60/2 = 90: malicious
 */
#include "verdict/finding.h"

#include <string.h>

_Static_assert(EV_COUNT <= 4, "a fifth kind of evidence needs a weight");

int score_combine(const int best_of_kind[EV_COUNT])
{
	int sorted[EV_COUNT] = { 0 };
	int eighths = 0;

	for (int i = 0; i < EV_COUNT; i++) {
		int value = best_of_kind[i];
		int at = i;

		if (value < 0)
			value = 0;
		if (value > 100)
			value = 100;
		while (at > 0 && sorted[at - 1] < value) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = value;
	}
	for (int i = 0; i < EV_COUNT; i++)
		eighths += sorted[i] * (8 >> i);
	eighths /= 8;
	return eighths > 100 ? 100 : eighths;
}

int rule_compare(const struct rule_info *a, const struct rule_info *b)
{
	int c = b->score - a->score;

	if (c == 0)
		c = (int)a->evidence - (int)b->evidence;
	return c != 0 ? c : strcmp(a->name, b->name);
}

/* Rules made by hand may leave a word out. */
static bool has_word(const char *word)
{
	return word != NULL && word[0] != '\0';
}

static bool is_excused(const struct rule_info *const *rules, size_t count,
		       const struct rule_info *rule)
{
	for (size_t i = 0; has_word(rule->unless) && i < count; i++) {
		if (strcmp(rules[i]->name, rule->unless) == 0)
			return true;
	}
	return false;
}

/* Whether the lists "a, b" have a word in common. */
static bool share_word(const char *a, const char *b)
{
	static const char separators[] = ", ";

	for (a += strspn(a, separators); *a; a += strspn(a, separators)) {
		size_t n = strcspn(a, separators);
		const char *p = b + strspn(b, separators);

		while (*p) {
			size_t m = strcspn(p, separators);

			if (m == n && memcmp(a, p, n) == 0)
				return true;
			p += m;
			p += strspn(p, separators);
		}
		a += n;
	}
	return false;
}

/* A better one says the same. */
static bool is_repeated(const struct rule_info *const *rules, size_t count,
			const struct rule_info *rule)
{
	for (size_t i = 0; has_word(rule->fact) && i < count; i++) {
		if (has_word(rules[i]->fact) &&
		    rule_compare(rules[i], rule) < 0 &&
		    share_word(rules[i]->fact, rule->fact) &&
		    !is_excused(rules, count, rules[i]))
			return true;
	}
	return false;
}

void score_rules(const struct rule_info *const *rules, size_t count,
		 struct score_sum *ret)
{
	int best[EV_COUNT] = { 0 };

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < count; i++) {
		const struct rule_info *rule = rules[i];
		const struct rule_info **of_kind = &ret->best[rule->evidence];

		if (*of_kind != NULL && rule_compare(rule, *of_kind) >= 0)
			continue;
		if (is_excused(rules, count, rule))
			continue;
		if (rule->evidence == EV_CONTENT && rule->score > ret->content)
			ret->content = rule->score;
		if (is_repeated(rules, count, rule))
			continue;
		*of_kind = rule;
		best[rule->evidence] = rule->score;
	}
	ret->score = score_combine(best);
}

enum verdict score_verdict(int score)
{
	if (score >= 80)
		return VERDICT_MALICIOUS;
	if (score >= 50)
		return VERDICT_SUSPICIOUS;
	return VERDICT_NOTE;
}

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_MALICIOUS:
		return "malicious";
	case VERDICT_SUSPICIOUS:
		return "suspicious";
	case VERDICT_NOTE:
		break;
	}
	return "note";
}
