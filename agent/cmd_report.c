/*
 * mstmpsweep report: from the store to text, html, json, ndjson or csv.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "output.h"
#include "base/err.h"
#include "words/usage.h"

int cmd_report(const struct options *o)
{
	struct session_report_options so = { .wants_fixed = false };
	struct session_report_result result;
	struct str closing = STR_INIT;
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
	if (console_report(&c, o, &so, &result, &closing)) {
		complain_last("");
		ret = EXIT_NO_START;
	} else {
		console_write(&closing);
	}
	if (!ret && o->exit_code)
		ret = session_exit_code(&result.facts);
	str_release(&closing);
	session_close(c.session);
	return ret;
}
