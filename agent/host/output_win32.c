/*
 * What the program writes itself, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/own_access_win32.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "words/host.h"

#include <string.h>

#define WRITE_MAX ((size_t)16 << 20)

static bool moved(const wchar_t *from, const wchar_t *to, DWORD flags)
{
	struct wow64_pass pass;
	bool is_done;

	wow64_enter(from, &pass);
	is_done = MoveFileExW(from, to, flags) != FALSE;
	wow64_leave(&pass);
	return is_done;
}

static bool deleted(const wchar_t *wide)
{
	struct wow64_pass pass;
	bool is_done;

	wow64_enter(wide, &pass);
	is_done = DeleteFileW(wide) != FALSE;
	wow64_leave(&pass);
	return is_done;
}

int host_mkdir(const char *path)
{
	struct wow64_pass pass;
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	wow64_enter(wide, &pass);
	if (!CreateDirectoryW(wide, NULL))
		err = host_fail_win(W_HOST_CANNOT_MAKE_THE_FOLDER, path, NULL);
	wow64_leave(&pass);
	mem_free(wide);
	return err;
}

/* Everything up to the last backslash of the \\?\ form; caller frees. */
static char *parent_of(const char *path)
{
	char *native = NULL;
	char *slash;

	if (wide_native(path, &native) != 0)
		return NULL;
	slash = strrchr(native, '\\');
	if (slash != NULL)
		slash[1] = '\0'; /* "\\?\C:\" needs its backslash */
	return native;
}

int win_temp_name(char ret[WIN_TEMP_NAME_NBYTES])
{
	uint64_t chance = 0;
	int err = host_random(&chance, sizeof(chance));

	if (err == 0)
		snprintf(ret, WIN_TEMP_NAME_NBYTES,
			 "mstmpsweep-%016" PRIx64 ".tmp", chance);
	return err;
}

/* A new file in that folder; CREATE_NEW opens nothing that is there. */
static HANDLE temp_create(const char *dir, DWORD flags,
			  SECURITY_ATTRIBUTES *access, wchar_t **wide_ret)
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	char name[WIN_TEMP_NAME_NBYTES];
	size_t n = strlen(dir);

	for (int tries = 0; tries < 16; tries++) {
		struct str path = STR_INIT;
		wchar_t *wide = NULL;
		int err;

		if (win_temp_name(name) != 0)
			break;
		str_addn(&path, dir, n);
		str_add(&path, name);
		err = path.err != 0 ? path.err
				    : wide_path(str_text(&path), &wide);
		str_release(&path);
		if (err != 0) {
			SetLastError(ERROR_NOT_ENOUGH_MEMORY);
			break;
		}
		handle = wow64_open(wide, GENERIC_WRITE | DELETE, 0, access,
				    CREATE_NEW, flags);
		if (handle != INVALID_HANDLE_VALUE) {
			*wide_ret = wide;
			break;
		}
		err = (int)GetLastError();
		mem_free(wide);
		SetLastError((DWORD)err);
		if (err != ERROR_FILE_EXISTS && err != ERROR_ALREADY_EXISTS)
			break;
	}
	return handle;
}

/* 0: may be written over. */
static int target_check(const char *path)
{
	struct host_stat st;
	int err = host_stat(path, false, &st);

	if (err == ERR_NOT_FOUND)
		return 0;
	if (err != 0)
		return err;
	if (st.type == HOST_DIR)
		return host_fail(ERR_NOT_DIR, 0,
				 W_HOST_CANNOT_WRITE_OVER_THE_FOLDER, path,
				 NULL);
	if (st.type != HOST_FILE || (st.attrs & HOST_ATTR_REPARSE))
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_WRITE_OVER_THE_LINK_OR_DEVICE,
				 path, NULL);
	return 0;
}

static bool write_all(HANDLE handle, const void *data, size_t nbytes)
{
	const uint8_t *at = data;

	while (nbytes > 0) {
		const DWORD want =
			(DWORD)(nbytes < WRITE_MAX ? nbytes : WRITE_MAX);
		DWORD n = 0;

		if (!WriteFile(handle, at, want, &n, NULL))
			return false;
		if (n == 0) {
			SetLastError(ERROR_DISK_FULL);
			return false;
		}
		at += n;
		nbytes -= n;
	}
	return FlushFileBuffers(handle) != FALSE;
}

