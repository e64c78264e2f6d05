/*
 * Inside of reports: the scan that is told about, rows by column name, the
 * lines that people read, and what a format for people has to write.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_REPORT_INTERNAL_H
#define REPORT_REPORT_INTERNAL_H

#include <sqlite3.h>

#include "report/report.h"

/* Those of the widest table. */
#define REPORT_MAX_CELLS 16

struct report {
	const struct report_options *o;
	const struct report_writer *w; /* of formats for people */
	unsigned shows;		       /* REPORT_SHOWS_… */
	const char *lang;	       /* "en", "ja" */
	const struct pack *pack; /* of the scan's name, for words; or NULL */
	sqlite3 *db;
	sqlite3_stmt *scan; /* stands on the row of v_scan */
	struct str *out;
	uint64_t malicious, suspicious, notes;
	uint64_t fixed;	 /* findings that fix took care of since the scan */
	bool can_plan;	 /* plan has something to show */
	unsigned indent; /* text: of what is told about one thing */
	struct str cells[REPORT_MAX_CELLS]; /* of one row, by its columns */
	size_t cell_count;
	struct str group; /* text: the last heading of rows */
};

/* Each writes its whole report to r->out; 0 or ERR_*. */
#define REPORT_DECLARE(id, name, type, shows, write)                           \
	int write(struct report *r);
REPORT_FORMATS(REPORT_DECLARE)
#undef REPORT_DECLARE
int report_closing(struct report *r); /* report_options.closing_ret */

/* ---- rows (rows.c) ------------------------------------------------------ */

/*
 * All rows of one view for the scan, in the order that reports keep.
 * report_query() takes further SQL behind "WHERE scan_id = ?1 ", whose ?2 is
 * `value`.
 */
int report_rows(struct report *r, enum report_what what, sqlite3_stmt **ret);
int report_query(struct report *r, const char *view, const char *more,
		 int64_t value, sqlite3_stmt **ret);
/* 1: a row, 0: the end, < 0: -ERR_* (recorded). */
int report_next(struct report *r, sqlite3_stmt *q);
/* Calls `take` for each row, and ends the query; what `report_…` gave before
 * is handed in.  0 or the first error. */
int report_each(struct report *r, int err, sqlite3_stmt *q,
		int (*take)(struct report *r, sqlite3_stmt *q));
const char *report_view(enum report_what what);
const char *report_what_name(enum report_what what);
/* SQL that sorts v_inventory as CONTRACT.md section 8 does. */
extern const char report_inventory_order[];

/* Value of a column; NULL where absent.  Valid until the next step. */
const char *row_text(sqlite3_stmt *q, const char *column);
/* "" where absent. */
const char *row_word(sqlite3_stmt *q, const char *column);
int64_t row_int(sqlite3_stmt *q, const char *column);
bool row_is_null(sqlite3_stmt *q, const char *column);
bool row_is(sqlite3_stmt *q, const char *column, const char *word);

/*
 * What the store holds is escaped already (CONTRACT.md section 8).  clean:
 * valid UTF-8 whatever the file holds.  show: control characters, newlines
 * and direction marks as \u{..} too; nothing is doubled again.
 */
int report_clean(struct str *out, const char *text);
int report_show(struct str *out, const char *text);

/* ---- words of values (values.c) ----------------------------------------- */

enum report_value {
	VALUE_VIEW,
	VALUE_VERDICT,
	VALUE_TARGET,
	VALUE_PROFILE,
	VALUE_FIX,
	VALUE_STEP,
	VALUE_ACTION,
	VALUE_TRACE
};

/* Of a value of the store in the report's language; itself if not known. */
const char *value_words(const struct report *r, enum report_value of,
			const char *value);
const char *title_of_point(const struct report *r, const char *point);
const char *gap_words(const struct report *r, const char *kind);
/* The pack's words for "family", "role", "advice", "advice.role" of a value;
 * NULL: there are none. */
const char *pack_words(const struct report *r, const char *what,
		       const char *value);
/* A time of the store, for people: "2010-10-03 21:15 (+09:00)". */
void add_time(const struct report *r, struct str *out, const char *time);

/* ---- lines, to be shown or escaped by the writer (lines.c) -------------- */

