/*
 * What happened to a Windows since it was scanned, from the journal in its
 * vault, which leads whatever store is in use: undo put something back, a
 * restart finished a removal, a fix worked on a finding.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clocks of a PC and of a rescue system differ, so a scan notes the newest
 * change that it knew (a random token) and how many removals had been
 * finished; times are compared only where it could not know them.
 */
#ifndef REMEDIATE_SINCE_SCAN_H
#define REMEDIATE_SINCE_SCAN_H

#include "remediate/journal.h"
#include "target/target.h"

/* "<token>/<number>" */
#define SINCE_SCAN_TEXT_NBYTES (FIX_ID_NBYTES + 24)
/* More steps than all fixes of one scan have. */
#define SINCE_SCAN_MAX_WORKED 100000

struct since_scan {
	bool is_own; /* of the target's own vault, where a scan looks, too */
	char token[FIX_ID_NBYTES];    /* of the newest change, "" none */
	char at[JOURNAL_TIME_NBYTES]; /* of that */
	uint64_t finished;	      /* removals that a restart finished */
	char fixed_at[JOURNAL_TIME_NBYTES]; /* the newest fix of these */
	struct vec worked;		    /* struct worked_step */
};

/*
 * Only reads; the steps of that scan (NULL: of none).  `vault_dir`: --vault,
 * NULL: the target's own vault.  A Windows without a vault was never changed:
 * 0.  Errors: what happened cannot be known (the vault is not private, or in
 * use …).
 */
int since_scan_read(struct target *t, const char *vault_dir,
		    const struct journal_scan *scan, struct since_scan *ret);
void since_scan_release(struct since_scan *c);

void since_scan_text(const struct since_scan *c,
		     char ret[SINCE_SCAN_TEXT_NBYTES]);
/*
 * What has overtaken a scan that noted `seen` ("": it could not know) and
 * began at that time: "undo", "restart" or NULL.
 */
const char *since_scan_overtakes(const struct since_scan *c, const char *seen,
				 const char *started_at);

/*
 * Notes in the target's own vault, if there is one, that something was put
 * back without a journal (undo --vault FILE).
 */
int since_scan_note_undo(struct target *t);

#endif
