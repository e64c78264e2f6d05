/*
 * Saved keys as bytes: remediate/FORMATS.md, "saved keys".
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_tree.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "registry/reg_backend.h"
#include "words/registry.h"

#include <string.h>

#define MAGIC	      "mstmpkey"
#define VERSION	      1u
#define HEADER_NBYTES 16u
#define KEY_NBYTES    32u
#define VALUE_NBYTES  12u
#define FLAG_LINK     0x1u
/* Fixed parts come on top of what REG_TREE_MAX_NBYTES counts. */
#define MAX_NBYTES (2 * REG_TREE_MAX_NBYTES)
/* A hive can hold 65,535 bytes of Latin-1 as a name, two of ours each. */
#define MAX_NAME_NBYTES 0x20000u

/* ---- encoding ---------------------------------------------------------- */

static void put_le32(struct str *out, uint32_t v)
{
	uint8_t b[4];

	bytes_put_le32(b, v);
	str_addn(out, b, sizeof(b));
}

static void put_part(struct str *out, const void *bytes, size_t nbytes)
{
	if (nbytes)
		str_addn(out, bytes, nbytes);
}

static void put_key(struct str *out, const struct reg_tree *t, uint32_t *keys)
{
	++*keys;
	put_le32(out, t->is_link ? FLAG_LINK : 0);
	put_le32(out, (uint32_t)(uint64_t)t->last_write);
	put_le32(out, (uint32_t)((uint64_t)t->last_write >> 32));
	put_le32(out, (uint32_t)strlen(t->name));
	put_le32(out, (uint32_t)t->class_nbytes);
	put_le32(out, (uint32_t)t->security_nbytes);
	put_le32(out, (uint32_t)t->value_count);
	put_le32(out, (uint32_t)t->child_count);
	put_part(out, t->name, strlen(t->name));
	put_part(out, t->class_utf16, t->class_nbytes);
	put_part(out, t->security, t->security_nbytes);
	for (size_t i = 0; i < t->value_count; i++) {
		const struct reg_tree_value *v = &t->values[i];

		put_le32(out, (uint32_t)strlen(v->name));
		put_le32(out, v->type);
		put_le32(out, (uint32_t)v->nbytes);
		put_part(out, v->name, strlen(v->name));
		put_part(out, v->data, v->nbytes);
	}
	for (size_t i = 0; i < t->child_count && !out->err; i++)
		put_key(out, t->children[i], keys);
}

int reg_tree_encode(const struct reg_tree *t, uint8_t **data_ret,
		    size_t *nbytes_ret)
{
	uint32_t keys = 0;
	struct str out;
	size_t nbytes;

	str_init(&out, MAX_NBYTES);
	str_add(&out, MAGIC);
	put_le32(&out, VERSION);
	put_le32(&out, 0);
	put_key(&out, t, &keys);
	if (!out.err && keys > REG_TREE_MAX_KEYS)
		out.err = ERR_TOO_LARGE;
	if (out.err) {
		int err = out.err;

		str_release(&out);
		return err_fail(err, 0, W_REGISTRY_NOT_SAVED, err_words(err));
	}
	nbytes = out.len;
	bytes_put_le32((uint8_t *)out.buf + 12, keys);
	*data_ret = (uint8_t *)str_detach(&out);
	*nbytes_ret = nbytes;
	return 0;
}

/* ---- decoding ---------------------------------------------------------- */

struct reader {
	const uint8_t *p;
	size_t left;
	uint32_t keys_left;
};

static int corrupt(void)
{
	return err_fail(ERR_CORRUPT, 0, W_REGISTRY_SAVED_DAMAGED);
}

/* NULL if there are not so many bytes left. */
static const uint8_t *take(struct reader *r, size_t nbytes)
{
	const uint8_t *p = r->p;

	if (nbytes > r->left)
		return NULL;
	r->p += nbytes;
	r->left -= nbytes;
	return p;
}

