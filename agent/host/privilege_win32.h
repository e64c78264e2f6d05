/*
 * Privileges of this process.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_PRIVILEGE_WIN32_H
#define HOST_PRIVILEGE_WIN32_H

#include <stdbool.h>
#include <wchar.h>

/*
 * Turns one on ("SeBackupPrivilege"), which takes effect for the process
 * until it ends.  False: the account does not hold it.
 */
bool host_privilege_enable(const wchar_t *name);

#endif
