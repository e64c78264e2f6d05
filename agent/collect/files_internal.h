/*
 * What files.c (queue and folders) and files_visit.c (one file) share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_FILES_INTERNAL_H
#define COLLECT_FILES_INTERNAL_H

#include "collect/files.h"
#include "collect/page_files.h"

struct file_walk {
	struct target *target;
	struct file_walk_options options;
	file_fn fn;
	void *arg;
	struct page_files *page_files;
	/* The queue (files.c). */
	struct host_mutex *lock;
	struct host_cond *more;	    /* work for a worker that sleeps */
	struct host_cond *done_all; /* nothing left */
	struct work *stack;
	struct work **last_start; /* before the walk: end of the stack */
	size_t working;		  /* workers inside a piece of work */
	size_t idle;		  /* workers that sleep */
	bool closing;		  /* no more starts will come */
	bool cancelled;
	double done;   /* weight of finished work, of `starts` */
	double starts; /* weight of all starts */
	/* Starts by Windows path; only read once workers run. */
	struct namemap *done_trees;
	struct namemap *done_folders; /* just the files in it */
	struct namemap *done_files;
	struct namemap *done_streams; /* just what hangs on the folder */
	struct worker *workers;
	unsigned worker_count;
};

/* Where a file was met. */
struct file_place {
	const char *folder; /* Windows path without trailing backslash */
	const char *name;
	struct host_dir *dir; /* NULL: `host` is a full path */
	const char *host;
	bool is_known_place;
	unsigned worker;
	/* target_folder_location(), once for all files of a folder. */
	const char *location;
};

bool walk_is_stopped(struct file_walk *w);
/* Also remembers which patterns do. */
bool walk_is_excluded(struct file_walk *w, const char *wpath);
/* "left out by --exclude" */
void walk_excluded_gap(struct file_walk *w, const char *wpath, bool matters);
/* Look at one regular file, its streams and members. */
void visit_file(struct file_walk *w, const struct file_place *at);
/* The streams that hang on a folder in at->dir. */
void visit_folder_streams(struct file_walk *w, const struct file_place *at);
/* Those of at->dir itself, whose path is at->folder; without a name. */
void visit_own_streams(struct file_walk *w, const struct file_place *at);
/* The gap for something in the tree that is no file and no folder. */
void visit_gap(struct file_walk *w, const struct file_place *at, int err,
	       long os_error, const char *why);

#endif
