/*
 * Cells, security and class of new keys; see hive_patch.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_patch.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/hive_patch_part.h"
#include "registry/hivex_io.h"
#include "words/registry.h"

#include <string.h>

#define SECURITY_NBYTES 20u

int hive_patch_corrupt(void)
{
	return err_fail(ERR_CORRUPT, 0, W_REGISTRY_NOT_AS_SHOULD);
}

void hive_bytes_look(struct hive_bytes *b)
{
	b->img.data = b->data;
	b->img.nbytes = b->nbytes;
	b->regf.img = &b->img;
	b->regf.bins_nbytes = (uint32_t)(b->nbytes - HIVE_BASE_NBYTES);
	b->regf.work = 0;
}

int hive_bytes_reserve(struct hive_bytes *b, size_t more)
{
	size_t need = b->nbytes + more + HIVEX_IO_SLACK;
	size_t cap = need + need / HIVEX_IO_SPARE;
	uint8_t *p;

	if (need <= b->cap)
		return 0;
	p = mem_realloc(b->data, cap);
	if (!p)
		return err_nomem();
	memset(p + b->cap, 0, cap - b->cap);
	b->data = p;
	b->cap = cap;
	hive_bytes_look(b);
	return 0;
}

int hive_bytes_copy(struct hive_bytes *b, const uint8_t *data, size_t nbytes)
{
	size_t need = nbytes + 2 * HIVEX_IO_SLACK;

	memset(b, 0, sizeof(*b));
	b->cap = need + need / HIVEX_IO_SPARE;
	b->data = mem_zalloc(b->cap);
	if (!b->data)
		return err_nomem();
	memcpy(b->data, data, nbytes);
	b->nbytes = nbytes;
	hive_bytes_look(b);
	b->regf.root = bytes_le32(data + 36);
	return 0;
}

void hive_bytes_resize(struct hive_bytes *b, size_t nbytes)
{
	bytes_put_le32(b->data + 40, (uint32_t)(nbytes - HIVE_BASE_NBYTES));
	bytes_put_le32(b->data + 508, regf_checksum(b->data));
	b->nbytes = nbytes;
	b->tail_nbytes = 0;
	hive_bytes_look(b);
}

void hive_bytes_release(struct hive_bytes *b)
{
	mem_free(b->data);
	memset(b, 0, sizeof(*b));
}

uint8_t *hive_patch_cell(struct hive_bytes *b, uint32_t offset, size_t need)
{
	return (uint8_t *)regf_cell(&b->regf, offset, need, NULL);
}

uint8_t *hive_patch_nk(struct hive_bytes *b, uint32_t offset)
{
	struct regf_key nk;

	if (!regf_key_read(&b->regf, offset, &nk))
		return NULL;
	return hive_patch_cell(b, offset, 76);
}

void hive_patch_give_free(struct hive_bytes *b, uint32_t offset)
{
	uint8_t *p = hive_patch_cell(b, offset, 0);

	if (p)
		bytes_put_le32(p - 4, 0u - bytes_le32(p - 4));
}

void hive_patch_free(struct hive_bytes *b, const struct hive_census *before)
{
	for (uint32_t at = 0; at < before->bins_nbytes; at += 32) {
		if (!before->used[at / 32])
			continue;
		for (uint32_t i = 0; i < 32; i += 4)
			if (hive_census_has(before, at + i))
				hive_patch_give_free(b, at + i);
	}
}

/* A new bin at the end, one free cell in it. */
static int add_bin(struct hive_bytes *b, size_t cell_nbytes)
{
	size_t bin = (cell_nbytes + 32 + 4095) / 4096 * 4096;
	size_t start = b->nbytes;
	uint8_t *p;
	int err;

	if (start + bin > INT32_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_FULL);
	err = hive_bytes_reserve(b, bin);
	if (err)
		return err;
	p = b->data + start;
	memset(p, 0, bin);
	memcpy(p, "hbin", 4);
	bytes_put_le32(p + 4, (uint32_t)(start - HIVE_BASE_NBYTES));
	bytes_put_le32(p + 8, (uint32_t)bin);
	bytes_put_le32(p + 32, (uint32_t)(bin - 32));
	hive_bytes_resize(b, start + bin);
	b->tail = (uint32_t)(start - HIVE_BASE_NBYTES + 32);
	b->tail_nbytes = (uint32_t)(bin - 32);
	return 0;
}

int hive_patch_add_cell(struct hive_bytes *b, size_t nbytes, uint32_t *ret)
{
	uint32_t size = (uint32_t)((nbytes + 4 + 7) / 8 * 8);
	uint8_t *p;
	int err;

	if (size > b->tail_nbytes) {
		err = add_bin(b, size);
		if (err)
			return err;
	}
	p = b->data + HIVE_BASE_NBYTES + b->tail;
	bytes_put_le32(p, 0u - size);
	memset(p + 4, 0, size - 4);
	*ret = b->tail;
	b->tail += size;
	b->tail_nbytes -= size;
	if (b->tail_nbytes)
		bytes_put_le32(p + size, b->tail_nbytes);
	return 0;
}

