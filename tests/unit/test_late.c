/*
 * Which DLLs are loaded before a system DLL looks for them by a bare name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/late.h"

#include <string.h>

static bool brings(const char *dll, const char *name)
{
	const char *const *names;
	size_t count = 0;

	names = late_brings(dll, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

START_TEST(what_each_brings)
{
	size_t count = 1;

	ck_assert(brings("advapi32.dll", "cryptbase.dll"));
	ck_assert(brings("advapi32.dll", "rsaenh.dll"));
	ck_assert(brings("crypt32.dll", "cryptnet.dll"));
	ck_assert(brings("WinTrust.DLL", "softpub.dll"));
	ck_assert(brings("wintrust.dll", "msisip.dll"));
	ck_assert(!brings("wintrust.dll", "cryptbase.dll"));
	ck_assert_ptr_eq(late_brings("psapi.dll", &count), NULL);
	ck_assert_uint_eq(count, 0);
	ck_assert_ptr_eq(late_brings("", &count), NULL);
	ck_assert_uint_eq(count, 0);
}

END_TEST

static Suite *late_suite(void)
{
	Suite *s = suite_create("late");
	TCase *tc = tcase_create("late");

	tcase_add_test(tc, what_each_brings);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(late_suite)
