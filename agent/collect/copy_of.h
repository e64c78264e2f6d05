/*
 * Copies that Windows or a person keeps: what lay elsewhere before, and is
 * loaded from nowhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_COPY_OF_H
#define COLLECT_COPY_OF_H

#include "target/target.h"

enum copy_kind {
	COPY_NONE,
	COPY_RECYCLED,	  /* $Recycle.Bin\S-…\$R…, RECYCLER\S-…\Dc1.dll */
	COPY_RESTORE,	  /* System Volume Information\_restore{…}\RP… */
	COPY_OLD_WINDOWS, /* Windows.old\…, $WINDOWS.~BT\… */
	COPY_BACKUP	  /* a known place of a pack below some other folder */
};

/*
 * By the names that Windows gives its copies.  What lies in the recycle bin
 * under a name of its own is none: there somebody hides it.  COPY_BACKUP is
 * not told by a path alone.
 */
enum copy_kind copy_kind_of(const char *wpath);

struct copies; /* asks one target, in its thread */

/* The pattern of a known place, NULL behind the last. */
typedef const char *(*copies_place_fn)(const void *arg, size_t index);

int copies_new(struct target *t, copies_place_fn place, const void *place_arg,
	       struct copies **ret);
void copies_free(struct copies *c);
/*
 * The path where the file of a copy lay, "" if that is not known; NULL: it is
 * no copy.  `wpath`: of a file on the disk that nothing is registered to
 * load.  What Windows wrote down is read, of all files together not more than
 * COPIES_MAX_NBYTES.  Caller frees *ret; 0, ERR_NOMEM.
 */
int copies_find(struct copies *c, const char *wpath, char **ret);

#define COPIES_MAX_NBYTES ((uint64_t)256 << 20)

#endif
