/*
 * Changes to hive files: what was meant and nothing else, in a form that
 * Windows takes, and refusals before anything is changed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "hive_kinds.h"
#include "hive_strict.h"
#include "host/host.h"
#include "peak.h"
#include "real_hives.h"
#include "registry/hive_edit.h"
#include "registry/hivex_io.h"
#include "registry/reg_edit.h"
#include "target_fixture.h"
#include "tests/tools/hive_lines.h"
#include "tests/tools/hive_maker.h"

#define NUL_NAME  "a\xc0\x80z"
#define LONE	  "\xed\xa0\x80"
#define KANJI	  "\xe8\xa1\xa8"
#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const uint8_t own_security[] = { 1, 0, 4, 0x80, 0, 0, 0,	 0, 0, 0,
					0, 0, 0, 0,    0, 0, 20, 0, 0, 0,
					2, 0, 8, 0,    0, 0, 0,	 0 };
static const uint8_t other_security[] = { 1, 0, 4, 0x80, 0, 0, 0,  0, 0, 0,
					  0, 0, 0, 0,	 0, 0, 20, 0, 0, 0,
					  4, 0, 8, 0,	 0, 0, 0,  0 };

/* ---- helpers ----------------------------------------------------- */

struct image {
	uint8_t *data;
	size_t nbytes;
};

static struct image image_of(struct hive_maker_key *made)
{
	struct image i;

	i.data = hive_maker_write(made, &i.nbytes);
	hive_maker_free(made);
	return i;
}

static void image_free(struct image *i)
{
	mem_free(i->data);
	i->data = NULL;
}

static struct reg_edit *edit_of(const struct image *i)
{
	struct reg_edit *e = NULL;
	int err = reg_edit_hive(i->data, i->nbytes, &e);

	ck_assert_msg(!err, "%s", err_last()->text);
	return e;
}

static void strict(const struct image *i, uint32_t lost)
{
	struct hive_strict s;

	ck_assert_msg(hive_strict_look(i->data, i->nbytes, &s), "%s", s.why);
	ck_assert_uint_eq(s.lost, lost);
	ck_assert_uint_eq(s.extra_refs, 0);
	ck_assert_uint_eq(s.unused_sk, 0);
}

/* Commits and closes; the bytes are looked at strictly. */
static struct image commit(struct reg_edit *e)
{
	struct image i = { NULL, 0 };
	int err = reg_edit_commit(e, &i.data, &i.nbytes);

	ck_assert_msg(!err, "%s", err_last()->text);
	ck_assert_int_eq(reg_edit_close(e), 0);
	strict(&i, 0);
	return i;
}

static struct reg_tree *tree_at(struct reg_root *root, const char *path)
{
	struct reg_key *key = NULL;
	struct reg_tree *t = NULL;

	ck_assert_msg(!reg_open_key(root, path, &key), "%s", err_last()->text);
	ck_assert_msg(!reg_tree_read(key, &t), "%s", err_last()->text);
	reg_close_key(key);
	return t;
}

static struct reg_tree *tree_in(const struct image *i, const char *path)
{
	struct reg_root *root = NULL;
	struct reg_tree *t;

	ck_assert_int_eq(
		reg_open_memory(i->data, i->nbytes, NULL, NULL, NULL, &root),
		0);
	t = tree_at(root, path);
	reg_close(root);
	return t;
}

static void same(const struct reg_tree *a, const struct reg_tree *b)
{
	struct str why = STR_INIT;

	ck_assert_msg(!reg_tree_differs(a, b, 0, &why), "%s", str_text(&why));
	str_release(&why);
}

static void same_images(const struct image *a, const struct image *b)
{
	struct reg_tree *x = tree_in(a, ""), *y = tree_in(b, "");

	same(x, y);
	reg_tree_free(x);
	reg_tree_free(y);
}

/* The key and its place in the parent's list are taken out of the tree. */
static void cut(struct reg_tree *t, const char *path)
{
	const char *last = strrchr(path, '\\');
	char *up = mem_strndup(path, last ? (size_t)(last - path) : 0);
	size_t i = 0;

	t = hive_edit_tree_at(t, up, SIZE_MAX);
	ck_assert_ptr_nonnull(t);
	last = last ? last + 1 : path;
	while (utf_casecmp(t->children[i]->name, last))
		ck_assert_uint_lt(++i, t->child_count);
	reg_tree_free(t->children[i]);
	memmove(t->children + i, t->children + i + 1,
		(--t->child_count - i) * sizeof(*t->children));
	mem_free(up);
}

/*
 * Deletes, compares all the rest; puts back into the new file, compares all.
 * Once more within one edit.
 */
static void there_and_back(const struct image *old, const char *path)
{
	struct reg_tree *saved = tree_in(old, path), *want = tree_in(old, "");
	struct reg_tree *have;
	struct image without, again;
	struct reg_edit *e = edit_of(old);
	char *up = mem_strdup(path);

	if (strrchr(up, '\\'))
		*strrchr(up, '\\') = '\0';
	else
		*up = '\0';
	ck_assert_msg(!reg_edit_can_add_tree(e, up, saved), "%s",
		      err_last()->text);
	ck_assert_msg(!reg_edit_delete_key(e, path), "%s: %s", path,
		      err_last()->text);
	ck_assert_int_eq(reg_edit_delete_key(e, path), ERR_NOT_FOUND);
	without = commit(e);
	cut(want, path);
	have = tree_in(&without, "");
	same(want, have);
	reg_tree_free(have);
	reg_tree_free(want);

	e = edit_of(&without);
	ck_assert_msg(!reg_edit_add_tree(e, path, saved), "%s",
		      err_last()->text);
	ck_assert_int_eq(reg_edit_add_tree(e, path, saved), ERR_EXISTS);
	again = commit(e);
	same_images(old, &again);
	image_free(&again);

	e = edit_of(old);
	ck_assert_int_eq(reg_edit_delete_key(e, path), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, path, saved), 0);
	have = tree_at(reg_edit_root(e), path);
	same(saved, have);
	reg_tree_free(have);
	again = commit(e);
	same_images(old, &again);
	image_free(&again);
	image_free(&without);
	reg_tree_free(saved);
	mem_free(up);
}

static void two_values(struct hive_maker_key *k)
{
	hive_maker_text(k, "", REG_TYPE_SZ, "default text");
	hive_maker_value(k, "dword", REG_TYPE_DWORD, "\1\2\3\4", 4);
}

static struct hive_maker_key *make_all(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;

	two_values(hive_maker_path(root, "Soft\\Beside"));
	hive_maker_path(root, "Soft\\Zlast\\x");
	k = hive_maker_path(root, "Soft\\Key");
	k->time = INT64_C(129298032000000007);
	hive_maker_class(k, "C\0l\0a\0", 6);
	two_values(k);
	hive_maker_value(k, KANJI, 0xffff1234u, "x", 1);
	hive_maker_value(k, "none", REG_TYPE_NONE, "", 0);
	hive_maker_value(k, LONE, REG_TYPE_BINARY, "12345", 5);
	k = hive_maker_path(k, "Sub\\" KANJI);
	k->time = 5;
	two_values(k);
	k = hive_maker_path(root, "Soft\\Key\\Link");
	k->flags |= REGF_KEY_SYM_LINK;
	hive_maker_value(k, "SymbolicLinkValue", REG_TYPE_LINK, "\\\0R\0", 4);
	return root;
}

/* ---- keys -------------------------------------------------------- */

