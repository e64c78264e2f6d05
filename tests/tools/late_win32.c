/*
 * Loads DLLs as the program does, where a Windows has no way to leave the
 * folder of the exe out: the program's start, which would, is not called.
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: late STEP...
 *	DLL:FUNCTION	as the program; tells what the function gives, or
 *"there" for one that is named and not called ("DLL?FUNCTION") =DLL
 *by its bare name, as a system DLL would; tells whose it is
 */
#include "host/late_win32.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

typedef int (*answer_fn)(void);

static void call(const char *step, const char *mark)
{
	char dll[64] = "";
	void *function;

	if ((size_t)(mark - step) < sizeof(dll))
		memcpy(dll, step, (size_t)(mark - step));
	function = late_function(dll, mark + 1);
	if (function == NULL)
		printf("%s: not there\n", step);
	else if (*mark == '?')
		printf("%s: there\n", step);
	else
		printf("%s: %d\n", step, ((answer_fn)function)());
}

/* Of one that Windows has itself: beside the exe, or not. */
static void load_bare(const char *name)
{
	wchar_t wide[64];
	wchar_t path[MAX_PATH];
	wchar_t exe[MAX_PATH];
	HMODULE module;
	size_t folder;

	mbstowcs(wide, name, 64);
	wide[63] = L'\0';
	module = LoadLibraryW(wide);
	if (module == NULL || GetModuleFileNameW(module, path, MAX_PATH) == 0 ||
	    GetModuleFileNameW(NULL, exe, MAX_PATH) == 0) {
		printf("%s: not there\n", name);
		return;
	}
	folder = (size_t)(wcsrchr(exe, L'\\') - exe);
	printf("%s: %s\n", name,
	       _wcsnicmp(path, exe, folder) == 0 && path[folder] == L'\\'
		       ? "planted"
		       : "the system's");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *mark = strpbrk(argv[i], ":?");

		if (argv[i][0] == '=')
			load_bare(argv[i] + 1);
		else if (mark != NULL)
			call(argv[i], mark);
	}
	return 0;
}
