/*
 * A key read whole, and two of them compared.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_tree.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "registry/reg_backend.h"
#include "words/registry.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct reg_key *key;
	struct reg_tree *tree;
	size_t value_cap, child_cap;

	/* Shared by all keys of one tree. */
	struct totals {
		uint32_t keys;
		size_t nbytes;
	} * totals;
};

static int count_bytes(struct totals *t, size_t nbytes)
{
	if (nbytes > REG_TREE_MAX_NBYTES - t->nbytes)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TREE_TOO_LARGE);
	t->nbytes += nbytes;
	return 0;
}

void reg_tree_free(struct reg_tree *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->value_count; i++) {
		mem_free(t->values[i].name);
		mem_free(t->values[i].data);
	}
	for (size_t i = 0; i < t->child_count; i++)
		reg_tree_free(t->children[i]);
	mem_free(t->values);
	mem_free(t->children);
	mem_free(t->name);
	mem_free(t->class_utf16);
	mem_free(t->security);
	mem_free(t);
}

static int keep_value(void *arg, const struct reg_value *v)
{
	struct reading *r = arg;
	struct reg_tree *t = r->tree;
	struct reg_tree_value *to;
	int err = count_bytes(r->totals,
			      strlen(v->name) + v->nbytes + sizeof(*to));

	if (err)
		return err;
	if (t->value_count == r->value_cap) {
		size_t cap = r->value_cap ? 2 * r->value_cap : 8;

		to = mem_grow(t->values, cap, sizeof(*to));
		if (!to)
			return err_nomem();
		t->values = to;
		r->value_cap = cap;
	}
	to = &t->values[t->value_count];
	memset(to, 0, sizeof(*to));
	to->name = mem_strdup(v->name);
	if (v->nbytes)
		to->data = mem_dup(v->data, v->nbytes);
	if (!to->name || (v->nbytes && !to->data)) {
		mem_free(to->name);
		mem_free(to->data);
		return err_nomem();
	}
	to->type = v->type;
	to->nbytes = v->nbytes;
	t->value_count++;
	return 0;
}

static int read_key(struct reg_key *key, struct totals *totals,
		    struct reg_tree **ret);

static int keep_child(void *arg, const char *name)
{
	struct reading *r = arg;
	struct reg_tree *t = r->tree, *child = NULL;
	struct reg_key *key = NULL;
	int err;

	if (t->child_count == r->child_cap) {
		size_t cap = r->child_cap ? 2 * r->child_cap : 8;
		struct reg_tree **p = mem_grow(t->children, cap, sizeof(*p));

		if (!p)
			return err_nomem();
		t->children = p;
		r->child_cap = cap;
	}
	err = reg_open_subkey(r->key, name, &key);
	if (err)
		return err;
	err = read_key(key, r->totals, &child);
	reg_close_key(key);
	if (!err)
		t->children[t->child_count++] = child;
	return err;
}

static int read_about(struct reg_key *key, struct reg_tree *t)
{
	struct reg_key_info info;
	int err = reg_key_info(key, &info);

	if (err)
		return err;
	t->name = info.name;
	t->last_write = info.last_write;
	t->is_link = info.is_link;
	err = reg_key_class(key, &t->class_utf16, &t->class_nbytes);
	if (err)
		return err;
	err = reg_key_security(key, &t->security, &t->security_nbytes);
	/* Known to be none, or not ours to see: the rest is still whole. */
	return err == ERR_NOT_FOUND || err == ERR_DENIED ? 0 : err;
}

static int read_key(struct reg_key *key, struct totals *totals,
		    struct reg_tree **ret)
{
	struct reading r = { .key = key, .totals = totals };
	int err;

	if (totals->keys == REG_TREE_MAX_KEYS)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TREE_TOO_MANY);
	totals->keys++;
	r.tree = mem_zalloc(sizeof(*r.tree));
	if (!r.tree)
		return err_nomem();
	err = read_about(key, r.tree);
	if (!err && (r.tree->class_nbytes > REG_TREE_MAX_CLASS ||
		     r.tree->security_nbytes > REG_TREE_MAX_SECURITY))
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_TREE_PART_LARGE,
			       key->path);
	if (!err)
		err = count_bytes(totals, strlen(r.tree->name) +
						  r.tree->class_nbytes +
						  r.tree->security_nbytes);
	if (!err)
		err = reg_each_value(key, keep_value, &r);
	if (!err)
		err = reg_each_subkey(key, keep_child, &r);
	if (err)
		reg_tree_free(r.tree);
	else
		*ret = r.tree;
	return err;
}

