/*
 * The literal prefilter: hashed four-byte windows in a bitmap.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every pattern has an anchor, 2 to 7 bytes of which none is unknown.  All
 * bytes are compared without case at first (the hash ignores bit 0x20), and
 * exactly when a candidate is verified.
 *
 *   long    anchors of 7 bytes: four consecutive windows of four bytes each
 *           are entered, so looking at every fourth place finds one
 *   middle  anchors of 4 to 6 bytes: as many windows as they have, and every
 *           first to third place is looked at
 *   short   anchors of 2 or 3 bytes: a bitmap of byte pairs, every place
 *   fixed   patterns that count at one offset only: compared there
 *
 * Measured on PE files (perf.md): a bitmap of 2^15 bits lies in the first
 * cache; one of 1,000 rules needs 2^20 bits to stay below 3 % wrong hits.
 */
#include "match/prefilter.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define WINDOW	      4
#define FOLD	      0xDFDFDFDFu
#define HASH_FACTOR   0x9E3779B1u
#define MIN_BITS      15
#define MAX_BITS      20
#define BITS_PER_ITEM 40

/* One window of one pattern. */
struct item {
	uint32_t gram;	  /* folded */
	uint32_t pattern; /* index in the vector */
	uint32_t offset;  /* of the window in the pattern */
};

/* A set of windows looked for at every stride-th place. */
struct tier {
	unsigned stride; /* 0: empty */
	unsigned bits;
	uint32_t *bitmap;
	struct item *items; /* sorted by bucket */
	uint32_t *buckets;  /* first item of each; 2^bucket_bits + 1 */
	unsigned bucket_bits;
	size_t item_count;
};

struct prefilter {
	const struct pattern *patterns;
	struct tier tiers[2]; /* long, middle */
	/* Short anchors: bitmap of folded pairs, items sorted by pair. */
	uint32_t *pairs;
	struct item *pair_items;
	size_t pair_item_count;
	uint32_t *fixed; /* indexes of patterns at fixed offsets */
	size_t fixed_count;
	size_t overlap;
};

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint32_t hash32(uint32_t gram)
{
	return gram * HASH_FACTOR;
}

/* ---- building ------------------------------------------------------------ */

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;

	if (x->gram != y->gram)
		return x->gram < y->gram ? -1 : 1;
	if (x->pattern != y->pattern)
		return x->pattern < y->pattern ? -1 : 1;
	return 0;
}

static int compare_by_hash(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;
	uint32_t hx = hash32(x->gram);
	uint32_t hy = hash32(y->gram);

	if (hx != hy)
		return hx < hy ? -1 : 1;
	return compare_items(a, b);
}

static int tier_build(struct tier *t, const struct pattern *patterns,
		      const uint32_t *chosen, size_t count, unsigned stride)
{
	size_t at = 0;

	if (!count)
		return 0;
	t->item_count = count * stride;
	t->bits = MIN_BITS;
	while (t->bits < MAX_BITS &&
	       t->item_count * BITS_PER_ITEM > (size_t)1 << t->bits)
		t->bits++;
	t->bucket_bits = 8;
	while (t->bucket_bits < 16 && t->item_count > (size_t)1
							      << t->bucket_bits)
		t->bucket_bits++;
	t->bitmap = mem_array((size_t)1 << (t->bits - 5), sizeof(uint32_t));
	t->items = mem_array(t->item_count, sizeof(*t->items));
	t->buckets = mem_array(((size_t)1 << t->bucket_bits) + 1,
			       sizeof(*t->buckets));
	if (!t->bitmap || !t->items || !t->buckets)
		return err_fail(ERR_NOMEM, 0, "memory is short");
	for (size_t i = 0; i < count; i++) {
		const struct pattern *p = &patterns[chosen[i]];

		for (unsigned k = 0; k < stride; k++) {
			struct item *item = &t->items[at++];
			uint32_t h;

			item->gram = load32(p->value + p->anchor + k) & FOLD;
			item->pattern = chosen[i];
			item->offset = p->anchor + k;
			h = hash32(item->gram) >> (32 - t->bits);
			t->bitmap[h / 32] |= UINT32_C(1) << (h % 32);
		}
	}
	qsort(t->items, t->item_count, sizeof(*t->items), compare_by_hash);
	at = 0;
	for (size_t b = 0; b < (size_t)1 << t->bucket_bits; b++) {
		while (at < t->item_count &&
		       hash32(t->items[at].gram) >> (32 - t->bucket_bits) < b)
			at++;
		t->buckets[b] = (uint32_t)at;
	}
	t->buckets[(size_t)1 << t->bucket_bits] = (uint32_t)t->item_count;
	t->stride = stride;
	return 0;
}

static uint16_t fold_pair(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8) & (uint16_t)FOLD;
}

