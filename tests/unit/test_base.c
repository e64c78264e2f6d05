/*
 * Unit tests of agent/base: strings, UTF, times, lists, JSON, digests, gaps.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/gap.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/vec.h"
#include "base/wtime.h"
#include "words/words.h"
#include <string.h>

START_TEST(str_grows_and_keeps_its_bound)
{
	struct str s = STR_INIT;

	str_init(&s, 10);
	ck_assert_int_eq(str_add(&s, "12345"), 0);
	ck_assert_int_eq(str_add(&s, "67890"), 0);
	ck_assert_int_eq(str_add(&s, "x"), ERR_TOO_LARGE);
	ck_assert_int_eq(str_add(&s, ""), ERR_TOO_LARGE);
	ck_assert_str_eq(str_text(&s), "1234567890");
	ck_assert_ptr_null(str_detach(&s));
	str_release(&s);
}

END_TEST

START_TEST(str_addf_writes_more_than_its_small_buffer)
{
	struct str s = STR_INIT;
	char want[2001];

	memset(want, 'a', 2000);
	want[2000] = '\0';
	str_addf(&s, "<%s|%d|%" PRIu64 ">", want, -7, UINT64_MAX);
	ck_assert_uint_eq(s.len, 2000 + 26);
	ck_assert(s.buf[0] == '<' && s.buf[2001] == '|');
	ck_assert_str_eq(s.buf + 2001, "|-7|18446744073709551615>");
	str_release(&s);
}

END_TEST

START_TEST(str_fails_cleanly_without_memory)
{
	struct str s = STR_INIT;

	mem_fail_after(1);
	ck_assert_int_eq(str_add(&s, "text"), ERR_NOMEM);
	mem_fail_after(0);
	ck_assert_int_eq(str_add(&s, "more"), ERR_NOMEM);
	ck_assert_ptr_null(str_detach(&s));
	ck_assert_int_eq(str_add(&s, "fresh"), 0);
	str_release(&s);
}

END_TEST

START_TEST(numbers_are_parsed_strictly)
{
	uint64_t v = 7;

	ck_assert(str_parse_u64("0", &v) && v == 0);
	ck_assert(str_parse_u64("18446744073709551615", &v) && v == UINT64_MAX);
	ck_assert(!str_parse_u64("18446744073709551616", &v));
	ck_assert(!str_parse_u64("", &v));
	ck_assert(!str_parse_u64("-1", &v));
	ck_assert(!str_parse_u64("1 ", &v));
	ck_assert_uint_eq(v, UINT64_MAX);
}

END_TEST

/* UTF-16LE bytes, our UTF-8, and what leaves the program. */
static const struct {
	const char *units;
	size_t count;
	const char *ours;
	const char *outside;
} texts[] = {
	{ "a\0b\0", 2, "ab", "ab" },
	{ "\x6A\x59\x0E\x90", 2, "\xE5\xA5\xAA\xE9\x80\x8E",
	  "\xE5\xA5\xAA\xE9\x80\x8E" },
	{ "\x3D\xD8\x00\xDE", 2, "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80" },
	{ "\x00\xD8", 1, "\xED\xA0\x80", "\\u{D800}" },
	{ "\x00\xDC\x00\xD8", 2, "\xED\xB0\x80\xED\xA0\x80",
	  "\\u{DC00}\\u{D800}" },
	{ "a\0\0\0b\0", 3,
	  "a\xC0\x80"
	  "b",
	  "a\\u{0}b" },
	{ "\\\0u\0{\0", 3, "\\u{", "\\\\u{" },
	{ "\\\0u\0x\0", 3, "\\ux", "\\ux" },
};

START_TEST(utf16_goes_in_and_comes_back)
{
	const uint8_t *units = (const uint8_t *)texts[_i].units;
	struct str ours = STR_INIT;
	struct str outside = STR_INIT;
	uint16_t *back = NULL;
	size_t count = 0;

	ck_assert_int_eq(utf_from_utf16le(&ours, units, texts[_i].count), 0);
	ck_assert_str_eq(str_text(&ours), texts[_i].ours);
	utf_escape(&outside, str_text(&ours));
	ck_assert_str_eq(str_text(&outside), texts[_i].outside);
	ck_assert_int_eq(utf_needs_escape(str_text(&ours)),
			 strcmp(texts[_i].ours, texts[_i].outside) != 0);
	ck_assert_int_eq(utf_to_utf16(str_text(&ours), &back, &count), 0);
	ck_assert_uint_eq(count, texts[_i].count);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(back[i], bytes_le16(units + 2 * i));
	mem_free(back);
	str_release(&ours);
	str_release(&outside);
}

END_TEST

