/*
 * A new look at what a plan names, before it is believed.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECHECK_H
#define RECHECK_H

#include "clean.h"

/*
 * Walks the registrations and scans the files of the findings that steps of
 * c->plan are picked from, with c->pack, into memory; `ret` gets for each
 * step what believe_plan() says.  What the pack's signature was is taken from
 * the pack, too.  Comes before anything changes the plan's steps.
 */
int recheck_plan(struct clean *c, const struct plan_options *o,
		 struct guard_answer *ret);
/*
 * For fix: what was not believed, or is more than one fix does, is told and
 * left out.  The number of such steps.
 */
size_t recheck_drop(struct clean *c);

#endif
