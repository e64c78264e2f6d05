/*
 * mstmpsweep report: from the store to text, html, json, ndjson or csv.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "output.h"
#include "base/err.h"
#include "words/usage.h"

static int show(struct console *c, struct session_report_options *so,
		struct session_report_result *result)
{
	struct str text = STR_INIT;
	int err = session_report(c->session, so, &text, result);

	if (!err)
		err = output_write(c->o, &text, so->report.format);
	if (err)
		complain_last("");
	str_release(&text);
	return err;
}

int cmd_report(const struct options *o)
{
	struct session_report_options so = { .wants_fixed = false };
	struct session_report_result result;
	struct console c;
	enum report_format format;
	int ret = output_format(o, &format);

	if (ret)
		return ret;
	output_report_options(o, format, &so.report);
	so.report.scan_id = (int64_t)o->scan_id;
	if (o->what && !report_what_from_name(o->what, &so.report.what)) {
		complain(W_USAGE_WHAT, o->what);
		return EXIT_USAGE;
	}
	so.wants_fixed = o->what && so.report.what == REPORT_STEPS;
	/* Without a name any PC's will do. */
	ret = console_open(&c, o, o->root || o->folder);
	if (ret)
		return ret;
	if (show(&c, &so, &result))
		ret = EXIT_NO_START;
	else
		console_closing(&c, &so);
	if (!ret && o->exit_code)
		ret = session_exit_code(&result.facts);
	session_close(c.session);
	return ret;
}
