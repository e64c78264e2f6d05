/*
 * The changes that fix makes to keys and values, and their way back: of the
 * running registry and of hive files alike.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/undo.h"
#include "words/fix.h"

#include <string.h>

int change_key(struct reg_edit *e, const char *path, const struct step *s)
{
	uint16_t *units = NULL;
	size_t count = 0;
	int err;

	switch (s->action) {
	case ACT_REMOVE_KEY:
		return reg_edit_delete_key(e, path);
	case ACT_REMOVE_VALUE:
		return reg_edit_delete_value(e, path, s->value_name);
	case ACT_SET_VALUE:
		err = utf_to_utf16(s->new_text, &units, &count);
		if (!err)
			err = reg_edit_set_value(e, path, s->value_name,
						 REG_TYPE_SZ, units,
						 2 * (count + 1));
		mem_free(units);
		return err;
	default:
		return err_fail(ERR_INVALID, 0, W_FIX_NO_STEP_OF_REGISTRY);
	}
}

/* The key at path, NULL with 0: it is not there. */
int read_key_tree(struct reg_root *root, const char *path,
		  struct reg_tree **ret)
{
	struct reg_key *key = NULL;
	int err = reg_open_key(root, path, &key);

	*ret = NULL;
	if (err == ERR_NOT_FOUND)
		return 0;
	if (!err)
		err = reg_tree_read(key, ret);
	reg_close_key(key);
	return err;
}

static const struct reg_tree_value *tree_value(const struct reg_tree *t,
					       const char *name)
{
	for (size_t i = 0; i < t->value_count; i++)
		if (utf_casecmp(t->values[i].name, name) == 0)
			return &t->values[i];
	return NULL;
}

static bool is_same_value(const struct reg_tree_value *a,
			  const struct reg_tree_value *b)
{
	return a->type == b->type && a->nbytes == b->nbytes &&
	       (!a->nbytes || memcmp(a->data, b->data, a->nbytes) == 0);
}

static bool is_new_text(const struct reg_tree_value *v, const char *text)
{
	struct reg_value value = { v->name, v->type, v->data, v->nbytes };
	char *now = reg_value_text(&value, NULL);
	bool same = now && strcmp(now, text) == 0;

	mem_free(now);
	return same;
}

/* `t` (NULL: the key is gone) is as it is after the step. */
static bool is_done(const struct reg_tree *t, const struct step *s)
{
	const struct reg_tree_value *v =
		t && s->value_name ? tree_value(t, s->value_name) : NULL;

	switch (s->action) {
	case ACT_REMOVE_KEY:
		return t == NULL;
	case ACT_REMOVE_VALUE:
		return v == NULL;
	default:
		return v != NULL && is_new_text(v, s->new_text);
	}
}

int is_changed(struct reg_root *root, const char *path, const struct step *s)
{
	struct reg_tree *t = NULL;
	int ret = -read_key_tree(root, path, &t);

	if (!ret)
		ret = is_done(t, s);
	reg_tree_free(t);
	return ret;
}

/* Everything in `part` is in `whole` the same: what a crash left of it. */
static bool is_part_of(const struct reg_tree *part,
		       const struct reg_tree *whole)
{
	for (size_t i = 0; i < part->value_count; i++) {
		const struct reg_tree_value *v =
			tree_value(whole, part->values[i].name);

		if (!v || !is_same_value(v, &part->values[i]))
			return false;
	}
	for (size_t i = 0; i < part->child_count; i++) {
		const struct reg_tree *found = NULL;

		for (size_t k = 0; k < whole->child_count && !found; k++)
			if (utf_casecmp(whole->children[k]->name,
					part->children[i]->name) == 0)
				found = whole->children[k];
		if (!found || !is_part_of(part->children[i], found))
			return false;
	}
	return true;
}

