/*
 * What opening a file asks of Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/file_ask_win32.h"
#include "host/wow64_win32.h"
#include "base/bytes.h"

#include <string.h>

#define FS_NAME	  12
#define FS_NBYTES (FS_NAME + 2 * 64)
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static void ask_handle(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
		       struct file_facts *ret)
{
	ret->attrs = info->dwFileAttributes;
	ret->size = host_win_size(info);
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
		ret->size =
			(uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
		ret->tag = 0;
		if (!(ret->attrs & FILE_ATTRIBUTE_REPARSE_POINT))
			return 0;
	} else if (GetLastError() != ERROR_ACCESS_DENIED) {
		return GetLastError();
	}
	return name_by_handle(wide, ret);
}

/* FILE_FS_ATTRIBUTE_INFORMATION: flags, longest name, length, name. */
static void take_file_system(const uint8_t buf[FS_NBYTES],
			     struct file_volume *ret)
{
	const size_t nchars = bytes_le32(buf + 8) / 2;

	ret->fs_flags = bytes_le32(buf);
	for (size_t i = 0; i + 1 < sizeof(ret->fs_name) && i < nchars; i++) {
		const uint16_t c = bytes_le16(buf + FS_NAME + 2 * i);

		ret->fs_name[i] = (char)(c < 0x7f ? c : '?');
	}
}

/*
 * By a handle of the root: GetVolumeInformation reads the disk itself under
 * Wine, which says on standard error that it may not.
 */
static DWORD ask_volume(const wchar_t *root, struct file_volume *ret)
{
	HANDLE handle = ask_open(root, FILE_READ_ATTRIBUTES,
				 FILE_FLAG_BACKUP_SEMANTICS);
	BY_HANDLE_FILE_INFORMATION info;
	uint8_t buf[FS_NBYTES] = { 0 };
	DWORD os_error = 0;
	uint32_t status;

	memset(ret, 0, sizeof(*ret));
	if (handle == INVALID_HANDLE_VALUE)
		return GetLastError();
	status = host_nt_query_volume(handle, buf, sizeof(buf),
				      WIN_VOLUME_ATTRIBUTE);
	if (host_nt_failed(status)) {
		os_error = host_nt_to_win(status);
	} else if (!GetFileInformationByHandle(handle, &info)) {
		os_error = GetLastError();
	} else {
		take_file_system(buf, ret);
		ret->serial = info.dwVolumeSerialNumber;
	}
	CloseHandle(handle);
	return os_error;
}

static uint32_t ask_number(const wchar_t *key, const wchar_t *name)
{
	DWORD value = 0;
	DWORD nbytes = sizeof(value);
	DWORD type = REG_NONE;
	HKEY h = NULL;

	/* The real one, which a 32-bit program would not be shown. */
	if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, key, 0,
			  KEY_QUERY_VALUE | KEY_WOW64_64KEY, &h) != 0)
		return 0;
	if (RegQueryValueExW(h, name, NULL, &type, (BYTE *)&value, &nbytes) !=
		    0 ||
	    type != REG_DWORD || nbytes != sizeof(value))
		value = 0;
	RegCloseKey(h);
	return value;
}

const struct file_ask file_ask_system = { ask_name, ask_open, ask_handle,
					  ask_volume, ask_number };

const struct file_ask *file_ask = &file_ask_system;
