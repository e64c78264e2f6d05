/*
 * Changes to the registry of the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A path is walked one component at a time, each below the handle of the one
 * before, and none of them may be a link: whoever can write in his own part
 * of the registry could else lead this program, which may do everything, to
 * any other part.  Each change is flushed to the disk.
 */
#include "registry/reg_edit_live_win32.h"
#include "registry/key_security_win32.h"
#include "registry/reg_limits.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/privilege_win32.h"
#include "words/registry.h"

#include <string.h>

struct live_edit {
	struct reg_edit base;
	struct live_root *root;
};

/* The key on the way to a change, and what of the path is still to go. */
struct key_walk {
	const struct nt *nt;
	struct live_spot at;
	char *path; /* at.path */
	const char *rest;
};

static const struct nt *nt_of(struct reg_edit *e)
{
	return &((struct live_edit *)e)->root->nt;
}

static int refuse_link(const struct nt *nt, HANDLE h, const char *path)
{
	bool is_link = false;
	int err = nt_is_link(nt, h, &is_link);

	if (!err && is_link)
		err = err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NOT_THROUGH_LINK,
			       path);
	return err;
}

static int walk_begin(struct reg_edit *e, const char *path, struct key_walk *w)
{
	NTSTATUS status;

	memset(w, 0, sizeof(*w));
	w->nt = nt_of(e);
	w->rest = path;
	w->path = mem_strdup("");
	if (!w->path)
		return err_nomem();
	w->at.path = w->path;
	status = nt_open_read(w->nt, ((struct live_edit *)e)->root->handle,
			      NULL, 0, NT_OPEN_LINK, &w->at.handle);
	return status ? nt_fail(status, W_REGISTRY_NT_OPEN, "") : 0;
}

static void walk_end(struct key_walk *w)
{
	if (w->at.handle)
		w->nt->close(w->at.handle);
	mem_free(w->path);
}

/* The next component, as text the caller frees, NULL at the end. */
static int walk_name(struct key_walk *w, char **ret)
{
	size_t nbytes = 0;
	const char *name = reg_path_next(&w->rest, &nbytes);
	char *text = name ? mem_strndup(name, nbytes) : NULL;

	if (name && !text)
		return err_nomem();
	if (name && w->at.depth >= REG_MAX_DEPTH) {
		mem_free(text);
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TOO_DEEP);
	}
	*ret = text;
	return 0;
}

/* Goes to a key that is open; the handle and the path become the walk's. */
static void walk_to(struct key_walk *w, HANDLE h, char *path)
{
	w->nt->close(w->at.handle);
	mem_free(w->path);
	w->path = path;
	w->at.path = path;
	w->at.handle = h;
	w->at.depth++;
}

/*
 * Opens `name` below where the walk is: `access` 0 for reading, else for a
 * change.  It may be a link; *path_ret is its path.
 */
static int walk_open(struct key_walk *w, const char *name, ACCESS_MASK access,
		     HANDLE *ret, char **path_ret)
{
	char *path = reg_path_join(w->path, name, strlen(name));
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count = 0;
	int err;

	err = path ? utf_to_utf16(name, &units, &count) : err_nomem();
	if (!err && access) {
		err = key_open_change(w->nt, w->at.handle, units, count, access,
				      path, ret);
	} else if (!err) {
		status = nt_open_read(w->nt, w->at.handle, units, count,
				      NT_OPEN_LINK, ret);
		err = status ? nt_fail(status, W_REGISTRY_NT_OPEN, path) : 0;
	}
	mem_free(units);
	if (err)
		mem_free(path);
	else
		*path_ret = path;
	return err;
}

/* One component on, which is there and no link. */
static int walk_on(struct key_walk *w, const char *name, ACCESS_MASK access)
{
	char *path = NULL;
	HANDLE h = NULL;
	int err = walk_open(w, name, access, &h, &path);

	if (err)
		return err;
	err = refuse_link(w->nt, h, path);
	if (err) {
		w->nt->close(h);
		mem_free(path);
		return err;
	}
	walk_to(w, h, path);
	return 0;
}

static bool is_last(const struct key_walk *w)
{
	return w->rest[strspn(w->rest, "\\")] == '\0';
}

/* To the parent of the last component, whose name the caller frees. */
static int walk_to_parent(struct key_walk *w, char **last_ret)
{
	char *name = NULL;
	int err;

	for (;;) {
		err = walk_name(w, &name);
		if (err || !name)
			break;
		if (is_last(w)) {
			*last_ret = name;
			return 0;
		}
		err = walk_on(w, name, 0);
		mem_free(name);
		if (err)
			return err;
	}
	return err ? err : err_fail(ERR_INVALID, 0, W_REGISTRY_BELOW_ROOT);
}

