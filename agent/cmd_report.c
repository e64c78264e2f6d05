/*
 * mstmpsweep report: from the store to text, html, json, ndjson or csv.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "output.h"
#include "usual_store.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "session/age.h"
#include "session/settle.h"
#include <sqlite3.h>
#include <string.h>

/* The exit code that scan had; -1 if it never finished. */
static int scan_exit_code(struct store *s, int64_t scan_id)
{
	static const char sql[] = "SELECT exit_code FROM v_scan "
				  "WHERE scan_id = ?1";
	sqlite3_stmt *q = NULL;
	int code = -1;

	if (sqlite3_prepare_v2(store_db(s), sql, -1, &q, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_int64(q, 1, scan_id);
	if (sqlite3_step(q) == SQLITE_ROW &&
	    sqlite3_column_type(q, 0) == SQLITE_INTEGER)
		code = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return code;
}

/* `target_id` NULL: of any.  0: nothing was ever done. */
static int64_t newest_fixed_scan(struct store *s, const char *target_id)
{
	static const char sql[] = "SELECT scan_id FROM fix WHERE ?1 IS NULL "
				  "OR target_id = ?1 "
				  "ORDER BY fix_id DESC LIMIT 1";
	sqlite3_stmt *q = NULL;
	int64_t scan_id = 0;

	if (sqlite3_prepare_v2(store_db(s), sql, -1, &q, NULL) != SQLITE_OK)
		return 0;
	if (target_id)
		sqlite3_bind_text(q, 1, target_id, -1, SQLITE_STATIC);
	if (sqlite3_step(q) == SQLITE_ROW)
		scan_id = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return scan_id;
}

/* ---- which scan -------------------------------------------------- */

static void no_gap(struct gap_sink *sink, const struct gap *gap)
{
	(void)sink;
	(void)gap;
}

/*
 * The Windows that the report is read at.  Without options on a system that
 * is none, or is Windows PE, *ret stays NULL, and so it does where a running
 * one cannot be read: the report says whose it is.
 */
static int open_target(const struct options *o, struct target **ret)
{
	static struct gap_sink sink = { .add = no_gap };
	const bool is_named = o->root || o->folder;
	struct target_options to;
	int err;

	if (!is_named &&
	    (strcmp(host_kind(), "linux") == 0 || target_winpe() != WINPE_NO))
		return 0;
	err = options_target(o, &to);
	to.gaps = &sink;
	if (!err)
		err = target_open(&to, ret);
	return is_named ? err : 0;
}

/* `target_id` NULL: of any. */
static int newest_of(struct store *s, const char *target_id, bool steps,
		     int64_t *scan_id_ret)
{
	/* What was cleaned does not vanish behind the scan after it. */
	*scan_id_ret = steps ? newest_fixed_scan(s, target_id) : 0;
	return *scan_id_ret ? 0
			    : store_newest_result(s, target_id, scan_id_ret);
}

/* Of the PC in front, else the newest of all. */
static int choose_scan(struct store *s, const struct target *t, bool steps,
		       int64_t *scan_id_ret)
{
	int err = ERR_NOT_FOUND;

	if (t)
		err = newest_of(s, target_info(t)->target_id, steps,
				scan_id_ret);
	return err == ERR_NOT_FOUND ? newest_of(s, NULL, steps, scan_id_ret)
				    : err;
}

/* Whose result it is has to be said unless it is the PC's in front. */
static int is_of_another(struct store *s, const struct target *t,
			 int64_t scan_id, bool *ret)
{
	struct scan_age age;
	int err = store_scan_age(s, scan_id, &age);

	if (err)
		return err;
	*ret = !t || strcmp(target_info(t)->target_id, age.target_id) != 0;
	scan_age_release(&age);
	return 0;
}

/* ---- the report -------------------------------------------------- */

static int render_scan(const struct options *o, struct store *s,
		       struct target *t, struct report_options *ro,
		       enum report_format format)
{
	struct str text = STR_INIT, words = STR_INIT;
	struct age age = { 0 };
	int err = age_of_scan(s, ro->scan_id, t, NULL, &age);

	if (!err && age.overtaken_by) {
		ro->old_by = age.overtaken_by;
		err = age_words(&age, o->lang, &words);
		ro->old_words = str_text(&words);
	}
	if (!err)
		err = is_of_another(s, t, ro->scan_id, &ro->names_pc);
	if (!err)
		err = report_render(s, ro, &text);
	if (!err)
		err = output_write(o, &text, format);
	ro->old_words = NULL;
	age_release(&age);
	str_release(&words);
	str_release(&text);
	return err;
}

static int render(const struct options *o, struct store *s, struct target *t,
		  enum report_format format, int *code_ret)
{
	struct report_options ro;
	int err = 0;

	output_report_options(o, format, &ro);
	ro.scan_id = (int64_t)o->scan_id;
	if (o->what && !report_what_from_name(o->what, &ro.what)) {
		complain("--what is findings, inventory, gaps, traces or "
			 "steps, not "
			 "\"%s\"",
			 o->what);
		*code_ret = EXIT_USAGE;
		return 0;
	}
	if (!ro.scan_id)
		err = choose_scan(s, t, o->what && ro.what == REPORT_STEPS,
				  &ro.scan_id);
	if (!err)
		err = render_scan(o, s, t, &ro, format);
	if (!err && o->exit_code) {
		int code = scan_exit_code(s, ro.scan_id);

		*code_ret = code < 0 || ro.old_by ? EXIT_INCOMPLETE : code;
	}
	return err;
}

int cmd_report(const struct options *o)
{
	enum report_format format;
	struct console c;
	struct target *t = NULL;
	struct store *s = NULL;
	char *path = NULL;
	int code = 0;
	int err = output_format(o, &format);

	if (err)
		return err;
	if (!o->db)
		path = usual_store();
	if (!o->db && !path) {
		complain_last("");
		return EXIT_NO_START;
	}
	err = open_target(o, &t);
	if (!err && !console_open(&c, o, false)) {
		settle_at_start(c.session, o->db ? o->db : path);
		session_close(c.session);
	}
	if (!err)
		err = store_open_readonly(o->db ? o->db : path, &s);
	if (!err)
		err = render(o, s, t, format, &code);
	if (err)
		complain_last("");
	store_close(s);
	target_free(t);
	mem_free(path);
	return err ? EXIT_NO_START : code;
}
