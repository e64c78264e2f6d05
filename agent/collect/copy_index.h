/*
 * What Windows writes down about the copies that it keeps: where a file lay
 * before it went into the recycle bin or into a restore point.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of it is written by whoever may write there, so each reader looks at
 * nothing beyond the bytes given and gives a path of at most
 * COPY_PATH_MAX_UNITS units, or none.  The formats: "Windows Recycler file
 * formats", "Windows Recycle.Bin file formats" and "The Windows Restore Point
 * formats" of Joachim Metz (libyal, dtformats).
 */
#ifndef COLLECT_COPY_INDEX_H
#define COLLECT_COPY_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define COPY_PATH_MAX_UNITS 32767

/* Caller frees each; NULL: it says nothing of it, or memory is short. */

/* $I… of Vista and later, versions 1 and 2. */
char *copy_path_of_recycled(const uint8_t *data, size_t nbytes);
/* INFO2 of Windows ME to 2003: of the file D<drive><number>. */
char *copy_path_in_info2(const uint8_t *data, size_t nbytes, char drive,
			 uint32_t number);
/* change.log of a restore point: of the file kept as `name` (A0001234.dll);
 * mostly without a drive, "\WINDOWS\x.dll". */
char *copy_path_in_change_log(const uint8_t *data, size_t nbytes,
			      const char *name);

#endif
