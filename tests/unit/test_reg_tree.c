/*
 * Saved keys: whole or nothing, there and back as bytes, and as .reg text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "registry/reg_tree.h"
#include "tests/tools/hive_maker.h"

#define NUL_NAME "a\xc0\x80z"
#define LONE	 "\xed\xa0\x80"
#define KANJI	 "\xe8\xa1\xa8"

static const uint8_t security[] = { 1, 0, 4, 0x80, 0, 0, 0,  0, 0, 0,
				    0, 0, 0, 0,	   0, 0, 20, 0, 0, 0,
				    2, 0, 8, 0,	   0, 0, 0,  0 };

/* A key with everything that a tree keeps. */
static struct hive_maker_key *make_all(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;

	k = hive_maker_path(root, "Soft\\Key");
	k->time = INT64_C(129298032000000007);
	hive_maker_security(k, security, sizeof(security));
	hive_maker_class(k, "C\0l\0", 4);
	hive_maker_text(k, "zuletzt", REG_TYPE_SZ, "C:\\a \"b\"");
	hive_maker_text(k, "", REG_TYPE_SZ, KANJI);
	hive_maker_value(k, NUL_NAME, REG_TYPE_DWORD, "\1\2\3\4", 4);
	hive_maker_value(k, LONE, 0xffff1234u, "x", 1);
	hive_maker_value(k, "none", REG_TYPE_NONE, "", 0);
	hive_maker_path(k, "Sub\\" NUL_NAME);
	hive_maker_path(k, "Sub\\" LONE KANJI);
	k = hive_maker_path(k, "Link");
	k->flags |= REGF_KEY_SYM_LINK;
	hive_maker_value(k, "SymbolicLinkValue", REG_TYPE_LINK, "\\\0R\0", 4);
	return root;
}

static struct reg_root *open_made(struct hive_maker_key *root)
{
	struct reg_root *r = NULL;
	size_t nbytes = 0;
	uint8_t *hive = hive_maker_write(root, &nbytes);

	hive_maker_free(root);
	ck_assert_int_eq(reg_open_memory(hive, nbytes, NULL, NULL, NULL, &r),
			 0);
	mem_free(hive);
	return r;
}

static int read_tree(struct reg_root *root, const char *path,
		     struct reg_tree **ret)
{
	struct reg_key *key = NULL;
	int err;

	ck_assert_int_eq(reg_open_key(root, path, &key), 0);
	err = reg_tree_read(key, ret);
	reg_close_key(key);
	return err;
}

static struct reg_tree *tree_of(struct hive_maker_key *made, const char *path)
{
	struct reg_root *root = open_made(made);
	struct reg_tree *t = NULL;

	ck_assert_int_eq(read_tree(root, path, &t), 0);
	reg_close(root);
	return t;
}

START_TEST(reads_everything)
{
	struct reg_tree *t = tree_of(make_all(), "Soft\\Key");
	const struct reg_tree *sub;

	ck_assert_str_eq(t->name, "Key");
	ck_assert_int_eq(t->last_write, INT64_C(129298032000000007));
	ck_assert(!t->is_link);
	ck_assert_uint_eq(t->class_nbytes, 4);
	ck_assert_mem_eq(t->class_utf16, "C\0l\0", 4);
	ck_assert_uint_eq(t->security_nbytes, sizeof(security));
	ck_assert_mem_eq(t->security, security, sizeof(security));
	ck_assert_uint_eq(t->value_count, 5);
	ck_assert_str_eq(t->values[0].name, "zuletzt");
	ck_assert_str_eq(t->values[1].name, "");
	ck_assert_uint_eq(t->values[1].nbytes, 4);
	ck_assert_mem_eq(t->values[1].data, "\x68\x88\0\0", 4);
	ck_assert_str_eq(t->values[2].name, NUL_NAME);
	ck_assert_uint_eq(t->values[2].type, REG_TYPE_DWORD);
	ck_assert_mem_eq(t->values[2].data, "\1\2\3\4", 4);
	ck_assert_str_eq(t->values[3].name, LONE);
	ck_assert_uint_eq(t->values[3].type, 0xffff1234u);
	ck_assert_uint_eq(t->values[4].nbytes, 0);
	ck_assert_ptr_null(t->values[4].data);
	ck_assert_uint_eq(t->child_count, 2);
	ck_assert_str_eq(t->children[0]->name, "Link");
	ck_assert(t->children[0]->is_link);
	sub = t->children[1];
	ck_assert_str_eq(sub->name, "Sub");
	ck_assert_uint_eq(sub->class_nbytes, 0);
	ck_assert_ptr_null(sub->class_utf16);
	ck_assert_uint_eq(sub->security_nbytes, 20);
	ck_assert_uint_eq(sub->child_count, 2);
	ck_assert_str_eq(sub->children[0]->name, NUL_NAME);
	ck_assert_str_eq(sub->children[1]->name, LONE KANJI);
	reg_tree_free(t);
	reg_tree_free(NULL);
}

