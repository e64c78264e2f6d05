/*
 * The journal: what is written is there after a crash, a second writer is
 * kept out, and hostile or damaged files do no harm.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "fault_vfs.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "remediate/journal.h"
#include "remediate/journal_internal.h"

#include <stdlib.h>
#include <string.h>

static char *folder;

static void make_folder(void)
{
	char name[64];
	char *base = host_absolute_path(".");
	uint32_t number;

	ck_assert_int_eq(host_random(&number, sizeof(number)), 0);
	snprintf(name, sizeof(name), "journal-%08x", (unsigned)number);
	folder = host_join(base, name);
	ck_assert_int_eq(host_mkdir(folder), 0);
	mem_free(base);
}

static void remove_folder(void)
{
	static const char *const names[] = { "journal.db",
					     "journal.db-journal" };

	for (size_t i = 0; i < 2; i++) {
		char *path = host_join(folder, names[i]);

		host_unlink(path);
		mem_free(path);
	}
	host_rmdir(folder);
	mem_free(folder);
}

/* A plan of three steps by hand; only the first two are picked. */
static void make_plan(struct plan *p, struct step steps[3])
{
	const struct vec v = VEC_INIT(struct step *, 8);

	memset(p, 0, sizeof(*p));
	memset(steps, 0, 3 * sizeof(*steps));
	p->steps = v;
	p->scan_id = 7;
	p->target_id = (char *)"aabb";
	p->computer = (char *)"PC-01";
	p->pack_name = (char *)"mstmp";
	for (uint32_t i = 0; i < 3; i++) {
		struct step *s = &steps[i];

		s->seq = i + 1;
		s->phase = PHASE_FILE;
		s->action = ACT_QUARANTINE_FILE;
		s->kind = "file";
		s->target = (char *)"C:\\a\xED\xA0\x80\xC0\x80";
		s->subject = (char *)"a";
		s->reason = (char *)"because";
		s->finding_id = 3;
		s->size = 5;
		s->picked = i < 2;
		*(struct step **)vec_push(&p->steps) = s;
	}
	steps[0].action = ACT_REMOVE_VALUE;
	steps[0].kind = "toolbar";
	steps[0].value_name = (char *)"";
	steps[0].server_raw = (char *)"C:\\x\\u{0}";
	memset(steps[1].sha256, 'a', 64);
}

static struct journal *open_journal(bool create)
{
	struct journal *j = NULL;

	ck_assert_msg(journal_open(folder, create, &j) == 0, "%s",
		      err_last()->text);
	return j;
}

static void begin(struct journal *j, char id[FIX_ID_NBYTES])
{
	struct step steps[3];
	struct plan p;

	make_plan(&p, steps);
	ck_assert_msg(journal_begin(j, &p, "store.db", id) == 0, "%s",
		      err_last()->text);
	vec_release(&p.steps);
}

