/*
 * mstmpsweep scan and mstmpsweep inventory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ctrl_c.h"
#include "options.h"
#include "output.h"
#include "packs.h"
#include "progress.h"
#include "session/scan.h"
#include "stick.h"
#include "usual_store.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include <string.h>

/* Renders and writes what was recorded, to the screen or to --out. */
static int show(const struct options *o, struct scan_result *result,
		enum report_format format, enum report_what what)
{
	struct report_options ro;
	struct str text = STR_INIT;
	int err;

	output_report_options(o, format, &ro);
	ro.scan_id = result->scan_id;
	ro.what = what;
	ro.is_list = what == REPORT_INVENTORY;
	err = report_render(result->store, &ro, &text);
	if (!err)
		err = output_write(o, &text, format);
	str_release(&text);
	return err;
}

/*
 * What could not be recorded is shown, --quiet or not: on the screen where
 * the file of --out cannot be written either.
 */
static int show_result(const struct options *o, struct scan_result *result,
		       enum report_format format, enum report_what what)
{
	struct options on_screen = *o;
	int err = 0;

	if (!o->quiet || o->out || result->is_unrecorded)
		err = show(o, result, format, what);
	if (!err)
		return 0;
	complain_last(
		result->is_unrecorded
			? "its report cannot be written"
			: "the scan is recorded, but its report cannot be "
			  "written");
	on_screen.out = NULL;
	if (result->is_unrecorded && o->out)
		show(&on_screen, result, format, what);
	return err;
}

/* 70 alone does not tell a script what was found. */
static void tell_unrecorded(const struct scan_result *r)
{
	const char *found = r->found_code & EXIT_FOUND ? "something was found"
						       : "nothing was found";

	complain("the scan could not be recorded, this report is all there is "
		 "of it (exit code %d; recorded it would be %d: %s%s): %s",
		 EXIT_STOPPED, r->found_code, found,
		 r->found_code & EXIT_INCOMPLETE ? ", incomplete" : "", r->why);
}

/*
 * Nobody looks for the store where it usually is not.  As SYSTEM it never lies
 * beside the program.
 */
static void tell_store_place(const struct options *o, const char *store_path)
{
	char *exe = host_exe_path();
	char *usual = exe ? host_dirname(exe) : NULL;
	char *dir = host_dirname(store_path);

	if (usual && dir && strcmp(usual, dir) != 0 &&
	    !host_is_system_account())
		complain(
			lang_is_ja(o->lang)
				? "記録の保存先は \"%s\" です (プログラムと同じ"
				  "フォルダーではありません)"
				: "the store is \"%s\", not beside the program",
			store_path);
	mem_free(dir);
	mem_free(usual);
	mem_free(exe);
}

/* Who names what is not there must not think that it was left out. */
static void tell_unused_excludes(const struct options *o,
				 const struct scan_options *so)
{
	const char *drive = so->target.kind == TARGET_FOLDER ? "" : "C:";
	const bool is_ja = lang_is_ja(o->lang);

	for (size_t i = 0; i < so->exclude_count; i++) {
		if (so->exclude_fits[i])
			continue;
		complain(is_ja ? "--exclude \"%s\" に当てはまるものはなく、何も"
				 "除外していません。パターンはパス全体を表す"
				 "ものです (例: "
				 "\"%s\\Data\\**\"、\"**\\Data\\**\")"
			       : "--exclude \"%s\" fitted nothing and left "
				 "nothing out; a pattern stands for whole "
				 "paths, such as \"%s\\Data\\**\" or "
				 "\"**\\Data\\**\"",
			 so->excludes[i], drive);
	}
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

	err = packs_open(o, &so.pack);
	if (err) {
		complain_last("the signature pack cannot be used");
		return EXIT_NO_START;
	}
	ctrl_c_catch();
	so.cancel = ctrl_c();
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
	err = show_result(o, &result, format, what);
	if (!cancel_asked(ctrl_c()))
		tell_unused_excludes(o, &so);
	if (result.is_unrecorded)
		tell_unrecorded(&result);
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
		.allow_older_pack = o->allow_older_pack,
		.threads = o->threads,
		.excludes = o->excludes.items,
		.exclude_count = o->excludes.count,
	};
	enum report_format format;
	char *path = NULL;
	int ret = output_format(o, &format);

	if (ret)
		return ret;
	if (options_target(o, &so.target))
		return EXIT_USAGE;
	if (!o->db) {
		path = usual_store();
		if (!path) {
			complain_last("");
			return EXIT_NO_START;
		}
		tell_store_place(o, path);
	}
	so.store_path = o->db ? o->db : path;
	so.exclude_fits = mem_zalloc(so.exclude_count + 1);
	if (so.exclude_fits) {
		ret = run(o, &so, format, REPORT_FINDINGS);
	} else {
		complain("memory is short");
		ret = EXIT_NO_START;
	}
	mem_free(so.exclude_fits);
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

	if (!ret && options_target(o, &so.target))
		ret = EXIT_USAGE;
	if (!ret)
		ret = run(o, &so, format, REPORT_INVENTORY);
	return ret;
}
