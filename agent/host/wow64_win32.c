/*
 * A 32-bit program under 64-bit Windows: what it is shown, and the way around.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Wow64DisableWow64FsRedirection: "affects all operations performed by the
 * current thread", "should be called by an application immediately before
 * using an I/O function"; from Windows XP Professional x64 and Server 2003
 * with SP1.
 */
#include "host/wow64_win32.h"
#include "host/late_win32.h"
#include "host/wide_win32.h"

#include <string.h>

typedef BOOL(WINAPI *is_wow64_fn)(HANDLE, PBOOL);
typedef BOOL(WINAPI *off_fn)(void **);
typedef BOOL(WINAPI *on_fn)(void *);

/* ---- the system -------------------------------------------------- */

static bool ask_is_wow64(void)
{
	is_wow64_fn fn =
		(is_wow64_fn)late_function("kernel32.dll", "IsWow64Process");
	BOOL yes = FALSE;

	return fn != NULL && fn(GetCurrentProcess(), &yes) && yes != FALSE;
}

static bool ask_file_id(const wchar_t *wide, BY_HANDLE_FILE_INFORMATION *ret)
{
	HANDLE handle = CreateFileW(
		wide, FILE_READ_ATTRIBUTES,
		FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
		OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	bool is_told;

	if (handle == INVALID_HANDLE_VALUE)
		return false;
	is_told = GetFileInformationByHandle(handle, ret) != FALSE;
	CloseHandle(handle);
	return is_told;
}

static bool ask_off(void **old_ret)
{
	off_fn off = (off_fn)late_function("kernel32.dll",
					   "Wow64DisableWow64FsRedirection");

	return off != NULL && off(old_ret) != FALSE;
}

static void ask_on(void *old)
{
	on_fn on = (on_fn)late_function("kernel32.dll",
					"Wow64RevertWow64FsRedirection");

	if (on != NULL)
		on(old);
}

const struct wow64_ask wow64_ask_system = {
	ask_is_wow64,
	ask_file_id,
	ask_off,
	ask_on,
};

const struct wow64_ask *wow64_ask = &wow64_ask_system;

/* ---- how it stands ----------------------------------------------- */

static bool id_of(const char *windows, const char *name,
		  BY_HANDLE_FILE_INFORMATION *ret)
{
	struct str path = STR_INIT;
	wchar_t *wide = NULL;
	bool is_told;

	str_addf(&path, "\\\\?\\%s", windows);
	while (path.len > 0 && path.buf[path.len - 1] == '\\')
		path.buf[--path.len] = '\0';
	str_addf(&path, "\\%s", name);
	if (path.err == 0)
		wide = wide_from_utf8(str_text(&path));
	str_release(&path);
	is_told = wide != NULL && wow64_ask->file_id(wide, ret);
	mem_free(wide);
	return is_told;
}

void wow64_look(struct winpath_env *env)
{
	BY_HANDLE_FILE_INFORMATION alias, real;
	struct winpath_told told = { 0 };
	void *old = NULL;

	told.is_wow64 = wow64_ask->is_wow64();
	if (told.is_wow64 && env->windows != NULL) {
		told.alias_leads = id_of(env->windows, "Sysnative", &alias);
		told.can_switch = wow64_ask->off(&old);
	}
	if (told.can_switch) {
		told.is_same = told.alias_leads &&
			       id_of(env->windows, "System32", &real) &&
			       host_win_same_file(&alias, &real);
		wow64_ask->on(old);
	}
	winpath_settle(env, &told);
}

/* ---- one call ---------------------------------------------------- */

void wow64_enter_below(struct wow64_pass *ret)
{
	ret->old = NULL;
	ret->is_off = wow64_ask->off(&ret->old);
}

void wow64_enter(const wchar_t *wide, struct wow64_pass *ret)
{
	ret->old = NULL;
	ret->is_off = wide_is_redirected(wide) && wow64_ask->off(&ret->old);
}

void wow64_leave(const struct wow64_pass *p)
{
	const DWORD saved = GetLastError();

	if (p->is_off)
		wow64_ask->on(p->old);
	SetLastError(saved);
}

HANDLE wow64_open(const wchar_t *wide, DWORD access, DWORD share,
		  SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags)
{
	struct wow64_pass pass;
	HANDLE handle;

	wow64_enter(wide, &pass);
	handle = CreateFileW(wide, access, share, security, disposition, flags,
			     NULL);
	wow64_leave(&pass);
	return handle;
}
