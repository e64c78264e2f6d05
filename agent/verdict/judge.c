/*
 * Grouping: artefacts that belong to one subject become one finding.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The subject of a file is its Windows path without case; streams and
 * archive members belong to their file, a registration to the file that its
 * server path names, there or not.  A registration without a server path
 * stands under its CLSID, else under its key.  A file that matched a rule
 * with a companion joins the companion's subject if something is known about
 * it.  Workers add artefacts in any order; everything is sorted before it is
 * grouped, so the findings do not depend on that order.
 */
#include "verdict/judge.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf.h"

#include <stdlib.h>
#include <string.h>

/* A scan that matches more than this has a broken pack, not an infection. */
#define JUDGE_MAX_ARTEFACTS 1000000

struct group {
	struct group *joined;	/* companion's group, NULL: stands alone */
	struct group *next;	/* further members of the same finding */
	struct group *last;	/* end of that chain (of the leader) */
	size_t *members;	/* into judge.artefacts, ascending */
	size_t member_count;
	bool has_path;		/* the key is a path of a file */
	bool has_match;
	size_t path_nbytes;	/* of the first member's path */
};

struct judge {
	struct pack *pack;
	struct vec artefacts; /* struct artefact * */
	struct vec groups;    /* struct group *, in the order of artefacts */
	struct vec findings;  /* struct finding * */
	bool finished;
};

int judge_new(struct pack *p, struct judge **ret)
{
	struct judge *j = mem_zalloc(sizeof(*j));

	if (j == NULL)
		return err_fail(ERR_NOMEM, 0, "not enough memory to judge");
	j->pack = p;
	j->artefacts = (struct vec)VEC_INIT(struct artefact *,
					    JUDGE_MAX_ARTEFACTS);
	j->groups = (struct vec)VEC_INIT(struct group *, JUDGE_MAX_ARTEFACTS);
	j->findings = (struct vec)VEC_INIT(struct finding *,
					   JUDGE_MAX_ARTEFACTS);
	*ret = j;
	return 0;
}

static struct artefact *artefact_at(const struct judge *j, size_t index)
{
	return *(struct artefact **)vec_at(&j->artefacts, index);
}

static struct group *group_at(const struct judge *j, size_t index)
{
	return *(struct group **)vec_at(&j->groups, index);
}

static void finding_free(struct finding *f)
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

static void judge_clear_results(struct judge *j)
{
	for (size_t i = 0; i < j->groups.count; i++) {
		struct group *g = group_at(j, i);

		if (g != NULL)
			mem_free(g->members);
		mem_free(g);
	}
	j->groups.count = 0;
	for (size_t i = 0; i < j->findings.count; i++)
		finding_free(*(struct finding **)vec_at(&j->findings, i));
	j->findings.count = 0;
	for (size_t i = 0; i < j->artefacts.count; i++)
		artefact_at(j, i)->finding = SIZE_MAX;
}

void judge_free(struct judge *j)
{
	if (j == NULL)
		return;
	judge_clear_results(j);
	for (size_t i = 0; i < j->artefacts.count; i++)
		artefact_free(artefact_at(j, i));
	vec_release(&j->artefacts);
	vec_release(&j->groups);
	vec_release(&j->findings);
	mem_free(j);
}

int judge_add(struct judge *j, struct artefact *a)
{
	struct artefact **slot = vec_push(&j->artefacts);

	if (slot == NULL) {
		artefact_free(a);
		return err_fail(ERR_NOMEM, 0,
				"not enough memory to keep what was found");
	}
	a->finding = SIZE_MAX;
	*slot = a;
	j->finished = false;
	return 0;
}

/* ---- groups ------------------------------------------------------------ */

static int compare_artefact_slots(const void *a, const void *b)
{
	const struct artefact *const *x = a;
	const struct artefact *const *y = b;

	return artefact_compare(*x, *y);
}

