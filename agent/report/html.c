/*
 * The report as one page: no script, nothing from outside, everything
 * escaped; verdicts are words and border styles, not only colours.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"

#include <string.h>

#include "embed.h"

/* ---- escaping ---------------------------------------------------- */

/* Text of the store as content or as an attribute in double quotes. */
static void html_text(struct str *out, const char *text)
{
	struct str shown = STR_INIT;

	report_show(&shown, text);
	for (const char *p = str_text(&shown); *p != '\0'; p++) {
		switch (*p) {
		case '&':
			str_add(out, "&amp;");
			break;
		case '<':
			str_add(out, "&lt;");
			break;
		case '>':
			str_add(out, "&gt;");
			break;
		case '"':
			str_add(out, "&quot;");
			break;
		case '\'':
			str_add(out, "&#39;");
			break;
		default:
			str_addch(out, *p);
		}
	}
	if (shown.err != 0 && out->err == 0)
		out->err = shown.err;
	str_release(&shown);
}

static void add_cell(struct str *out, const char *text, bool code)
{
	str_add(out, code ? "<td><code>" : "<td>");
	html_text(out, text);
	str_add(out, code ? "</code></td>" : "</td>");
}

static void add_number(struct str *out, int64_t value)
{
	str_addf(out, "<td class=\"number\">%" PRId64 "</td>", value);
}

static void add_fact(struct report *r, enum sentence label, const char *value,
		     bool code)
{
	if (value == NULL || value[0] == '\0')
		return;
	str_addf(r->out, "<tr><th scope=\"row\">%s</th><td>%s",
		 sentence(label, r->ja), code ? "<code>" : "");
	html_text(r->out, value);
	str_addf(r->out, "%s</td></tr>\n", code ? "</code>" : "");
}

static void add_line_fact(struct report *r, enum sentence label,
			  void (*fill)(struct report *r, struct str *out))
{
	struct str line = STR_INIT;

	fill(r, &line);
	add_fact(r, label, str_text(&line), false);
	str_release(&line);
}

static void table_begin(struct report *r, const enum sentence *heads,
			size_t count)
{
	str_add(r->out, "<table class=\"list\"><thead><tr>");
	for (size_t i = 0; i < count; i++)
		str_addf(r->out, "<th scope=\"col\">%s</th>",
			 sentence(heads[i], r->ja));
	str_add(r->out, "</tr></thead><tbody>\n");
}

static void table_end(struct report *r)
{
	str_add(r->out, "</tbody></table>\n");
}

static void heading(struct report *r, enum sentence id, int64_t count)
{
	str_addf(r->out, "<h2>%s", sentence(id, r->ja));
	if (count >= 0)
		str_addf(r->out, " (%" PRId64 ")", count);
	str_add(r->out, "</h2>\n");
}

/* ---- head -------------------------------------------------------- */

static int add_excludes(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int row = 0;
	int err = report_query(r, "v_gap", REPORT_LEFT_OUT, 0, &q);

	while (err == 0 && (row = report_next(r, q)) > 0) {
		str_addf(r->out, "<p>%s<code>", left_out_words(r, q));
		html_text(r->out, row_word(q, "path"));
		str_add(r->out, "</code></p>\n");
	}
	sqlite3_finalize(q);
	return row < 0 ? -row : err;
}

/* The verdict as the class of the banner; only our own words. */
static const char *banner_class(const char *verdict)
{
	static const char *const known[] = { "found", "incomplete", "clean" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(known[i], verdict) == 0)
			return known[i];
	}
	return "unfinished";
}

static void add_document_head(struct report *r)
{
	str_addf(r->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
		 r->ja ? "ja" : "en");
	str_add(r->out,
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" "
		"content=\"default-src 'none'; style-src 'unsafe-inline'; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\">\n<title>");
	str_add(r->out, sentence(S_TITLE, r->ja));
	if (!row_is_null(r->scan, "host_name")) {
		str_add(r->out, " - ");
		html_text(r->out, row_word(r->scan, "host_name"));
	}
	str_addf(r->out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		 embed_page_css);
}

static void add_paragraph(struct report *r, const char *text)
{
	str_add(r->out, "<p>");
	html_text(r->out, text);
	str_add(r->out, "</p>\n");
}

