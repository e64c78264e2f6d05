/*
 * The name of a folder by the variables of its Windows: the pure part.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/place_name.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

/* Profiles lie two or three deep, a service's five; the rest is room. */
#define DEPTH_MAX 16

/* Without what ends it: "C:\a\" is "C:\a". */
static size_t folder_nbytes(const char *folder)
{
	size_t n = strlen(folder);

	while (n > 0 && folder[n - 1] == '\\')
		n--;
	return n;
}

static size_t depth_of(const char *folder, size_t nbytes)
{
	size_t depth = 0;

	for (size_t i = 0; i < nbytes; i++)
		depth += folder[i] == '\\';
	return depth;
}

/* ---- by the target's own folders ----------------------------------------- */

int place_names_add(struct place_names *n, const char *folder,
		    const char *variable)
{
	const size_t nbytes = folder_nbytes(folder);
	const size_t depth = depth_of(folder, nbytes);
	char *key;
	int ret = 0;

	if (depth < 1 || depth > DEPTH_MAX)
		return 0;
	if (!n->folders)
		n->folders = namemap_new();
	key = n->folders ? mem_strndup(folder, nbytes) : NULL;
	if (!key)
		return err_nomem();
	if (!namemap_get(n->folders, key))
		ret = namemap_put(n->folders, key, (void *)variable);
	if (depth > n->max_depth)
		n->max_depth = depth;
	mem_free(key);
	return ret;
}

void place_names_release(struct place_names *n)
{
	namemap_free(n->folders);
	memset(n, 0, sizeof(*n));
}

/* How much of it its first components take. */
static size_t first_nbytes(const char *folder, size_t nbytes, size_t depth)
{
	size_t i = 0;

	for (; i < nbytes; i++) {
		if (folder[i] == '\\' && depth-- == 0)
			break;
	}
	return i;
}

static char *named(const char *variable, const char *folder, size_t from,
		   size_t to)
{
	struct str s = STR_INIT;

	str_add(&s, variable);
	str_addn(&s, folder + from, to - from);
	return str_detach(&s);
}

char *place_name(const struct place_names *n, const char *folder)
{
	const size_t nbytes = folder_nbytes(folder);
	size_t at = first_nbytes(folder, nbytes, n->max_depth);
	char *key = mem_strndup(folder, nbytes);
	const char *variable = NULL;
	char *ret;

	if (!key || !n->folders)
		return key;
	while (at > 0) {
		key[at] = '\0';
		variable = namemap_get(n->folders, key);
		if (variable)
			break;
		while (at > 0 && key[--at] != '\\')
			;
	}
	ret = variable ? named(variable, folder, at, nbytes)
		       : mem_strndup(folder, nbytes);
	mem_free(key);
	return ret;
}

/* ---- by the names alone ------------------------------------------ */

/* What the components so far are; the next one goes on from there. */
enum state {
	S_NONE,
	S_PROGRAMS, /* Program Files, of either kind */
	S_PROGRAMS_32,
	S_USERS,	/* Users, Documents and Settings */
	S_PROFILE,	/* one of them */
	S_ALL_USERS,	/* the profile of all of them */
	S_APPDATA,	/* its AppData */
	S_LOCAL,	/* its Local Settings */
	S_LOCAL_APPDATA /* its AppData\Local */
};

