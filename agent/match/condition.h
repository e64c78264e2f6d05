/*
 * Whether a rule can be true at all, from what is known before the bytes are
 * looked at: the variables, the first bytes, the size.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_CONDITION_H
#define MATCH_CONDITION_H

#include "match/group.h"

struct condition_facts {
	/* Values of the external variables; NULL: not known. */
	const char *vars[GROUP_VAR_COUNT];
	/* The file, if there is one: its first bytes and its size. */
	const uint8_t *head;
	size_t head_nbytes;
	uint64_t nbytes;
	/* No string of the group matches. */
	bool no_strings;
};

/*
 * False only if libyara would find no rule of the group true, whatever is not
 * known.  Short: some 100 ns a rule.
 */
bool condition_may_match(const struct group *g,
			 const struct condition_facts *facts);

#endif
