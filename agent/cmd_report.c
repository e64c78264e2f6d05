/*
 * mstmpsweep report: from the store to text, html, json, ndjson or csv.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "output.h"
#include "usual_store.h"
#include "base/err.h"
#include "base/mem.h"
#include <sqlite3.h>

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

/* 0: nothing was ever done. */
static int64_t newest_fixed_scan(struct store *s)
{
	static const char sql[] = "SELECT scan_id FROM fix "
				  "ORDER BY fix_id DESC LIMIT 1";
	sqlite3_stmt *q = NULL;
	int64_t scan_id = 0;

	if (sqlite3_prepare_v2(store_db(s), sql, -1, &q, NULL) != SQLITE_OK)
		return 0;
	if (sqlite3_step(q) == SQLITE_ROW)
		scan_id = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return scan_id;
}

static int render(const struct options *o, struct store *s,
		  enum report_format format, int *code_ret)
{
	struct report_options ro;
	struct str text = STR_INIT;
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
	/* What was cleaned does not vanish behind the scan after it. */
	if (!ro.scan_id && o->what && ro.what == REPORT_STEPS)
		ro.scan_id = newest_fixed_scan(s);
	if (!ro.scan_id)
		err = store_newest_scan(s, NULL, &ro.scan_id);
	if (!err)
		err = report_render(s, &ro, &text);
	if (!err)
		err = output_write(o, &text, format);
	str_release(&text);
	if (!err && o->exit_code) {
		int code = scan_exit_code(s, ro.scan_id);

		*code_ret = code < 0 ? EXIT_INCOMPLETE : code;
	}
	return err;
}

int cmd_report(const struct options *o)
{
	enum report_format format;
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
	err = store_open_readonly(o->db ? o->db : path, &s);
	if (!err)
		err = render(o, s, format, &code);
	if (err)
		complain_last("");
	store_close(s);
	mem_free(path);
	return err ? EXIT_NO_START : code;
}
