/*
 * JSON and NDJSON: rows of the views under their column names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "base/err.h"
#include "base/json.h"

#include <string.h>

/*
 * True for a JSON array of strings, as finding.rules is.  The store may come
 * from anybody, so text is not put into our JSON unseen.
 */
static bool is_string_array(const char *s)
{
	bool want_string = true;

	if (*s++ != '[')
		return false;
	if (strcmp(s, "]") == 0)
		return true;
	for (;;) {
		if (want_string) {
			if (*s++ != '"')
				return false;
			for (; *s != '"'; s++) {
				if ((unsigned char)*s < 0x20)
					return false;
				if (*s == '\\' && *++s != '"' && *s != '\\')
					return false;
			}
			s++;
			want_string = false;
		} else if (*s == ',') {
			s++;
			want_string = true;
		} else {
			return strcmp(s, "]") == 0;
		}
	}
}

static void add_text(struct report *r, struct json *j, const char *column,
		     const char *text)
{
	struct str clean = STR_INIT;

	report_clean(&clean, text);
	if (strcmp(column, "rules") == 0 && is_string_array(str_text(&clean)))
		json_raw(j, str_text(&clean));
	else
		json_string(j, str_text(&clean));
	if (clean.err != 0 && r->out->err == 0)
		r->out->err = clean.err;
	str_release(&clean);
}

static void add_columns(struct report *r, struct json *j, sqlite3_stmt *q)
{
	for (int i = 0; i < sqlite3_column_count(q); i++) {
		const char *name = sqlite3_column_name(q, i);

		json_key(j, name);
		switch (sqlite3_column_type(q, i)) {
		case SQLITE_NULL:
			json_null(j);
			break;
		case SQLITE_INTEGER:
			json_int(j, sqlite3_column_int64(q, i));
			break;
		default:
			add_text(r, j, name,
				 (const char *)sqlite3_column_text(q, i));
		}
	}
}

/* Beside the columns, where the scan does not count any more. */
static void add_age(struct report *r, struct json *j)
{
	if (r->o->old_by == NULL)
		return;
	json_key(j, "out_of_date");
	json_string(j, r->o->old_by);
}

static int add_rows(struct report *r, struct json *j, enum report_what what)
{
	sqlite3_stmt *q = NULL;
	int err = report_rows(r, what, &q);
	int more = 0;

	if (err != 0)
		return err;
	json_key(j, report_what_name(what));
	json_begin_array(j);
	while ((more = report_next(r, q)) > 0) {
		json_begin_object(j);
		add_columns(r, j, q);
		json_end_object(j);
	}
	json_end_array(j);
	sqlite3_finalize(q);
	return more < 0 ? -more : 0;
}

/* What was asked for, and always what could not be examined. */
int report_json(struct report *r)
{
	struct json j;
	int err = 0;

	json_init(&j, r->out, true);
	json_begin_object(&j);
	json_key(&j, "scan");
	json_begin_object(&j);
	add_columns(r, &j, r->scan);
	add_age(r, &j);
	json_end_object(&j);
	if (r->o->what != REPORT_GAPS)
		err = add_rows(r, &j, r->o->what);
	if (err == 0)
		err = add_rows(r, &j, REPORT_GAPS);
	json_end_object(&j);
	str_add(r->out, "\n");
	return err;
}

static void add_line(struct report *r, const char *record, sqlite3_stmt *q)
{
	struct json j;

	json_init(&j, r->out, false);
	json_begin_object(&j);
	json_key(&j, "record");
	json_string(&j, record);
	add_columns(r, &j, q);
	if (q == r->scan)
		add_age(r, &j);
	json_end_object(&j);
	str_add(r->out, "\n");
}

static int add_lines(struct report *r, enum report_what what)
{
	sqlite3_stmt *q = NULL;
	int err = report_rows(r, what, &q);
	int more = 0;

	/* "v_finding" -> "finding": the kind of record. */
	while (err == 0 && (more = report_next(r, q)) > 0)
		add_line(r, report_view(what) + 2, q);
	sqlite3_finalize(q);
	return more < 0 ? -more : err;
}

int report_ndjson(struct report *r)
{
	int err = 0;

	add_line(r, "scan", r->scan);
	if (r->o->what != REPORT_GAPS)
		err = add_lines(r, r->o->what);
	if (err == 0)
		err = add_lines(r, REPORT_GAPS);
	return err;
}
