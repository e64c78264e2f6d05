/*
 * mstmpsweep plan: what fix would do, step by step.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "output.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/plan_show.h"

static int show(const struct clean *c, enum report_format format,
		const char *vault)
{
	struct plan_view v = { .plan = c->plan,
			       .answers = c->answers,
			       .whole = c->whole,
			       .lang = c->o->lang,
			       .all = c->o->all,
			       .vault = vault,
			       .is_done = clean_rest(c) == REST_DONE,
			       .to_file = c->o->out != NULL };
	struct str text = STR_INIT;
	int err = plan_show(&v, format, &text);

	if (!err)
		err = output_write(c->o, &text, format);
	str_release(&text);
	return err;
}

int cmd_plan(const struct options *o)
{
	enum report_format format;
	struct clean c;
	char *vault = NULL;
	int ret = output_format(o, &format);

	if (!ret && format == REPORT_HTML) {
		complain("a plan has the formats text, json, ndjson and csv");
		ret = EXIT_USAGE;
	}
	if (ret)
		return ret;
	ret = clean_open_target(&c, o);
	if (!ret)
		ret = clean_open_store(&c, false, true);
	if (!ret) {
		vault = clean_vault_path(&c);
		ret = clean_plan(&c, vault);
	}
	if (!ret && clean_rest(&c) == REST_LEFT) {
		clean_tell_left(&c);
		ret = EXIT_NO_START;
	}
	if (!ret && show(&c, format, vault)) {
		complain_last("");
		ret = EXIT_NO_START;
	}
	if (!ret && clean_rest(&c) <= REST_HELD)
		ret = EXIT_FOUND;
	mem_free(vault);
	clean_release(&c);
	return ret;
}
