/*
 * The text report: verdict lines, what stands where, wrapping, both
 * languages, and text that tries to forge lines.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/volume_why.h"

#include <sqlite3.h>
#include <string.h>

static struct store *memory_store(void)
{
	struct store *s = NULL;

	ck_assert_int_eq(store_open(":memory:", &s), 0);
	return s;
}

static char *text_of(struct store *s, int64_t id, enum report_what what,
		     const char *lang)
{
	return fx_render(s, id, REPORT_TEXT, what, lang, false);
}

/* ---- verdict lines ----------------------------------------------- */

static const struct {
	enum target_kind kind;
	const char *profile;
	const char *verdict; /* NULL: the scan is not ended */
	int rule;	     /* of one file found, -1: none */
	bool gap;
	const char *en;
	const char *ja;
	const char *command; /* that is told; NULL: none */
} verdicts[] = {
	{ TARGET_OFFLINE, "full", "clean", -1, false,
	  "CLEAN: nothing of this outbreak was found\n",
	  "検出なし: mstmp 関連のマルウェアは見つかりませんでした\n", NULL },
	{ TARGET_OFFLINE, "quick", "clean", -1, false,
	  "NOTHING FOUND: nothing found where this outbreak lives (quick "
	  "scan)\n",
	  "検出なし: mstmp 関連のマルウェアがよく使う場所では、", "scan" },
	{ TARGET_FOLDER, "full", "clean", -1, false,
	  "CLEAN: nothing of this outbreak was found in this folder\n",
	  "検出なし: このフォルダーに、mstmp 関連のマルウェアは見つかりません"
	  "でした\n",
	  NULL },
	{ TARGET_OFFLINE, "full", "clean", FX_NAME_BARE, false,
	  "CLEAN: nothing of this outbreak was found (1 to note)\n",
	  "検出なし: mstmp 関連のマルウェアは見つかりませんでした (参考 1 件)"
	  "\n",
	  NULL },
	{ TARGET_OFFLINE, "full", "incomplete", -1, true,
	  "INCOMPLETE: nothing was found, but 1 place that matters could not "
	  "be examined\n",
	  "一部を検査できませんでした (1 か所)。調べた範囲では検出なし\n",
	  "scan" },
	{ TARGET_OFFLINE, "full", "found", FX_NAME_MSTMP, false,
	  "FOUND: 1 suspicious\n", "検出あり: 疑いあり 1 件\n", "plan" },
	{ TARGET_OFFLINE, "full", "found", FX_CONTENT_CONSTANT, true,
	  "FOUND: 1 malicious\nBesides, the scan is incomplete: 1 place that "
	  "matters",
	  "検出あり: マルウェア 1 件\nまた、一部を検査できませんでした (1 か所",
	  "plan" },
	{ TARGET_OFFLINE, "full", NULL, -1, false,
	  "UNFINISHED: this scan was cut off or is still running",
	  "未完了: ", "scan" },
};