void verdict_line(struct report *r, struct str *out);
/*
 * What stands above all: whose result it is, where that must be said, and
 * that it is old; then the verdict is another line.  False: the verdict is
 * in it.
 */
bool first_line(struct report *r, struct str *out);
/* Each of these stands below the verdict, and is "" where there is nothing to
 * say: that it was so before it became old, that places which matter were not
 * examined, that fix took care of some findings since. */
void was_line(struct report *r, struct str *out);
void also_incomplete_line(struct report *r, struct str *out);
void since_fixed_line(struct report *r, struct str *out);
/* The one thing to do next; the command for it, and what it does (NULL: there
 * is none). */
void next_line(struct report *r, struct str *out);
const char *command_line(struct report *r, struct str *out);
/* Whether plan and fix have something to do with that row of v_finding. */
bool has_next_step(struct report *r, sqlite3_stmt *finding);
void target_line(struct report *r, struct str *out);
void pack_line(struct report *r, struct str *out);
void scan_line(struct report *r, struct str *out);
void examined_line(struct report *r, struct str *out);
/* "all users" or the user's name. */
void user_line(struct report *r, sqlite3_stmt *q, struct str *out);
/* Why a row of v_gap is one. */
void gap_line(struct report *r, sqlite3_stmt *q, struct str *out);
/* What is said of files that refuse every reader and do not matter; "" of
 * none. */
void locked_passed_line(struct report *r, int64_t count, struct str *out);

/*
 * Those of v_gap that matter, or the others, in their order: one by one, or
 * counted by kind, of archives by theirs.
 */
struct gap_rows {
	bool matters;
	bool each; /* one by one */
	int (*add)(struct report *r, sqlite3_stmt *q);
	void (*add_group)(struct report *r, const char *words, int64_t count);
	int64_t passed; /* see locked_passed_line(); set */
};

int report_gap_rows(struct report *r, struct gap_rows *rows);

/* ---- formats for people: one content (content.c), several writers ------- */

enum report_look {
	LOOK_END, /* no column any more */
	LOOK_PLAIN,
	LOOK_CODE,    /* a path, a key */
	LOOK_NUMBER,  /* a count; as lines it stands first */
	LOOK_TIMES,   /* a count, as columns only */
	LOOK_NOTE,    /* as lines only */
	LOOK_GROUP,   /* as lines: the heading of those that have it */
	LOOK_WRAPPED, /* as lines: on lines of its own */
	LOOK_FINDING  /* as columns: leads to the finding of that number */
};

/* Rows are written as columns or as lines; of an empty cell nothing is. */
struct report_column {
	const char *head; /* W_…; NULL: in the column before it */
	enum report_look look;
	const char *before, *after; /* as lines */
	const char *label;	    /* W_… in front of the text, or NULL */
};

/*
 * What a format writes of the content.  Texts are as they are shown, of the
 * store or ours, and not escaped.
 */
struct report_writer {
	void (*begin)(struct report *r);
	void (*end)(struct report *r);
	/* The first line, in the colour of the verdict ("": of none); then
	 * paragraphs, up to its end. */
	void (*result)(struct report *r, const char *verdict, const char *text);
	void (*result_end)(struct report *r);
	void (*heading)(struct report *r, const char *text, int64_t count);
	/* code: NULL, or a path behind the text. */
	void (*paragraph)(struct report *r, const char *text, const char *code);
	/* That there is nothing of it; title may be NULL. */
	void (*nothing)(struct report *r, const char *title, const char *text);
	void (*facts)(struct report *r);
	/* Either may be NULL or "": then it is left out, or the whole fact. */
	void (*fact)(struct report *r, const char *label, const char *text,
		     const char *code);
	void (*facts_end)(struct report *r);
	/* Then a paragraph and facts. */
	void (*finding)(struct report *r, sqlite3_stmt *q);
	void (*finding_end)(struct report *r);
	void (*table)(struct report *r, const struct report_column *columns);
	void (*row)(struct report *r, const struct report_column *columns);
	void (*table_end)(struct report *r);
};

/* Walks over all that is told, and has r->w write it. */
int report_walk(struct report *r);
int report_walk_closing(struct report *r); /* see report_closing() */

#endif
