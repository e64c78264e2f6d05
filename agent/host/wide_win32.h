/*
 * Between our UTF-8 and what Windows' W functions take.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every path that goes to Windows goes through wide_path().
 */
#ifndef HOST_WIDE_WIN32_H
#define HOST_WIDE_WIN32_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* The \\?\ form with Sysnative; caller frees with mem_free. */
int wide_path(const char *path, wchar_t **ret);
/* The same of dir\name, or of dir\name:stream. */
int wide_path_at(const char *dir, const char *name, const char *stream,
		 wchar_t **ret);
/* The \\?\ form in our UTF-8, without Sysnative; caller frees. */
int wide_native(const char *path, char **ret);
/* Windows shows this program another file than the one that it names. */
bool wide_is_redirected(const wchar_t *wide);
/* Text that is no path. */
wchar_t *wide_from_utf8(const char *text);
char *wide_to_utf8(const wchar_t *text);
char *wide_to_utf8_n(const wchar_t *text, size_t nchars);

#endif
