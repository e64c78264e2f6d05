/*
 * Colours of a console.  Reports hold escapes, which every Linux terminal and
 * the consoles of Windows 10 since build 10586 understand; an older console
 * would print them, so there they become attributes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * learn.microsoft.com/windows/console/setconsolemode and
 * .../console-virtual-terminal-sequences.
 */
#ifndef HOST_COLOR_H
#define HOST_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum color_form {
	COLOR_NONE,
	COLOR_ATTRIBUTES, /* SetConsoleTextAttribute */
	COLOR_ESCAPES
};

struct color_facts {
	bool is_console;
	bool is_unwanted; /* NO_COLOR */
	bool took_mode;	  /* ENABLE_VIRTUAL_TERMINAL_PROCESSING was taken */
	uint32_t major;	  /* of Windows, and its build; 0: not known */
	uint32_t build;
};

enum color_form color_form_of(const struct color_facts *facts);

/* Text of which the escape comes first, if there is one. */
struct color_piece {
	const char *codes; /* "1;31", without its end; NULL: no escape */
	const char *text;
	size_t nbytes; /* of the text */
};

/* Takes a piece off NUL-ended text; where the next one begins. */
const char *color_next(const char *text, struct color_piece *ret);

/*
 * The attributes of a console after these codes: 0 all as in `usual`, 1 bright,
 * 30 to 37 the letters' colour; others change nothing.  Never letters in the
 * colour that is behind them.
 */
uint16_t color_attributes(const char *codes, uint16_t now, uint16_t usual);

#endif
