/*
 * Unit tests of files that somebody holds, deletes or has just deleted
 * (agent/collect/locked.c, files_gap.c): the system's answers are made here.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"

#include "base/err.h"
#include "base/mem.h"
#include "collect/walk_ask.h"

#include <stdlib.h>
#include <string.h>

#define DOCUMENTS "Users/taro/Documents"
#define PLACE	  "C:\\Users\\taro\\Documents"

/* Of Windows: "sharing violation", and a lock of bytes. */
#define REFUSED	  32
#define BYTE_LOCK 33

/* ---- the decisions ----------------------------------------------- */

START_TEST(each_fact_alone)
{
	const struct closed_file none = { .is_registered = false };
	struct closed_file f = none;

	ck_assert(!locked_matters(&f));
	ck_assert(!gone_matters(&f));
	ck_assert(!vanishing_matters(&f));
	f.is_registered = true;
	ck_assert(locked_matters(&f));
	ck_assert(gone_matters(&f));
	ck_assert(vanishing_matters(&f));
	f = none;
	f.is_known_name = true;
	ck_assert(locked_matters(&f));
	ck_assert(gone_matters(&f));
	ck_assert(vanishing_matters(&f));
	f = none;
	f.is_program_name = true;
	ck_assert(locked_matters(&f));
	ck_assert(!gone_matters(&f));
	ck_assert(!vanishing_matters(&f));
	f.has_program_end = true;
	ck_assert(gone_matters(&f));
	ck_assert(!vanishing_matters(&f));
	f = none;
	f.is_loaded = true;
	ck_assert(locked_matters(&f));
	ck_assert(!gone_matters(&f));
	ck_assert(!vanishing_matters(&f));
}

END_TEST

/* ---- a system that answers as told ------------------------------- */

static struct {
	const char *name; /* the files whose name holds it answer ... */
	int err;
	long os_error;
	bool is_loaded; /* those of that name are, by number */
	bool stat_fails;
	int modules_err;
	int modules_read; /* how often */
	const struct fixture *f;
} answers;

static int fake_open(const struct file_place *at, struct host_file **ret)
{
	if (strstr(at->name, answers.name))
		return err_fail(answers.err, answers.os_error, "made to fail");
	return walk_ask_host.open(at, ret);
}

static int fake_open_folder(const char *host, struct host_dir **ret)
{
	const char *cut = strrchr(host, host_separator());

	if (cut && strcmp(cut + 1, answers.name) == 0)
		return err_fail(answers.err, answers.os_error, "made to fail");
	return walk_ask_host.open_folder(host, ret);
}

static bool fake_refuses(long os_error)
{
	return os_error == REFUSED;
}

static int fake_stat(const struct file_place *at, struct host_stat *ret)
{
	return answers.stat_fails ? err_fail(ERR_DENIED, 5, "not told")
				  : walk_ask_host.stat(at, ret);
}

static int fake_modules(struct host_modules *m)
{
	char *folder = fixture_path(answers.f, DOCUMENTS);
	struct host_dir *d = NULL;
	struct host_dirent e;
	struct host_stat st;

	answers.modules_read++;
	ck_assert_int_eq(host_dir_open(folder, &d), 0);
	while (host_dir_next(d, &e) == 1) {
		ck_assert_int_eq(host_stat_at(d, e.name, &st), 0);
		if (answers.is_loaded || strstr(e.name, "running"))
			/* It has another name by now, but the number stays. */
			ck_assert_int_eq(host_modules_add(m,
							  answers.stat_fails
								  ? e.name
								  : "was.bin",
							  &st),
					 0);
	}
	host_dir_close(d);
	mem_free(folder);
	return answers.modules_err ? err_fail(answers.modules_err, 0, "no") : 0;
}

static const struct walk_ask fake = {
	.open_folder = fake_open_folder,
	.open = fake_open,
	.refuses_readers = fake_refuses,
	.stat = fake_stat,
	.modules = fake_modules,
};

static bool is_server(void *arg, const char *wpath)
{
	(void)arg;
	return strstr(wpath, "\\Documents\\server") != NULL;
}

static bool knows_name(void *arg, const char *name)
{
	(void)arg;
	return strstr(name, "known") != NULL;
}

static int on_file(void *arg, const struct file_artefact *a)
{
	(void)a;
	++*(unsigned *)arg;
	return 0;
}

static const struct fixture_gap *only_gap(const struct fixture *f)
{
	ck_assert_uint_eq(f->gaps.count, 1);
	return vec_at(&f->gaps, 0);
}

struct small_pc {
	struct fixture f;
	struct target *t;
	struct file_walk *w;
	unsigned shown;
};

