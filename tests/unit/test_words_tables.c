/*
 * The tables of texts: every row is found by its text and by its sentence.
 * What the build can see of them alone tests/build/words.sh checks.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "words/base.h"
#include "words/words.h"
#include "words/words_table.h"

#include <stdlib.h>
#include <string.h>

static const char *spec_end(const char *s)
{
	while (*s && strchr("$-+ #.*0123456789hlzjI", *s))
		s++;
	return *s ? s + 1 : s;
}

static bool is_number(char letter)
{
	return letter != 's' && letter != 'c';
}

/* "%s: %s" says nothing of its own. */
static bool has_words(const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			text = spec_end(text + 1) - 1;
		else if (*text >= 'a' && *text <= 'z')
			return true;
	}
	return false;
}

/* A row's text with "v1", "v2" put in, numbers as 71, 72. */
static void fill(struct str *out, const char *text)
{
	unsigned next = 1;

	while (*text) {
		const char *end;
		unsigned i;

		if (*text != '%') {
			str_addch(out, *text++);
			continue;
		}
		if (text[1] == '%') {
			str_addch(out, '%');
			text += 2;
			continue;
		}
		end = spec_end(text + 1);
		i = strcspn(text, "$") < (size_t)(end - text)
			    ? (unsigned)strtoul(text + 1, NULL, 10)
			    : next++;
		str_addf(out, is_number(end[-1]) ? "7%u" : "v%u", i);
		text = end;
	}
}

START_TEST(every_row_is_found_by_its_text)
{
	for (size_t i = 0; i < words_row_count; i++) {
		const struct words_row *row = &words_rows[i];

		ck_assert_msg(row->ja != NULL, "%s", row->key);
		ck_assert_str_eq(words_in(row->en, "ja"), row->ja);
		ck_assert_ptr_eq(words_in(row->en, "en"), row->en);
	}
}

END_TEST

START_TEST(every_row_is_found_by_its_sentence)
{
	for (size_t i = 0; i < words_row_count; i++) {
		const struct words_row *row = &words_rows[i];
		struct str en = STR_INIT, ja = STR_INIT, got = STR_INIT;

		if (has_words(row->en)) {
			fill(&en, row->en);
			fill(&ja, row->ja);
			ck_assert_int_eq(
				words_translate(&got, "ja", str_text(&en)), 0);
			ck_assert_msg(strcmp(str_text(&got), str_text(&ja)) ==
					      0,
				      "%s: \"%s\" became \"%s\"", row->key,
				      str_text(&en), str_text(&got));
		}
		str_release(&en);
		str_release(&ja);
		str_release(&got);
	}
}

END_TEST

static const struct {
	const char *en;
	const char *ja;
} sentences[] = {
	/* one in the other, and both of two that are joined */
	{ W_BASE_ERR_DENIED, "アクセスが拒否されました" },
	{ "access was denied: the disk is full",
	  "アクセスが拒否されました: ディスクの空き容量がありません" },
	{ "C:\\x: the disk is full", "C:\\x: ディスクの空き容量がありません" },
	{ "the disk is full; access was denied",
	  "ディスクの空き容量がありません。アクセスが拒否されました" },
	/* a name stays, whatever it says */
	{ "\"access was denied\": the disk is full",
	  "\"access was denied\": ディスクの空き容量がありません" },
	{ "\"a: the disk is full", "\"a: the disk is full" },
	/* nor where the row itself puts the quotes */
	{ "\"access was denied\" is a folder",
	  "「access was denied」はフォルダーです" },
	{ "there is no key \"the disk is full: access was denied\"",
	  "キー「the disk is full: access was denied」がありません" },
	/* of two rows that fit the one with more of its own words */
	{ "the header of the hive is damaged; use this program in the running "
	  "Windows",
	  "レジストリ ハイブのヘッダーが壊れています。その Windows を起動して、"
	  "このプログラムを使ってください" },
	{ "cannot open the registry key \"HKLM\": access was denied",
	  "レジストリ キー「HKLM」を開けません: アクセスが拒否されました" },
	/* three deep */
	{ "a new key is not what it should be: the key \"A: it is empty\" has "
	  "other values",
	  "新しいキーが想定と異なります: キー「A: it is empty」の値が異なり"
	  "ます" },
	{ "\"x\" could not be made again: the key cannot be saved: access was "
	  "denied",
	  "「x」を元どおりに作成できません: キーを保存できません: "
	  "アクセスが拒否されました" },
	{ "a text is longer than 12 bytes",
	  "文字列が 12 バイトを超えています" },
	/* a sign stands before a number, not in it */
	{ "\"C:\\x\" lay on another volume (serial number 00AB-1234, this one "
	  "has 0000-0001)",
	  "「C:\\x」は別のボリュームにありました (シリアル番号 00AB-1234、"
	  "このボリュームは 0000-0001)" },
	/* no number, no row */
	{ "a text is longer than x bytes", "a text is longer than x bytes" },
	{ "a text is longer than  bytes", "a text is longer than  bytes" },
	{ "nothing that a row says", "nothing that a row says" },
	{ "%s%n", "%s%n" },
	{ "", "" },
};

