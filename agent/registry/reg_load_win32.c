/*
 * Loading hive files into the running registry.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file that cannot be loaded because it is in use may have been left by a
 * run of ours that was killed: then it is unloaded and the loading tried once
 * more.  Names of ours with other files are left alone here: they are the
 * affair of reg_load_give_back().
 */
#include "registry/nt_key_win32.h"
#include "registry/reg_edit_live_win32.h"
#include "registry/reg_load_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/privilege_win32.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "words/host.h"
#include "words/registry.h"

#define USERS	      "\\Registry\\User\\"
#define DEVICE_PREFIX "\\Device\\"
#define GLOBAL_ROOT   "\\\\?\\GLOBALROOT"
#define FORCE	      1u /* REG_FORCE_UNLOAD, winnt.h since Server 2003 */

static void enable(void)
{
	host_privilege_enable(L"SeBackupPrivilege");
	host_privilege_enable(L"SeRestorePrivilege");
}

/* ---- which file ---------------------------------------------------------- */

/* `device` is "\Device\HarddiskVolume2\Users\…" of the list. */
static bool is_at(const char *device, const BY_HANDLE_FILE_INFORMATION *file)
{
	BY_HANDLE_FILE_INFORMATION other;
	struct str path = STR_INIT;
	wchar_t *wide = NULL;
	bool is_it = false;

	if (!ascii_istarts_with(device, DEVICE_PREFIX))
		return false;
	str_add(&path, GLOBAL_ROOT);
	str_add(&path, device);
	if (!path.err)
		wide = wide_from_utf8(str_text(&path));
	if (wide)
		is_it = host_win_file_id(wide, &other) &&
			host_win_same_file(&other, file);
	mem_free(wide);
	str_release(&path);
	return is_it;
}

/* ---- what a killed run left --------------------------------------------- */

/* True if something was unloaded, so that loading is worth another try. */
static bool unload_stale(const BY_HANDLE_FILE_INFORMATION *file)
{
	struct vec list = VEC_INIT(struct reg_loaded, REG_LOADED_MAX);
	const int err = reg_loaded_list(&list);
	bool is_unloaded = false;

	for (size_t i = 0; !err && i < list.count && !is_unloaded; i++) {
		const struct reg_loaded *l = vec_at(&list, i);

		is_unloaded =
			l->file && !l->is_at_work && is_at(l->file, file) &&
			reg_load_unload_left(&reg_load_system, l->name) == 0;
	}
	reg_loaded_release(&list);
	return is_unloaded;
}

/* ---- the functions ----------------------------------------------- */

static int load_failed(LONG code, const char *path)
{
	switch (code) {
	case ERROR_SHARING_VIOLATION:
	case ERROR_LOCK_VIOLATION:
		return err_fail(ERR_LOCKED, code, W_REGISTRY_LOGGED_ON, path);
	case ERROR_BADDB:
	case ERROR_REGISTRY_CORRUPT:
	case ERROR_NOT_REGISTRY_FILE:
		return err_fail(ERR_CORRUPT, code, W_REGISTRY_NOT_TAKEN, path);
	default:
		return host_fail(host_win_to_err((DWORD)code), code,
				 W_HOST_CANNOT_LOAD, NULL, path);
	}
}

static int check_file(const wchar_t *wide, const char *path,
		      BY_HANDLE_FILE_INFORMATION *ret)
{
	if (!host_win_file_id(wide, ret))
		return host_fail_win(W_HOST_CANNOT_OPEN, NULL, path);
	if (ret->dwFileAttributes &
	    (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY))
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_LINK_OR_FOLDER,
				path);
	return 0;
}

/* The kernel opens the file in the name of this thread. */
static LONG load_key(const wchar_t *name, const wchar_t *wide)
{
	struct wow64_pass pass;
	LONG code;

	wow64_enter(wide, &pass);
	code = RegLoadKeyW(HKEY_USERS, name, wide);
	wow64_leave(&pass);
	return code;
}

