/*
 * Saved keys and values put back without a journal, several of one hive file
 * at once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/undo_item.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/undo.h"

#include <string.h>

int undo_key_read(const char *item_path, const struct vault_info *info,
		  struct undo_key *ret)
{
	struct undo_key k = { .info = info };
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err;

	k.s.seq = info->seq;
	k.s.action =
		info->kind == VAULT_KEY ? ACT_REMOVE_KEY : ACT_REMOVE_VALUE;
	k.s.kind = "";
	k.s.target = info->original;
	k.s.value_name = info->value_name;
	k.s.reason = info->why;
	err = vault_read_bytes(item_path, UNDO_ITEM_MAX_NBYTES, &data, &nbytes);
	if (!err)
		err = reg_tree_decode(data, nbytes, &k.saved);
	if (!err && info->kind == VAULT_VALUE &&
	    (!k.s.value_name || !k.saved->value_count))
		err = err_fail(ERR_CORRUPT, 0, W_UNDO_ITEM_HOLDS_NO_VALUE);
	mem_free(data);
	if (err)
		undo_key_release(&k);
	else
		*ret = k;
	return err;
}

void undo_key_release(struct undo_key *k)
{
	reg_tree_free(k->saved);
	mem_free(k->why);
	memset(k, 0, sizeof(*k));
}

bool undo_is_same_hive(struct target *t, const struct undo_key *a,
		       const struct undo_key *b)
{
	struct target_key x, y;

	if (a == b)
		return true;
	if (target_find_key(t, a->s.target, &x) || x.is_live)
		return false;
	if (target_find_key(t, b->s.target, &y) || y.is_live)
		return false;
	return utf_casecmp(x.hive_wpath, y.hive_wpath) == 0;
}

/* ERR_NOMEM, or 0 and what came of it in `k`. */
static int keep_failure(struct undo_key *k, int err)
{
	/* Without its journal an item does not tell what fix set instead. */
	if (err == ERR_EXISTS && k->info->kind == VAULT_VALUE)
		err = err_fail(ERR_EXISTS, 0, W_UNDO_VALUE_SET_SINCE_ITEM);
	k->err = err;
	k->why = mem_strdup(err_last()->text);
	return k->why ? 0 : err_nomem();
}

/*
 * One key on whatever is being edited.  What is said before anything of it is
 * changed concerns this key alone.
 */
static int put_back(struct reg_edit *e, const char *path, struct undo_key *k)
{
	int err;

	k->is_there = key_state(reg_edit_root(e), path, &k->s, k->saved) ==
		      KEY_AS_SAVED;
	if (k->is_there)
		return 0;
	err = change_back(e, path, &k->s, k->saved);
	return err == ERR_EXISTS || err == ERR_NOT_FOUND ? keep_failure(k, err)
							 : err;
}

static int put_all_back(struct hive_file *h, struct undo_key *keys,
			size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = put_back(h->edit, keys[i].s.target + h->prefix_nbytes,
			       &keys[i]);
	return err;
}

/* The hive as it is goes to the vault first; then the changed one. */
static int save_and_swap(struct hive_file *h, const char *vault_dir,
			 const struct undo_key *k)
{
	struct fixer light = { 0 };
	struct fix_record record = { .target_id = k->info->target_id,
				     .computer = k->info->computer };
	char *base = host_dirname(vault_dir);
	char *item = NULL;
	int err = base ? 0 : err_nomem();

	light.fix = &record;
	light.vault_path = (char *)vault_dir;
	str_copy(light.fix_id, k->info->fix_id, sizeof(light.fix_id));
	if (!err)
		err = vault_open(base, vault_dir, false, true, &light.vault);
	if (!err)
		err = hive_file_save(&light, h, &k->s,
				     HIVE_ITEM_UNDO + k->s.seq, &item);
	if (!err)
		err = hive_file_swap(h);
	vault_close(light.vault);
	mem_free(item);
	mem_free(base);
	return err;
}

/* A user of the running Windows who is logged off. */
static int in_loaded_file(struct hive_file *h, struct undo_key *keys,
			  size_t count, const struct undo_item_options *o)
{
	int err = reg_edit_user_file(h->host, o->load, &h->edit);
	int closed;

	if (!err)
		err = put_all_back(h, keys, count);
	closed = reg_edit_close(h->edit);
	h->edit = NULL;
	return err ? err : closed;
}

static int in_file(struct target *t, const char *vault_dir,
		   struct undo_key *keys, size_t count,
		   const struct undo_item_options *o)
{
	struct hive_file h = { 0 };
	int err = hive_file_find(t, keys[0].s.target, &h);

	if (!err)
		err = undo_check_volume(t, o, h.wpath, h.host);
	if (err)
		goto out;
	target_close_hive(t, h.wpath);
	if (target_info(t)->kind != TARGET_OFFLINE) {
		err = in_loaded_file(&h, keys, count, o);
		goto out;
	}
	err = hive_file_open(&h);
	if (!err)
		err = put_all_back(&h, keys, count);
	if (!err)
		err = hive_file_commit(&h);
	/* Keys that are there already leave nothing to write. */
	if (!err && strcmp(h.before, h.after) != 0)
		err = save_and_swap(&h, vault_dir, &keys[0]);
out:
	hive_file_release(&h);
	return err;
}

int undo_keys(struct target *t, const char *vault_dir, struct undo_key *keys,
	      size_t count, const struct undo_item_options *o)
{
	struct target_key place = { 0 };
	struct reg_edit *e = NULL;
	int closed;
	int err = target_find_key(t, keys[0].s.target, &place);

	if (err)
		return err;
	if (!place.is_live)
		return in_file(t, vault_dir, keys, count, o);
	err = reg_edit_live(place.live_root, &e);
	if (!err)
		err = put_back(e, place.live_path, &keys[0]);
	closed = reg_edit_close(e);
	return err ? err : closed;
}
