/*
 * Every word of the reports, in English and Japanese.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "base/gap.h"
#include "collect/point_words.h"
#include "words/base.h"
#include "words/words.h"

#include <string.h>

static const struct {
	const char *en;
	const char *ja;
} table[S_COUNT] = {
	[S_TITLE] = { "mstmpsweep report", "mstmpsweep レポート" },
	[S_FOUND] = { "FOUND: ", "検出あり: " },
	[S_MALICIOUS] = { "%s malicious", "悪質 %s 件" },
	[S_SUSPICIOUS] = { "%s suspicious", "疑わしい %s 件" },
	[S_NOTE] = { "%s to note", "参考情報 %s 件" },
	[S_CLEAN] = { "CLEAN: nothing of this outbreak was found",
		      "検出なし: この事件に関するものは見つかりませんでした" },
	[S_CLEAN_FOLDER] = { "CLEAN: nothing of this outbreak was found in "
			     "this folder",
			     "検出なし: このフォルダーには、この事件に関する"
			     "ものは見つかりませんでした" },
	[S_CLEAN_QUICK] = { "NOTHING FOUND: nothing found where this outbreak "
			    "lives (quick scan)",
			    "検出なし: この事件の既知の場所には見つかりません"
			    "でした (クイック スキャン)" },
	[S_INCOMPLETE] = { "INCOMPLETE: nothing was found, but %s could not "
			   "be examined",
			   "不完全: 何も見つかりませんでしたが、%sを調べられ"
			   "ませんでした" },
	[S_UNFINISHED] = { "UNFINISHED: this scan was cut off or is still "
			   "running; this is no result",
			   "未完了: このスキャンは中断されたか実行中です。"
			   "結果ではありません" },
	[S_LIST] = { "LIST: every registration, known or not; what it means "
		     "is told by scan",
		     "一覧: すべての登録です。判定はスキャン (scan) で行い"
		     "ます" },
	[S_CUT_OFF] = { "INCOMPLETE: this scan was cut off (power, or ended "
			"from outside); until then nothing was found",
			"不完全: このスキャンは途中で中断されました (電源断"
			"など)。それまでには何も見つかっていません" },
	[S_CUT_OFF_FOUND] = { "INCOMPLETE: this scan was cut off (power, or "
			      "ended from outside); until then it found: ",
			      "不完全: このスキャンは途中で中断されました "
			      "(電源断など)。それまでの検出: " },
	[S_OUT_OF_DATE] = { "OUT OF DATE: ", "古い結果: " },
	[S_WAS] = { "It was: ", "当時の結果: " },
	[S_ALSO_INCOMPLETE] = { "Besides, the scan is incomplete: %s could "
				"not be examined (listed below).",
				"また、スキャンは不完全です: %sを調べられません"
				"でした (下に一覧があります)。" },
	[S_LEFT_OUT] = { "Left out as asked (--exclude): ",
			 "指定により除外 (--exclude): " },
	[S_OTHER_WINDOWS] = { "Another Windows of this disk, not examined: ",
			      "このディスクの別の Windows (調べていません): " },
	[S_UNSIGNED_WARNING] = { "The signature pack is UNSIGNED: anybody may "
				 "have written these rules.",
				 "シグネチャ パックは署名されていません。作成者"
				 "を確認できません。" },
	[S_NEXT_STEP] = { "Next: \"mstmpsweep plan\" shows what can be done "
			  "about it and changes nothing. Ask the person in "
			  "charge before \"mstmpsweep fix\"; \"mstmpsweep "
			  "undo\" takes it back.",
			  "次の手順: mstmpsweep plan で処理の内容を確認できます"
			  "（何も変更しません）。mstmpsweep fix で処理する前に"
			  "担当者に確認してください。mstmpsweep undo で元に"
			  "戻せます。" },
	[S_PACK] = { "Signatures", "シグネチャ" },
	[S_SIGNED] = { "built in or signed", "組み込みまたは署名あり" },
	[S_UNSIGNED] = { "UNSIGNED", "署名なし" },
	[S_TARGET] = { "Examined PC", "対象" },
	[S_SCAN] = { "Scan", "スキャン" },
	[S_PROFILE_QUICK] = { "quick", "クイック" },
	[S_PROFILE_FULL] = { "full", "フル" },
	[S_KIND_LIVE] = { "running Windows", "実行中の Windows" },
	[S_KIND_OFFLINE] = { "offline Windows", "オフラインの Windows" },
	[S_KIND_FOLDER] = { "folder", "フォルダー" },
	[S_EXAMINED] = { "Looked at", "調査量" },
	[S_EXAMINED_VALUES] = { "%s of %s files (%s bytes), %s registrations",
				"ファイル %s / %s 件 (%s バイト)、登録 %s 件" },
	[S_SCORE] = { "score", "スコア" },
	[S_FAMILY] = { "Family", "種類" },
	[S_ROLE] = { "Role", "役割" },
	[S_FILE] = { "File", "ファイル" },
	[S_SHA256] = { "SHA-256", "SHA-256" },
	[S_REGISTERED] = { "Registered", "登録" },
	[S_RULES] = { "Rules", "ルール" },
	[S_ALL_USERS] = { "all users", "すべてのユーザー" },
	[S_USER] = { "user ", "ユーザー " },
	[S_VIEW_64] = { "64-bit", "64 ビット" },
	[S_VIEW_32] = { "32-bit", "32 ビット" },
	[S_VIEW_SHARED] = { "shared", "共有" },
	[S_FINDINGS] = { "Findings", "検出結果" },
	[S_NO_FINDINGS] = { "No findings.", "検出はありません。" },
	[S_GAPS_MATTER] = { "Not examined, and it matters",
			    "調べられなかったもの (重要)" },
	[S_GAPS_OTHER] = { "Not examined, without weight for the result",
			   "調べなかったもの (結果に影響なし)" },
	[S_LOCKED_PASSED] = { "In use and closed to every reader: %s. That "
			      "does not matter here: meanwhile no program can "
			      "load them, no running program that could be "
			      "asked has loaded them, nothing registers them, "
			      "and none bears the name of a program or of this "
			      "outbreak's files.",
			      "使用中で読み取りを受け付けないファイル: %s 件。"
			      "結果に影響しません。その間はどのプログラムも"
			      "読み込めず、確認できた実行中のプログラムにも"
			      "読み込まれておらず、登録もなく、プログラムや"
			      "この事件のファイルの名前でもないためです。" },
	[S_NO_GAPS] = { "Nothing was left unexamined.",
			"調べられなかったものはありません。" },
	[S_SYSTEM_CODE] = { "system code", "システム コード" },
	[S_TIMES] = { "times", "件" },
	[S_WHOLE_SCAN] = { "(the whole scan)", "(スキャン全体)" },
	[S_INVENTORY] = { "Registrations", "登録の一覧" },
	[S_NO_INVENTORY] = { "No registrations.", "登録はありません。" },
	[S_FIRST_OF_SEARCH] = { "the first that Windows finds",
				"Windows が最初に見つけるファイル" },
	[S_FILE_MISSING] = { "file not there", "ファイルなし" },
	[S_FILE_UNKNOWN] = { "file could not be looked at", "ファイル未確認" },
	[S_NO_SERVER] = { "leads to no file", "参照先なし" },
	[S_AS_WRITTEN] = { "as written: ", "記載内容: " },
	[S_KNOWN_AS] = { "known: ", "既知: " },
	[S_LAST_WRITE] = { "changed", "更新" },
	[S_FIX_STATE] = { "Fix", "対処" },
	[S_FIX_PLANNED] = { "begun, not done", "実行中または中断" },
	[S_FIX_FIXED] = { "done", "対処済み" },
	[S_FIX_PARTLY] = { "done in part", "一部のみ対処" },
	[S_FIX_FAILED] = { "failed", "失敗しました" },
	[S_FIX_UNDONE] = { "put back by undo", "undo で元に戻しました" },
	[S_FIX_CAME_BACK] = { "done, but it came back",
			      "対処後に再び現れました" },
	[S_STEP_PLANNED] = { "planned", "未実行" },
	[S_STEP_SAVED] = { "saved", "保存済み" },
	[S_STEP_APPLIED] = { "applied", "適用済み・未確認" },
	[S_STEP_VERIFIED] = { "verified", "完了" },
	[S_STEP_CAME_BACK] = { "came back", "再出現" },
	[S_STEP_FAILED] = { "failed", "失敗" },
	[S_STEP_UNDONE] = { "undone", "復元済み" },
	[S_SINCE_FIXED] = { "Since this scan fix dealt with %s of these; scan "
			    "again to see that the PC is clean.",
			    "このスキャンの後、%s 件に対処しました。もう一度"
			    "スキャンして確認してください。" },
	[S_TRACES] = { "Traces", "痕跡" },
	[S_STEPS] = { "Steps of cleaning up", "処理の手順" },
	[S_NO_STEPS] = { "Nothing was cleaned up after this scan.",
			 "このスキャンに基づく処理の記録はありません。" },
	[S_COLUMN_STATE] = { "State", "状態" },
	[S_NO_TRACES] = { "No traces recorded.", "痕跡の記録はありません。" },
	[S_COLUMN_NAME] = { "Name", "名前" },
	[S_COLUMN_VERSION] = { "Version", "バージョン" },
	[S_COLUMN_PUBLISHER] = { "Publisher", "発行元" },
	[S_COLUMN_KEY] = { "Registry key", "レジストリ キー" },
	[S_COLUMN_POINT] = { "Extension point", "拡張ポイント" },
	[S_COLUMN_VIEW] = { "View", "ビュー" },
	[S_COLUMN_USER] = { "User", "ユーザー" },
	[S_COLUMN_KNOWN] = { "Known as", "既知の名称" },
	[S_COLUMN_COUNT] = { "Count", "件数" },
	[S_COLUMN_WHY] = { "Why", "理由" },
	[S_COLUMN_PLACE] = { "Place", "場所" },
	[S_COLUMN_FINDING] = { "Finding", "検出" },
	[S_COLUMN_KIND] = { "Kind", "種別" },
	[S_COLUMN_TIME] = { "Time", "日時" },
	[S_COLUMN_SCORE] = { "Score", "スコア" },
};

const char *sentence(enum sentence id, bool ja)
{
	return ja ? table[id].ja : table[id].en;
}

struct value {
	const char *value;
	enum sentence id;
};

static const char *find_words(const struct value *values, size_t count,
			      const char *value, bool ja)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(values[i].value, value) == 0)
			return sentence(values[i].id, ja);
	}
	return value;
}

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

const char *point_words(const char *point, bool ja)
{
	const enum point p = point_from_name(point);

	if (p == POINT_COUNT)
		return point;
	return point_title(p, ja ? "ja" : "en");
}

const char *view_words(const char *view, bool ja)
{
	static const struct value values[] = {
		{ "64", S_VIEW_64 },
		{ "32", S_VIEW_32 },
		{ "shared", S_VIEW_SHARED },
	};

	return find_words(values, COUNT_OF(values), view, ja);
}

/* GAP_COUNT: a store of a later version. */
static enum gap_kind gap_of(const char *kind)
{
	int i = 0;

