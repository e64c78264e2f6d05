/*
 * From Win32 codes to ours.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/refusal.h"

/* Some of these are newer than the headers of Windows XP: by number. */
static const struct {
	DWORD os_error;
	int err;
} codes[] = {
	{ ERROR_FILE_NOT_FOUND, ERR_NOT_FOUND },
	{ ERROR_PATH_NOT_FOUND, ERR_NOT_FOUND },
	{ ERROR_INVALID_DRIVE, ERR_NOT_FOUND },
	{ ERROR_BAD_NETPATH, ERR_NOT_FOUND },
	{ ERROR_BAD_NET_NAME, ERR_NOT_FOUND },
	{ ERROR_BAD_UNIT, ERR_NOT_FOUND },
	{ ERROR_NO_MORE_FILES, ERR_NOT_FOUND },
	{ ERROR_ACCESS_DENIED, ERR_DENIED },
	{ ERROR_NETWORK_ACCESS_DENIED, ERR_DENIED },
	{ ERROR_PRIVILEGE_NOT_HELD, ERR_DENIED },
	{ ERROR_LOGON_FAILURE, ERR_DENIED },
	{ 225, ERR_ANTIVIRUS }, /* ERROR_VIRUS_INFECTED: it blocks it */
	{ 226, ERR_ANTIVIRUS }, /* ERROR_VIRUS_DELETED */
	{ 1260, ERR_DENIED },	/* ERROR_ACCESS_DISABLED_BY_POLICY */
	{ 6001, ERR_DENIED },	/* ERROR_DECRYPTION_FAILED */
	{ 6002, ERR_DENIED },	/* ERROR_FILE_ENCRYPTED */
	{ ERROR_SHARING_VIOLATION, ERR_LOCKED },
	{ ERROR_LOCK_VIOLATION, ERR_LOCKED },
	{ ERROR_USER_MAPPED_FILE, ERR_LOCKED },
	{ ERROR_BUSY, ERR_LOCKED },
	{ 300, ERR_LOCKED }, /* ERROR_OPLOCK_NOT_GRANTED */
	{ ERROR_DISK_FULL, ERR_NO_SPACE },
	{ ERROR_HANDLE_DISK_FULL, ERR_NO_SPACE },
	{ 1295, ERR_NO_SPACE }, /* ERROR_DISK_QUOTA_EXCEEDED */
	{ ERROR_WRITE_PROTECT, ERR_READ_ONLY },
	{ 6009, ERR_READ_ONLY }, /* ERROR_FILE_READ_ONLY */
	{ ERROR_FILE_EXISTS, ERR_EXISTS },
	{ ERROR_ALREADY_EXISTS, ERR_EXISTS },
	{ ERROR_DIR_NOT_EMPTY, ERR_EXISTS },
	{ ERROR_INVALID_NAME, ERR_NAME },
	{ ERROR_BAD_PATHNAME, ERR_NAME },
	{ ERROR_FILENAME_EXCED_RANGE, ERR_NAME },
	{ ERROR_INVALID_PARAMETER, ERR_INVALID },
	{ ERROR_DIRECTORY, ERR_NOT_DIR },
	{ ERROR_INVALID_FUNCTION, ERR_UNSUPPORTED },
	{ ERROR_NOT_SUPPORTED, ERR_UNSUPPORTED },
	{ ERROR_CALL_NOT_IMPLEMENTED, ERR_UNSUPPORTED },
	{ ERROR_CANT_RESOLVE_FILENAME, ERR_UNSUPPORTED },
	{ 681, ERR_UNSUPPORTED }, /* ERROR_STOPPED_ON_SYMLINK */
	{ ERROR_UNRECOGNIZED_VOLUME, ERR_UNSUPPORTED },
	{ ERROR_FILE_CORRUPT, ERR_CORRUPT },
	{ ERROR_DISK_CORRUPT, ERR_CORRUPT },
	/* A tag without its filter: never to be taken for a link. */
	{ ERROR_CANT_ACCESS_FILE, ERR_IO },
	{ ERROR_FILE_INVALID, ERR_CHANGED },
	{ ERROR_DELETE_PENDING, ERR_VANISHING },
	{ 4350, ERR_OFFLINE }, /* ERROR_FILE_OFFLINE */
	{ 4351, ERR_OFFLINE }, /* ERROR_REMOTE_STORAGE_NOT_ACTIVE */
	{ 362, ERR_OFFLINE },  /* ERROR_CLOUD_FILE_PROVIDER_NOT_RUNNING */
	{ 363, ERR_OFFLINE },  /* ..._METADATA_CORRUPT */
	{ 389, ERR_OFFLINE },  /* ERROR_CLOUD_FILE_UNSUCCESSFUL */
	{ 395, ERR_OFFLINE },  /* ERROR_CLOUD_FILE_ACCESS_DENIED */
	{ ERROR_NOT_ENOUGH_MEMORY, ERR_NOMEM },
	{ ERROR_OUTOFMEMORY, ERR_NOMEM },
	{ ERROR_NO_SYSTEM_RESOURCES, ERR_NOMEM },
	{ ERROR_OPERATION_ABORTED, ERR_CANCELLED },
};

int host_win_to_err(DWORD os_error)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].os_error == os_error)
			return codes[i].err;
	return ERR_IO;
}

int host_fail_open(const char *cannot, const char *dir, const char *name)
{
	const DWORD os_error = GetLastError();
	int err = host_win_to_err(os_error);

	if (refusal_is_vanishing(os_error, host_nt_last_status()))
		err = ERR_VANISHING;
	err = host_fail(err, (long)os_error, cannot, dir, name);
	SetLastError(os_error);
	return err;
}

int host_fail_win(const char *cannot, const char *dir, const char *name)
{
	const DWORD os_error = GetLastError();
	const int err = host_fail(host_win_to_err(os_error), (long)os_error,
				  cannot, dir, name);

	SetLastError(os_error);
	return err;
}
