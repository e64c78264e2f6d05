/*
 * Places on Windows: a folder opened without following any link.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each folder is opened relative to the handle of the one above it, as what
 * it is (FILE_OPEN_REPARSE_POINT), and stays open without FILE_SHARE_DELETE:
 * nobody can rename or remove it meanwhile, so what was looked at stays what
 * is used.  The name that the system tells for each handle must be the one
 * that was asked for; that finds 8.3 names, and a System32 that turns out to
 * be SysWOW64.
 */
#include "host/change_win32.h"
#include "host/path_check.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>
#include <winternl.h>

/* Nobody may rename what is held: FILE_SHARE_DELETE is not among these. */
#define SHARE_HELD    (FILE_SHARE_READ | FILE_SHARE_WRITE)
#define FOLDERS_MAX   16384u /* no path has more than 32,767 letters */
#define OPTIONS_PLACE (FILE_DIRECTORY_FILE | FILE_OPEN_FOR_BACKUP_INTENT)

int win_place_refuse(const char *path, const char *end, int check)
{
	char whole[HOST_TEXT_NBYTES];
	char part[HOST_TEXT_NBYTES];
	char *at = mem_strndup(path, (size_t)(end - path));

	host_path_text(whole, path, NULL);
	host_path_text(part, at != NULL ? at : "?", NULL);
	mem_free(at);
	return err_fail(ERR_UNSUPPORTED, 0, W_HOST_WAY, whole,
			path_check_words((enum path_check)check), part);
}

/* ---- going down ---------------------------------------------------------- */

/* Rights that take part in sharing, or the folder would not be held. */
static uint32_t folder_open(struct win_open *o, HANDLE *ret)
{
	uint32_t status;

	o->share = SHARE_HELD;
	o->disposition = FILE_OPEN;
	o->access = FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES;
	status = host_nt_open(o, ret);
	if (status != WIN_STATUS_ACCESS_DENIED)
		return status;
	o->access = FILE_TRAVERSE | FILE_READ_ATTRIBUTES;
	return host_nt_open(o, ret);
}

static int folder_keep(struct host_place *p, HANDLE handle)
{
	HANDLE *grown = NULL;

	if (p->folder_count < FOLDERS_MAX)
		grown = mem_grow(p->folders, p->folder_count + 1,
				 sizeof(*p->folders));
	if (grown == NULL) {
		CloseHandle(handle);
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				 p->path, NULL);
	}
	p->folders = grown;
	p->folders[p->folder_count++] = handle;
	return 0;
}

/* The path of a root or base as the kernel wants it; caller frees. */
static int kernel_path(const char *path, wchar_t **ret)
{
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	wide[1] = L'?'; /* \\?\ and \??\ */
	*ret = wide;
	return 0;
}

/* Links on the way to what the user vouches for are followed. */
static int root_open(struct host_place *p, const char *root)
{
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	wchar_t *wide = NULL;
	uint32_t status;
	int err;

	err = kernel_path(root, &wide);
	if (err != 0)
		return err;
	o.name = wide;
	o.name_nchars = wcslen(wide);
	o.options = OPTIONS_PLACE;
	status = folder_open(&o, &handle);
	mem_free(wide);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_OPEN_THE_FOLDER, root,
				    NULL);
	return folder_keep(p, handle);
}

/* A root that nobody vouches for must be one of a disk of this computer. */
static int root_check(const struct host_place *p, const char *root)
{
	char *device = NULL;
	char *found = NULL;
	uint32_t status;
	enum path_check check;

	status = win_ask->path(p->folders[0], &found);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_EXAMINE, root, NULL);
	for (const char *s = root; *s != '\0'; s++)
		if (s[1] == ':') {
			device = win_ask->device(*s);
			break;
		}
	check = path_check_root(device, found);
	mem_free(device);
	mem_free(found);
	if (check == PATH_CHECK_OK)
		return 0;
	return win_place_refuse(p->path, p->path + path_root_nbytes(p->path),
				check);
}

static int step_check(const struct host_place *p, HANDLE handle,
		      const char *name, const char *end)
{
	char *found = NULL;
	uint32_t attrs = 0;
	uint32_t tag = 0;
	uint32_t status;
	enum path_check check;

	status = win_ask->tag(handle, &attrs, &tag);
	if (!host_nt_failed(status))
		status = win_ask->path(handle, &found);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_EXAMINE_THE_FOLDER_OF,
				    p->path, NULL);
	check = path_check_step(attrs, tag, name, found, win_ask->is_wine());
	mem_free(found);
	return check == PATH_CHECK_OK ? 0
				      : win_place_refuse(p->path, end, check);
}