END_TEST

/*
 * Each kind of damage below the key, done to the bytes of a good hive at the
 * record of that signature; the key beside it is still saved.
 */
static const struct {
	const char *what;
	const char *near; /* the key whose record is spoilt */
	uint32_t at;	  /* offset in the record */
	uint32_t value;
	bool is_harmless;
} damages[] = {
	{ "subkey list leads nowhere", "Bad", 28, 0x00ffff00, false },
	{ "more subkeys than listed", "Bad", 20, 5, false },
	{ "value list leads nowhere", "Bad", 40, 0x00ffff00, false },
	{ "more values than listed", "Bad", 36, 50, false },
	{ "security leads nowhere", "Inner", 44, 0x00ffff00, false },
	{ "security is a key", "Inner", 44, 0x20, false },
	{ "class leads nowhere", "Inner", 48, 0x00ffff00, false },
	{ "child of another key", "Inner", 16, 0x20, false },
	{ "child of nothing", "Inner", 16, 0x00ffff00, false },
	{ "longer name than record", "Inner", 72, 0x0002ffff, false },
	{ "no key at all", "Inner", 0, 0x00206e6e, false },
	{ "a time is any number", "Inner", 4, 0xffffffff, true },
	{ "volatile subkeys are no matter", "Bad", 24, 7, true },
};

static struct hive_maker_key *make_bad(struct hive_maker_key **bad,
				       struct hive_maker_key **inner)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");

	hive_maker_path(root, "Good");
	*bad = hive_maker_path(root, "Bad");
	*inner = hive_maker_path(root, "Bad\\Inner");
	hive_maker_class(*inner, "a\0", 2);
	hive_maker_text(*bad, "v", REG_TYPE_SZ, "some text");
	hive_maker_text(*inner, "w", REG_TYPE_SZ, "some text");
	return root;
}

START_TEST(damage_below_is_no_tree)
{
	struct hive_maker_key *bad, *inner, *made = make_bad(&bad, &inner);
	struct reg_root *root = NULL;
	struct reg_tree *t = NULL;
	size_t nbytes = 0;
	uint8_t *hive = hive_maker_write(made, &nbytes), *record;
	int err;

	record = hive + 4096 + 4 +
		 (strcmp(damages[_i].near, "Bad") ? inner : bad)->offset;
	hive_maker_free(made);
	ck_assert_mem_eq(record, "nk", 2);
	bytes_put_le32(record + damages[_i].at, damages[_i].value);
	ck_assert_int_eq(reg_open_memory(hive, nbytes, NULL, NULL, NULL, &root),
			 0);
	/* Twice: a place is told once, but no tree is made of it ever. */
	for (int i = 0; i < 2; i++) {
		err = read_tree(root, "Bad", &t);
		if (damages[_i].is_harmless) {
			ck_assert_int_eq(err, 0);
			reg_tree_free(t);
			t = NULL;
			continue;
		}
		ck_assert_msg(err == ERR_CORRUPT && !t, "%s: %s",
			      damages[_i].what, err_name(err));
	}
	ck_assert_int_eq(read_tree(root, "Good", &t), 0);
	reg_tree_free(t);
	reg_close(root);
	mem_free(hive);
}

END_TEST

