/*
 * Opening and reading files on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle that is read is opened without FILE_FLAG_OPEN_REPARSE_POINT, so
 * that files of WOF ("Compact OS") and deduplication come through their
 * filter with their real content.  Links are therefore looked for first, by
 * the attributes of the name; the listing may have told them already
 * (HOST_OPEN_PLAIN).
 */
#include "host/host_win32.h"
#include "host/descriptor.h"
#include "host/wide_win32.h"

#include <string.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define READ_MAX  ((size_t)16 << 20) /* some filters fail above 64 MB */

/* Attributes and tag of the name itself; a link is not followed. */
static int name_ask(const wchar_t *wide, const char *dir, const char *name,
		    uint32_t *attrs_ret, uint32_t *tag_ret)
{
	WIN32_FILE_ATTRIBUTE_DATA data;
	BY_HANDLE_FILE_INFORMATION info;
	HANDLE handle;
	int err = 0;

	if (GetFileAttributesExW(wide, GetFileExInfoStandard, &data)) {
		*attrs_ret = data.dwFileAttributes;
		*tag_ret = 0;
		if (!(data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT))
			return 0;
	} else if (GetLastError() != ERROR_ACCESS_DENIED) {
		return host_fail_win("open", dir, name);
	}
	/* By handle the backup privilege counts, and the tag is told. */
	handle = CreateFileW(
		wide, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING,
		FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT |
			FILE_FLAG_OPEN_NO_RECALL,
		NULL);
	if (handle == INVALID_HANDLE_VALUE)
		return host_fail_open("open", dir, name);
	if (GetFileInformationByHandle(handle, &info)) {
		*attrs_ret = info.dwFileAttributes;
		*tag_ret = info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT
				   ? host_reparse_tag(handle)
				   : 0;
	} else {
		err = host_fail_win("examine", dir, name);
	}
	CloseHandle(handle);
	return err;
}

/* 0 if what these tell of may be opened and read as a file. */
static int attrs_check(uint32_t attrs, uint32_t tag, const char *dir,
		       const char *name)
{
	if (descriptor_is_surrogate(attrs, tag))
		return host_fail(ERR_UNSUPPORTED, 0, "open the link", dir,
				 name);
	if (attrs & FILE_ATTRIBUTE_DIRECTORY)
		return host_fail(ERR_NOT_DIR, 0, "open as a file", dir, name);
	if (descriptor_is_recall(attrs, tag))
		return host_fail(ERR_OFFLINE, 0, "read", dir, name);
	return 0;
}

static HANDLE handle_open(const wchar_t *wide, unsigned flags, bool is_stream)
{
	DWORD options = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_NO_RECALL;
	FILETIME keep = { 0xFFFFFFFF, 0xFFFFFFFF };
	HANDLE handle;

	if (flags & HOST_OPEN_SEQ)
		options |= FILE_FLAG_SEQUENTIAL_SCAN;
	if (is_stream)
		options |= FILE_FLAG_OPEN_REPARSE_POINT;
	if (flags & HOST_OPEN_NOATIME) {
		handle = CreateFileW(wide, GENERIC_READ | FILE_WRITE_ATTRIBUTES,
				     SHARE_ALL, NULL, OPEN_EXISTING, options,
				     NULL);
		if (handle != INVALID_HANDLE_VALUE) {
			/* All ones: what this handle does leaves it alone. */
			SetFileTime(handle, NULL, &keep, NULL);
			return handle;
		}
		if (GetLastError() != ERROR_ACCESS_DENIED &&
		    GetLastError() != ERROR_WRITE_PROTECT)
			return handle;
	}
	return CreateFileW(wide, GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING,
			   options, NULL);
}

