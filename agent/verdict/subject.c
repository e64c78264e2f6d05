/*
 * From a group of artefacts to a finding: score, path, names, reasons.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/judge.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf.h"

#include <stdlib.h>
#include <string.h>

void finding_free(struct finding *f)
{
	if (f == NULL)
		return;
	mem_free(f->family);
	mem_free(f->role);
	mem_free(f->subject);
	mem_free(f->path);
	mem_free(f->sha256);
	mem_free(f->rules);
	mem_free(f->reason);
	mem_free(f->reason_ja);
	mem_free(f->artefacts);
	mem_free(f);
}

static int compare_rules(const void *a, const void *b)
{
	const struct rule_info *const *x = a;
	const struct rule_info *const *y = b;

	return rule_compare(*x, *y);
}

/* All rules that hit, each once; caller frees; NULL: no memory, or none. */
static const struct rule_info **rules_of(const struct subject *s,
					 size_t *count_ret)
{
	const struct rule_info **rules;
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < s->artefact_count; i++)
		count += s->artefacts[i]->matches.count;
	*count_ret = 0;
	rules = count > 0 ? mem_array(count, sizeof(*rules)) : NULL;
	if (rules == NULL)
		return NULL;
	count = 0;
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct match_list *l = &s->artefacts[i]->matches;

		for (size_t k = 0; k < l->count; k++)
			rules[count++] = l->items[k].rule;
	}
	qsort(rules, count, sizeof(*rules), compare_rules);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || rules[kept - 1] != rules[i])
			rules[kept++] = rules[i];
	}
	*count_ret = kept;
	return rules;
}

/*
 * Where the rule hit.  Of several registrations one that loads: that is the
 * one a person has to know.
 */
static void find_best(const struct subject *s, const struct rule_info *rule,
		      struct evidence_best *ret)
{
	for (size_t i = 0; rule != NULL && i < s->artefact_count; i++) {
		const struct artefact *a = s->artefacts[i];

		for (size_t k = 0; k < a->matches.count; k++) {
			if (a->matches.items[k].rule != rule)
				continue;
			if (ret->match == NULL ||
			    (a->registration != NULL &&
			     a->registration->loads &&
			     ret->artefact->registration != NULL &&
			     !ret->artefact->registration->loads)) {
				ret->match = &a->matches.items[k];
				ret->artefact = a;
			}
		}
	}
}

/* Where a file lies may be what any user says of himself (TEMP), and that
 * alone makes nothing malicious. */
static int evidence_score(const struct evidence_best *best, int kind)
{
	if (best->match == NULL)
		return 0;
	if (kind == EV_NAME && best->artefact->is_temp_of_user &&
	    best->match->rule->score > SCORE_SUSPICIOUS_MAX)
		return SCORE_SUSPICIOUS_MAX;
	return best->match->rule->score;
}

int subject_weigh(struct subject *s)
{
	int best[EV_COUNT];
	struct score_sum sum;
	size_t count = 0;
	const struct rule_info **rules = rules_of(s, &count);

	s->only_traces = true;
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct artefact *a = s->artefacts[i];

		if (a->matches.count == 0)
			continue;
		if (rules == NULL)
			return ERR_NOMEM;
		if (a->kind != ARTEFACT_TRACE)
			s->only_traces = false;
	}
	score_rules(rules, count, &sum);
	mem_free(rules);
	s->strong_content = sum.content >= SCORE_STRONG_CONTENT;
	for (int e = 0; e < EV_COUNT; e++) {
		find_best(s, sum.best[e], &s->best[e]);
		best[e] = evidence_score(&s->best[e], e);
	}
	s->score = score_combine(best);
	return 0;
}

/* What is excused or only a trace is never more than a note. */
int subject_score(const struct subject *s)
{
	if ((s->allow.lowered_by != NULL || s->only_traces) &&
	    s->score > SCORE_NOTE_MAX)
		return SCORE_NOTE_MAX;
	return s->score;
}

/*
 * The path of the subject: the file itself if it matched or is registered,
 * else the stream or member that matched best.  `*file_ret` is the artefact
 * whose digests are the subject's, NULL if none was read.
 */
static const char *group_path(const struct judge *j, const struct group *g,
			      const struct artefact **file_ret)
{
	const struct artefact *inner = NULL;
	const char *registered = NULL;

	*file_ret = NULL;
	if (!g->has_path)
		return NULL;
	for (size_t m = 0; m < g->member_count; m++) {
		const struct artefact *a = artefact_at(j, g->members[m]);
		const struct rule_match *x, *y;

		if (a->registration != NULL) {
			if (registered == NULL)
				registered = a->registration->server_path;
			continue;
		}
		if (a->wpath == NULL)
			continue;
		if (artefact_file_nbytes(a) == strlen(a->wpath)) {
			if (*file_ret == NULL)
				*file_ret = a;
			continue;
		}
		x = artefact_best_match(a);
		y = inner != NULL ? artefact_best_match(inner) : NULL;
		if (inner == NULL ||
		    (x != NULL && (y == NULL || rule_match_compare(x, y) < 0)))
			inner = a;
	}
	if (*file_ret != NULL)
		return (*file_ret)->wpath;
	if (registered != NULL)
		return registered;
	if (inner != NULL) {
		*file_ret = inner;
		return inner->wpath;
	}
	return NULL;
}

static int compare_sizes(const void *a, const void *b)
{
	const size_t *x = a;
	const size_t *y = b;

	return (*x > *y) - (*x < *y);
}

/* All artefacts of the leader's chain, ascending. */
static int finding_collect(const struct judge *j, const struct group *leader,
			   struct finding *f, struct subject *s)
{
	size_t count = 0;

