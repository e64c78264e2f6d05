/*
 * The plan that plan and fix work with: of the newest scan of this PC, if it is
 * not out of date, held against a new look.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "age.h"
#include "packs.h"
#include "recheck.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/cap.h"
#include "store/store.h"
#include <string.h>

static int newest_scan(struct clean *c, int64_t *scan_id_ret)
{
	const char *id = target_info(c->target)->target_id;
	int err = store_newest_scan(c->store, id, scan_id_ret);

	if (err == ERR_NOT_FOUND)
		return err_fail(ERR_NOT_FOUND, 0,
				"the store \"%s\" holds no finished scan of "
				"this PC; scan it first",
				c->store_path);
	return err;
}

/* Whichever pack is given: what nobody signed is never acted on. */
static int refuse_unsigned(const struct clean *c)
{
	struct guard_answer a;
	struct str why = STR_INIT;
	int err;

	guard_plan(c->plan, &a);
	guard_sentence(&a, c->o->lang, &why);
	err = err_fail(ERR_INVALID, 0, "%s", str_text(&why));
	str_release(&why);
	return err;
}

/* Findings of one pack are not judged by the lists of another. */
static int check_pack(const struct clean *c)
{
	const char *name = c->plan->pack_name ? c->plan->pack_name : "";

	if (strcmp(pack_info(c->pack)->name, name) == 0)
		return 0;
	if (!c->plan->pack_signed)
		return refuse_unsigned(c);
	return err_fail(ERR_INVALID, 0,
			"the scan was made with the pack \"%s\"; give that "
			"one with --pack",
			name);
}

/* The rules of another version decide, which a person should know. */
static void note_version(const struct clean *c)
{
	const char *then = c->plan->pack_version ? c->plan->pack_version : "?";
	const struct pack_info *now = pack_info(c->pack);

	if (c->o->quiet || strcmp(now->version, then) == 0)
		return;
	complain(lang_is_ja(c->o->lang)
			 ? "注意: スキャン時の定義パックは「%s」のバージョン "
			   "%s です。現在のバージョン %s で判定します"
			 : "note: the scan was made with the pack \"%s\", "
			   "version %s; what version %s finds now counts",
		 now->name, then, now->version);
}

static void plan_options(const struct clean *c, struct plan_options *ret)
{
	const struct target_info *info = target_info(c->target);

	memset(ret, 0, sizeof(*ret));
	ret->findings = c->o->findings.items;
	ret->finding_count = c->o->findings.count;
	ret->steps = c->o->steps.items;
	ret->step_count = c->o->steps.count;
	ret->skips = c->o->skips.items;
	ret->skip_count = c->o->skips.count;
	ret->pack = c->pack;
	ret->target = c->target;
	ret->os_major = info->major;
	ret->os_minor = info->minor;
	ret->windows = target_variable(c->target, NULL, 64, "SystemRoot");
}

static int ask_about_key(struct clean *c, struct guard *g, struct step *s,
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
			err = plan_remove_instead(c->plan, s, str_text(&why));
		if (!err)
			err = guard_key(g, s, ret, &key);
		guarded_key_release(&key);
		str_release(&why);
	}
	return err;
}

/* Every picked step, as it would be looked at before it is carried out. */
static int ask_guard(struct clean *c, const char *vault)
{
	struct guard_options go = { .target = c->target,
				    .pack = c->pack,
				    .vault_host = vault,
				    .volumes = &c->volumes };
	struct guard *g = NULL;
	int err = guard_new(&go, &g);

	for (size_t i = 0; !err && i < c->plan->steps.count; i++) {
		struct step *s = plan_step(c->plan, i);
		struct guarded_file file = { 0 };

		if (!s->picked)
			continue;
		if (step_is_registry(s->action)) {
			err = ask_about_key(c, g, s, &c->answers[i]);
		} else {
			err = guard_file(g, s, &c->answers[i], &file);
			guarded_file_release(&file);
		}
	}
	guard_free(g);
	return err;
}

/* What the store says is no answer until a new look says it, too. */
static int look_at_steps(struct clean *c, const struct plan_options *o,
			 const char *vault)
{
	struct guard_answer *now =
		mem_array(c->plan->steps.count + 1, sizeof(*now));
	int err = now ? recheck_plan(c, o, now) : err_nomem();

	if (!err) {
		note_version(c);
		guard_plan(c->plan, &c->whole);
		err = ask_guard(c, vault);
	}
	for (size_t i = 0; !err && i < c->plan->steps.count; i++)
		if (c->answers[i].reason == GUARD_OK)
			c->answers[i] = now[i];
	/* What is not done anyway takes none of the room. */
	if (!err)
		err = cap_apply(c->plan, c->answers);
	mem_free(now);
	return err;
}

/* A scan that something has overtaken is no ground for a change. */
static int check_age(const struct clean *c, const struct age *age)
{
	struct str words = STR_INIT;
	int err;

	if (age->at_work)
		return err_fail(ERR_LOCKED, 0,
				"a fix or undo of this PC is at work; wait "
				"until it has ended");
	if (!age->overtaken_by)
		return 0;
	age_words(age, c->o->lang, &words);
	err = err_fail(ERR_CHANGED, 0, "%s", str_text(&words));
	str_release(&words);
	return err;
}

int clean_plan(struct clean *c, const char *vault)
{
	struct plan_options po;
	struct age age = { 0 };
	int64_t scan_id = 0;
	bool is_usage = false;
	int err = newest_scan(c, &scan_id);

	if (!err)
		err = age_of_scan(c->store, scan_id, c->target, c->o->vault,
				  &age);
	if (!err)
		err = check_age(c, &age);
	if (!err)
		err = packs_open(c->o, &c->pack);
	if (!err)
		err = packs_check_age(c->pack, c->store,
				      c->o->allow_older_pack);
	plan_options(c, &po);
	if (!err)
		err = plan_make(c->store, scan_id, &po, &c->plan);
	if (!err)
		err = check_pack(c);
	if (!err)
		err = plan_add_traces(c->plan, c->store, c->target, &po);
	if (!err)
		err = plan_mark_worked(c->plan, &age.worked);
	age_release(&age);
	if (!err) {
		err = plan_pick(c->plan, &po);
		is_usage = err == ERR_INVALID;
	}
	if (!err) {
		c->answers = mem_array(c->plan->steps.count + 1,
				       sizeof(*c->answers));
		err = c->answers ? 0 : err_nomem();
	}
	if (err) {
		complain_last("");
		return is_usage ? EXIT_USAGE : EXIT_NO_START;
	}
	err = look_at_steps(c, &po, vault);
	if (err)
		complain_last("");
	return err ? EXIT_NO_START : 0;
}

enum clean_rest clean_rest(const struct clean *c)
{
	size_t gone = 0;

	for (size_t i = 0; i < c->plan->steps.count; i++) {
		if (!plan_step(c->plan, i)->picked)
			continue;
		if (c->answers[i].reason != GUARD_GONE)
			return REST_STEPS;
		gone++;
	}
	if (clean_held_count(c))
		return REST_HELD;
	/* Whoever names findings has chosen what to leave. */
	if (c->plan->left_count && !c->o->findings.count)
		return REST_LEFT;
	return gone || c->plan->worked_count ? REST_DONE : REST_NOTHING;
}