	while (i < GAP_COUNT &&
	       strcmp(gap_kind_name((enum gap_kind)i), kind) != 0)
		i++;
	return (enum gap_kind)i;
}

const char *gap_words(const char *kind, bool ja)
{
	const enum gap_kind k = gap_of(kind);

	return k != GAP_COUNT ? words_in(gap_kind_words(k), ja ? "ja" : "en") : kind;
}

static const char *gap_way_out_of(const char *kind)
{
	const enum gap_kind k = gap_of(kind);

	return k != GAP_COUNT ? gap_way_out(k) : NULL;
}

const char *verdict_words(const char *verdict, bool ja)
{
	if (strcmp(verdict, "malicious") == 0)
		return ja ? "悪質" : "MALICIOUS";
	if (strcmp(verdict, "suspicious") == 0)
		return ja ? "疑わしい" : "SUSPICIOUS";
	if (strcmp(verdict, "note") == 0)
		return ja ? "参考情報" : "NOTE";
	return verdict;
}

const char *fix_words(const char *state, bool ja)
{
	static const struct value values[] = {
		{ "planned", S_FIX_PLANNED },
		{ "fixed", S_FIX_FIXED },
		{ "partly_fixed", S_FIX_PARTLY },
		{ "failed", S_FIX_FAILED },
		{ "undone", S_FIX_UNDONE },
		{ "came_back", S_FIX_CAME_BACK },
	};

	return state ? find_words(values, COUNT_OF(values), state, ja) : NULL;
}

