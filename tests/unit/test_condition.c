/*
 * Conditions followed with values unknown: false only where libyara's answer
 * is certain.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/str.h"
#include "match/condition.h"
#include "match_fixture.h"
#include "match/pack_internal.h"

#include <string.h>

#define OBJECT	 5
#define LOCATION 8

static const struct {
	const char *condition;
	const char *object; /* NULL: unknown */
	const char *location;
	bool no_strings;
	bool may;
} cases[] = {
	{ "object == \"file\"", "file", NULL, false, true },
	{ "object == \"file\"", "member", NULL, false, false },
	{ "object == \"file\"", NULL, NULL, false, true },
	{ "\"file\" == object", "member", NULL, false, false },
	{ "object != \"file\"", "file", NULL, false, false },
	{ "object iequals \"FILE\"", "file", NULL, false, true },
	{ "object iequals \"FILE\"", "trace", NULL, false, false },
	{ "object istartswith \"FI\"", "file", NULL, false, true },
	{ "object istartswith \"file\"", "File", NULL, false, true },
	{ "object istartswith \"files\"", "file", NULL, false, false },
	{ "object istartswith \"me\"", "file", NULL, false, false },
	{ "object istartswith \"me\"", NULL, NULL, false, true },
	{ "\"file and more\" istartswith object", "file", NULL, false, true },
	{ "object istartswith location", "file", "fi", false, true },
	{ "object istartswith \"me\" and object matches /^me/", "file", NULL,
	  false, false },
	{ "not object == \"file\"", "file", NULL, false, false },
	{ "not object == \"file\"", "trace", NULL, false, true },
	{ "not (object == \"file\" and $a)", "trace", NULL, false, true },
	/* a term that is not understood, before and after the certain one */
	{ "#a > 3 and object == \"file\"", "trace", NULL, false, false },
	{ "object == \"file\" and #a > 3", "trace", NULL, false, false },
	{ "uint16(0) == 1 and any of them and object == \"file\"", "trace",
	  NULL, false, false },
	{ "filesize > 0 and for any i in (1..2) : (@a[i] == 1) and "
	  "object == \"file\"",
	  "trace", NULL, false, false },
	{ "for any of them : (@ < 9) and object == \"file\"", "trace", NULL,
	  false, true },
	{ "any of them and object == \"file\"", "trace", NULL, false, false },
	{ "object == \"file\" or #a > 3", "trace", NULL, false, true },
	{ "object == \"file\" or object == \"member\"", "trace", NULL, false,
	  false },
	{ "(object == \"file\" or object == \"member\") and location == "
	  "\"temp\"",
	  "file", "other", false, false },
	{ "(object == \"file\" or object == \"member\") and location == "
	  "\"temp\"",
	  "member", "temp", false, true },
	{ "(object == \"file\" or $a) and location == \"temp\"", "member",
	  "temp", false, true },
	{ "location matches /tem/", NULL, "other", false, true },
	{ "location contains \"tem\"", NULL, "other", false, true },
	/* strings */
	{ "$a", NULL, NULL, true, false },
	{ "$a", NULL, NULL, false, true },
	{ "not $a", NULL, NULL, true, true },
	{ "$a at 0 or $a in (1..9)", NULL, NULL, true, false },
	{ "#a == 0", NULL, NULL, true, true },
	{ "filename == \"\" or $a", NULL, NULL, true, true },
	{ "true", "file", "temp", true, true },
	{ "false", NULL, NULL, false, false },
	{ "any of them", NULL, NULL, true, false },
	{ "none of them", NULL, NULL, true, true },
};

START_TEST(test_table)
{
	struct condition_facts facts = { .no_strings = cases[_i].no_strings };
	struct str rules = STR_INIT;
	struct pack *p = NULL;

	if (cases[_i].object)
		condition_know(&facts, OBJECT, cases[_i].object);
	if (cases[_i].location)
		condition_know(&facts, LOCATION, cases[_i].location);
	str_addf(&rules,
		 "rule a { strings: $a = \"abcdefgh\" condition: (%s) and "
		 "(true or $a) }",
		 cases[_i].condition);
	ck_assert_int_eq(fixture_pack(str_text(&rules), &p), 0);
	ck_assert_int_eq(condition_may_match(vec_at(&p->groups, 0), &facts),
			 cases[_i].may);
	pack_free(p);
	str_release(&rules);
}

