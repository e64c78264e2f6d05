/*
 * What the two log formats share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REPLAY_PART_H
#define REGISTRY_REPLAY_PART_H

#include "registry/regf.h"
#include "registry/replay.h"

struct replay_hive {
	uint8_t **data;
	size_t *nbytes;
	struct regf_base base;
	bool has_base;	      /* signature and checksum are right */
	uint32_t bins_nbytes; /* as the base block or the last entry has it */
	uint64_t room;	      /* it may grow to that many bytes of bins */
};

/* Reads and checks the base block of a log; false: not a log of that type. */
bool replay_log_base(const struct bytes *log, struct regf_base *ret);
/* Notes why a log was not used; that it has the other format is no reason. */
void replay_refuse(struct replay_report *report, const char *why);
#define REPLAY_OTHER_KIND ((const char *)"")
/* First byte behind the base block of a log. */
size_t replay_sector(const struct regf_base *base);

/*
 * The size that a log names, and the pages that come with it: a hive grows by
 * the bins that Windows writes then, so the size is no larger than the
 * present one or the end of the last page, and 4 KiB more; and what it grows
 * by is in the logs.  `carried`: bytes of all those pages.
 */
bool replay_can_grow(const struct replay_hive *h, uint32_t bins_nbytes,
		     uint64_t pages_end, uint64_t carried);
/*
 * Makes room for those pages (the new bytes are zero) and notes the size.
 * ERR_NOMEM; ERR_TOO_LARGE if a large hive lacks it.  Then nothing changed.
 */
int replay_resize(struct replay_hive *h, uint32_t bins_nbytes,
		  uint64_t pages_end, uint64_t carried);
/*
 * Writes a base block that is clean: from `log` if the hive's own is broken,
 * with the given sequence number and size.
 */
void replay_write_base(struct replay_hive *h, const struct bytes *log,
		       uint32_t seq, uint32_t bins_nbytes);

int replay_old(struct replay_hive *h, const struct bytes logs[REPLAY_LOGS],
	       struct replay_report *report);
int replay_new(struct replay_hive *h, const struct bytes logs[REPLAY_LOGS],
	       struct replay_report *report);

/* Marvin32 with the seed that Windows uses for log entries. */
uint64_t replay_marvin(const uint8_t *p, size_t nbytes);

#endif
