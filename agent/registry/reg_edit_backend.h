/*
 * What the running registry and hive files have in common behind reg_edit.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REG_EDIT_BACKEND_H
#define REGISTRY_REG_EDIT_BACKEND_H

#include "registry/reg_edit.h"

/* Entries may be NULL: ERR_UNSUPPORTED.  Paths are not yet split. */
struct reg_edit_ops {
	int (*delete_key)(struct reg_edit *e, const char *path);
	int (*delete_value)(struct reg_edit *e, const char *path,
			    const char *name);
	int (*set_value)(struct reg_edit *e, const char *path, const char *name,
			 uint32_t type, const void *data, size_t nbytes);
	int (*add_tree)(struct reg_edit *e, const char *path,
			const struct reg_tree *tree);
	int (*can_add_tree)(struct reg_edit *e, const char *parent_path,
			    const struct reg_tree *tree);
	int (*can_set_value)(struct reg_edit *e, const char *path,
			     const struct reg_tree_value *v);
	/* `is_last`: the bytes are given away, only `close` can follow. */
	int (*commit)(struct reg_edit *e, bool is_last, uint8_t **image_ret,
		      size_t *nbytes_ret);
	int (*close)(struct reg_edit *e); /* frees e */
};

/* First member of each backend's own struct. */
struct reg_edit {
	const struct reg_edit_ops *ops;
	struct reg_root *root; /* for reading; freed by ops->close */
};

#endif
