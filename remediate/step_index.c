/*
 * The steps of a plan by their finding and by what they are for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/step_index.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <stdlib.h>

/* What is sorted: a step, and where it stands. */
struct entry {
	const struct step *step;
	size_t index;
};

static int by_place(const struct entry *x, const struct entry *y)
{
	return (x->index > y->index) - (x->index < y->index);
}

static int compare_ids(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_findings(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	const int c = compare_ids(x->step->finding_id, y->step->finding_id);

	return c ? c : by_place(x, y);
}

/*
 * What step_is_same() compares, but for the parts of one value: those stand
 * beside each other.
 */
static int compare_same(const struct step *a, const struct step *b)
{
	int c = (a->action > b->action) - (a->action < b->action);

	if (!c)
		c = utf_casecmp(a->target, b->target);
	if (!c)
		c = (a->value_name != NULL) - (b->value_name != NULL);
	if (!c && a->value_name)
		c = utf_casecmp(a->value_name, b->value_name);
	return c;
}

static int compare_targets(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	const int c = compare_same(x->step, y->step);

	return c ? c : by_place(x, y);
}

static int sorted(const struct plan *p, struct step_index *ret,
		  int (*compare)(const void *, const void *))
{
	const size_t count = p->steps.count;
	struct entry *list = mem_array(count + 1, sizeof(*list));

	ret->plan = p;
	ret->order = mem_array(count + 1, sizeof(*ret->order));
	if (!list || !ret->order) {
		mem_free(list);
		return err_nomem();
	}
	for (size_t i = 0; i < count; i++)
		list[i] = (struct entry){ plan_step(p, i), i };
	if (count)
		qsort(list, count, sizeof(*list), compare);
	for (size_t i = 0; i < count; i++)
		ret->order[i] = list[i].index;
	mem_free(list);
	return 0;
}

int steps_by_finding(const struct plan *p, struct step_index *ret)
{
	return sorted(p, ret, compare_findings);
}

int steps_by_target(const struct plan *p, struct step_index *ret)
{
	return sorted(p, ret, compare_targets);
}

void step_index_release(struct step_index *x)
{
	mem_free(x->order);
	x->order = NULL;
}

static const struct step *step_at(const struct step_index *x, size_t i)
{
	return plan_step(x->plan, x->order[i]);
}

struct step_range step_index_range(const struct step_index *x, size_t first)
{
	const size_t count = x->plan->steps.count;
	struct step_range r = { first, x->order + first, 0 };

	while (first + r.count < count &&
	       step_at(x, first + r.count)->finding_id ==
		       step_at(x, first)->finding_id)
		r.count++;
	return r;
}

struct step_range step_index_finding(const struct step_index *x,
				     int64_t finding_id)
{
	const size_t count = x->plan->steps.count;
	struct step_range none = { 0, NULL, 0 };
	size_t low = 0, high = count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (step_at(x, mid)->finding_id < finding_id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == count || step_at(x, low)->finding_id != finding_id)
		return none;
	return step_index_range(x, low);
}

const struct step *step_index_same(const struct step_index *x,
				   const struct step *s)
{
	const size_t count = x->plan->steps.count;
	size_t low = 0, high = count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (compare_same(step_at(x, mid), s) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < count && !compare_same(step_at(x, low), s); low++)
		if (step_is_same(step_at(x, low), s))
			return step_at(x, low);
	return NULL;
}

static bool has_picked(const struct plan *p, struct step_range r)
{
	for (size_t i = 0; i < r.count; i++)
		if (plan_step(p, r.at[i])->picked)
			return true;
	return false;
}

bool *steps_of_picked(const struct plan *p)
{
	const size_t count = p->steps.count;
	bool *ret = mem_zalloc((count + 1) * sizeof(*ret));
	struct step_index x;

	if (steps_by_finding(p, &x)) {
		mem_free(ret);
		ret = NULL;
	}
	for (size_t first = 0; ret && first < count;) {
		const struct step_range r = step_index_range(&x, first);
		const bool has = has_picked(p, r);

		for (size_t i = 0; i < r.count; i++)
			ret[r.at[i]] = has;
		first += r.count;
	}
	step_index_release(&x);
	return ret;
}

static int compare_numbers(const void *a, const void *b)
{
	return compare_ids(*(const int64_t *)a, *(const int64_t *)b);
}

int step_count_findings(const struct plan *p, step_fn is_so, const void *arg,
			size_t *ret)
{
	int64_t *ids = mem_array(p->steps.count + 1, sizeof(*ids));
	size_t count = 0;

	*ret = 0;
	if (!ids)
		return err_nomem();
	for (size_t i = 0; i < p->steps.count; i++)
		if (is_so(p, i, arg))
			ids[count++] = plan_step(p, i)->finding_id;
	if (count)
		qsort(ids, count, sizeof(*ids), compare_numbers);
	for (size_t i = 0; i < count; i++)
		*ret += i == 0 || ids[i] != ids[i - 1];
	mem_free(ids);
	return 0;
}
