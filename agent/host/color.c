/*
 * Colours: in which form, and escapes as attributes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/color.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_MAJOR 10u
#define FIRST_BUILD 10586u /* Windows 10, version 1511 */

/* wincon.h: FOREGROUND_BLUE, GREEN, RED, INTENSITY; four bits up, behind. */
#define LETTERS 0x000Fu
#define COLOR	0x0007u
#define BRIGHT	0x0008u

enum color_form color_form_of(const struct color_facts *facts)
{
	if (!facts->is_console || facts->is_unwanted)
		return COLOR_NONE;
	if (facts->took_mode &&
	    (facts->major > FIRST_MAJOR ||
	     (facts->major == FIRST_MAJOR && facts->build >= FIRST_BUILD)))
		return COLOR_ESCAPES;
	return COLOR_ATTRIBUTES;
}

/* How long the escape at `s` is, 0: there is none. */
static size_t escape_nbytes(const char *s)
{
	size_t n;

	if (s[0] != '\x1b' || s[1] != '[')
		return 0;
	n = 2 + strspn(s + 2, "0123456789;");
	return s[n] == 'm' ? n + 1 : 0;
}

const char *color_next(const char *text, struct color_piece *ret)
{
	const size_t n = escape_nbytes(text);
	const char *end;

	ret->codes = n > 0 ? text + 2 : NULL;
	ret->text = text + n;
	end = ret->text + strcspn(ret->text, "\x1b");
	while (*end != '\0' && escape_nbytes(end) == 0)
		end += 1 + strcspn(end + 1, "\x1b");
	ret->nbytes = (size_t)(end - ret->text);
	return end;
}

/* Escapes count red 1, green 2, blue 4; attributes the other way round. */
static uint16_t letters_of(unsigned long code)
{
	return (uint16_t)((code & 1 ? 4 : 0) | (code & 2) | (code & 4 ? 1 : 0));
}

uint16_t color_attributes(const char *codes, uint16_t now, uint16_t usual)
{
	for (;;) {
		char *end;
		const unsigned long code = strtoul(codes, &end, 10);

		if (code == 0)
			now = usual;
		else if (code == 1)
			now = (uint16_t)(now | BRIGHT);
		else if (code >= 30 && code <= 37)
			now = (uint16_t)((now & ~COLOR) |
					 letters_of(code - 30));
		if (*end != ';')
			break;
		codes = end + 1;
	}
	return (now & LETTERS) == ((now >> 4) & LETTERS) ? usual : now;
}
