/*
 * Listing folders on Windows: NtQueryDirectoryFile gives attributes, times,
 * sizes, reparse tags, file ids and short names of many files in one call,
 * on XP too.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/tag.h"
#include "host/wide_win32.h"
#include "host/winpath.h"
#include "host/wow64_win32.h"
#include "base/bytes.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>

#define SHARE_ALL      (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define DIR_BUF_NBYTES 65536 /* the most that a network redirector takes */

/* FILE_BOTH_DIR_INFORMATION and, with the id, FILE_ID_BOTH_DIR_... */
#define ENTRY_CREATED	    8
#define ENTRY_ACCESSED	    16
#define ENTRY_WRITTEN	    24
#define ENTRY_CHANGED	    32
#define ENTRY_SIZE	    40
#define ENTRY_ATTRS	    56
#define ENTRY_NAME_NBYTES   60
#define ENTRY_TAG	    64 /* size of EAs where it is no reparse point */
#define ENTRY_SHORT_NBYTES  68
#define ENTRY_SHORT	    70
#define ENTRY_SHORT_MAX	    24
#define ENTRY_NAME	    94
#define ENTRY_ID	    96
#define ENTRY_NAME_AFTER_ID 104

static HANDLE folder_handle(const wchar_t *wide, DWORD more)
{
	return wow64_open(
		wide, FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
		SHARE_ALL, NULL, OPEN_EXISTING,
		FILE_FLAG_BACKUP_SEMANTICS | more);
}

/* 0 if the folder behind this handle may be listed through it. */
static int folder_check(HANDLE *handle, const wchar_t *wide, const char *path,
			uint32_t *volume_ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	uint32_t tag = 0;

	if (!GetFileInformationByHandle(*handle, &info))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, path, NULL);
	*volume_ret = info.dwVolumeSerialNumber;
	if (!(info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
		return host_fail(ERR_NOT_DIR, 0, W_HOST_CANNOT_OPEN_THE_FOLDER,
				 path, NULL);
	if (!(info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT))
		return 0;
	tag = host_reparse_tag(*handle);
	switch (tag_classify(info.dwFileAttributes, tag, 0)) {
	case TAG_LINK:
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_OPEN_THE_LINK, path, NULL);
	case TAG_RECALL:
		return host_fail(ERR_OFFLINE, 0, W_HOST_CANNOT_LIST, path,
				 NULL);
	default:
		break;
	}
	/*
	 * Through the filter, but without asking the cloud for names.  Where
	 * there is none, what lies in the folder can be opened by nobody, and
	 * this fails: a gap that matters, since its content is not known.
	 */
	if (!tag_is_cloud(tag)) {
		CloseHandle(*handle);
		*handle = folder_handle(wide, 0);
		if (*handle == INVALID_HANDLE_VALUE)
			return host_fail_open(W_HOST_CANNOT_OPEN_THE_FOLDER,
					      path, NULL);
	}
	return 0;
}

/* Takes `path`, the \\?\ form. */
static int dir_open(char *path, struct host_dir **ret)
{
	struct host_dir *d = mem_zalloc(sizeof(*d));
	wchar_t *wide = NULL;
	int err;

	if (d == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER,
				path, NULL);
		mem_free(path);
		return err;
	}
	d->refs = 1;
	d->path = path;
	d->handle = INVALID_HANDLE_VALUE;
	err = wide_path(path, &wide);
	if (err != 0)
		goto out;
	d->handle = folder_handle(wide, FILE_FLAG_OPEN_REPARSE_POINT);
	if (d->handle == INVALID_HANDLE_VALUE) {
		err = host_fail_open(W_HOST_CANNOT_OPEN_THE_FOLDER, path, NULL);
		goto out;
	}
	err = folder_check(&d->handle, wide, path, &d->volume);
out:
	mem_free(wide);
	if (err != 0)
		host_dir_close(d);
	else
		*ret = d;
	return err;
}

int host_dir_open(const char *path, struct host_dir **ret)
{
	char *native = NULL;
	int err = wide_native(path, &native);

	return err != 0 ? err : dir_open(native, ret);
}

int host_dir_open_at(struct host_dir *parent, const char *name,
		     struct host_dir **ret)
{
	struct str path = STR_INIT;
	int err = winpath_join(parent->path, name, &path);

	if (err != 0) {
		str_release(&path);
		return err;
	}
	return dir_open(str_detach(&path), ret);
}

struct host_dir *host_dir_ref(struct host_dir *d)
{
	InterlockedIncrement(&d->refs);
	return d;
}

void host_dir_close(struct host_dir *d)
{
	const DWORD saved = GetLastError();

	if (d == NULL || InterlockedDecrement(&d->refs) > 0)
		return;
	if (d->handle != INVALID_HANDLE_VALUE)
		CloseHandle(d->handle);
	str_release(&d->name);
	str_release(&d->short_name);
	mem_free(d->buf);
	mem_free(d->path);
	mem_free(d);
	SetLastError(saved);
}

int host_dir_fstat(struct host_dir *d, struct host_stat *ret)
{
	BY_HANDLE_FILE_INFORMATION info;

	if (!GetFileInformationByHandle(d->handle, &info))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, d->path, NULL);
	host_stat_of_handle(d->handle, &info, ret);
	return 0;
}

static uint32_t dir_query(struct host_dir *d)
{
	return host_nt_query_dir(
		d->handle, d->buf, DIR_BUF_NBYTES,
		d->listing == WIN_LIST_ID_BOTH ? WIN_DIR_ID_BOTH : WIN_DIR_BOTH,
		&d->buf_nbytes);
}