START_TEST(test_round_trip)
{
	char id[FIX_ID_NBYTES], found[FIX_ID_NBYTES];
	struct fix_record *f = NULL;
	struct journal *j = open_journal(true);
	struct step *s;

	begin(j, id);
	ck_assert_uint_eq(strlen(id), 32);
	journal_close(j);
	j = open_journal(false);
	ck_assert_int_eq(
		journal_find(j, "aabb", JOURNAL_RESUMABLE, NULL, found), 0);
	ck_assert_str_eq(found, id);
	/* nothing was done yet, but undo can close it; and it is not another
	 * PC's */
	ck_assert_int_eq(journal_find(j, "aabb", JOURNAL_UNDOABLE, NULL, found),
			 0);
	ck_assert_int_eq(journal_find(j, "cc", JOURNAL_RESUMABLE, NULL, found),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(journal_load(j, id, &f), 0);
	ck_assert_uint_eq(f->steps.count, 2);
	ck_assert_int_eq(f->scan_id, 7);
	ck_assert_str_eq(f->store, "store.db");
	s = *(struct step **)vec_at(&f->steps, 0);
	ck_assert_int_eq(s->action, ACT_REMOVE_VALUE);
	ck_assert_str_eq(s->kind, "toolbar");
	ck_assert_str_eq(s->value_name, "");
	ck_assert_str_eq(s->target, "C:\\a\xED\xA0\x80\xC0\x80");
	ck_assert_str_eq(s->server_raw, "C:\\x\\u{0}");
	ck_assert_int_eq(s->state, STEP_PLANNED);
	s = *(struct step **)vec_at(&f->steps, 1);
	ck_assert_ptr_null(s->value_name);
	ck_assert_uint_eq(strlen(s->sha256), 64);
	ck_assert_int_eq(s->size, 5);
	/* states, and what hangs on them */
	s->state = STEP_APPLIED;
	s->item = mem_strdup("x-0002.mqv");
	s->error = mem_strdup("why");
	s->swap = 0;
	ck_assert_int_eq(journal_step(j, id, s), 0);
	fix_record_free(f);
	ck_assert_int_eq(journal_load(j, id, &f), 0);
	s = *(struct step **)vec_at(&f->steps, 1);
	ck_assert_int_eq(s->state, STEP_APPLIED);
	ck_assert_str_eq(s->item, "x-0002.mqv");
	ck_assert_str_eq(s->error, "why");
	ck_assert_int_eq(journal_find(j, "aabb", JOURNAL_UNDOABLE, NULL, found),
			 0);
	ck_assert_int_eq(journal_end(j, id, "finished"), 0);
	ck_assert_int_eq(
		journal_find(j, "aabb", JOURNAL_RESUMABLE, NULL, found),
		ERR_NOT_FOUND);
	fix_record_free(f);
	journal_close(j);
}

END_TEST

START_TEST(test_newest_first)
{
	char one[FIX_ID_NBYTES], two[FIX_ID_NBYTES], found[FIX_ID_NBYTES];
	struct journal *j = open_journal(true);

	begin(j, one);
	begin(j, two);
	ck_assert_str_ne(one, two);
	ck_assert_int_eq(journal_find(j, NULL, JOURNAL_RESUMABLE, NULL, found),
			 0);
	ck_assert_str_eq(found, two);
	ck_assert_int_eq(journal_find(j, NULL, JOURNAL_RESUMABLE, two, found),
			 0);
	ck_assert_str_eq(found, one);
	ck_assert_int_eq(journal_find(j, NULL, JOURNAL_RESUMABLE, one, found),
			 ERR_NOT_FOUND);
	journal_close(j);
}

END_TEST

/* The table of steps as it was before version 3. */
static const char old_steps[] =
	"CREATE TEMP TABLE k AS SELECT * FROM step; DROP TABLE step;"
	"CREATE TABLE step (fix_id TEXT NOT NULL REFERENCES fix (fix_id), seq "
	"INTEGER NOT NULL CHECK (seq > 0), phase INTEGER NOT NULL CHECK (phase "
	"BETWEEN 0 AND 4), action TEXT NOT NULL CHECK (action IN "
	"('remove_key', 'remove_value', 'set_value', 'quarantine_file')), "
	"target TEXT NOT NULL, target_raw BLOB NOT NULL, value_name BLOB, kind "
	"TEXT NOT NULL, by_number INTEGER NOT NULL CHECK (by_number IN (0, "
	"1)), finding_id INTEGER NOT NULL, subject TEXT NOT NULL, reason TEXT "
	"NOT NULL, sha256 TEXT, size INTEGER NOT NULL, written TEXT, volume "
	"TEXT, file_id TEXT, clsid TEXT, server_raw BLOB, last_write TEXT, "
	"new_text TEXT, state TEXT NOT NULL CHECK (state IN ('planned', "
	"'saved', 'applied', 'verified', 'failed', 'undone')), error TEXT, "
	"item TEXT, swap_id INTEGER NOT NULL DEFAULT 0, moved_to BLOB, PRIMARY "
	"KEY (fix_id, seq)) WITHOUT ROWID;"
	"INSERT INTO step SELECT * FROM k; DROP TABLE k;"
	"UPDATE step SET state = 'verified', item = 'a.mqv', swap_id = 4, "
	"error = 'it came back: a program that still runs put it there again' "
	"WHERE seq = 1; DROP TABLE change; PRAGMA user_version = 2";

static void check_old_steps(const struct fix_record *f)
{
	struct step *s = *(struct step **)vec_at(&f->steps, 0);

	ck_assert_uint_eq(f->steps.count, 2);
	ck_assert_int_eq(s->state, STEP_CAME_BACK);
	ck_assert_int_eq(s->action, ACT_REMOVE_VALUE);
	ck_assert_str_eq(s->target, "C:\\a\xED\xA0\x80\xC0\x80");
	ck_assert_str_eq(s->value_name, "");
	ck_assert_str_eq(s->server_raw, "C:\\x\\u{0}");
	ck_assert_str_eq(s->item, "a.mqv");
	ck_assert_int_eq(s->swap, 4);
	s = *(struct step **)vec_at(&f->steps, 1);
	ck_assert_int_eq(s->state, STEP_PLANNED);
	ck_assert_uint_eq(strlen(s->sha256), 64);
	ck_assert_int_eq(s->size, 5);
}

/* What version 3 told in the fix alone is a change of version 4. */
START_TEST(test_changes_of_version_3)
{
	char one[FIX_ID_NBYTES], two[FIX_ID_NBYTES], token[FIX_ID_NBYTES];
	char at[JOURNAL_TIME_NBYTES];
	struct journal *j = open_journal(true);

	begin(j, one);
	ck_assert_int_eq(journal_end(j, one, "undone"), 0);
	begin(j, two);
	ck_assert_int_eq(journal_end(j, two, "finished"), 0);
	ck_assert_int_eq(journal_exec(j, "DROP TABLE change;"
					 "PRAGMA user_version = 3"),
			 0);
	journal_close(j);
	/* Only read it stays what it is, and tells the same. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(journal_open_readonly(folder, &j), 0);
		ck_assert_int_eq(journal_newest_change(j, "aabb", token, at),
				 0);
		ck_assert_str_eq(token, one);
		ck_assert_uint_eq(strlen(at), 20);
		ck_assert_int_eq(journal_newest_change(j, "cc", token, at),
				 ERR_NOT_FOUND);
		journal_close(j);
		j = open_journal(false);
		if (i)
			ck_assert_int_eq(journal_note_change(j, "cc", "undo"),
					 0);
		journal_close(j);
	}
	ck_assert_int_eq(journal_open_readonly(folder, &j), 0);
	ck_assert_int_eq(journal_newest_change(j, NULL, token, at), 0);
	ck_assert_str_ne(token, one);
	ck_assert_int_eq(journal_newest_change(j, "aabb", token, at), 0);
	ck_assert_str_eq(token, one);
	journal_close(j);
}

END_TEST

/* Who only reads is kept out while somebody writes, and writes nothing. */
START_TEST(test_readonly)
{
	char one[FIX_ID_NBYTES];
	struct journal *j = open_journal(true), *second = NULL;

	begin(j, one);
	ck_assert_int_eq(journal_open_readonly(folder, &second), ERR_LOCKED);
	journal_close(j);
	ck_assert_int_eq(journal_open_readonly(folder, &second), 0);
	ck_assert_int_ne(journal_end(second, one, "finished"), 0);
	journal_close(second);
}

END_TEST

/* One of version 1 or 2 is brought up to date; of 1, fixes know no pack. */
START_TEST(test_upgrade)
{
	char one[FIX_ID_NBYTES], two[FIX_ID_NBYTES], found[FIX_ID_NBYTES];
	const bool is_first = _i == 1;
	struct journal *j = open_journal(true);
	struct fix_record *f = NULL;

	begin(j, one);
	ck_assert_int_eq(journal_end(j, one, "finished"), 0);
	ck_assert_int_eq(journal_exec(j, old_steps), 0);
	if (is_first)
		ck_assert_int_eq(
			journal_exec(j, "ALTER TABLE fix DROP COLUMN pack;"
					"ALTER TABLE fix DROP COLUMN "
					"scan_started_at;"
					"PRAGMA user_version = 1"),
			0);
	/* It is the old one: it does not know the state. */
	ck_assert_int_ne(journal_exec(j, "UPDATE step SET state = 'came_back'"),
			 0);
	journal_close(j);
	j = open_journal(false);
	ck_assert_int_eq(journal_load(j, one, &f), 0);
	check_old_steps(f);
	ck_assert_int_eq(!f->pack, is_first);
	ck_assert_int_eq(!f->scan_started_at, true);
	fix_record_free(f);
	/* undo looks at what came back */
	ck_assert_int_eq(journal_find(j, "aabb", JOURNAL_UNDOABLE, NULL, found),
			 0);
	ck_assert_str_eq(found, one);
	begin(j, two);
	ck_assert_int_eq(journal_load(j, two, &f), 0);
	ck_assert_str_eq(f->pack, "mstmp");
	fix_record_free(f);
	journal_close(j);
	/* Once is enough. */
	j = open_journal(false);
	journal_close(j);
}

END_TEST

START_TEST(test_second_writer)
{
	struct journal *j = open_journal(true), *second = NULL;

	ck_assert_int_eq(journal_open(folder, true, &second), ERR_LOCKED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "another fix"));
	journal_close(j);
	j = open_journal(false);
	journal_close(j);
}

END_TEST

START_TEST(test_swaps)
{
	char id[FIX_ID_NBYTES];
	struct swap_record s = { .hive = (char *)"C:\\x\\SOFTWARE",
				 .item = (char *)"i.mqv" };
	struct swap_record got;
	struct journal *j = open_journal(true);

	begin(j, id);
	memset(s.before, 'b', 64);
	memset(s.after, 'a', 64);
	ck_assert_int_eq(journal_add_swap(j, id, &s), 0);
	ck_assert_int_gt(s.swap_id, 0);
	ck_assert_int_eq(journal_swap_state(j, s.swap_id, "done"), 0);
	ck_assert_int_eq(journal_swap(j, s.swap_id, &got), 0);
	ck_assert_str_eq(got.hive, s.hive);
	ck_assert_str_eq(got.state, "done");
	ck_assert_str_eq(got.before, s.before);
	ck_assert_str_eq(got.after, s.after);
	swap_record_release(&got);
	ck_assert_int_eq(journal_swap(j, 99, &got), ERR_CORRUPT);
	/* its item is a file of the vault, too */
	ck_assert_int_eq(journal_exec(j, "UPDATE swap SET item = '../x.mqv'"),
			 0);
	ck_assert_int_eq(journal_swap(j, s.swap_id, &got), ERR_CORRUPT);
	/* a word that no state is */
	ck_assert_int_ne(journal_swap_state(j, s.swap_id, "eaten"), 0);
	journal_close(j);
}

END_TEST

START_TEST(test_not_there)
{
	struct journal *j = NULL;

	ck_assert_int_eq(journal_open(folder, false, &j), ERR_NOT_FOUND);
	ck_assert_ptr_null(j);
}

END_TEST

static void write_journal(const void *data, size_t nbytes)
{
	char *path = host_join(folder, "journal.db");

	ck_assert_int_eq(host_write_file(path, data, nbytes), 0);
	mem_free(path);
}

START_TEST(test_not_ours)
{
	struct journal *j = NULL;
	char junk[5000];

	memset(junk, 'x', sizeof(junk));
	write_journal(junk, sizeof(junk));
	ck_assert_int_eq(journal_open(folder, true, &j), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "undo --vault"));
}

