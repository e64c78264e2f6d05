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
	bool lacks_filter;
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
int host_fail_win(const char *cannot, const char *dir, const char *name);
/* The same right after CreateFileW has failed: ERR_VANISHING is told from
 * ERR_DENIED. */
int host_fail_open(const char *cannot, const char *dir, const char *name);

int64_t host_filetime(const FILETIME *ft);
/*
 * file_id_win32.c: of the file, folder or link at that path, also where
 * somebody has it open without sharing it; false: it cannot be asked.
 */
bool host_win_file_id(const wchar_t *wide, BY_HANDLE_FILE_INFORMATION *ret);
/* host_stat.file_id and .size of it. */
uint64_t host_win_number(const BY_HANDLE_FILE_INFORMATION *info);
uint64_t host_win_size(const BY_HANDLE_FILE_INFORMATION *info);
/* host_is_still_file() of the two. */
bool host_win_same_file(const BY_HANDLE_FILE_INFORMATION *a,
			const BY_HANDLE_FILE_INFORMATION *b);
/* `info` is what GetFileInformationByHandle told of it. */
void host_stat_of_handle(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
			 struct host_stat *ret);
/* tag_host_type(), and what Windows calls a device. */
enum host_type host_win_type(uint32_t attrs, uint32_t tag, uint64_t size);
/* Tag of an open file or folder, 0 where there is none or it is not told. */
uint32_t host_reparse_tag(HANDLE handle);
/* host_file_streams() of a handle; `dir` and `name` are for messages. */
int host_streams_of_handle(HANDLE handle, const char *dir, const char *name,
			   host_stream_fn fn, void *arg);

/* ---- ntdll, looked up at run time ------------------------------------- */

#define WIN_STATUS_NO_MORE_FILES   0x80000006u
#define WIN_STATUS_BUFFER_OVERFLOW 0x80000005u
#define WIN_STATUS_NO_SUCH_FILE	   0xC000000Fu
#define WIN_STATUS_UNKNOWN	   0xC0000002u /* not implemented */
#define WIN_STATUS_NO_MEMORY	   0xC0000017u
#define WIN_STATUS_ACCESS_DENIED   0xC0000022u
#define WIN_STATUS_NAME_INVALID	   0xC0000033u
#define WIN_STATUS_NAME_NOT_FOUND  0xC0000034u
#define WIN_STATUS_NAME_COLLISION  0xC0000035u
#define WIN_STATUS_SHARING	   0xC0000043u
#define WIN_STATUS_DELETE_PENDING  0xC0000056u
#define WIN_STATUS_INVALID_OWNER   0xC000005Au
#define WIN_STATUS_NO_PRIVILEGE	   0xC0000061u
#define WIN_STATUS_OTHER_DEVICE	   0xC00000D4u
#define WIN_STATUS_CANNOT_DELETE   0xC0000121u

enum win_info_class {
	WIN_DIR_BOTH = 3,
	WIN_FILE_BASIC = 4,
	WIN_FILE_ACCESS = 8,
	WIN_FILE_NAME = 9,
	WIN_FILE_RENAME = 10,
	WIN_FILE_DISPOSITION = 13,
	WIN_FILE_SHORT_NAME = 21,
	WIN_FILE_STREAMS = 22,
	WIN_FILE_TAG = 35,
	WIN_DIR_ID_BOTH = 37,
	WIN_FILE_SET_SHORT_NAME = 40,
	WIN_FILE_CASE = 71
};

enum win_volume_class {
	WIN_VOLUME_DEVICE = 4,
	WIN_VOLUME_ATTRIBUTE = 5
};

/*
 * An opening by letters, relative to a folder that is open.  Handles are
 * synchronous.  Where a 32-bit program runs under 64-bit Windows a relative
 * name is not redirected.
 */
struct win_open {
	HANDLE root; /* NULL: `name` begins with \??\ and ends with NUL */
	const wchar_t *name;
	size_t name_nchars;
	uint32_t access;
	uint32_t share;
	uint32_t disposition; /* FILE_OPEN, FILE_CREATE */
	uint32_t options;     /* FILE_DIRECTORY_FILE ... */
	uint32_t attrs;
	const void *security; /* descriptor of what is made; may be NULL */
};

/* NTSTATUS, *ret only on success; close with CloseHandle. */
uint32_t host_nt_open(const struct win_open *o, HANDLE *ret);
uint32_t host_nt_set_file(HANDLE handle, const void *buf, size_t nbytes,
			  enum win_info_class what);
uint32_t host_nt_query_volume(HANDLE handle, void *buf, size_t nbytes,
			      enum win_volume_class what);
bool host_nt_failed(uint32_t status);
/* host_fail() for an NTSTATUS. */
int host_fail_nt(uint32_t status, const char *cannot, const char *dir,
		 const char *name);

/* NTSTATUS; WIN_STATUS_UNKNOWN where ntdll has no such function. */
uint32_t host_nt_query_file(HANDLE handle, void *buf, size_t nbytes,
			    enum win_info_class what, size_t *nbytes_ret);
uint32_t host_nt_query_dir(HANDLE handle, void *buf, size_t nbytes,
			   enum win_info_class what, size_t *nbytes_ret);
/* Of the newest call of this thread that Win32 reported as failed; 0: it is
 * not told. */
uint32_t host_nt_last_status(void);
/* The Win32 code that stands for an NTSTATUS. */
DWORD host_nt_to_win(uint32_t status);

/* A name by chance, for what gets its own when it is finished. */
#define WIN_TEMP_NAME_NBYTES 48
int win_temp_name(char ret[WIN_TEMP_NAME_NBYTES]);

#endif