static int64_t record(struct store *s, int row)
{
	struct target_info target = fx_target;
	struct scan_begin begin;
	struct scan_end end;
	struct judge *j = fx_judge();
	struct gap gap = { .kind = GAP_LOCKED, .path = "C:\\x" };
	int64_t id = 0;

	target.kind = verdicts[row].kind;
	fx_scan_begin(&begin);
	begin.target = &target;
	begin.profile = verdicts[row].profile;
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	if (verdicts[row].rule >= 0)
		judge_add(j, fx_file("C:\\a.dll", verdicts[row].rule, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_int_eq(store_add_findings(s, id, j, NULL, 0), 0);
	if (verdicts[row].gap)
		ck_assert_int_eq(store_add_gap(s, id, &gap, true, 1), 0);
	if (verdicts[row].verdict != NULL) {
		fx_scan_end(&end, verdicts[row].verdict, 0);
		ck_assert_int_eq(store_scan_end(s, id, &end), 0);
	}
	judge_free(j);
	return id;
}

START_TEST(test_verdict_line_is_first)
{
	struct store *s = memory_store();
	int64_t id = record(s, _i);
	char *en = text_of(s, id, REPORT_FINDINGS, "en");
	char *ja = text_of(s, id, REPORT_FINDINGS, "ja");

	ck_assert_msg(strncmp(en, verdicts[_i].en, strlen(verdicts[_i].en)) ==
			      0,
		      "%s", en);
	ck_assert_msg(strncmp(ja, verdicts[_i].ja, strlen(verdicts[_i].ja)) ==
			      0,
		      "%s", ja);
	mem_free(en);
	mem_free(ja);
	store_close(s);
}

END_TEST

/* A gap of no path is one of the scan; each is told once. */
START_TEST(test_gap_has_a_subject)
{
	const struct gap gaps[] = {
		{ .kind = GAP_INTERRUPTED, .path = "", .reason = "cut off" },
		{ .kind = GAP_EXCLUDED,
		  .path = "C:\\left",
		  .reason = "left out as asked" },
		{ .kind = GAP_VOLUME,
		  .path = "E:",
		  .reason = volume_why_words(VOLUME_LOCKED) },
	};
	struct store *s = memory_store();
	struct scan_begin begin;
	struct scan_end end;
	int64_t id = 0;
	char *text;

	fx_scan_begin(&begin);
	fx_scan_end(&end, "incomplete", 2);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(store_add_gap(s, id, &gaps[i], true, 1), 0);
	ck_assert_int_eq(store_scan_end(s, id, &end), 0);
	text = text_of(s, id, REPORT_FINDINGS, "en");
	ck_assert_ptr_nonnull(strstr(text, "\n  (the whole scan)\n      "
					   "stopped before the end: cut off"));
	ck_assert_ptr_nonnull(
		strstr(text, "\n  C:\\left\n      left out as asked\n"));
	ck_assert_ptr_nonnull(strstr(text, "it is locked by BitLocker"));
	mem_free(text);
	text = text_of(s, id, REPORT_FINDINGS, "ja");
	ck_assert_ptr_nonnull(strstr(text, "\n  (検査全体)\n"));
	/* What to do about a volume is told in the reader's language. */
	ck_assert_ptr_null(strstr(text, "it is locked"));
	ck_assert_ptr_nonnull(strstr(text, "BitLocker でロック"));
	mem_free(text);
	store_close(s);
}

END_TEST

/* What to do about an antivirus is told in every form, once. */
START_TEST(test_antivirus_is_told_with_its_way_out)
{
	static const struct {
		enum report_format format;
		const char *lang, *has, *has_not;
	} rows[] = {
		{ REPORT_TEXT, "en", "quarantine", "隔離" },
		{ REPORT_TEXT, "ja", "隔離", "quarantine" },
		{ REPORT_HTML, "en", "quarantine", "隔離" },
		{ REPORT_HTML, "ja", "隔離", "quarantine" },
		{ REPORT_JSON, "en", "\"kind\": \"antivirus\"", "隔離" },
		{ REPORT_JSON, "ja", "quarantine", "隔離" },
		{ REPORT_CSV, "en", ",antivirus,", "隔離" },
		{ REPORT_CSV, "ja", "quarantine", "隔離" },
	};
	struct store *s = memory_store();
	struct str reason = STR_INIT;
	struct gap gap = { .kind = GAP_ANTIVIRUS,
			   .path = "C:\\mstmp.dll",
			   .os_error = 225 };
	struct scan_begin begin;
	struct scan_end end;
	int64_t id = 0;

	fx_scan_begin(&begin);
	fx_scan_end(&end, "incomplete", 2);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	str_addf(&reason, "cannot open it; %s", gap_way_out(GAP_ANTIVIRUS));
	gap.reason = str_text(&reason);
	ck_assert_int_eq(store_add_gap(s, id, &gap, true, 1), 0);
	ck_assert_int_eq(store_scan_end(s, id, &end), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = fx_render(s, id, rows[i].format, REPORT_GAPS,
				       rows[i].lang, false);

		ck_assert_msg(strstr(text, rows[i].has) != NULL, "%s", text);
		ck_assert_msg(strstr(text, rows[i].has_not) == NULL, "%s",
			      text);
		ck_assert_uint_eq(fx_count(text, "quarantine") +
					  fx_count(text, "隔離"),
				  1);
		mem_free(text);
	}
	str_release(&reason);
	store_close(s);
}

END_TEST

/* The number before a finding is the one that --finding takes. */
START_TEST(test_numbers_are_those_of_the_store)
{
	struct store *s = memory_store();
	char *text;

	fx_record_scan(s);
	text = text_of(s, fx_record_scan(s), REPORT_FINDINGS, "en");
	ck_assert_ptr_nonnull(strstr(text, "\n3. MALICIOUS  lib.dll"));
	ck_assert_ptr_nonnull(strstr(text, "\n4. SUSPICIOUS  mstmp"));
	ck_assert_ptr_null(strstr(text, "\n1. "));
	mem_free(text);
	store_close(s);
}

END_TEST

/* What is passed because nobody can read it is counted, and told why. */
START_TEST(test_locked_passed)
{
	static const struct gap gaps[] = {
		{ .kind = GAP_LOCKED,
		  .path = "C:\\a.tmp",
		  .reason = GAP_LOCKED_PASSED },
		{ .kind = GAP_LOCKED,
		  .path = "C:\\b.tmp",
		  .reason = GAP_LOCKED_PASSED },
		/* another cause */
		{ .kind = GAP_LOCKED,
		  .path = "C:\\c.txt",
		  .reason = "parts of it" },
	};
	static const char *const langs[] = { "en", "ja" };
	static const char *const words[] = {
		"       4  in use by another program\n"
		"  In use and closed to every reader: 3. That does not matter "
		"here:",
		"  \xe4\xbd\xbf\xe7\x94\xa8\xe4\xb8\xad\xe3\x81\xa7",
	};
	struct store *s = memory_store();
	struct scan_begin begin;
	struct scan_end end;
	int64_t id = 0;

	fx_scan_begin(&begin);
	fx_scan_end(&end, "clean", 0);
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
			store_add_gap(s, id, &gaps[i], false, i == 1 ? 2 : 1),
			0);
	ck_assert_int_eq(store_scan_end(s, id, &end), 0);
	for (int i = 0; i < 2; i++) {
		char *text = text_of(s, id, REPORT_FINDINGS, langs[i]);
		char *page = fx_render(s, id, REPORT_HTML, REPORT_GAPS,
				       langs[i], false);
		const char *bare = i ? ": 3 \xe4\xbb\xb6"
				     : "closed to every reader: 3. That does";

		ck_assert_msg(strstr(text, words[i]) != NULL, "%s", text);
		ck_assert_msg(strstr(text, bare) != NULL, "%s", text);
		ck_assert_msg(strstr(page, bare) != NULL, "%s", page);
		mem_free(text);
		mem_free(page);
	}
	store_close(s);
}

END_TEST

/* ---- what stands in it ------------------------------------------- */

static const char *const parts[] = {
	"FOUND: 1 malicious, 1 suspicious\n",
	"Next: Take the PC off the network, keep it switched on, and tell",
	"Command to see what can be done (changes nothing): mstmpsweep plan "
	"--root /mnt/c\n",
	"Left out as asked (--exclude): D:\\Backup\\**\n",
	"mstmp 2010.10.27 (built in or signed)",
	"PC-01, Windows 7 Professional Service Pack 1 (6.1.7601, 64-bit), "
	"/mnt/c, offline Windows",
	"2010-10-25 00:00 (UTC) - 2010-10-25 00:01 (UTC), mstmpsweep 1.0.0",
	"1,100 of 1,200 files (5,000,000,000 bytes), 3 registrations",
	"1. MALICIOUS  lib.dll  (score 90)\n",
	"File:         C:\\Program Files\\Shared\\lib.dll\n",
	"SHA-256:      aaaaaaaaaaaaaaaa",
	"Registered:   Browser Helper Object, 32-bit, all users\n",
	"HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\"
	"Explorer\\Browser Helper Objects\\{11111111",
	"Registered:   Browser Helper Object, 64-bit, user 太郎\n",
	"Family:       Exedot, the clicker lib.dll",
	"Role:         a clicker: it watches visited pages",
	"2. SUSPICIOUS  mstmp  (score 60)\n",
	"Not examined, and it matters (1):\n  C:\\Users\\hanako\\NTUSER.DAT\n"
	"      access was denied (system code 5)\n",
	"Not examined, without weight for the result (3):\n",
	"       1  left out as asked\n       2  a link, not followed\n",
};

START_TEST(test_parts)
{
	struct store *s = memory_store();
	char *text = text_of(s, fx_record_scan(s), REPORT_FINDINGS, "en");
	const char *last = text;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const char *at = strstr(last, parts[i]);

		ck_assert_msg(at != NULL, "missing or out of order: %s\n%s",
			      parts[i], text);
		last = at;
	}
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_what)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	char *text = text_of(s, id, REPORT_INVENTORY, "en");

	ck_assert_uint_eq(fx_count(text, "\nBrowser Helper Object:\n"), 1);
	ck_assert_ptr_nonnull(strstr(text, "leads to no file  [known: a known "
					   "toolbar]"));
	ck_assert_ptr_null(strstr(text, "1. MALICIOUS"));
	ck_assert_ptr_nonnull(strstr(text, "NTUSER.DAT")); /* gaps always */
	mem_free(text);
	text = text_of(s, id, REPORT_GAPS, "en");
	ck_assert_ptr_nonnull(strstr(text, "C:\\Documents and Settings"));
	mem_free(text);
	text = text_of(s, id, REPORT_TRACES, "en");
	ck_assert_ptr_nonnull(strstr(text, "No traces recorded."));
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_after_fix)
{
	static const struct {
		const char *state;
		const char *en;
	} states[] = {
		{ "planned", "Fix:          begun, not done\n" },
		{ "fixed", "Fix:          done\n" },
		{ "partly_fixed", "Fix:          done in part\n" },
		{ "failed", "Fix:          failed\n" },
		{ "undone", "Fix:          put back by undo\n" },
		{ "came_back", "Fix:          done, but it came back\n" },
	};
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct str sql = STR_INIT;
		char *text;

		str_addf(&sql, "UPDATE finding SET fix_state = '%s'",
			 states[i].state);
		mem_free(fx_query(s, str_text(&sql)));
		str_release(&sql);
		text = text_of(s, id, REPORT_FINDINGS, "en");
		ck_assert_uint_eq(fx_count(text, states[i].en), 2);
		ck_assert_uint_eq(fx_count(text,
					   "Since this scan fix dealt with 2 "
					   "of these; scan again"),
				  strcmp(states[i].state, "fixed") == 0);
		mem_free(text);
	}
	store_close(s);
}