static void pc_begin(struct small_pc *pc)
{
	fixture_init(&pc->f);
	fixture_windows7(&pc->f);
	fixture_machine_hives(&pc->f, "Windows/System32/config");
	fixture_user_hive(&pc->f, "Users/taro/NTUSER.DAT", NULL);
	memset(&answers, 0, sizeof(answers));
	answers.name = "locked";
	answers.err = ERR_LOCKED;
	answers.os_error = REFUSED;
	answers.f = &pc->f;
	pc->shown = 0;
}

static void pc_open(struct small_pc *pc)
{
	struct file_walk_options options = { .threads = 1,
					     .gaps = &pc->f.sink,
					     .is_important = is_server,
					     .knows_name = knows_name,
					     .ask = &fake };

	pc->t = fixture_open(&pc->f);
	ck_assert_int_eq(
		file_walk_new(pc->t, &options, on_file, &pc->shown, &pc->w), 0);
}

static void pc_walk(struct small_pc *pc)
{
	ck_assert_int_eq(file_walk_volumes(pc->w), 0);
	ck_assert_int_eq(file_walk_finish(pc->w), 0);
}

static void pc_end(struct small_pc *pc)
{
	target_free(pc->t);
	fixture_release(&pc->f);
}

static void pc_file(struct small_pc *pc, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), DOCUMENTS "/%s", name);
	fixture_file(&pc->f, path, "x");
}

/* ---- locked ------------------------------------------------------ */

enum {
	REGISTERED = 1,
	KNOWN = 2,
	PROGRAM = 4,
	LOADED = 8,
	IN_PLACE = 16, /* a known place, which does not matter */
	ALL = 32
};

/* Every combination: one of the first four makes it matter. */
START_TEST(locked_file)
{
	struct small_pc pc;
	const struct fixture_gap *gap;
	char name[64];

	pc_begin(&pc);
	answers.is_loaded = _i & LOADED;
	snprintf(name, sizeof(name), "%s%slocked%s",
		 _i & REGISTERED ? "server" : "", _i & KNOWN ? "known" : "",
		 _i & PROGRAM ? ".dll" : ".tmp");
	pc_file(&pc, name);
	pc_open(&pc);
	if (_i & IN_PLACE)
		ck_assert_int_eq(file_walk_path(pc.w, PLACE, -1), 0);
	pc_walk(&pc);
	gap = only_gap(&pc.f);
	ck_assert_int_eq(gap->kind, GAP_LOCKED);
	ck_assert(gap->matters == ((_i & ~IN_PLACE) != 0));
	ck_assert_str_eq(gap->reason,
			 gap->matters ? "made to fail" : GAP_LOCKED_PASSED);
	/* Programs are asked only where nothing else decides. */
	ck_assert_int_eq(answers.modules_read,
			 !(_i & (REGISTERED | KNOWN | PROGRAM)));
	pc_end(&pc);
}

END_TEST

/* Somebody gave its path: an entry that is spelled otherwise, or a user. */
START_TEST(locked_file_that_is_asked_for)
{
	struct small_pc pc;

	pc_begin(&pc);
	pc_file(&pc, "locked.tmp");
	pc_open(&pc);
	ck_assert_int_eq(file_walk_path(pc.w, PLACE "\\locked.tmp", 0), 0);
	pc_walk(&pc);
	ck_assert_int_eq(only_gap(&pc.f)->kind, GAP_LOCKED);
	ck_assert(only_gap(&pc.f)->matters);
	pc_end(&pc);
}

END_TEST

START_TEST(programs_are_asked_once)
{
	struct small_pc pc;
	size_t matter = 0;

	pc_begin(&pc);
	pc_file(&pc, "locked1.tmp");
	pc_file(&pc, "locked2.tmp");
	pc_file(&pc, "locked3.running.tmp");
	pc_open(&pc);
	ck_assert_int_eq(file_walk_path(pc.w, PLACE, -1), 0);
	pc_walk(&pc);
	ck_assert_int_eq(answers.modules_read, 1);
	ck_assert_uint_eq(pc.f.gaps.count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct fixture_gap *g = vec_at(&pc.f.gaps, i);

		ck_assert(g->matters == (strstr(g->path, "running") != NULL));
		matter += g->matters;
	}
	ck_assert_uint_eq(matter, 1);
	/* The hives were looked at. */
	ck_assert_uint_eq(pc.shown, 3);
	pc_end(&pc);
}

END_TEST

