/*
 * Whether a recorded scan is older than the last change of its Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_AGE_H
#define SESSION_AGE_H

#include "remediate/since_scan.h"
#include "remediate/mirror.h"
#include "store/store.h"

struct age {
	const char *overtaken_by;     /* "undo", "restart"; NULL: it counts */
	char at[JOURNAL_TIME_NBYTES]; /* "" not known */
	bool is_live; /* the scan was of the Windows that it ran on */
	bool at_work; /* a fix or undo is: what it has done is not known */
	/* What of the scan a fix has worked on: struct worked_step. */
	struct vec worked;
};

/*
 * By the store, which undo marks, and by the journal of the vault (`t` NULL:
 * the Windows is not at hand), which knows of undo with another store.
 */
int age_of_scan(struct store *s, int64_t scan_id, struct target *t,
		const char *vault_dir, struct age *ret);
void age_release(struct age *a);
/* The sentence for it: since when the scan is old. */
int age_words(const struct age *a, const char *lang, struct str *out);

#endif
