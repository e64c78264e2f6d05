/*
 * The steps of a plan by their finding and by what they are for: a user can
 * make thousands of findings, and nobody looks through all steps for each.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_STEP_INDEX_H
#define REMEDIATE_STEP_INDEX_H

#include "remediate/plan.h"

/* Holds no longer than the plan's steps stand where they are. */
struct step_index {
	const struct plan *plan;
	size_t *order; /* of steps' indexes; of equals the first one first */
};

/* ERR_NOMEM.  step_index_release() in every case. */
int steps_by_finding(const struct plan *p, struct step_index *ret);
int steps_by_target(const struct plan *p, struct step_index *ret);
void step_index_release(struct step_index *x);

/* The steps of one finding, in the order of the plan. */
struct step_range {
	size_t first; /* in the index */
	const size_t *at;
	size_t count;
};

/* Of steps_by_finding(): those of the finding (count 0: none), and those of
 * the one that begins there, for whoever goes through all of them. */
struct step_range step_index_finding(const struct step_index *x,
				     int64_t finding_id);
struct step_range step_index_range(const struct step_index *x, size_t first);
/* Of steps_by_target(): the first that step_is_same() as `s`; NULL: none. */
const struct step *step_index_same(const struct step_index *x,
				   const struct step *s);

/*
 * For each step whether its finding has one that is picked; mem_free(), NULL
 * without memory.
 */
bool *steps_of_picked(const struct plan *p);

/* How many findings the steps have that are so; `i` is a step's index. */
typedef bool (*step_fn)(const struct plan *p, size_t i, const void *arg);
int step_count_findings(const struct plan *p, step_fn is_so, const void *arg,
			size_t *ret);

#endif
