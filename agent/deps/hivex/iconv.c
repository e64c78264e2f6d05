/*
 * The four conversions hivex asks iconv for; see iconv.h beside this file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "iconv.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define INVALID ((size_t)-1)
#define SHORT	((size_t)-2)

struct conversion {
	const char *to;
	const char *from;
	/* Bytes taken and one code point; SHORT or INVALID. */
	size_t (*get)(const uint8_t *in, size_t nbytes, uint32_t *cp_ret);
	/* Bytes written; SHORT or INVALID. */
	size_t (*put)(uint8_t *out, size_t nbytes, uint32_t cp);
};

static size_t latin1_get(const uint8_t *in, size_t nbytes, uint32_t *cp_ret)
{
	if (nbytes < 1)
		return SHORT;
	*cp_ret = in[0];
	return 1;
}

static size_t latin1_put(uint8_t *out, size_t nbytes, uint32_t cp)
{
	if (cp > 0xff)
		return INVALID;
	if (nbytes < 1)
		return SHORT;
	out[0] = (uint8_t)cp;
	return 1;
}

static size_t utf16_get(const uint8_t *in, size_t nbytes, uint32_t *cp_ret)
{
	uint32_t hi, lo;

	if (nbytes < 2)
		return SHORT;
	hi = in[0] | (uint32_t)in[1] << 8;
	*cp_ret = hi;
	if (hi < 0xd800 || hi > 0xdbff || nbytes < 4)
		return 2;
	lo = in[2] | (uint32_t)in[3] << 8;
	if (lo < 0xdc00 || lo > 0xdfff)
		return 2;
	*cp_ret = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
	return 4;
}

static void put_le16(uint8_t *out, uint32_t v)
{
	out[0] = v & 0xff;
	out[1] = (v >> 8) & 0xff;
}

static size_t utf16_put(uint8_t *out, size_t nbytes, uint32_t cp)
{
	size_t need = cp > 0xffff ? 4 : 2;

	if (nbytes < need)
		return SHORT;
	if (need == 2) {
		put_le16(out, cp);
	} else {
		put_le16(out, 0xd800 + ((cp - 0x10000) >> 10));
		put_le16(out + 2, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	}
	return need;
}

static size_t wtf8_get(const uint8_t *in, size_t nbytes, uint32_t *cp_ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i, len;
	uint32_t cp;

	if (nbytes < 1)
		return SHORT;
	if (in[0] < 0x80) {
		*cp_ret = in[0];
		return 1;
	}
	if (in[0] < 0xc2 || in[0] > 0xf4)
		return INVALID;
	len = in[0] < 0xe0 ? 2 : in[0] < 0xf0 ? 3 : 4;
	cp = in[0] & (0xff >> (len + 1));
	for (i = 1; i < len; i++) {
		if (i >= nbytes)
			return SHORT;
		if ((in[i] & 0xc0) != 0x80)
			return INVALID;
		cp = cp << 6 | (in[i] & 0x3f);
	}
	if (cp < least[len] || cp > 0x10ffff)
		return INVALID;
	*cp_ret = cp;
	return len;
}

static size_t wtf8_put(uint8_t *out, size_t nbytes, uint32_t cp)
{
	size_t i, len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const uint8_t mark[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	if (nbytes < len)
		return SHORT;
	for (i = len; i > 1; i--) {
		out[i - 1] = 0x80 | (cp & 0x3f);
		cp >>= 6;
	}
	out[0] = mark[len] | (uint8_t)cp;
	return len;
}

static const struct conversion conversions[] = {
	{ "LATIN1", "UTF-8", wtf8_get, latin1_put },
	{ "UTF-8", "LATIN1", latin1_get, wtf8_put },
	{ "UTF-16LE", "UTF-8", wtf8_get, utf16_put },
	{ "UTF-8", "UTF-16LE", utf16_get, wtf8_put },
};

iconv_t iconv_open(const char *to, const char *from)
{
	size_t i;

	for (i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++)
		if (!strcmp(conversions[i].to, to) &&
		    !strcmp(conversions[i].from, from))
			return (void *)&conversions[i];
	errno = EINVAL;
	return (iconv_t)-1;
}

int iconv_close(iconv_t cd)
{
	(void)cd;
	return 0;
}

static size_t fail(int code)
{
	errno = code;
	return (size_t)-1;
}

size_t iconv(iconv_t cd, char **in, size_t *in_nbytes, char **out,
	     size_t *out_nbytes)
{
	const struct conversion *c = cd;
	size_t got, put;
	uint32_t cp;

	if (!in || !*in)
		return 0;
	while (*in_nbytes > 0) {
		got = c->get((const uint8_t *)*in, *in_nbytes, &cp);
		if (got == SHORT)
			return fail(EINVAL);
		if (got == INVALID)
			return fail(EILSEQ);
		put = c->put((uint8_t *)*out, *out_nbytes, cp);
		if (put == SHORT)
			return fail(E2BIG);
		if (put == INVALID)
			return fail(EILSEQ);
		*in += got;
		*in_nbytes -= got;
		*out += put;
		*out_nbytes -= put;
	}
	return 0;
}
