/*
 * Packs from text for the tests of matching.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_MATCH_FIXTURE_H
#define TESTS_MATCH_FIXTURE_H

#include "match/pack_internal.h"
#include "match/scanner.h"

/* A pack of one rule file; the error of opening it. */
int fixture_pack(const char *rules, struct pack **ret);
/* The same of files: name, text, name, text, NULL. */
int fixture_pack_files(const char *const *pairs, struct pack **ret);

/* Bytes in memory that are read as from a file, with a count of it. */
struct fixture_bytes {
	const uint8_t *data;
	size_t nbytes;
	uint64_t read_nbytes; /* by all reads together */
	size_t fail_at;	      /* reads from here on end (a file that shrank) */
	struct match_source source;
};

void fixture_bytes_init(struct fixture_bytes *b, const void *data,
			size_t nbytes);

/* Small random numbers, the same on every host. */
uint32_t fixture_random(uint64_t *state, uint32_t below);

#endif
