/*
 * What a Wine can do of what Windows does; tests that need it ask first.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_WINE_WIN32_H
#define TESTS_WINE_WIN32_H

#include <stdbool.h>

/*
 * A read-only file in the folder stays that when it is asked to keep its times,
 * as a scan does: Wine 10 clears the attribute.
 */
bool wine_keeps_read_only(const char *dir);

/*
 * The system's catalogs can be searched by the digest that CryptCATAdmin gives:
 * Wine 10 gives SHA-256 and searches by SHA-1 only (error 87).
 */
bool wine_searches_catalogs(void);

#endif
