/*
 * What a report for people says, in its order: the verdict and what to do
 * next, then why, then what could not be examined.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "words/report.h"
#include "words/usage.h"
#include "words/words.h"

#include <string.h>

static const char *in_lang(struct report *r, const char *words)
{
	return words_in(words, r->lang);
}

/* ---- head -------------------------------------------------------- */

static void add_paragraph(struct report *r,
			  void (*fill)(struct report *r, struct str *out))
{
	struct str line = STR_INIT;

	fill(r, &line);
	if (line.len > 0)
		r->w->paragraph(r, str_text(&line), NULL);
	str_release(&line);
}

static void add_fact(struct report *r, const char *label,
		     void (*fill)(struct report *r, struct str *out))
{
	struct str line = STR_INIT;

	fill(r, &line);
	r->w->fact(r, in_lang(r, label), str_text(&line), NULL);
	str_release(&line);
}

static void add_command(struct report *r)
{
	struct str command = STR_INIT;
	const char *words = command_line(r, &command);

	if (words)
		r->w->paragraph(r, words, str_text(&command));
	str_release(&command);
}

/* What was left out as asked belongs to the verdict. */
static int add_left_out(struct report *r, sqlite3_stmt *q)
{
	const bool is_excluded = row_is(q, "kind", "excluded");

	r->w->paragraph(r,
			in_lang(r, is_excluded ? W_REPORT_LEFT_OUT
					       : W_REPORT_OTHER_WINDOWS),
			row_word(q, "path"));
	return 0;
}

static void walk_verdict(struct report *r)
{
	struct str line = STR_INIT;
	const bool is_old = first_line(r, &line);

	r->w->result(r, is_old ? "" : row_word(r->scan, "verdict"),
		     str_text(&line));
	str_release(&line);
}

static int walk_result(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int err;

	walk_verdict(r);
	add_paragraph(r, was_line);
	add_paragraph(r, also_incomplete_line);
	add_paragraph(r, since_fixed_line);
	add_paragraph(r, next_line);
	add_command(r);
	err = report_query(r, "v_gap",
			   "AND ((kind = 'excluded' AND "
			   "reason = '" STORE_EXCLUDE_REASON "') OR "
			   "(kind = 'other_windows' AND matters = 0)) "
			   "ORDER BY kind, path",
			   0, &q);
	err = report_each(r, err, q, add_left_out);
	if (row_int(r->scan, "pack_signed") != 1)
		r->w->paragraph(r, in_lang(r, W_REPORT_UNSIGNED_WARNING), NULL);
	r->w->result_end(r);
	return err;
}

static int walk_head(struct report *r)
{
	int err = walk_result(r);

	r->w->facts(r);
	add_fact(r, W_REPORT_PACK, pack_line);
	add_fact(r, W_REPORT_TARGET, target_line);
	add_fact(r, W_REPORT_SCAN, scan_line);
	add_fact(r, W_REPORT_EXAMINED, examined_line);
	r->w->facts_end(r);
	return err;
}

/* ---- findings ---------------------------------------------------- */

/* "Browser Helper Object, 32-bit, all users" and the key. */
static int add_registered(struct report *r, sqlite3_stmt *q)
{
	const char *comma = in_lang(r, W_USAGE_COMMA);
	struct str line = STR_INIT;

	str_addf(&line, "%s%s%s%s", title_of_point(r, row_word(q, "point")),
		 comma, value_words(r, VALUE_VIEW, row_word(q, "view")), comma);
	user_line(r, q, &line);
	r->w->fact(r, in_lang(r, W_REPORT_REGISTERED), str_text(&line),
		   row_word(q, "registry_key"));
	str_release(&line);
	return 0;
}

static int add_registrations(struct report *r, sqlite3_stmt *finding)
{
	struct str more = STR_INIT;
	sqlite3_stmt *q = NULL;
	int err;

	str_addf(&more, "AND finding_id = ?2 %s", report_inventory_order);
	err = report_query(r, "v_inventory", str_text(&more),
			   row_int(finding, "finding_id"), &q);
	str_release(&more);
	return report_each(r, err, q, add_registered);
}

static int add_reason(struct report *r, sqlite3_stmt *q)
{
	if (row_is(q, "lang", r->lang))
		r->w->paragraph(r, row_word(q, "reason"), NULL);
	return 0;
}

/* Words of a family or role for people; those for machines if there are no
 * others. */
static void add_pack_fact(struct report *r, sqlite3_stmt *q, const char *label,
			  const char *column)
{
	const char *words = pack_words(r, column, row_word(q, column));

	r->w->fact(r, in_lang(r, label), words ? words : row_text(q, column),
		   NULL);
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
	r->w->fact(r, in_lang(r, W_REPORT_RULES), NULL, str_text(&list));
	str_release(&list);
}

