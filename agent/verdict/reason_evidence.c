/*
 * What was seen, as the first sentence of a reason.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It names the strongest two kinds of evidence that count, in the words of the
 * pack (text "rule.<name>", else the rule's description).
 */
#include "verdict/reason.h"
#include "words/verdict.h"
#include "words/words.h"

#include <string.h>

/* Without a text in the language: its kind, and the rule's own words. */
static void add_generic(struct str *out, const struct rule_info *rule,
			const char *text, const char *lang)
{
	static const char *const kinds[EV_COUNT] = {
		[EV_CONTENT] = W_VERDICT_KIND_CONTENT,
		[EV_NAME] = W_VERDICT_KIND_NAME,
		[EV_REGISTRATION] = W_VERDICT_KIND_REGISTRATION,
		[EV_TRACE] = W_VERDICT_KIND_TRACE,
	};

	struct str name = STR_INIT;

	reason_add_name(&name, rule->name, lang);
	words_add(out, lang, W_VERDICT_RULE_MATCHED,
		  words_in(kinds[rule->evidence], lang), str_text(&name), text);
	str_release(&name);
}

static void add_rule_text(struct str *out, const struct judge_lists *l,
			  const struct rule_info *rule, const char *lang)
{
	const char *text = NULL;
	const char *local = NULL;
	struct str key = STR_INIT;

	if (l->text != NULL) {
		str_addf(&key, "rule.%s", rule->name);
		text = l->text(l->text_arg, str_text(&key), "en");
		if (lang_is_ja(lang))
			local = l->text(l->text_arg, str_text(&key), lang);
		str_release(&key);
	}
	if (text == NULL || text[0] == '\0')
		text = rule->description;
	if (text == NULL || text[0] == '\0')
		text = rule->name;
	if (!lang_is_ja(lang))
		str_add(out, text);
	else if (local != NULL && local[0] != '\0' && strcmp(local, text) != 0)
		str_add(out, local);
	else
		add_generic(out, rule, text, lang);
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

void reason_add_evidence(struct str *out, const struct judge_lists *l,
			 const struct subject *s, const char *lang)
{
	const struct rule_match *first = NULL;
	const struct rule_match *second = NULL;
	struct str what = STR_INIT, more = STR_INIT;

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
	add_rule_text(&what, l, first->rule, lang);
	trim_stop(&what);
	if (second != NULL) {
		add_rule_text(&more, l, second->rule, lang);
		trim_stop(&more);
		if (!lang_is_ja(lang) && more.len > 0)
			lower_first_word(more.buf);
		words_add(out, lang, W_VERDICT_EVIDENCE_TWO, str_text(&what),
			  str_text(&more));
	} else {
		str_add(out, str_text(&what));
		str_add(out, lang_is_ja(lang) ? "。" : ".");
	}
	if (out->err == 0)
		out->err = what.err ? what.err : more.err;
	str_release(&more);
	str_release(&what);
}
