/*
 * A Windows that does not run: a folder that holds Windows\, further drives.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/*
 * Until SystemRoot is read from the hives, the system drive is C:, where
 * all but very few have it.
 */
#define DRIVE_ASSUMED 'C'

static int no_windows(struct target *t, const char *root)
{
	struct target_path p;

	if (target_resolve(t, "C:\\System32\\config", 0, &p) == 0) {
		target_path_release(&p);
		return err_fail(ERR_NOT_FOUND, 0, W_TARGET_ROOT_IS_WINDOWS,
				root);
	}
	return err_fail(ERR_NOT_FOUND, 0, W_TARGET_ROOT_NO_WINDOWS, root);
}

/* ---- drives ------------------------------------------------------ */

/* Listings kept under the assumed letter would answer for another drive. */
static int set_drive(struct target *t, char drive)
{
	struct volume *v = vec_at(&t->volumes, 0);
	struct folder_cache *fresh;

	if (drive == t->info.system_drive)
		return 0;
	fresh = folder_cache_new();
	if (!fresh)
		return err_nomem();
	folder_cache_free(t->folders);
	t->folders = fresh;
	t->info.system_drive = drive;
	v->pub.wprefix[0] = drive;
	t->windows[0] = drive;
	return 0;
}

/*
 * A wrong letter would put every path on the wrong drive, so only a value
 * of the form X:\… counts.
 */
static char stored_drive(struct target *t)
{
	char *text = machine_text(t, TARGET_HIVE_SOFTWARE,
				  "Microsoft\\Windows NT\\CurrentVersion",
				  "SystemRoot");
	char drive = DRIVE_ASSUMED;
	struct wpath p;

	if (text && wpath_split(text, &p) == 0) {
		if (p.form == WPATH_DRIVE)
			drive = p.drive;
		wpath_release(&p);
	}
	mem_free(text);
	return drive;
}

static int add_map(struct target *t, const struct target_map *map)
{
	char wprefix[3] = { (char)ascii_upper(map->drive), ':', '\0' };
	struct host_stat st;
	char *host;
	int ret;

	if (wprefix[0] < 'A' || wprefix[0] > 'Z')
		return err_fail(ERR_INVALID, 0, W_TARGET_MAP_FORM);
	host = host_absolute_path(map->path);
	if (!host)
		return err_nomem();
	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		if (v->pub.wprefix[0] != wprefix[0])
			continue;
		ret = strcmp(host, t->info.root) == 0 && i == 0
			      ? 0
			      : err_fail(ERR_INVALID, 0, W_TARGET_MAP_TWICE,
					 wprefix, v->pub.host);
		goto out;
	}
	ret = host_stat(host, true, &st);
	if (!ret && st.type != HOST_DIR)
		ret = err_fail(ERR_NOT_DIR, 0, W_TARGET_NO_FOLDER, map->path);
	if (!ret)
		ret = target_add_volume(t, wprefix, host, false);
out:
	mem_free(host);
	return ret;
}

static int offline_open(struct target *t, const struct target_options *options)
{
	struct host_stat st;
	struct folder *root;
	const struct volume *v;
	int ret;

	if (!options->root || !*options->root)
		return err_fail(ERR_INVALID, 0, W_TARGET_ROOT_MISSING);
	t->info.root = host_absolute_path(options->root);
	if (!t->info.root)
		return err_nomem();
	ret = host_stat(t->info.root, true, &st);
	if (ret)
		return ret;
	if (st.type != HOST_DIR)
		return err_fail(ERR_NOT_DIR, 0, W_TARGET_NO_FOLDER,
				options->root);
	t->info.system_drive = DRIVE_ASSUMED;
	ret = target_add_volume(t, "C:", t->info.root, false);
	if (ret)
		return ret;
	v = vec_at(&t->volumes, 0);
	ret = folder_cache_get(t->folders, "C:", v->pub.host, v->is_exact,
			       &root);
	if (!ret)
		ret = windows_find(t, root, options->windows);
	if (ret == ERR_NOT_FOUND)
		return no_windows(t, options->root);
	if (ret)
		return ret;
	ret = set_drive(t, stored_drive(t));
	for (size_t i = 0; i < options->map_count && !ret; i++)
		ret = add_map(t, &options->maps[i]);
	return ret;
}

/* ---- hives ------------------------------------------------------- */

static int offline_machine(struct target *t, enum target_hive which,
			   struct hive *h)
{
	static const char *const files[] = {
		[TARGET_HIVE_SOFTWARE] = "System32\\config\\SOFTWARE",
		[TARGET_HIVE_SYSTEM] = "System32\\config\\SYSTEM",
	};
	char *wpath = wpath_append(t->windows, files[which]);
	int ret;

	if (!wpath)
		return err_nomem();
	ret = hive_open_file(t, h, wpath);
	mem_free(wpath);
	return ret;
}

static int no_live_user(struct target *t, const char *name, struct hive *h)
{
	(void)t;
	(void)name;
	(void)h;
	return ERR_NOT_FOUND;
}

static int no_live_users(struct target *t, reg_subkey_fn fn, void *arg)
{
	(void)t;
	(void)fn;
	(void)arg;
	return 0;
}

static int not_mapped(struct target *t, char drive)
{
	(void)t;
	return err_fail(ERR_UNSUPPORTED, 0, W_TARGET_DRIVE_NOT_GIVEN, drive,
			drive);
}

const struct target_ops target_ops_offline = {
	.open = offline_open,
	.open_machine = offline_machine,
	.open_live_user = no_live_user,
	.each_live_user = no_live_users,
	.add_drive = not_mapped,
};
