/*
 * Any bytes as a hive: our reader, and hivex where hivex_io lets it look.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/bytes.h"
#include "registry/hivex_io.h"
#include "registry/regf.h"
#include "registry/registry.h"

#include <hivex.h>
#include <stdlib.h>
#include <string.h>

/* Calls of hivex for one input: it has no bound of its own. */
#define HIVEX_NODES 2000
#define HIVEX_DEPTH 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void on_gap(void *arg, const char *key_path, const char *why)
{
	*(size_t *)arg += strlen(key_path) + strlen(why);
}

static int on_value(void *arg, const struct reg_value *v)
{
	char *text = reg_value_text(v, NULL);
	uint32_t n;

	(void)arg;
	reg_value_u32(v, &n);
	mem_free(text);
	return 0;
}

static int on_subkey(void *arg, const char *name)
{
	struct reg_key *parent = arg, *key = NULL, *again = NULL;
	struct reg_key_info info;

	if (reg_open_subkey(parent, name, &key))
		return 0;
	if (!reg_key_info(key, &info))
		reg_key_info_release(&info);
	reg_each_value(key, on_value, NULL);
	reg_each_subkey(key, on_subkey, key);
	if (!reg_open_subkey(key, "\\Key", &again))
		reg_close_key(again);
	reg_close_key(key);
	return 0;
}

static void read_ours(const uint8_t *data, size_t nbytes)
{
	struct reg_hive_report report;
	struct reg_root *root;
	struct reg_key *key;
	size_t told = 0;

	if (reg_open_memory(data, nbytes, on_gap, &told, &report, &root))
		return;
	if (!reg_open_key(root, "", &key)) {
		reg_each_value(key, on_value, NULL);
		reg_each_subkey(key, on_subkey, key);
		reg_close_key(key);
	}
	mem_free(reg_root_get_text(root, "Key\\Sub", "Text", NULL));
	reg_close(root);
}

static void walk_hivex(hive_h *h, hive_node_h node, int depth, int *left)
{
	hive_value_h *values = hivex_node_values(h, node);
	hive_node_h *children;
	hive_type type;
	size_t n;

	free(hivex_node_name(h, node));
	for (size_t i = 0; values && values[i] && (*left)-- > 0; i++) {
		free(hivex_value_key(h, values[i]));
		free(hivex_value_value(h, values[i], &type, &n));
	}
	free(values);
	if (depth > HIVEX_DEPTH)
		return;
	children = hivex_node_children(h, node);
	for (size_t i = 0; children && children[i] && (*left)-- > 0; i++)
		walk_hivex(h, children[i], depth + 1, left);
	free(children);
}

static void read_hivex(const uint8_t *data, size_t nbytes)
{
	uint8_t *copy = mem_zalloc(nbytes + HIVEX_IO_SLACK);
	int left = HIVEX_NODES;
	struct hivex_io io;
	hive_h *h;

	if (!copy)
		return;
	if (nbytes)
		memcpy(copy, data, nbytes);
	/* hivex refuses a header with a wrong checksum at once. */
	if (nbytes >= REGF_BASE_NBYTES)
		bytes_put_le32(copy + 508, regf_checksum(copy));
	if (hivex_io_is_safe(copy, nbytes) &&
	    !hivex_io_init(&io, copy, nbytes)) {
		h = hivex_open(io.path, 0);
		hivex_io_release(&io);
		if (h) {
			walk_hivex(h, hivex_root(h), 0, &left);
			hivex_close(h);
		}
	}
	mem_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	read_ours(data, nbytes);
	read_hivex(data, nbytes);
	return 0;
}
