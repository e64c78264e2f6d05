/*
 * The report as text for people: the verdict first, then why, then what
 * could not be examined.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "base/utf.h"

#include <string.h>

#define FACT_COLUMNS 14

static const char *color_of(const struct report *r, const char *verdict)
{
	if (!r->o->color)
		return "";
	if (strcmp(verdict, "malicious") == 0 || strcmp(verdict, "found") == 0)
		return "\x1b[1;31m";
	if (strcmp(verdict, "suspicious") == 0 ||
	    strcmp(verdict, "incomplete") == 0 || verdict[0] == '\0')
		return "\x1b[1;33m";
	if (strcmp(verdict, "clean") == 0)
		return "\x1b[1;32m";
	return "\x1b[1m";
}

static const char *color_off(const struct report *r)
{
	return r->o->color ? "\x1b[0m" : "";
}

static void add_blanks(struct str *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		str_addch(out, ' ');
}

/* ---- wrapping ---------------------------------------------------- */

static size_t char_columns(const char *text, size_t nbytes)
{
	char one[8];

	memcpy(one, text, nbytes);
	one[nbytes] = '\0';
	return utf_columns(one);
}

/* Japanese punctuation that must not begin a line. */
static bool is_closing(const char *text)
{
	static const char *const marks[] = { "。", "、", "」", "）", "』",
					     "】", "ー", "・", "：", "；" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (strncmp(text, marks[i], strlen(marks[i])) == 0)
			return true;
	}
	return *text == ')' || *text == ',' || *text == '.';
}

/* An opening bracket, or a quotation mark after a blank, must not end one. */
static bool is_opening(const char *text, size_t at)
{
	static const char *const marks[] = { "「", "（", "『", "【" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (strncmp(text + at, marks[i], strlen(marks[i])) == 0)
			return true;
	}
	return text[at] == '(' ||
	       (text[at] == '"' && (at == 0 || text[at - 1] == ' '));
}

/*
 * Bytes of the first line of text: as much as fits, cut at a blank or
 * beside a wide character; a word that is longer than the line stays whole,
 * so that paths can be copied.
 */
static size_t line_nbytes(const char *text, size_t columns)
{
	size_t used = 0, at = 0, cut = 0;
	bool was_wide = false, was_opening = false;

	while (text[at] != '\0') {
		uint32_t cp;
		size_t n = utf_decode(text + at, &cp);
		size_t width = char_columns(text + at, n);
		bool may_cut = at > 0 && !was_opening &&
			       !is_closing(text + at) &&
			       (text[at] == ' ' || width == 2 || was_wide);

		if (may_cut)
			cut = at;
		if (used + width > columns && cut > 0)
			return cut;
		used += width;
		was_wide = width == 2;
		was_opening = is_opening(text, at);
		at += n;
	}
	return at;
}

static void add_wrapped(struct report *r, const char *text, size_t indent)
{
	size_t width = r->o->columns;

	if (width == 0) {
		add_blanks(r->out, indent);
		str_add(r->out, text);
		str_add(r->out, "\n");
		return;
	}
	width = width > indent + 20 ? width - indent : 20;
	while (*text != '\0') {
		size_t n = line_nbytes(text, width);

		add_blanks(r->out, indent);
		str_addn(r->out, text, n);
		str_add(r->out, "\n");
		text += n;
		while (*text == ' ')
			text++;
	}
}

/* Text of the store, made safe to show, wrapped. */
static void show_wrapped(struct report *r, const char *text, size_t indent)
{
	struct str shown = STR_INIT;

	report_show(&shown, text);
	add_wrapped(r, str_text(&shown), indent);
	str_release(&shown);
}

/* "   Label:     value", the value on one line. */
static void show_fact(struct report *r, size_t indent, const char *label,
		      const char *value)
{
	size_t used = utf_columns(label) + 1;

	if (value == NULL || value[0] == '\0')
		return;
	add_blanks(r->out, indent);
	str_addf(r->out, "%s:", label);
	add_blanks(r->out, used < FACT_COLUMNS ? FACT_COLUMNS - used : 1);
	report_show(r->out, value);
	str_add(r->out, "\n");
}

static void show_line(struct report *r, enum sentence label,
		      void (*fill)(struct report *r, struct str *out))
{
	struct str line = STR_INIT;

	fill(r, &line);
	show_fact(r, 0, sentence(label, r->ja), str_text(&line));
	str_release(&line);
}

static void heading(struct report *r, enum sentence id, int64_t count)
{
	str_addf(r->out, "\n%s", sentence(id, r->ja));
	if (count >= 0)
		str_addf(r->out, " (%" PRId64 ")", count);
	str_add(r->out, ":\n");
}

/* ---- head -------------------------------------------------------- */

