/*
 * Files held open for reading and removal at once, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle shares reading only: no writer gets in, and nobody can remove
 * or rename the file while it is examined.  It is opened as what it is; the
 * content of a file of WOF ("Compact OS") or deduplication comes through its
 * filter from a second handle, which is seen to be of the same file.
 */
#include "host/change_win32.h"
#include "host/tag.h"
#include "host/path_check.h"
#include "words/host.h"

#include <string.h>
#include <winternl.h>

#define RIGHTS                                                                 \
	(DELETE | READ_CONTROL | FILE_READ_DATA | FILE_READ_EA |               \
	 FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)
/* Virus scanners look at what was just touched, for a moment. */
#define SHARING_TRIES	10
#define SHARING_WAIT_MS 50

static uint32_t open_patiently(const struct host_place *p,
			       const struct win_open *how, HANDLE *ret)
{
	uint32_t status = WIN_STATUS_SHARING;

	for (int i = 0; i < SHARING_TRIES; i++) {
		struct win_open o = *how;

		if (i > 0)
			Sleep(SHARING_WAIT_MS);
		status = win_place_open(p, NULL, &o, ret);
		if (status != WIN_STATUS_SHARING)
			break;
	}
	return status;
}

/* 0: a plain file under its own name; *info_ret and *tag_ret tell of it. */
static int look(const struct host_place *p, BY_HANDLE_FILE_INFORMATION *info,
		uint32_t *attrs_ret, uint32_t *tag_ret)
{
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	char *found = NULL;
	uint32_t status;
	enum path_check check;
	int err = 0;

	o.access = FILE_READ_ATTRIBUTES;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT | FILE_OPEN_NO_RECALL;
	status = win_place_open(p, NULL, &o, &handle);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_OPEN, p->path, NULL);
	if (!GetFileInformationByHandle(handle, info)) {
		err = host_fail_win(W_HOST_CANNOT_EXAMINE, p->path, NULL);
		goto out;
	}
	status = win_ask->tag(handle, attrs_ret, tag_ret);
	if (!host_nt_failed(status))
		status = win_ask->path(handle, &found);
	if (host_nt_failed(status)) {
		err = host_fail_nt(status, W_HOST_CANNOT_EXAMINE, p->path,
				   NULL);
		goto out;
	}
	check = path_check_step(*attrs_ret, *tag_ret, p->name, found,
				win_ask->is_wine());
	if (check == PATH_CHECK_LINK)
		err = host_fail(ERR_UNSUPPORTED, 0, W_HOST_CANNOT_OPEN_THE_LINK,
				p->path, NULL);
	else if (*attrs_ret &
		 (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE))
		err = host_fail(ERR_UNSUPPORTED, 0,
				W_HOST_CANNOT_OPEN_AS_A_FILE, p->path, NULL);
	else if (tag_classify(*attrs_ret, *tag_ret, 0) == TAG_RECALL)
		err = host_fail(ERR_OFFLINE, 0, W_HOST_CANNOT_READ, p->path,
				NULL);
	else if (check == PATH_CHECK_ALIAS)
		err = err_fail(ERR_UNSUPPORTED, 0, W_HOST_ALSO_KNOWN_AS,
			       p->path, path_last_name(found));
out:
	mem_free(found);
	CloseHandle(handle);
	return err;
}

/*
 * A file that is executed gives up its content to nobody who writes, and
 * cannot be removed.  Asked before, because removing is a bad moment to learn
 * it.
 */
static int ask_in_use(struct host_subject *s, uint32_t attrs)
{
	struct host_place *p = s->place;
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	uint32_t status = 0;

	o.access = FILE_WRITE_DATA;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT | FILE_NON_DIRECTORY_FILE;
	if (!(attrs & FILE_ATTRIBUTE_REPARSE_POINT))
		status = open_patiently(p, &o, &handle);
	if (handle != NULL)
		CloseHandle(handle);
	s->use = in_use_by_opening(attrs, status);
	if (s->use == IN_USE_YES)
		return host_fail_nt(status, W_HOST_CANNOT_OPEN_FOR_REMOVAL,
				    p->path, NULL);
	return 0;
}

