/*
 * Private to remediate on Windows: the parts of process_system.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_PROCESS_WIN32_H
#define REMEDIATE_PROCESS_WIN32_H

#include "remediate/process.h"

#include <windows.h>
#include <tlhelp32.h>

#define PROCESS_LIMITED 0x1000u /* PROCESS_QUERY_LIMITED_INFORMATION, Vista */

/* process_find_win32.c */
int process_find(void *arg, const char *host_path, struct vec *ret,
		 bool *may_miss_ret);
/* All but is_64bit; `ret` is released, whatever this gives. */
int process_fill(HANDLE h, const PROCESSENTRY32W *entry, struct process *ret);
/* The host path of an open process's program, NULL: not told. */
char *process_image_path(HANDLE h);
/* FILETIME, 0: not told. */
int64_t process_start_time(HANDLE h);
/* Owns the desktop of this session, whatever its name is. */
bool process_is_shell(uint32_t pid);

/* process_browsers_win32.c */
int process_browsers(void *arg, struct vec *ret);

/* process_end_win32.c */
int process_close(void *arg, const struct process *p, unsigned wait_ms);
int process_end(void *arg, const struct process *p, unsigned wait_ms);

/* process_restart_win32.c */
int process_remove_at_restart(void *arg, const char *host_path);

#endif
