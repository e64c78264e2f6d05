/*
 * The gaps of a running scan, from all threads, equal ones counted.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GAPLIST_H
#define GAPLIST_H

#include "base/gap.h"
#include "store/store.h"

struct gap_list;

int gap_list_new(struct gap_list **ret);
void gap_list_free(struct gap_list *l);
struct gap_sink *gap_list_sink(struct gap_list *l);
/* Different gaps, and how many of them matter. */
size_t gap_list_count(const struct gap_list *l);
size_t gap_list_matter_count(const struct gap_list *l);
/* Whether one of that kind matters. */
bool gap_list_has(const struct gap_list *l, enum gap_kind kind);
/* At the end; what was kept is replaced, or was dropped before. */
int gap_list_store(struct gap_list *l, struct store *s, int64_t scan_id);
/*
 * Those that are new since the last call, while other threads add more;
 * *count_ret of them.
 */
int gap_list_keep(struct gap_list *l, struct store *s, int64_t scan_id,
		  size_t *count_ret);
/* Those that were kept go, so that other rows can come before all of them. */
int gap_list_drop_kept(struct gap_list *l, struct store *s, int64_t scan_id);

#endif
