/*
 * Removing and renaming by handle on Windows, as XP can do it, too.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_win32.h"
#include "base/bytes.h"
#include "words/host.h"

#include <string.h>
#include <winioctl.h>
#include <winternl.h>

#define GONE_TRIES   20
#define GONE_WAIT_MS 100

#define BASIC_NBYTES 40 /* four times, attributes, padding */
#define BASIC_ATTRS  32

/* FILE_RENAME_INFORMATION as ntdll lays it out for this width. */
struct rename_info {
	BOOLEAN replace;
	HANDLE root;
	ULONG name_nbytes;
	wchar_t name[];
};

uint32_t win_set_read_only(HANDLE handle, bool yes, bool *was_ret)
{
	uint8_t basic[BASIC_NBYTES];
	uint32_t status;
	uint32_t attrs;
	bool was;

	status = host_nt_query_file(handle, basic, sizeof(basic),
				    WIN_FILE_BASIC, NULL);
	if (host_nt_failed(status))
		return status;
	attrs = bytes_le32(basic + BASIC_ATTRS);
	was = (attrs & FILE_ATTRIBUTE_READONLY) != 0;
	if (was != yes) {
		/* A time of 0 stays as it is; so would attributes of 0. */
		memset(basic, 0, sizeof(basic));
		attrs ^= FILE_ATTRIBUTE_READONLY;
		if (attrs == 0)
			attrs = FILE_ATTRIBUTE_NORMAL;
		bytes_put_le32(basic + BASIC_ATTRS, attrs);
		status = win_ask->set(handle, basic, sizeof(basic),
				      WIN_FILE_BASIC);
		if (host_nt_failed(status))
			return status;
	}
	if (was_ret != NULL)
		*was_ret = was;
	return status;
}

uint32_t win_delete(HANDLE handle)
{
	const BOOLEAN yes = TRUE;
	bool was_read_only = false;
	uint32_t status;

	status = win_set_read_only(handle, false, &was_read_only);
	if (host_nt_failed(status))
		return status;
	status = win_ask->set(handle, &yes, sizeof(yes), WIN_FILE_DISPOSITION);
	if (host_nt_failed(status) && was_read_only)
		win_set_read_only(handle, true, NULL);
	return status;
}

uint32_t win_rename(HANDLE handle, const struct host_place *to, bool replace)
{
	const size_t name_nbytes = to->wname_nchars * sizeof(wchar_t);
	/* Never less than the structure with one letter in it. */
	const size_t nbytes =
		sizeof(struct rename_info) + name_nbytes + sizeof(wchar_t);
	struct rename_info *info = mem_zalloc(nbytes);
	uint32_t status;

	if (info == NULL)
		return WIN_STATUS_NO_MEMORY;
	info->replace = replace ? TRUE : FALSE;
	info->root = win_place_folder(to);
	info->name_nbytes = (ULONG)name_nbytes;
	memcpy(info->name, to->wname, name_nbytes);
	status = win_ask->set(handle, info, nbytes, WIN_FILE_RENAME);
	mem_free(info);
	return status;
}

/* ---- removal ------------------------------------------------------------- */

/*
 * The file goes when the last handle closes; that may be a virus scanner's,
 * a moment later.
 */
static int see_gone(const struct host_subject *s)
{
	BY_HANDLE_FILE_INFORMATION info;
	uint32_t status = WIN_STATUS_DELETE_PENDING;

	bool is_ours = true;

	for (int i = 0; i < GONE_TRIES && is_ours; i++) {
		if (i > 0)
			Sleep(GONE_WAIT_MS);
		status = win_place_info(s->place, &info);
		/* Wine lets what is marked for removal be opened. */
		is_ours = status == WIN_STATUS_DELETE_PENDING ||
			  (!host_nt_failed(status) &&
			   host_win_same_file(&info, &s->info));
	}
	if (status == WIN_STATUS_NAME_NOT_FOUND)
		return 0;
	if (is_ours)
		return err_fail(ERR_LOCKED, 0, W_HOST_IS_CLOSED_PROCESS,
				s->place->path);
	return host_fail(ERR_EXISTS, 0, W_HOST_CANNOT_SEE_THE_END_OF,
			 s->place->path, NULL);
}