START_TEST(keys_go_and_come_back)
{
	static const char *const paths[] = { "Soft",
					     "Soft\\Key",
					     "Soft\\Key\\Sub",
					     "Soft\\Key\\Link",
					     "Soft\\Zlast",
					     "Soft\\Beside",
					     ("soft\\KEY\\sub\\" KANJI) };
	struct image old = image_of(make_all());

	strict(&old, 0);
	for (int i = 0; i < LENGTH(paths); i++)
		there_and_back(&old, paths[i]);
	image_free(&old);
}

END_TEST

/* Names that hivex sorts and hashes otherwise than Windows. */
static const char *const odd_names[] = {
	"a",
	"B",
	"c",
	"\xc3\xa4",
	"\xc3\x84x",
	"\xc3\xb6",
	"\xc3\xbf",
	KANJI,
	"\xe2\x85\xb0",
	LONE,
	"\xf0\x9f\x98\x80",
	"\xee\x80\x80",
	"\xef\xbc\xa1",
	"_",
	"[",
	"{B}",
	"{a}",
	"longer name of this key",
	"longer",
	"\xd0\xb6",
	"\xd0\x96z",
};

START_TEST(odd_names_stand_in_order)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct image old;
	char path[80];

	for (int i = 0; i < LENGTH(odd_names); i++) {
		snprintf(path, sizeof(path), "K\\%s\\in", odd_names[i]);
		hive_maker_path(root, path);
	}
	old = image_of(root);
	/* The maker sorts by code point, and so wrongly beyond the BMP. */
	for (int i = 0; i < 4; i++) {
		struct reg_tree *k = tree_in(&old, "K");
		struct reg_edit *e = edit_of(&old);

		/* All of them anew, beginning at another one each time. */
		ck_assert_int_eq(reg_edit_delete_key(e, "K"), 0);
		for (int n = 0; n < LENGTH(odd_names); n++) {
			const struct reg_tree *c =
				k->children[(n * 8 + 5 * i) %
					    LENGTH(odd_names)];

			snprintf(path, sizeof(path), "K\\%s", c->name);
			ck_assert_msg(!reg_edit_add_tree(e, path, c), "%s",
				      err_last()->text);
		}
		reg_tree_free(k);
		image_free(&old);
		old = commit(e);
		k = tree_in(&old, "K");
		ck_assert_uint_eq(k->child_count, LENGTH(odd_names));
		reg_tree_free(k);
	}
	for (int i = 0; i < LENGTH(odd_names); i++) {
		snprintf(path, sizeof(path), "K\\%s", odd_names[i]);
		there_and_back(&old, path);
	}
	image_free(&old);
}

END_TEST

/* Every list of an old hive: first letters instead of hashes. */
static void make_old(struct image *i)
{
	for (size_t at = 4096; at + 8 < i->nbytes; at += 4) {
		uint8_t *p = i->data + at, *nk;

		if (memcmp(p + 4, "lh", 2) != 0 ||
		    !(bytes_le32(p) & 0x80000000u))
			continue;
		p[5] = 'f';
		for (size_t n = 0; n < bytes_le16(p + 6); n++) {
			uint8_t *e = p + 8 + 8 * n;

			nk = i->data + 4096 + 4 + bytes_le32(e);
			memset(e + 4, 0, 4);
			for (size_t c = 0; c < 4 && c < bytes_le16(nk + 72);
			     c++)
				e[4 + c] = nk[76 + c];
		}
	}
	i->data[24] = 3;
	hive_maker_seal(i->data);
}

/* Three lists below one; the last has few keys. */
static struct hive_maker_key *make_many(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	char path[40];

	for (int i = 0; i < 1005; i++) {
		snprintf(path, sizeof(path), "Many\\k%04d", i);
		hive_maker_path(root, path);
	}
	hive_maker_path(root, "Few\\only\\one");
	return root;
}

START_TEST(divided_lists)
{
	static const char *const paths[] = { "Many\\k0000", "Many\\k0499",
					     "Many\\k0500", "Many\\k1004",
					     "Many",	    "Few\\only",
					     "Few" };
	struct image old = image_of(make_many());

	if (_i)
		make_old(&old);
	strict(&old, 0);
	for (int i = 0; i < LENGTH(paths); i++)
		there_and_back(&old, paths[i]);
	image_free(&old);
}

END_TEST

/* A leaf that becomes empty goes; see divided_lists for the last one. */
START_TEST(empty_lists_go)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct image i;
	struct reg_edit *e;
	char path[40];

	for (int n = 0; n < 503; n++) {
		snprintf(path, sizeof(path), "Many\\k%04d", n);
		hive_maker_path(root, path);
	}
	i = image_of(root);
	e = edit_of(&i);
	for (int n = 500; n < 503; n++) {
		snprintf(path, sizeof(path), "Many\\k%04d", n);
		ck_assert_int_eq(reg_edit_delete_key(e, path), 0);
	}
	image_free(&i);
	i = commit(e);
	image_free(&i);
}

END_TEST

/* All lists without hints, as old hives have them of more than 511 keys. */
static void make_narrow(struct image *i)
{
	for (size_t at = 4096; at + 8 < i->nbytes; at += 4) {
		uint8_t *p = i->data + at;
		size_t n = 0, count = bytes_le16(p + 6);

		if (memcmp(p + 4, "lh", 2) != 0 ||
		    !(bytes_le32(p) & 0x80000000u))
			continue;
		p[5] = 'i';
		for (; n < count; n++)
			memmove(p + 8 + 4 * n, p + 8 + 8 * n, 4);
		memset(p + 8 + 4 * n, 0, 4 * n);
	}
	i->data[24] = 3;
	hive_maker_seal(i->data);
}

/* hivex cannot delete from such a list; it is one again afterwards. */
START_TEST(lists_without_hints)
{
	struct image i = image_of(make_many());
	struct reg_edit *e;
	char path[40];

	make_narrow(&i);
	strict(&i, 0);
	there_and_back(&i, "Many\\k0000");
	there_and_back(&i, "Many\\k0499");
	there_and_back(&i, "Many\\k1004");
	there_and_back(&i, "Few\\only\\one");
	there_and_back(&i, "Few");
	e = edit_of(&i);
	ck_assert_int_eq(reg_edit_delete_key(e, "Many\\k0700"), 0);
	for (int n = 1000; n < 1005; n++) {
		snprintf(path, sizeof(path), "Many\\k%04d", n);
		ck_assert_int_eq(reg_edit_delete_key(e, path), 0);
	}
	image_free(&i);
	i = commit(e);
	for (size_t at = 4096; at + 8 < i.nbytes; at += 8)
		ck_assert(!(bytes_le32(i.data + at) & 0x80000000u) ||
			  (memcmp(i.data + at + 4, "lf", 2) != 0 &&
			   memcmp(i.data + at + 4, "lh", 2) != 0));
	image_free(&i);
}

END_TEST

/* ---- security and class ------------------------------------------ */

/* One of its own, one that two share, one that all others have. */
static struct hive_maker_key *make_secured(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;

	k = hive_maker_path(root, "Own");
	hive_maker_security(k, own_security, sizeof(own_security));
	hive_maker_path(root, "Own\\Below");
	k = hive_maker_path(root, "Shared1");
	hive_maker_security(k, other_security, sizeof(other_security));
	k = hive_maker_path(root, "Shared2\\In");
	hive_maker_security(k, other_security, sizeof(other_security));
	hive_maker_class(k, "x\0", 2);
	hive_maker_path(root, "Plain");
	return root;
}

