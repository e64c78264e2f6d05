/*
 * File types and gates by the first bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/filetype.h"
#include "unit.h"
#include <string.h>

static const struct {
	const char *head;
	size_t nbytes;
	enum filetype type;
	enum filetype gate;
	const char *name;
} heads[] = {
	{ "", 0, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "M", 1, FILETYPE_TEXT, FILETYPE_UNKNOWN, "TEXT" },
	{ "MZ", 2, FILETYPE_PE, FILETYPE_PE, "EXE" },
	{ "ZM\x90", 3, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "PK\3\4", 4, FILETYPE_ZIP, FILETYPE_ZIP, "ZIP" },
	{ "PK\5\6", 4, FILETYPE_ZIP, FILETYPE_ZIP, "ZIP" },
	/* A rule with uint16(0) == 0x4B50 can match it, so the gate is open. */
	{ "PK\1\2", 4, FILETYPE_UNKNOWN, FILETYPE_ZIP, "" },
	{ "\xFF\xD8\xFF\xE0", 4, FILETYPE_JPEG, FILETYPE_JPEG, "JPEG" },
	{ "\xFF\xD8", 2, FILETYPE_UNKNOWN, FILETYPE_JPEG, "" },
	{ "\xCA\xFE\xBA\xBE\0\0\0\x32", 8, FILETYPE_CLASS, FILETYPE_CLASS,
	  "CLASS" },
	/* Mach-O with two architectures */
	{ "\xCA\xFE\xBA\xBE\0\0\0\2", 8, FILETYPE_UNKNOWN, FILETYPE_CLASS, "" },
	{ "\xCA\xFE\xBA\xBE", 4, FILETYPE_UNKNOWN, FILETYPE_CLASS, "" },
	{ "FWS\x09", 4, FILETYPE_SWF, FILETYPE_SWF, "SWF" },
	{ "CWS\x09", 4, FILETYPE_SWF, FILETYPE_SWF, "SWF" },
	{ "ZWS\x0D", 4, FILETYPE_SWF, FILETYPE_SWF, "SWF" },
	{ "regf", 4, FILETYPE_REGF, FILETYPE_REGF, "REGF" },
	{ "SQLite format 3", 15, FILETYPE_SQLITE, FILETYPE_SQLITE, "SQLITE" },
	{ "\x7F"
	  "ELF",
	  4, FILETYPE_ELF, FILETYPE_ELF, "ELF" },
	/* Signatures: of RSA, Ed25519 (new format) and an old one. */
	{ "\x89\x01\x1C\4\0\1\2\0\6", 9, FILETYPE_PGP, FILETYPE_UNKNOWN,
	  "PGP" },
	{ "\x88\x75\4\0\x16\x08\0\x1D", 8, FILETYPE_PGP, FILETYPE_UNKNOWN,
	  "PGP" },
	{ "\xC2\x75\4\1\x16\x08\0\x1D", 8, FILETYPE_PGP, FILETYPE_UNKNOWN,
	  "PGP" },
	{ "\xC2\xC0\x75\4\0\1\x0A\0\x1D", 9, FILETYPE_PGP, FILETYPE_UNKNOWN,
	  "PGP" },
	{ "\x89\0\x3F\3\5\0"
	  "time"
	  "keyident"
	  "\x11\2",
	  20, FILETYPE_PGP, FILETYPE_UNKNOWN, "PGP" },
	{ "-----BEGIN PGP SIGNATURE-----\n", 30, FILETYPE_PGP, FILETYPE_UNKNOWN,
	  "PGP" },
	/* Near misses: a key, parts, version 9, a key's kind, an algorithm
	 * nobody has, a message, and one that ends too early. */
	{ "\x99\x01\x1C\4\0\1\2\0\6", 9, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN,
	  "" },
	{ "\xC2\xE1\4\0\1\2\0\6", 8, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "\x89\x01\x1C\x09\0\1\2\0\6", 9, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN,
	  "" },
	{ "\x89\x01\x1C\4\x10\1\2\0\6", 9, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN,
	  "" },
	{ "\x89\x01\x1C\4\0\x40\2\0\6", 9, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN,
	  "" },
	{ "\x89\x01\x1C\4\0\1\x20\0\6", 9, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN,
	  "" },
	{ "-----BEGIN PGP MESSAGE-----\n\n", 29, FILETYPE_TEXT,
	  FILETYPE_UNKNOWN, "TEXT" },
	{ "\x89\x01\x1C\4\0\1", 6, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "text", 4, FILETYPE_TEXT, FILETYPE_UNKNOWN, "TEXT" },
	{ "a\tb\r\n", 5, FILETYPE_TEXT, FILETYPE_UNKNOWN, "TEXT" },
	{ "\xEF\xBB\xBF"
	  "mstmp\n",
	  9, FILETYPE_TEXT, FILETYPE_UNKNOWN, "TEXT" },
	/* "memo" in UTF-8 and in code page 932; a character is cut */
	{ "memo\xE3", 5, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "\xE3\x83\xA1\xE3\x83\xA2", 6, FILETYPE_TEXT, FILETYPE_UNKNOWN,
	  "TEXT" },
	{ "\x83\x81\x83\x82\n", 5, FILETYPE_TEXT, FILETYPE_UNKNOWN, "TEXT" },
	{ "\xFF\xFEm\0s\0", 6, FILETYPE_TEXT, FILETYPE_UNKNOWN, "TEXT" },
	{ "\xFF\xFEm\0\0\0", 6, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "te\0xt", 5, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "te\1xt", 5, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "te\x7Fxt", 5, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "te\xFFxt", 5, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "MSCF\0\0\0\0", 8, FILETYPE_CAB, FILETYPE_CAB, "CAB" },
	{ "7z\xBC\xAF\x27\x1C", 6, FILETYPE_7Z, FILETYPE_7Z, "7Z" },
	{ "7z\xBC\xAF\x1B", 5, FILETYPE_UNKNOWN, FILETYPE_7Z, "" },
	{ "Rar!\x1A\x07\0", 7, FILETYPE_RAR, FILETYPE_RAR, "RAR" },
	{ "Rar!\x1A\x07\1\0", 8, FILETYPE_RAR, FILETYPE_RAR, "RAR" },
	{ "Rare", 4, FILETYPE_TEXT, FILETYPE_RAR, "TEXT" },
	{ "\x1F\x8B\x08\0", 4, FILETYPE_GZIP, FILETYPE_GZIP, "GZIP" },
	{ "\x1F\x8B\x00", 3, FILETYPE_UNKNOWN, FILETYPE_GZIP, "" },
	/* Of LHA the first two bytes are a size and a checksum. */
	{ "\x1C\x47-lh5-", 7, FILETYPE_LZH, FILETYPE_UNKNOWN, "LZH" },
	{ "\x1C\x47-lz5-", 7, FILETYPE_LZH, FILETYPE_UNKNOWN, "LZH" },
	{ "\x1C\x47-lhd-", 7, FILETYPE_LZH, FILETYPE_UNKNOWN, "LZH" },
	{ "\x1C\x47-lh5", 6, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "\x1C\x47-lhx-", 7, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
	{ "\x1C\x47-ls5-", 7, FILETYPE_UNKNOWN, FILETYPE_UNKNOWN, "" },
};

