/*
 * Makes hive files in memory for tests: a tree of keys, then its bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tree keeps what hivex cannot write: flags, times, names with NUL or
 * lone surrogates, values of more than 16,344 bytes, wrong hashes.  Test
 * code: without memory it ends the program.
 */
#ifndef TOOLS_HIVE_MAKER_H
#define TOOLS_HIVE_MAKER_H

#include "base/bytes.h"
#include "base/mem.h"
#include "base/utf.h"
#include "registry/regf.h"

#include <stdlib.h>
#include <string.h>

#define HIVE_MAKER_LEAF 500 /* entries of a list before it is divided */
#define HIVE_MAKER_TIME INT64_C(129298032000000000) /* 2010-09-24 */

struct hive_maker_value {
	char *name;
	uint32_t type;
	uint8_t *data;
	size_t nbytes;
	struct hive_maker_value *next;
};

struct hive_maker_key {
	char *name; /* our UTF-8 */
	uint32_t flags;
	int64_t time;
	struct hive_maker_value *values, **last_value;
	struct hive_maker_key *children, **last_child, *next;
	uint32_t value_count, child_count;
	struct hive_maker_key *recent; /* the child that was asked for last */
	uint8_t *security;	       /* NULL: as most keys have it */
	size_t security_nbytes;
	uint8_t *class_utf16;
	size_t class_nbytes;
	uint32_t offset;
};

struct hive_maker_out {
	uint8_t *data;
	size_t nbytes, cap; /* of the bins, without base block */
	size_t used;	    /* end of the last cell */
	uint32_t sk;	    /* the security descriptor of most keys */
};

static inline void *hive_maker_need(void *p)
{
	if (!p)
		abort();
	return p;
}

static inline struct hive_maker_key *hive_maker_new(const char *name)
{
	struct hive_maker_key *k = hive_maker_need(mem_zalloc(sizeof(*k)));

	k->name = hive_maker_need(mem_strdup(name));
	k->time = HIVE_MAKER_TIME;
	k->last_value = &k->values;
	k->last_child = &k->children;
	return k;
}

/* A new subkey at the end of the list, no look at what is there. */
static inline struct hive_maker_key *
hive_maker_child(struct hive_maker_key *parent, const char *name)
{
	struct hive_maker_key *k = hive_maker_new(name);

	*parent->last_child = k;
	parent->last_child = &k->next;
	parent->child_count++;
	parent->recent = k;
	return k;
}

/* The key at that path, made where it is missing. */
static inline struct hive_maker_key *
hive_maker_path(struct hive_maker_key *from, const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "\\");
		struct hive_maker_key *k = from->recent;
		char *name = hive_maker_need(mem_strndup(path, n));

		if (!k || utf_casecmp(k->name, name))
			for (k = from->children; k; k = k->next)
				if (!utf_casecmp(k->name, name))
					break;
		if (!k)
			k = hive_maker_child(from, name);
		from->recent = k;
		mem_free(name);
		from = k;
		path += n;
		path += *path == '\\';
	}
	return from;
}

static inline void hive_maker_value(struct hive_maker_key *k, const char *name,
				    uint32_t type, const void *data,
				    size_t nbytes)
{
	struct hive_maker_value *v = hive_maker_need(mem_zalloc(sizeof(*v)));

	v->name = hive_maker_need(mem_strdup(name));
	v->type = type;
	v->data = hive_maker_need(mem_dup(data, nbytes));
	v->nbytes = nbytes;
	*k->last_value = v;
	k->last_value = &v->next;
	k->value_count++;
}

/* A text value with its NUL. */
static inline void hive_maker_text(struct hive_maker_key *k, const char *name,
				   uint32_t type, const char *text)
{
	uint16_t *units;
	uint8_t *bytes;
	size_t n;

	if (utf_to_utf16(text, &units, &n))
		abort();
	bytes = hive_maker_need(mem_alloc(2 * n + 2));
	for (size_t i = 0; i <= n; i++)
		bytes_put_le16(bytes + 2 * i, i < n ? units[i] : 0);
	hive_maker_value(k, name, type, bytes, 2 * n + 2);
	mem_free(bytes);
	mem_free(units);
}

