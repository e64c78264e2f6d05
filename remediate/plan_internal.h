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
	/* Its registrations that are not known: those of a user that lead
	 * to a class of the machine, and all others. */
	size_t borrowed_count;
	size_t own_count;
	bool has_marked_file; /* a rule hit a file of it */
};

/* plan_rows.c: a row of the store to a step of that finding. */
int plan_on_registration(struct maker *m, sqlite3_stmt *q);
int plan_on_file(struct maker *m, sqlite3_stmt *q);
int plan_on_side(struct maker *m, sqlite3_stmt *q);

/* plan_column(), where a text that did not come is short memory. */
int plan_take(sqlite3_stmt *q, int column, char **ret);
/* Text of a column as our UTF-8; NULL for NULL or without memory. */
char *plan_column(sqlite3_stmt *q, int column);
struct step *plan_new_step(struct maker *m, enum step_phase phase,
			   enum step_action action, const char *kind);
/* Takes over the step in every case. */
int plan_add(struct maker *m, struct step *s);
/* Sorts by phase and numbers from 1. */
void plan_number(struct plan *p);
#endif
