/*
 * Logs of Windows 8.1 and later: a chain of log entries over two files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/replay_part.h"

#include "base/err.h"

#include <string.h>

#define TYPE_LOG_NEW	    6u
#define ENTRY_HEADER_NBYTES 40u
#define REFERENCE_NBYTES    8u

struct entry {
	const uint8_t *at;
	uint32_t nbytes;
	uint32_t seq;
	uint32_t bins_nbytes;
	uint32_t pages;
};

struct new_log {
	const struct bytes *log;
	unsigned index;
	struct regf_base base;
	size_t start; /* of the first entry */
	uint32_t first_seq;
};

/* Sequence numbers may wrap: a comes before b. */
static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* Both hashes, and every page inside the hive and inside the entry. */
static bool entry_is_sound(const struct entry *e)
{
	uint64_t used =
		ENTRY_HEADER_NBYTES + (uint64_t)e->pages * REFERENCE_NBYTES;

	if (replay_marvin(e->at, 32) != bytes_le64(e->at + 32) ||
	    replay_marvin(e->at + ENTRY_HEADER_NBYTES,
			  e->nbytes - ENTRY_HEADER_NBYTES) !=
		    bytes_le64(e->at + 24))
		return false;
	if (!e->bins_nbytes || e->bins_nbytes % 4096 || used > e->nbytes)
		return false;
	for (uint32_t i = 0; i < e->pages; i++) {
		const uint8_t *ref = e->at + ENTRY_HEADER_NBYTES +
				     (size_t)i * REFERENCE_NBYTES;
		uint32_t offset = bytes_le32(ref);
		uint32_t nbytes = bytes_le32(ref + 4);

		if (offset > e->bins_nbytes || nbytes > e->bins_nbytes - offset)
			return false;
		used += nbytes;
	}
	return used <= e->nbytes;
}

static bool entry_read(const struct bytes *log, size_t at, struct entry *ret)
{
	const uint8_t *p = bytes_at(log, at, ENTRY_HEADER_NBYTES);
	uint32_t nbytes;

	if (!p || memcmp(p, "HvLE", 4) != 0)
		return false;
	nbytes = bytes_le32(p + 4);
	if (nbytes < ENTRY_HEADER_NBYTES || nbytes % 512 ||
	    !bytes_at(log, at, nbytes))
		return false;
	ret->at = p;
	ret->nbytes = nbytes;
	ret->seq = bytes_le32(p + 12);
	ret->bins_nbytes = bytes_le32(p + 16);
	ret->pages = bytes_le32(p + 20);
	return entry_is_sound(ret);
}

/* NULL and `ret`, or why the log cannot be used. */
static const char *parse(const struct bytes *log, unsigned index,
			 struct new_log *ret)
{
	struct regf_base base;
	struct entry first;
	size_t start;

	if (!log->nbytes)
		return "it is empty";
	if (!replay_log_base(log, &base))
		return "its base block is damaged or it was not finished";
	if (base.type != TYPE_LOG_NEW)
		return REPLAY_OTHER_KIND;
	start = replay_sector(&base);
	if (!entry_read(log, start, &first))
		return "its first entry is damaged";
	ret->log = log;
	ret->index = index;
	ret->base = base;
	ret->start = start;
	ret->first_seq = first.seq;
	return NULL;
}

static int entry_apply(struct replay_hive *h, const struct entry *e)
{
	const uint8_t *ref = e->at + ENTRY_HEADER_NBYTES;
	const uint8_t *page = ref + (size_t)e->pages * REFERENCE_NBYTES;
	int err = replay_resize(h, e->bins_nbytes);

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

struct chain {
	bool has_begun;
	uint32_t from;	/* entries before it are in the hive already */
	uint32_t until; /* the chain must begin here at the latest */
	uint32_t next;	/* once it has begun: what must come */
	uint32_t bins_nbytes;
};

/* Applies the entries of one log that continue the chain. */
static int log_apply(struct replay_hive *h, const struct new_log *l,
		     struct chain *c, struct replay_report *report)
{
	size_t at = l->start;
	uint32_t seq = l->first_seq;
	struct entry e;
	int err;

	/*
	 * Entries of one file follow one another; what comes behind a step
	 * in the numbers is left over from an older round.
	 */
	for (; entry_read(l->log, at, &e) && e.seq == seq; seq++) {
		at += e.nbytes;
		if (is_before(e.seq, c->has_begun ? c->next : c->from))
			continue;
		if (c->has_begun ? e.seq != c->next
				 : is_before(c->until, e.seq))
			break;
		err = entry_apply(h, &e);
		if (err == ERR_TOO_LARGE)
			break;
		if (err)
			return err;
		c->has_begun = true;
		c->next = e.seq + 1;
		c->bins_nbytes = e.bins_nbytes;
		report->entries++;
		report->logs_used |= 1u << l->index;
	}
	return 0;
}

/* Sorted by the number of the first entry: which file began is not fixed. */
static void insert_sorted(struct new_log *list, size_t count,
			  const struct new_log *l)
{
	while (count > 0 &&
	       is_before(l->first_seq, list[count - 1].first_seq)) {
		list[count] = list[count - 1];
		count--;
	}
	list[count] = *l;
}

/* The number behind the last entry of a log. */
static uint32_t log_end(const struct new_log *l)
{
	size_t at = l->start;
	uint32_t seq = l->first_seq;
	struct entry e;

	for (; entry_read(l->log, at, &e) && e.seq == seq; seq++)
		at += e.nbytes;
	return seq;
}

/* The first of the logs that follow one another up to the last. */
static size_t newest_chain(const struct new_log *list, size_t count)
{
	size_t first = count - 1;

	while (first > 0 && log_end(&list[first - 1]) == list[first].first_seq)
		first--;
	return first;
}

int replay_new(struct replay_hive *h, const struct bytes logs[REPLAY_LOGS],
	       struct replay_report *report)
{
	struct new_log list[REPLAY_LOGS], l;
	struct chain c = { 0 };
	size_t count = 0, first = 0;
	const char *why;
	int err;

	for (unsigned i = 0; i < REPLAY_LOGS; i++) {
		if (!logs[i].nbytes)
			continue;
		why = parse(&logs[i], i, &l);
		if (why)
			replay_refuse(report, why);
		else
			insert_sorted(list, count++, &l);
	}
	if (!count)
		return 0;
	/*
	 * The second number is that of the last write that was completed, and
	 * the entry with this number may not have reached the hive: real
	 * hives begin there (567/566 with entries from 566; begun at 567, a
	 * value of that hive loses its data).  Without a base
	 * block the longest chain that reaches the newest log is taken.
	 */
	if (!h->has_base)
		first = newest_chain(list, count);
	c.from = h->has_base ? h->base.seq2 : list[first].first_seq;
	c.until = h->has_base ? h->base.seq1 : list[first].first_seq;
	for (size_t i = first; i < count; i++) {
		err = log_apply(h, &list[i], &c, report);
		if (err)
			return err;
	}
	if (!c.has_begun) {
		replay_refuse(report,
			      "it belongs to another state of the hive");
		return 0;
	}
	report->is_new_format = true;
	report->was_applied = true;
	report->base_repaired = !h->has_base;
	replay_write_base(h, list[first].log, c.next, c.bins_nbytes);
	return 0;
}
