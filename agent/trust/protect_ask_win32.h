/*
 * What is asked of the running Windows about a file's protection.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In a table because Wine is never in Safe Mode, and its file protection
 * always answers: tests put a fake there.
 */
#ifndef TRUST_PROTECT_ASK_WIN32_H
#define TRUST_PROTECT_ASK_WIN32_H

#include "host/host_win32.h"

#include <wincrypt.h>
#include <wintrust.h>
#include <mscat.h>

/* Of wintrust.dll. */
struct cat_functions {
	BOOL(WINAPI *open)(HANDLE *, const GUID *, DWORD);
	/* Windows 8 and later; NULL before. */
	BOOL(WINAPI *open2)
	(HANDLE *, const GUID *, const wchar_t *, const void *, DWORD);
	void(WINAPI *close)(HANDLE, DWORD);
	BOOL(WINAPI *digest)(HANDLE, DWORD *, BYTE *, DWORD);
	BOOL(WINAPI *digest2)(HANDLE, HANDLE, DWORD *, BYTE *, DWORD);
	HANDLE(WINAPI *next)(HANDLE, BYTE *, DWORD, DWORD, HANDLE *);
	BOOL(WINAPI *close_catalog)(HANDLE, HANDLE, DWORD);
	BOOL(WINAPI *info)(HANDLE, CATALOG_INFO *, DWORD);
};

struct protect_ask {
	/* It was started in Safe Mode, with or without network. */
	bool (*is_safe_mode)(void);
	/*
	 * SfcIsFileProtected, with the Win32 code where it says no;
	 * ERROR_PROC_NOT_FOUND: there is no such function.
	 */
	bool (*is_protected)(const wchar_t *path, DWORD *code_ret);
	/* False: some are missing. */
	bool (*catalogs)(struct cat_functions *ret);
};

extern const struct protect_ask protect_ask_system;
/* &protect_ask_system, unless a test says otherwise. */
extern const struct protect_ask *protect_ask;

#endif
