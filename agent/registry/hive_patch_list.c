/*
 * Lists of subkeys as Windows wants them; see hive_patch.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_patch_part.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <stdlib.h>
#include <string.h>

/* Hives from version 1.5 on have hashes, older ones first letters. */
#define HASH_MINOR 5u

enum kind {
	KIND_LI,
	KIND_LF,
	KIND_LH,
	KIND_NEW /* the hint does not count */
};

struct entry {
	uint32_t offset;
	uint32_t hint;
	enum kind kind;
	struct regf_key key;
	size_t place; /* keeps the order of equal names */
};

struct leaf {
	uint32_t offset;
	uint32_t count;
	enum kind kind;
};

struct lists {
	struct leaf *leaves;
	size_t leaf_count;
	struct entry *entries;
	size_t entry_count;
};

/* ---- names --------------------------------------------------------------- */

static size_t unit_count(const struct regf_key *k)
{
	return k->flags & REGF_KEY_COMP_NAME ? k->name_nbytes
					     : k->name_nbytes / 2;
}

static uint32_t unit_at(const struct regf_key *k, size_t i)
{
	return k->flags & REGF_KEY_COMP_NAME ? k->name[i]
					     : bytes_le16(k->name + 2 * i);
}

/* Windows' order: by code unit in upper case, NUL like any other. */
static int compare_keys(const struct regf_key *a, const struct regf_key *b)
{
	size_t an = unit_count(a), bn = unit_count(b);

	for (size_t i = 0; i < an && i < bn; i++) {
		uint32_t x = utf_upcase(unit_at(a, i));
		uint32_t y = utf_upcase(unit_at(b, i));

		if (x != y)
			return x < y ? -1 : 1;
	}
	return an < bn ? -1 : an > bn;
}

/* Next unit in upper case; *low keeps the second half of a pair.  0: end. */
static uint32_t next_unit(const char **s, uint32_t *low)
{
	uint32_t unit = *low, cp;

	*low = 0;
	if (unit || !**s)
		return unit;
	*s += utf_decode(*s, &cp);
	if (cp & UTF_BAD)
		cp = 0xdc00 | (cp & 0xff);
	if (cp < 0x10000)
		return utf_upcase(cp) + 1;
	cp -= 0x10000;
	*low = (0xdc00 | (cp & 0x3ff)) + 1;
	return (0xd800 | cp >> 10) + 1;
}

int hive_patch_compare_names(const char *a, const char *b)
{
	uint32_t a_low = 0, b_low = 0, x, y;

	do {
		x = next_unit(&a, &a_low);
		y = next_unit(&b, &b_low);
	} while (x == y && x);
	return x < y ? -1 : x > y;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = compare_keys(&x->key, &y->key);

	return c ? c : x->place < y->place ? -1 : x->place > y->place;
}

static uint32_t hash_of(const struct regf_key *k)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < unit_count(k); i++)
		hash = hash * 37 + utf_upcase(unit_at(k, i));
	return hash;
}

/* The first four letters; none of them if one has no single byte. */
static uint32_t letters_of(const struct regf_key *k)
{
	uint8_t letters[4] = { 0 };

	for (size_t i = 0; i < 4 && i < unit_count(k); i++) {
		if (unit_at(k, i) > 0xff)
			return 0;
		letters[i] = (uint8_t)unit_at(k, i);
	}
	return bytes_le32(letters);
}

/* ---- reading ------------------------------------------------------------- */

static size_t step_of(enum kind kind)
{
	return kind == KIND_LI ? 4 : 8;
}

static int read_leaf(struct hive_bytes *b, uint32_t offset, struct leaf *ret)
{
	uint8_t *p = hive_patch_cell(b, offset, 4);

	if (p && !memcmp(p, "lh", 2))
		ret->kind = KIND_LH;
	else if (p && !memcmp(p, "lf", 2))
		ret->kind = KIND_LF;
	else if (p && !memcmp(p, "li", 2))
		ret->kind = KIND_LI;
	else
		return hive_patch_corrupt();
	ret->offset = offset;
	ret->count = bytes_le16(p + 2);
	if (!hive_patch_cell(b, offset, 4 + ret->count * step_of(ret->kind)))
		return hive_patch_corrupt();
	return 0;
}

