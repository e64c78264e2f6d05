/*
 * Random changes to a hive, and all of them taken back: the same for the same
 * hive and number.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOOLS_HIVE_MILL_H
#define TOOLS_HIVE_MILL_H

#include "tests/tools/hive_maker.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/reg_backend.h"
#include "registry/reg_edit.h"

#include <stdio.h>
#include <string.h>

#define HIVE_MILL_STEPS	   200
#define HIVE_MILL_MAX_KEYS 60 /* of a tree that is removed or added */

enum hive_mill_kind {
	HIVE_MILL_KEY_ADDED,
	HIVE_MILL_KEY_REMOVED,
	HIVE_MILL_VALUE_ADDED,
	HIVE_MILL_VALUE_CHANGED,
	HIVE_MILL_VALUE_REMOVED,
	HIVE_MILL_KINDS
};

struct hive_mill_step {
	enum hive_mill_kind kind;
	char *path;
	struct reg_tree *had; /* the key, or one with the value first */
	size_t value;	      /* ... of its values */
};

struct hive_mill {
	struct reg_edit *e;
	struct hive_mill_step steps[HIVE_MILL_STEPS];
	size_t count;
	unsigned by_kind[HIVE_MILL_KINDS], refused;
	uint32_t state;
};

static inline uint32_t hive_mill_next(struct hive_mill *m, size_t below)
{
	m->state = m->state * 1103515245u + 12345u;
	return below ? (m->state >> 8) % (uint32_t)below : 0;
}

static inline size_t hive_mill_keys(const struct reg_tree *t)
{
	size_t n = 1;

	for (size_t i = 0; i < t->child_count; i++)
		n += hive_mill_keys(t->children[i]);
	return n;
}

/* A way down that ends anywhere below the root, or NULL. */
static inline char *hive_mill_path(struct hive_mill *m)
{
	struct reg_key *key = NULL;
	struct reg_tree *t = NULL, *at;
	char *path = NULL, *next;

	if (!reg_open_key(reg_edit_root(m->e), "", &key))
		(void)reg_tree_read(key, &t);
	reg_close_key(key);
	for (at = t; at && at->child_count;) {
		at = at->children[hive_mill_next(m, at->child_count)];
		if (strchr(at->name, '\\') || !*at->name || at->is_link)
			break;
		next = reg_path_join(path ? path : "", at->name,
				     strlen(at->name));
		mem_free(path);
		path = next;
		if (!hive_mill_next(m, 3))
			break;
	}
	reg_tree_free(t);
	return path;
}

static inline struct reg_tree *hive_mill_read(struct hive_mill *m,
					      const char *path)
{
	struct reg_key *key = NULL;
	struct reg_tree *t = NULL;

	if (!reg_open_key(reg_edit_root(m->e), path, &key) &&
	    reg_tree_read(key, &t))
		t = NULL;
	reg_close_key(key);
	return t;
}

static inline int hive_mill_remove_key(struct hive_mill *m,
				       struct hive_mill_step *s)
{
	const char *cut = strrchr(s->path, '\\');
	char *up = mem_strndup(s->path, cut ? (size_t)(cut - s->path) : 0);
	int err = hive_mill_keys(s->had) > HIVE_MILL_MAX_KEYS
			  ? ERR_UNSUPPORTED
			  : reg_edit_can_add_tree(m->e, up, s->had);

	mem_free(up);
	return err ? err : reg_edit_delete_key(m->e, s->path);
}

static inline int hive_mill_add_key(struct hive_mill *m,
				    struct hive_mill_step *s)
{
	char *to = reg_path_join(s->path, "Added \xe8\xa1\xa8", 9);
	int err = hive_mill_keys(s->had) > HIVE_MILL_MAX_KEYS
			  ? ERR_UNSUPPORTED
			  : reg_edit_add_tree(m->e, to, s->had);

	mem_free(s->path);
	s->path = to;
	return err;
}

