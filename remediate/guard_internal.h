/*
 * What the files of the guard share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_GUARD_INTERNAL_H
#define REMEDIATE_GUARD_INTERNAL_H

#include "remediate/guard.h"
#include "trust/protect.h"

struct guard {
	struct guard_options o;
	struct protect *protect;
	const char *windows; /* "C:\Windows", the target's; NULL unknown */
};

/* Volume-wide reasons; true if one of them stands against it. */
bool guard_volume_refuses(struct guard *g, const char *wprefix,
			  const char *host, struct guard_answer *a);
/* What an opening that failed says of a file; err_last() has the words. */
void guard_answer_opening(struct guard_answer *a, int err);
/* An entry that is a value: refused if it leads elsewhere now. */
void guard_entry_value(const struct step *s, struct reg_key *key,
		       struct guard_answer *a);
/* Whether a filter may be put back to s->new_text: GUARD_NOT_MICROSOFT. */
int guard_restore(struct guard *g, const struct step *s,
		  struct guard_answer *a);

#endif
