/*
 * Compares an old image, changes and a new image; see hive_change.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_change.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/registry.h"

#include <string.h>

struct check {
	struct regf *old, *now;
	struct hive_root *root; /* reads the new image */
	const struct vec *changes;
	struct vec todo; /* uint32_t */
};

void hive_change_release(struct hive_change *c)
{
	reg_tree_free(c->tree);
	mem_free(c->value.name);
	mem_free(c->value.data);
	memset(c, 0, sizeof(*c));
}

static int differs(const struct regf_key *key, const char *what)
{
	struct str name = STR_INIT, shown = STR_INIT;
	int err;

	regf_key_name(key, &name);
	utf_display(&shown, str_text(&name));
	err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_NOT_AS_MEANT,
		       str_text(&shown), what);
	str_release(&name);
	str_release(&shown);
	return err;
}

static bool is_gone(const struct check *c, uint32_t offset)
{
	for (size_t i = 0; i < c->changes->count; i++) {
		const struct hive_change *h = vec_at(c->changes, i);

		if (h->kind == HIVE_KEY_GONE && h->offset == offset)
			return true;
	}
	return false;
}

static const struct hive_change *made(const struct check *c, uint32_t offset,
				      uint32_t parent)
{
	for (size_t i = 0; i < c->changes->count; i++) {
		const struct hive_change *h = vec_at(c->changes, i);

		if (h->kind == HIVE_KEY_MADE && h->offset == offset &&
		    h->parent == parent)
			return h;
	}
	return NULL;
}

static size_t made_count(const struct check *c, uint32_t parent)
{
	size_t n = 0;

	for (size_t i = 0; i < c->changes->count; i++) {
		const struct hive_change *h = vec_at(c->changes, i);

		n += h->kind == HIVE_KEY_MADE && h->parent == parent;
	}
	return n;
}

static bool has_new_values(const struct check *c, uint32_t offset)
{
	for (size_t i = 0; i < c->changes->count; i++) {
		const struct hive_change *h = vec_at(c->changes, i);

		if (h->offset == offset &&
		    (h->kind == HIVE_VALUE_GONE || h->kind == HIVE_VALUE_SET))
			return true;
	}
	return false;
}

/* ---- the key itself ------------------------------------------------------ */

static bool same_part(struct regf *a, const struct regf_key *ak, struct regf *b,
		      const struct regf_key *bk,
		      bool (*part)(struct regf *, const struct regf_key *,
				   const uint8_t **, size_t *))
{
	const uint8_t *ap = NULL, *bp = NULL;
	size_t an = 0, bn = 0;

	return part(a, ak, &ap, &an) && part(b, bk, &bp, &bn) && an == bn &&
	       !ap == !bp && (!an || (ap && bp && !memcmp(ap, bp, an)));
}

static int check_key(struct check *c, const struct regf_key *a,
		     const struct regf_key *b)
{
	const uint8_t *ap = regf_cell(c->old, a->offset, 76, NULL);
	const uint8_t *bp = regf_cell(c->now, b->offset, 76, NULL);

	if (!ap || !bp)
		return differs(a, W_REGISTRY_IS_UNREADABLE);
	/* Flags, time, access bits, parent; what is not kept on disk. */
	if (memcmp(ap, bp, 20) != 0 || memcmp(ap + 24, bp + 24, 4) != 0 ||
	    memcmp(ap + 32, bp + 32, 4) != 0 ||
	    memcmp(ap + 68, bp + 68, 4) != 0)
		return differs(a, W_REGISTRY_HAS_OTHER_FLAGS);
	if (a->name_nbytes != b->name_nbytes ||
	    memcmp(a->name, b->name, a->name_nbytes) != 0)
		return differs(a, W_REGISTRY_HAS_OTHER_NAME);
	if (!same_part(c->old, a, c->now, b, regf_key_class))
		return differs(a, W_REGISTRY_HAS_OTHER_CLASS);
	if (!same_part(c->old, a, c->now, b, regf_key_security))
		return differs(a, W_REGISTRY_HAS_OTHER_SECURITY);
	return 0;
}

/* ---- values -------------------------------------------------------------- */

void hive_change_free_values(struct vec *values)
{
	for (size_t i = 0; i < values->count; i++) {
		struct reg_tree_value *v = vec_at(values, i);

		mem_free(v->name);
		mem_free(v->data);
	}
	vec_release(values);
}

static int read_value(struct regf *r, uint32_t offset, struct vec *values)
{
	struct reg_tree_value *v;
	struct regf_value vk;
	struct str name = STR_INIT;
	unsigned bad = 0;
	int err;

	if (!regf_value_read(r, offset, &vk))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_VALUE_UNREADABLE);
	v = vec_push(values);
	if (!v)
		return err_nomem();
	v->type = vk.type;
	regf_value_name(&vk, &name);
	str_add(&name, "");
	v->name = str_detach(&name);
	if (!v->name)
		return err_nomem();
	err = regf_value_data(r, &vk, REG_MAX_VALUE_NBYTES, &v->data,
			      &v->nbytes, &bad);
	if (!err && (bad || vk.bad))
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_VALUE_UNREADABLE);
	return err;
}

