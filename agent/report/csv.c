/*
 * CSV (RFC 4180): one view as a table that a spreadsheet may open.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Spreadsheets run a cell that begins with = + - @ (or their full-width
 * twins, in Japanese ones) as a formula, tab and line ends before it
 * notwithstanding; names on an infected PC are the attacker's.  Such cells
 * get a leading apostrophe, which makes them text.  Columns of numbers stay
 * numbers.  Control characters that are no part of a text would command the
 * console that a table is shown on.
 */
#include "report/csv_cell.h"
#include "report/report_internal.h"

#include <string.h>

static bool is_formula(const char *text)
{
	static const char *const wide[] = { "\xEF\xBC\x9D", "\xEF\xBC\x8B",
					    "\xEF\xBC\x8D", "\xEF\xBC\xA0" };

	if (*text == '\t' || *text == '\r' || *text == '\n')
		return true;
	while (*text == ' ')
		text++;
	if (*text != '\0' && strchr("=+-@", *text) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
		if (strncmp(text, wide[i], strlen(wide[i])) == 0)
			return true;
	}
	return false;
}

/* The bytes of a control character there, but for tab and line ends; or 0. */
static size_t control_nbytes(const char *text, unsigned *ret)
{
	const unsigned char *p = (const unsigned char *)text;

	*ret = p[0];
	if ((p[0] < 0x20 && strchr("\t\r\n", p[0]) == NULL) || p[0] == 0x7F)
		return 1;
	/* U+0080 to U+009F, some of which do what ESC and another do. */
	*ret = p[1];
	return p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F ? 2 : 0;
}

static void add_text(struct str *out, const char *text)
{
	while (*text != '\0') {
		unsigned code;
		const size_t n = control_nbytes(text, &code);

		if (n > 0) {
			str_addf(out, "\\u{%X}", code);
			text += n;
			continue;
		}
		if (*text == '"')
			str_addch(out, '"');
		str_addch(out, *text++);
	}
}

void csv_add_cell(struct str *out, const char *text)
{
	struct str clean = STR_INIT;
	bool quoted;

	report_clean(&clean, text);
	text = str_text(&clean);
	quoted = strpbrk(text, "\",\r\n") != NULL || is_formula(text) ||
		 text[0] == ' ';
	if (quoted)
		str_addch(out, '"');
	if (is_formula(text))
		str_addch(out, '\'');
	add_text(out, text);
	if (quoted)
		str_addch(out, '"');
	if (clean.err != 0 && out->err == 0)
		out->err = clean.err;
	str_release(&clean);
}

static void add_row(struct str *out, sqlite3_stmt *q)
{
	for (int i = 0; i < sqlite3_column_count(q); i++) {
		if (i > 0)
			str_addch(out, ',');
		switch (sqlite3_column_type(q, i)) {
		case SQLITE_NULL:
			break;
		case SQLITE_INTEGER:
			str_addf(out, "%" PRId64,
				 (int64_t)sqlite3_column_int64(q, i));
			break;
		default:
			csv_add_cell(out,
				     (const char *)sqlite3_column_text(q, i));
		}
	}
	str_add(out, "\r\n");
}

int report_csv(struct report *r)
{
	sqlite3_stmt *q = NULL;
	int err = report_rows(r, r->o->what, &q);
	int more = 0;

	if (err != 0)
		return err;
	if (r->o->to_file)
		str_add(r->out, "\xEF\xBB\xBF");
	for (int i = 0; i < sqlite3_column_count(q); i++)
		str_addf(r->out, "%s%s", i > 0 ? "," : "",
			 sqlite3_column_name(q, i));
	str_add(r->out, "\r\n");
	while ((more = report_next(r, q)) > 0)
		add_row(r->out, q);
	sqlite3_finalize(q);
	return more < 0 ? -more : 0;
}
