/*
 * Building the prefilter: which windows of which patterns are looked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "match/prefilter_internal.h"
#include "words/base.h"
#include <stdlib.h>

#define MIN_BITS      15
#define MAX_BITS      21
#define BITS_PER_ITEM 40
/*
 * A byte for each hash is looked up nearly twice as fast as a bit, as long as
 * the table stays in the first two caches.
 */
#define BYTES_MIN_BITS 14
#define BYTES_MAX_BITS 17
#define BYTES_PER_ITEM 64
/* Windows with an unknown byte; each takes 48 bytes of memory. */
#define WIDENED_MAX 65536

struct tier_shape {
	unsigned anchor_min; /* 0: no such tier */
	unsigned window;
	unsigned stride;
};

static const struct tier_shape few_short[TIER_COUNT] = {
	{ 7, 4, 4 },
	{ 3, 4, 2 },
	{ 2, 2, 1 },
};

static const struct tier_shape many_short[TIER_COUNT] = {
	{ 7, 4, 4 },
	{ 4, 3, 2 },
	{ 3, 2, 2 },
	{ 2, 2, 1 },
};

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;
	uint32_t hx = hash32(x->gram);
	uint32_t hy = hash32(y->gram);

	if (hx != hy)
		return hx < hy ? -1 : 1;
	if (x->pattern != y->pattern)
		return x->pattern < y->pattern ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The eight bytes around the anchor; fewer if the pattern is shorter. */
static void set_probe(struct item *item, const struct pattern *p)
{
	uint8_t value[8] = { 0 };
	uint8_t mask[8] = { 0 };
	size_t n = p->nbytes < 8 ? p->nbytes : 8;
	size_t at = p->anchor;

	if (at + n > p->nbytes)
		at = p->nbytes - n;
	memcpy(value, p->value + at, n);
	memcpy(mask, p->mask + at, n);
	memcpy(&item->value, value, 8);
	memcpy(&item->mask, mask, 8);
	item->probe = (int32_t)at;
}

static void add_item(struct tier *t, const struct pattern *p, uint32_t index,
		     int32_t offset, const uint8_t *window)
{
	struct item *item = &t->items[t->item_count++];
	uint32_t h;

	item->offset = offset;
	item->gram = load_gram(window, t->window);
	item->pattern = index;
	set_probe(item, p);
	h = hash32(item->gram) >> (32 - t->bits);
	if (t->bytes)
		t->bytes[h] = 1;
	else
		t->bitmap[h / 32] |= UINT32_C(1) << (h % 32);
}

/* Windows at stride consecutive offsets that begin here, from the anchor. */
static int first_window(const struct pattern *p, const struct tier_shape *shape)
{
	return p->anchor_nbytes >= shape->window + shape->stride - 1 ? 0 : -1;
}

/*
 * The window at `offset` from the anchor.  A byte outside the anchor is
 * entered with every value: there is at most one.
 */
static void add_window(struct tier *t, const struct pattern *p, uint32_t index,
		       int offset)
{
	const uint8_t *anchor = p->value + p->anchor;
	uint8_t window[LOAD_NBYTES];
	int unknown = -1;

	for (int i = 0; i < (int)t->window; i++) {
		int at = offset + i;

		if (at < 0 || at >= p->anchor_nbytes)
			unknown = i;
		else
			window[i] = anchor[at];
	}
	for (unsigned x = 0; x < 256; x++) {
		if ((x & (uint8_t)FOLD) != x)
			continue;
		if (unknown >= 0)
			window[unknown] = (uint8_t)x;
		add_item(t, p, index, p->anchor + offset, window);
		if (unknown < 0)
			return;
	}
}

/* How many items add_window makes of a pattern. */
static size_t items_of(const struct pattern *p, const struct tier_shape *shape)
{
	size_t count = 0;
	int offset = first_window(p, shape);

	for (unsigned k = 0; k < shape->stride; k++, offset++) {
		bool known = offset >= 0 && (unsigned)offset + shape->window <=
						    p->anchor_nbytes;

		count += known ? 1 : 128;
	}
	return count;
}

static void fill_items(struct tier *t, const struct pattern *patterns,
		       const uint32_t *chosen, size_t count,
		       const struct tier_shape *shape)
{
	for (size_t i = 0; i < count; i++) {
		const struct pattern *p = &patterns[chosen[i]];
		int offset = first_window(p, shape);

		for (unsigned k = 0; k < shape->stride; k++)
			add_window(t, p, chosen[i], offset++);
	}
	qsort(t->items, t->item_count, sizeof(*t->items), compare_items);
	for (size_t i = 0; i < t->item_count; i++)
		t->grams[i] = t->items[i].gram;
}

static void fill_buckets(struct tier *t)
{
	size_t count = (size_t)1 << t->bucket_bits;
	size_t at = 0;

	for (size_t b = 0; b < count; b++) {
		while (at < t->item_count &&
		       hash32(t->items[at].gram) >> (32 - t->bucket_bits) < b)
			at++;
		t->buckets[b] = (uint32_t)at;
	}
	t->buckets[count] = (uint32_t)t->item_count;
}

