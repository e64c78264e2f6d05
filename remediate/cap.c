/*
 * How much one fix does at most, and in which order.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/cap.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/plan_internal.h"
#include "remediate/step_index.h"
#include "store/store_sql.h"

#include <string.h>

/* ---- ranks ------------------------------------------------------- */

static bool is_in_profile(const struct target *t, const char *wpath)
{
	for (size_t i = 0; t && i < target_user_count(t); i++)
		if (target_is_below(wpath, target_user(t, i)->profile))
			return true;
	return false;
}

static void set_rank(struct plan *p, const struct step_index *x,
		     int64_t finding_id, const struct step_rank *rank)
{
	const struct step_range r = step_index_finding(x, finding_id);

	for (size_t i = 0; i < r.count; i++)
		plan_step(p, r.at[i])->rank = *rank;
}

int cap_rank(struct store *s, struct plan *p, const struct target *t)
{
	sqlite3_stmt *q = NULL;
	struct step_index x;
	int rc = SQLITE_DONE;
	int err = steps_by_finding(p, &x);

	if (err)
		goto out;
	/* An entry is as strong as its weakest part: whose class and path. */
	err = store_prepare(
		s,
		"SELECT f.finding_id, f.score, f.path, count(r.loads), "
		"ifnull(max(r.loads), 0), ifnull(max(r.loads AND "
		"r.registry_key LIKE 'HKLM\\%' AND r.class_owner IS NULL AND "
		"r.path_owner IS NULL), 0) FROM finding f LEFT JOIN "
		"registration r ON r.finding_id = f.finding_id AND r.known IS "
		"NULL WHERE f.scan_id = ? GROUP BY f.finding_id",
		&q);

	if (err)
		goto out;
	sqlite3_bind_int64(q, 1, p->scan_id);
	while (!err && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct step_rank rank = { 0 };
		char *path = NULL;

		err = plan_take(q, 2, &path);
		rank.score = sqlite3_column_int(q, 1);
		rank.has_entry = sqlite3_column_int(q, 3) > 0;
		rank.loads = sqlite3_column_int(q, 4) != 0;
		rank.is_machines = rank.has_entry
					   ? sqlite3_column_int(q, 5) != 0
					   : !is_in_profile(t, path);
		set_rank(p, &x, sqlite3_column_int64(q, 0), &rank);
		mem_free(path);
	}
	if (!err && rc != SQLITE_DONE)
		err = store_fail(s, rc);
	sqlite3_finalize(q);
out:
	step_index_release(&x);
	return err;
}

/* ---- what there is to do ----------------------------------------- */

struct finding_share {
	struct step_range steps;
	struct step_rank rank;
	size_t first; /* index of its first step: the order where all else is
			 the same */
	size_t file_count;
};

static bool is_to_do(const struct plan *p, const struct guard_answer *answers,
		     size_t i)
{
	return plan_step(p, i)->picked && answers[i].reason == GUARD_OK;
}

