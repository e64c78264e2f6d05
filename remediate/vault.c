/*
 * The vault's folder: made or checked, and listed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A folder below it, private as well, takes what is not finished yet and
 * names that are about to vanish: what stands in the vault itself is whole.
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <stdlib.h>
#include <string.h>

#define PARENT_NAME  "mstmpsweep"
#define PRIVATE_NAME "tmp"
#define ENDING	     ".mqv"

/* A fix has at most some tens of steps; this is thousands of fixes. */
#define NAMES_MAX 100000u

static bool is_separator(char c)
{
	return c == '/' || c == host_separator();
}

static const char *name_of(const char *path)
{
	size_t n = strlen(path);

	while (n > 0 && is_separator(path[n - 1]))
		n--;
	while (n > 0 && !is_separator(path[n - 1]))
		n--;
	return path + n;
}

int vault_check_space(const char *dir, uint64_t nbytes)
{
	uint64_t is_free = 0;
	int err = host_free_space(dir, &is_free);

	if (err != 0)
		return err;
	nbytes += VAULT_SPARE_NBYTES;
	if (is_free >= nbytes)
		return 0;
	return err_fail(ERR_NO_SPACE, 0, W_VAULT_BYTES_FREE, nbytes, is_free,
			dir);
}

/*
 * Whether the folder above is ours to make and to check, too: who can rename
 * the vault can put another in its place.
 */
static bool is_parent_ours(const char *base, const char *parent)
{
	const char *name = name_of(parent);

	return ascii_casecmp(name, PARENT_NAME) == 0 &&
	       (base == NULL || strlen(parent) > strlen(base));
}

static int open_dirs(const struct vault *v, const char *parent, bool create,
		     bool any_fs)
{
	struct host_stat st;
	int err = 0;

	if (!create) {
		err = host_stat(v->path, false, &st);
		if (err != 0)
			return err;
	}
	if (is_parent_ours(v->base, parent))
		err = host_private_dir(v->base, parent, any_fs);
	if (err == 0)
		err = host_private_dir(v->base, v->path, any_fs);
	if (err == 0)
		err = host_private_dir(v->base, v->private_dir, any_fs);
	/* One that is only read may lie on a CD. */
	if (err == ERR_READ_ONLY && !create)
		err = 0;
	return err;
}

/* What is there is only looked at by host_private_dir(). */
int vault_check(const char *base, const char *path, bool any_fs)
{
	char *parent = host_dirname(path);
	struct host_stat st;
	int err = parent != NULL ? host_stat(path, false, &st) : err_nomem();

	if (err == 0 && st.type != HOST_DIR)
		err = err_fail(ERR_DENIED, 0, W_VAULT_NO_FOLDER, path);
	if (err == 0 && is_parent_ours(base, parent))
		err = host_private_dir(base, parent, any_fs);
	if (err == 0)
		err = host_private_dir(base, path, any_fs);
	mem_free(parent);
	return err;
}

int vault_open(const char *base, const char *path, bool create, bool any_fs,
	       struct vault **ret)
{
	struct vault *v = mem_zalloc(sizeof(*v));
	char *parent = NULL;
	int err;

	if (v == NULL)
		return err_nomem();
	v->base = mem_strdup(base);
	v->path = mem_strdup(path);
	v->private_dir = host_join(path, PRIVATE_NAME);
	parent = host_dirname(path);
	if ((base != NULL && v->base == NULL) || v->path == NULL ||
	    v->private_dir == NULL || parent == NULL)
		err = err_nomem();
	else
		err = open_dirs(v, parent, create, any_fs);
	mem_free(parent);
	if (err != 0) {
		vault_close(v);
		return err;
	}
	*ret = v;
	return 0;
}

void vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	mem_free(v->base);
	mem_free(v->path);
	mem_free(v->private_dir);
	mem_free(v);
}

const char *vault_path(const struct vault *v)
{
	return v->path;
}

const char *vault_private_dir(const struct vault *v)
{
	return v->private_dir;
}

/* ---- half-written items ------------------------------------------ */

static bool is_half_written(const char *name)
{
	const size_t n = strlen(name);

	return n > 8 && strncmp(name, "put-", 4) == 0 &&
	       strcmp(name + n - 4, ".tmp") == 0;
}

int vault_clear_temps(struct vault *v)
{
	struct host_dirent entry;
	struct host_dir *dir = NULL;
	int more = 0;
	int err = host_dir_open(v->private_dir, &dir);

	while (err == 0 && (more = host_dir_next(dir, &entry)) > 0) {
		char *path;

		if (entry.st.type != HOST_FILE || !is_half_written(entry.name))
			continue;
		path = host_join(v->private_dir, entry.name);
		err = path ? host_unlink(path) : err_nomem();
		mem_free(path);
	}
	host_dir_close(dir);
	return err == 0 && more < 0 ? -more : err;
}

/* ---- listing ------------------------------------------------------------ */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_release(struct vec *names)
{
	for (size_t i = 0; i < names->count; i++)
		mem_free(*(char **)vec_at(names, i));
	vec_release(names);
}

static bool is_item_name(const char *name)
{
	const size_t n = strlen(name);
	const size_t end = strlen(ENDING);

	return n > end && strcmp(name + n - end, ENDING) == 0;
}

static int add_name(struct vec *names, const char *name, const char *path)
{
	char *copy;
	char **slot;

	if (names->count == NAMES_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_VAULT_LIST_TOO_LONG,
				NAMES_MAX, path);
	copy = mem_strdup(name);
	slot = copy != NULL ? vec_push(names) : NULL;
	if (slot == NULL) {
		mem_free(copy);
		return err_nomem();
	}
	*slot = copy;
	return 0;
}

int vault_list(struct vault *v, struct vec *names_ret)
{
	return vault_list_folder(v->path, names_ret);
}

int vault_list_folder(const char *path, struct vec *names_ret)
{
	struct vec names = VEC_INIT(char *, NAMES_MAX);
	struct host_dirent entry;
	struct host_dir *dir = NULL;
	int more = 0;
	int err = host_dir_open(path, &dir);

	if (err != 0)
		return err;
	while (err == 0) {
		more = host_dir_next(dir, &entry);
		if (more <= 0)
			break;
		if (entry.st.type == HOST_FILE && is_item_name(entry.name))
			err = add_name(&names, entry.name, path);
	}
	if (err == 0 && more < 0)
		err = -more;
	host_dir_close(dir);
	if (err != 0) {
		names_release(&names);
		return err;
	}
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(char *), compare_names);
	*names_ret = names;
	return 0;
}
