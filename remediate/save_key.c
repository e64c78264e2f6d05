/*
 * Keys and values into the vault, with a readable .reg beside them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/traces/addon.h"
#include "words/fix.h"

#include <string.h>

/* A saved key is bounded like the tree it holds. */
#define ITEM_MAX_NBYTES (REG_TREE_MAX_NBYTES + ((size_t)64 << 20))

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
					  W_FIX_NOTHING_SAVED);
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
		err = err_fail(ERR_CHANGED, 0, W_FIX_CHANGED_SINCE_SAVED_HOW,
			       str_text(&why));
	reg_tree_free(saved);
	str_release(&why);
	return err;
}

/* What the browser knows of it is recorded before it goes (CONTRACT.md 9.5). */
static void note_trace(struct fixer *f, const struct step *s,
		       const struct reg_tree *tree)
{
	struct target_key place = { 0 };
	struct trace *t;

	if (s->phase != PHASE_TRACE)
		return;
	if (target_find_key(f->o.target, s->target, &place))
		place.user = NULL;
	t = addon_trace(s->kind, s->clsid, place.user ? place.user->name : NULL,
			tree);
	fixer_mirrored(f, t ? mirror_trace(&f->mirror, f->fix->scan_id, s, t)
			    : err_nomem());
	trace_free(t);
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
	fixer_mirrored(f, mirror_item(&f->mirror, s, &info));
	return 0;
}
