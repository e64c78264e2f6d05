/*
 * Names under which antivirus programs leave what they put aside:
 * "lib.dll.vir" or "lib.vir" of "lib.dll".
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ASIDE_H
#define BASE_ASIDE_H

#include <stdbool.h>
#include <stddef.h>

/* How much of such a path is left without its ending; 0: it is none. */
size_t aside_strip(const char *path);
/* Whether a file of that name is what was once called `base`. */
bool aside_is(const char *name, const char *base);

#define ASIDE_PATHS 10
/* The i-th path under which it may lie; caller frees, NULL without memory. */
char *aside_path(const char *path, size_t i);

#endif
