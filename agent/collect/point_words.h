/*
 * What an extension point is called where people read it, English and
 * Japanese: one table for reasons, reports and plans.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_POINT_WORDS_H
#define COLLECT_POINT_WORDS_H

#include "collect/point.h"

#include <stdbool.h>

struct point_words {
	/* As the title of a row: "Browser Helper Object". */
	const char *title_en, *title_ja;
	/* What it makes of a program: "a Browser Helper Object"; where
	 * is_named the entry's name follows: "the service ". */
	const char *role_en, *role_ja;
	/* As a thing that can be removed: "Browser Helper Object entry". */
	const char *entry_en, *entry_ja;
	bool is_named;
	bool is_windows; /* Windows starts or loads it, not the browser */
};

/* Never NULL for a point of the enum. */
const struct point_words *point_words_of(enum point p);
/* Who loads what stands there: "Internet Explorer", "Windows". */
const char *point_loader_words(enum point p);

#endif
