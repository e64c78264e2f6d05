/*
 * Small registry hives for tests, made in memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_make.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <stdlib.h>
#include <string.h>

#define BASE_NBYTES 4096
#define BIN_HEADER  32
#define BIN_MAX	    ((size_t)256 << 20)
#define NO_CELL	    0xffffffffu

struct value {
	char *name;
	uint32_t type;
	uint8_t *data;
	size_t nbytes;
	struct value *next;
};

struct key {
	char *name;
	int is_link;
	struct value *values;
	struct value *last_value;
	size_t value_count;
	struct key *first;
	struct key *next;
	struct key *hint; /* the last one used: names often come in order */
	size_t count;
	uint32_t cell;
};

struct hive_make {
	struct key root;
	struct str bin; /* cells, from the start of the bin */
};

struct hive_make *hive_make_new(void)
{
	struct hive_make *h = mem_zalloc(sizeof(*h));

	ck_assert_ptr_nonnull(h);
	str_init(&h->bin, BIN_MAX);
	h->root.name = mem_strdup("ROOT");
	return h;
}

static void key_release(struct key *k)
{
	struct value *v;
	struct key *sub;

	while ((v = k->values) != NULL) {
		k->values = v->next;
		mem_free(v->name);
		mem_free(v->data);
		mem_free(v);
	}
	while ((sub = k->first) != NULL) {
		k->first = sub->next;
		key_release(sub);
		mem_free(sub);
	}
	mem_free(k->name);
}

void hive_make_free(struct hive_make *h)
{
	key_release(&h->root);
	str_release(&h->bin);
	mem_free(h);
}

static struct key *subkey(struct key *k, const char *name, size_t n)
{
	struct key **at = &k->first;
	struct key *made;
	int order = k->hint ? utf_ncasecmp(k->hint->name, strlen(k->hint->name),
					   name, n)
			    : 1;

	if (!order)
		return k->hint;
	if (order < 0)
		at = &k->hint->next;
	/* Sorted without case, as the format demands. */
	for (; *at; at = &(*at)->next) {
		order = utf_ncasecmp((*at)->name, strlen((*at)->name), name, n);
		if (!order) {
			k->hint = *at;
			return *at;
		}
		if (order > 0)
			break;
	}
	made = mem_zalloc(sizeof(*made));
	ck_assert_ptr_nonnull(made);
	made->name = mem_strndup(name, n);
	made->next = *at;
	*at = made;
	k->hint = made;
	k->count++;
	return made;
}

static struct key *key_at(struct hive_make *h, const char *path)
{
	struct key *k = &h->root;

	while (*path) {
		size_t n = strcspn(path, "\\");

		k = subkey(k, path, n);
		path += path[n] ? n + 1 : n;
	}
	return k;
}

void hive_make_key(struct hive_make *h, const char *path)
{
	key_at(h, path);
}

void hive_make_value(struct hive_make *h, const char *path, const char *name,
		     uint32_t type, const void *data, size_t nbytes)
{
	struct key *k = key_at(h, path);
	struct value *v = mem_zalloc(sizeof(*v));
	struct value **at = k->last_value ? &k->last_value->next : &k->values;

	ck_assert_ptr_nonnull(v);
	v->name = mem_strdup(name);
	v->type = type;
	v->data = mem_dup(data, nbytes);
	v->nbytes = nbytes;
	*at = v;
	k->last_value = v;
	k->value_count++;
}

static void put_text(struct hive_make *h, const char *path, const char *name,
		     uint32_t type, const char *text, int final_nul)
{
	uint16_t *units = NULL;
	size_t count = 0;

	ck_assert_int_eq(utf_to_utf16(text, &units, &count), 0);
	hive_make_value(h, path, name, type, units,
			(count + (size_t)final_nul) * 2);
	mem_free(units);
}

void hive_make_text(struct hive_make *h, const char *path, const char *name,
		    const char *text)
{
	put_text(h, path, name, 1, text, 1);
}

void hive_make_expand(struct hive_make *h, const char *path, const char *name,
		      const char *text)
{
	put_text(h, path, name, 2, text, 1);
}

