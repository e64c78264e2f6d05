/*
 * Windows paths as text: forms, components, "..".
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/target.h"

#include <string.h>

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static bool is_drive_letter(char c)
{
	return ascii_upper(c) >= 'A' && ascii_upper(c) <= 'Z';
}

static bool has_drive(const char *s)
{
	return is_drive_letter(s[0]) && s[1] == ':';
}

/* Case and the kind of slash do not count. */
static bool has_head(const char *s, const char *head)
{
	for (; *head; s++, head++) {
		if (is_separator(*head) ? !is_separator(*s)
					: ascii_lower(*s) != ascii_lower(*head))
			return false;
	}
	return true;
}

/*
 * Tells the form and returns where the components start.  The object
 * manager's \??\ and the Win32 \\?\ and \\.\ lead to the same places.
 */
static char *read_form(char *s, struct wpath *p)
{
	bool is_device = has_head(s, "\\\\?\\") || has_head(s, "\\\\.\\") ||
			 has_head(s, "\\??\\");

	if (is_device) {
		s += 4;
		if (has_head(s, "UNC\\")) {
			p->form = WPATH_NETWORK;
			return s + 4;
		}
		if (!has_drive(s) || (s[2] && !is_separator(s[2]))) {
			p->form = WPATH_DEVICE;
			return s;
		}
	}
	if (has_drive(s)) {
		p->drive = (char)ascii_upper(s[0]);
		/* "C:x" hangs on a current folder that nobody has here. */
		p->form = !s[2] || is_separator(s[2]) ? WPATH_DRIVE
						      : WPATH_RELATIVE;
		return s + 2;
	}
	if (is_separator(s[0]) && is_separator(s[1])) {
		p->form = WPATH_NETWORK;
		return s + 2;
	}
	if (has_head(s, "\\SystemRoot") && (!s[11] || is_separator(s[11]))) {
		p->form = WPATH_SYSTEMROOT;
		return s + 11;
	}
	if (has_head(s, "\\Device\\")) {
		p->form = WPATH_DEVICE;
		return s;
	}
	p->form = is_separator(s[0]) ? WPATH_ROOTED : WPATH_RELATIVE;
	return s;
}

static size_t count_parts(const char *s)
{
	size_t n = 1;

	for (; *s; s++)
		n += is_separator(*s);
	return n;
}

static void cut_parts(char *s, struct wpath *p)
{
	while (*s) {
		char *start = s;
		size_t n;

		while (*s && !is_separator(*s))
			s++;
		n = (size_t)(s - start);
		if (*s)
			*s++ = '\0';
		if (n == 0 || (n == 1 && start[0] == '.'))
			continue;
		if (n == 2 && start[0] == '.' && start[1] == '.') {
			if (p->count > 0)
				p->count--;
			continue;
		}
		p->parts[p->count].text = start;
		p->parts[p->count].nbytes = n;
		p->count++;
	}
}

int wpath_split(const char *text, struct wpath *ret)
{
	struct wpath p = { 0 };
	size_t nbytes = strlen(text);
	char *s;

	if (nbytes > TARGET_PATH_MAX_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0, W_TARGET_PATH_LONG,
				(uint64_t)nbytes);
	p.copy = mem_strndup(text, nbytes);
	if (!p.copy)
		goto no_memory;
	s = read_form(p.copy, &p);
	p.parts = mem_array(count_parts(s), sizeof(*p.parts));
	if (!p.parts)
		goto no_memory;
	cut_parts(s, &p);
	*ret = p;
	return 0;

no_memory:
	wpath_release(&p);
	return err_nomem();
}

void wpath_release(struct wpath *p)
{
	mem_free(p->parts);
	mem_free(p->copy);
	memset(p, 0, sizeof(*p));
}

char *wpath_join(const struct wpath *p)
{
	struct str s = STR_INIT;

	if (p->form == WPATH_NETWORK)
		str_addch(&s, '\\');
	if (p->drive) {
		str_addch(&s, p->drive);
		str_addch(&s, ':');
	}
	for (size_t i = 0; i < p->count; i++) {
		if (i > 0 || p->form != WPATH_RELATIVE)
			str_addch(&s, '\\');
		str_addn(&s, p->parts[i].text, p->parts[i].nbytes);
	}
	if (p->count == 0)
		str_addch(&s, '\\');
	return str_detach(&s);
}

char *wpath_append(const char *base, const char *name)
{
	struct str s = STR_INIT;
	size_t n = strlen(base);

	while (n > 0 && base[n - 1] == '\\')
		n--;
	str_addn(&s, base, n);
	str_addch(&s, '\\');
	str_add(&s, name);
	return str_detach(&s);
}

const char *wpath_name(const char *text)
{
	const char *last = strrchr(text, '\\');

	return last ? last + 1 : text;
}

void text_limit(char *text)
{
	size_t n = strlen(text);

	if (n <= TARGET_TEXT_MAX_NBYTES)
		return;
	n = TARGET_TEXT_MAX_NBYTES;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	text[n] = '\0';
}