static int system_load(void *arg, const char *name, const char *host_path)
{
	BY_HANDLE_FILE_INFORMATION file;
	wchar_t *wide = NULL, *wide_name = wide_from_utf8(name);
	LONG code;
	int err;

	(void)arg;
	err = wide_name ? wide_path(host_path, &wide) : err_nomem();
	if (!err)
		err = check_file(wide, host_path, &file);
	/* Unmarked another run would take it for one that was left. */
	if (!err)
		err = reg_load_mark(name);
	if (err)
		goto out;
	enable();
	code = load_key(wide_name, wide);
	if (code == ERROR_SHARING_VIOLATION && unload_stale(&file))
		code = load_key(wide_name, wide);
	if (code) {
		err = load_failed(code, host_path);
		/* Wine leaves an empty key; Windows has nothing to unload. */
		RegUnLoadKeyW(HKEY_USERS, wide_name);
	}
out:
	mem_free(wide_name);
	mem_free(wide);
	return err;
}

static int system_open(void *arg, const char *name, struct reg_edit **ret)
{
	(void)arg;
	return reg_edit_live_below(REG_LIVE_USERS, name, ret);
}

static int by_name(const char *name, LONG(WINAPI *fn)(HKEY, const wchar_t *),
		   const char *cannot)
{
	wchar_t *wide = wide_from_utf8(name);
	bool is_used;
	LONG code;

	if (!wide)
		return err_nomem();
	code = fn(HKEY_USERS, wide);
	mem_free(wide);
	/* So says RegUnLoadKey where keys of it are open. */
	is_used = code == ERROR_ACCESS_DENIED || code == ERROR_BUSY;
	return code ? host_fail(is_used ? ERR_LOCKED
					: host_win_to_err((DWORD)code),
				code, cannot, "HKEY_USERS", name)
		    : 0;
}

static LONG WINAPI flush_key(HKEY parent, const wchar_t *name)
{
	HKEY key;
	LONG code = RegOpenKeyExW(parent, name, 0, KEY_READ, &key);

	if (code)
		return code;
	code = RegFlushKey(key);
	RegCloseKey(key);
	return code;
}

static int system_flush(void *arg, const char *name)
{
	(void)arg;
	return by_name(name, flush_key, W_HOST_CANNOT_WRITE_TO_THE_DISK);
}

static int system_unload(void *arg, const char *name)
{
	(void)arg;
	enable();
	return by_name(name, RegUnLoadKeyW, W_HOST_CANNOT_UNLOAD);
}

int reg_force_unload(nt_unload_key2_fn unload, const char *name)
{
	struct str path = STR_INIT;
	uint16_t *units = NULL;
	NTSTATUS status = NT_NAME_INVALID;
	struct nt_object o;
	size_t count = 0;
	int err;

	if (!unload)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NO_FORCE);
	str_add(&path, USERS);
	str_add(&path, name);
	err = path.err ? path.err
		       : utf_to_utf16(str_text(&path), &units, &count);
	str_release(&path);
	if (err)
		return err;
	if (nt_object(&o, NULL, units, count, 0))
		status = unload(&o.attributes, FORCE);
	mem_free(units);
	/* A key of it that cannot be taken away (ReactOS' CmUnloadKey). */
	if (status == NT_CANNOT_DELETE)
		return err_fail(ERR_LOCKED, (long)status,
				W_REGISTRY_FORCE_IN_USE, name);
	return status ? nt_fail(status, W_REGISTRY_NT_UNLOAD, name) : 0;
}

/*
 * NtUnloadKey2 is there since NT 5.2 (Server 2003, XP x64; the maintainers of
 * System Informer, pull request 2425), not on XP SP3; Wine 8 has none.
 */
static int system_unload_by_force(void *arg, const char *name)
{
	(void)arg;
	enable();
	return reg_force_unload(
		(nt_unload_key2_fn)late_function("ntdll.dll", "NtUnloadKey2"),
		name);
}

static int system_list(void *arg, struct vec *ret)
{
	(void)arg;
	return reg_loaded_list(ret);
}

const struct reg_load_ops reg_load_system = {
	.load = system_load,
	.open = system_open,
	.flush = system_flush,
	.unload = system_unload,
	.unload_by_force = system_unload_by_force,
	.list = system_list,
};