static int pairs_build(struct prefilter *f, const uint32_t *chosen,
		       size_t count)
{
	if (!count)
		return 0;
	f->pairs = mem_array(65536 / 32, sizeof(uint32_t));
	f->pair_items = mem_array(count, sizeof(*f->pair_items));
	if (!f->pairs || !f->pair_items)
		return err_fail(ERR_NOMEM, 0, "memory is short");
	for (size_t i = 0; i < count; i++) {
		const struct pattern *p = &f->patterns[chosen[i]];
		struct item *item = &f->pair_items[i];

		item->gram = fold_pair(p->value + p->anchor);
		item->pattern = chosen[i];
		item->offset = p->anchor;
		f->pairs[item->gram / 32] |= UINT32_C(1) << (item->gram % 32);
	}
	f->pair_item_count = count;
	qsort(f->pair_items, count, sizeof(*f->pair_items), compare_items);
	return 0;
}

int prefilter_new(const struct vec *patterns, const bool *in_group,
		  struct prefilter **ret)
{
	enum {
		LONG,
		MIDDLE,
		SHORT,
		FIXED,
		CLASS_COUNT
	};
	struct prefilter *f = mem_zalloc(sizeof(*f));
	uint32_t *chosen[CLASS_COUNT] = { NULL };
	size_t count[CLASS_COUNT] = { 0 };
	unsigned middle_stride = 3;
	int err = ERR_NOMEM;

	for (int k = 0; k < CLASS_COUNT; k++) {
		chosen[k] = mem_array(patterns->count + 1, sizeof(uint32_t));
		if (!chosen[k])
			goto out;
	}
	if (!f)
		goto out;
	f->patterns = patterns->items;
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *p = &f->patterns[i];
		int class;

		if (!in_group[p->group])
			continue;
		if (p->nbytes > f->overlap + 1)
			f->overlap = p->nbytes - 1u;
		if (p->fixed_offset >= 0)
			class = FIXED;
		else if (p->anchor_nbytes >= PATTERN_ANCHOR_MAX)
			class = LONG;
		else if (p->anchor_nbytes >= WINDOW)
			class = MIDDLE;
		else
			class = SHORT;
		if (class == MIDDLE &&
		    p->anchor_nbytes - WINDOW + 1u < middle_stride)
			middle_stride = p->anchor_nbytes - WINDOW + 1u;
		chosen[class][count[class]++] = (uint32_t)i;
	}
	err = tier_build(&f->tiers[0], f->patterns, chosen[LONG], count[LONG],
			 PATTERN_ANCHOR_MAX - WINDOW + 1);
	if (!err)
		err = tier_build(&f->tiers[1], f->patterns, chosen[MIDDLE],
				 count[MIDDLE], middle_stride);
	if (!err)
		err = pairs_build(f, chosen[SHORT], count[SHORT]);
	if (err)
		goto out;
	f->fixed = chosen[FIXED];
	f->fixed_count = count[FIXED];
	chosen[FIXED] = NULL;
	*ret = f;
	f = NULL;
out:
	if (err)
		err_fail(err, 0, "memory is short");
	for (int k = 0; k < CLASS_COUNT; k++)
		mem_free(chosen[k]);
	prefilter_free(f);
	return err;
}

void prefilter_free(struct prefilter *f)
{
	if (!f)
		return;
	for (int i = 0; i < 2; i++) {
		mem_free(f->tiers[i].bitmap);
		mem_free(f->tiers[i].items);
		mem_free(f->tiers[i].buckets);
	}
	mem_free(f->pairs);
	mem_free(f->pair_items);
	mem_free(f->fixed);
	mem_free(f);
}

size_t prefilter_overlap(const struct prefilter *f)
{
	return f->overlap;
}

bool prefilter_is_empty(const struct prefilter *f)
{
	return !f->tiers[0].stride && !f->tiers[1].stride &&
	       !f->pair_item_count && !f->fixed_count;
}

/* ---- looking --------------------------------------------------------------
 */

struct run {
	const struct prefilter *f;
	const uint8_t *data;
	size_t nbytes;
	uint64_t base;
	const bool *can_verify;
	struct prefilter_result *result;
};

/* Whether the pattern stands at data + at, which may lie outside. */
static bool stands_at(const struct run *r, const struct pattern *p, size_t at)
{
	const uint8_t *d;

	if (at > r->nbytes || p->nbytes > r->nbytes - at)
		return false;
	d = r->data + at;
	for (size_t i = 0; i < p->nbytes; i++) {
		if ((d[i] & p->mask[i]) != p->value[i])
			return false;
	}
	return true;
}

