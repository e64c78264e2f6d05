/*
 * All items of a vault put back without a journal: files first, then keys,
 * those of one hive file together.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each item tells for itself what it is and where it was.  Of several of one
 * file or key the newest counts.  Whole hives are not put back: nothing says
 * that the present one is what fix left; their keys are items, too.
 */
#include "remediate/undo_item.h"
#include "remediate/vault_rows.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/base.h"
#include "words/undo.h"

#include <string.h>

struct undo_vault {
	struct target *t;
	const char *path;
	const struct undo_item_options *o;
	struct namemap *seen; /* what newer items were about */
	struct vec keys;      /* struct undo_key */
	struct fix_result result;
};

/* Never more than a vault has. */
#define KEYS_MAX 100000u

/* ---- what a person is told --------------------------------------- */

static void tell(const struct undo_vault *u, enum fix_event event,
		 const struct step *s, const char *text)
{
	if (u->o->event)
		u->o->event(u->o->event_arg, event, s, text);
}

static void note_back(struct undo_vault *u, const struct step *s)
{
	u->result.undone++;
	tell(u, FIX_STEP_UNDONE, s, "");
}

static void note_there(struct undo_vault *u, const struct step *s)
{
	u->result.nothing++;
	tell(u, FIX_STEP_THERE, s, "");
}

/* ERR_NOMEM ends it, all else concerns this one. */
static int note_failed(struct undo_vault *u, const struct step *s, int err,
		       const char *text)
{
	if (err == ERR_NOMEM)
		return err;
	u->result.failed++;
	tell(u, FIX_STEP_FAILED, s, text);
	return 0;
}

/* ---- one item ---------------------------------------------------- */

/* 1: a newer item is about the same, 0: none is, < 0: -ERR_*. */
static int is_older(struct undo_vault *u, const struct vault_info *info)
{
	struct str key = STR_INIT;
	int ret = 0;

	/* No path and no key has a vertical bar. */
	str_addf(&key, "%s|%s|%s", vault_kind_name(info->kind),
		 info->value_name ? info->value_name : "", info->original);
	if (key.err)
		ret = -err_nomem();
	else if (namemap_get(u->seen, str_text(&key)))
		ret = 1;
	else
		ret = -namemap_put(u->seen, str_text(&key), u);
	str_release(&key);
	return ret;
}

static int take_file(struct undo_vault *u, const char *item,
		     const struct vault_info *info, const struct step *s)
{
	struct host_short name = { 0 };
	bool is_there = false;
	int err = undo_item_file(u->t, item, info, u->o, &is_there, &name);

	if (err == ERR_EXISTS && is_there) {
		note_there(u, s);
		return 0;
	}
	if (err)
		return note_failed(u, s, err, err_last()->text);
	note_back(u, s);
	return undo_item_note(u->o, s, &name, &u->result);
}

/* Keys have their turn when all are known. */
static int take_key(struct undo_vault *u, const char *item,
		    const struct vault_info *info, const struct step *s)
{
	struct undo_key *slot;
	struct undo_key key;
	int err = undo_key_read(item, info, &key);

	if (err)
		return note_failed(u, s, err, err_last()->text);
	slot = vec_push(&u->keys);
	if (!slot) {
		undo_key_release(&key);
		return err_nomem();
	}
	*slot = key;
	return 0;
}

static int take_readable(struct undo_vault *u, const char *item,
			 const struct vault_info *info, const struct step *s)
{
	int older;

	if (!undo_item_is_ours(u->t, item, info)) {
		err_fail(ERR_INVALID, 0, W_UNDO_ITEM_OF_OTHER_WINDOWS_VAULT,
			 info->computer ? info->computer : "", item);
		return note_failed(u, s, ERR_INVALID, err_last()->text);
	}
	older = is_older(u, info);
	if (older < 0)
		return -older;
	if (older) {
		tell(u, FIX_STEP_THERE, s, W_UNDO_ITEM_NEWER);
		return 0;
	}
	return info->kind == VAULT_FILE ? take_file(u, item, info, s)
					: take_key(u, item, info, s);
}

static int take_row(struct undo_vault *u, const struct vault_row *row)
{
	const struct vault_info *info = &row->info;
	struct step s = undo_item_step(info);
	char *item;
	int err;

	if (row->why) {
		s.target = row->name;
		return note_failed(u, &s, ERR_CORRUPT, row->why);
	}
	if (info->kind == VAULT_HIVE)
		return 0;
	item = host_join(u->path, row->name);
	err = item ? take_readable(u, item, info, &s) : err_nomem();
	mem_free(item);
	return err;
}

/* ---- keys -------------------------------------------------------- */

/* Those that belong to the first one are moved behind it; how many. */
static size_t gather(struct undo_vault *u, struct undo_key *keys, size_t count)
{
	size_t n = 1;

	for (size_t i = 1; i < count; i++) {
		struct undo_key k = keys[i];

		if (!undo_is_same_hive(u->t, &keys[0], &k))
			continue;
		memmove(&keys[n + 1], &keys[n], (i - n) * sizeof(*keys));
		keys[n++] = k;
	}
	return n;
}

static int note_key(struct undo_vault *u, const struct undo_key *k, int err,
		    const char *why)
{
	if (err)
		return note_failed(u, &k->s, err, why);
	if (k->err)
		return note_failed(u, &k->s, k->err, k->why);
	if (k->is_there)
		note_there(u, &k->s);
	else
		note_back(u, &k->s);
	return 0;
}

static int put_keys_back(struct undo_vault *u)
{
	struct undo_key *keys = u->keys.items;
	int err = 0;

	for (size_t at = 0; at < u->keys.count && !err;) {
		const size_t n = gather(u, &keys[at], u->keys.count - at);
		struct err_info why = { 0 };
		int failed;

		if (cancel_asked(u->o->cancel))
			return err_fail(ERR_CANCELLED, 0, W_BASE_ERR_CANCELLED);
		failed = undo_keys(u->t, u->path, &keys[at], n, u->o);
		if (failed)
			why = *err_last();
		for (size_t i = at; i < at + n && !err; i++)
			err = note_key(u, &keys[i], failed, why.text);
		at += n;
	}
	return err;
}

/* ---- all --------------------------------------------------------- */

int fixer_vault_is_private(const char *vault_path)
{
	struct vault *v = NULL;
	char *base = NULL;
	int err = fixer_user_base(vault_path, &base);

	if (!err)
		err = vault_open(base, vault_path, false, false, &v);
	vault_close(v);
	mem_free(base);
	return err;
}

int fixer_undo_vault(struct target *t, const char *vault_path,
		     const struct vec *rows, const struct undo_item_options *o,
		     struct fix_result *ret)
{
	const struct vec keys = VEC_INIT(struct undo_key, KEYS_MAX);
	struct undo_vault u = { .t = t, .path = vault_path, .o = o };
	int err = fixer_vault_is_private(vault_path);

	if (err)
		return err;
	u.keys = keys;
	u.seen = namemap_new();
	if (!u.seen)
		return err_nomem();
	for (size_t i = 0; i < rows->count && !err; i++) {
		if (cancel_asked(o->cancel))
			err = err_fail(ERR_CANCELLED, 0, W_BASE_ERR_CANCELLED);
		else
			err = take_row(&u, vec_at(rows, i));
	}
	if (!err)
		err = put_keys_back(&u);
	for (size_t i = 0; i < u.keys.count; i++)
		undo_key_release(vec_at(&u.keys, i));
	vec_release(&u.keys);
	namemap_free(u.seen);
	*ret = u.result;
	return err;
}