static inline void hive_maker_free(struct hive_maker_key *k)
{
	if (!k)
		return;
	while (k->values) {
		struct hive_maker_value *v = k->values;

		k->values = v->next;
		mem_free(v->name);
		mem_free(v->data);
		mem_free(v);
	}
	while (k->children) {
		struct hive_maker_key *c = k->children;

		k->children = c->next;
		hive_maker_free(c);
	}
	mem_free(k->security);
	mem_free(k->class_utf16);
	mem_free(k->name);
	mem_free(k);
}

/* Any bytes; those that are equal share one record, as in Windows. */
static inline void hive_maker_security(struct hive_maker_key *k,
				       const void *data, size_t nbytes)
{
	mem_free(k->security);
	k->security = hive_maker_need(mem_dup(data, nbytes));
	k->security_nbytes = nbytes;
}

static inline void hive_maker_class(struct hive_maker_key *k, const void *data,
				    size_t nbytes)
{
	mem_free(k->class_utf16);
	k->class_utf16 = hive_maker_need(mem_dup(data, nbytes));
	k->class_nbytes = nbytes;
}

/* ---- writing ---------------------------------------------------------- */

static inline void hive_maker_grow(struct hive_maker_out *o, size_t nbytes)
{
	if (nbytes > o->cap) {
		size_t cap = o->cap ? o->cap : 65536;

		while (cap < nbytes)
			cap *= 2;
		o->data = hive_maker_need(mem_realloc(o->data, cap));
		memset(o->data + o->cap, 0, cap - o->cap);
		o->cap = cap;
	}
	o->nbytes = nbytes;
}

/* Closes the last bin with a free cell. */
static inline void hive_maker_end_bin(struct hive_maker_out *o)
{
	if (o->used < o->nbytes)
		bytes_put_le32(o->data + o->used,
			       (uint32_t)(o->nbytes - o->used));
	o->used = o->nbytes;
}

/* A new cell for that many bytes; gives its offset. */
static inline uint32_t hive_maker_cell(struct hive_maker_out *o, size_t nbytes)
{
	size_t size = (nbytes + 4 + 7) / 8 * 8;
	uint32_t offset;

	if (o->nbytes - o->used < size) {
		size_t bin = (size + 32 + 4095) / 4096 * 4096;
		size_t start = o->nbytes;

		hive_maker_end_bin(o);
		hive_maker_grow(o, start + bin);
		memcpy(o->data + start, "hbin", 4);
		bytes_put_le32(o->data + start + 4, (uint32_t)start);
		bytes_put_le32(o->data + start + 8, (uint32_t)bin);
		o->used = start + 32;
	}
	offset = (uint32_t)o->used;
	bytes_put_le32(o->data + offset, 0u - (uint32_t)size);
	o->used += size;
	return offset;
}

static inline uint8_t *hive_maker_at(struct hive_maker_out *o, uint32_t offset)
{
	return o->data + offset + 4;
}

/* Name as stored; *latin1_ret tells the form. Caller frees. */
static inline uint8_t *hive_maker_name(const char *name, size_t *nbytes_ret,
				       bool *latin1_ret)
{
	uint16_t *units;
	uint8_t *out;
	bool latin1 = true;
	size_t n;

	if (utf_to_utf16(name, &units, &n))
		abort();
	for (size_t i = 0; i < n; i++)
		latin1 = latin1 && units[i] < 0x100;
	out = hive_maker_need(mem_alloc(2 * n + 1));
	for (size_t i = 0; i < n; i++) {
		if (latin1)
			out[i] = (uint8_t)units[i];
		else
			bytes_put_le16(out + 2 * i, units[i]);
	}
	mem_free(units);
	*nbytes_ret = latin1 ? n : 2 * n;
	*latin1_ret = latin1;
	return out;
}

static inline uint32_t hive_maker_hash(const char *name)
{
	uint16_t *units;
	uint32_t hash = 0;
	size_t n;

	if (utf_to_utf16(name, &units, &n))
		abort();
	for (size_t i = 0; i < n; i++)
		hash = hash * 37 + utf_upcase(units[i]);
	mem_free(units);
	return hash;
}

