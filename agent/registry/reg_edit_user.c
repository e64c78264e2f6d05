/*
 * Changing the hive file of a user who is logged off, on a running Windows:
 * load, hand out, flush, unload.
 * SPDX-License-Identifier: Apache-2.0
 *
 * While a hive is loaded under another name its user cannot log on with it,
 * so it is unloaded on every way out, failures included.  What a program that
 * was killed left loaded the next one unloads (reg_load_give_back()).
 */
#include "registry/reg_edit_backend.h"
#include "registry/reg_load.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/registry.h"

struct user_edit {
	struct reg_edit base;
	const struct reg_load_ops *ops;
	struct reg_edit *inner;
	char name[REG_LOAD_NAME_NBYTES];
	char *path;
};

/* ---- what is handed on -------------------------------------------------- */

static struct reg_edit *inner_of(struct reg_edit *e)
{
	return ((struct user_edit *)e)->inner;
}

static int user_delete_key(struct reg_edit *e, const char *path)
{
	return reg_edit_delete_key(inner_of(e), path);
}

static int user_delete_value(struct reg_edit *e, const char *path,
			     const char *name)
{
	return reg_edit_delete_value(inner_of(e), path, name);
}

static int user_set_value(struct reg_edit *e, const char *path,
			  const char *name, uint32_t type, const void *data,
			  size_t nbytes)
{
	return reg_edit_set_value(inner_of(e), path, name, type, data, nbytes);
}

static int user_add_tree(struct reg_edit *e, const char *path,
			 const struct reg_tree *tree)
{
	return reg_edit_add_tree(inner_of(e), path, tree);
}

static int user_can_add_tree(struct reg_edit *e, const char *parent_path,
			     const struct reg_tree *tree)
{
	return reg_edit_can_add_tree(inner_of(e), parent_path, tree);
}

static int user_can_set_value(struct reg_edit *e, const char *path,
			      const struct reg_tree_value *v)
{
	return reg_edit_can_set_value(inner_of(e), path, v);
}

/* ---- the way out -------------------------------------------------------- */

/* `is_flushed`: nothing is lost if its keys are taken from others. */
static int unload(const struct user_edit *u, bool is_flushed)
{
	int err = reg_load_unload(u->ops, u->name, is_flushed);
	struct err_info last;

	if (!err)
		return 0;
	last = *err_last();
	return err_fail(err, last.os_error, W_REGISTRY_STILL_LOADED, u->path,
			u->name, u->name, last.text);
}

static void user_free(struct user_edit *u)
{
	mem_free(u->path);
	mem_free(u);
}

/* The first failure is the one that is told. */
static int user_close(struct reg_edit *e)
{
	struct user_edit *u = (struct user_edit *)e;
	struct err_info first, second;
	int err, other;

	/* Our own handles go first: with them it cannot be unloaded. */
	err = reg_edit_close(u->inner);
	first = *err_last();
	other = u->ops->flush(u->ops->arg, u->name);
	if (!err && other) {
		err = other;
		first = *err_last();
	}
	other = unload(u, !other);
	second = *err_last();
	if (err && other)
		err_fail(err, first.os_error, W_REGISTRY_AND, first.text,
			 second.text);
	else if (err)
		err_fail(err, first.os_error, "%s", first.text);
	user_free(u);
	return err ? err : other;
}

static const struct reg_edit_ops user_ops = {
	.delete_key = user_delete_key,
	.delete_value = user_delete_value,
	.set_value = user_set_value,
	.add_tree = user_add_tree,
	.can_add_tree = user_can_add_tree,
	.can_set_value = user_can_set_value,
	.close = user_close,
};

static int user_new(const char *path, const struct reg_load_ops *ops,
		    struct user_edit **ret)
{
	struct user_edit *u = mem_zalloc(sizeof(*u));
	int err;

	if (!u)
		return err_nomem();
	u->base.ops = &user_ops;
	u->ops = ops;
	u->path = mem_strdup(path);
	err = u->path ? reg_load_name(u->name) : err_nomem();
	if (err)
		user_free(u);
	else
		*ret = u;
	return err;
}

int reg_edit_user_file(const char *path, const struct reg_load_ops *ops,
		       struct reg_edit **ret)
{
	struct user_edit *u = NULL;
	struct err_info first;
	int err = user_new(path, ops, &u);

	if (err)
		return err;
	err = ops->load(ops->arg, u->name, path);
	if (err) {
		user_free(u);
		return err;
	}
	err = ops->open(ops->arg, u->name, &u->inner);
	if (!err) {
		u->base.root = reg_edit_root(u->inner);
		*ret = &u->base;
		return 0;
	}
	first = *err_last();
	if (unload(u, true) == 0)
		err_fail(err, first.os_error, "%s", first.text);
	user_free(u);
	return err;
}
