/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wine_win32.h"

#include "unit.h"

#include "base/mem.h"
#include "host/host.h"
#include "host/wide_win32.h"

#include <windows.h>

static bool keep_times(const wchar_t *w)
{
	const FILETIME keep = { 0xFFFFFFFF, 0xFFFFFFFF };
	HANDLE h = CreateFileW(w, FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES,
			       FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

	if (h == INVALID_HANDLE_VALUE)
		return false;
	/* Whether it succeeds is not what is asked. */
	SetFileTime(h, NULL, &keep, NULL);
	CloseHandle(h);
	return true;
}

bool wine_keeps_read_only(const char *dir)
{
	char *path = host_join(dir, "asked.tmp");
	wchar_t *w = NULL;
	bool keeps;

	ck_assert_int_eq(wide_path(path, &w), 0);
	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert(SetFileAttributesW(w, FILE_ATTRIBUTE_READONLY |
						FILE_ATTRIBUTE_HIDDEN));
	keeps = keep_times(w) &&
		(GetFileAttributesW(w) & FILE_ATTRIBUTE_READONLY) != 0;
	ck_assert(SetFileAttributesW(w, FILE_ATTRIBUTE_NORMAL));
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(w);
	mem_free(path);
	return keeps;
}

bool wine_searches_catalogs(void)
{
	typedef BOOL(WINAPI * acquire_fn)(HANDLE *, const GUID *,
					  const wchar_t *, const void *, DWORD);
	typedef HANDLE(WINAPI * search_fn)(HANDLE, BYTE *, DWORD, DWORD,
					   HANDLE *);
	HMODULE dll = LoadLibraryW(L"wintrust.dll");
	acquire_fn acquire;
	search_fn search;
	HANDLE admin = NULL;
	BYTE digest[32] = { 0 };

	ck_assert_ptr_nonnull(dll);
	acquire = (acquire_fn)(void (*)(void))GetProcAddress(
		dll, "CryptCATAdminAcquireContext2");
	search = (search_fn)(void (*)(void))GetProcAddress(
		dll, "CryptCATAdminEnumCatalogFromHash");
	/* Without the first one it is SHA-1, and that is searched by. */
	if (!acquire || !search || !acquire(&admin, NULL, L"SHA256", NULL, 0))
		return true;
	SetLastError(0);
	return search(admin, digest, sizeof(digest), 0, NULL) ||
	       GetLastError() != ERROR_INVALID_PARAMETER;
}
