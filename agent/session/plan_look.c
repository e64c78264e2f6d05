/*
 * The plan that plan and fix work with: of the newest scan of this PC, if it is
 * not out of date, held against a new look.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/plan_look.h"
#include "session/age.h"
#include "session/packs.h"
#include "session/recheck.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/cap.h"
#include "remediate/step_index.h"
#include "words/plan.h"
#include <string.h>

/* The plan, and what it is made with. */
struct look {
	struct work *w;
	const struct session_choice *choice;
	struct session_plan *ret;
	struct plan_options options;
};

static int newest_scan(const struct work *w, int64_t *scan_id_ret)
{
	const char *id = target_info(w->target)->target_id;
	int err = store_newest_scan(w->store, id, scan_id_ret);

	if (err == ERR_NOT_FOUND)
		return err_fail(ERR_NOT_FOUND, 0, W_PLAN_NOT_SCANNED,
				w->store_path);
	return err;
}

int plan_refuse(const struct guard_answer *a)
{
	struct str why = STR_INIT;
	int err;

	guard_sentence(a, "en", &why);
	err = err_fail(ERR_INVALID, 0, "%s", str_text(&why));
	str_release(&why);
	return err;
}

/* Whichever pack is given: what nobody signed is never acted on. */
static int refuse_unsigned(const struct plan *p)
{
	struct guard_answer a;

	guard_plan(p, &a);
	return plan_refuse(&a);
}

/* Findings of one pack are not judged by the lists of another. */
static int check_pack(const struct look *l)
{
	const struct plan *p = l->ret->plan;
	const char *name = p->pack_name ? p->pack_name : "";

	if (strcmp(pack_info(l->w->pack)->name, name) == 0)
		return 0;
	if (!p->pack_signed)
		return refuse_unsigned(p);
	return err_fail(ERR_INVALID, 0, W_PLAN_OTHER_PACK, name);
}

/* The rules of another version decide, which a person should know. */
static void note_version(const struct look *l)
{
	const struct plan *p = l->ret->plan;
	const char *then = p->pack_version ? p->pack_version : "?";
	const struct pack_info *now = pack_info(l->w->pack);

	if (strcmp(now->version, then) != 0)
		session_note(l->w->session, NOTE_INFO, W_PLAN_NEWER_PACK,
			     now->name, then, now->version);
}

static void plan_options(struct look *l)
{
	const struct target_info *info = target_info(l->w->target);
	const struct session_choice *c = l->choice;

	l->options = (struct plan_options){
		.findings = c->findings,
		.finding_count = c->finding_count,
		.steps = c->steps,
		.step_count = c->step_count,
		.skips = c->skips,
		.skip_count = c->skip_count,
		.pack = l->w->pack,
		.target = l->w->target,
		.os_major = info->major,
		.os_minor = info->minor,
		.windows =
			target_variable(l->w->target, NULL, 64, "SystemRoot"),
	};
}

static int ask_about_key(struct plan *p, struct guard *g, struct step *s,
			 struct guard_answer *ret)
{
	struct guarded_key key = { 0 };
	struct str why = STR_INIT;
	int err = guard_key(g, s, ret, &key);

	guarded_key_release(&key);
	/* What Windows had there is not to be had: the key goes (9.5). */
	if (!err && ret->reason == GUARD_NOT_MICROSOFT) {
		err = guard_sentence(ret, "en", &why);
		if (!err)
			err = plan_remove_instead(p, s, str_text(&why));
		if (!err)
			err = guard_key(g, s, ret, &key);
		guarded_key_release(&key);
		str_release(&why);
	}
	return err;
}

/* Every picked step, as it would be looked at before it is carried out. */
static int ask_guard(struct look *l)
{
	struct guard_options go = { .target = l->w->target,
				    .pack = l->w->pack,
				    .vault_host = l->ret->vault,
				    .volumes = &l->w->volumes };
	struct plan *p = l->ret->plan;
	struct guard *g = NULL;
	int err = guard_new(&go, &g);

	for (size_t i = 0; !err && i < p->steps.count; i++) {
		struct step *s = plan_step(p, i);
		struct guarded_file file = { 0 };

		if (!s->picked)
			continue;
		if (step_is_registry(s->action)) {
			err = ask_about_key(p, g, s, &l->ret->answers[i]);
		} else {
			err = guard_file(g, s, &l->ret->answers[i], &file);
			guarded_file_release(&file);
		}
	}
	guard_free(g);
	return err;
}

