/*
 * Strict check of a pack: words with which conditions compare the external
 * variables and which no artefact can have, and conditions that are true of
 * none.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pack_check.h"
#include "base/err.h"
#include "base/str.h"
#include "collect/registration.h"
#include "match/condition.h"
#include "base/filetype.h"
#include "match/rule_source.h"
#include "match/rule_words.h"
#include "target/location_table.h"
#include "words/pack.h"
#include <string.h>

static size_t var_named(const char *name)
{
	size_t i = 0;

	while (i < GROUP_VAR_COUNT && strcmp(group_var_names[i], name) != 0)
		i++;
	return i;
}

static const char *listed(const char *const *list, size_t count, size_t i)
{
	return i < count ? list[i] : NULL;
}

const char *pack_var_value(size_t var, size_t i)
{
	static const char *const objects[] = { "file", "member", "registration",
					       "trace" };
	static const char *const views[] = { "", "64", "32", "shared" };
	const char *name = group_var_names[var];

	if (strcmp(name, "object") == 0)
		return listed(objects, 4, i);
	if (strcmp(name, "view") == 0)
		return listed(views, 4, i);
	if (strcmp(name, "point") == 0)
		return i == 0		  ? ""
		       : i <= POINT_COUNT ? point_name((enum point)(i - 1))
					  : NULL;
	/* "" is where a registration leads to no path. */
	if (strcmp(name, "location") == 0)
		return i == 0 ? ""
		       : i <= LOCATION_RECYCLE_BIN + 1
			       ? location_name((enum location)(i - 1))
			       : NULL;
	if (strcmp(name, "filetype") == 0)
		return i < FILETYPE_COUNT ? filetype_name((enum filetype)i)
					  : NULL;
	return NULL;
}

/* ---- one word ------------------------------------------------------------ */

static bool is_same(const char *a, const char *b, size_t n, bool no_case)
{
	return no_case ? ascii_ncasecmp(a, b, n) == 0 : memcmp(a, b, n) == 0;
}

/* Whether the comparison is true of that value. */
static bool is_true_of(const struct rule_word *w, const char *value)
{
	size_t n = strlen(value);

	if (w->nbytes > n)
		return false;
	switch (w->relation) {
	case WORD_EQUALS:
		return n == w->nbytes && is_same(value, w->text, n, w->no_case);
	case WORD_STARTS:
		return is_same(value, w->text, w->nbytes, w->no_case);
	case WORD_ENDS:
		return is_same(value + n - w->nbytes, w->text, w->nbytes,
			       w->no_case);
	case WORD_CONTAINS:
		break;
	}
	for (size_t at = 0; at + w->nbytes <= n; at++)
		if (is_same(value + at, w->text, w->nbytes, w->no_case))
			return true;
	return false;
}

static bool has_upper(const struct rule_word *w)
{
	for (size_t i = 0; i < w->nbytes; i++)
		if (w->text[i] >= 'A' && w->text[i] <= 'Z')
			return true;
	return false;
}

/* In lower case, from the last dot on. */
static const char *extension_fault(const struct rule_word *w)
{
	bool from_start =
		w->relation == WORD_EQUALS || w->relation == WORD_STARTS;

	if (!w->nbytes)
		return NULL;
	if (!w->no_case && has_upper(w))
		return W_PACK_EXTENSION_CASE;
	if (from_start && w->text[0] != '.')
		return W_PACK_EXTENSION_DOT;
	if (memchr(w->text + 1, '.', w->nbytes - 1))
		return W_PACK_EXTENSION_DOTS;
	return NULL;
}

/* Folders end without a backslash, that of a drive ("C:"), too. */
static const char *folder_fault(const struct rule_word *w)
{
	bool to_end = w->relation == WORD_EQUALS || w->relation == WORD_ENDS;

	if (to_end && w->nbytes && w->text[w->nbytes - 1] == '\\')
		return W_PACK_FOLDER_END;
	return NULL;
}

/* A backslash in a name is the beginning of "\u{" or "\x{" (base/utf.h). */
static const char *filename_fault(const struct rule_word *w)
{
	for (size_t i = 0; i + 2 < w->nbytes; i++) {
		if (w->text[i] == '\\' && w->text[i + 2] != '{' &&
		    w->text[i + 1] != '\\')
			return W_PACK_NAME_FOLDER;
	}
	return NULL;
}

/*
 * Which variables the place of a file can begin with (target/own_folders.c);
 * what a user may set himself, such as TEMP, is none of them.
 */
static const char *const place_names[] = {
	"%ProgramFiles%",
	"%ProgramFiles(x86)%",
	"%CommonProgramFiles%",
	"%CommonProgramFiles(x86)%",
	"%ProgramData%",
	"%ALLUSERSPROFILE%",
	"%PUBLIC%",
	"%SystemRoot%",
	"%USERPROFILE%",
	"%APPDATA%",
	"%LOCALAPPDATA%",
};
#define PLACE_COUNT (sizeof(place_names) / sizeof(place_names[0]))

static bool can_be_place(const struct rule_word *w)
{
	bool is_whole = w->relation == WORD_EQUALS;

	if ((!is_whole && w->relation != WORD_STARTS) || !w->nbytes ||
	    w->text[0] != '%')
		return true;
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		size_t n = strlen(place_names[i]);
		size_t both = n < w->nbytes ? n : w->nbytes;

		if (!is_same(w->text, place_names[i], both, w->no_case))
			continue;
		if (w->nbytes > n ? w->text[n] == '\\'
				  : !is_whole || w->nbytes == n)
			return true;
	}
	return false;
}

