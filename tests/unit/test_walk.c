/*
 * Unit tests of the file walker (agent/collect/files.c, files_visit.c) over
 * a small Windows: which failures matter, and threads.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"

#include "base/err.h"
#include "base/mem.h"
#include "collect/files.h"

#include <stdlib.h>
#include <string.h>

#define DOCUMENTS "Users/taro/Documents"

/* What the callback does, and what it was shown. */
struct seen {
	struct fixture *f;
	struct host_mutex *lock;
	struct vec wpaths; /* char * */
	/* Names in DOCUMENTS: the one that is shown deletes the other. */
	const char *const *pair;
	const char *fails; /* name of the file the callback fails for */
	int err;	   /* and with what */
	const struct file_walk_progress *progress;
	uint64_t early_ppm; /* when the first file of a volume is shown */
};

static void vanish(struct seen *s, const char *name)
{
	char path[128];
	char *host;

	if (strcmp(name, s->pair[0]) != 0 && strcmp(name, s->pair[1]) != 0)
		return;
	snprintf(path, sizeof(path), DOCUMENTS "/%s",
		 s->pair[strcmp(name, s->pair[0]) == 0]);
	s->pair = NULL;
	host = fixture_path(s->f, path);
	ck_assert_int_eq(host_unlink(host), 0);
	mem_free(host);
}

static int on_file(void *arg, const struct file_artefact *a)
{
	struct seen *s = arg;
	char **slot;

	host_mutex_lock(s->lock);
	slot = vec_push(&s->wpaths);
	ck_assert_ptr_ne(slot, NULL);
	*slot = mem_strdup(a->wpath);
	if (s->progress && !a->is_known_place) {
		s->early_ppm = s->progress->done_ppm;
		s->progress = NULL;
	}
	if (s->pair)
		vanish(s, a->name);
	host_mutex_unlock(s->lock);
	if (s->fails && strcmp(a->name, s->fails) == 0)
		return err_fail(s->err, 0, "made to fail");
	return 0;
}

static void seen_init(struct seen *s, struct fixture *f)
{
	memset(s, 0, sizeof(*s));
	s->f = f;
	s->lock = host_mutex_new();
	s->wpaths = (struct vec)VEC_INIT(char *, 100000);
}

static void seen_release(struct seen *s)
{
	for (size_t i = 0; i < s->wpaths.count; i++)
		mem_free(*(char **)vec_at(&s->wpaths, i));
	vec_release(&s->wpaths);
	host_mutex_free(s->lock);
}

static void make_windows(struct fixture *f)
{
	fixture_init(f);
	fixture_windows7(f);
	fixture_machine_hives(f, "Windows/System32/config");
	fixture_user_hive(f, "Users/taro/NTUSER.DAT", NULL);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A known place first, if one is given, then all volumes. */
static void walk(struct target *t, struct seen *s, const char *place,
		 const struct file_walk_options *options)
{
	struct file_walk *w = NULL;

	ck_assert_int_eq(file_walk_new(t, options, on_file, s, &w), 0);
	if (place)
		ck_assert_int_eq(file_walk_path(w, place, -1), 0);
	ck_assert_int_eq(file_walk_volumes(w), 0);
	ck_assert_int_eq(file_walk_finish(w), 0);
	qsort(s->wpaths.items, s->wpaths.count, sizeof(char *), by_text);
}

static const struct fixture_gap *only_gap(const struct fixture *f)
{
	ck_assert_uint_eq(f->gaps.count, 1);
	return vec_at(&f->gaps, 0);
}

static bool is_server(void *arg, const char *wpath)
{
	(void)arg;
	return strstr(wpath, "\\Documents\\server") != NULL;
}

static bool knows_name(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "mstmp") == 0 || strcmp(name, "msfat32") == 0;
}

