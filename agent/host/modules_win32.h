/*
 * All files that running programs have loaded, one program after the other.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_MODULES_WIN32_H
#define HOST_MODULES_WIN32_H

#include "host/modules.h"

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#include <tlhelp32.h>

/* A program that can be looked into. */
struct win_process {
	HANDLE handle; /* PROCESS_QUERY_INFORMATION | PROCESS_VM_READ */
	const PROCESSENTRY32W *entry;
	bool is_64bit;
};

struct win_module_visitor {
	/*
	 * One file that it has loaded: of `st` volume and file_id only, NULL
	 * where they are not told.  *enough_ret: no more of this program is
	 * wanted.  0 or ERR_*, which ends it all.
	 */
	int (*module)(void *arg, const struct win_process *p, const char *path,
		      const struct host_stat *st, bool *enough_ret);
	/* One that could not be looked into, and that no debug privilege was
	 * there for (is_closed) or that told nothing.  May be NULL. */
	void (*missed)(void *arg, const PROCESSENTRY32W *entry, bool is_closed);
	/* One that is not even opened.  May be NULL. */
	bool (*spares)(const PROCESSENTRY32W *entry);
	void *arg;
};

/* Every program that runs, until one gives ERR_*.  ERR_IO: they could not be
 * listed at all. */
typedef int (*win_process_fn)(void *arg, const PROCESSENTRY32W *entry);
int win_processes_each(win_process_fn fn, void *arg);

/* ERR_IO: the same. */
int win_modules_each(const struct win_module_visitor *visitor);

/* A function of psapi, whatever DLL this Windows has it in; NULL: none. */
void *win_psapi(const char *name);

#endif
