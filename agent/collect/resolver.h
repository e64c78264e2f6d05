/*
 * What the parts of the resolver share: the places that are open, what is
 * known of files, and the bounds.  resolve.h says who stands above whom.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_RESOLVER_H
#define COLLECT_RESOLVER_H

#include "collect/beside.h"
#include "collect/place.h"

struct interface_index;

/* Bounds that are told once; beyond them the walk goes on without. */
enum resolver_bound {
	RESOLVER_BOUND_FILES,
	RESOLVER_BOUND_CLASSES,
	RESOLVER_BOUND_SIDES,
	RESOLVER_BOUND_FOLDERS,
	RESOLVER_BOUND_SEARCH,
	RESOLVER_BOUND_ALSO,
	RESOLVER_BOUND_COUNT
};

/* Different server files; no PC has as many. */
#define RESOLVER_MAX_FILES 65536u

struct resolver {
	struct target *t;
	struct gap_sink *gaps;
	const struct cancel *cancel; /* NULL: set by nobody */
	bool is_64bit;
	/* Before Windows 7 a 64-bit Windows had two class stores. */
	bool has_split_classes;
	struct vec software; /* struct reg_place */
	struct vec classes;
	struct namemap *files; /* struct file_facts by true path */
	struct vec file_list;
	struct beside *beside;		    /* what lies in their folders */
	struct interface_index *interfaces; /* made when first needed */
	struct namemap *known_dlls;	    /* KnownDLLs; read when needed */
	/* PATH of all, 64 and 32: struct user_folder of server_search.c */
	struct vec user_folders[2];
	uint64_t search_work; /* files looked for in folders */
	uint64_t class_work;  /* steps of all look-ups of classes */
	uint64_t side_work;   /* … of interfaces */
	bool is_told[RESOLVER_BOUND_COUNT];
	/* Files below the Windows folder are listed, not read. */
	bool leaves_windows_out;
};

/* A bound was reached: one gap that matters, however often. */
void resolver_bound(struct resolver *z, enum resolver_bound which,
		    const char *path, const char *why);
/* Whether such a file is listed only (leaves_windows_out). */
bool resolver_leaves_out(const struct resolver *z, const char *wpath);

#endif
