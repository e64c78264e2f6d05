/*
 * Scans that a power cut or a kill ended: the next start marks them, judges
 * what they had kept, and records that they are incomplete.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SETTLE_H
#define SETTLE_H

#include "options.h"
#include "match/pack.h"
#include "store/store.h"

/*
 * Each is told in a line on the error stream.  `pack`: its texts and lists
 * count for scans that were made with it; NULL: none.  ERR_LOCKED: another scan
 * is running (`wait`: it had a moment to end).  Nothing to do is 0.
 */
int settle(struct store *s, struct pack *pack, bool wait);
/*
 * For a store that is read afterwards: whether there is something to do, and
 * doing it; what cannot be done (read-only, a scan is running) is left.
 */
bool settle_is_needed(const char *store_path);
void settle_before_reading(const char *store_path, struct pack *pack);
/* Both, for commands that are no scan, with the pack of the options. */
void settle_at_start(const struct options *o, const char *store_path);

#endif