END_TEST

/* Each state of a step, to people in their language, to programs as it is. */
static const struct {
	const char *state, *en, *ja;
} step_states[] = {
	{ "planned", "planned", "未実行" },
	{ "saved", "saved", "保存済み" },
	{ "applied", "applied", "適用済み・未確認" },
	{ "verified", "verified", "完了" },
	{ "came_back", "came back", "再出現" },
	{ "failed", "failed", "失敗" },
	{ "undone", "undone", "元に戻しました" },
};

static void state_is_shown(struct store *s, enum report_format format,
			   const char *lang, const char *want, size_t count)
{
	char *text = fx_render(s, 1, format, REPORT_STEPS, lang, false);

	ck_assert_msg(fx_count(text, want) == count, "%s: %s: %s", lang, want,
		      text);
	mem_free(text);
}

START_TEST(test_states_of_steps)
{
	const char *state = step_states[_i].state;
	struct store *s = memory_store();
	struct str text = STR_INIT;
	bool is_word = strcmp(state, step_states[_i].en) != 0;

	ck_assert_int_eq(fx_record_scan(s), 1);
	str_addf(&text,
		 "INSERT INTO fix (fix_id, scan_id, target_id, started_at, "
		 "state, tool_version) VALUES (1, 1, 't', 'n', 'failed', '1') "
		 "RETURNING 1");
	mem_free(fx_query(s, str_text(&text)));
	str_clear(&text);
	str_addf(&text,
		 "INSERT INTO step (fix_id, seq, action, target, state) VALUES "
		 "(1, 1, 'remove_key', 'HKLM\\x', '%s') RETURNING 1",
		 state);
	mem_free(fx_query(s, str_text(&text)));
	str_clear(&text);
	str_addf(&text, "  1.1  %s  removal of a key\n", step_states[_i].en);
	state_is_shown(s, REPORT_TEXT, "en", str_text(&text), 1);
	str_clear(&text);
	str_addf(&text, "  1.1  %s  レジストリ キーの削除\n",
		 step_states[_i].ja);
	state_is_shown(s, REPORT_TEXT, "ja", str_text(&text), 1);
	str_clear(&text);
	str_addf(&text, ">%s</td>", step_states[_i].en);
	state_is_shown(s, REPORT_HTML, "en", str_text(&text), 1);
	str_clear(&text);
	str_addf(&text, ">%s</td>", step_states[_i].ja);
	state_is_shown(s, REPORT_HTML, "ja", str_text(&text), 1);
	str_clear(&text);
	str_addf(&text, "\"state\": \"%s\"", state);
	state_is_shown(s, REPORT_JSON, "ja", str_text(&text), 1);
	str_clear(&text);
	str_addf(&text, ",%s,", state);
	state_is_shown(s, REPORT_CSV, "ja", str_text(&text), 1);
	if (is_word)
		state_is_shown(s, REPORT_JSON, "en", step_states[_i].en, 0);
	str_release(&text);
	store_close(s);
}

