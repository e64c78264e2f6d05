/*
 * Why a finding is one: sentences that a helpdesk person can read aloud, in
 * English and Japanese.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first sentence names the strongest two kinds of evidence, in the words
 * of the pack (text "rule.<name>", else the rule's description).  The second
 * one says where the thing is registered, for whom, and whether Internet
 * Explorer loads it.  More follow only if an allow-list had a say.
 */
#include "verdict/judge.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/point_words.h"

#include <string.h>

/* A sentence stays a sentence, however long a hostile name is. */
#define REASON_MAX_NBYTES 8192
#define NAME_MAX_NBYTES	  120

struct words {
	const char *key;
	const char *en;
	const char *ja;
};

/* Words of registration.why_not, as the end of a sentence. */
static const struct words why_not_words[] = {
	{ "user_hive",
	  "Internet Explorer takes its list of Browser Helper Objects from "
	  "HKLM only, and this entry stands in a user's registry",
	  "Internet Explorer は BHO の一覧を HKLM からのみ読み込みますが、"
	  "この項目はユーザーのレジストリにあります" },
	{ "local_server_only",
	  "it is a program of its own and no DLL for the browser",
	  "ブラウザー用の DLL ではなく、独立したプログラムです" },
	{ "virtual_store",
	  "the entry was diverted by Windows into the VirtualStore",
	  "この項目は Windows によって VirtualStore に移されています" },
	{ "disabled", "it has been disabled", "無効にされています" },
	{ "malformed_name", "the entry's name is malformed",
	  "項目の名前の形式が正しくありません" },
	{ "no_class", "its class is not registered",
	  "クラスが登録されていません" },
	{ "no_server", "no program file is registered for it",
	  "プログラム ファイルが登録されていません" },
	{ "other_version", "this version of Windows does not read such entries",
	  "このバージョンの Windows はこの種類の項目を読み込みません" },
	{ "wrong_place", "Internet Explorer does not look there",
	  "Internet Explorer はその場所を参照しません" },
};

/* A name from the target, bounded, in quotes. */
void reason_add_name(struct str *out, const char *name, bool ja)
{
	size_t n = 0;

	while (name[n] != '\0') {
		uint32_t cp;
		size_t step = utf_decode(name + n, &cp);

		if (n + step > NAME_MAX_NBYTES)
			break;
		n += step;
	}
	str_add(out, ja ? "「" : "\"");
	str_addn(out, name, n);
	if (name[n] != '\0')
		str_add(out, "...");
	str_add(out, ja ? "」" : "\"");
}

/* ---- the evidence ------------------------------------------------------ */

/* Without a text in the language: its kind, and the rule's own words. */
static void add_generic_ja(struct str *out, const struct rule_info *rule,
			   const char *text)
{
	static const char *const kinds[EV_COUNT] = {
		[EV_CONTENT] = "ファイルの内容",
		[EV_NAME] = "ファイルの名前と場所",
		[EV_REGISTRATION] = "レジストリの登録内容",
		[EV_TRACE] = "痕跡",
	};

	str_addf(out, "%sがルール ", kinds[rule->evidence]);
	reason_add_name(out, rule->name, true);
	str_addf(out, " に一致しました (%s)", text);
}

static void add_rule_text(struct str *out, const struct judge_lists *l,
			  const struct rule_info *rule, bool ja)
{
	const char *text = NULL;
	const char *local = NULL;
	struct str key = STR_INIT;

	if (l->text != NULL) {
		str_addf(&key, "rule.%s", rule->name);
		text = l->text(l->text_arg, str_text(&key), "en");
		if (ja)
			local = l->text(l->text_arg, str_text(&key), "ja");
		str_release(&key);
	}
	if (text == NULL || text[0] == '\0')
		text = rule->description;
	if (text == NULL || text[0] == '\0')
		text = rule->name;
	if (!ja)
		str_add(out, text);
	else if (local != NULL && local[0] != '\0' && strcmp(local, text) != 0)
		str_add(out, local);
	else
		add_generic_ja(out, rule, text);
}

/* Take the full stop off, so that the sentence can go on. */
static void trim_stop(struct str *s)
{
	static const char ideographic_stop[] = "。";
	size_t n = sizeof(ideographic_stop) - 1;

	while (s->len > 0) {
		if (s->buf[s->len - 1] == '.' || s->buf[s->len - 1] == ' ')
			s->len--;
		else if (s->len >= n &&
			 memcmp(s->buf + s->len - n, ideographic_stop, n) == 0)
			s->len -= n;
		else
			break;
		s->buf[s->len] = '\0';
	}
}

