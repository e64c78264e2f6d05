/*
 * What may be done about an entry, by its extension point.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An entry that is a key or value of its own can go.  One that is a part of a
 * value that Windows needs, or that belongs to more than itself (a service is
 * a key, a state and dependants), is a person's: the plan says in words what
 * there is to do, and nothing is done.
 */
#ifndef REMEDIATE_PLAN_POINTS_H
#define REMEDIATE_PLAN_POINTS_H

#include "remediate/plan.h"

enum plan_point_way {
	POINT_WAY_KEY,	  /* its key goes */
	POINT_WAY_VALUE,  /* its value goes */
	POINT_WAY_BY_HAND /* HOLD_BY_HAND */
};

enum plan_point_way plan_point_way(const char *point);
/* The action of a step about it, also where nobody carries it out. */
enum step_action plan_point_action(const char *point);
/*
 * Whether Windows may not start, or nobody log on, once the file that such an
 * entry names is gone: then it waits for the person, too (HOLD_NEEDED).
 * `loader` is registration.loader, NULL: none.
 */
bool plan_point_needs_file(const char *point, const char *loader);
/*
 * Makes the step one for a person: hold, value and what there is to do with.
 * `name` is the registration's.  0, ERR_NOMEM.
 */
int plan_point_hold(struct step *s, const char *name);
/* What a person has to do about such a step; "" for one of another hold. */
int words_by_hand(const struct step *s, const char *lang, struct str *out);

#endif