END_TEST

START_TEST(test_unsigned_pack_is_named)
{
	struct store *s = memory_store();
	char *text =
		text_of(s, fx_record_hostile_scan(s), REPORT_FINDINGS, "en");

	ck_assert_ptr_nonnull(strstr(text, "signature pack is UNSIGNED"));
	ck_assert_ptr_nonnull(strstr(text, "(UNSIGNED)"));
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_no_such_scan)
{
	struct store *s = memory_store();
	struct report_options o = { .scan_id = 17, .lang = "en" };
	struct str out = STR_INIT;

	ck_assert_int_eq(report_render(s, &o, &out), ERR_NOT_FOUND);
	ck_assert_uint_eq(out.len, 0);
	store_close(s);
}

END_TEST

START_TEST(test_names)
{
	enum report_format f = REPORT_TEXT;
	enum report_what w = REPORT_FINDINGS;

	ck_assert(report_format_from_name("ndjson", &f) && f == REPORT_NDJSON);
	ck_assert(!report_format_from_name("docx", &f) && f == REPORT_NDJSON);
	ck_assert(report_what_from_name("gaps", &w) && w == REPORT_GAPS);
	ck_assert(!report_what_from_name("", &w) && w == REPORT_GAPS);
	ck_assert_str_eq(report_media_type(REPORT_HTML), "text/html");
	ck_assert_str_eq(report_media_type(REPORT_CSV), "text/csv");
}

