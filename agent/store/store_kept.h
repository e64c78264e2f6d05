/*
 * What the readers of kept scans share: store_kept.c (what was seen) and
 * store_kept_rules.c (which rules matched).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STORE_STORE_KEPT_H
#define STORE_STORE_KEPT_H

#include "store/store_internal.h"

struct kept_reader {
	struct store *store;
	int64_t scan_id;
	const struct pack *pack;
	struct judge *judge;
	struct vec *registrations;
	struct vec *rules;
	size_t match_count;
};

/* A column's text, "" for NULL. */
const char *kept_word(sqlite3_stmt *q, int column);
/* The matches of that artefact's row; rules that the pack lacks are made. */
int kept_matches(struct kept_reader *rd, int64_t artefact,
		 struct match_list *ret);

#endif
