/*
 * The report as one page: no script, nothing from outside, everything
 * escaped; verdicts are words and border styles, not only colours.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "words/report.h"
#include "words/words.h"

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

/* ---- the page ---------------------------------------------------- */

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

static void begin(struct report *r)
{
	str_addf(r->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
		 r->lang);
	str_add(r->out,
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" "
		"content=\"default-src 'none'; style-src 'unsafe-inline'; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\">\n<title>");
	str_add(r->out, words_in(W_REPORT_TITLE, r->lang));
	if (!row_is_null(r->scan, "host_name")) {
		str_add(r->out, " - ");
		html_text(r->out, row_word(r->scan, "host_name"));
	}
	str_addf(r->out,
		 "</title>\n<style>\n%s</style>\n</head>\n<body>\n"
		 "<h1>%s</h1>\n",
		 embed_page_css, words_in(W_REPORT_TITLE, r->lang));
}

static void end(struct report *r)
{
	str_add(r->out, "</body>\n</html>\n");
}

static void result(struct report *r, const char *verdict, const char *text)
{
	str_addf(r->out, "<div class=\"verdict %s\">", banner_class(verdict));
	html_text(r->out, text);
	str_add(r->out, "\n");
}

static void result_end(struct report *r)
{
	str_add(r->out, "</div>\n");
}

static void heading(struct report *r, const char *text, int64_t count)
{
	str_addf(r->out, "<h2>%s", text);
	if (count >= 0)
		str_addf(r->out, " (%" PRId64 ")", count);
	str_add(r->out, "</h2>\n");
}

static void add_code(struct report *r, const char *text)
{
	str_add(r->out, "<code>");
	html_text(r->out, text);
	str_add(r->out, "</code>");
}

static void paragraph(struct report *r, const char *text, const char *code)
{
	str_add(r->out, "<p>");
	html_text(r->out, text);
	if (code) {
		str_add(r->out, ": ");
		add_code(r, code);
	}
	str_add(r->out, "</p>\n");
}

static void nothing(struct report *r, const char *title, const char *text)
{
	if (title)
		heading(r, title, -1);
	paragraph(r, text, NULL);
}

static void facts(struct report *r)
{
	str_add(r->out, "<table class=\"facts\">\n");
}

static void facts_end(struct report *r)
{
	str_add(r->out, "</table>\n");
}

static void fact(struct report *r, const char *label, const char *text,
		 const char *code)
{
	const bool has_text = text && *text, has_code = code && *code;

	if (!has_text && !has_code)
		return;
	str_addf(r->out, "<tr><th scope=\"row\">%s</th><td>", label);
	if (has_text)
		html_text(r->out, text);
	if (has_text && has_code)
		str_add(r->out, "<br>");
	if (has_code)
		add_code(r, code);
	str_add(r->out, "</td></tr>\n");
}

/* ---- findings ---------------------------------------------------- */

static const char *card_class(const char *verdict)
{
	if (strcmp(verdict, "malicious") == 0)
		return "malicious";
	return strcmp(verdict, "suspicious") == 0 ? "suspicious" : "note";
}

/* With the number that --finding takes. */
static void finding(struct report *r, sqlite3_stmt *q)
{
	const char *verdict = row_word(q, "verdict");
	const int64_t id = row_int(q, "finding_id");

	str_addf(r->out,
		 "<div class=\"card %s\" id=\"finding-%" PRId64 "\">\n"
		 "<h3>%" PRId64 ". <span class=\"word\">",
		 card_class(verdict), id, id);
	html_text(r->out, value_words(r, VALUE_VERDICT, verdict));
	str_add(r->out, "</span>");
	html_text(r->out, row_word(q, "subject"));
	str_addf(r->out, " (%s %" PRId64 ")</h3>\n",
		 words_in(W_REPORT_SCORE, r->lang), row_int(q, "score"));
}

/* ---- tables ------------------------------------------------------ */

static void table(struct report *r, const struct report_column *columns)
{
	str_add(r->out, "<table class=\"list\"><thead><tr>");
	for (; columns->look != LOOK_END; columns++)
		if (columns->head)
			str_addf(r->out, "<th scope=\"col\">%s</th>",
				 words_in(columns->head, r->lang));
	str_add(r->out, "</tr></thead><tbody>\n");
}

static void table_end(struct report *r)
{
	str_add(r->out, "</tbody></table>\n");
}

static void add_cell(struct report *r, const struct report_column *c,
		     const char *text)
{
	/* Of words the head says it. */
	if (c->label && c->look == LOOK_CODE)
		str_addf(r->out, "%s: ", words_in(c->label, r->lang));
	if (c->look == LOOK_FINDING) {
		str_add(r->out, "<a href=\"#finding-");
		html_text(r->out, text);
		str_addf(r->out, "\">%s</a>", words_in(c->head, r->lang));
	} else if (c->look == LOOK_CODE) {
		add_code(r, text);
	} else {
		html_text(r->out, text);
	}
}

static void row(struct report *r, const struct report_column *columns)
{
	size_t begin = 0;

	str_add(r->out, "<tr>");
	for (size_t i = 0; columns[i].look != LOOK_END; i++) {
		if (columns[i].head) {
			str_add(r->out, i ? "</td>" : "");
			str_add(r->out,
				columns[i].look == LOOK_NUMBER ||
						columns[i].look == LOOK_TIMES
					? "<td class=\"number\">"
					: "<td>");
			begin = r->out->len;
		}
		if (r->cells[i].len == 0 || columns[i].look == LOOK_NOTE)
			continue;
		if (r->out->len > begin)
			str_add(r->out, "<br>");
		add_cell(r, &columns[i], str_text(&r->cells[i]));
	}
	str_add(r->out, "</td></tr>\n");
}

static const struct report_writer writer = {
	.begin = begin,
	.end = end,
	.result = result,
	.result_end = result_end,
	.heading = heading,
	.paragraph = paragraph,
	.nothing = nothing,
	.facts = facts,
	.fact = fact,
	.facts_end = facts_end,
	.finding = finding,
	.finding_end = result_end,
	.table = table,
	.row = row,
	.table_end = table_end,
};

int report_html(struct report *r)
{
	r->w = &writer;
	return report_walk(r);
}