END_TEST

/* ---- times, words of the pack, what stands last ------------------ */

static int64_t nine_hours_before(int64_t filetime)
{
	return filetime + INT64_C(9) * 3600 * 10000000;
}

static char *text_in_zone(struct store *s, int64_t id,
			  enum report_format format)
{
	const struct report_options o = { .scan_id = id,
					  .format = format,
					  .what = REPORT_INVENTORY,
					  .lang = "en",
					  .to_local = nine_hours_before };
	struct str out = STR_INIT;

	ck_assert_int_eq(report_render(s, &o, &out), 0);
	return str_detach(&out);
}

/* People read the time of the clock on the wall, of a PC that runs; programs
 * read UTC. */
START_TEST(test_times)
{
	static const struct {
		const char *kind;
		enum report_format format;
		const char *begun, *changed;
	} rows[] = {
		{ "live", REPORT_TEXT, "2010-10-25 09:00 (+09:00) - ",
		  "changed 2010-10-25 08:59 (+09:00)" },
		{ "live", REPORT_HTML, "2010-10-25 09:00 (+09:00) - ",
		  "changed 2010-10-25 08:59 (+09:00)" },
		{ "offline", REPORT_TEXT, "2010-10-25 00:00 (UTC) - ",
		  "changed 2010-10-24 23:59 (UTC)" },
		{ "live", REPORT_JSON, "2010-10-25T00:00:00Z",
		  "2010-10-24T23:59:59Z" },
	};
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str sql = STR_INIT;
		char *text;

		str_addf(&sql, "UPDATE scan SET target_kind = '%s' RETURNING 1",
			 rows[i].kind);
		mem_free(fx_query(s, str_text(&sql)));
		text = text_in_zone(s, id, rows[i].format);
		ck_assert_msg(strstr(text, rows[i].begun) != NULL, "%s", text);
		ck_assert_msg(strstr(text, rows[i].changed) != NULL, "%s",
			      text);
		mem_free(text);
		str_release(&sql);
	}
	store_close(s);
}

END_TEST

/* Words for people are the pack's; of another pack's name those for programs
 * are all there is, and JSON has these alone. */
