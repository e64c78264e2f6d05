/*
 * Keys and values: saved, removed or set, and made again.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The changes themselves serve the running registry and hive files alike;
 * the steps here are those of the running registry.
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

/* A saved key is bounded like the tree it holds. */
#define ITEM_MAX_NBYTES (REG_TREE_MAX_NBYTES + ((size_t)64 << 20))

/* ---- saving
 * ----------------------------------------------------------------------- */

/* "HKEY_LOCAL_MACHINE\…" for regedit. */
static int spell_root(const char *physical, struct str *out)
{
	if (ascii_ncasecmp(physical, "HKLM\\", 5) == 0)
		return str_addf(out, "HKEY_LOCAL_MACHINE\\%s", physical + 5);
	if (ascii_ncasecmp(physical, "HKU\\", 4) == 0)
		return str_addf(out, "HKEY_USERS\\%s", physical + 4);
	return str_add(out, physical);
}

/* regedit reads UTF-16LE with BOM; CRLF stands in the text already. */
static int put_reg(struct fixer *f, const struct step *s,
		   const struct reg_tree *tree)
{
	struct str text = STR_INIT, path = STR_INIT, name = STR_INIT;
	uint16_t *units = NULL;
	uint8_t *bytes = NULL;
	size_t count = 0;
	int err;

	spell_root(s->target, &path);
	err = s->action == ACT_REMOVE_KEY || !tree->value_count
		      ? reg_tree_to_reg(tree, str_text(&path), &text)
		      : reg_value_to_reg(&tree->values[0], str_text(&path),
					 &text);
	str_addf(&name, "%s-%04u.reg", f->fix_id, (unsigned)s->seq);
	if (!err && (path.err || name.err))
		err = ERR_NOMEM;
	if (!err)
		err = utf_to_utf16(str_text(&text), &units, &count);
	if (!err) {
		bytes = mem_array(count + 1, 2);
		err = bytes ? 0 : err_nomem();
	}
	if (!err) {
		bytes[0] = 0xFF;
		bytes[1] = 0xFE;
		for (size_t i = 0; i < count; i++) {
			bytes[2 + 2 * i] = (uint8_t)units[i];
			bytes[3 + 2 * i] = (uint8_t)(units[i] >> 8);
		}
		err = vault_put_text(f->vault, str_text(&name), bytes,
				     2 * count + 2);
	}
	mem_free(units);
	mem_free(bytes);
	str_release(&text);
	str_release(&path);
	str_release(&name);
	/* Left by a run that was cut off: the same text. */
	return err == ERR_EXISTS ? 0 : err;
}

int read_saved_key(struct fixer *f, const struct step *s, struct reg_tree **ret)
{
	char *path = s->item ? fixer_item_path(f, s->item) : NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err;

	if (!path)
		return s->item ? err_nomem()
			       : err_fail(ERR_NOT_FOUND, 0,
					  "nothing was saved for this step");
	err = vault_read_bytes(path, ITEM_MAX_NBYTES, &data, &nbytes);
	if (!err)
		err = reg_tree_decode(data, nbytes, ret);
	mem_free(data);
	mem_free(path);
	return err;
}

/* An item that a cut-off run left counts if it holds the same key. */
static int adopt_key(struct fixer *f, struct step *s,
		     const struct reg_tree *tree)
{
	struct reg_tree *saved = NULL;
	struct str why = STR_INIT;
	int err = 0;

	if (!s->item)
		s->item = vault_item_name(f->fix_id, s->seq);
	if (!s->item)
		return err_nomem();
	err = read_saved_key(f, s, &saved);
	if (!err && reg_tree_differs(saved, tree, REG_TREE_NO_TIMES, &why))
		err = err_fail(ERR_CHANGED, 0,
			       "it changed since it was saved: %s",
			       str_text(&why));
	reg_tree_free(saved);
	str_release(&why);
	return err;
}

