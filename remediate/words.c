/*
 * Steps in words, English and Japanese.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/words.h"
#include "remediate/plan_points.h"

#include "base/str.h"
#include "base/utf.h"
#include "collect/point_words.h"

#include <string.h>

struct kind_row {
	const char *kind;
	const char *en;
	const char *ja;
};

/*
 * What a key or value is that is no entry of an extension point, so that the
 * sentence makes sense aloud.
 */
static const struct kind_row kinds[] = {
	{ "clsid", "class (CLSID) key", "クラス (CLSID) キー" },
	{ "progid", "ProgID key", "ProgID キー" },
	{ "typelib", "type library key", "タイプ ライブラリのキー" },
	{ "interface", "interface key", "インターフェイスのキー" },
	{ "appid", "AppID key", "AppID キー" },
	{ "treat_as", "TreatAs key", "TreatAs キー" },
	{ "ext_stats", "record of when it was loaded",
	  "読み込まれた日時の記録" },
	{ "ext_settings", "record of its version and state",
	  "バージョンと状態の記録" },
	{ "approved", "record of the user's approval", "利用者が許可した記録" },
};

static const struct kind_row *find_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return NULL;
}

/* What an entry of that kind is called. */
static const char *entry_words(const struct step *s, const char *lang)
{
	const struct kind_row *row = find_kind(s->kind);
	const enum point p = point_from_name(s->kind);

	if (row)
		return lang_is_ja(lang) ? row->ja : row->en;
	if (p != POINT_COUNT)
		return point_entry(p, lang);
	return lang_is_ja(lang) ? "レジストリの項目" : "registry entry";
}

int words_action(const struct step *s, const char *lang, struct str *out)
{
	const char *what = entry_words(s, lang);

	if (s->hold == HOLD_BY_HAND)
		return str_addf(out,
				lang_is_ja(lang) ? "手作業: %s" : "By hand: %s",
				what);
	if (s->action == ACT_QUARANTINE_FILE && strcmp(s->kind, "archive") == 0)
		return str_add(
			out,
			lang_is_ja(lang)
				? "アーカイブ ファイル全体を保管庫へ隔離する"
				: "Move the whole archive file "
				  "into the vault");
	if (s->action == ACT_QUARANTINE_FILE)
		return str_add(out, lang_is_ja(lang)
					    ? "ファイルを保管庫へ隔離する"
					    : "Move the file into the vault");
	if (s->action == ACT_SET_VALUE)
		return lang_is_ja(lang)
			       ? str_addf(out,
					  "%sを Windows 既定のクラス %s に戻す",
					  what, s->new_text)
			       : str_addf(out,
					  "Put the %s back to Windows' own "
					  "class %s",
					  what, s->new_text);
	return lang_is_ja(lang)
		       ? str_addf(out, "%sを保存してから削除する", what)
		       : str_addf(out, "Save and remove the %s", what);
}

int words_back(const struct step *s, const char *lang, struct str *out)
{
	const char *what = entry_words(s, lang);

	if (s->action == ACT_QUARANTINE_FILE)
		what = strcmp(s->kind, "archive") == 0
			       ? (lang_is_ja(lang) ? "アーカイブ ファイル"
						   : "archive file")
			       : (lang_is_ja(lang) ? "ファイル" : "file");
	return lang_is_ja(lang) ? str_addf(out, "%sを元に戻す", what)
				: str_addf(out, "Put the %s back", what);
}

int words_target(const struct step *s, struct str *out)
{
	utf_display(out, s->target);
	if (s->value_name) {
		str_add(out, " -> ");
		utf_display(out, *s->value_name ? s->value_name : "(Default)");
	}
	return out->err;
}

