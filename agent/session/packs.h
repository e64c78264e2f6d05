/*
 * The pack that --pack and --key ask for.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_PACKS_H
#define SESSION_PACKS_H

#include "match/pack.h"
#include "store/store.h"

/*
 * The pack at that path, NULL: the built-in one; signed by the program's own
 * key or one of these minisign .pub files.  pack_free().
 */
int packs_open(const char *path, const char *const *key_paths, size_t key_count,
	       struct pack **ret);
/*
 * Design.md 7: rules are not taken back to what they were before.  ERR_INVALID
 * with a sentence if the pack is signed, of an older version than the signed
 * one that was last used with this store, and the user did not allow it.
 */
int packs_check_age(const struct pack *p, struct store *store, bool is_allowed);

#endif
