/*
 * Opening and reading files on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle that is read is opened without FILE_FLAG_OPEN_REPARSE_POINT, so
 * that files of WOF ("Compact OS") and deduplication come through their
 * filter with their real content.  Links are therefore looked for first, by
 * the attributes of the name; the listing may have told them already
 * (HOST_OPEN_PLAIN).  Tags that never have a filter (host/tag.c) are passed.
 */
#include "host/atime_win32.h"
#include "host/file_ask_win32.h"
#include "host/tag.h"
#include "host/wide_win32.h"
#include "words/host.h"

#include <string.h>

#define READ_MAX ((size_t)16 << 20) /* some filters fail above 64 MB */

/* How a name is opened, and what for. */
struct opening {
	const wchar_t *wide;
	const struct host_dir *folder;
	const char *dir; /* with `name`, for messages */
	const char *name;
	unsigned flags; /* HOST_OPEN_* */
	bool is_stream;
	bool is_itself; /* past its tag, as a reparse point */
};

/* 0 if what these tell of may be opened and read as a file. */
static int facts_check(const struct file_facts *is, const struct opening *o)
{
	const enum tag_class c = tag_classify(is->attrs, is->tag, is->size);

	if (c == TAG_LINK)
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_OPEN_THE_LINK, o->dir, o->name);
	if (is->attrs & FILE_ATTRIBUTE_DIRECTORY)
		return host_fail(ERR_NOT_DIR, 0, W_HOST_CANNOT_OPEN_AS_A_FILE,
				 o->dir, o->name);
	if (c == TAG_RECALL)
		return host_fail(ERR_OFFLINE, 0, W_HOST_CANNOT_READ, o->dir,
				 o->name);
	return 0;
}

/* Looks before the handle that is read would follow a link. */
static int look_first(struct opening *o)
{
	struct file_facts is = { 0 };
	const DWORD os_error = file_ask->name(o->wide, &is);
	enum tag_class c;

	if (os_error != 0) {
		SetLastError(os_error);
		return host_fail_open(W_HOST_CANNOT_OPEN, o->dir, o->name);
	}
	c = tag_classify(is.attrs, is.tag, is.size);
	o->is_itself = c == TAG_EMPTY || c == TAG_ITSELF;
	return facts_check(&is, o);
}

static DWORD options_of(const struct opening *o)
{
	DWORD options = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_NO_RECALL;

	if (o->flags & HOST_OPEN_SEQ)
		options |= FILE_FLAG_SEQUENTIAL_SCAN;
	if (o->is_stream || o->is_itself)
		options |= FILE_FLAG_OPEN_REPARSE_POINT;
	return options;
}

static bool is_refusal(DWORD os_error)
{
	return os_error == ERROR_ACCESS_DENIED ||
	       os_error == ERROR_WRITE_PROTECT;
}

static HANDLE handle_open(const struct opening *o)
{
	const FILETIME keep = { 0xFFFFFFFF, 0xFFFFFFFF };
	const DWORD options = options_of(o);
	DWORD os_error = 0;
	HANDLE handle;

	if ((o->flags & HOST_OPEN_NOATIME) && atime_asks(o->folder, o->name)) {
		handle = file_ask->open(
			o->wide, GENERIC_READ | FILE_WRITE_ATTRIBUTES, options);
		if (handle != INVALID_HANDLE_VALUE) {
			/* All ones: what this handle does leaves it alone. */
			SetFileTime(handle, NULL, &keep, NULL);
			return handle;
		}
		os_error = GetLastError();
		if (!is_refusal(os_error))
			return handle;
	}
	handle = file_ask->open(o->wide, GENERIC_READ, options);
	if (handle != INVALID_HANDLE_VALUE && os_error != 0)
		atime_was_refused(o->folder, o->name, os_error);
	return handle;
}

/*
 * With the tag of a driver that is not running nobody can open a file as it
 * is meant, so nothing can load it now.  What lies on the disk is looked at
 * all the same, since the tag may have been put there to hide it; that is not
 * what programs see once the driver runs (a file of WOF under Windows XP reads
 * as zeros), so host_lacks_filter() says it, and the gap stays.
 */
static int open_through(struct opening *o, struct host_file *f)
{
	f->handle = handle_open(o);
	if (f->handle == INVALID_HANDLE_VALUE && !o->is_stream &&
	    !o->is_itself && GetLastError() == ERROR_CANT_ACCESS_FILE) {
		o->is_itself = true;
		f->lacks_filter = true;
		f->handle = handle_open(o);
	}
	if (f->handle == INVALID_HANDLE_VALUE)
		return host_fail_open(W_HOST_CANNOT_OPEN, o->dir, o->name);
	return 0;
}

