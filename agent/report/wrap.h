/*
 * Text broken into lines of so many columns of a terminal.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

#include "base/str.h"

/*
 * Appends the text in lines behind `indent` blanks, as wide as `columns` (0:
 * in one line).  It breaks at blanks and beside wide characters, never in
 * quotes; what is longer than a line stays whole, so that it can be copied.
 */
void wrap_add(struct str *out, const char *text, size_t indent, size_t columns);
/* The same where the first line's blanks are there already. */
void wrap_add_behind(struct str *out, const char *text, size_t indent,
		     size_t columns);
/* The blanks of an indent. */
void wrap_add_blanks(struct str *out, size_t count);

#endif
