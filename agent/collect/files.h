/*
 * The file walker: every regular file below the target's volumes or given
 * places, in parallel, with streams and archive members.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_FILES_H
#define COLLECT_FILES_H

#include "target/target.h"
#include "base/filetype.h"

/* The first bytes of a file. */
struct file_head {
	uint8_t bytes[FILETYPE_HEAD_NBYTES];
	size_t nbytes; /* 0: not read */
};

/* A file (or stream, or member of an archive) as the callback gets it. */
struct file_artefact {
	const char *wpath;  /* full Windows path; stream "…\a.txt:evil";
			       member "…\a.jar!inner/name", in an archive
			       in it "…\a.zip!b.jar!inner/name" */
	const char *folder; /* folder part of wpath without trailing '\' */
	const char *name;   /* last component as stored */
	bool is_member;
	size_t file_nbytes; /* members: how much of wpath is the file's */
	bool is_stream;
	const struct host_stat *st; /* of the file on disk; size of a member is
				       `nbytes` */
	struct host_file *file;	    /* open at offset 0; NULL for members */
	/* Where the callback notes what it read, so that it is not read
	 * twice; NULL for members and streams. */
	struct file_head *head;
	const uint8_t *data; /* members: whole content */
	uint64_t nbytes;
	const char *location; /* target_location() of it */
	const char *place;    /* target_place() of `folder` */
	bool is_known_place;  /* reached through file_walk_path() */
	unsigned worker;      /* 0 … threads-1: index of per-thread state */
};

/*
 * Called in worker threads, several at once.  Must not keep pointers.
 * Returns 0 or ERR_*: a non-zero return is recorded as a gap for this file
 * (by kind of error) and the walk goes on; ERR_CANCELLED stops the walk.
 */
typedef int (*file_fn)(void *arg, const struct file_artefact *artefact);

/* What of the archives outside the caches is looked into at most. */
struct archive_budget {
	size_t count;
	uint64_t nbytes;      /* of all, as they lie on the disk */
	uint64_t each_nbytes; /* one that is larger is not opened */
	size_t gzip_count;    /* of the count; Windows neither makes nor opens
				 them, documentation has them by thousands */
};

struct file_walk_progress {
	uint64_t files_seen;
	uint64_t files_scanned;
	uint64_t bytes_scanned;
	uint64_t folders_seen;
	uint64_t done_ppm; /* share of the tree done, 0 … 1,000,000 */
};

struct file_walk_options {
	unsigned threads;	    /* 0: number of processors, at most 16 */
	const char *const *exclude; /* --exclude patterns: *, ?, ** on the
				       Windows path, no case */
	size_t exclude_count;
	bool *exclude_fits; /* for each pattern: set once it has left something
			       out; may be NULL */
	struct gap_sink *gaps;
	/* Host paths left out, e.g. our own store and vault. */
	const char *const *skip_host;
	size_t skip_host_count;
	/* True for a Windows path that is a registered server: its gaps
	 * matter. May be NULL; called from any thread. */
	bool (*is_important)(void *arg, const char *wpath);
	/* The same for a file's name alone that the rules ask for. */
	bool (*knows_name)(void *arg, const char *name);
	void *important_arg;
	const struct cancel *cancel; /* NULL: set by nobody */
	/* What the system answers; NULL: as it does (collect/walk_ask.h). */
	const struct walk_ask *ask;
	/* Look into archives: in the caches of Java and of browsers without
	 * a budget, and what is damaged there is a gap that matters. */
	bool members;
	struct archive_budget archives; /* and elsewhere within this one */
	struct file_walk_progress
		*progress;	 /* updated atomically; may be NULL */
	void (*tick)(void *arg); /* called now and then by file_walk_finish() */
	void *tick_arg;
};

struct file_walk; /* a walk over several starts */

int file_walk_new(struct target *t, const struct file_walk_options *options,
		  file_fn fn, void *arg, struct file_walk **ret);
/*
 * Starts are noted in the order given and walked by file_walk_finish(); a
 * path that lies in several of them is shown once.
 */
/* All fixed volumes of the target. */
int file_walk_volumes(struct file_walk *w);
/* One file or folder by Windows path. depth 0: the file or the folder's
 * files, -1: tree; a stream with its file, or with its folder's others. Not
 * found is no error. */
int file_walk_path(struct file_walk *w, const char *wpath, int depth);
/* Walks everything with all threads, then frees, also after an error.
 * ERR_CANCELLED when the token is set or the callback said so. */
int file_walk_finish(struct file_walk *w);

/* ---- pure helpers, for tests ------------------------------------------ */

/*
 * Glob without case: ? one character, * any but '\', ** any. '/' = '\', and
 * those at the end mean nothing.
 */
bool exclude_matches(const char *pattern, const char *wpath);
/* Named like a program or script that Windows or Java would run: by its ending,
 * or by having none. */
bool is_named_like_program(const char *name);
bool has_program_ending(const char *name);
/* One whose ending got another behind it: "lib.dll.tmp", but no log of it. */
bool is_program_renamed(const char *name);

#endif
