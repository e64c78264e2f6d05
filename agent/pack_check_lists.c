/*
 * Strict check of a pack: pack.txt and the lists.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pack_check.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/points.h"
#include "words/pack.h"
#include <string.h>

/* ---- pack.txt ---------------------------------------------------- */

static bool is_version(const char *s)
{
	/* YYYY.MM.DD[.n] */
	for (size_t i = 0; i < 10; i++) {
		bool dot = i == 4 || i == 7;

		if (dot ? s[i] != '.' : (s[i] < '0' || s[i] > '9'))
			return false;
	}
	if (!s[10])
		return true;
	return s[10] == '.' && s[11] &&
	       strspn(s + 11, "0123456789") == strlen(s + 11);
}

static const char *const info_keys[] = { "name",     "title",	 "title_ja",
					 "version",  "min_tool", "description",
					 "reference" };

static bool is_info_key(const char *at, size_t nbytes)
{
	for (size_t i = 0; i < sizeof(info_keys) / sizeof(info_keys[0]); i++)
		if (strlen(info_keys[i]) == nbytes &&
		    memcmp(info_keys[i], at, nbytes) == 0)
			return true;
	return false;
}

/*
 * Calls each line's key; loading has seen that every line has one.  The line
 * of `key`, or 1; keys that nobody knows are problems if there is a list.
 */
static unsigned info_line(const struct pack_member *m, const char *key,
			  struct vec *problems, int *err_ret)
{
	const char *at = (const char *)m->data;
	unsigned found = 1;

	if (m->nbytes >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
		at += 3;
	for (unsigned line = 1; *at; line++) {
		size_t n = strcspn(at, "\n");
		const char *colon = memchr(at, ':', n);
		size_t nbytes = colon ? (size_t)(colon - at) : 0;

		if (colon && *at != '#') {
			if (strlen(key) == nbytes &&
			    memcmp(at, key, nbytes) == 0)
				found = line;
			if (problems && !*err_ret && !is_info_key(at, nbytes))
				*err_ret = pack_problem(
					problems, W_PACK_UNKNOWN_KEY, line,
					(int)(nbytes > 60 ? 60 : nbytes), at);
		}
		at += n + (at[n] == '\n');
	}
	return found;
}

static int check_info(const struct pack *p, struct vec *problems)
{
	const struct pack_info *info = pack_info(p);
	const struct pack_member *m = pack_files_get(&p->files, "pack.txt");

	const struct {
		const char *key, *value;
	} needed[] = {
		{ "title", info->title },
		{ "title_ja", info->title_ja },
		{ "description", info->description },
		{ "reference", info->reference },
	};

	int ret = 0;

	if (!m)
		return pack_problem(problems, W_PACK_NO_PACK_TXT);
	info_line(m, "", problems, &ret);
	/* Without one the pack is called by its path. */
	if (!ret && info->name == info->source)
		ret = pack_problem(problems, W_PACK_NO_KEY, 1u, "name");
	if (!ret && !is_version(info->version))
		ret = pack_problem(problems, W_PACK_VERSION,
				   info_line(m, "version", NULL, &ret),
				   info->version);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]) && !ret; i++)
		if (!*needed[i].value)
			ret = pack_problem(
				problems, W_PACK_NO_KEY,
				info_line(m, needed[i].key, NULL, &ret),
				needed[i].key);
	return ret;
}

/* ---- places.tsv -------------------------------------------------- */

/* Those that every Windows, or every 64-bit one, has (target/variables.c). */
static const char *const variables[] = {
	"TEMP",
	"TMP",
	"LOCALAPPDATA",
	"APPDATA",
	"USERPROFILE",
	"ProgramFiles",
	"ProgramFiles(x86)",
	"ProgramW6432",
	"CommonProgramFiles",
	"CommonProgramFiles(x86)",
	"CommonProgramW6432",
	"ProgramData",
	"ALLUSERSPROFILE",
	"PUBLIC",
	"SystemRoot",
	"windir",
	"SystemDrive",
};

static bool is_variable(const char *name, size_t nbytes)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (strlen(variables[i]) == nbytes &&
		    ascii_ncasecmp(variables[i], name, nbytes) == 0)
			return true;
	return false;
}

static int place_problem(struct vec *problems, const struct pack_place *place,
			 const char *what)
{
	return pack_problem(problems, W_PACK_PLACE_PROBLEM, place->line,
			    place->pattern, what);
}

static int check_variables(const struct pack_place *place, struct vec *problems)
{
	const char *at = strchr(place->pattern, '%');

	while (at) {
		const char *end = strchr(at + 1, '%');
		size_t n = end ? (size_t)(end - at) - 1 : 0;

		if (!end)
			return pack_problem(problems, W_PACK_PLACE_PERCENT,
					    place->line, place->pattern);
		if (!is_variable(at + 1, n))
			return pack_problem(problems, W_PACK_PLACE_VARIABLE,
					    place->line,
					    (int)(n > 60 ? 60 : n) + 2, at);
		at = strchr(end + 1, '%');
	}
	return 0;
}