const char *step_words(const char *state, bool ja)
{
	static const struct value values[] = {
		{ "planned", S_STEP_PLANNED },
		{ "saved", S_STEP_SAVED },
		{ "applied", S_STEP_APPLIED },
		{ "verified", S_STEP_VERIFIED },
		{ "came_back", S_STEP_CAME_BACK },
		{ "failed", S_STEP_FAILED },
		{ "undone", S_STEP_UNDONE },
	};

	return find_words(values, COUNT_OF(values), state, ja);
}

/* ---- lines of both text and page ---------------------------------------- */

/* The sentence with "%s" replaced by the arguments, one after the other. */
static void add_sentence(struct str *out, const char *text,
			 const char *const *args, size_t count)
{
	size_t next = 0;

	for (; *text != '\0'; text++) {
		if (text[0] != '%' || text[1] != 's') {
			str_addch(out, *text);
			continue;
		}
		if (next < count)
			str_add(out, args[next++]);
		text++;
	}
}

static void add_count(struct report *r, struct str *out, enum sentence id,
		      uint64_t count, bool *first)
{
	char number[24];
	const char *const args[] = { number };

	if (count == 0)
		return;
	snprintf(number, sizeof(number), "%" PRIu64, count);
	if (!*first)
		str_add(out, r->ja ? "、" : ", ");
	*first = false;
	add_sentence(out, sentence(id, r->ja), args, 1);
}

