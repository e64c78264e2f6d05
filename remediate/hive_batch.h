/*
 * A run of steps in one hive file, which are done or taken back together.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_HIVE_BATCH_H
#define REMEDIATE_HIVE_BATCH_H

#include "remediate/fixer_internal.h"
#include "remediate/hive_swap.h"

struct hive_batch {
	struct fixer *f;
	struct step **steps; /* those that are still to be done */
	size_t count;
	struct hive_file hive;
};

/* The steps of the range for which `wanted` holds. */
int hive_batch_init(struct hive_batch *r, struct fixer *f, size_t first,
		    size_t last, bool (*wanted)(const struct step *));
void hive_batch_release(struct hive_batch *r);
bool hive_batch_is_same(struct fixer *f, const struct step *a,
			const struct step *b);
/* Else it is loaded into the running Windows. */
bool hive_batch_is_offline(const struct hive_batch *r);
/* Path below the root of the hive: what follows its prefix. */
const char *hive_batch_path(const struct hive_batch *r, const struct step *s);
/* All of them; the run is empty afterwards.  0 if the fix can go on. */
int hive_batch_refuse(struct hive_batch *r, const struct guard_answer *a);
int hive_batch_fail(struct hive_batch *r, int err);
/* All get that state, and the swap unless it is 0. */
int hive_batch_states(struct hive_batch *r, enum step_state state,
		      int64_t swap);
/* That it is done. */
void hive_batch_tell(struct hive_batch *r, const struct step *s);
void hive_batch_tell_all(struct hive_batch *r);

#endif
