/*
 * What a Wine can do of what Windows does; tests that need it ask first.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_WINE_WIN32_H
#define TESTS_WINE_WIN32_H

#include <stdbool.h>

/*
 * A read-only file in the folder stays that when it is asked to keep its times,
 * as a scan does: Wine 10 clears the attribute, and Wine 8 gives a handle that
 * may do so to root only.
 */
bool wine_keeps_read_only(const char *dir);

#define SKIP_IF_READ_ONLY_IS_LOST(dir)                                         \
	do {                                                                   \
		if (!wine_keeps_read_only(dir))                                \
			UNIT_SKIP("this Wine keeps \"read-only\" not as "      \
				  "Windows does");                             \
	} while (0)

/*
 * The system's catalogs can be searched by the digest that CryptCATAdmin gives:
 * Wine 10 gives SHA-256 and searches by SHA-1 only (error 87).
 */
bool wine_searches_catalogs(void);

#endif
