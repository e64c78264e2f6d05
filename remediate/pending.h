/*
 * The list of what Windows removes and renames at its next start, as bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * PendingFileRenameOperations (and ...2) of the Session Manager's key is a
 * REG_MULTI_SZ only by name: NUL-ended texts in pairs "what", "to where" and
 * one more NUL at the end.  An empty second text means "remove"; so an empty
 * text ends nothing.  Source: MoveFileEx's documentation.  The list belongs
 * to all programs of the machine: it is read only here.
 */
#ifndef REMEDIATE_PENDING_H
#define REMEDIATE_PENDING_H

#include "base/fmt.h"

/*
 * Can something be added?  Windows writes behind what is there, so after a
 * list with half a pair our text would be taken for the target of somebody
 * else's renaming.  ERR_CORRUPT.
 */
int pending_check(const uint8_t *data, size_t nbytes);

/* How often the removal of `source` ("\??\C:\…", our UTF-8) is asked for. */
size_t pending_count(const uint8_t *data, size_t nbytes, const char *source);

/* "\\?\C:\x" of host paths as that list has it: "\??\C:\x"; caller frees. */
char *pending_source(const char *native);

#endif
