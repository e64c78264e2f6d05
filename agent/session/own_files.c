/*
 * Files of the program itself, which a scan leaves out: store and vault.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/own_files.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/change.h"
#include "host/writers.h"
#include "remediate/fixer.h"

#include <string.h>

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

/* ---- what the vault holds ------------------------------------------------ */

/* The first bytes of what is written beside the items. */
static const char reg_head[] = "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0"
			       "R\0e\0g\0i\0s\0t\0r\0y\0";
static const char database_head[] = "SQLite format 3";
/* Of a rollback journal (sqlite.org/fileformat2.html, 3); ended, it is empty.
 */
static const char rollback_head[] = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

static bool begins_with(const char *path, const char *head, size_t nbytes,
			bool may_be_empty)
{
	struct host_file *f = NULL;
	char buf[sizeof(reg_head)];
	size_t n = 0;
	bool yes;

	if (host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, &f))
		return false;
	yes = host_pread(f, 0, buf, nbytes, &n) == 0 &&
	      ((n == nbytes && memcmp(buf, head, nbytes) == 0) ||
	       (may_be_empty && n == 0));
	host_close(f);
	return yes;
}

/* An item is sealed, and sealed it is no program. */
static bool is_item(const char *path)
{
	struct vault_info info = { 0 };
	const bool yes = vault_read_info(path, &info) == 0;

	vault_info_release(&info);
	return yes;
}

/* As vault and journal name and write them. */
static bool is_own(const char *path, const char *name)
{
	if (ascii_iends_with(name, ".mqv"))
		return is_item(path);
	if (ascii_iends_with(name, ".reg"))
		return begins_with(path, reg_head, sizeof(reg_head) - 1, false);
	if (strcmp(name, "journal.db") == 0)
		return begins_with(path, database_head, sizeof(database_head),
				   true);
	return strcmp(name, "journal.db-journal") == 0 &&
	       begins_with(path, rollback_head, sizeof(rollback_head) - 1,
			   true);
}

static int on_stream(void *arg, const char *name, uint64_t size)
{
	(void)name;
	(void)size;
	*(bool *)arg = true;
	return 1;
}

static bool has_streams(struct host_dir *d, const char *name)
{
	bool has = false;

	host_streams_at(d, name, on_stream, &has);
	return has;
}

/* ---- whose it is --------------------------------------------------------- */

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
		  host_check_folder_writers(path) == 0 &&
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
		char *file = entry.st.type == HOST_FILE
				     ? host_join(path, entry.name)
				     : NULL;

		if (file && is_own(file, entry.name) &&
		    !has_streams(d, entry.name))
			err = add(list, file);
		else
			mem_free(file);
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