END_TEST

static const struct {
	const char *condition;
	bool may;
} heads[] = {
	/* "MZ", 3 and 4; of 4,000 bytes 8 are known */
	{ "uint16(0) == 0x5A4D", true },
	{ "uint16be(0) == 0x4D5A", true },
	{ "uint16(0) == 0x5A4E", false },
	{ "uint8(1) == 0x5A and uint8(2) == 3", true },
	{ "uint8(1) == 0x5A and uint8(2) == 4", false },
	{ "uint32be(0) == 0x4D5A0304", true },
	{ "uint32(0) == 0x4D5A0304", false },
	{ "uint32(5) == 1", true },
	{ "uint32(4) == 1", false },
	/* behind the end: undefined, not looked into further */
	{ "uint8(4000) == 0", true },
	{ "not uint8(4000) == 0", true },
	{ "uint8(3999) == 0", true },
	{ "uint16(3999) == 0", true },
	{ "filesize == 4000", true },
	{ "filesize > 4000", false },
	{ "filesize >= 4000 and filesize <= 4000 and filesize < 1MB", true },
	{ "filesize != 4000", false },
};

START_TEST(test_head)
{
	static const uint8_t head[8] = { 'M', 'Z', 3, 4 };
	struct condition_facts facts = { .head = head,
					 .head_nbytes = sizeof(head),
					 .nbytes = 4000 };
	struct str rules = STR_INIT;
	struct pack *p = NULL;

	str_addf(&rules, "rule a { condition: %s }", heads[_i].condition);
	ck_assert_int_eq(fixture_pack(str_text(&rules), &p), 0);
	ck_assert_int_eq(condition_may_match(vec_at(&p->groups, 0), &facts),
			 heads[_i].may);
	pack_free(p);
	str_release(&rules);
}

END_TEST

/* Of $a, $b, $c, $d: which may match. */
static const struct {
	const char *condition;
	bool may_stand[4];
	bool may;
} strings[] = {
	{ "$a", { true, false, false, false }, true },
	{ "$a", { false, true, true, true }, false },
	{ "$d", { true, true, true, false }, false },
	{ "not $a", { false, true, true, true }, true },
	{ "not $a", { true, false, false, false }, true },
	{ "$a and $b", { true, false, true, true }, false },
	{ "$a and $b", { true, true, false, false }, true },
	{ "$a or $b", { false, true, false, false }, true },
	{ "$a or $b", { false, false, true, true }, false },
	{ "$a at 3", { true, false, false, false }, true },
	{ "$a at 3", { false, true, true, true }, false },
	{ "$b in (1..9)", { true, false, true, true }, false },
	{ "#c == 1", { true, true, false, true }, false },
	{ "#c == 0", { true, true, false, true }, true },
	{ "#c == 1", { false, false, true, false }, true },
	{ "any of them", { false, false, true, false }, true },
	{ "any of ($a, $b)", { false, false, true, true }, false },
	{ "all of them", { true, true, true, false }, false },
	{ "all of them", { true, true, true, true }, true },
	{ "all of ($a*)", { true, false, false, false }, true },
	{ "3 of them", { true, false, false, true }, false },
	{ "3 of them", { true, true, false, true }, true },
	{ "none of them", { true, true, true, true }, true },
	{ "none of them", { true, false, false, false }, true },
	{ "1 of ($a) and $b", { true, false, false, false }, false },
	/* unknown: how many are wanted, and more than is followed */
	{ "filesize of them", { true, false, false, false }, true },
	{ "#b of them", { true, false, false, false }, true },
	{ "50% of them", { true, false, false, false }, true },
	{ "2 of them in (0..9)", { true, false, false, false }, true },
	{ "for any of them : (@ > 2)", { true, false, false, false }, true },
	{ "@a > 9 and $b", { true, false, false, false }, true },
};

