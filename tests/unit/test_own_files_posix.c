/*
 * What a scan leaves out as the program's own: nothing that somebody else
 * could have laid there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "own_files.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OURS  "ProgramData/mstmpsweep"
#define VAULT OURS "/vault"

static struct fixture pc;
static struct target *target;
static struct vec list;

/* Its vault holds two items, the journal and a file of no such name. */
static void setup(void)
{
	fixture_init(&pc);
	fixture_windows7(&pc);
	fixture_machine_hives(&pc, "Windows/System32/config");
	fixture_file(&pc, VAULT "/a.mqv", "x");
	fixture_file(&pc, VAULT "/a.mqv.reg", "x");
	fixture_file(&pc, VAULT "/journal.db", "x");
	fixture_file(&pc, VAULT "/other.dll", "x");
	fixture_folder(&pc, VAULT "/folder.mqv");
	target = fixture_open(&pc);
}

static void teardown(void)
{
	target_free(target);
	fixture_release(&pc);
}

static void modes(mode_t ours, mode_t vault)
{
	char *path = fixture_path(&pc, OURS);

	ck_assert_int_eq(chmod(path, ours), 0);
	mem_free(path);
	path = fixture_path(&pc, VAULT);
	ck_assert_int_eq(chmod(path, vault), 0);
	mem_free(path);
}

static bool has(const char *name)
{
	for (size_t i = 0; i < list.count; i++) {
		const char *path = *(char **)vec_at(&list, i);
		const size_t n = strlen(path), k = strlen(name);

		if (n > k && path[n - k - 1] == '/' &&
		    strcmp(path + n - k, name) == 0)
			return true;
	}
	return false;
}

static void look(size_t count)
{
	ck_assert_int_eq(own_files_list(target, "s.db", &list), 0);
	ck_assert(has("s.db"));
	ck_assert(has("s.db-journal"));
	ck_assert_uint_eq(list.count, count);
}

START_TEST(the_private_vault_is_left_out)
{
	modes(0700, 0700);
	look(2 + 3);
	ck_assert(has("a.mqv"));
	ck_assert(has("a.mqv.reg"));
	ck_assert(has("journal.db"));
	own_files_release(&list);
}

END_TEST

/* Each of these lets somebody else in. */
static const mode_t open_modes[][2] = {
	{ 0700, 0777 },
	{ 0777, 0700 },
	{ 0700, 0720 },
	{ 0702, 0700 },
};

START_TEST(one_that_others_can_write_to_is_not)
{
	modes(open_modes[_i][0], open_modes[_i][1]);
	look(2);
	own_files_release(&list);
}

END_TEST

START_TEST(one_of_somebody_else_is_not)
{
	char *path = fixture_path(&pc, _i ? OURS : VAULT);

	modes(0700, 0700);
	if (chown(path, 12345, (gid_t)-1) != 0) {
		mem_free(path);
		UNIT_SKIP("a file can be given away by root only");
	}
	look(2);
	own_files_release(&list);
	mem_free(path);
}

END_TEST

/* A link in its place leads to where somebody else may be. */
START_TEST(one_behind_a_link_is_not)
{
	char *vault = fixture_path(&pc, VAULT);
	char *other = fixture_path(&pc, OURS "/other");

	modes(0700, 0700);
	ck_assert_int_eq(rename(vault, other), 0);
	ck_assert_int_eq(symlink("other", vault), 0);
	look(2);
	own_files_release(&list);
	mem_free(other);
	mem_free(vault);
}

END_TEST

static Suite *own_files_suite(void)
{
	Suite *s = suite_create("own_files");
	TCase *tc = tcase_create("own_files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_private_vault_is_left_out);
	tcase_add_loop_test(tc, one_that_others_can_write_to_is_not, 0,
			    sizeof(open_modes) / sizeof(open_modes[0]));
	tcase_add_loop_test(tc, one_of_somebody_else_is_not, 0, 2);
	tcase_add_test(tc, one_behind_a_link_is_not);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(own_files_suite)
