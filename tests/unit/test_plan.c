/*
 * Plans: which steps come from a scan, in which order, and what is left out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "plan_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/journal.h"
#include "remediate/plan.h"
#include "remediate/words.h"
#include "store/store_internal.h"

#include <string.h>

#define BHO   "HKLM\\SOFTWARE\\Microsoft\\X\\Browser Helper Objects\\{1}"
#define CLASS "HKLM\\SOFTWARE\\Classes\\CLSID\\{1}"
#define SIDE                                                                   \
	"'[{\"kind\":\"clsid\",\"key\":"                                       \
	"\"HKLM\\\\SOFTWARE\\\\Classes\\\\CLSID\\\\{1}\"}]'"

START_TEST(test_order)
{
	static const char *const order[] = { BHO, "C:\\PF\\lib.dll", CLASS };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", "C:\\PF\\lib.dll", 0);
	fx_plan_registration(s, 1, "bho", "{1}", BHO, SIDE, NULL);
	fx_plan_lead_to(s, CLASS, "C:\\PF\\lib.dll");
	p = fx_plan_make(s, NULL);
	ck_assert_uint_eq(p->steps.count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_str_eq(plan_step(p, i)->target, order[i]);
		ck_assert_uint_eq(plan_step(p, i)->seq, i + 1);
		ck_assert(plan_step(p, i)->picked);
	}
	ck_assert_int_eq(plan_step(p, 0)->action, ACT_REMOVE_KEY);
	ck_assert_int_eq(plan_step(p, 1)->action, ACT_QUARANTINE_FILE);
	ck_assert_str_eq(plan_step(p, 2)->kind, "clsid");
	ck_assert_uint_eq(p->finding_count, 1);
	ck_assert_uint_eq(p->file_count, 1);
	plan_free(p);
	store_close(s);
}

END_TEST

/* Rows of both views for one shared key are one step; values are values. */
START_TEST(test_same_key_once)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "mime_filter", "text/html", "HKLM\\S\\F",
			     NULL, NULL);
	fx_plan_registration(s, 1, "mime_filter", "text/html", "hklm\\s\\f",
			     NULL, NULL);
	fx_plan_registration(s, 1, "toolbar", "{1}", "HKLM\\S\\Toolbar", NULL,
			     NULL);
	fx_plan_registration(s, 1, "toolbar", "{2}", "HKLM\\S\\Toolbar", NULL,
			     NULL);
	p = fx_plan_make(s, NULL);
	ck_assert_uint_eq(p->steps.count, 3);
	ck_assert_int_eq(plan_step(p, 1)->action, ACT_REMOVE_VALUE);
	ck_assert_str_eq(plan_step(p, 1)->value_name, "{1}");
	ck_assert_str_eq(plan_step(p, 2)->value_name, "{2}");
	plan_free(p);
	store_close(s);
}

END_TEST

START_TEST(test_only_malicious_by_itself)
{
	const uint64_t two = 2;
	const uint64_t nine = 9;
	struct plan_options o = { .findings = &two, .finding_count = 1 };
	struct plan_options wrong = { .findings = &nine, .finding_count = 1 };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_finding(s, 2, "suspicious");
	fx_plan_finding(s, 3, "note");
	fx_plan_file(s, 1, "file", "C:\\a", 90);
	fx_plan_file(s, 2, "file", "C:\\b", 60);
	fx_plan_file(s, 3, "file", "C:\\c", 40);
	p = fx_plan_make(s, NULL);
	ck_assert(fx_plan_step(p, "C:\\a")->picked);
	ck_assert(!fx_plan_step(p, "C:\\b")->picked);
	ck_assert_int_eq(fx_plan_step(p, "C:\\b")->hold, HOLD_VERDICT);
	ck_assert(!fx_plan_step(p, "C:\\c")->picked);
	plan_free(p);
	/* A finding that is named is the only one. */
	p = fx_plan_make(s, &o);
	ck_assert(!fx_plan_step(p, "C:\\a")->picked);
	ck_assert(fx_plan_step(p, "C:\\b")->picked);
	ck_assert_int_eq(plan_pick(p, &wrong), ERR_NOT_FOUND);
	plan_free(p);
	store_close(s);
}

