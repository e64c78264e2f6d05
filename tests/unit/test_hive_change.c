/*
 * Two images of a hive held against each other: each part of a key, a value
 * or the header that differs without having been changed is seen.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "registry/hive_change.h"
#include "registry/hive_edit.h"
#include "tests/tools/hive_maker.h"

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define BINS	  4096u

static const uint8_t security[2][28] = {
	{ 1, 0, 4,  0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	  0, 0, 20, 0,	  0, 0, 2, 0, 8, 0, 0, 0, 0, 0 },
	{ 1, 0, 4,  0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	  0, 0, 20, 0,	  0, 0, 4, 0, 8, 0, 0, 0, 0, 0 },
};

/* ---- two images -------------------------------------------------- */

struct side {
	uint8_t *data;
	size_t nbytes;
	struct hive_image img;
	struct reg_root *base;
	struct regf *regf;
};

static struct side old, now;

/* The same bytes whenever it is asked. */
static uint8_t *make(size_t *nbytes_ret)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
	static uint8_t big[20000];
	uint8_t *data;

	k = hive_maker_path(root, "A");
	hive_maker_class(k, "C\0l\0a\0", 6);
	hive_maker_security(k, security[0], sizeof(security[0]));
	hive_maker_text(k, "", REG_TYPE_SZ, "text in a cell");
	hive_maker_value(k, "small", REG_TYPE_DWORD, "\1\2\3\4", 4);
	hive_maker_value(k, "big", REG_TYPE_BINARY, big, sizeof(big));
	hive_maker_text(hive_maker_path(root, "A\\Sub"), "v", REG_TYPE_SZ, "x");
	k = hive_maker_path(root, "B");
	hive_maker_security(k, security[1], sizeof(security[1]));
	hive_maker_path(root, "C");
	data = hive_maker_write(root, nbytes_ret);
	hive_maker_free(root);
	return data;
}

static void open_side(struct side *s)
{
	struct reg_hive_report report = { .nbytes = 0 };

	hive_image_init_memory(&s->img, s->data, s->nbytes);
	ck_assert_msg(!hive_root_new(&s->img, NULL, NULL, &report, &s->base),
		      "%s", err_last()->text);
	s->regf = &((struct hive_root *)s->base)->regf;
}

static void setup(void)
{
	old.data = make(&old.nbytes);
	now.data = make(&now.nbytes);
	open_side(&old);
	open_side(&now);
}

static void teardown(void)
{
	reg_close(old.base);
	reg_close(now.base);
}

static int check(const struct vec *changes)
{
	const struct vec none = VEC_INIT(struct hive_change, 1);

	old.regf->work = 0;
	now.regf->work = 0;
	return hive_change_check(old.regf, (struct hive_root *)now.base,
				 changes ? changes : &none);
}

/* ---- places in the new one --------------------------------------- */

static struct regf_key key_at(const char *name)
{
	struct regf_key root, key;
	unsigned bad = 0;

	ck_assert(regf_key_read(now.regf, now.regf->root, &root));
	if (!*name)
		return root;
	ck_assert_int_eq(regf_find_subkey(now.regf, &root, name, strlen(name),
					  &key, &bad),
			 0);
	return key;
}

static uint8_t *cell(uint32_t offset)
{
	return now.data + BINS + 4 + offset;
}

static uint8_t *value_record(const struct regf_key *k, unsigned nth)
{
	ck_assert_uint_lt(nth, k->value_count);
	return cell(bytes_le32(cell(k->value_list) + 4 * nth));
}

enum part {
	KEY,
	CLASS,
	SECURITY,
	VALUE, /* its record: 0 text, 1 small, 2 big */
	DATA,
	SEGMENT, /* of big */
	LIST,	 /* of subkeys */
	HEADER
};

static uint8_t *part_of(enum part part, const char *name, unsigned nth)
{
	struct regf_key k = key_at(name);

	switch (part) {
	case KEY:
		return cell(k.offset);
	case CLASS:
		return cell(k.class_name);
	case SECURITY:
		return cell(k.security) + 20;
	case VALUE:
		return value_record(&k, nth);
	case DATA:
		return cell(bytes_le32(value_record(&k, nth) + 8));
	case SEGMENT:
		return cell(bytes_le32(
			cell(bytes_le32(
				cell(bytes_le32(value_record(&k, 2) + 8)) +
				4)) +
			4 * nth));
	case LIST:
		return cell(k.subkey_list);
	default:
		return now.data;
	}
}