/* "p:<path>", "c:<clsid>" or "k:<key>"; caller frees; NULL without memory. */
static char *group_key(const struct artefact *a)
{
	const struct registration *r = a->registration;
	struct str key = STR_INIT;

	if (r == NULL) {
		str_add(&key, "p:");
		if (a->wpath != NULL)
			str_addn(&key, a->wpath, artefact_file_nbytes(a));
	} else if (r->server_path != NULL && r->server_path[0] != '\0') {
		str_add(&key, "p:");
		str_add(&key, r->server_path);
	} else if (r->clsid != NULL && r->clsid[0] != '\0') {
		str_add(&key, "c:");
		str_add(&key, r->clsid);
	} else {
		str_add(&key, "k:");
		str_add(&key, r->registry_key != NULL ? r->registry_key : "");
	}
	if (key.err) {
		str_release(&key);
		return NULL;
	}
	return str_detach(&key);
}

static struct group *group_new(struct judge *j, struct namemap *map,
			       const char *key)
{
	struct group **slot;
	struct group *g = mem_zalloc(sizeof(*g));

	if (g == NULL)
		return NULL;
	slot = vec_push(&j->groups);
	if (slot == NULL) {
		mem_free(g);
		return NULL;
	}
	*slot = g;
	g->last = g;
	g->has_path = key[0] == 'p';
	if (namemap_put(map, key, g) != 0)
		return NULL;
	return g;
}

static int group_add(struct group *g, size_t index)
{
	/* Grows at powers of two. */
	if ((g->member_count & (g->member_count - 1)) == 0) {
		size_t cap = g->member_count == 0 ? 1 : g->member_count * 2;
		size_t *grown = mem_grow(g->members, cap, sizeof(*grown));

		if (grown == NULL)
			return ERR_NOMEM;
		g->members = grown;
	}
	g->members[g->member_count++] = index;
	return 0;
}

static int groups_make(struct judge *j, struct namemap *map)
{
	for (size_t i = 0; i < j->artefacts.count; i++) {
		const struct artefact *a = artefact_at(j, i);
		char *key = group_key(a);
		struct group *g;

		if (key == NULL)
			return ERR_NOMEM;
		g = namemap_get(map, key);
		if (g == NULL)
			g = group_new(j, map, key);
		mem_free(key);
		if (g == NULL || group_add(g, i) != 0)
			return ERR_NOMEM;
		if (a->matches.count > 0)
			g->has_match = true;
	}
	return 0;
}

static struct group *group_leader(struct group *g)
{
	while (g->joined != NULL)
		g = g->joined;
	return g;
}

/* `g` joins the subject of `to`. */
static void group_join(struct group *g, struct group *to)
{
	g = group_leader(g);
	to = group_leader(to);
	if (g == to)
		return;
	g->joined = to;
	to->last->next = g;
	to->last = g->last;
	to->has_match = to->has_match || g->has_match;
}

/* The group of the file `companion` in the artefact's folder, or NULL. */
static int companion_find(struct namemap *map, const struct artefact *a,
			  const char *companion, struct group **ret)
{
	const char *path = a->registration != NULL ?
				   a->registration->server_path :
				   a->wpath;
	struct str key = STR_INIT;
	int err;

	*ret = NULL;
	if (path == NULL || strpbrk(companion, "\\/:") != NULL)
		return 0;
	str_add(&key, "p:");
	if (a->registration == NULL) {
		char *file = mem_strndup(path, artefact_file_nbytes(a));

		if (file == NULL) {
			str_release(&key);
			return ERR_NOMEM;
		}
		str_addn(&key, file, (size_t)(wpath_base(file) - file));
		mem_free(file);
	} else {
		str_addn(&key, path, (size_t)(wpath_base(path) - path));
	}
	str_add(&key, companion);
	err = key.err;
	if (err == 0)
		*ret = namemap_get(map, str_text(&key));
	str_release(&key);
	return err;
}

