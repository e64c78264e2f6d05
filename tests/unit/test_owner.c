/*
 * Whose something in the registry is, and what that lets a fix take.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/mem.h"
#include "collect/owner.h"
#include "collect/registration.h"
#include "remediate/evidence.h"

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

/* ---- what evidence moves (remediate/README.md has the same table) ---- */

#define A "HKU\\a\\X"
#define B "HKU\\b\\X"
#define M "HKLM\\X"

static const struct {
	const char *what;
	const char *entry, *class_key, *class_owner, *path_owner;
	bool is_known, is_matched, is_strong;
	/* What goes: the entry, keys of the machine's and of user a's. */
	bool entry_goes, machines_goes, users_goes;
} moves[] = {
	{ "the machine's, matched", M, M, NULL, NULL, 0, 1, 0, 1, 1, 0 },
	{ "the machine's, another says so", M, M, NULL, NULL, 0, 0, 0, 0, 0,
	  0 },
	{ "a user's, matched, his class", A, A, "a", NULL, 0, 1, 0, 1, 0, 1 },
	{ "a user's, matched, the machine's class", A, M, NULL, NULL, 0, 1, 0,
	  1, 0, 1 },
	{ "a user's, another says so", A, A, "a", NULL, 0, 0, 0, 0, 0, 0 },
	{ "the machine's entry, a user's class, matched", M, A, "a", NULL, 0, 1,
	  0, 0, 0, 1 },
	{ "the machine's entry and class, a user's folder or variable", M, M,
	  NULL, "a", 0, 1, 0, 0, 0, 1 },
	{ "the machine's class, treated as or named by a user's", M, M, "a",
	  NULL, 0, 1, 0, 0, 0, 1 },
	{ "the machine's, leads to strong content", M, M, NULL, NULL, 0, 0, 1,
	  1, 1, 0 },
	{ "known, leads to strong content", M, M, NULL, NULL, 1, 0, 1, 0, 0,
	  0 },
	{ "a user's, leads to strong content through the machine's class", A, M,
	  NULL, NULL, 0, 0, 1, 1, 1, 1 },
	{ "the machine's entry, a user's class, strong content", M, A, "a",
	  NULL, 0, 0, 1, 0, 0, 1 },
	{ "the machine's entry and class, a user's folder, strong content", M,
	  M, NULL, "a", 0, 0, 1, 0, 0, 1 },
	{ "a user's entry and variable, the machine's class, strong content", A,
	  M, NULL, "a", 0, 1, 1, 1, 0, 1 },
};

START_TEST(evidence_moves_what_its_owner_could_have_changed)
{
	const struct evidence_row row = {
		.entry = owner_of_key(moves[_i].entry),
		.owner = owner_of_row(moves[_i].entry, moves[_i].class_key,
				      moves[_i].class_owner,
				      moves[_i].path_owner),
		.is_machines_way = evidence_is_machines_way(
			moves[_i].class_key, moves[_i].class_owner,
			moves[_i].path_owner),
		.is_known = moves[_i].is_known,
		.is_matched = moves[_i].is_matched,
		.is_strong = moves[_i].is_strong,
	};

	ck_assert_msg(evidence_moves_entry(&row) == moves[_i].entry_goes,
		      "%s: entry", moves[_i].what);
	ck_assert_msg(evidence_moves_side(&row, owner_of_key(M)) ==
			      moves[_i].machines_goes,
		      "%s: the machine's keys", moves[_i].what);
	ck_assert_msg(evidence_moves_side(&row, owner_of_key(A)) ==
			      moves[_i].users_goes,
		      "%s: the user's keys", moves[_i].what);
	/* Nobody's evidence ever moves what is another user's. */
	ck_assert_msg(!evidence_moves_side(&row, owner_of_key(B)),
		      "%s: another user's keys", moves[_i].what);
}

END_TEST

static const struct {
	const char *what;
	struct evidence_file f;
	enum evidence_answer answer;
} files[] = {
	{ "nothing but a name", { .has_name = 1 }, EVIDENCE_WEAK },
	{ "strong content", { .is_strong = 1 }, EVIDENCE_TAKES },
	{ "strong content, known",
	  { .is_strong = 1, .is_known = 1 },
	  EVIDENCE_TAKES },
	{ "the machine's entry",
	  { .is_led_to = 1, .is_of_machine = 1 },
	  EVIDENCE_TAKES },
	{ "the machine's entry, known",
	  { .is_led_to = 1, .is_of_machine = 1, .is_known = 1 },
	  EVIDENCE_KNOWN },
	{ "the companion of one that goes",
	  { .is_companion = 1 },
	  EVIDENCE_TAKES },
	{ "an entry of the machine's that does not load it",
	  { .is_led_to = 1, .is_program = 1, .has_name = 1 },
	  EVIDENCE_LEFT },
	{ "a user's entry, anywhere",
	  { .is_led_to = 1, .is_of_user = 1, .is_program = 1, .has_name = 1 },
	  EVIDENCE_LEFT },
	{ "a user's entry, a program in his own place",
	  { .is_led_to = 1,
	    .is_of_user = 1,
	    .is_in_users_place = 1,
	    .is_program = 1 },
	  EVIDENCE_TAKES },
	{ "a user's entry, a known name in his own place",
	  { .is_led_to = 1,
	    .is_of_user = 1,
	    .is_in_users_place = 1,
	    .has_name = 1 },
	  EVIDENCE_TAKES },
	{ "a user's entry, his letter",
	  { .is_led_to = 1, .is_of_user = 1, .is_in_users_place = 1 },
	  EVIDENCE_LEFT },
	{ "a program in somebody's place that no entry of his leads to",
	  { .is_in_users_place = 1, .is_program = 1 },
	  EVIDENCE_WEAK },
};

START_TEST(evidence_takes_files)
{
	ck_assert_msg(evidence_of_file(&files[_i].f) == files[_i].answer, "%s",
		      files[_i].what);
}

END_TEST

/* profile, temp, others', owner is he: his own place */
static const bool places[][5] = {
	{ 0, 0, 0, 0, 0 }, { 1, 0, 0, 0, 1 }, { 1, 1, 0, 0, 1 },
	{ 1, 0, 1, 1, 0 }, { 0, 1, 0, 1, 1 }, { 0, 1, 0, 0, 0 },
	{ 0, 1, 1, 1, 0 }, { 0, 0, 0, 1, 0 },
};

START_TEST(a_users_place_is_his_profile_or_his_file_in_his_temp)
{
	const struct evidence_place p = { places[_i][0], places[_i][1],
					  places[_i][2], places[_i][3] };

	ck_assert(evidence_is_users_place(&p) == places[_i][4]);
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
	tcase_add_loop_test(tc,
			    evidence_moves_what_its_owner_could_have_changed, 0,
			    sizeof(moves) / sizeof(moves[0]));
	tcase_add_loop_test(tc, evidence_takes_files, 0,
			    sizeof(files) / sizeof(files[0]));
	tcase_add_loop_test(
		tc, a_users_place_is_his_profile_or_his_file_in_his_temp, 0,
		sizeof(places) / sizeof(places[0]));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(owner_suite)
