/*
 * A growing byte string with a maximum and a sticky error.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Text inside the program is WTF-8 with two extensions, see base/utf.h.
 * After a failed add `err` is set and later adds do nothing, so a caller may
 * add twenty times and look once.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/fmt.h"
#include <stdarg.h>

struct str {
	char *buf; /* always NUL-ended when not NULL; str_text() never NULL */
	size_t len;
	size_t cap;
	size_t max; /* 0: STR_MAX_DEFAULT */
	int err;    /* ERR_NOMEM or ERR_TOO_LARGE, sticky */
};

#define STR_MAX_DEFAULT ((size_t)64 << 20)
#define STR_INIT                                                               \
	{                                                                      \
		NULL, 0, 0, 0, 0                                               \
	}

void str_init(struct str *s, size_t max_nbytes);
void str_release(struct str *s);
void str_clear(struct str *s); /* length 0, keeps the memory and clears err */
int str_add(struct str *s, const char *text);
int str_addn(struct str *s, const void *bytes, size_t nbytes);
int str_addch(struct str *s, char c);
int str_addf(struct str *s, const char *fmt, ...) FMT_PRINTF(2, 3);
int str_vaddf(struct str *s, const char *fmt, va_list ap) FMT_PRINTF(2, 0);
const char *str_text(const struct str *s); /* "" when empty */
/* Hands the buffer to the caller (mem_free), NULL after an error. */
char *str_detach(struct str *s);

/* ASCII helpers, independent of the locale. */
int ascii_lower(int c);
int ascii_upper(int c);
int ascii_casecmp(const char *a, const char *b);
int ascii_ncasecmp(const char *a, const char *b, size_t n);
bool ascii_starts_with(const char *s, const char *prefix); /* case counts */
bool ascii_istarts_with(const char *s, const char *prefix);
bool ascii_iends_with(const char *s, const char *suffix);
/* The language of words for people is Japanese; else it is English. */
bool lang_is_ja(const char *lang);
/* strlcpy's meaning: bounded, NUL-ended, returns strlen(src). */
size_t str_copy(char *dst, const char *src, size_t dst_nbytes);
/* Strict decimal; false on empty, sign, junk or overflow. */
bool str_parse_u64(const char *s, uint64_t *value_ret);

#endif