void hive_make_dword(struct hive_make *h, const char *path, const char *name,
		     uint32_t value)
{
	uint8_t b[4];

	bytes_put_le32(b, value);
	hive_make_value(h, path, name, 4, b, 4);
}

void hive_make_link(struct hive_make *h, const char *path, const char *to)
{
	key_at(h, path)->is_link = 1;
	put_text(h, path, "SymbolicLinkValue", 6, to, 0);
}

/* ---- writing ------------------------------------------------------------ */

/* A cell of zeros; the offset counts from the start of the bin. */
static uint32_t cell_new(struct hive_make *h, size_t nbytes)
{
	uint32_t at = (uint32_t)h->bin.len;
	size_t whole = (nbytes + 4 + 7) & ~(size_t)7;
	size_t i;

	for (i = 0; i < whole; i++)
		str_addch(&h->bin, '\0');
	ck_assert_int_eq(h->bin.err, 0);
	bytes_put_le32((uint8_t *)h->bin.buf + at, (uint32_t) - (int32_t)whole);
	return at;
}

static uint8_t *cell(struct hive_make *h, uint32_t at)
{
	return (uint8_t *)h->bin.buf + at + 4;
}

static int is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s > 126)
			return 0;
	return 1;
}

/* Name as stored: one byte a character, or UTF-16. */
static uint8_t *stored_name(const char *name, size_t *nbytes_ret)
{
	uint16_t *units = NULL;
	size_t count = 0;
	uint8_t *b;
	size_t i;

	if (is_ascii(name)) {
		*nbytes_ret = strlen(name);
		return mem_dup(name, strlen(name) + 1);
	}
	ck_assert_int_eq(utf_to_utf16(name, &units, &count), 0);
	b = mem_alloc(count * 2);
	for (i = 0; i < count; i++)
		bytes_put_le16(b + 2 * i, units[i]);
	mem_free(units);
	*nbytes_ret = count * 2;
	return b;
}

static uint32_t write_value(struct hive_make *h, const struct value *v)
{
	size_t n = 0;
	uint8_t *name = stored_name(v->name, &n);
	uint32_t at = cell_new(h, 20 + n);
	uint32_t data = 0;
	uint8_t *p;

	if (v->nbytes > 4) {
		data = cell_new(h, v->nbytes);
		memcpy(cell(h, data), v->data, v->nbytes);
	}
	p = cell(h, at);
	memcpy(p, "vk", 2);
	bytes_put_le16(p + 2, (uint16_t)n);
	bytes_put_le32(p + 4, (uint32_t)v->nbytes |
				      (v->nbytes <= 4 ? 0x80000000u : 0));
	bytes_put_le32(p + 8, data);
	if (v->nbytes <= 4)
		memcpy(p + 8, v->data, v->nbytes);
	bytes_put_le32(p + 12, v->type);
	bytes_put_le16(p + 16, is_ascii(v->name) ? 1 : 0);
	memcpy(p + 20, name, n);
	mem_free(name);
	return at;
}

static uint32_t write_values(struct hive_make *h, const struct key *k)
{
	uint32_t list = cell_new(h, k->value_count * 4);
	const struct value *v;
	size_t i = 0;

	for (v = k->values; v; v = v->next, i++) {
		uint32_t at = write_value(h, v);

		bytes_put_le32(cell(h, list) + i * 4, at);
	}
	return list;
}

static uint32_t name_hash(const char *name)
{
	uint32_t hash = 0;

	for (; *name;) {
		uint32_t cp;

		name += utf_decode(name, &cp);
		hash = hash * 37 + utf_upcase(cp & 0x1fffff);
	}
	return hash;
}

static void write_key(struct hive_make *h, struct key *k, uint32_t parent,
		      uint32_t security);

static uint32_t write_subkeys(struct hive_make *h, struct key *k,
			      uint32_t security)
{
	uint32_t list = cell_new(h, 4 + k->count * 8);
	struct key *sub;
	size_t i = 0;

	memcpy(cell(h, list), "lh", 2);
	bytes_put_le16(cell(h, list) + 2, (uint16_t)k->count);
	for (sub = k->first; sub; sub = sub->next, i++) {
		write_key(h, sub, k->cell, security);
		bytes_put_le32(cell(h, list) + 4 + i * 8, sub->cell);
		bytes_put_le32(cell(h, list) + 8 + i * 8, name_hash(sub->name));
	}
	return list;
}