static inline int hive_mill_set(struct hive_mill *m, struct hive_mill_step *s)
{
	const struct reg_tree_value *v = &s->had->values[s->value];
	const bool is_new = s->kind == HIVE_MILL_VALUE_ADDED;
	uint8_t data[300];
	size_t nbytes = hive_mill_next(m, sizeof(data));
	int err = is_new ? 0 : reg_edit_can_set_value(m->e, s->path, v);

	for (size_t i = 0; i < nbytes; i++)
		data[i] = (uint8_t)hive_mill_next(m, 256);
	if (err)
		return err;
	return s->kind == HIVE_MILL_VALUE_REMOVED
		       ? reg_edit_delete_value(m->e, s->path, v->name)
		       : reg_edit_set_value(m->e, s->path,
					    is_new ? "added" : v->name,
					    REG_TYPE_BINARY, data, nbytes);
}

static inline void hive_mill_step_release(struct hive_mill_step *s)
{
	mem_free(s->path);
	reg_tree_free(s->had);
	memset(s, 0, sizeof(*s));
}

static inline int hive_mill_do(struct hive_mill *m, struct hive_mill_step *s)
{
	switch (s->kind) {
	case HIVE_MILL_KEY_ADDED:
		return hive_mill_add_key(m, s);
	case HIVE_MILL_KEY_REMOVED:
		return hive_mill_remove_key(m, s);
	default:
		return hive_mill_set(m, s);
	}
}

static inline bool hive_mill_has(const struct reg_tree *t, const char *name)
{
	for (size_t i = 0; i < t->value_count; i++)
		if (!utf_casecmp(t->values[i].name, name))
			return true;
	return false;
}

/* Whether it was done; what the edit refuses is left out. */
static inline bool hive_mill_try(struct hive_mill *m)
{
	struct hive_mill_step *s = &m->steps[m->count];

	s->kind = (enum hive_mill_kind)hive_mill_next(m, HIVE_MILL_KINDS);
	s->path = hive_mill_path(m);
	s->had = s->path ? hive_mill_read(m, s->path) : NULL;
	if (!s->had)
		goto none;
	s->value = hive_mill_next(m, s->had->value_count);
	if (s->kind == HIVE_MILL_VALUE_ADDED && hive_mill_has(s->had, "added"))
		goto none;
	if (s->kind > HIVE_MILL_VALUE_ADDED && !s->had->value_count)
		goto none;
	if (hive_mill_do(m, s))
		goto none;
	m->by_kind[s->kind]++;
	m->count++;
	return true;
none:
	m->refused++;
	hive_mill_step_release(s);
	return false;
}

static inline void hive_mill_run(struct hive_mill *m, struct reg_edit *e,
				 uint32_t seed)
{
	memset(m, 0, sizeof(*m));
	m->e = e;
	m->state = seed;
	for (int tries = 0;
	     m->count < HIVE_MILL_STEPS && tries < 10 * HIVE_MILL_STEPS;
	     tries++)
		(void)hive_mill_try(m);
}

static inline int hive_mill_take_back(struct hive_mill *m,
				      const struct hive_mill_step *s)
{
	const struct reg_tree_value *v =
		s->had->value_count ? &s->had->values[s->value] : NULL;

	switch (s->kind) {
	case HIVE_MILL_KEY_ADDED:
		return reg_edit_delete_key(m->e, s->path);
	case HIVE_MILL_KEY_REMOVED:
		return reg_edit_add_tree(m->e, s->path, s->had);
	case HIVE_MILL_VALUE_ADDED:
		return reg_edit_delete_value(m->e, s->path, "added");
	default:
		return reg_edit_set_value(m->e, s->path, v->name, v->type,
					  v->data, v->nbytes);
	}
}

/* The last one first; 0 or what the first failure was. */
static inline int hive_mill_back(struct hive_mill *m)
{
	int err = 0;

	while (m->count && !err) {
		struct hive_mill_step *s = &m->steps[--m->count];

		err = hive_mill_take_back(m, s);
		hive_mill_step_release(s);
	}
	return err;
}

#endif
