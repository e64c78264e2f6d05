/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/volume_ask_win32.h"

#define ANSWER_FIRST 4096u
#define ANSWER_MAX   (1u << 20)
#define QUERY_NBYTES 12 /* of a STORAGE_PROPERTY_QUERY: all zero */

static DWORD ask_first(wchar_t *guid, DWORD room, HANDLE *ret)
{
	*ret = FindFirstVolumeW(guid, room);
	return *ret == INVALID_HANDLE_VALUE ? GetLastError() : 0;
}

static DWORD ask_next(HANDLE find, wchar_t *guid, DWORD room)
{
	return FindNextVolumeW(find, guid, room) ? 0 : GetLastError();
}

static void ask_close(HANDLE find)
{
	FindVolumeClose(find);
}

static DWORD ask_names(const wchar_t *guid, wchar_t *buf, DWORD room,
		       DWORD *need_ret)
{
	return GetVolumePathNamesForVolumeNameW(guid, buf, room, need_ret)
		       ? 0
		       : GetLastError();
}

static DWORD ask_enter(const wchar_t *root, DWORD *flags_ret, wchar_t *fs_name,
		       DWORD room)
{
	return GetVolumeInformationW(root, NULL, 0, NULL, NULL, flags_ret,
				     fs_name, room)
		       ? 0
		       : GetLastError();
}

static UINT ask_type(const wchar_t *root)
{
	return GetDriveTypeW(root);
}

static DWORD ask_letters(void)
{
	return GetLogicalDrives();
}

static DWORD ask_device(const wchar_t *name, wchar_t *buf, DWORD room)
{
	return QueryDosDeviceW(name, buf, room) != 0 ? 0 : GetLastError();
}

static DWORD ask_control(const wchar_t *device, DWORD code, void *out,
			 DWORD room, DWORD *got_ret)
{
	uint8_t query[QUERY_NBYTES] = { 0 };
	const bool has_query = code == VOLUME_ASK_PROPERTY;
	DWORD os_error = 0;
	/* Without rights it may be asked, but not read. */
	HANDLE handle = CreateFileW(device, 0,
				    FILE_SHARE_READ | FILE_SHARE_WRITE |
					    FILE_SHARE_DELETE,
				    NULL, OPEN_EXISTING, 0, NULL);

	if (handle == INVALID_HANDLE_VALUE)
		return GetLastError();
	if (!DeviceIoControl(handle, code, has_query ? query : NULL,
			     has_query ? sizeof(query) : 0, out, room, got_ret,
			     NULL))
		os_error = GetLastError();
	CloseHandle(handle);
	return os_error;
}

const struct volume_ask volume_ask_system = {
	ask_first, ask_next,	ask_close,  ask_names,	 ask_enter,
	ask_type,  ask_letters, ask_device, ask_control,
};

const struct volume_ask *volume_ask = &volume_ask_system;

DWORD volume_control(const wchar_t *device, DWORD code, uint8_t **ret,
		     size_t *nbytes_ret)
{
	for (DWORD room = ANSWER_FIRST;; room *= 2) {
		uint8_t *buf = mem_zalloc(room);
		DWORD got = 0;
		DWORD os_error;

		if (buf == NULL)
			return ERROR_NOT_ENOUGH_MEMORY;
		os_error = volume_ask->control(device, code, buf, room, &got);
		if (os_error == 0) {
			*ret = buf;
			*nbytes_ret = got < room ? got : room;
			return 0;
		}
		mem_free(buf);
		if ((os_error != ERROR_INSUFFICIENT_BUFFER &&
		     os_error != ERROR_MORE_DATA) ||
		    room >= ANSWER_MAX)
			return os_error;
	}
}

DWORD volume_device(const wchar_t *name, wchar_t **ret)
{
	for (DWORD room = ANSWER_FIRST;; room *= 2) {
		wchar_t *buf = mem_array((size_t)room + 2, sizeof(*buf));
		DWORD os_error;

		if (buf == NULL)
			return ERROR_NOT_ENOUGH_MEMORY;
		os_error = volume_ask->device(name, buf, room);
		if (os_error == 0) {
			*ret = buf;
			return 0;
		}
		mem_free(buf);
		if (os_error != ERROR_INSUFFICIENT_BUFFER || room >= ANSWER_MAX)
			return os_error;
	}
}
