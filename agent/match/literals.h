/*
 * Between the walk of libyara's automaton and the patterns made of its atoms.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_LITERALS_H
#define MATCH_LITERALS_H

#include "match/group.h"

#define MAX_PATTERNS ((size_t)1 << 20)

struct string_patterns;

struct collector {
	struct group *g;
	uint32_t group_index;
	struct vec *out;
	struct vec *atoms;
	struct string_patterns *strings; /* by string */
	int ret;
};

/*
 * All patterns of one string are kept until the parts of a chained string
 * (hex strings with a jump above 200 bytes are split) are compared: every
 * part must be found, so the part with the best patterns is enough.
 */
struct string_patterns {
	struct vec patterns; /* of struct pattern */
	struct vec atoms;    /* of struct atom */
	bool is_unusable;    /* some atom gives no pattern */
};

/*
 * One atom of a string, met at the state that owns it; `order` is the place
 * in the state's own list.  Sets c->ret when memory is short.
 */
void literals_on_atom(struct collector *c, const YR_AC_MATCH *match,
		      const uint8_t *bytes, size_t n, uint32_t order);

#endif