/* Data that is cut, in a cell of its own and in segments. */
START_TEST(lost_data_is_no_tree)
{
	static const size_t lengths[] = { 40, 40000 };

	for (size_t i = 0; i < 2; i++) {
		struct hive_maker_key *made = hive_maker_new("ROOT");
		uint8_t *data = hive_maker_need(mem_zalloc(lengths[i])), *hive;
		struct reg_root *root = NULL;
		struct reg_tree *t = NULL;
		size_t nbytes = 0, at;

		hive_maker_value(hive_maker_path(made, "Key"), "v",
				 REG_TYPE_BINARY, data, lengths[i]);
		hive = hive_maker_write(made, &nbytes);
		hive_maker_free(made);
		mem_free(data);
		for (at = 4096; memcmp(hive + at, "vk", 2) != 0; at++)
			;
		bytes_put_le32(hive + at + 4, (uint32_t)lengths[i] + 20000);
		ck_assert_int_eq(
			reg_open_memory(hive, nbytes, NULL, NULL, NULL, &root),
			0);
		ck_assert_int_eq(read_tree(root, "Key", &t), ERR_CORRUPT);
		reg_close(root);
		mem_free(hive);
	}
}

END_TEST

/* A wrong hash hides a key from Windows and costs nothing of it. */
START_TEST(wrong_hash_is_no_loss)
{
	struct hive_maker_key *made = hive_maker_new("ROOT");
	struct reg_root *root = NULL;
	struct reg_tree *t = NULL;
	size_t nbytes = 0, at;
	uint8_t *hive;

	hive_maker_path(made, "Key\\Hidden");
	hive = hive_maker_write(made, &nbytes);
	hive_maker_free(made);
	for (at = 4096; memcmp(hive + at, "lh\1\0", 4) != 0; at++)
		;
	bytes_put_le32(hive + at + 8, 0x12345678);
	ck_assert_int_eq(reg_open_memory(hive, nbytes, NULL, NULL, NULL, &root),
			 0);
	ck_assert_int_eq(read_tree(root, "Key", &t), 0);
	ck_assert_uint_eq(t->child_count, 1);
	reg_tree_free(t);
	reg_close(root);
	mem_free(hive);
}

END_TEST

START_TEST(there_and_back)
{
	struct reg_tree *t = tree_of(make_all(), ""), *back = NULL;
	struct str why = STR_INIT;
	uint8_t *data = NULL, *again = NULL;
	size_t nbytes = 0, n = 0;

	ck_assert_int_eq(reg_tree_encode(t, &data, &nbytes), 0);
	ck_assert_int_eq(reg_tree_decode(data, nbytes, &back), 0);
	ck_assert_msg(!reg_tree_differs(t, back, 0, &why), "%s",
		      str_text(&why));
	ck_assert_int_eq(reg_tree_encode(back, &again, &n), 0);
	ck_assert_uint_eq(n, nbytes);
	ck_assert_mem_eq(again, data, n);
	reg_tree_free(back);
	mem_free(again);
	/* Nothing shorter is a tree, and nothing longer. */
	for (size_t i = 0; i < nbytes; i++) {
		uint8_t *part = hive_maker_need(mem_dup(data, i));

		back = NULL;
		ck_assert_int_eq(reg_tree_decode(part, i, &back), ERR_CORRUPT);
		ck_assert_ptr_null(back);
		mem_free(part);
	}
	again = hive_maker_need(mem_zalloc(nbytes + 1));
	memcpy(again, data, nbytes);
	ck_assert_int_eq(reg_tree_decode(again, nbytes + 1, &back),
			 ERR_CORRUPT);
	mem_free(again);
	mem_free(data);
	reg_tree_free(t);
}

END_TEST

/* The bytes as FORMATS.md has them, written by hand. */
static const uint8_t by_hand[] =
	"mstmpkey\1\0\0\0\2\0\0\0"
	"\1\0\0\0\7\0\0\0\0\0\0\x80\1\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0"
	"Kc\0"
	"\1\0\0\0\4\0\0\0\2\0\0\0vxy"
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0"
	"sec!";

START_TEST(decodes_what_is_documented)
{
	struct reg_tree *t = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;

	ck_assert_int_eq(reg_tree_decode(by_hand, sizeof(by_hand) - 1, &t), 0);
	ck_assert_str_eq(t->name, "K");
	ck_assert(t->is_link);
	ck_assert_int_eq(t->last_write, INT64_MIN + 7);
	ck_assert_uint_eq(t->class_nbytes, 2);
	ck_assert_mem_eq(t->class_utf16, "c\0", 2);
	ck_assert_ptr_null(t->security);
	ck_assert_uint_eq(t->value_count, 1);
	ck_assert_str_eq(t->values[0].name, "v");
	ck_assert_uint_eq(t->values[0].type, 4);
	ck_assert_mem_eq(t->values[0].data, "xy", 2);
	ck_assert_uint_eq(t->child_count, 1);
	ck_assert_str_eq(t->children[0]->name, "");
	ck_assert_mem_eq(t->children[0]->security, "sec!", 4);
	ck_assert_int_eq(reg_tree_encode(t, &data, &nbytes), 0);
	ck_assert_uint_eq(nbytes, sizeof(by_hand) - 1);
	ck_assert_mem_eq(data, by_hand, nbytes);
	mem_free(data);
	reg_tree_free(t);
}

