/*
 * The texts with which a compiled condition compares external variables.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_RULE_WORDS_H
#define MATCH_RULE_WORDS_H

#include "match/group.h"

enum word_relation {
	WORD_EQUALS, /* ==, and != */
	WORD_STARTS,
	WORD_ENDS,
	WORD_CONTAINS
};

struct rule_word {
	size_t var; /* index into group_var_names */
	enum word_relation relation;
	bool no_case;
	const char *text; /* not ended by a NUL */
	size_t nbytes;
};

/*
 * Each comparison of a variable with a text, in either order, in rule number
 * `rule` of the group.  What is put together in another way (a loop over
 * texts, a regular expression) is left out.  A non-zero return of fn stops
 * and is returned.
 */
typedef int (*rule_word_fn)(void *arg, const struct rule_word *w);
int rule_words(const struct group *g, size_t rule, rule_word_fn fn, void *arg);

#endif
