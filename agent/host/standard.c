/*
 * Which of the standard streams are there: the decision, on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/standard.h"

#define TYPE_UNKNOWN 0u /* FILE_TYPE_UNKNOWN */
#define CAN_WRITE    6u /* FILE_WRITE_DATA, FILE_APPEND_DATA */

/*
 * GetStdHandle: "If an application does not have associated standard handles,
 * such as a service running on an interactive desktop, and has not redirected
 * them, the return value is NULL".  GetFileType: unknown is also what it gives
 * when it fails; GetLastError tells the two apart.
 */
bool standard_is_there(const struct standard_told *told)
{
	/* INVALID_HANDLE_VALUE of 32 bits, widened with its sign or without. */
	if (told->handle == 0 || told->handle == UINT32_MAX ||
	    told->handle == UINT64_MAX)
		return false;
	if (told->type == TYPE_UNKNOWN && told->os_error != 0)
		return false;
	if (told->is_output && (told->access & CAN_WRITE) == 0)
		return false;
	return !told->is_folder;
}
