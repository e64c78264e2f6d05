/*
 * Asking a program to end, and ending it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A process is opened first and looked at then: while it is open its number
 * belongs to nobody else.
 */
#include "remediate/process_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/fail.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/privilege_win32.h"
#include "words/fix.h"
#include "words/host.h"

#include <string.h>

#define EXIT_CODE	     1u
#define BREAK_ON_TERMINATION 29u /* ProcessBreakOnTermination */

typedef LONG(NTAPI *query_process_fn)(HANDLE, ULONG, void *, ULONG, ULONG *);

/* Vista and later have services, and nothing else, in session 0. */
static bool is_service(DWORD pid)
{
	DWORD session = 1;

	return late_function("kernel32.dll", "QueryFullProcessImageNameW") &&
	       ProcessIdToSessionId(pid, &session) && session == 0;
}

/* The system stops with a blue screen where such a one ends. */
static bool is_marked_critical(HANDLE h)
{
	query_process_fn query = (query_process_fn)late_function(
		"ntdll.dll", "NtQueryInformationProcess");
	ULONG flag = 0;

	return query &&
	       query(h, BREAK_ON_TERMINATION, &flag, sizeof(flag), NULL) == 0 &&
	       flag != 0;
}

/* By what the process is now, not by what was noted of it. */
static int refuse_open(const struct process *p, HANDLE h)
{
	struct process now = *p;
	char *path = process_image_path(h), *name;
	int err;

	now.is_ours = p->pid == GetCurrentProcessId();
	if (path) {
		name = strrchr(path, '\\');
		now.name = name ? name + 1 : path;
	}
	now.is_explorer = process_is_shell(p->pid);
	err = process_refuse(&now);
	if (!err && (is_service(p->pid) || is_marked_critical(h)))
		err = err_fail(ERR_DENIED, 0, W_FIX_PROGRAM_SERVICE, now.name,
			       (unsigned)p->pid);
	mem_free(path);
	return err;
}

/*
 * *ret NULL: that process has ended.  Before Vista there is no limited
 * access, and what is asked for as such is denied.
 */
static int open_process(const struct process *p, DWORD access, HANDLE *ret)
{
	HANDLE h;
	int err;

	err = process_refuse(p);
	if (err)
		return err;
	h = OpenProcess(access | SYNCHRONIZE | PROCESS_LIMITED, FALSE, p->pid);
	if (!h && GetLastError() == ERROR_ACCESS_DENIED)
		h = OpenProcess(access | SYNCHRONIZE |
					PROCESS_QUERY_INFORMATION,
				FALSE, p->pid);
	if (!h && GetLastError() != ERROR_INVALID_PARAMETER)
		return host_fail_win(W_HOST_CANNOT_OPEN_THE_PROCESS, NULL,
				     p->name);
	if (h && (process_start_time(h) != p->started ||
		  WaitForSingleObject(h, 0) == WAIT_OBJECT_0)) {
		CloseHandle(h);
		h = NULL;
	}
	if (h) {
		err = refuse_open(p, h);
		if (err) {
			CloseHandle(h);
			return err;
		}
	}
	*ret = h;
	return 0;
}

static int wait_for_end(const struct process *p, HANDLE h, unsigned wait_ms)
{
	if (WaitForSingleObject(h, wait_ms) == WAIT_OBJECT_0)
		return 0;
	return err_fail(ERR_LOCKED, 0, W_FIX_PROGRAM_STILL_RUNS, p->name,
			(unsigned)p->pid);
}

/* Hidden windows belong to the program's inside, not to its user. */
static BOOL CALLBACK ask(HWND window, LPARAM arg)
{
	DWORD owner = 0;

	GetWindowThreadProcessId(window, &owner);
	if (owner == (DWORD)arg && IsWindowVisible(window))
		PostMessageW(window, WM_CLOSE, 0, 0);
	return TRUE;
}

int process_close(void *arg, const struct process *p, unsigned wait_ms)
{
	HANDLE h = NULL;
	int err = open_process(p, 0, &h);

	(void)arg;
	if (err || !h)
		return err;
	/* Only windows of this session can be asked; the others just wait. */
	EnumWindows(ask, (LPARAM)p->pid);
	err = wait_for_end(p, h, wait_ms);
	CloseHandle(h);
	return err;
}

int process_end(void *arg, const struct process *p, unsigned wait_ms)
{
	HANDLE h = NULL;
	int err;

	(void)arg;
	host_privilege_enable(L"SeDebugPrivilege");
	err = open_process(p, PROCESS_TERMINATE, &h);
	if (err || !h)
		return err;
	/* It may just have ended: then that is refused, and waiting is 0. */
	if (!TerminateProcess(h, EXIT_CODE) &&
	    WaitForSingleObject(h, 0) != WAIT_OBJECT_0)
		err = host_fail_win(W_HOST_CANNOT_END_THE_PROCESS, NULL,
				    p->name);
	else
		err = wait_for_end(p, h, wait_ms);
	CloseHandle(h);
	return err;
}
