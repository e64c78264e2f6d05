/*
 * Strict check of a pack: strings of rules about registrations, held against
 * the lines that a registration's text can have.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which lines there are, and in which order, is read from a registration's
 * text itself (collect/registration_text.c).
 */
#include "pack_check.h"
#include "base/err.h"
#include "base/str.h"
#include "collect/registration.h"
#include "match/rule_source.h"
#include "words/pack.h"
#include <string.h>

#define MAX_FIELDS 64

static const struct {
	const char *field;
	const char *values[4];
} closed[] = {
	{ "exists", { "yes", "no", "unknown" } },
	{ "loads", { "yes", "no" } },
	{ "disabled", { "yes", "no" } },
	{ "version_resource", { "yes", "no", "unknown" } },
};

const char *pack_line_value(const char *field, size_t i)
{
	/* Variables of the same name have the same values, and "". */
	static const char *const variables[] = { "point", "view", "location" };

	for (size_t k = 0; k < sizeof(closed) / sizeof(closed[0]); k++)
		if (strcmp(closed[k].field, field) == 0)
			return i < 4 ? closed[k].values[i] : NULL;
	for (size_t k = 0; k < sizeof(variables) / sizeof(variables[0]); k++) {
		size_t var = 0;

		if (strcmp(variables[k], field) != 0)
			continue;
		while (strcmp(group_var_names[var], field) != 0)
			var++;
		return pack_var_value(var, i + 1);
	}
	return NULL;
}

/* The lines of an empty registration, cut into words. */
struct form {
	struct str text;
	const char *head;
	const char *fields[MAX_FIELDS];
	size_t count;
};

static int form_read(struct form *f)
{
	const struct registration empty = { 0 };
	int ret = registration_text(&empty, &f->text);
	char *line = f->text.buf;

	if (ret)
		return err_nomem();
	while (*line) {
		char *end = line + strcspn(line, "\n");
		char *next = *end ? end + 1 : end;
		char *colon = memchr(line, ':', (size_t)(end - line));

		*end = '\0';
		if (colon)
			*colon = '\0';
		if (!f->head)
			f->head = line;
		else if (colon && f->count < MAX_FIELDS)
			f->fields[f->count++] = line;
		line = next;
	}
	return 0;
}

/* ---- one string -------------------------------------------------- */

struct text_line {
	const char *at;
	size_t nbytes;
	bool has_end;	/* the line's end stands in the string, too */
	bool has_begin; /* so does its begin */
};

struct checking {
	const struct pack *pack;
	struct vec *problems;
	const struct rule_info *rule;
	const YR_STRING *string;
	const struct form *form;
	bool no_case;
	size_t expected; /* field of the next line, form->count: any */
};

static unsigned line_of(const struct checking *c)
{
	return rule_source_string_line(pack_rule_source(c->pack, c->rule),
				       c->rule->name, c->string->identifier);
}

static int complain_why(const struct checking *c, const struct text_line *l,
			const char *why)
{
	return pack_rule_problem(c->pack, c->problems, c->rule, line_of(c),
				 W_PACK_NO_LINE, c->string->identifier,
				 (int)l->nbytes, l->at, why);
}

/* The field has none but these values. */
static int complain_of(const struct checking *c, const struct text_line *l,
		       const char *field)
{
	struct str values = STR_INIT;
	int ret;

	for (size_t i = 0; pack_line_value(field, i); i++)
		str_addf(&values, "%s%s", i ? ", " : "",
			 pack_line_value(field, i));
	ret = values.err
		      ? err_nomem()
		      : pack_rule_problem(c->pack, c->problems, c->rule,
					  line_of(c), W_PACK_NO_LINE_VALUE,
					  c->string->identifier, (int)l->nbytes,
					  l->at, field, str_text(&values));
	str_release(&values);
	return ret;
}

static bool is_same(const struct checking *c, const char *a, const char *b,
		    size_t n)
{
	return c->no_case ? ascii_ncasecmp(a, b, n) == 0
			  : strncmp(a, b, n) == 0;
}

/* Whether the line can be `whole`, of which its last part may be missing. */
static bool can_be(const struct checking *c, const struct text_line *l,
		   const char *whole)
{
	size_t n = strlen(whole);

	return (l->has_end ? l->nbytes == n : l->nbytes <= n) &&
	       is_same(c, l->at, whole, l->nbytes);
}

/* How much of the line is "field: "; 0: it begins with something else. */
static size_t match_field(const struct checking *c, const struct text_line *l,
			  const char *field)
{
	size_t n = strlen(field);

	return l->nbytes >= n + 2 && is_same(c, l->at, field, n) &&
			       memcmp(l->at + n, ": ", 2) == 0
		       ? n + 2
		       : 0;
}

static int check_place(const struct checking *c, const struct text_line *l,
		       const struct text_line *value)
{
	struct str why = STR_INIT;
	int ret = pack_add_place_fault(&why, value->at, value->nbytes,
				       c->no_case);

	if (!ret && why.len)
		ret = complain_why(c, l, str_text(&why));
	str_release(&why);
	return ret;
}