END_TEST

START_TEST(test_pick_and_skip_by_number)
{
	const uint64_t two = 2, one = 1, many = 77;
	struct plan_options o = {
		.steps = &two, .step_count = 1, .skips = &one, .skip_count = 1
	};
	struct plan_options wrong = { .steps = &many, .step_count = 1 };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_finding(s, 2, "note");
	fx_plan_file(s, 1, "file", "C:\\a", 90);
	fx_plan_file(s, 2, "file", "C:\\b", 40);
	p = fx_plan_make(s, &o);
	ck_assert(!plan_find(p, 1)->picked);
	ck_assert(plan_find(p, 2)->picked);
	ck_assert(plan_find(p, 2)->by_number);
	ck_assert_int_eq(plan_pick(p, &wrong), ERR_NOT_FOUND);
	plan_free(p);
	store_close(s);
}

END_TEST

/* A class key that a healthy entry has, too, stays, whoever asks. */
/*
 * Of two findings a fix worked on one, and did not do all of it: that one is
 * overtaken, the other is planned as ever.
 */
START_TEST(test_worked_on)
{
	static const uint64_t first = 1, second = 2, step = 1;
	const struct plan_options all = { .windows = "C:\\Windows" };
	struct plan_options one = { .windows = "C:\\Windows",
				    .findings = &first,
				    .finding_count = 1 };
	struct vec worked = VEC_INIT(struct worked_step, 4);
	struct store *s = fx_plan_store();
	struct worked_step *w;
	struct plan *p = NULL;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_finding(s, 2, "malicious");
	fx_plan_registration(s, 1, "bho", "{1}", BHO, NULL, NULL);
	fx_plan_file(s, 1, "file", "C:\\one", 90);
	fx_plan_file(s, 2, "file", "C:\\two", 90);
	ck_assert_int_eq(plan_make(s, 1, &all, &p), 0);
	/* What changed nothing overtakes nothing: refused, or gone. */
	w = vec_push(&worked);
	*w = (struct worked_step){ .finding_id = 1, .seq = 1, .is_done = true };
	ck_assert_int_eq(plan_mark_worked(p, &worked), 0);
	ck_assert_int_eq(plan_pick(p, &all), 0);
	ck_assert_uint_eq(plan_picked_count(p), 3);
	ck_assert_uint_eq(p->worked_count, 0);
	w->has_changed = true;
	ck_assert_int_eq(plan_mark_worked(p, &worked), 0);
	ck_assert_int_eq(plan_pick(p, &all), 0);
	ck_assert_uint_eq(plan_picked_count(p), 1);
	ck_assert(fx_plan_step(p, "C:\\two")->picked);
	ck_assert_uint_eq(p->worked_count, 2);
	ck_assert_uint_eq(p->left_count, 1);
	/* Named, it wants another scan, by its finding or by its step. */
	ck_assert_int_eq(plan_pick(p, &one), ERR_CHANGED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "scan again"));
	one.findings = &second;
	ck_assert_int_eq(plan_pick(p, &one), 0);
	ck_assert_uint_eq(plan_picked_count(p), 1);
	one.steps = &step;
	one.step_count = 1;
	ck_assert_int_eq(plan_pick(p, &one), ERR_CHANGED);
	vec_release(&worked);
	plan_free(p);
	store_close(s);
}

END_TEST

