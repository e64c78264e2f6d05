/*
 * What an extension point is called where people read it: one table for
 * reasons, reports and plans.  Texts are static, `lang` is "en" or "ja".
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_POINT_WORDS_H
#define COLLECT_POINT_WORDS_H

#include "collect/point.h"

#include <stdbool.h>

/* As the title of a row: "Browser Helper Object". */
const char *point_title(enum point p, const char *lang);
/* As a thing that can be removed: "Browser Helper Object entry". */
const char *point_entry(enum point p, const char *lang);
/* What it makes of a program: "a Browser Helper Object", "the service %s"; a
 * "%s" stands for the entry's name. */
const char *point_role(enum point p, const char *lang);
/* Who loads what stands there: "Internet Explorer", "Windows". */
const char *point_loader_words(enum point p);

#endif
