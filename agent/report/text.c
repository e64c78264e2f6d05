/*
 * The report as text for people.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "report/wrap.h"
#include "base/utf.h"
#include "words/report.h"
#include "words/words.h"

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

/* Text has no marks where something begins or ends. */
static void no_mark(struct report *r)
{
	(void)r;
}

/* Text of the store, made safe to show, wrapped behind `first` blanks. */
static void show_wrapped(struct report *r, const char *text, size_t indent)
{
	struct str shown = STR_INIT;

	report_show(&shown, text);
	wrap_add(r->out, str_text(&shown), indent, r->o->columns);
	str_release(&shown);
}

static void result(struct report *r, const char *verdict, const char *text)
{
	str_add(r->out, color_of(r, verdict));
	show_wrapped(r, text, 0);
	str_add(r->out, color_off(r));
}

static void result_end(struct report *r)
{
	str_add(r->out, "\n");
}

static void heading(struct report *r, const char *text, int64_t count)
{
	str_addf(r->out, "\n%s", text);
	if (count >= 0)
		str_addf(r->out, " (%" PRId64 ")", count);
	str_add(r->out, ":\n");
}

static void paragraph(struct report *r, const char *text, const char *code)
{
	if (code == NULL) {
		show_wrapped(r, text, r->indent);
		return;
	}
	wrap_add_blanks(r->out, r->indent);
	str_addf(r->out, "%s: ", text);
	report_show(r->out, code);
	str_add(r->out, "\n");
}

static void nothing(struct report *r, const char *title, const char *text)
{
	(void)title;
	str_addf(r->out, "\n%s\n", text);
}

/* "   Label:     text", what is code on a line of its own if there is both. */
static void fact(struct report *r, const char *label, const char *text,
		 const char *code)
{
	const size_t column = r->indent + FACT_COLUMNS;
	const size_t used = r->indent + utf_columns(label) + 1;
	const bool has_text = text && *text, has_code = code && *code;
	struct str shown = STR_INIT;

	if (!has_text && !has_code)
		return;
	wrap_add_blanks(r->out, r->indent);
	str_addf(r->out, "%s:", label);
	wrap_add_blanks(r->out, used < column ? column - used : 1);
	report_show(&shown, has_text ? text : code);
	/* Words are wrapped below themselves; what may be copied is not. */
	if (has_text && r->indent > 0)
		wrap_add_behind(r->out, str_text(&shown), column,
				r->o->columns);
	else
		str_addf(r->out, "%s\n", str_text(&shown));
	str_release(&shown);
	if (!has_text || !has_code)
		return;
	wrap_add_blanks(r->out, column);
	report_show(r->out, code);
	str_add(r->out, "\n");
}

/* By the number that --finding takes. */
static void finding(struct report *r, sqlite3_stmt *q)
{
	const char *verdict = row_word(q, "verdict");

	str_addf(r->out, "\n%" PRId64 ". %s%s%s  ", row_int(q, "finding_id"),
		 color_of(r, verdict), value_words(r, VALUE_VERDICT, verdict),
		 color_off(r));
	report_show(r->out, row_word(q, "subject"));
	str_addf(r->out, "  (%s %" PRId64 ")\n",
		 words_in(W_REPORT_SCORE, r->lang), row_int(q, "score"));
	r->indent = 3;
}

static void finding_end(struct report *r)
{
	r->indent = 0;
}

/* ---- rows -------------------------------------------------------- */

static void table(struct report *r, const struct report_column *columns)
{
	(void)columns;
	str_clear(&r->group);
}

static void add_group(struct report *r, const char *name)
{
	if (strcmp(str_text(&r->group), name) == 0)
		return;
	str_clear(&r->group);
	str_add(&r->group, name);
	str_addf(r->out, "\n%s:\n", name);
}

static void add_cell(struct report *r, const struct report_column *c,
		     const char *text)
{
	if (c->look == LOOK_GROUP) {
		add_group(r, text);
		return;
	}
	if (c->look == LOOK_FINDING || c->look == LOOK_TIMES)
		return;
	str_add(r->out, words_in(c->before, r->lang));
	if (c->label)
		str_addf(r->out, "%s: ", words_in(c->label, r->lang));
	if (c->look == LOOK_NUMBER)
		str_addf(r->out, "%6s", text);
	else if (c->look == LOOK_WRAPPED)
		show_wrapped(r, text, 6);
	else
		report_show(r->out, text);
	str_add(r->out, c->after);
}

static void row(struct report *r, const struct report_column *columns)
{
	for (int is_word = 0; is_word < 2; is_word++)
		for (size_t i = 0; columns[i].look != LOOK_END; i++)
			if (r->cells[i].len > 0 &&
			    (columns[i].look != LOOK_NUMBER) == is_word)
				add_cell(r, &columns[i],
					 str_text(&r->cells[i]));
	if (r->out->len > 0 && r->out->buf[r->out->len - 1] != '\n')
		str_add(r->out, "\n");
}

static const struct report_writer writer = {
	.begin = no_mark,
	.end = no_mark,
	.result = result,
	.result_end = result_end,
	.heading = heading,
	.paragraph = paragraph,
	.nothing = nothing,
	.facts = no_mark,
	.fact = fact,
	.facts_end = no_mark,
	.finding = finding,
	.finding_end = finding_end,
	.table = table,
	.row = row,
	.table_end = no_mark,
};

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
	int err;

	r->w = &writer;
	err = report_walk(r);
	if (r->o->to_file)
		to_file_form(r);
	return err;
}

int report_closing(struct report *r)
{
	r->w = &writer;
	return report_walk_closing(r);
}
