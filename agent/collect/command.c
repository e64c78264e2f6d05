/*
 * Command lines taken apart as CreateProcess does it; no look at any disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/command.h"

#include <string.h>

/*
 * CreateProcess takes no name of more than MAX_PATH characters out of a line
 * (Microsoft, CreateProcess, lpCommandLine), so none has more blanks.
 */
#define MAX_BLANKS 260u

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

/* Whether it is that program, wherever it lies. */
static bool is_named(const char *program, const char *name)
{
	const char *base = server_basename(program);
	size_t n = strlen(base);

	if (ascii_iends_with(base, ".exe"))
		n -= 4;
	return strlen(name) == n && !ascii_ncasecmp(base, name, n);
}

enum command_argument command_argument_of(const char *program)
{
	static const struct {
		const char *name;
		enum command_argument argument;
	} rows[] = {
		{ "rundll32", COMMAND_DLL },	 { "rundll", COMMAND_DLL },
		{ "regsvr32", COMMAND_DLL },	 { "cmd", COMMAND_PROGRAM },
		{ "start", COMMAND_PROGRAM },	 { "wscript", COMMAND_PROGRAM },
		{ "cscript", COMMAND_PROGRAM },	 { "mshta", COMMAND_PROGRAM },
		{ "explorer", COMMAND_PROGRAM },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_named(program, rows[i].name))
			return rows[i].argument;
	return COMMAND_NONE;
}

/* A switch, blanks in quotes included: /i:"a b", "/i:a b". */
static const char *skip_switch(const char *s)
{
	bool is_quoted = false;

	for (; *s && (is_quoted || !is_blank(*s)); s++)
		if (*s == '"')
			is_quoted = !is_quoted;
	return s;
}

static bool is_switch(const char *s)
{
	s += *s == '"';
	return *s == '/' || *s == '-';
}

const char *command_skip_switches(const char *rest)
{
	rest = skip_blanks(rest);
	while (is_switch(rest))
		rest = skip_blanks(skip_switch(rest));
	return rest;
}

/* cmd /q/c X: behind the /c or /k, which needs no blank; else nothing. */
static const char *cmd_argument(const char *s)
{
	s = skip_blanks(s);
	while (*s == '/' && s[1]) {
		const int letter = ascii_lower((unsigned char)s[1]);

		if (letter == 'c' || letter == 'k' || letter == 'r') {
			s = skip_blanks(s + 2);
			/* cmd /c ""C:\a b\x.exe" y" */
			return s + (s[0] == '"' && s[1] == '"');
		}
		s += 2;
		while (*s && *s != '/' && !is_blank(*s))
			s++;
		s = skip_blanks(s);
	}
	return "";
}

/* start "title" /d folder /min X */
static const char *start_argument(const char *s)
{
	s = skip_blanks(s);
	if (*s == '"')
		s = skip_blanks(skip_switch(s));
	while (*s == '/') {
		const bool is_folder =
			ascii_lower((unsigned char)s[1]) == 'd' &&
			is_blank(s[2]);

		s = skip_blanks(skip_switch(s));
		if (is_folder)
			s = skip_blanks(skip_switch(s));
	}
	/* an empty title behind the switches */
	return s[0] == '"' && s[1] == '"' ? skip_blanks(s + 2) : s;
}

const char *command_argument(const char *program, const char *rest)
{
	if (is_named(program, "cmd"))
		return cmd_argument(rest);
	if (is_named(program, "start"))
		return start_argument(rest);
	return command_skip_switches(rest);
}