static int groups_join_companions(struct judge *j, struct namemap *map)
{
	for (size_t i = 0; i < j->groups.count; i++) {
		struct group *g = group_at(j, i);

		for (size_t m = 0; m < g->member_count; m++) {
			const struct artefact *a = artefact_at(j, g->members[m]);

			for (size_t k = 0; k < a->matches.count; k++) {
				const char *name =
					a->matches.items[k].rule->companion;
				struct group *to;
				int err;

				if (name == NULL || name[0] == '\0')
					continue;
				err = companion_find(map, a, name, &to);
				if (err != 0)
					return err;
				if (to != NULL)
					group_join(g, to);
			}
		}
	}
	return 0;
}

/* ---- findings ---------------------------------------------------------- */

static void subject_weigh(struct subject *s)
{
	s->only_traces = true;
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct artefact *a = s->artefacts[i];

		if (a->matches.count > 0 && a->kind != ARTEFACT_TRACE)
			s->only_traces = false;
		for (size_t k = 0; k < a->matches.count; k++) {
			const struct rule_match *m = &a->matches.items[k];
			struct evidence_best *best =
				&s->best[m->rule->evidence];

			if (m->rule->evidence == EV_CONTENT &&
			    m->rule->score >= SCORE_STRONG_CONTENT)
				s->strong_content = true;
			if (best->match == NULL ||
			    rule_match_compare(m, best->match) < 0) {
				best->match = m;
				best->artefact = a;
			}
		}
	}
}

static int subject_score(const struct subject *s)
{
	int best[EV_COUNT];
	int score;

	for (int e = 0; e < EV_COUNT; e++)
		best[e] = s->best[e].match != NULL ?
				  s->best[e].match->rule->score : 0;
	score = score_combine(best);
	if ((s->allow.lowered_by != NULL || s->only_traces) &&
	    score > SCORE_NOTE_MAX)
		score = SCORE_NOTE_MAX;
	return score;
}

