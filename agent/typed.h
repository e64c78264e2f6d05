/*
 * What a person typed that is not understood: the nearest word that is, and
 * the dashes and slashes that stand in front of options elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TYPED_H
#define TYPED_H

#include <stdbool.h>
#include <stddef.h>

/* The word of a table that is nearest to what was typed. */
struct nearest {
	const char *word; /* NULL: none is near enough */
	size_t distance;
};

#define NEAREST_INIT                                                           \
	{                                                                      \
		NULL, 0                                                        \
	}

/*
 * Looks at one word of the table; without regard to case.  Near is: a third
 * of its letters wrong, left out, too many or changed in place, at most, or
 * typed is how it begins.
 */
void nearest_try(struct nearest *n, const char *typed, size_t typed_nbytes,
		 const char *word);

/*
 * Length in bytes of a dash in front of `text` that is no plain hyphen: what
 * mail and text programs make of "-" and "--", and the wide one of a Japanese
 * keyboard.  0: there is none.
 */
size_t typed_dash(const char *text);
/* Behind all that stands in front of an option's name: -, --, /, any dash. */
const char *typed_name(const char *text);
/* It begins as an option does, here or elsewhere. */
bool typed_is_option(const char *text);

#endif