START_TEST(security_comes_back)
{
	static const char *const paths[] = { "Own",	"Own\\Below",
					     "Shared1", "Shared2\\In",
					     "Shared2", "Plain" };
	struct image old = image_of(make_secured());

	strict(&old, 0);
	for (int i = 0; i < LENGTH(paths); i++)
		there_and_back(&old, paths[i]);
	image_free(&old);
}

END_TEST

/* Unknown security is the parent's, also of keys made on the way. */
START_TEST(security_is_inherited)
{
	struct image i = image_of(make_secured());
	struct reg_edit *e = edit_of(&i);
	struct reg_tree child = { .name = (char *)"child", .last_write = 7 };
	struct reg_tree *children[] = { &child }, *t;
	struct reg_tree tree = { .name = (char *)"T",
				 .last_write = 9,
				 .children = children,
				 .child_count = 1 };

	child.security = (uint8_t *)other_security;
	child.security_nbytes = sizeof(other_security);
	child.security_nbytes = 22; /* its list is cut off */
	ck_assert_int_eq(reg_edit_can_add_tree(e, "Own", &tree),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(reg_edit_add_tree(e, "Own\\x", &tree),
			 ERR_UNSUPPORTED);
	child.security_nbytes = sizeof(other_security);
	ck_assert_int_eq(reg_edit_add_tree(e, "Own\\x\\y\\t", &tree), 0);
	image_free(&i);
	i = commit(e);
	t = tree_in(&i, "Own\\x");
	ck_assert_int_eq(t->last_write, HIVE_MAKER_TIME);
	ck_assert_mem_eq(t->security, own_security, sizeof(own_security));
	ck_assert_str_eq(t->children[0]->name, "y");
	ck_assert_mem_eq(t->children[0]->security, own_security,
			 sizeof(own_security));
	/* The saved spelling. */
	ck_assert_str_eq(t->children[0]->children[0]->name, "T");
	ck_assert_int_eq(t->children[0]->children[0]->last_write, 9);
	ck_assert_mem_eq(t->children[0]->children[0]->children[0]->security,
			 other_security, sizeof(other_security));
	reg_tree_free(t);
	image_free(&i);
}

END_TEST

/* ---- what is refused --------------------------------------------- */

static struct hive_maker_key *make_odd(void)
{
	static const uint8_t big[40000] = { 1 };
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;

	two_values(hive_maker_path(root, "Nul\\" NUL_NAME));
	k = hive_maker_path(root, "NulValue");
	two_values(k);
	hive_maker_value(k, NUL_NAME, REG_TYPE_DWORD, "\1\0\0\0", 4);
	k = hive_maker_path(root, "Big");
	two_values(k);
	hive_maker_value(k, "big", REG_TYPE_BINARY, big, sizeof(big));
	k = hive_maker_path(root, "Fits");
	hive_maker_value(k, "most", REG_TYPE_BINARY, big, 16344);
	k = hive_maker_path(root, "Twice");
	hive_maker_text(k, "v", REG_TYPE_SZ, "one");
	hive_maker_text(k, "V", REG_TYPE_SZ, "two");
	hive_maker_child(k, "same");
	hive_maker_child(k, "SAME");
	k = hive_maker_path(root, "Link");
	k->flags |= REGF_KEY_SYM_LINK;
	hive_maker_value(k, "SymbolicLinkValue", REG_TYPE_LINK, "\\\0R\0", 4);
	hive_maker_path(root, "Link\\below");
	return root;
}

enum {
	DELETE,
	CAN_ADD,
	ADD,
	DELETE_VALUE,
	SET_VALUE,
	CAN_SET,
	SET_LONG,
	CAN_SET_LONG
};

static const struct {
	int what;
	const char *path;
	const char *name; /* of a value; of the key that is saved */
	int err;
} refusals[] = {
	{ DELETE, "Nul\\" NUL_NAME, NULL, 0 },
	{ DELETE, "Nul", NULL, 0 },
	{ DELETE, "Nul\\a", NULL, ERR_NOT_FOUND },
	{ DELETE, "", NULL, ERR_INVALID },
	{ DELETE, "\\", NULL, ERR_INVALID },
	{ DELETE, "Big", NULL, 0 },
	{ DELETE, "NulValue", NULL, 0 },
	{ DELETE, "Twice\\same", NULL, ERR_UNSUPPORTED },
	{ DELETE, "Twice", NULL, 0 },
	{ DELETE, "Link\\below", NULL, ERR_UNSUPPORTED },
	{ DELETE, "Link", NULL, 0 },
	{ CAN_ADD, "Nul", "Nul\\" NUL_NAME, ERR_UNSUPPORTED },
	{ CAN_ADD, "", "Nul", ERR_UNSUPPORTED },
	{ CAN_ADD, "", "NulValue", ERR_UNSUPPORTED },
	{ CAN_ADD, "", "Big", ERR_UNSUPPORTED },
	{ CAN_ADD, "", "Twice", ERR_UNSUPPORTED },
	{ CAN_ADD, "", "Fits", 0 },
	{ CAN_ADD, "not\\there", "Fits", 0 },
	{ CAN_ADD, "Link", "Fits", ERR_UNSUPPORTED },
	{ CAN_ADD, "Link\\below", "Fits", ERR_UNSUPPORTED },
	{ CAN_ADD, "", "Link", 0 },
	{ ADD, "new", "Big", ERR_UNSUPPORTED },
	{ ADD, "new", "Nul", ERR_UNSUPPORTED },
	{ ADD, "Fits", "Fits", ERR_EXISTS },
	{ ADD, "FITS", "Fits", ERR_EXISTS },
	{ ADD, "Link\\new", "Fits", ERR_UNSUPPORTED },
	{ ADD, "Twice\\same\\x", "Fits", ERR_UNSUPPORTED },
	{ ADD, "", "Fits", ERR_INVALID },
	{ ADD, "new", "Fits", 0 },
	{ DELETE_VALUE, "Big", "dword", ERR_UNSUPPORTED },
	{ DELETE_VALUE, "Big", "big", 0 },
	{ DELETE_VALUE, "NulValue", "dword", ERR_UNSUPPORTED },
	{ DELETE_VALUE, "NulValue", NUL_NAME, 0 },
	{ DELETE_VALUE, "Twice", "v", ERR_UNSUPPORTED },
	{ DELETE_VALUE, "Fits", "none", ERR_NOT_FOUND },
	{ DELETE_VALUE, "none", "none", ERR_NOT_FOUND },
	{ DELETE_VALUE, "Link", "SymbolicLinkValue", ERR_UNSUPPORTED },
	{ SET_VALUE, "Big", "dword", ERR_UNSUPPORTED },
	{ SET_VALUE, "Big", "big", 0 },
	{ SET_VALUE, "Fits", NUL_NAME, ERR_UNSUPPORTED },
	{ SET_VALUE, "Fits", "x", 0 },
	{ SET_VALUE, "none", "x", ERR_NOT_FOUND },
	{ SET_VALUE, "Link", "x", ERR_UNSUPPORTED },
	{ SET_VALUE, "", "x", 0 },
	{ SET_LONG, "Fits", "x", ERR_UNSUPPORTED },
	{ CAN_SET, "Big", "dword", ERR_UNSUPPORTED },
	{ CAN_SET, "Big", "big", 0 },
	{ CAN_SET, "Fits", "x", 0 },
	{ CAN_SET, "none", "x", 0 },
	{ CAN_SET, "Link", "x", ERR_UNSUPPORTED },
	{ CAN_SET, "Fits", NUL_NAME, ERR_UNSUPPORTED },
	{ CAN_SET_LONG, "Fits", "x", ERR_UNSUPPORTED },
};

static int refused(struct reg_edit *e, int row)
{
	static const uint8_t data[16345];
	const char *path = refusals[row].path, *name = refusals[row].name;
	struct reg_tree_value v = { (char *)name, REG_TYPE_BINARY,
				    (uint8_t *)data, 5 };
	struct reg_tree *t;
	int err;

	switch (refusals[row].what) {
	case DELETE:
		return reg_edit_delete_key(e, path);
	case DELETE_VALUE:
		return reg_edit_delete_value(e, path, name);
	case SET_VALUE:
		return reg_edit_set_value(e, path, name, 3, data, 5);
	case SET_LONG:
		return reg_edit_set_value(e, path, name, 3, data, 16345);
	case CAN_SET:
		return reg_edit_can_set_value(e, path, &v);
	case CAN_SET_LONG:
		v.nbytes = 16345;
		return reg_edit_can_set_value(e, path, &v);
	default:
		t = tree_at(reg_edit_root(e), name);
		err = refusals[row].what == ADD
			      ? reg_edit_add_tree(e, path, t)
			      : reg_edit_can_add_tree(e, path, t);
		reg_tree_free(t);
		return err;
	}
}

START_TEST(what_is_refused)
{
	struct image old = image_of(make_odd()), now;
	struct reg_edit *e = edit_of(&old);
	int err = refused(e, _i);

	ck_assert_msg(err == refusals[_i].err, "%d \"%s\": %s", _i,
		      refusals[_i].path, err ? err_last()->text : "done");
	if (err || refusals[_i].what == CAN_ADD ||
	    refusals[_i].what == CAN_SET) {
		/* Not a byte is another one. */
		ck_assert_int_eq(reg_edit_commit(e, &now.data, &now.nbytes), 0);
		ck_assert_uint_eq(now.nbytes, old.nbytes);
		ck_assert_mem_eq(now.data, old.data, now.nbytes);
		ck_assert_int_eq(reg_edit_close(e), 0);
	} else {
		/* The strict look would not like two keys of one name. */
		ck_assert_int_eq(reg_edit_commit(e, &now.data, &now.nbytes), 0);
		ck_assert_int_eq(reg_edit_close(e), 0);
		ck_assert_int_eq(reg_edit_hive(now.data, now.nbytes, &e), 0);
		ck_assert_int_eq(reg_edit_close(e), 0);
	}
	image_free(&old);
	image_free(&now);
}

END_TEST

/* Nothing that was the key's own stays allocated, its segments neither. */
START_TEST(long_data_is_given_free)
{
	static const uint8_t big[40000] = { 1 };

	for (int way = 0; way < 3; way++) {
		struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
		struct reg_edit *e;
		struct image i;

		k = hive_maker_path(root, "K\\Big");
		hive_maker_value(k, "big", REG_TYPE_BINARY, big, sizeof(big));
		two_values(k);
		i = image_of(root);
		e = edit_of(&i);
		if (way == 0)
			ck_assert_int_eq(reg_edit_delete_key(e, "K\\Big"), 0);
		else if (way == 1)
			ck_assert_int_eq(
				reg_edit_delete_value(e, "K\\Big", "big"), 0);
		else
			ck_assert_int_eq(reg_edit_set_value(e, "K\\Big", "big",
							    1, "a\0\0\0", 4),
					 0);
		image_free(&i);
		i = commit(e);
		image_free(&i);
	}
}

END_TEST

/* ---- damage ------------------------------------------------------ */

static uint8_t *record(const struct image *i, const char *signature, int nth)
{
	size_t at = 4096 + 32;

	for (;;) {
		int32_t size = (int32_t)bytes_le32(i->data + at);

		if (size < 0 && !memcmp(i->data + at + 4, signature, 2) &&
		    !nth--)
			return i->data + at + 4;
		at += (size_t)(size < 0 ? -size : size);
		ck_assert_uint_lt(at, i->nbytes);
		if (!memcmp(i->data + at, "hbin", 4))
			at += 32;
	}
}

/* Records in the order the maker writes them: root, Own, Below, ... */
static const struct {
	const char *what;
	const char *signature;
	int nth;
	uint32_t at, value;
} damages[] = {
	{ "a subkey list leads nowhere", "nk", 1, 28, 0x00ffff00 },
	{ "more subkeys than listed", "nk", 1, 20, 9 },
	{ "fewer subkeys than listed", "nk", 0, 20, 1 },
	{ "a value list leads nowhere", "nk", 1, 36, 1 },
	{ "another parent", "nk", 2, 16, 0x20 },
	{ "no parent", "nk", 2, 16, 0x00ffff00 },
	{ "security leads nowhere", "nk", 2, 44, 0x00ffff00 },
	{ "a long name", "nk", 2, 72, 0x0000ffff },
	{ "count of security too low", "sk", 0, 12, 1 },
	{ "ring leads nowhere", "sk", 0, 4, 0x00ffff00 },
	{ "ring leads nowhere backwards", "sk", 1, 8, 0x7fffff00 },
	{ "ring leads to a key", "sk", 1, 4, 0x20 },
	{ "ring does not lead back", "sk", 1, 8, 0x20 },
	{ "security of no length", "sk", 1, 16, 0 },
	{ "security that is too long", "sk", 1, 16, 0x00010000 },
};

START_TEST(damaged_hives_are_not_changed)
{
	struct image i = image_of(make_secured());
	struct reg_edit *e = NULL;
	uint8_t *p = record(&i, damages[_i].signature, damages[_i].nth);
	int err;

	bytes_put_le32(p + damages[_i].at, damages[_i].value);
	err = reg_edit_hive(i.data, i.nbytes, &e);
	ck_assert_msg(err == ERR_CORRUPT && !e, "%s: %s", damages[_i].what,
		      err_name(err));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "running Windows"));
	image_free(&i);
}

