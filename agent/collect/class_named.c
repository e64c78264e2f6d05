/*
 * Which class the text of an entry means, as CLSIDFromString takes it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * urlmon hands the value CLSID of a filter or handler to CLSIDFromString: a
 * text with a brace in front is a CLSID, hex digits in either case, and
 * nothing before or behind; any other text is a ProgID, whose key has the
 * CLSID as default value of its subkey CLSID (Microsoft, CLSIDFromString and
 * CLSIDFromProgID; Wine's tests of both, made on Windows).  Where the closing
 * brace is missing or something follows it, Windows fills in the CLSID and
 * says that it failed: guid_find() takes these, and they count as malformed.
 */
#include "base/err.h"
#include "base/mem.h"
#include "collect/class.h"

#include <string.h>

/* Windows 7 and later keep ProgIDs in one place for both views. */
static int view_of_progids(const struct resolver *z,
			   const struct class_scope *scope)
{
	return z->is_64bit && !z->has_split_classes ? 64 : scope->view;
}

/* Default value of <class store>\<progid>\CLSID; ERR_NOT_FOUND. */
static int class_at(struct resolver *z, const struct reg_place *p,
		    const char *path, char **ret)
{
	struct reg_key *key = NULL;
	int err = place_open(z->gaps, p->key, p->path, path, &key);

	if (err) {
		place_unreadable(z->gaps, err, p->path, path);
		return err == ERR_NOMEM ? err : ERR_NOT_FOUND;
	}
	*ret = place_get_text(z->gaps, key, p->path, "");
	reg_close_key(key);
	return *ret ? 0 : ERR_NOT_FOUND;
}

/* The first store that has it decides, whatever stands there. */
static int find_progid(struct resolver *z, const struct class_scope *scope,
		       const char *path, char **text_ret,
		       const struct reg_place **place_ret)
{
	struct class_scope in = *scope;

	in.view = view_of_progids(z, scope);
	in.own_only = false;
	for (int rank = 0; rank < CLASS_RANKS; rank++) {
		for (size_t i = 0; i < z->classes.count; i++) {
			const struct reg_place *p = vec_at(&z->classes, i);
			int err;

			if (class_rank(p, &in) != rank)
				continue;
			err = class_at(z, p, path, text_ret);
			if (err != ERR_NOT_FOUND) {
				*place_ret = p;
				return err;
			}
		}
	}
	return ERR_NOT_FOUND;
}

int class_named(struct resolver *z, const struct class_scope *scope,
		const char *text, char ret[GUID_TEXT_NBYTES],
		const struct reg_place **place_ret)
{
	char *path;
	char *found = NULL;
	int err;

	if (!*text || *text == '{')
		return ERR_NOT_FOUND;
	path = place_join(text, "CLSID");
	if (!path)
		return ERR_NOMEM;
	z->class_work += 3 * (uint64_t)z->classes.count;
	err = find_progid(z, scope, path, &found, place_ret);
	mem_free(path);
	if (!err && !guid_parse(found, ret))
		err = ERR_NOT_FOUND;
	if (err)
		*place_ret = NULL;
	mem_free(found);
	return err;
}