static bool is_drive(const char *s)
{
	return ((s[0] >= 'A' && s[0] <= 'Z') || (s[0] >= 'a' && s[0] <= 'z')) &&
	       s[1] == ':' && s[2] == '\\';
}

static int check_place(const struct pack_place *place, struct vec *problems)
{
	if (place->pattern[0] != '%' && !is_drive(place->pattern))
		return place_problem(problems, place, W_PACK_PLACE_BEGIN);
	if (strpbrk(place->pattern, "/*?\"<>|"))
		return place_problem(problems, place, W_PACK_PLACE_LETTER);
	return check_variables(place, problems);
}

/* ---- known.tsv, allow.tsv ---------------------------------------- */

static bool is_point(const char *word)
{
	return strcmp(word, "*") == 0 || point_from_name(word) != POINT_COUNT;
}

static bool is_class(const char *s)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";

	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		bool fits =
			form[i] == 'x'
				? s[i] && strchr("0123456789abcdefABCDEF", s[i])
				: s[i] == form[i];

		if (!fits)
			return false;
	}
	return !s[sizeof(form) - 1];
}

/* Whether entries of that point name a class at all; tasks may. */
static bool can_have_class(const char *word)
{
	enum point point = point_from_name(word);

	if (point == POINT_COUNT || point == POINT_SCHEDULED_TASK)
		return true;
	for (size_t i = 0; i < points_count(); i++)
		if (points_row(i)->point == point &&
		    point_leads_to_class(points_row(i)))
			return true;
	return false;
}

static const char *known_fault(const struct pack_known *k)
{
	if (!is_point(k->point))
		return W_PACK_KNOWN_POINT;
	if (strcmp(k->clsid, "*") != 0 && !is_class(k->clsid))
		return W_PACK_KNOWN_CLASS;
	if (strcmp(k->clsid, "*") != 0 && !can_have_class(k->point))
		return W_PACK_KNOWN_NO_CLASS;
	if (strpbrk(k->file, "\\/"))
		return W_PACK_KNOWN_FILE;
	if (!*k->what)
		return W_PACK_KNOWN_WHAT;
	return NULL;
}

static int check_known(const struct pack *p, size_t i, struct vec *problems)
{
	const struct pack_known *k = pack_known(p, i);
	const char *fault = known_fault(k);

	return fault ? pack_problem(problems, W_PACK_KNOWN_PROBLEM, k->line,
				    k->point, k->clsid, k->file, fault)
		     : 0;
}

static const char *allow_fault(const struct pack_allow *a)
{
	if (a->kind == ALLOW_CLSID && !is_class(a->value))
		return W_PACK_ALLOW_CLASS;
	if (a->kind != ALLOW_PATH)
		return NULL;
	if (strchr(a->value, '%'))
		return W_PACK_ALLOW_VARIABLE;
	if (strchr(a->value, '/'))
		return W_PACK_ALLOW_SLASH;
	return is_drive(a->value) || strncmp(a->value, "?:\\", 3) == 0 ||
			       a->value[0] == '*'
		       ? NULL
		       : W_PACK_ALLOW_BEGIN;
}

static int check_allow(const struct pack *p, size_t i, struct vec *problems)
{
	const struct pack_allow *a = pack_allow(p, i);
	const char *fault = allow_fault(a);

	return fault ? pack_problem(problems, W_PACK_ALLOW_PROBLEM, a->line,
				    a->value, fault)
		     : 0;
}

/* ---- all files --------------------------------------------------- */

/* An editor's other choices for Japanese would be shown as junk. */
static int check_encoding(const struct pack_member *m, struct vec *problems)
{
	const char *at = (const char *)m->data;
	unsigned line = 1;
	uint32_t cp;

	for (; *at; at += utf_decode(at, &cp)) {
		line += *at == '\n';
		utf_decode(at, &cp);
		if (cp & UTF_BAD)
			return pack_problem(problems, W_PACK_NO_UTF8, m->name,
					    line);
	}
	return 0;
}

int pack_check_lists(const struct pack *p, struct vec *problems)
{
	int ret = check_info(p, problems);

	for (size_t i = 0; i < p->files.members.count && !ret; i++)
		ret = check_encoding(vec_at(&p->files.members, i), problems);

	for (size_t i = 0; i < pack_place_count(p) && !ret; i++)
		ret = check_place(pack_place(p, i), problems);
	for (size_t i = 0; i < pack_known_count(p) && !ret; i++)
		ret = check_known(p, i, problems);
	for (size_t i = 0; i < pack_allow_count(p) && !ret; i++)
		ret = check_allow(p, i, problems);
	return ret;
}
