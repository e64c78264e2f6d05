/*
 * Whether a rule can be true at all, from what is known before libyara looks
 * at the bytes: the variables, the first bytes, the size, and which strings
 * the prefilter has not found.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_CONDITION_H
#define MATCH_CONDITION_H

#include "match/group.h"

struct condition_facts {
	/* Values of the external variables; NULL: not known.  With their
	 * lengths, which are asked for many times (condition_know). */
	const char *vars[GROUP_VAR_COUNT];
	size_t var_nbytes[GROUP_VAR_COUNT];
	/* The file, if there is one: its first bytes and its size. */
	const uint8_t *head;
	size_t head_nbytes;
	uint64_t nbytes;
	/* No string of the group matches. */
	bool no_strings;
	/*
	 * By string of the group (of a chain its head), and by rule of it: may
	 * one match?  NULL: not known.
	 */
	const bool *may_stand;
	const bool *may_have;
	/* Of these rules, for regular expressions; NULL: they are not tried. */
	YR_SCANNER *yara;
};

void condition_know(struct condition_facts *facts, size_t var,
		    const char *value);

/*
 * False only if libyara would find no rule of the group true, whatever is not
 * known.  Short: some 100 ns a rule.
 */
bool condition_may_match(const struct group *g,
			 const struct condition_facts *facts);
/* The same of one rule of the group. */
bool condition_rule_may_match(const struct group *g, size_t rule,
			      const struct condition_facts *facts);

#endif