static int add_place_fault(struct str *out, const struct rule_word *w)
{
	struct str names = STR_INIT;
	int ret;

	if (can_be_place(w)) {
		const char *fault = folder_fault(w);

		return fault ? str_add(out, fault) : 0;
	}
	for (size_t i = 0; i < PLACE_COUNT; i++)
		str_addf(&names, "%s%s", i ? ", " : "", place_names[i]);
	ret = names.err ? err_nomem()
			: str_addf(out, W_PACK_PLACE, str_text(&names));
	str_release(&names);
	return ret;
}

int pack_add_place_fault(struct str *out, const char *text, size_t nbytes,
			 bool no_case)
{
	const struct rule_word w = { .relation = WORD_STARTS,
				     .no_case = no_case,
				     .text = text,
				     .nbytes = nbytes };

	return add_place_fault(out, &w);
}

/* Why no artefact has that word in a variable of any text, "": one can. */
static int add_free_fault(struct str *out, const struct rule_word *w)
{
	const char *name = group_var_names[w->var];
	const char *fault = NULL;

	if (strcmp(name, "extension") == 0)
		fault = extension_fault(w);
	else if (strcmp(name, "filename") == 0)
		fault = filename_fault(w);
	else if (strcmp(name, "filepath") == 0)
		fault = folder_fault(w);
	else if (strcmp(name, "place") == 0)
		return add_place_fault(out, w);
	return fault ? str_add(out, fault) : 0;
}

/* ---- the words of a rule ----------------------------------------- */

struct checking {
	const struct pack *pack;
	struct vec *problems;
	const struct rule_info *rule;
};

static int add_word_problem(const struct checking *c, const struct rule_word *w,
			    const char *fault)
{
	unsigned line =
		rule_source_word_line(pack_rule_source(c->pack, c->rule),
				      c->rule->name, w->text, w->nbytes);

	return pack_rule_problem(c->pack, c->problems, c->rule, line,
				 W_PACK_NEVER, group_var_names[w->var],
				 (int)w->nbytes, w->text, fault);
}

static int check_free(const struct checking *c, const struct rule_word *w)
{
	struct str fault = STR_INIT;
	int ret = add_free_fault(&fault, w);

	if (!ret && fault.len)
		ret = add_word_problem(c, w, str_text(&fault));
	str_release(&fault);
	return ret;
}

static int add_not_listed(const struct checking *c, const struct rule_word *w)
{
	struct str values = STR_INIT, fault = STR_INIT;
	int ret;

	for (size_t i = 0; pack_var_value(w->var, i); i++)
		str_addf(&values, "%s\"%s\"", i ? ", " : "",
			 pack_var_value(w->var, i));
	str_addf(&fault, W_PACK_ONE_OF, str_text(&values));
	ret = values.err || fault.err
		      ? err_nomem()
		      : add_word_problem(c, w, str_text(&fault));
	str_release(&fault);
	str_release(&values);
	return ret;
}

static int on_word(void *arg, const struct rule_word *w)
{
	const struct checking *c = arg;

	if (!pack_var_value(w->var, 0))
		return check_free(c, w);
	for (size_t i = 0; pack_var_value(w->var, i); i++)
		if (is_true_of(w, pack_var_value(w->var, i)))
			return 0;
	return add_not_listed(c, w);
}

/* ---- the condition as a whole ------------------------------------ */

/* Only registrations have a point and a view. */
static bool is_about_with(const struct group *g, size_t rule,
			  struct condition_facts *facts, const char *object)
{
	const size_t point = var_named("point");
	const size_t view = var_named("view");
	bool is_registration = strcmp(object, "registration") == 0;
	const char *value;

	for (size_t i = 0; (value = pack_var_value(point, i)); i++) {
		if (is_registration != (*value != '\0'))
			continue;
		condition_know(facts, point, value);
		for (size_t k = 0; (value = pack_var_value(view, k)); k++) {
			if (is_registration != (*value != '\0'))
				continue;
			condition_know(facts, view, value);
			if (condition_rule_may_match(g, rule, facts))
				return true;
		}
	}
	return false;
}

bool pack_rule_is_about(const struct group *g, size_t rule, const char *object)
{
	const size_t location = var_named("location");
	struct condition_facts facts = { .head = NULL };
	const char *value;

	condition_know(&facts, var_named("object"), object);
	for (size_t i = 0; (value = pack_var_value(location, i)); i++) {
		condition_know(&facts, location, value);
		if (is_about_with(g, rule, &facts, object))
			return true;
	}
	return false;
}

static int check_condition(const struct checking *c, const struct group *g,
			   size_t rule)
{
	const size_t object = var_named("object");
	const char *value;

	for (size_t i = 0; (value = pack_var_value(object, i)); i++)
		if (pack_rule_is_about(g, rule, value))
			return 0;
	return pack_rule_problem(c->pack, c->problems, c->rule, 0,
				 W_PACK_NOTHING_TRUE);
}

int pack_check_words(const struct pack *p, struct vec *problems)
{
	struct checking c = { .pack = p, .problems = problems };
	int ret = 0;

	for (size_t i = 0; i < pack_rule_count(p) && !ret; i++) {
		size_t before = problems->count;
		const struct group *g;
		size_t index;

		c.rule = pack_rule(p, i);
		if (c.rule->is_global)
			ret = pack_rule_problem(p, problems, c.rule, 0,
						W_PACK_GLOBAL);
		if (ret)
			break;
		g = pack_rule_group(p, c.rule, &index);
		ret = rule_words(g, index, on_word, &c);
		/* A wrong word is the cause, and told already. */
		if (!ret && problems->count == before)
			ret = check_condition(&c, g, index);
	}
	return ret;
}
