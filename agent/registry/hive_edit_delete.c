/*
 * Deletes keys of a hive file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_edit.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/hive_patch_part.h"
#include "registry/hivex_write.h"

#include <string.h>

/*
 * hivex frees what a class or data of no length leads to, and stops the
 * program if that is nothing.  Windows does not look there, so it may hold
 * anything; it is made to lead nowhere before hivex sees it.
 */
static void ready_key(void *arg, const struct regf_key *key)
{
	uint8_t *p = hive_patch_nk(arg, key->offset);

	if (p && !key->class_nbytes)
		bytes_put_le32(p + 48, REGF_NO_CELL);
	/* Nor has a key without subkeys or values a list of them. */
	if (p && !key->subkey_count)
		bytes_put_le32(p + 28, REGF_NO_CELL);
	if (p && !key->value_count)
		bytes_put_le32(p + 40, REGF_NO_CELL);
}

static void ready_value(void *arg, const struct regf_value *value)
{
	uint8_t *p = hive_patch_cell(arg, value->offset, 20);

	if (p && !value->data_nbytes)
		bytes_put_le32(p + 4, 0x80000000u);
}

const struct hive_census_visit *hive_edit_ready(struct hive_bytes *b,
						struct hive_census_visit *v)
{
	v->key = ready_key;
	v->value = ready_value;
	v->arg = b;
	return v;
}

/* What is no longer expected; the place for it was made before. */
static void note(struct hive_edit *e, const struct hive_spot *s)
{
	struct hive_change *h;

	if (!s->made) {
		h = vec_push(&e->changes);
		h->kind = HIVE_KEY_GONE;
		h->offset = s->key.offset;
		return;
	}
	if (s->made->offset != s->key.offset) {
		hive_edit_tree_remove(s->made->tree, s->made_path,
				      s->made_below);
		return;
	}
	/* The others keep their order: they are told one after the other. */
	hive_change_release(s->made);
	h = vec_at(&e->changes, 0);
	e->changes.count--;
	memmove(s->made, s->made + 1,
		(size_t)(h + e->changes.count - s->made) * sizeof(*h));
}

static int delete_in(struct hive_edit *e, const struct hive_spot *s)
{
	struct hivex_write w;
	int err = hivex_write_begin(&w, &e->now);

	if (!err)
		err = hivex_write_delete(&w, s->parent.offset, s->key.offset);
	if (!err)
		err = hivex_write_end(&w);
	hivex_write_release(&w);
	return err;
}

/* In lists such as hivex can take. */
static int delete_with(struct hive_edit *e, const struct hive_spot *s)
{
	struct vec wide = VEC_INIT(uint32_t, UINT32_MAX);
	struct hive_census cells = { .used = NULL };
	struct hive_census_visit visit;
	int err = hive_census_key(&cells, &e->now.regf, s->key.offset,
				  hive_edit_ready(&e->now, &visit));

	if (!err)
		err = hive_patch_widen(&e->now, s->parent.offset, &wide);
	if (!err)
		err = delete_in(e, s);
	if (!err) {
		hive_patch_free(&e->now, &cells);
		err = hive_patch_narrow(&e->now, &wide);
	}
	if (!err)
		err = hive_patch_removed(&e->now, s->parent.offset);
	hive_census_release(&cells);
	vec_release(&wide);
	return err;
}

int hive_edit_delete_key(struct reg_edit *base, const char *path)
{
	struct hive_edit *e = (struct hive_edit *)base;
	struct hive_spot s;
	int err = hive_edit_reserve(e);

	if (!err)
		err = hive_edit_find(e, path, false, &s);
	if (!err)
		err = hive_edit_begin(e);
	if (!err)
		err = delete_with(e, &s);
	if (!err)
		note(e, &s);
	return hive_edit_end(e, err);
}