END_TEST

START_TEST(shared_cells_are_not_freed)
{
	for (int way = 0; way < 4; way++) {
		struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
		struct reg_edit *e = NULL;
		struct image i;
		uint8_t *a, *b;

		for (int n = 0; n < 2; n++) {
			k = hive_maker_path(root, n ? "B" : "A");
			hive_maker_text(k, "v", REG_TYPE_SZ, "some text");
			hive_maker_class(k, "c\0l\0", 4);
		}
		i = image_of(root);
		strict(&i, 0);
		a = record(&i, way < 2 ? "vk" : "nk", way < 2 ? 0 : 1);
		b = record(&i, way < 2 ? "vk" : "nk", way < 2 ? 1 : 2);
		if (way == 0) /* data */
			memcpy(b + 8, a + 8, 4);
		else if (way == 1) /* the value's data is the other value */
			bytes_put_le32(b + 8,
				       (uint32_t)(a - i.data - 4096 - 4));
		else if (way == 2) /* class */
			memcpy(b + 48, a + 48, 4);
		else /* value list */
			memcpy(b + 40, a + 40, 4);
		ck_assert_int_eq(reg_edit_hive(i.data, i.nbytes, &e),
				 ERR_CORRUPT);
		image_free(&i);
	}
}

END_TEST