START_TEST(test_shared_side_stays)
{
	const uint64_t number = 2;
	struct plan_options o = { .steps = &number, .step_count = 1 };
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "bho", "{1}", BHO, SIDE, NULL);
	fx_plan_registration(s, 0, "toolbar", "{1}", "HKLM\\S\\Healthy", SIDE,
			     NULL);
	p = fx_plan_make(s, NULL);
	ck_assert_int_eq(fx_plan_step(p, CLASS)->hold, HOLD_SHARED);
	ck_assert_str_eq(fx_plan_step(p, CLASS)->held_for, "HKLM\\S\\Healthy");
	ck_assert(!fx_plan_step(p, CLASS)->picked);
	ck_assert_uint_eq(fx_plan_step(p, CLASS)->seq, 2);
	ck_assert_int_eq(plan_pick(p, &o), ERR_INVALID);
	plan_free(p);
	store_close(s);
}

END_TEST

/* The same key in another malicious finding is no reason to keep it. */
START_TEST(test_shared_by_malicious)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_finding(s, 2, "malicious");
	fx_plan_registration(s, 1, "bho", "{1}", BHO, SIDE, NULL);
	fx_plan_registration(s, 2, "toolbar", "{1}", "HKLM\\S\\Other", SIDE,
			     NULL);
	p = fx_plan_make(s, NULL);
	ck_assert_int_eq(fx_plan_step(p, CLASS)->hold, HOLD_NOT);
	ck_assert(fx_plan_step(p, CLASS)->picked);
	plan_free(p);
	store_close(s);
}

END_TEST

/*
 * A DLL with two entries, one of them known as harmless: that one and the
 * file stay, unless the content of the file condemns it.
 */
