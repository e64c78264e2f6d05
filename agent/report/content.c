/*
 * What a report for people says, in its order: the verdict and what to do
 * next, then why, then what could not be examined.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "words/report.h"
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

static int walk_result(struct report *r)
{
	struct str line = STR_INIT;
	const bool is_old = first_line(r, &line);
	sqlite3_stmt *q = NULL;
	int err;

	r->w->result(r, is_old ? "" : row_word(r->scan, "verdict"),
		     str_text(&line));
	str_release(&line);
	add_paragraph(r, was_line);
	add_paragraph(r, also_incomplete_line);
	add_paragraph(r, since_fixed_line);
	add_paragraph(r, next_line);
	add_paragraph(r, command_line);
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
	struct str line = STR_INIT;

	str_addf(&line, "%s, %s, ", title_of_point(r, row_word(q, "point")),
		 value_words(r, VALUE_VIEW, row_word(q, "view")));
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

/* Empties all cells of the row. */
static struct str *new_row(struct report *r)
{
	for (size_t i = 0; i < REPORT_MAX_CELLS; i++)
		str_clear(&r->cells[i]);
	return r->cells;
}

static void set_cells(struct report *r, sqlite3_stmt *q,
		      const char *const *columns, size_t count)
{
	struct str *cells = new_row(r);

	for (size_t i = 0; i < count; i++)
		if (columns[i])
			str_add(&cells[i], row_word(q, columns[i]));
}

/* A section of rows, its heading and what is said if there are none. */
struct section {
	enum report_what what;
	const char *title;
	const char *none;
	bool has_own_headings; /* the rows */
	const struct report_table *table;
	void (*fill)(struct report *r, sqlite3_stmt *q);
};

static int walk_section(struct report *r, const struct section *s)
{
	sqlite3_stmt *q = NULL;
	int err = report_rows(r, s->what, &q);
	bool is_first = true;
	int more = 0;

	while (err == 0 && (more = report_next(r, q)) > 0) {
		if (is_first &&
		    (!s->has_own_headings || r->shows & REPORT_SHOWS_HEADINGS))
			r->w->heading(r, in_lang(r, s->title), -1);
		if (is_first)
			r->w->table(r, s->table);
		is_first = false;
		s->fill(r, q);
		r->w->row(r, s->table);
		err = r->out->err;
	}
	sqlite3_finalize(q);
	if (!is_first)
		r->w->table_end(r);
	else if (err == 0 && more == 0)
		r->w->nothing(r, in_lang(r, s->title), in_lang(r, s->none));
	return more < 0 ? -more : err;
}

/* ---- the inventory ----------------------------------------------- */

enum {
	R_POINT,
	R_VIEW,
	R_USER,
	R_NAME,
	R_CLSID,
	R_PATH,
	R_NO_PATH,
	R_NOTES,
	R_PUBLISHER,
	R_VERSION,
	R_KNOWN,
	R_WRITTEN,
	R_KEY,
	R_CHANGED,
	R_FINDING,
	R_COUNT
};

static const char *const registration_columns[R_COUNT] = {
	[R_NAME] = "name",
	[R_CLSID] = "clsid",
	[R_PATH] = "server_path",
	[R_PUBLISHER] = "publisher",
	[R_VERSION] = "file_version",
	[R_KEY] = "registry_key",
	[R_FINDING] = "finding_id",
};

