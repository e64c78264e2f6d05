/*
 * Growing arrays and the name map (open hashing, no case).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/vec.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include <string.h>

void *vec_push(struct vec *v)
{
	void *item;

	if (v->count >= v->max) {
		err_fail(ERR_TOO_LARGE, 0,
			 "a list is longer than %" PRIu64 " entries",
			 (uint64_t)v->max);
		return NULL;
	}
	if (v->count == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 8;
		void *items = mem_grow(v->items, cap, v->size);

		if (!items) {
			err_nomem();
			return NULL;
		}
		v->items = items;
		v->cap = cap;
	}
	item = (char *)v->items + v->count * v->size;
	memset(item, 0, v->size);
	v->count++;
	return item;
}

void *vec_at(const struct vec *v, size_t index)
{
	return (char *)v->items + index * v->size;
}

void vec_release(struct vec *v)
{
	mem_free(v->items);
	v->items = NULL;
	v->count = 0;
	v->cap = 0;
}

struct namemap_slot {
	char *key;
	uint64_t hash;
	void *value;
};

struct namemap {
	struct namemap_slot *slots;
	size_t cap; /* power of two */
	size_t count;
};

struct namemap *namemap_new(void)
{
	struct namemap *m = mem_zalloc(sizeof(*m));

	if (!m)
		return NULL;
	m->cap = 16;
	m->slots = mem_array(m->cap, sizeof(*m->slots));
	if (!m->slots) {
		mem_free(m);
		return NULL;
	}
	return m;
}

void namemap_free(struct namemap *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->cap; i++)
		mem_free(m->slots[i].key);
	mem_free(m->slots);
	mem_free(m);
}

static struct namemap_slot *find_slot(const struct namemap *m, const char *key,
				      uint64_t hash)
{
	size_t i = (size_t)hash & (m->cap - 1);

	while (m->slots[i].key && (m->slots[i].hash != hash ||
				   utf_casecmp(m->slots[i].key, key) != 0))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

void *namemap_get(const struct namemap *m, const char *key)
{
	return find_slot(m, key, utf_casehash(key))->value;
}

static int namemap_double(struct namemap *m)
{
	struct namemap bigger = { NULL, m->cap * 2, m->count };

	bigger.slots = mem_array(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return err_nomem();
	for (size_t i = 0; i < m->cap; i++) {
		struct namemap_slot *old = &m->slots[i];

		if (old->key)
			*find_slot(&bigger, old->key, old->hash) = *old;
	}
	mem_free(m->slots);
	*m = bigger;
	return 0;
}

int namemap_put(struct namemap *m, const char *key, void *value)
{
	uint64_t hash = utf_casehash(key);
	struct namemap_slot *slot;

	if (m->count * 4 >= m->cap * 3) {
		int ret = namemap_double(m);

		if (ret)
			return ret;
	}
	slot = find_slot(m, key, hash);
	if (!slot->key) {
		slot->key = mem_strdup(key);
		if (!slot->key)
			return err_nomem();
		slot->hash = hash;
		m->count++;
	}
	slot->value = value;
	return 0;
}

size_t namemap_count(const struct namemap *m)
{
	return m->count;
}
