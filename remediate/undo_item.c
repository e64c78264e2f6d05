/*
 * One item of a vault put back without journal or store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/hive_swap.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

#define ITEM_MAX_NBYTES ((size_t)512 << 20)

/* A file named by the user: links on the way there are his own. */
static int out_place(const char *out, struct host_place **ret)
{
	char *path = host_absolute_path(out);
	char *dir = path ? host_dirname(path) : NULL;
	int err = dir ? host_place_open(dir, path, ret) : err_nomem();

	mem_free(path);
	mem_free(dir);
	return err;
}

/* Bytes of any item as an ordinary file; a hive without its logs. */
static int write_out(const char *item_path, const struct vault_info *info,
		     const char *out)
{
	struct host_place *place = NULL;
	struct host_new *n = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err = out_place(out, &place);

	if (!err && info->kind == VAULT_FILE)
		err = vault_restore_file(item_path, place, false);
	if (err || info->kind == VAULT_FILE)
		goto out;
	err = vault_read_bytes(item_path, ITEM_MAX_NBYTES, &data, &nbytes);
	if (!err)
		err = host_new_begin(place, &n);
	if (!err)
		err = host_new_write(n, data, nbytes);
	if (!err)
		err = host_new_finish(n, NULL);
	else if (n)
		host_new_abort(n);
out:
	mem_free(data);
	host_place_close(place);
	return err;
}

/* A hibernated or dirty volume is not changed, by an undo neither. */
static int check_volume(struct target *t, const struct undo_item_options *o,
			const char *wpath, const char *host)
{
	struct guard_options go = { .target = t, .volumes = o->volumes };
	struct guard *g = NULL;
	int err = guard_new(&go, &g);

	if (!err)
		err = guard_volume_error(g, wpath, host, o->lang);
	guard_free(g);
	return err;
}

static int restore_file(struct target *t, const char *item_path,
			const struct vault_info *info,
			const struct undo_item_options *o)
{
	struct host_place *place = NULL;
	char *host = NULL;
	int err = target_host_path(t, info->original, &host);

	if (!err)
		err = check_volume(t, o, info->original, host);
	if (!err)
		err = host_place_open(target_base(t, host), host, &place);
	if (!err)
		err = vault_restore_file(item_path, place, true);
	if (err == ERR_EXISTS)
		err = err_fail(ERR_EXISTS, 0,
			       "something has the name \"%s\" and was left "
			       "alone; put the saved file elsewhere with --out "
			       "FILE",
			       info->original);
	host_place_close(place);
	mem_free(host);
	return err;
}

/* ---- keys
 * -------------------------------------------------------------------- */

static int edit_file(struct target *t, const char *item_path,
		     const struct vault_info *info, const struct step *s,
		     const struct reg_tree *saved,
		     const struct undo_item_options *o)
{
	struct fixer light = { 0 };
	struct fix_record record = { 0 };
	struct hive_file h = { 0 };
	char *dir = host_dirname(item_path);
	char *base = dir ? host_dirname(dir) : NULL;
	char *item = NULL;
	int err = base ? hive_file_find(t, s->target, &h) : err_nomem();

	if (!err)
		err = check_volume(t, o, h.wpath, h.host);
	if (err)
		goto out;
	target_close_hive(t, h.wpath);
	if (target_info(t)->kind != TARGET_OFFLINE) {
		int closed;

		err = reg_edit_user_file(h.host, o->load, &h.edit);
		if (!err)
			err = change_back(h.edit, s->target + h.prefix_nbytes,
					  s, saved);
		closed = reg_edit_close(h.edit);
		h.edit = NULL;
		err = err ? err : closed;
		goto out;
	}
	err = hive_file_open(&h);
	if (!err)
		err = change_back(h.edit, s->target + h.prefix_nbytes, s,
				  saved);
	if (!err)
		err = hive_file_commit(&h);
	if (err || strcmp(h.before, h.after) == 0)
		goto out;
	/* The hive as it is goes to the vault of the item first. */
	record.target_id = info->target_id;
	record.computer = info->computer;
	light.fix = &record;
	light.vault_path = dir;
	str_copy(light.fix_id, info->fix_id, sizeof(light.fix_id));
	err = vault_open(base, dir, false, true, &light.vault);
	if (!err)
		err = hive_file_save(&light, &h, s, HIVE_ITEM_UNDO + s->seq,
				     &item);
	if (!err)
		err = hive_file_swap(&h);
out:
	vault_close(light.vault);
	hive_file_release(&h);
	mem_free(item);
	mem_free(base);
	mem_free(dir);
	return err;
}