/* 1: there are records, 0: end, < 0: -ERR_*. */
static int dir_fill(struct host_dir *d)
{
	const bool is_first = !d->is_started;
	uint32_t status;

	if (d->buf == NULL) {
		d->buf = mem_alloc(DIR_BUF_NBYTES);
		if (d->buf == NULL)
			return -host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_LIST,
					  d->path, NULL);
	}
	d->is_started = true;
	d->buf_pos = 0;
	status = dir_query(d);
	if (is_first && (status & 0xC0000000u) == 0xC0000000u &&
	    status != WIN_STATUS_NO_SUCH_FILE) {
		/* What has no file ids says so in many ways. */
		d->listing = WIN_LIST_BOTH;
		status = dir_query(d);
	}
	if (status == 0 || status == WIN_STATUS_BUFFER_OVERFLOW)
		return d->buf_nbytes > 0 ? 1 : 0;
	d->buf_nbytes = 0;
	if (status == WIN_STATUS_NO_MORE_FILES ||
	    (is_first && status == WIN_STATUS_NO_SUCH_FILE)) {
		d->at_end = true;
		mem_free(d->buf);
		d->buf = NULL;
		return 0;
	}
	SetLastError(host_nt_to_win(status));
	return -host_fail_win(W_HOST_CANNOT_LIST, d->path, NULL);
}

static void entry_stat(const struct host_dir *d, const uint8_t *entry,
		       struct host_stat *st)
{
	memset(st, 0, sizeof(*st));
	st->attrs = bytes_le32(entry + ENTRY_ATTRS);
	if (st->attrs & FILE_ATTRIBUTE_REPARSE_POINT)
		st->reparse_tag = bytes_le32(entry + ENTRY_TAG);
	st->size = bytes_le64(entry + ENTRY_SIZE);
	st->type = host_win_type(st->attrs, st->reparse_tag, st->size);
	st->volume = d->volume;
	if (d->listing == WIN_LIST_ID_BOTH)
		st->file_id = host_file_id(bytes_le64(entry + ENTRY_ID));
	st->created = (int64_t)bytes_le64(entry + ENTRY_CREATED);
	st->accessed = (int64_t)bytes_le64(entry + ENTRY_ACCESSED);
	st->written = (int64_t)bytes_le64(entry + ENTRY_WRITTEN);
	st->changed = (int64_t)bytes_le64(entry + ENTRY_CHANGED);
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The record at buf_pos into name, short_name and entry; 0 or ERR_*. */
static int entry_take(struct host_dir *d, struct host_dirent *entry_ret)
{
	const struct bytes all = { d->buf, d->buf_nbytes };
	const size_t at = d->buf_pos;
	const size_t name_at = d->listing == WIN_LIST_ID_BOTH
				       ? ENTRY_NAME_AFTER_ID
				       : ENTRY_NAME;
	const uint8_t *entry = bytes_at(&all, at, name_at);
	const uint8_t *name;
	uint32_t name_nbytes;
	uint32_t next;
	size_t short_nbytes;

	if (entry == NULL)
		return ERR_IO;
	next = bytes_le32(entry);
	name_nbytes = bytes_le32(entry + ENTRY_NAME_NBYTES);
	name = bytes_at(&all, at + name_at, name_nbytes);
	if (name == NULL || (next != 0 && next < name_at) ||
	    next > d->buf_nbytes - at)
		return ERR_IO;
	d->buf_pos = next != 0 ? at + next : d->buf_nbytes;
	str_clear(&d->name);
	str_clear(&d->short_name);
	utf_from_utf16le(&d->name, name, name_nbytes / 2);
	short_nbytes = entry[ENTRY_SHORT_NBYTES];
	if (short_nbytes > ENTRY_SHORT_MAX)
		short_nbytes = 0;
	utf_from_utf16le(&d->short_name, entry + ENTRY_SHORT, short_nbytes / 2);
	if (d->name.err != 0 || d->short_name.err != 0)
		return ERR_NOMEM;
	memset(entry_ret, 0, sizeof(*entry_ret));
	entry_stat(d, entry, &entry_ret->st);
	entry_ret->have_stat = true;
	entry_ret->name = str_text(&d->name);
	if (d->short_name.len > 0)
		entry_ret->short_name = d->short_name.buf;
	return 0;
}

int host_dir_next(struct host_dir *d, struct host_dirent *entry_ret)
{
	struct host_dirent entry;
	int err;

	for (;;) {
		if (d->at_end)
			return 0;
		if (d->buf_pos >= d->buf_nbytes) {
			err = dir_fill(d);
			if (err <= 0)
				return err;
		}
		err = entry_take(d, &entry);
		if (err != 0)
			return -host_fail(err, 0, W_HOST_CANNOT_LIST, d->path,
					  NULL);
		if (is_dot(entry.name) || entry.name[0] == '\0')
			continue;
		*entry_ret = entry;
		return 1;
	}
}

/* True unless somebody switched it on for this folder (Windows 10, WSL). */
bool host_ignores_case(const char *path)
{
	struct host_dir *d = NULL;
	uint8_t flags[4] = { 0 };
	bool yes = true;

	if (host_dir_open(path, &d) != 0 || d == NULL)
		return true;
	if (host_nt_query_file(d->handle, flags, sizeof(flags), WIN_FILE_CASE,
			       NULL) == 0)
		yes = !(bytes_le32(flags) & 1);
	host_dir_close(d);
	return yes;
}