static const struct {
	const char *what;
	enum part part;
	const char *name;
	unsigned nth, at;
} rows[] = {
	{ "flags of a key", KEY, "A", 0, 2 },
	{ "time", KEY, "A", 0, 4 },
	{ "end of the time", KEY, "A", 0, 11 },
	{ "access bits", KEY, "A", 0, 12 },
	{ "parent", KEY, "A", 0, 16 },
	{ "volatile subkeys", KEY, "A", 0, 24 },
	{ "list of volatile subkeys", KEY, "A", 0, 32 },
	{ "what nobody uses", KEY, "A", 0, 68 },
	{ "name", KEY, "A", 0, 76 },
	{ "name of the root", KEY, "", 0, 76 },
	{ "time of a key below", KEY, "C", 0, 4 },
	{ "number of values", KEY, "A", 0, 36 },
	{ "number of subkeys", KEY, "A", 0, 20 },
	{ "class", CLASS, "A", 0, 0 },
	{ "end of the class", CLASS, "A", 0, 5 },
	{ "length of the class", KEY, "A", 0, 74 },
	{ "security of one key", SECURITY, "A", 0, 20 },
	{ "security of another", SECURITY, "B", 0, 0 },
	{ "security of most", SECURITY, "C", 0, 0 },
	{ "type of a value", VALUE, "A", 0, 12 },
	{ "type of a small one", VALUE, "A", 1, 12 },
	{ "name of a value", VALUE, "A", 1, 20 },
	{ "form of the name", VALUE, "A", 1, 16 },
	{ "length of a name", VALUE, "A", 1, 2 },
	{ "length of a text", VALUE, "A", 0, 4 },
	{ "a small value", VALUE, "A", 1, 8 },
	{ "the end of a small value", VALUE, "A", 1, 11 },
	{ "a text", DATA, "A", 0, 0 },
	{ "the end of a text", DATA, "A", 0, 27 },
	{ "a large value", SEGMENT, "", 0, 0 },
	{ "the end of its first part", SEGMENT, "", 0, 16343 },
	{ "its second part", SEGMENT, "", 1, 0 },
	{ "number of list entries", LIST, "", 0, 2 },
	{ "signature", HEADER, "", 0, 0 },
	{ "time of the hive", HEADER, "", 0, 12 },
	{ "version", HEADER, "", 0, 24 },
	{ "name of the hive", HEADER, "", 0, 48 },
	{ "what lies before the checksum", HEADER, "", 0, 507 },
	{ "what lies behind it", HEADER, "", 0, 512 },
	{ "the end of the header", HEADER, "", 0, 4095 },
};

/* The large value is A's; its way begins there. */
START_TEST(every_part_counts)
{
	const char *name = rows[_i].part == SEGMENT ? "A" : rows[_i].name;
	uint8_t *p = part_of(rows[_i].part, name, rows[_i].nth) + rows[_i].at;

	ck_assert_msg(!check(NULL), "%s", err_last()->text);
	*p ^= 1;
	ck_assert_msg(check(NULL) == ERR_CORRUPT, "%s", rows[_i].what);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "changed hive"));
	*p ^= 1;
	ck_assert_int_eq(check(NULL), 0);
}

END_TEST

/* Two of the same size exchange their places. */
static void swap_bytes(uint8_t *a, uint8_t *b, size_t nbytes)
{
	uint8_t was[8];

	ck_assert_uint_le(nbytes, sizeof(was));
	memcpy(was, a, nbytes);
	memcpy(a, b, nbytes);
	memcpy(b, was, nbytes);
}

START_TEST(order_counts)
{
	struct regf_key a = key_at("A"), b = key_at("B");
	uint8_t *values = cell(a.value_list), *keys = part_of(LIST, "", 0) + 4;
	uint8_t *security_a = cell(a.offset) + 44;

	swap_bytes(values, values + 4, 4);
	ck_assert_int_eq(check(NULL), ERR_CORRUPT);
	swap_bytes(values, values + 4, 4);
	swap_bytes(keys, keys + 8, 8);
	ck_assert_int_eq(check(NULL), ERR_CORRUPT);
	swap_bytes(keys, keys + 8, 8);
	/* A key that has got its neighbour's descriptor. */
	memcpy(security_a, cell(b.offset) + 44, 4);
	ck_assert_int_eq(check(NULL), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "other security"));
	memcpy(security_a, old.data + (security_a - now.data), 4);
	ck_assert_int_eq(check(NULL), 0);
}

