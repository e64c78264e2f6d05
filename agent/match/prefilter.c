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
 *   7        4        4th place; with the next if there are any of those
 *   3 to 6   4        2nd; of anchors below 5 bytes one byte of the window
 *                     is not known, and it is entered with every value of it
 *   2        2        place
 *   patterns that count at one offset only are compared there
 *
 * With very many short anchors those values would be too many; then 4 to 6
 * bytes have windows of 3 at every 2nd place, and 3 bytes windows of 2.
 */
#include "match/prefilter_internal.h"

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
		int64_t begin;
		uint64_t bytes;

		if (t->grams[i] != gram)
			continue;
		begin = (int64_t)at - item->offset;
		if (begin < 0)
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