static size_t spelt_length(uint32_t cp)
{
	if (cp < 0x80)
		return cp ? 1 : 2;
	return cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* As utf_from_utf16le() writes it: each name has one spelling. */
static bool is_our_utf8(const char *s)
{
	bool is_high = false;
	uint32_t cp;
	size_t n;

	for (; *s; s += n) {
		n = utf_decode(s, &cp);
		if (cp & UTF_BAD || n != spelt_length(cp))
			return false;
		/* A pair of surrogates has a form of its own. */
		if (is_high && cp >= 0xdc00 && cp <= 0xdfff)
			return false;
		is_high = cp >= 0xd800 && cp <= 0xdbff;
	}
	return true;
}

static int take_name(struct reader *r, uint32_t nbytes, char **ret)
{
	const uint8_t *p = take(r, nbytes);
	char *name;

	if (!p || nbytes > MAX_NAME_NBYTES || memchr(p, 0, nbytes))
		return corrupt();
	name = mem_strndup((const char *)p, nbytes);
	if (!name)
		return err_nomem();
	if (!is_our_utf8(name)) {
		mem_free(name);
		return corrupt();
	}
	*ret = name;
	return 0;
}

static int take_blob(struct reader *r, uint32_t nbytes, uint8_t **ret,
		     size_t *nbytes_ret)
{
	const uint8_t *p = take(r, nbytes);
	uint8_t *copy = NULL;

	if (!p)
		return corrupt();
	if (nbytes) {
		copy = mem_dup(p, nbytes);
		if (!copy)
			return err_nomem();
	}
	*ret = copy;
	*nbytes_ret = nbytes;
	return 0;
}

static int take_values(struct reader *r, uint32_t count, struct reg_tree *t)
{
	int err = 0;

	if (count > r->left / VALUE_NBYTES)
		return corrupt();
	if (!count)
		return 0;
	t->values = mem_array(count, sizeof(*t->values));
	if (!t->values)
		return err_nomem();
	while (t->value_count < count && !err) {
		struct reg_tree_value *v = &t->values[t->value_count];
		const uint8_t *p = take(r, VALUE_NBYTES);

		if (!p)
			return corrupt();
		t->value_count++;
		v->type = bytes_le32(p + 4);
		err = take_name(r, bytes_le32(p), &v->name);
		if (!err)
			err = take_blob(r, bytes_le32(p + 8), &v->data,
					&v->nbytes);
	}
	return err;
}

static int take_key(struct reader *r, unsigned depth, struct reg_tree **ret);

static int take_children(struct reader *r, uint32_t count, unsigned depth,
			 struct reg_tree *t)
{
	int err = 0;

	if (count > r->left / KEY_NBYTES || count > r->keys_left)
		return corrupt();
	if (!count)
		return 0;
	t->children = mem_array(count, sizeof(*t->children));
	if (!t->children)
		return err_nomem();
	while (t->child_count < count && !err) {
		err = take_key(r, depth + 1, &t->children[t->child_count]);
		if (!err)
			t->child_count++;
	}
	return err;
}

static int take_key(struct reader *r, unsigned depth, struct reg_tree **ret)
{
	const uint8_t *p = take(r, KEY_NBYTES);
	struct reg_tree *t;
	int err;

	if (!p || depth > REG_MAX_DEPTH || !r->keys_left ||
	    bytes_le32(p) & ~FLAG_LINK)
		return corrupt();
	r->keys_left--;
	t = mem_zalloc(sizeof(*t));
	if (!t)
		return err_nomem();
	t->is_link = bytes_le32(p) & FLAG_LINK;
	t->last_write = (int64_t)bytes_le64(p + 4);
	err = take_name(r, bytes_le32(p + 12), &t->name);
	if (!err && (bytes_le32(p + 16) > REG_TREE_MAX_CLASS ||
		     bytes_le32(p + 20) > REG_TREE_MAX_SECURITY))
		err = corrupt();
	if (!err)
		err = take_blob(r, bytes_le32(p + 16), &t->class_utf16,
				&t->class_nbytes);
	if (!err)
		err = take_blob(r, bytes_le32(p + 20), &t->security,
				&t->security_nbytes);
	if (!err)
		err = take_values(r, bytes_le32(p + 24), t);
	if (!err)
		err = take_children(r, bytes_le32(p + 28), depth, t);
	if (err)
		reg_tree_free(t);
	else
		*ret = t;
	return err;
}

int reg_tree_decode(const void *data, size_t nbytes, struct reg_tree **ret)
{
	struct reader r = { data, nbytes, 0 };
	struct reg_tree *t = NULL;
	const uint8_t *p = take(&r, HEADER_NBYTES);
	int err;

	if (!p || nbytes > MAX_NBYTES || memcmp(p, MAGIC, 8) != 0)
		return corrupt();
	if (bytes_le32(p + 8) != VERSION)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_SAVED_VERSION);
	r.keys_left = bytes_le32(p + 12);
	if (r.keys_left > REG_TREE_MAX_KEYS)
		return corrupt();
	err = take_key(&r, 0, &t);
	if (err)
		return err;
	if (r.left || r.keys_left) {
		reg_tree_free(t);
		return corrupt();
	}
	*ret = t;
	return 0;
}
