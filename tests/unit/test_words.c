/*
 * What people are told of a fix: every refusal, event and step in both
 * languages, and nothing in them that printf would take for a conversion.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "remediate/words.h"
#include "words/words.h"

#include <string.h>

#define DETAIL "<the detail>"

static const char *const langs[] = { "en", "ja" };

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Three Latin words in a row, blanks between them, are a sentence. */
static bool has_english(const char *text)
{
	bool is_quoted = false, was_letter = false;
	unsigned words = 0;

	for (; *text; text++) {
		const bool is = is_letter(*text);

		if (!strncmp(text, "「", 3) || !strncmp(text, "」", 3))
			is_quoted = !strncmp(text, "「", 3);
		if (is && !was_letter)
			words++;
		if ((!is && *text != ' ') || is_quoted)
			words = 0;
		if (words == 3)
			return true;
		was_letter = is;
	}
	return false;
}

/* A text of the tables, with DETAIL in its blank, is fit for people. */
static void check_text(const char *text, const char *lang, const char *name)
{
	const char *detail = strstr(text, DETAIL);

	ck_assert_msg(*text, "%s is empty in %s", name, lang);
	ck_assert_msg(is_ascii(text) == (strcmp(lang, "en") == 0),
		      "%s in %s: %s", name, lang, text);
	ck_assert_msg(strcmp(lang, "en") == 0 || !has_english(text),
		      "%s in %s: %s", name, lang, text);
	/* Whatever blank was not filled is left in it. */
	ck_assert_msg(!strchr(text, '%'), "%s in %s: %s", name, lang, text);
	ck_assert_msg(!detail || !strstr(detail + 1, DETAIL), "%s in %s: %s",
		      name, lang, text);
}

/* What the engine tells in English, as it is shown. */
static void translate(struct str *text, const char *lang)
{
	struct str shown = STR_INIT;

	ck_assert_int_eq(words_translate(&shown, lang, str_text(text)), 0);
	str_release(text);
	*text = shown;
}

/* All texts of a table differ; they are freed. */
static void check_all_differ(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			ck_assert_msg(strcmp(texts[i], texts[k]) != 0,
				      "twice: %s", texts[i]);
	for (size_t i = 0; i < count; i++)
		mem_free(texts[i]);
}

static char *sentence(enum guard_reason r, const char *detail, const char *lang)
{
	struct guard_answer a = { r, "" };
	struct str out = STR_INIT;

	snprintf(a.detail, sizeof(a.detail), "%s", detail);
	ck_assert_int_eq(guard_sentence(&a, lang, &out), 0);
	return str_detach(&out);
}

START_TEST(refusals)
{
	char *texts[2 * GUARD_REASON_COUNT];
	size_t count = 0;

	for (int r = GUARD_OK + 1; r < GUARD_REASON_COUNT; r++) {
		bool has_detail[2];

		for (size_t k = 0; k < 2; k++) {
			char *text = sentence(r, DETAIL, langs[k]);

			check_text(text, langs[k], guard_word(r));
			has_detail[k] = strstr(text, DETAIL) != NULL;
			texts[count++] = text;
		}
		ck_assert_msg(has_detail[0] == has_detail[1],
			      "%s tells the detail in one language only",
			      guard_word(r));
	}
	check_all_differ(texts, count);
}

END_TEST

/* A detail comes from the target: it is text, and long ones are whole. */
START_TEST(details_are_text)
{
	char longest[sizeof(((struct guard_answer *)0)->detail)];
	char *text = sentence(GUARD_CHANGED, "%s%n 100% %d", "en");

	ck_assert_ptr_ne(strstr(text, "(%s%n 100% %d)"), NULL);
	mem_free(text);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	text = sentence(GUARD_CHANGED, longest, "ja");
	ck_assert_ptr_ne(strstr(text, longest), NULL);
	mem_free(text);
	/* A blank without a detail does not stay blank. */
	text = sentence(GUARD_CHANGED, "", "en");
	ck_assert_ptr_ne(strstr(text, "(?)"), NULL);
	mem_free(text);
}

END_TEST

START_TEST(reasons_for_programs)
{
	for (int r = 0; r < GUARD_REASON_COUNT; r++) {
		const char *word = guard_word(r);

		ck_assert(word && *word);
		ck_assert_uint_eq(strspn(word, "abcdefghijklmnopqrstuvwxyz_"),
				  strlen(word));
		for (int k = 0; k < r; k++)
			ck_assert_str_ne(word, guard_word(k));
	}
}

END_TEST

START_TEST(english_is_seen)
{
	ck_assert(has_english("a b c"));
	ck_assert(has_english("名前 the file is gone"));
	ck_assert(!has_english("Internet Explorer の登録"));
	ck_assert(!has_english("undo --vault FILE で「the name of it」です"));
}

END_TEST

