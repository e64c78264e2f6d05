/*
 * Makes saved keys again in a hive file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * hivex makes keys and values; class, security and the time of the last
 * write are put in afterwards (hive_patch.h), so the key is again what it
 * was.  Only the place in the hive is another one.
 */
#include "registry/hive_edit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "registry/hivex_write.h"
#include "words/registry.h"

#include <string.h>

/* What stands at one key below `from` is the tree with its parents. */
struct adding {
	struct hive_spot spot;
	struct reg_tree *chain; /* all that is made, owned */
	struct vec made;	/* struct hivex_made */
};

static int copy_tree(const struct reg_tree *t, struct reg_tree **ret)
{
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err = reg_tree_encode(t, &data, &nbytes);

	if (!err)
		err = reg_tree_decode(data, nbytes, ret);
	mem_free(data);
	return err;
}

/* Where the saved key had no security to be seen, the parent's it is. */
static int inherit(struct reg_tree *t, const uint8_t *data, size_t nbytes)
{
	int err = 0;

	if (!t->security) {
		t->security = mem_dup(data, nbytes);
		if (!t->security)
			return err_nomem();
		t->security_nbytes = nbytes;
	}
	for (size_t i = 0; i < t->child_count && !err; i++)
		err = inherit(t->children[i], data, nbytes);
	return err;
}

/* A key that is made on the way, with one child. */
static int wrap(struct reg_tree *child, const char *name, size_t nbytes,
		int64_t time, struct reg_tree **ret)
{
	struct reg_tree *t = mem_zalloc(sizeof(*t));

	if (!t)
		return err_nomem();
	t->name = mem_strndup(name, nbytes);
	t->children = mem_array(1, sizeof(*t->children));
	if (!t->name || !t->children) {
		reg_tree_free(t);
		return err_nomem();
	}
	t->children[0] = child;
	t->child_count = 1;
	t->last_write = time;
	*ret = t;
	return 0;
}

/* From the last component of the missing path to the first. */
static int build_chain(struct adding *a, const struct reg_tree *tree)
{
	const char *path = a->spot.missing, *rest, *name, *last;
	size_t n = 0, count = 0, last_nbytes = 0;
	char *new_name;
	int err;

	last = path;
	for (rest = path; (name = reg_path_next(&rest, &n)) != NULL; count++) {
		last = name;
		last_nbytes = n;
	}
	if (count > REG_MAX_DEPTH)
		return err_fail(ERR_UNSUPPORTED, 0,
				W_REGISTRY_WOULD_BE_TOO_DEEP);
	err = copy_tree(tree, &a->chain);
	if (err)
		return err;
	/* The spelling that was saved, if it is the same name. */
	if (utf_ncasecmp(a->chain->name, strlen(a->chain->name), last,
			 last_nbytes)) {
		new_name = mem_strndup(last, last_nbytes);
		if (!new_name)
			return err_nomem();
		mem_free(a->chain->name);
		a->chain->name = new_name;
	}
	while (--count) {
		rest = path;
		for (size_t i = 0; i < count; i++)
			name = reg_path_next(&rest, &n);
		err = wrap(a->chain, name, n, a->spot.key.last_write,
			   &a->chain);
		if (err)
			return err;
	}
	return 0;
}

static int parent_security(struct hive_edit *e, const struct regf_key *parent,
			   const uint8_t **data_ret, size_t *nbytes_ret)
{
	if (!regf_key_security(&e->now.regf, parent, data_ret, nbytes_ret))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_SECURITY_UNREADABLE);
	if (!*data_ret)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NO_SECURITY);
	return 0;
}

static int write_chain(struct hive_edit *e, struct adding *a)
{
	const struct hivex_made *m;
	struct hivex_write w;
	int err = hivex_write_begin(&w, &e->now);

	if (!err)
		err = hivex_write_tree(&w, a->spot.key.offset, a->chain,
				       &a->made);
	if (!err)
		err = hivex_write_end(&w);
	hivex_write_release(&w);
	for (size_t i = 0; i < a->made.count && !err; i++) {
		m = vec_at(&a->made, i);
		err = hive_patch_key(&e->now, m->offset, m->tree);
		if (!err)
			err = hive_patch_added(&e->now, m->offset, 0);
	}
	if (!err) {
		m = vec_at(&a->made, 0);
		err = hive_patch_added(&e->now, a->spot.key.offset, m->offset);
	}
	hive_edit_look(e);
	return err;
}

/* Reads it from the new bytes, which are what is there now. */
static int read_back(struct hive_edit *e, const struct adding *a,
		     struct reg_tree **ret)
{
	const struct hivex_made *m = vec_at(&a->made, 0);
	struct reg_tree *t = NULL;
	struct reg_key *key = NULL;
	struct str why = STR_INIT;
	int err = hive_key_at(e->root, m->offset, a->chain->name, &key);

