/*
 * Functions that some Windows from XP SP3 to 11 have and some have not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/late_win32.h"

#include <string.h>

#define NAME_NCHARS 64

/* "<System32>\name": a DLL of that name beside the exe must not be taken. */
static HMODULE load_from_system32(const wchar_t *name)
{
	wchar_t path[MAX_PATH + NAME_NCHARS + 2];
	UINT n = GetSystemDirectoryW(path, MAX_PATH);

	if (n == 0 || n >= MAX_PATH)
		return NULL;
	path[n++] = L'\\';
	for (; *name != L'\0'; name++)
		path[n++] = *name;
	path[n] = L'\0';
	return LoadLibraryW(path);
}

void *late_function(const char *dll, const char *function)
{
	wchar_t name[NAME_NCHARS];
	HMODULE module;
	size_t n = 0;

	for (; n < NAME_NCHARS - 1 && dll[n] != '\0'; n++)
		name[n] = (wchar_t)(unsigned char)dll[n];
	name[n] = L'\0';
	/* These two are in every process, and only the system's own are. */
	if (strcmp(dll, "kernel32.dll") == 0 || strcmp(dll, "ntdll.dll") == 0)
		module = GetModuleHandleW(name);
	else
		module = load_from_system32(name);
	if (module == NULL)
		return NULL;
	return (void *)(uintptr_t)GetProcAddress(module, function);
}
