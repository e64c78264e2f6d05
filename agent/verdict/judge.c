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
#include "base/mem.h"
#include "base/utf.h"

#include <stdlib.h>

/* A scan that matches more than this has a broken pack, not an infection. */
#define JUDGE_MAX_ARTEFACTS 1000000
#define JUDGE_MAX_ALLOW	    100000

struct artefact *artefact_at(const struct judge *j, size_t index)
{
	return *(struct artefact **)vec_at(&j->artefacts, index);
}

static const char *text_of_pack(const void *arg, const char *key,
				const char *lang)
{
	return pack_text(arg, key, lang);
}

int judge_add_allow(struct judge *j, const struct pack_allow *allow)
{
	const struct pack_allow **slot = vec_push(&j->allow);

	if (slot == NULL)
		return err_nomem();
	*slot = allow;
	return 0;
}

void judge_set_text(struct judge *j, judge_text_fn fn, const void *arg)
{
	j->lists.text = fn;
	j->lists.text_arg = arg;
}

int judge_new(struct pack *p, struct judge **ret)
{
	struct judge *j = mem_zalloc(sizeof(*j));
	int err = 0;

	if (j == NULL)
		return err_nomem();
	j->pack = p;
	j->artefacts =
		(struct vec)VEC_INIT(struct artefact *, JUDGE_MAX_ARTEFACTS);
	j->groups = (struct vec)VEC_INIT(struct group *, JUDGE_MAX_ARTEFACTS);
	j->findings =
		(struct vec)VEC_INIT(struct finding *, JUDGE_MAX_ARTEFACTS);
	j->allow = (struct vec)VEC_INIT(const struct pack_allow *,
					JUDGE_MAX_ALLOW);
	j->lists.allow = &j->allow;
	if (p != NULL) {
		judge_set_text(j, text_of_pack, p);
		for (size_t i = 0; err == 0 && i < pack_allow_count(p); i++)
			err = judge_add_allow(j, pack_allow(p, i));
	}
	if (err != 0) {
		judge_free(j);
		return err;
	}
	*ret = j;
	return 0;
}

static void judge_clear_results(struct judge *j)
{
	groups_clear(j);
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
	vec_release(&j->allow);
	mem_free(j);
}

int judge_add(struct judge *j, struct artefact *a)
{
	struct artefact **slot = vec_push(&j->artefacts);

	if (slot == NULL) {
		artefact_free(a);
		return err_nomem();
	}
	a->finding = SIZE_MAX;
	*slot = a;
	return 0;
}

static int compare_artefact_slots(const void *a, const void *b)
{
	const struct artefact *const *x = a;
	const struct artefact *const *y = b;

	return artefact_compare(*x, *y);
}

/* Worst first, then path; subjects without a file last; a total order. */
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
	/* Artefacts are sorted, and no two findings share one. */
	if (c == 0)
		c = (x->artefacts[0] > y->artefacts[0]) -
		    (x->artefacts[0] < y->artefacts[0]);
	return c;
}

static int findings_make(struct judge *j)
{
	for (size_t i = 0; i < j->groups.count; i++) {
		const struct group *g = group_at(j, i);
		struct finding **slot;
		int err;

		if (g->joined != NULL || !g->has_match)
			continue;
		slot = vec_push(&j->findings);
		if (slot == NULL)
			return ERR_NOMEM;
		err = finding_new(j, g, slot);
		if (err != 0)
			return err;
	}
	return 0;
}

int judge_finish(struct judge *j)
{
	int err;

	judge_clear_results(j);
	if (j->artefacts.count == 0)
		return 0;
	qsort(j->artefacts.items, j->artefacts.count, j->artefacts.size,
	      compare_artefact_slots);
	err = groups_make(j);
	if (err == 0)
		err = findings_make(j);
	if (err != 0) {
		judge_clear_results(j);
		return err == ERR_NOMEM ? err_nomem() : err;
	}
	if (j->findings.count > 0)
		qsort(j->findings.items, j->findings.count, j->findings.size,
		      compare_finding_slots);
	for (size_t i = 0; i < j->findings.count; i++) {
		const struct finding *f = judge_finding(j, i);

		for (size_t k = 0; k < f->artefact_count; k++)
			artefact_at(j, f->artefacts[k])->finding = i;
	}
	return 0;
}

void judge_set_copy(struct judge *j, size_t index, char *copy_of)
{
	struct artefact *a = artefact_at(j, index);

	mem_free(a->copy_of);
	a->copy_of = copy_of;
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
