/*
 * One number for a key and all below it, to see whether it is still the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_tree.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEX_NBYTES 64

/* What is digested of one key, value or subkey: lengths make it unambiguous. */
static int add_part(struct str *out, const void *data, size_t nbytes)
{
	str_addf(out, "%" PRIu64 ":", (uint64_t)nbytes);
	return nbytes ? str_addn(out, data, nbytes) : out->err;
}

static int compare_hex(const void *a, const void *b)
{
	return memcmp(a, b, HEX_NBYTES);
}

static int value_digest(const struct reg_tree_value *v, char *hex_ret)
{
	char hex[HEX_NBYTES + 1];
	struct str text = STR_INIT;

	str_addf(&text, "value %" PRIu32 " ", v->type);
	add_part(&text, v->name, strlen(v->name));
	add_part(&text, v->data, v->nbytes);
	if (!text.err) {
		digest_sha256_hex(text.buf, text.len, hex);
		memcpy(hex_ret, hex, HEX_NBYTES);
	}
	str_release(&text);
	return text.err;
}

int reg_tree_digest(const struct reg_tree *t, char hex_ret[65])
{
	const size_t count = t->value_count + t->child_count;
	char *parts = mem_array(count + 1, HEX_NBYTES);
	struct str text = STR_INIT;
	int err = parts ? 0 : ERR_NOMEM;

	for (size_t i = 0; !err && i < t->value_count; i++)
		err = value_digest(&t->values[i], parts + i * HEX_NBYTES);
	for (size_t i = 0; !err && i < t->child_count; i++) {
		char hex[HEX_NBYTES + 1];

		err = reg_tree_digest(t->children[i], hex);
		if (!err)
			memcpy(parts + (t->value_count + i) * HEX_NBYTES, hex,
			       HEX_NBYTES);
	}
	if (!err) {
		/* A file that was written anew may hold them otherwise. */
		qsort(parts, count, HEX_NBYTES, compare_hex);
		str_addf(&text, "key %d ", t->is_link);
		add_part(&text, t->name, strlen(t->name));
		add_part(&text, t->class_utf16, t->class_nbytes);
		add_part(&text, parts, count * HEX_NBYTES);
		err = text.err;
	}
	if (!err)
		digest_sha256_hex(text.buf, text.len, hex_ret);
	str_release(&text);
	mem_free(parts);
	return err ? err_nomem() : 0;
}