int host_subject_remove(struct host_subject *s, const char *private_dir)
{
	uint32_t status;
	int err;

	(void)private_dir;
	err = host_subject_check(s);
	if (err != 0)
		return err;
	status = win_delete(s->handle);
	s->use = in_use_by_removal(status) ? IN_USE_YES : IN_USE_NO;
	if (s->use == IN_USE_YES)
		return err_fail(ERR_LOCKED, (long)host_nt_to_win(status),
				W_HOST_IS_RUN, s->place->path);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_REMOVE,
				    s->place->path, NULL);
	win_subject_let_go(s);
	err = see_gone(s);
	return err != 0 ? err : win_place_flush(s->place);
}

/* ---- renaming ------------------------------------------------------------ */

int host_subject_rename(struct host_subject *s, struct host_place *to,
			const char *private_dir)
{
	BY_HANDLE_FILE_INFORMATION info;
	struct host_place *from = s->place;
	uint32_t status;
	int err;

	(void)private_dir;
	err = host_subject_check(s);
	if (err != 0)
		return err;
	status = win_rename(s->handle, to, false);
	if (status == WIN_STATUS_OTHER_DEVICE)
		return host_fail(ERR_INVALID, (long)host_nt_to_win(status),
				 W_HOST_CANNOT_RENAME_TO_ANOTHER_VOLUME,
				 to->path, NULL);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_RENAME_TO, to->path,
				    NULL);
	/* From now on it is the file of that place. */
	s->place = win_place_ref(to);
	status = win_place_info(to, &info);
	if (host_nt_failed(status))
		err = host_fail_nt(status, W_HOST_CANNOT_FIND_AGAIN, to->path,
				   NULL);
	else if (!host_win_same_file(&info, &s->info))
		err = host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_FIND_AGAIN,
				to->path, NULL);
	if (err == 0)
		err = win_place_flush(to);
	if (err == 0)
		err = win_place_flush(from);
	host_place_close(from);
	return err;
}

/* ---- what waits for the start of Windows --------------------------------- */

/*
 * Who starts Windows opens it as the system does, by its access list: it "needs
 * to have delete access" (Microsoft's article 202071).  Best effort: most lists
 * let it, and the folder's own gives that right, too.
 */
static void let_system_in(const struct host_subject *s)
{
	BY_HANDLE_FILE_INFORMATION info;
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];
	struct win_open o = { 0 };
	HANDLE handle = NULL;

	o.access = WRITE_DAC | FILE_READ_ATTRIBUTES;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT | FILE_NON_DIRECTORY_FILE |
		    FILE_OPEN_NO_RECALL;
	if (host_nt_failed(win_place_open(s->place, NULL, &o, &handle)))
		return;
	memcpy(sd, descriptor_private_file, sizeof(sd));
	if (GetFileInformationByHandle(handle, &info) &&
	    host_win_same_file(&info, &s->info))
		win_ask->set_security(
			handle,
			DACL_SECURITY_INFORMATION |
				PROTECTED_DACL_SECURITY_INFORMATION,
			sd);
	CloseHandle(handle);
}

/*
 * XP's session manager gives up on a read-only file: it takes the attribute
 * from what a renaming replaces, not from what it removes (as ReactOS does it,
 * base/system/smss/sminit.c, SmpProcessFileRenames).  A second file of one
 * object id is refused ([MS-FSA] 2.1.5.10.35, STATUS_DUPLICATE_NAME), so that
 * undo could not give it back; this handle may take it ([MS-FSCC] 2.3.4).
 */
int host_subject_make_removable(struct host_subject *s)
{
	uint32_t status;

	let_system_in(s);
	win_ask->control(s->handle, FSCTL_DELETE_OBJECT_ID);
	status = win_set_read_only(s->handle, false, NULL);
	if (host_nt_failed(status))
		return host_fail_nt(status,
				    W_HOST_CANNOT_CLEAR_THE_ATTRIBUTES_OF,
				    s->place->path, NULL);
	return 0;
}

int host_subject_set_read_only(struct host_subject *s)
{
	const uint32_t status = win_set_read_only(s->handle, true, NULL);

	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_SET_THE_ATTRIBUTES_OF,
				    s->place->path, NULL);
	return 0;
}