START_TEST(events)
{
	char *texts[2 * (FIX_PROGRAMS_ENDED + 1)];
	const struct step s = { .action = ACT_QUARANTINE_FILE, .kind = "file" };
	size_t count = 0;

	for (int e = 0; e <= FIX_PROGRAMS_ENDED; e++)
		for (size_t k = 0; k < 2; k++) {
			struct str out = STR_INIT;

			ck_assert_int_eq(words_event(e, e == FIX_STEP_THERE, &s,
						     langs[k], &out),
					 0);
			check_text(str_text(&out), langs[k], "the event");
			texts[count++] = str_detach(&out);
		}
	check_all_differ(texts, count);
}

END_TEST

static const struct {
	enum fix_event event;
	bool is_undo;
	const char *en, *ja;
} lines[] = {
	{ FIX_STEP_DONE, false, "done: Save and remove the AppID key",
	  "完了: AppID キーを保存してから削除する" },
	{ FIX_STEP_REFUSED, false, "refused: Save and remove the AppID key",
	  "実行せず: AppID キーを保存してから削除する" },
	{ FIX_STEP_FAILED, true, "FAILED: Put the AppID key back",
	  "失敗: AppID キーを元に戻す" },
	/* Not what fix did to it. */
	{ FIX_STEP_UNDONE, true, "undone: Put the AppID key back",
	  "元に戻しました: AppID キー" },
};

START_TEST(what_became_of_a_step)
{
	const struct step s = { .action = ACT_REMOVE_KEY, .kind = "appid" };
	struct str out = STR_INIT;

	words_event(lines[_i].event, lines[_i].is_undo, &s, "en", &out);
	ck_assert_str_eq(str_text(&out), lines[_i].en);
	str_clear(&out);
	words_event(lines[_i].event, lines[_i].is_undo, &s, "ja", &out);
	ck_assert_str_eq(str_text(&out), lines[_i].ja);
	str_release(&out);
}

END_TEST

/* What is found out about one step stands in its sentence in one language. */
START_TEST(details_are_translated)
{
	char *text = sentence(GUARD_CHANGED, "it was written since", "ja");

	check_text(text, "ja", "the detail");
	ck_assert_ptr_nonnull(strstr(text, "(その後に書き込まれています)"));
	mem_free(text);
	/* A name is none, whatever it says. */
	text = sentence(GUARD_PUBLISHER, "it was written since", "ja");
	ck_assert_ptr_nonnull(strstr(text, "「it was written since」"));
	mem_free(text);
}

END_TEST

#define TAB_NAME   "iexplore.exe (812)"
#define FRAME_NAME "iexplore.exe (700), iexplore.exe (812)"

