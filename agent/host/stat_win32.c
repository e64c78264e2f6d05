/*
 * What Windows tells of files and folders without reading them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/descriptor.h"
#include "host/tag.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "base/bytes.h"
#include "words/host.h"

#include <string.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define SD_FIRST  512u
#define SD_MAX	  65536u

int64_t host_filetime(const FILETIME *ft)
{
	return (int64_t)((uint64_t)ft->dwHighDateTime << 32 |
			 ft->dwLowDateTime);
}

enum host_type host_win_type(uint32_t attrs, uint32_t tag, uint64_t size)
{
	const enum host_type type = tag_host_type(attrs, tag, size);

	return type == HOST_FILE && (attrs & FILE_ATTRIBUTE_DEVICE) ? HOST_OTHER
								    : type;
}

static void stat_of_info(struct host_stat *ret,
			 const BY_HANDLE_FILE_INFORMATION *info,
			 uint32_t reparse_tag)
{
	memset(ret, 0, sizeof(*ret));
	ret->attrs = info->dwFileAttributes;
	ret->reparse_tag = reparse_tag;
	ret->size = host_win_size(info);
	ret->type = host_win_type(ret->attrs, reparse_tag, ret->size);
	ret->volume = info->dwVolumeSerialNumber;
	ret->file_id = host_win_number(info);
	ret->nlink = info->nNumberOfLinks;
	ret->created = host_filetime(&info->ftCreationTime);
	ret->written = host_filetime(&info->ftLastWriteTime);
	ret->accessed = host_filetime(&info->ftLastAccessTime);
}

void host_stat_of_handle(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
			 struct host_stat *ret)
{
	uint8_t basic[40]; /* created, accessed, written, changed, attrs */
	uint32_t tag = 0;

	if (info->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
		tag = host_reparse_tag(handle);
	stat_of_info(ret, info, tag);
	/* One more time than Win32 of XP tells. */
	if (host_nt_query_file(handle, basic, sizeof(basic), WIN_FILE_BASIC,
			       NULL) == 0)
		ret->changed = (int64_t)bytes_le64(basic + 24);
}

char *host_owner(struct host_file *f)
{
	DWORD room = SD_FIRST;
	DWORD need = 0;
	uint8_t *bytes;
	char *owner = NULL;

	for (int tries = 0; tries < 2 && owner == NULL; tries++) {
		bytes = mem_alloc(room);
		if (bytes == NULL)
			return NULL;
		if (GetKernelObjectSecurity(f->handle,
					    OWNER_SECURITY_INFORMATION, bytes,
					    room, &need))
			owner = descriptor_owner(bytes, room);
		mem_free(bytes);
		if (need <= room || need > SD_MAX)
			break;
		room = need;
	}
	return owner;
}

/*
 * The page file and its like refuse even this, but their folder tells.  A
 * wildcard would find another name, and no name on NTFS holds one.
 */
static int stat_by_listing(const wchar_t *wide, struct host_stat *ret)
{
	WIN32_FIND_DATAW found;
	BY_HANDLE_FILE_INFORMATION info;
	struct wow64_pass pass;
	HANDLE handle;

	if (wcspbrk(wide + 4, L"*?<>\"") != NULL)
		return ERR_NAME;
	wow64_enter(wide, &pass);
	handle = FindFirstFileW(wide, &found);
	wow64_leave(&pass);
	if (handle == INVALID_HANDLE_VALUE)
		return ERR_NOT_FOUND;
	FindClose(handle);
	memset(&info, 0, sizeof(info));
	info.dwFileAttributes = found.dwFileAttributes;
	info.ftCreationTime = found.ftCreationTime;
	info.ftLastAccessTime = found.ftLastAccessTime;
	info.ftLastWriteTime = found.ftLastWriteTime;
	info.nFileSizeHigh = found.nFileSizeHigh;
	info.nFileSizeLow = found.nFileSizeLow;
	stat_of_info(ret, &info,
		     found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT
			     ? found.dwReserved0
			     : 0);
	return 0;
}

static int stat_wide(const wchar_t *wide, const char *dir, const char *name,
		     bool follow, struct host_stat *ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	DWORD os_error;
	HANDLE handle;
	int err = 0;

	handle = wow64_open(
		wide, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING,
		FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_NO_RECALL |
			(follow ? 0 : FILE_FLAG_OPEN_REPARSE_POINT));
	if (handle == INVALID_HANDLE_VALUE) {
		os_error = GetLastError();
		/* An antivirus that holds it does not hide that it is there. */
		if ((os_error == ERROR_SHARING_VIOLATION ||
		     host_win_to_err(os_error) == ERR_ANTIVIRUS ||
		     os_error == ERROR_ACCESS_DENIED) &&
		    stat_by_listing(wide, ret) == 0)
			return 0;
		SetLastError(os_error);
		return host_fail_win(W_HOST_CANNOT_EXAMINE, dir, name);
	}
	if (!GetFileInformationByHandle(handle, &info))
		err = host_fail_win(W_HOST_CANNOT_EXAMINE, dir, name);
	else
		host_stat_of_handle(handle, &info, ret);
	CloseHandle(handle);
	return err;
}

int host_stat(const char *path, bool follow, struct host_stat *ret)
{
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	err = stat_wide(wide, NULL, path, follow, ret);
	mem_free(wide);
	return err;
}

int host_stat_at(struct host_dir *d, const char *name, struct host_stat *ret)
{
	wchar_t *wide = NULL;
	int err = wide_path_at(d->path, name, NULL, &wide);

	if (err != 0)
		return err;
	err = stat_wide(wide, d->path, name, false, ret);
	mem_free(wide);
	return err;
}
