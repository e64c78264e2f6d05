/*
 * The registry of the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Through ntdll's functions, which Windows XP has: names are counted there,
 * so that a NUL in a name hides nothing.  Keys are opened one component at a
 * time and never through a link, in the view the caller asked for.
 */
#include "registry/live_win32.h"
#include "registry/key_security_win32.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/base.h"
#include "words/registry.h"

#include <string.h>

struct live_key {
	struct reg_key base;
	HANDLE handle;
};

static struct live_root *root_of(struct reg_key *key)
{
	return (struct live_root *)key->root;
}

static HANDLE handle_of(struct reg_key *key)
{
	return ((struct live_key *)key)->handle;
}

static int key_new(struct live_root *root, HANDLE h, char *path, unsigned depth,
		   struct live_key **ret)
{
	struct live_key *key = path ? mem_zalloc(sizeof(*key)) : NULL;

	if (!key) {
		mem_free(path);
		root->nt.close(h);
		return err_nomem();
	}
	key->base.root = &root->base;
	key->base.path = path;
	key->base.depth = depth;
	key->handle = h;
	*ret = key;
	return 0;
}

static void live_close_key(struct reg_key *base)
{
	struct live_key *key = (struct live_key *)base;

	root_of(base)->nt.close(key->handle);
	mem_free(base->path);
	mem_free(key);
}

/* `name` is one component; parent NULL: below the root handle. */
static int open_child(struct live_root *root, struct live_key *parent,
		      const char *name, size_t nbytes, struct live_key **ret)
{
	const char *parent_path = parent ? parent->base.path : "";
	unsigned depth = parent ? parent->base.depth + 1 : 1;
	char *path = reg_path_join(parent_path, name, nbytes);
	char *component = mem_strndup(name, nbytes);
	uint16_t *units = NULL;
	NTSTATUS status;
	HANDLE h = NULL;
	size_t count = 0;
	int err;

	err = path && component ? utf_to_utf16(component, &units, &count)
				: err_nomem();
	mem_free(component);
	if (err)
		goto out;
	if (depth > REG_MAX_DEPTH) {
		err = err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TOO_DEEP);
		goto out;
	}
	status = nt_open_read(&root->nt, parent ? parent->handle : root->handle,
			      units, count, NT_OPEN_LINK, &h);
	if (status) {
		err = nt_fail(status, W_REGISTRY_NT_OPEN, path);
		goto out;
	}
	mem_free(units);
	return key_new(root, h, path, depth, ret);
out:
	mem_free(units);
	mem_free(path);
	return err;
}

/* The same key with a handle of its own. */
static int open_again(struct live_root *root, HANDLE from, const char *path,
		      unsigned depth, struct live_key **ret)
{
	HANDLE h = NULL;

	if (!DuplicateHandle(GetCurrentProcess(), from, GetCurrentProcess(), &h,
			     0, FALSE, DUPLICATE_SAME_ACCESS))
		return err_fail(ERR_IO, (long)GetLastError(),
				W_REGISTRY_CANNOT_OPEN, path);
	return key_new(root, h, mem_strdup(path), depth, ret);
}

static int live_open_key(struct reg_root *base, struct reg_key *from,
			 const char *path, struct reg_key **ret)
{
	struct live_root *root = (struct live_root *)base;
	struct live_key *key = (struct live_key *)from, *next = NULL;
	const char *rest = path, *name;
	size_t nbytes = 0;
	int err;

	for (;;) {
		name = reg_path_next(&rest, &nbytes);
		if (!name)
			break;
		err = open_child(root, key, name, nbytes, &next);
		if (key && &key->base != from)
			live_close_key(&key->base);
		if (!next)
			return err;
		key = next;
		next = NULL;
	}
	if (!key || &key->base == from) {
		err = open_again(root, key ? key->handle : root->handle,
				 key ? key->base.path : "",
				 key ? key->base.depth : 0, &key);
		if (err)
			return err;
	}
	*ret = &key->base;
	return 0;
}

/* ---- the interface ---------------------------------------------------- */

/* The name as stored; a system that does not tell gets the one asked for. */
static int key_name(struct reg_key *base, struct nt_answer *a, char **ret)
{
	const char *last = strrchr(base->path, '\\');
	char *name = NULL;
	NTSTATUS status;
	int err;

	status = nt_query_key(&root_of(base)->nt, handle_of(base), NT_KEY_BASIC,
			      a);
	if (status && nt_err(status) == ERR_NOMEM)
		return err_fail(ERR_NOMEM, (long)status, W_BASE_ERR_NO_MEMORY);
	if (!status && a->nbytes >= NT_BASIC_NBYTES) {
		err = nt_name_in(a, NT_BASIC_NBYTES, bytes_le32(a->data + 12),
				 &name);
		if (err)
			return err;
	}
	if (!name || (base->depth && !*name)) {
		mem_free(name);
		name = mem_strdup(last ? last + 1 : base->path);
		if (!name)
			return err_nomem();
	}
	*ret = name;
	return 0;
}

