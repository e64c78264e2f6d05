/*
 * --exclude patterns and the names of programs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/files.h"
#include "base/str.h"
#include "base/utf.h"
#include <string.h>

static char slash(char c)
{
	return c == '/' ? '\\' : c;
}

/* One code point of pattern and path compared without case. */
static bool same_char(const char **p, const char **s)
{
	uint32_t x, y;

	if (slash(**p) == '\\' && **s == '\\') {
		++*p;
		++*s;
		return true;
	}
	*p += utf_decode(*p, &x);
	*s += utf_decode(*s, &y);
	return utf_upcase(x) == utf_upcase(y);
}

/*
 * Iterative glob with two resume points, so that no pattern takes more than
 * quadratic time.  `**` subsumes `*`.
 */
bool exclude_matches(const char *pattern, const char *wpath)
{
	const char *star = NULL, *star_at = NULL;
	const char *deep = NULL, *deep_at = NULL;
	const char *p = pattern;
	const char *s = wpath;
	uint32_t cp;

	while (*s) {
		if (p[0] == '*' && p[1] == '*') {
			while (*p == '*')
				p++;
			deep = p;
			deep_at = s;
			star = NULL;
			continue;
		}
		if (*p == '*') {
			star = ++p;
			star_at = s;
			continue;
		}
		if (*p == '?' && *s != '\\') {
			p++;
			s += utf_decode(s, &cp);
			continue;
		}
		if (*p && *p != '?' && same_char(&p, &s))
			continue;
		if (star && *star_at != '\\') {
			star_at += utf_decode(star_at, &cp);
			p = star;
			s = star_at;
			continue;
		}
		if (deep) {
			deep_at += utf_decode(deep_at, &cp);
			p = deep;
			s = deep_at;
			star = NULL;
			continue;
		}
		return false;
	}
	while (*p == '*')
		p++;
	/* As completion ends a folder: "C:\Data\" is "C:\Data". */
	if (p > pattern)
		p += strspn(p, "/\\");
	return !*p;
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
