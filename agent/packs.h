/*
 * The pack that --pack and --key ask for.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PACKS_H
#define PACKS_H

#include "match/pack.h"
#include "options.h"

int packs_open(const struct options *o, struct pack **ret);
/* Another path than --pack's, with --key's keys. */
int packs_open_path(const struct options *o, const char *path,
		    struct pack **ret);
/*
 * Design.md 7: rules are not taken back to what they were before.  ERR_INVALID
 * with a sentence if the pack is signed, of an older version than the signed
 * one that was last used with this store, and the user did not allow it.
 */
struct store;
int packs_check_age(const struct pack *p, struct store *store, bool is_allowed);

#endif