static int file_open(const wchar_t *wide, const char *dir, const char *name,
		     unsigned flags, bool is_stream, struct host_file **ret)
{
	char text[HOST_TEXT_NBYTES];
	struct host_file *f = NULL;
	uint32_t attrs = 0;
	uint32_t tag = 0;
	int err = 0;

	host_path_text(text, dir, name);
	f = mem_zalloc(sizeof(*f) + strlen(text) + 1);
	if (f == NULL)
		return host_fail(ERR_NOMEM, 0, "open", dir, name);
	f->handle = INVALID_HANDLE_VALUE;
	f->is_stream = is_stream;
	memcpy(f->text, text, strlen(text) + 1);
	if (!is_stream && (flags & HOST_OPEN_NOFOLLOW) &&
	    !(flags & HOST_OPEN_PLAIN)) {
		err = name_ask(wide, dir, name, &attrs, &tag);
		if (err == 0)
			err = attrs_check(attrs, tag, dir, name);
		if (err != 0)
			goto out;
	}
	f->handle = handle_open(wide, flags, is_stream);
	if (f->handle == INVALID_HANDLE_VALUE) {
		err = host_fail_open("open", dir, name);
		goto out;
	}
	if (GetFileType(f->handle) != FILE_TYPE_DISK) {
		err = host_fail(ERR_UNSUPPORTED, 0, "open as a file", dir,
				name);
		goto out;
	}
	if (!GetFileInformationByHandle(f->handle, &f->info)) {
		err = host_fail_win("examine", dir, name);
		goto out;
	}
	f->is_fresh = true;
	/* The attributes of a stream are those of its file or folder. */
	if (is_stream)
		goto out;
	attrs = f->info.dwFileAttributes;
	tag = attrs & FILE_ATTRIBUTE_REPARSE_POINT ? host_reparse_tag(f->handle)
						   : 0;
	/* This handle went through every link there is. */
	if (descriptor_is_surrogate(attrs, tag))
		attrs &= ~HOST_ATTR_REPARSE;
	err = attrs_check(attrs, tag, dir, name);
out:
	if (err != 0)
		host_close(f);
	else
		*ret = f;
	return err;
}

int host_open(const char *path, unsigned flags, struct host_file **ret)
{
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	err = file_open(wide, NULL, path, flags, false, ret);
	mem_free(wide);
	return err;
}

int host_open_at(struct host_dir *dir, const char *name, unsigned flags,
		 struct host_file **ret)
{
	wchar_t *wide = NULL;
	int err = wide_path_at(dir->path, name, NULL, &wide);

	if (err != 0)
		return err;
	err = file_open(wide, dir->path, name, flags, false, ret);
	mem_free(wide);
	return err;
}

int host_open_stream_at(struct host_dir *d, const char *name,
			const char *stream, struct host_file **ret)
{
	wchar_t *wide = NULL;
	int err = wide_path_at(d->path, name, stream, &wide);

	if (err != 0)
		return err;
	err = file_open(wide, d->path, name, HOST_OPEN_NOATIME, true, ret);
	mem_free(wide);
	return err;
}

void host_close(struct host_file *f)
{
	const DWORD saved = GetLastError();

	if (f == NULL)
		return;
	if (f->handle != INVALID_HANDLE_VALUE)
		CloseHandle(f->handle);
	mem_free(f);
	SetLastError(saved);
}

/* One ReadFile; at the end of the file *nread_ret is 0. */
static int read_once(struct host_file *f, uint64_t offset, void *buf,
		     size_t nbytes, size_t *nread_ret)
{
	OVERLAPPED at;
	DWORD n = 0;

	memset(&at, 0, sizeof(at));
	at.Offset = (DWORD)offset;
	at.OffsetHigh = (DWORD)(offset >> 32);
	if (nbytes > READ_MAX)
		nbytes = READ_MAX;
	if (!ReadFile(f->handle, buf, (DWORD)nbytes, &n, &at)) {
		if (GetLastError() != ERROR_HANDLE_EOF)
			return host_fail_win("read", f->text, NULL);
		n = 0;
	}
	*nread_ret = n;
	return 0;
}

int host_read(struct host_file *f, void *buf, size_t nbytes, size_t *nread_ret)
{
	size_t n = 0;
	int err;

	f->is_fresh = false;
	err = read_once(f, f->pos, buf, nbytes, &n);
	if (err != 0)
		return err;
	f->pos += n;
	*nread_ret = n;
	return 0;
}

int host_pread(struct host_file *f, uint64_t offset, void *buf, size_t nbytes,
	       size_t *nread_ret)
{
	size_t done = 0;

	f->is_fresh = false;
	if (offset > INT64_MAX || nbytes > INT64_MAX - offset) {
		*nread_ret = 0; /* no file reaches there */
		return 0;
	}
	while (done < nbytes) {
		size_t n = 0;
		int err = read_once(f, offset + done, (uint8_t *)buf + done,
				    nbytes - done, &n);

		if (err != 0)
			return err;
		if (n == 0)
			break;
		done += n;
	}
	*nread_ret = done;
	return 0;
}

int host_fstat(struct host_file *f, struct host_stat *ret)
{
	/* As on Linux: the first question is answered by the opening. */
	if (!f->is_fresh && !GetFileInformationByHandle(f->handle, &f->info))
		return host_fail_win("examine", f->text, NULL);
	f->is_fresh = false;
	host_stat_of_handle(f->handle, &f->info, ret);
	if (ret->type != HOST_OTHER)
		ret->type = HOST_FILE;
	return 0;
}