static int open_handle(struct host_subject *s)
{
	struct win_open o = { 0 };
	uint32_t status;

	o.access = RIGHTS | ACCESS_SYSTEM_SECURITY;
	o.share = FILE_SHARE_READ;
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT | FILE_NON_DIRECTORY_FILE |
		    FILE_OPEN_NO_RECALL | FILE_WRITE_THROUGH;
	s->has_sacl = true;
	status = open_patiently(s->place, &o, &s->handle);
	if (status == WIN_STATUS_NO_PRIVILEGE ||
	    status == WIN_STATUS_ACCESS_DENIED) {
		o.access = RIGHTS;
		s->has_sacl = false;
		status = open_patiently(s->place, &o, &s->handle);
	}
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_OPEN_FOR_REMOVAL,
				    s->place->path, NULL);
	if (!GetFileInformationByHandle(s->handle, &s->info))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, s->place->path,
				     NULL);
	return 0;
}

/* The content of a file with a filter's tag, as programs see it. */
static int open_filtered(struct host_subject *s, HANDLE *ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	uint32_t status;

	o.access = FILE_READ_DATA | FILE_READ_ATTRIBUTES |
		   FILE_WRITE_ATTRIBUTES | READ_CONTROL;
	o.share = FILE_SHARE_READ | FILE_SHARE_DELETE; /* ours can delete */
	o.disposition = FILE_OPEN;
	o.options = FILE_NON_DIRECTORY_FILE | FILE_OPEN_NO_RECALL;
	status = win_place_open(s->place, NULL, &o, &handle);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_OPEN, s->place->path,
				    NULL);
	if (!GetFileInformationByHandle(handle, &info) ||
	    !host_win_same_file(&info, &s->info)) {
		CloseHandle(handle);
		return host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_OPEN,
				 s->place->path, NULL);
	}
	*ret = handle;
	return 0;
}

/* Takes the handle, also on failure if it is not the subject's own. */
static int wrap(struct host_subject *s, HANDLE handle, bool is_stream,
		struct host_file **ret)
{
	char text[HOST_TEXT_NBYTES];
	struct host_file *f;

	host_path_text(text, s->place->path, NULL);
	f = mem_zalloc(sizeof(*f) + strlen(text) + 1);
	if (f == NULL) {
		if (handle != s->handle)
			CloseHandle(handle);
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN,
				 s->place->path, NULL);
	}
	f->handle = handle;
	f->is_stream = is_stream;
	memcpy(f->text, text, strlen(text) + 1);
	*ret = f;
	return 0;
}

static int open_content(struct host_subject *s, uint32_t attrs)
{
	const FILETIME keep = { 0xFFFFFFFF, 0xFFFFFFFF };
	HANDLE handle = s->handle;
	int err;

	if (attrs & FILE_ATTRIBUTE_REPARSE_POINT) {
		err = open_filtered(s, &handle);
		if (err != 0)
			return err;
	}
	err = wrap(s, handle, false, &s->file);
	if (err != 0)
		return err;
	/* All ones: what this handle reads leaves the access time alone. */
	SetFileTime(handle, NULL, &keep, NULL);
	if (!GetFileInformationByHandle(handle, &s->file->info))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, s->place->path,
				     NULL);
	s->file->is_fresh = true;
	return 0;
}

int host_subject_open(struct host_place *p, unsigned flags,
		      struct host_subject **ret)
{
	BY_HANDLE_FILE_INFORMATION seen;
	struct host_subject *s;
	uint32_t attrs = 0;
	uint32_t tag = 0;
	int err;

	s = mem_zalloc(sizeof(*s));
	if (s == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN, p->path,
				 NULL);
	s->place = win_place_ref(p);
	err = look(p, &seen, &attrs, &tag);
	if (err == 0 && !(flags & HOST_SUBJECT_IN_USE))
		err = ask_in_use(s, attrs);
	if (err == 0)
		err = open_handle(s);
	if (err == 0 && !host_win_same_file(&seen, &s->info))
		err = host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_OPEN, p->path,
				NULL);
	if (err == 0)
		err = open_content(s, attrs);
	if (err != 0)
		host_subject_close(s);
	else
		*ret = s;
	return err;
}

