/*
 * The literal prefilter: hashed windows of bytes in a bitmap.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every pattern has an anchor, 2 to 7 bytes of which none is unknown.  All
 * bytes are compared without case at first (bit 0x20 is ignored), and exactly
 * when a candidate is verified.  A window shorter than the anchor stands in
 * it several times, so not every place of the file must be looked at:
 *
 *   anchor   window   every
 *   7        4        4th place
 *   3 to 6   4        2nd; of anchors below 5 bytes one byte of the window
 *                     is not known, and it is entered with every value of it
 *   2        2        place
 *   patterns that count at one offset only are compared there
 *
 * With very many short anchors those values would be too many; then 4 to 6
 * bytes have windows of 3 at every 2nd place, and 3 bytes windows of 2.
 */
#include "match/prefilter.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define FOLD	      0xDFDFDFDFu
#define HASH_FACTOR   0x9E3779B1u
#define MIN_BITS      15
#define MAX_BITS      20
#define BITS_PER_ITEM 40
#define LOAD_NBYTES   4
/*
 * A byte for each hash is looked up nearly twice as fast as a bit, as long as
 * the table stays in the first two caches.
 */
#define BYTES_MIN_BITS 14
#define BYTES_MAX_BITS 17
#define BYTES_PER_ITEM 64

#define TIER_COUNT 4
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

/* One window of one pattern. */
struct item {
	uint32_t gram;	  /* the window's bytes, folded */
	uint32_t pattern; /* index in the vector */
	int32_t offset;	  /* of the window in the pattern, may be -1 */
	/* Eight bytes of the pattern, to be compared at once. */
	int32_t probe; /* their offset in the pattern */
	uint64_t value;
	uint64_t mask;
};

/* A set of windows looked for at every stride-th place. */
struct tier {
	unsigned stride; /* 0: empty */
	unsigned window;
	uint32_t fold; /* the bytes of the window, without case */
	unsigned bits;
	uint8_t *bytes;	  /* of few windows, else NULL */
	uint32_t *bitmap; /* of many windows, else NULL */
	struct item *items; /* sorted by bucket */
	uint32_t *buckets;  /* first item of each; 2^bucket_bits + 1 */
	unsigned bucket_bits;
	size_t item_count;
};

struct prefilter {
	const struct pattern *patterns;
	struct tier tiers[TIER_COUNT];
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

/* The same of fewer bytes than a load reads. */
static uint32_t load_gram(const uint8_t *p, unsigned window)
{
	uint8_t bytes[LOAD_NBYTES] = { 0 };

	memcpy(bytes, p, window);
	return load32(bytes) & FOLD;
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
	while (t->bits < MAX_BITS &&
	       items * BITS_PER_ITEM > (size_t)1 << t->bits)
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
	t->buckets = mem_array(((size_t)1 << t->bucket_bits) + 1,
			       sizeof(*t->buckets));
	if (!t->items || !t->buckets)
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
		err_fail(err, 0, "memory is short");
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

static __attribute__((noinline)) void
try_bucket(struct run *r, const struct tier *t, uint32_t gram, size_t at)
{
	uint32_t b = hash32(gram) >> (32 - t->bucket_bits);

	for (uint32_t i = t->buckets[b]; i < t->buckets[b + 1]; i++) {
		const struct item *item = &t->items[i];
		int64_t begin = (int64_t)at - item->offset;
		uint64_t bytes;

		if (item->gram != gram || begin < 0)
			continue;
		if ((uint64_t)begin + (uint64_t)item->probe + 8 <= r->nbytes) {
			memcpy(&bytes, r->data + begin + item->probe, 8);
			if ((bytes & item->mask) != item->value)
				continue;
		}
		try_pattern(r, item->pattern, (size_t)begin);
	}
}

/* Whether a window with this hash is looked for. */
static inline __attribute__((always_inline)) unsigned
look_up(const struct tier *t, uint32_t gram, bool has_bytes)
{
	uint32_t h = hash32(gram) >> (32 - t->bits);

	if (has_bytes)
		return t->bytes[h];
	return t->bitmap[h / 32] >> (h % 32) & 1;
}

static inline __attribute__((always_inline)) void
run_tier(struct run *r, const struct tier *tier, size_t stride, bool has_bytes)
{
	const struct tier t = *tier;
	const uint8_t *data = r->data;
	size_t at = 0;

	/* Four places a turn; a candidate is rare, so one test for all. */
	while (at + 3 * stride + LOAD_NBYTES <= r->nbytes) {
		const uint8_t *p = data + at;
		uint32_t g0 = load32(p) & t.fold;
		uint32_t g1 = load32(p + stride) & t.fold;
		uint32_t g2 = load32(p + 2 * stride) & t.fold;
		uint32_t g3 = load32(p + 3 * stride) & t.fold;
		unsigned b0 = look_up(&t, g0, has_bytes);
		unsigned b1 = look_up(&t, g1, has_bytes);
		unsigned b2 = look_up(&t, g2, has_bytes);
		unsigned b3 = look_up(&t, g3, has_bytes);

		if (b0 | b1 | b2 | b3) {
			if (b0)
				try_bucket(r, tier, g0, at);
			if (b1)
				try_bucket(r, tier, g1, at + stride);
			if (b2)
				try_bucket(r, tier, g2, at + 2 * stride);
			if (b3)
				try_bucket(r, tier, g3, at + 3 * stride);
		}
		at += 4 * stride;
	}
	/* The end, where a window may lie half outside: zeros follow. */
	for (; at < r->nbytes; at += stride) {
		size_t n = r->nbytes - at;

		if (n > t.window)
			n = t.window;
		try_bucket(r, tier, load_gram(data + at, (unsigned)n), at);
	}
}

/* The stride as a constant makes the loop what it should be. */
static inline __attribute__((always_inline)) void
run_stride(struct run *r, const struct tier *t, bool has_bytes)
{
	switch (t->stride) {
	case 4:
		run_tier(r, t, 4, has_bytes);
		break;
	case 2:
		run_tier(r, t, 2, has_bytes);
		break;
	case 1:
		run_tier(r, t, 1, has_bytes);
		break;
	default:
		break;
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
	for (size_t k = 0; k < TIER_COUNT; k++) {
		const struct tier *t = &f->tiers[k];

		if (t->bytes)
			run_stride(&r, t, true);
		else
			run_stride(&r, t, false);
	}
}
