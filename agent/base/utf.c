/*
 * Conversions between UTF-16, our UTF-8 and the outside's UTF-8.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/utf.h"
#include "base/err.h"
#include "base/bytes.h"
#include "base/mem.h"
#include <string.h>

static bool is_high(uint32_t u)
{
	return u >= 0xD800 && u <= 0xDBFF;
}

static bool is_low(uint32_t u)
{
	return u >= 0xDC00 && u <= 0xDFFF;
}

static bool is_surrogate(uint32_t u)
{
	return u >= 0xD800 && u <= 0xDFFF;
}

int utf_encode(struct str *out, uint32_t cp)
{
	char b[4];
	size_t n;

	if (cp == 0) {
		b[0] = (char)0xC0;
		b[1] = (char)0x80;
		n = 2;
	} else if (cp < 0x80) {
		b[0] = (char)cp;
		n = 1;
	} else if (cp < 0x800) {
		b[0] = (char)(0xC0 | cp >> 6);
		b[1] = (char)(0x80 | (cp & 0x3F));
		n = 2;
	} else if (cp < 0x10000) {
		b[0] = (char)(0xE0 | cp >> 12);
		b[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		b[2] = (char)(0x80 | (cp & 0x3F));
		n = 3;
	} else {
		b[0] = (char)(0xF0 | cp >> 18);
		b[1] = (char)(0x80 | (cp >> 12 & 0x3F));
		b[2] = (char)(0x80 | (cp >> 6 & 0x3F));
		b[3] = (char)(0x80 | (cp & 0x3F));
		n = 4;
	}
	return str_addn(out, b, n);
}

static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC0 && lead < 0xE0)
		return 2;
	if (lead >= 0xE0 && lead < 0xF0)
		return 3;
	if (lead >= 0xF0 && lead < 0xF5)
		return 4;
	return 0;
}

size_t utf_decode(const char *s, uint32_t *cp_ret)
{
	static const uint32_t smallest[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	size_t n = sequence_length(p[0]);
	uint32_t cp;

	if (n == 1) {
		*cp_ret = p[0];
		return 1;
	}
	if (!n)
		goto bad;
	cp = p[0] & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			goto bad;
		cp = cp << 6 | (p[i] & 0x3F);
	}
	/* The only overlong form that is ours is NUL. */
	if (cp < smallest[n] && !(n == 2 && cp == 0))
		goto bad;
	if (cp > 0x10FFFF)
		goto bad;
	*cp_ret = cp;
	return n;
bad:
	*cp_ret = UTF_BAD | p[0];
	return 1;
}

int utf_from_utf16le(struct str *out, const uint8_t *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t u = bytes_le16(units + 2 * i);

		if (is_high(u) && i + 1 < count) {
			uint32_t v = bytes_le16(units + 2 * i + 2);

			if (is_low(v)) {
				u = 0x10000 + ((u - 0xD800) << 10) +
				    (v - 0xDC00);
				i++;
			}
		}
		utf_encode(out, u);
	}
	return out->err;
}

int utf_from_latin1(struct str *out, const uint8_t *bytes, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++)
		utf_encode(out, bytes[i]);
	return out->err;
}

int utf_to_utf16(const char *s, uint16_t **units_ret, size_t *count_ret)
{
	/* No byte gives more than one unit. */
	uint16_t *units = mem_array(strlen(s) + 1, sizeof(*units));
	size_t count = 0;

	if (!units)
		return err_nomem();
	while (*s) {
		uint32_t cp;

		s += utf_decode(s, &cp);
		if (cp & UTF_BAD)
			cp = 0xDC00 | (cp & 0xFF);
		if (cp >= 0x10000) {
			cp -= 0x10000;
			units[count++] = (uint16_t)(0xD800 | cp >> 10);
			cp = 0xDC00 | (cp & 0x3FF);
		}
		units[count++] = (uint16_t)cp;
	}
	units[count] = 0;
	*units_ret = units;
	if (count_ret)
		*count_ret = count;
	return 0;
}

/* Next code point for comparing; end is 0 (a real NUL counts as 0x110000). */
static uint32_t next_folded(const char **s, const char *end)
{
	uint32_t cp;
	size_t n;

	if (*s >= end)
		return 0;
	if ((unsigned char)**s < 0x80) {
		cp = (unsigned char)*(*s)++;
		return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
	}
	n = utf_decode(*s, &cp);
	*s += n;
	if (*s > end)
		*s = end;
	return cp ? utf_upcase(cp) : 0x110000;
}

int utf_ncasecmp(const char *a, size_t an, const char *b, size_t bn)
{
	const char *a_end = a + an;
	const char *b_end = b + bn;

	for (;;) {
		uint32_t x = next_folded(&a, a_end);
		uint32_t y = next_folded(&b, b_end);

		if (x != y)
			return x < y ? -1 : 1;
		if (!x)
			return 0;
	}
}

int utf_casecmp(const char *a, const char *b)
{
	return utf_ncasecmp(a, strlen(a), b, strlen(b));
}

