/*
 * What a Wine can do of what Windows does; tests that need it ask first.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_WINE_WIN32_H
#define TESTS_WINE_WIN32_H

#include <stdbool.h>

/*
 * A file in the folder is read-only when it was made so, by its path and by a
 * handle: not for root in Wine 10.
 */
bool wine_keeps_read_only(const char *dir);

/*
 * The system's catalogs can be searched by the digest that CryptCATAdmin gives:
 * Wine 10 gives SHA-256 and searches by SHA-1 only (error 87).
 */
bool wine_searches_catalogs(void);

#endif
