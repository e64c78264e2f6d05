/*
 * The few calls of ntdll that do more than Win32, on XP too: reparse tags,
 * streams, short names, listings with file ids; opening relative to a folder,
 * removing and renaming by handle.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/wow64_win32.h"
#include "base/bytes.h"

#include <string.h>
#include <winternl.h>

#define NAME_MAX_NCHARS 32767 /* UNICODE_STRING has 16 bits for the bytes */

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
typedef uint32_t(NTAPI *create_fn)(HANDLE *, ULONG, OBJECT_ATTRIBUTES *,
				   struct io_status *, LARGE_INTEGER *, ULONG,
				   ULONG, ULONG, ULONG, void *, ULONG);
typedef ULONG(NTAPI *to_win_fn)(uint32_t);
typedef uint32_t(NTAPI *last_status_fn)(void);

/* A pointer of this size is read and written whole; all find the same. */
static void *ntdll(void *volatile *kept, const char *name)
{
	if (*kept == NULL)
		*kept = late_function("ntdll.dll", name);
	return *kept;
}

bool host_nt_failed(uint32_t status)
{
	return (status & 0x80000000u) != 0;
}

/*
 * Below a folder the thread's redirection is off, so that "System32" below a
 * handle of the Windows folder is that folder.  Whether Windows redirects
 * relative names at all is nowhere written; callers look at what they got.
 */
static uint32_t create_unredirected(create_fn create, HANDLE *handle,
				    const struct win_open *o,
				    OBJECT_ATTRIBUTES *attributes)
{
	struct wow64_pass pass;
	struct io_status io;
	uint32_t status;

	memset(&io, 0, sizeof(io));
	if (o->root != NULL)
		wow64_enter_below(&pass);
	else
		wow64_enter(o->name, &pass);
	status = create(handle, o->access | SYNCHRONIZE, attributes, &io, NULL,
			o->attrs, o->share, o->disposition,
			o->options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
	wow64_leave(&pass);
	return status;
}

uint32_t host_nt_open(const struct win_open *o, HANDLE *ret)
{
	static void *volatile kept;
	create_fn create = (create_fn)ntdll(&kept, "NtCreateFile");
	OBJECT_ATTRIBUTES attributes;
	HANDLE handle = NULL;
	UNICODE_STRING name;
	uint32_t status;

	if (create == NULL)
		return WIN_STATUS_UNKNOWN;
	if (o->name_nchars > NAME_MAX_NCHARS)
		return WIN_STATUS_NAME_INVALID;
	memset(&attributes, 0, sizeof(attributes));
	name.Buffer = (wchar_t *)(uintptr_t)o->name;
	name.Length = (USHORT)(o->name_nchars * sizeof(wchar_t));
	name.MaximumLength = name.Length;
	attributes.Length = sizeof(attributes);
	attributes.RootDirectory = o->root;
	attributes.ObjectName = &name;
	attributes.Attributes = OBJ_CASE_INSENSITIVE;
	attributes.SecurityDescriptor = (void *)(uintptr_t)o->security;
	status = create_unredirected(create, &handle, o, &attributes);
	if (!host_nt_failed(status))
		*ret = handle;
	return status;
}

uint32_t host_nt_set_file(HANDLE handle, const void *buf, size_t nbytes,
			  enum win_info_class what)
{
	static void *volatile kept;
	query_file_fn set = (query_file_fn)ntdll(&kept, "NtSetInformationFile");
	struct io_status io;

	memset(&io, 0, sizeof(io));
	if (set == NULL)
		return WIN_STATUS_UNKNOWN;
	return set(handle, &io, (void *)(uintptr_t)buf, (ULONG)nbytes,
		   (int)what);
}

uint32_t host_nt_query_volume(HANDLE handle, void *buf, size_t nbytes,
			      enum win_volume_class what)
{
	static void *volatile kept;
	query_file_fn query =
		(query_file_fn)ntdll(&kept, "NtQueryVolumeInformationFile");
	struct io_status io;

	memset(&io, 0, sizeof(io));
	if (query == NULL)
		return WIN_STATUS_UNKNOWN;
	return query(handle, &io, buf, (ULONG)nbytes, (int)what);
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

uint32_t host_nt_last_status(void)
{
	static void *volatile kept;
	/* In ntdll since Windows XP. */
	last_status_fn last =
		(last_status_fn)ntdll(&kept, "RtlGetLastNtStatus");

	return last != NULL ? last() : 0;
}

DWORD host_nt_to_win(uint32_t status)
{
	static void *volatile kept;
	to_win_fn to_win = (to_win_fn)ntdll(&kept, "RtlNtStatusToDosError");

	return to_win != NULL ? to_win(status) : ERROR_GEN_FAILURE;
}

int host_fail_nt(uint32_t status, const char *cannot, const char *dir,
		 const char *name)
{
	const DWORD os_error = host_nt_to_win(status);
	int err = host_win_to_err(os_error);

	/* Win32 says "access denied" to these. */
	if (status == WIN_STATUS_DELETE_PENDING)
		err = ERR_CHANGED;
	if (status == WIN_STATUS_CANNOT_DELETE)
		err = ERR_LOCKED;
	return host_fail(err, (long)os_error, cannot, dir, name);
}

uint32_t host_reparse_tag(HANDLE handle)
{
	uint8_t info[8]; /* attributes, tag */

	if (host_nt_query_file(handle, info, sizeof(info), WIN_FILE_TAG,
			       NULL) != 0)
		return 0;
	return bytes_le32(info + 4);
}
