/*
 * Traces: what Internet Explorer's records of an add-on tell.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/mem.h"
#include "collect/traces/addon.h"
#include "verdict/judge.h"

#include <string.h>

#define CLSID "{AAAAAAAA-1111-2222-3333-444444444444}"

static uint8_t twelve[] = { 12, 0, 0, 0 };
static uint8_t three[] = { 3, 0, 0 };

static const struct {
	const char *word;
	const char *name; /* of the value in the key "iexplore" */
	uint8_t *data;
	size_t nbytes;
	const char *clsid;
	enum trace_kind kind;
	int64_t time;
	const char *what;
} records[] = {
	{ "ext_stats", "count", twelve, 4, CLSID, TRACE_EXT_STATS, 77,
	  "Internet Explorer loaded add-on " CLSID ", 12 times" },
	/* no number, another name: not known how often */
	{ "ext_stats", "Count", three, 3, CLSID, TRACE_EXT_STATS, 77,
	  "Internet Explorer loaded add-on " CLSID },
	{ "ext_stats", "Time", twelve, 4, NULL, TRACE_EXT_STATS, 77,
	  "Internet Explorer loaded add-on ?" },
	{ "ext_settings", "Count", twelve, 4, CLSID, TRACE_EXT_VERSION_CACHE,
	  77, "the version and state of add-on " CLSID },
	/* the key is of all approved ones, and so is its time */
	{ "approved", "Count", twelve, 4, CLSID, TRACE_EXT_STATS, 0,
	  "the user's approval of add-on " CLSID },
};

START_TEST(records_tell_what_happened)
{
	char top[] = CLSID, browser[] = "IExplore", name[8];
	struct reg_tree_value v = { name, 4, records[_i].data,
				    records[_i].nbytes };
	struct reg_tree below = { .name = browser,
				  .values = &v,
				  .value_count = 1 };
	struct reg_tree *children[] = { &below };
	struct reg_tree tree = { .name = top,
				 .last_write = 77,
				 .children = children,
				 .child_count = 1 };
	struct trace *t;

	strcpy(name, records[_i].name);
	t = addon_trace(records[_i].word, records[_i].clsid, "taro", &tree);
	ck_assert_ptr_nonnull(t);
	ck_assert_str_eq(t->what, records[_i].what);
	ck_assert_int_eq(t->kind, records[_i].kind);
	ck_assert_int_eq(t->time, records[_i].time);
	ck_assert_str_eq(t->user_name, "taro");
	trace_free(t);
}

END_TEST

START_TEST(each_place_has_a_word_of_its_own)
{
	const struct addon_record *row;
	size_t count = 0;

	for (; (row = addon_record_at(count)) != NULL; count++) {
		ck_assert_str_eq(row->word, count == 0	 ? "ext_stats"
					    : count == 1 ? "ext_settings"
							 : "approved");
		ck_assert_int_eq(row->is_value, count == 2);
		ck_assert(!strncmp(row->key, "Software\\Microsoft\\", 19));
	}
	ck_assert_uint_eq(count, 3);
}

END_TEST

/* Two that lie in one key are told apart, whatever order they come in. */
START_TEST(traces_have_an_order)
{
	char path[] = "HKU\\S-1\\Stats", x[] = "x", y[] = "y";
	struct trace tx = { .what = x }, ty = { .what = y };
	struct artefact a = { .kind = ARTEFACT_TRACE,
			      .wpath = path,
			      .trace = &tx };
	struct artefact b = a;

	ck_assert_int_eq(artefact_compare(&a, &b), 0);
	b.trace = &ty;
	ck_assert_int_lt(artefact_compare(&a, &b), 0);
	ck_assert_int_gt(artefact_compare(&b, &a), 0);
}

END_TEST

static Suite *traces_suite(void)
{
	Suite *s = suite_create("traces");
	TCase *t = tcase_create("traces");

	tcase_add_loop_test(t, records_tell_what_happened, 0,
			    sizeof(records) / sizeof(records[0]));
	tcase_add_test(t, each_place_has_a_word_of_its_own);
	tcase_add_test(t, traces_have_an_order);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(traces_suite)