static int check_value(const struct checking *c, const struct text_line *l,
		       const char *field, size_t skip)
{
	struct text_line value = *l;
	const char *v;

	value.at += skip;
	value.nbytes -= skip;
	if (strcmp(field, "place") == 0)
		return check_place(c, l, &value);
	if (!pack_line_value(field, 0))
		return 0;
	for (size_t i = 0; (v = pack_line_value(field, i)); i++)
		if (can_be(c, &value, v))
			return 0;
	return complain_of(c, l, field);
}

/* The line may end in the middle of a field's name. */
static bool is_begun_field(const struct checking *c, const struct text_line *l,
			   const char *field)
{
	struct text_line begun = *l;

	if (l->has_end)
		return false;
	if (begun.nbytes && begun.at[begun.nbytes - 1] == ':')
		begun.nbytes--;
	return begun.nbytes <= strlen(field) &&
	       is_same(c, begun.at, field, begun.nbytes) &&
	       (begun.nbytes == l->nbytes || !field[begun.nbytes]);
}

static int check_field(struct checking *c, const struct text_line *l)
{
	const size_t any = c->form->count;
	size_t first = c->expected == any ? 0 : c->expected;
	size_t last = c->expected == any ? any : c->expected + 1;

	for (size_t i = first; i < last && i < any; i++) {
		size_t skip = match_field(c, l, c->form->fields[i]);

		/* Part of a line says nothing unless its value is ours. */
		if (skip &&
		    (l->has_begin || pack_line_value(c->form->fields[i], 0))) {
			c->expected = i + 1;
			return check_value(c, l, c->form->fields[i], skip);
		}
		if (is_begun_field(c, l, c->form->fields[i]))
			return 0;
	}
	return l->has_begin ? complain_why(c, l, W_PACK_NO_FIELD) : 0;
}

static bool is_head(const struct checking *c, const struct text_line *l)
{
	/* "mstmpsweep registration " and whatever number. */
	size_t n = strlen(c->form->head) - 1;

	return is_same(c, l->at, c->form->head, l->nbytes < n ? l->nbytes : n);
}

static int check_line(struct checking *c, const struct text_line *l)
{
	if (l->has_begin || l->nbytes < 12 || !is_head(c, l))
		return check_field(c, l);
	c->expected = 0;
	return can_be(c, l, c->form->head)
		       ? 0
		       : complain_why(c, l, W_PACK_NO_FIELD);
}

static int check_string(struct checking *c)
{
	const char *at = (const char *)c->string->string;
	const char *end = at + c->string->length;
	bool has_begin = false;
	int ret = 0;

	c->no_case = STRING_IS_NO_CASE(c->string) != 0;
	c->expected = c->form->count;
	while (at < end && !ret) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct text_line l = { at, (size_t)((stop ? stop : end) - at),
				       stop != NULL, has_begin };

		if (stop != at || has_begin)
			ret = check_line(c, &l);
		has_begin = true;
		at = stop ? stop + 1 : end;
	}
	return ret;
}

/* ---- the strings of a rule --------------------------------------- */

static bool is_plain(const YR_STRING *s)
{
	return STRING_IS_LITERAL(s) && STRING_IS_ASCII(s) &&
	       !STRING_IS_XOR(s) && !STRING_IS_BASE64(s) &&
	       !STRING_IS_BASE64_WIDE(s);
}

static bool shows_head(const YR_STRING *s, const struct form *f)
{
	size_t n = strlen(f->head) - 1;

	return is_plain(s) && s->length >= 0 && (size_t)s->length >= n &&
	       memcmp(s->string, f->head, n) == 0;
}

/* By its condition, or by the head that one of its strings is. */
static bool is_about_registrations(const struct group *g, size_t index,
				   YR_RULE *rule, const struct form *f)
{
	YR_STRING *s;

	yr_rule_strings_foreach(rule, s)
	{
		if (shows_head(s, f))
			return true;
	}
	return !pack_rule_is_about(g, index, "file") &&
	       !pack_rule_is_about(g, index, "member") &&
	       !pack_rule_is_about(g, index, "trace");
}

static int check_rule(struct checking *c)
{
	size_t index;
	const struct group *g = pack_rule_group(c->pack, c->rule, &index);
	YR_RULE *rule = &g->rules->rules_table[index];
	YR_STRING *s;
	int ret = 0;

	if (!is_about_registrations(g, index, rule, c->form))
		return 0;
	yr_rule_strings_foreach(rule, s)
	{
		c->string = s;
		if (!ret && is_plain(s))
			ret = check_string(c);
	}
	return ret;
}

int pack_check_lines(const struct pack *p, struct vec *problems)
{
	struct form form = { .text = STR_INIT };
	struct checking c = { .pack = p, .problems = problems, .form = &form };
	int ret = form_read(&form);

	for (size_t i = 0; i < pack_rule_count(p) && !ret; i++) {
		c.rule = pack_rule(p, i);
		ret = check_rule(&c);
	}
	str_release(&form.text);
	return ret;
}
