/*
 * mstmpsweep scan and mstmpsweep inventory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "output.h"
#include "packs.h"
#include "progress.h"
#include "scan.h"
#include "stick.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"

/* Renders and writes what was recorded. */
static int show(const struct options *o, struct scan_result *result,
		enum report_format format, enum report_what what)
{
	struct report_options ro;
	struct str text = STR_INIT;
	int err;

	output_report_options(o, format, &ro);
	ro.scan_id = result->scan_id;
	ro.what = what;
	err = report_render(result->store, &ro, &text);
	if (!err)
		err = output_write(o, &text, format);
	str_release(&text);
	return err;
}

/* The store is elsewhere, as everybody can write to the stick. */
static void give_to_stick(const struct options *o, struct scan_result *result)
{
	char *dir = stick_folder();
	struct str told = STR_INIT;

	if (dir &&
	    stick_write(dir, result->store, result->scan_id, o->lang, &told))
		complain_last("the stick gets no copy of the store");
	else if (dir)
		complain("%s", str_text(&told));
	str_release(&told);
	mem_free(dir);
}

static int run(const struct options *o, const struct scan_options *wanted,
	       enum report_format format, enum report_what what)
{
	struct scan_options so = *wanted;
	struct scan_result result = { 0 };
	struct progress progress;
	bool started = false;
	int err;

	if (options_target(o, &so.target))
		return EXIT_USAGE;
	err = packs_open(o, &so.pack);
	if (err) {
		complain_last("the signature pack cannot be used");
		return EXIT_NO_START;
	}
	host_catch_interrupt();
	progress_begin(&progress, o->quiet);
	so.tick = progress_show;
	so.tick_arg = &progress;
	err = scan_run(&so, &result, &started);
	progress_end(&progress);
	pack_free(so.pack);
	if (err) {
		complain_last(started ? "the scan stopped" : "");
		return started ? EXIT_STOPPED : EXIT_NO_START;
	}
	if (!o->quiet || o->out)
		err = show(o, &result, format, what);
	if (err)
		complain_last("the scan is recorded, but its report cannot be "
			      "written");
	if (result.is_unrecorded)
		complain("the scan could not be recorded, this report is all "
			 "there is of it: %s",
			 result.why);
	else if (!o->db && what == REPORT_FINDINGS)
		give_to_stick(o, &result);
	else if (o->db && store_check_place(o->db, STORE_ACT))
		complain_last("this scan is for reports only");
	store_close(result.store);
	return err ? EXIT_STOPPED : result.exit_code;
}

int cmd_scan(const struct options *o)
{
	struct scan_options so = {
		.quick = o->quick,
		.threads = o->threads,
		.excludes = o->excludes.items,
		.exclude_count = o->excludes.count,
	};
	enum report_format format;
	struct str note = STR_INIT;
	char *path = NULL;
	int ret = output_format(o, &format);

	if (ret)
		return ret;
	if (!o->db) {
		path = store_default_path(&note);
		if (note.len)
			complain("%s", str_text(&note));
		str_release(&note);
		if (!path) {
			complain_last("");
			return EXIT_NO_START;
		}
	}
	so.store_path = o->db ? o->db : path;
	ret = run(o, &so, format, REPORT_FINDINGS);
	mem_free(path);
	return ret;
}

int cmd_inventory(const struct options *o)
{
	struct scan_options so = {
		.store_path = ":memory:",
		.quick = true,
		.registrations_only = true,
	};
	enum report_format format;
	int ret = output_format(o, &format);

	if (!ret)
		ret = run(o, &so, format, REPORT_INVENTORY);
	/* The list is the result; what it means is the scan's business. */
	return ret & EXIT_FOUND && ret < EXIT_USAGE ? ret & ~EXIT_FOUND : ret;
}