/* "3 places that matter" / "重要な場所 3 か所" */
static void add_places(struct report *r, struct str *out)
{
	int64_t count = row_int(r->scan, "gaps_that_matter");

	if (r->ja)
		str_addf(out, "重要な場所 %" PRId64 " か所", count);
	else
		str_addf(out, "%" PRId64 " place%s that matter%s", count,
			 count == 1 ? "" : "s", count == 1 ? "s" : "");
}

static void add_with_places(struct report *r, struct str *out, enum sentence id)
{
	struct str places = STR_INIT;
	const char *text;

	add_places(r, &places);
	text = str_text(&places);
	add_sentence(out, sentence(id, r->ja), &text, 1);
	str_release(&places);
}

void verdict_line(struct report *r, struct str *out)
{
	const char *verdict = row_text(r->scan, "verdict");
	bool first = true, cut_off;

	if (verdict == NULL) {
		str_add(out,
			sentence(r->o->is_list ? S_LIST : S_UNFINISHED, r->ja));
		return;
	}
	cut_off = row_is_null(r->scan, "finished_at");
	if (strcmp(verdict, "found") == 0) {
		str_add(out,
			sentence(cut_off ? S_CUT_OFF_FOUND : S_FOUND, r->ja));
		add_count(r, out, S_MALICIOUS, r->malicious, &first);
		add_count(r, out, S_SUSPICIOUS, r->suspicious, &first);
		add_count(r, out, S_NOTE, r->notes, &first);
		return;
	}
	if (cut_off)
		str_add(out, sentence(S_CUT_OFF, r->ja));
	else if (strcmp(verdict, "incomplete") == 0)
		add_with_places(r, out, S_INCOMPLETE);
	else if (strcmp(row_word(r->scan, "profile"), "quick") == 0)
		str_add(out, sentence(S_CLEAN_QUICK, r->ja));
	else if (strcmp(row_word(r->scan, "target_kind"), "folder") == 0)
		str_add(out, sentence(S_CLEAN_FOLDER, r->ja));
	else
		str_add(out, sentence(S_CLEAN, r->ja));
	if (r->notes > 0) {
		str_add(out, " (");
		add_count(r, out, S_NOTE, r->notes, &first);
		str_add(out, ")");
	}
}

