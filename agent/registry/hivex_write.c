/*
 * Changes to a hive with hivex; see hivex_write.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hivex_write.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/hive_patch_part.h"
#include "words/registry.h"

#include <errno.h>
#include <hivex.h>
#include <hivex_shim.h>
#include <stdlib.h>
#include <string.h>

static int refused(const char *what)
{
	int code = errno;

	return err_fail(code == ENOMEM ? ERR_NOMEM : ERR_UNSUPPORTED, code,
			"%s", what);
}

static hive_node_h node_of(uint32_t offset)
{
	return (hive_node_h)offset + HIVE_BASE_NBYTES;
}

int hivex_write_begin(struct hivex_write *w, struct hive_bytes *b)
{
	int err;

	w->hivex = NULL;
	w->bytes = b;
	/* It takes the zeros behind the bins for the end of the file. */
	err = hive_bytes_reserve(b, HIVEX_IO_SLACK);
	if (!err)
		err = hivex_io_init(&w->io, b->data,
				    b->nbytes + HIVEX_IO_SLACK);
	if (err)
		return err;
	w->hivex = hivex_open(w->io.path, 0);
	if (!w->hivex) {
		err = refused(W_REGISTRY_HIVEX_OPEN);
		hivex_io_release(&w->io);
		return err;
	}
	hivex_io_begin_writing(&w->io, b->cap);
	hivex_shim_let_write(w->hivex);
	return 0;
}

void hivex_write_release(struct hivex_write *w)
{
	if (!w->hivex)
		return;
	hivex_shim_stop_writing(w->hivex);
	hivex_close(w->hivex);
	w->hivex = NULL;
	w->bytes->data = w->io.data;
	w->bytes->cap = w->io.cap;
	hive_bytes_look(w->bytes);
	hivex_io_release(&w->io);
}

int hivex_write_end(struct hivex_write *w)
{
	size_t nbytes = hivex_shim_stop_writing(w->hivex);

	hivex_write_release(w);
	hive_bytes_resize(w->bytes, nbytes);
	return hivex_io_is_safe(w->bytes->data, nbytes) ? 0
							: hive_patch_corrupt();
}

static bool is_child(hive_h *h, hive_node_h parent, hive_node_h node)
{
	hive_node_h *list = hivex_node_children(h, parent);
	size_t found = 0;

	for (size_t i = 0; list && list[i]; i++)
		found += list[i] == node;
	free(list); /* lint: allow, hivex got it from malloc */
	return found == 1 && hivex_node_parent(h, node) == parent;
}

int hivex_write_delete(struct hivex_write *w, uint32_t parent, uint32_t key)
{
	errno = ENOENT;
	if (!is_child(w->hivex, node_of(parent), node_of(key)))
		return refused(W_REGISTRY_HIVEX_FIND);
	if (hivex_node_delete_child(w->hivex, node_of(key)))
		return refused(W_REGISTRY_HIVEX_DELETE);
	return 0;
}

static int write_values(hive_h *h, hive_node_h node,
			const struct reg_tree_value *const *values,
			size_t count)
{
	static char nothing[1];
	hive_set_value *set = mem_array(count + 1, sizeof(*set));
	int err = 0;

	if (!set)
		return err_nomem();
	for (size_t i = 0; i < count; i++) {
		set[i].key = values[i]->name;
		set[i].t = (hive_type)values[i]->type;
		set[i].len = values[i]->nbytes;
		set[i].value =
			values[i]->nbytes ? (char *)values[i]->data : nothing;
	}
	if (hivex_node_set_values(h, node, count, set, 0))
		err = refused(W_REGISTRY_HIVEX_VALUES);
	mem_free(set);
	return err;
}

int hivex_write_values(struct hivex_write *w, uint32_t key,
		       const struct reg_tree_value *const *values, size_t count)
{
	return write_values(w->hivex, node_of(key), values, count);
}

static int write_own_values(hive_h *h, hive_node_h node,
			    const struct reg_tree *tree)
{
	const struct reg_tree_value **list;
	int err;

	if (!tree->value_count)
		return 0;
	list = mem_array(tree->value_count, sizeof(*list));
	if (!list)
		return err_nomem();
	for (size_t i = 0; i < tree->value_count; i++)
		list[i] = &tree->values[i];
	err = write_values(h, node, list, tree->value_count);
	mem_free(list);
	return err;
}

static int write_tree(hive_h *h, hive_node_h parent,
		      const struct reg_tree *tree, struct vec *made)
{
	struct hivex_made *m;
	hive_node_h node;
	int err;

	node = hivex_node_add_child(h, parent, tree->name);
	if (!node)
		return refused(W_REGISTRY_HIVEX_MAKE);
	m = vec_push(made);
	if (!m)
		return err_nomem();
	m->offset = (uint32_t)(node - HIVE_BASE_NBYTES);
	m->tree = tree;
	err = write_own_values(h, node, tree);
	for (size_t i = 0; i < tree->child_count && !err; i++)
		err = write_tree(h, node, tree->children[i], made);
	return err;
}

int hivex_write_tree(struct hivex_write *w, uint32_t parent,
		     const struct reg_tree *tree, struct vec *made)
{
	return write_tree(w->hivex, node_of(parent), tree, made);
}
