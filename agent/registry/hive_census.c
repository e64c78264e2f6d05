/*
 * Counts the cells of a hive, see hive_census.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_census.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/reg_backend.h"
#include "words/registry.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of data in each segment of a "db" record. */
#define SEGMENT_NBYTES 16344u

struct offsets {
	uint32_t *at;
	size_t count, cap;
};

struct counting {
	struct hive_census *c;
	const struct hive_census_visit *visit; /* or NULL */
	struct offsets todo;	 /* keys, each followed by its depth */
	struct offsets security; /* "sk" of each key */
};

static int push(struct offsets *o, uint32_t offset)
{
	if (o->count == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 256;
		uint32_t *p = mem_grow(o->at, cap, sizeof(*p));

		if (!p)
			return err_nomem();
		o->at = p;
		o->cap = cap;
	}
	o->at[o->count++] = offset;
	return 0;
}

static void wrong(struct hive_census *c, const char *what)
{
	if (!c->wrong)
		c->wrong = what;
}

bool hive_census_has(const struct hive_census *c, uint32_t offset)
{
	return offset < c->bins_nbytes &&
	       (c->used[offset / 32] >> (offset / 4 % 8) & 1);
}

/* An allocated cell that has its one owner now; NULL if it is none. */
static const uint8_t *own(struct hive_census *c, uint32_t offset, size_t need,
			  size_t *nbytes_ret)
{
	const uint8_t *p = regf_cell(c->r, offset, need, nbytes_ret);

	if (!p) {
		wrong(c, W_REGISTRY_LEADS_NOWHERE);
		return NULL;
	}
	if (hive_census_has(c, offset)) {
		wrong(c, W_REGISTRY_SHARED_PLACE);
		return NULL;
	}
	c->used[offset / 32] |= (uint8_t)(1u << (offset / 4 % 8));
	return p;
}

/* The lists themselves; what they list is read with regf_subkeys(). */
static void count_list(struct hive_census *c, uint32_t list)
{
	size_t nbytes = 0, count;
	const uint8_t *p = own(c, list, 4, &nbytes);

	if (!p || memcmp(p, "ri", 2) != 0)
		return;
	count = bytes_le16(p + 2);
	if (count > (nbytes - 4) / 4)
		count = (nbytes - 4) / 4;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *leaf =
			own(c, bytes_le32(p + 4 + 4 * i), 4, NULL);

		if (leaf && !memcmp(leaf, "ri", 2))
			wrong(c, W_REGISTRY_LISTS_TOO_DEEP);
	}
}

static void count_data(struct hive_census *c, const struct regf_value *v)
{
	size_t nbytes = 0, count, left = v->data_nbytes;
	const uint8_t *p, *list;

	if (v->is_inline) {
		if (left > 4)
			wrong(c, W_REGISTRY_VALUE_NO_ROOM);
		return;
	}
	/* What a length of zero leads to is nobody's. */
	if (!left)
		return;
	p = own(c, v->data, 0, &nbytes);
	if (!p || left <= nbytes)
		return;
	if (nbytes < 8 || memcmp(p, "db", 2) != 0) {
		wrong(c, W_REGISTRY_VALUE_TOO_LONG);
		return;
	}
	count = bytes_le16(p + 2);
	list = own(c, bytes_le32(p + 4), 4 * count, NULL);
	for (size_t i = 0; list && i < count; i++) {
		if (!own(c, bytes_le32(list + 4 * i), 0, &nbytes))
			return;
		if (nbytes > SEGMENT_NBYTES)
			nbytes = SEGMENT_NBYTES;
		left -= nbytes < left ? nbytes : left;
	}
	if (left)
		wrong(c, W_REGISTRY_VALUE_TOO_LONG);
}

