/*
 * Which names of files a pack asks for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A rule knows a name if it may be true of a file that bears it, whatever else
 * is so, and cannot be true of one that bears a name like no other: then it is
 * the name that it asks for.  Tried twice, with every string of the rule and
 * with none, so that neither `name and $a` nor `name or $a` is missed.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "match/condition.h"
#include "match/pack_internal.h"
#include "match/scanner.h"
#include <string.h>

#define VAR_FILENAME  0
#define VAR_EXTENSION 2
#define VAR_OBJECT    5

/* No file of Windows is called that. */
#define LIKE_NO_OTHER "?"

struct name {
	const char *name;
	const char *extension;
};

static bool may_be_true(const struct group *g, size_t rule, YR_SCANNER *yara,
			const struct name *n, bool no_strings)
{
	struct condition_facts facts = { .no_strings = no_strings,
					 .yara = yara };

	condition_know(&facts, VAR_FILENAME, n->name);
	condition_know(&facts, VAR_EXTENSION, n->extension);
	condition_know(&facts, VAR_OBJECT, "file");
	return condition_rule_may_match(g, rule, &facts);
}

static bool rule_knows(const struct group *g, size_t rule, YR_SCANNER *yara,
		       const struct name *n)
{
	static const struct name other = { LIKE_NO_OTHER, "" };

	for (int none = 0; none < 2; none++)
		if (may_be_true(g, rule, yara, n, none) &&
		    !may_be_true(g, rule, yara, &other, none))
			return true;
	return false;
}

static bool group_knows(const struct group *g, const struct name *n)
{
	YR_SCANNER *yara = NULL;
	bool knows = false;

	if (yr_scanner_create(g->rules, &yara) != ERROR_SUCCESS)
		return true; /* nothing can be said of it */
	for (size_t i = 0; i < g->rule_count && !knows; i++)
		knows = rule_knows(g, i, yara, n);
	yr_scanner_destroy(yara);
	return knows;
}

static bool is_row(const struct pack *p, const char *name)
{
	for (size_t i = 0; i < pack_rule_count(p); i++)
		if (utf_casecmp(pack_rule(p, i)->companion, name) == 0)
			return true;
	for (size_t i = 0; i < pack_place_count(p); i++) {
		const struct pack_place *place = pack_place(p, i);
		const char *cut = strrchr(place->pattern, '\\');

		if (place->kind == PLACE_FILE &&
		    utf_casecmp(cut ? cut + 1 : place->pattern, name) == 0)
			return true;
	}
	return false;
}

static bool knows_exactly(const struct pack *p, const char *name)
{
	struct str extension = STR_INIT;
	const struct name n = { name, scanner_extension(&extension, name) };
	bool knows = *name && is_row(p, name);

	for (size_t i = 0; i < p->groups.count && !knows; i++)
		knows = group_knows(vec_at(&p->groups, i), &n);
	knows |= extension.err != 0;
	str_release(&extension);
	return knows;
}

bool pack_knows_name(const struct pack *p, const char *name)
{
	size_t n = strlen(name);
	char *plain;
	bool knows = knows_exactly(p, name);

	/* A loader asks for "lib.dll. " as for "lib.dll". */
	while (n && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	if (knows || !name[n])
		return knows;
	plain = mem_strndup(name, n);
	knows = !plain || knows_exactly(p, plain);
	mem_free(plain);
	return knows;
}
