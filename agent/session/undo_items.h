/*
 * The way back by the items of a vault alone, where no journal leads.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_UNDO_ITEMS_H
#define SESSION_UNDO_ITEMS_H

#include "session/work.h"

/*
 * The journal cannot be used, `why` says why not (`none`: if there is nothing
 * else, either); the items may still be there.  Whoever names the vault wants
 * all of it.
 */
int undo_without_journal(struct work *w, const struct session_choice *c,
			 const char *why, const char *none,
			 struct session_fix_result *ret);
/* Adds what became of one fix; all of it is as it was, or not. */
void undo_result(struct session_fix_result *ret,
		 const struct fix_result *counts);

#endif