static int count_values(struct counting *k, const struct regf_key *key)
{
	struct hive_census *c = k->c;
	struct regf_list list;
	struct regf_value v;
	int err = regf_values(c->r, key, &list);

	if (err)
		return err;
	if (list.bad)
		wrong(c, W_REGISTRY_VALUES_LIST_DAMAGED);
	if (key->value_count)
		own(c, key->value_list, 0, NULL);
	for (size_t i = 0; i < list.count; i++) {
		if (!own(c, list.offsets[i], 0, NULL) ||
		    !regf_value_read(c->r, list.offsets[i], &v))
			continue;
		if (v.bad)
			wrong(c, W_REGISTRY_VALUE_NAME_DAMAGED);
		count_data(c, &v);
		if (k->visit)
			k->visit->value(k->visit->arg, &v);
	}
	regf_list_release(&list);
	return 0;
}

static int count_subkeys(struct counting *k, const struct regf_key *key,
			 uint32_t depth)
{
	struct regf_list list;
	int err = regf_subkeys(k->c->r, key, &list);

	if (err)
		return err;
	if (list.bad & ~REGF_BAD_HINT)
		wrong(k->c, W_REGISTRY_SUBKEYS_LIST_DAMAGED);
	if (key->subkey_count)
		count_list(k->c, key->subkey_list);
	if (list.count && depth == REG_MAX_DEPTH)
		wrong(k->c, W_REGISTRY_TOO_DEEP);
	for (size_t i = 0; i < list.count && !err && !k->c->wrong; i++) {
		err = push(&k->todo, list.offsets[i]);
		if (!err)
			err = push(&k->todo, depth + 1);
	}
	regf_list_release(&list);
	return err;
}

static int count_key(struct counting *k, uint32_t offset, uint32_t depth)
{
	struct hive_census *c = k->c;
	const uint8_t *p = NULL;
	struct regf_key key;
	size_t nbytes = 0;
	int err;

	c->keys++;
	if (!own(c, offset, 0, NULL))
		return 0;
	if (!regf_key_read(c->r, offset, &key)) {
		wrong(c, W_REGISTRY_KEY_UNREADABLE);
		return 0;
	}
	if (key.bad)
		wrong(c, W_REGISTRY_KEY_NAME_DAMAGED);
	if (!regf_key_class(c->r, &key, &p, &nbytes))
		wrong(c, W_REGISTRY_CLASS_UNREADABLE);
	else if (nbytes)
		own(c, key.class_name, nbytes, NULL);
	if (!regf_key_security(c->r, &key, &p, &nbytes))
		wrong(c, W_REGISTRY_SECURITY_UNREADABLE);
	else if (p && push(&k->security, key.security))
		return err_nomem();
	if (k->visit)
		k->visit->key(k->visit->arg, &key);
	err = count_values(k, &key);
	return err ? err : count_subkeys(k, &key, depth);
}

static int count_keys(struct counting *k, uint32_t first)
{
	int err = push(&k->todo, first);

	if (!err)
		err = push(&k->todo, 0);
	while (k->todo.count && !err && !k->c->wrong) {
		k->todo.count -= 2;
		err = count_key(k, k->todo.at[k->todo.count],
				k->todo.at[k->todo.count + 1]);
	}
	return err;
}

