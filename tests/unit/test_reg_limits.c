/*
 * What the running registry takes: names, links, descriptors.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "registry/reg_backend.h"
#include "registry/reg_limits.h"

#include <string.h>

/* ---- descriptors --------------------------------------------------------- */

/*
 * Owner and group S-1-5-18; a list with one entry that allows S-1-5-18
 * everything.  Written down by MS-DTYP 2.4.6, 2.4.5, 2.4.4.2, 2.4.2.2.
 */
static const uint8_t sound[] = { 1, 0, 0x04, 0x80, 20, 0, 0, 0, 32, 0, 0, 0, 0,
				 0, 0, 0, 44, 0, 0, 0,
				 /* 20: owner */
				 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
				 /* 32: group */
				 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
				 /* 44: list of 28 bytes, one entry of 20 */
				 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0x3f, 0,
				 0x0f, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };

START_TEST(takes_sound_security)
{
	uint8_t copy[sizeof(sound)];

	ck_assert(reg_limits_security(sound, sizeof(sound)));
	/* No owner, no group, a list that is "none": for everybody. */
	memcpy(copy, sound, sizeof(copy));
	bytes_put_le32(copy + 4, 0);
	bytes_put_le32(copy + 8, 0);
	bytes_put_le32(copy + 16, 0);
	ck_assert(reg_limits_security(copy, 20));
}

END_TEST

START_TEST(refuses_security_that_is_cut)
{
	/* In a block of its own, so that the sanitizer sees a step too far. */
	for (size_t n = 0; n < sizeof(sound); n++) {
		uint8_t *cut = mem_dup(sound, n ? n : 1);

		ck_assert_ptr_nonnull(cut);
		ck_assert_msg(!reg_limits_security(cut, n), "%u bytes",
			      (unsigned)n);
		mem_free(cut);
	}
}

END_TEST

