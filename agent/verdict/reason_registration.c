/*
 * Where a thing is registered, as sentences of a reason.
 * SPDX-License-Identifier: Apache-2.0
 *
 * They are true of the case at hand: what is not there is not loaded, and what
 * is not read at all is not either.
 */
#include "base/aside.h"
#include "base/err.h"
#include "base/mem.h"
#include "collect/point_words.h"
#include "verdict/reason.h"

#include <string.h>

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

/* ---- one entry, in English ---------------------------------------------- */

static void add_others_en(struct str *out, size_t others)
{
	if (others > 0)
		str_addf(out, " (and %" PRIu64 " further registration%s)",
			 (uint64_t)others, others == 1 ? "" : "s");
}

/* What becomes of an entry that is read. */
static void add_loaded_en(struct str *out, const struct registration *r)
{
	const char *loader = point_loader_words(r->point);

	if (r->server_path == NULL)
		str_add(out, ", but it names no program file that could be "
			     "looked at");
	else if (r->exists == EXISTS_NO)
		str_addf(out,
			 ", and %s would load it, but the file is not there: "
			 "the entry is what is left, and can be removed",
			 loader);
	else
		str_addf(out,
			 ", and %s loads it if the file is there, which could "
			 "not be seen",
			 loader);
}

static void add_entry_en(struct str *out, const struct registration *r,
			 size_t others)
{
	const char *loader = point_loader_words(r->point);
	bool is_loaded = r->loads && r->exists == EXISTS_YES;

	if (is_loaded)
		str_addf(out, " %s loads it as ", loader);
	else
		str_add(out, " It is registered as ");
	add_point(out, r, false);
	str_add(out, " for ");
	add_whom(out, r, false);
	add_others_en(out, others);
	if (!r->loads)
		str_addf(out, ", but %s does not load it: %s", loader,
			 why_not_text(r, false));
	else if (!is_loaded)
		add_loaded_en(out, r);
	if (!r->loads && r->exists == EXISTS_NO && r->server_path != NULL)
		str_add(out, "; the file itself is not there");
	str_add(out, ".");
	if (r->is_bare)
		str_add(out, " The entry names no folder: Windows looks for "
			     "the file in several, of which the one in which "
			     "the browser was started cannot be known.");
}

/* ---- and in Japanese ----------------------------------------------------- */

static void add_loaded_ja(struct str *out, const struct registration *r)
{
	const char *loader = point_loader_words(r->point);

	if (r->server_path == NULL)
		str_add(out, "として登録されていますが、"
			     "調べられるプログラム ファイルがありません");
	else if (r->exists == EXISTS_NO)
		str_addf(out,
			 "として登録されており、%s "
			 "に読み込まれるはずですが、ファイルがありません。"
			 "残っているのは登録だけで、削除できます",
			 loader);
	else
		str_addf(out,
			 "として登録されており、ファイルがあれば %s "
			 "に読み込まれます (ファイルの有無は確認できません)",
			 loader);
}

static void add_entry_ja(struct str *out, const struct registration *r,
			 size_t others)
{
	const char *loader = point_loader_words(r->point);

	add_whom(out, r, true);
	str_add(out, "について");
	add_point(out, r, true);
	if (!r->loads)
		str_addf(out,
			 "として登録されていますが、%s "
			 "には読み込まれません",
			 loader);
	else if (r->exists == EXISTS_YES)
		str_addf(out, "として %s に読み込まれます", loader);
	else
		add_loaded_ja(out, r);
	if (others > 0)
		str_addf(out, " (ほかに %" PRIu64 " 件の登録)",
			 (uint64_t)others);
	if (!r->loads)
		str_addf(out, " (理由: %s)", why_not_text(r, true));
	str_add(out, "。");
	if (!r->loads && r->exists == EXISTS_NO && r->server_path != NULL)
		str_add(out, "ファイル自体は存在しません。");
	if (r->is_bare)
		str_add(out,
			"登録にはフォルダーがなく、Windows "
			"は複数のフォルダーを順に探します。そのうち"
			"ブラウザーが起動されたフォルダーは分かりません。");
}

/* ---- what else the entry tells ------------------------------------------- */

/*
 * The name in "lib.dll.vir (EXE) | lib.sig (?)" that was once `base`; another
 * neighbour that was put aside, "lib.sig.vir", is not the program.  mem_free;
 * NULL: there is none, or ERR_NOMEM in `out`.
 */
static char *find_put_aside(struct str *out, const char *beside,
			    const char *base)
{
	const char *p = beside;

	while (p != NULL && *p != '\0') {
		size_t whole = strcspn(p, "|");
		size_t n = whole;
		char *name;

		/* Back to the blank in front of its type. */
		while (n > 0 && p[n - 1] != '(')
			n--;
		name = mem_strndup(p, n > 1 ? n - 2 : 0);
		if (name == NULL)
			out->err = ERR_NOMEM;
		if (name == NULL || aside_is(name, base))
			return name;
		mem_free(name);
		p += whole;
		p += strspn(p, "| ");
	}
	return NULL;
}

