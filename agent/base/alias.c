/*
 * Other paths of the same file, see alias.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/alias.h"

#include "base/str.h"

#include <string.h>

/* Where a program of a user lies to whom writing to Program Files is
 * diverted; what follows is the path without its drive. */
static const char store[] = "\\AppData\\Local\\VirtualStore\\";

size_t alias_nbytes(const char *path)
{
	size_t n = strlen(path);

	while (n && (path[n - 1] == '.' || path[n - 1] == ' '))
		n--;
	return n;
}

const char *alias_virtual(const char *path)
{
	const size_t n = sizeof(store) - 1;

	if (!path[0] || path[1] != ':')
		return NULL;
	for (const char *at = path; *at; at++) {
		if (*at == '\\' && ascii_ncasecmp(at, store, n) == 0)
			return at + n - 1;
	}
	return NULL;
}