/* Who has a file loaded, what to close, and who could do it. */
START_TEST(loaded)
{
	static const struct {
		const char *names, *to_close;
		bool may_miss, can_ask;
		bool is_said, asks, offers;
	} rows[] = {
		{ "", "", false, true, false, false, false },
		{ TAB_NAME, FRAME_NAME, false, true, true, true, true },
		/* Asked for already: it could not be closed. */
		{ TAB_NAME, FRAME_NAME, false, false, true, true, false },
		{ "rundll32.exe (9)", "", false, true, true, false, false },
		{ "", "", true, true, true, false, false },
		{ "rundll32.exe (9)", "", true, false, true, false, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < 2; k++) {
			struct str out = STR_INIT;
			const char *text;

			ck_assert_int_eq(words_loaded(rows[i].names,
						      rows[i].to_close,
						      rows[i].may_miss,
						      rows[i].can_ask, &out),
					 0);
			translate(&out, langs[k]);
			text = str_text(&out);
			ck_assert_int_eq(*text != '\0', rows[i].is_said);
			if (rows[i].is_said)
				check_text(text, langs[k], "loaded");
			ck_assert_ptr_nonnull(strstr(text, rows[i].names));
			ck_assert_int_eq(strstr(text, FRAME_NAME) != NULL,
					 rows[i].asks);
			ck_assert_int_eq(strstr(text, "--end-browsers") != NULL,
					 rows[i].offers);
			str_release(&out);
		}
}

END_TEST

START_TEST(holds)
{
	char *texts[2 * HOLD_COUNT];
	size_t count = 0;

	for (int h = HOLD_NOT + 1; h < HOLD_COUNT; h++)
		for (size_t k = 0; k < 2; k++) {
			struct step s = { .hold = h };
			struct str out = STR_INIT;

			s.held_for = mem_strdup(DETAIL);
			ck_assert_int_eq(words_hold(&s, langs[k], &out), 0);
			check_text(str_text(&out), langs[k], hold_word(h));
			texts[count++] = str_detach(&out);
			mem_free(s.held_for);
		}
	check_all_differ(texts, count);
}

END_TEST

/* One step of each action, as it is read in a plan. */
START_TEST(actions)
{
	static const struct {
		enum step_action action;
		const char *kind;
	} rows[] = {
		{ ACT_QUARANTINE_FILE, "file" },
		{ ACT_QUARANTINE_FILE, "archive" },
		{ ACT_REMOVE_KEY, "bho" },
		{ ACT_REMOVE_KEY, "clsid" },
		{ ACT_REMOVE_VALUE, "toolbar" },
		{ ACT_SET_VALUE, "mime_filter" },
		{ ACT_REMOVE_KEY, "of no table" },
	};

	enum {
		ROWS = sizeof(rows) / sizeof(rows[0])
	};

	char *texts[2][ROWS];

	for (size_t i = 0; i < ROWS; i++)
		for (size_t k = 0; k < 2; k++) {
			struct step s = { .action = rows[i].action,
					  .kind = rows[i].kind };
			struct str out = STR_INIT;

			s.new_text = mem_strdup(DETAIL);
			ck_assert_int_eq(words_action(&s, langs[k], &out), 0);
			check_text(str_text(&out), langs[k], rows[i].kind);
			ck_assert_int_eq(strstr(str_text(&out), DETAIL) != NULL,
					 rows[i].action == ACT_SET_VALUE);
			texts[k][i] = str_detach(&out);
			mem_free(s.new_text);
		}
	for (size_t k = 0; k < 2; k++)
		check_all_differ(texts[k], ROWS);
}

END_TEST

/* The way back has its own words, of whatever was done. */
START_TEST(ways_back)
{
	static const struct {
		enum step_action action;
		const char *kind;
	} rows[] = {
		{ ACT_QUARANTINE_FILE, "file" },
		{ ACT_QUARANTINE_FILE, "archive" },
		{ ACT_REMOVE_KEY, "bho" },
		{ ACT_REMOVE_KEY, "clsid" },
		{ ACT_REMOVE_KEY, "" },
		{ ACT_SET_VALUE, "mime_filter" },
	};

	enum {
		ROWS = sizeof(rows) / sizeof(rows[0])
	};

	char *texts[2][ROWS];

	for (size_t i = 0; i < ROWS; i++)
		for (size_t k = 0; k < 2; k++) {
			struct step s = { .action = rows[i].action,
					  .kind = rows[i].kind };
			struct str out = STR_INIT;

			ck_assert_int_eq(words_back(&s, langs[k], &out), 0);
			check_text(str_text(&out), langs[k], rows[i].kind);
			ck_assert_ptr_nonnull(strstr(str_text(&out),
						     k ? "元に戻す" : " back"));
			ck_assert_ptr_null(
				strstr(str_text(&out), k ? "削除" : "emove"));
			texts[k][i] = str_detach(&out);
		}
	for (size_t k = 0; k < 2; k++)
		check_all_differ(texts[k], ROWS);
}

END_TEST

/* A short name that did not come back: each reason, and what can be done. */
START_TEST(short_names)
{
	const enum host_short_fate fates[] = { HOST_SHORT_OFF, HOST_SHORT_TAKEN,
					       HOST_SHORT_LOST };

	char *texts[2][3];

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 2; k++) {
			/* From the vault: nobody vouches for it. */
			struct host_short name = { fates[i], "EVIL~1\n.DLL" };
			struct str out = STR_INIT;

			ck_assert_int_eq(words_short_name(&name, &out), 0);
			translate(&out, langs[k]);
			check_text(str_text(&out), langs[k], "short name");
			ck_assert_ptr_null(strchr(str_text(&out), '\n'));
			ck_assert_ptr_nonnull(strstr(str_text(&out), "EVIL~1"));
			ck_assert_ptr_nonnull(strstr(
				str_text(&out), "fsutil file setshortname"));
			texts[k][i] = str_detach(&out);
		}
	for (size_t k = 0; k < 2; k++)
		check_all_differ(texts[k], 3);
}

END_TEST

/* What was moved away and stays, or goes at the next start. */
START_TEST(moved_away)
{
	static const char path[] = "C:\\v\\restart-1\n-1";

	for (size_t k = 0; k < 2; k++) {
		struct str left = STR_INIT, waits = STR_INIT;

		ck_assert_int_eq(words_left_there(path, DETAIL, &left), 0);
		ck_assert_int_eq(words_still_waits(path, &waits), 0);
		translate(&left, langs[k]);
		translate(&waits, langs[k]);
		check_text(str_text(&left), langs[k], "left there");
		check_text(str_text(&waits), langs[k], "still waits");
		ck_assert_ptr_nonnull(strstr(str_text(&left), DETAIL));
		ck_assert_ptr_nonnull(strstr(str_text(&left), "restart-1"));
		ck_assert_ptr_nonnull(strstr(str_text(&waits), "restart-1"));
		/* From the journal: nobody vouches for it. */
		ck_assert_ptr_null(strchr(str_text(&left), '\n'));
		ck_assert_ptr_null(strchr(str_text(&waits), '\n'));
		str_release(&left);
		str_release(&waits);
	}
}

END_TEST

static Suite *words_suite(void)
{
	Suite *s = suite_create("words");
	TCase *tc = tcase_create("words");

	tcase_add_test(tc, refusals);
	tcase_add_test(tc, details_are_text);
	tcase_add_test(tc, reasons_for_programs);
	tcase_add_test(tc, details_are_translated);
	tcase_add_test(tc, english_is_seen);
	tcase_add_test(tc, events);
	tcase_add_loop_test(tc, what_became_of_a_step, 0,
			    sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tc, loaded);
	tcase_add_test(tc, holds);
	tcase_add_test(tc, actions);
	tcase_add_test(tc, ways_back);
	tcase_add_test(tc, short_names);
	tcase_add_test(tc, moved_away);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(words_suite)
