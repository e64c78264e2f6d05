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
		       bool ja)
{
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

void reason_add_name(struct str *out, const char *name, bool ja)
{
	reason_add_quoted(out, name, NAME_MAX_NBYTES, ja);
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
	reason_add_evidence(&out, l, s, ja);
	add_archive(&out, s, ja);
	reason_add_registrations(&out, s, ja);
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
