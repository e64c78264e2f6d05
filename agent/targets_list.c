/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "targets_list.h"
#include "base/utf.h"
#include "host/host.h"
#include "words/words.h"

/* ---- what could not be entered ----------------------------------- */

struct teller {
	struct gap_sink sink; /* first */
	const char *lang;
};

static void tell_gap(struct gap_sink *sink, const struct gap *gap)
{
	const struct teller *t = (const struct teller *)sink;
	struct str s = STR_INIT;
	const char *why;

	words_translate(&s, t->lang, gap->reason);
	why = str_text(&s);
	if (!*gap->path)
		complain("%s", why);
	else
		complain(lang_is_ja(t->lang) ? "\"%s\" は調べていません: %s"
					     : "\"%s\" was not looked into: %s",
			 gap->path, why);
	str_release(&s);
}

int targets_look(const struct options *o, struct target_found **ret,
		 size_t *count_ret)
{
	struct teller t = { { tell_gap }, o->lang };

	return target_find(o->args.items, o->args.count, &t.sink, ret,
			   count_ret);
}

/* ---- the list ---------------------------------------------------- */

void targets_add_text(struct str *out, const struct target_found *f)
{
	utf_display(out, f->root);
	str_add(out, "\n    ");
	utf_display(out, f->product_name ? f->product_name
					 : "Windows (registry unreadable)");
	if (f->version)
		str_addf(out, " %s", f->version);
	str_add(out, f->is_64bit ? ", 64-bit" : ", 32-bit");
	if (f->computer_name) {
		str_add(out, ", computer ");
		utf_display(out, f->computer_name);
	}
	if (f->is_one_of_several) {
		str_add(out, ", --windows ");
		utf_display(out, f->windows);
	}
	str_add(out, "\n");
}

/* ---- Windows PE -------------------------------------------------- */

#define MININT_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Control\\MiniNT"

static void say_winpe(const char *lang, enum winpe is)
{
	const bool is_ja = lang_is_ja(lang);

	if (is == WINPE_YES)
		complain("%s",
			 is_ja ? "Windows PE で動作しています。調べる Windows "
				 "を指定してください (Windows PE 自体は調べま"
				 "せん)"
			       : "this is Windows PE, which is not examined: "
				 "say which Windows is meant");
	else
		complain(
			"%s",
			is_ja ? "レジストリ (" MININT_KEY ") は Windows PE を"
				"示していますが、Windows PE としては起動して"
				"いません。この PC を調べさせないために、不正"
				"なプログラムがこのキーを作った可能性がありま"
				"す (イベント ログも止まります)。担当者に知ら"
				"せ、管理者として reg delete " MININT_KEY
				" で削除してから、もう一度実行してください。"
				"または、ディスクを Windows PE か Linux から"
				"調べてください"
			      : "the registry (" MININT_KEY ") says that this "
				"is Windows PE, but it was not started as "
				"that: a program may have made the key so that "
				"this PC is not examined (it also stops the "
				"event log). Tell who is in charge, remove it "
				"as administrator (reg delete " MININT_KEY
				") and try again; or examine the disk from "
				"Windows PE or Linux");
}

static void say_how(const struct options *o, const struct target_found *f)
{
	const char *command = o->command ? o->command : "scan";
	const bool has_more = f && f->is_one_of_several;

	complain(lang_is_ja(o->lang) ? "例: mstmpsweep %s --root %s%s%s"
				     : "for example: mstmpsweep %s --root "
				       "%s%s%s",
		 command, f ? f->root : "D:\\", has_more ? " --windows " : "",
		 has_more ? f->windows : "");
}

/* A PC that is none of Windows PE has mostly no other Windows to name. */
static void say_list(const struct options *o, enum winpe is)
{
	const struct options all = { .lang = o->lang };
	struct target_found *found = NULL;
	struct str out = STR_INIT;
	size_t count = 0;

	if (targets_look(&all, &found, &count)) {
		complain_last("");
		return;
	}
	for (size_t i = 0; i < count; i++)
		targets_add_text(&out, &found[i]);
	if (!count && is == WINPE_YES)
		str_add(&out, lang_is_ja(o->lang)
				      ? "ほかの Windows は見つかりません。\n"
				      : "No other Windows was found.\n");
	if (out.len)
		host_write(HOST_STDERR, str_text(&out), out.len, false);
	if (count || is == WINPE_YES)
		say_how(o, count ? &found[0] : NULL);
	target_found_free(found, count);
	str_release(&out);
}

bool targets_refuse_winpe(const struct options *o)
{
	const enum winpe is = target_winpe();

	if (is == WINPE_NO)
		return false;
	say_winpe(o->lang, is);
	say_list(o, is);
	return true;
}

void targets_say_left_out(const struct options *o)
{
	if (target_winpe() == WINPE_CLAIMED)
		say_winpe(o->lang, WINPE_CLAIMED);
}