START_TEST(test_types)
{
	const uint8_t *head = (const uint8_t *)heads[_i].head;
	enum filetype type = filetype_of(head, heads[_i].nbytes);

	ck_assert_int_eq(type, heads[_i].type);
	ck_assert_int_eq(filetype_gate_of(head, heads[_i].nbytes),
			 heads[_i].gate);
	ck_assert_str_eq(filetype_name(type), heads[_i].name);
	/* What has a type passes that type's gate, if there is one. */
	if (type != FILETYPE_UNKNOWN && type != FILETYPE_LZH &&
	    type != FILETYPE_PGP && type != FILETYPE_TEXT)
		ck_assert_int_eq(heads[_i].gate, type);
}

END_TEST

START_TEST(test_gate_words)
{
	ck_assert_int_eq(filetype_from_gate("pe"), FILETYPE_PE);
	ck_assert_int_eq(filetype_from_gate("zip"), FILETYPE_ZIP);
	ck_assert_int_eq(filetype_from_gate("class"), FILETYPE_CLASS);
	ck_assert_int_eq(filetype_from_gate("any"), FILETYPE_COUNT);
	ck_assert_int_eq(filetype_from_gate(""), FILETYPE_COUNT);
	ck_assert_int_eq(filetype_from_gate("PE"), FILETYPE_COUNT);
	/* Not told by two bytes, so no gate. */
	ck_assert_int_eq(filetype_from_gate("pgp"), FILETYPE_COUNT);
	ck_assert_int_eq(filetype_from_gate("text"), FILETYPE_COUNT);
	ck_assert_int_eq(filetype_from_gate("gzip"), FILETYPE_GZIP);
	ck_assert_int_eq(filetype_from_gate("lzh"), FILETYPE_COUNT);
	ck_assert_str_eq(filetype_name(FILETYPE_COUNT), "");
}

END_TEST

/* What lies behind the head, and where it is read to, changes nothing. */
START_TEST(test_only_the_head)
{
	uint8_t bytes[FILETYPE_HEAD_NBYTES + 2];

	memset(bytes, 'a', sizeof(bytes));
	bytes[FILETYPE_HEAD_NBYTES] = 0;
	ck_assert_int_eq(filetype_of(bytes, sizeof(bytes)), FILETYPE_TEXT);
	/* The first byte of two. */
	bytes[FILETYPE_HEAD_NBYTES - 1] = 0x83;
	ck_assert_int_eq(filetype_of(bytes, sizeof(bytes)), FILETYPE_TEXT);
	bytes[FILETYPE_HEAD_NBYTES - 1] = 0;
	ck_assert_int_eq(filetype_of(bytes, sizeof(bytes)), FILETYPE_UNKNOWN);
}

END_TEST

static Suite *filetype_suite(void)
{
	Suite *s = suite_create("filetype");
	TCase *t = tcase_create("filetype");

	tcase_add_loop_test(t, test_types, 0,
			    (int)(sizeof(heads) / sizeof(heads[0])));
	tcase_add_test(t, test_gate_words);
	tcase_add_test(t, test_only_the_head);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(filetype_suite)