static inline uint32_t hive_maker_data(struct hive_maker_out *o,
				       const uint8_t *data, size_t nbytes)
{
	size_t count = (nbytes + 16343) / 16344;
	uint32_t at, list, part;

	if (count <= 1) {
		at = hive_maker_cell(o, nbytes);
		if (nbytes)
			memcpy(hive_maker_at(o, at), data, nbytes);
		return at;
	}
	at = hive_maker_cell(o, 8);
	list = hive_maker_cell(o, 4 * count);
	memcpy(hive_maker_at(o, at), "db", 2);
	bytes_put_le16(hive_maker_at(o, at) + 2, (uint16_t)count);
	bytes_put_le32(hive_maker_at(o, at) + 4, list);
	for (size_t i = 0; i < count; i++) {
		size_t n = nbytes - i * 16344;

		if (n > 16344)
			n = 16344;
		/* Windows leaves four bytes behind each segment. */
		part = hive_maker_cell(o, 16344 + 4);
		memcpy(hive_maker_at(o, part), data + i * 16344, n);
		bytes_put_le32(hive_maker_at(o, list) + 4 * i, part);
	}
	return at;
}

static inline uint32_t hive_maker_vk(struct hive_maker_out *o,
				     const struct hive_maker_value *v)
{
	size_t nbytes;
	bool latin1;
	uint8_t *name = hive_maker_name(v->name, &nbytes, &latin1), *p;
	uint32_t at = hive_maker_cell(o, 20 + nbytes);
	uint32_t length = (uint32_t)v->nbytes, data = 0;

	if (v->nbytes > 4) {
		data = hive_maker_data(o, v->data, v->nbytes);
	} else {
		uint8_t small[4] = { 0 };

		memcpy(small, v->data, v->nbytes);
		data = bytes_le32(small);
		length |= 0x80000000u;
	}
	p = hive_maker_at(o, at);
	memcpy(p, "vk", 2);
	bytes_put_le16(p + 2, (uint16_t)nbytes);
	bytes_put_le32(p + 4, length);
	bytes_put_le32(p + 8, data);
	bytes_put_le32(p + 12, v->type);
	bytes_put_le16(p + 16, latin1 && nbytes ? 1 : 0);
	memcpy(p + 20, name, nbytes);
	mem_free(name);
	return at;
}

static inline int hive_maker_compare_units(const char *a, const char *b)
{
	uint16_t *x, *y;
	size_t n, m, i = 0;
	int order;

	if (utf_to_utf16(a, &x, &n) || utf_to_utf16(b, &y, &m))
		abort();
	while (i < n && i < m && utf_upcase(x[i]) == utf_upcase(y[i]))
		i++;
	if (i < n && i < m)
		order = utf_upcase(x[i]) < utf_upcase(y[i]) ? -1 : 1;
	else
		order = n < m ? -1 : n > m;
	mem_free(x);
	mem_free(y);
	return order;
}

/*
 * Windows' order is that of the units.  Only a pair of surrogates, which is
 * four bytes here, makes it another one than that of the code points.
 */
static inline int hive_maker_compare(const void *a, const void *b)
{
	const char *x = (*(struct hive_maker_key *const *)a)->name;
	const char *y = (*(struct hive_maker_key *const *)b)->name;
	static const char four[] = "\xf0\xf1\xf2\xf3\xf4";

	if (strpbrk(x, four) || strpbrk(y, four))
		return hive_maker_compare_units(x, y);
	return utf_casecmp(x, y);
}

static inline uint32_t hive_maker_leaf(struct hive_maker_out *o,
				       struct hive_maker_key **keys,
				       size_t count)
{
	uint32_t at = hive_maker_cell(o, 4 + 8 * count);
	uint8_t *p = hive_maker_at(o, at);

	memcpy(p, "lh", 2);
	bytes_put_le16(p + 2, (uint16_t)count);
	for (size_t i = 0; i < count; i++) {
		bytes_put_le32(p + 4 + 8 * i, keys[i]->offset);
		bytes_put_le32(p + 8 + 8 * i, hive_maker_hash(keys[i]->name));
	}
	return at;
}