int reg_tree_read(struct reg_key *key, struct reg_tree **ret)
{
	struct reg_root *root = key->root;
	uint64_t losses = root->losses;
	struct totals totals = { 0, 0 };
	struct reg_tree *t = NULL;
	struct reg_key *again = NULL;
	int err;

	/* Once more, so that a loss in its own name is met here, too. */
	err = reg_open_subkey(key, "", &again);
	if (err)
		return err;
	err = read_key(again, &totals, &t);
	reg_close_key(again);
	if (!err && root->losses != losses) {
		reg_tree_free(t);
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_TREE_UNREAD,
			       key->path);
	}
	if (!err)
		*ret = t;
	return err;
}

/* ---- comparing --------------------------------------------------------- */

struct comparing {
	unsigned without;
	struct str path;
	struct str *why;
	bool is_short; /* of memory: they are not known to differ */
};

/* "the key \"A\\B\"" for the sentence. */
static bool differs(struct comparing *c, const char *what)
{
	struct str path = STR_INIT;

	utf_display(&path, str_text(&c->path));
	str_addf(c->why, W_REGISTRY_KEY_IS, str_text(&path), what);
	str_release(&path);
	return true;
}

static bool is_short(struct comparing *c)
{
	c->is_short = true;
	return differs(c, W_REGISTRY_NOT_COMPARED);
}

static bool value_differs(struct comparing *c, const char *name,
			  const char *what)
{
	struct str shown = STR_INIT, path = STR_INIT;

	utf_display(&shown, name);
	utf_display(&path, str_text(&c->path));
	str_addf(c->why, W_REGISTRY_VALUE_OF_KEY_IS, str_text(&shown),
		 str_text(&path), what);
	str_release(&shown);
	str_release(&path);
	return true;
}

static bool same_bytes(const uint8_t *a, size_t an, const uint8_t *b, size_t bn)
{
	return an == bn && (!an || !memcmp(a, b, an));
}

/* By name; equal names (damage, but kept) in the order they came. */
static int compare_names(const char *a, const char *b, uintptr_t ax,
			 uintptr_t bx)
{
	int c = utf_casecmp(a, b);

	if (!c)
		c = strcmp(a, b);
	if (!c)
		c = ax < bx ? -1 : ax > bx;
	return c;
}

static int compare_values(const void *a, const void *b)
{
	const struct reg_tree_value *x =
		*(const struct reg_tree_value *const *)a;
	const struct reg_tree_value *y =
		*(const struct reg_tree_value *const *)b;

	return compare_names(x->name, y->name, (uintptr_t)x, (uintptr_t)y);
}

struct placed {
	const struct reg_tree *tree;
	size_t place;
};

static int compare_children(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return compare_names(x->tree->name, y->tree->name, x->place, y->place);
}