static int name_check(const struct host_place *p, const char *name, size_t n)
{
	if (n == 0 || (n == 1 && name[0] == '.') ||
	    (n == 2 && name[0] == '.' && name[1] == '.'))
		return host_fail(ERR_INVALID, 0, W_HOST_CANNOT_TAKE_AS_A_PLACE,
				 p->path, NULL);
	for (size_t i = 0; i < n; i++) {
		const bool is_nul =
			name[i] == '\xc0' && i + 1 < n && name[i + 1] == '\x80';

		/* A colon leads to a stream, which is no file of its own. */
		if (name[i] == ':' || name[i] == '/' || is_nul)
			return host_fail(ERR_NAME, 0,
					 W_HOST_CANNOT_TAKE_AS_A_PLACE, p->path,
					 NULL);
	}
	return 0;
}

/* One folder further; the name ends where `end` points to, in p->path. */
static int walk_step(struct host_place *p, const char *name, const char *end)
{
	char *text = mem_strndup(name, (size_t)(end - name));
	struct win_open o = { 0 };
	uint16_t *units = NULL;
	HANDLE handle = NULL;
	uint32_t status;
	int err;

	if (text == NULL || utf_to_utf16(text, &units, &o.name_nchars) != 0) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				p->path, NULL);
		goto out;
	}
	o.root = win_place_folder(p);
	o.name = (const wchar_t *)units;
	o.options = OPTIONS_PLACE | FILE_OPEN_REPARSE_POINT;
	status = folder_open(&o, &handle);
	if (host_nt_failed(status)) {
		err = host_fail_nt(status, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				   p->path, NULL);
		goto out;
	}
	err = folder_keep(p, handle);
	if (err == 0)
		err = step_check(p, handle, text, end);
out:
	mem_free(units);
	mem_free(text);
	return err;
}

/* In \\?\ paths a slash is a letter, and one that no name may have. */
static const char *separators_of(const char *path)
{
	return path[0] == '\\' && (path[1] == '?' || path[2] == '?') ? "\\"
								     : "\\/";
}

static int walk(struct host_place *p, const char *rest)
{
	const char *separators = separators_of(p->path);
	const char *end;
	int err;

	for (;;) {
		rest += strspn(rest, separators);
		end = rest + strcspn(rest, separators);
		err = name_check(p, rest, (size_t)(end - rest));
		if (err != 0)
			return err;
		if (*end == '\0')
			break;
		err = walk_step(p, rest, end);
		if (err != 0)
			return err;
		rest = end;
	}
	p->name = rest;
	if (utf_to_utf16(rest, (uint16_t **)&p->wname, &p->wname_nchars) != 0)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				 p->path, NULL);
	return 0;
}

/* ---- places -------------------------------------------------------------- */

/* "X:\" of a path; caller frees. */
static char *root_of(const char *path, const char *rest)
{
	struct str root = STR_INIT;

	str_addn(&root, path, (size_t)(rest - path));
	str_addch(&root, '\\');
	return str_detach(&root);
}

static int place_fill(struct host_place *p, const char *base, const char *rest)
{
	uint8_t fs[12 + 2 * 64]; /* flags, longest name, bytes of name, name */
	char *root = root_of(p->path, rest);
	uint32_t status;
	int err;

	if (root == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				 p->path, NULL);
	err = root_open(p, base != NULL ? base : root);
	if (err == 0 && base == NULL)
		err = root_check(p, root);
	mem_free(root);
	if (err == 0)
		err = walk(p, rest);
	if (err != 0)
		return err;
	memset(fs, 0, sizeof(fs));
	status = host_nt_query_volume(win_place_folder(p), fs, sizeof(fs),
				      WIN_VOLUME_ATTRIBUTE);
	if (host_nt_failed(status))
		return host_fail_nt(status,
				    W_HOST_CANNOT_ASK_FOR_THE_FILE_SYSTEM_OF,
				    p->path, NULL);
	memcpy(&p->fs_flags, fs, sizeof(p->fs_flags));
	return 0;
}

int host_place_open(const char *base, const char *path, struct host_place **ret)
{
	const size_t nbytes = strlen(path) + 1;
	struct host_place *p;
	int err;

	if (path_below(base, path) == NULL)
		return host_fail(ERR_INVALID, 0, W_HOST_CANNOT_TAKE_AS_A_PLACE,
				 path, NULL);
	p = mem_zalloc(sizeof(*p) + nbytes);
	if (p == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				 path, NULL);
	p->refs = 1;
	memcpy(p->path, path, nbytes);
	err = place_fill(p, base, path_below(base, p->path));
	if (err != 0)
		host_place_close(p);
	else
		*ret = p;
	return err;
}

struct host_place *win_place_ref(struct host_place *p)
{
	p->refs++;
	return p;
}

