/*
 * What opening a file asks of Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/file_ask_win32.h"
#include "host/wow64_win32.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static uint64_t size_of(DWORD high, DWORD low)
{
	return (uint64_t)high << 32 | low;
}

static void ask_handle(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
		       struct file_facts *ret)
{
	ret->attrs = info->dwFileAttributes;
	ret->size = size_of(info->nFileSizeHigh, info->nFileSizeLow);
	ret->tag = ret->attrs & FILE_ATTRIBUTE_REPARSE_POINT
			   ? host_reparse_tag(handle)
			   : 0;
}

static HANDLE ask_open(const wchar_t *wide, DWORD access, DWORD options)
{
	return wow64_open(wide, access, SHARE_ALL, NULL, OPEN_EXISTING,
			  options);
}

/* By handle the backup privilege counts, and the tag is told. */
static DWORD name_by_handle(const wchar_t *wide, struct file_facts *ret)
{
	HANDLE handle = ask_open(wide, FILE_READ_ATTRIBUTES,
				 FILE_FLAG_BACKUP_SEMANTICS |
					 FILE_FLAG_OPEN_REPARSE_POINT |
					 FILE_FLAG_OPEN_NO_RECALL);
	BY_HANDLE_FILE_INFORMATION info;
	DWORD os_error = 0;

	if (handle == INVALID_HANDLE_VALUE)
		return GetLastError();
	if (GetFileInformationByHandle(handle, &info))
		ask_handle(handle, &info, ret);
	else
		os_error = GetLastError();
	CloseHandle(handle);
	return os_error;
}

static DWORD ask_name(const wchar_t *wide, struct file_facts *ret)
{
	WIN32_FILE_ATTRIBUTE_DATA data;
	struct wow64_pass pass;
	bool is_told;

	wow64_enter(wide, &pass);
	is_told = GetFileAttributesExW(wide, GetFileExInfoStandard, &data) != 0;
	wow64_leave(&pass);
	if (is_told) {
		ret->attrs = data.dwFileAttributes;
		ret->size = size_of(data.nFileSizeHigh, data.nFileSizeLow);
		ret->tag = 0;
		if (!(ret->attrs & FILE_ATTRIBUTE_REPARSE_POINT))
			return 0;
	} else if (GetLastError() != ERROR_ACCESS_DENIED) {
		return GetLastError();
	}
	return name_by_handle(wide, ret);
}

const struct file_ask file_ask_system = { ask_name, ask_open, ask_handle };

const struct file_ask *file_ask = &file_ask_system;
