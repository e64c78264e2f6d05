/*
 * A small reader of rule files, for line numbers only.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is given files that libyara has compiled, or refused: so it must end on
 * any text, but need not find what is wrong in it.
 */
#include "match/rule_source.h"
#include <stdbool.h>
#include <string.h>

enum token_kind {
	TOKEN_END,
	TOKEN_NAME, /* rule, a, $head */
	TOKEN_TEXT, /* between the quotation marks */
	TOKEN_REGEX,
	TOKEN_SIGN /* any other character */
};

struct reader {
	const char *at;
	unsigned line; /* of `at` */
	enum token_kind kind;
	const char *begin; /* of the token */
	size_t nbytes;
	unsigned token_line;
	bool may_be_regex; /* a slash would begin one, and divide nothing */
};

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '#' ||
	       c == '@';
}

static void step(struct reader *r)
{
	r->line += *r->at == '\n';
	r->at++;
}

static bool skip_comment(struct reader *r)
{
	if (r->at[0] != '/' || (r->at[1] != '/' && r->at[1] != '*'))
		return false;
	if (r->at[1] == '/') {
		while (*r->at && *r->at != '\n')
			r->at++;
		return true;
	}
	r->at += 2;
	while (*r->at && (r->at[0] != '*' || r->at[1] != '/'))
		step(r);
	if (*r->at)
		r->at += 2;
	return true;
}

static void skip_blanks(struct reader *r)
{
	while (*r->at && (strchr(" \t\r\n", *r->at) || skip_comment(r))) {
		if (*r->at && strchr(" \t\r\n", *r->at))
			step(r);
	}
}

/* From the opening mark to the closing one, which is taken, too. */
static void take_quoted(struct reader *r, char mark)
{
	r->at++;
	r->begin = r->at;
	while (*r->at && *r->at != mark) {
		if (r->at[0] == '\\' && r->at[1])
			step(r);
		step(r);
	}
	r->nbytes = (size_t)(r->at - r->begin);
	if (*r->at)
		r->at++;
}

static bool is_word(const struct reader *r, const char *word)
{
	return r->kind == TOKEN_NAME && r->nbytes == strlen(word) &&
	       memcmp(r->begin, word, r->nbytes) == 0;
}

static bool next(struct reader *r)
{
	skip_blanks(r);
	r->begin = r->at;
	r->token_line = r->line;
	r->nbytes = 1;
	if (!*r->at) {
		r->kind = TOKEN_END;
	} else if (*r->at == '"') {
		r->kind = TOKEN_TEXT;
		take_quoted(r, '"');
	} else if (*r->at == '/' && r->may_be_regex) {
		r->kind = TOKEN_REGEX;
		take_quoted(r, '/');
	} else if (is_name_char(*r->at)) {
		r->kind = TOKEN_NAME;
		while (is_name_char(*r->at))
			r->at++;
		r->nbytes = (size_t)(r->at - r->begin);
	} else {
		r->kind = TOKEN_SIGN;
		r->at++;
	}
	r->may_be_regex = (r->kind == TOKEN_SIGN && strchr("=(,", *r->begin)) ||
			  is_word(r, "matches");
	return r->kind != TOKEN_END;
}

/* Behind `rule NAME`; the line of the word `rule`, 0: there is none. */
static unsigned find_rule(struct reader *r, const char *text, const char *rule)
{
	unsigned line = 0;

	memset(r, 0, sizeof(*r));
	r->at = text;
	r->line = 1;
	while (next(r)) {
		if (line && is_word(r, rule))
			return line;
		line = is_word(r, "rule") ? r->token_line : 0;
	}
	return 0;
}

unsigned rule_source_line(const char *text, const char *rule)
{
	struct reader r;

	return find_rule(&r, text, rule);
}

unsigned rule_source_string_line(const char *text, const char *rule,
				 const char *identifier)
{
	struct reader r;
	unsigned line = 0;

	if (!find_rule(&r, text, rule))
		return 0;
	while (next(&r) && !is_word(&r, "rule") && !is_word(&r, "condition")) {
		if (line && r.kind == TOKEN_SIGN && *r.begin == '=')
			return line;
		line = is_word(&r, identifier) ? r.token_line : 0;
	}
	return 0;
}

static unsigned hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
	       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
	       : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
				      : 0;
}

/* One character of a text, with its escapes; moves *at. */
static char read_char(const char **at, const char *end)
{
	const char *p = *at;
	char c = *p++;

	if (c == '\\' && p < end) {
		c = *p++;
		if (c == 'x' && end - p >= 2) {
			c = (char)(hex_digit(p[0]) << 4 | hex_digit(p[1]));
			p += 2;
		} else {
			c = (char)(c == 'n'   ? '\n'
				   : c == 't' ? '\t'
				   : c == 'r' ? '\r'
					      : c);
		}
	}
	*at = p;
	return c;
}

static bool is_text(const struct reader *r, const char *word, size_t nbytes)
{
	const char *at = r->begin;
	const char *end = at + r->nbytes;
	size_t i = 0;

	if (r->kind != TOKEN_TEXT)
		return false;
	while (at < end && i < nbytes && read_char(&at, end) == word[i])
		i++;
	return at == end && i == nbytes;
}

unsigned rule_source_word_line(const char *text, const char *rule,
			       const char *word, size_t nbytes)
{
	struct reader r;
	bool is_condition = false;

	if (!find_rule(&r, text, rule))
		return 0;
	while (next(&r) && !is_word(&r, "rule")) {
		if (is_condition && is_text(&r, word, nbytes))
			return r.token_line;
		is_condition |= is_word(&r, "condition");
	}
	return 0;
}