static int live_key_info(struct reg_key *base, struct reg_key_info *ret)
{
	struct live_root *root = root_of(base);
	struct nt_answer a = { NULL, 0, 0 };
	struct reg_key_info info;
	NTSTATUS status;
	int err;

	memset(&info, 0, sizeof(info));
	status = nt_query_key(&root->nt, handle_of(base), NT_KEY_FULL, &a);
	if (!status && a.nbytes < 36)
		status = NT_CORRUPT;
	if (status) {
		err = nt_fail(status, W_REGISTRY_NT_QUERY, base->path);
		goto out;
	}
	info.last_write = (int64_t)bytes_le64(a.data);
	info.subkey_count = bytes_le32(a.data + 20);
	info.value_count = bytes_le32(a.data + 32);
	err = nt_is_link(&root->nt, handle_of(base), &info.is_link);
	if (!err)
		err = key_name(base, &a, &info.name);
	if (!err)
		*ret = info;
out:
	mem_free(a.data);
	return err;
}

/* Tells that a list broke off; what came before it stands. */
static int broke_off(struct reg_key *key, NTSTATUS status, bool of_values)
{
	if (nt_err(status) == ERR_NOMEM)
		return err_fail(ERR_NOMEM, (long)status, W_BASE_ERR_NO_MEMORY);
	err_fail(nt_err(status), (long)status,
		 of_values ? W_REGISTRY_CANNOT_LIST_VALUES
			   : W_REGISTRY_CANNOT_LIST_SUBKEYS,
		 key->path);
	reg_gap(key->root, key->path, err_words(nt_err(status)));
	return 0;
}

static int live_each_subkey(struct reg_key *base, reg_subkey_fn fn, void *arg)
{
	struct live_root *root = root_of(base);
	struct nt_answer a = { NULL, 0, 0 };
	NTSTATUS status;
	int err = 0;

	for (ULONG i = 0; !err; i++) {
		char *name = NULL;

		status = nt_enumerate(root->nt.enumerate_key, handle_of(base),
				      i, NT_KEY_BASIC, &a);
		if (status == NT_NO_MORE)
			break;
		if (status) {
			err = broke_off(base, status, false);
			break;
		}
		if (a.nbytes < NT_BASIC_NBYTES) {
			err = broke_off(base, NT_CORRUPT, false);
			break;
		}
		err = nt_name_in(&a, NT_BASIC_NBYTES, bytes_le32(a.data + 12),
				 &name);
		if (err)
			break;
		err = fn(arg, name);
		mem_free(name);
	}
	mem_free(a.data);
	return err;
}

static int value_from(const struct nt_answer *a, struct reg_value *ret)
{
	struct bytes all = { a->data, a->nbytes };
	struct reg_value v = { NULL, 0, NULL, 0 };
	const uint8_t *p;
	size_t nbytes;
	int err;

	if (a->nbytes < NT_VALUE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_ANSWER_SHORT);
	v.type = bytes_le32(a->data + 4);
	nbytes = bytes_le32(a->data + 12);
	p = nbytes ? bytes_at(&all, bytes_le32(a->data + 8), nbytes) : NULL;
	if (nbytes && !p)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_ANSWER_SHORT);
	err = nt_name_in(a, NT_VALUE_NBYTES, bytes_le32(a->data + 16), &v.name);
	if (err)
		return err;
	v.data = p ? mem_dup(p, nbytes) : NULL;
	v.nbytes = nbytes;
	if (p && !v.data) {
		mem_free(v.name);
		return err_nomem();
	}
	*ret = v;
	return 0;
}

static int live_each_value(struct reg_key *base, reg_value_fn fn, void *arg)
{
	struct live_root *root = root_of(base);
	struct nt_answer a = { NULL, 0, 0 };
	struct reg_value value;
	NTSTATUS status;
	int err = 0;

	for (ULONG i = 0; !err; i++) {
		status = nt_enumerate(root->nt.enumerate_value, handle_of(base),
				      i, NT_VALUE_FULL, &a);
		if (status == NT_NO_MORE)
			break;
		if (status == NT_OVERFLOW || status == NT_TOO_SMALL) {
			reg_gap(base->root, base->path,
				W_REGISTRY_VALUE_ABOVE_LIMIT);
			continue;
		}
		if (status) {
			err = broke_off(base, status, true);
			break;
		}
		err = value_from(&a, &value);
		if (err)
			break;
		err = fn(arg, &value);
		reg_value_release(&value);
	}
	mem_free(a.data);
	return err;
}

static int live_get_value(struct reg_key *base, const char *name,
			  struct reg_value *ret)
{
	struct live_root *root = root_of(base);
	struct nt_answer a = { NULL, 0, 0 };
	UNICODE_STRING text;
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count = 0;
	int err;

