/*
 * What files.c (queue and folders), files_start.c (where it begins) and
 * files_visit.c (one file) share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_FILES_INTERNAL_H
#define COLLECT_FILES_INTERNAL_H

#include "collect/files.h"
#include "collect/files_archives.h"
#include "collect/locked.h"
#include "collect/page_files.h"

struct file_walk {
	struct target *target;
	struct file_walk_options options;
	file_fn fn;
	void *arg;
	struct page_files *page_files;
	struct loaded_files *loaded;
	struct archive_list *archives; /* NULL without `members` */
	double archives_weight;	       /* of `starts` */
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

enum work_kind {
	WORK_FOLDER,
	WORK_STREAMS, /* those of the folder itself */
	WORK_FILES,
	WORK_FILE,
	WORK_ARCHIVE /* one that was met before */
};

/* A piece of work in the queue. */
struct work {
	struct work *next;
	enum work_kind kind;
	char *host;  /* host path; of the folder for WORK_FILES */
	char *wpath; /* Windows path of the folder, no trailing backslash */
	char *name;  /* WORK_FILE: file name */
	char *host_folder; /* WORK_FILE: host path of its folder */
	struct ancestor *parent;
	int depth;     /* how far below the start */
	int max_depth; /* -1: no bound */
	bool is_known_place;
	bool is_start;
	double weight;
	/* WORK_FILES */
	struct host_dir *dir;
	char **names;
	size_t name_count;
	size_t archive; /* WORK_ARCHIVE: which one */
};

void walk_work_free(struct work *job);
/* The sets of starts: by the exact path. */
bool walk_set_has(const struct namemap *set, const char *wpath);
int walk_set_add(struct namemap *set, const char *wpath, void *value);

/* Where a file was met. */
struct file_place {
	const char *folder; /* Windows path without trailing backslash */
	const char *name;
	struct host_dir *dir; /* NULL: `host` is a full path */
	const char *host;
	const char *host_folder; /* with `dir` */
	bool is_known_place;
	bool is_asked_for; /* by its own path, not by that of a folder */
	unsigned worker;
	/* Once for all files of a folder: target_folder_location() and
	 * target_place(); NULL: to be asked for. */
	const char *location;
	const char *place;
};

bool walk_is_stopped(struct file_walk *w);
/* Also remembers which patterns do. */
bool walk_is_excluded(struct file_walk *w, const char *wpath);
/* "left out as asked" */
void walk_excluded_gap(struct file_walk *w, const char *wpath, bool matters);
/* Look at one regular file, its streams and members. */
void visit_file(struct file_walk *w, const struct file_place *at);
/* Look into an archive that was met before. */
void visit_archive(struct file_walk *w, size_t i, unsigned worker);
/* The streams that hang on a folder in at->dir. */
void visit_folder_streams(struct file_walk *w, const struct file_place *at);
/* Those of at->dir itself, whose path is at->folder; without a name. */
void visit_own_streams(struct file_walk *w, const struct file_place *at);

/* ---- files_gap.c: what of a file that was not looked at is told --------- */

bool walk_is_server(struct file_walk *w, const char *wpath);
/* What could be read of it (NULL: nothing) begins like something that runs. */
bool is_headed_like_program(struct host_file *f);
/*
 * Why `wpath` (the file at `at`, its stream or its member) was not examined;
 * f: as far as it could be opened, or NULL.
 */
void walk_file_gap(struct file_walk *w, const struct file_place *at,
		   const char *wpath, struct host_file *f, int err,
		   long os_error, const char *why);

#endif
