/*
 * New files on Windows: written under a random name, then renamed by handle.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle shares nothing and may delete, so nobody opens the file before
 * it is finished and whatever fails takes it away again.  Opened for writing
 * through: NTFS then has the rename on the disk when it returns.
 */
#include "host/change_win32.h"
#include "host/descriptor.h"
#include "host/wide_win32.h"
#include "base/bytes.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>
#include <winternl.h>

#define NAME_TRIES 16
#define WRITE_MAX  ((size_t)16 << 20)
#define RIGHTS                                                                 \
	(DELETE | READ_CONTROL | WRITE_DAC | WRITE_OWNER | FILE_READ_DATA |    \
	 FILE_WRITE_DATA | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)
/*
 * A rename makes up a new short name and may carry over ("tunnel") the
 * creation time of the file that had the name before; so these are set again,
 * after the short name.
 */
#define META_AT_LAST (META_TIMES | META_ATTRS)

struct host_new {
	struct host_place *place;
	HANDLE handle;
	HANDLE stream; /* NULL: the content is being written */
	bool has_sacl;
	char name[WIN_TEMP_NAME_NBYTES];
	struct host_short *spared; /* NULL: all of it must come */
	enum host_short_fate short_fate;
};

/* ---- making -------------------------------------------------------------- */

void win_drop_owner(uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES])
{
	bytes_put_le32(sd + 4, 0);
	bytes_put_le32(sd + 8, 0);
}

static uint32_t create(struct host_new *n, const uint8_t *sd, uint32_t access)
{
	struct win_open o = { 0 };
	wchar_t *wname = wide_from_utf8(n->name);
	uint32_t status;

	if (wname == NULL)
		return WIN_STATUS_NO_MEMORY;
	o.access = access;
	o.disposition = FILE_CREATE;
	o.options = FILE_NON_DIRECTORY_FILE | FILE_WRITE_THROUGH |
		    FILE_OPEN_REPARSE_POINT;
	o.attrs = FILE_ATTRIBUTE_NORMAL;
	o.security = sd;
	status = win_place_open(n->place, wname, &o, &n->handle);
	mem_free(wname);
	return status;
}

/* As much as this account may: the audit list, an owner of its choice. */
static uint32_t create_best(struct host_new *n)
{
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];
	uint32_t status;

	memcpy(sd, descriptor_private_file, sizeof(sd));
	n->has_sacl = true;
	status = create(n, sd, RIGHTS | ACCESS_SYSTEM_SECURITY);
	if (status == WIN_STATUS_INVALID_OWNER) {
		win_drop_owner(sd);
		status = create(n, sd, RIGHTS | ACCESS_SYSTEM_SECURITY);
	}
	if (status != WIN_STATUS_NO_PRIVILEGE &&
	    status != WIN_STATUS_ACCESS_DENIED)
		return status;
	n->has_sacl = false;
	status = create(n, sd, RIGHTS);
	if (status != WIN_STATUS_INVALID_OWNER)
		return status;
	win_drop_owner(sd);
	return create(n, sd, RIGHTS);
}

static int make(struct host_new *n)
{
	uint32_t status = WIN_STATUS_NAME_COLLISION;
	int err;

	for (int i = 0; i < NAME_TRIES; i++) {
		err = win_temp_name(n->name);
		if (err != 0)
			return err;
		status = create_best(n);
		if (status != WIN_STATUS_NAME_COLLISION)
			break;
	}
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_WRITE, n->place->path,
				    NULL);
	return 0;
}

int host_new_begin(struct host_place *p, struct host_new **ret)
{
	struct host_new *n = mem_zalloc(sizeof(*n));
	int err;

	if (n == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_WRITE, p->path,
				 NULL);
	n->place = win_place_ref(p);
	err = make(n);
	if (err != 0)
		host_new_abort(n);
	else
		*ret = n;
	return err;
}

