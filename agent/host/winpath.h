/*
 * The one function that turns a path into what Windows is given.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pure text (our UTF-8 in, our UTF-8 out), so that it is tested everywhere:
 * Wine does not enforce MAX_PATH, and only the string shows a prefix that
 * is missing.
 */
#ifndef HOST_WINPATH_H
#define HOST_WINPATH_H

#include "base/str.h"

struct winpath_env {
	/* Current folder, absolute; NULL: relative paths are refused. */
	const char *current;
	/* The running Windows' own folder, "C:\Windows"; may be NULL. */
	const char *windows;
	/* A 32-bit program under 64-bit Windows: SysWOW64 is shown in place of
	 * System32. */
	bool is_wow64;
	bool has_alias;	 /* the real one can be named: Sysnative */
	bool can_switch; /* it can be shown: by callers, for one call */
};

/* What Windows told of its redirector. */
struct winpath_told {
	bool is_wow64;
	bool alias_leads; /* Sysnative leads to some folder */
	bool can_switch;
	bool is_same; /* which is what System32 is, switched off */
};

/*
 * What is believed of that.  A folder of that name that somebody made is no
 * alias: what he puts there would be examined in place of System32.
 */
void winpath_settle(struct winpath_env *env, const struct winpath_told *told);

/*
 * Append the \\?\ form: absolute, "." and ".." resolved in the text as
 * Windows does, slashes turned, dots and spaces at the end of names kept,
 * CON and NUL ordinary names, \\server\share as \\?\UNC\server\share.
 * A path that is in \\?\ (or \??\) form already is taken by its letters.
 * ERR_NAME: a device (\\.\, "\\?\C:", pipes), a NUL, a bad share, nothing.
 * ERR_IO: another file would be shown in its place, whatever is done.
 */
int winpath_native(const char *path, const struct winpath_env *env,
		   struct str *out);
/*
 * True if this program is shown another file than the one that `native` names,
 * which is in \\?\ or \??\ form.
 */
bool winpath_is_redirected(const char *native, const struct winpath_env *env);
/* The same without \\?\ where people write none, and without Sysnative. */
int winpath_absolute(const char *path, const struct winpath_env *env,
		     struct str *out);
/* Folder, backslash, name; a name may not hold a backslash or be "..". */
int winpath_join(const char *dir, const char *name, struct str *out);
/* True if winpath_native() does not need env.current. */
bool winpath_is_absolute(const char *path);
/*
 * True if Win32 takes the last name of the path for a device: CON, com1.db,
 * "nul .txt"; not in \\?\ form.  (Windows 11 lets some of them be files.)
 */
bool winpath_is_device(const char *path);
/* True for \\server\share in any form. */
bool winpath_is_unc(const char *path);

#endif
