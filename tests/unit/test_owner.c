/*
 * Whose something in the registry is, and what that lets a fix take.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "collect/owner.h"
#include "collect/registration.h"

#include <string.h>

#define TARO "S-1-5-21-1-2-3-1001"

static const struct {
	const char *key;
	const char *who; /* NULL: the machine */
} keys[] = {
	{ "HKLM\\SOFTWARE\\Classes\\CLSID\\{1}", NULL },
	{ "hklm\\software\\Wow6432Node\\X", NULL },
	{ "HKU\\" TARO "\\Software\\X", TARO },
	{ "HKU\\" TARO "_Classes\\CLSID\\{1}", TARO },
	{ "hku\\" TARO "_CLASSES", TARO },
	{ "HKU\\(Taro)\\Software", "(Taro)" },
	{ "HKU\\_Classes\\X", "_Classes" },
	{ "HKU\\.DEFAULT\\Software", ".DEFAULT" },
	/* What no walk gives is nobody's, never the machine's. */
	{ "HKLMX\\SOFTWARE", "HKLMX" },
	{ "HKCR\\CLSID", "HKCR" },
	{ "", "" },
	{ NULL, NULL },
};

START_TEST(a_key_has_an_owner)
{
	const struct owner o = owner_of_key(keys[_i].key);

	if (!keys[_i].who) {
		ck_assert(owner_is_machine(o));
		return;
	}
	ck_assert(!owner_is_machine(o));
	ck_assert_msg(o.nbytes == strlen(keys[_i].who) &&
			      !strncmp(o.who, keys[_i].who, o.nbytes),
		      "%s: %.*s", keys[_i].key, (int)o.nbytes, o.who);
}

END_TEST

START_TEST(owners_are_compared)
{
	const struct owner machine = owner_of_key("HKLM\\X");
	const struct owner taro = owner_of_key("HKU\\" TARO "\\X");
	const struct owner his = owner_of_key("HKU\\" TARO "_Classes");
	const struct owner other = owner_of_key("HKU\\" TARO "2\\X");

	ck_assert(owner_is_same(machine, machine));
	ck_assert(owner_is_same(taro, his));
	ck_assert(owner_is_same(taro, owner_of_text("s-1-5-21-1-2-3-1001")));
	ck_assert(!owner_is_same(taro, other));
	ck_assert(!owner_is_same(taro, machine));
	ck_assert(!owner_is_same(machine, taro));
}

END_TEST

/* A row is as weak as its weakest part. */
static const struct {
	const char *entry, *class_key, *class_owner, *path_owner;
	const char *who;
} rows[] = {
	{ "HKLM\\E", "HKLM\\C", NULL, NULL, NULL },
	{ "HKLM\\E", NULL, NULL, NULL, NULL },
	{ "HKU\\a\\E", "HKLM\\C", NULL, NULL, "a" },
	{ "HKLM\\E", "HKLM\\C", "a", NULL, "a" },
	{ "HKLM\\E", "HKU\\a_Classes\\C", NULL, NULL, "a" },
	{ "HKLM\\E", "HKLM\\C", NULL, "a", "a" },
	{ "HKU\\a\\E", "HKU\\a_Classes\\C", "a", "a", "a" },
};

START_TEST(a_row_is_as_weak_as_its_weakest_part)
{
	const struct owner o =
		owner_of_row(rows[_i].entry, rows[_i].class_key,
			     rows[_i].class_owner, rows[_i].path_owner);

	ck_assert(owner_is_same(o, owner_of_text(rows[_i].who)));
}

END_TEST

START_TEST(the_first_who_is_noted_stays)
{
	char *who = NULL;

	ck_assert_int_eq(owner_note(&who, "HKLM\\X"), 0);
	ck_assert_ptr_null(who);
	ck_assert_int_eq(owner_note(&who, "HKU\\a_Classes\\X"), 0);
	ck_assert_int_eq(owner_note(&who, "HKU\\b\\X"), 0);
	ck_assert_str_eq(who, "a");
	mem_free(who);
}

END_TEST

static Suite *owner_suite(void)
{
	Suite *s = suite_create("owner");
	TCase *tc = tcase_create("owner");

	tcase_add_loop_test(tc, a_key_has_an_owner, 0,
			    sizeof(keys) / sizeof(keys[0]));
	tcase_add_test(tc, owners_are_compared);
	tcase_add_loop_test(tc, a_row_is_as_weak_as_its_weakest_part, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, the_first_who_is_noted_stays);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(owner_suite)
