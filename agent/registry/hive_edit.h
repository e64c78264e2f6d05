/*
 * A hive file that is being changed, and finding the way in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_HIVE_EDIT_H
#define REGISTRY_HIVE_EDIT_H

#include "registry/hive_change.h"
#include "registry/hive_keep.h"
#include "registry/reg_edit_backend.h"

/* A fix has at most 10 findings; this is far more than they can need. */
#define HIVE_EDIT_MAX_CHANGES 10000u

struct hive_edit {
	struct reg_edit base;
	struct hive_root *root; /* = base.root; its bytes are those of `now` */
	struct hive_bytes now;	/* those of old_img before the first change */
	bool has_copy;		/* `now` has bytes of its own */
	bool is_changing;
	struct hive_keep keep; /* then: what to go back to */
	struct hive_image old_img;
	struct regf old; /* as it was given */
	uint32_t old_lost;
	struct vec changes;
};

/* Where a path leads, as far as there are keys. */
struct hive_spot {
	struct regf_key key, parent; /* of the root: parent is unset */
	unsigned depth;
	const char *missing;	  /* rest of the path that is not there; "" */
	struct hive_change *made; /* the new key that this is, or is below */
	const char *made_path;	  /* ... and the way from there: */
	size_t made_below;	  /* so many components of it */
};

/*
 * ERR_UNSUPPORTED: a link in the way, or a name that stands there twice.  The
 * last key may be a link.
 */
int hive_edit_follow(struct hive_edit *e, const char *path,
		     struct hive_spot *ret);
/* The same for what has to be there, and, `no_link`, be no link. */
int hive_edit_find(struct hive_edit *e, const char *path, bool no_link,
		   struct hive_spot *ret);

/*
 * Whether hivex can write this (ERR_UNSUPPORTED), below a key of that depth.
 */
int hive_edit_can_write_value(const struct reg_tree_value *v);
int hive_edit_can_write_tree(const struct reg_tree *t, unsigned depth);

/* Room for one more change, so that noting it cannot fail. */
int hive_edit_reserve(struct hive_edit *e);

/*
 * Before the first byte of a change, and after all that can fail: with an
 * error everything is again what it was.  Gives `err` back; without a begin
 * it does nothing else.
 */
int hive_edit_begin(struct hive_edit *e);
int hive_edit_end(struct hive_edit *e, int err);
/* The root reads what is there now. */
void hive_edit_look(struct hive_edit *e);

/* Keeps a tree that was made true to later changes in it. */
void hive_edit_tree_remove(struct reg_tree *t, const char *path, size_t below);
struct reg_tree *hive_edit_tree_at(struct reg_tree *t, const char *path,
				   size_t below);

/* The operations, one file each. */
int hive_edit_delete_key(struct reg_edit *e, const char *path);
int hive_edit_delete_value(struct reg_edit *e, const char *path,
			   const char *name);
int hive_edit_set_value(struct reg_edit *e, const char *path, const char *name,
			uint32_t type, const void *data, size_t nbytes);
int hive_edit_can_set_value(struct reg_edit *e, const char *path,
			    const struct reg_tree_value *v);
int hive_edit_add_tree(struct reg_edit *e, const char *path,
		       const struct reg_tree *tree);
int hive_edit_can_add_tree(struct reg_edit *e, const char *parent_path,
			   const struct reg_tree *tree);

/* Records are made ready for hivex: see hive_edit_delete.c. */
const struct hive_census_visit *hive_edit_ready(struct hive_bytes *b,
						struct hive_census_visit *v);

#endif
