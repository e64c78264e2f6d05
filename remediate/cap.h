/*
 * The cap: how much one fix does at most.
 * SPDX-License-Identifier: Apache-2.0
 *
 * More is no clean-up of one PC any more, or somebody laid out decoys.  What
 * is beyond it is not lost: it waits for the next fix, and what loads goes
 * first, so that no number of files stops the entry that loads one.
 */
#ifndef REMEDIATE_CAP_H
#define REMEDIATE_CAP_H

#include "remediate/guard.h"

#define CAP_MAX_FINDINGS 10
#define CAP_MAX_FILES	 20

/*
 * Fills the rank of each step's finding (step->rank) from the store, for
 * cap_apply().  `t` tells whose files are whose; NULL: all are the machine's.
 */
int cap_rank(struct store *s, struct plan *p, const struct target *t);

/*
 * Of the picked steps whose answer is GUARD_OK: whether they are of more
 * findings, or remove more files, than one fix may.  Where nobody looks at
 * what is left over (a fix of many PCs), such a plan is not begun at all.
 * ERR_NOMEM.
 */
int cap_is_over(const struct plan *p, const struct guard_answer *answers,
		bool *ret);

/*
 * Refuses of those what is beyond the cap: GUARD_TOO_MANY_FINDINGS,
 * GUARD_TOO_MANY_FILES, and GUARD_BEFORE for what hangs on such a file.
 * First come findings with an entry that loads something, then those with
 * other entries, then files alone; inside each the machine's before a user's,
 * then the higher score.  A finding stays whole: one that does not fit waits,
 * but for the first, of which as many files go as may.
 * What is refused already takes no room.  ERR_NOMEM.
 */
int cap_apply(const struct plan *p, struct guard_answer *answers);

#endif