static const struct {
	const char *pair[2];
	const char *place;
	bool matters;
} vanish_rows[] = {
	{ { "one.txt", "two.txt" }, NULL, false },
	{ { "server1.txt", "server2.txt" }, NULL, true },
	/* what comes and goes there is temporary, or a browser's */
	{ { "one.txt", "two.txt" }, "C:\\Users\\taro\\Documents", false },
	{ { "f_0001", "f_0002" }, "C:\\Users\\taro\\Documents", false },
	{ { "one.txt", "two.txt" }, "C:\\Users\\hanako\\Documents", false },
	{ { "one.dll", "two.dll" }, NULL, true },
	{ { "mstmp", "msfat32" }, NULL, true },
};

/* Both are listed by then; the second is gone when it is to be opened. */
START_TEST(vanished_file)
{
	const char *const *pair = vanish_rows[_i].pair;
	struct file_walk_progress progress = { 0 };
	struct fixture f;
	struct file_walk_options options = { .threads = 1,
					     .gaps = &f.sink,
					     .is_important = is_server,
					     .knows_name = knows_name,
					     .progress = &progress };
	struct seen s;
	struct target *t;
	char path[128];

	make_windows(&f);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), DOCUMENTS "/%s", pair[i]);
		fixture_file(&f, path, "x");
	}
	t = fixture_open(&f);
	seen_init(&s, &f);
	s.pair = pair;
	walk(t, &s, vanish_rows[_i].place, &options);
	ck_assert_int_eq(only_gap(&f)->kind, GAP_CHANGED);
	ck_assert(only_gap(&f)->matters == vanish_rows[_i].matters);
	/* The hives and these two; seen, but not examined. */
	ck_assert_uint_eq(progress.files_seen, 3 + 2);
	ck_assert_uint_eq(progress.files_scanned, 3 + 1);
	seen_release(&s);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static const struct {
	int err;
	const char *name;
	const char *content;
	const char *place;
	enum gap_kind kind;
	bool matters;
} fail_rows[] = {
	/* a placeholder is not fetched; it matters in the known places */
	{ ERR_OFFLINE, "a.txt", "x", NULL, GAP_CLOUD, false },
	{ ERR_OFFLINE, "a.dll", "x", NULL, GAP_CLOUD, false },
	{ ERR_OFFLINE, "a.txt", "x", "C:\\Users\\taro\\Documents", GAP_CLOUD,
	  true },
	{ ERR_LOCKED, "a.txt", "x", NULL, GAP_LOCKED, false },
	{ ERR_LOCKED, "a.txt", "MZ", NULL, GAP_LOCKED, true },
	{ ERR_LOCKED, "a.txt", "x", "C:\\Users\\taro\\Documents", GAP_LOCKED,
	  true },
	{ ERR_LOCKED, "mstmp.", "x", NULL, GAP_LOCKED, true },
	{ ERR_LOCKED, "server.txt", "x", NULL, GAP_LOCKED, true },
	{ ERR_TOO_LARGE, "a.txt", "x", NULL, GAP_TOO_LARGE, false },
	{ ERR_TOO_LARGE, "a.txt", "PK\3\4", NULL, GAP_TOO_LARGE, true },
	{ ERR_TOO_LARGE, "a.exe", "x", NULL, GAP_TOO_LARGE, true },
	/* one that shrank while it was read is no everyday thing */
	{ ERR_CHANGED, "a.txt", "x", NULL, GAP_CHANGED, true },
	{ ERR_DENIED, "a.txt", "x", NULL, GAP_ACCESS_DENIED, true },
	{ ERR_IO, "a.txt", "x", NULL, GAP_READ_ERROR, true },
	{ ERR_ANTIVIRUS, "a.txt", "x", NULL, GAP_ANTIVIRUS, true },
	{ ERR_UNSUPPORTED, "a.txt", "x", NULL, GAP_RULE_ERROR, true },
};