void win_subject_let_go(struct host_subject *s)
{
	if (s->file != NULL && s->file->handle == s->handle)
		s->file->handle = INVALID_HANDLE_VALUE;
	/* With it closes the filter's handle, which would keep the file. */
	host_close(s->file);
	s->file = NULL;
	if (s->handle != NULL)
		CloseHandle(s->handle);
	s->handle = NULL;
}

void host_subject_close(struct host_subject *s)
{
	const DWORD saved = GetLastError();

	if (s == NULL)
		return;
	win_subject_let_go(s);
	host_place_close(s->place);
	mem_free(s);
	SetLastError(saved);
}

enum in_use host_subject_use(const struct host_subject *s)
{
	return s->use;
}

struct host_file *host_subject_file(struct host_subject *s)
{
	return s->file;
}

/* Windows does not count the 8.3 name here. */
int host_subject_links(struct host_subject *s, uint32_t *count_ret)
{
	BY_HANDLE_FILE_INFORMATION info;

	if (!GetFileInformationByHandle(s->handle, &info))
		return host_fail_win(W_HOST_CANNOT_COUNT_THE_LINKS_OF,
				     s->place->path, NULL);
	*count_ret = info.nNumberOfLinks;
	return 0;
}

int host_subject_meta(struct host_subject *s, struct host_meta *ret)
{
	return win_meta_get(s->handle, s->place->fs_flags, s->has_sacl,
			    s->place->path, ret);
}

static bool is_same_time(const FILETIME *a, const FILETIME *b)
{
	return host_filetime(a) == host_filetime(b);
}

int host_subject_check(struct host_subject *s)
{
	BY_HANDLE_FILE_INFORMATION named;
	BY_HANDLE_FILE_INFORMATION now;
	const uint32_t status = win_place_info(s->place, &named);

	if (status == WIN_STATUS_NAME_NOT_FOUND ||
	    status == WIN_STATUS_DELETE_PENDING)
		return host_fail(ERR_CHANGED, (long)host_nt_to_win(status),
				 W_HOST_CANNOT_FIND_AGAIN, s->place->path,
				 NULL);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_FIND_AGAIN,
				    s->place->path, NULL);
	if (!GetFileInformationByHandle(s->handle, &now))
		return host_fail_win(W_HOST_CANNOT_EXAMINE, s->place->path,
				     NULL);
	if (!host_win_same_file(&named, &s->info) ||
	    now.nFileSizeHigh != s->info.nFileSizeHigh ||
	    now.nFileSizeLow != s->info.nFileSizeLow ||
	    !is_same_time(&now.ftLastWriteTime, &s->info.ftLastWriteTime) ||
	    !is_same_time(&now.ftCreationTime, &s->info.ftCreationTime))
		return host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_GO_ON_WITH,
				 s->place->path, NULL);
	return 0;
}

/* ---- streams ------------------------------------------------------------- */

int host_subject_streams(struct host_subject *s, host_stream_fn fn, void *arg)
{
	if (!(s->place->fs_flags & WIN_FS_NAMED_STREAMS))
		return 0;
	return host_streams_of_handle(s->file->handle, s->place->path, NULL, fn,
				      arg);
}

int host_subject_open_stream(struct host_subject *s, const char *stream,
			     struct host_file **ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	wchar_t *wname = NULL;
	uint32_t status;
	int err;

	err = win_stream_name(s->place, s->place->name, stream, &wname);
	if (err != 0)
		return err;
	o.access = FILE_READ_DATA | FILE_READ_ATTRIBUTES;
	o.share = FILE_SHARE_READ | FILE_SHARE_DELETE; /* ours can delete */
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT | FILE_NON_DIRECTORY_FILE |
		    FILE_OPEN_NO_RECALL;
	status = win_place_open(s->place, wname, &o, &handle);
	mem_free(wname);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_OPEN_A_STREAM_OF,
				    s->place->path, NULL);
	if (!GetFileInformationByHandle(handle, &info) ||
	    !host_win_same_file(&info, &s->info)) {
		CloseHandle(handle);
		return host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_OPEN_A_STREAM_OF,
				 s->place->path, NULL);
	}
	return wrap(s, handle, true, ret);
}
