/*
 * Private to agent/host on Windows: a 32-bit program under 64-bit Windows is
 * shown SysWOW64 where it asks for System32.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The alias Sysnative leads to the real one, but Windows XP x64 and Server 2003
 * x64 have it with the hotfix KB942589 only.  There, and for the two paths that
 * have no alias anywhere, the thread's redirection is switched off around the
 * one call: DLLs that are loaded meanwhile would be those of the other width.
 */
#ifndef HOST_WOW64_WIN32_H
#define HOST_WOW64_WIN32_H

#include "host/host_win32.h"
#include "host/winpath.h"

/* What is asked of the system: Wine and today's Windows answer one way only. */
struct wow64_ask {
	bool (*is_wow64)(void);
	/* What this thread is shown at that path; false: nothing. */
	bool (*file_id)(const wchar_t *wide, BY_HANDLE_FILE_INFORMATION *ret);
	/* Of this thread; false: this Windows cannot (before 2003 SP1). */
	bool (*off)(void **old_ret);
	void (*on)(void *old);
};

extern const struct wow64_ask wow64_ask_system;
/* &wow64_ask_system, unless a test says otherwise. */
extern const struct wow64_ask *wow64_ask;

/* How the redirector stands to this program; `env.windows` is told before. */
void wow64_look(struct winpath_env *env);

/* The redirection of this thread, to be put back. */
struct wow64_pass {
	void *old;
	bool is_off;
};

/*
 * Around a call that is given this path, no more than that call.  Leaving
 * keeps what GetLastError tells.
 */
void wow64_enter(const wchar_t *wide, struct wow64_pass *ret);
/* The same where the path is relative to a folder that is open. */
void wow64_enter_below(struct wow64_pass *ret);
void wow64_leave(const struct wow64_pass *p);

/* CreateFileW so. */
HANDLE wow64_open(const wchar_t *wide, DWORD access, DWORD share,
		  SECURITY_ATTRIBUTES *security, DWORD disposition,
		  DWORD flags);

#endif
