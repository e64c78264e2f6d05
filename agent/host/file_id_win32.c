/*
 * Which file a path leads to, by its volume and number.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/wow64_win32.h"

#include <string.h>

bool host_win_file_id(const wchar_t *wide, BY_HANDLE_FILE_INFORMATION *ret)
{
	HANDLE h = wow64_open(
		wide, FILE_READ_ATTRIBUTES,
		FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
		OPEN_EXISTING,
		FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT);
	bool is_told;

	if (h == INVALID_HANDLE_VALUE)
		return false;
	is_told = GetFileInformationByHandle(h, ret) != 0;
	CloseHandle(h);
	return is_told;
}

uint64_t host_win_number(const BY_HANDLE_FILE_INFORMATION *info)
{
	return host_file_id((uint64_t)info->nFileIndexHigh << 32 |
			    info->nFileIndexLow);
}

uint64_t host_win_size(const BY_HANDLE_FILE_INFORMATION *info)
{
	return (uint64_t)info->nFileSizeHigh << 32 | info->nFileSizeLow;
}

bool host_win_same_file(const BY_HANDLE_FILE_INFORMATION *a,
			const BY_HANDLE_FILE_INFORMATION *b)
{
	const BY_HANDLE_FILE_INFORMATION *const both[] = { a, b };
	struct host_stat st[2];

	memset(st, 0, sizeof(st));
	for (int i = 0; i < 2; i++) {
		st[i].volume = both[i]->dwVolumeSerialNumber;
		st[i].file_id = host_win_number(both[i]);
		st[i].size = host_win_size(both[i]);
		st[i].written = host_filetime(&both[i]->ftLastWriteTime);
	}
	return host_is_still_file(&st[0], &st[1]);
}
