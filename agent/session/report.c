/*
 * A report as a call of the session: of which scan, and whether that is old.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/age.h"
#include "session/session_internal.h"
#include "session/settle.h"
#include "base/err.h"
#include "host/host.h"
#include <sqlite3.h>
#include <string.h>

/* The exit code that scan had; -1 if it never finished. */
static int scan_exit_code(struct store *store, int64_t scan_id)
{
	static const char sql[] = "SELECT exit_code FROM v_scan "
				  "WHERE scan_id = ?1";
	sqlite3_stmt *q = NULL;
	int code = -1;

	if (sqlite3_prepare_v2(store_db(store), sql, -1, &q, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_int64(q, 1, scan_id);
	if (sqlite3_step(q) == SQLITE_ROW &&
	    sqlite3_column_type(q, 0) == SQLITE_INTEGER)
		code = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return code;
}

/* `target_id` NULL: of any.  0: nothing was ever done. */
static int64_t newest_fixed_scan(struct store *store, const char *target_id)
{
	static const char sql[] = "SELECT scan_id FROM fix WHERE ?1 IS NULL "
				  "OR target_id = ?1 "
				  "ORDER BY fix_id DESC LIMIT 1";
	sqlite3_stmt *q = NULL;
	int64_t scan_id = 0;

	if (sqlite3_prepare_v2(store_db(store), sql, -1, &q, NULL) != SQLITE_OK)
		return 0;
	if (target_id)
		sqlite3_bind_text(q, 1, target_id, -1, SQLITE_STATIC);
	if (sqlite3_step(q) == SQLITE_ROW)
		scan_id = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return scan_id;
}

/* ---- which scan -------------------------------------------------- */

/*
 * The Windows that the report is read at.  The running one stays NULL where the
 * system is none, or is Windows PE, or it cannot be read: the report says whose
 * it is.
 */
static int open_target(const struct session *s, struct target **ret)
{
	const bool is_named = s->o.target.kind != TARGET_LIVE;
	struct target_options to = s->o.target;
	int err;

	if (!is_named && (!host_is_windows() || target_winpe() != WINPE_NO))
		return 0;
	to.gaps = NULL;
	err = target_open(&to, ret);
	return is_named ? err : 0;
}

/* `target_id` NULL: of any. */
static int newest_of(struct store *store, const char *target_id, bool fixed,
		     int64_t *scan_id_ret)
{
	/* What was cleaned does not vanish behind the scan after it. */
	*scan_id_ret = fixed ? newest_fixed_scan(store, target_id) : 0;
	return *scan_id_ret
		       ? 0
		       : store_newest_result(store, target_id, scan_id_ret);
}

/* Of the PC in front, else the newest of all. */
static int choose_scan(struct store *store, const struct target *t, bool fixed,
		       int64_t *scan_id_ret)
{
	int err = ERR_NOT_FOUND;

	if (t)
		err = newest_of(store, target_info(t)->target_id, fixed,
				scan_id_ret);
	return err == ERR_NOT_FOUND ? newest_of(store, NULL, fixed, scan_id_ret)
				    : err;
}

/* Whose result it is has to be said unless it is the PC's in front. */
static int is_of_another(struct store *store, const struct target *t,
			 int64_t scan_id, bool *ret)
{
	struct scan_age age;
	int err = store_scan_age(store, scan_id, &age);

	if (err)
		return err;
	*ret = !t || strcmp(target_info(t)->target_id, age.target_id) != 0;
	scan_age_release(&age);
	return 0;
}

/* ---- the report -------------------------------------------------- */

/* One that is old, or has no end, is no answer. */
static void fill(struct store *store, const struct report_options *ro,
		 struct session_report_result *ret)
{
	const int code = scan_exit_code(store, ro->scan_id);

	ret->scan_id = ro->scan_id;
	session_facts_from_code(code < 0 || ro->old_by ? EXIT_INCOMPLETE : code,
				&ret->facts);
}

/* `is_own`: of the scan that this session has made, whose PC is known. */
static int render(struct store *store, struct target *t, bool is_own,
		  struct report_options *ro, struct str *out,
		  struct session_report_result *ret)
{
	struct str words = STR_INIT;
	struct age age = { 0 };
	int err = age_of_scan(store, ro->scan_id, t, NULL, &age);

	if (!err && age.overtaken_by) {
		ro->old_by = age.overtaken_by;
		err = age_words(&age, ro->lang, &words);
		ro->old_words = str_text(&words);
	}
	if (!err && !is_own)
		err = is_of_another(store, t, ro->scan_id, &ro->names_pc);
	if (!err)
		err = report_render(store, ro, out);
	if (!err)
		fill(store, ro, ret);
	age_release(&age);
	str_release(&words);
	return err;
}

static int render_stored(struct session *s,
			 const struct session_report_options *o,
			 struct report_options *ro, struct str *out,
			 struct session_report_result *ret)
{
	const char *path = session_store_path(s);
	struct store *store = NULL;
	struct target *t = NULL;
	int err = path ? open_target(s, &t) : err_last()->err;

	if (!err) {
		settle_at_start(s, path);
		err = store_open_readonly(path, &store);
	}
	if (!err && !ro->scan_id)
		err = choose_scan(store, t, o->wants_fixed, &ro->scan_id);
	if (!err)
		err = render(store, t, false, ro, out, ret);
	store_close(store);
	target_free(t);
	return err;
}

int session_report(struct session *s, const struct session_report_options *o,
		   struct str *out, struct session_report_result *ret)
{
	struct report_options ro = o->report;

	*ret = (struct session_report_result){
		.facts = { SESSION_NOT_STARTED, false, false, false }
	};
	if (!s->scanned || (ro.scan_id && ro.scan_id != s->scan_id))
		return render_stored(s, o, &ro, out, ret);
	ro.scan_id = s->scan_id;
	ro.pack = s->scanned_with;
	return render(s->scanned, NULL, true, &ro, out, ret);
}