START_TEST(test_known_entry)
{
	for (int strong = 0; strong < 2; strong++) {
		struct store *s = fx_plan_store();
		struct plan *p;

		fx_plan_finding(s, 1, "malicious");
		fx_plan_registration(s, 1, "bho", "{1}", BHO, SIDE, NULL);
		fx_plan_registration(s, 1, "bho", "{2}", "HKLM\\S\\Healthy",
				     NULL, "'Java'");
		fx_plan_file(s, 1, "file", "C:\\PF\\lib.dll", strong ? 80 : 79);
		p = fx_plan_make(s, NULL);
		ck_assert(fx_plan_step(p, BHO)->picked);
		ck_assert_int_eq(fx_plan_step(p, "HKLM\\S\\Healthy")->hold,
				 HOLD_KNOWN);
		ck_assert(!fx_plan_step(p, "HKLM\\S\\Healthy")->picked);
		ck_assert_int_eq(fx_plan_step(p, "C:\\PF\\lib.dll")->picked,
				 strong);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

START_TEST(test_places_that_wait_for_a_person)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", "c:\\WINDOWS\\Temp\\mstmp", 90);
	fx_plan_file(s, 1, "file", "C:\\WindowsX\\mstmp", 90);
	fx_plan_file(s, 1, "file", "C:\\a.txt:evil", 90);
	fx_plan_file(s, 1, "member", "C:\\c\\x!in/y.class", 90);
	p = fx_plan_make(s, NULL);
	ck_assert_int_eq(fx_plan_step(p, "c:\\WINDOWS\\Temp\\mstmp")->hold,
			 HOLD_SYSTEM);
	ck_assert(fx_plan_step(p, "C:\\WindowsX\\mstmp")->picked);
	ck_assert_int_eq(fx_plan_step(p, "C:\\a.txt:evil")->hold, HOLD_STREAM);
	/* The archive goes as a whole; it has no digest of its own. */
	ck_assert_str_eq(fx_plan_step(p, "C:\\c\\x")->kind, "archive");
	ck_assert_str_eq(fx_plan_step(p, "C:\\c\\x")->sha256, "");
	ck_assert_int_eq(fx_plan_step(p, "C:\\c\\x")->hold, HOLD_ARCHIVE);
	plan_free(p);
	store_close(s);
}

END_TEST

/* What stands in the store as escaped text comes back as the name it is. */
/* ---- what a planted entry may not take with it ------------------- */

#define FILTER "HKU\\S-1_Classes\\PROTOCOLS\\Filter\\text/html"

static const struct {
	const char *what;
	const char *entry;	 /* of finding 1 */
	const char *other_entry; /* to the same class, NULL */
	const char *server;
	const char *verdict;
	int file_rule; /* score of a rule that hit the file, 0 none */
	enum step_hold side;
	enum step_hold file;
} planted[] = {
	{ "the machine's entry", BHO, NULL, "C:\\PF\\a.dll", "malicious", 0,
	  HOLD_NOT, HOLD_NOT },
	{ "a user's entry", FILTER, NULL, "C:\\PF\\a.dll", "malicious", 0,
	  HOLD_MACHINE, HOLD_LEFT },
	{ "a user's entry, and the file has marks", FILTER, NULL,
	  "C:\\PF\\a.dll", "malicious", 79, HOLD_MACHINE, HOLD_LEFT },
	{ "a user's entry, and the file's content condemns it", FILTER, NULL,
	  "C:\\PF\\a.dll", "malicious", 80, HOLD_NOT, HOLD_NOT },
	{ "both entries", FILTER, BHO, "C:\\PF\\a.dll", "malicious", 0,
	  HOLD_NOT, HOLD_NOT },
	{ "both entries, the other way round", BHO, FILTER, "C:\\PF\\a.dll",
	  "malicious", 0, HOLD_NOT, HOLD_NOT },
	{ "a file of Windows, a user's entry", FILTER, NULL,
	  "C:\\Windows\\System32\\a.dll", "malicious", 0, HOLD_SYSTEM,
	  HOLD_LEFT },
	{ "a file of Windows, the machine's entry", BHO, NULL,
	  "C:\\windows\\System32\\a.dll", "malicious", 90, HOLD_SYSTEM,
	  HOLD_SYSTEM },
	{ "suspicious: --finding alone does not pick the class", BHO, NULL,
	  "C:\\Windows\\System32\\a.dll", "suspicious", 0, HOLD_SYSTEM,
	  HOLD_VERDICT },
	{ "suspicious, a user's: --finding alone does not pick the file",
	  FILTER, NULL, "C:\\PF\\a.dll", "suspicious", 0, HOLD_MACHINE,
	  HOLD_LEFT },
};

START_TEST(test_planted)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, planted[_i].verdict);
	fx_plan_file(s, 1, "file", planted[_i].server, planted[_i].file_rule);
	fx_plan_registration(s, 1, "mime_filter", "text/html",
			     planted[_i].entry, SIDE, NULL);
	fx_plan_lead_to(s, CLASS, planted[_i].server);
	if (planted[_i].other_entry != NULL) {
		fx_plan_registration(s, 1, "bho", "{1}",
				     planted[_i].other_entry, SIDE, NULL);
		fx_plan_lead_to(s, CLASS, planted[_i].server);
	}
	p = fx_plan_make(s, NULL);
	ck_assert_msg(fx_plan_step(p, CLASS)->hold == planted[_i].side,
		      "%s: %s", planted[_i].what,
		      hold_word(fx_plan_step(p, CLASS)->hold));
	ck_assert_msg(fx_plan_step(p, planted[_i].server)->hold ==
			      planted[_i].file,
		      "%s: %s", planted[_i].what,
		      hold_word(fx_plan_step(p, planted[_i].server)->hold));
	/* The entry itself goes in any case. */
	ck_assert_int_eq(fx_plan_step(p, planted[_i].entry)->picked,
			 strcmp(planted[_i].verdict, "malicious") == 0);
	plan_free(p);
	store_close(s);
}

END_TEST

/* A class of this user alone is no more than the entry; whose the folder is
 * that the file lies in is not known here. */
