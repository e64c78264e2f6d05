/*
 * One change to a hive with hivex, in the very bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The keys are named by the offset of their cell, as our reader found them:
 * hivex' own look-up by name knows neither NULs nor case outside ASCII.  Its
 * handles are offsets, too (from the start of the file), and each is looked
 * for among what hivex itself lists before it is used.  hivex stops the
 * program where it meets a cell that is none, so it gets hives of good
 * census only (hive_census.h).
 */
#ifndef REGISTRY_HIVEX_WRITE_H
#define REGISTRY_HIVEX_WRITE_H

#include "base/vec.h"
#include "registry/hive_patch.h"
#include "registry/hivex_io.h"

/* Longest data of a value that hivex can write; Windows divides longer. */
#define HIVEX_WRITE_MAX_VALUE 16344u

struct hivex_write {
	void *hivex;
	struct hive_bytes *bytes;
	struct hivex_io io;
};

/* A key that was made, for hive_patch_key(). */
struct hivex_made {
	uint32_t offset;
	const struct reg_tree *tree;
};

/*
 * Between begin and end (or release) only hivex may change the bytes.  What
 * fails may have changed them: the caller has others to go back to.
 */
int hivex_write_begin(struct hivex_write *w, struct hive_bytes *b);
/* ERR_UNSUPPORTED where hivex refuses. */
int hivex_write_delete(struct hivex_write *w, uint32_t parent, uint32_t key);
int hivex_write_values(struct hivex_write *w, uint32_t key,
		       const struct reg_tree_value *const *values,
		       size_t count);
/* `made`: struct hivex_made, the first is the tree's own key. */
int hivex_write_tree(struct hivex_write *w, uint32_t parent,
		     const struct reg_tree *tree, struct vec *made);
int hivex_write_end(struct hivex_write *w);
void hivex_write_release(struct hivex_write *w);

#endif
