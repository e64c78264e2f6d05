/*
 * Text in lines: where they end, and where never.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "base/utf.h"
#include "report/wrap.h"

#include <string.h>

static const struct {
	size_t indent, columns;
	const char *text;
	const char *want;
} rows[] = {
	{ 0, 30, "one two three four five six seven",
	  "one two three four five six\nseven\n" },
	{ 2, 32, "one two three four five six seven",
	  "  one two three four five six\n  seven\n" },
	{ 2, 0, "one two three four five six seven",
	  "  one two three four five six seven\n" },
	{ 0, 30, "", "\n" },
	/* A name in quotes stays whole, in either language. */
	{ 0, 30, "it is \"C:\\Program Files\\Shared\\lib.dll\" here",
	  "it is\n\"C:\\Program Files\\Shared\\lib.dll\"\nhere\n" },
	{ 0, 20, "これは「長い 名前 の ファイル」です",
	  "これは\n「長い 名前 の ファイル」\nです\n" },
	{ 0, 20, "run \"mstmpsweep plan\" now",
	  "run\n\"mstmpsweep plan\"\nnow\n" },
	/* A mark that opens nothing, or has no end, keeps nothing together. */
	{ 0, 20, "a 3.5\" disk and a 5.25\" disk",
	  "a 3.5\" disk and a\n5.25\" "
	  "disk\n" },
	{ 0, 20, "\"a name without any end", "\"a name without any\nend\n" },
	/* Longer than a line: whole. */
	{ 0, 20, "see C:\\a\\path\\of\\many\\folders ok",
	  "see\nC:\\a\\path\\of\\many\\folders\nok\n" },
	/* Small letters and marks do not begin a line, brackets do not end it.
	 */
	{ 0, 20, "レスキュー用のディスク", "レスキュー用のディス\nク\n" },
	{ 0, 20, "レスキューの大ディスク", "レスキューの大ディス\nク\n" },
	{ 0, 20, "レスキューの大きなディスク",
	  "レスキューの大きな\nディスク\n" },
	{ 0, 20, "あいうえおかきくけこ。さ", "あいうえおかきくけ\nこ。さ\n" },
	{ 0, 20, "あいうえおかきくけ(さ)", "あいうえおかきくけ\n(さ)\n" },
};

START_TEST(test_lines)
{
	struct str out = STR_INIT;

	wrap_add(&out, rows[_i].text, rows[_i].indent, rows[_i].columns);
	ck_assert_str_eq(str_text(&out), rows[_i].want);
	str_release(&out);
}

END_TEST

/* Whatever the width, no byte is lost but blanks, and no line is cut within
 * quotes. */
START_TEST(test_every_width)
{
	static const char text[] =
		"ユーザー「山田 太郎」の Internet Explorer が、「text/html」の "
		"MIME フィルターとして \"C:\\a b\\c d.dll\" を読み込みます。";
	static const char *const whole[] = { "「山田 太郎」", "「text/html」",
					     "\"C:\\a b\\c d.dll\"" };

	for (size_t columns = 1; columns < 120; columns++) {
		struct str out = STR_INIT;
		size_t blanks = 0;

		wrap_add(&out, text, 0, columns);
		for (size_t i = 0; i < 3; i++)
			ck_assert_msg(strstr(str_text(&out), whole[i]) != NULL,
				      "%u: %s", (unsigned)columns,
				      str_text(&out));
		for (const char *p = text, *q = str_text(&out); *p; p++) {
			if (*p == ' ' && *q != ' ')
				blanks++;
			else if (*q == '\n' && *p != '\n')
				ck_assert_int_eq(*++q, *p);
			if (*p == *q)
				q++;
		}
		ck_assert_uint_le(blanks, 20);
		str_release(&out);
	}
}

END_TEST

static Suite *wrap_suite(void)
{
	Suite *s = suite_create("wrap");
	TCase *t = tcase_create("wrap");

	tcase_add_loop_test(t, test_lines, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_every_width);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(wrap_suite)
