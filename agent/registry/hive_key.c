/*
 * Keys and values of a hive file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/registry.h"

#include <string.h>

static struct hive_root *root_of(struct reg_key *key)
{
	return (struct hive_root *)key->root;
}

void hive_tell(struct hive_root *root, const char *key_path, uint32_t offset,
	       enum hive_part part, unsigned bad, const char *what)
{
	uint64_t place = (uint64_t)offset << 8 | part;
	struct str why;

	/* A wrong hash hides a key from Windows, not from us. */
	if (bad != REGF_BAD_HINT)
		root->base.losses++;
	for (size_t i = 0; i < root->told_count; i++)
		if (root->told[i] == place)
			return;
	if (root->told_count == HIVE_MAX_TOLD)
		return;
	if (!root->told)
		root->told = mem_array(HIVE_MAX_TOLD, sizeof(*root->told));
	if (root->told)
		root->told[root->told_count++] = place;
	str_init(&why, 0);
	str_addf(&why, "%s: %s", what, regf_bad_words(bad));
	reg_note(&root->base, key_path, why.err ? what : str_text(&why));
	str_release(&why);
}

static int key_new(struct hive_root *root, const struct regf_key *nk,
		   const char *parent_path, const char *name,
		   size_t name_nbytes, unsigned depth, struct hive_key **ret)
{
	struct hive_key *key;

	if (depth > REG_MAX_DEPTH)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TOO_DEEP);
	key = mem_zalloc(sizeof(*key));
	if (!key)
		goto no_memory;
	key->base.root = &root->base;
	key->base.depth = depth;
	key->base.path = depth ? reg_path_join(parent_path, name, name_nbytes)
			       : mem_strdup("");
	if (!key->base.path)
		goto no_memory;
	key->nk = *nk;
	if (nk->bad)
		hive_tell(root, key->base.path, nk->offset, HIVE_NAME, nk->bad,
			  W_REGISTRY_PART_KEY_NAME);
	*ret = key;
	return 0;
no_memory:
	mem_free(key);
	return err_nomem();
}

static void hive_close_key(struct reg_key *base)
{
	mem_free(base->path);
	mem_free(base);
}

static int open_root_key(struct hive_root *root, struct hive_key **ret)
{
	struct regf_key nk;

	if (!regf_key_read(&root->regf, root->regf.root, &nk))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_ROOT_UNREADABLE);
	return key_new(root, &nk, "", "", 0, 0, ret);
}

int hive_key_at(struct hive_root *root, uint32_t offset, const char *path,
		struct reg_key **ret)
{
	struct hive_key *key = NULL;
	struct regf_key nk;
	int err;

	if (!regf_key_read(&root->regf, offset, &nk))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_KEY_UNREADABLE);
	err = key_new(root, &nk, "", path, strlen(path), 1, &key);
	if (!err)
		*ret = &key->base;
	return err;
}

/* One component below `from`. */
static int open_child(struct hive_key *from, const char *name, size_t nbytes,
		      struct hive_key **ret)
{
	struct hive_root *root = root_of(&from->base);
	struct regf_key nk;
	unsigned bad = 0;
	int err;

	err = regf_find_subkey(&root->regf, &from->nk, name, nbytes, &nk, &bad);
	if (bad)
		hive_tell(root, from->base.path, from->nk.offset, HIVE_SUBKEYS,
			  bad, W_REGISTRY_PART_SUBKEYS);
	if (err)
		return err;
	return key_new(root, &nk, from->base.path, name, nbytes,
		       from->base.depth + 1, ret);
}

/* The child an enumeration of `from` stands at, found without its name. */
static bool is_current(const struct hive_key *from, const char *path)
{
	return from->at_name && !strcmp(from->at_name, path);
}

static int open_current(struct hive_key *from, const char *name,
			struct reg_key **ret)
{
	struct hive_root *root = root_of(&from->base);
	struct hive_key *key = NULL;
	struct regf_key nk;
	int err;

	if (!regf_key_read(&root->regf, from->at_offset, &nk))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_KEY_LOST);
	err = key_new(root, &nk, from->base.path, name, strlen(name),
		      from->base.depth + 1, &key);
	if (!err)
		*ret = &key->base;
	return err;
}

static int not_found(int err, const char *path)
{
	if (err == ERR_NOT_FOUND)
		err_fail(err, 0, W_REGISTRY_NO_KEY, path);
	return err;
}