uint64_t utf_casehash(const char *s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *end = s + strlen(s);
	uint32_t c;

	/* FNV-1a over folded code points, then a final mix for the low bits. */
	while ((c = next_folded(&s, end)) != 0)
		hash = (hash ^ c) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

char *utf_upper_dup(const char *s)
{
	struct str out = STR_INIT;

	while (*s) {
		uint32_t cp;
		size_t n = utf_decode(s, &cp);

		if (cp & UTF_BAD)
			str_addch(&out, *s);
		else
			utf_encode(&out, utf_upcase(cp));
		s += n;
	}
	return str_detach(&out);
}

/* What valid UTF-8 cannot say. */
static bool needs_escape(uint32_t cp)
{
	return cp & UTF_BAD || is_surrogate(cp) || cp == 0;
}

/* \u{..} or \x{..} for that. */
static void add_escaped(struct str *out, uint32_t cp)
{
	if (cp & UTF_BAD)
		str_addf(out, "\\x{%02X}", (unsigned)(cp & 0xFF));
	else
		str_addf(out, "\\u{%X}", (unsigned)cp);
}

static bool starts_our_escape(const char *s)
{
	return s[0] == '\\' && (s[1] == 'u' || s[1] == 'x') && s[2] == '{';
}

/* Nearly all text is plain, and each file's name and folder come through. */
int utf_escape(struct str *out, const char *s)
{
	const char *plain = s; /* not yet appended */

	while (*s) {
		uint32_t cp = (unsigned char)*s;
		size_t n = cp < 0x80 ? 1 : utf_decode(s, &cp);

		if (starts_our_escape(s)) {
			str_addn(out, plain, (size_t)(s - plain));
			str_add(out, "\\\\");
			plain = s + n;
		} else if (needs_escape(cp)) {
			str_addn(out, plain, (size_t)(s - plain));
			add_escaped(out, cp);
			plain = s + n;
		}
		s += n;
	}
	return str_addn(out, plain, (size_t)(s - plain));
}

char *utf_escape_dup(const char *s)
{
	struct str out = STR_INIT;

	if (!s)
		return NULL;
	if (!utf_needs_escape(s))
		return mem_strdup(s);
	utf_escape(&out, s);
	return str_detach(&out);
}

/* Hex digits and the closing brace at `s`; 0: no escape of ours. */
static size_t escape_value(const char *s, uint32_t max, uint32_t *value_ret)
{
	uint32_t value = 0;
	size_t n = 0;

	for (; s[n] && s[n] != '}' && n < 6; n++) {
		const char c = s[n];

		if (c >= '0' && c <= '9')
			value = value * 16 + (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			value = value * 16 + (uint32_t)(c - 'A') + 10;
		else
			return 0;
	}
	if (n == 0 || s[n] != '}' || value > max)
		return 0;
	*value_ret = value;
	return n + 1;
}

int utf_unescape(struct str *out, const char *s)
{
	while (*s) {
		uint32_t value;
		size_t n;

		if (s[0] == '\\' && s[1] == '\\' && starts_our_escape(s + 1)) {
			/* The doubled one: what follows is plain text. */
			str_addn(out, s + 1, 3);
			s += 4;
			continue;
		}
		if (!starts_our_escape(s)) {
			str_addch(out, *s++);
			continue;
		}
		n = escape_value(s + 3, s[1] == 'x' ? 0xFF : 0xFFFF, &value);
		if (n == 0) {
			str_addch(out, *s++);
			continue;
		}
		if (s[1] == 'x')
			str_addch(out, (char)value);
		else
			utf_encode(out, value);
		s += 3 + n;
	}
	return out->err;
}

bool utf_needs_escape(const char *s)
{
	while (*s) {
		uint32_t cp = (unsigned char)*s;
		size_t n = cp < 0x80 ? 1 : utf_decode(s, &cp);

		if (starts_our_escape(s) || needs_escape(cp))
			return true;
		s += n;
	}
	return false;
}

bool utf_is_unsafe_to_show(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C ||
	       (cp >= 0x200B && cp <= 0x200F) ||
	       (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF ||
	       (cp >= 0xFFF9 && cp <= 0xFFFB) ||
	       (cp >= 0xE0000 && cp <= 0xE007F);
}

int utf_display(struct str *out, const char *s)
{
	while (*s) {
		uint32_t cp;
		size_t n = utf_decode(s, &cp);

		if (starts_our_escape(s))
			str_add(out, "\\\\");
		else if (needs_escape(cp))
			add_escaped(out, cp);
		else if (utf_is_unsafe_to_show(cp))
			str_addf(out, "\\u{%X}", (unsigned)cp);
		else
			str_addn(out, s, n);
		s += n;
	}
	return out->err;
}

static bool is_combining(uint32_t cp)
{
	return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x3099 && cp <= 0x309A) ||
	       (cp >= 0xFE00 && cp <= 0xFE0F);
}

static bool is_wide(uint32_t cp)
{
	return (cp >= 0x1100 && cp <= 0x115F) ||
	       (cp >= 0x2E80 && cp <= 0xA4CF) ||
	       (cp >= 0xAC00 && cp <= 0xD7A3) ||
	       (cp >= 0xF900 && cp <= 0xFAFF) ||
	       (cp >= 0xFE30 && cp <= 0xFE6F) ||
	       (cp >= 0xFF00 && cp <= 0xFF60) ||
	       (cp >= 0xFFE0 && cp <= 0xFFE6) ||
	       (cp >= 0x1F300 && cp <= 0x1FAFF) ||
	       (cp >= 0x20000 && cp <= 0x3FFFD);
}

size_t utf_columns(const char *s)
{
	size_t columns = 0;

	while (*s) {
		uint32_t cp;

		s += utf_decode(s, &cp);
		if (!is_combining(cp))
			columns += is_wide(cp) ? 2 : 1;
	}
	return columns;
}