START_TEST(undecodable_bytes_are_kept_and_shown)
{
	static const struct {
		const char *bytes;
		const char *shown;
	} rows[] = {
		{ "\x82", "\\x{82}" },
		{ "a\xE3\x81", "a\\x{E3}\\x{81}" },
		{ "\xC1\x81", "\\x{C1}\\x{81}" }, /* overlong */
		{ "\xE0\x80\x80", "\\x{E0}\\x{80}\\x{80}" },
		{ "\xF4\x90\x80\x80", "\\x{F4}\\x{90}\\x{80}\\x{80}" },
		{ "\xFF", "\\x{FF}" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str s = STR_INIT;

		utf_escape(&s, rows[i].bytes);
		ck_assert_str_eq(str_text(&s), rows[i].shown);
		str_release(&s);
	}
}

END_TEST

START_TEST(display_hides_no_control_or_direction_mark)
{
	struct str s = STR_INIT;

	utf_display(&s, "a\nb\x1b[31m\xE2\x80\xAE"
			"exe.txt\x7F");
	ck_assert_str_eq(str_text(&s),
			 "a\\u{A}b\\u{1B}[31m\\u{202E}exe.txt\\u{7F}");
	str_release(&s);
}

END_TEST

START_TEST(names_compare_without_case)
{
	/* Full-width, accented, Greek and Cyrillic letters have case. */
	ck_assert_int_eq(utf_casecmp("MSTMP", "mstmp"), 0);
	ck_assert_int_eq(utf_casecmp("\xC3\xA9", "\xC3\x89"), 0);
	ck_assert_int_eq(utf_casecmp("\xEF\xBD\x81", "\xEF\xBC\xA1"), 0);
	ck_assert_int_eq(utf_casecmp("\xD0\xB6", "\xD0\x96"), 0);
	ck_assert_uint_eq(utf_casehash("\xC3\xA9x"), utf_casehash("\xC3\x89X"));
	/* Windows keeps these apart: long s, dotless i, Kelvin's relatives. */
	ck_assert_int_ne(utf_casecmp("\xC5\xBF", "S"), 0);
	ck_assert_int_ne(utf_casecmp("\xC4\xB1", "I"), 0);
	ck_assert_int_ne(utf_casecmp("a", "ab"), 0);
	ck_assert_int_lt(utf_casecmp("a", "B"), 0);
	/* A NUL inside a name is a character of it, not its end. */
	ck_assert_int_ne(utf_casecmp("a\xC0\x80"
				     "b",
				     "a"),
			 0);
}

END_TEST

START_TEST(columns_count_wide_letters_twice)
{
	ck_assert_uint_eq(utf_columns("abc"), 3);
	ck_assert_uint_eq(utf_columns("\xE5\xA4\xAA\xE9\x83\x8E"), 4);
	ck_assert_uint_eq(utf_columns("e\xCC\x81"), 1);
}

END_TEST

START_TEST(times_are_written_in_iso_form)
{
	char text[WTIME_TEXT_NBYTES];

	/* 2010-10-15 00:00:00 UTC is 1287100800 in Unix time. */
	ck_assert(wtime_format(wtime_from_unix(1287100800, 0), text));
	ck_assert_str_eq(text, "2010-10-15T00:00:00Z");
	ck_assert(wtime_format(wtime_from_unix(951827696, 0), text));
	ck_assert_str_eq(text, "2000-02-29T12:34:56Z");
	ck_assert(wtime_format(1, text));
	ck_assert_str_eq(text, "1601-01-01T00:00:00Z");
	ck_assert(!wtime_format(0, text));
	ck_assert_str_eq(text, "");
	ck_assert(!wtime_format(-5, text));
	ck_assert(!wtime_format(INT64_MAX, text));
	ck_assert_int_eq(wtime_to_unix(WTIME_UNIX_EPOCH - 1), -1);
}

END_TEST

/* 2010-10-03 12:15:59 UTC on a clock that goes so many minutes before. */
static const struct {
	int minutes;
	const char *text;
} zones[] = {
	{ 0, "2010-10-03 12:15 (UTC)" },
	{ 9 * 60, "2010-10-03 21:15 (+09:00)" },
	{ 12 * 60 + 45, "2010-10-04 01:00 (+12:45)" },
	{ -30, "2010-10-03 11:45 (-00:30)" },
	{ -13 * 60, "2010-10-02 23:15 (-13:00)" },
};

START_TEST(times_of_the_wall)
{
	const int64_t t = wtime_from_unix(1286108159, 0);
	char text[WTIME_LOCAL_NBYTES];

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		const int64_t local =
			t + zones[i].minutes * 60 * WTIME_PER_SECOND;

		ck_assert(wtime_format_local(t, local, text));
		ck_assert_str_eq(text, zones[i].text);
	}
	ck_assert(!wtime_format_local(0, 1, text) && !*text);
	ck_assert(!wtime_format_local(INT64_MAX, INT64_MAX, text) && !*text);
}

