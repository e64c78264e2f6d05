/*
 * Which file a path leads to, by its volume and number.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/wow64_win32.h"

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

bool host_win_same_file(const BY_HANDLE_FILE_INFORMATION *a,
			const BY_HANDLE_FILE_INFORMATION *b)
{
	return a->dwVolumeSerialNumber == b->dwVolumeSerialNumber &&
	       a->nFileIndexHigh == b->nFileIndexHigh &&
	       a->nFileIndexLow == b->nFileIndexLow;
}