END_TEST

static const struct {
	const char *what;
	size_t at;
	const char *bytes;
	size_t nbytes;
	int err;
} lies[] = {
	{ "magic", 0, "M", 1, ERR_CORRUPT },
	{ "version", 8, "\2", 1, ERR_UNSUPPORTED },
	{ "no keys", 12, "\0", 1, ERR_CORRUPT },
	{ "fewer keys", 12, "\1", 1, ERR_CORRUPT },
	{ "more keys", 12, "\3", 1, ERR_CORRUPT },
	{ "too many keys", 12, "\xa1\x86\1", 3, ERR_CORRUPT },
	{ "unknown flag", 16, "\2", 1, ERR_CORRUPT },
	{ "long name", 28, "\xff\xff\xff\xff", 4, ERR_CORRUPT },
	{ "long class", 32, "\xff\xff\xff\x7f", 4, ERR_CORRUPT },
	{ "long security", 36, "\xff\xff\xff\xff", 4, ERR_CORRUPT },
	{ "many values", 40, "\xff\xff\xff\xff", 4, ERR_CORRUPT },
	{ "many subkeys", 44, "\xff\xff\xff\xff", 4, ERR_CORRUPT },
	{ "NUL in a name", 48, "\0", 1, ERR_CORRUPT },
	{ "no UTF-8", 48, "\xff", 1, ERR_CORRUPT },
	{ "value: long name", 51, "\xff\xff\xff\xff", 4, ERR_CORRUPT },
	{ "value: long data", 59, "\xff\xff\xff\xff", 4, ERR_CORRUPT },
	{ "value: bad name", 63, "\x80", 1, ERR_CORRUPT },
};

START_TEST(lies_are_seen)
{
	uint8_t data[sizeof(by_hand) - 1];
	struct reg_tree *t = NULL;
	int err;

	memcpy(data, by_hand, sizeof(data));
	memcpy(data + lies[_i].at, lies[_i].bytes, lies[_i].nbytes);
	err = reg_tree_decode(data, sizeof(data), &t);
	ck_assert_msg(err == lies[_i].err && !t, "%s: %s", lies[_i].what,
		      err_name(err));
}

END_TEST

/* A name has one spelling, or two saved keys could be one. */
START_TEST(names_have_one_spelling)
{
	static const struct {
		const char *name;
		int err;
	} names[] = {
		{ NUL_NAME, 0 },
		{ LONE "x", 0 },
		{ "\xed\xb0\x80\xed\xa0\x80", 0 }, /* low, high: two lone */
		{ "\xf0\x9f\x98\x80", 0 },
		{ "\xed\xa0\xbd\xed\xb8\x80", ERR_CORRUPT }, /* the same */
		{ "\xc1\x81", ERR_CORRUPT },
		{ "\xe0\x81\x81", ERR_CORRUPT },
		{ "\xe8\xa1", ERR_CORRUPT },
		{ "\xf5\x80\x80\x80", ERR_CORRUPT },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct reg_tree t = { .name = (char *)names[i].name };
		struct reg_tree *back = NULL;
		uint8_t *data = NULL;
		size_t nbytes = 0;

		ck_assert_int_eq(reg_tree_encode(&t, &data, &nbytes), 0);
		ck_assert_msg(reg_tree_decode(data, nbytes, &back) ==
				      names[i].err,
			      "%u", (unsigned)i);
		reg_tree_free(back);
		mem_free(data);
	}
}

END_TEST

