/*
 * The texts of CLSIDs and their kin, as the registry has them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_GUID_H
#define COLLECT_GUID_H

#include <stdbool.h>

#define GUID_TEXT_NBYTES 39 /* "{…}" and the final NUL */

/* "{UPPER-CASE}" of a text that is exactly one GUID; false: it is none. */
bool guid_parse(const char *text, char ret[GUID_TEXT_NBYTES]);
/* The first GUID inside a text, for tricks like "{…}}" and "{…". */
bool guid_find(const char *text, char ret[GUID_TEXT_NBYTES]);

#endif
