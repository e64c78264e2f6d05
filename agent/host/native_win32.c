/*
 * The few calls of ntdll that tell more than Win32 does, on XP too: reparse
 * tags, streams, short names, listings with file ids.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "base/bytes.h"

#include <string.h>

struct io_status {
	union {
		uint32_t status;
		void *pointer;
	};

	ULONG_PTR information;
};

typedef uint32_t(NTAPI *query_file_fn)(HANDLE, struct io_status *, void *,
				       ULONG, int);
typedef uint32_t(NTAPI *query_dir_fn)(HANDLE, HANDLE, void *, void *,
				      struct io_status *, void *, ULONG, int,
				      BOOLEAN, void *, BOOLEAN);
typedef ULONG(NTAPI *to_win_fn)(uint32_t);

/* A pointer of this size is read and written whole; all find the same. */
static void *ntdll(void *volatile *kept, const char *name)
{
	if (*kept == NULL)
		*kept = late_function("ntdll.dll", name);
	return *kept;
}

uint32_t host_nt_query_file(HANDLE handle, void *buf, size_t nbytes,
			    enum win_info_class what, size_t *nbytes_ret)
{
	static void *volatile kept;
	query_file_fn query =
		(query_file_fn)ntdll(&kept, "NtQueryInformationFile");
	struct io_status io;
	uint32_t status;

	memset(&io, 0, sizeof(io));
	if (query == NULL)
		return WIN_STATUS_UNKNOWN;
	status = query(handle, &io, buf, (ULONG)nbytes, (int)what);
	if (nbytes_ret != NULL)
		*nbytes_ret = io.information < nbytes ? io.information : nbytes;
	return status;
}

uint32_t host_nt_query_dir(HANDLE handle, void *buf, size_t nbytes,
			   enum win_info_class what, size_t *nbytes_ret)
{
	static void *volatile kept;
	query_dir_fn query = (query_dir_fn)ntdll(&kept, "NtQueryDirectoryFile");
	struct io_status io;
	uint32_t status;

	memset(&io, 0, sizeof(io));
	if (query == NULL)
		return WIN_STATUS_UNKNOWN;
	status = query(handle, NULL, NULL, NULL, &io, buf, (ULONG)nbytes,
		       (int)what, FALSE, NULL, FALSE);
	*nbytes_ret = io.information < nbytes ? io.information : nbytes;
	return status;
}

DWORD host_nt_to_win(uint32_t status)
{
	static void *volatile kept;
	to_win_fn to_win = (to_win_fn)ntdll(&kept, "RtlNtStatusToDosError");

	return to_win != NULL ? to_win(status) : ERROR_GEN_FAILURE;
}

uint32_t host_reparse_tag(HANDLE handle)
{
	uint8_t info[8]; /* attributes, tag */

	if (host_nt_query_file(handle, info, sizeof(info), WIN_FILE_TAG,
			       NULL) != 0)
		return 0;
	return bytes_le32(info + 4);
}