/* 512 levels below the first are a tree, one more is none. */
START_TEST(depth_is_bounded)
{
	struct reg_tree t[514], *next[514], *back = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;

	memset(t, 0, sizeof(t));
	for (size_t i = 0; i < 514; i++) {
		t[i].name = (char *)"k";
		next[i] = &t[i] + 1;
		t[i].children = &next[i];
		t[i].child_count = 1;
	}
	t[512].child_count = 0;
	ck_assert_int_eq(reg_tree_encode(t, &data, &nbytes), 0);
	ck_assert_int_eq(reg_tree_decode(data, nbytes, &back), 0);
	reg_tree_free(back);
	mem_free(data);
	back = NULL;
	t[512].child_count = 1;
	t[513].child_count = 0;
	ck_assert_int_eq(reg_tree_encode(t, &data, &nbytes), 0);
	ck_assert_int_eq(reg_tree_decode(data, nbytes, &back), ERR_CORRUPT);
	mem_free(data);
}

END_TEST

/* What each change is called, and what may be left out. */
START_TEST(differences_are_named)
{
	static const struct {
		const char *want;
		unsigned without;
	} rows[] = {
		{ "the key \"\" has another name", 0 },
		{ "the key \"\" is a link in one of them only", 0 },
		{ "the key \"\" has another class", 0 },
		{ "the key \"\" has other security", REG_TREE_NO_SECURITY },
		{ "the key \"\" was last written at another time",
		  REG_TREE_NO_TIMES },
		{ "the value \"zuletzt\" of the key \"\" has another type", 0 },
		{ "the value \"zuletzt\" of the key \"\" has other data", 0 },
		{ "the value \"zuletzt\" of the key \"\" is not the same one",
		  REG_TREE_NO_ORDER },
		{ "the key \"\" has another number of values", 0 },
		{ "the key \"Link\" has another name", REG_TREE_NO_ORDER },
		{ "the key \"Sub\\a\\u{0}z\" has another number of subkeys",
		  0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reg_tree *a = tree_of(make_all(), "Soft\\Key");
		struct reg_tree *b = tree_of(make_all(), "Soft\\Key"), *c;
		struct reg_tree_value v;
		struct str why = STR_INIT;

		switch (i) {
		case 0:
			b->name[0] = 'k';
			break;
		case 1:
			b->is_link = true;
			break;
		case 2:
			b->class_nbytes = 2;
			break;
		case 3:
			b->security[4]++;
			break;
		case 4:
			b->last_write++;
			break;
		case 5:
			b->values[0].type++;
			break;
		case 6:
			b->values[0].data[3]++;
			break;
		case 7:
			v = b->values[0];
			b->values[0] = b->values[4];
			b->values[4] = v;
			break;
		case 8:
			mem_free(b->values[--b->value_count].name);
			break;
		case 9:
			c = b->children[0];
			b->children[0] = b->children[1];
			b->children[1] = c;
			break;
		default:
			c = b->children[1]->children[0];
			c->children = hive_maker_need(
				mem_array(1, sizeof(*c->children)));
			c->children[0] =
				hive_maker_need(mem_zalloc(sizeof(*c)));
			c->child_count = 1;
		}
		ck_assert_msg(reg_tree_differs(a, b, 0, &why), "%u",
			      (unsigned)i);
		ck_assert_str_eq(str_text(&why), rows[i].want);
		ck_assert(reg_tree_differs(a, b, 0, NULL));
		if (rows[i].without)
			ck_assert(
				!reg_tree_differs(a, b, rows[i].without, NULL));
		else
			ck_assert(reg_tree_differs(a, b, 7, NULL));
		str_release(&why);
		reg_tree_free(a);
		reg_tree_free(b);
	}
}

END_TEST

/* ---- .reg --------------------------------------------------------------- */

#define HEAD "Windows Registry Editor Version 5.00\n\n[HKEY_X\\K]\n"

static const struct {
	const char *name;
	uint32_t type;
	const char *data;
	size_t nbytes;
	const char *want;
} reg_values[] = {
	{ "n", 1, "a\0\0\0", 4, "\"n\"=\"a\"" },
	{ "", 1, "a\0\0\0", 4, "@=\"a\"" },
	{ "n", 1, "\0\0", 2, "\"n\"=\"\"" },
	{ "n", 1, "", 0, "\"n\"=hex(1):" },
	{ "n", 1, "a\0", 2, "\"n\"=hex(1):61,00" },
	{ "n", 1, "a\0\0", 3, "\"n\"=hex(1):61,00,00" },
	{ "n", 1, "a\0\0\0\0\0", 6, "\"n\"=hex(1):61,00,00,00,00,00" },
	{ "n", 1, "C\0:\0\\\0\"\0\0\0", 10, "\"n\"=\"C:\\\\\\\"\"" },
	{ "a\\\"b", 1, "a\0\0\0", 4, "\"a\\\\\\\"b\"=\"a\"" },
	{ "n", 1, "\x68\x88\0\0", 4, "\"n\"=\"" KANJI "\"" },
	{ KANJI, 1, "\x3d\xd8\x00\xde\0\0", 6,
	  "\"" KANJI "\"=\"\xf0\x9f\x98\x80\"" },
	{ "n", 1, "\n\0\0\0", 4, "\"n\"=hex(1):0a,00,00,00" },
	{ "n", 1, "\t\0\0\0", 4, "\"n\"=hex(1):09,00,00,00" },
	{ "n", 1, "\x7f\0\0\0", 4, "\"n\"=hex(1):7f,00,00,00" },
	{ "n", 1, "\0\xd8\0\0", 4, "\"n\"=hex(1):00,d8,00,00" },
	{ "n", 1, "\x2e\x20\0\0", 4, "\"n\"=hex(1):2e,20,00,00" },
	{ "n", 1, "\xff\xfe\0\0", 4, "\"n\"=hex(1):ff,fe,00,00" },
	{ "n", 4, "\x2a\0\0\x80", 4, "\"n\"=dword:8000002a" },
	{ "n", 4, "\x2a\0\0", 3, "\"n\"=hex(4):2a,00,00" },
	{ "n", 4, "\x2a\0\0\0\0", 5, "\"n\"=hex(4):2a,00,00,00,00" },
	{ "n", 3, "\xde\xad", 2, "\"n\"=hex:de,ad" },
	{ "n", 3, "", 0, "\"n\"=hex:" },
	{ "n", 0, "a", 1, "\"n\"=hex(0):61" },
	{ "n", 2, "%\0\0\0", 4, "\"n\"=hex(2):25,00,00,00" },
	{ "n", 7, "a\0\0\0\0\0", 6, "\"n\"=hex(7):61,00,00,00,00,00" },
	{ "n", 11, "\1\0\0\0\0\0\0\0", 8,
	  "\"n\"=hex(b):01,00,00,00,00,00,00,00" },
	{ "n", 5, "\0\0\0\1", 4, "\"n\"=hex(5):00,00,00,01" },
	{ "n", 0xffff0012u, "o", 1, "\"n\"=hex(ffff0012):6f" },
	{ NUL_NAME, 1, "a\0\0\0", 4, "; \"a\\u{0}z\"=\"a\"" },
	{ LONE, 3, "a", 1, "; \"\\u{D800}\"=hex:61" },
	{ "a\nb", 4, "\1\0\0\0", 4, "; \"a\\u{A}b\"=dword:00000001" },
	/* As regedit breaks them: behind column 76, then 25 to a line. */
	{ "name", 3, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", 52,
	  "\"name\"=hex:61,62,63,64,65,66,67,68,69,6a,6b,6c,6d,6e,6f,70,71,72,"
	  "73,74,75,76,\\\n"
	  "  77,78,79,7a,61,62,63,64,65,66,67,68,69,6a,6b,6c,6d,6e,6f,70,71,"
	  "72,73,74,75,\\\n"
	  "  76,77,78,79,7a" },
	/* No break behind the last byte. */
	{ "name", 3, "abcdefghijklmnopqrstuvw", 22,
	  "\"name\"=hex:61,62,63,64,65,66,67,68,69,6a,6b,6c,6d,6e,6f,70,71,72,"
	  "73,74,75,76" },
	/* Each line of a comment is one. */
	{ "a\1", 3, "abcdefghijklmnopqrstuvwxyz", 26,
	  "; \"a\\u{1}\"=hex:61,62,63,64,65,66,67,68,69,6a,6b,6c,6d,6e,6f,70,"
	  "71,72,73,74,75,\\\n"
	  ";   76,77,78,79,7a" },
};

/* What changes the digest of "Soft\\Key", and what does not. */
START_TEST(digest_is_of_all_that_counts)
{
	for (int i = 0; i < 12; i++) {
		struct reg_tree *a = tree_of(make_all(), "Soft\\Key");
		struct reg_tree *b = tree_of(make_all(), "Soft\\Key"), *c;
		struct reg_tree_value v;
		char was[65], now[65];
		bool counts = true;

		switch (i) {
		case 0:
			b->name[0] = 'k';
			break;
		case 1:
			b->is_link = true;
			break;
		case 2:
			b->class_nbytes = 2;
			break;
		case 3:
			b->values[0].type++;
			break;
		case 4:
			b->values[0].data[3]++;
			break;
		case 5:
			b->values[0].name[0]++;
			break;
		case 6:
			b->values[0].nbytes--;
			break;
		case 7:
			mem_free(b->values[--b->value_count].name);
			mem_free(b->values[b->value_count].data);
			break;
		case 8:
			b->children[0]->name[0]++;
			break;
		case 9: /* the order */
			counts = false;
			v = b->values[0];
			b->values[0] = b->values[4];
			b->values[4] = v;
			c = b->children[0];
			b->children[0] = b->children[1];
			b->children[1] = c;
			break;
		case 10:
			counts = false;
			b->security[4]++;
			break;
		default:
			counts = false;
			b->last_write++;
		}
		ck_assert_int_eq(reg_tree_digest(a, was), 0);
		ck_assert_int_eq(reg_tree_digest(b, now), 0);
		ck_assert_uint_eq(strlen(now), 64);
		ck_assert_msg((strcmp(was, now) != 0) == counts, "%d", i);
		reg_tree_free(a);
		reg_tree_free(b);
	}
}

END_TEST

START_TEST(values_as_text)
{
	struct reg_tree_value v = {
		(char *)reg_values[_i].name, reg_values[_i].type,
		hive_maker_need(
			mem_dup(reg_values[_i].data, reg_values[_i].nbytes)),
		reg_values[_i].nbytes
	};
	struct str out = STR_INIT, want = STR_INIT;

	ck_assert_int_eq(reg_value_to_reg(&v, "HKEY_X\\K", &out), 0);
	str_addf(&want, "%s%s\n\n", HEAD, reg_values[_i].want);
	ck_assert_str_eq(str_text(&out), str_text(&want));
	str_release(&out);
	str_release(&want);
	mem_free(v.data);
}

END_TEST

START_TEST(tree_as_text)
{
	static const char want[] =
		"Windows Registry Editor Version 5.00\n"
		"\n"
		"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Key]\n"
		"; class: 43,00,6c,00\n"
		"; security: 01,00,04,80,00,00,00,00,00,00,00,00,00,00,00,00,"
		"14,00,00,00,02,00,\\\n"
		";   08,00,00,00,00,00\n"
		"\"zuletzt\"=\"C:\\\\a \\\"b\\\"\"\n"
		"@=\"" KANJI "\"\n"
		"; \"a\\u{0}z\"=dword:04030201\n"
		"; \"\\u{D800}\"=hex(ffff1234):78\n"
		"\"none\"=hex(0):\n"
		"\n"
		"; [HKEY_LOCAL_MACHINE\\SOFTWARE\\Key\\Link]\n"
		"; this key is a link\n"
		"; security: 01,00,00,80,00,00,00,00,00,00,00,00,00,00,00,00,"
		"00,00,00,00\n"
		"; \"SymbolicLinkValue\"=hex(6):5c,00,52,00\n"
		"\n"
		"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Key\\Sub]\n"
		"; security: 01,00,00,80,00,00,00,00,00,00,00,00,00,00,00,00,"
		"00,00,00,00\n"
		"\n"
		"; [HKEY_LOCAL_MACHINE\\SOFTWARE\\Key\\Sub\\a\\u{0}z]\n"
		"; security: 01,00,00,80,00,00,00,00,00,00,00,00,00,00,00,00,"
		"00,00,00,00\n"
		"\n"
		"; [HKEY_LOCAL_MACHINE\\SOFTWARE\\Key\\Sub\\\\u{D800}" KANJI
		"]\n"
		"; security: 01,00,00,80,00,00,00,00,00,00,00,00,00,00,00,00,"
		"00,00,00,00\n"
		"\n";
	struct reg_tree *t = tree_of(make_all(), "Soft\\Key");
	struct str out = STR_INIT;

	ck_assert_int_eq(
		reg_tree_to_reg(t, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Key", &out),
		0);
	ck_assert_str_eq(str_text(&out), want);
	str_release(&out);
	reg_tree_free(t);
}

END_TEST

/* A name cannot break out of its line, nor pretend to be a path. */
START_TEST(no_name_writes_lines_of_its_own)
{
	struct hive_maker_key *made = hive_maker_new("ROOT");
	struct reg_tree *t;
	struct str out = STR_INIT;
	const char *line;

	hive_maker_child(hive_maker_path(made, "Key"),
			 "x]\n[HKEY_CURRENT_USER\\evil");
	hive_maker_child(hive_maker_path(made, "Key"), "up\\..");
	t = tree_of(made, "Key");
	ck_assert_int_eq(reg_tree_to_reg(t, "HKEY_X\\Key", &out), 0);
	for (line = str_text(&out); line; line = strchr(line, '\n')) {
		line += *line == '\n';
		ck_assert(!*line || *line == '\n' || *line == ';' ||
			  line == str_text(&out) ||
			  !strncmp(line, "[HKEY_X\\Key]\n", 13));
	}
	str_release(&out);
	reg_tree_free(t);
}

END_TEST

START_TEST(survives_short_memory)
{
	struct reg_root *root = open_made(make_all());
	struct reg_tree *t = NULL, *back = NULL;
	struct reg_key *key = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	struct str out = STR_INIT, want = STR_INIT;
	int64_t n;
	int err = ERR_NOMEM;

	ck_assert_int_eq(reg_open_key(root, "Soft\\Key", &key), 0);
	for (n = 1; err; n++) {
		mem_fail_after(n);
		err = reg_tree_read(key, &t);
		mem_fail_after(0);
		ck_assert_msg(!err || err == ERR_NOMEM, "%s", err_name(err));
	}
	ck_assert_int_gt(n, 20);
	for (err = ERR_NOMEM, n = 1; err; n++) {
		mem_fail_after(n);
		err = reg_tree_encode(t, &data, &nbytes);
		mem_fail_after(0);
	}
	for (err = ERR_NOMEM, n = 1; err; n++) {
		mem_fail_after(n);
		err = reg_tree_decode(data, nbytes, &back);
		mem_fail_after(0);
		ck_assert_msg(!err || err == ERR_NOMEM, "%s", err_name(err));
	}
	/* Short of memory, two trees are never called the same. */
	for (n = 1; n < 30; n++) {
		bool differ;

		back->children[1]->children[1]->last_write = 1;
		mem_fail_after(n);
		differ = reg_tree_differs(t, back, REG_TREE_NO_ORDER, NULL);
		mem_fail_after(0);
		ck_assert(differ);
	}
	for (err = ERR_NOMEM, n = 1; err; n++) {
		str_release(&out);
		mem_fail_after(n);
		err = reg_tree_to_reg(t, "HKEY_X\\Key", &out);
		mem_fail_after(0);
	}
	ck_assert_int_gt(n, 3);
	ck_assert_int_eq(reg_tree_to_reg(t, "HKEY_X\\Key", &want), 0);
	ck_assert_str_eq(str_text(&out), str_text(&want));
	str_release(&out);
	str_release(&want);
	mem_free(data);
	reg_tree_free(t);
	reg_tree_free(back);
	reg_close_key(key);
	reg_close(root);
}

END_TEST

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static Suite *reg_tree_suite(void)
{
	Suite *s = suite_create("reg_tree");
	TCase *t = tcase_create("tree");

	tcase_add_test(t, reads_everything);
	tcase_add_loop_test(t, damage_below_is_no_tree, 0, LENGTH(damages));
	tcase_add_test(t, lost_data_is_no_tree);
	tcase_add_test(t, wrong_hash_is_no_loss);
	tcase_add_test(t, there_and_back);
	tcase_add_test(t, decodes_what_is_documented);
	tcase_add_loop_test(t, lies_are_seen, 0, LENGTH(lies));
	tcase_add_test(t, names_have_one_spelling);
	tcase_add_test(t, depth_is_bounded);
	tcase_add_test(t, differences_are_named);
	tcase_add_test(t, digest_is_of_all_that_counts);
	tcase_add_loop_test(t, values_as_text, 0, LENGTH(reg_values));
	tcase_add_test(t, tree_as_text);
	tcase_add_test(t, no_name_writes_lines_of_its_own);
	tcase_add_test(t, survives_short_memory);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_tree_suite)
