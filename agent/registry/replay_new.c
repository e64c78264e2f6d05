/*
 * Logs of Windows 8.1 and later: a chain of log entries over two files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/replay_part.h"

#include "base/err.h"
#include "words/pack.h"
#include "words/registry.h"

#include <string.h>

#define TYPE_LOG_NEW	    6u
#define ENTRY_HEADER_NBYTES 40u
#define REFERENCE_NBYTES    8u

struct entry {
	const uint8_t *at;
	uint32_t nbytes;
	uint32_t bins_nbytes;
	uint32_t pages;
	uint64_t pages_end; /* of the last one in the hive */
	uint64_t carried;   /* bytes of all of them */
};

struct new_log {
	const struct bytes *log;
	unsigned index;
	struct regf_base base;
	size_t start; /* of the first entry */
};

/* Sequence numbers may wrap: a comes before b. */
static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* The entry with that number and both hashes right. */
static bool entry_read(const struct bytes *log, size_t at, uint32_t seq,
		       struct entry *ret)
{
	const uint8_t *p = bytes_at(log, at, ENTRY_HEADER_NBYTES);
	uint32_t nbytes;

	if (!p || memcmp(p, "HvLE", 4) != 0 || bytes_le32(p + 12) != seq)
		return false;
	nbytes = bytes_le32(p + 4);
	if (nbytes < ENTRY_HEADER_NBYTES || nbytes % 512 ||
	    !bytes_at(log, at, nbytes))
		return false;
	ret->at = p;
	ret->nbytes = nbytes;
	ret->bins_nbytes = bytes_le32(p + 16);
	ret->pages = bytes_le32(p + 20);
	return replay_marvin(p, 32) == bytes_le64(p + 32) &&
	       replay_marvin(p + ENTRY_HEADER_NBYTES,
			     nbytes - ENTRY_HEADER_NBYTES) ==
		       bytes_le64(p + 24);
}

/* Every page inside the entry and inside a hive of a size that can be. */
static bool entry_is_sound(const struct replay_hive *h, struct entry *e)
{
	uint64_t head =
		ENTRY_HEADER_NBYTES + (uint64_t)e->pages * REFERENCE_NBYTES;
	const uint8_t *ref = e->at + ENTRY_HEADER_NBYTES;

	e->pages_end = e->carried = 0;
	if (!e->bins_nbytes || e->bins_nbytes % 4096 || head > e->nbytes)
		return false;
	for (uint32_t i = 0; i < e->pages; i++, ref += REFERENCE_NBYTES) {
		uint64_t end = (uint64_t)bytes_le32(ref) + bytes_le32(ref + 4);

		if (end > e->pages_end)
			e->pages_end = end;
		e->carried += bytes_le32(ref + 4);
	}
	return e->carried <= e->nbytes - head &&
	       replay_can_grow(h, e->bins_nbytes, e->pages_end, e->carried);
}

/* NULL and `ret`, or why the log cannot be used. */
static const char *parse(const struct bytes *log, unsigned index,
			 struct new_log *ret)
{
	if (!log->nbytes)
		return W_PACK_IS_EMPTY;
	if (!replay_log_base(log, &ret->base))
		return W_REGISTRY_LOG_BASE;
	if (ret->base.type != TYPE_LOG_NEW)
		return REPLAY_OTHER_KIND;
	ret->log = log;
	ret->index = index;
	ret->start = replay_sector(&ret->base);
	return NULL;
}

static int entry_apply(struct replay_hive *h, const struct entry *e)
{
	const uint8_t *ref = e->at + ENTRY_HEADER_NBYTES;
	const uint8_t *page = ref + (size_t)e->pages * REFERENCE_NBYTES;
	int err = replay_resize(h, e->bins_nbytes, e->pages_end, e->carried);

	if (err)
		return err;
	for (uint32_t i = 0; i < e->pages; i++, ref += REFERENCE_NBYTES) {
		uint32_t nbytes = bytes_le32(ref + 4);

		memcpy(*h->data + HIVE_BASE_NBYTES + bytes_le32(ref), page,
		       nbytes);
		page += nbytes;
	}
	return 0;
}