static int read_leaves(struct hive_bytes *b, uint32_t list, struct lists *l)
{
	uint8_t *p = hive_patch_cell(b, list, 4);
	size_t count = 1;
	bool is_ri;

	if (!p)
		return hive_patch_corrupt();
	is_ri = !memcmp(p, "ri", 2);
	if (is_ri)
		count = bytes_le16(p + 2);
	if (is_ri && !hive_patch_cell(b, list, 4 + 4 * count))
		return hive_patch_corrupt();
	l->leaves = mem_array(count + 1, sizeof(*l->leaves));
	if (!l->leaves)
		return err_nomem();
	for (size_t i = 0; i < count; i++) {
		uint32_t at = is_ri ? bytes_le32(p + 4 + 4 * i) : list;
		int err = read_leaf(b, at, &l->leaves[i]);

		if (err)
			return err;
		l->leaf_count++;
		l->entry_count += l->leaves[i].count;
	}
	return 0;
}

static int read_entries(struct hive_bytes *b, struct lists *l)
{
	struct entry *e;

	l->entries = mem_array(l->entry_count + 1, sizeof(*l->entries));
	if (!l->entries)
		return err_nomem();
	e = l->entries;
	for (size_t i = 0; i < l->leaf_count; i++) {
		const struct leaf *leaf = &l->leaves[i];
		const uint8_t *p = hive_patch_cell(b, leaf->offset, 4) + 4;

		for (uint32_t n = 0; n < leaf->count; n++, e++) {
			e->offset = bytes_le32(p);
			e->kind = leaf->kind;
			if (leaf->kind != KIND_LI)
				e->hint = bytes_le32(p + 4);
			e->place = (size_t)(e - l->entries);
			if (!regf_key_read(&b->regf, e->offset, &e->key))
				return hive_patch_corrupt();
			p += step_of(leaf->kind);
		}
	}
	return 0;
}

static void write_entries(struct hive_bytes *b, const struct lists *l)
{
	const struct entry *e = l->entries;

	for (size_t i = 0; i < l->leaf_count; i++) {
		const struct leaf *leaf = &l->leaves[i];
		uint8_t *p = hive_patch_cell(b, leaf->offset, 4);

		p[1] = leaf->kind == KIND_LH   ? 'h'
		       : leaf->kind == KIND_LF ? 'f'
					       : 'i';
		p += 4;
		for (uint32_t n = 0; n < leaf->count; n++, e++) {
			uint32_t hint = e->hint;

			bytes_put_le32(p, e->offset);
			if (e->kind != leaf->kind)
				hint = leaf->kind == KIND_LH
					       ? hash_of(&e->key)
					       : letters_of(&e->key);
			if (leaf->kind != KIND_LI)
				bytes_put_le32(p + 4, hint);
			p += step_of(leaf->kind);
		}
	}
}

/* ---- changing ------------------------------------------------------------ */

/* The others stay as they are, in whatever order the hive has them. */
static int move_new(struct lists *l, uint32_t child)
{
	struct entry one;
	size_t from = 0, to = 0;

	while (from < l->entry_count && l->entries[from].offset != child)
		from++;
	if (from == l->entry_count)
		return hive_patch_corrupt();
	one = l->entries[from];
	one.kind = KIND_NEW;
	memmove(l->entries + from, l->entries + from + 1,
		(l->entry_count - from - 1) * sizeof(one));
	while (to < l->entry_count - 1 &&
	       compare_keys(&l->entries[to].key, &one.key) < 0)
		to++;
	memmove(l->entries + to + 1, l->entries + to,
		(l->entry_count - 1 - to) * sizeof(one));
	l->entries[to] = one;
	return 0;
}

static void sort_all(struct lists *l)
{
	for (size_t i = 0; i < l->entry_count; i++)
		l->entries[i].kind = KIND_NEW;
	qsort(l->entries, l->entry_count, sizeof(*l->entries), compare_entries);
}

int hive_patch_added(struct hive_bytes *b, uint32_t parent, uint32_t child)
{
	struct lists l = { NULL, 0, NULL, 0 };
	uint8_t *nk = hive_patch_nk(b, parent);
	int err;

	if (!nk)
		return hive_patch_corrupt();
	if (!bytes_le32(nk + 20))
		return 0;
	err = read_leaves(b, bytes_le32(nk + 28), &l);
	if (!err)
		err = read_entries(b, &l);
	if (err)
		goto out;
	if (child)
		err = move_new(&l, child);
	else
		sort_all(&l);
	if (err)
		goto out;
	/* hivex makes a new list with hashes, whatever the hive has. */
	if (l.leaf_count == 1 && (!child || l.entry_count == 1) &&
	    bytes_le32(b->data + 24) < HASH_MINOR &&
	    l.leaves[0].kind == KIND_LH)
		l.leaves[0].kind = KIND_LF;
	write_entries(b, &l);
out:
	mem_free(l.leaves);
	mem_free(l.entries);
	return err;
}