START_TEST(test_words_of_the_pack)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	char *text = text_of(s, id, REPORT_FINDINGS, "ja");

	ck_assert_ptr_nonnull(strstr(text, "   ファミリー:   Exedot"));
	ck_assert_ptr_nonnull(strstr(text, "   対応方法:     "));
	ck_assert_ptr_null(strstr(text, "exedot"));
	ck_assert_ptr_null(strstr(text, "clicker"));
	mem_free(text);
	text = fx_render(s, id, REPORT_JSON, REPORT_FINDINGS, "ja", false);
	ck_assert_ptr_nonnull(strstr(text, "\"role\": \"clicker\""));
	mem_free(text);
	mem_free(
		fx_query(s, "UPDATE scan SET pack_name = 'other' RETURNING 1"));
	text = text_of(s, id, REPORT_FINDINGS, "en");
	ck_assert_ptr_nonnull(strstr(text, "Family:       exedot\n"));
	ck_assert_ptr_nonnull(strstr(text, "Role:         clicker\n"));
	ck_assert_ptr_null(strstr(text, "What to do:"));
	ck_assert_ptr_null(strstr(text, "Next: "));
	ck_assert_ptr_nonnull(
		strstr(text, ": mstmpsweep plan --root /mnt/c\n"));
	mem_free(text);
	store_close(s);
}

END_TEST

/* A clean result names what its own pack is about. */
START_TEST(test_clean_of_another_pack)
{
	struct store *s = memory_store();
	int64_t id = record(s, 0);
	char *text;

	mem_free(
		fx_query(s, "UPDATE scan SET pack_name = 'other' RETURNING 1"));
	text = text_of(s, id, REPORT_FINDINGS, "ja");
	ck_assert_ptr_null(strstr(text, "mstmp 関連"));
	ck_assert_ptr_nonnull(strstr(text,
				     "検出なし: この定義ファイルの対象の"
				     "マルウェアは見つかりませんでした\n"));
	mem_free(text);
	store_close(s);
}

END_TEST

/* Who copies the command into a shell runs nothing that a store says. */
START_TEST(test_command_is_plain)
{
	static const struct {
		const char *root, *want;
	} rows[] = {
		{ "/mnt/c", "plan --root /mnt/c\n" },
		{ "E:\\", "plan --root E:\\\n" },
		{ "/mnt/my disk", "plan --root ...\n" },
		{ "/mnt/c;reboot", "plan --root ...\n" },
		{ "/mnt/$(reboot)", "plan --root ...\n" },
		{ "-x", "plan --root ...\n" },
		{ "", "plan --root ...\n" },
	};
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str sql = STR_INIT;
		char *text;

		str_addf(&sql, "UPDATE scan SET target_root = '%s' RETURNING 1",
			 rows[i].root);
		mem_free(fx_query(s, str_text(&sql)));
		text = text_of(s, id, REPORT_FINDINGS, "en");
		ck_assert_msg(strstr(text, rows[i].want) != NULL, "%s", text);
		mem_free(text);
		str_release(&sql);
	}
	store_close(s);
}

END_TEST

START_TEST(test_closing)
{
	struct store *s = memory_store();
	struct report_options o = { .scan_id = fx_record_scan(s),
				    .lang = "en",
				    .columns = 80 };
	struct str out = STR_INIT, report = STR_INIT;

	o.closing_ret = &out;
	ck_assert_int_eq(report_render(s, &o, &report), 0);
	ck_assert_str_eq(str_text(&out),
			 "FOUND: 1 malicious, 1 suspicious\n"
			 "Next: Take the PC off the network, keep it switched "
			 "on, and tell the person in\n"
			 "charge before anything is removed.\n"
			 "Command to see what can be done (changes nothing): "
			 "mstmpsweep plan --root /mnt/c\n");
	str_clear(&out);
	/* What is old says so first. */
	o.old_words = "undo put it back";
	o.old_by = "undo";
	ck_assert_int_eq(report_render(s, &o, &report), 0);
	ck_assert_str_eq(str_text(&out),
			 "OUT OF DATE: undo put it back\n"
			 "It was: FOUND: 1 malicious, 1 suspicious\n"
			 "Command to examine all of it again: mstmpsweep scan "
			 "--root /mnt/c\n");
	str_clear(&out);
	o.old_words = NULL;
	o.old_by = NULL;
	/* All of it was fixed: another scan shows that nothing is left. */
	mem_free(fx_query(s, "UPDATE finding SET fix_state = 'fixed'"));
	ck_assert_int_eq(report_render(s, &o, &report), 0);
	ck_assert_str_eq(str_text(&out),
			 "FOUND: 1 malicious, 1 suspicious\n"
			 "Command to examine all of it again: mstmpsweep scan "
			 "--root /mnt/c\n");
	/* The report itself lacks nothing of it. */
	ck_assert_ptr_nonnull(strstr(str_text(&report), "FOUND: 1 malicious"));
	str_release(&report);
	str_release(&out);
	store_close(s);
}