/* What --exclude left out belongs to the verdict: v_gap, kind excluded. */
static int show_excludes(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int err = report_query(r, "v_gap", REPORT_LEFT_OUT, 0, &q);
	int more = 0;

	while (err == 0 && (more = report_next(r, q)) > 0) {
		str_add(r->out, left_out_words(r, q));
		report_show(r->out, row_word(q, "path"));
		str_add(r->out, "\n");
	}
	sqlite3_finalize(q);
	return more < 0 ? -more : err;
}

static int show_head(struct report *r)
{
	struct str line = STR_INIT;
	const char *verdict = row_word(r->scan, "verdict");
	bool is_old;
	int err;

	is_old = first_line(r, &line);
	str_add(r->out, color_of(r, is_old ? "" : verdict));
	show_wrapped(r, str_text(&line), 0);
	str_add(r->out, color_off(r));
	str_clear(&line);
	if (is_old) {
		str_add(&line, sentence(S_WAS, r->ja));
		verdict_line(r, &line);
		add_wrapped(r, str_text(&line), 0);
		str_clear(&line);
	}
	if (strcmp(verdict, "found") == 0 &&
	    row_int(r->scan, "gaps_that_matter") > 0) {
		also_incomplete_line(r, &line);
		add_wrapped(r, str_text(&line), 0);
	}
	str_clear(&line);
	since_fixed_line(r, &line);
	if (line.len > 0)
		add_wrapped(r, str_text(&line), 0);
	str_release(&line);
	err = show_excludes(r);
	if (row_int(r->scan, "pack_signed") != 1)
		add_wrapped(r, sentence(S_UNSIGNED_WARNING, r->ja), 0);
	str_add(r->out, "\n");
	show_line(r, S_PACK, pack_line);
	show_line(r, S_TARGET, target_line);
	show_line(r, S_SCAN, scan_line);
	show_line(r, S_EXAMINED, examined_line);
	return err;
}

/* ---- findings ---------------------------------------------------- */

/* "Browser Helper Object, 32-bit, all users" and the key below it. */
static int show_registrations(struct report *r, int64_t finding_id)
{
	struct str more = STR_INIT;
	struct str line = STR_INIT;
	sqlite3_stmt *q = NULL;
	int err, row = 0;

	str_addf(&more, "AND finding_id = ?2 %s", report_inventory_order);
	err = report_query(r, "v_inventory", str_text(&more), finding_id, &q);
	while (err == 0 && (row = report_next(r, q)) > 0) {
		str_clear(&line);
		str_addf(&line, "%s, %s, ",
			 point_words(row_word(q, "point"), r->ja),
			 view_words(row_word(q, "view"), r->ja));
		user_line(r, q, &line);
		show_fact(r, 3, sentence(S_REGISTERED, r->ja), str_text(&line));
		add_blanks(r->out, 3 + FACT_COLUMNS);
		report_show(r->out, row_word(q, "registry_key"));
		str_add(r->out, "\n");
	}
	sqlite3_finalize(q);
	str_release(&line);
	str_release(&more);
	return row < 0 ? -row : err;
}

static int show_reason(struct report *r, sqlite3_stmt *finding)
{
	sqlite3_stmt *q = NULL;
	int row = 0;
	int err;

	if (!r->ja) {
		show_wrapped(r, row_word(finding, "reason"), 3);
		return 0;
	}
	err = report_query(r, "v_reason", "AND finding_id = ?2 AND lang = 'ja'",
			   row_int(finding, "finding_id"), &q);
	if (err == 0)
		row = report_next(r, q);
	if (row > 0)
		show_wrapped(r, row_word(q, "reason"), 3);
	sqlite3_finalize(q);
	return row < 0 ? -row : err;
}

/* By the number that --finding takes. */
static int show_finding(struct report *r, sqlite3_stmt *q)
{
	const char *verdict = row_word(q, "verdict");
	const char *family = row_word(q, "family");
	const char *role = row_word(q, "role");
	int err;

	str_addf(r->out, "\n%" PRId64 ". %s%s%s  ", row_int(q, "finding_id"),
		 color_of(r, verdict), verdict_words(verdict, r->ja),
		 color_off(r));
	report_show(r->out, row_word(q, "subject"));
	str_addf(r->out, "  (%s %" PRId64, sentence(S_SCORE, r->ja),
		 row_int(q, "score"));
	if (family[0] != '\0') {
		str_add(r->out, ", ");
		report_show(r->out, family);
	}
	if (role[0] != '\0') {
		str_add(r->out, ", ");
		report_show(r->out, role);
	}
	str_add(r->out, ")\n");
	err = show_reason(r, q);
	show_fact(r, 3, sentence(S_FILE, r->ja), row_text(q, "path"));
	show_fact(r, 3, sentence(S_SHA256, r->ja), row_text(q, "sha256"));
	if (err == 0)
		err = show_registrations(r, row_int(q, "finding_id"));
	show_fact(r, 3, sentence(S_FIX_STATE, r->ja),
		  fix_words(row_text(q, "fix_state"), r->ja));
	return err;
}