int hive_patch_removed(struct hive_bytes *b, uint32_t parent)
{
	struct lists l = { NULL, 0, NULL, 0 };
	uint8_t *nk = hive_patch_nk(b, parent), *p;
	uint32_t list, kept = 0;
	bool is_ri;
	int err;

	if (!nk)
		return hive_patch_corrupt();
	list = bytes_le32(nk + 28);
	err = read_leaves(b, list, &l);
	if (err || l.entry_count != bytes_le32(nk + 20)) {
		err = err ? err : hive_patch_corrupt();
		goto out;
	}
	p = hive_patch_cell(b, list, 4);
	is_ri = !memcmp(p, "ri", 2);
	for (size_t i = 0; i < l.leaf_count; i++) {
		if (!l.leaves[i].count)
			hive_patch_give_free(b, l.leaves[i].offset);
		else if (is_ri)
			bytes_put_le32(p + 4 + 4 * (size_t)kept++,
				       l.leaves[i].offset);
	}
	if (is_ri)
		bytes_put_le16(p + 2, (uint16_t)kept);
	if (is_ri && !kept)
		hive_patch_give_free(b, list);
	if (!l.entry_count)
		bytes_put_le32(nk + 28, REGF_NO_CELL);
out:
	mem_free(l.leaves);
	return err;
}

/* One leaf: its cell is free afterwards, a wider one in its place. */
static int widen_leaf(struct hive_bytes *b, uint32_t parent, size_t nth,
		      const struct leaf *leaf, struct vec *wide)
{
	uint32_t *kept = vec_push(wide), cell;
	uint8_t *from, *to, *list;
	int err;

	if (!kept)
		return err_nomem();
	err = hive_patch_add_cell(b, 4 + 8 * (size_t)leaf->count, &cell);
	if (err)
		return err;
	*kept = cell;
	from = hive_patch_cell(b, leaf->offset, 4);
	to = hive_patch_cell(b, cell, 4);
	memcpy(to, "lf", 2);
	memcpy(to + 2, from + 2, 2);
	for (size_t i = 0; i < leaf->count; i++)
		memcpy(to + 4 + 8 * i, from + 4 + 4 * i, 4);
	list = hive_patch_nk(b, parent) + 28;
	if (bytes_le32(list) == leaf->offset)
		bytes_put_le32(list, cell);
	else
		bytes_put_le32(hive_patch_cell(b, bytes_le32(list), 4) + 4 +
				       4 * nth,
			       cell);
	hive_patch_give_free(b, leaf->offset);
	return 0;
}

int hive_patch_widen(struct hive_bytes *b, uint32_t parent, struct vec *wide)
{
	struct lists l = { NULL, 0, NULL, 0 };
	uint8_t *nk = hive_patch_nk(b, parent);
	int err;

	if (!nk)
		return hive_patch_corrupt();
	err = read_leaves(b, bytes_le32(nk + 28), &l);
	for (size_t i = 0; i < l.leaf_count && !err; i++)
		if (l.leaves[i].kind == KIND_LI)
			err = widen_leaf(b, parent, i, &l.leaves[i], wide);
	mem_free(l.leaves);
	return err;
}

int hive_patch_narrow(struct hive_bytes *b, const struct vec *wide)
{
	for (size_t i = 0; i < wide->count; i++) {
		uint32_t at = *(uint32_t *)vec_at(wide, i);
		struct leaf leaf = { 0 };
		uint8_t *p;
		int err = read_leaf(b, at, &leaf);

		if (err || leaf.kind != KIND_LF)
			return hive_patch_corrupt();
		p = hive_patch_cell(b, at, 4);
		p[1] = 'i';
		for (size_t n = 0; n < leaf.count; n++)
			memmove(p + 4 + 4 * n, p + 4 + 8 * n, 4);
		memset(p + 4 + 4 * (size_t)leaf.count, 0,
		       4 * (size_t)leaf.count);
	}
	return 0;
}
