/*
 * Logs of Windows up to 8.0: one bitmap and the dirty pages behind it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/replay_part.h"

#include "base/err.h"
#include "words/pack.h"
#include "words/registry.h"

#include <string.h>

#define PAGE_NBYTES 512u
#define TYPE_LOG_XP 1u
#define TYPE_LOG    2u

struct old_log {
	struct regf_base base;
	const uint8_t *bitmap;
	size_t bitmap_nbytes;
	size_t pages;	    /* offset of the first page in the log */
	uint64_t pages_end; /* of the last one in the hive */
	uint64_t carried;   /* bytes of all of them */
};

static bool bit(const struct old_log *log, size_t i)
{
	return log->bitmap[i / 8] >> (i % 8) & 1;
}

/*
 * When the bins were written last: the base block says it, else a copy in
 * the header of the first bin.
 */
static int64_t hive_last_write(const struct replay_hive *h)
{
	struct bytes all = { *h->data, *h->nbytes };
	const uint8_t *bin;

	if (h->has_base)
		return h->base.last_write;
	bin = bytes_at(&all, HIVE_BASE_NBYTES, 32);
	if (!bin || memcmp(bin, "hbin", 4) != 0)
		return 0;
	return (int64_t)bytes_le64(bin + 20);
}

/*
 * The log belongs to the write that was interrupted if both carry the same
 * time.  Without times (both zero) the sequence number must be the same.
 * The copy in the first bin is as old as the last write of that bin, so a
 * hive without a base block takes a log that is newer, too.
 */
static bool fits(const struct replay_hive *h, const struct regf_base *base)
{
	int64_t time = hive_last_write(h);

	if (!h->has_base)
		return base->last_write >= time;
	return time == base->last_write && (time || h->base.seq1 == base->seq1);
}

/* NULL and `log_ret`, or why the log cannot be used. */
static const char *parse(const struct bytes *log, struct old_log *log_ret)
{
	struct old_log l = { 0 };
	const uint8_t *dirt;
	size_t sector;

	if (!log->nbytes)
		return W_PACK_IS_EMPTY;
	if (!replay_log_base(log, &l.base))
		return W_REGISTRY_LOG_BASE;
	if (l.base.type != TYPE_LOG_XP && l.base.type != TYPE_LOG)
		return REPLAY_OTHER_KIND;
	if (!l.base.bins_nbytes || l.base.bins_nbytes % 4096)
		return W_REGISTRY_LOG_SIZE;
	sector = replay_sector(&l.base);
	l.bitmap_nbytes = l.base.bins_nbytes / PAGE_NBYTES / 8;
	dirt = bytes_at(log, sector, 4 + l.bitmap_nbytes);
	if (!dirt || memcmp(dirt, "DIRT", 4) != 0)
		return W_REGISTRY_LOG_LIST;
	l.bitmap = dirt + 4;
	l.pages = sector + 4 + l.bitmap_nbytes;
	l.pages = (l.pages + sector - 1) / sector * sector;
	for (size_t i = 0; i < l.bitmap_nbytes * 8; i++) {
		if (!bit(&l, i))
			continue;
		l.pages_end = ((uint64_t)i + 1) * PAGE_NBYTES;
		l.carried += PAGE_NBYTES;
	}
	if (!bytes_at(log, l.pages, l.carried))
		return W_REGISTRY_LOG_SHORT;
	*log_ret = l;
	return NULL;
}

/*
 * A page that starts a bin must carry the bin's signature and place, or
 * Windows gives up the whole log: then nothing of it is used.
 */
static bool bins_are_sound(const struct replay_hive *h, const struct bytes *log,
			   const struct old_log *l)
{
	struct bytes all = { *h->data, *h->nbytes };
	size_t page = 0, at = 0;
	const uint8_t *p;

	for (size_t i = 0; i < l->bitmap_nbytes * 8; i++) {
		size_t offset = i * PAGE_NBYTES;
		bool is_dirty = bit(l, i);

		p = is_dirty ? log->data + l->pages + page * PAGE_NBYTES
			     : bytes_at(&all, HIVE_BASE_NBYTES + offset, 32);
		page += is_dirty;
		if (offset != at)
			continue;
		/* What the log does not touch is not its fault. */
		if (!p || memcmp(p, "hbin", 4) != 0 || bytes_le32(p + 4) != at)
			return !is_dirty;
		if (!bytes_le32(p + 8) || bytes_le32(p + 8) % 4096)
			return !is_dirty;
		at += bytes_le32(p + 8);
	}
	return true;
}

static int apply(struct replay_hive *h, const struct bytes *log,
		 const struct old_log *l)
{
	size_t page = 0;
	int err =
		replay_resize(h, l->base.bins_nbytes, l->pages_end, l->carried);

	if (err)
		return err;
	for (size_t i = 0; i < l->bitmap_nbytes * 8; i++) {
		if (!bit(l, i))
			continue;
		memcpy(*h->data + HIVE_BASE_NBYTES + i * PAGE_NBYTES,
		       log->data + l->pages + page * PAGE_NBYTES, PAGE_NBYTES);
		page++;
	}
	replay_write_base(h, log, l->base.seq1 + 1, l->base.bins_nbytes);
	return 0;
}

int replay_old(struct replay_hive *h, const struct bytes logs[REPLAY_LOGS],
	       struct replay_report *report)
{
	struct old_log best = { 0 }, l;
	int chosen = -1, err;

	for (int i = 0; i < REPLAY_LOGS; i++) {
		const char *why;

		if (!logs[i].nbytes)
			continue;
		why = parse(&logs[i], &l);
		if (!why && !fits(h, &l.base))
			why = W_REGISTRY_LOG_OTHER;
		if (!why && !replay_can_grow(h, l.base.bins_nbytes, l.pages_end,
					     l.carried))
			why = W_REGISTRY_LOG_SIZE;
		if (!why && !bins_are_sound(h, &logs[i], &l))
			why = W_REGISTRY_LOG_PAGES;
		if (why) {
			replay_refuse(report, why);
			continue;
		}
		if (chosen >= 0 && l.base.last_write <= best.base.last_write)
			continue;
		best = l;
		chosen = i;
	}
	if (chosen < 0)
		return 0;
	report->base_repaired = !h->has_base;
	err = apply(h, &logs[chosen], &best);
	if (err == ERR_TOO_LARGE) {
		replay_refuse(report, W_REGISTRY_LOG_MEMORY);
		report->base_repaired = false;
		return 0;
	}
	if (err)
		return err;
	report->was_applied = true;
	report->logs_used = 1u << chosen;
	return 0;
}
