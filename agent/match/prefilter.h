/*
 * Finds the places of a file where patterns of the rules stand, much faster
 * than libyara's automaton.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_PREFILTER_H
#define MATCH_PREFILTER_H

#include "match/group.h"

struct prefilter; /* immutable, shared by threads */

/*
 * `patterns` (struct pattern) must live as long as the filter; only those of
 * groups with in_group[group] take part.
 */
int prefilter_new(const struct vec *patterns, const bool *in_group,
		  struct prefilter **ret);
void prefilter_free(struct prefilter *f);

/* Bytes that two reads must share so that no pattern is cut. */
size_t prefilter_overlap(const struct prefilter *f);
/* True if there is nothing to look for. */
bool prefilter_is_empty(const struct prefilter *f);

/* A place where a pattern stands. */
struct place {
	uint64_t offset; /* of the pattern's first byte in the file */
	uint32_t pattern;
};

/* What a run finds; one for each file. */
struct prefilter_result {
	bool *hit;	    /* by group: a string may match */
	bool *overflow;	    /* by group: more places than are kept */
	uint32_t *counts;   /* by group: places kept */
	struct vec places;  /* struct place, of groups that can be verified,
			       in no order, some twice */
	uint32_t max_count; /* of places of one group */
};

/*
 * Look through [data, data + nbytes), which lies at `base` in the file.
 * `can_verify` says of which groups places are wanted.
 */
void prefilter_run(const struct prefilter *f, const uint8_t *data,
		   size_t nbytes, uint64_t base, const bool *can_verify,
		   struct prefilter_result *r);

#endif
