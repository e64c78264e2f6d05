/*
 * Who else could write a file of ours, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_win32.h"
#include "host/descriptor.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "host/writers.h"
#include "base/bytes.h"
#include "words/host.h"

#include <string.h>

bool host_has_rights(void)
{
	SID_IDENTIFIER_AUTHORITY nt = { SECURITY_NT_AUTHORITY };
	PSID admins = NULL;
	BOOL is_one = FALSE;

	if (!AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID,
				      DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0,
				      &admins))
		return false;
	/* Not where user account control holds the membership back. */
	if (!CheckTokenMembership(NULL, admins, &is_one))
		is_one = FALSE;
	FreeSid(admins);
	return is_one != FALSE;
}

static int check_handle(HANDLE handle, uint32_t rights, const char *what,
			const char *path)
{
	uint8_t fs[12 + 2 * 64] = { 0 };
	struct str why = STR_INIT;
	uint8_t *sd = NULL;
	size_t nbytes = 0;
	uint32_t status;
	DWORD os_error;
	int err = 0;

	status = host_nt_query_volume(handle, fs, sizeof(fs),
				      WIN_VOLUME_ATTRIBUTE);
	if (host_nt_failed(status))
		return host_fail_nt(status,
				    W_HOST_CANNOT_ASK_FOR_THE_FILE_SYSTEM_OF,
				    path, NULL);
	if (!(bytes_le32(fs) & WIN_FS_KEEPS_ACLS))
		return err_fail(ERR_UNSUPPORTED, 0, W_HOST_LACKS_RIGHTS, what,
				path);
	if (win_ask->is_wine())
		return 0;
	os_error = win_ask->security(handle, &sd, &nbytes);
	if (os_error != 0) {
		SetLastError(os_error);
		return host_fail_win(W_HOST_CANNOT_READ_THE_ACCESS_LIST_OF,
				     path, NULL);
	}
	if (!descriptor_is_only_ours_to(sd, nbytes, rights, &why))
		err = err_fail(ERR_DENIED, 0, W_HOST_IS_WRITTEN_BY, what, path,
			       str_text(&why));
	str_release(&why);
	mem_free(sd);
	return err;
}

static int check_path(const char *path, DWORD flags, uint32_t rights,
		      const char *what)
{
	wchar_t *wide = NULL;
	HANDLE handle;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	handle = wow64_open(wide, READ_CONTROL | FILE_READ_ATTRIBUTES,
			    WIN_SHARE_ALL, NULL, OPEN_EXISTING,
			    FILE_FLAG_BACKUP_SEMANTICS | flags);
	mem_free(wide);
	if (handle == INVALID_HANDLE_VALUE)
		return host_fail_win(W_HOST_CANNOT_OPEN, path, NULL);
	err = check_handle(handle, rights, what, path);
	CloseHandle(handle);
	return err;
}

int host_check_folder_writers(const char *dir)
{
	char *at = host_absolute_path(dir);
	int err;

	if (at == NULL)
		return err_last()->err;
	err = check_path(at, 0, DESCRIPTOR_WRITES, W_HOST_FOLDER_IN_QUESTION);
	while (err == 0) {
		char *above = host_dirname(at);
		/* A root is its own folder. */
		const bool is_end = above == NULL || strcmp(above, at) == 0;

		mem_free(at);
		at = above;
		if (is_end)
			break;
		err = check_path(at, 0, DESCRIPTOR_EXCHANGES,
				 W_HOST_ABOVE_FOLDER);
	}
	mem_free(at);
	return err;
}

int host_check_file_writers(const char *path)
{
	return check_path(path, FILE_FLAG_OPEN_REPARSE_POINT, DESCRIPTOR_WRITES,
			  W_HOST_FILE_IN_QUESTION);
}