/* Nobody could be asked, or the file would not say which it is. */
START_TEST(programs_that_cannot_be_asked)
{
	struct small_pc pc;

	pc_begin(&pc);
	answers.modules_err = _i == 0 ? ERR_IO : 0;
	answers.stat_fails = _i != 0;
	answers.is_loaded = _i == 1;
	pc_file(&pc, "locked.tmp");
	pc_open(&pc);
	pc_walk(&pc);
	/* By its name, then. */
	ck_assert(only_gap(&pc.f)->matters == (_i != 2));
	/* What failed meanwhile is not why the file was not looked at. */
	ck_assert_str_eq(only_gap(&pc.f)->reason,
			 _i != 2 ? "made to fail" : GAP_LOCKED_PASSED);
	pc_end(&pc);
}

END_TEST

/* What is no refusal of readers is weighed as it was: the place counts. */
static const struct {
	int err;
	long os_error;
	const char *place;
	enum gap_kind kind;
	bool matters;
} other_rows[] = {
	{ ERR_LOCKED, BYTE_LOCK, PLACE, GAP_LOCKED, true },
	{ ERR_LOCKED, BYTE_LOCK, NULL, GAP_LOCKED, false },
	{ ERR_LOCKED, 16, PLACE, GAP_LOCKED, true }, /* EBUSY of Linux */
	{ ERR_DENIED, 5, PLACE, GAP_ACCESS_DENIED, true },
	{ ERR_DENIED, 5, NULL, GAP_ACCESS_DENIED, true },
	/* gone since it was listed */
	{ ERR_NOT_FOUND, 2, PLACE, GAP_CHANGED, false },
	{ ERR_NOT_FOUND, 2, NULL, GAP_CHANGED, false },
	{ ERR_ANTIVIRUS, 225, PLACE, GAP_ANTIVIRUS, true },
	{ ERR_IO, REFUSED, PLACE, GAP_READ_ERROR, true },
};

START_TEST(other_refusals)
{
	struct small_pc pc;

	pc_begin(&pc);
	answers.err = other_rows[_i].err;
	answers.os_error = other_rows[_i].os_error;
	pc_file(&pc, "locked.tmp");
	pc_open(&pc);
	if (other_rows[_i].place)
		ck_assert_int_eq(file_walk_path(pc.w, other_rows[_i].place, -1),
				 0);
	pc_walk(&pc);
	ck_assert_int_eq(only_gap(&pc.f)->kind, other_rows[_i].kind);
	ck_assert(only_gap(&pc.f)->matters == other_rows[_i].matters);
	/* Of some kinds it is told what to do, too. */
	ck_assert_ptr_eq(strstr(only_gap(&pc.f)->reason, "made to fail"),
			 only_gap(&pc.f)->reason);
	ck_assert_int_eq(answers.modules_read, 0);
	pc_end(&pc);
}

END_TEST

/* The numbers of Windows mean nothing to another system. */
START_TEST(host_answers)
{
	ck_assert(walk_ask_host.refuses_readers(REFUSED) == host_is_windows());
	ck_assert(!walk_ask_host.refuses_readers(BYTE_LOCK));
}

END_TEST

/* ---- vanishing --------------------------------------------------- */

static const struct {
	const char *name;
	bool is_told;
} going_rows[] = {
	{ "locked.tmp", false },     { "locked", false },
	{ "locked.dll", false },     { "serverlocked.tmp", true },
	{ "knownlocked.tmp", true },
};

START_TEST(vanishing_file)
{
	struct small_pc pc;

	pc_begin(&pc);
	answers.err = ERR_VANISHING;
	answers.os_error = 5;
	pc_file(&pc, going_rows[_i].name);
	pc_open(&pc);
	ck_assert_int_eq(file_walk_path(pc.w, PLACE, -1), 0);
	pc_walk(&pc);
	ck_assert_uint_eq(pc.f.gaps.count, going_rows[_i].is_told);
	if (going_rows[_i].is_told) {
		ck_assert_int_eq(only_gap(&pc.f)->kind, GAP_CHANGED);
		ck_assert(only_gap(&pc.f)->matters);
	}
	pc_end(&pc);
}

END_TEST

/* An entry leads to it, or to a stream of a folder; never told as all well. */
static const struct {
	const char *wpath;
	bool is_folder;
} wanted_rows[] = {
	{ PLACE "\\locked.tmp", false },
	{ PLACE "\\locked:evil.dll", true },
};

START_TEST(vanishing_and_asked_for)
{
	struct small_pc pc;

	pc_begin(&pc);
	answers.err = ERR_VANISHING;
	answers.os_error = 5;
	if (wanted_rows[_i].is_folder)
		fixture_folder(&pc.f, DOCUMENTS "/locked");
	else
		pc_file(&pc, "locked.tmp");
	pc_open(&pc);
	ck_assert_int_eq(file_walk_path(pc.w, wanted_rows[_i].wpath, 0), 0);
	pc_walk(&pc);
	ck_assert_int_eq(only_gap(&pc.f)->kind, GAP_CHANGED);
	ck_assert(only_gap(&pc.f)->matters);
	pc_end(&pc);
}