START_TEST(test_strings)
{
	static const bool have[1] = { true };
	struct condition_facts facts = { .may_stand = strings[_i].may_stand,
					 .may_have = have };
	struct str rules = STR_INIT;
	struct pack *p = NULL;

	str_addf(&rules,
		 "rule a { strings: $a = \"abcdefgh\" $b = \"bcdefghi\" "
		 "$c = \"cdefghij\" $d = \"defghijk\" condition: (%s) and "
		 "(true or any of them) }",
		 strings[_i].condition);
	ck_assert_int_eq(fixture_pack(str_text(&rules), &p), 0);
	ck_assert_int_eq(condition_may_match(vec_at(&p->groups, 0), &facts),
			 strings[_i].may);
	pack_free(p);
	str_release(&rules);
}

END_TEST

/* Two rules that ask for different places: files of neither are not looked
 * through, and what has an unknown place is looked at by all. */
START_TEST(test_scope)
{
	static const char rules[] =
		"rule a { strings: $a = \"abcdefgh\" condition: $a and "
		"object == \"file\" and location == \"temp\" }";
	struct pack *p = NULL;
	const struct group *g;

	ck_assert_int_eq(fixture_pack(rules, &p), 0);
	g = vec_at(&p->groups, 0);
	ck_assert(group_takes_part(g, FILETYPE_PE, scope_of("file", "temp")));
	ck_assert(!group_takes_part(g, FILETYPE_PE, scope_of("file", "other")));
	ck_assert(!group_takes_part(g, FILETYPE_PE, scope_of("file", "")));
	ck_assert(!group_takes_part(g, FILETYPE_PE, scope_of("trace", "temp")));
	ck_assert(group_takes_part(g, FILETYPE_PE, scope_of("file", "new")));
	ck_assert(group_takes_part(g, FILETYPE_PE, scope_of("new", "temp")));
	ck_assert(prefilter_is_empty(
		filters_get(p, FILETYPE_PE, scope_of("file", "other"))));
	ck_assert(!prefilter_is_empty(
		filters_get(p, FILETYPE_PE, scope_of("file", "temp"))));
	ck_assert(!prefilter_is_empty(
		filters_get(p, FILETYPE_PE, scope_of("new", "other"))));
	pack_free(p);
}

END_TEST

/* An import that no condition names is taken out, and only such a one. */
static const struct {
	const char *rules;
	const char *left; /* the imports, a letter each */
} imports[] = {
	{ "import \"pe\" rule a { condition: true }", "" },
	{ "import \"pe\" import \"math\" rule a { condition: "
	  "math.max(1, 2) == 2 }",
	  "m" },
	{ "import \"pe\" import \"math\" rule a { condition: filesize > 2 } "
	  "rule b { strings: $a = \"abcd\" condition: $a or pe.is_pe }",
	  "p" },
	{ "import \"pe\" import \"math\" rule a { condition: "
	  "pe.number_of_sections == math.max(1, 2) }",
	  "pm" },
	{ "import \"string\" rule pe { condition: string.length(\"pe\") == 2 }",
	  "s" },
};

START_TEST(test_imports)
{
	const char *names[GROUP_MAX_IMPORTS];
	struct pack *p = NULL;
	const struct group *g;
	size_t count;

	ck_assert_int_eq(fixture_pack(imports[_i].rules, &p), 0);
	g = vec_at(&p->groups, 0);
	count = gate_imports(g->rules, names, GROUP_MAX_IMPORTS);
	ck_assert_uint_eq(count, strlen(imports[_i].left));
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(names[i][0], imports[_i].left[i]);
	ck_assert_int_eq(g->imports_pe, strchr(imports[_i].left, 'p') != NULL);
	ck_assert_int_eq(g->imports_reader,
			 strchr(imports[_i].left, 'm') != NULL);
	pack_free(p);
}

END_TEST

static Suite *condition_suite(void)
{
	Suite *s = suite_create("condition");
	TCase *tc = tcase_create("condition");

	tcase_add_loop_test(tc, test_table, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tc, test_strings, 0,
			    sizeof(strings) / sizeof(strings[0]));
	tcase_add_loop_test(tc, test_head, 0, sizeof(heads) / sizeof(heads[0]));
	tcase_add_test(tc, test_scope);
	tcase_add_loop_test(tc, test_imports, 0,
			    sizeof(imports) / sizeof(imports[0]));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(condition_suite)
