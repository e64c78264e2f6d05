/*
 * The name of a folder by the variables of the Windows that it lies in:
 * "%ProgramFiles%\Shared" for "D:\Apps\Shared".
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rules compare it, so it is made only of what a program without rights
 * cannot set: the machine's own folders and the profiles, not the variables
 * that a user may give himself.
 */
#ifndef TARGET_PLACE_NAME_H
#define TARGET_PLACE_NAME_H

#include "base/vec.h"

/* The target's own folders; only read once they are all in. */
struct place_names {
	struct namemap *folders; /* to the variable's name (static text) */
	size_t max_depth;	 /* components of the deepest of them */
};

/*
 * `folder`: a true path ("D:\Apps"); `variable`: static text with its percent
 * signs.  The first one given for a folder stays; one that is a drive or
 * deeper than Windows' own ever are is left out.  ERR_NOMEM.
 */
int place_names_add(struct place_names *n, const char *folder,
		    const char *variable);
void place_names_release(struct place_names *n);

/*
 * The folder (no trailing backslash needed) under the longest of those that
 * it is or lies below, else as it is.  Caller frees; NULL without memory.
 * Any thread.
 */
char *place_name(const struct place_names *n, const char *folder);
/*
 * The same where nothing is known of the Windows: by the names that Windows
 * gives its folders, at any depth, since a copy of a disk lies anywhere.
 */
char *place_name_guess(const char *folder);
/*
 * Where in the folder's path the copy of a disk begins that the guess rests
 * on: at "Program Files", "ProgramData", "Users", "Documents and Settings" or
 * "Windows"; NULL: on none of these.
 */
const char *place_name_top(const char *folder);

#endif
