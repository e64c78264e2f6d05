/*
 * Recovery of a dirty hive with its transaction logs, as Windows does it
 * when it loads the hive.  Memory in, memory out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A hive is dirty when the sequence numbers of its base block differ or its
 * checksum is wrong.  Windows up to 8 writes one log of whole dirty pages
 * ("old": a base block of type 1 or 2, "DIRT" and a bitmap), later ones a
 * chain of log entries ("new": type 6, "HvLE") that may go on in the second
 * log file.  A clean hive is left alone whatever its logs hold.
 * Rules: "Windows registry file format specification" by M. Suhanov, "Log
 * entries" and "Multiple transaction log files".
 */
#ifndef REGISTRY_REPLAY_H
#define REGISTRY_REPLAY_H

#include "base/bytes.h"

/* .LOG, .LOG1, .LOG2 */
#define REPLAY_LOGS 3

struct replay_report {
	bool was_dirty;
	bool was_applied;   /* at least one log or log entry */
	bool base_repaired; /* the base block came from a log */
	unsigned entries;   /* new format: entries applied */
	unsigned logs_used; /* bit 0: .LOG, 1: .LOG1, 2: .LOG2 */
	bool is_new_format;
	const char *refused; /* why a log was not used, NULL: none refused */
	/* Why the end of what was applied is not the end of the logs, or NULL.
	 */
	const char *stopped;
};

/*
 * `*data` (from mem.h, `*nbytes` long) may be changed and grown.  Absent
 * logs have no bytes.  0 also where nothing could be applied, see the
 * report; ERR_NOMEM leaves a hive that is to be thrown away.  Memory that a
 * large hive lacks ends the recovery there and is told by `stopped`.
 */
int replay_run(uint8_t **data, size_t *nbytes,
	       const struct bytes logs[REPLAY_LOGS], struct replay_report *ret);

#endif
