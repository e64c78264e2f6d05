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
	bool has_base; /* signature and checksum are right */
};

/* Reads and checks the base block of a log; false: not a log of that type. */
bool replay_log_base(const struct bytes *log, struct regf_base *ret);
/* Notes why a log was not used; that it has the other format is no reason. */
void replay_refuse(struct replay_report *report, const char *why);
#define REPLAY_OTHER_KIND ((const char *)"")
/* First byte behind the base block of a log. */
size_t replay_sector(const struct regf_base *base);

/* Makes the hive hold that many bytes of bins; the new ones are zero. */
int replay_resize(struct replay_hive *h, uint32_t bins_nbytes);
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
