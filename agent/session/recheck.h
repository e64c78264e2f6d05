/*
 * A new look at what a plan names, before it is believed.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_RECHECK_H
#define SESSION_RECHECK_H

#include "session/work.h"

/*
 * Walks the registrations and scans the files of the findings that steps of
 * the plan are picked from, with w->pack, into memory; `ret` gets for each
 * step what believe_plan() says.  What the pack's signature was is taken from
 * the pack, too.  Comes before anything changes the plan's steps.
 */
int recheck_plan(const struct work *w, struct plan *p,
		 const struct plan_options *o, struct guard_answer *ret);
/*
 * For fix: what was not believed, or is more than one fix does, is told and
 * left out.  The number of such steps.
 */
size_t recheck_drop(struct work *w, struct session_plan *p);

#endif