START_TEST(sentences_are_translated)
{
	struct str s = STR_INIT;

	words_translate(&s, "ja", sentences[_i].en);
	ck_assert_str_eq(str_text(&s), sentences[_i].ja);
	str_clear(&s);
	words_translate(&s, "en", sentences[_i].en);
	ck_assert_str_eq(str_text(&s), sentences[_i].en);
	str_release(&s);
}

END_TEST

/* host_fail() puts path and reason into them itself. */
START_TEST(refusals_of_the_system_have_one_form)
{
	static const char start[] = "cannot ", path[] = "\"%s\": %s";
	unsigned count = 0;

	for (size_t i = 0; i < words_row_count; i++) {
		const struct words_row *row = &words_rows[i];
		const size_t n = strlen(row->en);

		if (strncmp(row->key, "host.cannot_", 12) != 0 ||
		    strstr(row->en, "\"standard "))
			continue;
		count++;
		ck_assert_msg(strncmp(row->en, start, sizeof(start) - 1) == 0 &&
				      n > sizeof(path) &&
				      strstr(row->en, path) ==
					      row->en + n - (sizeof(path) - 1),
			      "%s: %s", row->key, row->en);
	}
	ck_assert_uint_gt(count, 60);
}

END_TEST

START_TEST(arguments_are_put_in)
{
	struct str s = STR_INIT;

	words_add(&s, "ja", W_BASE_TEXT_TOO_LONG, UINT64_C(12345678901));
	ck_assert_str_eq(str_text(&s),
			 "文字列が 12345678901 バイトを超えています");
	str_clear(&s);
	words_add(&s, "en", W_BASE_TEXT_TOO_LONG, UINT64_C(12345678901));
	ck_assert_str_eq(str_text(&s),
			 "a text is longer than 12345678901 bytes");
	str_clear(&s);
	/* What is no row is said in English. */
	words_add(&s, "ja", "%.2s|%.*s|%c|%d|%04x|%u", "abc", 1, "xyz", '!', -7,
		  0xabu, 9u);
	ck_assert_str_eq(str_text(&s), "ab|x|!|-7|00ab|9");
	str_release(&s);
}

END_TEST

/* A sentence that fits a row in very many ways does not take for ever. */
START_TEST(a_hostile_sentence_is_bounded)
{
	struct str in = STR_INIT, out = STR_INIT;

	for (int i = 0; i < 20000; i++)
		str_add(&in, "a: ");
	ck_assert_int_eq(words_translate(&out, "ja", str_text(&in)), 0);
	ck_assert_str_eq(str_text(&out), str_text(&in));
	str_release(&in);
	str_release(&out);
}

END_TEST

static Suite *words_tables_suite(void)
{
	Suite *s = suite_create("words_tables");
	TCase *t = tcase_create("words_tables");

	tcase_add_test(t, every_row_is_found_by_its_text);
	tcase_add_test(t, every_row_is_found_by_its_sentence);
	tcase_add_loop_test(t, sentences_are_translated, 0,
			    sizeof(sentences) / sizeof(sentences[0]));
	tcase_add_test(t, refusals_of_the_system_have_one_form);
	tcase_add_test(t, arguments_are_put_in);
	tcase_add_test(t, a_hostile_sentence_is_bounded);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(words_tables_suite)
