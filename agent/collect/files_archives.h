/*
 * Archives that a file walk meets outside the caches.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_FILES_ARCHIVES_H
#define COLLECT_FILES_ARCHIVES_H

#include "collect/archive.h"
#include "collect/files.h"

/* Where one lies, and what tells whether it is the same when it is opened. */
struct archive_place {
	char *host;
	char *wpath;
	struct host_stat st;
	bool is_known_place;
};

struct archive_list;

int archive_list_new(const struct archive_budget *budget,
		     struct archive_list **ret);
void archive_list_free(struct archive_list *l);

/*
 * While the walk goes on, from any thread.  host_folder: of the file's
 * folder, NULL: `host` is its whole path.  ERR_NOMEM.
 */
int archive_list_met(struct archive_list *l, enum archive_kind kind,
		     const struct file_artefact *a, const char *host_folder,
		     const char *host);
/* Adds [ARCHIVE_KIND_COUNT] of those that are not looked into. */
void archive_list_count(struct archive_list *l, const uint64_t *unopened);

/*
 * When nothing more can be met: how many are to be looked into, which ones,
 * and that one of them could not be (to its end).
 */
size_t archive_list_choose(struct archive_list *l);
const struct archive_place *archive_list_at(const struct archive_list *l,
					    size_t i);
void archive_list_failed(struct archive_list *l, size_t i);

/* At the end: a gap of each kind that has some. */
void archive_list_report(const struct archive_list *l, struct gap_sink *sink);

#endif
