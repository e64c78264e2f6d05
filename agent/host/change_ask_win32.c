/*
 * What changing files asks of the system, and the table that tests replace.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_win32.h"
#include "host/late_win32.h"
#include "host/wide_win32.h"
#include "base/bytes.h"
#include "base/utf.h"

#define PATH_ROOM     (4 + 2 * 32768u)
#define DEVICE_NCHARS 1024
#define SD_FIRST      512u
#define SD_MAX	      131072u

static uint32_t ask_tag(HANDLE handle, uint32_t *attrs_ret, uint32_t *tag_ret)
{
	uint8_t basic[40]; /* four times, attributes */
	uint32_t status;

	status = host_nt_query_file(handle, basic, sizeof(basic),
				    WIN_FILE_BASIC, NULL);
	if (host_nt_failed(status))
		return status;
	*attrs_ret = bytes_le32(basic + 32);
	*tag_ret = *attrs_ret & FILE_ATTRIBUTE_REPARSE_POINT
			   ? host_reparse_tag(handle)
			   : 0;
	return status;
}

static uint32_t ask_path(HANDLE handle, char **ret)
{
	uint8_t *buf = mem_alloc(PATH_ROOM);
	struct str path = STR_INIT;
	size_t nbytes = 0;
	uint32_t status;

	if (buf == NULL)
		return WIN_STATUS_NO_MEMORY;
	status = host_nt_query_file(handle, buf, PATH_ROOM, WIN_FILE_NAME,
				    &nbytes);
	if (!host_nt_failed(status)) {
		size_t n = nbytes >= 4 ? bytes_le32(buf) : 0;

		if (n > nbytes - 4)
			n = nbytes - 4;
		str_addn(&path, "", 0);
		utf_from_utf16le(&path, buf + 4, n / 2);
		*ret = str_detach(&path);
		if (*ret == NULL)
			status = WIN_STATUS_NO_MEMORY;
	}
	mem_free(buf);
	return status;
}

static char *ask_device(char letter)
{
	wchar_t drive[] = L"A:";
	wchar_t target[DEVICE_NCHARS];

	drive[0] = (wchar_t)letter;
	/* Several may be stacked; the first one counts. */
	if (QueryDosDeviceW(drive, target, DEVICE_NCHARS) == 0)
		return NULL;
	target[DEVICE_NCHARS - 1] = L'\0';
	return wide_to_utf8(target);
}

static DWORD ask_security(HANDLE handle, uint8_t **ret, size_t *nbytes_ret)
{
	DWORD room = SD_FIRST;

	for (;;) {
		uint8_t *buf = mem_alloc(room);
		DWORD need = 0;
		DWORD os_error;

		if (buf == NULL)
			return ERROR_NOT_ENOUGH_MEMORY;
		if (GetKernelObjectSecurity(handle,
					    OWNER_SECURITY_INFORMATION |
						    GROUP_SECURITY_INFORMATION |
						    DACL_SECURITY_INFORMATION,
					    buf, room, &need)) {
			*ret = buf;
			*nbytes_ret = GetSecurityDescriptorLength(buf);
			return 0;
		}
		os_error = GetLastError();
		mem_free(buf);
		if (os_error != ERROR_INSUFFICIENT_BUFFER || need <= room ||
		    need > SD_MAX)
			return os_error;
		room = need;
	}
}

/* A Windows' own ntdll never exports this name. */
static bool ask_is_wine(void)
{
	return late_function("ntdll.dll", "wine_get_version") != NULL;
}

static DWORD ask_set_security(HANDLE handle, DWORD parts, uint8_t *sd)
{
	return SetKernelObjectSecurity(handle, parts, sd) ? 0 : GetLastError();
}

static DWORD ask_control(HANDLE handle, DWORD code)
{
	DWORD n = 0;

	return DeviceIoControl(handle, code, NULL, 0, NULL, 0, &n, NULL)
		       ? 0
		       : GetLastError();
}

static uint32_t ask_short_name(HANDLE handle, void *info, size_t room,
			       size_t *nbytes_ret)
{
	return host_nt_query_file(handle, info, room, WIN_FILE_SHORT_NAME,
				  nbytes_ret);
}

static uint32_t ask_set_short_name(HANDLE handle, void *info, size_t nbytes)
{
	return host_nt_set_file(handle, info, nbytes, WIN_FILE_SET_SHORT_NAME);
}

const struct win_ask win_ask_system = {
	.tag = ask_tag,
	.path = ask_path,
	.device = ask_device,
	.security = ask_security,
	.is_wine = ask_is_wine,
	.open = host_nt_open,
	.set = host_nt_set_file,
	.set_security = ask_set_security,
	.control = ask_control,
	.short_name = ask_short_name,
	.set_short_name = ask_set_short_name,
};

const struct win_ask *win_ask = &win_ask_system;
