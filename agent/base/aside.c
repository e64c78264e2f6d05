/*
 * Names under which antivirus programs leave what they put aside.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Those that "rename" an infected file (McAfee, Trend Micro, Avira and others
 * of the time) add an ending to its name or put it in place of the old one.
 */
#include "base/aside.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

static const char *const endings[] = { ".vir", ".virus", ".infected",
				       ".quarantine", ".quarantined" };

#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

size_t aside_strip(const char *path)
{
	const char *base = strrchr(path, '\\');

	base = base ? base + 1 : path;
	for (size_t i = 0; i < ENDINGS; i++) {
		if (strlen(base) > strlen(endings[i]) &&
		    ascii_iends_with(base, endings[i]))
			return strlen(path) - strlen(endings[i]);
	}
	return 0;
}

/* Without what stands behind the last dot; one at the begin is no ending. */
static size_t without_extension(const char *base)
{
	const char *dot = strrchr(base, '.');

	return dot && dot != base ? (size_t)(dot - base) : strlen(base);
}

bool aside_is(const char *name, const char *base)
{
	const size_t n = aside_strip(name);

	return n && (utf_ncasecmp(name, n, base, strlen(base)) == 0 ||
		     utf_ncasecmp(name, n, base, without_extension(base)) == 0);
}

char *aside_path(const char *path, size_t i)
{
	const char *base = strrchr(path, '\\');
	struct str s = STR_INIT;
	size_t n;

	base = base ? base + 1 : path;
	n = i < ENDINGS ? strlen(base) : without_extension(base);
	str_addn(&s, path, (size_t)(base - path) + n);
	str_add(&s, endings[i % ENDINGS]);
	return str_detach(&s);
}
