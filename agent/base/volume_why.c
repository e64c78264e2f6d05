/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/volume_why.h"
#include "base/str.h"
#include <string.h>

static const struct {
	const char *en;
	const char *ja;
} table[VOLUME_WHY_COUNT] = {
	[VOLUME_ENTERED] = { "", "" },
	[VOLUME_NO_MEDIUM] = { "", "" },
	[VOLUME_LOCKED] = { "it is locked by BitLocker: unlock it with its "
			    "recovery key or password and scan again",
			    "BitLockerでロックされています。回復キーまたは"
			    "パスワードでロックを解除し、もう一度スキャンして"
			    "ください" },
	[VOLUME_RAW] = { "it has no file system that this Windows knows: it "
			 "may be encrypted by another program, damaged, or "
			 "not formatted; open or mend it, or take it out, and "
			 "scan again",
			 "このWindowsが認識できるファイルシステムがありませ"
			 "ん。ほかのソフトによる暗号化、破損、または未フォー"
			 "マットの可能性があります。開くか修復するか取り外し"
			 "てから、もう一度スキャンしてください" },
	[VOLUME_CORRUPT] = { "its file system is damaged: save what you need, "
			     "let Windows mend it (chkdsk /f) and scan again",
			     "ファイルシステムが壊れています。必要なデータを"
			     "退避してから修復 (chkdsk /f) し、もう一度スキャ"
			     "ンしてください" },
	[VOLUME_NOT_READY] = { "its drive is not ready: see that it is "
			       "connected and switched on, and scan again",
			       "ドライブの準備ができていません。接続と電源を"
			       "確認し、もう一度スキャンしてください" },
	[VOLUME_DENIED] = { "access to it was denied: scan again as "
			    "administrator",
			    "アクセスが拒否されました。管理者として、もう一度"
			    "スキャンしてください" },
	[VOLUME_OTHER_MEDIUM] = { "its medium was changed meanwhile: leave one "
				  "in and scan again",
				  "途中でメディアが入れ替わりました。メディアを"
				  "入れたままにして、もう一度スキャンしてくださ"
				  "い" },
	[VOLUME_UNREADABLE] = { "its disk cannot be read (a fault of the disk "
				"or its cable): save your data first, have it "
				"checked and scan again",
				"ディスクを読み取れません (ディスクまたは接続"
				"の障害)。先にデータを退避し、点検してから、"
				"もう一度スキャンしてください" },
	[VOLUME_FAILED] = { "Windows could not enter it: see whether Explorer "
			    "can open it, and scan again",
			    "Windowsで開けませんでした。エクスプローラーで"
			    "開けるか確認し、もう一度スキャンしてください" },
	[VOLUME_UNKNOWN] = { "a partition that Windows shows as no volume: it "
			     "is hidden, or of a kind that this Windows does "
			     "not use; make it visible (Disk Management) and "
			     "scan again, or examine it from another system",
			     "Windowsがボリュームとして扱わないパーティション"
			     "です (非表示か、このWindowsが使わない種類)。"
			     "「ディスクの管理」で使えるようにして、もう一度"
			     "スキャンするか、別のシステムから調べてください" },
	[VOLUME_OFFLINE] = { "this disk is offline: set it online (Disk "
			     "Management) and scan again",
			     "このディスクはオフラインです。「ディスクの管理」"
			     "でオンラインにして、もう一度スキャンしてくださ"
			     "い" },
	[VOLUME_BLANK] = { "Windows finds no partition on this disk: it may be "
			   "new, encrypted as a whole, or damaged; open or "
			   "mend it, or take it out, and scan again",
			   "このディスクにはパーティションが見つかりません。"
			   "未使用、全体の暗号化、または破損の可能性がありま"
			   "す。開くか修復するか取り外してから、もう一度ス"
			   "キャンしてください" },
	[VOLUME_LIST] = { "Windows did not tell all of its volumes, so one may "
			  "be missing: restart the PC and scan again",
			  "Windowsからボリュームの一覧をすべて取得できず、"
			  "漏れの可能性があります。PCを再起動して、もう一度"
			  "スキャンしてください" },
	[VOLUME_HIDDEN] = { "this Windows shows a 32-bit program another "
			    "folder in its place: scan again with "
			    "mstmpsweep64.exe, or from Windows PE or Linux",
			    "このWindowsは32ビットのプログラムに別のフォルダー"
			    "を見せます。mstmpsweep64.exeを使うか、Windows PE"
			    "またはLinuxから、もう一度スキャンしてください" },
	[VOLUME_IS_EFI] = { "the EFI system partition, not entered: the "
			    "firmware starts the PC from it, Windows runs no "
			    "program there",
			    "EFIシステムパーティションのため開いていません。"
			    "PCの起動専用で、Windowsのプログラムは動きません" },
	[VOLUME_IS_RESERVED] = { "a Microsoft reserved partition: it holds no "
				 "files",
				 "Microsoft予約パーティションです。ファイルは"
				 "ありません" },
	[VOLUME_IS_RECOVERY] = { "a recovery partition, not entered: Windows "
				 "runs no program there",
				 "回復パーティションのため開いていません。"
				 "Windowsのプログラムは動きません" },
	[VOLUME_IS_LINUX] = { "a partition of a Linux type, not entered: "
			      "Windows does not read it",
			      "Linux用のパーティションのため開いていません。"
			      "Windowsは読み取りません" },
	[VOLUME_IS_SLEEP] = { "a partition for the memory of a sleeping PC: it "
			      "holds no files",
			      "休止状態用のパーティションです。ファイルはあり"
			      "ません" },
	[VOLUME_IS_LDM] = { "what Windows notes about dynamic disks: it holds "
			    "no files",
			    "ダイナミックディスクの管理情報です。ファイルは"
			    "ありません" },
	[VOLUME_IS_POOL] = { "part of a storage pool: its volumes are on a "
			     "disk of their own",
			     "記憶域プールの一部です。ボリュームは別のディスク"
			     "として調べます" },
};

const char *volume_why_words(enum volume_why why, const char *lang)
{
	return lang_is_ja(lang) ? table[why].ja : table[why].en;
}

const char *volume_why_translate(const char *sentence, const char *lang)
{
	for (size_t i = 0; i < VOLUME_WHY_COUNT; i++)
		if (*table[i].en && strcmp(table[i].en, sentence) == 0)
			return volume_why_words((enum volume_why)i, lang);
	return sentence;
}
