/*
 * The closed list of gaps and which of them matter (design.md section 2).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/gap.h"
#include "base/err.h"
#include "base/str.h"
#include "words/base.h"
#include <stdarg.h>
#include <string.h>

/*
 * matters: the answer for GAP_BY_KIND.  GAP_LOCKED, GAP_TOO_LARGE and
 * GAP_CLOUD depend on the subject; the collector knows it and says
 * GAP_HARMLESS where it does not matter, so here they matter: what cannot
 * be decided is never turned into "clean".
 */
static const struct {
	const char *name;
	const char *en;
	const char *ja;
	bool matters;
} table[GAP_COUNT] = {
	[GAP_ACCESS_DENIED] = { "access_denied", "access was denied",
				"アクセスが拒否されました", true },
	[GAP_LOCKED] = { "locked", "in use by another program",
			 "ほかのプログラムが使用中です", true },
	[GAP_READ_ERROR] = { "read_error", "the system could not read it",
			     "読み取りエラーです", true },
	[GAP_CHANGED] = { "changed", "it changed or vanished while it was read",
			  "読み取り中に変更または削除されました", true },
	[GAP_TOO_LARGE] = { "too_large", "larger than the bound",
			    "大きすぎるため調べられません", true },
	[GAP_NOT_REGULAR] = { "not_regular", "not a regular file",
			      "通常のファイルではありません", false },
	[GAP_LINK] = { "link", "a link, not followed",
		       "リンクのためたどりません", false },
	[GAP_CLOUD] = { "cloud", "its content is in the cloud, not fetched",
			"内容がクラウドにあるため取得しません", true },
	[GAP_PAGE_FILE] = { "page_file", "page, hibernation or swap file",
			    "ページファイルまたは休止状態ファイルです", false },
	[GAP_HIVE_VIA_API] = { "hive_via_api",
			       "registry file, read through Windows instead",
			       "レジストリはWindows経由で読みました", false },
	[GAP_RESTORE_POINT] = { "restore_point", "System Volume Information",
				"システムの復元の領域です", false },
	[GAP_TRUST_UNCHECKED] = { "trust_unchecked",
				  "its signature could not be checked",
				  "署名を確認できませんでした", false },
	[GAP_HIVE_UNREADABLE] = { "hive_unreadable",
				  "a registry file could not be read",
				  "レジストリファイルを読めません", true },
	[GAP_HIVE_DAMAGED] = { "hive_damaged",
			       "parts of a registry file are damaged",
			       "レジストリファイルの一部が壊れています", true },
	[GAP_HIVE_LOGS_MISSING] = { "hive_logs_missing",
				    "a registry file lacks its newest changes",
				    "レジストリの最新の変更が欠けています",
				    true },
	[GAP_REGISTRY_LINK] = { "registry_link",
				"a registry link, not followed",
				"レジストリリンクのためたどりません", true },
	[GAP_NAME_UNRESOLVED] = { "name_unresolved",
				  "a short name has no single long name",
				  "短い名前の元のファイルを特定できません",
				  true },
	[GAP_DRIVE_NOT_MAPPED] = { "drive_not_mapped",
				   "it lies on a drive that was not given",
				   "指定されていないドライブにあります", true },
	[GAP_ARCHIVE] = { "archive", "the archive could not be read whole",
			  "アーカイブを最後まで読めません", true },
	[GAP_DEPTH] = { "depth", "folders are nested too deeply or in a circle",
			"フォルダーの階層が深すぎるか循環しています", true },
	[GAP_EXCLUDED] = { "excluded", "left out as asked",
			   "指定により除外しました", false },
	[GAP_RULE_ERROR] = { "rule_error", "the rules could not be applied",
			     "ルールを適用できませんでした", true },
	[GAP_INTERRUPTED] = { "interrupted", "stopped before the end",
			      "途中で中止されました", true },
	[GAP_VOLUME] = { "volume", "a volume could not be entered",
			 "ボリュームを開けません", true },
	[GAP_NO_MEMORY] = { "no_memory", "memory was short",
			    "メモリが足りません", true },
	[GAP_OTHER_WINDOWS] = { "other_windows",
				"another Windows lies there, not examined",
				"別のWindowsがあり、調べていません", true },
	[GAP_NOT_OPENED] = { "not_opened",
			     "archives not, or not wholly, looked into",
			     "中身を調べていない、または一部しか調べていない"
			     "アーカイブです",
			     false },
	[GAP_ANTIVIRUS] = { "antivirus",
			    "an antivirus holds the file or removed it",
			    "ウイルス対策ソフトがファイルを保護または"
			    "削除しました",
			    true },
};

static const struct {
	const char *en;
	const char *ja;
} ways_out[GAP_COUNT] = {
	[GAP_ANTIVIRUS] = { "look into the antivirus' own history and "
			    "quarantine (Windows Defender: Protection history) "
			    "for what it did, let it finish, and scan again",
			    "ウイルス対策ソフトの履歴と隔離 (Windows Defender "
			    "では「保護の履歴」) を確認し、処理が終わってから"
			    "もう一度スキャンしてください" },
};

const char *gap_kind_name(enum gap_kind kind)
{
	return table[kind].name;
}

const char *gap_kind_words(enum gap_kind kind, const char *lang)
{
	return lang_is_ja(lang) ? table[kind].ja : table[kind].en;
}

const char *gap_way_out(enum gap_kind kind, const char *lang)
{
	return lang_is_ja(lang) ? ways_out[kind].ja : ways_out[kind].en;
}

bool gap_matters(enum gap_kind kind, enum gap_weight weight)
{
	if (weight == GAP_BY_KIND)
		return table[kind].matters;
	return weight == GAP_MATTERS;
}

enum gap_kind gap_from_err(int err)
{
	switch (err) {
	case ERR_DENIED:
		return GAP_ACCESS_DENIED;
	case ERR_LOCKED:
		return GAP_LOCKED;
	case ERR_NOT_FOUND:
	case ERR_CHANGED:
	case ERR_VANISHING:
		return GAP_CHANGED;
	case ERR_TOO_LARGE:
		return GAP_TOO_LARGE;
	case ERR_OFFLINE:
		return GAP_CLOUD;
	case ERR_ANTIVIRUS:
		return GAP_ANTIVIRUS;
	case ERR_NAME:
		return GAP_NAME_UNRESOLVED;
	case ERR_NOMEM:
		return GAP_NO_MEMORY;
	case ERR_CANCELLED:
		return GAP_INTERRUPTED;
	default:
		return GAP_READ_ERROR;
	}
}

void gap_report(struct gap_sink *sink, enum gap_kind kind,
		enum gap_weight weight, const char *path, long os_error,
		const char *fmt, ...)
{
	char reason[1024];
	struct gap gap = { kind, path, reason, os_error, weight, 1 };
	const char *way_out = gap_way_out(kind, "en");
	size_t room = sizeof(reason);
	va_list ap;
	size_t n;

	if (!sink)
		return;
	/* A long path in the reason leaves the way out whole. */
	if (way_out)
		room -= strlen(way_out) + 2;
	va_start(ap, fmt);
	vsnprintf(reason, room, fmt, ap);
	va_end(ap);
	reason[room - 1] = '\0';
	n = strlen(reason);
	if (way_out)
		snprintf(reason + n, sizeof(reason) - n, "; %s", way_out);
	sink->add(sink, &gap);
}

void gap_unread(struct gap_sink *sink, int err, const char *path,
		const char *what)
{
	gap_report(sink, gap_from_err(err), GAP_MATTERS, path,
		   err_last()->os_error, W_BASE_JOINED, what, err_words(err));
}
