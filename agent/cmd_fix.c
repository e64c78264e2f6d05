/*
 * mstmpsweep fix: the plan carried out, or one that was cut off gone on with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "ctrl_c.h"
#include "give_back.h"
#include "packs.h"
#include "recheck.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "remediate/plan_show.h"

static int exit_code(const struct fix_result *r)
{
	int ret = r->refused || r->failed || r->came_back ? EXIT_FOUND
							  : EXIT_CLEAN;

	return r->waits ? ret | EXIT_RESTART : ret;
}

/* Shown before the question, so that it can be answered. */
static int show_plan(const struct clean *c, const char *vault)
{
	struct plan_view v = { .plan = c->plan,
			       .answers = c->answers,
			       .whole = c->whole,
			       .lang = c->o->lang,
			       .vault = vault };
	struct str text = STR_INIT;
	int err = plan_show(&v, REPORT_TEXT, &text);

	if (!err)
		err = host_write(HOST_STDOUT, str_text(&text), text.len, false);
	str_release(&text);
	return err;
}

/* An error before the first change is no start; after it, a stop. */
static int ended_by(const struct fixer *f, int err)
{
	complain_last("");
	if (!fixer_has_begun(f))
		return EXIT_NO_START;
	if (err != ERR_CANCELLED)
		complain("what was done is in the vault's journal: go on with "
			 "fix --resume, or go back with undo");
	return EXIT_STOPPED;
}

static int no_vault(const struct clean *c, int err)
{
	/* On such a volume nothing is changed, wherever the vault lies. */
	if (err == ERR_READ_ONLY && !c->o->vault) {
		complain_last("");
		return EXIT_NO_START;
	}
	complain_last("the vault cannot be used");
	if (!c->o->vault && err != ERR_NOMEM && err != ERR_LOCKED)
		complain(lang_is_ja(c->o->lang)
				 ? "保管庫の場所は --vault DIR で別の"
				   "フォルダーにできます"
				 : "another folder for the vault can be "
				   "named with --vault DIR");
	return EXIT_NO_START;
}

static int carry_out(struct clean *c)
{
	struct fix_result result = { 0 };
	struct fixer_options fo;
	struct fixer *f = NULL;
	int ret, err;

	clean_fixer_options(c, &fo);
	err = fixer_open(&fo, !c->o->resume, &f);
	if (err == ERR_NOT_FOUND && c->o->resume) {
		complain("no fix of this PC was interrupted or failed");
		return EXIT_NO_START;
	}
	if (err)
		return no_vault(c, err);
	ctrl_c_catch();
	err = c->o->resume ? fixer_resume(f, &result)
			   : fixer_fix(f, c->plan, &result);
	ret = err ? ended_by(f, err) : exit_code(&result);
	c->has_ended = !err;
	if (!err) {
		clean_tell_result(c, &result, false);
		if (clean_tell_rest(c) || c->dropped)
			ret |= EXIT_FOUND;
	}
	fixer_close(f);
	return ret;
}

static int tell_no_steps(const struct clean *c)
{
	struct str words = STR_INIT;

	if (clean_rest(c) == REST_HELD) {
		clean_tell_held(c);
		return EXIT_FOUND;
	}
	if (clean_rest(c) == REST_LEFT) {
		clean_tell_left(c);
		return EXIT_NO_START;
	}
	if (!c->o->quiet &&
	    !plan_rest_words(c->plan, clean_rest(c) == REST_DONE, c->o->lang,
			     &words))
		complain("%s", str_text(&words));
	str_release(&words);
	return clean_tell_cut(c) ? EXIT_FOUND : EXIT_CLEAN;
}

static int fix(struct clean *c)
{
	char *vault = clean_vault_path(c);
	int ret = clean_plan(c, vault);

	/* What would change nothing is not begun. */
	if (!ret && clean_rest(c) != REST_STEPS) {
		mem_free(vault);
		return tell_no_steps(c);
	}
	if (!ret && !c->o->yes && show_plan(c, vault))
		ret = EXIT_NO_START;
	mem_free(vault);
	if (ret)
		return ret;
	if (c->whole.reason != GUARD_OK) {
		struct str why = STR_INIT;

		guard_sentence(&c->whole, c->o->lang, &why);
		complain("%s", str_text(&why));
		str_release(&why);
		return EXIT_NO_START;
	}
	if (!clean_confirm(c,
			   lang_is_ja(c->o->lang)
				   ? "\nこの計画を実行しますか? [y/N] "
				   : "\nCarry out this plan? [y/N] ",
			   &ret))
		return ret;
	c->dropped = recheck_drop(c);
	return plan_picked_count(c->plan) ? carry_out(c) : EXIT_FOUND;
}

int cmd_fix(const struct options *o)
{
	struct clean c;
	int ret;

	give_back_hives(o);
	ret = clean_open_target(&c, o);
	if (!ret)
		ret = clean_open_store(&c, true, !o->resume);
	/* The lists of the pack count for what is left, too. */
	if (!ret && o->resume && packs_open(o, &c.pack)) {
		complain_last("");
		ret = EXIT_NO_START;
	}
	if (!ret && o->resume) {
		if (clean_confirm(&c,
				  lang_is_ja(o->lang)
					  ? "中断・失敗した処理を続けますか? "
					    "[y/N] "
					  : "Go on with what was interrupted "
					    "or failed? [y/N] ",
				  &ret))
			ret = carry_out(&c);
	} else if (!ret) {
		ret = fix(&c);
	}
	clean_release(&c);
	return ret;
}