static int walk_finding(struct report *r, sqlite3_stmt *q)
{
	sqlite3_stmt *reason = NULL;
	int err;

	r->w->finding(r, q);
	err = report_query(r, "v_reason", "AND finding_id = ?2",
			   row_int(q, "finding_id"), &reason);
	err = report_each(r, err, reason, add_reason);
	r->w->facts(r);
	r->w->fact(r, in_lang(r, W_REPORT_FILE), NULL, row_text(q, "path"));
	r->w->fact(r, "SHA-256", NULL, row_text(q, "sha256"));
	if (err == 0)
		err = add_registrations(r, q);
	add_pack_fact(r, q, W_REPORT_FAMILY, "family");
	add_pack_fact(r, q, W_REPORT_ROLE, "role");
	if (!row_is(q, "verdict", "note"))
		r->w->fact(r, in_lang(r, W_REPORT_ADVICE),
			   pack_words(r, "advice.role", row_word(q, "role")),
			   NULL);
	if (r->shows & REPORT_SHOWS_RULES)
		add_rules(r, row_text(q, "rules"));
	r->w->fact(r, in_lang(r, W_REPORT_FIX),
		   value_words(r, VALUE_FIX, row_word(q, "fix_state")), NULL);
	r->w->facts_end(r);
	r->w->finding_end(r);
	return err;
}

static int walk_findings(struct report *r)
{
	const int64_t count = row_int(r->scan, "findings");
	sqlite3_stmt *q = NULL;
	int err;

	if (count == 0) {
		r->w->nothing(r, in_lang(r, W_REPORT_FINDINGS),
			      in_lang(r, W_REPORT_NO_FINDINGS));
		return 0;
	}
	if (r->shows & REPORT_SHOWS_HEADINGS)
		r->w->heading(r, in_lang(r, W_REPORT_FINDINGS), count);
	err = report_rows(r, REPORT_FINDINGS, &q);
	return report_each(r, err, q, walk_finding);
}

/* ---- rows of tables ---------------------------------------------- */

/* Cells are filled in the order of the columns; this is the next one. */
static struct str *next_cell(struct report *r)
{
	return &r->cells[r->cell_count++];
}

static void put(struct report *r, const char *text)
{
	str_add(next_cell(r), text);
}

static void write_row(struct report *r, const struct report_column *columns)
{
	r->w->row(r, columns);
	while (r->cell_count > 0)
		str_clear(&r->cells[--r->cell_count]);
}

/* ---- the inventory ----------------------------------------------- */

static const struct report_column registration_columns[] = {
	{ W_REPORT_POINT, LOOK_GROUP, "", "", NULL },
	{ W_REPORT_VIEW, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_USER_HEAD, LOOK_PLAIN, W_USAGE_COMMA, "", NULL },
	{ W_REPORT_NAME, LOOK_PLAIN, W_USAGE_COMMA, "", NULL },
	{ NULL, LOOK_NOTE, "  ", "", NULL }, /* the class */
	{ W_REPORT_FILE, LOOK_CODE, "\n      ", "", NULL },
	{ NULL, LOOK_PLAIN, "\n      ", "", NULL }, /* that there is none */
	{ NULL, LOOK_PLAIN, "  ", "", NULL },	    /* about it */
	{ W_REPORT_PUBLISHER, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_VERSION, LOOK_PLAIN, " ", "", NULL },
	{ W_REPORT_KNOWN_AS, LOOK_PLAIN, "  [", "]", W_REPORT_KNOWN },
	{ W_REPORT_KEY, LOOK_CODE, "\n      ", "", W_REPORT_AS_WRITTEN },
	{ NULL, LOOK_CODE, "\n      ", "", NULL },
	{ NULL, LOOK_PLAIN, "  ", "", NULL }, /* its time */
	{ W_REPORT_FINDING, LOOK_FINDING, "", "", NULL },
	{ NULL, LOOK_END, "", "", NULL },
};

/* A command that is the program's path alone, however it is written. */
static bool is_path_alone(const char *written, const char *path)
{
	const char *last = strrchr(path, '\\');
	struct str plain = STR_INIT;
	bool is_alone;

	for (; *written; written++)
		if (*written != '"')
			str_addch(&plain, *written);
	/* Before it may stand what loads it: "regsvr32.exe /s shell32.dll". */
	is_alone = ascii_iends_with(str_text(&plain), last ? last + 1 : path) &&
		   !strstr(str_text(&plain), ".exe ");
	str_release(&plain);
	return is_alone;
}

/* The entry is a command with more than the program's path, or leads to no
 * path. */
static bool says_more_than_path(sqlite3_stmt *q)
{
	const char *written = row_word(q, "server_raw");
	const char *path = row_word(q, "server_path");

	if (written[0] == '\0')
		return false;
	if (path[0] == '\0')
		return true;
	return row_is_null(q, "clsid") && !is_path_alone(written, path);
}

