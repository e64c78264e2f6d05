/*
 * Files of the program itself, which a scan leaves out: store and vault.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "own_files.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/change.h"
#include "remediate/fixer.h"

/* Two files a step; what is beyond is scanned, which harms nobody. */
#define MAX_FILES 10000

static int add(struct vec *list, char *path)
{
	char **slot = path ? vec_push(list) : NULL;

	if (slot) {
		*slot = path;
		return 0;
	}
	mem_free(path);
	return err_nomem();
}

static int add_store(const char *store_path, struct vec *list)
{
	char *path = host_absolute_path(store_path);
	struct str journal = STR_INIT;
	int err;

	if (!path)
		return err_last()->err;
	str_addf(&journal, "%s-journal", path);
	err = add(list, path);
	return err ? err : add(list, str_detach(&journal));
}

/* As vault and journal name them. */
static bool is_own_name(const char *name)
{
	return ascii_iends_with(name, ".mqv") ||
	       ascii_iends_with(name, ".reg") ||
	       ascii_starts_with(name, "journal.db");
}

static bool is_folder(const char *path)
{
	struct host_stat st;

	return host_stat(path, false, &st) == 0 && st.type == HOST_DIR;
}

/* Both are there, so that nothing is made, and nobody else gets in. */
static bool is_private_vault(const char *base, const char *path)
{
	char *parent = host_dirname(path);
	bool ok = parent && is_folder(parent) && is_folder(path) &&
		  host_private_dir(base, parent, false) == 0 &&
		  host_private_dir(base, path, false) == 0;

	mem_free(parent);
	return ok;
}

static int add_folder(const char *path, struct vec *list)
{
	struct host_dir *d = NULL;
	struct host_dirent entry;
	int err = 0;

	if (host_dir_open(path, &d))
		return 0;
	while (!err && list->count < MAX_FILES &&
	       host_dir_next(d, &entry) > 0) {
		if (entry.st.type == HOST_FILE && is_own_name(entry.name))
			err = add(list, host_join(path, entry.name));
	}
	host_dir_close(d);
	return err;
}

int own_files_list(struct target *t, const char *store_path, struct vec *ret)
{
	const struct vec empty = VEC_INIT(char *, MAX_FILES + 16);
	char *base = NULL, *path = NULL;
	int err;

	*ret = empty;
	err = add_store(store_path, ret);
	if (!err && target_info(t)->kind != TARGET_FOLDER &&
	    fixer_vault_path(t, &base, &path) == 0) {
		if (is_private_vault(base, path))
			err = add_folder(path, ret);
		mem_free(base);
		mem_free(path);
	}
	if (err)
		own_files_release(ret);
	return err;
}

void own_files_release(struct vec *list)
{
	for (size_t i = 0; i < list->count; i++)
		mem_free(*(char **)vec_at(list, i));
	vec_release(list);
}
