/*
 * Rows of the public views by their column names, and the text in them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "base/err.h"
#include "base/utf.h"
#include "words/report.h"

#include <string.h>

const char report_inventory_order[] =
	"ORDER BY CASE point "
	"WHEN 'bho' THEN 0 WHEN 'mime_filter' THEN 1 "
	"WHEN 'protocol_handler' THEN 2 WHEN 'namespace_handler' THEN 3 "
	"WHEN 'toolbar' THEN 4 WHEN 'url_search_hook' THEN 5 "
	"WHEN 'explorer_bar' THEN 6 WHEN 'extension_button' THEN 7 "
	"WHEN 'software_clsid' THEN 8 WHEN 'menu_extension' THEN 9 "
	"WHEN 'plugin_extension' THEN 10 WHEN 'run' THEN 11 "
	"WHEN 'run_once' THEN 12 WHEN 'winlogon' THEN 13 "
	"WHEN 'winlogon_notify' THEN 14 WHEN 'appinit_dlls' THEN 15 "
	"WHEN 'service' THEN 16 WHEN 'service_dll' THEN 17 "
	"WHEN 'shell_delay_load' THEN 18 WHEN 'shared_task_scheduler' THEN 19 "
	"WHEN 'shell_execute_hook' THEN 20 WHEN 'active_setup' THEN 21 "
	"WHEN 'image_file_execution' THEN 22 WHEN 'scheduled_task' THEN 23 "
	"END, user_name IS NOT NULL OR user_sid IS NOT NULL, "
	"CASE view WHEN '64' THEN 0 WHEN '32' THEN 1 ELSE 2 END, "
	"registry_key, name, clsid, user_sid, user_name";

static const struct {
	const char *name;
	const char *view;
	const char *order;
} whats[] = {
	[REPORT_FINDINGS] = { "findings", "v_finding", "ORDER BY finding_id" },
	[REPORT_INVENTORY] = { "inventory", "v_inventory",
			       report_inventory_order },
	[REPORT_GAPS] = { "gaps", "v_gap",
			  "ORDER BY matters DESC, kind, path, reason" },
	[REPORT_TRACES] = { "traces", "v_trace",
			    "ORDER BY time, kind, path, what" },
	[REPORT_STEPS] = { "steps", "v_step", "ORDER BY fix_id, seq" },
};

bool report_what_from_name(const char *name, enum report_what *ret)
{
	for (size_t i = 0; i < sizeof(whats) / sizeof(*whats); i++) {
		if (strcmp(whats[i].name, name) == 0) {
			*ret = (enum report_what)i;
			return true;
		}
	}
	return false;
}

const char *report_what_name(enum report_what what)
{
	return whats[what].name;
}

const char *report_view(enum report_what what)
{
	return whats[what].view;
}

/* ---- rows ---------------------------------------------------------------- */

static int report_fail(struct report *r, int rc)
{
	bool damaged = (rc & 0xFF) == SQLITE_CORRUPT ||
		       (rc & 0xFF) == SQLITE_NOTADB ||
		       (rc & 0xFF) == SQLITE_ERROR;
	int err = (rc & 0xFF) == SQLITE_NOMEM  ? ERR_NOMEM
		  : (rc & 0xFF) == SQLITE_BUSY ? ERR_LOCKED
		  : damaged		       ? ERR_CORRUPT
					       : ERR_IO;

	return err_fail(err, 0, W_REPORT_STORE_UNREADABLE,
			sqlite3_errmsg(r->db));
}

int report_query(struct report *r, const char *view, const char *more,
		 int64_t value, sqlite3_stmt **ret)
{
	struct str sql = STR_INIT;
	sqlite3_stmt *q = NULL;
	int err = 0;
	int rc;

	str_addf(&sql, "SELECT * FROM %s WHERE scan_id = ?1 %s", view, more);
	if (sql.err != 0) {
		err = sql.err;
		goto out;
	}
	rc = sqlite3_prepare_v2(r->db, str_text(&sql), -1, &q, NULL);
	if (rc != SQLITE_OK) {
		err = report_fail(r, rc);
		goto out;
	}
	sqlite3_bind_int64(q, 1, r->o->scan_id);
	if (sqlite3_bind_parameter_count(q) > 1)
		sqlite3_bind_int64(q, 2, value);
	*ret = q;
out:
	str_release(&sql);
	return err;
}

int report_rows(struct report *r, enum report_what what, sqlite3_stmt **ret)
{
	/* Steps belong to a fix, and that to a scan. */
	static const char steps[] =
		"(SELECT f.scan_id, s.* FROM v_step s JOIN fix f ON f.fix_id "
		"= s.fix_id)";

	return report_query(r, what == REPORT_STEPS ? steps : whats[what].view,
			    whats[what].order, 0, ret);
}

int report_next(struct report *r, sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : -report_fail(r, rc);
}

int report_each(struct report *r, int err, sqlite3_stmt *q,
		int (*take)(struct report *r, sqlite3_stmt *q))
{
	int more = 0;

	while (err == 0 && (more = report_next(r, q)) > 0)
		err = take(r, q);
	sqlite3_finalize(q);
	return more < 0 ? -more : err;
}

static int column_index(sqlite3_stmt *q, const char *column)
{
	for (int i = 0; i < sqlite3_column_count(q); i++) {
		if (strcmp(sqlite3_column_name(q, i), column) == 0)
			return i;
	}
	return -1;
}

const char *row_text(sqlite3_stmt *q, const char *column)
{
	int i = column_index(q, column);

	return i >= 0 ? (const char *)sqlite3_column_text(q, i) : NULL;
}

const char *row_word(sqlite3_stmt *q, const char *column)
{
	const char *text = row_text(q, column);

	return text != NULL ? text : "";
}

int64_t row_int(sqlite3_stmt *q, const char *column)
{
	int i = column_index(q, column);

	return i >= 0 ? sqlite3_column_int64(q, i) : 0;
}

bool row_is(sqlite3_stmt *q, const char *column, const char *word)
{
	return strcmp(row_word(q, column), word) == 0;
}

bool row_is_null(sqlite3_stmt *q, const char *column)
{
	int i = column_index(q, column);

	return i < 0 || sqlite3_column_type(q, i) == SQLITE_NULL;
}

/* ---- text of the store ------------------------------------------- */

static bool add_if_invalid(struct str *out, uint32_t cp)
{
	if ((cp & UTF_BAD) != 0)
		str_addf(out, "\\x{%02X}", (unsigned)(cp & 0xFF));
	else if (cp >= 0xD800 && cp <= 0xDFFF)
		str_addf(out, "\\u{%X}", (unsigned)cp);
	else
		return false;
	return true;
}

int report_clean(struct str *out, const char *text)
{
	while (*text != '\0') {
		uint32_t cp;
		size_t n = utf_decode(text, &cp);

		if (cp == 0)
			str_add(out, "\\u{0}");
		else if (!add_if_invalid(out, cp))
			str_addn(out, text, n);
		text += n;
	}
	return out->err;
}

int report_show(struct str *out, const char *text)
{
	while (*text != '\0') {
		char one[8];
		uint32_t cp;
		size_t n = utf_decode(text, &cp);

		/*
		 * A backslash alone is never unsafe, and the one that begins
		 * an escape is the store's; one character at a time, so
		 * that utf_display() does not see it as text to escape.
		 */
		memcpy(one, text, n);
		one[n] = '\0';
		utf_display(out, one);
		text += n;
	}
	return out->err;
}
