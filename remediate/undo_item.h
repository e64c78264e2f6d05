/*
 * What putting back one item and all items of a vault share: nothing of it
 * needs a journal.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_UNDO_ITEM_H
#define REMEDIATE_UNDO_ITEM_H

#include "remediate/hive_swap.h"

/* Of an item that is read into memory as a whole. */
#define UNDO_ITEM_MAX_NBYTES ((size_t)512 << 20)

/* It comes from this Windows, or lies in this Windows' own vault. */
bool undo_item_is_ours(struct target *t, const char *path,
		       const struct vault_info *info);
/* A hibernated or dirty volume is not changed, by an undo neither. */
int undo_check_volume(struct target *t, const struct undo_item_options *o,
		      const char *wpath, const char *host);
/*
 * A file back to where it was.  ERR_EXISTS: something has the name;
 * *there_ret: it is the same content.
 */
int undo_item_file(struct target *t, const char *item_path,
		   const struct vault_info *info,
		   const struct undo_item_options *o, bool *there_ret,
		   struct host_short *short_ret);
/* The item as a step, to tell of it; borrows from `info`. */
struct step undo_item_step(const struct vault_info *info);
/* Tells that it is back but for its short name, and counts it. */
int undo_item_note(const struct undo_item_options *o, const struct step *s,
		   const struct host_short *name, struct fix_result *result);

/* A saved key or value. */
struct undo_key {
	struct step s; /* borrows from the item's description */
	const struct vault_info *info;
	struct reg_tree *saved;
	bool is_there; /* it is as it was saved: nothing was done */
	int err;       /* it could not be put back: */
	char *why;
};

/* Reads and checks all of the item; `info` is borrowed. */
int undo_key_read(const char *item_path, const struct vault_info *info,
		  struct undo_key *ret);
void undo_key_release(struct undo_key *k);
/* Both are in one hive file, or it is the same key. */
bool undo_is_same_hive(struct target *t, const struct undo_key *a,
		       const struct undo_key *b);
/*
 * Keys that undo_is_same_hive() says belong together, in that order; the hive
 * as it is now goes to the vault first.  What this returns concerns all of
 * them; what one of them could not do stands in its `err`.
 */
int undo_keys(struct target *t, const char *vault_dir, struct undo_key *keys,
	      size_t count, const struct undo_item_options *o);

#endif