START_TEST(failed_file)
{
	struct file_walk_progress progress = { 0 };
	struct fixture f;
	struct file_walk_options options = { .threads = 1,
					     .gaps = &f.sink,
					     .is_important = is_server,
					     .progress = &progress };
	struct seen s;
	struct target *t;
	char path[128];

	make_windows(&f);
	snprintf(path, sizeof(path), DOCUMENTS "/%s", fail_rows[_i].name);
	fixture_file(&f, path, fail_rows[_i].content);
	t = fixture_open(&f);
	seen_init(&s, &f);
	s.fails = fail_rows[_i].name;
	s.err = fail_rows[_i].err;
	walk(t, &s, fail_rows[_i].place, &options);
	ck_assert_int_eq(only_gap(&f)->kind, fail_rows[_i].kind);
	ck_assert(only_gap(&f)->matters == fail_rows[_i].matters);
	ck_assert(ascii_starts_with(only_gap(&f)->reason, "made to fail"));
	ck_assert_uint_eq(progress.files_seen, 3 + 1);
	ck_assert_uint_eq(progress.files_scanned, 3);
	seen_release(&s);
	target_free(t);
	fixture_release(&f);
}

END_TEST

#define MEMORY "ControlSet002\\Control\\Session Manager\\Memory Management"

static bool is_swap_server(void *arg, const char *wpath)
{
	(void)arg;
	return strcmp(wpath, "C:\\swapfile.sys") == 0;
}

/* Windows' settings, a file, and whether it is looked at (MSDN,
 * "PagingFiles"). */
static const struct {
	const char *setting;
	const char *path;
	const char *content;
	bool is_shown;
	bool is_server;
} page_rows[] = {
	{ "?:\\pagefile.sys", "pagefile.sys", "swap", false, false },
	{ "C:\\PageFile.Sys 2048 4096", "pagefile.sys", "swap", false, false },
	{ "\\??\\C:\\pagefile.sys", "pagefile.sys", "swap", false, false },
	{ "C:\\a b 7\\x.sys 0 0", "a b 7/x.sys", "swap", false, false },
	{ "?:\\pagefile.sys", "swapfile.sys", "swap", false, false },
	{ NULL, "hiberfil.sys", "0000", false, false },
	/* what the settings do not name is a file like any other */
	{ NULL, "pagefile.sys", "swap", true, false },
	{ "D:\\pagefile.sys", "pagefile.sys", "swap", true, false },
	{ "?:\\pagefile.sys", "a/pagefile.sys", "swap", true, false },
	{ "C:\\pagefile.sys2", "pagefile.sys", "swap", true, false },
	{ NULL, "a/hiberfil.sys", "0000", true, false },
	/* nor is one that begins like a program, or is a registered server */
	{ "?:\\pagefile.sys", "pagefile.sys", "MZ", true, false },
	{ "?:\\pagefile.sys", "swapfile.sys", "MZ", true, false },
	{ NULL, "hiberfil.sys", "MZ", true, false },
	{ "?:\\pagefile.sys", "swapfile.sys", "swap", true, true },
};

START_TEST(page_file)
{
	struct fixture f;
	struct file_walk_options options = { .threads = 1, .gaps = &f.sink };
	struct seen s;
	struct target *t;

	fixture_init(&f);
	fixture_windows7(&f);
	if (page_rows[_i].setting)
		hive_maker_text(hive_maker_path(f.system, MEMORY),
				"PagingFiles", REG_TYPE_MULTI_SZ,
				page_rows[_i].setting);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Users/taro/NTUSER.DAT", NULL);
	fixture_file(&f, page_rows[_i].path, page_rows[_i].content);
	t = fixture_open(&f);
	if (page_rows[_i].is_server)
		options.is_important = is_swap_server;
	seen_init(&s, &f);
	walk(t, &s, NULL, &options);
	ck_assert_uint_eq(s.wpaths.count, 3 + page_rows[_i].is_shown);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_PAGE_FILE),
			  !page_rows[_i].is_shown);
	seen_release(&s);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* More names in one folder than one worker keeps, and folders in folders. */
