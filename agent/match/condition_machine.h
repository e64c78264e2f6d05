/*
 * The stack on which condition.c follows compiled conditions, and what the
 * instructions do to it where some values are unknown.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A value is false, known, or unknown; false includes libyara's "undefined",
 * which AND and OR take as false and MATCH_RULE as no match.  Each operation
 * is false where it does not understand its operands.
 */
#ifndef MATCH_CONDITION_MACHINE_H
#define MATCH_CONDITION_MACHINE_H

#include "match/condition.h"

#define MACHINE_MAX_STACK 64

enum value_kind {
	IS_UNKNOWN,
	IS_FALSE,     /* or undefined */
	IS_UNDEFINED, /* what PUSH_U pushes: "all", or the end of a set */
	IS_RAW,	      /* a number, or what PUSH refers to */
	IS_TEXT	      /* the value of a variable, `raw` bytes long */
};

struct value {
	enum value_kind kind;
	uint64_t raw;
	const char *text;
};

struct machine {
	const struct group *group;
	const struct condition_facts *facts;
	const uint8_t *ip;
	struct value stack[MACHINE_MAX_STACK];
	unsigned depth;

	/* The ends of the `and` and `or` whose right side is being read. */
	struct {
		const uint8_t *end;
		unsigned depth;
	} open[MACHINE_MAX_STACK];

	unsigned open_count;
};

static inline const struct value *machine_top(const struct machine *m,
					      unsigned below)
{
	return &m->stack[m->depth - 1 - below];
}

/* False, undefined or 0. */
bool value_is_false(const struct value *v);

bool machine_push(struct machine *m, enum value_kind kind, uint64_t raw);
/* Takes `count` values away and leaves one. */
bool machine_replace(struct machine *m, unsigned count, enum value_kind kind,
		     uint64_t raw);
bool machine_load_object(struct machine *m);
bool machine_compare_texts(struct machine *m, uint8_t op);
bool machine_starts_with(struct machine *m);
bool machine_matches(struct machine *m); /* a regular expression */
bool machine_compare_numbers(struct machine *m, uint8_t op);
/* uintXX(offset): of the first bytes only. */
bool machine_read_number(struct machine *m, uint8_t op);
bool machine_join(struct machine *m, uint8_t op); /* AND, OR */
bool machine_negate(struct machine *m);
bool machine_branch(struct machine *m, uint8_t op); /* JFALSE, JTRUE */
/* `#a`: how often the string on top matches. */
bool machine_count(struct machine *m);
/* `$a`, `$a at`, `$a in`: the string on top of `count` values. */
bool machine_found(struct machine *m, unsigned count);
/*
 * `2 of ($a, $b)`: how many are wanted (undefined: all), undefined as the end
 * of the set, the set.
 */
bool machine_of(struct machine *m, uint64_t set);

#endif