static int set_class(struct hive_bytes *b, uint32_t key, const uint8_t *data,
		     size_t nbytes)
{
	uint32_t cell;
	uint8_t *p;
	int err = hive_patch_add_cell(b, nbytes, &cell);

	if (err)
		return err;
	memcpy(hive_patch_cell(b, cell, nbytes), data, nbytes);
	p = hive_patch_nk(b, key);
	bytes_put_le32(p + 48, cell);
	bytes_put_le16(p + 74, (uint16_t)nbytes);
	p = hive_patch_nk(b, bytes_le32(p + 16));
	if (p && bytes_le32(p + 56) < nbytes)
		bytes_put_le32(p + 56, (uint32_t)nbytes);
	return 0;
}

/* ---- security ----------------------------------------------------------- */

static uint8_t *sk_at(struct hive_bytes *b, uint32_t offset)
{
	uint8_t *p = hive_patch_cell(b, offset, SECURITY_NBYTES);

	return p && !memcmp(p, "sk", 2) ? p : NULL;
}

static bool sk_is(struct hive_bytes *b, uint32_t offset, const uint8_t *data,
		  size_t nbytes)
{
	uint8_t *p = hive_patch_cell(b, offset, SECURITY_NBYTES + nbytes);

	return p && bytes_le32(p + 16) == nbytes &&
	       !memcmp(p + SECURITY_NBYTES, data, nbytes);
}

/* A record of that descriptor in the ring, or a new one behind `from`. */
static int find_sk(struct hive_bytes *b, uint32_t from, const uint8_t *data,
		   size_t nbytes, uint32_t *ret)
{
	size_t left = b->regf.bins_nbytes / (SECURITY_NBYTES + 4) + 1;
	uint32_t at = from, next;
	uint8_t *p;
	int err;

	do {
		p = sk_at(b, at);
		if (!p || !left--)
			return hive_patch_corrupt();
		if (sk_is(b, at, data, nbytes)) {
			*ret = at;
			return 0;
		}
		at = bytes_le32(p + 4);
	} while (at != from);
	err = hive_patch_add_cell(b, SECURITY_NBYTES + nbytes, &at);
	if (err)
		return err;
	next = bytes_le32(sk_at(b, from) + 4);
	if (!sk_at(b, next))
		return hive_patch_corrupt();
	p = hive_patch_cell(b, at, SECURITY_NBYTES + nbytes);
	memcpy(p, "sk", 2);
	bytes_put_le32(p + 4, next);
	bytes_put_le32(p + 8, from);
	bytes_put_le32(p + 16, (uint32_t)nbytes);
	memcpy(p + SECURITY_NBYTES, data, nbytes);
	bytes_put_le32(sk_at(b, from) + 4, at);
	bytes_put_le32(sk_at(b, next) + 8, at);
	*ret = at;
	return 0;
}

/* From the record that hivex took from the parent to the right one. */
static int set_security(struct hive_bytes *b, uint32_t key, const uint8_t *data,
			size_t nbytes)
{
	uint32_t had = bytes_le32(hive_patch_nk(b, key) + 44), has = had;
	uint8_t *p = sk_at(b, had);
	int err;

	/* The parent counts in it, too. */
	if (!p || bytes_le32(p + 12) < 2)
		return hive_patch_corrupt();
	err = find_sk(b, had, data, nbytes, &has);
	if (err || has == had)
		return err;
	p = sk_at(b, had);
	bytes_put_le32(p + 12, bytes_le32(p + 12) - 1);
	p = sk_at(b, has);
	bytes_put_le32(p + 12, bytes_le32(p + 12) + 1);
	bytes_put_le32(hive_patch_nk(b, key) + 44, has);
	return 0;
}

int hive_patch_key(struct hive_bytes *b, uint32_t key,
		   const struct reg_tree *tree)
{
	uint8_t *p = hive_patch_nk(b, key);
	int err = 0;

	if (!p)
		return hive_patch_corrupt();
	bytes_put_le64(p + 4, (uint64_t)tree->last_write);
	if (tree->is_link)
		bytes_put_le16(p + 2, bytes_le16(p + 2) | REGF_KEY_SYM_LINK);
	if (tree->class_nbytes)
		err = set_class(b, key, tree->class_utf16, tree->class_nbytes);
	if (!err && tree->security)
		err = set_security(b, key, tree->security,
				   tree->security_nbytes);
	return err;
}

void hive_patch_seal(uint8_t *data, uint32_t sequence)
{
	bytes_put_le32(data + 4, sequence);
	bytes_put_le32(data + 8, sequence);
	bytes_put_le32(data + 508, regf_checksum(data));
}
