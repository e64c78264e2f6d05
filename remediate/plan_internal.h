/*
 * What the files of the plan share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_PLAN_INTERNAL_H
#define REMEDIATE_PLAN_INTERNAL_H

#include "remediate/plan.h"

#include <sqlite3.h>
#include <stdlib.h>

struct maker {
	struct store *store;
	const struct plan_options *options;
	struct plan *plan;
	struct vec findings; /* struct finding_row */
	/* The finding that is being looked at. */
	int64_t finding_id;
	enum verdict verdict;
	const char *subject;
	const char *reason;
	bool strong_content;
	bool has_known; /* a registration of it is known as harmless */
};

/* Text of a column as our UTF-8; NULL for NULL or without memory. */
char *plan_column(sqlite3_stmt *q, int column);
struct step *plan_new_step(struct maker *m, enum step_phase phase,
			   enum step_action action, const char *kind);
/* Takes over the step in every case. */
int plan_add(struct maker *m, struct step *s);
/* Sorts by phase and numbers from 1. */
void plan_number(struct plan *p);
#endif
