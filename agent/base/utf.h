/*
 * Text as Windows has it: UTF-16 that may be ill-formed, NULs in names.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the program a name is a NUL-ended byte string in "our UTF-8":
 * WTF-8 (a lone surrogate is its three-byte form ED A0..BF xx) with NUL as
 * the overlong C0 80.  Bytes of a Linux name that are no UTF-8 stay as they
 * are.  So every Windows name has one spelling and goes back bit for bit.
 * What leaves the program (store, reports, YARA's variables) goes through
 * utf_escape(), which gives valid UTF-8 (CONTRACT.md section 8).
 */
#ifndef BASE_UTF_H
#define BASE_UTF_H

#include "base/str.h"

/* Append UTF-16LE code units (count, unaligned bytes) as our UTF-8. */
int utf_from_utf16le(struct str *out, const uint8_t *units, size_t count);
/* Append Latin-1 bytes (compressed registry names). */
int utf_from_latin1(struct str *out, const uint8_t *bytes, size_t nbytes);
/*
 * Our UTF-8 to UTF-16 code units in host order; `*units_ret` is NUL-ended,
 * the caller frees it with mem_free; `*count_ret` (may be NULL) leaves the
 * final NUL out.  Undecodable bytes become U+DC80..U+DCFF.
 */
int utf_to_utf16(const char *s, uint16_t **units_ret, size_t *count_ret);

/*
 * Decode one code point of our UTF-8; returns its length in bytes (>= 1) and
 * the value; an undecodable byte gives length 1 and UTF_BAD | byte.
 */
#define UTF_BAD 0x80000000u
size_t utf_decode(const char *s, uint32_t *cp_ret);
/* Append a code point, surrogates and NUL in our forms. */
int utf_encode(struct str *out, uint32_t cp);

/* NTFS-like upper case of one code unit (simple mapping of the BMP). */
uint32_t utf_upcase(uint32_t cp);
/* Compare as NTFS and the registry do: without case, by code unit. */
int utf_casecmp(const char *a, const char *b);
/* The first n bytes only. */
int utf_ncasecmp(const char *a, size_t an, const char *b, size_t bn);
/* Hash that is equal for names that utf_casecmp calls equal. */
uint64_t utf_casehash(const char *s);
/* A new string in upper case (keys of tables); caller frees. */
char *utf_upper_dup(const char *s);

/*
 * Append valid UTF-8 for the outside: lone surrogates, NUL and undecodable
 * bytes as \u{D800}, \u{0}, \x{82}; a backslash before u{ or x{ is doubled.
 */
int utf_escape(struct str *out, const char *s);
/* The same, newly allocated; NULL only without memory (s may be NULL -> NULL).
 */
char *utf_escape_dup(const char *s);
/* The other way round: what utf_escape() wrote, as our UTF-8 again. */
int utf_unescape(struct str *out, const char *s);
/* True if utf_escape() would change it (then the raw name is kept too). */
bool utf_needs_escape(const char *s);
/* Whether it would move, hide or reorder what stands around it. */
bool utf_is_unsafe_to_show(uint32_t cp);
/*
 * Append for a person's terminal or a text file: as utf_escape, and control
 * characters, newlines and bidirectional marks as \u{..} too.
 */
int utf_display(struct str *out, const char *s);
/* Columns that displayed text takes on a terminal (East Asian wide = 2). */
size_t utf_columns(const char *s);

#endif
