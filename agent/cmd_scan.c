/*
 * mstmpsweep scan and mstmpsweep inventory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "ctrl_c.h"
#include "output.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "words/scan.h"
#include <string.h>

/* What was recorded, to the screen or to --out. */
static int show(struct console *c, const struct options *o,
		enum report_format format, enum report_what what,
		struct str *closing)
{
	struct session_report_options so = { .wants_fixed = false };
	struct session_report_result result;

	output_report_options(o, format, &so.report);
	so.report.what = what;
	so.report.is_list = what == REPORT_INVENTORY;
	return console_report(c, o, &so, &result, closing);
}

/*
 * What could not be recorded is shown, --quiet or not: on the screen where
 * the file of --out cannot be written either.
 */
static int show_result(struct console *c, const struct session_scan_result *r,
		       enum report_format format, enum report_what what,
		       struct str *closing)
{
	struct options on_screen = *c->o;
	int err = 0;

	if (!c->o->quiet || c->o->out || r->is_unrecorded)
		err = show(c, c->o, format, what, closing);
	if (!err)
		return 0;
	complain_last(r->is_unrecorded ? W_SCAN_NO_REPORT
				       : W_SCAN_ONLY_RECORDED);
	on_screen.out = NULL;
	if (r->is_unrecorded && c->o->out)
		show(c, &on_screen, format, what, closing);
	return err;
}

static const char *found_words(const struct session_facts *f)
{
	if (f->found)
		return f->incomplete ? W_SCAN_FOUND_INCOMPLETE : W_SCAN_FOUND;
	return f->incomplete ? W_SCAN_NOTHING_INCOMPLETE : W_SCAN_NOTHING;
}

/* 70 alone does not tell a script what was found. */
static void tell_unrecorded(const struct session_scan_result *r)
{
	complain(W_SCAN_UNRECORDED, EXIT_STOPPED, session_exit_code(&r->found),
		 found_words(&r->found), r->why);
}

/*
 * Nobody looks for the store where it usually is not.  As SYSTEM it never lies
 * beside the program; told it is where it could not, on a read-only stick.
 */
static void tell_store_place(const char *store_path)
{
	char *exe = host_exe_path();
	char *usual = exe ? host_dirname(exe) : NULL;
	char *dir = host_dirname(store_path);

	if (usual && dir && strcmp(usual, dir) != 0 &&
	    (!host_is_system_account() || !host_can_write_dir(usual)))
		complain(W_SCAN_STORE_PLACE, store_path);
	mem_free(dir);
	mem_free(usual);
	mem_free(exe);
}

/* Who names what is not there must not think that it was left out. */
static void tell_unused_excludes(const struct options *o,
				 const struct session_scan_options *so)
{
	const char *drive = o->folder ? "" : "C:";

	for (size_t i = 0; i < so->exclude_count; i++) {
		if (!so->exclude_fits[i])
			complain(W_SCAN_EXCLUDE_UNUSED, so->excludes[i], drive);
	}
}

static void on_progress(void *arg, const struct file_walk_progress *now)
{
	struct console *c = arg;

	progress_show(&c->progress, now);
}

static int run(struct console *c, const struct session_scan_options *so,
	       enum report_format format, enum report_what what)
{
	const bool is_scan = what == REPORT_FINDINGS;
	struct session_scan_result result;
	struct str closing = STR_INIT;
	int err;

	ctrl_c_catch();
	progress_begin(&c->progress, c->o->quiet);
	err = session_scan(c->session, so, &result);
	if (err)
		return session_exit_code(&result.facts);
	progress_end(&c->progress);
	err = show_result(c, &result, format, what, &closing);
	if (!cancel_asked(ctrl_c()))
		tell_unused_excludes(c->o, so);
	if (result.is_unrecorded)
		tell_unrecorded(&result);
	else if (!c->o->db && is_scan)
		(void)session_give_to_stick(c->session, c->o->lang);
	else if (c->o->db && store_check_place(c->o->db, STORE_ACT))
		complain_last(W_SCAN_FOR_REPORTS);
	if (!err)
		console_write(&closing);
	str_release(&closing);
	return err ? EXIT_STOPPED : session_exit_code(&result.facts);
}

/* `store` NULL: --db, or the usual place, which is told. */
static int scan(const struct options *o, const char *store,
		const struct session_scan_options *so, enum report_what what)
{
	struct session_options sessions;
	struct console c;
	enum report_format format;
	const char *path;
	int ret = output_format(o, &format);

	if (!ret)
		ret = console_options(&c, o, true, &sessions);
	if (ret)
		return ret;
	sessions.store_path = store ? store : o->db;
	sessions.events.progress = on_progress;
	if (session_open(&sessions, &c.session)) {
		complain_last("");
		return EXIT_NO_START;
	}
	path = session_store_path(c.session);
	if (path && !sessions.store_path)
		tell_store_place(path);
	ret = run(&c, so, format, what);
	session_close(c.session);
	return ret;
}

int cmd_scan(const struct options *o)
{
	struct session_scan_options so = {
		.is_quick = o->quick,
		.threads = o->threads,
		.excludes = o->excludes.items,
		.exclude_count = o->excludes.count,
		.exclude_fits = mem_zalloc(o->excludes.count + 1),
	};
	int ret = EXIT_NO_START;

	if (so.exclude_fits) {
		ret = scan(o, NULL, &so, REPORT_FINDINGS);
	} else {
		err_nomem();
		complain_last("");
	}
	mem_free(so.exclude_fits);
	return ret;
}

int cmd_inventory(const struct options *o)
{
	const struct session_scan_options so = { .is_quick = true,
						 .registrations_only = true };

	return scan(o, ":memory:", &so, REPORT_INVENTORY);
}