/* ---- writing ------------------------------------------------------------- */

int host_new_write(struct host_new *n, const void *data, size_t nbytes)
{
	HANDLE handle = n->stream != NULL ? n->stream : n->handle;
	const uint8_t *at = data;

	while (nbytes > 0) {
		const DWORD want =
			(DWORD)(nbytes < WRITE_MAX ? nbytes : WRITE_MAX);
		DWORD done = 0;

		if (!WriteFile(handle, at, want, &done, NULL))
			return host_fail_win(W_HOST_CANNOT_WRITE,
					     n->place->path, NULL);
		if (done == 0)
			return host_fail(ERR_NO_SPACE, 0, W_HOST_CANNOT_WRITE,
					 n->place->path, NULL);
		at += done;
		nbytes -= done;
	}
	return 0;
}

/* What was written to a stream is on the disk after this. */
static int stream_end(struct host_new *n)
{
	int err = 0;

	if (n->stream == NULL)
		return 0;
	if (!FlushFileBuffers(n->stream))
		err = host_fail_win(W_HOST_CANNOT_WRITE_A_STREAM_OF,
				    n->place->path, NULL);
	CloseHandle(n->stream);
	n->stream = NULL;
	return err;
}

int host_new_stream(struct host_new *n, const char *stream)
{
	struct win_open o = { 0 };
	wchar_t *wname = NULL;
	uint32_t status;
	int err;

	err = stream_end(n);
	if (err == 0)
		err = win_stream_name(n->place, n->name, stream, &wname);
	if (err != 0)
		return err;
	o.access = FILE_WRITE_DATA | FILE_READ_ATTRIBUTES;
	o.share = FILE_SHARE_DELETE; /* the file's own handle can delete */
	o.disposition = FILE_CREATE;
	o.options = FILE_NON_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT;
	o.attrs = FILE_ATTRIBUTE_NORMAL;
	status = win_place_open(n->place, wname, &o, &n->stream);
	mem_free(wname);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_WRITE_A_STREAM_OF,
				    n->place->path, NULL);
	return 0;
}

/* ---- giving up ----------------------------------------------------------- */

static void new_free(struct host_new *n)
{
	if (n->stream != NULL)
		CloseHandle(n->stream);
	if (n->handle != NULL)
		CloseHandle(n->handle);
	host_place_close(n->place);
	mem_free(n);
}

void host_new_spare_short(struct host_new *n, struct host_short *ret)
{
	memset(ret, 0, sizeof(*ret));
	n->spared = ret;
}

void host_new_abort(struct host_new *n)
{
	const DWORD saved = GetLastError();

	if (n == NULL)
		return;
	/* By handle, whatever name it has by now. */
	if (n->handle != NULL)
		win_delete(n->handle);
	new_free(n);
	SetLastError(saved);
}

/* ---- finishing ----------------------------------------------------------- */

/* Of a file that had no short name, one made up by the rename may stay. */
static uint32_t compared(const struct host_meta *meta, uint32_t fields)
{
	if ((meta->known & META_SHORT) && meta->short_name == NULL)
		fields &= ~META_SHORT;
	return meta->known & fields;
}

static int compare(struct host_new *n, const struct host_meta *meta,
		   uint32_t fields)
{
	struct host_meta want;
	struct host_meta got;
	int err;

	if (meta == NULL)
		return 0;
	want = *meta;
	want.known = compared(meta, fields);
	err = win_meta_get(n->handle, n->place->fs_flags, n->has_sacl,
			   n->place->path, &got);
	if (err != 0)
		return err;
	err = host_meta_check_sparing(&want, &got, n->place->path,
				      n->short_fate, n->spared);
	host_meta_release(&got);
	return err;
}

static int flush(struct host_new *n)
{
	if (!FlushFileBuffers(n->handle))
		return host_fail_win(W_HOST_CANNOT_WRITE, n->place->path, NULL);
	return 0;
}

