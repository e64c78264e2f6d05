/*
 * Dispatch of the registry interface to the live or the hive backend.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_backend.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/registry.h"

#include <string.h>

void reg_note(const struct reg_root *root, const char *key_path,
	      const char *why)
{
	if (root->gap)
		root->gap(root->gap_arg, key_path, why);
}

void reg_gap(struct reg_root *root, const char *key_path, const char *why)
{
	root->losses++;
	reg_note(root, key_path, why);
}

const char *reg_path_next(const char **path, size_t *nbytes_ret)
{
	const char *start = *path;
	size_t n;

	while (*start == '\\')
		start++;
	if (!*start) {
		*path = start;
		return NULL;
	}
	n = strcspn(start, "\\");
	*path = start + n;
	*nbytes_ret = n;
	return start;
}

char *reg_path_join(const char *parent, const char *name, size_t name_nbytes)
{
	struct str s;

	str_init(&s, REG_MAX_PATH_NBYTES);
	str_add(&s, parent);
	if (*parent)
		str_addch(&s, '\\');
	str_addn(&s, name, name_nbytes);
	if (s.err) {
		str_release(&s);
		return NULL;
	}
	return str_detach(&s);
}

void reg_close(struct reg_root *root)
{
	if (root)
		root->ops->close(root);
}

int reg_open_key(struct reg_root *root, const char *path, struct reg_key **ret)
{
	return root->ops->open_key(root, NULL, path ? path : "", ret);
}

int reg_open_subkey(struct reg_key *key, const char *path, struct reg_key **ret)
{
	return key->root->ops->open_key(key->root, key, path ? path : "", ret);
}

void reg_close_key(struct reg_key *key)
{
	if (key)
		key->root->ops->close_key(key);
}

int reg_key_info(struct reg_key *key, struct reg_key_info *ret)
{
	return key->root->ops->key_info(key, ret);
}

void reg_key_info_release(struct reg_key_info *info)
{
	mem_free(info->name);
	info->name = NULL;
}

int reg_each_subkey(struct reg_key *key, reg_subkey_fn fn, void *arg)
{
	return key->root->ops->each_subkey(key, fn, arg);
}

int reg_each_value(struct reg_key *key, reg_value_fn fn, void *arg)
{
	return key->root->ops->each_value(key, fn, arg);
}

int reg_get_value(struct reg_key *key, const char *name, struct reg_value *ret)
{
	return key->root->ops->get_value(key, name ? name : "", ret);
}

static int cannot(const char *why)
{
	return err_fail(ERR_UNSUPPORTED, 0, "%s", why);
}

int reg_key_security(struct reg_key *key, uint8_t **data_ret,
		     size_t *nbytes_ret)
{
	if (!key->root->ops->key_security)
		return cannot(W_REGISTRY_NO_KEY_SECURITY);
	return key->root->ops->key_security(key, data_ret, nbytes_ret);
}

int reg_key_class(struct reg_key *key, uint8_t **data_ret, size_t *nbytes_ret)
{
	if (!key->root->ops->key_class)
		return cannot(W_REGISTRY_NO_KEY_CLASS);
	return key->root->ops->key_class(key, data_ret, nbytes_ret);
}

int reg_root_image(struct reg_root *root, uint8_t **data_ret,
		   size_t *nbytes_ret)
{
	if (!root->ops->image)
		return cannot(W_REGISTRY_NO_IMAGE);
	return root->ops->image(root, data_ret, nbytes_ret);
}

void reg_value_release(struct reg_value *v)
{
	mem_free(v->name);
	mem_free(v->data);
	v->name = NULL;
	v->data = NULL;
	v->nbytes = 0;
}