int hive_change_values(struct regf *r, const struct regf_key *key,
		       struct vec *values)
{
	struct regf_list list;
	int err = regf_values(r, key, &list);

	if (err)
		return err;
	for (size_t i = 0; i < list.count && !err; i++)
		err = read_value(r, list.offsets[i], values);
	regf_list_release(&list);
	return err;
}

/* One change applied to what the key had before. */
static int apply(struct vec *values, const struct hive_change *h)
{
	struct reg_tree_value *v = NULL, with = { NULL, h->value.type, NULL,
						  h->value.nbytes };
	size_t i = 0;

	for (; i < values->count; i++) {
		v = vec_at(values, i);
		if (!utf_casecmp(v->name, h->value.name))
			break;
	}
	if (h->kind == HIVE_VALUE_GONE) {
		if (i == values->count)
			return 0;
		mem_free(v->name);
		mem_free(v->data);
		memmove(v, v + 1, (values->count - i - 1) * sizeof(*v));
		values->count--;
		return 0;
	}
	with.name = mem_strdup(h->value.name);
	if (with.nbytes)
		with.data = mem_dup(h->value.data, with.nbytes);
	if (i == values->count)
		v = vec_push(values);
	if (!with.name || (with.nbytes && !with.data) || !v) {
		mem_free(with.name);
		mem_free(with.data);
		return err_nomem();
	}
	mem_free(v->name);
	mem_free(v->data);
	*v = with;
	return 0;
}

static bool same_value(const struct reg_tree_value *a,
		       const struct reg_tree_value *b)
{
	return !strcmp(a->name, b->name) && a->type == b->type &&
	       a->nbytes == b->nbytes &&
	       (!a->nbytes || !memcmp(a->data, b->data, a->nbytes));
}

static int check_new_values(struct check *c, const struct regf_key *a,
			    const struct regf_key *b)
{
	struct vec want = VEC_INIT(struct reg_tree_value, UINT32_MAX);
	struct vec have = VEC_INIT(struct reg_tree_value, UINT32_MAX);
	int err = hive_change_values(c->old, a, &want);

	for (size_t i = 0; i < c->changes->count && !err; i++) {
		const struct hive_change *h = vec_at(c->changes, i);

		if (h->offset == a->offset &&
		    (h->kind == HIVE_VALUE_GONE || h->kind == HIVE_VALUE_SET))
			err = apply(&want, h);
	}
	if (!err)
		err = hive_change_values(c->now, b, &have);
	if (!err && want.count != have.count)
		err = differs(a, W_REGISTRY_HAS_OTHER_COUNT);
	for (size_t i = 0; i < want.count && !err; i++)
		if (!same_value(vec_at(&want, i), vec_at(&have, i)))
			err = differs(a, W_REGISTRY_HAS_OTHER_VALUES);
	hive_change_free_values(&want);
	hive_change_free_values(&have);
	return err;
}

/* The data of a value that needs no putting together. */
static const uint8_t *direct(struct regf *r, const struct regf_value *v)
{
	size_t have = 0;
	const uint8_t *p;

	if (v->is_inline)
		return NULL;
	p = regf_cell(r, v->data, 0, &have);
	return p && have >= v->data_nbytes ? p : NULL;
}

static int same_data(struct regf *a, const struct regf_value *av,
		     struct regf *b, const struct regf_value *bv,
		     bool *same_ret)
{
	const uint8_t *ap = direct(a, av), *bp = direct(b, bv);
	uint8_t *ad = NULL, *bd = NULL;
	size_t an = 0, bn = 0;
	unsigned bad = 0;
	int err;

	if (ap && bp && av->data_nbytes == bv->data_nbytes) {
		*same_ret = !memcmp(ap, bp, av->data_nbytes);
		return 0;
	}
	err = regf_value_data(a, av, HIVE_MAX_NBYTES, &ad, &an, &bad);
	if (!err)
		err = regf_value_data(b, bv, HIVE_MAX_NBYTES, &bd, &bn, &bad);
	*same_ret = !err && !bad && an == bn && (!an || !memcmp(ad, bd, an));
	mem_free(ad);
	mem_free(bd);
	return err;
}

static int same_old_value(struct check *c, uint32_t a, uint32_t b,
			  bool *same_ret)
{
	struct regf_value av, bv;

	*same_ret = false;
	if (!regf_value_read(c->old, a, &av) ||
	    !regf_value_read(c->now, b, &bv) || av.type != bv.type ||
	    av.data_nbytes != bv.data_nbytes ||
	    av.has_latin1_name != bv.has_latin1_name ||
	    av.name_nbytes != bv.name_nbytes ||
	    memcmp(av.name, bv.name, av.name_nbytes) != 0)
		return 0;
	return same_data(c->old, &av, c->now, &bv, same_ret);
}