static void write_key(struct hive_make *h, struct key *k, uint32_t parent,
		      uint32_t security)
{
	size_t n = 0;
	uint8_t *name = stored_name(k->name, &n);
	uint32_t flags = is_ascii(k->name) ? 0x20 : 0;
	uint32_t list;
	uint8_t *p;

	if (k == &h->root)
		flags |= 0x0c;
	if (k->is_link)
		flags |= 0x10;
	k->cell = cell_new(h, 76 + n);
	p = cell(h, k->cell);
	memcpy(p, "nk", 2);
	bytes_put_le16(p + 2, (uint16_t)flags);
	/* 2010-09-26 12:00:00 UTC */
	bytes_put_le64(p + 4, UINT64_C(129299760000000000));
	bytes_put_le32(p + 16, parent);
	bytes_put_le32(p + 20, (uint32_t)k->count);
	bytes_put_le32(p + 28, NO_CELL);
	bytes_put_le32(p + 32, NO_CELL);
	bytes_put_le32(p + 36, (uint32_t)k->value_count);
	bytes_put_le32(p + 40, NO_CELL);
	bytes_put_le32(p + 44, security);
	bytes_put_le32(p + 48, NO_CELL);
	bytes_put_le32(p + 52, 512);
	bytes_put_le32(p + 60, 512);
	bytes_put_le32(p + 64, 65536);
	bytes_put_le16(p + 72, (uint16_t)n);
	memcpy(p + 76, name, n);
	mem_free(name);
	if (k->value_count) {
		list = write_values(h, k);
		bytes_put_le32(cell(h, k->cell) + 40, list);
	}
	if (k->count) {
		list = write_subkeys(h, k, security);
		bytes_put_le32(cell(h, k->cell) + 28, list);
	}
}

static uint32_t write_security(struct hive_make *h)
{
	uint32_t at = cell_new(h, 20 + 20);
	uint8_t *p = cell(h, at);

	memcpy(p, "sk", 2);
	bytes_put_le32(p + 4, at);
	bytes_put_le32(p + 8, at);
	bytes_put_le32(p + 12, 1);
	bytes_put_le32(p + 16, 20);
	p[20] = 1;
	bytes_put_le16(p + 22, 0x8000);
	return at;
}

uint8_t *hive_make_finish(struct hive_make *h, size_t *nbytes_ret)
{
	uint32_t security;
	uint32_t sum = 0;
	size_t used;
	size_t whole;
	uint8_t *file;
	size_t i;

	str_clear(&h->bin);
	for (i = 0; i < BIN_HEADER; i++)
		str_addch(&h->bin, '\0');
	security = write_security(h);
	write_key(h, &h->root, NO_CELL, security);
	used = h->bin.len;
	whole = (used + 8 + 4095) & ~(size_t)4095;
	file = mem_zalloc(BASE_NBYTES + whole);
	ck_assert_ptr_nonnull(file);
	memcpy(file + BASE_NBYTES, h->bin.buf, used);
	bytes_put_le32(file + BASE_NBYTES + used, (uint32_t)(whole - used));
	memcpy(file + BASE_NBYTES, "hbin", 4);
	bytes_put_le32(file + BASE_NBYTES + 8, (uint32_t)whole);
	memcpy(file, "regf", 4);
	bytes_put_le32(file + 4, 1);
	bytes_put_le32(file + 8, 1);
	bytes_put_le32(file + 20, 1);
	bytes_put_le32(file + 24, 5);
	bytes_put_le32(file + 32, 1);
	bytes_put_le32(file + 36, h->root.cell);
	bytes_put_le32(file + 40, (uint32_t)whole);
	bytes_put_le32(file + 44, 1);
	for (i = 0; i < 508; i += 4)
		sum ^= bytes_le32(file + i);
	bytes_put_le32(file + 508, sum);
	*nbytes_ret = BASE_NBYTES + whole;
	return file;
}
