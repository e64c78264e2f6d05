/*
 * One item of a vault put back without journal or store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/folders.h"
#include "remediate/undo_item.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/undo.h"
#include "words/fix.h"

#include <string.h>

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
	struct host_short name;
	struct host_place *place = NULL;
	struct host_new *n = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err = out_place(out, &place);

	if (!err && info->kind == VAULT_FILE)
		err = vault_restore_file(item_path, place, false, &name);
	if (err || info->kind == VAULT_FILE)
		goto out;
	err = vault_read_bytes(item_path, UNDO_ITEM_MAX_NBYTES, &data, &nbytes);
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
int undo_check_volume(struct target *t, const struct undo_item_options *o,
		      const char *wpath, const char *host)
{
	struct guard_options go = { .target = t, .volumes = o->volumes };
	struct guard *g = NULL;
	int err = guard_new(&go, &g);

	if (!err)
		err = guard_volume_error(g, wpath, host);
	guard_free(g);
	return err;
}

int undo_names_copy(int err, const char *original, const char *item_path)
{
	const struct err_info why = *err_last();

	if (err == ERR_NOMEM || err == ERR_CANCELLED || err == ERR_CORRUPT)
		return err;
	if (err == ERR_NOT_FOUND)
		return err_fail(err, why.os_error, W_UNDO_FOLDER_GONE, original,
				item_path);
	return err_fail(err, why.os_error, W_FIX_CAN_BE_PUT_ELSEWHERE, why.text,
			item_path);
}

/* Something has the name: whether it is this very content. */
static bool is_there_already(struct host_place *place,
			     const struct vault_info *info)
{
	struct host_subject *subject = NULL;
	char hex[65] = "";
	int err = host_subject_open(place, HOST_SUBJECT_IN_USE, &subject);

	if (!err)
		err = host_file_sha256(host_subject_file(subject), hex);
	host_subject_close(subject);
	return !err && strcmp(hex, info->sha256) == 0;
}

/*
 * Without a journal the letter of a drive alone says where a file goes: it
 * must still be the volume that it came from.  `host` is the file or a folder
 * above it that is not there.
 */
static int check_serial(const struct vault_info *info, const char *host)
{
	struct host_volume_state v = { 0 };
	char *dir = host_dirname(host);
	int err = dir ? host_volume_state(dir, &v) : err_nomem();

	mem_free(dir);
	mem_free(v.fs_name);
	if (err || !info->volume || !v.serial || v.serial == info->volume)
		return err;
	return err_fail(ERR_INVALID, 0, W_UNDO_OTHER_VOLUME, info->original,
			info->volume >> 16, info->volume & 0xffff,
			v.serial >> 16, v.serial & 0xffff);
}

int undo_item_file(struct target *t, const char *item_path,
		   const struct vault_info *info,
		   const struct undo_item_options *o, bool *there_ret,
		   struct host_short *short_ret)
{
	struct host_place *place = NULL;
	char *host = NULL;
	int err = folders_find(t, info->original, &host);

	*there_ret = false;
	if (!err)
		err = undo_check_volume(t, o, info->original, host);
	if (!err)
		err = check_serial(info, host);
	if (!err)
		err = folders_open(t, info->original, info, &place);
	if (!err)
		err = vault_restore_file(item_path, place, true, short_ret);
	if (err == ERR_EXISTS) {
		*there_ret = is_there_already(place, info);
		err = err_fail(ERR_EXISTS, 0, W_UNDO_NAME_TAKEN,
			       info->original);
	}
	if (err)
		err = undo_names_copy(err, info->original, item_path);
	host_place_close(place);
	mem_free(host);
	return err;
}

struct step undo_item_step(const struct vault_info *info)
{
	return (struct step){ .seq = info->seq,
			      .action = info->kind == VAULT_FILE
						? ACT_QUARANTINE_FILE
					: info->kind == VAULT_KEY
						? ACT_REMOVE_KEY
						: ACT_REMOVE_VALUE,
			      .kind = "",
			      .target = info->original,
			      .value_name = info->value_name };
}

int undo_item_note(const struct undo_item_options *o, const struct step *s,
		   const struct host_short *name, struct fix_result *result)
{
	struct str text = STR_INIT;
	int err;

	if (name->fate == HOST_SHORT_KEPT)
		return 0;
	result->without_short++;
	err = words_short_name(name, &text);
	if (!err && o->event)
		o->event(o->event_arg, FIX_NOTE, s, str_text(&text));
	str_release(&text);
	return err;
}

static int restore_file(struct target *t, const char *item_path,
			const struct vault_info *info,
			const struct undo_item_options *o,
			struct fix_result *result)
{
	const struct step s = undo_item_step(info);
	struct host_short name = { 0 };
	bool is_there;
	int err = undo_item_file(t, item_path, info, o, &is_there, &name);

	return err ? err : undo_item_note(o, &s, &name, result);
}

static int restore_key(struct target *t, const char *item_path,
		       const struct vault_info *info,
		       const struct undo_item_options *o)
{
	struct undo_key key = { 0 };
	char *dir = host_dirname(item_path);
	int err = dir ? undo_key_read(item_path, info, &key) : err_nomem();

	if (!err)
		err = undo_keys(t, dir, &key, 1, o);
	if (!err && key.err)
		err = err_fail(key.err, 0, "%s", key.why);
	undo_key_release(&key);
	mem_free(dir);
	return err;
}

/*
 * An item of this Windows' own vault is its own, whatever its name is now;
 * not where another Windows of its root has the same vault.
 */
bool undo_item_is_ours(struct target *t, const char *path,
		       const struct vault_info *info)
{
	char *base = NULL, *vault = NULL, *dir = host_dirname(path);
	bool ours = !info->target_id || !*info->target_id ||
		    strcmp(info->target_id, target_info(t)->target_id) == 0;

	if (!ours && dir && !target_is_one_of_several(t) &&
	    fixer_vault_path(t, &base, &vault) == 0)
		ours = strcmp(dir, vault) == 0;
	mem_free(base);
	mem_free(vault);
	mem_free(dir);
	return ours;
}

int fixer_undo_item(struct target *t, const char *item_path, const char *out,
		    const struct undo_item_options *o, struct fix_result *ret)
{
	struct vault_info info = { 0 };
	char *path = host_absolute_path(item_path);
	int err = path ? vault_verify(path, &info) : err_nomem();

	memset(ret, 0, sizeof(*ret));
	if (err) {
		mem_free(path);
		return err;
	}
	if (out)
		err = write_out(path, &info, out);
	else if (!undo_item_is_ours(t, path, &info))
		err = err_fail(ERR_INVALID, 0, W_UNDO_ITEM_OF_OTHER_WINDOWS,
			       info.computer ? info.computer : "");
	else if (info.kind == VAULT_FILE)
		err = restore_file(t, path, &info, o, ret);
	else if (info.kind == VAULT_HIVE)
		err = err_fail(ERR_UNSUPPORTED, 0, W_UNDO_WHOLE_HIVE);
	else
		err = restore_key(t, path, &info, o);
	vault_info_release(&info);
	mem_free(path);
	return err;
}
