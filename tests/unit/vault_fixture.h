/*
 * What the tests of the vault share: samples, and items in memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_VAULT_FIXTURE_H
#define TESTS_VAULT_FIXTURE_H

#include "remediate/vault_item.h"

#define VX_FIX_ID "00112233445566778899aabbccddeeff"

/* Bytes that grow, or are read from `at` on (in pieces of `step` at most). */
struct vx_bytes {
	uint8_t *data;
	size_t nbytes;
	size_t at;
	size_t step; /* 0: as many as asked for */
};

void vx_release(struct vx_bytes *b);
int vx_write(void *arg, const void *data, size_t nbytes); /* item_write_fn */
int vx_read(void *arg, void *buf, size_t nbytes, size_t *nread_ret);

/* Bytes that tell their place, so that a swapped piece is seen. */
void vx_fill(uint8_t *data, size_t nbytes, unsigned seed);

/*
 * A description of that kind with names that are hard to keep (C0 80, lone
 * surrogates, other scripts); nothing of it is to be freed.
 */
struct vault_info vx_info(enum vault_kind kind);
/* All fields of it; `known` META_*. Nothing is to be freed. */
struct host_meta vx_meta(uint32_t known);
/* Fails the test where two descriptions differ; nbytes and so on, too. */
void vx_same_info(const struct vault_info *got, const struct vault_info *want);

/*
 * The item of a description and parts ("" first) in memory; sha256 is made
 * from the first part.
 */
struct vx_part {
	const char *name;
	const uint8_t *data;
	size_t nbytes;
};

void vx_make(const struct vault_info *info, const struct vx_part *parts,
	     size_t part_count, struct vx_bytes *ret);
/* Reads all of it; what the reader says. */
int vx_read_all(struct vx_bytes *item);

#endif