END_TEST

START_TEST(times_are_read)
{
	static const struct {
		const char *text;
		int64_t unix_time; /* -1: is no time */
	} rows[] = {
		{ "2010-10-15T00:00:00Z", 1287100800 },
		{ "2000-02-29T12:34:56Z", 951827696 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1999-12-31T23:59:59Z", 946684799 },
		{ "2001-02-29T00:00:00Z", -1 },
		{ "2010-13-01T00:00:00Z", -1 },
		{ "2010-00-10T00:00:00Z", -1 },
		{ "2010-10-15T24:00:00Z", -1 },
		{ "2010-10-15 00:00:00Z", -1 },
		{ "2010-10-15T00:00:00Z ", -1 },
		{ "2010-1\"-15T00:00:00Z", -1 },
		{ "1600-01-01T00:00:00Z", -1 },
		{ "", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t t = 0;
		const bool ok = wtime_parse(rows[i].text, &t);

		ck_assert_msg(ok == (rows[i].unix_time >= 0), "%s",
			      rows[i].text);
		if (ok)
			ck_assert_int_eq(wtime_to_unix(t), rows[i].unix_time);
	}
}

END_TEST

START_TEST(namemap_finds_without_case_and_grows)
{
	struct namemap *m = namemap_new();
	static int values[3000];
	char key[32];

	ck_assert_ptr_nonnull(m);
	for (int i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "Key %d", i);
		ck_assert_int_eq(namemap_put(m, key, &values[i]), 0);
	}
	ck_assert_uint_eq(namemap_count(m), 3000);
	for (int i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "kEY %d", i);
		ck_assert_ptr_eq(namemap_get(m, key), &values[i]);
	}
	ck_assert_ptr_null(namemap_get(m, "key 3000"));
	ck_assert_int_eq(namemap_put(m, "KEY 5", &values[6]), 0);
	ck_assert_uint_eq(namemap_count(m), 3000);
	ck_assert_ptr_eq(namemap_get(m, "key 5"), &values[6]);
	namemap_free(m);
}

END_TEST

START_TEST(vec_stops_at_its_maximum)
{
	struct vec v = VEC_INIT(int, 9);

	for (int i = 0; i < 9; i++)
		*(int *)vec_push(&v) = i;
	ck_assert_ptr_null(vec_push(&v));
	ck_assert_int_eq(err_last()->err, ERR_TOO_LARGE);
	ck_assert_int_eq(*(int *)vec_at(&v, 8), 8);
	vec_release(&v);
}

END_TEST

START_TEST(json_escapes_what_could_break_it)
{
	struct str s = STR_INIT;
	struct json j;

	json_init(&j, &s, false);
	json_begin_object(&j);
	json_key(&j, "a: ");
	json_string(&j, "\"\\\n\x01</script>");
	json_key(&j, "b");
	json_begin_array(&j);
	json_int(&j, INT64_MIN);
	json_bool(&j, true);
	json_string(&j, NULL);
	json_begin_object(&j);
	json_end_object(&j);
	json_end_array(&j);
	json_end_object(&j);
	ck_assert_str_eq(str_text(&s),
			 "{\"a: \":\"\\\"\\\\\\n\\u0001</script>\","
			 "\"b\":[-9223372036854775808,true,null,{}]}");
	str_release(&s);
}

END_TEST