static int write_file(const char *path, const void *data, size_t nbytes,
		      SECURITY_ATTRIBUTES *access)
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	wchar_t *target = NULL;
	wchar_t *temp = NULL;
	char *dir = NULL;
	int err;

	err = target_check(path);
	if (err != 0)
		return err;
	err = wide_path(path, &target);
	if (err != 0)
		return err;
	dir = parent_of(path);
	if (dir == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	handle = temp_create(dir, FILE_ATTRIBUTE_NORMAL, access, &temp);
	if (handle == INVALID_HANDLE_VALUE) {
		err = host_fail_win(W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	if (!write_all(handle, data, nbytes)) {
		err = host_fail_win(W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	CloseHandle(handle);
	handle = INVALID_HANDLE_VALUE;
	if (!moved(temp, target,
		   MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
		err = host_fail_win(W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	mem_free(temp);
	temp = NULL;
out:
	if (handle != INVALID_HANDLE_VALUE)
		CloseHandle(handle);
	if (temp != NULL)
		deleted(temp);
	mem_free(temp);
	mem_free(target);
	mem_free(dir);
	return err;
}

int host_write_file(const char *path, const void *data, size_t nbytes)
{
	return write_file(path, data, nbytes, NULL);
}

int host_write_private(const char *path, const void *data, size_t nbytes)
{
	char *absolute = host_absolute_path(path);
	struct own_access own;
	bool is_local;

	if (absolute == NULL)
		return err_last()->err;
	is_local = !host_is_remote_path(absolute);
	mem_free(absolute);
	return write_file(path, data, nbytes,
			  is_local && own_access_init(&own) ? &own.attributes
							    : NULL);
}

int host_rename_folder(const char *from, const char *to)
{
	wchar_t *wide_from = NULL, *wide_to = NULL;
	int err = wide_path(from, &wide_from);

	if (err == 0)
		err = wide_path(to, &wide_to);
	if (err == 0 && !moved(wide_from, wide_to, 0))
		err = host_fail_win(W_HOST_CANNOT_RENAME, from, NULL);
	mem_free(wide_from);
	mem_free(wide_to);
	return err;
}

int host_set_read_only(const char *path, bool read_only)
{
	struct wow64_pass pass;
	wchar_t *wide = NULL;
	DWORD attrs;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	wow64_enter(wide, &pass);
	attrs = GetFileAttributesW(wide);
	if (attrs == INVALID_FILE_ATTRIBUTES ||
	    !SetFileAttributesW(
		    wide, read_only ? attrs | FILE_ATTRIBUTE_READONLY
				    : attrs & ~(DWORD)FILE_ATTRIBUTE_READONLY))
		err = host_fail_win(W_HOST_CANNOT_CHANGE_THE_ATTRIBUTES_OF,
				    path, NULL);
	wow64_leave(&pass);
	mem_free(wide);
	return err;
}

int host_rmdir(const char *path)
{
	struct wow64_pass pass;
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	wow64_enter(wide, &pass);
	if (!RemoveDirectoryW(wide))
		err = host_fail_win(W_HOST_CANNOT_REMOVE_THE_FOLDER, path,
				    NULL);
	wow64_leave(&pass);
	mem_free(wide);
	return err;
}

int host_unlink(const char *path)
{
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	if (!deleted(wide))
		err = host_fail_win(W_HOST_CANNOT_DELETE, path, NULL);
	mem_free(wide);
	return err;
}

bool host_can_write_dir(const char *path)
{
	struct str dir = STR_INIT;
	wchar_t *temp = NULL;
	char *native = NULL;
	HANDLE handle;

	if (wide_native(path, &native) != 0)
		return false;
	str_add(&dir, native);
	mem_free(native);
	if (dir.len > 0 && dir.buf[dir.len - 1] != '\\')
		str_addch(&dir, '\\');
	handle = temp_create(str_text(&dir),
			     FILE_ATTRIBUTE_NORMAL | FILE_FLAG_DELETE_ON_CLOSE,
			     NULL, &temp);
	str_release(&dir);
	mem_free(temp);
	if (handle == INVALID_HANDLE_VALUE)
		return false;
	CloseHandle(handle);
	return true;
}