	if (!err)
		err = reg_tree_read(key, &t);
	reg_close_key(key);
	if (!err)
		err = reg_tree_compare(a->chain, t, REG_TREE_NO_KEY_ORDER,
				       &why);
	if (err == ERR_CHANGED)
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_NOT_AS_SAVED,
			       str_text(&why));
	if (err)
		reg_tree_free(t);
	str_release(&why);
	if (!err)
		*ret = t;
	return err;
}

/* Into the tree that its parent was made with, or as a change of its own. */
static int note(struct hive_edit *e, const struct adding *a,
		struct reg_tree *tree)
{
	const struct hivex_made *m = vec_at(&a->made, 0);
	struct reg_tree *parent, **list;
	struct hive_change *h;
	size_t at = 0;

	if (!a->spot.made) {
		h = vec_push(&e->changes);
		if (!h)
			return err_last()->err;
		h->kind = HIVE_KEY_MADE;
		h->offset = m->offset;
		h->parent = a->spot.key.offset;
		h->tree = tree;
		return 0;
	}
	parent = hive_edit_tree_at(a->spot.made->tree, a->spot.made_path,
				   a->spot.made_below);
	if (!parent || !tree)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_NEW_KEY_CHANGED);
	list = mem_grow(parent->children, parent->child_count + 1,
			sizeof(*list));
	if (!list)
		return err_nomem();
	parent->children = list;
	while (at < parent->child_count &&
	       hive_patch_compare_names(list[at]->name, tree->name) < 0)
		at++;
	memmove(list + at + 1, list + at,
		(parent->child_count - at) * sizeof(*list));
	list[at] = tree;
	parent->child_count++;
	return 0;
}

static void adding_release(struct adding *a)
{
	reg_tree_free(a->chain);
	vec_release(&a->made);
}

/* Everything that can be said before anything is written. */
static int prepare(struct hive_edit *e, const char *path,
		   const struct reg_tree *tree, struct adding *a)
{
	const uint8_t *security = NULL;
	size_t nbytes = 0;
	int err = hive_edit_follow(e, path, &a->spot);

	if (err)
		return err;
	if (!*a->spot.missing)
		return err_fail(ERR_EXISTS, 0, W_REGISTRY_KEY_IS_THERE, path);
	if (a->spot.key.flags & REGF_KEY_SYM_LINK)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_LINK_IN_WAY,
				path);
	err = parent_security(e, &a->spot.key, &security, &nbytes);
	if (!err)
		err = build_chain(a, tree);
	if (!err)
		err = inherit(a->chain, security, nbytes);
	if (!err)
		err = hive_edit_can_write_tree(a->chain, a->spot.depth);
	return err;
}

int hive_edit_add_tree(struct reg_edit *base, const char *path,
		       const struct reg_tree *tree)
{
	struct hive_edit *e = (struct hive_edit *)base;
	struct adding a = { .chain = NULL,
			    .made = VEC_INIT(struct hivex_made,
					     REG_TREE_MAX_KEYS + 1000) };
	struct reg_tree *back = NULL;
	int err = hive_edit_reserve(e);

	if (!err)
		err = prepare(e, path, tree, &a);
	if (!err)
		err = hive_edit_begin(e);
	if (!err)
		err = write_chain(e, &a);
	if (!err)
		err = read_back(e, &a, &back);
	if (!err)
		err = note(e, &a, back);
	if (err)
		reg_tree_free(back);
	adding_release(&a);
	return hive_edit_end(e, err);
}

int hive_edit_can_add_tree(struct reg_edit *base, const char *parent_path,
			   const struct reg_tree *tree)
{
	struct hive_edit *e = (struct hive_edit *)base;
	struct adding a = { .chain = NULL,
			    .made = VEC_INIT(struct hivex_made, 1) };
	const uint8_t *security = NULL;
	struct str path = STR_INIT;
	size_t nbytes = 0;
	int err = hive_edit_follow(e, parent_path, &a.spot);

	if (!err)
		err = parent_security(e, &a.spot.key, &security, &nbytes);
	if (err)
		return err;
	if (strchr(tree->name, '\\'))
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_BACKSLASH_NAME);
	/* The key itself may still be there: its name is not looked for. */
	str_add(&path, a.spot.missing);
	str_addch(&path, '\\');
	str_add(&path, tree->name);
	a.spot.missing = str_text(&path);
	err = path.err ? err_nomem() : build_chain(&a, tree);
	if (!err)
		err = inherit(a.chain, security, nbytes);
	if (!err)
		err = hive_edit_can_write_tree(a.chain, a.spot.depth);
	if (!err && a.spot.key.flags & REGF_KEY_SYM_LINK)
		err = err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_PARENT_IS_LINK);
	str_release(&path);
	adding_release(&a);
	return err;
}
