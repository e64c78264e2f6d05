/*
 * A plan shown to a person or given to a program.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_PLAN_SHOW_H
#define REMEDIATE_PLAN_SHOW_H

#include "remediate/guard.h"
#include "report/report.h"

struct plan_view {
	const struct plan *plan;
	/* What the guard said of each step, by index; reason GUARD_OK where it
	 * was not asked. */
	const struct guard_answer *answers;
	struct guard_answer whole; /* of the plan as a whole */
	const char *lang;
	bool all;	   /* also what is not picked */
	bool is_done;	   /* fix dealt with it all: one sentence says so */
	const char *vault; /* host path, NULL unknown */
	bool to_file;	   /* CSV and text get a UTF-8 BOM, as in reports */
};

/* html is ERR_UNSUPPORTED. */
int plan_show(const struct plan_view *v, enum report_format format,
	      struct str *out);
/* How many suspicious findings are left, and the way to them; "" if none. */
int plan_suspicious_words(const struct plan *p, const char *lang,
			  struct str *out);
/* The sentence, without an end, for a plan of an incomplete scan. */
const char *plan_incomplete_words(const char *lang);
/*
 * The sentence for a plan without steps: `is_done`, since all is gone or was
 * dealt with.  What was left out is told, with the way to it.
 */
int plan_rest_words(const struct plan *p, bool is_done, const char *lang,
		    struct str *out);

#endif
