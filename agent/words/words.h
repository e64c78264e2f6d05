/*
 * All texts for people, one table per language (en.tsv, ja.tsv).
 * SPDX-License-Identifier: Apache-2.0
 *
 * The build makes W_AREA_NAME of the row "area.name": its English text, a
 * literal, so that compilers check what printf gets.  Inside the program and
 * in the store sentences are English; a front end translates what it shows.
 * Tables are in the program and never change, so all of it may be called by
 * any thread.
 */
#ifndef WORDS_WORDS_H
#define WORDS_WORDS_H

#include "base/str.h"

/*
 * A text without arguments in `lang` ("en", "ja"); one that has no row, or is
 * asked for in English, is returned itself.
 */
const char *words_in(const char *en, const char *lang);

/*
 * Appends a text with its arguments.  They are put in as they are; a sentence
 * among them is translated first by words_translate().  0 or out's error.
 */
int words_add(struct str *out, const char *lang, const char *en, ...)
	FMT_PRINTF(3, 4);

/*
 * Appends a finished English sentence in `lang`: the row whose text it is
 * with arguments put in, and of these again what is a sentence and stands in
 * no quotes.  What no row tells is appended as it is, so nothing is lost; a
 * name in quotes is never changed.  0 or out's error.
 */
int words_translate(struct str *out, const char *lang, const char *sentence);

#endif