/* "A file ..." goes on as "Besides, a file ...". Names keep their capital. */
static void lower_first_word(char *text)
{
	static const char *const words[] = { "A ",   "An ", "The ",  "It ",
					     "Its ", "In ", "This ", "There ",
					     "One ", "Of " };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (ascii_starts_with(text, words[i])) {
			text[0] = (char)ascii_lower(text[0]);
			return;
		}
	}
}

static void add_evidence(struct str *out, const struct judge_lists *l,
			 const struct subject *s, bool ja)
{
	const struct rule_match *first = NULL;
	const struct rule_match *second = NULL;

	for (int e = 0; e < EV_COUNT; e++) {
		const struct rule_match *m = s->best[e].match;

		if (m == NULL)
			continue;
		if (first == NULL || rule_match_compare(m, first) < 0) {
			second = first;
			first = m;
		} else if (second == NULL ||
			   rule_match_compare(m, second) < 0) {
			second = m;
		}
	}
	if (first == NULL)
		return;
	add_rule_text(out, l, first->rule, ja);
	trim_stop(out);
	if (second != NULL) {
		struct str more = STR_INIT;

		add_rule_text(&more, l, second->rule, ja);
		trim_stop(&more);
		if (!ja && more.len > 0)
			lower_first_word(more.buf);
		str_add(out, ja ? "。また、" : ". Besides, ");
		str_add(out, str_text(&more));
		if (more.err && out->err == 0)
			out->err = more.err;
		str_release(&more);
	}
	str_add(out, ja ? "。" : ".");
}

/* Whether all that was found in files lies packed in one. */
static const struct artefact *only_member(const struct subject *s)
{
	const struct artefact *member = NULL;

	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct artefact *a = s->artefacts[i];

		if (a->matches.count == 0 || a->registration != NULL)
			continue;
		if (a->kind != ARTEFACT_MEMBER)
			return NULL;
		member = a;
	}
	return member;
}

static void add_archive(struct str *out, const struct subject *s, bool ja)
{
	const struct artefact *a = only_member(s);
	char *file = a != NULL ? mem_strndup(a->wpath, artefact_file_nbytes(a))
			       : NULL;

	if (a == NULL)
		return;
	if (file == NULL) {
		out->err = ERR_NOMEM;
		return;
	}
	str_add(out, ja ? "アーカイブ" : " It is packed in the archive ");
	reason_add_name(out, wpath_base(file), ja);
	str_add(out, ja ? "の中にあります。" : ".");
	mem_free(file);
}

/* ---- the registration -------------------------------------------------- */

static const char *why_not_text(const struct registration *r, bool ja)
{
	const char *key = r->why_not != NULL ? r->why_not : "";
	size_t count = sizeof(why_not_words) / sizeof(*why_not_words);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(why_not_words[i].key, key) == 0)
			return ja ? why_not_words[i].ja : why_not_words[i].en;
	}
	return ja ? "この登録は有効ではありません"
		  : "the registration is not effective";
}

static void add_point(struct str *out, const struct registration *r, bool ja)
{
	const struct point_words *words = point_words_of(r->point);

	str_add(out, ja ? words->role_ja : words->role_en);
	if (words->is_named)
		reason_add_name(out, r->name != NULL ? r->name : "", ja);
}

static void add_whom(struct str *out, const struct registration *r, bool ja)
{
	const char *user = r->user_name != NULL ? r->user_name : r->user_sid;

	if (registration_is_machine(r)) {
		str_add(out, ja ? "すべてのユーザー" : "every user of this PC");
		return;
	}
	str_add(out, ja ? "ユーザー" : "the user ");
	reason_add_name(out, user, ja);
}

static void add_registration_en(struct str *out, const struct registration *r,
				size_t others)
{
	const char *loader = point_loader_words(r->point);

	if (r->loads)
		str_addf(out, " %s loads it as ", loader);
	else
		str_add(out, " It is registered as ");
	add_point(out, r, false);
	str_add(out, " for ");
	add_whom(out, r, false);
	if (others > 0)
		str_addf(out, " (and %" PRIu64 " further registration%s)",
			 (uint64_t)others, others == 1 ? "" : "s");
	if (!r->loads)
		str_addf(out, ", but %s does not load it: %s", loader,
			 why_not_text(r, false));
	if (r->exists == EXISTS_NO && r->server_path != NULL)
		str_add(out, r->loads ? ", but the file itself is not there"
				      : "; the file itself is not there");
	str_add(out, ".");
	if (r->is_bare)
		str_add(out, " The entry names no folder: Windows looks for "
			     "the file in several, of which the one in which "
			     "the browser was started cannot be known.");
}