static int hive_open_key(struct reg_root *base, struct reg_key *from,
			 const char *path, struct reg_key **ret)
{
	struct hive_root *root = (struct hive_root *)base;
	struct hive_key *key = (struct hive_key *)from, *next = NULL;
	const char *rest = path, *name;
	size_t nbytes = 0;
	int err = 0;

	if (key && is_current(key, path))
		return open_current(key, path, ret);
	if (!key)
		err = open_root_key(root, &key);
	if (!key)
		return err;
	for (;;) {
		name = reg_path_next(&rest, &nbytes);
		if (!name)
			break;
		err = open_child(key, name, nbytes, &next);
		if (&key->base != from)
			hive_close_key(&key->base);
		if (!next)
			return not_found(err, path);
		key = next;
		next = NULL;
	}
	/* An empty path below a key: the same key once more. */
	if (from && &key->base == from) {
		err = key_new(root, &key->nk, "", from->path,
			      strlen(from->path), from->depth, &key);
		if (err)
			return err;
	}
	*ret = &key->base;
	return 0;
}

static int hive_key_info(struct reg_key *base, struct reg_key_info *ret)
{
	struct hive_key *key = (struct hive_key *)base;
	struct hive_root *root = root_of(base);
	struct regf_list values;
	struct str name = STR_INIT;
	char *text;
	int err;

	err = regf_values(&root->regf, &key->nk, &values);
	if (err)
		return err;
	regf_key_name(&key->nk, &name);
	str_add(&name, "");
	text = str_detach(&name);
	if (!text) {
		regf_list_release(&values);
		return err_nomem();
	}
	ret->name = text;
	ret->last_write = key->nk.last_write;
	ret->is_link = (key->nk.flags & REGF_KEY_SYM_LINK) != 0;
	ret->subkey_count = regf_count_subkeys(&root->regf, &key->nk);
	ret->value_count = (uint32_t)values.count;
	regf_list_release(&values);
	return 0;
}

static int hive_each_subkey(struct reg_key *base, reg_subkey_fn fn, void *arg)
{
	struct hive_key *key = (struct hive_key *)base;
	struct hive_root *root = root_of(base);
	const char *outer_name = key->at_name;
	uint32_t outer_offset = key->at_offset;
	struct regf_list list;
	struct regf_key child;
	struct str name;
	int err;

	err = regf_subkeys(&root->regf, &key->nk, &list);
	if (err)
		return err;
	str_init(&name, 0);
	if (list.bad)
		hive_tell(root, base->path, key->nk.offset, HIVE_SUBKEYS,
			  list.bad, W_REGISTRY_PART_SUBKEYS);
	for (size_t i = 0; i < list.count && !err; i++) {
		if (!regf_key_read(&root->regf, list.offsets[i], &child))
			continue;
		/* Who looks for a name will not open one that was cut. */
		if (child.bad)
			hive_tell(root, base->path, child.offset, HIVE_NAME,
				  child.bad, W_REGISTRY_PART_SUBKEY_NAME);
		str_clear(&name);
		regf_key_name(&child, &name);
		err = str_add(&name, "");
		if (err)
			break;
		key->at_name = str_text(&name);
		key->at_offset = child.offset;
		err = fn(arg, str_text(&name));
	}
	key->at_name = outer_name;
	key->at_offset = outer_offset;
	str_release(&name);
	regf_list_release(&list);
	return err;
}

/* Name and data of one value; what is unreadable is told. */
static int read_value(struct hive_key *key, const struct regf_value *vk,
		      struct reg_value *ret)
{
	struct hive_root *root = root_of(&key->base);
	struct reg_value value = { .type = vk->type };
	struct str name = STR_INIT;
	unsigned bad = vk->bad;
	int err;

	regf_value_name(vk, &name);
	str_add(&name, "");
	value.name = str_detach(&name);
	if (!value.name)
		return err_nomem();
	err = regf_value_data(&root->regf, vk, REG_MAX_VALUE_NBYTES,
			      &value.data, &value.nbytes, &bad);
	if (err) {
		mem_free(value.name);
		return err;
	}
	if (bad) {
		struct str what = STR_INIT, shown = STR_INIT;

		utf_display(&shown, value.name);
		str_addf(&what, W_REGISTRY_PART_VALUE, str_text(&shown));
		str_release(&shown);
		hive_tell(root, key->base.path, vk->offset, HIVE_VALUE, bad,
			  str_text(&what));
		str_release(&what);
	}
	*ret = value;
	return 0;
}

static int list_values(struct hive_key *key, struct regf_list *ret)
{
	struct hive_root *root = root_of(&key->base);
	int err = regf_values(&root->regf, &key->nk, ret);

	if (!err && ret->bad)
		hive_tell(root, key->base.path, key->nk.offset, HIVE_VALUES,
			  ret->bad, W_REGISTRY_PART_VALUES_LIST);
	return err;
}