static const struct kind_row holds[HOLD_COUNT] = {
	[HOLD_NOT] = { "not", "", "" },
	[HOLD_VERDICT] = { "verdict",
			   "not malicious for sure; to do it, name its finding "
			   "with --finding",
			   "悪質と確定していません。実行するには --finding で"
			   "検出番号を指定してください" },
	[HOLD_TRACE] = { "trace",
			 "evidence of when it was loaded; kept unless you name "
			 "this step with --step",
			 "感染時期の証拠なので残します。消すには --step で"
			 "番号を指定してください" },
	[HOLD_KNOWN] = { "known", "known as harmless (%s); kept",
			 "無害と確認されているため残します（%s）" },
	[HOLD_SHARED] = { "shared", "something else uses it, too (%s); kept",
			  "ほかでも使われているため残します（%s）" },
	[HOLD_BLOCKS] = { "blocks",
			  "it keeps the program from loading (%s); kept",
			  "読み込みを防いでいる設定なので残します（%s）" },
	[HOLD_STREAM] = { "stream",
			  "a stream inside another file; remove it by hand "
			  "after looking at that file",
			  "別のファイルの中の代替ストリームです。そのファイルを"
			  "確認して手作業で削除してください" },
	[HOLD_SYSTEM] = { "system_folder",
			  "below the Windows folder, or the class of a file "
			  "there; done only if you name this step with --step",
			  "Windows フォルダーの中、またはその中のファイルの"
			  "クラスです。--step で番号を指定した場合だけ"
			  "実行します" },
	[HOLD_MACHINE] = { "machine",
			   "belongs to all users, but only an entry of one "
			   "user "
			   "leads to it, and any program can make such an "
			   "entry; done only if you name this step with --step",
			   "全利用者が共有するものですが、これを指すのは一人の"
			   "利用者の登録だけで、その登録はどのプログラムでも"
			   "作れます。--step で番号を指定した場合だけ"
			   "実行します" },
	[HOLD_ARCHIVE] = { "archive",
			   "the whole archive would go, with whatever else is "
			   "in it, and nothing runs what lies packed in it; "
			   "done only if you name this step with --step",
			   "アーカイブ "
			   "ファイル全体が、中のほかのファイルごと隔離され"
			   "ます。アーカイブの中のものはそのままでは動きません"
			   "。"
			   "--step で番号を指定した場合だけ実行します" },
	[HOLD_LEFT] = { "left_in_place",
			"the program it leads to, left in place: an entry can "
			"be made for any file, a harmless one, too; done only "
			"if you name this step with --step",
			"登録が指しているプログラムです。登録はどのファイルに"
			"対しても作れるため、そのまま残します。--step で番号を"
			"指定した場合だけ実行します" },
	[HOLD_WEAK] = { "weak_content",
			"no entry leads to it, and its content alone does not "
			"condemn it; to do it, name its finding with --finding",
			"これを指す登録はなく、内容だけでは悪質と断定できません"
			"。実行するには --finding で検出番号を指定して"
			"ください" },
	[HOLD_BY_HAND] = { "by_hand", "", "" }, /* words_by_hand() */
	[HOLD_NEEDED] = { "needed",
			  "Windows would not start, or nobody could log on, "
			  "without it while the entry above names it: first do "
			  "by hand what is said there, then scan again",
			  "上の項目がこのファイルを指している間は、これがないと"
			  " "
			  "Windows の起動やログオンができません。先に手作業を"
			  "行い、もう一度スキャンしてください" },
};

const char *hold_word(enum step_hold h)
{
	return holds[h].kind;
}

int words_hold(const struct step *s, const char *lang, struct str *out)
{
	const char *text =
		lang_is_ja(lang) ? holds[s->hold].ja : holds[s->hold].en;
	const char *blank = strstr(text, "%s");

	if (s->hold == HOLD_BY_HAND)
		return words_by_hand(s, lang, out);
	if (!blank)
		return str_add(out, text);
	str_addn(out, text, (size_t)(blank - text));
	utf_display(out, s->held_for ? s->held_for : "?");
	return str_add(out, blank + 2);
}

/* A fix worked on its finding: no number takes it before the next scan. */
static bool is_only_overtaken(const struct step *s)
{
	return s->overtaken && s->hold != HOLD_KNOWN &&
	       !step_hold_is_final(s->hold);
}

const char *word_left_out(const struct step *s)
{
	return is_only_overtaken(s) ? "worked_on" : hold_word(s->hold);
}

int words_left_out(const struct step *s, const char *lang, struct str *out)
{
	if (!is_only_overtaken(s))
		return words_hold(s, lang, out);
	return str_add(out, lang_is_ja(lang)
				    ? "このスキャンの後に処理済みの検出です。"
				      "もう一度スキャンしてください"
				    : "a fix has worked on this finding since "
				      "the scan; scan again");
}

int words_short_name(const struct host_short *name, const char *lang,
		     struct str *out)
{
	static const char *const en[] = {
		[HOST_SHORT_OFF] = "this volume gives none (fsutil 8dot3name)",
		[HOST_SHORT_TAKEN] = "another file has it by now",
		[HOST_SHORT_LOST] = "it could not be given",
	};
	static const char *const ja[] = {
		[HOST_SHORT_OFF] = "このボリュームでは作成されません "
				   "(fsutil 8dot3name)",
		[HOST_SHORT_TAKEN] = "別のファイルがその名前を使っています",
		[HOST_SHORT_LOST] = "付けることができませんでした",
	};

