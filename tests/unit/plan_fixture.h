/*
 * A store with one scan, whose findings tests of plans add.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PLAN_FIXTURE_H
#define TESTS_PLAN_FIXTURE_H

#include "remediate/plan.h"

/* In memory, with scan 1. */
struct store *fx_plan_store(void);
void fx_plan_sql(struct store *s, const char *sql);
void fx_plan_finding(struct store *s, int id, const char *verdict);
/*
 * A registration that a rule hit; `finding` 0: none, and no hit; `known` NULL
 * or a quoted text; `sides` NULL or quoted JSON.
 */
void fx_plan_registration(struct store *s, int finding, const char *point,
			  const char *name, const char *key, const char *sides,
			  const char *known);
/* The newest registration's class and server, as they were resolved. */
void fx_plan_lead_to(struct store *s, const char *class_key,
		     const char *server);
/* Columns of the newest registration, as "loads = 0, disabled = 1". */
void fx_plan_change(struct store *s, const char *set);
/* No rule hit that one. */
void fx_plan_unhit(struct store *s);
/* `content_score` 0: no rule hit it. */
void fx_plan_file(struct store *s, int finding, const char *kind,
		  const char *path, int content_score);
/* Columns of the newest file. */
void fx_plan_file_is(struct store *s, const char *set);
/* Made and picked; `o` NULL: by default. */
struct plan *fx_plan_make(struct store *s, const struct plan_options *o);
struct step *fx_plan_step(const struct plan *p, const char *target);
/* There is such a step, held so, and picked if it is not held. */
void fx_plan_expect(const struct plan *p, const char *target,
		    enum step_hold hold);

#endif
