/*
 * What the parts of a scan share (scan.c runs them one after the other): what
 * walks (scan_walk.c, and the walk of registrations), what matches
 * (scan_registrations.c, scan_match.c) and what records (scan_record.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SCAN_INTERNAL_H
#define SCAN_INTERNAL_H

#include "session/gaplist.h"
#include "session/keep.h"
#include "session/scan.h"
#include "match/scanner.h"

/* Workers of a walk at most. */
#define SCAN_MAX_THREADS 64

struct scan {
	const struct scan_options *options;
	struct target *target;
	struct gap_list *gaps;
	struct judge *judge;
	struct host_mutex *lock; /* judge, while workers run */
	struct scanner *scanners[SCAN_MAX_THREADS];
	struct vec registrations; /* struct registration * */
	struct namemap *servers;  /* normalised paths that are registered */
	struct namemap *led_to;	  /* … by an entry that a rule hit */
	struct namemap *earlier;  /* and those that earlier scans found */
	struct store *store;
	int64_t scan_id;
	struct keep keep;
	struct file_walk_progress progress;
	bool needs_owner;   /* a rule names the variable */
	int64_t mem_failed; /* mem_failed() before anything was looked at */
};

/* ---- scan_vars.c ------------------------------------------------- */

/* The variables as libyara gets them: valid UTF-8; borrows what is given. */
struct shown_vars {
	struct match_vars vars;
	char *filename;
	char *filepath;
	char *place;
	char *owner;
};

/* Folder and place without trailing backslash. */
int shown_vars_init(struct shown_vars *v, const char *folder, const char *name,
		    const char *place, const char *object,
		    const char *location);
void shown_vars_release(struct shown_vars *v);
/* The scanner of that worker, made in its own thread. */
int scanner_for(struct scan *s, unsigned worker, struct scanner **ret);

/* ---- the parts --------------------------------------------------- */

/* scan_registrations.c: a registration_fn; `arg` is the scan, which keeps what
 * it is given. */
int scan_registration(void *arg, struct registration *r, bool *keep_ret);
/* scan_walk.c: all files that are to be looked at, in worker threads. */
int scan_files(struct scan *s);
/* scan_match.c: a file_fn; `arg` is the scan. */
int scan_file(void *arg, const struct file_artefact *f);
/* scan_volumes.c: gaps of volumes that could not be entered; after the walk,
 * when it is known whether something registered lies there. */
void scan_closed_volumes(struct scan *s);
/* scan_copies.c: artefacts that are copies learn of what. */
int scan_copies(struct scan *s);
/* What was found goes into the store, with its verdict. */
int scan_record(struct scan *s, struct store *store, int64_t scan_id,
		int *exit_code_ret);
/*
 * What was found must not be lost because the disk is full: the same scan
 * goes into a store in memory, is shown from there, and the exit code says
 * that it stopped.
 */
int scan_record_in_memory(struct scan *s, const struct scan_begin *begin,
			  struct scan_result *ret);

#endif
