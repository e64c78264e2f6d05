/*
 * The guard's own state, the checks of a whole plan, and its words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/guard_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <string.h>

struct reason_row {
	const char *word;
	const char *en; /* %s: the detail */
	const char *ja;
};

static const struct reason_row reasons[GUARD_REASON_COUNT] = {
	[GUARD_OK] = { "ok", "", "" },
	[GUARD_GONE] = { "gone",
			 "It is not there any more; nothing is to be "
			 "done.",
			 "すでに存在しないため、処理は不要です。" },
	[GUARD_CHANGED] = { "changed",
			    "It changed since the scan (%s). Scan again, then "
			    "plan again.",
			    "スキャン後に変更されています（%"
			    "s）。もう一度スキャン"
			    "してから計画を作り直してください。" },
	[GUARD_LINK] = { "link",
			 "It is reached through a link, and links are never "
			 "followed (%s). Look into where the link leads and "
			 "remove it by hand.",
			 "リンクを経由しています。リンクはたどりません（%s）。"
			 "リンク先を確認し、手作業で対処してください。" },
	[GUARD_TAG] = { "reparse_tag",
			"It bears a reparse tag (%s) that undo could not put "
			"back, and while it does Windows does not run it. "
			"Remove it by hand.",
			"再解析ポイントのタグ（%s）が付いており、undo では元に"
			"戻せません。このタグがある間、Windows はこのファイルを"
			"実行しません。手作業で削除してください。" },
	[GUARD_REG_LINK] = { "registry_link",
			     "The key is a registry link or lies behind one "
			     "(%s). Look into where it leads and remove it by "
			     "hand.",
			     "レジストリ リンク、またはその先のキーです（%s）。"
			     "リンク先を確認し、手作業で対処してください。" },
	[GUARD_PROTECTED] = { "protected",
			      "Windows protects this file (%s). Repair it with "
			      "Windows' own tools (sfc /scannow).",
			      "Windows "
			      "が保護しているファイルです（%s）。Windows の"
			      "修復機能（sfc /scannow）を使ってください。" },
	[GUARD_SYSTEM] = { "system_folder",
			   "It lies below the Windows folder. If you are sure, "
			   "name this very step with --step.",
			   "Windows "
			   "フォルダーの中にあります。確実な場合に限り、"
			   "--step でこの手順の番号を指定してください。" },
	[GUARD_PUBLISHER] = { "trusted_publisher",
			      "It is signed by \"%s\", whom the lists trust. "
			      "Ask the publisher, or change the list.",
			      "信頼済みの発行元「%s」の署名があります。発行元に"
			      "確認するか、リストを見直してください。" },
	[GUARD_ALLOWED] = { "allowed",
			    "An allow-list names it (%s). Change the list if "
			    "that is wrong.",
			    "許可リストに載っています（%"
			    "s）。誤りであればリストを"
			    "直してください。" },
	[GUARD_LINKS] = { "hard_links",
			  "The file has further names (hard links), so it may "
			  "be Windows' own (%s). Find its other names first.",
			  "ほかの名前（ハード リンク）を持つため、Windows の"
			  "ファイルの可能性があります（%"
			  "s）。先に確認してください。" },
	[GUARD_NEVER] = { "blocks_malware",
			  "It keeps the program from loading (%s) and stays.",
			  "プログラムの読み込みを防いでいる設定（%s）なので、"
			  "残します。" },
	[GUARD_DISABLES] = { "disables_malware",
			     "It holds the user's choice to disable the add-on "
			     "and stays.",
			     "アドオンを無効にした利用者の設定なので、残します"
			     "。" },
	[GUARD_SHARED] = { "shared",
			   "Something else uses it, too (%s); it stays.",
			   "ほかでも使われているため（%s）、残します。" },
	[GUARD_UNDECIDED] = { "undecided",
			      "Whether Windows protects it could not be found "
			      "out (%s), so it stays. Start the program as "
			      "administrator, or use the running Windows.",
			      "Windows "
			      "の保護対象かどうか確認できないため（%s）、"
			      "残します。管理者として実行するか、稼働中の "
			      "Windows "
			      "で実行してください。" },
	[GUARD_IN_VAULT] = { "in_vault",
			     "It is or lies in the vault itself. Choose "
			     "another "
			     "vault with --vault.",
			     "保管庫そのもの、またはその中のファイルです。--"
			     "vault "
			     "で別の保管庫を指定してください。" },
	[GUARD_NO_SPACE] = { "no_space",
			     "The vault has no room for it (%s). Free some "
			     "space, or choose another place with --vault.",
			     "保管庫の空き容量が足りません（%"
			     "s）。空きを作るか、"
			     "--vault で別の場所を指定してください。" },
	[GUARD_VOLUME] = { "volume_state",
			   "Nothing is changed on this volume: %s",
			   "このボリュームは変更しません: %s" },
	[GUARD_READ_ONLY] = { "read_only",
			      "The volume is mounted read-only (%s). Mount it "
			      "writable, then run fix again.",
			      "ボリュームが読み取り専用です（%"
			      "s）。書き込み可能に"
			      "してから、もう一度実行してください。" },
	[GUARD_NO_SECURITY] = { "no_security",
				"This mount cannot set owners and access lists "
				"(%s), so they would be lost. Mount it with "
				"ntfs-3g, or use the running Windows.",
				"このマウントでは所有者とアクセス許可を復元でき"
				"ません"
				"（%s）。ntfs-3g でマウントするか、稼働中の "
				"Windows "
				"で実行してください。" },
	[GUARD_UNFAITHFUL] = { "unfaithful",
			       "It could not be put back exactly as it is "
			       "(%s). "
			       "Use the running Windows for this step.",
			       "元どおりに戻せない内容を含みます（%"
			       "s）。この手順は"
			       "稼働中の Windows で実行してください。" },
	[GUARD_LOGGED_ON] = { "logged_on",
			      "The user is logged on or his registry file is "
			      "in "
			      "use (%s). Log the user off and run fix again.",
			      "利用者がログオン中か、レジストリ "
			      "ファイルが使用中です"
			      "（%"
			      "s）。ログオフしてから、もう一度実行してください"
			      "。" },
	[GUARD_IN_USE] = { "in_use",
			   "It is in use (%s). Close the program that has it "
			   "open and run fix again.",
			   "使用中です（%"
			   "s）。使用中のプログラムを終了してから、"
			   "もう一度実行してください。" },
	[GUARD_NOT_MICROSOFT] = { "not_microsofts",
				  "What Windows had there before cannot be put "
				  "back: %s.",
				  "Windows 既定の設定に戻せません: %s。" },
	[GUARD_BEFORE] = { "step_before",
			   "Step %s, which has to come first, was not done.",
			   "先に必要な手順 %s が完了していません。" },
	[GUARD_UNREADABLE] = { "unreadable",
			       "It cannot be examined (%s). Start the program "
			       "as administrator.",
			       "調べられません（%"
			       "s）。管理者として実行してください。" },
	[GUARD_ANTIVIRUS] = { "antivirus",
			      "An antivirus holds it or has removed it (%s). "
			      "Look into its history and quarantine, let it "
			      "finish, then scan and plan again.",
			      "ウイルス対策ソフトが保護または削除しました（%"
			      "s）。"
			      "その履歴と隔離を確認し、処理が終わってから"
			      "スキャンと計画をやり直してください。" },
	[GUARD_UNPROVEN] = { "unproven",
			     "A new look does not show what the store says of "
			     "it (%s), and a store alone is not believed. Scan "
			     "again, then plan again.",
			     "もう一度調べても、記録の内容を確認できません（%"
			     "s）。記録だけを根拠に処理は行いません。もう一度"
			     "スキャンしてから計画を作り直してください。" },
	[GUARD_TOO_MANY_FINDINGS] = { "too_many_findings",
				      "One fix covers at most 10 findings, "
				      "and here are %s; this one is left for "
				      "the next. Run fix again: it goes on "
				      "with the rest.",
				      "一度の fix で処理する検出は 10 件までで"
				      "す（今回は %s 件）。残りは、もう一度 "
				      "fix "
				      "を実行すると処理されます。" },
	[GUARD_TOO_MANY_FILES] = { "too_many_files",
				   "One fix removes at most 20 files, and here "
				   "are %s; this one is left for the next. Run "
				   "fix again; if it asks for a new scan, scan "
				   "first.",
				   "一度の fix で隔離するファイルは 20 個まで"
				   "です（今回は %s 個）。残りは、もう一度 fix "
				   "を実行してください。スキャンを求められた場"
				   "合は、先にスキャンしてください。" },
	[GUARD_PACK] = { "unsigned_pack",
			 "The findings come from a signature pack without a "
			 "valid signature (%s), and those are never acted on. "
			 "Scan again with a signed pack.",
			 "署名のない定義パックによる検出です（%"
			 "s）。処理は行いません。"
			 "署名付きパックでスキャンし直してください。" },
};

