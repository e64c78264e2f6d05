/*
 * The standard streams at the start, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/standard.h"
#include "host/standard_win32.h"
#include "base/bytes.h"

#define NOT_TOLD UINT32_MAX

static bool is_folder(HANDLE handle)
{
	BY_HANDLE_FILE_INFORMATION info;

	return GetFileInformationByHandle(handle, &info) &&
	       (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/* XP's consoles are no handles that the kernel knows. */
static uint32_t access_of(HANDLE handle)
{
	uint8_t granted[4];

	if (host_nt_query_file(handle, granted, sizeof(granted),
			       WIN_FILE_ACCESS, NULL) != 0)
		return NOT_TOLD;
	return bytes_le32(granted);
}

static void ask(DWORD which, struct standard_told *ret)
{
	HANDLE handle = GetStdHandle(which);

	ret->handle = (uint64_t)(uintptr_t)handle;
	SetLastError(NO_ERROR);
	ret->type = GetFileType(handle);
	ret->os_error = GetLastError();
	ret->access = access_of(handle);
	ret->is_folder = ret->type == FILE_TYPE_DISK && is_folder(handle);
	ret->is_output = which != STD_INPUT_HANDLE;
}

void host_standard_settle(void)
{
	static const DWORD streams[] = { STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
					 STD_ERROR_HANDLE };

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		struct standard_told told = { 0 };

		ask(streams[i], &told);
		if (!standard_is_there(&told))
			SetStdHandle(streams[i], NULL);
	}
}
