/*
 * What fix believes of a store: nothing that a new look does not show, too.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whoever can write to a store can make it name any file or key.  So before
 * anything is done the registrations are walked again and the files of the
 * plan put to the rules again, in memory, and a plan is made of that.  A step
 * is believed if it stands there, too: then its key is an entry at a place of
 * the table of extension points (collect/points.c), or a key beside one that
 * leads to the same class, and its finding is reached by rules.
 */
#ifndef REMEDIATE_BELIEVE_H
#define REMEDIATE_BELIEVE_H

#include "remediate/guard.h"

/*
 * For each step of the recorded plan GUARD_OK, GUARD_UNPROVEN with a clause
 * that says what is not so, or GUARD_BEFORE: what it has to wait for is there
 * and will not be done.  `now`: the plan of the new look.  ERR_NOMEM.
 */
int believe_plan(const struct plan *recorded, const struct plan *now,
		 struct guard_answer *ret);

#endif
