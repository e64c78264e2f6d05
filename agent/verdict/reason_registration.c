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
#include "words/verdict.h"
#include "words/words.h"

#include <string.h>

/* Words of registration.why_not, as the end of a sentence. */
static const struct {
	const char *key;
	const char *text;
} why_not_words[] = {
	{ "user_hive", W_VERDICT_WHY_USER_HIVE },
	{ "local_server_only", W_VERDICT_WHY_LOCAL_SERVER },
	{ "virtual_store", W_VERDICT_WHY_VIRTUAL_STORE },
	{ "disabled", W_VERDICT_WHY_DISABLED },
	{ "malformed_name", W_VERDICT_WHY_MALFORMED_NAME },
	{ "no_class", W_VERDICT_WHY_NO_CLASS },
	{ "no_server", W_VERDICT_WHY_NO_SERVER },
	{ "other_version", W_VERDICT_WHY_OTHER_VERSION },
	{ "wrong_place", W_VERDICT_WHY_WRONG_PLACE },
};

static const char *why_not_text(const struct registration *r, const char *lang)
{
	const char *key = r->why_not != NULL ? r->why_not : "";
	size_t count = sizeof(why_not_words) / sizeof(*why_not_words);

	for (size_t i = 0; i < count; i++)
		if (strcmp(why_not_words[i].key, key) == 0)
			return words_in(why_not_words[i].text, lang);
	return words_in(W_VERDICT_WHY_OTHER, lang);
}

/* A blank between the end of a Latin word and the Japanese that follows. */
static void end_word(struct str *out, const char *lang)
{
	if (lang_is_ja(lang) && out->len > 0 &&
	    (unsigned char)out->buf[out->len - 1] < 0x80)
		str_addch(out, ' ');
}

/* ---- the parts of a sentence --------------------------------------------- */

/* What a sentence about an entry is put together from. */
struct entry_words {
	const char *loader;
	struct str role;
	struct str whom;
};

static void add_role(struct str *out, const struct registration *r,
		     const char *lang)
{
	const char *role = point_role(r->point, lang);
	const char *at = strstr(role, "%s");

	str_addn(out, role, at != NULL ? (size_t)(at - role) : strlen(role));
	if (at != NULL) {
		reason_add_name(out, r->name != NULL ? r->name : "", lang);
		str_add(out, at + 2);
	}
	end_word(out, lang);
}

static void add_whom(struct str *out, const struct registration *r,
		     const char *lang)
{
	const char *user = r->user_name != NULL ? r->user_name : r->user_sid;
	struct str name = STR_INIT;

	if (registration_is_machine(r)) {
		str_add(out, words_in(W_VERDICT_EVERY_USER, lang));
		return;
	}
	reason_add_name(&name, user, lang);
	words_add(out, lang, W_VERDICT_THE_USER, str_text(&name));
	str_release(&name);
}

static void add_whom_and(struct str *out, const struct registration *r,
			 uint64_t others, const char *lang)
{
	struct str whom = STR_INIT;

	add_whom(&whom, r, lang);
	if (others == 1)
		words_add(out, lang, W_VERDICT_AND_ONE, str_text(&whom),
			  others);
	else if (others > 1)
		words_add(out, lang, W_VERDICT_AND_MANY, str_text(&whom),
			  others);
	else
		str_add(out, str_text(&whom));
	str_release(&whom);
	end_word(out, lang);
}

static struct entry_words words_of(const struct registration *r, size_t others,
				   const char *lang)
{
	struct entry_words w = { point_loader_words(r->point), STR_INIT,
				 STR_INIT };

	add_role(&w.role, r, lang);
	add_whom_and(&w.whom, r, others, lang);
	return w;
}

static void words_release(struct entry_words *w)
{
	str_release(&w->role);
	str_release(&w->whom);
}

/* ---- one entry ----------------------------------------------------------- */