	str_add(out, lang_is_ja(lang) ? "復元しましたが、短い名前 (8.3 形式)「"
				      : "it is back, but without its short "
					"(8.3) name \"");
	utf_display(out, name->name);
	if (lang_is_ja(lang))
		return str_addf(out,
				"」は戻っていません: %s。この名前で指定する"
				"プログラムからは見つかりません。fsutil file "
				"setshortname で付け直せます",
				ja[name->fate]);
	return str_addf(out,
			"\": %s. What asks for it by that name does not find "
			"it; fsutil file setshortname gives the name again",
			en[name->fate]);
}

int words_left_there(const char *path, const char *why, const char *lang,
		     struct str *out)
{
	const bool is_ja = lang_is_ja(lang);

	str_add(out, is_ja ? "「" : "it was moved to \"");
	utf_display(out, path);
	return str_addf(out,
			is_ja ? "」に移動しましたが、次の起動時の削除を準備"
				"できませんでした（%s）。再起動した後で削除して"
				"ください"
			      : "\", but its removal at the next start could "
				"not be prepared (%s); remove it after the "
				"restart",
			why);
}

int words_still_waits(const char *path, const char *lang, struct str *out)
{
	const bool is_ja = lang_is_ja(lang);

	str_add(out, is_ja ? "ファイル自体はまだ「"
			   : "the file itself is still at \"");
	utf_display(out, path);
	return str_add(out, is_ja ? "」にあり、次の起動時に削除されます。"
				    "再起動の前にコピーしてください"
				  : "\", and goes when Windows starts again; "
				    "copy it from there before the restart");
}

int words_closed(const char *names, const char *lang, struct str *out)
{
	str_add(out, lang_is_ja(lang) ? "このために終了: " : "closed for it: ");
	return str_add(out, names);
}

/* Some programs could not be asked by a 32-bit one of ours, for example. */
static void add_names(const char *names, bool may_miss, bool is_ja,
		      struct str *out)
{
	str_add(out, names);
	if (may_miss && *names)
		str_add(out, ", ");
	if (may_miss)
		str_add(out, is_ja ? "ほかにもある可能性あり"
				   : "perhaps a 64-bit program");
}

int words_loaded(const char *names, const char *to_close, bool may_miss,
		 bool can_ask, const char *lang, struct str *out)
{
	const bool is_ja = lang_is_ja(lang);

	if (!*names && !may_miss)
		return 0;
	str_add(out,
		is_ja ? "まだ読み込んでいるプログラム: " : "still loaded by ");
	add_names(names, may_miss, is_ja, out);
	str_add(out, is_ja ? "（終了するまで動作します）"
			   : ", and runs there until that ends");
	if (*to_close)
		str_addf(out,
			 is_ja ? "。次の順に閉じてください: %s"
			       : "; to be closed, in this order: %s",
			 to_close);
	if (*to_close && can_ask)
		str_add(out, is_ja ? " (--end-browsers で自動的に閉じます)"
				   : " (--end-browsers does it)");
	return out->err;
}

const char *words_event(enum fix_event event, const char *lang)
{
	static const char *const en[] = {
		[FIX_STEP_DONE] = "done",
		[FIX_STEP_NOTHING] = "nothing to do",
		[FIX_STEP_REFUSED] = "refused",
		[FIX_STEP_FAILED] = "FAILED",
		[FIX_STEP_WAITS] = "waits for the restart",
		[FIX_STEP_UNDONE] = "undone",
		[FIX_STEP_THERE] = "there already",
		[FIX_NOTE] = "note",
		[FIX_CAME_BACK] = "CAME BACK",
		[FIX_PROGRAMS_ENDED] = "programs closed for it",
	};
	static const char *const ja[] = {
		[FIX_STEP_DONE] = "完了",
		[FIX_STEP_NOTHING] = "対象なし",
		[FIX_STEP_REFUSED] = "見送り",
		[FIX_STEP_FAILED] = "失敗",
		[FIX_STEP_WAITS] = "再起動待ち",
		[FIX_STEP_UNDONE] = "復元",
		[FIX_STEP_THERE] = "既に存在",
		[FIX_NOTE] = "注意",
		[FIX_CAME_BACK] = "再出現",
		[FIX_PROGRAMS_ENDED] = "先に終了したプログラム",
	};

	return lang_is_ja(lang) ? ja[event] : en[event];
}

const char *words_verdict(enum verdict v, const char *lang)
{
	if (!lang_is_ja(lang))
		return verdict_name(v);
	return v == VERDICT_MALICIOUS	 ? "悪質"
	       : v == VERDICT_SUSPICIOUS ? "疑わしい"
					 : "参考情報";
}
