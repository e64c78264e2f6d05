/*
 * Changes to a hive, handed to whoever holds it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_edit_backend.h"

#include "base/err.h"
#include "words/registry.h"

static int cannot(const char *why)
{
	return err_fail(ERR_UNSUPPORTED, 0, "%s", why);
}

/* The root of a hive is never removed or made: "" is a caller's mistake. */
static int check_path(const char *path)
{
	while (path && *path == '\\')
		path++;
	if (path && *path)
		return 0;
	return err_fail(ERR_INVALID, 0, W_REGISTRY_BELOW_ROOT);
}

struct reg_root *reg_edit_root(struct reg_edit *e)
{
	return e->root;
}

int reg_edit_delete_key(struct reg_edit *e, const char *path)
{
	int err = check_path(path);

	if (err)
		return err;
	return e->ops->delete_key ? e->ops->delete_key(e, path)
				  : cannot(W_REGISTRY_NO_DELETE_KEY);
}

int reg_edit_delete_value(struct reg_edit *e, const char *path,
			  const char *name)
{
	return e->ops->delete_value ? e->ops->delete_value(e, path, name)
				    : cannot(W_REGISTRY_NO_DELETE_VALUE);
}

int reg_edit_set_value(struct reg_edit *e, const char *path, const char *name,
		       uint32_t type, const void *data, size_t nbytes)
{
	return e->ops->set_value
		       ? e->ops->set_value(e, path, name, type, data, nbytes)
		       : cannot(W_REGISTRY_NO_SET_VALUE);
}

int reg_edit_add_tree(struct reg_edit *e, const char *path,
		      const struct reg_tree *tree)
{
	int err = check_path(path);

	if (err)
		return err;
	return e->ops->add_tree ? e->ops->add_tree(e, path, tree)
				: cannot(W_REGISTRY_NO_MAKE_KEY);
}

int reg_edit_can_add_tree(struct reg_edit *e, const char *parent_path,
			  const struct reg_tree *tree)
{
	return e->ops->can_add_tree ? e->ops->can_add_tree(e, parent_path, tree)
				    : 0;
}

int reg_edit_can_set_value(struct reg_edit *e, const char *path,
			   const struct reg_tree_value *v)
{
	return e->ops->can_set_value ? e->ops->can_set_value(e, path, v) : 0;
}

int reg_edit_commit(struct reg_edit *e, uint8_t **image_ret, size_t *nbytes_ret)
{
	return e->ops->commit ? e->ops->commit(e, false, image_ret, nbytes_ret)
			      : cannot(W_REGISTRY_NO_FILE);
}

int reg_edit_finish(struct reg_edit *e, uint8_t **image_ret, size_t *nbytes_ret)
{
	int err = e->ops->commit
			  ? e->ops->commit(e, true, image_ret, nbytes_ret)
			  : cannot(W_REGISTRY_NO_FILE);

	reg_edit_close(e);
	return err;
}

int reg_edit_close(struct reg_edit *e)
{
	return e ? e->ops->close(e) : 0;
}