END_TEST

/* One more than there was, and one less: the list ends earlier. */
START_TEST(no_key_may_be_missing)
{
	struct regf_key root = key_at("");
	uint8_t *count = cell(root.offset) + 20, *list = part_of(LIST, "", 0);

	bytes_put_le32(count, 2);
	bytes_put_le16(list + 2, 2);
	ck_assert_int_eq(check(NULL), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "lacks a subkey"));
}

END_TEST

/* ---- changes that were not made as they are told ------------------------- */

/* The new image is the old one; the change is only claimed. */
static void claim(enum hive_change_kind kind, const char *name,
		  const char *value, uint32_t type, const void *data,
		  size_t nbytes, int want)
{
	struct vec changes = VEC_INIT(struct hive_change, 1);
	struct hive_change *h = vec_push(&changes);

	memset(h, 0, sizeof(*h));
	h->kind = kind;
	h->offset = key_at(name).offset;
	if (value)
		h->value.name = mem_strdup(value);
	h->value.type = type;
	h->value.data = nbytes ? mem_dup(data, nbytes) : NULL;
	h->value.nbytes = nbytes;
	ck_assert_int_eq(check(&changes), want);
	hive_change_release(h);
	vec_release(&changes);
}

START_TEST(what_is_told_must_be_there)
{
	static const uint8_t as_is[] = { 1, 2, 3, 4 }, other[] = { 1, 2, 3, 5 };

	claim(HIVE_KEY_GONE, "B", NULL, 0, NULL, 0, ERR_CORRUPT);
	claim(HIVE_VALUE_GONE, "A", "small", 0, NULL, 0, ERR_CORRUPT);
	claim(HIVE_VALUE_GONE, "A", "not there", 0, NULL, 0, 0);
	claim(HIVE_VALUE_SET, "A", "small", REG_TYPE_DWORD, as_is, 4, 0);
	claim(HIVE_VALUE_SET, "A", "small", REG_TYPE_DWORD, other, 4,
	      ERR_CORRUPT);
	claim(HIVE_VALUE_SET, "A", "small", REG_TYPE_BINARY, as_is, 4,
	      ERR_CORRUPT);
	claim(HIVE_VALUE_SET, "A", "small", REG_TYPE_DWORD, as_is, 3,
	      ERR_CORRUPT);
	claim(HIVE_VALUE_SET, "A", "SMALL", REG_TYPE_DWORD, as_is, 4,
	      ERR_CORRUPT);
	claim(HIVE_VALUE_SET, "A", "more", REG_TYPE_DWORD, as_is, 4,
	      ERR_CORRUPT);
	claim(HIVE_VALUE_SET, "C", "small", REG_TYPE_DWORD, as_is, 4,
	      ERR_CORRUPT);
}

END_TEST

/* A change of one value leaves the key's others under the same eye. */
START_TEST(other_values_count_beside_a_change)
{
	struct vec changes = VEC_INIT(struct hive_change, 1);
	struct hive_change *h = vec_push(&changes);
	uint8_t *p;

	memset(h, 0, sizeof(*h));
	h->kind = HIVE_VALUE_SET;
	h->offset = key_at("A").offset;
	h->value.name = mem_strdup("small");
	h->value.type = REG_TYPE_DWORD;
	h->value.data = mem_dup("\1\2\3\4", 4);
	h->value.nbytes = 4;
	ck_assert_int_eq(check(&changes), 0);
	p = part_of(DATA, "A", 0);
	*p ^= 1;
	ck_assert_int_eq(check(&changes), ERR_CORRUPT);
	*p ^= 1;
	p = part_of(SEGMENT, "A", 1);
	*p ^= 1;
	ck_assert_int_eq(check(&changes), ERR_CORRUPT);
	hive_change_release(h);
	vec_release(&changes);
}

END_TEST

static Suite *hive_change_suite(void)
{
	Suite *s = suite_create("hive_change");
	TCase *tc = tcase_create("hive_change");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, every_part_counts, 0, LENGTH(rows));
	tcase_add_test(tc, order_counts);
	tcase_add_test(tc, no_key_may_be_missing);
	tcase_add_test(tc, what_is_told_must_be_there);
	tcase_add_test(tc, other_values_count_beside_a_change);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(hive_change_suite)