END_TEST

static const struct {
	int err;
	bool is_told;
} folder_rows[] = {
	{ ERR_VANISHING, false },
	{ ERR_NOT_FOUND, true },
	{ ERR_DENIED, true },
};

START_TEST(vanishing_folder)
{
	struct small_pc pc;

	pc_begin(&pc);
	answers.err = folder_rows[_i].err;
	fixture_folder(&pc.f, DOCUMENTS "/locked");
	pc_open(&pc);
	ck_assert_int_eq(file_walk_path(pc.w, PLACE, -1), 0);
	pc_walk(&pc);
	ck_assert_uint_eq(pc.f.gaps.count, folder_rows[_i].is_told);
	ck_assert_uint_eq(pc.shown, 3);
	pc_end(&pc);
}

END_TEST

/* ---- names ------------------------------------------------------- */

/* A file, or a stream on it or on its folder ("."), that refuses all. */
static const struct {
	const char *name;
	const char *wpath;
	bool matters;
	bool is_known_place;
} name_rows[] = {
	{ "a.tmp", PLACE "\\a.tmp", false, false },
	{ "a.exe", PLACE "\\a.exe", true, false },
	/* the downloader of this outbreak has no ending; nor has a lock */
	{ "a", PLACE "\\a", true, true },
	{ "lockfile", PLACE "\\lockfile", false, false },
	{ "lockfile", PLACE "\\lockfile:a", true, false },
	{ "a.tmp", PLACE "\\a.tmp", false, true },
	{ "lib.dll.tmp", PLACE "\\lib.dll.tmp", true, false },
	{ "setup.exe.log", PLACE "\\setup.exe.log", false, false },
	{ "a.tmp", PLACE "\\a.tmp:b.txt", false, false },
	{ "a.tmp", PLACE "\\a.tmp:evil.dll", true, false },
	{ "a.tmp", PLACE "\\a.tmp:evil", true, false },
	{ "a.tmp", PLACE "\\a.tmp:known.txt", true, false },
	{ "a.dll", PLACE "\\a.dll:b.txt", true, false },
	{ ".", PLACE ":b.txt", false, false },
	{ ".", PLACE ":b.dll", true, false },
	{ ".", "C:\\:b.txt", false, false },
	{ ".", "C:\\:b.dll", true, false },
	{ "server.tmp", PLACE "\\server.tmp:b.txt", true, false },
};

START_TEST(locked_names)
{
	struct file_place at = { .folder = PLACE,
				 .name = name_rows[_i].name,
				 .is_known_place =
					 name_rows[_i].is_known_place };
	struct small_pc pc;

	pc_begin(&pc);
	answers.stat_fails = true;
	pc_file(&pc, "b");
	pc_open(&pc);
	walk_file_gap(pc.w, &at, name_rows[_i].wpath, NULL, ERR_LOCKED, REFUSED,
		      "made to fail");
	ck_assert(only_gap(&pc.f)->matters == name_rows[_i].matters);
	ck_assert_int_eq(file_walk_finish(pc.w), 0);
	pc_end(&pc);
}

END_TEST

static Suite *locked_suite(void)
{
	Suite *s = suite_create("locked");
	TCase *t = tcase_create("locked");

	tcase_add_test(t, each_fact_alone);
	tcase_add_loop_test(t, locked_file, 0, ALL);
	tcase_add_test(t, locked_file_that_is_asked_for);
	tcase_add_test(t, programs_are_asked_once);
	tcase_add_loop_test(t, programs_that_cannot_be_asked, 0, 3);
	tcase_add_loop_test(t, other_refusals, 0,
			    (int)(sizeof(other_rows) / sizeof(other_rows[0])));
	tcase_add_test(t, host_answers);
	tcase_add_loop_test(t, vanishing_file, 0,
			    (int)(sizeof(going_rows) / sizeof(going_rows[0])));
	tcase_add_loop_test(
		t, vanishing_and_asked_for, 0,
		(int)(sizeof(wanted_rows) / sizeof(wanted_rows[0])));
	tcase_add_loop_test(
		t, vanishing_folder, 0,
		(int)(sizeof(folder_rows) / sizeof(folder_rows[0])));
	tcase_add_loop_test(t, locked_names, 0,
			    (int)(sizeof(name_rows) / sizeof(name_rows[0])));
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(locked_suite)
