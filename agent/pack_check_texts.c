/*
 * Strict check of a pack: texts.tsv says everything that there is to say, in
 * both languages, and nothing else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pack_check.h"
#include "base/str.h"
#include "words/pack.h"
#include <string.h>

static const struct pack_text *text_at(const struct pack *p, size_t i)
{
	return vec_at(&p->lists.texts, i);
}

static bool has_text(const struct pack *p, const char *kind, const char *word)
{
	size_t n = strlen(kind);

	for (size_t i = 0; i < p->lists.texts.count; i++) {
		const char *key = text_at(p, i)->key;

		if (strncmp(key, kind, n) == 0 && strcmp(key + n, word) == 0)
			return true;
	}
	return false;
}

/* ---- what a text is about ---------------------------------------- */

static const char *family_of(const struct rule_info *r)
{
	return r->family;
}

static const char *role_of(const struct rule_info *r)
{
	return r->role;
}

static const char *name_of(const struct rule_info *r)
{
	return r->name;
}

static const struct subject {
	const char *kind;
	const char *(*word)(const struct rule_info *r);
	const char *nobody; /* no rule has it */
} subjects[] = {
	{ "rule.", name_of, W_PACK_NO_SUCH_RULE },
	{ "family.", family_of, W_PACK_NO_FAMILY },
	{ "role.", role_of, W_PACK_NO_ROLE },
};

static bool is_any_rules(const struct pack *p, const struct subject *s,
			 const char *word)
{
	for (size_t i = 0; i < pack_rule_count(p); i++) {
		const struct rule_info *r = pack_rule(p, i);

		if (!r->is_private && *word && strcmp(s->word(r), word) == 0)
			return true;
	}
	return false;
}

static const char *advice_fault(const struct pack *p, const char *word)
{
	static const char *const words[] = { "malicious", "suspicious", "note",
					     "incomplete" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0)
			return NULL;
	if (!ascii_starts_with(word, "role."))
		return W_PACK_ADVICE;
	return is_any_rules(p, &subjects[2], word + strlen("role."))
		       ? NULL
		       : subjects[2].nobody;
}

static const char *key_fault(const struct pack *p, const char *key)
{
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		const struct subject *s = &subjects[i];

		if (ascii_starts_with(key, s->kind))
			return is_any_rules(p, s, key + strlen(s->kind))
				       ? NULL
				       : s->nobody;
	}
	if (ascii_starts_with(key, "advice."))
		return advice_fault(p, key + strlen("advice."));
	return W_PACK_TEXT_KEY;
}

/* ---- rows -------------------------------------------------------- */

static const char *row_fault(const struct pack *p, size_t i)
{
	const struct pack_text *t = text_at(p, i);
	const char *fault = key_fault(p, t->key);

	if (fault)
		return fault;
	if (!*t->en)
		return W_PACK_NO_ENGLISH;
	if (!*t->ja)
		return W_PACK_NO_JAPANESE;
	if (*t->extra)
		return W_PACK_COLUMN;
	/* They are sorted by their keys. */
	if (i && strcmp(text_at(p, i - 1)->key, t->key) == 0)
		return W_PACK_TEXT_TWICE;
	return NULL;
}

static int check_rows(const struct pack *p, struct vec *problems)
{
	int ret = 0;

	for (size_t i = 0; i < p->lists.texts.count && !ret; i++) {
		const char *fault = row_fault(p, i);

		if (fault)
			ret = pack_problem(problems, W_PACK_TEXT_PROBLEM,
					   text_at(p, i)->line,
					   text_at(p, i)->key, fault);
	}
	return ret;
}

/* ---- rules ------------------------------------------------------- */

/* Families and roles are told of the first rule that has them. */
static bool is_first(const struct pack *p, const struct subject *s, size_t rule)
{
	const char *word = s->word(pack_rule(p, rule));

	for (size_t i = 0; i < rule; i++)
		if (!pack_rule(p, i)->is_private &&
		    strcmp(s->word(pack_rule(p, i)), word) == 0)
			return false;
	return true;
}

static int check_rule(const struct pack *p, size_t i, struct vec *problems)
{
	const struct rule_info *r = pack_rule(p, i);
	int ret = 0;

	for (size_t k = 0; k < sizeof(subjects) / sizeof(subjects[0]); k++) {
		const struct subject *s = &subjects[k];
		const char *word = s->word(r);

		if (!ret && *word && is_first(p, s, i) &&
		    !has_text(p, s->kind, word))
			ret = pack_rule_problem(p, problems, r, 0,
						W_PACK_NO_TEXT, s->kind, word);
	}
	return ret;
}

int pack_check_texts(const struct pack *p, struct vec *problems)
{
	int ret = 0;

	if (!p->lists.texts.count)
		ret = pack_problem(problems, W_PACK_NO_TEXTS,
				   pack_files_get(&p->files, "texts.tsv")
					   ? W_PACK_IS_EMPTY
					   : W_PACK_IS_MISSING);
	if (!ret)
		ret = check_rows(p, problems);
	for (size_t i = 0; i < pack_rule_count(p) && !ret; i++)
		if (!pack_rule(p, i)->is_private)
			ret = check_rule(p, i, problems);
	return ret;
}