static const struct step {
	enum state from; /* S_NONE: at any depth */
	const char *name;
	enum state to;
	const char *variable; /* NULL: none yet */
} steps[] = {
	{ S_PROGRAMS, "Common Files", S_NONE, "%CommonProgramFiles%" },
	{ S_PROGRAMS_32, "Common Files", S_NONE, "%CommonProgramFiles(x86)%" },
	{ S_APPDATA, "Local", S_LOCAL_APPDATA, "%LOCALAPPDATA%" },
	{ S_APPDATA, "Roaming", S_NONE, "%APPDATA%" },
	{ S_LOCAL, "Application Data", S_LOCAL_APPDATA, "%LOCALAPPDATA%" },
	{ S_PROFILE, "Local Settings", S_LOCAL, NULL },
	{ S_PROFILE, "Application Data", S_NONE, "%APPDATA%" },
	{ S_ALL_USERS, "Application Data", S_NONE, "%ProgramData%" },
	{ S_NONE, "Program Files", S_PROGRAMS, "%ProgramFiles%" },
	{ S_NONE, "Program Files (x86)", S_PROGRAMS_32, "%ProgramFiles(x86)%" },
	/* As a disk without long names, and who gave the order, have them. */
	{ S_NONE, "PROGRA~1", S_PROGRAMS, "%ProgramFiles%" },
	{ S_NONE, "PROGRA~2", S_PROGRAMS_32, "%ProgramFiles(x86)%" },
	{ S_NONE, "ProgramData", S_NONE, "%ProgramData%" },
	{ S_NONE, "AppData", S_APPDATA, NULL },
	{ S_NONE, "Users", S_USERS, NULL },
	{ S_NONE, "Documents and Settings", S_USERS, NULL },
};

static bool is_named(const char *s, size_t nbytes, const char *name)
{
	return strlen(name) == nbytes && ascii_ncasecmp(s, name, nbytes) == 0;
}

static const struct step *step_of(enum state state, const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if ((steps[i].from == S_NONE || steps[i].from == state) &&
		    is_named(s, n, steps[i].name))
			return &steps[i];
	}
	return NULL;
}

struct guess {
	enum state state;
	const char *variable; /* of the first `nbytes` of the path */
	size_t nbytes;
	/* Where what leads to the variable began, and what leads on now. */
	size_t top, running;
};

#define NO_TOP SIZE_MAX

/* What can stand at the root of a disk. */
static bool is_top(const struct step *step, const char *s, size_t n)
{
	return step ? step->from == S_NONE && step->to != S_APPDATA
		    : is_named(s, n, "Windows") || is_named(s, n, "WINNT");
}

/* False: what lies below is only named like what it stands for. */
static bool guess_next(struct guess *g, const char *folder, size_t start,
		       size_t end)
{
	const char *s = folder + start;
	const size_t n = end - start;
	const struct step *step = step_of(g->state, s, n);
	const enum state before = g->state;
	const char *variable = step ? step->variable : NULL;

	if (before == S_LOCAL_APPDATA && is_named(s, n, "VirtualStore"))
		return false;
	if (before == S_NONE)
		g->running = NO_TOP;
	if (is_top(step, s, n))
		g->running = start;
	g->state = step ? step->to : S_NONE;
	if (!step && before == S_USERS) {
		g->state =
			is_named(s, n, "All Users") ? S_ALL_USERS : S_PROFILE;
		variable = g->state == S_PROFILE ? "%USERPROFILE%"
						 : "%ALLUSERSPROFILE%";
	} else if (!step && !g->variable &&
		   (is_named(s, n, "Windows") || is_named(s, n, "WINNT"))) {
		/* Programs have folders of that name, too. */
		variable = "%SystemRoot%";
	}
	if (variable) {
		g->variable = variable;
		g->nbytes = end;
		g->top = g->running;
	}
	return true;
}

static void guess(const char *folder, struct guess *g)
{
	const size_t nbytes = folder_nbytes(folder);
	size_t i = 0;

	memset(g, 0, sizeof(*g));
	g->top = g->running = NO_TOP;
	while (i < nbytes) {
		size_t end = i;

		while (end < nbytes && folder[end] != '\\')
			end++;
		if (end > i && !guess_next(g, folder, i, end))
			break;
		i = end + 1;
	}
}

char *place_name_guess(const char *folder)
{
	const size_t nbytes = folder_nbytes(folder);
	struct guess g;

	guess(folder, &g);
	return g.variable ? named(g.variable, folder, g.nbytes, nbytes)
			  : mem_strndup(folder, nbytes);
}

const char *place_name_top(const char *folder)
{
	struct guess g;

	guess(folder, &g);
	return g.variable && g.top != NO_TOP ? folder + g.top : NULL;
}
