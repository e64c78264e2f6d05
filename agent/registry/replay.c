/*
 * Which logs are there, whether they are needed, and in which format.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/replay_part.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/registry.h"

#include <string.h>

/* What a hive may be longer than its last page that was written. */
#define SLACK_NBYTES 4096u
/*
 * Of a bin that Windows adds, all pages are in the log.  Should one be there
 * whose pages are not, it holds no more than one cell, and those end at 1 MiB.
 */
#define CELL_MAX_NBYTES ((uint64_t)1 << 20)

bool replay_log_base(const struct bytes *log, struct regf_base *ret)
{
	const uint8_t *p = bytes_at(log, 0, REGF_BASE_NBYTES);

	if (!p)
		return false;
	regf_base_read(p, ret);
	return ret->has_signature && ret->has_checksum &&
	       ret->seq1 == ret->seq2;
}

void replay_refuse(struct replay_report *report, const char *why)
{
	if (*why)
		report->refused = why;
}

/* Sectors of 512 to 4096 bytes exist; anything else is taken for 512. */
size_t replay_sector(const struct regf_base *base)
{
	uint32_t n = base->cluster;

	return (n == 2 || n == 4 || n == 8 ? n : 1) * (size_t)512;
}

/* Bytes of bins that are there, not those that a header counts. */
static uint64_t present(const struct replay_hive *h)
{
	return *h->nbytes - HIVE_BASE_NBYTES;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * A header may count more than there is (the file was cut): that size is no
 * reason to take memory, the pages are.
 */
static uint64_t grown(const struct replay_hive *h, uint32_t bins_nbytes,
		      uint64_t pages_end)
{
	uint64_t size = larger(present(h), pages_end);

	return bins_nbytes <= size + SLACK_NBYTES ? larger(size, bins_nbytes)
						  : size;
}

bool replay_can_grow(const struct replay_hive *h, uint32_t bins_nbytes,
		     uint64_t pages_end, uint64_t carried)
{
	uint64_t most = larger(present(h), larger(h->bins_nbytes, pages_end));

	return pages_end <= bins_nbytes && bins_nbytes <= most + SLACK_NBYTES &&
	       grown(h, bins_nbytes, pages_end) <= h->room + carried;
}

int replay_resize(struct replay_hive *h, uint32_t bins_nbytes,
		  uint64_t pages_end, uint64_t carried)
{
	uint64_t need = HIVE_BASE_NBYTES + grown(h, bins_nbytes, pages_end);
	uint8_t *p;

	if (need > HIVE_MAX_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_LOG_WANTS, need);
	if (need > *h->nbytes) {
		p = mem_realloc(*h->data, (size_t)need);
		if (!p)
			return hive_image_no_memory(need);
		memset(p + *h->nbytes, 0, (size_t)need - *h->nbytes);
		*h->data = p;
		*h->nbytes = (size_t)need;
	}
	h->bins_nbytes = bins_nbytes;
	h->room += carried;
	return 0;
}

void replay_write_base(struct replay_hive *h, const struct bytes *log,
		       uint32_t seq, uint32_t bins_nbytes)
{
	uint8_t *p = *h->data;

	if (!h->has_base)
		memcpy(p, log->data, REGF_BASE_NBYTES);
	bytes_put_le32(p + 4, seq);
	bytes_put_le32(p + 8, seq);
	bytes_put_le32(p + 28, 0);
	bytes_put_le32(p + 40, bins_nbytes);
	bytes_put_le32(p + 508, regf_checksum(p));
	regf_base_read(p, &h->base);
	h->has_base = true;
}

int replay_run(uint8_t **data, size_t *nbytes,
	       const struct bytes logs[REPLAY_LOGS], struct replay_report *ret)
{
	struct replay_hive h = { .data = data, .nbytes = nbytes };
	struct replay_report report = { 0 };
	int err;

	if (*nbytes < HIVE_BASE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_TOO_SHORT);
	regf_base_read(*data, &h.base);
	h.has_base = h.base.has_signature && h.base.has_checksum;
	h.bins_nbytes = h.has_base ? h.base.bins_nbytes : 0;
	h.room = present(&h) + CELL_MAX_NBYTES;
	report.was_dirty = !h.has_base || h.base.seq1 != h.base.seq2;
	if (report.was_dirty) {
		err = replay_new(&h, logs, &report);
		if (!err && !report.was_applied)
			err = replay_old(&h, logs, &report);
		if (err)
			return err;
	}
	*ret = report;
	return 0;
}