static int add_head(struct report *r)
{
	struct str line = STR_INIT;
	const char *verdict = row_word(r->scan, "verdict");
	bool is_old;
	int err;

	add_document_head(r);
	str_addf(r->out, "<h1>%s</h1>\n<div class=\"verdict %s\">",
		 sentence(S_TITLE, r->ja),
		 banner_class(r->o->old_words ? "" : verdict));
	is_old = first_line(r, &line);
	html_text(r->out, str_text(&line));
	str_add(r->out, "\n");
	str_clear(&line);
	if (is_old) {
		str_add(&line, sentence(S_WAS, r->ja));
		verdict_line(r, &line);
		add_paragraph(r, str_text(&line));
		str_clear(&line);
	}
	if (strcmp(verdict, "found") == 0 &&
	    row_int(r->scan, "gaps_that_matter") > 0) {
		also_incomplete_line(r, &line);
		add_paragraph(r, str_text(&line));
	}
	str_clear(&line);
	since_fixed_line(r, &line);
	if (line.len > 0)
		add_paragraph(r, str_text(&line));
	str_release(&line);
	err = add_excludes(r);
	if (row_int(r->scan, "pack_signed") != 1)
		str_addf(r->out, "<p>%s</p>\n",
			 sentence(S_UNSIGNED_WARNING, r->ja));
	str_add(r->out, "</div>\n<table class=\"facts\">\n");
	add_line_fact(r, S_PACK, pack_line);
	add_line_fact(r, S_TARGET, target_line);
	add_line_fact(r, S_SCAN, scan_line);
	add_line_fact(r, S_EXAMINED, examined_line);
	str_add(r->out, "</table>\n");
	return err;
}

/* ---- findings ---------------------------------------------------- */

static int add_registrations(struct report *r, int64_t finding_id)
{
	struct str more = STR_INIT;
	struct str line = STR_INIT;
	sqlite3_stmt *q = NULL;
	int row = 0;
	int err;

	str_addf(&more, "AND finding_id = ?2 %s", report_inventory_order);
	err = report_query(r, "v_inventory", str_text(&more), finding_id, &q);
	while (err == 0 && (row = report_next(r, q)) > 0) {
		str_clear(&line);
		str_addf(&line, "%s, %s, ",
			 point_words(row_word(q, "point"), r->ja),
			 view_words(row_word(q, "view"), r->ja));
		user_line(r, q, &line);
		str_addf(r->out, "<tr><th scope=\"row\">%s</th><td>",
			 sentence(S_REGISTERED, r->ja));
		html_text(r->out, str_text(&line));
		str_add(r->out, "<br><code>");
		html_text(r->out, row_word(q, "registry_key"));
		str_add(r->out, "</code></td></tr>\n");
	}
	sqlite3_finalize(q);
	str_release(&line);
	str_release(&more);
	return row < 0 ? -row : err;
}

static int add_reason(struct report *r, sqlite3_stmt *finding)
{
	sqlite3_stmt *q = NULL;
	int row = 0;
	int err = report_query(r, "v_reason",
			       r->ja ? "AND finding_id = ?2 AND lang = 'ja'"
				     : "AND finding_id = ?2 AND lang = 'en'",
			       row_int(finding, "finding_id"), &q);

	if (err == 0)
		row = report_next(r, q);
	if (row > 0) {
		str_add(r->out, "<p>");
		html_text(r->out, row_word(q, "reason"));
		str_add(r->out, "</p>\n");
	}
	sqlite3_finalize(q);
	return row < 0 ? -row : err;
}

static const char *card_class(const char *verdict)
{
	if (strcmp(verdict, "malicious") == 0)
		return "malicious";
	return strcmp(verdict, "suspicious") == 0 ? "suspicious" : "note";
}

/* The store's JSON array as a list of names, which have none of its marks. */
static void add_rules(struct report *r, const char *json)
{
	struct str list = STR_INIT;

	for (; json != NULL && *json != '\0'; json++) {
		if (*json == ',')
			str_add(&list, ", ");
		else if (strchr("[]\"", *json) == NULL)
			str_addch(&list, *json);
	}
	add_fact(r, S_RULES, str_text(&list), true);
	str_release(&list);
}

static int add_finding(struct report *r, sqlite3_stmt *q)
{
	const char *verdict = row_word(q, "verdict");
	char score[24];
	int err;

	/* The number that --finding takes. */
	str_addf(r->out,
		 "<div class=\"card %s\" id=\"finding-%" PRId64 "\">\n"
		 "<h3>%" PRId64 ". <span class=\"word\">",
		 card_class(verdict), row_int(q, "finding_id"),
		 row_int(q, "finding_id"));
	html_text(r->out, verdict_words(verdict, r->ja));
	str_add(r->out, "</span>");
	html_text(r->out, row_word(q, "subject"));
	str_add(r->out, "</h3>\n");
	err = add_reason(r, q);
	str_add(r->out, "<table class=\"facts\">\n");
	add_fact(r, S_FILE, row_text(q, "path"), true);
	add_fact(r, S_SHA256, row_text(q, "sha256"), true);
	if (err == 0)
		err = add_registrations(r, row_int(q, "finding_id"));
	add_fact(r, S_FAMILY, row_text(q, "family"), false);
	add_fact(r, S_ROLE, row_text(q, "role"), false);
	snprintf(score, sizeof(score), "%" PRId64, row_int(q, "score"));
	add_fact(r, S_COLUMN_SCORE, score, false);
	add_rules(r, row_text(q, "rules"));
	add_fact(r, S_FIX_STATE, fix_words(row_text(q, "fix_state"), r->ja),
		 false);
	str_add(r->out, "</table>\n</div>\n");
	return err;
}