/* All that can be set before it has its name, so that failing shows nothing. */
static int prepare(struct host_new *n, const struct host_meta *meta)
{
	int err = stream_end(n);

	if (err == 0 && meta != NULL)
		err = win_meta_set(n->handle, n->has_sacl, n->place->path, meta,
				   ~META_SHORT);
	if (err == 0)
		err = flush(n);
	return err != 0 ? err : compare(n, meta, ~META_SHORT);
}

static int complete(struct host_new *n, const struct host_meta *meta)
{
	int err = 0;

	if (meta != NULL && (meta->known & META_SHORT))
		n->short_fate = host_short_of_status(
			win_meta_set_short(n->handle, meta));
	if (meta != NULL)
		err = win_meta_set(n->handle, n->has_sacl, n->place->path, meta,
				   META_AT_LAST);
	if (err == 0)
		err = flush(n);
	if (err == 0)
		err = win_place_flush(n->place);
	return err != 0 ? err : compare(n, meta, ~0u);
}

int host_new_finish(struct host_new *n, const struct host_meta *meta)
{
	uint32_t status;
	int err;

	err = prepare(n, meta);
	if (err == 0) {
		status = win_rename(n->handle, n->place, false);
		if (host_nt_failed(status))
			err = host_fail_nt(status, W_HOST_CANNOT_MAKE,
					   n->place->path, NULL);
	}
	if (err == 0)
		err = complete(n, meta);
	if (err != 0)
		host_new_abort(n);
	else
		new_free(n);
	return err;
}

/* ---- replacing ----------------------------------------------------------- */

static bool is_same_place(const struct host_place *a,
			  const struct host_place *b)
{
	BY_HANDLE_FILE_INFORMATION x;
	BY_HANDLE_FILE_INFORMATION y;

	return GetFileInformationByHandle(win_place_folder(a), &x) &&
	       GetFileInformationByHandle(win_place_folder(b), &y) &&
	       host_win_same_file(&x, &y) && utf_casecmp(a->name, b->name) == 0;
}

/* The old file is still there: it gets back what was taken from it. */
static void make_read_only_again(const struct host_subject *old)
{
	BY_HANDLE_FILE_INFORMATION info;
	struct win_open o = { 0 };
	HANDLE handle = NULL;

	o.access = FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT;
	if (host_nt_failed(win_place_open(old->place, NULL, &o, &handle)))
		return;
	if (GetFileInformationByHandle(handle, &info) &&
	    host_win_same_file(&info, &old->info))
		win_set_read_only(handle, true, NULL);
	CloseHandle(handle);
}

/*
 * Windows replaces no file that somebody has open, so ours is let go of right
 * before.  The folder stays held; only somebody who may write into it could
 * use that moment.
 */
static int rename_over(struct host_new *n, struct host_subject *old)
{
	bool was_read_only = false;
	uint32_t status;

	status = win_set_read_only(old->handle, false, &was_read_only);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_REPLACE,
				    n->place->path, NULL);
	win_subject_let_go(old);
	status = win_rename(n->handle, n->place, true);
	if (!host_nt_failed(status))
		return 0;
	if (was_read_only)
		make_read_only_again(old);
	return host_fail_nt(status, W_HOST_CANNOT_REPLACE, n->place->path,
			    NULL);
}

int host_new_replace(struct host_new *n, struct host_subject *old,
		     const struct host_meta *meta)
{
	int err;

	err = prepare(n, meta);
	if (err == 0)
		err = host_subject_check(old);
	if (err == 0 && !is_same_place(n->place, old->place))
		err = host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_REPLACE,
				n->place->path, NULL);
	if (err == 0)
		err = rename_over(n, old);
	host_subject_close(old);
	if (err != 0) {
		host_new_abort(n);
		return err;
	}
	/* From here on there is no other file of that name: it stays. */
	err = complete(n, meta);
	new_free(n);
	return err;
}
