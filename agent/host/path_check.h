/*
 * Private to agent/host on Windows, but plain text: whether what was opened
 * is what was asked for.  Kept apart from the calls because Wine can make no
 * junction and no SUBST drive that would show it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_PATH_CHECK_H
#define HOST_PATH_CHECK_H

#include "base/fmt.h"

enum path_check {
	PATH_CHECK_OK,
	PATH_CHECK_LINK, /* a junction, symbolic link or other name surrogate */
	PATH_CHECK_ALIAS,  /* reached under another name than its own: 8.3,
			      System32 */
	PATH_CHECK_SUBST,  /* a drive letter that stands for a folder */
	PATH_CHECK_REMOTE, /* another computer's disk */
};

/* "the link", ... for "is reached through the link"; NULL for PATH_CHECK_OK. */
const char *path_check_words(enum path_check w);

/*
 * Of one component: attributes and tag of the handle, the name asked for and
 * the path within the volume that the system tells for the handle
 * (FileNameInformation).  `trims`: it is told without the dots and spaces at
 * its end (Wine).
 */
enum path_check path_check_step(uint32_t attrs, uint32_t tag, const char *name,
				const char *found_path, bool trims);
/*
 * Of the root: what the drive letter stands for ("\Device\HarddiskVolume1",
 * "\??\C:\folder" for SUBST; NULL: no letter or not told), and the path
 * within the volume of the opened root, "\" for a root.
 */
enum path_check path_check_root(const char *device, const char *found_path);

/* What follows the last backslash. */
const char *path_last_name(const char *path);

/*
 * Bytes of an absolute path's root without its last backslash ("X:",
 * "\\server\share", "\\?\Volume{...}"), 0: none of these.
 */
size_t path_root_nbytes(const char *path);
/*
 * What follows `base` in `path`, beginning with a slash; NULL if path does
 * not lie below it.  base NULL: the root of path.
 */
const char *path_below(const char *base, const char *path);

#endif