/* Past its tag, which may be another one by now: a filter's content lies
 * elsewhere, and must not be taken for what is read here. */
static int itself_check(const struct file_facts *is, const struct opening *o,
			struct host_file *f)
{
	const enum tag_class c = tag_classify(is->attrs, is->tag, is->size);

	if (c == TAG_EMPTY || c == TAG_ITSELF)
		f->lacks_filter = false;
	else if (c == TAG_PLAIN && !f->lacks_filter &&
		 (is->attrs & FILE_ATTRIBUTE_REPARSE_POINT))
		return host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_OPEN, o->dir,
				 o->name);
	return facts_check(is, o);
}

/* That what is open is a file, and still of the kind that was looked at. */
static int handle_check(const struct opening *o, struct host_file *f)
{
	struct file_facts is = { 0 };

	if (GetFileType(f->handle) != FILE_TYPE_DISK)
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_OPEN_AS_A_FILE, o->dir, o->name);
	if (!GetFileInformationByHandle(f->handle, &f->info))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, o->dir, o->name);
	f->is_fresh = true;
	/* The attributes of a stream are those of its file or folder. */
	if (o->is_stream)
		return 0;
	file_ask->handle(f->handle, &f->info, &is);
	if (o->is_itself)
		return itself_check(&is, o, f);
	/* This handle went through every link there is. */
	if (tag_is_link(is.attrs, is.tag))
		is.attrs &= ~HOST_ATTR_REPARSE;
	return facts_check(&is, o);
}

static int file_open(struct opening *o, struct host_file **ret)
{
	char text[HOST_TEXT_NBYTES];
	struct host_file *f = NULL;
	int err = 0;

	host_path_text(text, o->dir, o->name);
	f = mem_zalloc(sizeof(*f) + strlen(text) + 1);
	if (f == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN, o->dir,
				 o->name);
	f->handle = INVALID_HANDLE_VALUE;
	f->is_stream = o->is_stream;
	memcpy(f->text, text, strlen(text) + 1);
	if (!o->is_stream && (o->flags & HOST_OPEN_NOFOLLOW) &&
	    !(o->flags & HOST_OPEN_PLAIN))
		err = look_first(o);
	if (err == 0)
		err = open_through(o, f);
	if (err == 0)
		err = handle_check(o, f);
	if (err != 0)
		host_close(f);
	else
		*ret = f;
	return err;
}

int host_open(const char *path, unsigned flags, struct host_file **ret)
{
	struct opening o = { .name = path, .flags = flags };
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	o.wide = wide;
	err = file_open(&o, ret);
	mem_free(wide);
	return err;
}

int host_open_at(struct host_dir *dir, const char *name, unsigned flags,
		 struct host_file **ret)
{
	struct opening o = {
		.folder = dir, .dir = dir->path, .name = name, .flags = flags
	};
	wchar_t *wide = NULL;
	int err = wide_path_at(dir->path, name, NULL, &wide);

	if (err != 0)
		return err;
	o.wide = wide;
	err = file_open(&o, ret);
	mem_free(wide);
	return err;
}

int host_open_stream_at(struct host_dir *d, const char *name,
			const char *stream, struct host_file **ret)
{
	struct opening o = { .folder = d,
			     .dir = d->path,
			     .name = name,
			     .flags = HOST_OPEN_NOATIME,
			     .is_stream = true };
	wchar_t *wide = NULL;
	int err = wide_path_at(d->path, name, stream, &wide);

	if (err != 0)
		return err;
	o.wide = wide;
	err = file_open(&o, ret);
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
			return host_fail_win(W_HOST_CANNOT_READ, f->text, NULL);
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

bool host_lacks_filter(const struct host_file *f)
{
	return f->lacks_filter;
}

int host_fstat(struct host_file *f, struct host_stat *ret)
{
	/* As on Linux: the first question is answered by the opening. */
	if (!f->is_fresh && !GetFileInformationByHandle(f->handle, &f->info))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, f->text, NULL);
	f->is_fresh = false;
	host_stat_of_handle(f->handle, &f->info, ret);
	if (ret->type != HOST_OTHER)
		ret->type = HOST_FILE;
	return 0;
}