static int add_findings(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int64_t count = row_int(r->scan, "findings");
	bool has_next = false;
	int row = 0;
	int err;

	heading(r, S_FINDINGS, count);
	if (count == 0)
		str_addf(r->out, "<p>%s</p>\n", sentence(S_NO_FINDINGS, r->ja));
	err = report_rows(r, REPORT_FINDINGS, &q);
	while (err == 0 && (row = report_next(r, q)) > 0) {
		has_next |= has_next_step(r, q);
		err = add_finding(r, q);
	}
	sqlite3_finalize(q);
	if (has_next)
		add_paragraph(r, sentence(S_NEXT_STEP, r->ja));
	return row < 0 ? -row : err;
}

/* ---- tables ------------------------------------------------------ */

static void add_gap(struct report *r, sqlite3_stmt *q)
{
	struct str why = STR_INIT;

	gap_line(r, q, &why);
	str_add(r->out, "<tr>");
	add_cell(r->out, gap_subject(r, q), true);
	add_cell(r->out, str_text(&why), false);
	add_number(r->out, row_int(q, "count"));
	str_add(r->out, "</tr>\n");
	str_release(&why);
}

static void add_gap_group(struct report *r, const char *words, int64_t count)
{
	str_add(r->out, "<tr>");
	add_cell(r->out, words, false);
	add_number(r->out, count);
	str_add(r->out, "</tr>\n");
}

static void add_locked_passed(struct report *r, int64_t count)
{
	struct str line = STR_INIT;

	locked_passed_line(r, count, &line);
	if (line.len)
		add_paragraph(r, str_text(&line));
	str_release(&line);
}

/* One by one those that matter, or all if gaps were asked for. */
static int add_gaps(struct report *r, bool matters)
{
	static const enum sentence listed[] = { S_COLUMN_PLACE, S_COLUMN_WHY,
						S_COLUMN_COUNT };

	struct gap_rows rows = { .matters = matters,
				 .each = matters || r->o->what == REPORT_GAPS,
				 .add = add_gap,
				 .add_group = add_gap_group };
	int64_t count = row_int(r->scan, "gaps_that_matter");
	int err;

	if (!matters)
		count = row_int(r->scan, "gaps") - count;
	if (count <= 0)
		return 0;
	heading(r, matters ? S_GAPS_MATTER : S_GAPS_OTHER, count);
	table_begin(r, rows.each ? listed : listed + 1, rows.each ? 3 : 2);
	err = report_gap_rows(r, &rows);
	table_end(r);
	add_locked_passed(r, rows.passed);
	return err;
}

static void add_server_cell(struct report *r, sqlite3_stmt *q)
{
	const char *path = row_word(q, "server_path");

	str_add(r->out, "<td><code>");
	html_text(r->out, path);
	str_add(r->out, "</code>");
	if (path[0] == '\0')
		str_add(r->out, sentence(S_NO_SERVER, r->ja));
	else if (row_is_null(q, "file_exists"))
		str_addf(r->out, " (%s)", sentence(S_FILE_UNKNOWN, r->ja));
	else if (row_int(q, "file_exists") == 0)
		str_addf(r->out, " (%s)", sentence(S_FILE_MISSING, r->ja));
	if (is_found_by_search(q))
		str_addf(r->out, " (%s)", sentence(S_FIRST_OF_SEARCH, r->ja));
	if (says_more_than_path(q)) {
		str_addf(r->out, "<br>%s<code>", sentence(S_AS_WRITTEN, r->ja));
		html_text(r->out, row_word(q, "server_raw"));
		str_add(r->out, "</code>");
	}
	str_add(r->out, "</td>");
}

