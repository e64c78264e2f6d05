/*
 * Changes the values of keys in a hive file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * hivex writes all values of a key anew, so all of them must be such that it
 * can.  The time of the last write stays as it is.
 */
#include "registry/hive_edit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "registry/hivex_write.h"
#include "words/registry.h"

#include <string.h>

struct values {
	struct hive_spot spot;
	struct vec had; /* struct reg_tree_value */
	size_t place;	/* of the value in question; had.count: it is new */
};

static void values_release(struct values *v)
{
	hive_change_free_values(&v->had);
}

static int values_read(struct hive_edit *e, const char *path, const char *name,
		       struct values *ret)
{
	struct values v = { .had = VEC_INIT(struct reg_tree_value,
					    UINT32_MAX) };
	size_t found = 0;
	int err = hive_edit_find(e, path, true, &v.spot);

	if (!err)
		err = hive_change_values(&e->now.regf, &v.spot.key, &v.had);
	v.place = v.had.count;
	for (size_t i = 0; i < v.had.count && !err; i++) {
		const struct reg_tree_value *had = vec_at(&v.had, i);

		if (utf_casecmp(had->name, name))
			continue;
		v.place = i;
		found++;
	}
	if (!err && found > 1)
		err = err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_TWO_VALUES, path);
	if (err)
		values_release(&v);
	else
		*ret = v;
	return err;
}

static int write_list(struct hive_edit *e, const struct values *v,
		      const struct reg_tree_value *const *list, size_t count)
{
	struct hive_census cells = { .used = NULL };
	struct hive_census_visit visit;
	struct hivex_write w = { .hivex = NULL };
	int err = hive_edit_begin(e);

	if (err)
		return err;
	err = hive_census_values(&cells, &e->now.regf, v->spot.key.offset,
				 hive_edit_ready(&e->now, &visit));
	if (!err)
		err = hivex_write_begin(&w, &e->now);
	if (!err)
		err = hivex_write_values(&w, v->spot.key.offset, list, count);
	if (!err)
		err = hivex_write_end(&w);
	hivex_write_release(&w);
	if (!err)
		hive_patch_free(&e->now, &cells);
	hive_census_release(&cells);
	return err;
}

/* The others as they were, `with` (NULL: nothing) in its place. */
static int write_values(struct hive_edit *e, const struct values *v,
			const struct reg_tree_value *with)
{
	const struct reg_tree_value **list;
	size_t count = 0;
	int err = 0;

	list = mem_array(v->had.count + 1, sizeof(*list));
	if (!list)
		return err_nomem();
	for (size_t i = 0; i <= v->had.count; i++) {
		if (i == v->place && with)
			list[count++] = with;
		else if (i != v->place && i < v->had.count)
			list[count++] = vec_at(&v->had, i);
	}
	for (size_t i = 0; i < count && !err; i++)
		err = hive_edit_can_write_value(list[i]);
	if (!err)
		err = write_list(e, v, list, count);
	mem_free(list);
	return err;
}

static int copy_value(const struct reg_tree_value *v,
		      struct reg_tree_value *ret)
{
	struct reg_tree_value c = { mem_strdup(v->name), v->type, NULL,
				    v->nbytes };

	if (v->nbytes)
		c.data = mem_dup(v->data, v->nbytes);
	if (!c.name || (v->nbytes && !c.data)) {
		mem_free(c.name);
		mem_free(c.data);
		return err_nomem();
	}
	*ret = c;
	return 0;
}

/* The value of a key that was made: in what is expected of it. */
static int note_in_tree(const struct values *v,
			const struct reg_tree_value *with,
			struct reg_tree_value *copy)
{
	struct reg_tree *t = hive_edit_tree_at(
		v->spot.made->tree, v->spot.made_path, v->spot.made_below);
	struct reg_tree_value *list;

	if (!t || t->value_count != v->had.count)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_NEW_KEY_CHANGED);
	if (!with) {
		list = t->values + v->place;
		mem_free(list->name);
		mem_free(list->data);
		memmove(list, list + 1,
			(t->value_count - v->place - 1) * sizeof(*list));
		t->value_count--;
		return 0;
	}
	if (v->place == t->value_count) {
		list = mem_grow(t->values, t->value_count + 1, sizeof(*list));
		if (!list)
			return err_nomem();
		t->values = list;
		memset(&list[t->value_count++], 0, sizeof(*list));
	}
	list = t->values + v->place;
	mem_free(list->name);
	mem_free(list->data);
	*list = *copy;
	memset(copy, 0, sizeof(*copy));
	return 0;
}

static int note(struct hive_edit *e, const struct values *v,
		const struct reg_tree_value *with, const char *name)
{
	const struct reg_tree_value only_name = { (char *)name, 0, NULL, 0 };
	struct reg_tree_value copy;
	struct hive_change *h;
	int err = copy_value(with ? with : &only_name, &copy);

	if (err)
		return err;
	if (v->spot.made) {
		err = note_in_tree(v, with, &copy);
		mem_free(copy.name);
		mem_free(copy.data);
		return err;
	}
	h = vec_push(&e->changes);
	h->kind = with ? HIVE_VALUE_SET : HIVE_VALUE_GONE;
	h->offset = v->spot.key.offset;
	h->value = copy;
	return 0;
}

static int change(struct hive_edit *e, const char *path, const char *name,
		  const struct reg_tree_value *with)
{
	struct values v;
	int err = hive_edit_reserve(e);

	if (!err)
		err = values_read(e, path, name, &v);
	if (err)
		return err;
	if (!with && v.place == v.had.count)
		err = err_fail(ERR_NOT_FOUND, 0, W_REGISTRY_NO_VALUE_IN, path);
	if (!err)
		err = write_values(e, &v, with);
	if (!err)
		err = note(e, &v, with, name);
	values_release(&v);
	return hive_edit_end(e, err);
}

int hive_edit_delete_value(struct reg_edit *base, const char *path,
			   const char *name)
{
	return change((struct hive_edit *)base, path, name ? name : "", NULL);
}

int hive_edit_set_value(struct reg_edit *base, const char *path,
			const char *name, uint32_t type, const void *data,
			size_t nbytes)
{
	struct reg_tree_value with = { (char *)(name ? name : ""), type,
				       (uint8_t *)data, nbytes };

	return change((struct hive_edit *)base, path, with.name, &with);
}

/* Tried out on the values as they are; the key need not be there yet. */
int hive_edit_can_set_value(struct reg_edit *base, const char *path,
			    const struct reg_tree_value *with)
{
	struct hive_edit *e = (struct hive_edit *)base;
	struct values v;
	int err = hive_edit_can_write_value(with);

	if (err)
		return err;
	err = values_read(e, path, with->name, &v);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	for (size_t i = 0; i < v.had.count && !err; i++)
		if (i != v.place)
			err = hive_edit_can_write_value(vec_at(&v.had, i));
	values_release(&v);
	return err;
}
