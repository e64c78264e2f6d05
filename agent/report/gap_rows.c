/*
 * Gaps as the reports for people have them: one by one, or counted by kind.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"

#include "base/gap.h"

#include <string.h>

static void group_words(struct report *r, sqlite3_stmt *q, struct str *out)
{
	const char *kind = row_word(q, "kind");

	str_add(out, gap_words(r, kind));
	/* Of archives the reason is their kind. */
	if (strcmp(kind, gap_kind_name(GAP_NOT_OPENED)) == 0)
		str_addf(out, ": %s", row_word(q, "reason"));
}

/* How many of the files this row stands for refuse every reader and do not
 * matter. */
static int64_t locked_passed(sqlite3_stmt *q)
{
	return strcmp(row_word(q, "reason"), GAP_LOCKED_PASSED) == 0
		       ? row_int(q, "count")
		       : 0;
}

struct group {
	struct str words;
	int64_t count;
};

static void end_group(struct report *r, const struct gap_rows *rows,
		      const struct group *g)
{
	if (g->words.len)
		rows->add_group(r, str_text(&g->words), g->count);
}

/* Rows of one kind follow each other. */
static void take_row(struct report *r, const struct gap_rows *rows,
		     sqlite3_stmt *q, struct group *g)
{
	struct str next = STR_INIT;

	group_words(r, q, &next);
	if (strcmp(str_text(&g->words), str_text(&next)) != 0) {
		end_group(r, rows, g);
		g->count = 0;
	}
	g->count += row_int(q, "count");
	str_release(&g->words);
	g->words = next;
}

int report_gap_rows(struct report *r, struct gap_rows *rows)
{
	struct group g = { STR_INIT, 0 };
	sqlite3_stmt *q = NULL;
	int row = 0;
	int err = report_query(r, "v_gap",
			       "AND matters = ?2 ORDER BY kind, path, reason",
			       rows->matters, &q);

	while (err == 0 && (row = report_next(r, q)) > 0) {
		rows->passed += locked_passed(q);
		if (rows->each)
			err = rows->add(r, q);
		else
			take_row(r, rows, q, &g);
		if (err == 0)
			err = g.words.err;
	}
	end_group(r, rows, &g);
	str_release(&g.words);
	sqlite3_finalize(q);
	return row < 0 ? -row : err;
}