static void add_entry(struct str *out, const struct registration *r,
		      size_t others, const char *lang)
{
	struct entry_words w = words_of(r, others, lang);
	const bool is_loaded = r->loads && r->exists == EXISTS_YES;
	const bool is_gone = r->exists == EXISTS_NO && r->server_path != NULL;
	const char *role = str_text(&w.role), *whom = str_text(&w.whom);

	reason_go_on(out, lang);
	if (is_loaded)
		words_add(out, lang, W_VERDICT_LOADED, w.loader, role, whom);
	else if (!r->loads && is_gone)
		words_add(out, lang, W_VERDICT_NOT_LOADED_GONE, role, whom,
			  w.loader, why_not_text(r, lang));
	else if (!r->loads)
		words_add(out, lang, W_VERDICT_NOT_LOADED, role, whom, w.loader,
			  why_not_text(r, lang));
	else if (r->server_path == NULL)
		words_add(out, lang, W_VERDICT_NO_FILE, role, whom);
	else if (is_gone)
		words_add(out, lang, W_VERDICT_FILE_GONE, role, whom, w.loader);
	else
		words_add(out, lang, W_VERDICT_FILE_UNSEEN, role, whom,
			  w.loader);
	if (r->is_bare) {
		reason_go_on(out, lang);
		str_add(out, words_in(W_VERDICT_IS_BARE, lang));
	}
	words_release(&w);
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
			  const char *lang)
{
	struct str quoted = STR_INIT;
	char *name = NULL;

	if (r->exists == EXISTS_NO && r->server_path != NULL)
		name = find_put_aside(out, r->beside,
				      wpath_base(r->server_path));
	if (name == NULL)
		return;
	reason_add_name(&quoted, name, lang);
	reason_go_on(out, lang);
	words_add(out, lang, W_VERDICT_PUT_ASIDE, str_text(&quoted));
	str_release(&quoted);
	mem_free(name);
}

/* The version resource says it, and anybody can write one. */
static void add_publisher(struct str *out, const struct registration *r,
			  const char *lang)
{
	struct str name = STR_INIT;

	if (r->exists != EXISTS_YES || r->publisher == NULL ||
	    r->publisher[0] == '\0')
		return;
	reason_add_name(&name, r->publisher, lang);
	reason_go_on(out, lang);
	words_add(out, lang, W_VERDICT_PUBLISHER, str_text(&name));
	str_release(&name);
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
			 const struct registration *told, const char *lang)
{
	const struct registration *r = NULL;
	struct str whom = STR_INIT;

	for (size_t i = 0; i < s->artefact_count && r == NULL; i++) {
		r = s->artefacts[i]->registration;
		if (r != NULL && (r == told || !is_user_bho(r)))
			r = NULL;
	}
	if (r == NULL || is_user_bho(told))
		return;
	add_whom(&whom, r, lang);
	reason_go_on(out, lang);
	words_add(out, lang, W_VERDICT_USER_BHO, str_text(&whom),
		  why_not_text(r, lang));
	str_release(&whom);
}

/* What was hit is not loaded, but the program is, by another entry. */
static void add_other_loaded(struct str *out, const struct subject *s,
			     const struct registration *told, const char *lang)
{
	const struct registration *r = NULL;
	struct entry_words w;

	for (size_t i = 0; i < s->artefact_count && r == NULL; i++) {
		r = s->artefacts[i]->registration;
		if (r != NULL && !(r->loads && r->exists == EXISTS_YES))
			r = NULL;
	}
	if (r == NULL || told->loads)
		return;
	w = words_of(r, 0, lang);
	reason_go_on(out, lang);
	words_add(out, lang, W_VERDICT_LOADED_BY_OTHER, w.loader,
		  str_text(&w.role), str_text(&w.whom));
	words_release(&w);
}

void reason_add_registrations(struct str *out, const struct subject *s,
			      const char *lang)
{
	const struct registration *told = choose_told(s);
	size_t others = 0;

	if (told == NULL)
		return;
	for (size_t i = 0; i < s->artefact_count; i++)
		others += s->artefacts[i]->registration != NULL &&
			  s->artefacts[i]->registration != told;
	add_entry(out, told, others, lang);
	add_put_aside(out, told, lang);
	add_publisher(out, told, lang);
	add_other_loaded(out, s, told, lang);
	add_user_bho(out, s, told, lang);
}
