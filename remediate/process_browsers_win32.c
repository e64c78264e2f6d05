/*
 * Every Internet Explorer that runs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * No module is looked at: a 32-bit program of ours sees the 64-bit frame of
 * 32-bit tabs, too (Internet Explorer 10 and later on 64-bit Windows).
 */
#include "remediate/process_win32.h"

#include "base/err.h"
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

static int add_browser(const PROCESSENTRY32W *entry, struct vec *list)
{
	HANDLE h = open_for_asking(entry->th32ProcessID);
	struct process *p;
	int err;

	/* What keeps us out could not be ended either. */
	if (!h || list->count >= list->max) {
		if (h)
			CloseHandle(h);
		return 0;
	}
	p = vec_push(list);
	err = p ? process_fill(h, entry, p) : err_nomem();
	CloseHandle(h);
	return err;
}

int process_browsers(void *arg, struct vec *ret)
{
	HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	PROCESSENTRY32W entry;
	int err = 0;

	(void)arg;
	if (snapshot == INVALID_HANDLE_VALUE)
		return err_fail(ERR_IO, (long)GetLastError(),
				"cannot list the programs that run");
	host_privilege_enable(L"SeDebugPrivilege");
	entry.dwSize = sizeof(entry);
	for (BOOL more = Process32FirstW(snapshot, &entry); more && !err;
	     more = Process32NextW(snapshot, &entry))
		if (_wcsicmp(entry.szExeFile, BROWSER) == 0)
			err = add_browser(&entry, ret);
	CloseHandle(snapshot);
	return err;
}