START_TEST(bad_headers_are_refused)
{
	static const struct {
		uint32_t at, value;
		bool is_sealed;
		int err;
	} rows[] = {
		{ 0, 0x66676571, true, ERR_CORRUPT },  /* signature */
		{ 4, 8, true, ERR_CORRUPT },	       /* not closed */
		{ 4, 8, false, ERR_CORRUPT },	       /* checksum */
		{ 20, 2, true, ERR_UNSUPPORTED },      /* version */
		{ 24, 2, true, ERR_UNSUPPORTED },      /* version */
		{ 24, 7, true, ERR_UNSUPPORTED },      /* version */
		{ 28, 1, true, ERR_UNSUPPORTED },      /* a log */
		{ 36, 0x28, true, ERR_CORRUPT },       /* root */
		{ 40, 0x00100000, true, ERR_CORRUPT }, /* longer than it is */
		{ 4096 + 8, 0, true, ERR_CORRUPT },    /* bin */
		{ 4096 + 8, 0xfffff000, true, ERR_CORRUPT },
	};
	struct reg_edit *e = NULL;

	for (int n = 0; n < LENGTH(rows); n++) {
		struct image i = image_of(make_all());
		int err;

		bytes_put_le32(i.data + rows[n].at, rows[n].value);
		if (rows[n].is_sealed)
			hive_maker_seal(i.data);
		err = reg_edit_hive(i.data, i.nbytes, &e);
		ck_assert_msg(err == rows[n].err, "%d: %s", n, err_name(err));
		image_free(&i);
	}
	ck_assert_int_eq(reg_edit_hive("regf", 4, &e), ERR_CORRUPT);
	ck_assert_ptr_null(e);
}

END_TEST

/*
 * What Windows does not look at leads anywhere: hivex would follow it and
 * end the program.
 */
START_TEST(dead_fields_are_not_followed)
{
	struct image i = image_of(make_all());
	struct reg_edit *e;
	uint8_t *p;
	int seen = 0;

	for (int n = 0; n < 8; n++) {
		p = record(&i, "nk", n);
		if (!bytes_le16(p + 74))
			bytes_put_le32(p + 48, 0x1234560 + 4 * (uint32_t)n);
		if (!bytes_le32(p + 20))
			bytes_put_le32(p + 28, 0x7ffffff0);
		if (!bytes_le32(p + 36))
			bytes_put_le32(p + 40, 0x00000010);
	}
	for (int n = 0; n < 8; n++) {
		p = record(&i, "vk", n);
		if (bytes_le32(p + 4) != 0x80000000u)
			continue;
		/* No length, but not inline, and leading nowhere. */
		bytes_put_le32(p + 4, 0);
		bytes_put_le32(p + 8, 0x00ffff08);
		seen++;
	}
	ck_assert_int_eq(seen, 1);
	e = edit_of(&i);
	ck_assert_int_eq(reg_edit_delete_value(e, "Soft\\Key", "dword"), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "Soft\\Zlast"), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "Soft\\Key"), 0);
	ck_assert_int_eq(reg_edit_close(e), 0);
	e = edit_of(&i);
	ck_assert_int_eq(reg_edit_delete_key(e, "Soft"), 0);
	image_free(&i);
	ck_assert_int_eq(reg_edit_commit(e, &i.data, &i.nbytes), 0);
	ck_assert_int_eq(reg_edit_close(e), 0);
	image_free(&i);
}

END_TEST

/* The very key that was read goes, though Windows' hash of it is wrong. */
START_TEST(wrong_hash_is_found)
{
	struct image i = image_of(make_all());
	struct reg_tree *t;
	struct reg_edit *e;
	uint8_t *p = record(&i, "lh", 0);

	for (int n = 0; bytes_le16(p + 2) != 3; n++)
		p = record(&i, "lh", n);
	bytes_put_le32(p + 8 + 8, 0x87654321); /* Soft\Key */
	e = edit_of(&i);
	t = tree_at(reg_edit_root(e), "Soft\\Key");
	reg_tree_free(t);
	ck_assert_int_eq(reg_edit_delete_key(e, "Soft\\Key"), 0);
	image_free(&i);
	i = commit(e);
	t = tree_in(&i, "Soft");
	ck_assert_uint_eq(t->child_count, 2);
	ck_assert_str_eq(t->children[0]->name, "Beside");
	ck_assert_str_eq(t->children[1]->name, "Zlast");
	reg_tree_free(t);
	image_free(&i);
}

END_TEST

/* ---- values ------------------------------------------------------ */

START_TEST(values_change_in_place)
{
	struct image i = image_of(make_all());
	struct reg_tree *want = tree_in(&i, ""), *have;
	struct reg_tree *key = hive_edit_tree_at(want, "Soft\\Key", SIZE_MAX);
	struct reg_edit *e = edit_of(&i);
	struct reg_tree_value *v;

	/* Another type and length, the place and spelling stay. */
	ck_assert_int_eq(reg_edit_set_value(e, "soft\\key", "DWORD",
					    REG_TYPE_SZ, "a\0b\0\0\0", 6),
			 0);
	v = &key->values[1];
	mem_free(v->name);
	mem_free(v->data);
	v->name = mem_strdup("DWORD");
	v->type = REG_TYPE_SZ;
	v->data = mem_dup("a\0b\0\0\0", 6);
	v->nbytes = 6;
	ck_assert_int_eq(reg_edit_delete_value(e, "Soft\\Key", ""), 0);
	mem_free(key->values[0].name);
	mem_free(key->values[0].data);
	memmove(key->values, key->values + 1, 4 * sizeof(*key->values));
	v = &key->values[4];
	ck_assert_int_eq(reg_edit_set_value(e, "Soft\\Key", "new",
					    REG_TYPE_DWORD, "\7\0\0\0", 4),
			 0);
	v->name = mem_strdup("new");
	v->type = REG_TYPE_DWORD;
	v->data = mem_dup("\7\0\0\0", 4);
	v->nbytes = 4;
	have = tree_at(reg_edit_root(e), "");
	same(want, have);
	reg_tree_free(have);
	/* The other key loses all it has. */
	ck_assert_int_eq(reg_edit_delete_value(e, "Soft\\Beside", "dword"), 0);
	ck_assert_int_eq(reg_edit_delete_value(e, "Soft\\Beside", ""), 0);
	key = hive_edit_tree_at(want, "Soft\\Beside", SIZE_MAX);
	while (key->value_count) {
		v = &key->values[--key->value_count];
		mem_free(v->name);
		mem_free(v->data);
	}
	image_free(&i);
	i = commit(e);
	have = tree_in(&i, "");
	same(want, have);
	reg_tree_free(have);
	reg_tree_free(want);
	image_free(&i);
}

END_TEST

