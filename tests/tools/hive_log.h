/*
 * Makes transaction logs of hives for tests, in both formats: from two states
 * of one hive, the pages that differ.
 * SPDX-License-Identifier: Apache-2.0
 *
 * As hive_maker.h, test code: without memory it ends the program.
 */
#ifndef TOOLS_HIVE_LOG_H
#define TOOLS_HIVE_LOG_H

#include "registry/replay_part.h"
#include "tests/tools/hive_maker.h"

#define HIVE_LOG_PAGE 512u
#define HIVE_LOG_OLD  1u /* "DIRT", up to Windows 8 */
#define HIVE_LOG_NEW  6u /* "HvLE" */

struct hive_blob {
	uint8_t *data;
	size_t nbytes;
};

static inline void hive_blob_release(struct hive_blob *b)
{
	mem_free(b->data);
	b->data = NULL;
	b->nbytes = 0;
}

/* They differ in a hive that was not closed properly. */
static inline void hive_blob_set_seq(struct hive_blob *b, uint32_t seq1,
				     uint32_t seq2)
{
	bytes_put_le32(b->data + 4, seq1);
	bytes_put_le32(b->data + 8, seq2);
	hive_maker_seal(b->data);
}

static inline bool hive_log_page_differs(const struct hive_blob *a,
					 const struct hive_blob *b, size_t page)
{
	size_t at = HIVE_BASE_NBYTES + page * HIVE_LOG_PAGE;

	if (at + HIVE_LOG_PAGE > a->nbytes)
		return true;
	return memcmp(a->data + at, b->data + at, HIVE_LOG_PAGE) != 0;
}

/* Base block of a log, and room for a megabyte behind it. */
static inline struct hive_blob hive_log_new(const struct hive_blob *after,
					    uint32_t type, uint32_t seq)
{
	struct hive_blob log = { hive_maker_need(mem_zalloc(1 << 20)), 512 };

	memcpy(log.data, after->data, 512);
	bytes_put_le32(log.data + 28, type);
	hive_blob_set_seq(&log, seq, seq);
	return log;
}

static inline void hive_log_add_entry(struct hive_blob *log,
				      const struct hive_blob *before,
				      const struct hive_blob *after,
				      uint32_t seq)
{
	size_t pages = (after->nbytes - HIVE_BASE_NBYTES) / HIVE_LOG_PAGE;
	size_t n = 0, size;
	uint8_t *e = log->data + log->nbytes, *ref = e + 40, *to;

	for (size_t i = 0; i < pages; i++)
		n += hive_log_page_differs(before, after, i);
	to = ref + 8 * n;
	for (size_t i = 0; i < pages; i++) {
		size_t at = i * HIVE_LOG_PAGE;

		if (!hive_log_page_differs(before, after, i))
			continue;
		bytes_put_le32(ref, (uint32_t)at);
		bytes_put_le32(ref + 4, HIVE_LOG_PAGE);
		memcpy(to, after->data + HIVE_BASE_NBYTES + at, HIVE_LOG_PAGE);
		ref += 8;
		to += HIVE_LOG_PAGE;
	}
	size = (size_t)(to - e + 511) / 512 * 512;
	memcpy(e, "HvLE", 4);
	bytes_put_le32(e + 4, (uint32_t)size);
	bytes_put_le32(e + 12, seq);
	bytes_put_le32(e + 16, (uint32_t)(after->nbytes - HIVE_BASE_NBYTES));
	bytes_put_le32(e + 20, (uint32_t)n);
	bytes_put_le64(e + 24, replay_marvin(e + 40, size - 40));
	bytes_put_le64(e + 32, replay_marvin(e, 32));
	log->nbytes += size;
}

static inline void hive_log_add_dirt(struct hive_blob *log,
				     const struct hive_blob *before,
				     const struct hive_blob *after)
{
	size_t pages = (after->nbytes - HIVE_BASE_NBYTES) / HIVE_LOG_PAGE;
	uint8_t *bits = log->data + 512 + 4;
	size_t at = (512 + 4 + pages / 8 + 511) / 512 * 512;

	memcpy(log->data + 512, "DIRT", 4);
	/* Windows marks whole blocks of 4096 bytes. */
	for (size_t i = 0; i < pages; i++) {
		bool differs = false;

		for (size_t j = i / 8 * 8; j < i / 8 * 8 + 8; j++)
			differs = differs ||
				  hive_log_page_differs(before, after, j);
		if (!differs)
			continue;
		bits[i / 8] |= (uint8_t)(1u << (i % 8));
		memcpy(log->data + at,
		       after->data + HIVE_BASE_NBYTES + i * HIVE_LOG_PAGE,
		       HIVE_LOG_PAGE);
		at += HIVE_LOG_PAGE;
	}
	log->nbytes = at;
}

#endif