START_TEST(test_class_of_the_user)
{
	static const char own[] = "'[{\"kind\":\"clsid\",\"key\":"
				  "\"HKU\\\\S-1_Classes\\\\CLSID\\\\{1}\"}]'";
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_file(s, 1, "file", "C:\\T\\mstmp", 0);
	fx_plan_registration(s, 1, "mime_filter", "text/html", FILTER, own,
			     NULL);
	fx_plan_lead_to(s, "HKU\\S-1_Classes\\CLSID\\{1}", "C:\\T\\mstmp");
	p = fx_plan_make(s, NULL);
	ck_assert_uint_eq(p->steps.count, 3);
	ck_assert(fx_plan_step(p, FILTER)->picked);
	ck_assert(fx_plan_step(p, "HKU\\S-1_Classes\\CLSID\\{1}")->picked);
	ck_assert_int_eq(fx_plan_step(p, "C:\\T\\mstmp")->hold, HOLD_LEFT);
	plan_free(p);
	store_close(s);
}

END_TEST

#define SPACE "HKLM\\SOFTWARE\\Classes\\PROTOCOLS\\Name-Space Handler\\mk"

static const struct {
	const char *key;   /* of another registration */
	const char *known; /* in quotes, NULL */
	int finding;	   /* 0 none, 1 the same, 2 a note */
	bool is_spared;
} neighbours[] = {
	{ SPACE "\\*", NULL, 0, true },
	{ SPACE "\\*", NULL, 2, true },
	{ SPACE "\\*", "'Windows'' own'", 1, true },
	{ SPACE "\\*", NULL, 1, false },
	{ SPACE "2\\*", NULL, 0, false },
	{ "HKLM\\SOFTWARE\\Classes\\PROTOCOLS\\Name-Space Handler", NULL, 0,
	  false },
};

START_TEST(test_entry_below_another)
{
	struct store *s = fx_plan_store();
	const struct step *step;
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_finding(s, 2, "note");
	fx_plan_registration(s, 1, "namespace_handler", "mk", SPACE, NULL,
			     NULL);
	fx_plan_registration(s, neighbours[_i].finding, "namespace_handler",
			     "mk/*", neighbours[_i].key, NULL,
			     neighbours[_i].known);
	p = fx_plan_make(s, NULL);
	step = fx_plan_step(p, SPACE);
	ck_assert(step->picked);
	if (neighbours[_i].is_spared) {
		ck_assert_int_eq(step->action, ACT_REMOVE_VALUE);
		ck_assert_str_eq(step->value_name, "CLSID");
	} else {
		ck_assert_int_eq(step->action, ACT_REMOVE_KEY);
	}
	plan_free(p);
	store_close(s);
}

END_TEST

START_TEST(test_odd_names)
{
	struct store *s = fx_plan_store();
	struct plan *p;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_sql(
		s, "INSERT INTO artefact (scan_id, kind, path, path_raw, size) "
		   "VALUES (1, 'file', 'C:\\a\\u{D800}b', "
		   "x'433A5C61EDA08062', 1)");
	fx_plan_sql(
		s,
		"INSERT INTO finding_artefact VALUES (1, last_insert_rowid())");
	p = fx_plan_make(s, NULL);
	ck_assert_str_eq(plan_step(p, 0)->target, "C:\\a\xED\xA0\x80"
						  "b");
	plan_free(p);
	store_close(s);
}

END_TEST

#define MS "HKLM\\SOFTWARE\\Microsoft\\"

static const struct {
	const char *key;
	bool never;
} never_cases[] = {
	{ MS "Internet Explorer\\ActiveX Compatibility\\{1}", true },
	{ "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Internet Explorer\\"
	  "ActiveX Compatibility\\{1}",
	  true },
	{ MS "internet explorer\\EXTENSION Compatibility\\{1}", true },
	{ "HKU\\S-1-5-21-1\\Software\\Microsoft\\Windows\\CurrentVersion\\"
	  "Policies\\Ext\\CLSID",
	  true },
	{ "HKU\\S-1-5-21-1\\Software\\Microsoft\\Windows\\CurrentVersion\\"
	  "Policies\\Ext",
	  true },
	{ MS "Windows\\CurrentVersion\\Ext\\PreApproved\\{1}", true },
	{ MS "Windows\\CurrentVersion\\Ext\\Stats\\{1}", false },
	{ MS "Windows\\CurrentVersion\\Policies\\Extra", false },
	{ MS "Windows\\CurrentVersion\\Explorer\\Browser Helper Objects\\{1}",
	  false },
	{ "HKLM\\SOFTWARE\\Evil\\Internet Explorer\\ActiveX Compatibility",
	  false },
};

