/*
 * Which names a pack asks for (agent/match/pack_names.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/str.h"
#include "match_fixture.h"

static const struct {
	const char *name;
	bool want;
} builtin_rows[] = {
	{ "mstmp", true },
	{ "MSTMP", true },
	{ "mstmp.", true },
	{ "mstmp. .", true },
	{ "msfat32", true },
	{ "ms001.tmp", true }, /* wherever it lies, whatever is in it */
	{ "MS001.TMP. ", true },
	{ "lib.dll", true },
	{ "lib.sig", true },
	{ "other.sig", true },
	{ "AdvBHO.dll", true },
	{ "advbho.DLL.vir", true },
	{ "mstmp.infected", true },
	{ "lib.virus", true },
	{ "0.4166666666666667.swf", true },
	{ "1.5E-7.swf", true },
	{ "recovery.bak", true }, /* of places.tsv */
	{ "Recovery.BAK.", true },
	/* what fills the folders for temporary files */
	{ "~DF1234.tmp", false },
	{ "~DF1A2B3C4D5E6F7081.TMP", false },
	{ "Perflib_Perfdata_4c4.dat", false },
	{ "MSI3fa1c.LOG", false },
	{ "dd_vcredist_x86_20100101.log", false },
	{ "FXSAPIDebugLogFile.txt", false },
	{ "banner.swf", false },
	{ "other.vir", false },
	{ "ms002.tmp", false },
	{ "xms001.tmp", false },
	{ "ms001.tmp.txt", false },
	{ "lib.dl", false },
	{ "mstm", false },
	{ "my mstmp", false },
	{ "index.dat", false },
	{ "f_00012a", false },
	{ "", false },
	{ "?", false },
	{ ".", false },
};

START_TEST(builtin_pack)
{
	struct pack *p = NULL;

	ck_assert_int_eq(pack_open_builtin(&p), 0);
	ck_assert_msg(pack_knows_name(p, builtin_rows[_i].name) ==
			      builtin_rows[_i].want,
		      "%s", builtin_rows[_i].name);
	pack_free(p);
}

END_TEST

/* A condition, and names that it asks for and does not ask for. */
static const struct {
	const char *condition;
	const char *knows;
	const char *others;
} rows[] = {
	{ "filename iequals \"a.tmp\"", "A.tmp", "b.tmp" },
	{ "filename == \"a.tmp\" and filetype == \"EXE\" and "
	  "location == \"temp\" and filesize > 0 and uint16(0) == 0x5A4D",
	  "a.tmp", "b.tmp" },
	/* beside bytes, needed or not */
	{ "filename iequals \"a.tmp\" and $a", "a.tmp", "b.tmp" },
	{ "filename iequals \"a.tmp\" or $a", "a.tmp", "b.tmp" },
	{ "$a", NULL, "a.tmp" },
	{ "not $a", NULL, "a.tmp" },
	/* by what its name is like */
	{ "filename matches /^x[0-9]{3}\\.tmp$/i", "X123.tmp", "x12.tmp" },
	{ "not filename matches /^x/ and extension == \".tmp\"", "a.tmp",
	  "x.tmp" },
	{ "extension == \".ocx\"", "A.OCX", "ocx" },
	{ "extension == \".ocx\"", "a.b.ocx", "a.ocx.b" },
	{ "filename istartswith \"ab\"", "ABC", "acb" },
	/* what it is not like is no name */
	{ "not filename iequals \"a.tmp\"", NULL, "a.tmp" },
	{ "filename != \"a.tmp\"", NULL, "b.tmp" },
	{ "filename matches /./", NULL, "a.tmp" },
	{ "location == \"temp\" and filetype == \"EXE\"", NULL, "a.tmp" },
	/* not about files */
	{ "object == \"registration\" and filename == \"a.tmp\"", NULL,
	  "a.tmp" },
	{ "object == \"member\" and filename == \"a.tmp\"", NULL, "a.tmp" },
	{ "true", NULL, "a.tmp" },
	{ "false", NULL, "a.tmp" },
};

START_TEST(one_rule)
{
	struct str rules = STR_INIT;
	struct pack *p = NULL;

	str_addf(&rules,
		 "rule a { strings: $a = \"abcdefgh\" condition: (%s) and "
		 "(true or $a) }",
		 rows[_i].condition);
	ck_assert_int_eq(fixture_pack(str_text(&rules), &p), 0);
	if (rows[_i].knows)
		ck_assert(pack_knows_name(p, rows[_i].knows));
	ck_assert(!pack_knows_name(p, rows[_i].others));
	pack_free(p);
	str_release(&rules);
}

END_TEST

/* The second rule of the second file; a companion is told by its rule. */
START_TEST(any_rule_of_any_file)
{
	static const char *const files[] = {
		"rules/a.yar", "rule a { condition: filename == \"a.tmp\" }",
		"rules/b.yar",
		"rule b { condition: filename == \"b.tmp\" } "
		"rule c { meta: companion = \"d.tmp\" "
		"condition: filename == \"c.tmp\" }",
		NULL
	};
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack_files(files, &p), 0);
	ck_assert(pack_knows_name(p, "a.tmp"));
	ck_assert(pack_knows_name(p, "b.tmp"));
	ck_assert(pack_knows_name(p, "c.tmp"));
	ck_assert(pack_knows_name(p, "D.TMP"));
	ck_assert(!pack_knows_name(p, "e.tmp"));
	pack_free(p);
}

END_TEST

static Suite *pack_names_suite(void)
{
	Suite *s = suite_create("pack_names");
	TCase *t = tcase_create("names");

	tcase_add_loop_test(
		t, builtin_pack, 0,
		(int)(sizeof(builtin_rows) / sizeof(builtin_rows[0])));
	tcase_add_loop_test(t, one_rule, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, any_rule_of_any_file);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(pack_names_suite)