/* The key without its file, and the file under another name. */
static void add_put_aside(struct str *out, const struct registration *r,
			  bool ja)
{
	char *name = NULL;

	if (r->exists == EXISTS_NO && r->server_path != NULL)
		name = find_put_aside(out, r->beside,
				      wpath_base(r->server_path));
	if (name == NULL)
		return;
	if (ja) {
		str_add(out, "同じフォルダーに");
		reason_add_name(out, name, true);
		str_add(out, "があります。ウイルス対策ソフトが名前を変えて"
			     "残したもので、このままでは動きません。");
	} else {
		str_add(out, " Beside it lies ");
		reason_add_name(out, name, false);
		str_add(out, ", as an antivirus leaves a program that it has "
			     "put aside; it does nothing there.");
	}
	mem_free(name);
}

/* The version resource says it, and anybody can write one. */
static void add_publisher(struct str *out, const struct registration *r,
			  bool ja)
{
	if (r->exists != EXISTS_YES || r->publisher == NULL ||
	    r->publisher[0] == '\0')
		return;
	if (ja) {
		str_add(out, "プログラムが名乗る発行元は");
		reason_add_name(out, r->publisher, true);
		str_add(out, "です (署名は確認していません)。");
	} else {
		str_add(out, " The program calls ");
		reason_add_name(out, r->publisher, false);
		str_add(out, " its publisher, which has not been checked.");
	}
}

/* ---- of all entries ------------------------------------------------------ */

static bool is_user_bho(const struct registration *r)
{
	return r->point == POINT_BHO && !r->loads && r->why_not != NULL &&
	       strcmp(r->why_not, "user_hive") == 0;
}

/* < 0: `a` is rather told than `b`. */
static int compare_told(const struct artefact *a, const struct artefact *b)
{
	const struct rule_match *x = artefact_best_match(a);
	const struct rule_match *y = artefact_best_match(b);
	int c = (x == NULL) - (y == NULL);

	if (c == 0 && x != NULL)
		c = rule_match_compare(x, y);
	if (c == 0)
		c = (int)b->registration->loads - (int)a->registration->loads;
	return c;
}

/*
 * The entry that counts; else the best that a rule hit, never one that only
 * leads to the same file if there is another; else the first that is loaded.
 */
static const struct registration *choose_told(const struct subject *s)
{
	const struct artefact *counting = s->best[EV_REGISTRATION].artefact;
	const struct artefact *told = NULL;

	if (counting != NULL && counting->registration != NULL)
		return counting->registration;
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct artefact *a = s->artefacts[i];

		if (a->registration != NULL &&
		    (told == NULL || compare_told(a, told) < 0))
			told = a;
	}
	return told != NULL ? told->registration : NULL;
}

/*
 * A BHO entry in a user's registry beside the one that is told: people will
 * find it and wonder.
 */
static void add_user_bho(struct str *out, const struct subject *s,
			 const struct registration *told, bool ja)
{
	const struct registration *r = NULL;

	for (size_t i = 0; i < s->artefact_count && r == NULL; i++) {
		r = s->artefacts[i]->registration;
		if (r != NULL && (r == told || !is_user_bho(r)))
			r = NULL;
	}
	if (r == NULL || is_user_bho(told))
		return;
	if (ja) {
		add_whom(out, r, true);
		str_addf(out, "の BHO の登録は読み込まれません (理由: %s)。",
			 why_not_text(r, true));
	} else {
		str_add(out, " The Browser Helper Object entry of ");
		add_whom(out, r, false);
		str_addf(out, " is not loaded: %s.", why_not_text(r, false));
	}
}

/* What was hit is not loaded, but the program is, by another entry. */
static void add_other_loaded(struct str *out, const struct subject *s,
			     const struct registration *told, bool ja)
{
	const struct registration *r = NULL;

	for (size_t i = 0; i < s->artefact_count && r == NULL; i++) {
		r = s->artefacts[i]->registration;
		if (r != NULL && !(r->loads && r->exists == EXISTS_YES))
			r = NULL;
	}
	if (r == NULL || told->loads)
		return;
	if (ja) {
		str_add(out, "別の登録により、");
		add_whom(out, r, true);
		str_add(out, "について");
		add_point(out, r, true);
		str_addf(out, "として %s に読み込まれます。",
			 point_loader_words(r->point));
	} else {
		str_addf(out, " By another entry %s loads it as ",
			 point_loader_words(r->point));
		add_point(out, r, false);
		str_add(out, " for ");
		add_whom(out, r, false);
		str_add(out, ".");
	}
}

void reason_add_registrations(struct str *out, const struct subject *s, bool ja)
{
	const struct registration *told = choose_told(s);
	size_t others = 0;

	if (told == NULL)
		return;
	for (size_t i = 0; i < s->artefact_count; i++)
		others += s->artefacts[i]->registration != NULL &&
			  s->artefacts[i]->registration != told;
	if (ja)
		add_entry_ja(out, told, others);
	else
		add_entry_en(out, told, others);
	add_put_aside(out, told, ja);
	add_publisher(out, told, ja);
	add_other_loaded(out, s, told, ja);
	add_user_bho(out, s, told, ja);
}
