/*
 * The prefilter against a search byte by byte: random patterns in random
 * bytes, read in pieces.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "match_fixture.h"
#include "unit.h"
#include <stdlib.h>
#include <string.h>

#define GROUPS 8

static void add_pattern(struct vec *patterns, uint64_t *seed,
			const uint8_t *data, size_t nbytes, uint32_t max_nbytes)
{
	struct pattern *p = vec_push(patterns);
	uint32_t n = 2 + fixture_random(seed, max_nbytes - 1);
	size_t at;

	ck_assert_ptr_ne(p, NULL);
	if (n > nbytes)
		n = (uint32_t)nbytes;
	at = fixture_random(seed, (uint32_t)(nbytes - n + 1));
	p->nbytes = (uint16_t)n;
	p->value = mem_alloc(2 * n);
	p->mask = p->value + n;
	memcpy(p->value, data + at, n);
	memset(p->mask, 0xFF, n);
	p->anchor_nbytes = (uint8_t)(2 + fixture_random(seed, 6));
	if (p->anchor_nbytes > n)
		p->anchor_nbytes = (uint8_t)n;
	p->anchor = (uint16_t)fixture_random(seed, n - p->anchor_nbytes + 1);
	/* Outside the anchor anything goes; inside, letters without case. */
	for (uint32_t i = 0; i < n; i++) {
		bool in_anchor = i >= p->anchor &&
				 i < (uint32_t)p->anchor + p->anchor_nbytes;
		uint8_t c = p->value[i] & 0xDF;

		if (!in_anchor && fixture_random(seed, 4) == 0)
			p->mask[i] = (uint8_t)fixture_random(seed, 256);
		else if (c >= 'A' && c <= 'Z' && fixture_random(seed, 3) == 0)
			p->mask[i] = 0xDF;
		p->value[i] &= p->mask[i];
	}
	p->group = fixture_random(seed, GROUPS);
	p->is_part = fixture_random(seed, 5) == 0;
	p->fixed_offset = fixture_random(seed, 6) ? -1 : (int64_t)at;
	if (p->fixed_offset >= 0 && fixture_random(seed, 2))
		p->fixed_offset += 1;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->pattern < y->pattern ? -1 : x->pattern > y->pattern;
}

