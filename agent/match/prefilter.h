/*
 * Finds out which groups have one of their patterns in a file, much faster
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
		  size_t group_count, struct prefilter **ret);
void prefilter_free(struct prefilter *f);

/* Bytes that two reads must share so that no pattern is cut. */
size_t prefilter_overlap(const struct prefilter *f);
/* Groups that can be hit. */
size_t prefilter_group_count(const struct prefilter *f);

/*
 * Look through [data, data + nbytes), which lies at `base` in the file.
 * Sets hit[group]; groups already hit are not looked for.  Returns how many
 * groups were newly hit, and stops early when they are `wanted`.
 */
size_t prefilter_run(const struct prefilter *f, const uint8_t *data,
		     size_t nbytes, uint64_t base, bool *hit, size_t wanted);

#endif