enum key_state key_state(struct reg_root *root, const char *path,
			 const struct step *s, const struct reg_tree *saved)
{
	const struct reg_tree_value *old, *v;
	enum key_state ret = KEY_UNKNOWN;
	struct str why = STR_INIT;
	struct reg_tree *now = NULL;

	if (read_key_tree(root, path, &now))
		return KEY_UNKNOWN;
	if (is_done(now, s)) {
		ret = KEY_DONE;
		goto out;
	}
	if (s->action == ACT_REMOVE_KEY) {
		if (!reg_tree_differs(saved, now,
				      REG_TREE_NO_TIMES | REG_TREE_NO_ORDER,
				      &why))
			ret = KEY_AS_SAVED;
		else
			ret = is_part_of(now, saved) ? KEY_HALF : KEY_OTHER;
		goto out;
	}
	v = now ? tree_value(now, s->value_name) : NULL;
	old = saved->value_count ? &saved->values[0] : NULL;
	if (old && v ? is_same_value(old, v) : !old && !v)
		ret = KEY_AS_SAVED;
	else
		ret = KEY_OTHER;
out:
	/* Short memory tells nothing. */
	if (why.err) {
		err_nomem();
		ret = KEY_UNKNOWN;
	}
	str_release(&why);
	reg_tree_free(now);
	return ret;
}

/* ---- the way back ------------------------------------------------ */

/* `key` is `above` or lies below it; then what follows, else NULL. */
static const char *below_key(const char *key, const char *above)
{
	const size_t n = strlen(above);

	if (strlen(key) < n || utf_ncasecmp(key, n, above, n) != 0 ||
	    (key[n] && key[n] != '\\'))
		return NULL;
	return key + n;
}

int undo_begin(struct fixer *f, const struct step *s, struct reg_root *root,
	       const char *path)
{
	int err = 0;

	for (size_t i = 0; !err && i < f->fix->steps.count; i++) {
		struct step *above = fixer_step(f, i);
		const char *rest = below_key(s->target, above->target);
		struct reg_tree *now = NULL;
		char *at;

		if (!rest || above->action != ACT_REMOVE_KEY ||
		    !step_was_done(above) || !above->item ||
		    strlen(rest) > strlen(path))
			continue;
		at = mem_strndup(path, strlen(path) - strlen(rest));
		err = at ? read_key_tree(root, at, &now) : err_nomem();
		if (!err && !now) {
			above->state = STEP_APPLIED;
			err = fixer_note(f, above);
		}
		reg_tree_free(now);
		mem_free(at);
	}
	return err;
}

static int put_key_back(struct reg_edit *e, const char *path,
			const struct step *s, const struct reg_tree *saved)
{
	struct reg_tree *now = NULL;
	struct str why = STR_INIT;
	int err = read_key_tree(reg_edit_root(e), path, &now);

	if (!err && now) {
		if (!reg_tree_differs(saved, now,
				      REG_TREE_NO_TIMES | REG_TREE_NO_ORDER,
				      &why))
			goto out;
		/*
		 * Half removed or half made: only while a change was under
		 * way.  After that, a part of it (an empty key, say, that
		 * keeps the program out) is somebody's.
		 */
		if (s->state == STEP_APPLIED && is_part_of(now, saved))
			err = reg_edit_delete_key(e, path);
		else
			err = err_fail(ERR_EXISTS, 0, W_UNDO_KEY_CAME_SINCE,
				       str_text(&why));
	}
	if (!err)
		err = reg_edit_add_tree(e, path, saved);
out:
	reg_tree_free(now);
	str_release(&why);
	return err;
}

static int put_value_back(struct reg_edit *e, const char *path,
			  const struct step *s, const struct reg_tree *saved)
{
	const struct reg_tree_value *old =
		saved->value_count ? &saved->values[0] : NULL;
	const struct reg_tree_value *v;
	struct reg_tree *now = NULL;
	int err = read_key_tree(reg_edit_root(e), path, &now);

	if (err)
		return err;
	if (!now)
		return err_fail(ERR_NOT_FOUND, 0, W_UNDO_KEY_OF_VALUE_GONE);
	v = tree_value(now, s->value_name);
	if (old && v && is_same_value(old, v)) {
		err = 0;
	} else if (v && !(s->action == ACT_SET_VALUE &&
			  is_new_text(v, s->new_text))) {
		err = err_fail(ERR_EXISTS, 0, W_UNDO_VALUE_SET_SINCE);
	} else if (old) {
		err = reg_edit_set_value(e, path, old->name, old->type,
					 old->data, old->nbytes);
	} else if (v) {
		err = reg_edit_delete_value(e, path, s->value_name);
	}
	reg_tree_free(now);
	return err;
}

int change_back(struct reg_edit *e, const char *path, const struct step *s,
		const struct reg_tree *saved)
{
	return s->action == ACT_REMOVE_KEY ? put_key_back(e, path, s, saved)
					   : put_value_back(e, path, s, saved);
}