static void make_many(struct fixture *f)
{
	char path[128];

	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), DOCUMENTS "/many/%d.txt", i);
		fixture_file(f, path, "x");
	}
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), DOCUMENTS "/%d/%d/%d/a.txt", i % 2,
			 i % 5, i);
		fixture_file(f, path, "x");
	}
}

/* Each file once, however many work at it; the known place first. */
START_TEST(threads_show_the_same)
{
	static const unsigned threads[] = { 1, 8 };
	struct fixture f;
	struct seen s[2];
	struct target *t;

	make_windows(&f);
	make_many(&f);
	t = fixture_open(&f);
	for (int i = 0; i < 2; i++) {
		struct file_walk_progress progress = { 0 };
		struct file_walk_options options = { .threads = threads[i],
						     .progress = &progress };

		seen_init(&s[i], &f);
		walk(t, &s[i], "C:\\Users\\taro\\Documents\\1", &options);
		ck_assert_uint_eq(s[i].wpaths.count, 3 + 300 + 40);
		ck_assert_uint_eq(progress.files_seen, 3 + 300 + 40);
		ck_assert_uint_eq(progress.files_scanned, 3 + 300 + 40);
		/* The weights add up but for what doubles lose. */
		ck_assert_uint_ge(progress.done_ppm, 999990);
	}
	for (size_t i = 0; i < s[0].wpaths.count; i++) {
		const char *one = *(char **)vec_at(&s[0].wpaths, i);

		ck_assert_str_eq(one, *(char **)vec_at(&s[1].wpaths, i));
		if (i > 0)
			ck_assert_str_ne(one,
					 *(char **)vec_at(&s[0].wpaths, i - 1));
	}
	seen_release(&s[0]);
	seen_release(&s[1]);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* Many known places are soon done; that is not most of the work. */
START_TEST(progress_of_places_and_volumes)
{
	struct file_walk_progress progress = { 0 };
	struct file_walk_options options = { .threads = 1,
					     .progress = &progress };
	struct fixture f;
	struct seen s;
	struct file_walk *w = NULL;
	struct target *t;
	char path[128];

	make_windows(&f);
	for (int i = 0; i < 30; i++) {
		snprintf(path, sizeof(path), DOCUMENTS "/%d/a.txt", i);
		fixture_file(&f, path, "x");
	}
	t = fixture_open(&f);
	seen_init(&s, &f);
	s.progress = &progress;
	ck_assert_int_eq(file_walk_new(t, &options, on_file, &s, &w), 0);
	for (int i = 0; i < 30; i++) {
		snprintf(path, sizeof(path), "C:\\Users\\taro\\Documents\\%d",
			 i);
		ck_assert_int_eq(file_walk_path(w, path, -1), 0);
	}
	ck_assert_int_eq(file_walk_volumes(w), 0);
	ck_assert_int_eq(file_walk_finish(w), 0);
	ck_assert_ptr_eq(s.progress, NULL);
	/* The empty half of C: is done by then, too. */
	ck_assert_uint_lt(s.early_ppm, 750000);
	ck_assert_uint_ge(progress.done_ppm, 999990);
	seen_release(&s);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static Suite *walk_suite(void)
{
	Suite *s = suite_create("walk");
	TCase *tc = tcase_create("walk");

	tcase_add_loop_test(
		tc, vanished_file, 0,
		(int)(sizeof(vanish_rows) / sizeof(vanish_rows[0])));
	tcase_add_loop_test(tc, failed_file, 0,
			    (int)(sizeof(fail_rows) / sizeof(fail_rows[0])));
	tcase_add_loop_test(tc, page_file, 0,
			    (int)(sizeof(page_rows) / sizeof(page_rows[0])));
	tcase_add_test(tc, threads_show_the_same);
	tcase_add_test(tc, progress_of_places_and_volumes);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(walk_suite)