/*
 * Entries of one file follow one another, the first has the number of the
 * file's own base block; what comes behind a step in the numbers is left over
 * from an older round, and what was written when the power went has wrong
 * hashes: both are the usual end of a log.  An entry that is whole and makes
 * no sense is not.  `*seq`: the number that must come next.
 */
static int log_apply(struct replay_hive *h, const struct new_log *l,
		     uint32_t *seq, struct replay_report *report)
{
	size_t at = l->start;
	struct entry e;
	int err;

	for (; entry_read(l->log, at, *seq, &e); ++*seq) {
		if (!entry_is_sound(h, &e)) {
			report->stopped = W_REGISTRY_LOG_ENTRY;
			break;
		}
		err = entry_apply(h, &e);
		if (err == ERR_TOO_LARGE) {
			report->stopped = W_REGISTRY_LOG_MEMORY;
			break;
		}
		if (err)
			return err;
		at += e.nbytes;
		report->entries++;
		report->logs_used |= 1u << l->index;
	}
	return 0;
}

/*
 * Windows begins a log with its base block alone.  Until its first entry is
 * there it holds nothing, and what was applied covers its number.
 */
static bool is_just_begun(const struct new_log *l, uint32_t seq)
{
	const uint8_t *p = bytes_at(l->log, l->start, ENTRY_HEADER_NBYTES);

	return is_before(l->base.seq1, seq) &&
	       (!p || memcmp(p, "HvLE", 4) != 0 ||
		bytes_le32(p + 12) != l->base.seq1);
}

/* Sorted by the number of the log: which file began is not fixed. */
static void insert_sorted(struct new_log *list, size_t count,
			  const struct new_log *l)
{
	while (count > 0 &&
	       is_before(l->base.seq1, list[count - 1].base.seq1)) {
		list[count] = list[count - 1];
		count--;
	}
	list[count] = *l;
}

/* All that can be used, or for a hive without base block the latest one. */
static size_t choose(const struct replay_hive *h,
		     const struct bytes logs[REPLAY_LOGS], struct new_log *list,
		     struct replay_report *report)
{
	struct new_log l;
	struct entry first;
	size_t count = 0;

	for (unsigned i = 0; i < REPLAY_LOGS; i++) {
		const char *why;

		if (!logs[i].nbytes)
			continue;
		why = parse(&logs[i], i, &l);
		if (!why && h->has_base && is_before(l.base.seq1, h->base.seq2))
			why = W_REGISTRY_LOG_OLDER;
		if (!why && !h->has_base &&
		    !entry_read(l.log, l.start, l.base.seq1, &first))
			why = W_REGISTRY_LOG_FIRST;
		if (why)
			replay_refuse(report, why);
		else
			insert_sorted(list, count++, &l);
	}
	if (!h->has_base && count > 1) {
		list[0] = list[count - 1];
		count = 1;
	}
	return count;
}

/*
 * The second number of the hive is that of the last write of its base block.
 * Pages are written more often than it is, so the first log may begin at any
 * number from there; between the logs nothing may be missing.
 */
int replay_new(struct replay_hive *h, const struct bytes logs[REPLAY_LOGS],
	       struct replay_report *report)
{
	struct new_log list[REPLAY_LOGS];
	size_t count = choose(h, logs, list, report);
	uint32_t seq;
	int err;

	if (!count)
		return 0;
	seq = list[0].base.seq1;
	for (size_t i = 0; i < count && !report->stopped; i++) {
		if (report->entries && is_just_begun(&list[i], seq))
			continue;
		/* It needs what the ones before should have held. */
		if (list[i].base.seq1 != seq) {
			report->stopped = report->entries
						  ? W_REGISTRY_LOG_GAP
						  : W_REGISTRY_LOG_FIRST;
			break;
		}
		err = log_apply(h, &list[i], &seq, report);
		if (err)
			return err;
	}
	if (!report->entries) {
		replay_refuse(report, report->stopped ? report->stopped
						      : W_REGISTRY_LOG_FIRST);
		report->stopped = NULL;
		return 0;
	}
	report->is_new_format = true;
	report->was_applied = true;
	report->base_repaired = !h->has_base;
	replay_write_base(h, list[0].log, seq, h->bins_nbytes);
	return 0;
}
