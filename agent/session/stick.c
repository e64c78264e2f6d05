/*
 * What a stick without access lists gets of a scan whose store is elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/stick.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "host/writers.h"
#include "report/report.h"
#include "words/stick.h"
#include <sqlite3.h>
#include <string.h>

#define ID_NCHARS 8
/* A name of Windows has 15 at most, one of DNS 63. */
#define PC_NCHARS 63

char *stick_folder(void)
{
	char *exe = host_has_rights() ? host_exe_path() : NULL;
	char *dir = exe ? host_dirname(exe) : NULL;

	mem_free(exe);
	if (dir && !host_is_remote_path(dir) &&
	    host_check_folder_writers(dir) == ERR_UNSUPPORTED &&
	    host_can_write_dir(dir))
		return dir;
	mem_free(dir);
	return NULL;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

static void add_plain(struct str *out, const char *text, size_t max)
{
	for (size_t i = 0; text && text[i] && i < max; i++)
		str_addch(out, is_plain(text[i]) ? text[i] : '_');
}

/* "mstmpsweep-PC07-1a2b3c4d"; what the scan recorded is hostile, too. */
static int base_name(struct store *s, int64_t scan_id, struct str *out)
{
	static const char sql[] = "SELECT host_name, target_id FROM v_scan "
				  "WHERE scan_id = ?1";
	sqlite3_stmt *q = NULL;

	str_add(out, "mstmpsweep-");
	if (sqlite3_prepare_v2(store_db(s), sql, -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(q, 1, scan_id);
		if (sqlite3_step(q) == SQLITE_ROW) {
			add_plain(out, (const char *)sqlite3_column_text(q, 0),
				  PC_NCHARS);
			str_addch(out, '-');
			add_plain(out, (const char *)sqlite3_column_text(q, 1),
				  ID_NCHARS);
		}
	}
	sqlite3_finalize(q);
	return out->err;
}

static int write_report(const char *path, struct store *s, int64_t scan_id,
			const char *lang)
{
	const struct report_options ro = { .scan_id = scan_id,
					   .format = REPORT_HTML,
					   .what = REPORT_FINDINGS,
					   .lang = lang,
					   .to_file = true };
	struct str text = STR_INIT;
	int err = report_render(s, &ro, &text);

	if (!err)
		err = host_write_private(path, str_text(&text), text.len);
	str_release(&text);
	return err;
}

int stick_write(const char *dir, struct store *s, int64_t scan_id,
		const char *lang, struct str *told)
{
	struct str db = STR_INIT, html = STR_INIT;
	char *copy = NULL, *report = NULL;
	int err = base_name(s, scan_id, &html);

	if (!err)
		err = str_addf(&db, "%s.db", str_text(&html));
	if (!err)
		err = str_add(&html, ".html");
	if (!err) {
		copy = host_join(dir, str_text(&db));
		report = host_join(dir, str_text(&html));
		err = copy && report ? 0 : err_nomem();
	}
	if (!err)
		err = store_copy_to(s, copy);
	if (!err)
		err = write_report(report, s, scan_id, lang);
	if (!err)
		err = str_addf(told, W_STICK_TOLD, copy, report);
	mem_free(copy);
	mem_free(report);
	str_release(&db);
	str_release(&html);
	return err;
}
