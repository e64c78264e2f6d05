/*
 * Plans of findings in which several owners have a part: nobody's property
 * goes because somebody else wrote something.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "match_fixture.h"
#include "plan_fixture.h"
#include "target_fixture.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/words.h"

#include <string.h>

#define SID	"S-1-5-21-1-2-3-1001"
#define FILTER	"HKU\\" SID "_Classes\\PROTOCOLS\\Filter\\text/html"
#define BHO	"HKLM\\SOFTWARE\\Microsoft\\X\\Browser Helper Objects\\{1}"
#define CLASS	"HKLM\\SOFTWARE\\Classes\\CLSID\\{1}"
#define OWN	"HKU\\" SID "_Classes\\CLSID\\{1}"
#define PROGRAM "C:\\PF\\a.dll"
#define TARO	"C:\\Users\\taro"

#define SIDE(key) "'[{\"kind\":\"clsid\",\"key\":\"" key "\"}]'"
#define MACHINES  SIDE("HKLM\\\\SOFTWARE\\\\Classes\\\\CLSID\\\\{1}")
#define USERS	  SIDE("HKU\\\\" SID "_Classes\\\\CLSID\\\\{1}")

/* A user's labelled filter leads to the class of somebody's healthy BHO. */
static void add_filter(struct store *s)
{
	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", PROGRAM, 30);
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, MACHINES,
			     NULL);
	fx_plan_lead_to(s, CLASS, PROGRAM);
	fx_plan_change(s, "own_score = 95");
}

START_TEST(a_users_filter_at_a_machines_class)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	add_filter(s);
	fx_plan_registration(s, 1, "bho", "{1}", BHO, MACHINES, NULL);
	fx_plan_lead_to(s, CLASS, PROGRAM);
	fx_plan_change(s, "own_score = 30");
	/* Not hit, or by what alone would be a note. */
	if (_i == 0)
		fx_plan_unhit(s);
	p = fx_plan_make(s, NULL);
	fx_plan_expect(p, FILTER, HOLD_NOT);
	fx_plan_expect(p, PROGRAM, HOLD_LEFT);
	fx_plan_expect(p, CLASS, HOLD_SHARED);
	ck_assert_str_eq(fx_plan_step(p, CLASS)->held_for, BHO);
	ck_assert_ptr_null(fx_plan_step(p, BHO));
	plan_free(p);
	store_close(s);
}

END_TEST

/* By itself it would be suspicious: then it waits for its finding's name. */
START_TEST(what_is_suspicious_by_itself_waits)
{
	const uint64_t one = 1;
	struct plan_options o = { .findings = &one, .finding_count = 1 };
	struct store *s = fx_plan_store();
	struct plan *p;

	add_filter(s);
	fx_plan_registration(s, 1, "bho", "{1}", BHO, MACHINES, NULL);
	fx_plan_lead_to(s, CLASS, PROGRAM);
	fx_plan_change(s, "own_score = 60");
	p = fx_plan_make(s, NULL);
	fx_plan_expect(p, BHO, HOLD_VERDICT);
	ck_assert_int_eq(fx_plan_step(p, BHO)->verdict, VERDICT_SUSPICIOUS);
	fx_plan_expect(p, CLASS, HOLD_MACHINE);
	fx_plan_expect(p, PROGRAM, HOLD_LEFT);
	plan_free(p);
	p = fx_plan_make(s, &o);
	ck_assert(fx_plan_step(p, BHO)->picked);
	ck_assert(!fx_plan_step(p, PROGRAM)->picked);
	plan_free(p);
	store_close(s);
}

END_TEST

