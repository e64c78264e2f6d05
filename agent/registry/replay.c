/*
 * Which logs are there, whether they are needed, and in which format.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/replay_part.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

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

int replay_resize(struct replay_hive *h, uint32_t bins_nbytes)
{
	uint64_t need = (uint64_t)HIVE_BASE_NBYTES + bins_nbytes;
	uint8_t *p;

	if (need <= *h->nbytes)
		return 0;
	if (need > HIVE_MAX_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0,
				"the log wants a hive of %" PRIu64 " bytes",
				need);
	p = mem_realloc(*h->data, (size_t)need);
	if (!p)
		return err_fail(ERR_NOMEM, 0, "no memory for a hive");
	memset(p + *h->nbytes, 0, (size_t)need - *h->nbytes);
	*h->data = p;
	*h->nbytes = (size_t)need;
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
		return err_fail(ERR_CORRUPT, 0, "the hive is too short");
	regf_base_read(*data, &h.base);
	h.has_base = h.base.has_signature && h.base.has_checksum;
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
