/*
 * Groups: which artefacts belong to one subject.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/judge.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

struct group *group_at(const struct judge *j, size_t index)
{
	return *(struct group **)vec_at(&j->groups, index);
}

void groups_clear(struct judge *j)
{
	for (size_t i = 0; i < j->groups.count; i++) {
		struct group *g = group_at(j, i);

		if (g != NULL)
			mem_free(g->members);
		mem_free(g);
	}
	j->groups.count = 0;
}

/* "p:<path>", "c:<clsid>" or "k:<key>"; caller frees; NULL without memory. */
static char *group_key(const struct artefact *a)
{
	const struct registration *r = a->registration;
	struct str key = STR_INIT;

	if (r == NULL) {
		str_add(&key, "p:");
		if (a->wpath != NULL)
			str_addn(&key, a->wpath, artefact_file_nbytes(a));
	} else if (r->server_path != NULL && r->server_path[0] != '\0') {
		str_add(&key, "p:");
		str_add(&key, r->server_path);
	} else if (r->clsid != NULL && r->clsid[0] != '\0') {
		str_add(&key, "c:");
		str_add(&key, r->clsid);
	} else {
		str_add(&key, "k:");
		str_add(&key, r->registry_key != NULL ? r->registry_key : "");
	}
	if (key.err) {
		str_release(&key);
		return NULL;
	}
	return str_detach(&key);
}

static struct group *group_new(struct judge *j, struct namemap *map,
			       const char *key)
{
	struct group **slot;
	struct group *g = mem_zalloc(sizeof(*g));

	if (g == NULL)
		return NULL;
	slot = vec_push(&j->groups);
	if (slot == NULL) {
		mem_free(g);
		return NULL;
	}
	*slot = g;
	g->last = g;
	g->has_path = key[0] == 'p';
	if (namemap_put(map, key, g) != 0)
		return NULL;
	return g;
}

static int group_add(struct group *g, size_t index)
{
	/* Grows at powers of two. */
	if ((g->member_count & (g->member_count - 1)) == 0) {
		size_t cap = g->member_count == 0 ? 1 : g->member_count * 2;
		size_t *grown = mem_grow(g->members, cap, sizeof(*grown));

		if (grown == NULL)
			return ERR_NOMEM;
		g->members = grown;
	}
	g->members[g->member_count++] = index;
	return 0;
}

static int groups_fill(struct judge *j, struct namemap *map)
{
	for (size_t i = 0; i < j->artefacts.count; i++) {
		const struct artefact *a = artefact_at(j, i);
		char *key = group_key(a);
		struct group *g;

		if (key == NULL)
			return ERR_NOMEM;
		g = namemap_get(map, key);
		if (g == NULL)
			g = group_new(j, map, key);
		mem_free(key);
		if (g == NULL || group_add(g, i) != 0)
			return ERR_NOMEM;
		if (a->matches.count > 0)
			g->has_match = true;
	}
	return 0;
}

static struct group *group_leader(struct group *g)
{
	while (g->joined != NULL)
		g = g->joined;
	return g;
}

void group_join(struct group *g, struct group *to)
{
	g = group_leader(g);
	to = group_leader(to);
	if (g == to)
		return;
	g->joined = to;
	to->last->next = g;
	to->last = g->last;
	to->has_match = to->has_match || g->has_match;
}

/* The group of the file `companion` in the artefact's folder, or NULL. */
static int companion_find(struct namemap *map, const struct artefact *a,
			  const char *companion, struct group **ret)
{
	const char *path = a->registration != NULL
				   ? a->registration->server_path
				   : a->wpath;
	struct str key = STR_INIT;
	int err;

	*ret = NULL;
	if (path == NULL || strpbrk(companion, "\\/:") != NULL)
		return 0;
	str_add(&key, "p:");
	if (a->registration == NULL) {
		char *file = mem_strndup(path, artefact_file_nbytes(a));

		if (file == NULL) {
			str_release(&key);
			return ERR_NOMEM;
		}
		str_addn(&key, file, (size_t)(wpath_base(file) - file));
		mem_free(file);
	} else {
		str_addn(&key, path, (size_t)(wpath_base(path) - path));
	}
	str_add(&key, companion);
	err = key.err;
	if (err == 0)
		*ret = namemap_get(map, str_text(&key));
	str_release(&key);
	return err;
}

static int groups_join_companions(struct judge *j, struct namemap *map)
{
	for (size_t i = 0; i < j->groups.count; i++) {
		struct group *g = group_at(j, i);

		for (size_t m = 0; m < g->member_count; m++) {
			const struct artefact *a =
				artefact_at(j, g->members[m]);

			for (size_t k = 0; k < a->matches.count; k++) {
				const char *name =
					a->matches.items[k].rule->companion;
				struct group *to;
				int err;

				if (name == NULL || name[0] == '\0')
					continue;
				err = companion_find(map, a, name, &to);
				if (err != 0)
					return err;
				if (to != NULL)
					group_join(g, to);
			}
		}
	}
	return 0;
}

int groups_make(struct judge *j)
{
	struct namemap *map = namemap_new();
	int err;

	if (map == NULL)
		return ERR_NOMEM;
	err = groups_fill(j, map);
	if (err == 0)
		err = groups_join_aliases(j, map);
	if (err == 0)
		err = groups_join_companions(j, map);
	namemap_free(map);
	return err;
}