/* A server without a folder is the first file that the loader's search finds.
 */
static bool is_found_by_search(sqlite3_stmt *q)
{
	const char *raw = row_word(q, "server_raw");

	return raw[0] != '\0' && !strpbrk(raw, "\\/:%") &&
	       row_int(q, "file_exists") == 1;
}

static void add_note(struct report *r, struct str *out, const char *words)
{
	str_addf(out, "%s(%s)", out->len ? " " : "", in_lang(r, words));
}

/* The path, that there is none, and what is to be said of it. */
static void put_server(struct report *r, sqlite3_stmt *q)
{
	const char *path = row_word(q, "server_path");
	struct str *notes;

	put(r, path);
	put(r, *path ? "" : in_lang(r, W_REPORT_NO_SERVER));
	notes = next_cell(r);
	if (*path && row_is_null(q, "file_exists"))
		add_note(r, notes, W_REPORT_FILE_UNKNOWN);
	else if (*path && row_int(q, "file_exists") == 0)
		add_note(r, notes, W_REPORT_FILE_MISSING);
	if (is_found_by_search(q))
		add_note(r, notes, W_REPORT_FIRST_OF_SEARCH);
}

static void put_time(struct report *r, const char *words, const char *time)
{
	struct str *cell = next_cell(r);

	if (*time && words)
		str_addf(cell, "%s ", in_lang(r, words));
	add_time(r, cell, time);
}

static void fill_registration(struct report *r, sqlite3_stmt *q)
{
	const char *class = row_word(q, "clsid");

	put(r, title_of_point(r, row_word(q, "point")));
	put(r, value_words(r, VALUE_VIEW, row_word(q, "view")));
	user_line(r, q, next_cell(r));
	put(r, row_word(q, "name"));
	put(r, row_is(q, "name", class) ? "" : class);
	put_server(r, q);
	put(r, row_word(q, "publisher"));
	put(r, row_word(q, "file_version"));
	words_translate(next_cell(r), r->lang, row_word(q, "known"));
	put(r, says_more_than_path(q) ? row_word(q, "server_raw") : "");
	put(r, row_word(q, "registry_key"));
	put_time(r, W_REPORT_CHANGED, row_word(q, "last_write"));
	put(r, row_word(q, "finding_id"));
}

/* ---- traces and steps -------------------------------------------- */

static const struct report_column trace_columns[] = {
	{ W_REPORT_TIME, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_KIND, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_USER_HEAD, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_NAME, LOOK_PLAIN, "  ", "", NULL },
	{ NULL, LOOK_CODE, "\n      ", "", "URL" },
	{ W_REPORT_PLACE, LOOK_CODE, "\n      ", "", NULL },
	{ NULL, LOOK_END, "", "", NULL },
};

static void fill_trace(struct report *r, sqlite3_stmt *q)
{
	put_time(r, NULL, row_word(q, "time"));
	put(r, value_words(r, VALUE_TRACE, row_word(q, "kind")));
	put(r, row_word(q, "user_name"));
	put(r, row_word(q, "what"));
	put(r, row_word(q, "url"));
	put(r, row_word(q, "path"));
}

static const struct report_column step_columns[] = {
	{ W_REPORT_COUNT, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_STATE, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_KIND, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_PLACE, LOOK_CODE, "\n      ", "", NULL },
	{ W_REPORT_WHY, LOOK_PLAIN, "\n      ", "", W_REPORT_WHY },
	{ NULL, LOOK_END, "", "", NULL },
};

static void fill_step(struct report *r, sqlite3_stmt *q)
{
	str_addf(next_cell(r), "%" PRId64 ".%" PRId64, row_int(q, "fix_id"),
		 row_int(q, "seq"));
	put(r, value_words(r, VALUE_STEP, row_word(q, "state")));
	put(r, value_words(r, VALUE_ACTION, row_word(q, "action")));
	put(r, row_word(q, "target"));
	words_translate(next_cell(r), r->lang, row_word(q, "error"));
}

/* A section of rows, its heading and what is said if there are none. */
struct section {
	const char *title;
	const char *none;
	bool has_own_headings; /* the rows */
	const struct report_column *columns;
	void (*fill)(struct report *r, sqlite3_stmt *q);
};

static const struct section sections[] = {
	[REPORT_INVENTORY] = { W_REPORT_INVENTORY, W_REPORT_NO_INVENTORY, true,
			       registration_columns, fill_registration },
	[REPORT_TRACES] = { W_REPORT_TRACES, W_REPORT_NO_TRACES, false,
			    trace_columns, fill_trace },
	[REPORT_STEPS] = { W_REPORT_STEPS, W_REPORT_NO_STEPS, false,
			   step_columns, fill_step },
};