static void sort_places(struct vec *v)
{
	size_t kept = 0;
	struct place *all = v->items;

	if (v->count)
		qsort(v->items, v->count, v->size, compare_places);
	for (size_t i = 0; i < v->count; i++) {
		if (!kept || compare_places(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	}
	v->count = kept;
}

static void search(const struct vec *patterns, const bool *in_group,
		   const uint8_t *data, size_t nbytes, struct vec *out)
{
	for (size_t at = 0; at < nbytes; at++) {
		for (size_t i = 0; i < patterns->count; i++) {
			const struct pattern *p = vec_at(patterns, i);
			struct place *place;
			size_t k = 0;

			if (!in_group[p->group] || at + p->nbytes > nbytes ||
			    (p->fixed_offset >= 0 &&
			     (uint64_t)p->fixed_offset != at))
				continue;
			while (k < p->nbytes &&
			       (data[at + k] & p->mask[k]) == p->value[k])
				k++;
			if (k < p->nbytes)
				continue;
			place = vec_push(out);
			ck_assert_ptr_ne(place, NULL);
			place->offset = at;
			place->pattern = (uint32_t)i;
		}
	}
}

static void check_once(uint64_t seed, size_t pattern_count, uint32_t max_nbytes)
{
	struct vec patterns = VEC_INIT(struct pattern, 20000);
	struct vec wanted = VEC_INIT(struct place, 1 << 20);
	bool in_group[GROUPS] = { false };
	bool can_verify[GROUPS];
	bool hit[GROUPS] = { false };
	bool overflow[GROUPS] = { false };
	uint32_t counts[GROUPS] = { 0 };
	struct prefilter_result r = { hit, overflow, counts,
				      VEC_INIT(struct place, 1 << 20),
				      1 << 20 };
	size_t nbytes = 1 + fixture_random(&seed, 3000);
	uint8_t *data = mem_alloc(nbytes);
	struct prefilter *f = NULL;
	size_t at = 0;
	uint8_t range = (uint8_t)(2 + fixture_random(&seed, 250));

	for (size_t i = 0; i < nbytes; i++)
		data[i] = (uint8_t)('A' + fixture_random(&seed, range));
	memset(can_verify, true, sizeof(can_verify));
	for (size_t i = 0; i < GROUPS; i++)
		in_group[i] = fixture_random(&seed, 4) != 0;
	for (size_t i = 0; nbytes > 2 && i < pattern_count; i++)
		add_pattern(&patterns, &seed, data, nbytes, max_nbytes);
	ck_assert_int_eq(prefilter_new(&patterns, in_group, &f), 0);
	search(&patterns, in_group, data, nbytes, &wanted);
	while (at < nbytes) {
		size_t n = 1 + fixture_random(&seed, 700);
		size_t overlap = prefilter_overlap(f);
		size_t begin = at > overlap ? at - overlap : 0;
		uint8_t *piece;

		if (n > nbytes - at)
			n = nbytes - at;
		/* A block of its own, so that a read outside is seen. */
		piece = mem_dup(data + begin, at + n - begin);
		prefilter_run(f, piece, at + n - begin, begin, can_verify, &r);
		mem_free(piece);
		at += n;
	}
	sort_places(&r.places);
	ck_assert_uint_eq(r.places.count, wanted.count);
	if (wanted.count)
		ck_assert_int_eq(memcmp(r.places.items, wanted.items,
					wanted.count * wanted.size),
				 0);
	for (size_t g = 0; g < GROUPS; g++) {
		bool expected = false;

		for (size_t i = 0; i < wanted.count; i++) {
			const struct place *place = vec_at(&wanted, i);
			const struct pattern *p =
				vec_at(&patterns, place->pattern);

			expected |= p->group == g && !p->is_part;
		}
		ck_assert_int_eq(hit[g], expected);
		ck_assert(!overflow[g]);
	}
	prefilter_free(f);
	for (size_t i = 0; i < patterns.count; i++)
		mem_free(((struct pattern *)vec_at(&patterns, i))->value);
	vec_release(&patterns);
	vec_release(&wanted);
	vec_release(&r.places);
	mem_free(data);
}

START_TEST(test_few)
{
	for (uint64_t seed = 1; seed <= 150; seed++)
		check_once(seed, 1 + seed % 12, 20);
}

END_TEST

/* Above WIDENED_MAX the other shapes are used. */
START_TEST(test_many)
{
	for (uint64_t seed = 1; seed <= 6; seed++)
		check_once(seed * 977, 3000, 6);
}

END_TEST

START_TEST(test_overflow)
{
	struct vec patterns = VEC_INIT(struct pattern, 8);
	const bool yes[GROUPS] = { true };
	bool hit[GROUPS] = { false };
	bool overflow[GROUPS] = { false };
	uint32_t counts[GROUPS] = { 0 };
	struct prefilter_result r = { hit, overflow, counts,
				      VEC_INIT(struct place, 100), 10 };
	struct pattern *p = vec_push(&patterns);
	uint8_t data[64];
	struct prefilter *f = NULL;

	memset(data, 'x', sizeof(data));
	p->nbytes = 4;
	p->value = mem_alloc(8);
	p->mask = p->value + 4;
	memset(p->value, 'x', 4);
	memset(p->mask, 0xFF, 4);
	p->anchor_nbytes = 4;
	p->fixed_offset = -1;
	ck_assert_int_eq(prefilter_new(&patterns, yes, &f), 0);
	prefilter_run(f, data, sizeof(data), 0, yes, &r);
	ck_assert(hit[0]);
	ck_assert(overflow[0]);
	ck_assert_uint_eq(r.places.count, 10);
	prefilter_free(f);
	mem_free(p->value);
	vec_release(&patterns);
	vec_release(&r.places);
}

END_TEST

START_TEST(test_empty)
{
	struct vec patterns = VEC_INIT(struct pattern, 8);
	const bool yes[1] = { true };
	struct prefilter *f = NULL;

	ck_assert_int_eq(prefilter_new(&patterns, yes, &f), 0);
	ck_assert(prefilter_is_empty(f));
	prefilter_free(f);
	prefilter_free(NULL);
}

END_TEST

static Suite *prefilter_suite(void)
{
	Suite *s = suite_create("prefilter");
	TCase *t = tcase_create("prefilter");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_few);
	tcase_add_test(t, test_many);
	tcase_add_test(t, test_overflow);
	tcase_add_test(t, test_empty);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(prefilter_suite)