static void add_registration(struct report *r, sqlite3_stmt *q)
{
	struct str user = STR_INIT;

	user_line(r, q, &user);
	str_add(r->out, "<tr>");
	add_cell(r->out, point_words(row_word(q, "point"), r->ja), false);
	add_cell(r->out, view_words(row_word(q, "view"), r->ja), false);
	add_cell(r->out, str_text(&user), false);
	add_cell(r->out, row_word(q, "name"), false);
	add_server_cell(r, q);
	add_cell(r->out, row_word(q, "publisher"), false);
	add_cell(r->out, row_word(q, "file_version"), false);
	add_cell(r->out, row_word(q, "known"), false);
	str_add(r->out, "<td><code>");
	html_text(r->out, row_word(q, "registry_key"));
	str_add(r->out, "</code><br>");
	html_text(r->out, row_word(q, "last_write"));
	str_add(r->out, "</td>");
	if (row_is_null(q, "finding_id"))
		str_add(r->out, "<td></td>");
	else
		str_addf(r->out,
			 "<td><a href=\"#finding-%" PRId64 "\">%s</a></td>",
			 row_int(q, "finding_id"),
			 sentence(S_COLUMN_FINDING, r->ja));
	str_add(r->out, "</tr>\n");
	str_release(&user);
}

static int add_inventory(struct report *r)
{
	static const enum sentence heads[] = {
		S_COLUMN_POINT,	  S_COLUMN_VIEW,  S_COLUMN_USER,
		S_COLUMN_NAME,	  S_FILE,	  S_COLUMN_PUBLISHER,
		S_COLUMN_VERSION, S_COLUMN_KNOWN, S_COLUMN_KEY,
		S_COLUMN_FINDING,
	};

	sqlite3_stmt *q = NULL;
	int64_t count = 0;
	int row = 0;
	int err;

	heading(r, S_INVENTORY, -1);
	err = report_rows(r, REPORT_INVENTORY, &q);
	while (err == 0 && (row = report_next(r, q)) > 0) {
		if (count++ == 0)
			table_begin(r, heads, sizeof(heads) / sizeof(*heads));
		add_registration(r, q);
	}
	if (count > 0)
		table_end(r);
	else
		str_addf(r->out, "<p>%s</p>\n",
			 sentence(S_NO_INVENTORY, r->ja));
	sqlite3_finalize(q);
	return row < 0 ? -row : err;
}

/* A table whose rows are those of a view. */
struct simple_table {
	enum report_what what;
	enum sentence title, none;
	enum sentence heads[5];
	const char *columns[5];
	size_t place; /* the column that holds a path */
};

static const struct simple_table traces_table = {
	REPORT_TRACES,
	S_TRACES,
	S_NO_TRACES,
	{ S_COLUMN_TIME, S_COLUMN_KIND, S_COLUMN_USER, S_COLUMN_NAME,
	  S_COLUMN_PLACE },
	{ "time", "kind", "user_name", "what", "path" },
	4
};

static const struct simple_table steps_table = {
	REPORT_STEPS,
	S_STEPS,
	S_NO_STEPS,
	{ S_COLUMN_COUNT, S_COLUMN_KIND, S_COLUMN_STATE, S_COLUMN_PLACE,
	  S_COLUMN_WHY },
	{ "seq", "action", "state", "target", "error" },
	3
};

static int add_simple(struct report *r, const struct simple_table *t)
{
	sqlite3_stmt *q = NULL;
	int64_t count = 0;
	int row = 0;
	int err;

	heading(r, t->title, -1);
	err = report_rows(r, t->what, &q);
	while (err == 0 && (row = report_next(r, q)) > 0) {
		if (count++ == 0)
			table_begin(r, t->heads, 5);
		str_add(r->out, "<tr>");
		for (size_t i = 0; i < 5; i++) {
			const char *text = row_word(q, t->columns[i]);

			if (strcmp(t->columns[i], "state") == 0)
				text = step_words(text, r->ja);
			add_cell(r->out, text, i == t->place);
		}
		str_add(r->out, "</tr>\n");
	}
	if (count > 0)
		table_end(r);
	else
		str_addf(r->out, "<p>%s</p>\n", sentence(t->none, r->ja));
	sqlite3_finalize(q);
	return row < 0 ? -row : err;
}

int report_html(struct report *r)
{
	enum report_what what = r->o->what;
	int err = add_head(r);

	if (err == 0 && what == REPORT_FINDINGS)
		err = add_findings(r);
	if (err == 0 && what == REPORT_TRACES)
		err = add_simple(r, &traces_table);
	if (err == 0 && what == REPORT_STEPS)
		err = add_simple(r, &steps_table);
	if (err == 0)
		err = add_gaps(r, true);
	if (err == 0 && (what == REPORT_FINDINGS || what == REPORT_INVENTORY))
		err = add_inventory(r);
	if (err == 0)
		err = add_gaps(r, false);
	str_add(r->out, "</body>\n</html>\n");
	return err;
}
