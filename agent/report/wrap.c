/*
 * Text broken into lines.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/wrap.h"
#include "base/utf.h"

#include <string.h>

static bool starts_any(const char *text, const char *marks)
{
	uint32_t cp;

	/* The marks are of three bytes each. */
	for (; *marks; marks += utf_decode(marks, &cp))
		if (strncmp(text, marks, 3) == 0)
			return true;
	return false;
}

/* What must not begin a line. */
static bool is_closing(const char *text)
{
	return starts_any(text,
			  "。、」）』】ー・：；"
			  "ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎ") ||
	       *text == ')' || *text == ',' || *text == '.';
}

/* What must not end one. */
static bool is_opening(const char *text)
{
	return starts_any(text, "「（『【") || *text == '(';
}

/* Bytes of what is not broken: a character, or all that stands in quotes. */
static size_t unit_nbytes(const char *text, bool may_open)
{
	static const char *const quotes[][2] = { { "\"", "\"" },
						 { "「", "」" },
						 { "『", "』" } };
	uint32_t cp;

	for (size_t i = 0; may_open && i < 3; i++) {
		const size_t n = strlen(quotes[i][0]);
		const char *end;

		if (strncmp(text, quotes[i][0], n) != 0)
			continue;
		end = strstr(text + n, quotes[i][1]);
		if (end)
			return (size_t)(end - text) + n;
	}
	return utf_decode(text, &cp);
}

static size_t unit_columns(const char *text, size_t nbytes, bool *is_wide_ret)
{
	size_t columns = 0;

	for (size_t at = 0; at < nbytes;) {
		char one[8];
		uint32_t cp;
		const size_t n = utf_decode(text + at, &cp);

		memcpy(one, text + at, n);
		one[n] = '\0';
		*is_wide_ret = utf_columns(one) == 2;
		columns += utf_columns(one);
		at += n;
	}
	return columns;
}

/*
 * Bytes of the first line of text: as much as fits, cut at a blank or beside a
 * wide character.
 */
static size_t line_nbytes(const char *text, size_t columns)
{
	size_t used = 0, at = 0, cut = 0;
	bool was_wide = false, was_opening = true;

	while (text[at] != '\0') {
		/* A quotation mark within a word opens nothing. */
		const bool may_open = at == 0 || was_wide || was_opening ||
				      text[at - 1] == ' ';
		const size_t n = unit_nbytes(text + at, may_open);
		bool is_wide = false, begins_wide = false;
		const size_t width = unit_columns(text + at, n, &is_wide);
		uint32_t cp;

		unit_columns(text + at, utf_decode(text + at, &cp),
			     &begins_wide);
		if (!was_opening && !is_closing(text + at) &&
		    (text[at] == ' ' || begins_wide || was_wide))
			cut = at;
		if (used + width > columns && cut > 0)
			return cut;
		used += width;
		was_wide = is_wide;
		was_opening = n <= 3 && is_opening(text + at);
		at += n;
	}
	return at;
}

void wrap_add_blanks(struct str *out, size_t count)
{
	while (count--)
		str_addch(out, ' ');
}

void wrap_add_behind(struct str *out, const char *text, size_t indent,
		     size_t columns)
{
	const size_t width = columns > indent + 20 ? columns - indent : 20;

	for (bool is_first = true; *text != '\0' || is_first;
	     is_first = false) {
		const size_t n =
			columns ? line_nbytes(text, width) : strlen(text);

		if (!is_first)
			wrap_add_blanks(out, indent);
		str_addn(out, text, n);
		str_add(out, "\n");
		text += n;
		while (*text == ' ')
			text++;
	}
}

void wrap_add(struct str *out, const char *text, size_t indent, size_t columns)
{
	wrap_add_blanks(out, indent);
	wrap_add_behind(out, text, indent, columns);
}
