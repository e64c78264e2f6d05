/*
 * Private to agent/host on Windows: what opening a file asks of the system.
 * In a table because Wine has no reparse points, and refuses nobody an
 * attribute: tests put a fake there.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_FILE_ASK_WIN32_H
#define HOST_FILE_ASK_WIN32_H

#include "host/host_win32.h"

/* What a name or a handle stands for. */
struct file_facts {
	uint32_t attrs;
	uint32_t tag; /* 0: none, or not told */
	uint64_t size;
};

/* The volume that a drive letter stands for. */
struct file_volume {
	char fs_name[32];
	uint32_t fs_flags;
	uint32_t serial;
};

struct file_ask {
	/* Of the name itself: a link is not followed.  Win32 code, 0: told. */
	DWORD (*name)(const wchar_t *wide, struct file_facts *ret);
	/* An existing file, sharing everything; `options` are FILE_FLAG_*. */
	HANDLE (*open)(const wchar_t *wide, DWORD access, DWORD options);
	/* Of what is open, of which `info` is known. */
	void (*handle)(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
		       struct file_facts *ret);
	/* `root` ends with a backslash.  Win32 code, 0: told. */
	DWORD (*volume)(const wchar_t *root, struct file_volume *ret);
	/* A number of the machine's registry; 0: it is not there. */
	uint32_t (*number)(const wchar_t *key, const wchar_t *name);
};

extern const struct file_ask file_ask_system;
/* &file_ask_system, unless a test says otherwise. */
extern const struct file_ask *file_ask;

#endif
