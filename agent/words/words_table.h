/*
 * Private to agent/words: the rows that the build makes of en.tsv and ja.tsv.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WORDS_WORDS_TABLE_H
#define WORDS_WORDS_TABLE_H

#include <stddef.h>

struct words_row {
	const char *key; /* "area.name" */
	const char *en;
	const char *ja; /* NULL: not translated */
};

/* In the order of the English texts, each conversion taken as one '%'. */
extern const struct words_row words_rows[];
extern const size_t words_row_count;

#endif