static int table_new(struct tier *t, size_t items)
{
	if (items <= ((size_t)1 << BYTES_MAX_BITS) / BYTES_PER_ITEM) {
		t->bits = BYTES_MIN_BITS;
		while (items * BYTES_PER_ITEM > (size_t)1 << t->bits)
			t->bits++;
		t->bytes = mem_array((size_t)1 << t->bits, 1);
		return t->bytes ? 0 : ERR_NOMEM;
	}
	t->bits = MIN_BITS;
	while (t->bits < MAX_BITS && items * BITS_PER_ITEM > (size_t)1
								     << t->bits)
		t->bits++;
	t->bitmap = mem_array((size_t)1 << (t->bits - 5), sizeof(uint32_t));
	return t->bitmap ? 0 : ERR_NOMEM;
}

static int tier_build(struct tier *t, const struct pattern *patterns,
		      const uint32_t *chosen, size_t count,
		      const struct tier_shape *shape)
{
	size_t items = 0;
	int err;

	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++)
		items += items_of(&patterns[chosen[i]], shape);
	t->window = shape->window;
	t->fold = FOLD >> (8 * (LOAD_NBYTES - shape->window));
	err = table_new(t, items);
	if (err)
		return err;
	t->bucket_bits = 8;
	while (t->bucket_bits < 16 && items > (size_t)1 << t->bucket_bits)
		t->bucket_bits++;
	t->items = mem_array(items, sizeof(*t->items));
	t->grams = mem_array(items, sizeof(*t->grams));
	t->buckets = mem_array(((size_t)1 << t->bucket_bits) + 1,
			       sizeof(*t->buckets));
	if (!t->items || !t->grams || !t->buckets)
		return ERR_NOMEM;
	t->stride = shape->stride;
	fill_items(t, patterns, chosen, count, shape);
	fill_buckets(t);
	return 0;
}

static size_t tier_of(const struct pattern *p, const struct tier_shape *shapes)
{
	size_t k = 0;

	while (k < TIER_COUNT - 1 && p->anchor_nbytes < shapes[k].anchor_min)
		k++;
	return k;
}

static const struct tier_shape *choose_shapes(const struct vec *patterns,
					      const bool *in_group)
{
	size_t items = 0;

	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *p = vec_at(patterns, i);

		if (in_group[p->group] && p->fixed_offset < 0 &&
		    tier_of(p, few_short) == 1)
			items += items_of(p, &few_short[1]);
	}
	return items <= WIDENED_MAX ? few_short : many_short;
}

int prefilter_new(const struct vec *patterns, const bool *in_group,
		  struct prefilter **ret)
{
	enum {
		FIXED = TIER_COUNT,
		CLASS_COUNT
	};

	uint32_t *chosen[CLASS_COUNT] = { NULL };
	size_t count[CLASS_COUNT] = { 0 };
	struct prefilter *f = mem_zalloc(sizeof(*f));
	const struct tier_shape *shapes = choose_shapes(patterns, in_group);
	int err = ERR_NOMEM;

	if (!f)
		goto out;
	for (size_t k = 0; k < CLASS_COUNT; k++) {
		chosen[k] = mem_array(patterns->count + 1, sizeof(uint32_t));
		if (!chosen[k])
			goto out;
	}
	f->patterns = patterns->items;
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *p = &f->patterns[i];
		size_t k = p->fixed_offset >= 0 ? FIXED : tier_of(p, shapes);

		if (!in_group[p->group])
			continue;
		if (p->nbytes > f->overlap + 1)
			f->overlap = p->nbytes - 1u;
		chosen[k][count[k]++] = (uint32_t)i;
	}
	/* Every 2nd place is looked at anyway: the long ones there, too. */
	if (shapes == few_short && count[1]) {
		memcpy(chosen[1] + count[1], chosen[0],
		       count[0] * sizeof(*chosen[0]));
		count[1] += count[0];
		count[0] = 0;
	}
	err = 0;
	for (size_t k = 0; k < TIER_COUNT && !err; k++)
		err = tier_build(&f->tiers[k], f->patterns, chosen[k], count[k],
				 &shapes[k]);
	if (err)
		goto out;
	f->fixed = chosen[FIXED];
	f->fixed_count = count[FIXED];
	chosen[FIXED] = NULL;
	*ret = f;
	f = NULL;
out:
	if (err)
		err_fail(err, 0, W_BASE_ERR_NO_MEMORY);
	for (size_t k = 0; k < CLASS_COUNT; k++)
		mem_free(chosen[k]);
	prefilter_free(f);
	return err;
}

void prefilter_free(struct prefilter *f)
{
	if (!f)
		return;
	for (size_t k = 0; k < TIER_COUNT; k++) {
		mem_free(f->tiers[k].bytes);
		mem_free(f->tiers[k].bitmap);
		mem_free(f->tiers[k].items);
		mem_free(f->tiers[k].grams);
		mem_free(f->tiers[k].buckets);
	}
	mem_free(f->fixed);
	mem_free(f);
}

size_t prefilter_overlap(const struct prefilter *f)
{
	return f->overlap;
}

bool prefilter_is_empty(const struct prefilter *f)
{
	for (size_t k = 0; k < TIER_COUNT; k++) {
		if (f->tiers[k].stride)
			return false;
	}
	return !f->fixed_count;
}
