/*
 * Folders made again as they were, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Under a random name and closed to others until it has its owner and access
 * list; the rename is by handle and replaces nothing.
 */
#include "host/change_win32.h"
#include "host/descriptor.h"
#include "host/wide_win32.h"
#include "words/host.h"

#include <string.h>
#include <winternl.h>

#define FOLDER_FIELDS (META_SECURITY | META_ATTRS)
#define LOOK	      (READ_CONTROL | FILE_READ_ATTRIBUTES | FILE_LIST_DIRECTORY)
#define MAKE	      (LOOK | DELETE | WRITE_DAC | WRITE_OWNER | FILE_WRITE_ATTRIBUTES)

static uint32_t folder_open(const struct host_place *p, const wchar_t *wname,
			    uint32_t access, const uint8_t *sd, HANDLE *ret)
{
	struct win_open o = { 0 };

	o.access = access;
	o.share = WIN_SHARE_ALL;
	o.disposition = sd != NULL ? FILE_CREATE : FILE_OPEN;
	o.options = FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT;
	o.attrs = FILE_ATTRIBUTE_NORMAL;
	o.security = sd;
	return win_place_open(p, wname, &o, ret);
}

int host_folder_meta(struct host_place *p, struct host_meta *ret)
{
	HANDLE handle = NULL;
	const uint32_t status = folder_open(p, NULL, LOOK, NULL, &handle);
	int err;

	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_OPEN_THE_FOLDER,
				    p->path, NULL);
	err = win_meta_get(handle, p->fs_flags, false, p->path, ret);
	CloseHandle(handle);
	return err;
}

static int dress(const struct host_place *p, HANDLE handle,
		 const struct host_meta *meta)
{
	struct host_meta want = *meta;
	struct host_meta got;
	int err;

	want.known &= FOLDER_FIELDS;
	err = win_meta_set(handle, false, p->path, &want, FOLDER_FIELDS);
	if (err == 0)
		err = win_meta_get(handle, p->fs_flags, false, p->path, &got);
	if (err != 0)
		return err;
	err = host_meta_check(&want, &got, p->path);
	host_meta_release(&got);
	return err;
}

/* Closed to others from its first moment. */
static uint32_t make(const struct host_place *p, HANDLE *ret)
{
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];
	wchar_t *wname;
	char name[WIN_TEMP_NAME_NBYTES];
	uint32_t status;

	if (win_temp_name(name) != 0)
		return WIN_STATUS_UNKNOWN;
	wname = wide_from_utf8(name);
	if (wname == NULL)
		return WIN_STATUS_NO_MEMORY;
	memcpy(sd, descriptor_private_folder, sizeof(sd));
	status = folder_open(p, wname, MAKE, sd, ret);
	if (status == WIN_STATUS_INVALID_OWNER) {
		win_drop_owner(sd);
		status = folder_open(p, wname, MAKE, sd, ret);
	}
	mem_free(wname);
	return status;
}

int host_folder_new(struct host_place *p, const struct host_meta *meta)
{
	HANDLE handle = NULL;
	uint32_t status = make(p, &handle);
	int err;

	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_MAKE_THE_FOLDER,
				    p->path, NULL);
	err = dress(p, handle, meta);
	if (err == 0) {
		status = win_rename(handle, p, false);
		if (host_nt_failed(status))
			err = host_fail_nt(status,
					   W_HOST_CANNOT_MAKE_THE_FOLDER,
					   p->path, NULL);
	}
	if (err != 0)
		win_delete(handle);
	CloseHandle(handle);
	return err != 0 ? err : win_place_flush(p);
}
