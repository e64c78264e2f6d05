/*
 * Why a finding is one: sentences that a helpdesk person can read aloud, in
 * English and Japanese.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first sentence is the evidence (reason_evidence.c), the second where the
 * thing is registered (reason_registration.c).  More follow only if it is a
 * copy or an allow-list had a say.
 */
#include "verdict/reason.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/verdict.h"
#include "words/words.h"

#include <string.h>

/* A sentence stays a sentence, however long a hostile name is. */
#define REASON_MAX_NBYTES 8192
#define NAME_MAX_NBYTES	  200

/* What would end the quotation, or move, hide or reorder what stands around
 * it: a name that says that all is well is no sentence of ours. */
static char replacement(uint32_t cp, bool ja)
{
	if (ja ? cp == 0x300C || cp == 0x300D : cp == '"')
		return '\'';
	return utf_is_unsafe_to_show(cp) ? '?' : '\0';
}

void reason_add_quoted(struct str *out, const char *text, size_t max_nbytes,
		       const char *lang)
{
	const bool ja = lang_is_ja(lang);
	size_t n = 0;

	str_add(out, ja ? "「" : "\"");
	while (text[n] != '\0') {
		uint32_t cp;
		size_t step = utf_decode(text + n, &cp);
		char other = replacement(cp, ja);

		if (n + step > max_nbytes) {
			str_add(out, "...");
			break;
		}
		if (other != '\0')
			str_addch(out, other);
		else
			str_addn(out, text + n, step);
		n += step;
	}
	str_add(out, ja ? "」" : "\"");
}

void reason_add_name(struct str *out, const char *name, const char *lang)
{
	reason_add_quoted(out, name, NAME_MAX_NBYTES, lang);
}

void reason_go_on(struct str *out, const char *lang)
{
	if (!lang_is_ja(lang))
		str_addch(out, ' ');
}

/* ---- an archive ---------------------------------------------------------- */

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

static void add_archive(struct str *out, const struct subject *s,
			const char *lang)
{
	const struct artefact *a = only_member(s);
	char *file = a != NULL ? mem_strndup(a->wpath, artefact_file_nbytes(a))
			       : NULL;
	struct str name = STR_INIT;

	if (a == NULL)
		return;
	if (file == NULL) {
		out->err = ERR_NOMEM;
		return;
	}
	reason_add_name(&name, wpath_base(file), lang);
	reason_go_on(out, lang);
	words_add(out, lang, W_VERDICT_ARCHIVE, str_text(&name));
	str_release(&name);
	mem_free(file);
}

/* ---- the allow-lists --------------------------------------------------- */

static const char *allow_why(const struct pack_allow *allow)
{
	return allow->why != NULL && allow->why[0] != '\0' ? allow->why
							   : allow->value;
}

static void add_allow(struct str *out, const struct allow_result *allow,
		      const char *lang)
{
	if (allow->lowered_by != NULL) {
		reason_go_on(out, lang);
		words_add(out, lang, W_VERDICT_ALLOW_LOWERED,
			  allow_why(allow->lowered_by));
	}
	if (allow->refused != NULL) {
		reason_go_on(out, lang);
		words_add(out, lang, W_VERDICT_ALLOW_REFUSED,
			  allow_why(allow->refused));
	}
	if (allow->publisher != NULL && allow->lowered_by == NULL) {
		reason_go_on(out, lang);
		words_add(out, lang, W_VERDICT_ALLOW_PUBLISHER,
			  allow->publisher->value);
	}
}

char *reason_text(const struct judge_lists *l, const struct subject *s,
		  const char *lang)
{
	struct str out = STR_INIT;

	str_init(&out, REASON_MAX_NBYTES);
	reason_add_evidence(&out, l, s, lang);
	add_archive(&out, s, lang);
	reason_add_registrations(&out, s, lang);
	reason_add_copy(&out, s, lang);
	if (s->only_traces) {
		reason_go_on(&out, lang);
		str_add(&out, words_in(W_VERDICT_ONLY_TRACES, lang));
	}
	add_allow(&out, &s->allow, lang);
	/* Longer than the bound can only be a pack's own text: cut there. */
	if (out.err == ERR_TOO_LARGE)
		out.err = 0;
	if (out.err != 0) {
		str_release(&out);
		return NULL;
	}
	return out.len == 0 ? mem_strdup("") : str_detach(&out);
}
