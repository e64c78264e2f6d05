/*
 * Every Internet Explorer that runs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * No module is looked at: a 32-bit program of ours sees the 64-bit frame of
 * 32-bit tabs, too (Internet Explorer 10 and later on 64-bit Windows).
 */
#include "remediate/process_win32.h"

#include "base/err.h"
#include "host/modules_win32.h"
#include "host/privilege_win32.h"

#define BROWSER L"iexplore.exe"

/* Before Vista there is no limited access. */
static HANDLE open_for_asking(DWORD pid)
{
	HANDLE h = OpenProcess(PROCESS_LIMITED, FALSE, pid);

	if (!h)
		h = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid);
	return h;
}

static int add_browser(void *arg, const PROCESSENTRY32W *entry)
{
	struct vec *list = arg;
	struct process *p;
	HANDLE h;
	int err;

	if (_wcsicmp(entry->szExeFile, BROWSER) != 0 ||
	    list->count >= list->max)
		return 0;
	h = open_for_asking(entry->th32ProcessID);
	/* What keeps us out could not be ended either. */
	if (!h)
		return 0;
	p = vec_push(list);
	err = p ? process_fill(h, entry, p) : err_nomem();
	CloseHandle(h);
	return err;
}

int process_browsers(void *arg, struct vec *ret)
{
	(void)arg;
	host_privilege_enable(L"SeDebugPrivilege");
	return win_processes_each(add_browser, ret);
}