static int restore_key(struct target *t, const char *item_path,
		       const struct vault_info *info,
		       const struct undo_item_options *o)
{
	struct step s = { .seq = info->seq,
			  .action = info->kind == VAULT_KEY ? ACT_REMOVE_KEY
							    : ACT_REMOVE_VALUE,
			  .target = info->original,
			  .value_name = info->value_name,
			  .reason = info->why };
	struct target_key place = { 0 };
	struct reg_tree *saved = NULL;
	struct reg_edit *e = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err, closed;

	err = vault_read_bytes(item_path, ITEM_MAX_NBYTES, &data, &nbytes);
	if (!err)
		err = reg_tree_decode(data, nbytes, &saved);
	if (!err && info->kind == VAULT_VALUE &&
	    (!s.value_name || !saved->value_count))
		err = err_fail(ERR_CORRUPT, 0, "the item holds no value");
	if (!err)
		err = target_find_key(t, s.target, &place);
	if (!err && !place.is_live) {
		err = edit_file(t, item_path, info, &s, saved, o);
	} else if (!err) {
		err = reg_edit_live(place.live_root, &e);
		if (!err)
			err = change_back(e, place.live_path, &s, saved);
		closed = reg_edit_close(e);
		err = err ? err : closed;
	}
	/* Without its journal an item does not tell what fix set instead. */
	if (err == ERR_EXISTS && info->kind == VAULT_VALUE)
		err = err_fail(ERR_EXISTS, 0,
			       "the value has been set anew since and was left "
			       "alone; if fix itself set it, undo without "
			       "--vault puts the old one back, else the saved "
			       "one lies in the vault as a .reg file, too");
	reg_tree_free(saved);
	mem_free(data);
	return err;
}

/* An item of this Windows' own vault is its own, whatever its name is now. */
static bool is_ours(struct target *t, const char *path,
		    const struct vault_info *info)
{
	char *base = NULL, *vault = NULL, *dir = host_dirname(path);
	bool ours = !info->target_id || !*info->target_id ||
		    strcmp(info->target_id, target_info(t)->target_id) == 0;

	if (!ours && dir && fixer_vault_path(t, &base, &vault) == 0)
		ours = strcmp(dir, vault) == 0;
	mem_free(base);
	mem_free(vault);
	mem_free(dir);
	return ours;
}

int fixer_undo_item(struct target *t, const char *item_path, const char *out,
		    const struct undo_item_options *o)
{
	struct vault_info info = { 0 };
	char *path = host_absolute_path(item_path);
	int err = path ? vault_verify(path, &info) : err_nomem();

	if (err) {
		mem_free(path);
		return err;
	}
	if (out)
		err = write_out(path, &info, out);
	else if (!is_ours(t, path, &info))
		err = err_fail(ERR_INVALID, 0,
			       "the item comes from another Windows (computer "
			       "\"%s\"); put it into a file with --out FILE",
			       info.computer ? info.computer : "");
	else if (info.kind == VAULT_FILE)
		err = restore_file(t, path, &info, o);
	else if (info.kind == VAULT_HIVE)
		err = err_fail(ERR_UNSUPPORTED, 0,
			       "a whole registry file is put back by undo "
			       "only; write it to a file with --out FILE");
	else
		err = restore_key(t, path, &info, o);
	vault_info_release(&info);
	mem_free(path);
	return err;
}