static int hive_each_value(struct reg_key *base, reg_value_fn fn, void *arg)
{
	struct hive_key *key = (struct hive_key *)base;
	struct hive_root *root = root_of(base);
	/* Values that share one cell must not add up to more than the hive. */
	size_t budget = root->regf.bins_nbytes + REG_MAX_VALUE_NBYTES;
	struct regf_list list;
	struct regf_value vk;
	struct reg_value value = { NULL, 0, NULL, 0 };
	int err;

	err = list_values(key, &list);
	if (err)
		return err;
	for (size_t i = 0; i < list.count && !err; i++) {
		if (!regf_value_read(&root->regf, list.offsets[i], &vk))
			continue;
		err = read_value(key, &vk, &value);
		if (err)
			break;
		if (value.nbytes > budget) {
			reg_value_release(&value);
			hive_tell(root, base->path, key->nk.offset, HIVE_VALUES,
				  REGF_BAD_SIZE, W_REGISTRY_PART_VALUES);
			break;
		}
		budget -= value.nbytes;
		err = fn(arg, &value);
		reg_value_release(&value);
	}
	regf_list_release(&list);
	return err;
}

static int hive_get_value(struct reg_key *base, const char *name,
			  struct reg_value *ret)
{
	struct hive_key *key = (struct hive_key *)base;
	struct hive_root *root = root_of(base);
	struct regf_list list;
	struct regf_value vk;
	struct str text;
	int err;

	err = list_values(key, &list);
	if (err)
		return err;
	str_init(&text, 0);
	err = ERR_NOT_FOUND;
	for (size_t i = 0; i < list.count; i++) {
		if (!regf_value_read(&root->regf, list.offsets[i], &vk))
			continue;
		str_clear(&text);
		if (regf_value_name(&vk, &text)) {
			err = text.err;
			break;
		}
		if (utf_casecmp(str_text(&text), name)) {
			if (vk.bad)
				hive_tell(root, base->path, vk.offset,
					  HIVE_VALUE, vk.bad,
					  "the name of a value");
			continue;
		}
		err = read_value(key, &vk, ret);
		break;
	}
	str_release(&text);
	regf_list_release(&list);
	if (err == ERR_NOT_FOUND)
		return err_fail(err, 0, W_REGISTRY_NO_VALUE);
	return err;
}

static int copy_out(const uint8_t *p, size_t nbytes, uint8_t **data_ret,
		    size_t *nbytes_ret)
{
	uint8_t *data = NULL;

	if (nbytes) {
		data = mem_dup(p, nbytes);
		if (!data)
			return err_nomem();
	}
	*data_ret = data;
	*nbytes_ret = nbytes;
	return 0;
}

static int hive_key_security(struct reg_key *base, uint8_t **data_ret,
			     size_t *nbytes_ret)
{
	struct hive_key *key = (struct hive_key *)base;
	const uint8_t *p = NULL;
	size_t nbytes = 0;

	if (!regf_key_security(&root_of(base)->regf, &key->nk, &p, &nbytes))
		return err_fail(ERR_CORRUPT, 0,
				W_REGISTRY_KEY_SECURITY_UNREADABLE, base->path);
	if (!p)
		return err_fail(ERR_NOT_FOUND, 0, W_REGISTRY_KEY_NO_SECURITY,
				base->path);
	return copy_out(p, nbytes, data_ret, nbytes_ret);
}

static int hive_key_class(struct reg_key *base, uint8_t **data_ret,
			  size_t *nbytes_ret)
{
	struct hive_key *key = (struct hive_key *)base;
	const uint8_t *p = NULL;
	size_t nbytes = 0;

	if (!regf_key_class(&root_of(base)->regf, &key->nk, &p, &nbytes))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_KEY_CLASS_UNREADABLE,
				base->path);
	return copy_out(p, nbytes, data_ret, nbytes_ret);
}

static int hive_whole_image(struct reg_root *base, uint8_t **data_ret,
			    size_t *nbytes_ret)
{
	struct hive_root *root = (struct hive_root *)base;
	int err = hive_image_load_all(&root->img);

	if (err)
		return err;
	*data_ret = root->img.data;
	*nbytes_ret = root->img.nbytes;
	root->img.data = NULL;
	root->img.nbytes = 0;
	return 0;
}

static void hive_close(struct reg_root *base)
{
	struct hive_root *root = (struct hive_root *)base;

	hive_image_release(&root->img);
	mem_free(root->told);
	mem_free(root);
}

const struct reg_ops hive_ops = {
	.close = hive_close,
	.open_key = hive_open_key,
	.close_key = hive_close_key,
	.key_info = hive_key_info,
	.each_subkey = hive_each_subkey,
	.each_value = hive_each_value,
	.get_value = hive_get_value,
	.key_security = hive_key_security,
	.key_class = hive_key_class,
	.image = hive_whole_image,
};
