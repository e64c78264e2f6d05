/*
 * Private to agent/host on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_HOST_WIN32_H
#define HOST_HOST_WIN32_H

#include "host/host.h"
#include "host/fail.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

struct host_file {
	HANDLE handle;
	uint64_t pos; /* of host_read() */
	bool is_fresh;
	bool is_stream;
	BY_HANDLE_FILE_INFORMATION info; /* of the opening while is_fresh */
	char text[];			 /* shortened path, for messages */
};

/* Which records NtQueryDirectoryFile gives for this folder. */
enum win_listing {
	WIN_LIST_ID_BOTH, /* with file ids */
	WIN_LIST_BOTH	  /* network redirectors that know no ids */
};

struct host_dir {
	HANDLE handle;
	volatile LONG refs;
	uint32_t volume;
	enum win_listing listing;
	bool is_started;
	bool at_end;
	uint8_t *buf; /* records, only while it is listed */
	size_t buf_pos;
	size_t buf_nbytes;
	struct str name;
	struct str short_name;
	char *path; /* \\?\ form, before Sysnative */
};

int host_win_to_err(DWORD os_error);
/* host_fail() with GetLastError(). */
int host_fail_win(const char *what, const char *dir, const char *name);

int64_t host_filetime(const FILETIME *ft);
/* `info` is what GetFileInformationByHandle told of it. */
void host_stat_of_handle(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
			 struct host_stat *ret);
/* Tag of an open file or folder, 0 where there is none or it is not told. */
uint32_t host_reparse_tag(HANDLE handle);

/* ---- ntdll, looked up at run time ------------------------------------- */

#define WIN_STATUS_NO_MORE_FILES   0x80000006u
#define WIN_STATUS_BUFFER_OVERFLOW 0x80000005u
#define WIN_STATUS_NO_SUCH_FILE	   0xC000000Fu
#define WIN_STATUS_UNKNOWN	   0xC0000002u /* not implemented */

enum win_info_class {
	WIN_DIR_BOTH = 3,
	WIN_FILE_BASIC = 4,
	WIN_FILE_SHORT_NAME = 21,
	WIN_FILE_STREAMS = 22,
	WIN_FILE_TAG = 35,
	WIN_DIR_ID_BOTH = 37,
	WIN_FILE_CASE = 71
};

/* NTSTATUS; WIN_STATUS_UNKNOWN where ntdll has no such function. */
uint32_t host_nt_query_file(HANDLE handle, void *buf, size_t nbytes,
			    enum win_info_class what, size_t *nbytes_ret);
uint32_t host_nt_query_dir(HANDLE handle, void *buf, size_t nbytes,
			   enum win_info_class what, size_t *nbytes_ret);
/* The Win32 code that stands for an NTSTATUS. */
DWORD host_nt_to_win(uint32_t status);

#endif