/* What was made is changed, and what is expected of it with it. */
START_TEST(changes_in_new_keys)
{
	struct image old = image_of(make_all()), now;
	struct reg_edit *e = edit_of(&old);
	struct reg_tree *t = tree_at(reg_edit_root(e), "Soft\\Key");
	struct reg_tree *link = tree_at(reg_edit_root(e), "Soft\\Key\\Link");

	ck_assert_int_eq(reg_edit_add_tree(e, "New\\Key", t), 0);
	ck_assert_int_eq(reg_edit_set_value(e, "New\\Key\\Sub", "x", 3, "1", 1),
			 0);
	ck_assert_int_eq(reg_edit_set_value(e, "New\\Key", "none", 3, "1", 1),
			 0);
	ck_assert_int_eq(reg_edit_delete_value(e, "New\\Key", ""), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "New\\Key\\Link"), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "New\\Key\\Aaa", link), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "New\\Key\\" KANJI "\\x", link),
			 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "New\\Key\\Sub\\" KANJI), 0);
	ck_assert_int_eq(reg_edit_set_value(e, "New", "y", 3, "2", 1), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "Other", t), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "Other\\Sub"), 0);
	now = commit(e);
	reg_tree_free(t);
	t = tree_in(&now, "New\\Key");
	ck_assert_uint_eq(t->value_count, 4);
	ck_assert_str_eq(t->values[2].name, "none");
	ck_assert_uint_eq(t->values[2].nbytes, 1);
	ck_assert_uint_eq(t->child_count, 3);
	ck_assert_str_eq(t->children[0]->name, "Aaa");
	ck_assert(t->children[0]->is_link);
	ck_assert_uint_eq(t->children[1]->child_count, 0);
	ck_assert_uint_eq(t->children[1]->value_count, 1);
	ck_assert_str_eq(t->children[2]->children[0]->name, "x");
	reg_tree_free(t);
	reg_tree_free(link);
	image_free(&now);
	image_free(&old);
}

END_TEST

/* What is made and deleted again leaves the very same bytes. */
START_TEST(nothing_is_nothing)
{
	struct image old = image_of(make_all()), now = { NULL, 0 };
	struct reg_edit *e = edit_of(&old);
	struct reg_tree *t = tree_at(reg_edit_root(e), "Soft\\Key");

	ck_assert_int_eq(reg_edit_add_tree(e, "One", t), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "Two\\x", t), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "One"), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "Two"), 0);
	ck_assert_int_eq(reg_edit_commit(e, &now.data, &now.nbytes), 0);
	ck_assert_uint_eq(now.nbytes, old.nbytes);
	ck_assert_mem_eq(now.data, old.data, now.nbytes);
	ck_assert_int_eq(reg_edit_close(e), 0);
	ck_assert_int_eq(reg_edit_close(NULL), 0);
	reg_tree_free(t);
	image_free(&now);
	image_free(&old);
}

END_TEST

/* What is told of other keys stays in order when a new key goes again. */
START_TEST(changes_stay_in_order)
{
	struct image old = image_of(make_all()), now;
	struct reg_edit *e = edit_of(&old);
	struct reg_tree *t = tree_at(reg_edit_root(e), "Soft\\Key");

	ck_assert_int_eq(reg_edit_add_tree(e, "One", t), 0);
	ck_assert_int_eq(reg_edit_set_value(e, "Soft", "x", 3, "1", 1), 0);
	ck_assert_int_eq(reg_edit_set_value(e, "Soft", "y", 3, "1", 1), 0);
	ck_assert_int_eq(reg_edit_delete_value(e, "Soft", "x"), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "One"), 0);
	now = commit(e);
	reg_tree_free(t);
	t = tree_in(&now, "Soft");
	ck_assert_str_eq(t->values[t->value_count - 1].name, "y");
	reg_tree_free(t);
	image_free(&old);
	image_free(&now);
}

END_TEST

/* Sequence numbers go on by one for all changes together. */
START_TEST(header_is_made_anew)
{
	struct image old = image_of(make_all()), now;
	struct reg_edit *e = edit_of(&old);

	ck_assert_int_eq(reg_edit_delete_key(e, "Soft\\Zlast"), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "Soft\\Beside"), 0);
	now = commit(e);
	ck_assert_uint_eq(bytes_le32(now.data + 4), 8);
	ck_assert_uint_eq(bytes_le32(now.data + 8), 8);
	ck_assert_uint_eq(now.nbytes % 4096, 0);
	image_free(&old);
	image_free(&now);
}

END_TEST

/*
 * Whatever hivex or the mends did besides is seen: one byte of what was not
 * meant is changed behind the edit's back.
 */
static const struct {
	const char *what;
	const char *signature;
	int nth;
	uint32_t at;
} slips[] = {
	{ "a key's time", "nk", 1, 4 },
	{ "a key's flags", "nk", 2, 2 },
	{ "a key's name", "nk", 2, 76 },
	{ "access bits", "nk", 2, 12 },
	{ "a value's type", "vk", 0, 12 },
	{ "a value's name", "vk", 1, 20 },
	{ "inline data", "vk", 1, 8 },
	{ "a length", "vk", 1, 4 },
	{ "a new key's time", "nk", -1, 4 },
	{ "a new key's name", "nk", -1, 76 },
	{ "security", "sk", 0, 20 + 4 },
	{ "number of values", "nk", 1, 36 },
	{ "number of subkeys", "nk", 1, 20 },
	{ "the header", "", 0, 0 },
};

START_TEST(slips_are_seen)
{
	struct image old = image_of(make_all()), now = { NULL, 0 };
	struct reg_edit *e = edit_of(&old);
	struct hive_edit *inside = (struct hive_edit *)e;
	struct reg_tree *t = tree_at(reg_edit_root(e), "Soft\\Key");
	struct image bytes;
	uint8_t *p;

	ck_assert_int_eq(reg_edit_delete_value(e, "Soft\\Key", "dword"), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "New", t), 0);
	ck_assert_int_eq(reg_edit_commit(e, &now.data, &now.nbytes), 0);
	image_free(&now);
	bytes.data = inside->now.data;
	bytes.nbytes = inside->now.nbytes;
	if (!*slips[_i].signature) {
		p = bytes.data + 48; /* its name */
	} else if (slips[_i].nth < 0) {
		struct hive_change *h = vec_at(&inside->changes, 1);

		ck_assert_int_eq(h->kind, HIVE_KEY_MADE);
		p = bytes.data + 4096 + 4 + h->offset + slips[_i].at;
	} else {
		p = record(&bytes, slips[_i].signature, slips[_i].nth) +
		    slips[_i].at;
	}
	*p ^= 1;
	ck_assert_msg(reg_edit_commit(e, &now.data, &now.nbytes) == ERR_CORRUPT,
		      "%s", slips[_i].what);
	ck_assert_ptr_null(now.data);
	*p ^= 1;
	ck_assert_int_eq(reg_edit_commit(e, &now.data, &now.nbytes), 0);
	ck_assert_int_eq(reg_edit_close(e), 0);
	reg_tree_free(t);
	image_free(&now);
	image_free(&old);
}

END_TEST

/* ---- short memory ------------------------------------------------ */

static int do_all(const struct image *old, const struct reg_tree *t,
		  struct image *now)
{
	struct reg_edit *e = NULL;
	int err = reg_edit_hive(old->data, old->nbytes, &e);

	if (!err)
		err = reg_edit_can_add_tree(e, "Soft", t);
	if (!err)
		err = reg_edit_delete_key(e, "Soft\\Key");
	if (!err)
		err = reg_edit_set_value(e, "Soft\\Beside", "x", 3, "1", 1);
	if (!err)
		err = reg_edit_add_tree(e, "Soft\\Key", t);
	if (!err)
		err = reg_edit_set_value(e, "Soft\\Key", "x", 3, "1", 1);
	if (!err)
		err = reg_edit_add_tree(e, "Soft\\Key\\Sub\\New", t);
	if (!err)
		err = reg_edit_delete_value(e, "Soft\\Key", "dword");
	if (!err)
		err = reg_edit_delete_key(e, "Soft\\Key\\Link");
	if (!err)
		err = reg_edit_commit(e, &now->data, &now->nbytes);
	reg_edit_close(e);
	return err;
}