/* The machine's entry goes on, only the class that hides its own goes. */
START_TEST(a_users_class_for_a_machines_entry)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, USERS,
			     NULL);
	fx_plan_lead_to(s, OWN, "C:\\T\\evil.dll");
	fx_plan_registration(s, 1, "bho", "{1}", BHO, USERS, NULL);
	fx_plan_lead_to(s, OWN, "C:\\T\\evil.dll");
	fx_plan_change(s, "class_owner = '" SID "'");
	if (_i == 0)
		fx_plan_unhit(s);
	/* The healthy one that the others have. */
	fx_plan_registration(s, 0, "bho", "{1}", BHO, MACHINES, "'Reader'");
	fx_plan_lead_to(s, CLASS, PROGRAM);
	p = fx_plan_make(s, NULL);
	fx_plan_expect(p, FILTER, HOLD_NOT);
	fx_plan_expect(p, OWN, HOLD_NOT);
	ck_assert_ptr_null(fx_plan_step(p, BHO));
	ck_assert_ptr_null(fx_plan_step(p, CLASS));
	plan_free(p);
	store_close(s);
}

END_TEST

/* A key that one row knows as harmless is kept, whatever another says. */
START_TEST(a_known_row_of_the_same_key)
{
	for (int first = 0; first < 2; first++) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_finding(s, 2, "malicious");
		fx_plan_registration(s, 1, "bho", "{1}", BHO, NULL,
				     first ? "'Reader'" : NULL);
		fx_plan_registration(s, 2, "bho", "{1}", BHO, NULL,
				     first ? NULL : "'Reader'");
		p = fx_plan_make(s, NULL);
		ck_assert_uint_eq(p->steps.count, 1);
		fx_plan_expect(p, BHO, HOLD_KNOWN);
		ck_assert_str_eq(fx_plan_step(p, BHO)->held_for, "Reader");
		plan_free(p);
		store_close(s);
	}
}

END_TEST

