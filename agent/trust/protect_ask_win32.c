/*
 * What the running Windows answers about a file's protection.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/protect_ask_win32.h"

#include "host/late_win32.h"

static bool is_safe_mode(void)
{
	return GetSystemMetrics(SM_CLEANBOOT) != 0;
}

static bool is_protected(const wchar_t *path, DWORD *code_ret)
{
	BOOL(WINAPI * sfc)(HANDLE, LPCWSTR);

	/* It lives in the one, and the other passes it on. */
	sfc = late_function("sfc_os.dll", "SfcIsFileProtected");
	if (sfc == NULL)
		sfc = late_function("sfc.dll", "SfcIsFileProtected");
	*code_ret = ERROR_PROC_NOT_FOUND;
	if (sfc == NULL)
		return false;
	SetLastError(0);
	if (sfc(NULL, path))
		return true;
	*code_ret = GetLastError();
	return false;
}

static bool catalogs(struct cat_functions *f)
{
	static const char dll[] = "wintrust.dll";

	f->open = late_function(dll, "CryptCATAdminAcquireContext");
	f->open2 = late_function(dll, "CryptCATAdminAcquireContext2");
	f->close = late_function(dll, "CryptCATAdminReleaseContext");
	f->digest = late_function(dll, "CryptCATAdminCalcHashFromFileHandle");
	f->digest2 = late_function(dll, "CryptCATAdminCalcHashFromFileHandle2");
	f->next = late_function(dll, "CryptCATAdminEnumCatalogFromHash");
	f->close_catalog =
		late_function(dll, "CryptCATAdminReleaseCatalogContext");
	f->info = late_function(dll, "CryptCATCatalogInfoFromContext");
	return f->open && f->close && f->digest && f->next &&
	       f->close_catalog && f->info;
}

const struct protect_ask protect_ask_system = {
	.is_safe_mode = is_safe_mode,
	.is_protected = is_protected,
	.catalogs = catalogs,
};
const struct protect_ask *protect_ask = &protect_ask_system;
