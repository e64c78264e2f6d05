/*
 * Command lines taken apart as CreateProcess does it; no look at any disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/command.h"

#include <string.h>

/* A line with more blanks than this in the program's name is nobody's. */
#define MAX_BLANKS 64u

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_blanks(const char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

bool command_name(const char *line, unsigned n, struct str *name_ret,
		  const char **rest_ret)
{
	const char *s = skip_blanks(line);
	const char *end = s;

	str_clear(name_ret);
	if (*s == '"') {
		end = strchr(++s, '"');
		if (!end)
			end = s + strlen(s);
		str_addn(name_ret, s, (size_t)(end - s));
		*rest_ret = *end ? end + 1 : end;
		return n == 0 && end > s;
	}
	if (n >= MAX_BLANKS)
		return false;
	for (;;) {
		while (*end && !is_blank(*end))
			end++;
		if (!n-- || !*end)
			break;
		end = skip_blanks(end);
		if (!*end) /* blanks at the end are no further name */
			return false;
	}
	if (n != (unsigned)-1 || end == s)
		return false;
	str_addn(name_ret, s, (size_t)(end - s));
	*rest_ret = end;
	return true;
}

/* ".exe" at the end of a name, or of it without its arguments' comma. */
static bool is_program_name(const char *name)
{
	static const char *const ends[] = {
		".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".dll", ".ocx",
		".cpl", ".sys", ".ax",	".vbs", ".vbe", ".js",	".jse", ".wsf",
		".hta", ".lnk", ".msc", ".msi", ".tmp", ".dat",
	};
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ascii_iends_with(name, ends[i]))
			return true;
	return false;
}

static bool is_rooted(const char *name)
{
	return name[0] == '\\' || name[0] == '/' || (name[0] && name[1] == ':');
}

unsigned command_guess(const char *line)
{
	struct str name = STR_INIT;
	const char *rest;
	unsigned n = 0;
	unsigned last = 0;

	for (; command_name(line, n, &name, &rest); n++) {
		/* Without a folder it is a name, and what follows is not. */
		if (!is_rooted(str_text(&name)) ||
		    is_program_name(str_text(&name))) {
			last = n;
			break;
		}
		last = n;
	}
	str_release(&name);
	return last;
}

enum command_argument command_argument_of(const char *program)
{
	static const struct {
		const char *name;
		enum command_argument argument;
	} rows[] = {
		{ "rundll32", COMMAND_DLL },	{ "rundll", COMMAND_DLL },
		{ "regsvr32", COMMAND_DLL },	{ "cmd", COMMAND_PROGRAM },
		{ "wscript", COMMAND_PROGRAM }, { "cscript", COMMAND_PROGRAM },
		{ "mshta", COMMAND_PROGRAM },	{ "explorer", COMMAND_PROGRAM },
	};

	const char *base = server_basename(program);
	size_t n = strlen(base);
	size_t i;

	if (ascii_iends_with(base, ".exe"))
		n -= 4;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].name) == n &&
		    !ascii_ncasecmp(base, rows[i].name, n))
			return rows[i].argument;
	return COMMAND_NONE;
}

const char *command_skip_switches(const char *rest)
{
	rest = skip_blanks(rest);
	while (*rest == '/' || *rest == '-') {
		while (*rest && !is_blank(*rest))
			rest++;
		rest = skip_blanks(rest);
	}
	/* cmd /c ""C:\a b\x.exe" y" */
	if (rest[0] == '"' && rest[1] == '"')
		rest++;
	return rest;
}
