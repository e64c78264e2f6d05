/*
 * --exclude patterns and the names of programs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/files.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/str.h"
#include <string.h>

bool exclude_matches(const char *pattern, const char *wpath)
{
	char *p = mem_strdup(pattern);
	size_t n = p ? strlen(p) : 0;
	bool matches;

	for (size_t i = 0; i < n; i++)
		if (p[i] == '/')
			p[i] = '\\';
	matches = p && glob_matches(p, wpath);
	/* As completion ends a folder: "C:\Data\" is "C:\Data". */
	while (!matches && n > 1 && p[n - 1] == '\\') {
		p[--n] = '\0';
		matches = glob_matches(p, wpath);
	}
	mem_free(p);
	return matches;
}

static bool ends_with(const char *name, size_t n, const char *ending)
{
	const size_t ending_n = strlen(ending);

	return n >= ending_n &&
	       ascii_ncasecmp(name + n - ending_n, ending, ending_n) == 0;
}

/* A loader asks for "mstmp." as for "mstmp"; a disk can hold both. */
static size_t plain_nbytes(const char *name)
{
	size_t n = strlen(name);

	while (n && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	return n;
}

bool has_program_ending(const char *name)
{
	static const char *const endings[] = {
		".exe", ".dll", ".ocx", ".sys", ".scr", ".cpl",
		".com", ".drv", ".ax",	".tlb", ".jar", ".class",
		".swf", ".bat", ".cmd", ".vbs", ".js",	".wsf",
		".hta", ".msi", ".pif", ".sig", ".bho",
	};
	const size_t n = plain_nbytes(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (ends_with(name, n, endings[i]))
			return true;
	}
	return false;
}

bool is_named_like_program(const char *name)
{
	/* The downloader of this outbreak has no extension at all. */
	return has_program_ending(name) ||
	       !memchr(name, '.', plain_nbytes(name));
}

bool is_program_renamed(const char *name)
{
	static const char *const endings[] = { ".exe", ".dll", ".ocx", ".scr",
					       ".bho" };
	const size_t n = plain_nbytes(name);
	size_t cut = n;

	while (cut && name[cut - 1] != '.')
		cut--;
	/* Not ".com", which stands in "user@example.com.ost". */
	for (size_t i = 0; cut && i < sizeof(endings) / sizeof(endings[0]);
	     i++) {
		if (ends_with(name, cut - 1, endings[i]))
			return !ends_with(name, n, ".log");
	}
	return false;
}