/* What the browser knows of it is recorded before it goes (design.md 9.5). */
static void note_trace(struct fixer *f, const struct step *s,
		       const struct reg_tree *tree)
{
	struct target_key place = { 0 };

	if (s->phase != PHASE_TRACE)
		return;
	if (target_find_key(f->o.target, s->target, &place))
		place.user = NULL;
	mirror_trace(&f->mirror, f->fix->scan_id, s,
		     place.user ? place.user->name : NULL, tree);
}

int save_key(struct fixer *f, struct step *s, const struct guarded_key *k)
{
	struct vault_info info;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	char *name = NULL;
	int err;

	note_trace(f, s, k->tree);
	if (s->item)
		return adopt_key(f, s, k->tree);
	err = put_reg(f, s, k->tree);
	if (!err)
		err = reg_tree_encode(k->tree, &data, &nbytes);
	fixer_item_info(f, s, &info);
	if (!err)
		err = vault_put_bytes(f->vault, &info, data, nbytes, NULL, 0,
				      &name);
	mem_free(data);
	if (err == ERR_EXISTS)
		return adopt_key(f, s, k->tree);
	if (err)
		return err;
	s->item = name;
	mirror_item(&f->mirror, s, &info);
	return 0;
}

/* ---- changing
 * ------------------------------------------------------------------------ */

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
		return err_fail(ERR_INVALID, 0, "no step of the registry");
	}
}