START_TEST(digests_are_those_of_the_standards)
{
	struct digests d;

	/* RFC 1321, FIPS 180-4: "abc". */
	ck_assert_int_eq(digest_buffer("abc", 3, &d), 0);
	ck_assert_str_eq(d.md5, "900150983cd24fb0d6963f7d28e17f72");
	ck_assert_str_eq(d.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	ck_assert_str_eq(d.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396"
				   "177a9cb410ff61f20015ad");
}

END_TEST

START_TEST(bytes_at_never_leaves_its_range)
{
	static const uint8_t data[8];
	struct bytes b = { data, sizeof(data) };

	ck_assert_ptr_eq(bytes_at(&b, 0, 8), data);
	ck_assert_ptr_eq(bytes_at(&b, 8, 0), data + 8);
	ck_assert_ptr_null(bytes_at(&b, 0, 9));
	ck_assert_ptr_null(bytes_at(&b, 8, 1));
	ck_assert_ptr_null(bytes_at(&b, UINT64_MAX, 2));
	ck_assert_ptr_null(bytes_at(&b, 4, UINT64_MAX));
}

END_TEST

/* CONTRACT.md section 2: the kinds that never matter, by name. */
START_TEST(gaps_matter_unless_the_design_says_otherwise)
{
	static const enum gap_kind harmless[] = {
		GAP_PAGE_FILE,	   GAP_HIVE_VIA_API,	GAP_LINK,
		GAP_RESTORE_POINT, GAP_TRUST_UNCHECKED, GAP_EXCLUDED,
		GAP_NOT_REGULAR,   GAP_NOT_OPENED,
	};

	for (int k = 0; k < GAP_COUNT; k++) {
		bool expected = true;

		for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]);
		     i++)
			expected &= harmless[i] != (enum gap_kind)k;
		ck_assert_msg(gap_matters((enum gap_kind)k, GAP_BY_KIND) ==
				      expected,
			      "%s", gap_kind_name((enum gap_kind)k));
		ck_assert(gap_matters((enum gap_kind)k, GAP_MATTERS));
		ck_assert(!gap_matters((enum gap_kind)k, GAP_HARMLESS));
		ck_assert(*gap_kind_words((enum gap_kind)k));
	}
}

END_TEST

/* A sink for one gap. */
struct one_gap {
	struct gap_sink sink; /* first */
	char reason[1100];
	bool matters;
};

static void keep_gap(struct gap_sink *sink, const struct gap *gap)
{
	struct one_gap *g = (struct one_gap *)sink;

	str_copy(g->reason, gap->reason, sizeof(g->reason));
	g->matters = gap_matters(gap->kind, gap->weight);
}

/* It is told what to do, however long the reason is; of other kinds not. */
START_TEST(antivirus_is_a_gap_of_its_own)
{
	const char *way_out = gap_way_out(GAP_ANTIVIRUS);
	struct one_gap g = { { keep_gap }, "", false };
	char longest[2000];

	ck_assert_int_eq(gap_from_err(ERR_ANTIVIRUS), GAP_ANTIVIRUS);
	ck_assert_str_eq(gap_kind_name(GAP_ANTIVIRUS), "antivirus");
	ck_assert_ptr_nonnull(strstr(way_out, "scan again"));
	ck_assert_ptr_nonnull(strstr(words_in(way_out, "ja"), "隔離"));
	ck_assert_ptr_null(gap_way_out(GAP_ACCESS_DENIED));
	gap_report(&g.sink, GAP_ANTIVIRUS, GAP_BY_KIND, "C:\\x", 225,
		   "cannot open it: %s", err_words(ERR_ANTIVIRUS));
	ck_assert(g.matters);
	ck_assert(ascii_starts_with(g.reason,
				    "cannot open it: an antivirus holds or "
				    "removed it; look into "));
	ck_assert(ascii_iends_with(g.reason, way_out));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	gap_report(&g.sink, GAP_ANTIVIRUS, GAP_BY_KIND, "", 0, "%s", longest);
	ck_assert(ascii_iends_with(g.reason, way_out));
	gap_report(&g.sink, GAP_ACCESS_DENIED, GAP_BY_KIND, "", 5, "%s", "no");
	ck_assert_str_eq(g.reason, "no");
}

END_TEST

static Suite *base_suite(void)
{
	Suite *s = suite_create("base");
	TCase *c = tcase_create("base");

	tcase_add_test(c, str_grows_and_keeps_its_bound);
	tcase_add_test(c, str_addf_writes_more_than_its_small_buffer);
	tcase_add_test(c, str_fails_cleanly_without_memory);
	tcase_add_test(c, numbers_are_parsed_strictly);
	tcase_add_loop_test(c, utf16_goes_in_and_comes_back, 0,
			    (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(c, undecodable_bytes_are_kept_and_shown);
	tcase_add_test(c, display_hides_no_control_or_direction_mark);
	tcase_add_test(c, names_compare_without_case);
	tcase_add_test(c, columns_count_wide_letters_twice);
	tcase_add_test(c, times_are_written_in_iso_form);
	tcase_add_test(c, times_of_the_wall);
	tcase_add_test(c, times_are_read);
	tcase_add_test(c, namemap_finds_without_case_and_grows);
	tcase_add_test(c, vec_stops_at_its_maximum);
	tcase_add_test(c, json_escapes_what_could_break_it);
	tcase_add_test(c, digests_are_those_of_the_standards);
	tcase_add_test(c, bytes_at_never_leaves_its_range);
	tcase_add_test(c, gaps_matter_unless_the_design_says_otherwise);
	tcase_add_test(c, antivirus_is_a_gap_of_its_own);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(base_suite)
