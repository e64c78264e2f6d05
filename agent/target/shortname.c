/*
 * 8.3 names: which long name could NTFS have shortened that way.
 * SPDX-License-Identifier: Apache-2.0
 *
 * NTFS drops spaces and all dots but the last, replaces what FAT forbids by
 * "_", keeps six characters and appends ~1 … ~4; from the fifth on it keeps
 * two, adds four hex digits of a hash of the long name, and counts anew.
 * How a character outside ASCII is kept depends on the code page and on a
 * setting, so each of the ways is accepted: a name that fits wrongly makes
 * the answer "several", which is a gap, never a wrong file.
 */
#include "target/target_private.h"

#include "base/utf.h"

#include <string.h>

/* As code points; a name of 255 units never has more. */
#define NAME_MAX_NCHARS 255

struct name83 {
	uint32_t base[NAME_MAX_NCHARS];
	size_t base_count;
	uint32_t ext[NAME_MAX_NCHARS];
	size_t ext_count;
};

static bool is_forbidden(uint32_t cp)
{
	return cp < 0x20 || (cp < 0x80 && strchr("\"*+,/:;<=>?[\\]|", (int)cp));
}

/* Upper-case code points of at most NAME_MAX_NCHARS; false if longer. */
static bool read_name(const char *s, uint32_t *cps, size_t *count_ret)
{
	size_t n = 0;

	while (*s) {
		uint32_t cp;

		s += utf_decode(s, &cp);
		if (n == NAME_MAX_NCHARS)
			return false;
		cps[n++] = cp & UTF_BAD ? cp : utf_upcase(cp);
	}
	*count_ret = n;
	return true;
}

/* Cuts at the last dot that has something before it. */
static size_t find_dot(const uint32_t *cps, size_t count)
{
	size_t start = 0, dot = count;

	while (start < count && (cps[start] == '.' || cps[start] == ' '))
		start++;
	for (size_t i = start; i < count; i++) {
		if (cps[i] == '.')
			dot = i;
	}
	return dot;
}

static size_t squeeze(const uint32_t *cps, size_t count, uint32_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (cps[i] == ' ' || cps[i] == '.')
			continue;
		out[n++] = is_forbidden(cps[i]) ? '_' : cps[i];
	}
	return n;
}

static bool split_long(const char *long_name, struct name83 *ret)
{
	uint32_t cps[NAME_MAX_NCHARS];
	size_t count, dot;

	if (!read_name(long_name, cps, &count))
		return false;
	/* Trailing dots give no extension. */
	while (count > 0 && (cps[count - 1] == '.' || cps[count - 1] == ' '))
		count--;
	dot = find_dot(cps, count);
	ret->base_count = squeeze(cps, dot, ret->base);
	ret->ext_count = 0;
	if (dot < count)
		ret->ext_count =
			squeeze(cps + dot + 1, count - dot - 1, ret->ext);
	return true;
}

bool shortname_is_needless(const char *long_name)
{
	uint32_t cps[NAME_MAX_NCHARS];
	size_t count, dot = 0, dots = 0;

	if (!read_name(long_name, cps, &count) || count == 0)
		return false;
	dot = count;
	for (size_t i = 0; i < count; i++) {
		if (cps[i] == '.') {
			dots++;
			dot = i;
		} else if (cps[i] == ' ' || is_forbidden(cps[i]) ||
			   cps[i] >= 0x80) {
			return false;
		}
	}
	if (dots > 1 || (dots == 1 && (dot == 0 || dot == count - 1)))
		return false;
	return dot <= 8 && (dots == 0 || count - dot - 1 <= 3);
}

struct short_parts {
	uint32_t cps[NAME_MAX_NCHARS];
	size_t stem_count; /* before the tilde */
	size_t base_count;
	const uint32_t *ext;
	size_t ext_count;
};

/* Code points outside ASCII take two OEM bytes at most. */
static bool split_short(const char *name, struct short_parts *ret)
{
	size_t count, dot, tilde;

	if (strlen(name) > 64 || !read_name(name, ret->cps, &count))
		return false;
	for (dot = 0; dot < count && ret->cps[dot] != '.'; dot++)
		;
	for (tilde = dot; tilde > 0 && ret->cps[tilde - 1] != '~'; tilde--)
		;
	if (tilde < 2 || tilde == dot || dot > 8)
		return false;
	for (size_t i = tilde; i < dot; i++) {
		if (ret->cps[i] < '0' || ret->cps[i] > '9')
			return false;
	}
	ret->stem_count = tilde - 1;
	ret->base_count = dot;
	ret->ext = ret->cps + (dot < count ? dot + 1 : count);
	ret->ext_count = dot < count ? count - dot - 1 : 0;
	for (size_t i = 0; i < ret->ext_count; i++) {
		if (ret->ext[i] == '.')
			return false;
	}
	/* ~0 is never made, nor is "NAME~1." */
	return ret->cps[tilde] != '0' && ret->ext_count <= 3 &&
	       (dot == count || ret->ext_count > 0) && ret->stem_count <= 6;
}

bool shortname_is_generated(const char *name)
{
	struct short_parts parts;

	return split_short(name, &parts);
}

enum wide_rule {
	WIDE_ONE,
	WIDE_TWO,
	WIDE_UNDERSCORE,
	WIDE_DROP,
	WIDE_RULES
};

/* The first characters that take at most `room` OEM bytes. */
static size_t shorten(const uint32_t *in, size_t count, size_t room,
		      enum wide_rule rule, uint32_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < count && room > 0; i++) {
		uint32_t cp = in[i];
		size_t need = 1;

		if (cp >= 0x80) {
			if (rule == WIDE_DROP)
				continue;
			if (rule == WIDE_UNDERSCORE)
				cp = '_';
			else if (rule == WIDE_TWO)
				need = 2;
		}
		if (need > room)
			break;
		room -= need;
		out[n++] = cp;
	}
	return n;
}

static bool equal(const uint32_t *a, size_t an, const uint32_t *b, size_t bn)
{
	return an == bn && memcmp(a, b, an * sizeof(*a)) == 0;
}

static bool is_hex(const uint32_t *cps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool is_digit = cps[i] >= '0' && cps[i] <= '9';

		if (!is_digit && !(cps[i] >= 'A' && cps[i] <= 'F'))
			return false;
	}
	return true;
}

static bool stem_fits(const struct short_parts *s, const struct name83 *l,
		      enum wide_rule rule)
{
	uint32_t stem[8];
	size_t digits = s->base_count - s->stem_count - 1;
	size_t room = digits > 1 ? 7 - digits : 6;
	size_t n = shorten(l->base, l->base_count, room, rule, stem);

	if (equal(stem, n, s->cps, s->stem_count))
		return true;
	/* Two characters and four hex digits of the hash. */
	n = shorten(l->base, l->base_count, 2, rule, stem);
	return s->stem_count == n + 4 && equal(stem, n, s->cps, n) &&
	       is_hex(s->cps + n, 4);
}

bool shortname_fits(const char *short_name, const char *long_name)
{
	struct short_parts s;
	struct name83 l;

	if (!split_short(short_name, &s) || shortname_is_needless(long_name) ||
	    !split_long(long_name, &l))
		return false;
	for (int rule = 0; rule < WIDE_RULES; rule++) {
		uint32_t ext[4];
		size_t n = shorten(l.ext, l.ext_count, 3, rule, ext);

		if (equal(ext, n, s.ext, s.ext_count) &&
		    stem_fits(&s, &l, rule))
			return true;
	}
	return false;
}
