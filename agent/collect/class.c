/*
 * One class as it lies in several class stores.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "collect/class.h"
#include "words/collect.h"

#include <string.h>

/* Places passed by in search of classes: some seconds.  Hundreds of users
 * with thousands of registrations stay far below. */
#define MAX_CLASS_WORK ((uint64_t)1 << 32)

int class_rank(const struct reg_place *p, const struct class_scope *scope)
{
	if (p->view != scope->view)
		return -1;
	if (p->is_virtual)
		return scope->has_virtual && p->user == scope->user ? 2 : -1;
	if (p->user)
		return p->user == scope->user ? 0 : -1;
	return scope->own_only ? -1 : 1;
}

static int add_part(struct resolver *z, const struct reg_place *place,
		    const char *guid, struct com_class *c)
{
	struct reg_key *key = NULL;
	char *path;
	char *name;
	int err;

	err = reg_open_subkey(place->clsid, guid, &key);
	if (err == ERR_NOT_FOUND)
		return 0;
	name = place_join("CLSID", guid);
	path = name ? place_join(place->path, name) : NULL;
	mem_free(name);
	if (!path)
		err = ERR_NOMEM;
	if (!err && !place_is_link(z->gaps, key, path)) {
		c->parts[c->count].key = key;
		c->parts[c->count].place = place;
		c->parts[c->count].path = path;
		c->count++;
		return 0;
	}
	if (!err)
		gap_report(z->gaps, GAP_REGISTRY_LINK, GAP_BY_KIND, path, 0,
			   W_COLLECT_LINK_NOT_FOLLOWED);
	else if (err != ERR_NOMEM)
		gap_report(z->gaps, gap_from_err(err), GAP_MATTERS, path,
			   err_last()->os_error, W_COLLECT_CLASS_NOT_OPENED);
	reg_close_key(key);
	mem_free(path);
	return err == ERR_NOMEM ? err : 0;
}

int class_open(struct resolver *z, const struct class_scope *scope,
	       const char *guid, struct com_class *ret)
{
	struct com_class c = { .count = 0, .gaps = z->gaps };
	int rank;
	size_t i;
	int err = 0;

	if (z->class_work > MAX_CLASS_WORK) {
		resolver_bound(z, RESOLVER_BOUND_CLASSES, guid,
			       W_COLLECT_CLASSES_MANY);
		return ERR_NOT_FOUND;
	}
	z->class_work += 3 * (uint64_t)z->classes.count;
	for (rank = 0; rank < CLASS_RANKS; rank++) {
		for (i = 0; i < z->classes.count; i++) {
			const struct reg_place *p = vec_at(&z->classes, i);

			if (!p->clsid || class_rank(p, scope) != rank ||
			    c.count >= CLASS_MAX_PARTS)
				continue;
			err = add_part(z, p, guid, &c);
			if (err)
				goto out;
		}
	}
	if (!c.count)
		err = ERR_NOT_FOUND;
out:
	if (err)
		class_close(&c);
	else
		*ret = c; /* with its gap sink */
	return err;
}

void class_close(struct com_class *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		reg_close_key(c->parts[i].key);
		mem_free(c->parts[i].path);
	}
	c->count = 0;
}

struct reg_key *class_subkey(const struct com_class *c, size_t part,
			     const char *subkey)
{
	struct reg_key *key = NULL;
	const char *path = c->parts[part].path;

	place_unreadable(
		c->gaps,
		place_open(c->gaps, c->parts[part].key, path, subkey, &key),
		path, subkey);
	return key;
}

char *class_text(const struct com_class *c, const char *subkey,
		 const char *name, uint32_t *type_ret, size_t *part_ret)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		struct reg_key *key =
			*subkey ? class_subkey(c, i, subkey) : c->parts[i].key;
		char *text = NULL;
		uint32_t type = REG_TYPE_NONE;

		if (key)
			text = place_get_server(
				c->gaps, key, c->parts[i].path, name,
				*name || !*subkey ? name : subkey, &type);
		if (*subkey)
			reg_close_key(key);
		if (!text)
			continue;
		if (type_ret)
			*type_ret = type;
		if (part_ret)
			*part_ret = i;
		return text;
	}
	return NULL;
}

bool class_has_subkey(const struct com_class *c, const char *subkey)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		struct reg_key *key = class_subkey(c, i, subkey);

		if (key) {
			reg_close_key(key);
			return true;
		}
	}
	return false;
}