START_TEST(refuses_security_that_points_outside)
{
	static const struct {
		size_t at;
		uint32_t value;
		unsigned nbytes;
	} rows[] = {
		{ 0, 2, 1 },	       /* revision */
		{ 2, 0x0004, 2 },      /* not self-relative */
		{ 4, 64, 4 },	       /* owner at the end */
		{ 4, 0xfffffff0u, 4 }, /* owner far outside */
		{ 8, 0x7fffffffu, 4 }, { 16, 71, 4 }, { 16, 0xffffffffu, 4 },
		{ 21, 16, 1 }, /* too many parts of a SID */
		{ 21, 15, 1 }, /* more than there is */
		{ 20, 0, 1 },  /* revision of a SID */
		{ 46, 29, 2 }, /* length of the list: odd */
		{ 46, 32, 2 }, /* more than there is */
		{ 46, 4, 2 },  /* less than its head */
		{ 48, 2, 2 },  /* entries that are not there */
		{ 54, 24, 2 }, /* length of the entry */
		{ 54, 0, 2 },  /* would never end */
		{ 54, 18, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *bad = mem_dup(sound, sizeof(sound));

		ck_assert_ptr_nonnull(bad);
		for (unsigned k = 0; k < rows[i].nbytes; k++)
			bad[rows[i].at + k] =
				(uint8_t)(rows[i].value >> (8 * k));
		ck_assert_msg(!reg_limits_security(bad, sizeof(sound)),
			      "row %u", (unsigned)i);
		mem_free(bad);
	}
}

END_TEST

/* ---- keys and values --------------------------------------------- */

static char long_name[16385];

static const char *name_of(size_t n)
{
	memset(long_name, 'n', n);
	long_name[n] = '\0';
	return long_name;
}

START_TEST(knows_the_longest_names)
{
	struct reg_tree_value v = { .name = long_name };
	struct reg_tree key = { .name = long_name };

	name_of(255);
	ck_assert_int_eq(reg_limits_tree(&key, 1), 0);
	name_of(256);
	ck_assert_int_eq(reg_limits_tree(&key, 1), ERR_UNSUPPORTED);
	name_of(16383);
	ck_assert_int_eq(reg_limits_value(&v), 0);
	name_of(16384);
	ck_assert_int_eq(reg_limits_value(&v), ERR_UNSUPPORTED);
}

END_TEST

static char name_a[] = "a";
static char name_nul[] = "a\xc0\x80"
			 "b";
static char name_none[] = "";
static char name_path[] = "a\\b";
static char name_link[] = "SymbolicLinkValue";

START_TEST(knows_odd_names)
{
	struct reg_tree_value v = { .name = name_nul };
	struct reg_tree key = { .name = name_nul };

	ck_assert_int_eq(reg_limits_tree(&key, 1), 0);
	ck_assert_int_eq(reg_limits_value(&v), 0);
	v.name = name_none;
	ck_assert_int_eq(reg_limits_value(&v), 0);
	v.name = name_path;
	ck_assert_int_eq(reg_limits_value(&v), 0);
	key.name = name_none;
	ck_assert_int_eq(reg_limits_tree(&key, 1), ERR_UNSUPPORTED);
	key.name = name_path;
	ck_assert_int_eq(reg_limits_tree(&key, 1), ERR_UNSUPPORTED);
}

END_TEST

START_TEST(looks_at_all_that_is_below)
{
	struct reg_tree_value bad_value = { .name = name_a };
	struct reg_tree leaf = { .name = name_a };
	struct reg_tree *leaves[] = { &leaf };
	struct reg_tree top = { .name = name_a,
				.children = leaves,
				.child_count = 1 };
	uint8_t some[3] = { 0 };

	ck_assert_int_eq(reg_limits_tree(&top, REG_MAX_DEPTH - 1), 0);
	ck_assert_int_eq(reg_limits_tree(&top, REG_MAX_DEPTH), ERR_UNSUPPORTED);
	leaf.class_utf16 = some;
	leaf.class_nbytes = 2;
	ck_assert_int_eq(reg_limits_tree(&top, 1), 0);
	leaf.class_nbytes = 3;
	ck_assert_int_eq(reg_limits_tree(&top, 1), ERR_UNSUPPORTED);
	leaf.class_nbytes = 0;
	leaf.security = some;
	leaf.security_nbytes = sizeof(some);
	ck_assert_int_eq(reg_limits_tree(&top, 1), ERR_UNSUPPORTED);
	leaf.security = NULL;
	leaf.values = &bad_value;
	leaf.value_count = 1;
	ck_assert_int_eq(reg_limits_tree(&top, 1), 0);
	bad_value.nbytes = REG_MAX_VALUE_NBYTES + 1;
	ck_assert_int_eq(reg_limits_tree(&top, 1), ERR_UNSUPPORTED);
}

END_TEST

START_TEST(knows_what_a_link_holds)
{
	struct reg_tree_value values[] = {
		{ .name = name_link, .type = REG_TYPE_LINK },
		{ .name = name_a, .type = REG_TYPE_SZ },
	};
	struct reg_tree child = { .name = name_a };
	struct reg_tree *children[] = { &child };
	struct reg_tree link = { .name = name_a,
				 .is_link = true,
				 .values = values,
				 .value_count = 1,
				 .children = children };

	ck_assert_int_eq(reg_limits_tree(&link, 1), 0);
	link.child_count = 1;
	ck_assert_int_eq(reg_limits_tree(&link, 1), ERR_UNSUPPORTED);
	link.child_count = 0;
	link.value_count = 2;
	ck_assert_int_eq(reg_limits_tree(&link, 1), ERR_UNSUPPORTED);
	link.value_count = 1;
	values[0].type = REG_TYPE_SZ;
	ck_assert_int_eq(reg_limits_tree(&link, 1), ERR_UNSUPPORTED);
	values[0].type = REG_TYPE_LINK;
	values[0].name = name_a;
	ck_assert_int_eq(reg_limits_tree(&link, 1), ERR_UNSUPPORTED);
	/* The value alone makes no link. */
	link.is_link = false;
	ck_assert_int_eq(reg_limits_tree(&link, 1), 0);
}

END_TEST

static Suite *reg_limits_suite(void)
{
	Suite *s = suite_create("reg_limits");
	TCase *t = tcase_create("limits");

	tcase_add_test(t, takes_sound_security);
	tcase_add_test(t, refuses_security_that_is_cut);
	tcase_add_test(t, refuses_security_that_points_outside);
	tcase_add_test(t, knows_the_longest_names);
	tcase_add_test(t, knows_odd_names);
	tcase_add_test(t, looks_at_all_that_is_below);
	tcase_add_test(t, knows_what_a_link_holds);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_limits_suite)