/* The key at path, NULL with 0: it is not there. */
static int read_tree(struct reg_root *root, const char *path,
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

int is_changed(struct reg_root *root, const char *path, const struct step *s)
{
	struct reg_tree *t = NULL;
	const struct reg_tree_value *v;
	int ret = -read_tree(root, path, &t);

	if (ret)
		return ret;
	v = t && s->value_name ? tree_value(t, s->value_name) : NULL;
	switch (s->action) {
	case ACT_REMOVE_KEY:
		ret = t == NULL;
		break;
	case ACT_REMOVE_VALUE:
		ret = v == NULL;
		break;
	default:
		ret = v != NULL && is_new_text(v, s->new_text);
	}
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

/* ---- the way back
 * ----------------------------------------------------------------------- */

static int put_key_back(struct reg_edit *e, const char *path,
			const struct reg_tree *saved)
{
	struct reg_tree *now = NULL;
	struct str why = STR_INIT;
	int err = read_tree(reg_edit_root(e), path, &now);

	if (!err && now) {
		if (!reg_tree_differs(saved, now,
				      REG_TREE_NO_TIMES | REG_TREE_NO_ORDER,
				      &why))
			goto out;
		/* Half made by an undo that was cut off: begun again. */
		if (is_part_of(now, saved))
			err = reg_edit_delete_key(e, path);
		else
			err = err_fail(ERR_EXISTS, 0,
				       "a key of that name has come since and "
				       "was left alone (%s); the saved one "
				       "lies in the vault, also as a .reg file",
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
	int err = read_tree(reg_edit_root(e), path, &now);

	if (!err && !now)
		err = err_fail(ERR_NOT_FOUND, 0,
			       "the key that held the value is not there any "
			       "more");
	if (err)
		return err;
	v = tree_value(now, s->value_name);
	if (old && v && is_same_value(old, v)) {
		err = 0;
	} else if (v && !(s->action == ACT_SET_VALUE &&
			  is_new_text(v, s->new_text))) {
		err = err_fail(ERR_EXISTS, 0,
			       "the value has been set anew since and was left "
			       "alone; the saved one lies in the vault, also "
			       "as a .reg file");
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
	return s->action == ACT_REMOVE_KEY ? put_key_back(e, path, saved)
					   : put_value_back(e, path, s, saved);
}

/* ---- steps of the running registry
 * -------------------------------------------------------- */

static int finish(struct fixer *f, struct step *s)
{
	int err;

	s->state = STEP_VERIFIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	f->result.done++;
	fixer_tell(f, FIX_STEP_DONE, s, s->error ? s->error : "");
	return 0;
}

/* An error of one step, told; or one after which nothing is safe. */
static int failed(struct fixer *f, struct step *s, int err)
{
	return fixer_may_go_on(err) || err == ERR_NO_SPACE
		       ? fixer_give_up(f, s, FIX_STEP_FAILED, "%s",
				       err_last()->text)
		       : err;
}

static int apply(struct fixer *f, struct step *s,
		 const struct target_key *place)
{
	struct reg_edit *e = NULL;
	int err, closed;

	s->state = STEP_APPLIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	err = reg_edit_live(place->live_root, &e);
	if (!err)
		err = change_key(e, place->live_path, s);
	closed = reg_edit_close(e);
	if (!err)
		err = closed;
	if (err) {
		int now = is_changed(place->root, place->path, s);

		/* Half a key is the worst of all: the saved one comes back. */
		if (now == 0 && s->action == ACT_REMOVE_KEY) {
			struct err_info why = *err_last();
			struct reg_tree *saved = NULL;

			if (!read_saved_key(f, s, &saved) &&
			    !reg_edit_live(place->live_root, &e)) {
				change_back(e, place->live_path, s, saved);
				reg_edit_close(e);
			}
			reg_tree_free(saved);
			err_fail(why.err, why.os_error, "%s", why.text);
		}
		return failed(f, s, err);
	}
	if (is_changed(place->root, place->path, s) != 1)
		return fixer_give_up(f, s, FIX_STEP_FAILED,
				     "the change did not last; something puts "
				     "the entry back at once");
	return finish(f, s);
}

int run_key(struct fixer *f, struct step *s)
{
	struct guard_answer answer;
	struct guarded_key k = { 0 };
	int err = guard_key(f->guard, s, &answer, &k);

	if (!err && answer.reason != GUARD_OK)
		return fixer_refuse(f, s, &answer);
	if (!err)
		err = save_key(f, s, &k);
	if (err) {
		guarded_key_release(&k);
		return fixer_not_saved(f, s, err);
	}
	s->state = STEP_SAVED;
	err = fixer_note(f, s);
	if (!err)
		err = apply(f, s, &k.place);
	guarded_key_release(&k);
	return err;
}

int resume_key(struct fixer *f, struct step *s)
{
	struct target_key place;
	struct reg_tree *saved = NULL, *now = NULL;
	int changed, err;

	if (s->state != STEP_APPLIED)
		return run_key(f, s);
	err = target_find_key(f->o.target, s->target, &place);
	changed = err ? -err : is_changed(place.root, place.path, s);
	if (changed < 0)
		return failed(f, s, -changed);
	if (changed)
		return finish(f, s);
	/* Half removed: what is left is part of what was saved. */
	err = read_saved_key(f, s, &saved);
	if (!err && s->action == ACT_REMOVE_KEY)
		err = read_tree(place.root, place.path, &now);
	if (!err && now && !is_part_of(now, saved))
		err = err_fail(ERR_CHANGED, 0, "it changed since it was saved");
	reg_tree_free(saved);
	reg_tree_free(now);
	return err ? failed(f, s, err) : apply(f, s, &place);
}

int undo_key(struct fixer *f, struct step *s)
{
	struct target_key place;
	struct reg_tree *saved = NULL;
	struct reg_edit *e = NULL;
	int err = 0, closed;

	if (s->state != STEP_SAVED && s->item) {
		err = target_find_key(f->o.target, s->target, &place);
		if (!err)
			err = read_saved_key(f, s, &saved);
		if (!err)
			err = reg_edit_live(place.live_root, &e);
		if (!err)
			err = change_back(e, place.live_path, s, saved);
		closed = reg_edit_close(e);
		if (!err)
			err = closed;
		reg_tree_free(saved);
	}
	if (err == ERR_NOMEM)
		return err;
	if (err) {
		f->result.failed++;
		fixer_tell(f, FIX_STEP_FAILED, s, err_last()->text);
		return 0;
	}
	s->state = STEP_UNDONE;
	err = fixer_note(f, s);
	if (err)
		return err;
	f->result.undone++;
	fixer_tell(f, FIX_STEP_UNDONE, s, "");
	return 0;
}