static const struct reg_tree_value **list_values(const struct reg_tree *t,
						 bool is_sorted)
{
	const struct reg_tree_value **list;

	list = mem_array(t->value_count + 1, sizeof(*list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < t->value_count; i++)
		list[i] = &t->values[i];
	if (is_sorted)
		qsort(list, t->value_count, sizeof(*list), compare_values);
	return list;
}

static struct placed *list_children(const struct reg_tree *t, bool is_sorted)
{
	struct placed *list = mem_array(t->child_count + 1, sizeof(*list));

	if (!list)
		return NULL;
	for (size_t i = 0; i < t->child_count; i++) {
		list[i].tree = t->children[i];
		list[i].place = i;
	}
	if (is_sorted)
		qsort(list, t->child_count, sizeof(*list), compare_children);
	return list;
}

static bool one_value_differs(struct comparing *c,
			      const struct reg_tree_value *a,
			      const struct reg_tree_value *b)
{
	if (strcmp(a->name, b->name) != 0)
		return value_differs(c, a->name, W_REGISTRY_NOT_SAME);
	if (a->type != b->type)
		return value_differs(c, a->name, W_REGISTRY_HAS_OTHER_TYPE);
	if (!same_bytes(a->data, a->nbytes, b->data, b->nbytes))
		return value_differs(c, a->name, W_REGISTRY_HAS_OTHER_DATA);
	return false;
}

static bool values_differ(struct comparing *c, const struct reg_tree *a,
			  const struct reg_tree *b)
{
	bool is_sorted = c->without & REG_TREE_NO_ORDER;
	const struct reg_tree_value **as, **bs;
	bool differ = false;

	if (a->value_count != b->value_count)
		return differs(c, W_REGISTRY_HAS_OTHER_COUNT);
	as = list_values(a, is_sorted);
	bs = list_values(b, is_sorted);
	if (!as || !bs)
		differ = is_short(c);
	for (size_t i = 0; i < a->value_count && !differ; i++)
		differ = one_value_differs(c, as[i], bs[i]);
	mem_free(as);
	mem_free(bs);
	return differ;
}

static bool key_differs(struct comparing *c, const struct reg_tree *a,
			const struct reg_tree *b);

static bool child_differs(struct comparing *c, const struct reg_tree *a,
			  const struct reg_tree *b)
{
	size_t len = c->path.len;
	bool differ;

	if (len)
		str_addch(&c->path, '\\');
	str_add(&c->path, a->name);
	differ = key_differs(c, a, b);
	if (!c->path.err) {
		c->path.len = len;
		if (c->path.buf)
			c->path.buf[len] = '\0';
	}
	return differ;
}

static bool children_differ(struct comparing *c, const struct reg_tree *a,
			    const struct reg_tree *b)
{
	bool is_sorted =
		c->without & (REG_TREE_NO_ORDER | REG_TREE_NO_KEY_ORDER);
	struct placed *as, *bs;
	bool differ = false;

	if (a->child_count != b->child_count)
		return differs(c, W_REGISTRY_HAS_OTHER_SUBKEY_COUNT);
	if (!a->child_count)
		return false;
	as = list_children(a, is_sorted);
	bs = list_children(b, is_sorted);
	if (!as || !bs)
		differ = is_short(c);
	for (size_t i = 0; i < a->child_count && !differ; i++)
		differ = child_differs(c, as[i].tree, bs[i].tree);
	mem_free(as);
	mem_free(bs);
	return differ;
}

static bool key_differs(struct comparing *c, const struct reg_tree *a,
			const struct reg_tree *b)
{
	if (strcmp(a->name, b->name) != 0)
		return differs(c, W_REGISTRY_HAS_OTHER_NAME);
	if (a->is_link != b->is_link)
		return differs(c, W_REGISTRY_LINK_IN_ONE);
	if (!same_bytes(a->class_utf16, a->class_nbytes, b->class_utf16,
			b->class_nbytes))
		return differs(c, W_REGISTRY_HAS_OTHER_CLASS);
	if (!(c->without & REG_TREE_NO_SECURITY) &&
	    !same_bytes(a->security, a->security_nbytes, b->security,
			b->security_nbytes))
		return differs(c, W_REGISTRY_HAS_OTHER_SECURITY);
	if (!(c->without & REG_TREE_NO_TIMES) && a->last_write != b->last_write)
		return differs(c, W_REGISTRY_OTHER_TIME);
	return values_differ(c, a, b) || children_differ(c, a, b);
}

int reg_tree_compare(const struct reg_tree *a, const struct reg_tree *b,
		     unsigned without, struct str *why)
{
	struct str none = STR_INIT;
	struct comparing c = { .without = without, .why = why ? why : &none };
	int err = 0;

	str_init(&c.path, REG_MAX_PATH_NBYTES);
	if (key_differs(&c, a, b))
		err = c.is_short ? ERR_NOMEM : ERR_CHANGED;
	str_release(&c.path);
	str_release(&none);
	return err;
}

bool reg_tree_differs(const struct reg_tree *a, const struct reg_tree *b,
		      unsigned without, struct str *why)
{
	return reg_tree_compare(a, b, without, why) != 0;
}