static int compare_shares(const void *a, const void *b)
{
	const struct finding_share *x = a;
	const struct finding_share *y = b;

	if (x->rank.loads != y->rank.loads)
		return x->rank.loads ? -1 : 1;
	if (x->rank.has_entry != y->rank.has_entry)
		return x->rank.has_entry ? -1 : 1;
	if (x->rank.is_machines != y->rank.is_machines)
		return x->rank.is_machines ? -1 : 1;
	if (x->rank.score != y->rank.score)
		return x->rank.score > y->rank.score ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

/* What there is to do of one finding; false: nothing. */
static bool share_of(const struct plan *p, const struct guard_answer *answers,
		     struct step_range r, struct finding_share *ret)
{
	bool has_any = false;

	ret->steps = r;
	ret->file_count = 0;
	for (size_t i = 0; i < r.count; i++) {
		const struct step *s = plan_step(p, r.at[i]);

		if (!is_to_do(p, answers, r.at[i]))
			continue;
		if (!has_any) {
			ret->rank = s->rank;
			ret->first = r.at[i];
		}
		has_any = true;
		ret->file_count += s->action == ACT_QUARANTINE_FILE;
	}
	return has_any;
}

/* The findings with something to do, in no order; NULL without memory. */
static struct finding_share *list_shares(const struct plan *p,
					 const struct guard_answer *answers,
					 const struct step_index *x,
					 size_t *count_ret, size_t *files_ret)
{
	struct finding_share *list =
		mem_array(p->steps.count + 1, sizeof(*list));
	size_t next = 0;

	*count_ret = *files_ret = 0;
	while (list && next < p->steps.count) {
		const struct step_range r = step_index_range(x, next);
		struct finding_share *f = &list[*count_ret];

		next += r.count;
		if (share_of(p, answers, r, f)) {
			++*count_ret;
			*files_ret += f->file_count;
		}
	}
	return list;
}

static bool is_one_to_do(const struct plan *p, size_t i, const void *arg)
{
	return is_to_do(p, arg, i);
}

int cap_is_over(const struct plan *p, const struct guard_answer *answers,
		bool *ret)
{
	size_t files = 0, findings = 0;
	int err = step_count_findings(p, is_one_to_do, answers, &findings);

	for (size_t i = 0; i < p->steps.count; i++)
		files += is_to_do(p, answers, i) &&
			 plan_step(p, i)->action == ACT_QUARANTINE_FILE;
	*ret = findings > CAP_MAX_FINDINGS || files > CAP_MAX_FILES;
	return err;
}

/* ---- what has to wait -------------------------------------------- */

static void put_off(const struct plan *p, struct guard_answer *answers,
		    const struct finding_share *f, enum guard_reason reason,
		    size_t count)
{
	for (size_t i = 0; i < f->steps.count; i++)
		if (is_to_do(p, answers, f->steps.at[i]))
			guard_refuse(&answers[f->steps.at[i]], reason, "%u",
				     (unsigned)count);
}

/* Its side keys wait for all of its files. */
static void hold_back(const struct plan *p, struct guard_answer *answers,
		      const struct finding_share *f, const struct step *before)
{
	for (size_t i = 0; i < f->steps.count; i++) {
		const size_t at = f->steps.at[i];

		if (is_to_do(p, answers, at) &&
		    step_has_to_wait(plan_step(p, at), before))
			guard_refuse(&answers[at], GUARD_BEFORE, "%u",
				     (unsigned)before->seq);
	}
}

/* Of one finding as many files as there may be, in the order of the plan. */
static void cut_files(const struct plan *p, struct guard_answer *answers,
		      const struct finding_share *f, size_t count)
{
	size_t taken = 0;
	bool is_held = false;

	for (size_t i = 0; i < f->steps.count; i++) {
		const size_t at = f->steps.at[i];
		const struct step *s = plan_step(p, at);

		if (s->action != ACT_QUARANTINE_FILE ||
		    !is_to_do(p, answers, at) || taken++ < CAP_MAX_FILES)
			continue;
		guard_refuse(&answers[at], GUARD_TOO_MANY_FILES, "%u",
			     (unsigned)count);
		/* What waits for the first waits for all of them. */
		if (s->phase == PHASE_FILE && !is_held) {
			hold_back(p, answers, f, s);
			is_held = true;
		}
	}
}

int cap_apply(const struct plan *p, struct guard_answer *answers)
{
	size_t count = 0, file_count, findings = 0, files = 0;
	struct finding_share *list = NULL;
	struct step_index x;
	int err = steps_by_finding(p, &x);

	if (!err) {
		list = list_shares(p, answers, &x, &count, &file_count);
		err = list ? 0 : err_nomem();
	}
	if (!err && count)
		qsort(list, count, sizeof(*list), compare_shares);
	for (size_t i = 0; !err && i < count; i++) {
		const struct finding_share *f = &list[i];

		if (findings == CAP_MAX_FINDINGS) {
			put_off(p, answers, f, GUARD_TOO_MANY_FINDINGS, count);
		} else if (!findings && f->file_count > CAP_MAX_FILES) {
			cut_files(p, answers, f, file_count);
			findings++;
			files = CAP_MAX_FILES;
		} else if (files + f->file_count > CAP_MAX_FILES) {
			put_off(p, answers, f, GUARD_TOO_MANY_FILES,
				file_count);
		} else {
			findings++;
			files += f->file_count;
		}
	}
	mem_free(list);
	step_index_release(&x);
	return err;
}
