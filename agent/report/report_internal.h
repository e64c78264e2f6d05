/*
 * Inside of reports: the scan that is told about, rows by column name, and
 * the sentences in both languages.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_REPORT_INTERNAL_H
#define REPORT_REPORT_INTERNAL_H

#include <sqlite3.h>

#include "report/report.h"

struct report {
	const struct report_options *o;
	sqlite3 *db;
	sqlite3_stmt *scan; /* stands on the row of v_scan */
	struct str *out;
	bool ja;
	uint64_t malicious, suspicious, notes;
	uint64_t fixed; /* findings that fix took care of since the scan */
};

/* Each writes its whole report to r->out; 0 or ERR_*. */
int report_text(struct report *r);
int report_html(struct report *r);
int report_json(struct report *r);
int report_ndjson(struct report *r);
int report_csv(struct report *r);

/* ---- rows (report.c) ---------------------------------------------------- */

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
const char *report_view(enum report_what what);
/* SQL that sorts v_inventory as design.md section 8 does. */
extern const char report_inventory_order[];

/* Value of a column; NULL where absent.  Valid until the next step. */
const char *row_text(sqlite3_stmt *q, const char *column);
/* "" where absent. */
const char *row_word(sqlite3_stmt *q, const char *column);
int64_t row_int(sqlite3_stmt *q, const char *column);
bool row_is_null(sqlite3_stmt *q, const char *column);

/*
 * What the store holds is escaped already (design.md section 8).  clean:
 * valid UTF-8 whatever the file holds.  show: control characters, newlines
 * and direction marks as \u{..} too; nothing is doubled again.
 */
int report_clean(struct str *out, const char *text);
int report_show(struct str *out, const char *text);

/* ---- words (sentences.c) ------------------------------------------------ */

enum sentence {
	S_TITLE,
	S_FOUND,
	S_MALICIOUS,
	S_SUSPICIOUS,
	S_NOTE,
	S_CLEAN,
	S_CLEAN_FOLDER,
	S_CLEAN_QUICK,
	S_INCOMPLETE,
	S_UNFINISHED,
	S_LIST,
	S_CUT_OFF,
	S_CUT_OFF_FOUND,
	S_OUT_OF_DATE,
	S_WAS,
	S_ALSO_INCOMPLETE,
	S_LEFT_OUT,
	S_OTHER_WINDOWS,
	S_UNSIGNED_WARNING,
	S_NEXT_STEP,
	S_PACK,
	S_SIGNED,
	S_UNSIGNED,
	S_TARGET,
	S_SCAN,
	S_PROFILE_QUICK,
	S_PROFILE_FULL,
	S_KIND_LIVE,
	S_KIND_OFFLINE,
	S_KIND_FOLDER,
	S_EXAMINED,
	S_EXAMINED_VALUES,
	S_SCORE,
	S_FAMILY,
	S_ROLE,
	S_FILE,
	S_SHA256,
	S_REGISTERED,
	S_RULES,
	S_ALL_USERS,
	S_USER,
	S_VIEW_64,
	S_VIEW_32,
	S_VIEW_SHARED,
	S_FINDINGS,
	S_NO_FINDINGS,
	S_GAPS_MATTER,
	S_GAPS_OTHER,
	S_LOCKED_PASSED,
	S_NO_GAPS,
	S_SYSTEM_CODE,
	S_TIMES,
	S_WHOLE_SCAN,
	S_INVENTORY,
	S_NO_INVENTORY,
	S_FILE_MISSING,
	S_FIRST_OF_SEARCH,
	S_FILE_UNKNOWN,
	S_NO_SERVER,
	S_AS_WRITTEN,
	S_KNOWN_AS,
	S_LAST_WRITE,
	S_FIX_STATE,
	S_FIX_PLANNED,
	S_FIX_FIXED,
	S_FIX_PARTLY,
	S_FIX_FAILED,
	S_FIX_UNDONE,
	S_FIX_CAME_BACK,
	S_STEP_PLANNED,
	S_STEP_SAVED,
	S_STEP_APPLIED,
	S_STEP_VERIFIED,
	S_STEP_CAME_BACK,
	S_STEP_FAILED,
	S_STEP_UNDONE,
	S_SINCE_FIXED,
	S_TRACES,
	S_NO_TRACES,
	S_STEPS,
	S_NO_STEPS,
	S_COLUMN_STATE,
	S_COLUMN_NAME,
	S_COLUMN_VERSION,
	S_COLUMN_PUBLISHER,
	S_COLUMN_KEY,
	S_COLUMN_POINT,
	S_COLUMN_VIEW,
	S_COLUMN_USER,
	S_COLUMN_KNOWN,
	S_COLUMN_COUNT,
	S_COLUMN_WHY,
	S_COLUMN_PLACE,
	S_COLUMN_FINDING,
	S_COLUMN_KIND,
	S_COLUMN_TIME,
	S_COLUMN_SCORE,
	S_COUNT
};

