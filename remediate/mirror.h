/*
 * A copy of the journal's states in the store of the scan, for reports.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The store may be on a stick that is pulled out: what cannot be written is
 * told once, and the fix goes on by its journal.
 */
#ifndef REMEDIATE_MIRROR_H
#define REMEDIATE_MIRROR_H

#include "collect/traces/trace.h"
#include "remediate/journal.h"
#include "remediate/vault.h"

struct mirror {
	struct store *store; /* NULL: there is none, or it was lost */
	int64_t fix_row;     /* store's fix_id, 0: none */
};

/* Adds the fix with all its steps, or finds it again by the journal's id. */
int mirror_begin(struct mirror *m, struct store *s, const char *vault,
		 const struct fix_record *f);
int mirror_step(struct mirror *m, const struct step *s);
/*
 * Steps of the plan that the person left out, for findings that others of its
 * steps are for: these are not fixed as a whole.
 */
int mirror_left_out(struct mirror *m, const struct plan *p);
/* Item of the vault that belongs to the step: once for each. */
int mirror_item(struct mirror *m, const struct step *s,
		const struct vault_info *info);
/*
 * A record that is about to go, as a trace of its scan: once for each.
 */
int mirror_trace(struct mirror *m, int64_t scan_id, const struct step *s,
		 const struct trace *t);
/*
 * Appends the steps (struct worked_step) of all fixes of that scan that the
 * store knows: where the vault's journal is not at hand.
 */
int mirror_worked(struct store *s, int64_t scan_id, struct vec *ret);
/* Ends the fix; findings of it get their fix_state. */
int mirror_end(struct mirror *m, const struct fix_record *f, const char *state);

#endif
