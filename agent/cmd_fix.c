/*
 * mstmpsweep fix: the plan carried out, or one that was cut off gone on with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "base/str.h"
#include "remediate/plan_show.h"

static void tell_no_steps(const struct options *o, const struct session_plan *p)
{
	struct str words = STR_INIT;

	if (p->rest == REST_HELD) {
		left_tell_held(o, p);
		return;
	}
	if (p->rest == REST_LEFT) {
		left_tell_unfinished(p);
		return;
	}
	if (!o->quiet &&
	    !plan_rest_words(p->plan, p->rest == REST_DONE, o->lang, &words))
		complain("%s", str_text(&words));
	str_release(&words);
	left_tell_cut(p);
}

static int fix(struct console *c)
{
	struct session_fix_options fo = { .end_browsers = c->o->end_browsers };
	struct session_fix_result r;
	int err, ret;

	console_choice(c->o, &fo.choice);
	err = c->o->resume ? session_resume(c->session, &fo, &r)
			   : session_fix(c->session, &fo, &r);
	if (!err && r.plan.plan && r.has_run)
		left_tell_rest(c->o, &r.plan);
	else if (!err && r.plan.plan && r.plan.rest != REST_STEPS)
		tell_no_steps(c->o, &r.plan);
	ret = console_code(c, &r.facts);
	session_fix_release(&r);
	return ret;
}

int cmd_fix(const struct options *o)
{
	struct console c;
	int ret = console_open(&c, o, true);

	if (!ret) {
		ret = fix(&c);
		session_close(c.session);
	}
	return ret;
}