static int walk_section(struct report *r, enum report_what what)
{
	const struct section *s = &sections[what];
	sqlite3_stmt *q = NULL;
	int err = report_rows(r, what, &q);
	bool is_first = true;
	int more = 0;

	while (err == 0 && (more = report_next(r, q)) > 0) {
		if (is_first &&
		    (!s->has_own_headings || r->shows & REPORT_SHOWS_HEADINGS))
			r->w->heading(r, in_lang(r, s->title), -1);
		if (is_first)
			r->w->table(r, s->columns);
		is_first = false;
		s->fill(r, q);
		write_row(r, s->columns);
		err = r->out->err;
	}
	sqlite3_finalize(q);
	if (!is_first)
		r->w->table_end(r);
	else if (err == 0 && more == 0)
		r->w->nothing(r, in_lang(r, s->title), in_lang(r, s->none));
	return more < 0 ? -more : err;
}

/* ---- gaps -------------------------------------------------------- */

static const struct report_column gap_columns[] = {
	{ W_REPORT_PLACE, LOOK_CODE, "  ", "", NULL },
	{ NULL, LOOK_NOTE, "  (", ")", NULL },
	{ W_REPORT_WHY, LOOK_WRAPPED, "\n", "", NULL },
	{ W_REPORT_COUNT, LOOK_TIMES, "", "", NULL },
	{ NULL, LOOK_END, "", "", NULL },
};

static const struct report_column gap_group_columns[] = {
	{ W_REPORT_WHY, LOOK_PLAIN, "  ", "", NULL },
	{ W_REPORT_COUNT, LOOK_NUMBER, "  ", "", NULL },
	{ NULL, LOOK_END, "", "", NULL },
};

static int add_gap(struct report *r, sqlite3_stmt *q)
{
	const char *path = row_word(q, "path");
	const int64_t count = row_int(q, "count");
	struct str *times;

	put(r, *path ? path : in_lang(r, W_REPORT_WHOLE_SCAN));
	times = next_cell(r);
	if (count > 1)
		str_addf(times, "%" PRId64 " %s", count,
			 in_lang(r, W_REPORT_TIMES));
	gap_line(r, q, next_cell(r));
	str_addf(next_cell(r), "%" PRId64, count);
	write_row(r, gap_columns);
	return r->out->err;
}

static void add_gap_group(struct report *r, const char *words, int64_t count)
{
	put(r, words);
	str_addf(next_cell(r), "%" PRId64, count);
	write_row(r, gap_group_columns);
}

/* One by one those that matter, or all if gaps were asked for. */
static int walk_gaps(struct report *r, bool matters)
{
	struct gap_rows rows = { .matters = matters,
				 .each = matters || r->o->what == REPORT_GAPS,
				 .add = add_gap,
				 .add_group = add_gap_group };
	const int64_t all = row_int(r->scan, "gaps");
	int64_t count = row_int(r->scan, "gaps_that_matter");
	struct str passed = STR_INIT;
	int err;

	if (!matters)
		count = all - count;
	if (!matters && all == 0)
		r->w->nothing(r, NULL, in_lang(r, W_REPORT_NO_GAPS));
	if (count <= 0)
		return 0;
	r->w->heading(r,
		      in_lang(r, matters ? W_REPORT_GAPS_MATTER
					 : W_REPORT_GAPS_OTHER),
		      count);
	r->w->table(r, rows.each ? gap_columns : gap_group_columns);
	err = report_gap_rows(r, &rows);
	r->w->table_end(r);
	locked_passed_line(r, rows.passed, &passed);
	r->indent = 2;
	if (passed.len > 0)
		r->w->paragraph(r, str_text(&passed), NULL);
	r->indent = 0;
	str_release(&passed);
	return err;
}

/* ---- the whole --------------------------------------------------- */

static int walk_asked(struct report *r)
{
	switch (r->o->what) {
	case REPORT_FINDINGS:
		return walk_findings(r);
	case REPORT_TRACES:
	case REPORT_STEPS:
	case REPORT_INVENTORY:
		return walk_section(r, r->o->what);
	case REPORT_GAPS:
		break;
	}
	return 0;
}

int report_walk(struct report *r)
{
	int err;

	r->w->begin(r);
	err = walk_head(r);
	if (err == 0)
		err = walk_asked(r);
	if (err == 0)
		err = walk_gaps(r, true);
	if (err == 0 && r->o->what == REPORT_FINDINGS &&
	    r->shows & REPORT_SHOWS_INVENTORY)
		err = walk_section(r, REPORT_INVENTORY);
	if (err == 0)
		err = walk_gaps(r, false);
	r->w->end(r);
	return err;
}

int report_walk_closing(struct report *r)
{
	walk_verdict(r);
	add_paragraph(r, was_line);
	add_paragraph(r, next_line);
	add_command(r);
	return 0;
}