	for (const struct group *g = leader; g != NULL; g = g->next)
		count += g->member_count;
	f->artefacts = mem_array(count, sizeof(*f->artefacts));
	s->artefacts = mem_array(count, sizeof(struct artefact *));
	if (f->artefacts == NULL || s->artefacts == NULL)
		return ERR_NOMEM;
	for (const struct group *g = leader; g != NULL; g = g->next) {
		for (size_t m = 0; m < g->member_count; m++)
			f->artefacts[f->artefact_count++] = g->members[m];
	}
	qsort(f->artefacts, count, sizeof(*f->artefacts), compare_sizes);
	for (size_t i = 0; i < count; i++)
		s->artefacts[i] = artefact_at(j, f->artefacts[i]);
	s->artefact_count = count;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

/* JSON array of the names of all rules that hit, sorted, each once. */
static char *rules_json(const struct subject *s)
{
	struct str out = STR_INIT;
	struct json json;
	const char **names;
	size_t count = 0;

	for (size_t i = 0; i < s->artefact_count; i++)
		count += s->artefacts[i]->matches.count;
	names = mem_array(count, sizeof(*names));
	if (names == NULL)
		return NULL;
	count = 0;
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct match_list *l = &s->artefacts[i]->matches;

		for (size_t k = 0; k < l->count; k++)
			names[count++] = l->items[k].rule->name;
	}
	qsort(names, count, sizeof(*names), compare_names);
	json_init(&json, &out, false);
	json_begin_array(&json);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			json_string(&json, names[i]);
	}
	json_end_array(&json);
	mem_free(names);
	if (out.err) {
		str_release(&out);
		return NULL;
	}
	return str_detach(&out);
}

static const char *family_of(const struct rule_match *m)
{
	return m->rule->family != NULL ? m->rule->family : "";
}

static const char *role_of(const struct rule_match *m)
{
	return m->rule->role != NULL ? m->rule->role : "";
}

/*
 * The best match whose rule has a word; of this family only, if it is not
 * NULL.  NULL: none has.
 */
static const struct rule_match *
best_with(const struct subject *s,
	  const char *(*word)(const struct rule_match *), const char *family)
{
	const struct rule_match *best = NULL;

	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct match_list *l = &s->artefacts[i]->matches;

		for (size_t k = 0; k < l->count; k++) {
			const struct rule_match *m = &l->items[k];

			if (word(m)[0] == '\0')
				continue;
			if (family != NULL && strcmp(family_of(m), family) != 0)
				continue;
			if (best == NULL || rule_match_compare(m, best) < 0)
				best = m;
		}
	}
	return best;
}

/* The family of the best rule that names one, and its best rule's role. */
static int finding_name_family(struct finding *f, const struct subject *s)
{
	const struct rule_match *m = best_with(s, family_of, NULL);
	const char *family = m != NULL ? family_of(m) : "";
	const struct rule_match *role =
		best_with(s, role_of, m != NULL ? family : NULL);

	f->family = mem_strdup(family);
	f->role = mem_strdup(role != NULL ? role_of(role) : "");
	return f->family != NULL && f->role != NULL ? 0 : ERR_NOMEM;
}

/* File name, or the last part of the key of the first registration. */
static char *finding_subject(const struct finding *f)
{
	const struct registration *r = f->registration;

	if (f->path != NULL)
		return mem_strdup(wpath_base(f->path));
	if (r == NULL || r->registry_key == NULL)
		return mem_strdup(r != NULL && r->clsid != NULL ? r->clsid
								: "");
	return mem_strdup(wpath_base(r->registry_key));
}

static int finding_fill(const struct judge *j, const struct group *leader,
			struct finding *f, struct subject *s)
{
	const struct artefact *file = NULL;
	const char *sha256 = NULL;
	int err = finding_collect(j, leader, f, s);

	if (err != 0)
		return err;
	s->main_path = group_path(j, leader, &file);
	if (file != NULL && file->digests.sha256[0] != '\0')
		sha256 = file->digests.sha256;
	for (size_t i = 0; i < s->artefact_count; i++) {
		struct registration *r = s->artefacts[i]->registration;

		if (r == NULL)
			continue;
		if (f->registration == NULL ||
		    registration_compare(r, f->registration) < 0)
			f->registration = r;
		if (sha256 == NULL && r->sha256 != NULL &&
		    r->server_path != NULL && s->main_path != NULL &&
		    utf_casecmp(r->server_path, s->main_path) == 0)
			sha256 = r->sha256;
	}
	err = subject_weigh(s);
	if (err != 0)
		return err;
	allow_check(&j->lists, s, &s->allow);
	f->score = subject_score(s);
	f->verdict = score_verdict(f->score);
	err = subject_score_owners(s);
	if (err != 0)
		return err;
	f->path = mem_strdup(s->main_path);
	f->sha256 = mem_strdup(sha256);
	f->subject = finding_subject(f);
	f->rules = rules_json(s);
	f->reason = reason_text(&j->lists, s, "en");
	f->reason_ja = reason_text(&j->lists, s, "ja");
	if ((s->main_path != NULL && f->path == NULL) ||
	    (sha256 != NULL && f->sha256 == NULL) || f->subject == NULL ||
	    f->rules == NULL || f->reason == NULL || f->reason_ja == NULL)
		return ERR_NOMEM;
	return finding_name_family(f, s);
}

int finding_new(const struct judge *j, const struct group *leader,
		struct finding **ret)
{
	struct finding *f = mem_zalloc(sizeof(*f));
	struct subject s;
	int err = ERR_NOMEM;

	memset(&s, 0, sizeof(s));
	if (f == NULL)
		goto out;
	err = finding_fill(j, leader, f, &s);
	if (err != 0)
		goto out;
	*ret = f;
	f = NULL;
out:
	mem_free(s.artefacts);
	finding_free(f);
	return err;
}
