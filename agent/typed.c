/*
 * The nearest word, and dashes that a mail changed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "typed.h"
#include "base/str.h"
#include "base/utf.h"
#include <string.h>

/* The longest word of a command line; what is longer is near to none. */
#define WORD_MAX 32u

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters wrong, missing, too many, or two that have changed places. */
static size_t distance(const char *a, size_t an, const char *b, size_t bn)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= an; i++)
		d[i][0] = i;
	for (size_t k = 0; k <= bn; k++)
		d[0][k] = k;
	for (size_t i = 1; i <= an; i++) {
		for (size_t k = 1; k <= bn; k++) {
			const int x = ascii_lower((unsigned char)a[i - 1]);
			const int y = ascii_lower((unsigned char)b[k - 1]);
			size_t n = d[i - 1][k - 1] + (x != y);

			n = smaller(n, d[i - 1][k] + 1);
			n = smaller(n, d[i][k - 1] + 1);
			if (i > 1 && k > 1 &&
			    x == ascii_lower((unsigned char)b[k - 2]) &&
			    y == ascii_lower((unsigned char)a[i - 2]))
				n = smaller(n, d[i - 2][k - 2] + 1);
			d[i][k] = n;
		}
	}
	return d[an][bn];
}

void nearest_try(struct nearest *n, const char *typed, size_t typed_nbytes,
		 const char *word)
{
	const size_t word_nbytes = strlen(word);
	size_t far;

	if (!typed_nbytes || typed_nbytes > WORD_MAX || word_nbytes > WORD_MAX)
		return;
	far = distance(typed, typed_nbytes, word, word_nbytes);
	if (far > 1 && typed_nbytes > 1 && typed_nbytes < word_nbytes &&
	    ascii_ncasecmp(typed, word, typed_nbytes) == 0)
		far = 1;
	if (far > (word_nbytes + 2) / 3 || far >= word_nbytes)
		return;
	if (n->word && n->distance <= far)
		return;
	n->word = word;
	n->distance = far;
}

size_t typed_dash(const char *text)
{
	uint32_t cp = 0;
	const size_t nbytes = *text ? utf_decode(text, &cp) : 0;

	/* Hyphens and dashes, minus, small and wide hyphen, the long vowel
	 * that a Japanese keyboard has where others have the hyphen. */
	if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xFE58 ||
	    cp == 0xFE63 || cp == 0xFF0D || cp == 0x30FC || cp == 0xFF70)
		return nbytes;
	return 0;
}

const char *typed_name(const char *text)
{
	for (;;) {
		const size_t dash = typed_dash(text);

		if (!dash && *text != '-' && *text != '/')
			return text;
		text += dash ? dash : 1;
	}
}

bool typed_is_option(const char *text)
{
	return *text == '-' || *text == '/' || typed_dash(text);
}
