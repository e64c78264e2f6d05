/*
 * Privileges of this process.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/privilege_win32.h"
#include "host/host_win32.h"

bool host_privilege_enable(const wchar_t *name)
{
	TOKEN_PRIVILEGES one;
	HANDLE token;
	bool is_on;

	if (!OpenProcessToken(GetCurrentProcess(),
			      TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token))
		return false;
	one.PrivilegeCount = 1;
	one.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
	/* It succeeds as well where nothing was given, with another code. */
	is_on = LookupPrivilegeValueW(NULL, name, &one.Privileges[0].Luid) &&
		AdjustTokenPrivileges(token, FALSE, &one, 0, NULL, NULL) &&
		GetLastError() == ERROR_SUCCESS;
	CloseHandle(token);
	return is_on;
}
