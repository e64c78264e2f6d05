/*
 * Lists of subkeys and values, and the look-up of a subkey by its name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/regf.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/registry.h"

#include <stdlib.h>
#include <string.h>

/* Smallest key cell and smallest value cell: they bound every count. */
#define KEY_CELL_NBYTES	  80u
#define VALUE_CELL_NBYTES 24u
/* Windows has one "ri" above the leaves; damaged hives get one more. */
#define MAX_LIST_DEPTH 2

/* One pass over the leaves of a key's subkey lists. */
struct list_walk {
	struct regf *r;
	size_t leaves_left;  /* lists that may still be looked at */
	size_t entries_left; /* entries likewise */
	unsigned bad;
	/* Returns non-zero to stop. hint: NULL for "li" */
	int (*entry)(struct list_walk *w, uint32_t offset, const uint8_t *hint,
		     bool is_hash);
};

static int no_more_work(void)
{
	return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TOO_MUCH_WORK);
}

static int walk_leaf(struct list_walk *w, const uint8_t *p, size_t nbytes)
{
	size_t count = bytes_le16(p + 2);
	size_t step = p[0] == 'l' && p[1] == 'i' ? 4 : 8;
	int stop;

	if (count > (nbytes - 4) / step) {
		w->bad |= REGF_BAD_LENGTH;
		count = (nbytes - 4) / step;
	}
	for (size_t i = 0; i < count; i++) {
		const uint8_t *e = p + 4 + i * step;

		if (!w->entries_left) {
			w->bad |= REGF_BAD_COUNT;
			return 0;
		}
		w->entries_left--;
		w->r->work++;
		stop = w->entry(w, bytes_le32(e), step == 8 ? e + 4 : NULL,
				p[1] == 'h');
		if (stop)
			return stop;
	}
	return 0;
}

static int walk_list(struct list_walk *w, uint32_t offset, int depth)
{
	size_t nbytes = 0, count;
	const uint8_t *p = regf_cell(w->r, offset, 4, &nbytes);
	int stop;

	w->r->work++;
	if (!p) {
		w->bad |= REGF_BAD_CELL;
		return 0;
	}
	if (!w->leaves_left || depth > MAX_LIST_DEPTH) {
		w->bad |= REGF_BAD_DEPTH;
		return 0;
	}
	w->leaves_left--;
	if (!memcmp(p, "lf", 2) || !memcmp(p, "lh", 2) || !memcmp(p, "li", 2))
		return walk_leaf(w, p, nbytes);
	if (memcmp(p, "ri", 2) != 0) {
		w->bad |= REGF_BAD_SIGNATURE;
		return 0;
	}
	count = bytes_le16(p + 2);
	if (count > (nbytes - 4) / 4) {
		w->bad |= REGF_BAD_LENGTH;
		count = (nbytes - 4) / 4;
	}
	for (size_t i = 0; i < count; i++) {
		stop = walk_list(w, bytes_le32(p + 4 + 4 * i), depth + 1);
		if (stop)
			return stop;
	}
	return 0;
}

/*
 * As many entries as keys fit into the hive: a list that repeats itself
 * cannot make us work longer than an honest one of that size.
 */
static int walk_subkeys(struct list_walk *w, const struct regf_key *key)
{
	if (!key->subkey_count)
		return 0;
	if (w->r->work > REGF_MAX_WORK)
		return no_more_work();
	w->entries_left = w->r->bins_nbytes / KEY_CELL_NBYTES + 1;
	w->leaves_left = w->r->bins_nbytes / 8 + 1;
	if (w->leaves_left > 70000)
		w->leaves_left = 70000;
	return walk_list(w, key->subkey_list, 0);
}

static int list_push(struct regf_list *list, size_t *cap, uint32_t offset)
{
	if (list->count == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		uint32_t *p = mem_grow(list->offsets, more, sizeof(*p));

		if (!p)
			return hive_image_no_memory(more * sizeof(*p));
		list->offsets = p;
		*cap = more;
	}
	list->offsets[list->count++] = offset;
	return 0;
}