const char *guard_word(enum guard_reason r)
{
	return reasons[r].word;
}

int guard_sentence(const struct guard_answer *a, const char *lang,
		   struct str *out)
{
	const struct reason_row *row = &reasons[a->reason];
	const char *text = lang_is_ja(lang) ? row->ja : row->en;
	const char *blank = strstr(text, "%s");

	if (!blank)
		return str_add(out, text);
	str_addn(out, text, (size_t)(blank - text));
	str_add(out, *a->detail ? a->detail : "?");
	return str_add(out, blank + 2);
}

void guard_refuse(struct guard_answer *a, enum guard_reason r, const char *fmt,
		  ...)
{
	va_list ap;

	a->reason = r;
	va_start(ap, fmt);
	vsnprintf(a->detail, sizeof(a->detail), fmt, ap);
	va_end(ap);
}

void guard_plan(const struct plan *p, struct guard_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!p->pack_signed)
		guard_refuse(ret, GUARD_PACK, "%s",
			     p->pack_name ? p->pack_name : "");
}

int guard_new(const struct guard_options *o, struct guard **ret)
{
	struct guard *g = mem_zalloc(sizeof(*g));
	int err;

	if (!g)
		return err_nomem();
	g->o = *o;
	g->windows = target_variable(o->target, NULL, 64, "SystemRoot");
	err = protect_begin(o->target, &g->protect);
	if (err)
		guard_free(g);
	else
		*ret = g;
	return err;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	protect_end(g->protect);
	mem_free(g);
}
