/*
 * Removing keys of the running registry, with all that is below them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * By handle, so that nothing that was exchanged in the meantime is hit, and
 * as links, so that a link goes and not what it leads to.  The first round
 * only opens: what an access list or a program holds is known before the
 * first key is gone.
 */
#include "registry/reg_edit_live_win32.h"
#include "registry/key_security_win32.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/registry.h"

#include <string.h>

#define REMOVE_ACCESS (DELETE | KEY_READ)

struct removal {
	const struct nt *nt;
	bool is_trial;
	unsigned seen; /* keys of the trial */
	unsigned gone;
};

/* Name of the index-th subkey; *ret NULL at the end. */
static int subkey_name(struct removal *r, const struct live_spot *key,
		       ULONG index, char **ret)
{
	struct nt_answer a = { NULL, 0, 0 };
	char *name = NULL;
	NTSTATUS status;
	int err = 0;

	status = nt_enumerate(r->nt->enumerate_key, key->handle, index,
			      NT_KEY_BASIC, &a);
	if (!status && a.nbytes < NT_BASIC_NBYTES)
		status = NT_CORRUPT;
	if (status && status != NT_NO_MORE)
		err = nt_fail(status, W_REGISTRY_NT_LIST_BELOW, key->path);
	if (!status)
		err = nt_name_in(&a, NT_BASIC_NBYTES, bytes_le32(a.data + 12),
				 &name);
	mem_free(a.data);
	/* Such a name would be taken for a path to another key. */
	if (!err && name && (!*name || strchr(name, '\\'))) {
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_NAME_OF_NO_KEY,
			       key->path, name);
		mem_free(name);
	}
	if (!err)
		*ret = name;
	return err;
}

static int remove_below(struct removal *r, const struct live_spot *key);

static int remove_child(struct removal *r, const struct live_spot *parent,
			const char *name)
{
	char *path = reg_path_join(parent->path, name, strlen(name));
	struct live_spot key = { NULL, path, parent->depth + 1 };
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count = 0;
	int err;

	err = path ? utf_to_utf16(name, &units, &count) : err_nomem();
	if (!err)
		err = key_open_change(r->nt, parent->handle, units, count,
				      REMOVE_ACCESS, path, &key.handle);
	if (err)
		goto out;
	err = remove_below(r, &key);
	if (!err && !r->is_trial) {
		status = r->nt->delete_key(key.handle);
		if (status)
			err = nt_fail(status, W_REGISTRY_NT_REMOVE, path);
		else
			r->gone++;
	}
	r->nt->close(key.handle);
out:
	mem_free(units);
	mem_free(path);
	return err;
}

static int remove_below(struct removal *r, const struct live_spot *key)
{
	int err = 0;

	if (key->depth > REG_MAX_DEPTH)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TOO_DEEP);
	for (ULONG i = 0; !err; i++) {
		char *name = NULL;

		/* What was first is gone, the next one is first then. */
		err = subkey_name(r, key, r->is_trial ? i : 0, &name);
		if (err || !name)
			break;
		if (r->is_trial && ++r->seen > REG_TREE_MAX_KEYS)
			err = err_fail(ERR_TOO_LARGE, 0,
				       W_REGISTRY_TOO_MANY_BELOW, key->path);
		else if (!r->is_trial && r->gone > r->seen + REG_MAX_DEPTH)
			err = err_fail(ERR_CHANGED, 0, W_REGISTRY_COME_BACK,
				       key->path);
		else
			err = remove_child(r, key, name);
		mem_free(name);
	}
	return err;
}

/* The key and whatever is still below it are left then; says so. */
static int half_done(int err, const struct removal *r,
		     const struct live_spot *key)
{
	const struct err_info last = *err_last();

	return err_fail(err, last.os_error, W_REGISTRY_HALF_REMOVED, last.text,
			r->gone, key->path);
}

int live_remove_tree(const struct nt *nt, const struct live_spot *key)
{
	struct removal r = { nt, true, 0, 0 };
	NTSTATUS status;
	int err;

	err = remove_below(&r, key);
	if (err)
		return err;
	r.is_trial = false;
	err = remove_below(&r, key);
	if (!err) {
		status = nt->delete_key(key->handle);
		if (status)
			err = nt_fail(status, W_REGISTRY_NT_REMOVE, key->path);
	}
	return err && r.gone ? half_done(err, &r, key) : err;
}

int live_take_away(const struct nt *nt, const struct live_spot *key, int err)
{
	const struct err_info first = *err_last();

	if (live_remove_tree(nt, key) == 0)
		return err_fail(err, first.os_error, "%s", first.text);
	return err_fail(err, first.os_error, W_REGISTRY_HALF_MADE, first.text,
			key->path);
}
