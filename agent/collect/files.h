/*
 * The file walker: every regular file below the target's volumes or given
 * places, in parallel, with streams and archive members.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_FILES_H
#define COLLECT_FILES_H

#include "target/target.h"
#include "match/filetype.h"

/* A file (or stream, or member of an archive) as the callback gets it. */
struct file_artefact {
	const char *wpath;   /* full Windows path; stream "…\a.txt:evil";
				member "…\a.jar!inner/name" */
	const char *folder;  /* folder part of wpath without trailing '\' */
	const char *name;    /* last component as stored */
	bool is_member;
	bool is_stream;
	const struct host_stat *st; /* of the file on disk; size of a member is
				       `nbytes` */
	struct host_file *file;	 /* open at offset 0; NULL for members */
	const uint8_t *data;	 /* members: whole content */
	uint64_t nbytes;
	unsigned worker;	 /* 0 … threads-1: index of per-thread state */
};

/*
 * Called in worker threads, several at once.  Must not keep pointers.
 * Returns 0 or ERR_*: a non-zero return is recorded as a gap for this file
 * (by kind of error) and the walk goes on; ERR_CANCELLED stops the walk.
 */
typedef int (*file_fn)(void *arg, const struct file_artefact *artefact);

struct file_walk_progress {
	uint64_t files_seen;
	uint64_t files_scanned;
	uint64_t bytes_scanned;
	uint64_t folders_seen;
};

struct file_walk_options {
	unsigned threads;	  /* 0: number of processors, at most 16 */
	const char *const *exclude; /* --exclude patterns: *, ?, ** on the
				       Windows path, no case */
	size_t exclude_count;
	struct gap_sink *gaps;
	/* Host paths left out, e.g. our own store and vault. */
	const char *const *skip_host;
	size_t skip_host_count;
	/* True for a Windows path that is a registered server: its gaps
	 * matter. May be NULL; called from any thread. */
	bool (*is_important)(void *arg, const char *wpath);
	void *important_arg;
	bool members;		  /* look into archives in java/browser caches */
	struct file_walk_progress *progress; /* updated atomically; may be NULL */
};

struct file_walk; /* a running walk over several starts */

int file_walk_new(struct target *t, const struct file_walk_options *options,
		  file_fn fn, void *arg, struct file_walk **ret);
/* All fixed volumes of the target. */
int file_walk_volumes(struct file_walk *w);
/* One file or folder by Windows path; what was seen already is not shown
 * again (file identity). depth 0: the file or the folder's files, -1: tree.
 * Not found is no error. */
int file_walk_path(struct file_walk *w, const char *wpath, int depth);
/* Waits for the workers and frees. */
int file_walk_finish(struct file_walk *w);

#endif