static inline uint32_t hive_maker_list(struct hive_maker_out *o,
				       struct hive_maker_key **keys,
				       size_t count)
{
	size_t leaves = (count + HIVE_MAKER_LEAF - 1) / HIVE_MAKER_LEAF;
	uint32_t at, leaf;

	if (leaves <= 1)
		return hive_maker_leaf(o, keys, count);
	at = hive_maker_cell(o, 4 + 4 * leaves);
	memcpy(hive_maker_at(o, at), "ri", 2);
	bytes_put_le16(hive_maker_at(o, at) + 2, (uint16_t)leaves);
	for (size_t i = 0; i < leaves; i++) {
		size_t n = count - i * HIVE_MAKER_LEAF;

		if (n > HIVE_MAKER_LEAF)
			n = HIVE_MAKER_LEAF;
		leaf = hive_maker_leaf(o, keys + i * HIVE_MAKER_LEAF, n);
		bytes_put_le32(hive_maker_at(o, at) + 4 + 4 * i, leaf);
	}
	return at;
}

/* One descriptor for all keys: self-relative, no owner, no lists. */
static inline void hive_maker_sk(struct hive_maker_out *o)
{
	uint8_t *p;

	o->sk = hive_maker_cell(o, 20 + 20);
	p = hive_maker_at(o, o->sk);
	memcpy(p, "sk", 2);
	bytes_put_le32(p + 4, o->sk);
	bytes_put_le32(p + 8, o->sk);
	bytes_put_le32(p + 16, 20);
	p[20] = 1;
	bytes_put_le16(p + 22, 0x8000);
}

/* The record of a key; a new one goes into the ring behind the first. */
static inline uint32_t hive_maker_sk_of(struct hive_maker_out *o,
					const struct hive_maker_key *k)
{
	size_t n = k->security_nbytes;
	uint32_t at = o->sk, next;
	uint8_t *p;

	if (!k->security)
		return o->sk;
	do {
		p = hive_maker_at(o, at);
		if (bytes_le32(p + 16) == n && !memcmp(p + 20, k->security, n))
			return at;
		at = bytes_le32(p + 4);
	} while (at != o->sk);
	next = bytes_le32(hive_maker_at(o, o->sk) + 4);
	at = hive_maker_cell(o, 20 + n);
	p = hive_maker_at(o, at);
	memcpy(p, "sk", 2);
	bytes_put_le32(p + 4, next);
	bytes_put_le32(p + 8, o->sk);
	bytes_put_le32(p + 16, (uint32_t)n);
	memcpy(p + 20, k->security, n);
	bytes_put_le32(hive_maker_at(o, o->sk) + 4, at);
	bytes_put_le32(hive_maker_at(o, next) + 8, at);
	return at;
}

/* Longest names and data, as Windows keeps them in the key. */
static inline void hive_maker_longest(struct hive_maker_out *o,
				      const struct hive_maker_key *k)
{
	uint32_t name = 0, class_name = 0, value = 0, data = 0;
	uint16_t *units;
	uint8_t *p;
	size_t n;

	for (const struct hive_maker_key *c = k->children; c; c = c->next) {
		if (utf_to_utf16(c->name, &units, &n))
			abort();
		mem_free(units);
		name = 2 * n > name ? (uint32_t)(2 * n) : name;
		if (c->class_nbytes > class_name)
			class_name = (uint32_t)c->class_nbytes;
	}
	for (const struct hive_maker_value *v = k->values; v; v = v->next) {
		if (utf_to_utf16(v->name, &units, &n))
			abort();
		mem_free(units);
		value = 2 * n > value ? (uint32_t)(2 * n) : value;
		data = v->nbytes > data ? (uint32_t)v->nbytes : data;
	}
	p = hive_maker_at(o, k->offset);
	bytes_put_le16(p + 52, (uint16_t)name);
	bytes_put_le32(p + 56, class_name);
	bytes_put_le32(p + 60, value);
	bytes_put_le32(p + 64, data);
}

