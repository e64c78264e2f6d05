/*
 * Cutting host paths.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host.h"
#include "base/mem.h"

char *host_dirname(const char *path)
{
	const char *end = NULL;

	for (const char *p = path; *p != '\0'; p++) {
		if (*p == host_separator() || *p == '/')
			end = p;
	}
	if (end == NULL)
		return NULL;
	if (end == path || end[-1] == ':')
		end++;
	return mem_strndup(path, (size_t)(end - path));
}