static void add_place(struct run *r, uint32_t pattern, uint32_t group,
		      size_t at)
{
	struct prefilter_result *result = r->result;
	struct place *place = NULL;

	if (result->counts[group] < result->max_count)
		place = vec_push(&result->places);
	if (!place) {
		/* Too many, or no memory: libyara looks for itself. */
		result->overflow[group] = true;
		result->hit[group] = true;
		return;
	}
	place->offset = r->base + at;
	place->pattern = pattern;
	result->counts[group]++;
}

/* A pattern may stand at data + at. */
static void try_pattern(struct run *r, uint32_t pattern, size_t at)
{
	const struct pattern *p = &r->f->patterns[pattern];
	struct prefilter_result *result = r->result;

	if (result->overflow[p->group] ||
	    (result->hit[p->group] && !r->can_verify[p->group]))
		return;
	if (!stands_at(r, p, at))
		return;
	if (!p->is_part)
		result->hit[p->group] = true;
	if (r->can_verify[p->group])
		add_place(r, pattern, p->group, at);
}

static void try_item(struct run *r, const struct item *item, size_t at)
{
	if (at >= item->offset)
		try_pattern(r, item->pattern, at - item->offset);
}

static __attribute__((noinline)) void
try_bucket(struct run *r, const struct tier *t, uint32_t gram, size_t at)
{
	uint32_t b = hash32(gram) >> (32 - t->bucket_bits);

	for (uint32_t i = t->buckets[b]; i < t->buckets[b + 1]; i++) {
		if (t->items[i].gram == gram)
			try_item(r, &t->items[i], at);
	}
}

static inline __attribute__((always_inline)) void
run_tier(struct run *r, const struct tier *t, size_t stride)
{
	const uint32_t *bitmap = t->bitmap;
	const unsigned shift = 32 - t->bits;
	const uint8_t *data = r->data;
	size_t end = r->nbytes - WINDOW;
	size_t at = 0;

	/* Four places a turn; the candidate is rare, so one test for all. */
	for (; at + 3 * stride <= end; at += 4 * stride) {
		uint32_t h0 = hash32(load32(data + at) & FOLD) >> shift;
		uint32_t h1 =
			hash32(load32(data + at + stride) & FOLD) >> shift;
		uint32_t h2 =
			hash32(load32(data + at + 2 * stride) & FOLD) >> shift;
		uint32_t h3 =
			hash32(load32(data + at + 3 * stride) & FOLD) >> shift;
		uint32_t b0 = bitmap[h0 / 32] >> (h0 % 32);
		uint32_t b1 = bitmap[h1 / 32] >> (h1 % 32);
		uint32_t b2 = bitmap[h2 / 32] >> (h2 % 32);
		uint32_t b3 = bitmap[h3 / 32] >> (h3 % 32);

		if (!((b0 | b1 | b2 | b3) & 1))
			continue;
		for (size_t k = 0; k < 4; k++) {
			size_t place = at + k * stride;

			try_bucket(r, t, load32(data + place) & FOLD, place);
		}
	}
	for (; at <= end; at += stride)
		try_bucket(r, t, load32(data + at) & FOLD, at);
}

static void run_pairs(struct run *r)
{
	const struct prefilter *f = r->f;

	for (size_t at = 0; at + 2 <= r->nbytes; at++) {
		uint32_t pair = fold_pair(r->data + at);
		size_t low = 0;
		size_t high = f->pair_item_count;

		if (!(f->pairs[pair / 32] >> (pair % 32) & 1))
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (f->pair_items[middle].gram < pair)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < f->pair_item_count &&
		       f->pair_items[low].gram == pair;
		     low++)
			try_item(r, &f->pair_items[low], at);
	}
}

static void run_fixed(struct run *r)
{
	for (size_t i = 0; i < r->f->fixed_count; i++) {
		const struct pattern *p = &r->f->patterns[r->f->fixed[i]];
		uint64_t offset = (uint64_t)p->fixed_offset;

		if (offset >= r->base && offset - r->base <= r->nbytes)
			try_pattern(r, r->f->fixed[i],
				    (size_t)(offset - r->base));
	}
}

void prefilter_run(const struct prefilter *f, const uint8_t *data,
		   size_t nbytes, uint64_t base, const bool *can_verify,
		   struct prefilter_result *result)
{
	struct run r = { f, data, nbytes, base, can_verify, result };

	run_fixed(&r);
	for (int i = 0; i < 2 && nbytes >= WINDOW; i++) {
		const struct tier *t = &f->tiers[i];

		/* The stride as a constant makes the loop what it should be. */
		switch (t->stride) {
		case 4:
			run_tier(&r, t, 4);
			break;
		case 3:
			run_tier(&r, t, 3);
			break;
		case 2:
			run_tier(&r, t, 2);
			break;
		case 1:
			run_tier(&r, t, 1);
			break;
		default:
			break;
		}
	}
	if (f->pairs)
		run_pairs(&r);
}
