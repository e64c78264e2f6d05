/*
 * The same keys, values, types and data from both; see hivex_compare.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hivex_compare.h"
#include "unit.h"

#include "registry/hivex_io.h"
#include "registry/registry.h"
#include "tests/tools/hive_maker.h"

#include <hivex.h>
#include <stdlib.h>
#include <string.h>

struct compare {
	hive_h *hivex;
	hive_node_h node;
	hive_node_h *children;
	hive_value_h *values;
	struct reg_key *key;
	size_t at; /* next child or value of hivex */
	const char *what;
	size_t *keys;
};

/*
 * hivex ends a name at a NUL and has no word for it; ours goes on with
 * C0 80.  Both write a lone surrogate in three bytes.
 */
static void check_name(const struct compare *c, const char *ours, char *theirs)
{
	size_t n = strcspn(ours, "\xc0");

	ck_assert_ptr_nonnull(theirs);
	if (ours[n] && (unsigned char)ours[n + 1] == 0x80)
		ck_assert_msg(!strncmp(ours, theirs, n) && !theirs[n],
			      "%s: \"%s\"", c->what, theirs);
	else
		ck_assert_msg(!strcmp(ours, theirs), "%s: \"%s\" \"%s\"",
			      c->what, ours, theirs);
	free(theirs);
}

static int check_value(void *arg, const struct reg_value *v)
{
	struct compare *c = arg;
	hive_value_h value = c->values[c->at++];
	size_t nbytes = 0;
	hive_type type;
	char *data;

	ck_assert_msg(value != 0, "%s: too many values", c->what);
	check_name(c, v->name, hivex_value_key(c->hivex, value));
	data = hivex_value_value(c->hivex, value, &type, &nbytes);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(type, v->type);
	ck_assert_uint_eq(nbytes, v->nbytes);
	ck_assert(!nbytes || !memcmp(data, v->data, nbytes));
	free(data);
	return 0;
}

static void check_key(hive_h *h, hive_node_h node, struct reg_key *key,
		      const char *what, size_t *keys);

static int check_child(void *arg, const char *name)
{
	struct compare *c = arg;
	hive_node_h node = c->children[c->at++];
	struct reg_key *sub = NULL;

	ck_assert_msg(node != 0, "%s: too many subkeys", c->what);
	check_name(c, name, hivex_node_name(c->hivex, node));
	ck_assert_int_eq(reg_open_subkey(c->key, name, &sub), 0);
	check_key(c->hivex, node, sub, c->what, c->keys);
	reg_close_key(sub);
	return 0;
}

static void check_key(hive_h *h, hive_node_h node, struct reg_key *key,
		      const char *what, size_t *keys)
{
	struct compare c = {
		.hivex = h, .node = node, .key = key, .what = what, .keys = keys
	};
	struct reg_key_info info;

	++*keys;
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert_int_eq(info.last_write, hivex_node_timestamp(h, node));
	ck_assert_uint_eq(info.subkey_count, hivex_node_nr_children(h, node));
	ck_assert_uint_eq(info.value_count, hivex_node_nr_values(h, node));
	reg_key_info_release(&info);
	c.values = hivex_node_values(h, node);
	ck_assert_ptr_nonnull(c.values);
	ck_assert_int_eq(reg_each_value(key, check_value, &c), 0);
	ck_assert_uint_eq(c.values[c.at], 0);
	free(c.values);
	c.children = hivex_node_children(h, node);
	ck_assert_ptr_nonnull(c.children);
	c.at = 0;
	ck_assert_int_eq(reg_each_subkey(key, check_child, &c), 0);
	ck_assert_uint_eq(c.children[c.at], 0);
	free(c.children);
}

size_t hivex_compare(const uint8_t *hive, size_t nbytes, const char *what)
{
	uint8_t *copy = hive_maker_need(mem_zalloc(nbytes + HIVEX_IO_SLACK));
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	struct hivex_io io;
	size_t keys = 0;
	hive_h *h = NULL;

	memcpy(copy, hive, nbytes);
	if (hivex_io_is_safe(copy, nbytes)) {
		ck_assert_int_eq(hivex_io_init(&io, copy, nbytes), 0);
		h = hivex_open(io.path, 0);
		hivex_io_release(&io);
	}
	if (h) {
		ck_assert_int_eq(
			reg_open_memory(hive, nbytes, NULL, NULL, NULL, &root),
			0);
		ck_assert_int_eq(reg_open_key(root, "", &key), 0);
		check_key(h, hivex_root(h), key, what, &keys);
		reg_close_key(key);
		reg_close(root);
		hivex_close(h);
	}
	mem_free(copy);
	return keys;
}