START_TEST(test_never)
{
	ck_assert_msg((plan_kill_bit(never_cases[_i].key, NULL) != NULL) ==
			      never_cases[_i].never,
		      "%s", never_cases[_i].key);
}

END_TEST

/* Every row of the table stops a step, also one named by number. */
START_TEST(test_never_rows_hold)
{
	const uint64_t one = 1;
	struct plan_options o = { .steps = &one, .step_count = 1 };

	for (size_t i = 0; i < kill_bit_row_count; i++) {
		struct store *s = fx_plan_store();
		struct plan *p;
		char key[256];

		snprintf(key, sizeof(key), MS "%s\\{1}", kill_bit_rows[i].tail);
		fx_plan_finding(s, 1, "malicious");
		fx_plan_registration(s, 1, "bho", "{1}", key, NULL, NULL);
		p = fx_plan_make(s, NULL);
		ck_assert_int_eq(plan_step(p, 0)->hold, HOLD_BLOCKS);
		ck_assert(!plan_step(p, 0)->picked);
		ck_assert_int_eq(plan_pick(p, &o), ERR_INVALID);
		plan_free(p);
		store_close(s);
	}
}

END_TEST

START_TEST(test_no_scan)
{
	const struct plan_options o = { 0 };
	struct store *s = fx_plan_store();
	struct plan *p = NULL;

	ck_assert_int_eq(plan_make(s, 2, &o, &p), ERR_NOT_FOUND);
	ck_assert_ptr_null(p);
	store_close(s);
}

END_TEST

START_TEST(test_short_memory)
{
	const struct plan_options o = { .windows = "C:\\Windows" };
	struct store *s = fx_plan_store();
	struct plan *p = NULL;
	int err = ERR_NOMEM;

	fx_plan_finding(s, 1, "malicious");
	fx_plan_registration(s, 1, "bho", "{1}", BHO, SIDE, NULL);
	fx_plan_file(s, 1, "file", "C:\\PF\\lib.dll", 90);
	for (int n = 1; err; n++) {
		ck_assert_int_lt(n, 1000);
		mem_fail_after(n);
		err = plan_make(s, 1, &o, &p);
		mem_fail_after(0);
		if (err)
			ck_assert_int_eq(err, ERR_NOMEM);
	}
	ck_assert_uint_eq(p->steps.count, 3);
	plan_free(p);
	store_close(s);
}

END_TEST

static Suite *plan_suite(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("plan");

	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_same_key_once);
	tcase_add_test(tc, test_only_malicious_by_itself);
	tcase_add_test(tc, test_pick_and_skip_by_number);
	tcase_add_test(tc, test_worked_on);
	tcase_add_test(tc, test_shared_side_stays);
	tcase_add_test(tc, test_shared_by_malicious);
	tcase_add_test(tc, test_known_entry);
	tcase_add_test(tc, test_places_that_wait_for_a_person);
	tcase_add_loop_test(tc, test_planted, 0,
			    sizeof(planted) / sizeof(planted[0]));
	tcase_add_test(tc, test_class_of_the_user);
	tcase_add_loop_test(tc, test_entry_below_another, 0,
			    sizeof(neighbours) / sizeof(neighbours[0]));
	tcase_add_test(tc, test_odd_names);
	tcase_add_loop_test(tc, test_never, 0,
			    sizeof(never_cases) / sizeof(never_cases[0]));
	tcase_add_test(tc, test_never_rows_hold);
	tcase_add_test(tc, test_no_scan);
	tcase_add_test(tc, test_short_memory);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(plan_suite)
