/*
 * A run of steps in one hive file, which are done or taken back together.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_HIVE_RUN_H
#define REMEDIATE_HIVE_RUN_H

#include "remediate/fixer_internal.h"
#include "remediate/hive_swap.h"

struct hive_run {
	struct fixer *f;
	struct step **steps; /* those that are still to be done */
	size_t count;
	struct hive_file hive;
};

/* The steps of the range for which `wanted` holds. */
int hive_run_init(struct hive_run *r, struct fixer *f, size_t first,
		  size_t last, bool (*wanted)(const struct step *));
void hive_run_release(struct hive_run *r);
bool hive_run_is_same(struct fixer *f, const struct step *a,
		      const struct step *b);
/* Else it is loaded into the running Windows. */
bool hive_run_is_offline(const struct hive_run *r);
/* Path below the root of the hive: what follows its prefix. */
const char *hive_run_path(const struct hive_run *r, const struct step *s);
/* All of them; the run is empty afterwards.  0 if the fix can go on. */
int hive_run_refuse(struct hive_run *r, const struct guard_answer *a);
int hive_run_fail(struct hive_run *r, int err);
/* All get that state, and the swap unless it is 0. */
int hive_run_states(struct hive_run *r, enum step_state state, int64_t swap);
/* That it is done. */
void hive_run_tell(struct hive_run *r, const struct step *s);
void hive_run_tell_all(struct hive_run *r);

#endif