static void add_registration_ja(struct str *out, const struct registration *r,
				size_t others)
{
	add_whom(out, r, true);
	str_add(out, "について");
	add_point(out, r, true);
	str_addf(out,
		 r->loads ? "として %s に読み込まれます"
			  : "として登録されていますが、%s "
			    "には読み込まれません",
		 point_loader_words(r->point));
	if (others > 0)
		str_addf(out, " (ほかに %" PRIu64 " 件の登録)",
			 (uint64_t)others);
	if (!r->loads)
		str_addf(out, " (理由: %s)", why_not_text(r, true));
	str_add(out, "。");
	if (r->exists == EXISTS_NO && r->server_path != NULL)
		str_add(out, "ファイル自体は存在しません。");
	if (r->is_bare)
		str_add(out,
			"登録にはフォルダーがなく、Windows "
			"は複数のフォルダーを順に探します。そのうち"
			"ブラウザーが起動されたフォルダーは分かりません。");
}

static bool is_user_bho(const struct registration *r)
{
	return r->point == POINT_BHO && !r->loads && r->why_not != NULL &&
	       strcmp(r->why_not, "user_hive") == 0;
}

/*
 * The registration that matters most to a person: the first one that loads,
 * else the first.  A BHO entry in a user's registry beside one that loads
 * is explained too, since people will find it and wonder.
 */
static void add_registrations(struct str *out, const struct subject *s, bool ja)
{
	const struct registration *told = NULL;
	const struct registration *user_bho = NULL;
	size_t count = 0;

	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct registration *r = s->artefacts[i]->registration;

		if (r == NULL)
			continue;
		count++;
		if (told == NULL || (r->loads && !told->loads))
			told = r;
		if (user_bho == NULL && is_user_bho(r))
			user_bho = r;
	}
	if (told == NULL)
		return;
	if (ja)
		add_registration_ja(out, told, count - 1);
	else
		add_registration_en(out, told, count - 1);
	if (user_bho == NULL || user_bho == told)
		return;
	if (ja) {
		add_whom(out, user_bho, true);
		str_addf(out, "の BHO の登録は読み込まれません (理由: %s)。",
			 why_not_text(user_bho, true));
	} else {
		str_add(out, " The Browser Helper Object entry of ");
		add_whom(out, user_bho, false);
		str_addf(out, " is not loaded: %s.",
			 why_not_text(user_bho, false));
	}
}

/* ---- the allow-lists --------------------------------------------------- */

static const char *allow_why(const struct pack_allow *allow)
{
	return allow->why != NULL && allow->why[0] != '\0' ? allow->why
							   : allow->value;
}

static void add_allow(struct str *out, const struct allow_result *allow,
		      bool ja)
{
	if (allow->lowered_by != NULL)
		str_addf(
			out,
			ja ? "許可リストに載っているため、参考情報に下げました "
			     "(%s)。"
			   : " It counts as a note only, because it is on the "
			     "allow-list (%s).",
			allow_why(allow->lowered_by));
	if (allow->refused != NULL)
		str_addf(out,
			 ja ? "許可リストの項目 (%s) は、内容が強い証拠である"
			      "ため適用しませんでした。"
			    : " An entry of the allow-list (%s) was not "
			      "applied, because the content is strong "
			      "evidence.",
			 allow_why(allow->refused));
	if (allow->publisher != NULL && allow->lowered_by == NULL)
		str_addf(out,
			 ja ? "発行元 (%s) は許可リストに載っていますが、"
			      "署名が未確認のため考慮していません。"
			    : " Its publisher (%s) is on the allow-list, but "
			      "that has no effect because the signature has "
			      "not been checked.",
			 allow->publisher->value);
}

char *reason_text(const struct judge_lists *l, const struct subject *s,
		  const char *lang)
{
	bool ja = lang_is_ja(lang);
	struct str out = STR_INIT;

	str_init(&out, REASON_MAX_NBYTES);
	add_evidence(&out, l, s, ja);
	add_archive(&out, s, ja);
	add_registrations(&out, s, ja);
	reason_add_aside(&out, s, ja);
	reason_add_copy(&out, s, ja);
	if (s->only_traces)
		str_add(&out, ja ? "痕跡だけでは警告になりません。"
				 : " Traces alone raise no alarm.");
	add_allow(&out, &s->allow, ja);
	/* Longer than the bound can only be a pack's own text: cut there. */
	if (out.err == ERR_TOO_LARGE)
		out.err = 0;
	if (out.err != 0) {
		str_release(&out);
		return NULL;
	}
	return out.len == 0 ? mem_strdup("") : str_detach(&out);
}