static int compare_offsets(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* A neighbour in the ring of "sk" records that leads back by `back`. */
static bool leads_back(struct hive_census *c, uint32_t offset, size_t forth,
		       size_t back)
{
	const uint8_t *p = regf_cell(c->r, offset, 20, NULL);
	const uint8_t *next;

	if (!p)
		return false;
	next = regf_cell(c->r, bytes_le32(p + forth), 20, NULL);
	return next && !memcmp(next, "sk", 2) &&
	       bytes_le32(next + back) == offset;
}

/*
 * Each record counts its keys.  More than there are is no harm: keys that
 * existed only while Windows ran were counted, too.
 */
static void check_security(struct counting *k)
{
	struct hive_census *c = k->c;
	struct offsets *o = &k->security;
	size_t i, n;

	if (o->count)
		qsort(o->at, o->count, sizeof(*o->at), compare_offsets);
	for (i = 0; i < o->count; i += n) {
		const uint8_t *p = own(c, o->at[i], 20, NULL);

		for (n = 1; i + n < o->count && o->at[i + n] == o->at[i]; n++)
			;
		if (!p)
			return;
		if (bytes_le32(p + 12) < n)
			wrong(c, W_REGISTRY_SECURITY_COUNT);
		if (!leads_back(c, o->at[i], 4, 8) ||
		    !leads_back(c, o->at[i], 8, 4))
			wrong(c, W_REGISTRY_SECURITY_RING);
	}
}

/* Bins, and cells that fill them without a gap. */
static void count_lost(struct hive_census *c)
{
	uint64_t at = 0, end = c->r->bins_nbytes;

	while (at < end && !c->wrong) {
		const uint8_t *bin =
			hive_image_at(c->r->img, HIVE_BASE_NBYTES + at, 32);
		uint64_t cell = at + 32;
		uint32_t size;

		if (!bin || memcmp(bin, "hbin", 4) != 0 ||
		    bytes_le32(bin + 4) != at || !bytes_le32(bin + 8) ||
		    bytes_le32(bin + 8) % 4096 ||
		    bytes_le32(bin + 8) > end - at) {
			wrong(c, W_REGISTRY_BINS_GAP);
			return;
		}
		at += bytes_le32(bin + 8);
		bin = hive_image_at(c->r->img, HIVE_BASE_NBYTES + cell - 32,
				    (size_t)(at - cell + 32));
		if (!bin) {
			wrong(c, W_REGISTRY_UNREADABLE);
			return;
		}
		for (bin += 32; cell < at; cell += size) {
			const uint8_t *p = bin;
			bool is_used;

			if (at - cell < 8) {
				wrong(c, W_REGISTRY_CELLS_GAP);
				return;
			}
			size = bytes_le32(p);
			is_used = size & 0x80000000u;
			if (is_used)
				size = 0u - size;
			if (size < 8 || size & 3 || size > at - cell) {
				wrong(c, W_REGISTRY_CELLS_GAP);
				return;
			}
			if (is_used && !hive_census_has(c, (uint32_t)cell))
				c->lost++;
			bin += size;
		}
	}
}

static int begin(struct hive_census *c, struct counting *k, struct regf *r)
{
	memset(c, 0, sizeof(*c));
	memset(k, 0, sizeof(*k));
	k->c = c;
	c->r = r;
	c->bins_nbytes = r->bins_nbytes;
	c->used = mem_zalloc((size_t)r->bins_nbytes / 32 + 1);
	return c->used ? 0 : err_nomem();
}

static int end(struct hive_census *c, struct counting *k, int err)
{
	mem_free(k->todo.at);
	mem_free(k->security.at);
	if (!err && c->wrong)
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_CENSUS_BAD, c->wrong);
	return err;
}

int hive_census_take(struct hive_census *c, struct regf *r)
{
	struct counting k;
	int err = begin(c, &k, r);

	if (!err)
		err = count_keys(&k, r->root);
	if (!err && !c->wrong)
		check_security(&k);
	if (!err && !c->wrong)
		count_lost(c);
	return end(c, &k, err);
}

int hive_census_key(struct hive_census *c, struct regf *r, uint32_t key,
		    const struct hive_census_visit *visit)
{
	struct counting k;
	int err = begin(c, &k, r);

	k.visit = visit;
	if (!err)
		err = count_keys(&k, key);
	return end(c, &k, err);
}

int hive_census_values(struct hive_census *c, struct regf *r, uint32_t key,
		       const struct hive_census_visit *visit)
{
	struct counting k;
	struct regf_key nk;
	int err = begin(c, &k, r);

	k.visit = visit;
	if (!err && !regf_key_read(r, key, &nk))
		wrong(c, W_REGISTRY_KEY_UNREADABLE);
	else if (!err)
		err = count_values(&k, &nk);
	return end(c, &k, err);
}

void hive_census_release(struct hive_census *c)
{
	mem_free(c->used);
	memset(c, 0, sizeof(*c));
}
