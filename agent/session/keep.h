/*
 * What a running scan has seen goes into the store every few seconds, so that
 * a power cut leaves it to be judged by the next start (settle.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEEP_H
#define KEEP_H

#include "session/gaplist.h"
#include "collect/files.h"
#include "host/host.h"
#include "verdict/finding.h"

/* At least every 5 s; the store's own work takes a part of that. */
#define KEEP_EVERY_MS 3000

/* Filled by the caller but for the last ones. */
struct keep {
	struct store *store; /* NULL: nothing is kept */
	int64_t scan_id;
	struct judge *judge;
	struct gap_list *gaps;
	struct host_mutex *lock; /* of the judge, while workers run */
	const struct file_walk_progress *progress;
	size_t kept;		/* artefacts that are in the store */
	uint64_t registrations; /* of these */
	int64_t tried_ms;	/* when the last time was, or it began */
	bool waits; /* written, but a reader kept it from the medium */
};

/*
 * In the thread that has the store.  What fails is told by the store at the
 * end of the scan; until then nothing more is kept.
 */
void keep_now(struct keep *k);
/* The same, if it is time. */
void keep_tick(struct keep *k, int64_t now_ms);

#endif
