/*
 * A scan from start to end: walk, match, judge, record.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SCAN_H
#define SCAN_H

#include "collect/files.h"
#include "match/pack.h"
#include "session/session.h"
#include "store/store.h"
#include "target/target.h"

/* More registrations than any Windows holds: a hive made to be endless. */
#define SCAN_MAX_REGISTRATIONS 200000u

struct scan_options {
	struct target_options target;
	const char *store_path; /* ":memory:" leaves nothing behind */
	struct pack *pack;
	const struct session *told; /* who hears of scans that were cut off */
	bool allow_older_pack;
	bool quick;
	bool registrations_only; /* the inventory */
	/* Beside the registrations only these files, by Windows path. */
	bool only_named;
	const char *const *named;
	size_t named_count;
	unsigned threads;
	const struct cancel *cancel; /* NULL: set by nobody */
	const char *const *excludes;
	size_t exclude_count;
	bool *exclude_fits; /* as file_walk_options has it; may be NULL */
	/* Called about ten times a second by the waiting thread; may be NULL.
	 */
	void (*tick)(void *arg, const struct file_walk_progress *p);
	void *tick_arg;
};

struct scan_result {
	struct store *store; /* open, the caller closes it */
	int64_t scan_id;
	int exit_code;
	/* The store failed at the end (disk full, taken away): `store` is one
	 * in memory, so that what was found can still be shown; `exit_code` is
	 * EXIT_STOPPED, this is what it would be.  A store that was made for
	 * this scan is gone. */
	bool is_unrecorded;
	int found_code;
	char why[512];
};

/*
 * Runs the scan.  On success the scan is finished and recorded, whatever it
 * found.  On failure *started_ret tells whether anything was begun (exit 70)
 * or not (65); err_last() has the sentence.
 */
int scan_run(const struct scan_options *o, struct scan_result *ret,
	     bool *started_ret);

#endif
