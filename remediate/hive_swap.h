/*
 * One hive file: read with its logs, edited as a copy, swapped in.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_HIVE_SWAP_H
#define REMEDIATE_HIVE_SWAP_H

#include "remediate/fixer_internal.h"

/*
 * Whole hives in the vault have numbers above those of steps: the old file
 * of a fix, and what an undo that had to edit found.
 */
#define HIVE_ITEM_FIX  1000000u
#define HIVE_ITEM_UNDO 2000000u

struct hive_file {
	char *wpath;
	char *host;
	char *logs[3];
	const char *base;
	size_t prefix_nbytes; /* of physical paths, with the backslash */
	struct host_place *place;
	struct host_subject *subject; /* held from reading to swapping */
	struct host_meta meta;
	char before[65]; /* digest of the file as it lies there */
	struct reg_edit *edit;
	uint8_t *image; /* what is to be written */
	size_t image_nbytes;
	char after[65];
	struct host_short short_name; /* of a restore */
};

void hive_file_release(struct hive_file *h);
/* Where the hive of that key lies; opens nothing. */
int hive_file_find(struct target *t, const char *physical,
		   struct hive_file *ret);
/* Opens the file for swapping, reads it, begins the copy. */
int hive_file_open(struct hive_file *h);
/* The copy with its changes, read back and compared, becomes `image`; there
 * is no `edit` any more. */
int hive_file_commit(struct hive_file *h);
/* The file and its logs into the vault; `item_ret` is the caller's. */
int hive_file_save(struct fixer *f, struct hive_file *h, const struct step *s,
		   uint32_t seq, char **item_ret);
/* Writes `image` over the file, with the old one's metadata. */
int hive_file_swap(struct hive_file *h);
/*
 * What a swap that was cut off left beside the file goes into the private
 * folder: it is ours, and nothing is thrown away unseen.
 */
int hive_file_clear(struct fixer *f, const struct hive_file *h);
/* SHA-256 of the file as it is now. */
int hive_file_digest(struct hive_file *h, char hex_ret[65]);
/* Reads the file anew, with its logs; the caller closes the root. */
int hive_file_reopen(struct hive_file *h, struct reg_root **ret);

/* A hive as it lies in the vault, all of it checked. */
struct hive_item {
	struct vault_info info;
	uint8_t *data;
	size_t nbytes;
};

/* The item of that name, if it is the file with that digest. */
int hive_item_read(const struct fixer *f, const char *item, const char *sha256,
		   struct hive_item *ret);
void hive_item_release(struct hive_item *i);
/* Writes it over the present file, if that still is `expected`. */
int hive_file_restore(struct hive_file *h, const struct hive_item *item,
		      const char *expected);
/* Whether change_back() could do its work: asked before the change. */
int hive_can_undo(struct reg_edit *e, const char *path, const struct step *s,
		  const struct reg_tree *tree);

#endif