/* To the key itself, opened for a change; "" is the root. */
static int walk_to_key(struct key_walk *w, ACCESS_MASK access)
{
	char *name = NULL;
	HANDLE h = NULL;
	int err;

	if (is_last(w)) {
		err = key_open_change(w->nt, w->at.handle, NULL, 0, access, "",
				      &h);
		if (!err) {
			w->nt->close(w->at.handle);
			w->at.handle = h;
		}
		return err;
	}
	err = walk_to_parent(w, &name);
	if (!err)
		err = walk_on(w, name, access);
	mem_free(name);
	return err;
}

static int flush(const struct nt *nt, HANDLE h, const char *path)
{
	NTSTATUS status = nt->flush_key(h);

	return status ? nt_fail(status, W_REGISTRY_NT_FLUSH, path) : 0;
}

/* ---- the interface ---------------------------------------------------- */

static int live_delete_key(struct reg_edit *e, const char *path)
{
	struct live_spot key = { NULL, NULL, 0 };
	char *name = NULL, *full = NULL;
	struct key_walk w;
	int err;

	err = walk_begin(e, path, &w);
	if (!err)
		err = walk_to_parent(&w, &name);
	if (!err)
		err = walk_open(&w, name, DELETE | KEY_READ, &key.handle,
				&full);
	if (!err) {
		key.path = full;
		key.depth = w.at.depth + 1;
		err = live_remove_tree(w.nt, &key);
		w.nt->close(key.handle);
	}
	if (!err)
		err = flush(w.nt, w.at.handle, w.path);
	mem_free(full);
	mem_free(name);
	walk_end(&w);
	return err;
}

/* ERR_NOT_FOUND for a name that no value can have. */
static int value_name(const char *name, uint16_t **units_ret,
		      UNICODE_STRING *text)
{
	size_t count = 0;
	int err = utf_to_utf16(name ? name : "", units_ret, &count);

	if (!err && !nt_text(text, *units_ret, count)) {
		mem_free(*units_ret);
		*units_ret = NULL;
		err = err_fail(ERR_NOT_FOUND, 0, W_REGISTRY_NO_VALUE);
	}
	return err;
}

static int live_delete_value(struct reg_edit *e, const char *path,
			     const char *name)
{
	UNICODE_STRING text;
	uint16_t *units = NULL;
	NTSTATUS status;
	struct key_walk w;
	int err;

	err = walk_begin(e, path, &w);
	if (!err)
		err = walk_to_key(&w, KEY_SET_VALUE | KEY_READ);
	if (!err)
		err = value_name(name, &units, &text);
	if (!err) {
		status = w.nt->delete_value(w.at.handle, &text);
		if (status)
			err = nt_fail(status, W_REGISTRY_NT_REMOVE_VALUE, path);
	}
	if (!err)
		err = flush(w.nt, w.at.handle, path);
	mem_free(units);
	walk_end(&w);
	return err;
}

static int live_set_value(struct reg_edit *e, const char *path,
			  const char *name, uint32_t type, const void *data,
			  size_t nbytes)
{
	UNICODE_STRING text;
	uint16_t *units = NULL;
	NTSTATUS status;
	struct key_walk w;
	int err;

	if (nbytes > REG_MAX_VALUE_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0,
				W_REGISTRY_VALUE_IS_TOO_LARGE);
	err = walk_begin(e, path, &w);
	if (!err)
		err = walk_to_key(&w, KEY_SET_VALUE | KEY_READ);
	if (!err)
		err = value_name(name, &units, &text);
	if (!err) {
		status =
			w.nt->set_value(w.at.handle, &text, 0, type,
					(void *)(uintptr_t)data, (ULONG)nbytes);
		if (status)
			err = nt_fail(status, W_REGISTRY_NT_SET_VALUE, path);
	}
	if (!err)
		err = flush(w.nt, w.at.handle, path);
	mem_free(units);
	walk_end(&w);
	return err;
}

/* The name as it was stored, unless the key is made under another one. */
static const char *stored_name(const char *asked, const struct reg_tree *tree)
{
	return utf_casecmp(asked, tree->name) == 0 ? tree->name : asked;
}

/* The topmost key that was made on the way; handle NULL: all were there. */
struct made {
	struct live_spot spot;
	char *path; /* spot.path */
};

