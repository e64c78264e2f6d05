/*
 * Patterns of Windows paths: --exclude, allow-lists.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/*
 * The whole path: ? is one character but '\', * any number of those, ** any
 * number of any; no case, and nothing else is special.  Both are our UTF-8.
 * No pattern takes more than the product of the lengths squared.
 */
bool glob_matches(const char *pattern, const char *path);

#endif