/* A PC without a name is told by its place. */
static const char *pc_name(struct report *r)
{
	const char *name = row_word(r->scan, "host_name");

	if (strcmp(row_word(r->scan, "target_kind"), "folder") == 0 || !*name)
		name = row_word(r->scan, "target_root");
	return *name ? name : row_word(r->scan, "target_id");
}

bool first_line(struct report *r, struct str *out)
{
	if (r->o->names_pc)
		str_addf(out, "%s: ", pc_name(r));
	if (!r->o->old_words) {
		verdict_line(r, out);
		return false;
	}
	str_addf(out, "%s%s", sentence(S_OUT_OF_DATE, r->ja), r->o->old_words);
	return true;
}

void also_incomplete_line(struct report *r, struct str *out)
{
	add_with_places(r, out, S_ALSO_INCOMPLETE);
}

void since_fixed_line(struct report *r, struct str *out)
{
	bool first = true;

	add_count(r, out, S_SINCE_FIXED, r->fixed, &first);
}

/*
 * The reason is English and more exact than the kind; a way out stands behind
 * it (gap_report()), which has marks of its own.
 */
static void add_reason(struct report *r, const char *kind, const char *reason,
		       struct str *out)
{
	const char *lang = r->ja ? "ja" : "en";
	const char *way_out = gap_way_out_of(kind);
	const char *tail = way_out ? strstr(reason, way_out) : NULL;
	struct str first = STR_INIT, translated = STR_INIT;

	if (!tail || tail < reason + 2) {
		words_translate(out, lang, reason);
		return;
	}
	str_addn(&first, reason, (size_t)(tail - reason) - 2);
	words_translate(&translated, lang, str_text(&first));
	words_add(out, lang, W_BASE_BOTH, str_text(&translated),
		  words_in(way_out, lang));
	str_release(&first);
	str_release(&translated);
}

void gap_line(struct report *r, sqlite3_stmt *q, struct str *out)
{
	const char *words = gap_words(row_word(q, "kind"), r->ja);
	const char *reason = row_word(q, "reason");

	str_add(out, words);
	/* Not twice the same. */
	if (strcmp(gap_words(row_word(q, "kind"), false), reason) != 0) {
		str_add(out, ": ");
		add_reason(r, row_word(q, "kind"), reason, out);
	}
	if (!row_is_null(q, "os_error"))
		str_addf(out, " (%s %" PRId64 ")",
			 sentence(S_SYSTEM_CODE, r->ja),
			 row_int(q, "os_error"));
}

void locked_passed_line(struct report *r, int64_t count, struct str *out)
{
	bool first = true;

	add_count(r, out, S_LOCKED_PASSED, (uint64_t)count, &first);
}

const char *gap_subject(struct report *r, sqlite3_stmt *q)
{
	const char *path = row_word(q, "path");

	return *path ? path : sentence(S_WHOLE_SCAN, r->ja);
}

const char *left_out_words(struct report *r, sqlite3_stmt *q)
{
	bool is_excluded = strcmp(row_word(q, "kind"), "excluded") == 0;

	return sentence(is_excluded ? S_LEFT_OUT : S_OTHER_WINDOWS, r->ja);
}

/* A command that is the program's path alone, however it is written. */
static bool is_path_alone(const char *written, const char *path)
{
	const char *last = strrchr(path, '\\');
	struct str plain = STR_INIT;
	bool is_alone;

	for (; *written; written++)
		if (*written != '"')
			str_addch(&plain, *written);
	/* Before it may stand what loads it: "regsvr32.exe /s shell32.dll". */
	is_alone = ascii_iends_with(str_text(&plain), last ? last + 1 : path) &&
		   !strstr(str_text(&plain), ".exe ");
	str_release(&plain);
	return is_alone;
}