void host_place_close(struct host_place *p)
{
	if (p == NULL || --p->refs > 0)
		return;
	while (p->folder_count > 0)
		CloseHandle(p->folders[--p->folder_count]);
	mem_free(p->folders);
	mem_free(p->wname);
	mem_free(p);
}

const char *host_place_path(const struct host_place *p)
{
	return p->path;
}

HANDLE win_place_folder(const struct host_place *p)
{
	return p->folders[p->folder_count - 1];
}

uint32_t win_place_open(const struct host_place *p, const wchar_t *wname,
			struct win_open *o, HANDLE *ret)
{
	o->root = win_place_folder(p);
	o->name = wname != NULL ? wname : p->wname;
	o->name_nchars = wname != NULL ? wcslen(wname) : p->wname_nchars;
	o->options |= FILE_OPEN_FOR_BACKUP_INTENT;
	return win_ask->open(o, ret);
}

uint32_t win_place_info(const struct host_place *p,
			BY_HANDLE_FILE_INFORMATION *ret)
{
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	uint32_t status;

	o.access = FILE_READ_ATTRIBUTES;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_OPEN_REPARSE_POINT | FILE_OPEN_NO_RECALL;
	status = win_place_open(p, NULL, &o, &handle);
	if (host_nt_failed(status))
		return status;
	if (!GetFileInformationByHandle(handle, ret))
		status = WIN_STATUS_UNKNOWN;
	CloseHandle(handle);
	return status;
}

int win_stream_name(const struct host_place *p, const char *name,
		    const char *stream, wchar_t **ret)
{
	struct str text = STR_INIT;
	int err = 0;

	/* Wine would make a file with a colon in its name. */
	if (!(p->fs_flags & WIN_FS_NAMED_STREAMS))
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_OPEN_A_STREAM_OF, p->path, NULL);
	if (stream[0] == '\0' || strpbrk(stream, ":\\/") != NULL)
		return host_fail(ERR_NAME, 0, W_HOST_CANNOT_OPEN_A_STREAM_OF,
				 p->path, NULL);
	str_addf(&text, "%s:%s", name, stream);
	if (text.err == 0)
		*ret = wide_from_utf8(str_text(&text));
	if (text.err != 0 || *ret == NULL)
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_A_STREAM_OF,
				p->path, NULL);
	str_release(&text);
	return err;
}

int host_place_exists(struct host_place *p)
{
	BY_HANDLE_FILE_INFORMATION info;
	const uint32_t status = win_place_info(p, &info);

	if (!host_nt_failed(status))
		return 1;
	switch (status) {
	case WIN_STATUS_NAME_NOT_FOUND:
	case WIN_STATUS_NO_SUCH_FILE:
		return 0;
	/* Not to be looked at, but there. */
	case WIN_STATUS_ACCESS_DENIED:
	case WIN_STATUS_SHARING:
	case WIN_STATUS_DELETE_PENDING:
		return 1;
	default:
		return -host_fail_nt(status, W_HOST_CANNOT_LOOK_FOR, p->path,
				     NULL);
	}
}

/* ---- flushing ------------------------------------------------------------ */

/* File systems that write folders at once, or by themselves, say these. */
static bool is_no_flush(DWORD os_error)
{
	return os_error == ERROR_ACCESS_DENIED ||
	       os_error == ERROR_INVALID_FUNCTION ||
	       os_error == ERROR_INVALID_PARAMETER ||
	       os_error == ERROR_INVALID_HANDLE ||
	       os_error == ERROR_NOT_SUPPORTED;
}

static int flush_handle(HANDLE handle, const char *shown)
{
	if (FlushFileBuffers(handle) || is_no_flush(GetLastError()))
		return 0;
	return host_fail_win(W_HOST_CANNOT_FLUSH_THE_FOLDER, shown, NULL);
}

int win_place_flush(const struct host_place *p)
{
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	int err;

	/* An empty name is the folder itself, by another handle. */
	o.access = FILE_ADD_FILE;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_DIRECTORY_FILE;
	if (host_nt_failed(win_place_open(p, L"", &o, &handle)))
		return 0;
	err = flush_handle(handle, p->path);
	CloseHandle(handle);
	return err;
}

int host_flush_dir(const char *path)
{
	wchar_t *wide = NULL;
	HANDLE handle;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	handle = wow64_open(wide, FILE_ADD_FILE, WIN_SHARE_ALL, NULL,
			    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
	mem_free(wide);
	if (handle == INVALID_HANDLE_VALUE)
		return host_fail_win(W_HOST_CANNOT_FLUSH_THE_FOLDER, path,
				     NULL);
	err = flush_handle(handle, path);
	CloseHandle(handle);
	return err;
}
