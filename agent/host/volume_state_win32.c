/*
 * Whether the volume below a path can be changed, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All but the dirty flag is asked through a handle of the very path, so that
 * volumes mounted in folders are found.
 */
#include "host/change_win32.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "base/bytes.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>
#include <winioctl.h>

#define FS_NBYTES	 (12 + 2 * 64) /* flags, longest name, length, name */
#define ROOT_NCHARS	 1024
#define GUID_PATH_NCHARS 64
#define DEVICE_REMOTE	 0x10u
#define DEVICE_READ_ONLY 0x02u

static int ask_file_system(HANDLE handle, const char *path,
			   struct host_volume_state *v)
{
	uint8_t buf[FS_NBYTES] = { 0 };
	const struct bytes fs = { buf, sizeof(buf) };
	uint8_t device[8] = { 0 }; /* type, characteristics */
	struct str name = STR_INIT;
	const uint8_t *units;
	uint32_t status;
	uint32_t flags;
	uint32_t more;

	status = host_nt_query_volume(handle, buf, sizeof(buf),
				      WIN_VOLUME_ATTRIBUTE);
	if (host_nt_failed(status))
		return host_fail_nt(status,
				    W_HOST_CANNOT_ASK_FOR_THE_FILE_SYSTEM_OF,
				    path, NULL);
	flags = bytes_le32(buf);
	units = bytes_at(&fs, 12, bytes_le32(buf + 8));
	str_addn(&name, "", 0);
	if (units != NULL)
		utf_from_utf16le(&name, units, bytes_le32(buf + 8) / 2);
	v->fs_name = str_detach(&name);
	if (v->fs_name == NULL)
		return host_fail(ERR_NOMEM, 0,
				 W_HOST_CANNOT_ASK_FOR_THE_FILE_SYSTEM_OF, path,
				 NULL);
	status = host_nt_query_volume(handle, device, sizeof(device),
				      WIN_VOLUME_DEVICE);
	more = host_nt_failed(status) ? 0 : bytes_le32(device + 4);
	v->is_read_only =
		(flags & WIN_FS_READ_ONLY) || (more & DEVICE_READ_ONLY);
	v->keeps_security = (flags & WIN_FS_KEEPS_ACLS) != 0;
	v->is_remote = (more & DEVICE_REMOTE) != 0;
	return 0;
}

/* The volume itself; it answers only to who may read it whole. */
static HANDLE volume_open(const wchar_t *wide)
{
	wchar_t guid[GUID_PATH_NCHARS];
	wchar_t root[ROOT_NCHARS];
	size_t n;

	if (!GetVolumePathNameW(wide, root, ROOT_NCHARS) ||
	    !GetVolumeNameForVolumeMountPointW(root, guid, GUID_PATH_NCHARS))
		return INVALID_HANDLE_VALUE;
	/* With the backslash it would be the root folder. */
	n = wcslen(guid);
	if (n > 0 && guid[n - 1] == L'\\')
		guid[n - 1] = L'\0';
	return CreateFileW(guid, GENERIC_READ,
			   FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
			   OPEN_EXISTING, 0, NULL);
}

static void ask_dirty(const wchar_t *wide, struct host_volume_state *v)
{
	HANDLE handle = volume_open(wide);
	DWORD flags = 0;
	DWORD n = 0;

	if (handle == INVALID_HANDLE_VALUE)
		return;
	if (DeviceIoControl(handle, FSCTL_IS_VOLUME_DIRTY, NULL, 0, &flags,
			    sizeof(flags), &n, NULL) &&
	    n >= sizeof(flags)) {
		v->dirty_known = true;
		v->is_dirty = (flags & 1) != 0; /* VOLUME_IS_DIRTY */
	}
	CloseHandle(handle);
}

int host_volume_state(const char *path, struct host_volume_state *ret)
{
	struct host_volume_state v = { 0 };
	BY_HANDLE_FILE_INFORMATION info;
	wchar_t *wide = NULL;
	HANDLE handle;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	handle = wow64_open(wide, FILE_READ_ATTRIBUTES, WIN_SHARE_ALL, NULL,
			    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
	if (handle == INVALID_HANDLE_VALUE) {
		err = host_fail_win(W_HOST_CANNOT_OPEN, path, NULL);
		goto out;
	}
	err = ask_file_system(handle, path, &v);
	if (err == 0 && !v.is_remote &&
	    GetFileInformationByHandle(handle, &info))
		v.serial = info.dwVolumeSerialNumber;
	CloseHandle(handle);
	if (err != 0)
		goto out;
	if (!v.is_remote)
		ask_dirty(wide, &v);
	*ret = v;
out:
	mem_free(wide);
	return err;
}
