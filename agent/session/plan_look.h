/*
 * The plan that plan and fix work with, and what of it is left.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_PLAN_LOOK_H
#define SESSION_PLAN_LOOK_H

#include "session/work.h"

/*
 * Of the newest finished scan of w->target, with what the guard says of each
 * step; opens w->pack.  An error has been told, and ret->facts.end says whose
 * it is.  session_plan_release() in every case.
 */
int plan_look(struct work *w, const struct session_choice *c,
	      struct session_plan *ret);
/* ERR_INVALID with the guard's sentence about a plan as a whole. */
int plan_refuse(const struct guard_answer *a);
/*
 * Fills what of the plan is held and left, after the steps have been looked at;
 * `has_ended`: a fix of this plan has worked on it.  ERR_NOMEM.
 */
int plan_tell_rest(struct session_plan *p, const struct session_choice *c,
		   bool has_ended);

#endif
