/*
 * What was changed in a hive, and whether nothing else was.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys keep the offset of their cell as long as they live and hivex never
 * uses the place of a deleted one again, so an offset names a key in the old
 * image and in the new one.  Both are walked side by side; only the changes
 * are held in memory.
 */
#ifndef REGISTRY_HIVE_CHANGE_H
#define REGISTRY_HIVE_CHANGE_H

#include "base/vec.h"
#include "registry/hive.h"
#include "registry/reg_tree.h"

enum hive_change_kind {
	HIVE_KEY_GONE,
	HIVE_KEY_MADE,
	HIVE_VALUE_GONE,
	HIVE_VALUE_SET
};

struct hive_change {
	enum hive_change_kind kind;
	uint32_t offset;       /* of the key; of a value: of the key it is in */
	uint32_t parent;       /* of a key that was made */
	struct reg_tree *tree; /* likewise: as it is now; owned */
	struct reg_tree_value value; /* name; if set, all of it; owned */
};

void hive_change_release(struct hive_change *c);

/* The values of a key (struct reg_tree_value), all or ERR_CORRUPT. */
int hive_change_values(struct regf *r, const struct regf_key *key,
		       struct vec *values);
void hive_change_free_values(struct vec *values);

/*
 * The new image is the old one and the changes, in order, and nothing else:
 * every key with class, security, time, flags, place among its neighbours
 * and values.  ERR_CORRUPT with a sentence otherwise.
 */
int hive_change_check(struct regf *old, struct hive_root *now,
		      const struct vec *changes);

#endif
