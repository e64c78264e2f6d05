/*
 * mstmpsweep plan: what fix would do, step by step.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "output.h"
#include "remediate/plan_show.h"
#include "words/plan.h"

static int show(const struct options *o, const struct session_plan *p,
		enum report_format format)
{
	struct plan_view v = { .plan = p->plan,
			       .answers = p->answers,
			       .whole = p->whole,
			       .lang = o->lang,
			       .all = o->all,
			       .vault = p->vault,
			       .is_done = p->rest == REST_DONE,
			       .to_file = o->out != NULL };
	struct str text = STR_INIT;
	int err = plan_show(&v, format, &text);

	if (!err)
		err = output_write(o, &text, format);
	str_release(&text);
	return err;
}

static int plan(struct console *c, enum report_format format)
{
	struct session_choice choice;
	struct session_plan p;
	int err, ret;

	console_choice(c->o, &choice);
	err = session_plan(c->session, &choice, &p);
	ret = console_code(c, &p.facts);
	if (!err && p.rest == REST_LEFT) {
		left_tell_unfinished(&p);
	} else if (!err && show(c->o, &p, format)) {
		complain_last("");
		ret = EXIT_NO_START;
	}
	session_plan_release(&p);
	return ret;
}

int cmd_plan(const struct options *o)
{
	enum report_format format;
	struct console c;
	int ret = output_format(o, &format);

	if (!ret && format == REPORT_HTML) {
		complain("%s", W_PLAN_FORMATS);
		ret = EXIT_USAGE;
	}
	if (!ret)
		ret = console_open(&c, o, true);
	if (ret)
		return ret;
	ret = plan(&c, format);
	session_close(c.session);
	return ret;
}
