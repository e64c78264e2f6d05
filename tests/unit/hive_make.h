/*
 * Small registry hives for tests, made in memory: keys, values, links.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The format is written by hand and not through hivex, so that a test does
 * not check a library against itself.  One bin, no security but one empty
 * descriptor, lists of any length in one "lh" cell (the real ones split at
 * about 500).
 */
#ifndef TESTS_HIVE_MAKE_H
#define TESTS_HIVE_MAKE_H

#include <stddef.h>
#include <stdint.h>

struct hive_make;

struct hive_make *hive_make_new(void);
void hive_make_free(struct hive_make *h);
/* The key and all keys above it; names are our UTF-8. */
void hive_make_key(struct hive_make *h, const char *path);
/* A key with the flag of a registry link. */
void hive_make_link(struct hive_make *h, const char *path, const char *to);
void hive_make_value(struct hive_make *h, const char *path, const char *name,
		     uint32_t type, const void *data, size_t nbytes);
/* Text as UTF-16 with its final NUL; "" is the default value. */
void hive_make_text(struct hive_make *h, const char *path, const char *name,
		    const char *text);
void hive_make_expand(struct hive_make *h, const char *path, const char *name,
		      const char *text);
void hive_make_dword(struct hive_make *h, const char *path, const char *name,
		     uint32_t value);
/* The hive's bytes; caller frees with mem_free. */
uint8_t *hive_make_finish(struct hive_make *h, size_t *nbytes_ret);

#endif
