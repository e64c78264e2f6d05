/*
 * Fuzz changes to hive files: whatever the bytes are, hivex does not end the
 * program, and what is committed can be opened for changes again.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/bytes.h"
#include "registry/reg_edit.h"
#include "registry/regf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

struct first {
	struct reg_key *key;
	struct str path;
	int depth;
};

/* Down the first subkeys, or the second where `depth` is odd. */
static int go_down(void *arg, const char *name)
{
	struct first *f = arg;
	struct reg_key *up = f->key;

	if (reg_open_subkey(up, name, &f->key))
		f->key = NULL;
	if (f->path.len)
		str_addch(&f->path, '\\');
	str_add(&f->path, name);
	f->depth++;
	if (f->key && f->depth < 3)
		reg_each_subkey(f->key, go_down, f);
	if (f->key && f->key != up)
		reg_close_key(f->key);
	f->key = up;
	return 1;
}

static char *find_key(struct reg_edit *e)
{
	struct first f = { NULL, STR_INIT, 0 };

	if (reg_open_key(reg_edit_root(e), "", &f.key))
		return NULL;
	reg_each_subkey(f.key, go_down, &f);
	reg_close_key(f.key);
	return str_detach(&f.path);
}

static void change(struct reg_edit *e, const char *path)
{
	struct reg_tree *t = NULL;
	struct reg_key *key = NULL;
	int can = 1;

	if (!reg_open_key(reg_edit_root(e), path, &key))
		reg_tree_read(key, &t);
	reg_close_key(key);
	reg_edit_set_value(e, path, "fuzz", REG_TYPE_DWORD, "\1\0\0\0", 4);
	reg_edit_delete_value(e, path, "");
	if (t)
		can = reg_edit_can_add_tree(e, "", t);
	if (!reg_edit_delete_key(e, path) && !can &&
	    reg_edit_add_tree(e, "fuzz\\again", t) == ERR_CORRUPT)
		abort();
	reg_tree_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct reg_edit *e = NULL;
	uint8_t *hive, *image = NULL;
	size_t image_nbytes = 0;
	char *path;

	if (nbytes < 8192 || nbytes > (size_t)4 << 20)
		return 0;
	hive = mem_dup(data, nbytes);
	memcpy(hive, "regf", 4);
	memcpy(hive + 4, hive + 8, 4);
	bytes_put_le32(hive + 508, regf_checksum(hive));
	if (reg_edit_hive(hive, nbytes, &e)) {
		mem_free(hive);
		return 0;
	}
	path = find_key(e);
	if (path && *path)
		change(e, path);
	if (!reg_edit_commit(e, &image, &image_nbytes)) {
		reg_edit_close(e);
		e = NULL;
		if (reg_edit_hive(image, image_nbytes, &e))
			abort();
	}
	reg_edit_close(e);
	mem_free(path);
	mem_free(image);
	mem_free(hive);
	return 0;
}