/* Keeps a key that was made, to take it away if what follows fails. */
static int keep(const struct key_walk *w, const char *path, unsigned depth,
		HANDLE h, struct made *made, HANDLE *ret)
{
	NTSTATUS status = NT_NO_MEMORY;

	made->path = mem_strdup(path);
	if (made->path)
		status = nt_open_read(w->nt, h, NULL, 0, NT_OPEN_LINK, ret);
	if (status)
		return nt_fail(status, W_REGISTRY_NT_OPEN, path);
	made->spot.handle = h;
	made->spot.path = made->path;
	made->spot.depth = depth;
	return 0;
}

/* Makes a key that is missing on the way, and goes there. */
static int make_parent(struct key_walk *w, const char *name, struct made *made)
{
	char *path = reg_path_join(w->path, name, strlen(name));
	HANDLE h = NULL, next = NULL;
	int err;

	err = path ? live_make_key(w->nt, &w->at, name, &h) : err_nomem();
	if (err)
		goto out;
	next = h;
	if (!made->spot.handle)
		err = keep(w, path, w->at.depth + 1, h, made, &next);
	if (err) {
		w->nt->delete_key(h);
		w->nt->close(h);
		goto out;
	}
	walk_to(w, next, path);
	return 0;
out:
	mem_free(path);
	return err;
}

/* To the parent of the last component; what is missing is made. */
static int walk_and_make(struct key_walk *w, char **last_ret, struct made *made)
{
	char *name = NULL;
	int err;

	for (;;) {
		err = walk_name(w, &name);
		if (err)
			return err;
		if (!name || is_last(w))
			break;
		err = walk_on(w, name, 0);
		if (err == ERR_NOT_FOUND)
			err = make_parent(w, name, made);
		mem_free(name);
		if (err)
			return err;
	}
	*last_ret = name;
	return 0;
}

/* How many components a path has; one too many is told from too many. */
static unsigned depth_of(const char *path)
{
	const char *rest = path ? path : "";
	unsigned depth = 0;
	size_t nbytes;

	while (depth <= REG_MAX_DEPTH && reg_path_next(&rest, &nbytes))
		depth++;
	return depth;
}

static int live_add_tree(struct reg_edit *e, const char *path,
			 const struct reg_tree *tree)
{
	struct made made = { { NULL, NULL, 0 }, NULL };
	char *last = NULL;
	struct key_walk w;
	int err;

	err = reg_limits_tree(tree, depth_of(path));
	if (err)
		return err;
	err = walk_begin(e, path, &w);
	if (!err)
		err = walk_and_make(&w, &last, &made);
	if (!err)
		err = live_make_tree(w.nt, &w.at, stored_name(last, tree),
				     tree);
	if (!err)
		err = flush(w.nt, w.at.handle, w.path);
	if (made.spot.handle) {
		/* The sentence of the failure stays the newest. */
		if (err)
			live_take_away(w.nt, &made.spot, err);
		w.nt->close(made.spot.handle);
	}
	mem_free(made.path);
	mem_free(last);
	walk_end(&w);
	return err;
}

static int live_can_add_tree(struct reg_edit *e, const char *parent_path,
			     const struct reg_tree *tree)
{
	(void)e;
	return reg_limits_tree(tree, depth_of(parent_path) + 1);
}

static int live_can_set_value(struct reg_edit *e, const char *path,
			      const struct reg_tree_value *v)
{
	(void)e;
	(void)path;
	return reg_limits_value(v);
}

static int live_close(struct reg_edit *e)
{
	struct live_edit *edit = (struct live_edit *)e;

	/* Every change was flushed when it was made. */
	reg_close(&edit->root->base);
	mem_free(edit);
	return 0;
}

static const struct reg_edit_ops live_edit_ops = {
	.delete_key = live_delete_key,
	.delete_value = live_delete_value,
	.set_value = live_set_value,
	.add_tree = live_add_tree,
	.can_add_tree = live_can_add_tree,
	.can_set_value = live_can_set_value,
	.close = live_close,
};

int reg_edit_live_below(enum reg_live_root which, const char *below,
			struct reg_edit **ret)
{
	static const wchar_t *const privileges[] = { L"SeBackupPrivilege",
						     L"SeRestorePrivilege",
						     L"SeSecurityPrivilege" };
	struct live_edit *edit = mem_zalloc(sizeof(*edit));
	int err;

	if (!edit)
		return err_nomem();
	/* An account without them changes what it may change. */
	for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++)
		host_privilege_enable(privileges[i]);
	err = live_open_below(which, REG_VIEW_64, below, NULL, NULL,
			      &edit->root);
	if (err) {
		mem_free(edit);
		return err;
	}
	edit->base.ops = &live_edit_ops;
	edit->base.root = &edit->root->base;
	*ret = &edit->base;
	return 0;
}

int reg_edit_live(enum reg_live_root which, struct reg_edit **ret)
{
	return reg_edit_live_below(which, "", ret);
}