START_TEST(survives_short_memory)
{
	struct image old = image_of(make_all()), want = { NULL, 0 }, now;
	struct reg_tree *t = tree_in(&old, "Soft\\Key");
	int64_t before = mem_count(), n, all, step = unit_is_full() ? 1 : 7;
	int err;

	ck_assert_int_eq(do_all(&old, t, &want), 0);
	all = mem_count() - before;
	ck_assert_int_gt(all, 500);
	/* Every one with MSTMP_FULL=1, else every seventh. */
	for (n = 1; n <= all; n += step) {
		now.data = NULL;
		mem_fail_after(n);
		err = do_all(&old, t, &now);
		mem_fail_after(0);
		/* Either it is said, or it did not matter. */
		if (err) {
			ck_assert_msg(err == ERR_NOMEM, "%d: %s", (int)n,
				      err_last()->text);
			ck_assert_ptr_null(now.data);
		} else {
			ck_assert_uint_eq(now.nbytes, want.nbytes);
			ck_assert_mem_eq(now.data, want.data, now.nbytes);
		}
		image_free(&now);
	}
	reg_tree_free(t);
	image_free(&want);
	image_free(&old);
}

END_TEST

/* A call that fails leaves the edit as it was: the next one does it. */
START_TEST(short_memory_is_no_half_change)
{
	struct image old = image_of(make_all()), now;
	struct reg_tree *t = tree_in(&old, "Soft\\Key"), *have, *want;
	int64_t n;
	int err = ERR_NOMEM;

	for (n = 1; err == ERR_NOMEM; n += unit_is_full() ? 1 : 11) {
		struct reg_edit *e = edit_of(&old);

		mem_fail_after(n);
		err = reg_edit_delete_key(e, "Soft\\Key");
		if (!err)
			err = reg_edit_add_tree(e, "Soft\\Key", t);
		if (!err)
			err = reg_edit_set_value(e, "Soft", "x", 3, "1", 1);
		mem_fail_after(0);
		want = tree_at(reg_edit_root(e), "");
		now = commit(e);
		have = tree_in(&now, "");
		same(want, have);
		reg_tree_free(want);
		reg_tree_free(have);
		image_free(&now);
	}
	ck_assert_int_eq(err, 0);
	ck_assert_int_gt(n, 100);
	reg_tree_free(t);
	image_free(&old);
}

END_TEST

/* ---- memory ------------------------------------------------------ */

/* The hive and its copy, what hivex and the census mark in it, some room. */
static bool is_bounded(size_t peak, size_t hive_nbytes)
{
	return peak > 2 * hive_nbytes &&
	       peak <= hive_nbytes / 10 * 22 + ((size_t)2 << 20);
}

static struct image large_image(void)
{
	struct hive_maker_key *root = make_all();
	static uint8_t data[16000];
	char name[40];

	for (int i = 0; i < 1100; i++) {
		snprintf(name, sizeof(name), "Large\\key %d", i);
		memset(data, i, sizeof(data));
		hive_maker_value(hive_maker_path(root, name), "data",
				 REG_TYPE_BINARY, data, sizeof(data));
	}
	return image_of(root);
}

/* Whatever is done, and whatever of it fails, there is no third copy. */
START_TEST(large_hives_are_held_twice)
{
	struct image old = large_image(), now = { NULL, 0 };
	struct reg_tree *t = tree_in(&old, "Soft\\Key"), *want, *have;
	struct reg_edit *e = NULL;
	uint8_t *copy;
	size_t peak;

	ck_assert_uint_ge(old.nbytes, (size_t)16 << 20);
	peak_begin();
	copy = mem_dup(old.data, old.nbytes);
	ck_assert_int_eq(reg_edit_hive_bytes(copy, old.nbytes, &e), 0);
	ck_assert_int_eq(reg_edit_delete_key(e, "Soft\\Key"), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "Large\\New\\Key", t), 0);
	ck_assert_int_eq(reg_edit_set_value(e, "Large\\key 7", "x", 3, "1", 1),
			 0);
	mem_fail_after(30);
	ck_assert_int_eq(reg_edit_add_tree(e, "Soft\\Key", t), ERR_NOMEM);
	mem_fail_after(0);
	ck_assert_int_eq(reg_edit_delete_value(e, "Large\\key 8", "data"), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "Soft\\Key", t), 0);
	ck_assert_int_eq(reg_edit_finish(e, &now.data, &now.nbytes), 0);
	peak = peak_end();
	mem_free(old.data);
	ck_assert_msg(is_bounded(peak, old.nbytes), "%u KB for %u KB",
		      (unsigned)(peak >> 10), (unsigned)(old.nbytes >> 10));
	strict(&now, 0);
	have = tree_in(&now, "Large\\New\\Key");
	want = tree_in(&now, "Soft\\Key");
	same(want, t);
	ck_assert_uint_eq(have->child_count, t->child_count);
	reg_tree_free(have);
	reg_tree_free(want);
	reg_tree_free(t);
	image_free(&now);
}

END_TEST

/* ---- real hives -------------------------------------------------- */

/* Paths of some keys: the children of the root and every so many below. */
struct picked {
	char *paths[12];
	size_t count;
	size_t seen, step;
};

static size_t count_keys(const struct reg_tree *t)
{
	size_t n = 1;

	for (size_t i = 0; i < t->child_count; i++)
		n += count_keys(t->children[i]);
	return n;
}

static void pick(struct picked *p, const struct reg_tree *t, const char *path)
{
	for (size_t i = 0; i < t->child_count; i++) {
		const char *name = t->children[i]->name;
		char *at;

		if (!*name || strchr(name, '\\'))
			continue;
		at = reg_path_join(path, name, strlen(name));
		/* hivex takes time that grows with the square of the keys. */
		if (p->seen++ % p->step == 0 && p->count < 12 &&
		    (unit_is_full() || count_keys(t->children[i]) < 400))
			p->paths[p->count++] = mem_strdup(at);
		pick(p, t->children[i], at);
		mem_free(at);
	}
}

static void read_path(const char *path, struct image *ret, char digest[65])
{
	struct reg_hive_files files = { path, { NULL, NULL, NULL } };
	struct hive_lines lines;
	struct reg_root *root = NULL;

	ck_assert_msg(!reg_open_hive(&files, NULL, NULL, NULL, &root), "%s",
		      err_last()->text);
	ck_assert_int_eq(hive_lines_read(root, &lines), 0);
	hive_lines_digest(&lines, digest);
	hive_lines_release(&lines);
	ck_assert_int_eq(reg_root_image(root, &ret->data, &ret->nbytes), 0);
	reg_close(root);
}

static void read_real(int folder, const char *name, struct image *ret,
		      char digest[65])
{
	char *path = real_hive_path(folder, name);

	read_path(path, ret, digest);
	mem_free(path);
}

static void check_digest(const struct image *i, const char *want)
{
	struct hive_lines lines;
	struct reg_root *root = NULL;
	char digest[65];

	ck_assert_int_eq(
		reg_open_memory(i->data, i->nbytes, NULL, NULL, NULL, &root),
		0);
	ck_assert_int_eq(hive_lines_read(root, &lines), 0);
	hive_lines_digest(&lines, digest);
	ck_assert_str_eq(digest, want);
	hive_lines_release(&lines);
	reg_close(root);
}

struct tally {
	size_t deleted, restored, refused;
};

