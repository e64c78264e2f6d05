/*
 * The Windows that we run on.  On other systems registry/ says that there
 * is no live registry, and opening ends there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/target.h"

#include <string.h>

static int open_base(struct target *t, struct hive *h, enum reg_live_root which,
		     const char *prefix)
{
	h->target = t;
	h->prefix = mem_strdup(prefix);
	if (!h->prefix)
		return err_nomem();
	/* The 64-bit view shows Wow6432Node; 32-bit Windows has but one. */
	return reg_open_live(which, REG_VIEW_64, hive_gap, h, &h->root);
}

static char *without_backslash(const char *path)
{
	size_t n = strlen(path);

	while (n > 0 && path[n - 1] == '\\')
		n--;
	return mem_strndup(path, n);
}

/* Only local disks are walked; the others can still be named in a path. */
static int read_volumes(struct target *t)
{
	struct host_volume *v;
	size_t count;
	int ret = host_volumes(&v, &count);

	if (ret)
		return ret;
	for (size_t i = 0; i < count && !ret; i++) {
		char *wprefix = without_backslash(v[i].path);

		if (!wprefix)
			ret = err_nomem();
		else if (v[i].why)
			ret = closed_add(t, &v[i]);
		else if (!v[i].is_remote)
			ret = target_add_volume(t, wprefix, v[i].path,
						!v[i].is_fixed);
		mem_free(wprefix);
	}
	host_volumes_free(v, count);
	return ret;
}

/* What is below it must not look as if it were not there. */
static int close_hidden(struct target *t)
{
	struct host_volume v = { .path = host_hidden_folder(),
				 .why = VOLUME_HIDDEN,
				 .part = VOLUME_PART_DATA };
	const int ret = v.path ? closed_add(t, &v) : 0;

	mem_free(v.path);
	return ret;
}

static int live_open(struct target *t, const struct target_options *options)
{
	struct wpath p;
	int ret;

	(void)options;
	t->info.root = mem_strdup("");
	if (!t->info.root)
		return err_nomem();
	ret = open_base(t, &t->live_machine, REG_LIVE_MACHINE, "HKLM");
	if (!ret)
		ret = open_base(t, &t->live_users, REG_LIVE_USERS, "HKU");
	if (ret == ERR_UNSUPPORTED)
		return err_fail(ret, 0, W_TARGET_NOT_WINDOWS);
	if (ret)
		return ret;
	t->windows = machine_text(t, TARGET_HIVE_SOFTWARE,
				  "Microsoft\\Windows NT\\CurrentVersion",
				  "SystemRoot");
	if (!t->windows || wpath_split(t->windows, &p)) {
		mem_free(t->windows);
		t->windows = mem_strdup("C:\\Windows");
		if (!t->windows)
			return err_nomem();
		t->info.system_drive = 'C';
	} else {
		t->info.system_drive = p.form == WPATH_DRIVE ? p.drive : 'C';
		wpath_release(&p);
	}
	ret = read_volumes(t);
	return ret ? ret : close_hidden(t);
}

static int live_machine(struct target *t, enum target_hive which,
			struct hive *h)
{
	return subroot_open(t->live_machine.root,
			    which == TARGET_HIVE_SOFTWARE ? "SOFTWARE"
							  : "SYSTEM",
			    &h->root);
}

static int live_user(struct target *t, const char *name, struct hive *h)
{
	return subroot_open(t->live_users.root, name, &h->root);
}

static int each_user(struct target *t, reg_subkey_fn fn, void *arg)
{
	struct reg_key *key;
	int ret = reg_open_key(t->live_users.root, "", &key);

	if (ret)
		return ret;
	ret = reg_each_subkey(key, fn, arg);
	reg_close_key(key);
	return ret;
}

static int live_drive(struct target *t, char drive)
{
	char wprefix[3] = { drive, ':', '\0' };
	char host[4] = { drive, ':', '\\', '\0' };
	struct host_stat st;
	int ret;

	if (host_is_remote_path(host))
		return err_fail(ERR_UNSUPPORTED, 0, W_TARGET_DRIVE_ON_NETWORK,
				drive);
	ret = host_stat(host, true, &st);
	return ret ? ret : target_add_volume(t, wprefix, host, true);
}

const struct target_ops target_ops_live = {
	.open = live_open,
	.open_machine = live_machine,
	.open_live_user = live_user,
	.each_live_user = each_user,
	.add_drive = live_drive,
};
