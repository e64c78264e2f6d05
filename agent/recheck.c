/*
 * A new look at what a plan names, before it is believed (remediate/believe.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recheck.h"
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
static int plan_now(struct clean *c, const struct plan_options *o,
		    struct plan **ret)
{
	struct scan_options so = { .store_path = ":memory:",
				   .pack = c->pack,
				   .quick = true,
				   .only_named = true };
	struct scan_result result = { 0 };
	const char **files = NULL;
	bool started = false;
	int err = files_of(c->plan, &files, &so.named_count);

	so.named = files;
	if (!err && options_target(c->o, &so.target))
		err = ERR_INVALID;
	if (!err)
		err = scan_run(&so, &result, &started);
	if (!err)
		err = plan_make(result.store, result.scan_id, o, ret);
	if (!err)
		err = plan_add_traces(*ret, NULL, c->target, o);
	store_close(result.store);
	mem_free(files);
	return err;
}

int recheck_plan(struct clean *c, const struct plan_options *o,
		 struct guard_answer *ret)
{
	const int64_t failed = mem_failed();
	struct plan *now = NULL;
	int err = 0;

	/* A store can call any pack signed. */
	c->plan->pack_signed &= pack_info(c->pack)->is_signed;
	if (!plan_picked_count(c->plan))
		return 0;
	err = plan_now(c, o, &now);
	/* What it misses for want of memory is no reason to leave it. */
	if (!err && mem_failed() != failed)
		err = err_nomem();
	if (!err)
		err = believe_plan(c->plan, now, ret);
	plan_free(now);
	return err;
}

static void tell(const struct clean *c, const struct step *s,
		 const struct guard_answer *a)
{
	struct str why = STR_INIT;

	guard_sentence(a, "en", &why);
	clean_tell_step(c, FIX_STEP_REFUSED, s, str_text(&why));
	str_release(&why);
}

/* Nothing that a fix could decide once more while it works. */
static bool is_for_later(enum guard_reason r)
{
	return r == GUARD_UNPROVEN || r == GUARD_BEFORE ||
	       r == GUARD_TOO_MANY_FINDINGS || r == GUARD_TOO_MANY_FILES;
}

size_t recheck_drop(struct clean *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->plan->steps.count; i++) {
		struct step *s = plan_step(c->plan, i);

		if (!s->picked || !is_for_later(c->answers[i].reason))
			continue;
		tell(c, s, &c->answers[i]);
		s->picked = false;
		count++;
	}
	return count;
}
