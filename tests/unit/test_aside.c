/*
 * Unit tests of the names under which something was put aside.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/aside.h"
#include "base/mem.h"

#include <string.h>

static const struct {
	const char *name, *base;
	bool is;
} rows[] = {
	{ "lib.dll.vir", "lib.dll", true },
	{ "LIB.DLL.VIR", "lib.dll", true },
	{ "lib.vir", "lib.dll", true },
	{ "lib.virus", "lib.dll", true },
	{ "lib.dll.infected", "lib.dll", true },
	{ "mstmp.vir", "mstmp", true },
	{ "\xe3\x81\x82.VIR", "\xe3\x81\x82.dll", true },
	{ "a.b.vir", "a.b.dll", true },
	{ ".x.vir", ".x", true },
	{ "lib.sig", "lib.dll", false },
	{ "lib.dll", "lib.dll", false },
	{ "lib.dll.bak", "lib.dll", false },
	{ "lib2.dll.vir", "lib.dll", false },
	{ "li.vir", "lib.dll", false },
	{ "lib.dll.vir.txt", "lib.dll", false },
	{ "lib.dllvir", "lib.dll", false },
	{ ".vir", "lib.dll", false },
	{ ".vir", "", false },
	{ "a.vir", "a.b.dll", false },
	{ "vir", "", false },
	{ "", "", false },
};

START_TEST(names)
{
	ck_assert_int_eq(aside_is(rows[_i].name, rows[_i].base), rows[_i].is);
}

END_TEST

START_TEST(paths)
{
	static const char *const want[ASIDE_PATHS] = {
		"C:\\a.b\\lib.dll.vir",		"C:\\a.b\\lib.dll.virus",
		"C:\\a.b\\lib.dll.infected",	"C:\\a.b\\lib.dll.quarantine",
		"C:\\a.b\\lib.dll.quarantined", "C:\\a.b\\lib.vir",
		"C:\\a.b\\lib.virus",		"C:\\a.b\\lib.infected",
		"C:\\a.b\\lib.quarantine",	"C:\\a.b\\lib.quarantined"
	};

	for (size_t i = 0; i < ASIDE_PATHS; i++) {
		char *dll = aside_path("C:\\a.b\\lib.dll", i);
		char *bare = aside_path("C:\\a.b\\mstmp", i);

		ck_assert_str_eq(dll, want[i]);
		ck_assert(aside_is(dll + 7, "lib.dll"));
		ck_assert(aside_is(bare + 7, "mstmp"));
		ck_assert_uint_eq(aside_strip(bare), strlen("C:\\a.b\\mstmp"));
		mem_free(dll);
		mem_free(bare);
	}
	ck_assert_uint_eq(aside_strip("C:\\x.vir\\lib.dll"), 0);
	ck_assert_uint_eq(aside_strip("C:\\x\\.vir"), 0);
}

END_TEST

static Suite *aside_suite(void)
{
	Suite *s = suite_create("aside");
	TCase *tc = tcase_create("aside");

	tcase_add_loop_test(tc, names, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, paths);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(aside_suite)
