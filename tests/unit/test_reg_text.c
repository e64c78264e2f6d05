/*
 * Registry values as text and numbers: wrong types, missing and embedded
 * NULs, odd bytes, lone surrogates.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/mem.h"
#include "registry/registry.h"

#include <string.h>

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const struct {
	const char *what;
	uint32_t type;
	const uint8_t *data;
	size_t nbytes;
	const char *want;
	bool extra;
} texts[] = {
	{ "plain", REG_TYPE_SZ, BYTES("a\0b\0\0\0"), "ab", false },
	{ "no NUL", REG_TYPE_SZ, BYTES("a\0b\0"), "ab", false },
	{ "odd byte", REG_TYPE_SZ, BYTES("a\0b\0c"), "ab", false },
	{ "one byte", REG_TYPE_SZ, BYTES("a"), "", false },
	{ "empty", REG_TYPE_SZ, NULL, 0, "", false },
	{ "only NUL", REG_TYPE_EXPAND_SZ, BYTES("\0\0"), "", false },
	{ "padded", REG_TYPE_SZ, BYTES("a\0\0\0\0\0\0\0"), "a", false },
	{ "hidden", REG_TYPE_SZ, BYTES("a\0\0\0b\0"), "a", true },
	{ "hidden odd", REG_TYPE_SZ, BYTES("a\0\0\0b"), "a", true },
	{ "hidden at once", REG_TYPE_SZ, BYTES("\0\0b\0"), "", true },
	{ "expand", REG_TYPE_EXPAND_SZ, BYTES("%\0T\0%\0\0\0"), "%T%", false },
	{ "link", REG_TYPE_LINK, BYTES("\\\0R\0"), "\\R", false },
	{ "multi", REG_TYPE_MULTI_SZ, BYTES("a\0\0\0b\0\0\0\0\0"), "a", true },
	{ "multi one", REG_TYPE_MULTI_SZ, BYTES("a\0\0\0\0\0"), "a", false },
	{ "lone high", REG_TYPE_SZ,
	  BYTES("\0\xd8"
		"a\0"),
	  "\xed\xa0\x80"
	  "a",
	  false },
	{ "lone low", REG_TYPE_SZ, BYTES("\0\xdc"), "\xed\xb0\x80", false },
	{ "pair", REG_TYPE_SZ, BYTES("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80",
	  false },
	{ "japanese", REG_TYPE_SZ, BYTES("\x68\x88\x3a\x79\xbd\x30"),
	  "\xe8\xa1\xa8\xe7\xa4\xba\xe3\x82\xbd", false },
	{ "dword", REG_TYPE_DWORD, BYTES("\x05\x01\0\0"), "261", false },
	{ "big endian", REG_TYPE_DWORD_BE, BYTES("\0\0\x01\x05"), "261",
	  false },
	{ "qword", REG_TYPE_QWORD, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"),
	  "18446744073709551615", false },
	{ "short dword", REG_TYPE_DWORD, BYTES("\x05\x01\0"), "050100", false },
	{ "text as dword", REG_TYPE_DWORD, BYTES("a\0b\0c\0\0\0"), "abc",
	  false },
	{ "long dword", REG_TYPE_DWORD, BYTES("\1\0\0\0\0\0"), "1", false },
	{ "text as none", REG_TYPE_NONE, BYTES("c\0:\0\\\0a\0\0\0"), "c:\\a",
	  false },
	{ "text as binary", REG_TYPE_BINARY, BYTES("m\0s\0t\0"), "mst", false },
	{ "text of no type", 0xffff0012u, BYTES("o\0k\0"), "ok", false },
	{ "binary", REG_TYPE_BINARY, BYTES("\x01\0\x02\0"), "01000200", false },
	{ "binary odd", REG_TYPE_BINARY, BYTES("a\0b\0c"), "6100620063",
	  false },
	{ "binary, more behind", REG_TYPE_BINARY, BYTES("a\0b\0\0\0c\0"),
	  "6100620000006300", false },
	{ "nothing", REG_TYPE_NONE, NULL, 0, "", false },
};

START_TEST(gives_text)
{
	struct reg_value v = { NULL, texts[_i].type, NULL, texts[_i].nbytes };
	bool extra = !texts[_i].extra;
	char *text;

	/* A copy of the exact size, so that a checker sees a step beyond. */
	if (v.nbytes)
		v.data = mem_dup(texts[_i].data, v.nbytes);
	text = reg_value_text(&v, &extra);
	ck_assert_ptr_nonnull(text);
	ck_assert_msg(!strcmp(text, texts[_i].want), "%s: \"%s\"",
		      texts[_i].what, text);
	ck_assert_msg(extra == texts[_i].extra, "%s: extra", texts[_i].what);
	mem_free(text);
	mem_free(v.data);
}

END_TEST

static const struct {
	const char *what;
	uint32_t type;
	const uint8_t *data;
	size_t nbytes;
	bool ok;
	uint32_t want;
} numbers[] = {
	{ "dword", REG_TYPE_DWORD, BYTES("\x01\0\0\x80"), true, 0x80000001u },
	{ "big endian", REG_TYPE_DWORD_BE, BYTES("\x80\0\0\x01"), true,
	  0x80000001u },
	{ "qword", REG_TYPE_QWORD, BYTES("\x02\0\0\0\0\0\0\0"), true, 2 },
	{ "large qword", REG_TYPE_QWORD, BYTES("\0\0\0\0\x01\0\0\0"), false,
	  0 },
	{ "long dword", REG_TYPE_DWORD, BYTES("\x03\0\0\0\0\0"), true, 3 },
	{ "short dword", REG_TYPE_DWORD, BYTES("\x03\0\0"), false, 0 },
	{ "binary", REG_TYPE_BINARY, BYTES("\x04\0\0\0"), true, 4 },
	{ "binary of five", REG_TYPE_BINARY, BYTES("\x04\0\0\0\0"), false, 0 },
	{ "digits", REG_TYPE_SZ, BYTES("1\0\x32\0\0\0"), true, 12 },
	{ "text", REG_TYPE_SZ, BYTES("a\0"), false, 0 },
	{ "empty text", REG_TYPE_SZ, NULL, 0, false, 0 },
	{ "too many digits", REG_TYPE_SZ,
	  BYTES("4\0\x32\0\x39\0\x34\0\x39\0\x36\0\x37\0\x32\0\x39\0\x36\0"),
	  false, 0 },
	{ "nothing", REG_TYPE_NONE, NULL, 0, false, 0 },
};

START_TEST(gives_numbers)
{
	struct reg_value v = { NULL, numbers[_i].type, NULL,
			       numbers[_i].nbytes };
	uint32_t n = 4711;

	if (v.nbytes)
		v.data = mem_dup(numbers[_i].data, v.nbytes);
	ck_assert_msg(reg_value_u32(&v, &n) == numbers[_i].ok, "%s",
		      numbers[_i].what);
	ck_assert_msg(n == (numbers[_i].ok ? numbers[_i].want : 4711),
		      "%s: %lu", numbers[_i].what, (unsigned long)n);
	mem_free(v.data);
}

END_TEST

static Suite *reg_text_suite(void)
{
	Suite *s = suite_create("reg_text");
	TCase *t = tcase_create("values");

	tcase_add_loop_test(t, gives_text, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(t, gives_numbers, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_text_suite)