bool says_more_than_path(sqlite3_stmt *q)
{
	const char *written = row_word(q, "server_raw");
	const char *path = row_word(q, "server_path");

	if (written[0] == '\0')
		return false;
	if (path[0] == '\0')
		return true;
	return row_is_null(q, "clsid") && !is_path_alone(written, path);
}

bool has_next_step(struct report *r, sqlite3_stmt *finding)
{
	const char *verdict = row_word(finding, "verdict");

	/* What plan would refuse, or has no step for, is no way. */
	return strcmp(verdict, "note") != 0 && !r->o->old_by &&
	       row_is_null(finding, "fix_state") &&
	       row_int(r->scan, "pack_signed") == 1 &&
	       strcmp(row_word(r->scan, "target_kind"), "folder") != 0;
}

bool is_found_by_search(sqlite3_stmt *q)
{
	const char *raw = row_word(q, "server_raw");

	return raw[0] != '\0' && !strpbrk(raw, "\\/:%") &&
	       row_int(q, "file_exists") == 1;
}

void target_line(struct report *r, struct str *out)
{
	static const struct value kinds[] = { { "live", S_KIND_LIVE },
					      { "offline", S_KIND_OFFLINE },
					      { "folder", S_KIND_FOLDER } };
	const char *columns[] = { "host_name", "windows_version",
				  "target_root" };

	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		const char *text = row_word(r->scan, columns[i]);

		if (text[0] != '\0')
			str_addf(out, "%s, ", text);
	}
	str_add(out, find_words(kinds, COUNT_OF(kinds),
				row_word(r->scan, "target_kind"), r->ja));
}

void pack_line(struct report *r, struct str *out)
{
	bool is_signed = row_int(r->scan, "pack_signed") == 1;

	str_addf(out, "%s %s (%s)", row_word(r->scan, "pack_name"),
		 row_word(r->scan, "pack_version"),
		 sentence(is_signed ? S_SIGNED : S_UNSIGNED, r->ja));
}

void scan_line(struct report *r, struct str *out)
{
	bool quick = strcmp(row_word(r->scan, "profile"), "quick") == 0;
	const char *finished = row_text(r->scan, "finished_at");

	if (r->o->is_list) {
		str_addf(out, "%s, mstmpsweep %s",
			 row_word(r->scan, "started_at"),
			 row_word(r->scan, "tool_version"));
		return;
	}
	str_addf(out, "%" PRId64 ", %s, %s - %s, mstmpsweep %s",
		 row_int(r->scan, "scan_id"),
		 sentence(quick ? S_PROFILE_QUICK : S_PROFILE_FULL, r->ja),
		 row_word(r->scan, "started_at"),
		 finished != NULL ? finished : "?",
		 row_word(r->scan, "tool_version"));
}

/* "1,234,567" */
static void format_grouped(char number_ret[32], int64_t value)
{
	char digits[24];
	size_t n, at = 0;

	snprintf(digits, sizeof(digits), "%" PRId64, value < 0 ? 0 : value);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			number_ret[at++] = ',';
		number_ret[at++] = digits[i];
	}
	number_ret[at] = '\0';
}

void examined_line(struct report *r, struct str *out)
{
	char scanned[32], seen[32], bytes[32], registrations[32];
	const char *const args[] = { scanned, seen, bytes, registrations };

	format_grouped(scanned, row_int(r->scan, "files_scanned"));
	format_grouped(seen, row_int(r->scan, "files_seen"));
	format_grouped(bytes, row_int(r->scan, "bytes_scanned"));
	format_grouped(registrations, row_int(r->scan, "registrations_seen"));
	add_sentence(out, sentence(S_EXAMINED_VALUES, r->ja), args, 4);
}

void user_line(struct report *r, sqlite3_stmt *q, struct str *out)
{
	const char *user = row_text(q, "user_name");

	if (user == NULL)
		user = row_text(q, "user_sid");
	if (user == NULL)
		str_add(out, sentence(S_ALL_USERS, r->ja));
	else
		str_addf(out, "%s%s", sentence(S_USER, r->ja), user);
}
