/*
 * Paths, and what hivex can write; see hive_edit.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_edit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "registry/hivex_write.h"
#include "registry/reg_limits.h"
#include "words/base.h"
#include "words/registry.h"

#include <stdlib.h>
#include <string.h>

/* Both counts have 16 bits where hivex writes them. */
#define MAX_COUNT 65535u

/*
 * One child of that name; a second one is ERR_UNSUPPORTED: Windows knows no
 * two keys of one name, and the wrong one must not be deleted.
 */
static int find_child(struct regf *r, const struct regf_key *parent,
		      const char *name, size_t nbytes, struct regf_key *ret)
{
	struct regf_list list;
	struct regf_key child;
	struct str text;
	size_t found = 0;
	int err = regf_subkeys(r, parent, &list);

	if (err)
		return err;
	str_init(&text, 0);
	for (size_t i = 0; i < list.count && !err; i++) {
		if (!regf_key_read(r, list.offsets[i], &child))
			continue;
		str_clear(&text);
		err = regf_key_name(&child, &text);
		if (err ||
		    utf_ncasecmp(str_text(&text), text.len, name, nbytes))
			continue;
		*ret = child;
		found++;
	}
	str_release(&text);
	regf_list_release(&list);
	if (err)
		return err_fail(err, 0, W_BASE_ERR_NO_MEMORY);
	if (found > 1)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_TWO_KEYS,
				(int)(nbytes < 256 ? nbytes : 256), name);
	return found ? 0 : ERR_NOT_FOUND;
}

int hive_edit_reserve(struct hive_edit *e)
{
	if (!vec_push(&e->changes))
		return err_last()->err;
	e->changes.count--;
	return 0;
}

static struct hive_change *find_made(struct hive_edit *e, uint32_t offset)
{
	for (size_t i = 0; i < e->changes.count; i++) {
		struct hive_change *h = vec_at(&e->changes, i);

		if (h->kind == HIVE_KEY_MADE && h->offset == offset)
			return h;
	}
	return NULL;
}

static int is_link(const char *path)
{
	return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_LINK_IN_WAY, path);
}

int hive_edit_follow(struct hive_edit *e, const char *path,
		     struct hive_spot *ret)
{
	struct regf *r = &e->now.regf;
	struct hive_spot s = { .depth = 0 };
	const char *rest = path ? path : "", *name;
	struct regf_key child = { 0 };
	size_t nbytes = 0;
	int err;

	r->work = 0;
	if (!regf_key_read(r, r->root, &s.key))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_ROOT_UNREADABLE);
	s.missing = "";
	for (;;) {
		struct hive_change *h;

		name = reg_path_next(&rest, &nbytes);
		if (!name)
			break;
		if (s.key.flags & REGF_KEY_SYM_LINK)
			return is_link(path);
		err = find_child(r, &s.key, name, nbytes, &child);
		if (err == ERR_NOT_FOUND) {
			s.missing = name;
			break;
		}
		if (err)
			return err;
		s.parent = s.key;
		s.key = child;
		s.depth++;
		s.made_below++;
		h = find_made(e, child.offset);
		if (h) {
			s.made = h;
			s.made_path = rest;
			s.made_below = 0;
		}
	}
	*ret = s;
	return 0;
}

int hive_edit_find(struct hive_edit *e, const char *path, bool no_link,
		   struct hive_spot *ret)
{
	struct hive_spot s = { .missing = "" };
	int err = hive_edit_follow(e, path, &s);

	if (err)
		return err;
	if (*s.missing)
		return err_fail(ERR_NOT_FOUND, 0, W_REGISTRY_NO_KEY, path);
	if (no_link && s.key.flags & REGF_KEY_SYM_LINK)
		return is_link(path);
	*ret = s;
	return 0;
}

/* ---- what can be written ------------------------------------------------- */

static int cannot(const char *what, const char *name)
{
	struct str shown = STR_INIT;
	int err;

	utf_display(&shown, name);
	err = err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_CANNOT_WRITE, what,
		       str_text(&shown));
	str_release(&shown);
	return err;
}

