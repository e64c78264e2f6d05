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
	/* the store's words, in this order: Internet Explorer's first */
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
		"menu_extension",
		"plugin_extension",
		"run",
		"run_once",
		"winlogon",
		"winlogon_notify",
		"appinit_dlls",
		"service",
		"service_dll",
		"shell_delay_load",
		"shared_task_scheduler",
		"shell_execute_hook",
		"active_setup",
		"image_file_execution",
		"scheduled_task",
	};
	size_t i;

	ck_assert_uint_eq(sizeof(names) / sizeof(names[0]), POINT_COUNT);
	for (i = 0; i < POINT_COUNT; i++)
		ck_assert_str_eq(point_name((enum point)i), names[i]);
	for (i = 0; i < POINT_COUNT; i++)
		ck_assert_int_eq(point_from_name(names[i]), i);
	ck_assert_int_eq(point_from_name("BHO"), POINT_COUNT);
	ck_assert_int_eq(point_from_name(""), POINT_COUNT);
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

#define OF_NOBODY (POINT_NOT_OF_USERS | POINT_NOT_OF_MACHINE)

START_TEST(rows_make_sense)
{
	const struct point_row *row = points_row((size_t)_i);
	size_t i;

	ck_assert_uint_ge(row->depth, 1);
	ck_assert_int_eq(row->sides != 0, point_leads_to_class(row));
	ck_assert(row->key[0] != '\\');
	ck_assert(row->key[strlen(row->key) - 1] != '\\');
	/* a value has no key of its own that could name a class */
	if (row->entry == POINT_ENTRY_CLSID_VALUE)
		ck_assert_int_eq(row->leads, LEADS_BY_NAME);
	ck_assert_int_eq(row->base == POINT_BASE_CLASSES,
			 ascii_starts_with(row->key, "PROTOCOLS\\"));
	ck_assert_int_eq(row->base == POINT_BASE_WINDOWS_FOLDER,
			 row->entry == POINT_ENTRY_FILE);
	if (row->entry == POINT_ENTRY_NAMED_VALUE)
		ck_assert_ptr_nonnull(row->values);
	/* read of somebody, and no value twice */
	ck_assert_int_ne(row->flags & OF_NOBODY, OF_NOBODY);
	for (i = 0; i < points_count(); i++)
		if (i != (size_t)_i && !strcmp(points_row(i)->key, row->key) &&
		    row->values)
			ck_assert(!point_names_value(row,
						     points_row(i)->values) ||
				  (row->flags & OF_NOBODY) !=
					  (points_row(i)->flags & OF_NOBODY));
}

END_TEST

START_TEST(values_are_names_of_the_list)
{
	const struct point_row row = { .values = "Shell|Userinit" };
	const struct point_row none = { .values = NULL };

	ck_assert(point_names_value(&row, "Shell"));
	ck_assert(point_names_value(&row, "USERINIT"));
	ck_assert(!point_names_value(&row, "Shel"));
	ck_assert(!point_names_value(&row, "Shell|Userinit"));
	ck_assert(!point_names_value(&row, ""));
	ck_assert(!point_names_value(&none, "Shell"));
}

END_TEST

/* Keys of FACTS.md 8, and Windows' own. */
static const struct {
	enum point_base base;
	const char *key; /* or the end of it */
	const char *values;
} wanted[] = {
	{ POINT_BASE_SOFTWARE, "Browser Helper Objects", NULL },
	{ POINT_BASE_CLASSES, "PROTOCOLS\\Filter", NULL },
	{ POINT_BASE_CLASSES, "PROTOCOLS\\Handler", NULL },
	{ POINT_BASE_CLASSES, "PROTOCOLS\\Name-Space Handler", NULL },
	{ POINT_BASE_SOFTWARE, "Internet Explorer\\Toolbar", NULL },
	{ POINT_BASE_SOFTWARE, "Toolbar\\ShellBrowser", NULL },
	{ POINT_BASE_SOFTWARE, "Toolbar\\WebBrowser", NULL },
	{ POINT_BASE_SOFTWARE, "URLSearchHooks", NULL },
	{ POINT_BASE_SOFTWARE, "Explorer Bars", NULL },
	{ POINT_BASE_SOFTWARE, "Internet Explorer\\Extensions", NULL },
	{ POINT_BASE_SOFTWARE, "CLSID", NULL },
	{ POINT_BASE_SOFTWARE, "Internet Explorer\\MenuExt", NULL },
	{ POINT_BASE_SOFTWARE, "Internet Explorer\\Plugins\\Extension", NULL },
	{ POINT_BASE_SOFTWARE, "Windows\\CurrentVersion\\Run", NULL },
	{ POINT_BASE_SOFTWARE, "Policies\\Explorer\\Run", NULL },
	{ POINT_BASE_SOFTWARE, "CurrentVersion\\RunOnce", NULL },
	{ POINT_BASE_SOFTWARE, "Windows NT\\CurrentVersion\\Winlogon",
	  "Shell|Userinit" },
	{ POINT_BASE_SOFTWARE, "Winlogon\\Notify", NULL },
	{ POINT_BASE_SOFTWARE, "CurrentVersion\\Windows", "AppInit_DLLs" },
	{ POINT_BASE_CONTROL_SET, "Services", NULL },
	{ POINT_BASE_CONTROL_SET, "Services", "ServiceDll" },
	{ POINT_BASE_SOFTWARE, "ShellServiceObjectDelayLoad", NULL },
	{ POINT_BASE_SOFTWARE, "SharedTaskScheduler", NULL },
	{ POINT_BASE_SOFTWARE, "ShellExecuteHooks", NULL },
	{ POINT_BASE_SOFTWARE, "Active Setup\\Installed Components", NULL },
	{ POINT_BASE_SOFTWARE, "Image File Execution Options", NULL },
	{ POINT_BASE_WINDOWS_FOLDER, "Tasks", NULL },
	{ POINT_BASE_WINDOWS_FOLDER, "System32\\Tasks", NULL },
};

START_TEST(every_place_has_a_row)
{
	size_t i;

	for (i = 0; i < points_count(); i++) {
		const struct point_row *row = points_row(i);

		if (row->base == wanted[_i].base &&
		    ascii_iends_with(row->key, wanted[_i].key) &&
		    (row->base != POINT_BASE_WINDOWS_FOLDER ||
		     !strcmp(row->key, wanted[_i].key)) &&
		    (!wanted[_i].values ||
		     (row->values && !strcmp(row->values, wanted[_i].values))))
			return;
	}
	ck_abort_msg("no row for \"%s\"", wanted[_i].key);
}

END_TEST

static Suite *points_suite(void)
{
	Suite *s = suite_create("points");
	TCase *tc = tcase_create("points");

	tcase_add_test(tc, points_have_the_names_of_the_contract);
	tcase_add_test(tc, every_point_has_a_row);
	tcase_add_loop_test(tc, rows_make_sense, 0, (int)points_count());
	tcase_add_test(tc, values_are_names_of_the_list);
	tcase_add_loop_test(tc, every_place_has_a_row, 0,
			    (int)(sizeof(wanted) / sizeof(wanted[0])));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(points_suite)
