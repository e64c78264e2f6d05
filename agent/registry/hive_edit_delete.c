/*
 * Deletes keys of a hive file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_edit.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/hive_patch_part.h"
#include "registry/hivex_io.h"
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

static bool has_narrow_list(struct hive_edit *e, const struct regf_key *parent)
{
	struct hive_bytes *b = &e->now;
	const uint8_t *p = hive_patch_cell(b, parent->subkey_list, 4), *leaf;
	size_t count = p && !memcmp(p, "ri", 2) ? bytes_le16(p + 2) : 0;

	for (size_t i = 0; i < count; i++) {
		leaf = hive_patch_cell(b, bytes_le32(p + 4 + 4 * i), 4);
		if (leaf && !memcmp(leaf, "li", 2))
			return true;
	}
	return p && !memcmp(p, "li", 2);
}

/* A copy in which the lists of the parent are such as hivex can take. */
static int widened(struct hive_edit *e, const struct hive_spot *s,
		   struct hive_bytes *copy, struct vec *wide)
{
	size_t cap = e->now.nbytes + HIVEX_IO_SLACK;
	uint8_t *data = mem_alloc(cap);
	int err;

	if (!data)
		return err_nomem();
	memcpy(data, e->now.data, e->now.nbytes);
	memset(data + e->now.nbytes, 0, HIVEX_IO_SLACK);
	err = hive_bytes_init(copy, data, e->now.nbytes, cap);
	return err ? err : hive_patch_widen(copy, s->parent.offset, wide);
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
	hive_change_release(s->made);
	h = vec_at(&e->changes, e->changes.count - 1);
	*s->made = *h;
	e->changes.count--;
}

static int delete_in(const struct hive_bytes *from, const struct hive_spot *s,
		     struct hive_bytes *out)
{
	struct hivex_write w;
	int err = hivex_write_begin(&w, from);

	if (!err)
		err = hivex_write_delete(&w, s->parent.offset, s->key.offset);
	if (!err)
		err = hivex_write_end(&w, out);
	hivex_write_release(&w);
	return err;
}

static int delete_with(struct hive_edit *e, const struct hive_spot *s,
		       const struct hive_census *cells, struct hive_bytes *out)
{
	struct vec wide = VEC_INIT(uint32_t, UINT32_MAX);
	struct hive_bytes copy = { .data = NULL };
	int err = 0;

	if (has_narrow_list(e, &s->parent)) {
		err = widened(e, s, &copy, &wide);
		if (!err)
			err = delete_in(&copy, s, out);
	} else {
		err = delete_in(&e->now, s, out);
	}
	hive_bytes_release(&copy);
	if (!err) {
		hive_patch_free(out, cells);
		err = hive_patch_narrow(out, &wide);
	}
	if (!err)
		err = hive_patch_removed(out, s->parent.offset);
	vec_release(&wide);
	return err;
}

int hive_edit_delete_key(struct reg_edit *base, const char *path)
{
	struct hive_edit *e = (struct hive_edit *)base;
	struct hive_bytes out = { .data = NULL };
	struct hive_census_visit visit;
	struct hive_census cells = { .used = NULL };
	struct hive_spot s;
	int err;

	err = hive_edit_reserve(e);
	if (!err)
		err = hive_edit_find(e, path, false, &s);
	if (!err)
		err = hive_census_key(&cells, &e->now.regf, s.key.offset,
				      hive_edit_ready(&e->now, &visit));
	if (!err)
		err = delete_with(e, &s, &cells, &out);
	hive_census_release(&cells);
	if (!err) {
		note(e, &s);
		hive_edit_swap(e, &out);
	}
	hive_bytes_release(&out);
	return err;
}