/* The best match of a subject among those whose artefact `fits`. */
static const struct rule_match *best_match_of(const struct artefact *a)
{
	const struct rule_match *best = NULL;

	for (size_t k = 0; k < a->matches.count; k++) {
		const struct rule_match *m = &a->matches.items[k];

		if (best == NULL || rule_match_compare(m, best) < 0)
			best = m;
	}
	return best;
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
		x = best_match_of(a);
		y = inner != NULL ? best_match_of(inner) : NULL;
		if (inner == NULL ||
		    (x != NULL &&
		     (y == NULL || rule_match_compare(x, y) < 0)))
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
	s->artefacts = mem_array(count, sizeof(*s->artefacts));
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

/*
 * Family of the best rule that names one, and the role of the best rule of
 * that family that names one.
 */
static int finding_name_family(struct finding *f, const struct subject *s)
{
	const struct rule_match *family = NULL;
	const struct rule_match *role = NULL;

	for (int pass = 0; pass < 2; pass++) {
		const struct rule_match **best = pass == 0 ? &family : &role;

		for (size_t i = 0; i < s->artefact_count; i++) {
			const struct match_list *l = &s->artefacts[i]->matches;

			for (size_t k = 0; k < l->count; k++) {
				const struct rule_match *m = &l->items[k];
				const char *word = pass == 0 ? m->rule->family :
							       m->rule->role;

				if (word == NULL || word[0] == '\0')
					continue;
				if (pass == 1 && family != NULL &&
				    strcmp(m->rule->family,
					   family->rule->family) != 0)
					continue;
				if (*best == NULL ||
				    rule_match_compare(m, *best) < 0)
					*best = m;
			}
		}
	}
	f->family = mem_strdup(family != NULL ? family->rule->family : "");
	f->role = mem_strdup(role != NULL ? role->rule->role : "");
	return f->family != NULL && f->role != NULL ? 0 : ERR_NOMEM;
}

/* File name, or the last part of the key of the first registration. */
static char *finding_subject(const struct finding *f)
{
	const struct registration *r = f->registration;

	if (f->path != NULL)
		return mem_strdup(wpath_base(f->path));
	if (r == NULL || r->registry_key == NULL)
		return mem_strdup(r != NULL && r->clsid != NULL ? r->clsid : "");
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
	subject_weigh(s);
	allow_check(j->pack, s, &s->allow);
	f->score = subject_score(s);
	f->verdict = score_verdict(f->score);
	f->path = mem_strdup(s->main_path);
	f->sha256 = mem_strdup(sha256);
	f->subject = finding_subject(f);
	f->rules = rules_json(s);
	f->reason = reason_text(j->pack, s, "en");
	f->reason_ja = reason_text(j->pack, s, "ja");
	if ((s->main_path != NULL && f->path == NULL) ||
	    (sha256 != NULL && f->sha256 == NULL) || f->subject == NULL ||
	    f->rules == NULL || f->reason == NULL || f->reason_ja == NULL)
		return ERR_NOMEM;
	return finding_name_family(f, s);
}

static int finding_make(struct judge *j, const struct group *leader)
{
	struct finding *f = mem_zalloc(sizeof(*f));
	struct subject s;
	struct finding **slot;
	int err = ERR_NOMEM;

	memset(&s, 0, sizeof(s));
	if (f == NULL)
		goto out;
	err = finding_fill(j, leader, f, &s);
	if (err != 0)
		goto out;
	slot = vec_push(&j->findings);
	if (slot == NULL) {
		err = ERR_NOMEM;
		goto out;
	}
	*slot = f;
	f = NULL;
out:
	mem_free(s.artefacts);
	finding_free(f);
	return err;
}

/* Worst first, then path; key-only findings after files; total order. */
static int compare_finding_slots(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int c = (int)y->verdict - (int)x->verdict;

	if (c == 0)
		c = y->score - x->score;
	if (c == 0)
		c = (x->path == NULL) - (y->path == NULL);
	if (c == 0 && x->path != NULL)
		c = utf_casecmp(x->path, y->path);
	/* Groups are made in the order of sorted artefacts. */
	if (c == 0)
		c = compare_sizes(&x->artefacts[0], &y->artefacts[0]);
	return c;
}

int judge_finish(struct judge *j)
{
	struct namemap *map;
	int err = ERR_NOMEM;

	judge_clear_results(j);
	if (j->artefacts.count == 0)
		return 0;
	qsort(j->artefacts.items, j->artefacts.count, j->artefacts.size,
	      compare_artefact_slots);
	map = namemap_new();
	if (map == NULL)
		goto out;
	err = groups_make(j, map);
	if (err == 0)
		err = groups_join_companions(j, map);
	for (size_t i = 0; err == 0 && i < j->groups.count; i++) {
		const struct group *g = group_at(j, i);

		if (g->joined == NULL && g->has_match)
			err = finding_make(j, g);
	}
	if (err != 0)
		goto out;
	if (j->findings.count > 0)
		qsort(j->findings.items, j->findings.count, j->findings.size,
		      compare_finding_slots);
	for (size_t i = 0; i < j->findings.count; i++) {
		const struct finding *f = judge_finding(j, i);

		for (size_t k = 0; k < f->artefact_count; k++)
			artefact_at(j, f->artefacts[k])->finding = i;
	}
	j->finished = true;
out:
	namemap_free(map);
	if (err != 0) {
		judge_clear_results(j);
		return err_fail(err, 0, "not enough memory to judge what was "
					"found");
	}
	return 0;
}

size_t judge_finding_count(const struct judge *j)
{
	return j->findings.count;
}

const struct finding *judge_finding(const struct judge *j, size_t index)
{
	return *(struct finding *const *)vec_at(&j->findings, index);
}

size_t judge_artefact_count(const struct judge *j)
{
	return j->artefacts.count;
}

const struct artefact *judge_artefact(const struct judge *j, size_t index)
{
	return artefact_at(j, index);
}
