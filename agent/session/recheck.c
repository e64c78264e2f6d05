/*
 * A new look at what a plan names, before it is believed (remediate/believe.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/recheck.h"
#include "session/scan.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/believe.h"
#include "remediate/step_index.h"

/* Borrowed from the steps; the caller frees the list. */
static int files_of(const struct plan *p, const char ***ret, size_t *count_ret)
{
	const char **list = mem_array(p->steps.count + 1, sizeof(*list));
	bool *of_picked = steps_of_picked(p);
	size_t count = 0;

	if (!list || !of_picked) {
		mem_free(list);
		mem_free(of_picked);
		return err_nomem();
	}
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = plan_step(p, i);

		if (s->action == ACT_QUARANTINE_FILE && of_picked[i])
			list[count++] = s->target;
	}
	mem_free(of_picked);
	*ret = list;
	*count_ret = count;
	return 0;
}

/* The plan of a scan of nothing but that. */
static int plan_now(const struct work *w, const struct plan *p,
		    const struct plan_options *o, struct plan **ret)
{
	struct scan_options so = { .target = w->o->target,
				   .store_path = ":memory:",
				   .pack = w->pack,
				   .cancel = w->o->cancel,
				   .quick = true,
				   .only_named = true };
	struct scan_result result = { 0 };
	const char **files = NULL;
	bool started = false;
	int err = files_of(p, &files, &so.named_count);

	so.named = files;
	if (!err)
		err = scan_run(&so, &result, &started);
	if (!err)
		err = plan_make(result.store, result.scan_id, o, ret);
	if (!err)
		err = plan_add_traces(*ret, NULL, w->target, o);
	store_close(result.store);
	mem_free(files);
	return err;
}

int recheck_plan(const struct work *w, struct plan *p,
		 const struct plan_options *o, struct guard_answer *ret)
{
	const int64_t failed = mem_failed();
	struct plan *now = NULL;
	int err = 0;

	/* A store can call any pack signed. */
	p->pack_signed &= pack_info(w->pack)->is_signed;
	if (!plan_picked_count(p))
		return 0;
	err = plan_now(w, p, o, &now);
	/* What it misses for want of memory is no reason to leave it. */
	if (!err && mem_failed() != failed)
		err = err_nomem();
	if (!err)
		err = believe_plan(p, now, ret);
	plan_free(now);
	return err;
}

/* Nothing that a fix could decide once more while it works. */
static bool is_for_later(enum guard_reason r)
{
	return r == GUARD_UNPROVEN || r == GUARD_BEFORE ||
	       r == GUARD_TOO_MANY_FINDINGS || r == GUARD_TOO_MANY_FILES;
}

static void tell(struct work *w, const struct step *s,
		 const struct guard_answer *a)
{
	struct str why = STR_INIT;

	guard_sentence(a, "en", &why);
	work_on_event(w, FIX_STEP_REFUSED, s, str_text(&why));
	str_release(&why);
}

size_t recheck_drop(struct work *w, struct session_plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->plan->steps.count; i++) {
		struct step *s = plan_step(p->plan, i);

		if (!s->picked || !is_for_later(p->answers[i].reason))
			continue;
		tell(w, s, &p->answers[i]);
		s->picked = false;
		count++;
	}
	return count;
}