END_TEST

/* ---- wrapping ---------------------------------------------------- */

START_TEST(test_wrapping)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	const char *langs[] = { "en", "ja" };

	for (int l = 0; l < 2; l++) {
		char *text = text_of(s, id, REPORT_FINDINGS, langs[l]);
		char *line = text;
		int reasons = 0;

		while (*line != '\0') {
			char *end = strchr(line, '\n');

			ck_assert_ptr_nonnull(end);
			*end = '\0';
			/* three blanks and no label: a line of a reason */
			if (strncmp(line, "   ", 3) == 0 && line[3] != ' ' &&
			    strstr(line, ":  ") == NULL) {
				reasons++;
				ck_assert_msg(utf_columns(line) <= 80, "%s",
					      line);
				ck_assert_int_ne(strncmp(line + 3, "。", 3), 0);
			}
			line = end + 1;
		}
		ck_assert_int_gt(reasons, 4);
		mem_free(text);
	}
	store_close(s);
}

END_TEST

/* The way on is told: to plan where it has something to show, to another scan
 * where this one did not look at all. */
START_TEST(test_next_step)
{
	const char *command = verdicts[_i].command;

	for (int format = REPORT_TEXT; format <= REPORT_HTML; format++) {
		struct store *s = memory_store();
		int64_t id = record(s, _i);
		char *text = fx_render(s, id, (enum report_format)format,
				       REPORT_FINDINGS, "en", false);

		ck_assert_uint_eq(fx_count(text, "Command to "),
				  command != NULL);
		ck_assert_uint_eq(
			fx_count(text, "mstmpsweep plan --root /mnt/c"),
			command && strcmp(command, "plan") == 0);
		ck_assert_uint_eq(
			fx_count(text, "mstmpsweep scan --root /mnt/c"),
			command && strcmp(command, "scan") == 0);
		mem_free(text);
		store_close(s);
	}
}

END_TEST

static bool ends_with(const char *line, const char *end)
{
	size_t n = strlen(line), m = strlen(end);

	return n >= m && strcmp(line + n - m, end) == 0;
}

/* A bracket or quotation mark that opens stands with what it opens. */
START_TEST(test_wrapping_at_brackets)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);

	for (unsigned columns = 40; columns < 100; columns++) {
		struct report_options o = { .scan_id = id,
					    .format = REPORT_TEXT,
					    .what = REPORT_FINDINGS,
					    .lang = columns % 2 ? "ja" : "en",
					    .columns = columns };
		struct str out = STR_INIT;

		ck_assert_int_eq(report_render(s, &o, &out), 0);
		for (char *line = strtok(out.buf, "\n"); line;
		     line = strtok(NULL, "\n")) {
			ck_assert_msg(!ends_with(line, "「") &&
					      !ends_with(line, "（") &&
					      !ends_with(line, " \""),
				      "%u: %s", columns, line);
		}
		str_release(&out);
	}
	store_close(s);
}

END_TEST

/* ---- hostile text ------------------------------------------------ */

static const char *const never[] = {
	"\x1b", "\r", "\t", "\x7f", "\xE2\x80\xAE", "\n=cmd", "\\\\\\u{41}",
};

START_TEST(test_hostile)
{
	struct store *s = memory_store();
	int64_t id = fx_record_hostile_scan(s);

	for (int what = REPORT_FINDINGS; what <= REPORT_STEPS; what++) {
		char *text = text_of(s, id, (enum report_what)what, "ja");

		for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
			ck_assert_msg(strstr(text, never[i]) == NULL,
				      "%d holds %s:\n%s", what, never[i], text);
		/* shown once, as CONTRACT.md section 8 writes it */
		ck_assert_ptr_nonnull(strstr(
			text, "\\u{202E}\\u{D800}\\u{0}\\x{82}\\\\u{41}"));
		mem_free(text);
	}
	store_close(s);
}

END_TEST