/* What the store says is no answer until a new look says it, too. */
static int look_at_steps(struct look *l)
{
	struct plan *p = l->ret->plan;
	struct guard_answer *answers = l->ret->answers;
	struct guard_answer *now = mem_array(p->steps.count + 1, sizeof(*now));
	int err = now ? recheck_plan(l->w, p, &l->options, now) : err_nomem();

	if (!err) {
		note_version(l);
		guard_plan(p, &l->ret->whole);
		err = ask_guard(l);
	}
	for (size_t i = 0; !err && i < p->steps.count; i++)
		if (answers[i].reason == GUARD_OK)
			answers[i] = now[i];
	/* What is not done anyway takes none of the room. */
	if (!err)
		err = cap_apply(p, answers);
	mem_free(now);
	return err;
}

/* A scan that something has overtaken is no ground for a change. */
static int check_age(const struct age *age)
{
	struct str words = STR_INIT;
	int err;

	if (age->at_work)
		return err_fail(ERR_LOCKED, 0, W_PLAN_AT_WORK);
	if (!age->overtaken_by)
		return 0;
	age_words(age, "en", &words);
	err = err_fail(ERR_CHANGED, 0, "%s", str_text(&words));
	str_release(&words);
	return err;
}

static int pick(struct look *l, const struct age *age)
{
	struct session_plan *ret = l->ret;
	int err = check_pack(l);

	if (!err)
		err = plan_add_traces(ret->plan, l->w->store, l->w->target,
				      &l->options);
	if (!err)
		err = plan_mark_worked(ret->plan, &age->worked);
	if (!err) {
		err = plan_pick(ret->plan, &l->options);
		if (err == ERR_INVALID)
			ret->facts.end = SESSION_MISUSED;
	}
	if (!err) {
		ret->answers = mem_array(ret->plan->steps.count + 1,
					 sizeof(*ret->answers));
		err = ret->answers ? 0 : err_nomem();
	}
	return err;
}

static int look(struct look *l)
{
	struct work *w = l->w;
	struct age age = { 0 };
	int64_t scan_id = 0;
	int err = newest_scan(w, &scan_id);

	if (!err)
		err = age_of_scan(w->store, scan_id, w->target, w->o->vault_dir,
				  &age);
	if (!err)
		err = check_age(&age);
	if (!err)
		err = session_open_pack(w->session, &w->pack);
	if (!err)
		err = packs_check_age(w->pack, w->store,
				      w->o->allow_older_pack);
	plan_options(l);
	if (!err)
		err = plan_make(w->store, scan_id, &l->options, &l->ret->plan);
	if (!err)
		err = pick(l, &age);
	age_release(&age);
	return err ? err : look_at_steps(l);
}

int plan_look(struct work *w, const struct session_choice *c,
	      struct session_plan *ret)
{
	struct look l = { .w = w, .choice = c, .ret = ret };
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->facts.end = SESSION_NOT_STARTED;
	ret->vault = work_vault_path(w);
	err = look(&l);
	if (!err)
		err = plan_tell_rest(ret, c, false);
	if (err)
		session_note_last(w->session, "");
	return err;
}

void session_plan_release(struct session_plan *p)
{
	plan_free(p->plan);
	mem_free(p->answers);
	mem_free(p->held);
	mem_free(p->vault);
	memset(p, 0, sizeof(*p));
}

int session_plan(struct session *s, const struct session_choice *c,
		 struct session_plan *ret)
{
	struct work w;
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->facts.end = SESSION_NOT_STARTED;
	work_init(&w, s);
	err = work_open_target(&w);
	if (!err)
		err = work_open_store(&w, false, true);
	if (!err)
		err = plan_look(&w, c, ret);
	if (!err && ret->rest != REST_LEFT) {
		ret->facts.end = SESSION_DONE;
		ret->facts.found = ret->rest <= REST_HELD;
	}
	work_release(&w);
	return err;
}
