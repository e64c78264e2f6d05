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
#include "base/bytes.h"

#include <string.h>
#include <winternl.h>

#define NAME_NBYTES   48
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
		return host_fail_nt(status, "open the folder", p->path, NULL);
	err = win_meta_get(handle, p->fs_flags, false, p->path, ret);
	CloseHandle(handle);
	return err;
}

static int dress(const struct host_place *p, HANDLE handle,
		 const struct host_meta *meta)
{
	char why[HOST_TEXT_NBYTES];
	struct host_meta want = *meta;
	struct host_meta got;
	int err;

	want.known &= FOLDER_FIELDS;
	err = win_meta_set(handle, false, p->path, &want, FOLDER_FIELDS);
	if (err == 0)
		err = win_meta_get(handle, p->fs_flags, false, p->path, &got);
	if (err != 0)
		return err;
	if (host_meta_differs(&want, &got, why, sizeof(why)) != NULL)
		err = err_fail(ERR_IO, 0,
			       "\"%.200s\" did not take its rights: %.400s",
			       p->path, why);
	host_meta_release(&got);
	return err;
}

/* Closed to others from its first moment. */
static uint32_t make(const struct host_place *p, HANDLE *ret)
{
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];
	wchar_t *wname;
	char name[NAME_NBYTES];
	uint64_t chance = 0;
	uint32_t status;

	if (host_random(&chance, sizeof(chance)) != 0)
		return WIN_STATUS_UNKNOWN;
	snprintf(name, sizeof(name), "mstmpsweep-%016" PRIx64 ".tmp", chance);
	wname = wide_from_utf8(name);
	if (wname == NULL)
		return WIN_STATUS_NO_MEMORY;
	memcpy(sd, descriptor_private_folder, sizeof(sd));
	status = folder_open(p, wname, MAKE, sd, ret);
	if (status == WIN_STATUS_INVALID_OWNER) {
		/* Owner and group left out: then this account is it. */
		bytes_put_le32(sd + 4, 0);
		bytes_put_le32(sd + 8, 0);
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
		return host_fail_nt(status, "make the folder", p->path, NULL);
	err = dress(p, handle, meta);
	if (err == 0) {
		status = win_rename(handle, p, false);
		if (host_nt_failed(status))
			err = host_fail_nt(status, "make the folder", p->path,
					   NULL);
	}
	if (err != 0)
		win_delete(handle);
	CloseHandle(handle);
	return err != 0 ? err : win_place_flush(p);
}
