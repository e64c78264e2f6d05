/*
 * Loading hive files into the running registry.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file that cannot be loaded because it is in use may have been left by a
 * run of ours that was killed.  Windows lists what is loaded from where
 * (Control\hivelist); an entry with a name of ours that comes from the very
 * same file, by its identity, is unloaded and the loading tried once more.
 * If that name belongs to a run that is still at work, its open keys make
 * Windows refuse to unload it, and the file stays "in use".  Names of ours
 * with other files are left alone: they are nobody's affair here.
 */
#include "registry/control_set.h"
#include "registry/reg_edit_live_win32.h"
#include "registry/reg_load.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host_win32.h"
#include "host/privilege_win32.h"
#include "host/wide_win32.h"

#include <string.h>

#define HIVELIST      "Control\\hivelist"
#define USERS_PREFIX  "\\REGISTRY\\USER\\"
#define DEVICE_PREFIX "\\Device\\"
#define GLOBAL_ROOT   "\\\\?\\GLOBALROOT"

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

struct stale {
	const BY_HANDLE_FILE_INFORMATION *file;
	char name[REG_LOAD_NAME_NBYTES]; /* "": none */
};

static int find_stale(void *arg, const struct reg_value *v)
{
	struct stale *s = arg;
	const size_t n = sizeof(USERS_PREFIX) - 1;
	char *device;

	if (!ascii_istarts_with(v->name, USERS_PREFIX) ||
	    !reg_load_is_ours(v->name + n))
		return 0;
	device = reg_value_text(v, NULL);
	if (device && is_at(device, s->file))
		str_copy(s->name, v->name + n, sizeof(s->name));
	mem_free(device);
	return 0;
}

static int system_unload(void *arg, const char *name);

/* True if something was unloaded, so that loading is worth another try. */
static bool unload_stale(const BY_HANDLE_FILE_INFORMATION *file)
{
	struct stale s = { file, "" };
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	char *path = NULL;

	if (reg_open_live(REG_LIVE_MACHINE, REG_VIEW_64, NULL, NULL, &root))
		return false;
	if (reg_control_path(root, HIVELIST, &path) == 0 &&
	    reg_open_key(root, path, &key) == 0) {
		reg_each_value(key, find_stale, &s);
		reg_close_key(key);
	}
	mem_free(path);
	reg_close(root);
	return s.name[0] && system_unload(NULL, s.name) == 0;
}

/* ---- the functions --------------------------------------------------------
 */

static int load_failed(LONG code, const char *path)
{
	switch (code) {
	case ERROR_SHARING_VIOLATION:
	case ERROR_LOCK_VIOLATION:
		return err_fail(ERR_LOCKED, code,
				"the user is logged on: \"%.512s\" is in use",
				path);
	case ERROR_BADDB:
	case ERROR_REGISTRY_CORRUPT:
	case ERROR_NOT_REGISTRY_FILE:
		return err_fail(ERR_CORRUPT, code,
				"Windows does not take \"%.512s\" for a "
				"registry file",
				path);
	default:
		return host_fail(host_win_to_err((DWORD)code), code, "load",
				 NULL, path);
	}
}

static int check_file(const wchar_t *wide, const char *path,
		      BY_HANDLE_FILE_INFORMATION *ret)
{
	if (!host_win_file_id(wide, ret))
		return host_fail_win("open", NULL, path);
	if (ret->dwFileAttributes &
	    (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY))
		return err_fail(ERR_UNSUPPORTED, 0,
				"\"%.512s\" is a link or a folder", path);
	return 0;
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
	if (err)
		goto out;
	enable();
	code = RegLoadKeyW(HKEY_USERS, wide_name, wide);
	if (code == ERROR_SHARING_VIOLATION && unload_stale(&file))
		code = RegLoadKeyW(HKEY_USERS, wide_name, wide);
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
		   const char *what)
{
	wchar_t *wide = wide_from_utf8(name);
	LONG code;

	if (!wide)
		return err_nomem();
	code = fn(HKEY_USERS, wide);
	mem_free(wide);
	/* So says RegUnLoadKey where keys of it are open. */
	if (code == ERROR_ACCESS_DENIED || code == ERROR_BUSY)
		return err_fail(ERR_LOCKED, code,
				"cannot %s HKEY_USERS\\%s: it is in use", what,
				name);
	return code ? host_fail(host_win_to_err((DWORD)code), code, what,
				"HKEY_USERS", name)
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
	return by_name(name, flush_key, "write to the disk");
}

static int system_unload(void *arg, const char *name)
{
	(void)arg;
	enable();
	return by_name(name, RegUnLoadKeyW, "unload");
}

const struct reg_load_ops reg_load_system = {
	.load = system_load,
	.open = system_open,
	.flush = system_flush,
	.unload = system_unload,
};
