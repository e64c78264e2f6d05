/*
 * A plain folder as target: files only, paths start with a backslash.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/target.h"

static int folder_open(struct target *t, const struct target_options *options)
{
	struct host_stat st;
	int ret;

	if (!options->root || !*options->root)
		return err_fail(ERR_INVALID, 0, W_TARGET_FOLDER_MISSING);
	t->info.root = host_absolute_path(options->root);
	if (!t->info.root)
		return err_nomem();
	ret = host_stat(t->info.root, true, &st);
	if (ret)
		return ret;
	if (st.type != HOST_DIR)
		return err_fail(ERR_NOT_DIR, 0, W_TARGET_NO_FOLDER,
				options->root);
	return target_add_volume(t, "", t->info.root, false);
}

static int no_hive(struct target *t, enum target_hive which, struct hive *h)
{
	(void)t;
	(void)which;
	(void)h;
	return err_fail(ERR_NOT_FOUND, 0, W_TARGET_FOLDER_HAS_NO_REGISTRY);
}

static int no_user(struct target *t, const char *name, struct hive *h)
{
	(void)t;
	(void)name;
	(void)h;
	return err_fail(ERR_NOT_FOUND, 0, W_TARGET_FOLDER_HAS_NO_USERS);
}

static int no_users(struct target *t, reg_subkey_fn fn, void *arg)
{
	(void)t;
	(void)fn;
	(void)arg;
	return 0;
}

static int no_drive(struct target *t, char drive)
{
	(void)t;
	return err_fail(ERR_UNSUPPORTED, 0, W_TARGET_FOLDER_HAS_NO_DRIVE,
			drive);
}

const struct target_ops target_ops_folder = {
	.open = folder_open,
	.open_machine = no_hive,
	.open_live_user = no_user,
	.each_live_user = no_users,
	.add_drive = no_drive,
};