static const struct report_table registrations = {
	.columns = {
		{ W_REPORT_POINT, { { R_POINT, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_VIEW, { { R_VIEW, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_USER_HEAD, { { R_USER, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_NAME,
		  { { R_NAME, LOOK_PLAIN, "", "", NULL },
		    { R_CLSID, LOOK_PLAIN, " ", "", NULL } } },
		{ W_REPORT_FILE,
		  { { R_PATH, LOOK_CODE, "", "", NULL },
		    { R_NO_PATH, LOOK_PLAIN, "", "", NULL },
		    { R_NOTES, LOOK_PLAIN, " ", "", NULL },
		    { R_WRITTEN, LOOK_CODE, "<br>", "",
		      W_REPORT_AS_WRITTEN } } },
		{ W_REPORT_PUBLISHER,
		  { { R_PUBLISHER, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_VERSION,
		  { { R_VERSION, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_KNOWN_AS, { { R_KNOWN, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_KEY,
		  { { R_KEY, LOOK_CODE, "", "", NULL },
		    { R_CHANGED, LOOK_PLAIN, "<br>", "", NULL } } },
		{ W_REPORT_FINDING,
		  { { R_FINDING, LOOK_FINDING, "", "", NULL } } },
	},
	.lines = {
		{ R_VIEW, LOOK_PLAIN, "  ", "", NULL },
		{ R_USER, LOOK_PLAIN, ", ", "", NULL },
		{ R_NAME, LOOK_PLAIN, ", ", "", NULL },
		{ R_CLSID, LOOK_PLAIN, "  ", "", NULL },
		{ R_PATH, LOOK_CODE, "\n      ", "", NULL },
		{ R_NO_PATH, LOOK_PLAIN, "\n      ", "", NULL },
		{ R_NOTES, LOOK_PLAIN, "  ", "", NULL },
		{ R_PUBLISHER, LOOK_PLAIN, "  ", "", NULL },
		{ R_VERSION, LOOK_PLAIN, " ", "", NULL },
		{ R_KNOWN, LOOK_PLAIN, "  [", "]", W_REPORT_KNOWN },
		{ R_WRITTEN, LOOK_CODE, "\n      ", "", W_REPORT_AS_WRITTEN },
		{ R_KEY, LOOK_CODE, "\n      ", "", NULL },
		{ R_CHANGED, LOOK_PLAIN, "  ", "", NULL },
	},
	.group = R_POINT,
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

static void fill_server(struct report *r, sqlite3_stmt *q)
{
	struct str *cells = r->cells;
	const bool has_path = cells[R_PATH].len > 0;

	if (!has_path)
		str_add(&cells[R_NO_PATH], in_lang(r, W_REPORT_NO_SERVER));
	else if (row_is_null(q, "file_exists"))
		add_note(r, &cells[R_NOTES], W_REPORT_FILE_UNKNOWN);
	else if (row_int(q, "file_exists") == 0)
		add_note(r, &cells[R_NOTES], W_REPORT_FILE_MISSING);
	if (is_found_by_search(q))
		add_note(r, &cells[R_NOTES], W_REPORT_FIRST_OF_SEARCH);
	if (says_more_than_path(q))
		str_add(&cells[R_WRITTEN], row_word(q, "server_raw"));
}

static void fill_registration(struct report *r, sqlite3_stmt *q)
{
	struct str *cells = r->cells;

	set_cells(r, q, registration_columns, R_COUNT);
	str_add(&cells[R_POINT], title_of_point(r, row_word(q, "point")));
	str_add(&cells[R_VIEW],
		value_words(r, VALUE_VIEW, row_word(q, "view")));
	user_line(r, q, &cells[R_USER]);
	if (row_is(q, "name", row_word(q, "clsid")))
		str_clear(&cells[R_CLSID]);
	fill_server(r, q);
	words_translate(&cells[R_KNOWN], r->lang, row_word(q, "known"));
	if (row_is_null(q, "last_write"))
		return;
	str_addf(&cells[R_CHANGED], "%s ", in_lang(r, W_REPORT_CHANGED));
	add_time(r, &cells[R_CHANGED], row_word(q, "last_write"));
}

static const struct section inventory = {
	REPORT_INVENTORY, W_REPORT_INVENTORY, W_REPORT_NO_INVENTORY, true,
	&registrations,	  fill_registration
};

/* ---- traces and steps -------------------------------------------- */

enum {
	T_TIME,
	T_KIND,
	T_USER,
	T_WHAT,
	T_URL,
	T_PATH,
	T_COUNT
};

static const char *const trace_columns[T_COUNT] = {
	[T_USER] = "user_name",
	[T_WHAT] = "what",
	[T_URL] = "url",
	[T_PATH] = "path",
};

static const struct report_table traces_table = {
	.columns = {
		{ W_REPORT_TIME, { { T_TIME, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_KIND, { { T_KIND, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_USER_HEAD, { { T_USER, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_NAME,
		  { { T_WHAT, LOOK_PLAIN, "", "", NULL },
		    { T_URL, LOOK_CODE, "<br>", "", NULL } } },
		{ W_REPORT_PLACE, { { T_PATH, LOOK_CODE, "", "", NULL } } },
	},
	.lines = {
		{ T_TIME, LOOK_PLAIN, "  ", "", NULL },
		{ T_KIND, LOOK_PLAIN, "  ", "", NULL },
		{ T_WHAT, LOOK_PLAIN, "  ", "", NULL },
		{ T_USER, LOOK_PLAIN, "  ", "", NULL },
		{ T_URL, LOOK_CODE, "\n      ", "", "URL" },
		{ T_PATH, LOOK_CODE, "\n      ", "", W_REPORT_FILE },
	},
	.group = -1,
};

static void fill_trace(struct report *r, sqlite3_stmt *q)
{
	set_cells(r, q, trace_columns, T_COUNT);
	add_time(r, &r->cells[T_TIME], row_word(q, "time"));
	str_add(&r->cells[T_KIND],
		value_words(r, VALUE_TRACE, row_word(q, "kind")));
}

static const struct section traces = { REPORT_TRACES,	   W_REPORT_TRACES,
				       W_REPORT_NO_TRACES, false,
				       &traces_table,	   fill_trace };

enum {
	S_NUMBER,
	S_ACTION,
	S_STATE,
	S_TARGET,
	S_ERROR,
	S_COUNT
};

static const char *const step_columns[S_COUNT] = { [S_TARGET] = "target" };

static const struct report_table steps_table = {
	.columns = {
		{ W_REPORT_COUNT, { { S_NUMBER, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_KIND, { { S_ACTION, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_STATE, { { S_STATE, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_PLACE, { { S_TARGET, LOOK_CODE, "", "", NULL } } },
		{ W_REPORT_WHY, { { S_ERROR, LOOK_PLAIN, "", "", NULL } } },
	},
	.lines = {
		{ S_NUMBER, LOOK_PLAIN, "  ", "", NULL },
		{ S_STATE, LOOK_PLAIN, "  ", "", NULL },
		{ S_ACTION, LOOK_PLAIN, "  ", "", NULL },
		{ S_TARGET, LOOK_CODE, "\n      ", "", NULL },
		{ S_ERROR, LOOK_PLAIN, "\n      ", "", W_REPORT_WHY },
	},
	.group = -1,
};

static void fill_step(struct report *r, sqlite3_stmt *q)
{
	set_cells(r, q, step_columns, S_COUNT);
	str_addf(&r->cells[S_NUMBER], "%" PRId64 ".%" PRId64,
		 row_int(q, "fix_id"), row_int(q, "seq"));
	str_add(&r->cells[S_ACTION],
		value_words(r, VALUE_ACTION, row_word(q, "action")));
	str_add(&r->cells[S_STATE],
		value_words(r, VALUE_STEP, row_word(q, "state")));
	words_translate(&r->cells[S_ERROR], r->lang, row_word(q, "error"));
}

static const struct section steps = { REPORT_STEPS,	 W_REPORT_STEPS,
				      W_REPORT_NO_STEPS, false,
				      &steps_table,	 fill_step };

/* ---- gaps -------------------------------------------------------- */

enum {
	G_SUBJECT,
	G_TIMES,
	G_WHY,
	G_COUNT
};

static const struct report_table gaps_table = {
	.columns = {
		{ W_REPORT_PLACE, { { G_SUBJECT, LOOK_CODE, "", "", NULL } } },
		{ W_REPORT_WHY, { { G_WHY, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_COUNT, { { G_COUNT, LOOK_NUMBER, "", "", NULL } } },
	},
	.lines = {
		{ G_SUBJECT, LOOK_CODE, "  ", "", NULL },
		{ G_TIMES, LOOK_PLAIN, "  (", ")", NULL },
		{ G_WHY, LOOK_WRAPPED, "\n", "", NULL },
	},
	.group = -1,
};

static const struct report_table gap_groups_table = {
	.columns = {
		{ W_REPORT_WHY, { { G_WHY, LOOK_PLAIN, "", "", NULL } } },
		{ W_REPORT_COUNT, { { G_COUNT, LOOK_NUMBER, "", "", NULL } } },
	},
	.lines = {
		{ G_COUNT, LOOK_NUMBER, "  ", "", NULL },
		{ G_WHY, LOOK_PLAIN, "  ", "", NULL },
	},
	.group = -1,
};

static int add_gap(struct report *r, sqlite3_stmt *q)
{
	struct str *cells = new_row(r);
	const char *path = row_word(q, "path");
	const int64_t count = row_int(q, "count");

	str_add(&cells[G_SUBJECT],
		*path ? path : in_lang(r, W_REPORT_WHOLE_SCAN));
	str_addf(&cells[G_COUNT], "%" PRId64, count);
	if (count > 1)
		str_addf(&cells[G_TIMES], "%" PRId64 " %s", count,
			 in_lang(r, W_REPORT_TIMES));
	gap_line(r, q, &cells[G_WHY]);
	r->w->row(r, &gaps_table);
	return r->out->err;
}

static void add_gap_group(struct report *r, const char *words, int64_t count)
{
	struct str *cells = new_row(r);

	str_add(&cells[G_WHY], words);
	str_addf(&cells[G_COUNT], "%" PRId64, count);
	r->w->row(r, &gap_groups_table);
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
	r->w->table(r, rows.each ? &gaps_table : &gap_groups_table);
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
		return walk_section(r, &traces);
	case REPORT_STEPS:
		return walk_section(r, &steps);
	case REPORT_INVENTORY:
		return walk_section(r, &inventory);
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
		err = walk_section(r, &inventory);
	if (err == 0)
		err = walk_gaps(r, false);
	r->w->end(r);
	return err;
}