/* The one reason for which a key of a real hive is not made again. */
static bool has_long(const struct reg_tree *t)
{
	for (size_t i = 0; i < t->value_count; i++)
		if (t->values[i].nbytes > 16344)
			return true;
	for (size_t i = 0; i < t->child_count; i++)
		if (has_long(t->children[i]))
			return true;
	return false;
}

static void try_key(const struct image *old, const char *path, uint32_t lost,
		    const char *digest, struct tally *tally)
{
	struct reg_tree *saved = tree_in(old, path), *want = tree_in(old, "");
	struct reg_tree *have;
	struct reg_edit *e = edit_of(old);
	struct image now = { NULL, 0 };
	char *up = mem_strdup(path), why[800];
	int can;

	if (strrchr(up, '\\'))
		*strrchr(up, '\\') = '\0';
	else
		*up = '\0';
	can = reg_edit_can_add_tree(e, up, saved);
	snprintf(why, sizeof(why), "%s", can ? err_last()->text : "");
	ck_assert_msg(!reg_edit_delete_key(e, path), "%s: %s", path,
		      err_last()->text);
	ck_assert_msg(!reg_edit_commit(e, &now.data, &now.nbytes), "%s: %s",
		      path, err_last()->text);
	strict(&now, lost);
	cut(want, path);
	have = tree_in(&now, "");
	same(want, have);
	tally->deleted++;
	if (!can) {
		image_free(&now);
		ck_assert_msg(!reg_edit_add_tree(e, path, saved), "%s: %s",
			      path, err_last()->text);
		ck_assert_msg(!reg_edit_commit(e, &now.data, &now.nbytes),
			      "%s: %s", path, err_last()->text);
		strict(&now, lost);
		same_images(old, &now);
		check_digest(&now, digest);
		tally->restored++;
	} else {
		ck_assert_int_eq(can, ERR_UNSUPPORTED);
		ck_assert_msg(has_long(saved), "%s: %s", path, why);
		tally->refused++;
	}
	reg_edit_close(e);
	reg_tree_free(saved);
	reg_tree_free(want);
	reg_tree_free(have);
	image_free(&now);
	mem_free(up);
}

/* Some keys are taken out and put back, one by one. */
static void try_keys(const char *name, const struct image *old,
		     const char *digest)
{
	struct tally tally = { 0, 0, 0 };
	struct picked p = { .step = 1 };
	struct hive_strict s;
	struct reg_tree *t;

	ck_assert_msg(hive_strict_look(old->data, old->nbytes, &s), "%s: %s",
		      name, s.why);
	t = tree_in(old, "");
	p.step = count_keys(t) / (unit_is_full() ? 12 : 3) + 1;
	pick(&p, t, "");
	reg_tree_free(t);
	for (size_t i = 0; i < p.count; i++) {
		try_key(old, p.paths[i], s.lost, digest, &tally);
		mem_free(p.paths[i]);
	}
	printf("%s: %u keys deleted, %u restored, %u cannot be\n", name,
	       (unsigned)tally.deleted, (unsigned)tally.restored,
	       (unsigned)tally.refused);
}

START_TEST(real_hives)
{
	const char *name = real_hive_name(0, REAL_HIVE_CHANGE, _i);
	struct image old;
	char digest[65];

	read_real(0, name, &old, digest);
	try_keys(name, &old, digest);
	image_free(&old);
}

END_TEST

START_TEST(more_hives)
{
	const char *name = real_hive_name(1, REAL_HIVE_CHANGE, _i);
	struct image old;
	char digest[65];

	read_real(1, name, &old, digest);
	try_keys(name, &old, digest);
	image_free(&old);
}

END_TEST

/* The same kinds, where the real ones may not be copied. */
START_TEST(made_hives)
{
	struct hive_made m = { 0 };
	struct image old;
	struct fixture f;
	char digest[65], *path;

	fixture_init(&f);
	path = hive_kind_write(&hive_kinds[_i], f.root, &m);
	read_path(path, &old, digest);
	try_keys(hive_kinds[_i].name, &old, digest);
	image_free(&old);
	hive_made_release(&m);
	mem_free(path);
	fixture_release(&f);
}

END_TEST

/* Not closed properly, and without logs that help; or never a hive. */
START_TEST(real_hives_that_are_not_changed)
{
	static const struct {
		int folder;
		const char *name;
		int err;
	} rows[] = {
		{ 0, "ez-registry/SECURITY", ERR_CORRUPT },
		{ 0, "regipy/amcache.hve", ERR_CORRUPT },
		{ 1, "regipy/SYSTEM_2", ERR_CORRUPT },
		{ 1, "velociraptor/Amcache.hve", ERR_CORRUPT },
		/* Headers of a version or format that no Windows writes. */
		{ 1, "parse-win32registry/winnt_entry_tests.rf",
		  ERR_UNSUPPORTED },
		{ 1, "parse-win32registry/winnt_iter_tests.rf",
		  ERR_UNSUPPORTED },
		{ 1, "parse-win32registry/fake_sam.rf", ERR_UNSUPPORTED },
	};
	struct reg_edit *e = NULL;
	struct image old;
	char digest[65];

	for (int n = 0; n < LENGTH(rows); n++) {
		int err;

		if (rows[n].folder >= unit_data_count())
			continue;
		read_real(rows[n].folder, rows[n].name, &old, digest);
		err = reg_edit_hive(old.data, old.nbytes, &e);
		ck_assert_msg(err == rows[n].err, "%s: %s", rows[n].name,
			      err_name(err));
		image_free(&old);
	}
	ck_assert_ptr_null(e);
}

END_TEST

static Suite *reg_edit_hive_suite(void)
{
	Suite *s = suite_create("reg_edit_hive");
	TCase *t = tcase_create("edit");

	tcase_add_test(t, keys_go_and_come_back);
	tcase_add_test(t, odd_names_stand_in_order);
	tcase_add_loop_test(t, divided_lists, 0, 2);
	tcase_add_test(t, empty_lists_go);
	tcase_add_test(t, lists_without_hints);
	tcase_add_test(t, security_comes_back);
	tcase_add_test(t, security_is_inherited);
	tcase_add_loop_test(t, what_is_refused, 0, LENGTH(refusals));
	tcase_add_test(t, long_data_is_given_free);
	tcase_add_loop_test(t, damaged_hives_are_not_changed, 0,
			    LENGTH(damages));
	tcase_add_test(t, shared_cells_are_not_freed);
	tcase_add_test(t, bad_headers_are_refused);
	tcase_add_test(t, dead_fields_are_not_followed);
	tcase_add_test(t, wrong_hash_is_found);
	tcase_add_test(t, values_change_in_place);
	tcase_add_test(t, changes_in_new_keys);
	tcase_add_test(t, nothing_is_nothing);
	tcase_add_test(t, changes_stay_in_order);
	tcase_add_test(t, header_is_made_anew);
	tcase_add_loop_test(t, slips_are_seen, 0, LENGTH(slips));
	tcase_add_test(t, survives_short_memory);
	tcase_add_test(t, short_memory_is_no_half_change);
	tcase_add_test(t, large_hives_are_held_twice);
	tcase_add_loop_test(t, real_hives, 0,
			    real_hive_count(0, REAL_HIVE_CHANGE));
	tcase_add_loop_test(t, made_hives, 0, hive_kind_sound_count());
	if (unit_data_count() > 1)
		tcase_add_loop_test(t, more_hives, 0,
				    real_hive_count(1, REAL_HIVE_CHANGE));
	tcase_add_test(t, real_hives_that_are_not_changed);
	tcase_set_timeout(t, 240);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_edit_hive_suite)
