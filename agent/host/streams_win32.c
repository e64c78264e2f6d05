/*
 * Alternate data streams, short names on Windows.  FindFirstStreamW is newer
 * than XP; what it is made of is not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/descriptor.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "base/bytes.h"
#include "base/utf.h"
#include "words/host.h"

#define SHARE_ALL	(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define STREAMS_FIRST	1024u
#define STREAMS_MAX	(1u << 20) /* NTFS itself ends at 256 KiB */
#define SHORT_NAME_ROOM 64

static HANDLE open_for_attributes(const wchar_t *wide)
{
	return wow64_open(
		wide, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING,
		FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT |
			FILE_FLAG_OPEN_NO_RECALL);
}

int host_streams_of_handle(HANDLE handle, const char *dir, const char *name,
			   host_stream_fn fn, void *arg)
{
	size_t room = STREAMS_FIRST;
	uint8_t *buf = NULL;
	uint32_t status;
	size_t nbytes = 0;
	int ret = 0;

	for (;;) {
		uint8_t *grown = mem_realloc(buf, room);

		if (grown == NULL) {
			ret = host_fail(ERR_NOMEM, 0,
					W_HOST_CANNOT_LIST_STREAMS_OF, dir,
					name);
			goto out;
		}
		buf = grown;
		status = host_nt_query_file(handle, buf, room, WIN_FILE_STREAMS,
					    &nbytes);
		if (status != WIN_STATUS_BUFFER_OVERFLOW)
			break;
		if (room >= STREAMS_MAX) {
			ret = host_fail(ERR_TOO_LARGE, 0,
					W_HOST_CANNOT_LIST_STREAMS_OF, dir,
					name);
			goto out;
		}
		room *= 4;
	}
	/* FAT, CDs, shares and Wine answer with some error: no streams. */
	if (status == 0)
		ret = descriptor_streams(buf, nbytes, fn, arg);
out:
	mem_free(buf);
	return ret;
}

int host_streams_at(struct host_dir *d, const char *name, host_stream_fn fn,
		    void *arg)
{
	wchar_t *wide = NULL;
	HANDLE handle;
	int err = wide_path_at(d->path, name, NULL, &wide);

	if (err != 0)
		return err;
	handle = open_for_attributes(wide);
	if (handle == INVALID_HANDLE_VALUE)
		err = host_fail_open(W_HOST_CANNOT_LIST_STREAMS_OF, d->path,
				     name);
	mem_free(wide);
	if (err != 0)
		return err;
	err = host_streams_of_handle(handle, d->path, name, fn, arg);
	CloseHandle(handle);
	return err;
}

int host_file_streams(struct host_dir *d, const char *name, struct host_file *f,
		      host_stream_fn fn, void *arg)
{
	return host_streams_of_handle(f->handle, d->path, name, fn, arg);
}

char *host_short_name(const char *path)
{
	uint8_t info[4 + 2 * SHORT_NAME_ROOM]; /* bytes of the name, name */
	wchar_t *wide = NULL;
	HANDLE handle;
	size_t nbytes = 0;
	uint32_t name_nbytes;
	struct str name = STR_INIT;

	if (wide_path(path, &wide) != 0)
		return NULL;
	handle = open_for_attributes(wide);
	mem_free(wide);
	if (handle == INVALID_HANDLE_VALUE)
		return NULL;
	if (host_nt_query_file(handle, info, sizeof(info), WIN_FILE_SHORT_NAME,
			       &nbytes) == 0 &&
	    nbytes >= 4) {
		name_nbytes = bytes_le32(info);
		if (name_nbytes > 0 && name_nbytes <= nbytes - 4)
			utf_from_utf16le(&name, info + 4, name_nbytes / 2);
	}
	CloseHandle(handle);
	return str_detach(&name);
}

bool host_hides_streams(const char *path)
{
	(void)path;
	return false;
}