END_TEST

/* Another program's database, and one that a newer program made. */
START_TEST(test_other_databases)
{
	struct journal *j = open_journal(true), *again = NULL;

	ck_assert_int_eq(journal_exec(j, "PRAGMA application_id = 1"), 0);
	journal_close(j);
	ck_assert_int_eq(journal_open(folder, true, &again), ERR_CORRUPT);
	ck_assert_ptr_null(again);
}

END_TEST

START_TEST(test_newer_one)
{
	struct journal *j = open_journal(true), *again = NULL;

	ck_assert_int_eq(journal_exec(j, "PRAGMA user_version = 5"), 0);
	journal_close(j);
	ck_assert_int_eq(journal_open(folder, false, &again), ERR_UNSUPPORTED);
	ck_assert_ptr_null(again);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "newer mstmpsweep"));
}

END_TEST

/* An item is a file of the vault: a path in its place is refused. */
START_TEST(test_hostile_item)
{
	static const char *const bad[] = { "../x.mqv", "a\\b.mqv", "C:x.mqv" };
	char id[FIX_ID_NBYTES], sql[128];
	struct fix_record *f = NULL;
	struct journal *j = open_journal(true);

	begin(j, id);
	for (size_t i = 0; i < 3; i++) {
		snprintf(sql, sizeof(sql),
			 "UPDATE step SET item = '%s' WHERE seq = 1", bad[i]);
		ck_assert_int_eq(journal_exec(j, sql), 0);
		ck_assert_int_eq(journal_load(j, id, &f), ERR_CORRUPT);
		ck_assert_ptr_null(f);
	}
	journal_close(j);
}

