/*
 * The list of what Windows removes at its next start: whether it is sound, and
 * whether a removal is in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "remediate/pending.h"

#include <string.h>

#define OURS "\\??\\C:\\V\\a.dll"

/*
 * A list as text: each character one unit, '|' a NUL, '#' an odd byte at the
 * end.  A block of its own size, for the sanitizer.
 */
static uint8_t *units(const char *text, size_t *nbytes_ret)
{
	const size_t n = strcspn(text, "#");
	const size_t nbytes = 2 * n + (text[n] == '#');
	uint8_t *data = mem_zalloc(nbytes ? nbytes : 1);

	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < n; i++)
		data[2 * i] = text[i] == '|' ? 0 : (uint8_t)text[i];
	if (text[n] == '#')
		data[2 * n] = 0x5a;
	*nbytes_ret = nbytes;
	return data;
}

START_TEST(takes_sound_lists_only)
{
	static const struct {
		const char *list;
		int err;
	} rows[] = {
		{ "", 0 },
		{ "|", 0 },
		{ "a||"
		  "|",
		  0 },
		{ "a|b||", 0 },
		{ "a||"
		  "b|!c|"
		  "d||"
		  "|",
		  0 },
		/* Empty texts are texts. */
		{ "|||", 0 },
		{ "||"
		  "a||"
		  "|",
		  0 },
		/* Half a pair. */
		{ "a||", ERR_CORRUPT },
		{ "||", ERR_CORRUPT },
		{ "a||"
		  "b||",
		  ERR_CORRUPT },
		/* No end. */
		{ "a", ERR_CORRUPT },
		{ "a|b", ERR_CORRUPT },
		{ "a|b|", ERR_CORRUPT },
		{ "a||"
		  "|#",
		  ERR_CORRUPT },
		{ "#", ERR_CORRUPT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t nbytes;
		uint8_t *data = units(rows[i].list, &nbytes);

		ck_assert_msg(pending_check(data, nbytes) == rows[i].err,
			      "\"%s\"", rows[i].list);
		mem_free(data);
	}
}

END_TEST

START_TEST(counts_removals_of_it)
{
	static const struct {
		const char *list;
		unsigned count;
	} rows[] = {
		{ OURS "||"
		       "|",
		  1 },
		{ OURS "||", 1 },
		{ "x|y|" OURS "||"
		  "|",
		  1 },
		{ OURS "||"
		       "x|y|"
		       "|",
		  1 },
		{ "x||" OURS "||"
		  "y||"
		  "|",
		  1 },
		/* Without case, as Windows compares. */
		{ "\\??\\c:\\v\\A.DLL||"
		  "|",
		  1 },
		/* One of two, the last. */
		{ OURS "||"
		       "x||" OURS "||"
		       "|",
		  2 },
		/* Odd content of others stays as it is. */
		{ "||" OURS "||"
		  "|",
		  1 },
		{ OURS "||"
		       "x",
		  1 },
		{ OURS "||"
		       "#",
		  1 },
		{ OURS "||"
		       "x||"
		       "||||#",
		  1 },
		{ "x|!y|" OURS "||"
		  "z",
		  1 },
		/* That is a renaming, or the target of one, or another file. */
		{ OURS "|x|"
		       "|",
		  0 },
		{ "x|" OURS "||", 0 },
		{ "|" OURS "||"
		  "|",
		  0 },
		{ OURS "x||"
		       "|",
		  0 },
		{ "\\??\\C:\\V\\a.dl||"
		  "|",
		  0 },
		{ "", 0 },
		{ "|", 0 },
		{ "#", 0 },
		{ OURS, 0 },
		{ OURS "|", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t nbytes;
		uint8_t *data = units(rows[i].list, &nbytes);

		ck_assert_msg(pending_count(data, nbytes, OURS) ==
				      rows[i].count,
			      "\"%s\"", rows[i].list);
		mem_free(data);
	}
}

END_TEST

START_TEST(knows_the_names_of_the_list)
{
	static const struct {
		const char *native, *source;
	} rows[] = {
		{ "\\\\?\\C:\\V\\a.dll", OURS },
		{ "\\\\?\\UNC\\s\\x\\a", "\\??\\UNC\\s\\x\\a" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *source = pending_source(rows[i].native);

		ck_assert_str_eq(source, rows[i].source);
		mem_free(source);
	}
}

END_TEST

static Suite *pending_suite(void)
{
	Suite *s = suite_create("pending");
	TCase *t = tcase_create("pending");

	tcase_add_test(t, takes_sound_lists_only);
	tcase_add_test(t, counts_removals_of_it);
	tcase_add_test(t, knows_the_names_of_the_list);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(pending_suite)