	err = utf_to_utf16(name, &units, &count);
	if (err)
		return err;
	if (!nt_text(&text, units, count)) {
		mem_free(units);
		return err_fail(ERR_NOT_FOUND, 0, W_REGISTRY_NO_VALUE);
	}
	status = nt_query_value(&root->nt, handle_of(base), &text, &a);
	if (status == NT_OVERFLOW || status == NT_TOO_SMALL) {
		reg_gap(base->root, base->path, W_REGISTRY_VALUE_ABOVE_LIMIT);
		err = err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_VALUE_LARGE);
	} else if (status) {
		err = nt_fail(status, W_REGISTRY_NT_READ_VALUE, base->path);
	} else {
		err = value_from(&a, ret);
	}
	mem_free(units);
	mem_free(a.data);
	return err;
}

static int live_key_security(struct reg_key *base, uint8_t **data_ret,
			     size_t *nbytes_ret)
{
	return key_security_read(&root_of(base)->nt, handle_of(base),
				 base->path, data_ret, nbytes_ret);
}

static int live_key_class(struct reg_key *base, uint8_t **data_ret,
			  size_t *nbytes_ret)
{
	struct nt_answer a = { NULL, 0, 0 };
	struct bytes all;
	const uint8_t *p = NULL;
	uint8_t *data = NULL;
	NTSTATUS status;
	size_t nbytes = 0;
	int err = 0;

	status = nt_query_key(&root_of(base)->nt, handle_of(base), NT_KEY_FULL,
			      &a);
	if (!status && a.nbytes < 20)
		status = NT_CORRUPT;
	if (!status) {
		all.data = a.data;
		all.nbytes = a.nbytes;
		nbytes = bytes_le32(a.data + 16);
		p = nbytes ? bytes_at(&all, bytes_le32(a.data + 12), nbytes)
			   : NULL;
		if (nbytes && !p)
			status = NT_CORRUPT;
	}
	if (status)
		err = nt_fail(status, W_REGISTRY_NT_READ_CLASS, base->path);
	if (!err && p) {
		data = mem_dup(p, nbytes);
		if (!data)
			err = err_nomem();
	}
	if (!err) {
		*data_ret = data;
		*nbytes_ret = nbytes;
	}
	mem_free(a.data);
	return err;
}

static void live_close(struct reg_root *base)
{
	struct live_root *root = (struct live_root *)base;

	root->nt.close(root->handle);
	mem_free(root);
}

static const struct reg_ops live_ops = {
	.close = live_close,
	.open_key = live_open_key,
	.close_key = live_close_key,
	.key_info = live_key_info,
	.each_subkey = live_each_subkey,
	.each_value = live_each_value,
	.get_value = live_get_value,
	.key_security = live_key_security,
	.key_class = live_key_class,
};

/*
 * Opens below the root handle what `below` names; the root is that key then.
 * A link there would hand out somebody else's key as this one.
 */
static int go_below(struct live_root *root, const char *below)
{
	struct reg_key *key = NULL;
	bool is_link = false;
	HANDLE own;
	int err;

	err = live_open_key(&root->base, NULL, below, &key);
	if (!key)
		return err;
	err = nt_is_link(&root->nt, handle_of(key), &is_link);
	if (!err && is_link)
		err = err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_KEY_IS_LINK,
			       below);
	if (!err) {
		own = root->handle;
		root->handle = handle_of(key);
		((struct live_key *)key)->handle = own;
	}
	live_close_key(key);
	return err;
}

int live_open_below(enum reg_live_root which, enum reg_view view,
		    const char *below, reg_gap_fn gap, void *gap_arg,
		    struct live_root **ret)
{
	const char *name = which == REG_LIVE_MACHINE ? "\\Registry\\Machine"
						     : "\\Registry\\User";
	struct live_root *root = mem_zalloc(sizeof(*root));
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count = 0;
	int err;

	if (!root)
		return err_nomem();
	root->base.ops = &live_ops;
	root->base.gap = gap;
	root->base.gap_arg = gap_arg;
	err = nt_load(&root->nt);
	if (!err)
		err = nt_view_access(view, &root->nt.view);
	if (!err)
		err = utf_to_utf16(name, &units, &count);
	if (err)
		goto out;
	status = nt_open_read(&root->nt, NULL, units, count, 0, &root->handle);
	mem_free(units);
	if (status) {
		err = nt_fail(status, W_REGISTRY_NT_OPEN, name);
		goto out;
	}
	err = *below ? go_below(root, below) : 0;
	if (err) {
		root->nt.close(root->handle);
		goto out;
	}
	*ret = root;
	return 0;
out:
	mem_free(root);
	return err;
}

int reg_open_live(enum reg_live_root which, enum reg_view view, reg_gap_fn gap,
		  void *gap_arg, struct reg_root **ret)
{
	struct live_root *root = NULL;
	int err = live_open_below(which, view, "", gap, gap_arg, &root);

	if (!err)
		*ret = &root->base;
	return err;
}
