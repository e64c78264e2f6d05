/*
 * Paths that mean one thing though they are two: names that Windows takes for
 * the same, files that it shows at another place, and what an antivirus has
 * put aside under another name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/judge.h"
#include "base/alias.h"
#include "base/aside.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

static bool has_file(const struct judge *j, const struct group *g)
{
	for (size_t m = 0; m < g->member_count; m++) {
		if (artefact_at(j, g->members[m])->registration == NULL)
			return true;
	}
	return false;
}

/* Registered, and nothing there to load. */
static bool is_gone(const struct judge *j, const struct group *g)
{
	for (size_t m = 0; m < g->member_count; m++) {
		const struct artefact *a = artefact_at(j, g->members[m]);

		if (a->registration == NULL ||
		    a->registration->exists != EXISTS_NO)
			return false;
	}
	return g->member_count > 0;
}

/* Of both the one with a file leads, else the first. */
static void join(const struct judge *j, struct group *g, struct group *first)
{
	if (has_file(j, g) && !has_file(j, first) && first->joined == NULL)
		group_join(first, g);
	else
		group_join(g, first);
}

static struct group *find(struct namemap *map, const char *path, size_t nbytes,
			  int *err_ret)
{
	struct str key = STR_INIT;
	struct group *g = NULL;

	str_add(&key, "p:");
	str_addn(&key, path, nbytes);
	if (key.err)
		*err_ret = ERR_NOMEM;
	else
		g = namemap_get(map, str_text(&key));
	str_release(&key);
	return g;
}

/* "mstmp." and "mstmp", whichever of them a registration names. */
static int join_dots(const struct judge *j, struct namemap *map,
		     struct group *g, const char *path)
{
	const size_t n = alias_nbytes(path);
	struct str key = STR_INIT;
	struct group *first;
	int err = 0;

	if (!path[n] || n == 0 || path[n - 1] == '\\')
		return 0;
	first = find(map, path, n, &err);
	if (err || first) {
		if (first)
			join(j, g, first);
		return err;
	}
	/* The next one with other dots joins this. */
	str_add(&key, "p:");
	str_addn(&key, path, n);
	err = key.err ? ERR_NOMEM : namemap_put(map, str_text(&key), g);
	str_release(&key);
	return err;
}

/*
 * A registration of a program that is not there leads to the one in the
 * user's VirtualStore, which Windows shows in its place.  One that is there is
 * another program, and nobody's copy of it speaks against it.
 */
static int join_virtual(const struct judge *j, struct namemap *map,
			struct group *g, const char *path)
{
	const char *seen = alias_virtual(path);
	struct str shown = STR_INIT;
	struct group *entry;
	int err = 0;

	if (seen == NULL)
		return 0;
	str_addn(&shown, path, 2);
	str_add(&shown, seen);
	if (shown.err)
		return ERR_NOMEM;
	entry = find(map, shown.buf, shown.len, &err);
	str_release(&shown);
	if (entry && is_gone(j, entry))
		join(j, g, entry);
	return err;
}

/*
 * An entry whose program is gone, and what an antivirus has made of it:
 * "lib.dll.vir", or "lib.vir" where it took the ending away.
 */
static int join_aside(const struct judge *j, struct namemap *map,
		      struct group *g, const char *path)
{
	static const char *const lost[] = { "", ".dll", ".ocx", ".exe" };
	const size_t n = aside_strip(path);
	int err = 0;

	for (size_t i = 0; n && i < sizeof(lost) / sizeof(*lost) && !err; i++) {
		struct str was = STR_INIT;
		struct group *entry = NULL;

		str_addn(&was, path, n);
		str_add(&was, lost[i]);
		if (was.err)
			err = ERR_NOMEM;
		else
			entry = find(map, was.buf, was.len, &err);
		str_release(&was);
		if (entry == NULL || !is_gone(j, entry))
			continue;
		join(j, g, entry);
		break;
	}
	return err;
}

/*
 * The path of a group's file, of its archive's or stream's file; NULL: none.
 * 0, ERR_NOMEM.
 */
static int path_of(const struct judge *j, const struct group *g,
		   const char **ret, char **own_ret)
{
	const struct artefact *a = artefact_at(j, g->members[0]);

	*own_ret = NULL;
	*ret = NULL;
	if (!g->has_path)
		return 0;
	if (a->registration != NULL) {
		*ret = a->registration->server_path;
		return 0;
	}
	if (a->wpath == NULL)
		return 0;
	*own_ret = mem_strndup(a->wpath, artefact_file_nbytes(a));
	*ret = *own_ret;
	return *ret != NULL ? 0 : ERR_NOMEM;
}

int groups_join_aliases(struct judge *j, struct namemap *map)
{
	const size_t count = j->groups.count;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		struct group *g = group_at(j, i);
		const char *path;
		char *own;

		err = path_of(j, g, &path, &own);
		if (path != NULL)
			err = join_dots(j, map, g, path);
		if (path != NULL && !err)
			err = join_virtual(j, map, g, path);
		if (path != NULL && !err && has_file(j, g))
			err = join_aside(j, map, g, path);
		mem_free(own);
	}
	return err;
}
