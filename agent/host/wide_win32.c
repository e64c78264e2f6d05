/*
 * Between our UTF-8 and what Windows' W functions take.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/wide_win32.h"
#include "host/winpath.h"
#include "host/wow64_win32.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>

/* Longer than Windows' folder and System32 in any form. */
#define HEAD_NCHARS (2 * MAX_PATH)

_Static_assert(sizeof(wchar_t) == 2, "wchar_t is a UTF-16 unit");

wchar_t *wide_from_utf8(const char *text)
{
	uint16_t *units;

	if (utf_to_utf16(text, &units, NULL) != 0)
		return NULL;
	return (wchar_t *)units;
}

char *wide_to_utf8_n(const wchar_t *text, size_t nchars)
{
	struct str out = STR_INIT;

	/* Both Windows hosts are little-endian. */
	str_addn(&out, "", 0); /* an empty text is a text too */
	utf_from_utf16le(&out, (const uint8_t *)text, nchars);
	return str_detach(&out);
}

char *wide_to_utf8(const wchar_t *text)
{
	return wide_to_utf8_n(text, wcslen(text));
}

/* On a terminal server GetWindowsDirectory is the user's own. */
static char *windows_folder(void)
{
	wchar_t windows[MAX_PATH];
	const UINT n = GetSystemWindowsDirectoryW(windows, MAX_PATH);

	return n > 0 && n < MAX_PATH ? wide_to_utf8_n(windows, n) : NULL;
}

/* 0: nobody asked yet, 1: somebody is asking, 2: `env` is filled. */
static const struct winpath_env *system_env(void)
{
	static volatile LONG is_ready;
	static const struct wow64_ask *volatile asked;
	static struct winpath_env env;

	if (InterlockedCompareExchange(&is_ready, 0, 0) == 2 &&
	    asked == wow64_ask)
		return &env;
	while (InterlockedCompareExchange(&is_ready, 1, 0) == 1)
		Sleep(0);
	if (asked == wow64_ask)
		return &env;
	/* The first time, and where a test put a table of its own. */
	if (env.windows == NULL)
		env.windows = windows_folder();
	wow64_look(&env);
	asked = wow64_ask;
	InterlockedExchange(&is_ready, 2);
	return &env;
}

bool wide_is_redirected(const wchar_t *wide)
{
	const struct winpath_env *env = system_env();
	char path[3 * HEAD_NCHARS + 1];
	size_t nchars;
	int n;

	if (!env->is_wow64)
		return false;
	nchars = wcslen(wide);
	/* Its beginning decides, and this is asked for each file. */
	if (nchars > HEAD_NCHARS)
		nchars = HEAD_NCHARS;
	n = WideCharToMultiByte(CP_UTF8, 0, wide, (int)nchars, path,
				sizeof(path) - 1, NULL, NULL);
	path[n > 0 ? n : 0] = '\0';
	/* Switched off, every path leads to what it names. */
	return n <= 0 || winpath_is_redirected(path, env);
}

char *host_hidden_folder(void)
{
	const struct winpath_env *env = system_env();
	struct str path = STR_INIT;

	if (!env->is_wow64 || env->has_alias || env->can_switch ||
	    env->windows == NULL)
		return NULL;
	winpath_join(env->windows, "System32", &path);
	return str_detach(&path);
}

/* Caller frees *ret, which stays NULL where it cannot be told. */
static int current_dir(char **ret)
{
	DWORD room = MAX_PATH;
	wchar_t *buf = NULL;
	int err = 0;

	for (int tries = 0; tries < 4; tries++) {
		wchar_t *grown = mem_grow(buf, room, sizeof(*buf));
		DWORD n;

		if (grown == NULL) {
			err = ERR_NOMEM;
			break;
		}
		buf = grown;
		n = GetCurrentDirectoryW(room, buf);
		if (n > 0 && n < room) {
			*ret = wide_to_utf8_n(buf, n);
			err = *ret == NULL ? ERR_NOMEM : 0;
			break;
		}
		if (n == 0)
			break;
		room = n + 1;
	}
	mem_free(buf);
	return err;
}

typedef int (*winpath_fn)(const char *, const struct winpath_env *,
			  struct str *);

static int with_env(winpath_fn fn, const char *path, bool redirected,
		    struct str *out)
{
	struct winpath_env env = *system_env();
	char *current = NULL;
	int err = 0;

	if (!redirected)
		env.is_wow64 = false;
	if (!winpath_is_absolute(path))
		err = current_dir(&current);
	if (err != 0)
		return host_fail(err, 0, W_HOST_CANNOT_USE_THE_PATH, path,
				 NULL);
	env.current = current;
	err = fn(path, &env, out);
	mem_free(current);
	return err;
}

int wide_path(const char *path, wchar_t **ret)
{
	struct str out = STR_INIT;
	uint16_t *units = NULL;
	int err;

	err = with_env(winpath_native, path, true, &out);
	if (err == 0)
		err = utf_to_utf16(str_text(&out), &units, NULL);
	if (err == 0)
		*ret = (wchar_t *)units;
	str_release(&out);
	return err;
}

int wide_path_at(const char *dir, const char *name, const char *stream,
		 wchar_t **ret)
{
	struct str path = STR_INIT;
	int err = winpath_join(dir, name, &path);

	if (err == 0 && stream != NULL) {
		if (stream[strcspn(stream, ":\\/")] != '\0')
			err = host_fail(ERR_NAME, 0,
					W_HOST_CANNOT_OPEN_THE_STREAM, name,
					stream);
		str_addf(&path, ":%s", stream);
	}
	if (err == 0 && path.err != 0)
		err = host_fail(path.err, 0, W_HOST_CANNOT_USE_THE_PATH, dir,
				name);
	if (err == 0)
		err = wide_path(str_text(&path), ret);
	str_release(&path);
	return err;
}

int wide_native(const char *path, char **ret)
{
	struct str out = STR_INIT;
	int err = with_env(winpath_native, path, false, &out);

	if (err == 0)
		*ret = str_detach(&out); /* not empty, and without error */
	str_release(&out);
	return err;
}

bool host_is_device_name(const char *path)
{
	return winpath_is_device(path);
}

char *host_absolute_path(const char *path)
{
	struct str out = STR_INIT;

	if (with_env(winpath_absolute, path, false, &out) != 0) {
		str_release(&out);
		return NULL;
	}
	return str_detach(&out);
}

char *host_join(const char *dir, const char *name)
{
	struct str out = STR_INIT;
	const size_t n = strlen(dir);

	str_add(&out, dir);
	if (n > 0 && dir[n - 1] != '\\' && dir[n - 1] != '/')
		str_addch(&out, '\\');
	str_add(&out, name);
	return str_detach(&out);
}

char host_separator(void)
{
	return '\\';
}
