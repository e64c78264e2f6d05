/*
 * The filter's tables: made in prefilter_build.c, used in prefilter.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_PREFILTER_INTERNAL_H
#define MATCH_PREFILTER_INTERNAL_H

#include "match/prefilter.h"
#include <string.h>

#define FOLD	    0xDFDFDFDFu /* without bit 0x20 of each byte */
#define HASH_FACTOR 0x9E3779B1u
#define LOAD_NBYTES 4
#define TIER_COUNT  4

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
	uint8_t *bytes;	    /* by hash, of few windows; else NULL */
	uint32_t *bitmap;   /* by hash, of many windows; else NULL */
	struct item *items; /* sorted by bucket */
	uint32_t *grams;    /* of each item: what is compared first */
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

static inline uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The same of fewer bytes than a load reads. */
static inline uint32_t load_gram(const uint8_t *p, unsigned window)
{
	uint8_t bytes[LOAD_NBYTES] = { 0 };

	memcpy(bytes, p, window);
	return load32(bytes) & FOLD;
}

static inline uint32_t hash32(uint32_t gram)
{
	return gram * HASH_FACTOR;
}

#endif