static int check_values(struct check *c, const struct regf_key *a,
			const struct regf_key *b)
{
	struct regf_list al = { NULL, 0, 0 }, bl = { NULL, 0, 0 };
	bool same = true;
	int err;

	if (has_new_values(c, a->offset))
		return check_new_values(c, a, b);
	if (a->value_count != b->value_count)
		return differs(a, W_REGISTRY_HAS_OTHER_COUNT);
	if (!a->value_count)
		return 0;
	err = regf_values(c->old, a, &al);
	if (!err)
		err = regf_values(c->now, b, &bl);
	if (!err && (al.count != bl.count || al.bad || bl.bad))
		same = false;
	for (size_t i = 0; i < al.count && !err && same; i++)
		err = same_old_value(c, al.offsets[i], bl.offsets[i], &same);
	if (!err && !same)
		err = differs(a, W_REGISTRY_HAS_OTHER_VALUES);
	regf_list_release(&al);
	regf_list_release(&bl);
	return err;
}

/* ---- subkeys ------------------------------------------------------------- */

static int check_made(struct check *c, const struct hive_change *h)
{
	struct reg_key *key = NULL;
	struct reg_tree *tree = NULL;
	struct str why = STR_INIT;
	int err = hive_key_at(c->root, h->offset, h->tree->name, &key);

	if (!err)
		err = reg_tree_read(key, &tree);
	reg_close_key(key);
	if (!err)
		err = reg_tree_compare(h->tree, tree, 0, &why);
	if (err == ERR_CHANGED)
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_NEW_KEY_DIFFERS,
			       str_text(&why));
	reg_tree_free(tree);
	str_release(&why);
	return err;
}

static int push_todo(struct check *c, uint32_t offset)
{
	uint32_t *p = vec_push(&c->todo);

	if (!p)
		return err_nomem();
	*p = offset;
	return 0;
}

static int check_lists(struct check *c, const struct regf_key *key,
		       const struct regf_list *a, const struct regf_list *b)
{
	size_t i = 0, new_count = 0;
	int err = 0;

	for (size_t n = 0; n < b->count && !err; n++) {
		const struct hive_change *h;

		while (i < a->count && is_gone(c, a->offsets[i]))
			i++;
		if (i < a->count && a->offsets[i] == b->offsets[n]) {
			i++;
			err = push_todo(c, b->offsets[n]);
			continue;
		}
		h = made(c, b->offsets[n], key->offset);
		if (!h)
			return differs(key, W_REGISTRY_HAS_OTHER_SUBKEYS);
		new_count++;
		err = check_made(c, h);
	}
	while (i < a->count && is_gone(c, a->offsets[i]))
		i++;
	if (!err && (i < a->count || new_count != made_count(c, key->offset)))
		err = differs(key, W_REGISTRY_LACKS_SUBKEY);
	return err;
}

static int check_subkeys(struct check *c, const struct regf_key *a,
			 const struct regf_key *b)
{
	struct regf_list al = { NULL, 0, 0 }, bl = { NULL, 0, 0 };
	int err;

	if (!a->subkey_count && !b->subkey_count)
		return made_count(c, a->offset)
			       ? differs(a, W_REGISTRY_LACKS_SUBKEY)
			       : 0;
	err = regf_subkeys(c->old, a, &al);
	if (!err)
		err = regf_subkeys(c->now, b, &bl);
	if (!err && (bl.bad & ~REGF_BAD_HINT))
		err = differs(a, W_REGISTRY_HAS_DAMAGED_LIST);
	if (!err)
		err = check_lists(c, a, &al, &bl);
	regf_list_release(&al);
	regf_list_release(&bl);
	return err;
}

static int check_one(struct check *c, uint32_t offset)
{
	struct regf_key a, b;
	int err;

	if (!regf_key_read(c->old, offset, &a) ||
	    !regf_key_read(c->now, offset, &b))
		return err_fail(ERR_CORRUPT, 0,
				W_REGISTRY_KEY_BECAME_UNREADABLE);
	err = check_key(c, &a, &b);
	if (!err)
		err = check_values(c, &a, &b);
	return err ? err : check_subkeys(c, &a, &b);
}

/* All but sequence numbers, size and checksum. */
static bool same_base(struct regf *a, struct regf *b)
{
	const uint8_t *p = hive_image_at(a->img, 0, HIVE_BASE_NBYTES);
	const uint8_t *q = hive_image_at(b->img, 0, HIVE_BASE_NBYTES);

	return p && q && !memcmp(p, q, 4) && !memcmp(p + 12, q + 12, 28) &&
	       !memcmp(p + 44, q + 44, 508 - 44) &&
	       !memcmp(p + 512, q + 512, HIVE_BASE_NBYTES - 512);
}

int hive_change_check(struct regf *old, struct hive_root *now,
		      const struct vec *changes)
{
	struct check c = { .old = old,
			   .now = &now->regf,
			   .root = now,
			   .changes = changes,
			   .todo = VEC_INIT(uint32_t, UINT32_MAX) };
	int err;

	if (!same_base(old, &now->regf) || old->root != now->regf.root)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_OTHER_HEADER);
	err = push_todo(&c, old->root);
	while (c.todo.count && !err) {
		uint32_t at = *(uint32_t *)vec_at(&c.todo, c.todo.count - 1);

		c.todo.count--;
		err = check_one(&c, at);
	}
	vec_release(&c.todo);
	return err;
}
