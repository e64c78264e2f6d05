/*
 * Making a saved key again in the running registry.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Values and subkeys first, owner and access list last: a list that lets
 * nobody in must not stop the making.
 */
#include "registry/reg_edit_live_win32.h"
#include "registry/key_security_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/registry.h"

#include <string.h>

#define OPTION_CREATE_LINK 0x2u
#define WAS_THERE	   2u /* REG_OPENED_EXISTING_KEY */

struct making {
	const struct nt *nt;
	const uint16_t *name;
	size_t nchars;
	UNICODE_STRING class_text;
	ULONG options;
};

static NTSTATUS create(const struct making *m, HANDLE parent, ULONG options,
		       HANDLE *ret, ULONG *found_ret)
{
	UNICODE_STRING class_text = m->class_text;
	struct nt_object o;

	if (!nt_object(&o, parent, m->name, m->nchars, NT_OPEN_LINK))
		return NT_NAME_INVALID;
	return m->nt->create_key(
		ret, KEY_ALL_ACCESS | m->nt->view, &o.attributes, 0,
		class_text.Length ? &class_text : NULL, options, found_ret);
}

static bool is_there(const struct making *m, HANDLE parent)
{
	HANDLE h = NULL;
	NTSTATUS status = nt_open(m->nt, parent, m->name, m->nchars,
				  NT_OPEN_LINK, READ_CONTROL, &h);

	if (!status)
		m->nt->close(h);
	return !status || status == NT_DENIED;
}

static int create_new(const struct making *m, const struct live_spot *parent,
		      const char *path, HANDLE *ret)
{
	ULONG found = 0, options = m->options;
	HANDLE h = NULL;
	NTSTATUS status;

	status = create(m, parent->handle, options, &h, &found);
	if (status == NT_MUST_BE_VOLATILE) {
		options |= NT_VOLATILE;
		status = create(m, parent->handle, options, &h, &found);
	}
	if (status == NT_DENIED)
		status = create(m, parent->handle, options | NT_BACKUP_RESTORE,
				&h, &found);
	/* What is there may keep us out: that is no reason to say "denied". */
	if (status == NT_DENIED && is_there(m, parent->handle))
		found = WAS_THERE;
	else if (status)
		return nt_fail(status, W_REGISTRY_NT_MAKE, path);
	if (found == WAS_THERE) {
		if (h)
			m->nt->close(h);
		return err_fail(ERR_EXISTS, 0, W_REGISTRY_KEY_THERE_ALREADY,
				path);
	}
	*ret = h;
	return 0;
}

int live_make_key(const struct nt *nt, const struct live_spot *parent,
		  const char *name, HANDLE *ret)
{
	struct making m = { .nt = nt };
	uint16_t *units = NULL;
	int err = utf_to_utf16(name, &units, &m.nchars);

	m.name = units;
	if (!err)
		err = create_new(&m, parent, name, ret);
	mem_free(units);
	return err;
}

static int add_value(const struct nt *nt, const struct live_spot *key,
		     const struct reg_tree_value *v)
{
	UNICODE_STRING text;
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count = 0;
	int err = utf_to_utf16(v->name, &units, &count);

	if (err)
		return err;
	status = NT_NAME_INVALID;
	if (nt_text(&text, units, count))
		status = nt->set_value(key->handle, &text, 0, v->type, v->data,
				       (ULONG)v->nbytes);
	mem_free(units);
	return status ? nt_fail(status, W_REGISTRY_NT_SET_VALUE, key->path) : 0;
}

static int make_child(const struct nt *nt, const struct live_spot *parent,
		      const char *name, const struct reg_tree *tree);

static int fill(const struct nt *nt, const struct live_spot *key,
		const struct reg_tree *tree)
{
	int err = 0;

	for (size_t i = 0; !err && i < tree->value_count; i++)
		err = add_value(nt, key, &tree->values[i]);
	for (size_t i = 0; !err && i < tree->child_count; i++)
		err = make_child(nt, key, tree->children[i]->name,
				 tree->children[i]);
	if (!err && tree->security)
		err = key_security_write(nt, key->handle, key->path,
					 tree->security, tree->security_nbytes);
	return err;
}

static int open_new(const struct nt *nt, const struct live_spot *parent,
		    const char *name, const char *path,
		    const struct reg_tree *tree, HANDLE *ret)
{
	struct making m = { .nt = nt };
	uint16_t *units = NULL;
	int err = utf_to_utf16(name, &units, &m.nchars);

	if (err)
		return err;
	m.name = units;
	m.options = tree->is_link ? OPTION_CREATE_LINK : 0;
	m.class_text.Buffer = (WCHAR *)(uintptr_t)tree->class_utf16;
	m.class_text.Length = (USHORT)tree->class_nbytes;
	m.class_text.MaximumLength = m.class_text.Length;
	err = create_new(&m, parent, path, ret);
	mem_free(units);
	return err;
}

static int make_child(const struct nt *nt, const struct live_spot *parent,
		      const char *name, const struct reg_tree *tree)
{
	char *path = reg_path_join(parent->path, name, strlen(name));
	struct live_spot key = { NULL, path, parent->depth + 1 };
	int err;

	err = path ? open_new(nt, parent, name, path, tree, &key.handle)
		   : err_nomem();
	if (!err) {
		err = fill(nt, &key, tree);
		nt->close(key.handle);
	}
	mem_free(path);
	return err;
}

int live_make_tree(const struct nt *nt, const struct live_spot *parent,
		   const char *name, const struct reg_tree *tree)
{
	char *path = reg_path_join(parent->path, name, strlen(name));
	struct live_spot key = { NULL, path, parent->depth + 1 };
	int err;

	err = path ? open_new(nt, parent, name, path, tree, &key.handle)
		   : err_nomem();
	if (!err) {
		err = fill(nt, &key, tree);
		if (err)
			err = live_take_away(nt, &key, err);
		nt->close(key.handle);
	}
	mem_free(path);
	return err;
}
