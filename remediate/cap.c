/*
 * How much one fix does at most, and in which order.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/cap.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/plan_internal.h"
#include "store/store_internal.h"

#include <string.h>

/* ---- ranks ---------------------------------------------------------------
 */

static bool is_in_profile(const struct target *t, const char *wpath)
{
	for (size_t i = 0; t && i < target_user_count(t); i++)
		if (target_is_below(wpath, target_user(t, i)->profile))
			return true;
	return false;
}

static void set_rank(struct plan *p, int64_t finding_id,
		     const struct step_rank *rank)
{
	for (size_t i = 0; i < p->steps.count; i++) {
		struct step *s = plan_step(p, i);

		if (s->finding_id == finding_id)
			s->rank = *rank;
	}
}

int cap_rank(struct store *s, struct plan *p, const struct target *t)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	/* An entry is as strong as its weakest part: whose class and path. */
	int err = store_prepare(
		s,
		"SELECT f.finding_id, f.score, f.path, count(r.loads), "
		"ifnull(max(r.loads), 0), ifnull(max(r.loads AND "
		"r.registry_key LIKE 'HKLM\\%' AND r.class_owner IS NULL AND "
		"r.path_owner IS NULL), 0) FROM finding f LEFT JOIN "
		"registration r ON r.finding_id = f.finding_id AND r.known IS "
		"NULL WHERE f.scan_id = ? GROUP BY f.finding_id",
		&q);

	if (err)
		return err;
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
		set_rank(p, sqlite3_column_int64(q, 0), &rank);
		mem_free(path);
	}
	if (!err && rc != SQLITE_DONE)
		err = store_fail(s, rc);
	sqlite3_finalize(q);
	return err;
}

/* ---- what there is to do --------------------------------------------------
 */

struct finding_share {
	int64_t finding_id;
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

static struct finding_share *find_share(struct finding_share *list,
					size_t count, int64_t finding_id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].finding_id == finding_id)
			return &list[i];
	return NULL;
}

/* The findings with something to do, in no order; NULL without memory. */
static struct finding_share *list_shares(const struct plan *p,
					 const struct guard_answer *answers,
					 size_t *count_ret, size_t *files_ret)
{
	struct finding_share *list =
		mem_array(p->steps.count + 1, sizeof(*list));

	*count_ret = *files_ret = 0;
	for (size_t i = 0; list && i < p->steps.count; i++) {
		const struct step *s = plan_step(p, i);
		struct finding_share *f;

		if (!is_to_do(p, answers, i))
			continue;
		f = find_share(list, *count_ret, s->finding_id);
		if (!f) {
			f = &list[(*count_ret)++];
			f->finding_id = s->finding_id;
			f->rank = s->rank;
			f->first = i;
		}
		if (s->action == ACT_QUARANTINE_FILE) {
			f->file_count++;
			(*files_ret)++;
		}
	}
	return list;
}

bool cap_is_over(const struct plan *p, const struct guard_answer *answers)
{
	size_t files = 0, findings = 0;

	for (size_t i = 0; i < p->steps.count; i++) {
		bool is_new = is_to_do(p, answers, i);

		files += is_new &&
			 plan_step(p, i)->action == ACT_QUARANTINE_FILE;
		for (size_t k = 0; k < i && is_new; k++)
			is_new = !is_to_do(p, answers, k) ||
				 plan_step(p, k)->finding_id !=
					 plan_step(p, i)->finding_id;
		findings += is_new;
	}
	return findings > CAP_MAX_FINDINGS || files > CAP_MAX_FILES;
}

/* ---- what has to wait -----------------------------------------------------
 */

static void put_off(const struct plan *p, struct guard_answer *answers,
		    int64_t finding_id, enum guard_reason reason, size_t count)
{
	for (size_t i = 0; i < p->steps.count; i++)
		if (plan_step(p, i)->finding_id == finding_id &&
		    is_to_do(p, answers, i))
			guard_refuse(&answers[i], reason, "%u",
				     (unsigned)count);
}

/* Its side keys wait for all of its files. */
static void hold_back(const struct plan *p, struct guard_answer *answers,
		      const struct step *before)
{
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = plan_step(p, i);

		if (s->finding_id == before->finding_id &&
		    is_to_do(p, answers, i) && step_has_to_wait(s, before))
			guard_refuse(&answers[i], GUARD_BEFORE, "%u",
				     (unsigned)before->seq);
	}
}

/* Of one finding as many files as there may be, in the order of the plan. */
static void cut_files(const struct plan *p, struct guard_answer *answers,
		      int64_t finding_id, size_t count)
{
	size_t taken = 0;

	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = plan_step(p, i);

		if (s->finding_id != finding_id ||
		    s->action != ACT_QUARANTINE_FILE ||
		    !is_to_do(p, answers, i) || taken++ < CAP_MAX_FILES)
			continue;
		guard_refuse(&answers[i], GUARD_TOO_MANY_FILES, "%u",
			     (unsigned)count);
		hold_back(p, answers, s);
	}
}

int cap_apply(const struct plan *p, struct guard_answer *answers)
{
	size_t count, file_count, findings = 0, files = 0;
	struct finding_share *list =
		list_shares(p, answers, &count, &file_count);

	if (!list)
		return err_nomem();
	qsort(list, count, sizeof(*list), compare_shares);
	for (size_t i = 0; i < count; i++) {
		const struct finding_share *f = &list[i];

		if (findings == CAP_MAX_FINDINGS) {
			put_off(p, answers, f->finding_id,
				GUARD_TOO_MANY_FINDINGS, count);
		} else if (!findings && f->file_count > CAP_MAX_FILES) {
			cut_files(p, answers, f->finding_id, file_count);
			findings++;
			files = CAP_MAX_FILES;
		} else if (files + f->file_count > CAP_MAX_FILES) {
			put_off(p, answers, f->finding_id, GUARD_TOO_MANY_FILES,
				file_count);
		} else {
			findings++;
			files += f->file_count;
		}
	}
	mem_free(list);
	return 0;
}