/* Never NULL. Format arguments, where there are any, are the same in both. */
const char *sentence(enum sentence id, bool ja);
/* Words for values of the store; the value itself if it is not known. */
const char *point_words(const char *point, bool ja);
const char *view_words(const char *view, bool ja);
const char *gap_words(const char *kind, bool ja);
const char *verdict_words(const char *verdict, bool ja);
/* NULL stays NULL. */
const char *fix_words(const char *state, bool ja);
const char *step_words(const char *state, bool ja);

/*
 * The parts that text and page have in common, as plain text (to be shown
 * or escaped by the caller).
 */
void verdict_line(struct report *r, struct str *out);
/*
 * What stands above all: whose result it is, where that must be said, and
 * that it is old; then the verdict is another line.  False: the verdict is
 * in it.
 */
bool first_line(struct report *r, struct str *out);
/* Beside "found": that places which matter were not examined. */
void also_incomplete_line(struct report *r, struct str *out);
/* That fix took care of some findings since; "" if it did not. */
void since_fixed_line(struct report *r, struct str *out);
/* Rows of v_gap that belong to the verdict: what was left out as asked. */
#define REPORT_LEFT_OUT                                                        \
	"AND ((kind = 'excluded' AND reason = '" STORE_EXCLUDE_REASON "') OR " \
	"(kind = 'other_windows' AND matters = 0)) ORDER BY kind, path"
/* What stands in front of the path of such a row. */
const char *left_out_words(struct report *r, sqlite3_stmt *q);
/* A row of v_inventory whose server has no folder: it is the first file that
 * the loader's search finds. */
bool is_found_by_search(sqlite3_stmt *q);
/* Whether plan and fix have something to do with that row of v_finding. */
bool has_next_step(struct report *r, sqlite3_stmt *finding);
/* Of v_inventory: the entry is a command with more than the program's path, or
 * leads to no path. */
bool says_more_than_path(sqlite3_stmt *q);
/* Why a row of v_gap is one. */
void gap_line(struct report *r, sqlite3_stmt *q, struct str *out);

/*
 * Those of v_gap that matter, or the others, in their order: one by one, or
 * counted by kind, of archives by theirs.
 */
struct gap_rows {
	bool matters;
	bool each; /* one by one */
	void (*add)(struct report *r, sqlite3_stmt *q);
	void (*add_group)(struct report *r, const char *words, int64_t count);
	int64_t passed; /* see locked_passed_line(); set */
};

int report_gap_rows(struct report *r, struct gap_rows *rows);
/* What is said of files that refuse every reader and do not matter; "" of
 * none. */
void locked_passed_line(struct report *r, int64_t count, struct str *out);
/* What it is about: its path, or that it is all of the scan. */
const char *gap_subject(struct report *r, sqlite3_stmt *q);
void target_line(struct report *r, struct str *out);
void pack_line(struct report *r, struct str *out);
void scan_line(struct report *r, struct str *out);
void examined_line(struct report *r, struct str *out);
/* "all users" or the user's name. */
void user_line(struct report *r, sqlite3_stmt *q, struct str *out);

#endif
