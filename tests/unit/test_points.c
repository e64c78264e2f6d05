/*
 * Unit tests of the table of extension points.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/str.h"
#include "collect/points.h"
#include <string.h>

START_TEST(points_have_the_names_of_the_contract)
{
	/* design.md 8, in this order */
	static const char *const names[] = {
		"bho",
		"mime_filter",
		"protocol_handler",
		"namespace_handler",
		"toolbar",
		"url_search_hook",
		"explorer_bar",
		"extension_button",
		"software_clsid",
	};
	size_t i;

	ck_assert_uint_eq(sizeof(names) / sizeof(names[0]), POINT_COUNT);
	for (i = 0; i < POINT_COUNT; i++)
		ck_assert_str_eq(point_name((enum point)i), names[i]);
}

END_TEST

START_TEST(every_point_has_a_row)
{
	bool has[POINT_COUNT] = { false };
	size_t i;

	for (i = 0; i < points_count(); i++)
		has[points_row(i)->point] = true;
	for (i = 0; i < POINT_COUNT; i++)
		ck_assert_msg(has[i], "no row for %s",
			      point_name((enum point)i));
	ck_assert_ptr_null(points_row(points_count()));
}

END_TEST

START_TEST(rows_make_sense)
{
	const struct point_row *row = points_row((size_t)_i);
	size_t i;

	ck_assert_ptr_nonnull(row->help);
	ck_assert_uint_ge(row->depth, 1);
	ck_assert_uint_ne(row->sides, 0);
	ck_assert(row->key[0] != '\\');
	ck_assert(row->key[strlen(row->key) - 1] != '\\');
	/* a value has no key of its own that could name a class */
	if (row->entry == POINT_ENTRY_VALUE)
		ck_assert_int_eq(row->clsid, POINT_CLSID_NAME);
	if (row->base == POINT_BASE_CLASSES)
		ck_assert(ascii_starts_with(row->key, "PROTOCOLS\\"));
	/* no key is read twice */
	for (i = 0; i < points_count(); i++)
		if (i != (size_t)_i)
			ck_assert_str_ne(points_row(i)->key, row->key);
}

END_TEST

/* Keys of threat.md 8. */
static const char *const wanted[] = {
	"Browser Helper Objects",
	"PROTOCOLS\\Filter",
	"PROTOCOLS\\Handler",
	"PROTOCOLS\\Name-Space Handler",
	"Internet Explorer\\Toolbar\n",
	"Internet Explorer\\Toolbar,",
	"Toolbar\\ShellBrowser",
	"Toolbar\\WebBrowser",
	"URLSearchHooks",
	"Explorer Bars",
	"Internet Explorer\\Extensions",
	"Software\\CLSID",
	"ClsidExtension",
};

START_TEST(the_description_names_every_place)
{
	struct str s = STR_INIT;

	ck_assert_int_eq(points_describe(&s), 0);
	ck_assert_msg(strstr(str_text(&s), wanted[_i]) != NULL,
		      "\"%s\" is not in the description", wanted[_i]);
	str_release(&s);
}

END_TEST

static Suite *points_suite(void)
{
	Suite *s = suite_create("points");
	TCase *tc = tcase_create("points");

	tcase_add_test(tc, points_have_the_names_of_the_contract);
	tcase_add_test(tc, every_point_has_a_row);
	tcase_add_loop_test(tc, rows_make_sense, 0, (int)points_count());
	tcase_add_loop_test(tc, the_description_names_every_place, 0,
			    (int)(sizeof(wanted) / sizeof(wanted[0])));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(points_suite)