static int compare_offsets(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Index of the first element that is not below `offset`. */
static size_t first_of(const uint32_t *sorted, size_t n, uint32_t offset)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sorted[mid] < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Leaves the first of equal offsets, in the order they came. */
static int drop_duplicates(struct regf_list *list)
{
	size_t n = list->count, kept = 0, repeats = 0;
	uint32_t *sorted;
	uint8_t *seen;

	if (n < 2)
		return 0;
	sorted = mem_dup(list->offsets, n * sizeof(*sorted));
	if (!sorted)
		return hive_image_no_memory(n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_offsets);
	for (size_t i = 1; i < n; i++)
		repeats += sorted[i] == sorted[i - 1];
	if (!repeats) {
		mem_free(sorted);
		return 0;
	}
	list->bad |= REGF_BAD_DUPLICATE;
	seen = mem_zalloc(n);
	if (!seen) {
		mem_free(sorted);
		return hive_image_no_memory(n);
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = first_of(sorted, n, list->offsets[i]);

		if (seen[at])
			continue;
		seen[at] = 1;
		list->offsets[kept++] = list->offsets[i];
	}
	list->count = kept;
	mem_free(seen);
	mem_free(sorted);
	return 0;
}

/*
 * A key has one parent.  What names another valid key as its parent is left
 * out here, so that no path leads in a circle and no key is met twice.  A
 * parent field that leads nowhere is damage that Windows XP reads over.
 */
static bool is_child(struct regf *r, const struct regf_key *parent,
		     const struct regf_key *child, unsigned *bad)
{
	struct regf_key other;

	if (child->offset == r->root || child->offset == parent->offset) {
		*bad |= REGF_BAD_PARENT;
		return false;
	}
	if (child->parent == parent->offset)
		return true;
	*bad |= REGF_BAD_PARENT;
	return !regf_key_read(r, child->parent, &other);
}

struct collect {
	struct list_walk walk;
	const struct regf_key *parent;
	struct regf_list list;
	size_t cap;
};

/*
 * Windows finds a key of an "lh" list by this hash only.  Where one is wrong
 * (damage, or a key made to be enumerated but not opened) look-ups in this
 * hive stop relying on hints.
 */
static void check_hint(struct list_walk *w, const struct regf_key *child,
		       const uint8_t *hint)
{
	uint32_t hash = 0;

	/* The hash of a name that was cut is not known. */
	if (!(child->flags & REGF_KEY_COMP_NAME) || child->bad ||
	    w->r->has_wrong_hints)
		return;
	for (size_t i = 0; i < child->name_nbytes; i++) {
		if (child->name[i] >= 0x80)
			return;
		hash = hash * 37 + (uint32_t)ascii_upper(child->name[i]);
	}
	if (hash == bytes_le32(hint))
		return;
	w->r->has_wrong_hints = true;
	w->bad |= REGF_BAD_HINT;
}

static int collect_entry(struct list_walk *w, uint32_t offset,
			 const uint8_t *hint, bool is_hash)
{
	struct collect *c = (struct collect *)w;
	struct regf_key child;

	if (!regf_key_read(w->r, offset, &child)) {
		w->bad |= REGF_BAD_CELL;
		return 0;
	}
	if (hint && is_hash)
		check_hint(w, &child, hint);
	if (!is_child(w->r, c->parent, &child, &w->bad))
		return 0;
	return list_push(&c->list, &c->cap, offset);
}

int regf_subkeys(struct regf *r, const struct regf_key *key,
		 struct regf_list *ret)
{
	struct collect c = { .walk = { .r = r, .entry = collect_entry },
			     .parent = key };
	size_t declared = key->subkey_count;
	int err;

	err = walk_subkeys(&c.walk, key);
	c.list.bad |= c.walk.bad;
	if (!err && c.list.count != declared)
		c.list.bad |= REGF_BAD_COUNT;
	if (!err)
		err = drop_duplicates(&c.list);
	if (err) {
		mem_free(c.list.offsets);
		return err;
	}
	*ret = c.list;
	return 0;
}

static int count_entry(struct list_walk *w, uint32_t offset,
		       const uint8_t *hint, bool is_hash)
{
	(void)w;
	(void)offset;
	(void)hint;
	(void)is_hash;
	return 0;
}

uint32_t regf_count_subkeys(struct regf *r, const struct regf_key *key)
{
	struct list_walk w = { .r = r, .entry = count_entry };
	size_t all = r->bins_nbytes / KEY_CELL_NBYTES + 1;

	if (!key->subkey_count)
		return 0;
	walk_subkeys(&w, key);
	return (uint32_t)(all - w.entries_left);
}

int regf_values(struct regf *r, const struct regf_key *key,
		struct regf_list *ret)
{
	struct regf_list list = { 0 };
	size_t nbytes = 0, cap = 0, count = key->value_count;
	struct regf_value value;
	const uint8_t *p;
	int err = 0;

	if (!count)
		goto done;
	if (r->work > REGF_MAX_WORK)
		return no_more_work();
	p = regf_cell(r, key->value_list, 4, &nbytes);
	if (!p) {
		list.bad |= REGF_BAD_CELL;
		goto done;
	}
	if (count > nbytes / 4) {
		list.bad |= REGF_BAD_COUNT;
		count = nbytes / 4;
	}
	if (count > r->bins_nbytes / VALUE_CELL_NBYTES)
		count = r->bins_nbytes / VALUE_CELL_NBYTES;
	r->work += (uint64_t)count * REGF_NAME_WORK;
	for (size_t i = 0; i < count && !err; i++) {
		uint32_t offset = bytes_le32(p + 4 * i);

		if (regf_value_read(r, offset, &value))
			err = list_push(&list, &cap, offset);
		else
			list.bad |= REGF_BAD_CELL;
	}
	if (!err)
		err = drop_duplicates(&list);
	if (err) {
		mem_free(list.offsets);
		return err;
	}
done:
	*ret = list;
	return 0;
}

void regf_list_release(struct regf_list *list)
{
	mem_free(list->offsets);
	memset(list, 0, sizeof(*list));
}

struct search {
	struct list_walk walk;
	const struct regf_key *parent;
	const char *name;
	size_t name_nbytes;
	bool is_ascii;
	uint32_t hash; /* of an ASCII name */
	struct str text;
	struct regf_key found;
};

#define FOUND (-1)

/*
 * False if the list alone shows that the name is another one.  A name of
 * ours outside ASCII is always compared: our table of capitals need not be
 * the one of the Windows that wrote the hash.
 */
static bool may_match(const struct search *s, const uint8_t *hint, bool is_hash)
{
	if (!hint || !s->is_ascii || s->walk.r->has_wrong_hints)
		return true;
	if (is_hash)
		return bytes_le32(hint) == s->hash;
	for (size_t i = 0; i < 4 && i < s->name_nbytes; i++) {
		/* Zeros or high bytes: not a hint for a name like ours. */
		if (!hint[i] || hint[i] >= 0x80)
			return true;
		if (ascii_lower(hint[i]) !=
		    ascii_lower((unsigned char)s->name[i]))
			return false;
	}
	return true;
}

static int search_entry(struct list_walk *w, uint32_t offset,
			const uint8_t *hint, bool is_hash)
{
	struct search *s = (struct search *)w;
	struct regf_key child;

	if (!may_match(s, hint, is_hash))
		return 0;
	w->r->work += REGF_NAME_WORK;
	if (!regf_key_read(w->r, offset, &child)) {
		w->bad |= REGF_BAD_CELL;
		return 0;
	}
	str_clear(&s->text);
	if (regf_key_name(&child, &s->text))
		return s->text.err;
	if (utf_ncasecmp(str_text(&s->text), s->text.len, s->name,
			 s->name_nbytes)) {
		/* A name that was cut could have been this one. */
		w->bad |= child.bad;
		return 0;
	}
	if (!is_child(w->r, s->parent, &child, &w->bad))
		return 0;
	s->found = child;
	return FOUND;
}

static void prepare_hash(struct search *s)
{
	s->is_ascii = true;
	for (size_t i = 0; i < s->name_nbytes; i++) {
		unsigned char c = (unsigned char)s->name[i];

		if (c >= 0x80)
			s->is_ascii = false;
		s->hash = s->hash * 37 + (uint32_t)ascii_upper(c);
	}
}

int regf_find_subkey(struct regf *r, const struct regf_key *key,
		     const char *name, size_t name_nbytes, struct regf_key *ret,
		     unsigned *bad_ret)
{
	struct search s = { .walk = { .r = r, .entry = search_entry },
			    .parent = key,
			    .name = name,
			    .name_nbytes = name_nbytes };
	int stop;

	str_init(&s.text, 0);
	prepare_hash(&s);
	stop = walk_subkeys(&s.walk, key);
	str_release(&s.text);
	*bad_ret |= s.walk.bad;
	if (stop == FOUND) {
		*ret = s.found;
		return 0;
	}
	return stop ? stop : ERR_NOT_FOUND;
}