static inline void hive_maker_nk(struct hive_maker_out *o,
				 struct hive_maker_key *k, uint32_t parent)
{
	struct hive_maker_key **keys, *c;
	uint32_t values = REGF_NO_CELL, list = REGF_NO_CELL, i = 0;
	uint32_t class_name = REGF_NO_CELL, sk;
	size_t nbytes;
	bool latin1;
	uint8_t *name = hive_maker_name(k->name, &nbytes, &latin1), *p;

	k->offset = hive_maker_cell(o, 76 + nbytes);
	if (!o->sk)
		hive_maker_sk(o);
	sk = hive_maker_sk_of(o, k);
	if (k->class_nbytes) {
		class_name = hive_maker_cell(o, k->class_nbytes);
		memcpy(hive_maker_at(o, class_name), k->class_utf16,
		       k->class_nbytes);
	}
	if (k->value_count)
		values = hive_maker_cell(o, 4 * (size_t)k->value_count);
	for (struct hive_maker_value *v = k->values; v; v = v->next) {
		uint32_t vk = hive_maker_vk(o, v);

		bytes_put_le32(hive_maker_at(o, values) + 4 * i++, vk);
	}
	keys = hive_maker_need(mem_array(k->child_count + 1, sizeof(*keys)));
	i = 0;
	for (c = k->children; c; c = c->next) {
		hive_maker_nk(o, c, k->offset);
		keys[i++] = c;
	}
	if (i) {
		qsort(keys, i, sizeof(*keys), hive_maker_compare);
		list = hive_maker_list(o, keys, i);
	}
	mem_free(keys);
	p = hive_maker_at(o, k->offset);
	memcpy(p, "nk", 2);
	bytes_put_le16(p + 2, (uint16_t)(k->flags | (latin1 ? 0x20 : 0)));
	bytes_put_le64(p + 4, (uint64_t)k->time);
	bytes_put_le32(p + 16, parent);
	bytes_put_le32(p + 20, k->child_count);
	bytes_put_le32(p + 28, list);
	bytes_put_le32(p + 32, REGF_NO_CELL);
	bytes_put_le32(p + 36, k->value_count);
	bytes_put_le32(p + 40, values);
	bytes_put_le32(p + 44, sk);
	p = hive_maker_at(o, sk);
	bytes_put_le32(p + 12, bytes_le32(p + 12) + 1);
	p = hive_maker_at(o, k->offset);
	bytes_put_le32(p + 48, class_name);
	bytes_put_le16(p + 74, (uint16_t)k->class_nbytes);
	bytes_put_le16(p + 72, (uint16_t)nbytes);
	memcpy(p + 76, name, nbytes);
	mem_free(name);
	hive_maker_longest(o, k);
}

/* Sets the checksum of the base block anew. */
static inline void hive_maker_seal(uint8_t *hive)
{
	bytes_put_le32(hive + 508, regf_checksum(hive));
}

/* The whole file; caller frees with mem_free. */
static inline uint8_t *hive_maker_write(struct hive_maker_key *root,
					size_t *nbytes_ret)
{
	struct hive_maker_out o = { NULL, 0, 0, 0, 0 };
	uint8_t *hive;

	root->flags |= 0x0c;
	hive_maker_nk(&o, root, 0);
	hive_maker_end_bin(&o);
	hive = hive_maker_need(mem_zalloc(HIVE_BASE_NBYTES + o.nbytes));
	memcpy(hive + HIVE_BASE_NBYTES, o.data, o.nbytes);
	memcpy(hive, "regf", 4);
	bytes_put_le32(hive + 4, 7);
	bytes_put_le32(hive + 8, 7);
	bytes_put_le64(hive + 12, (uint64_t)HIVE_MAKER_TIME);
	bytes_put_le32(hive + 20, 1);
	bytes_put_le32(hive + 24, 5);
	bytes_put_le32(hive + 32, 1);
	bytes_put_le32(hive + 36, root->offset);
	bytes_put_le32(hive + 40, (uint32_t)o.nbytes);
	bytes_put_le32(hive + 44, 1);
	hive_maker_seal(hive);
	*nbytes_ret = HIVE_BASE_NBYTES + o.nbytes;
	mem_free(o.data);
	return hive;
}

#endif
