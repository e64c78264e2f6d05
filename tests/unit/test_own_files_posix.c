/*
 * What a scan leaves out as the program's own: nothing that somebody else
 * could have laid there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "vault_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "session/own_files.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OURS  "ProgramData/mstmpsweep"
#define VAULT OURS "/vault"

static struct fixture pc;
static struct target *target;
static struct vec list;

static void put(const char *name, const void *data, size_t nbytes)
{
	char *path = fixture_path(&pc, name);

	fixture_file(&pc, name, "x");
	ck_assert_int_eq(host_write_file(path, data, nbytes), 0);
	mem_free(path);
}

static void put_item(const char *name)
{
	static const uint8_t data[] = "MZ of a program";
	const struct vx_part part = { "", data, sizeof(data) };
	struct vault_info info = vx_info(VAULT_FILE);
	struct vx_bytes item = { 0 };

	vx_make(&info, &part, 1, &item);
	put(name, item.data, item.nbytes);
	vx_release(&item);
}

#define REG "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0"

/* Its vault holds an item with its text, the journal and other files. */
static void setup(void)
{
	fixture_init(&pc);
	fixture_windows7(&pc);
	fixture_machine_hives(&pc, "Windows/System32/config");
	put_item(VAULT "/a.mqv");
	put(VAULT "/a.reg", REG, sizeof(REG) - 1);
	put(VAULT "/journal.db", "SQLite format 3\0rest", 20);
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
	ck_assert(has("a.reg"));
	ck_assert(has("journal.db"));
	own_files_release(&list);
}

END_TEST

/* Whoever was administrator there can have made a folder that looks so. */
static const struct {
	const char *name;
	const char *data;
	size_t nbytes;
} planted[] = {
	{ "x.mqv", "MZ", 2 },
	{ "x.mqv", "", 0 },
	{ "x.mqv", "MSTMPMQV and no more of it", 26 },
	{ "x.mqv", REG, sizeof(REG) - 1 },
	{ "x.reg", "MZ", 2 },
	{ "x.reg", "", 0 },
	{ "x.reg", "W\0i\0n\0d\0o\0w\0s\0", 14 },
	{ "journal.db", "MZ", 2 },
	{ "journal.db", "SQLite format 4", 16 },
	{ "journal.db-journal", "MZ", 2 },
	{ "journal.db-journal", "SQLite format 3", 16 },
	{ "journal.db.dll", "SQLite format 3", 16 },
	{ "journal.db-wal", "SQLite format 3", 16 },
};

START_TEST(what_is_not_what_its_name_says_is_not)
{
	const bool is_journal = strcmp(planted[_i].name, "journal.db") == 0;
	char name[64];

	modes(0700, 0700);
	snprintf(name, sizeof(name), VAULT "/%s", planted[_i].name);
	put(name, planted[_i].data, planted[_i].nbytes);
	look(is_journal ? 2 + 2 : 2 + 3);
	ck_assert(!has(planted[_i].name));
	own_files_release(&list);
}

END_TEST

/* Ended, the journal of a journal is empty; cut off, it begins with this. */
START_TEST(the_journals_own_journal_is)
{
	modes(0700, 0700);
	put(VAULT "/journal.db-journal",
	    _i ? "\xd9\xd5\x05\xf9 \xa1"
		 "c\xd7"
	       : "",
	    _i ? 8 : 0);
	look(2 + 4);
	ck_assert(has("journal.db-journal"));
	own_files_release(&list);
}

END_TEST

/* Others could put another vault there. */
START_TEST(one_below_a_folder_of_others_is_not)
{
	char *path = fixture_path(&pc, "ProgramData");

	modes(0700, 0700);
	ck_assert_int_eq(chmod(path, 0777), 0);
	mem_free(path);
	look(2);
	own_files_release(&list);
}

END_TEST

/* Each of these lets somebody else in. */
static const mode_t open_modes[][2] = {
	{ 0700, 0777 }, { 0777, 0700 }, { 0700, 0720 },
	{ 0702, 0700 }, { 0755, 0700 }, { 0700, 0755 },
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
	tcase_add_loop_test(tc, what_is_not_what_its_name_says_is_not, 0,
			    sizeof(planted) / sizeof(planted[0]));
	tcase_add_loop_test(tc, the_journals_own_journal_is, 0, 2);
	tcase_add_test(tc, one_below_a_folder_of_others_is_not);
	tcase_add_loop_test(tc, one_that_others_can_write_to_is_not, 0,
			    sizeof(open_modes) / sizeof(open_modes[0]));
	tcase_add_loop_test(tc, one_of_somebody_else_is_not, 0, 2);
	tcase_add_test(tc, one_behind_a_link_is_not);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(own_files_suite)