END_TEST

/* Every write of SQLite fails once: an error, and the old state or the new. */
START_TEST(test_failing_medium)
{
	char id[FIX_ID_NBYTES];
	struct fix_record *f = NULL;
	struct journal *j;
	struct step *s;
	int tried = 0;

	fault_vfs_begin();
	j = open_journal(true);
	begin(j, id);
	journal_close(j);
	for (int n = 1; n < 1000; n++) {
		bool struck;
		int err;

		j = open_journal(false);
		ck_assert_int_eq(journal_load(j, id, &f), 0);
		s = *(struct step **)vec_at(&f->steps, 0);
		s->state = STEP_SAVED;
		fault_vfs_fail(n, 0, false);
		err = journal_step(j, id, s);
		struck = fault_vfs_struck();
		fault_vfs_fail(0, 0, false);
		fix_record_free(f);
		journal_close(j);
		j = open_journal(false);
		ck_assert_int_eq(journal_load(j, id, &f), 0);
		s = *(struct step **)vec_at(&f->steps, 0);
		if (!err)
			ck_assert_int_eq(s->state, STEP_SAVED);
		ck_assert(s->state == STEP_PLANNED || s->state == STEP_SAVED);
		s->state = STEP_PLANNED;
		ck_assert_int_eq(journal_step(j, id, s), 0);
		fix_record_free(f);
		journal_close(j);
		if (!struck)
			break;
		tried++;
	}
	fault_vfs_end();
	ck_assert_int_gt(tried, 3);
}

END_TEST

static Suite *journal_suite(void)
{
	Suite *s = suite_create("journal");
	TCase *tc = tcase_create("journal");

	tcase_add_checked_fixture(tc, make_folder, remove_folder);
	tcase_add_test(tc, test_round_trip);
	tcase_add_test(tc, test_newest_first);
	tcase_add_test(tc, test_changes_of_version_3);
	tcase_add_test(tc, test_readonly);
	tcase_add_loop_test(tc, test_upgrade, 1, 3);
	tcase_add_test(tc, test_second_writer);
	tcase_add_test(tc, test_swaps);
	tcase_add_test(tc, test_not_there);
	tcase_add_test(tc, test_not_ours);
	tcase_add_test(tc, test_other_databases);
	tcase_add_test(tc, test_newer_one);
	tcase_add_test(tc, test_hostile_item);
	tcase_add_test(tc, test_failing_medium);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(journal_suite)
