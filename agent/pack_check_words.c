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
#include "match/filetype.h"
#include "match/rule_source.h"
#include "match/rule_words.h"
#include "target/location_table.h"
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
		return "an extension is in lower case";
	if (from_start && w->text[0] != '.')
		return "an extension begins with its dot";
	if (memchr(w->text + 1, '.', w->nbytes - 1))
		return "an extension has one dot, the last of the name";
	return NULL;
}

/* Folders end without a backslash, that of a drive ("C:"), too. */
static const char *folder_fault(const struct rule_word *w)
{
	bool to_end = w->relation == WORD_EQUALS || w->relation == WORD_ENDS;

	if (to_end && w->nbytes && w->text[w->nbytes - 1] == '\\')
		return "a folder ends without its backslash";
	return NULL;
}

/* A backslash in a name is the beginning of "\u{" or "\x{" (base/utf.h). */
static const char *filename_fault(const struct rule_word *w)
{
	for (size_t i = 0; i + 2 < w->nbytes; i++) {
		if (w->text[i] == '\\' && w->text[i + 2] != '{' &&
		    w->text[i + 1] != '\\')
			return "a name has no folder in it; that is filepath";
	}
	return NULL;
}

/*
 * Which variables the place of a file can begin with (target/own_folders.c); what a
 * user may set himself, such as TEMP, is none of them.
 */
static const char *place_fault(const struct rule_word *w)
{
	static const char *const names[] = {
		"%ProgramFiles%", "%ProgramFiles(x86)%",
		"%ProgramData%",  "%CommonProgramFiles%",
		"%SystemRoot%",	  "%CommonProgramFiles(x86)%",
		"%USERPROFILE%",  "%ALLUSERSPROFILE%",
		"%APPDATA%",	  "%LOCALAPPDATA%",
		"%PUBLIC%",
	};
	bool is_whole = w->relation == WORD_EQUALS;

	if ((!is_whole && w->relation != WORD_STARTS) || !w->nbytes ||
	    w->text[0] != '%')
		return folder_fault(w);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);
		size_t both = n < w->nbytes ? n : w->nbytes;

		if (!is_same(w->text, names[i], both, w->no_case))
			continue;
		if (w->nbytes > n ? w->text[n] == '\\'
				  : !is_whole || w->nbytes == n)
			return folder_fault(w);
	}
	return "a place begins with %ProgramFiles%, %ProgramFiles(x86)%, "
	       "%CommonProgramFiles%, %CommonProgramFiles(x86)%, "
	       "%ProgramData%, %ALLUSERSPROFILE%, %PUBLIC%, %SystemRoot%, "
	       "%USERPROFILE%, %APPDATA% or %LOCALAPPDATA%, in this spelling "
	       "unless without case, or with a drive";
}

const char *pack_place_fault(const char *text, size_t nbytes, bool no_case)
{
	const struct rule_word w = { .relation = WORD_STARTS,
				     .no_case = no_case,
				     .text = text,
				     .nbytes = nbytes };

	return place_fault(&w);
}

static const char *free_fault(const struct rule_word *w)
{
	const char *name = group_var_names[w->var];

	if (strcmp(name, "extension") == 0)
		return extension_fault(w);
	if (strcmp(name, "filename") == 0)
		return filename_fault(w);
	if (strcmp(name, "filepath") == 0)
		return folder_fault(w);
	if (strcmp(name, "place") == 0)
		return place_fault(w);
	return NULL;
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
	struct str what = STR_INIT;
	int ret;

	str_addf(&what, "the variable %s can never be ",
		 group_var_names[w->var]);
	str_add(&what, "\"");
	str_addn(&what, w->text, w->nbytes);
	str_add(&what, "\": ");
	if (fault)
		str_add(&what, fault);
	for (size_t i = 0; !fault && pack_var_value(w->var, i); i++)
		str_addf(&what, "%s\"%s\"", i ? ", " : "it is one of ",
			 pack_var_value(w->var, i));
	ret = what.err ? err_nomem()
		       : pack_rule_problem(c->pack, c->problems, c->rule, line,
					   "%s", str_text(&what));
	str_release(&what);
	return ret;
}

static int on_word(void *arg, const struct rule_word *w)
{
	const struct checking *c = arg;
	const char *fault;

	if (!pack_var_value(w->var, 0)) {
		fault = free_fault(w);
		return fault ? add_word_problem(c, w, fault) : 0;
	}
	for (size_t i = 0; pack_var_value(w->var, i); i++)
		if (is_true_of(w, pack_var_value(w->var, i)))
			return 0;
	return add_word_problem(c, w, NULL);
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
				 "the condition is true of nothing: object, "
				 "location, point and view contradict each "
				 "other (only a registration has a point and "
				 "a view)");
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
			ret = pack_rule_problem(
				p, problems, c.rule, 0,
				"it is global: no other rule of its file can "
				"match where it does not");
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