/* Two findings want a class: one may have it. */
START_TEST(the_right_of_one_is_enough)
{
	for (int first = 1; first <= 2; first++) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_finding(s, 2, "malicious");
		fx_plan_registration(s, first, "mime_filter", "text/html",
				     FILTER, MACHINES, NULL);
		fx_plan_registration(s, 3 - first, "bho", "{1}", BHO, MACHINES,
				     NULL);
		p = fx_plan_make(s, NULL);
		fx_plan_expect(p, CLASS, HOLD_NOT);
		ck_assert_int_eq(fx_plan_step(p, CLASS)->finding_id, 3 - first);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

/* A class that is condemned is not kept by an entry that any program of a
 * user could have made; by one of another product of the machine's it is. */
START_TEST(whose_entry_keeps_a_class)
{
	static const struct {
		const char *entry;
		int content;
		enum step_hold hold;
	} cases[] = {
		{ "HKU\\" SID "\\T", 0, HOLD_NOT },
		{ "HKLM\\SOFTWARE\\T", 0, HOLD_SHARED },
		/* What leads to strong content goes itself. */
		{ "HKLM\\SOFTWARE\\T", 90, HOLD_NOT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_file(s, 1, "file", PROGRAM, cases[i].content);
		fx_plan_registration(s, 1, "bho", "{1}", BHO, MACHINES, NULL);
		fx_plan_lead_to(s, CLASS, PROGRAM);
		fx_plan_registration(s, 1, "toolbar", "{2}", cases[i].entry,
				     MACHINES, NULL);
		fx_plan_lead_to(s, CLASS, PROGRAM);
		fx_plan_change(s, "clsid = '{2}'");
		fx_plan_unhit(s);
		p = fx_plan_make(s, NULL);
		fx_plan_expect(p, CLASS, cases[i].hold);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

/* A user's other entries of the class go with the one that was hit. */
START_TEST(the_same_owner_and_class)
{
	static const char other[] = "HKU\\" SID "\\Software\\T";
	static const char anothers[] = "HKU\\S-1-5-21-9\\Software\\T";
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, NULL,
			     NULL);
	fx_plan_registration(s, 1, "toolbar", "{1}", other, NULL, NULL);
	fx_plan_unhit(s);
	fx_plan_registration(s, 1, "toolbar", "{1}", anothers, NULL, NULL);
	fx_plan_unhit(s);
	fx_plan_change(s, "own_score = 0");
	fx_plan_registration(s, 1, "toolbar", "{2}", "HKU\\" SID "\\Other",
			     NULL, NULL);
	fx_plan_change(s, "clsid = '{2}'");
	fx_plan_unhit(s);
	p = fx_plan_make(s, NULL);
	ck_assert_uint_eq(p->steps.count, 2);
	fx_plan_expect(p, FILTER, HOLD_NOT);
	fx_plan_expect(p, other, HOLD_NOT);
	plan_free(p);
	store_close(s);
}

END_TEST

/* ---- files ------------------------------------------------------- */

/* What an entry leads to and was not looked at is told, too. */
START_TEST(a_program_that_no_rule_hit)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, NULL,
			     NULL);
	fx_plan_lead_to(s, OWN, PROGRAM);
	fx_plan_change(s, "file_exists = 1, file_size = 7, sha256 = 'aa'");
	fx_plan_registration(s, 1, "toolbar", "{1}", "HKU\\" SID "\\T", NULL,
			     NULL);
	fx_plan_lead_to(s, OWN, "C:\\gone.dll");
	fx_plan_change(s, "file_exists = 0");
	p = fx_plan_make(s, NULL);
	ck_assert_uint_eq(p->steps.count, 3);
	fx_plan_expect(p, PROGRAM, HOLD_LEFT);
	ck_assert_int_eq(fx_plan_step(p, PROGRAM)->size, 7);
	ck_assert_str_eq(fx_plan_step(p, PROGRAM)->sha256, "aa");
	plan_free(p);
	store_close(s);
}

END_TEST

/* No entry, no strong content: its finding has to be named. */
START_TEST(a_file_alone)
{
	const uint64_t one = 1;
	struct plan_options o = { .findings = &one, .finding_count = 1 };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", PROGRAM, 79);
	p = fx_plan_make(s, NULL);
	fx_plan_expect(p, PROGRAM, HOLD_WEAK);
	plan_free(p);
	p = fx_plan_make(s, &o);
	ck_assert(fx_plan_step(p, PROGRAM)->picked);
	plan_free(p);
	store_close(s);
}

END_TEST

/* An entry of the machine's takes what it loads, or would if it might. */
START_TEST(only_what_is_loaded)
{
	static const struct {
		const char *set;
		enum step_hold hold;
	} cases[] = {
		{ "loads = 1", HOLD_NOT },
		{ "loads = 0, why_not = 'disabled', disabled = 1", HOLD_NOT },
		{ "loads = 0, why_not = 'wrong_place'", HOLD_LEFT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_file(s, 1, "file", PROGRAM, 0);
		fx_plan_registration(s, 1, "bho", "{1}", BHO, NULL, NULL);
		fx_plan_lead_to(s, CLASS, PROGRAM);
		fx_plan_change(s, cases[i].set);
		p = fx_plan_make(s, NULL);
		fx_plan_expect(p, PROGRAM, cases[i].hold);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

/* What the pack calls the companion of a program goes with it, or stays. */
START_TEST(a_companion_goes_with_its_program)
{
	static const struct {
		const char *entry, *sig, *rule;
		enum step_hold hold;
	} cases[] = {
		{ BHO, "C:\\PF\\a.sig", "sig", HOLD_NOT },
		{ FILTER, "C:\\PF\\a.sig", "sig", HOLD_WEAK },
		{ BHO, "C:\\Q\\a.sig", "sig", HOLD_WEAK },
		{ BHO, "C:\\PF\\a.sig", "plain", HOLD_WEAK },
	};
	struct plan_options o = { .windows = "C:\\Windows" };
	struct pack *pack = NULL;

	ck_assert_int_eq(fixture_pack("rule sig { meta: companion = \"a.dll\" "
				      "condition: false }\n"
				      "rule plain { condition: false }\n",
				      &pack),
			 0);
	o.pack = pack;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store *s = fx_plan_store();
		struct str sql = STR_INIT;
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_file(s, 1, "file", cases[i].sig, 0);
		str_addf(&sql,
			 "INSERT INTO match (artefact_id, rule, score, "
			 "evidence) VALUES ((SELECT max(artefact_id) FROM "
			 "artefact), '%s', 50, 'name')",
			 cases[i].rule);
		fx_plan_sql(s, str_text(&sql));
		str_release(&sql);
		fx_plan_file(s, 1, "file", PROGRAM, 0);
		fx_plan_registration(s, 1, "bho", "{1}", cases[i].entry, NULL,
				     NULL);
		fx_plan_lead_to(s, CLASS, PROGRAM);
		p = fx_plan_make(s, &o);
		fx_plan_expect(p, cases[i].sig, cases[i].hold);
		plan_free(p);
		store_close(s);
	}
	pack_free(pack);
}

END_TEST

#define VIRTUAL TARO "\\AppData\\Local\\VirtualStore"

/* Other spellings of one path; a user's VirtualStore is nobody else's. */
START_TEST(a_file_by_another_name)
{
	static const struct {
		const char *server, *file;
		enum step_hold hold;
	} cases[] = {
		{ "C:\\PF\\mstmp.", "C:\\PF\\mstmp", HOLD_NOT },
		{ "C:\\PF\\mstmp", "C:\\PF\\mstmp. .", HOLD_NOT },
		{ "C:\\PF\\mstmp.", "C:\\PF\\mstmp2", HOLD_WEAK },
		{ PROGRAM, VIRTUAL "\\PF\\a.dll", HOLD_NOT },
		{ "D:\\PF\\a.dll", VIRTUAL "\\PF\\a.dll", HOLD_WEAK },
		{ "C:\\PF\\b.dll", VIRTUAL "\\PF\\a.dll", HOLD_WEAK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_file(s, 1, "file", cases[i].file, 0);
		fx_plan_registration(s, 1, "bho", "{1}", BHO, NULL, NULL);
		fx_plan_lead_to(s, CLASS, cases[i].server);
		p = fx_plan_make(s, NULL);
		fx_plan_expect(p, BHO, HOLD_NOT);
		fx_plan_expect(p, cases[i].file, cases[i].hold);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

/* What a user lays into his VirtualStore moves no entry of the machine's. */
START_TEST(strong_content_in_a_users_store)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", VIRTUAL "\\PF\\a.dll", 90);
	fx_plan_registration(s, 1, "bho", "{1}", BHO, NULL, NULL);
	fx_plan_lead_to(s, CLASS, PROGRAM);
	fx_plan_unhit(s);
	p = fx_plan_make(s, NULL);
	ck_assert_uint_eq(p->steps.count, 1);
	fx_plan_expect(p, VIRTUAL "\\PF\\a.dll", HOLD_NOT);
	plan_free(p);
	store_close(s);
}

END_TEST

/* ---- a user's own place ------------------------------------------ */

#define OTHER "C:\\Users\\jiro"

static const struct {
	const char *what, *path, *file;
	enum step_hold hold;
} places[] = {
	{ "his profile, a program", TARO "\\x.dll", "filetype = 'EXE'",
	  HOLD_NOT },
	{ "his profile, a name of the pack's", TARO "\\AppData\\mstmp", NULL,
	  HOLD_NOT },
	{ "his profile, a letter", TARO "\\letter.doc", "filetype = 'OLE'",
	  HOLD_LEFT },
	{ "another's profile", OTHER "\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
	{ "another's temporary folder, his file",
	  OTHER "\\AppData\\Local\\Temp\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
	{ "a name that begins like his profile's", TARO "2\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
	{ "all users' folder", "C:\\Users\\Public\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
	{ "a temporary folder, his file", "C:\\Temp\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_NOT },
	{ "a temporary folder, another's file", "C:\\Temp\\x.dll",
	  "filetype = 'EXE', owner = 'S-1-5-32-544'", HOLD_LEFT },
	{ "a temporary folder, owners cannot be told", "C:\\Temp\\x.dll",
	  "filetype = 'EXE'", HOLD_LEFT },
	{ "what he calls temporary below Program Files",
	  "C:\\Program Files\\App\\Temp\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
	{ "below ProgramData", "C:\\ProgramData\\Temp\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
	{ "below Windows", "C:\\Windows\\Temp\\x.dll",
	  "filetype = 'EXE', owner = '" SID "'", HOLD_LEFT },
};

static struct target *open_target(struct fixture *f)
{
	fixture_init(f);
	fixture_windows7(f);
	fixture_profile(f, SID, "%SystemDrive%\\Users\\taro");
	fixture_profile(f, "S-1-5-21-1-2-3-1002", "%SystemDrive%\\Users\\jiro");
	fixture_machine_hives(f, "Windows/System32/config");
	fixture_user_hive(f, "Users/taro/NTUSER.DAT", NULL);
	fixture_user_hive(f, "Users/jiro/NTUSER.DAT", NULL);
	return fixture_open(f);
}

START_TEST(a_users_own_place)
{
	struct fixture f;
	struct target *t = open_target(&f);
	const struct plan_options o = { .windows = "C:\\Windows", .target = t };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", places[_i].path, 0);
	if (places[_i].file)
		fx_plan_file_is(s, places[_i].file);
	else
		fx_plan_sql(s, "INSERT INTO match (artefact_id, rule, score, "
			       "evidence) VALUES ((SELECT max(artefact_id) "
			       "FROM artefact), 'n', 60, 'name')");
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, NULL,
			     NULL);
	fx_plan_lead_to(s, OWN, places[_i].path);
	p = fx_plan_make(s, &o);
	ck_assert_msg(fx_plan_step(p, places[_i].path)->hold == places[_i].hold,
		      "%s: %s", places[_i].what,
		      hold_word(fx_plan_step(p, places[_i].path)->hold));
	plan_free(p);
	store_close(s);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* A user's entries, more than a plan holds, of a finding that comes first. */
START_TEST(decoys_leave_room_for_the_machines)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, NULL,
			     NULL);
	fx_plan_sql(
		s, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + "
		   "1 FROM n WHERE i < 20100) INSERT INTO registration "
		   "(scan_id, finding_id, point, view, name, clsid, "
		   "on_demand, loads, disabled, registry_key, side_keys, "
		   "trust) SELECT 1, 1, 'mime_filter', '64', 'text/html', "
		   "'{00000000-0000-0000-0000-000000000001}', 0, 1, 0, '" FILTER
		   ";' || i, " USERS ", 'unchecked' FROM n");
	fx_plan_finding(s, 2, "malicious");
	fx_plan_registration(s, 2, "bho", "x", BHO, MACHINES, NULL);
	p = fx_plan_make(s, NULL);
	fx_plan_expect(p, BHO, HOLD_NOT);
	fx_plan_expect(p, CLASS, HOLD_NOT);
	ck_assert_uint_eq(p->steps.count, 20000);
	ck_assert(p->is_cut);
	plan_free(p);
	store_close(s);
}

END_TEST

static Suite *plan_owner_suite(void)
{
	Suite *s = suite_create("plan_owner");
	TCase *tc = tcase_create("plan_owner");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, a_users_filter_at_a_machines_class, 0, 2);
	tcase_add_test(tc, what_is_suspicious_by_itself_waits);
	tcase_add_loop_test(tc, a_users_class_for_a_machines_entry, 0, 2);
	tcase_add_test(tc, a_known_row_of_the_same_key);
	tcase_add_test(tc, the_right_of_one_is_enough);
	tcase_add_test(tc, whose_entry_keeps_a_class);
	tcase_add_test(tc, the_same_owner_and_class);
	tcase_add_test(tc, a_program_that_no_rule_hit);
	tcase_add_test(tc, a_file_alone);
	tcase_add_test(tc, only_what_is_loaded);
	tcase_add_test(tc, a_companion_goes_with_its_program);
	tcase_add_test(tc, a_file_by_another_name);
	tcase_add_test(tc, strong_content_in_a_users_store);
	tcase_add_test(tc, decoys_leave_room_for_the_machines);
	tcase_add_loop_test(tc, a_users_own_place, 0,
			    sizeof(places) / sizeof(places[0]));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(plan_owner_suite)
