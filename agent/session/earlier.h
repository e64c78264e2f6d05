/*
 * Every later scan, a quick one, too, looks again at each file that an earlier
 * scan of this Windows found: undo or the malware may have put it back.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef EARLIER_H
#define EARLIER_H

#include "collect/files.h"
#include "store/store.h"

/*
 * Files that the store names for this target become starts of the walk, and
 * go into `important`: what cannot be read of them matters.  The store may be
 * anybody's: only paths on drives are looked at, as those of registered
 * servers are.
 */
int earlier_walk(struct store *s, int64_t scan_id, struct target *t,
		 struct file_walk *w, struct namemap *important);

#endif
