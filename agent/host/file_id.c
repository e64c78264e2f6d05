/*
 * Which file it is, by its number, and where it has none.
 * SPDX-License-Identifier: Apache-2.0
 *
 * MS-FSCC 2.1.9: a file system without 64-bit numbers says 0 (network
 * redirectors do), one that cannot tell a unique one for a file says all ones
 * (FILE_INVALID_FILE_ID; ReFS has 128 bits).  Neither is to be used, so two
 * such files are not the same file, nor two different ones.
 */
#include "host/host.h"

uint64_t host_file_id(uint64_t number)
{
	return number != UINT64_MAX ? number : 0;
}

enum host_same host_same_file(const struct host_stat *a,
			      const struct host_stat *b)
{
	if (a->volume != b->volume)
		return HOST_OTHER_FILE;
	if (host_file_id(a->file_id) == 0 || host_file_id(b->file_id) == 0)
		return HOST_NOT_TOLD;
	return a->file_id == b->file_id ? HOST_SAME_FILE : HOST_OTHER_FILE;
}

/*
 * The time of creation does not count: Windows gives a name that comes back
 * within seconds the one of the file that had it before (tunneling).
 */
bool host_is_still_file(const struct host_stat *a, const struct host_stat *b)
{
	const enum host_same same = host_same_file(a, b);

	if (same == HOST_NOT_TOLD)
		return a->size == b->size && a->written == b->written;
	return same == HOST_SAME_FILE;
}