/* A NUL ends a name for hivex; what is no name of Windows is none of ours. */
static bool is_writable(const char *name, size_t max_units)
{
	size_t units = 0;
	uint32_t cp;

	while (*name) {
		name += utf_decode(name, &cp);
		if (!cp || cp & UTF_BAD)
			return false;
		units += cp > 0xffff ? 2 : 1;
	}
	return units <= max_units;
}

int hive_edit_can_write_value(const struct reg_tree_value *v)
{
	if (!is_writable(v->name, REG_VALUE_NAME_NCHARS))
		return cannot(W_REGISTRY_WHAT_VALUE_NAME, v->name);
	if (v->nbytes > HIVEX_WRITE_MAX_VALUE)
		return cannot(W_REGISTRY_WHAT_LONG_DATA, v->name);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return utf_casecmp(*(const char *const *)a, *(const char *const *)b);
}

/* No two subkeys of one name. */
static int check_names(const struct reg_tree *t)
{
	const char **names;
	int err = 0;

	if (t->child_count < 2)
		return 0;
	names = mem_array(t->child_count, sizeof(*names));
	if (!names)
		return err_nomem();
	for (size_t i = 0; i < t->child_count; i++)
		names[i] = t->children[i]->name;
	qsort(names, t->child_count, sizeof(*names), compare_names);
	for (size_t i = 1; i < t->child_count && !err; i++)
		if (!utf_casecmp(names[i - 1], names[i]))
			err = cannot(W_REGISTRY_WHAT_SECOND_SUBKEY, names[i]);
	mem_free(names);
	return err;
}

int hive_edit_can_write_tree(const struct reg_tree *t, unsigned depth)
{
	int err;

	if (depth >= REG_MAX_DEPTH)
		return cannot(W_REGISTRY_WHAT_DEEP_KEY, t->name);
	if (!*t->name || !is_writable(t->name, REG_KEY_NAME_NCHARS))
		return cannot(W_REGISTRY_WHAT_KEY_NAME, t->name);
	if (t->value_count > MAX_COUNT || t->child_count > MAX_COUNT)
		return cannot(W_REGISTRY_WHAT_LARGE_KEY, t->name);
	if (t->class_nbytes > REG_TREE_MAX_CLASS)
		return cannot(W_REGISTRY_WHAT_CLASS, t->name);
	if (t->security &&
	    !reg_limits_security(t->security, t->security_nbytes))
		return cannot(W_REGISTRY_WHAT_SECURITY, t->name);
	err = check_names(t);
	for (size_t i = 0; i < t->value_count && !err; i++)
		err = hive_edit_can_write_value(&t->values[i]);
	for (size_t i = 0; i < t->child_count && !err; i++)
		err = hive_edit_can_write_tree(t->children[i], depth + 1);
	return err;
}

/* ---- trees that were made ------------------------------------------------ */

static size_t index_of(const struct reg_tree *t, const char *name,
		       size_t nbytes)
{
	size_t i = 0;

	while (i < t->child_count &&
	       utf_ncasecmp(t->children[i]->name, strlen(t->children[i]->name),
			    name, nbytes))
		i++;
	return i;
}

struct reg_tree *hive_edit_tree_at(struct reg_tree *t, const char *path,
				   size_t below)
{
	size_t nbytes = 0, i;
	const char *name;

	while (below--) {
		name = reg_path_next(&path, &nbytes);
		if (!name)
			break;
		i = index_of(t, name, nbytes);
		if (i == t->child_count)
			return NULL;
		t = t->children[i];
	}
	return t;
}

void hive_edit_tree_remove(struct reg_tree *t, const char *path, size_t below)
{
	size_t nbytes = 0, i;
	const char *name;

	t = hive_edit_tree_at(t, path, below - 1);
	for (size_t n = 0; n < below - 1; n++)
		reg_path_next(&path, &nbytes);
	name = reg_path_next(&path, &nbytes);
	if (!t || !name)
		return;
	i = index_of(t, name, nbytes);
	if (i == t->child_count)
		return;
	reg_tree_free(t->children[i]);
	memmove(t->children + i, t->children + i + 1,
		(t->child_count - i - 1) * sizeof(*t->children));
	t->child_count--;
}