START_TEST(test_color_only_if_asked)
{
	struct store *s = memory_store();
	struct report_options o = { .scan_id = fx_record_scan(s),
				    .lang = "en",
				    .color = true };
	struct str out = STR_INIT;

	ck_assert_int_eq(report_render(s, &o, &out), 0);
	ck_assert_ptr_nonnull(strstr(str_text(&out), "\x1b[1;31mFOUND"));
	ck_assert_ptr_nonnull(strstr(str_text(&out), "\x1b[0m"));
	str_release(&out);
	store_close(s);
}

END_TEST

START_TEST(test_to_file)
{
	struct store *s = memory_store();
	char *text = fx_render(s, fx_record_scan(s), REPORT_TEXT,
			       REPORT_FINDINGS, "en", true);

	ck_assert_int_eq(strncmp(text,
				 "\xEF\xBB\xBF"
				 "FOUND",
				 8),
			 0);
	ck_assert_uint_eq(fx_count(text, "\n"), fx_count(text, "\r\n"));
	mem_free(text);
	store_close(s);
}

END_TEST

/* A store that somebody else wrote: invalid text, wrong types, no views. */
START_TEST(test_foreign_content)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	char *text;
	struct report_options o = { .scan_id = id, .lang = "en" };
	struct str out = STR_INIT;

	ck_assert_int_eq(
		sqlite3_exec(store_db(s),
			     "UPDATE finding SET path = CAST(x'41FF42' AS "
			     "TEXT), rules = '[\"x', reason = x'00ED', score = "
			     "7, family = 3.5; UPDATE gap SET reason = '<';",
			     NULL, NULL, NULL),
		SQLITE_OK);
	for (int format = REPORT_TEXT; format <= REPORT_CSV; format++) {
		text = fx_render(s, id, (enum report_format)format,
				 REPORT_FINDINGS, "en", false);
		ck_assert_ptr_nonnull(strstr(text, "x{FF}"));
		mem_free(text);
	}
	/* of what is only counted, too */
	ck_assert_int_eq(
		sqlite3_exec(store_db(s),
			     "UPDATE gap SET kind = 'not_opened', matters = 0, "
			     "path = gap_id, reason = 'zip' || char(10) || "
			     "'=cmd' || char(27)",
			     NULL, NULL, NULL),
		SQLITE_OK);
	text = fx_render(s, id, REPORT_TEXT, REPORT_FINDINGS, "en", false);
	ck_assert_ptr_nonnull(strstr(text, ": zip"));
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		ck_assert_msg(!strstr(text, never[i]), "%s", text);
	mem_free(text);
	sqlite3_exec(store_db(s), "DROP VIEW v_gap", NULL, NULL, NULL);
	ck_assert_int_eq(report_render(s, &o, &out), ERR_CORRUPT);
	ck_assert_uint_eq(out.len, 0);
	store_close(s);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *report_text_suite(void)
{
	Suite *s = suite_create("report_text");
	TCase *t = tcase_create("report_text");

	LOOP(t, test_verdict_line_is_first, verdicts);
	tcase_add_test(t, test_gap_has_a_subject);
	tcase_add_test(t, test_antivirus_is_told_with_its_way_out);
	tcase_add_test(t, test_numbers_are_those_of_the_store);
	tcase_add_test(t, test_locked_passed);
	tcase_add_test(t, test_parts);
	tcase_add_test(t, test_what);
	tcase_add_test(t, test_after_fix);
	tcase_add_loop_test(t, test_states_of_steps, 0,
			    sizeof(step_states) / sizeof(step_states[0]));
	tcase_add_test(t, test_unsigned_pack_is_named);
	tcase_add_test(t, test_no_such_scan);
	tcase_add_test(t, test_names);
	tcase_add_test(t, test_times);
	tcase_add_test(t, test_words_of_the_pack);
	tcase_add_test(t, test_clean_of_another_pack);
	tcase_add_test(t, test_command_is_plain);
	tcase_add_test(t, test_closing);
	tcase_add_test(t, test_wrapping);
	tcase_add_test(t, test_wrapping_at_brackets);
	tcase_add_loop_test(t, test_next_step, 0,
			    sizeof(verdicts) / sizeof(*verdicts));
	tcase_add_test(t, test_hostile);
	tcase_add_test(t, test_color_only_if_asked);
	tcase_add_test(t, test_to_file);
	tcase_add_test(t, test_foreign_content);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(report_text_suite)