static int show_findings(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int row = 0, count = 0;
	bool has_next = false;
	int err = report_rows(r, REPORT_FINDINGS, &q);

	while (err == 0 && (row = report_next(r, q)) > 0) {
		has_next |= has_next_step(r, q);
		err = show_finding(r, q);
		count++;
	}
	sqlite3_finalize(q);
	if (has_next) {
		str_add(r->out, "\n");
		add_wrapped(r, sentence(S_NEXT_STEP, r->ja), 0);
	}
	if (err == 0 && row == 0 && count == 0)
		str_addf(r->out, "\n%s\n", sentence(S_NO_FINDINGS, r->ja));
	return row < 0 ? -row : err;
}

/* ---- gaps -------------------------------------------------------- */

static void show_gap(struct report *r, sqlite3_stmt *q)
{
	struct str why = STR_INIT;

	add_blanks(r->out, 2);
	report_show(r->out, gap_subject(r, q));
	if (row_int(q, "count") > 1)
		str_addf(r->out, "  (%" PRId64 " %s)", row_int(q, "count"),
			 sentence(S_TIMES, r->ja));
	str_add(r->out, "\n");
	gap_line(r, q, &why);
	show_wrapped(r, str_text(&why), 6);
	str_release(&why);
}

static void show_gap_group(struct report *r, const char *words, int64_t count)
{
	str_addf(r->out, "  %6" PRId64 "  ", count);
	report_show(r->out, words);
	str_add(r->out, "\n");
}

static int show_gaps_that_matter(struct report *r)
{
	struct gap_rows rows = { .matters = true,
				 .each = true,
				 .add = show_gap };
	int64_t count = row_int(r->scan, "gaps_that_matter");

	if (count == 0)
		return 0;
	heading(r, S_GAPS_MATTER, count);
	return report_gap_rows(r, &rows);
}

static void show_locked_passed(struct report *r, int64_t count)
{
	struct str line = STR_INIT;

	locked_passed_line(r, count, &line);
	if (line.len)
		show_wrapped(r, str_text(&line), 2);
	str_release(&line);
}

/* The others only by kind; --what gaps lists them one by one. */
static int show_other_gaps(struct report *r)
{
	int64_t all = row_int(r->scan, "gaps");
	int64_t count = all - row_int(r->scan, "gaps_that_matter");
	struct gap_rows rows = { .each = r->o->what == REPORT_GAPS,
				 .add = show_gap,
				 .add_group = show_gap_group };
	int err;

	if (all == 0)
		str_addf(r->out, "\n%s\n", sentence(S_NO_GAPS, r->ja));
	if (count <= 0)
		return 0;
	heading(r, S_GAPS_OTHER, count);
	err = report_gap_rows(r, &rows);
	show_locked_passed(r, rows.passed);
	return err;
}

/* ---- inventory and traces ---------------------------------------- */

static void show_registration(struct report *r, sqlite3_stmt *q)
{
	struct str line = STR_INIT;
	const char *path = row_word(q, "server_path");

	str_addf(&line, "%s, ", view_words(row_word(q, "view"), r->ja));
	user_line(r, q, &line);
	str_addf(&line, ", %s", row_word(q, "name"));
	if (!row_is_null(q, "clsid") &&
	    strcmp(row_word(q, "name"), row_word(q, "clsid")) != 0)
		str_addf(&line, "  %s", row_word(q, "clsid"));
	add_blanks(r->out, 2);
	report_show(r->out, str_text(&line));
	str_clear(&line);
	str_add(r->out, "\n");
	if (path[0] == '\0')
		str_add(&line, sentence(S_NO_SERVER, r->ja));
	else
		str_add(&line, path);
	if (path[0] != '\0' && row_is_null(q, "file_exists"))
		str_addf(&line, "  (%s)", sentence(S_FILE_UNKNOWN, r->ja));
	else if (path[0] != '\0' && row_int(q, "file_exists") == 0)
		str_addf(&line, "  (%s)", sentence(S_FILE_MISSING, r->ja));
	if (is_found_by_search(q))
		str_addf(&line, "  (%s)", sentence(S_FIRST_OF_SEARCH, r->ja));
	if (!row_is_null(q, "publisher") || !row_is_null(q, "file_version"))
		str_addf(&line, "  %s %s", row_word(q, "publisher"),
			 row_word(q, "file_version"));
	if (!row_is_null(q, "known"))
		str_addf(&line, "  [%s%s]", sentence(S_KNOWN_AS, r->ja),
			 row_word(q, "known"));
	add_blanks(r->out, 6);
	report_show(r->out, str_text(&line));
	str_add(r->out, "\n");
	if (says_more_than_path(q)) {
		str_clear(&line);
		str_addf(&line, "%s%s", sentence(S_AS_WRITTEN, r->ja),
			 row_word(q, "server_raw"));
		add_blanks(r->out, 6);
		report_show(r->out, str_text(&line));
		str_add(r->out, "\n");
	}
	add_blanks(r->out, 6);
	report_show(r->out, row_word(q, "registry_key"));
	if (!row_is_null(q, "last_write")) {
		str_clear(&line);
		str_addf(&line, "  (%s %s)", sentence(S_LAST_WRITE, r->ja),
			 row_word(q, "last_write"));
		report_show(r->out, str_text(&line));
	}
	str_add(r->out, "\n");
	str_release(&line);
}

