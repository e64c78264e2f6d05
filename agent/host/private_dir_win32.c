/*
 * Folders that nobody but an administrator can reach into, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Made with their access list in one call: at no moment could somebody else
 * open them.  One that is there already is checked through its handle.
 */
#include "host/change_win32.h"
#include "host/descriptor.h"
#include "words/host.h"

#include <winternl.h>

static bool keeps_security(const struct host_place *p)
{
	return (p->fs_flags & WIN_FS_KEEPS_ACLS) != 0;
}

static uint32_t folder_open(const struct host_place *p, bool make, HANDLE *ret)
{
	struct win_open o = { 0 };

	o.access = READ_CONTROL | FILE_READ_ATTRIBUTES | FILE_LIST_DIRECTORY |
		   (make ? DELETE : 0u);
	o.share = WIN_SHARE_ALL;
	o.disposition = make ? FILE_CREATE : FILE_OPEN;
	o.options = FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT;
	o.attrs = FILE_ATTRIBUTE_NORMAL;
	if (make && keeps_security(p))
		o.security = descriptor_private_folder;
	return win_place_open(p, NULL, &o, ret);
}

static int check_access(HANDLE handle, const char *shown)
{
	struct str why = STR_INIT;
	uint8_t *sd = NULL;
	size_t nbytes = 0;
	DWORD os_error;
	int err = 0;

	os_error = win_ask->security(handle, &sd, &nbytes);
	if (os_error != 0) {
		SetLastError(os_error);
		return host_fail_win(W_HOST_CANNOT_READ_THE_ACCESS_LIST_OF,
				     shown, NULL);
	}
	if (!descriptor_is_private(sd, nbytes, &why))
		err = err_fail(ERR_DENIED, 0, W_HOST_NOT_PRIVATE, shown,
			       str_text(&why));
	str_release(&why);
	mem_free(sd);
	return err;
}

static int check(const struct host_place *p, HANDLE handle)
{
	uint32_t attrs = 0;
	uint32_t tag = 0;
	const uint32_t status = win_ask->tag(handle, &attrs, &tag);

	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_EXAMINE, p->path,
				    NULL);
	/* Ours is a plain folder; no filter of others made it. */
	if (attrs & FILE_ATTRIBUTE_REPARSE_POINT)
		return host_fail(ERR_UNSUPPORTED, 0, W_HOST_CANNOT_USE_THE_LINK,
				 p->path, NULL);
	/* Wine says that it keeps access lists, and tells one of its own. */
	if (!keeps_security(p) || win_ask->is_wine())
		return 0;
	return check_access(handle, p->path);
}

int host_private_dir(const char *base, const char *path, bool any_fs)
{
	struct host_place *p = NULL;
	HANDLE handle = NULL;
	bool made = false;
	uint32_t status;
	int err;

	err = host_place_open(base, path, &p);
	if (err != 0)
		return err;
	if (!keeps_security(p) && !any_fs) {
		err = err_fail(ERR_UNSUPPORTED, 0, W_HOST_KEEPS_NO_RIGHTS,
			       path);
		goto out;
	}
	status = folder_open(p, true, &handle);
	made = !host_nt_failed(status);
	if (status == WIN_STATUS_NAME_COLLISION)
		status = folder_open(p, false, &handle);
	if (host_nt_failed(status)) {
		err = host_fail_nt(status, W_HOST_CANNOT_MAKE_THE_FOLDER, path,
				   NULL);
		goto out;
	}
	err = check(p, handle);
	if (err != 0 && made)
		win_delete(handle);
	CloseHandle(handle);
	if (err == 0 && made)
		err = win_place_flush(p);
out:
	host_place_close(p);
	return err;
}
