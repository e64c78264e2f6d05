/*
 * Functions that some Windows from XP SP3 to 11 have and some have not.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the exe itself imports are Known DLLs of every Windows (the check of
 * imports has their list), which are never looked for beside it, nor is what
 * they need.  For the rest:
 *
 * SetDefaultDllDirectories (Windows 8; Vista and 7 with KB2533623) leaves
 * System32 alone to search.  Where it is missing, "Dynamic-link library search
 * order" says, the DLLs that a DLL needs are looked for by their names alone,
 * in the folder of the exe first, "even if the first DLL was loaded by
 * specifying a full path"; LOAD_WITH_ALTERED_SEARCH_PATH has the folder of that
 * DLL searched in its place.
 */
#include "host/host_win32.h"
#include "host/late.h"
#include "host/late_win32.h"

#include <string.h>

#define NAME_NCHARS	64
#define SEARCH_SYSTEM32 0x00000800u /* LOAD_LIBRARY_SEARCH_SYSTEM32 */

typedef BOOL(WINAPI *set_directories_fn)(DWORD);

/* Set once, at the start, while there is one thread. */
static bool is_limited;

void late_limit_search(void)
{
	set_directories_fn set = (set_directories_fn)late_function(
		"kernel32.dll", "SetDefaultDllDirectories");

	is_limited = set != NULL && set(SEARCH_SYSTEM32);
	SetDllDirectoryW(L""); /* XP SP1: not the current folder either */
}

static size_t widen(const char *name, wchar_t *ret)
{
	size_t n = 0;

	for (; n < NAME_NCHARS - 1 && name[n] != '\0'; n++)
		ret[n] = (wchar_t)(unsigned char)name[n];
	ret[n] = L'\0';
	return n;
}

/* "<System32>\name" */
static HMODULE load_from_system32(const char *name)
{
	wchar_t path[MAX_PATH + 1 + NAME_NCHARS];
	UINT n = GetSystemDirectoryW(path, MAX_PATH);

	if (n == 0 || n >= MAX_PATH)
		return NULL;
	path[n++] = L'\\';
	widen(name, path + n);
	return LoadLibraryExW(path, NULL,
			      is_limited ? 0 : LOAD_WITH_ALTERED_SEARCH_PATH);
}

static HMODULE load(const char *dll)
{
	HMODULE module = load_from_system32(dll);
	const char *const *names;
	size_t count = 0;

	names = late_brings(dll, &count);
	for (size_t i = 0; i < count && !is_limited; i++)
		load_from_system32(names[i]);
	return module;
}

void *late_function(const char *dll, const char *function)
{
	wchar_t name[NAME_NCHARS];
	HMODULE module;

	/* These two are in every process, and only the system's own are. */
	if (strcmp(dll, "kernel32.dll") == 0 || strcmp(dll, "ntdll.dll") == 0) {
		widen(dll, name);
		module = GetModuleHandleW(name);
	} else {
		module = load(dll);
	}
	if (module == NULL)
		return NULL;
	return (void *)(uintptr_t)GetProcAddress(module, function);
}