static int show_inventory(struct report *r)
{
	char point[64] = "";
	sqlite3_stmt *q = NULL;
	int row = 0;
	int err = report_rows(r, REPORT_INVENTORY, &q);

	while (err == 0 && (row = report_next(r, q)) > 0) {
		const char *next = row_word(q, "point");

		if (strcmp(point, next) != 0) {
			str_copy(point, next, sizeof(point));
			str_addf(r->out, "\n%s:\n", point_words(point, r->ja));
		}
		show_registration(r, q);
	}
	sqlite3_finalize(q);
	if (err == 0 && row == 0 && point[0] == '\0')
		str_addf(r->out, "\n%s\n", sentence(S_NO_INVENTORY, r->ja));
	return row < 0 ? -row : err;
}

static int show_traces(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int row = 0, count = 0;
	int err = report_rows(r, REPORT_TRACES, &q);

	while (err == 0 && (row = report_next(r, q)) > 0) {
		if (count++ == 0)
			heading(r, S_TRACES, -1);
		add_blanks(r->out, 2);
		report_show(r->out, row_word(q, "time"));
		str_addf(r->out, "  %s  ", row_word(q, "kind"));
		report_show(r->out, row_word(q, "what"));
		str_add(r->out, "\n");
		show_fact(r, 6, "URL", row_text(q, "url"));
		show_fact(r, 6, sentence(S_FILE, r->ja), row_text(q, "path"));
	}
	sqlite3_finalize(q);
	if (err == 0 && row == 0 && count == 0)
		str_addf(r->out, "\n%s\n", sentence(S_NO_TRACES, r->ja));
	return row < 0 ? -row : err;
}

static int show_steps(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int row = 0, count = 0;
	int err = report_rows(r, REPORT_STEPS, &q);

	while (err == 0 && (row = report_next(r, q)) > 0) {
		if (count++ == 0)
			heading(r, S_STEPS, -1);
		str_addf(r->out, "  %" PRId64 ".%" PRId64 "  %s  %s\n      ",
			 row_int(q, "fix_id"), row_int(q, "seq"),
			 step_words(row_word(q, "state"), r->ja),
			 row_word(q, "action"));
		report_show(r->out, row_word(q, "target"));
		str_add(r->out, "\n");
		show_fact(r, 6, sentence(S_COLUMN_WHY, r->ja),
			  row_text(q, "error"));
	}
	sqlite3_finalize(q);
	if (err == 0 && row == 0 && count == 0)
		str_addf(r->out, "\n%s\n", sentence(S_NO_STEPS, r->ja));
	return row < 0 ? -row : err;
}

/* Old Notepads want CR LF, and the mark that says UTF-8. */
static void to_file_form(struct report *r)
{
	struct str unix_text = *r->out;
	const char *text = str_text(&unix_text);

	str_init(r->out, unix_text.max);
	str_add(r->out, "\xEF\xBB\xBF");
	for (;;) {
		const char *end = strchr(text, '\n');

		if (end == NULL)
			break;
		str_addn(r->out, text, (size_t)(end - text));
		str_add(r->out, "\r\n");
		text = end + 1;
	}
	str_add(r->out, text);
	if (unix_text.err != 0)
		r->out->err = unix_text.err;
	str_release(&unix_text);
}

int report_text(struct report *r)
{
	int err = show_head(r);

	if (err == 0) {
		switch (r->o->what) {
		case REPORT_FINDINGS:
			err = show_findings(r);
			break;
		case REPORT_INVENTORY:
			err = show_inventory(r);
			break;
		case REPORT_TRACES:
			err = show_traces(r);
			break;
		case REPORT_STEPS:
			err = show_steps(r);
			break;
		case REPORT_GAPS:
			break;
		}
	}
	if (err == 0)
		err = show_gaps_that_matter(r);
	if (err == 0)
		err = show_other_gaps(r);
	if (r->o->to_file)
		to_file_form(r);
	return err;
}
