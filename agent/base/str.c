/*
 * Growing strings and ASCII helpers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/str.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/base.h"
#include <string.h>

void str_init(struct str *s, size_t max_nbytes)
{
	memset(s, 0, sizeof(*s));
	s->max = max_nbytes;
}

void str_release(struct str *s)
{
	size_t max = s->max;

	mem_free(s->buf);
	str_init(s, max);
}

void str_clear(struct str *s)
{
	s->len = 0;
	s->err = 0;
	if (s->buf)
		s->buf[0] = '\0';
}

/* Makes room for `more` bytes and the NUL. */
static int str_reserve(struct str *s, size_t more)
{
	size_t max = s->max ? s->max : STR_MAX_DEFAULT;
	size_t need, cap;
	char *buf;

	if (s->err)
		return s->err;
	if (more > max || s->len > max - more) {
		s->err = err_fail(ERR_TOO_LARGE, 0, W_BASE_TEXT_TOO_LONG,
				  (uint64_t)max);
		return s->err;
	}
	need = s->len + more + 1;
	if (s->buf && need <= s->cap)
		return 0;
	cap = s->cap ? s->cap : 64;
	while (cap < need)
		cap *= 2;
	buf = mem_realloc(s->buf, cap);
	if (!buf) {
		s->err = err_nomem();
		return s->err;
	}
	s->buf = buf;
	s->cap = cap;
	return 0;
}

int str_addn(struct str *s, const void *bytes, size_t nbytes)
{
	if (str_reserve(s, nbytes) || !s->buf)
		return s->err;
	if (nbytes)
		memcpy(s->buf + s->len, bytes, nbytes);
	s->len += nbytes;
	s->buf[s->len] = '\0';
	return 0;
}

int str_add(struct str *s, const char *text)
{
	return str_addn(s, text, strlen(text));
}

int str_addch(struct str *s, char c)
{
	return str_addn(s, &c, 1);
}

int str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	char small[512];
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(small, sizeof(small), fmt, ap);
	if (len >= 0 && (size_t)len < sizeof(small)) {
		str_addn(s, small, (size_t)len);
		goto out;
	}
	/*
	 * msvcrt's own vsnprintf gives -1 instead of the length; then double
	 * until it fits (mingw's replacement gives the length at once).
	 */
	for (size_t room = len >= 0 ? (size_t)len : 2 * sizeof(small);;
	     room *= 2) {
		va_list third;
		int n;

		if (str_reserve(s, room))
			break;
		va_copy(third, again);
		n = vsnprintf(s->buf + s->len, room + 1, fmt, third);
		va_end(third);
		if (n >= 0 && (size_t)n <= room) {
			s->len += (size_t)n;
			break;
		}
		s->buf[s->len] = '\0';
	}
out:
	va_end(again);
	return s->err;
}

int str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = str_vaddf(s, fmt, ap);
	va_end(ap);
	return ret;
}

const char *str_text(const struct str *s)
{
	return s->buf ? s->buf : "";
}

char *str_detach(struct str *s)
{
	char *buf = NULL;

	if (!s->err && !s->buf)
		str_addn(s, "", 0);
	if (!s->err) {
		buf = s->buf;
		s->buf = NULL;
	}
	str_release(s);
	return buf;
}

int ascii_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

int ascii_upper(int c)
{
	return c >= 'a' && c <= 'z' ? c - 32 : c;
}

int ascii_ncasecmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int x = ascii_lower((unsigned char)a[i]);
		int y = ascii_lower((unsigned char)b[i]);

		if (x != y)
			return x < y ? -1 : 1;
		if (!x)
			return 0;
	}
	return 0;
}

int ascii_casecmp(const char *a, const char *b)
{
	return ascii_ncasecmp(a, b, SIZE_MAX);
}

bool ascii_starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool ascii_istarts_with(const char *s, const char *prefix)
{
	return ascii_ncasecmp(s, prefix, strlen(prefix)) == 0;
}

bool ascii_iends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s);
	size_t m = strlen(suffix);

	return n >= m && ascii_casecmp(s + n - m, suffix) == 0;
}

bool lang_is_ja(const char *lang)
{
	return strcmp(lang, "ja") == 0;
}

size_t str_copy(char *dst, const char *src, size_t dst_nbytes)
{
	size_t len = strlen(src);

	if (dst_nbytes) {
		size_t n = len < dst_nbytes ? len : dst_nbytes - 1;

		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return len;
}

bool str_parse_u64(const char *s, uint64_t *value_ret)
{
	uint64_t value = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value))
			return false;
	}
	*value_ret = value;
	return true;
}
