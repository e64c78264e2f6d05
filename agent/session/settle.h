/*
 * Scans that a power cut or a kill ended: the next start marks them, judges
 * what they had kept, and records that they are incomplete.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_SETTLE_H
#define SESSION_SETTLE_H

#include "match/pack.h"
#include "session/session.h"
#include "store/store.h"

/*
 * Each is told as a note of the session (NULL: to nobody).  `pack`: its texts
 * and lists count for scans that were made with it; NULL: none.  ERR_LOCKED:
 * another scan is running (`wait`: it had a moment to end).  Nothing to do is
 * 0.
 */
int settle(struct store *s, struct pack *pack, bool wait,
	   const struct session *told);
/*
 * For a store that is read afterwards: whether there is something to do, and
 * doing it; what cannot be done (read-only, a scan is running) is left.
 */
bool settle_is_needed(const char *store_path);
void settle_before_reading(const char *store_path, struct pack *pack,
			   const struct session *told);
/* Both, for what is no scan, with the pack of the session. */
void settle_at_start(const struct session *s, const char *store_path);

#endif
