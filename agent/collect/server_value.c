/*
 * Values of servers: which file a command line or a URL names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/str.h"
#include "collect/server.h"

#include <string.h>

/* What may stand in front of arguments in a value that is not quoted. */
static const char *const program_ends[] = {
	".dll", ".exe", ".ocx", ".cpl", ".ax", ".scr", ".com", ".bat", ".cmd",
};

static const char *const launchers[] = {
	"rundll32",   "rundll32.exe", "rundll",
	"rundll.exe", "regsvr32",     "regsvr32.exe",
};

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static const char *skip_blanks(const char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

/* A prefix whose separators may be either way round; 0: another text. */
size_t server_prefix(const char *s, const char *prefix)
{
	size_t i;

	for (i = 0; prefix[i]; i++) {
		if (prefix[i] == '\\' && is_separator(s[i]))
			continue;
		if (ascii_lower((unsigned char)s[i]) !=
		    ascii_lower((unsigned char)prefix[i]))
			return 0;
	}
	return i;
}

/* ---- command lines ----------------------------------------------------- */

static bool is_launcher(const char *token, size_t nbytes)
{
	size_t start = nbytes;
	size_t i;

	while (start && !is_separator(token[start - 1]))
		start--;
	for (i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++)
		if (strlen(launchers[i]) == nbytes - start &&
		    !ascii_ncasecmp(token + start, launchers[i],
				    nbytes - start))
			return true;
	return false;
}

static bool is_program_end(const char *s, size_t *nbytes_ret)
{
	size_t i;

	for (i = 0; i < sizeof(program_ends) / sizeof(program_ends[0]); i++) {
		size_t n = strlen(program_ends[i]);

		if (!ascii_ncasecmp(s, program_ends[i], n)) {
			*nbytes_ret = n;
			return true;
		}
	}
	return false;
}

/* Length of the file name at the start of an unquoted value. */
static size_t unquoted_length(const char *s, bool is_argument)
{
	const char *p;
	size_t n;

	for (p = s; *p; p++) {
		if (is_argument && *p == ',')
			return (size_t)(p - s);
		if (*p != '.' || !is_program_end(p, &n) || !is_blank(p[n]))
			continue;
		/* "a.exe -Embedding", but not "C:\my.com files\a.dll" */
		if (strchr("/-\"%", *skip_blanks(p + n)))
			return (size_t)(p + n - s);
	}
	return (size_t)(p - s);
}

/* What rundll32 or regsvr32 is told to load: behind the switches. */
static const char *launcher_argument(const char *s)
{
	s = skip_blanks(s);
	while (*s == '/' || *s == '-') {
		while (*s && !is_blank(*s))
			s++;
		s = skip_blanks(s);
		if (*s == '{') /* rundll32 -sta {CLSID} */
			break;
	}
	return s;
}

static int add_without_quotes(struct str *out, const char *s, size_t nbytes)
{
	size_t i;

	/* No file name holds a quotation mark. */
	for (i = 0; i < nbytes; i++)
		if (s[i] != '"')
			str_addch(out, s[i]);
	return out->err;
}

/* The file named by a value that may be quoted or carry arguments. */
int server_take_file(struct str *out, const char *s, bool is_argument,
		     bool *cut_ret)
{
	const char *end;
	const char *rest;
	size_t n;

	s = skip_blanks(s);
	if (*s == '"') {
		end = strchr(s + 1, '"');
		n = end ? (size_t)(end - s - 1) : strlen(s + 1);
		rest = end ? end + 1 : "";
		s++;
	} else {
		for (n = 0; s[n] && !is_blank(s[n]); n++)
			;
		rest = s + n;
		if (!is_launcher(s, n)) {
			n = unquoted_length(s, is_argument);
			rest = s + n;
		}
	}
	if (*skip_blanks(rest))
		*cut_ret = true;
	if (!is_argument && is_launcher(s, n) && *launcher_argument(rest))
		return server_take_file(out, launcher_argument(rest), true,
					cut_ret);
	return add_without_quotes(out, s, n);
}

/* ---- URLs -------------------------------------------------------------- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)ascii_lower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; a coded NUL ends the text. */
static void percent_decode(char *s)
{
	char *out = s;

	while (*s) {
		const int high = s[0] == '%' ? hex_value(s[1]) : -1;
		const int low = high >= 0 ? hex_value(s[2]) : -1;

		if (low >= 0) {
			*out = (char)(16 * high + low);
			if (!*out)
				return;
			out++;
			s += 3;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* "http:", "javascript:"; one letter is a drive. */
static bool has_scheme(const char *s)
{
	size_t n = 0;

	while (is_letter(s[n]) || (n && ((s[n] >= '0' && s[n] <= '9') ||
					 strchr("+-.", s[n]) != NULL))) {
		if (!s[n])
			return false;
		n++;
	}
	/* "name.dll:stream" is a file: a scheme is followed by no stream. */
	return n > 1 && s[n] == ':' && !memchr(s, '.', n);
}

/*
 * file: and res: name files; their path is moved to the front.  Any other
 * scheme is no file of this disk.
 */
bool server_unwrap_url(char *s)
{
	char *path = s;
	char *end;
	size_t n;

	if (server_prefix(s, "res:\\\\")) {
		path = s + 6;
		end = path;
		while (*end &&
		       !(is_program_end(end, &n) && is_separator(end[n])))
			end++;
		if (*end)
			end[n] = '\0';
	} else if (server_prefix(s, "file:")) {
		path = s + 5;
		for (n = 0; is_separator(path[n]); n++)
			;
		if (is_letter(path[n]) &&
		    (path[n + 1] == ':' || path[n + 1] == '|')) {
			path += n;
			path[1] = ':';
		} else if (n > 2) {
			path += n - 2; /* file://///server, file:///server */
		}
	} else {
		return has_scheme(s);
	}
	memmove(s, path, strlen(path) + 1);
	percent_decode(s);
	return false;
}
