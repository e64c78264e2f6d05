/*
 * Pack signatures against those that minisign 0.11 wrote.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "match/pack_internal.h"
#include "unit.h"
#include <string.h>

static const char message[] =
	"a small pack of text for the test of signatures\n";
static const char public_key[] =
	"RWTZX25wi3FE313y2WQojWMwJULByjbwWz8ri+iNUZozIGVKBa3Wq7R4";
static const char key_file[] =
	"untrusted comment: minisign public key DF44718B706E5FD9\n"
	"RWTZX25wi3FE313y2WQojWMwJULByjbwWz8ri+iNUZozIGVKBa3Wq7R4\n";
static const char prehashed[] =
	"untrusted comment: signature from minisign secret key\n"
	"RUTZX25wi3FE35b9HlJchG/2sRuuada1suNKjz4+3pmrCQ0wTRH50celLX8H7NzbhQ3kdt"
	"j6VIUkZj48DYceOR0eo8SnkklhBQU=\n"
	"trusted comment: pack test 2026.11.23\n"
	"ZUpA0YJBWq7Ay7rpNg1ycG1ZvvWQxXfCVJ4diqoincAzitKKL3ZnXWUBiciiT6us6BHBUw"
	"bFUZRfx/6gsgKpBQ==\n";
static const char legacy[] =
	"untrusted comment: signature from minisign secret key\n"
	"RWTZX25wi3FE36ANmApeDvGampQQMlpur1fFHDUzucDFvOgLlSvhKpdm44aeLXgKaWcRwt"
	"XuztgYZhTLsWjIMyGaPkKjUqD38wg=\n"
	"trusted comment: legacy form\n"
	"CheL2Sz7rg7YMDOWXuRhmj1Y8D0OntWyo3LVBWCWuEA3tG5sSt4PtJ13Cu0NCWlfKQQa1O"
	"t2f9bDyf27ezB0AQ==\n";

static int verify(const char *text, size_t nbytes, const char *data,
		  const char *key)
{
	const char *const keys[] = { key, NULL };
	struct pack_signature s;
	int ret = pack_signature_parse(text, nbytes, &s);

	if (ret)
		return ret;
	return pack_signature_verify(&s, (const uint8_t *)data, strlen(data),
				     NULL, key ? keys : NULL);
}

START_TEST(test_good)
{
	static const char *const texts[] = { prehashed, legacy };
	const char *text = texts[_i];

	ck_assert_int_eq(verify(text, strlen(text), message, public_key), 0);
	ck_assert_int_eq(verify(text, strlen(text), message, key_file), 0);
	ck_assert_int_eq(verify(text, strlen(text), message, NULL),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(verify(text, strlen(text), "another", public_key),
			 ERR_CORRUPT);
}

END_TEST

START_TEST(test_parsed)
{
	struct pack_signature s;
	char id[17];

	ck_assert_int_eq(pack_signature_parse(prehashed, strlen(prehashed), &s),
			 0);
	ck_assert(s.is_prehashed);
	ck_assert_str_eq(s.trusted_comment, "pack test 2026.11.23");
	pack_signature_key_id(&s, id);
	ck_assert_str_eq(id, "DF44718B706E5FD9");
}

END_TEST

/* No change of one byte of what counts may pass. */
START_TEST(test_changed)
{
	const char *begin = strchr(prehashed, '\n') + 1;
	char text[sizeof(prehashed)];
	size_t accepted = 0;

	for (size_t i = (size_t)(begin - prehashed); i < strlen(prehashed);
	     i++) {
		memcpy(text, prehashed, sizeof(prehashed));
		text[i] ^= 1;
		if (verify(text, strlen(text), message, public_key) == 0)
			accepted++;
	}
	ck_assert_uint_eq(accepted, 0);
}

END_TEST

START_TEST(test_cut)
{
	/* The final newline may be missing, nothing else. */
	for (size_t n = 0; n < strlen(prehashed) - 1; n++)
		ck_assert_int_ne(verify(prehashed, n, message, public_key), 0);
	ck_assert_int_eq(
		verify(prehashed, strlen(prehashed) - 1, message, public_key),
		0);
}

END_TEST

static Suite *minisign_suite(void)
{
	Suite *s = suite_create("minisign");
	TCase *t = tcase_create("minisign");

	tcase_add_loop_test(t, test_good, 0, 2);
	tcase_add_test(t, test_parsed);
	tcase_add_test(t, test_changed);
	tcase_add_test(t, test_cut);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(minisign_suite)
