/*
 * Unit tests of archives outside the caches: which are looked into, whatever
 * the order they are met in, and what is counted.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/cab_maker.h"

#include "base/err.h"
#include "collect/files_archives.h"

#include <stdlib.h>
#include <string.h>

/* ---- the list ---------------------------------------------------- */

struct met {
	const char *wpath;
	const char *location;
	uint64_t nbytes;
	enum archive_kind kind;
};

/* In the order in which they are looked into. */
static const struct met all[] = {
	{ "C:\\Users\\a\\AppData\\Local\\Temp\\jar_cache1.tmp", "temp", 65,
	  ARCHIVE_ZIP },
	{ "C:\\Users\\a\\Downloads\\x.zip", "profile", 50, ARCHIVE_ZIP },
	{ "D:\\b.JAR", "root", 60, ARCHIVE_ZIP },
	{ "C:\\Users\\a\\Desktop\\c.cab", "other", 70, ARCHIVE_CAB },
	{ "C:\\Users\\b\\Desktop\\c.cab", "other", 70, ARCHIVE_CAB },
	{ "C:\\Users\\a\\Desktop\\a.docx", "profile", 10, ARCHIVE_ZIP },
	{ "C:\\ProgramData\\z.zip", "program_data", 1, ARCHIVE_ZIP },
	{ "C:\\Program Files\\Java\\rt.jar", "program_files", 5, ARCHIVE_ZIP },
	{ "C:\\Windows\\System32\\a.cat", "system", 1, ARCHIVE_CAB },
	{ "C:\\Users\\a\\Desktop\\a.gz", "profile", 1, ARCHIVE_GZIP },
};

#define ALL (sizeof(all) / sizeof(all[0]))

static void meet(struct archive_list *l, const struct met *m)
{
	const struct host_stat st = { .size = m->nbytes };
	const struct file_artefact a = { .wpath = m->wpath,
					 .name = "n",
					 .location = m->location,
					 .nbytes = m->nbytes,
					 .st = &st };

	ck_assert_int_eq(archive_list_met(l, m->kind, &a, NULL, "/host"), 0);
}

struct rows {
	struct gap_sink sink;
	struct str text; /* "zip=2;" … */
};

static void add_row(struct gap_sink *sink, const struct gap *g)
{
	struct rows *r = (struct rows *)sink;

	ck_assert_int_eq(g->kind, GAP_NOT_OPENED);
	ck_assert(!gap_matters(g->kind, g->weight));
	ck_assert_str_eq(g->path, "");
	str_addf(&r->text, "%s=%" PRIu64 ";", g->reason, g->count);
}

static void check_rows(const struct archive_list *l, const char *want)
{
	struct rows r = { { add_row }, STR_INIT };

	archive_list_report(l, &r.sink);
	ck_assert_str_eq(str_text(&r.text), want);
	str_release(&r.text);
}

static const struct {
	struct archive_budget budget;
	const char *chosen; /* places in `all` */
	const char *counted;
} budgets[] = {
	{ { 100, 1000, 1000, 10 }, "0123456789", "" },
	{ { 100, 1000, 1000, 0 }, "012345678", "gzip=1;" },
	{ { 3, 1000, 1000, 10 }, "012", "zip=3;gzip=1;cab=3;" },
	{ { 1, 1000, 1000, 10 }, "0", "zip=5;gzip=1;cab=3;" },
	{ { 0, 1000, 1000, 10 }, "", "zip=6;gzip=1;cab=3;" },
	/* What does not fit is left; a smaller one behind it may. */
	{ { 100, 180, 1000, 10 }, "012689", "zip=2;cab=2;" },
	{ { 100, 175, 1000, 10 }, "012", "zip=3;gzip=1;cab=3;" },
	{ { 100, 1000, 59, 10 }, "156789", "zip=2;cab=2;" },
};

static uint32_t next_chance(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

START_TEST(the_same_are_chosen_in_any_order)
{
	uint32_t chance = 7;

	for (int round = 0; round < 50; round++) {
		struct archive_list *l = NULL;
		size_t order[ALL];
		size_t count;

		for (size_t i = 0; i < ALL; i++)
			order[i] = i;
		for (size_t i = ALL; round && i > 1; i--) {
			size_t k = next_chance(&chance) % i;
			size_t was = order[i - 1];

			order[i - 1] = order[k];
			order[k] = was;
		}
		ck_assert_int_eq(archive_list_new(&budgets[_i].budget, &l), 0);
		for (size_t i = 0; i < ALL; i++)
			meet(l, &all[order[i]]);
		count = archive_list_choose(l);
		ck_assert_uint_eq(count, strlen(budgets[_i].chosen));
		for (size_t i = 0; i < count; i++)
			ck_assert_str_eq(
				archive_list_at(l, i)->wpath,
				all[budgets[_i].chosen[i] - '0'].wpath);
		check_rows(l, budgets[_i].counted);
		archive_list_free(l);
	}
}

END_TEST

START_TEST(what_cannot_be_opened_is_counted)
{
	static const struct met rows[] = {
		{ "C:\\a.7z", "root", 1, ARCHIVE_7Z },
		{ "C:\\a.rar", "root", 1, ARCHIVE_RAR },
		{ "C:\\a.lzh", "root", 1, ARCHIVE_LZH },
		{ "C:\\b.lzh", "root", 1, ARCHIVE_LZH },
		{ "C:\\a.pst", "root", 1, ARCHIVE_MAIL },
	};
	const struct archive_budget b = { 10, 100, 100, 10 };
	struct archive_list *l = NULL;

	ck_assert_int_eq(archive_list_new(&b, &l), 0);
	for (size_t i = 0; i < 5; i++)
		meet(l, &rows[i]);
	meet(l, &all[0]);
	ck_assert_uint_eq(archive_list_choose(l), 1);
	archive_list_failed(l, 0);
	check_rows(l, "zip=1;7z=1;rar=1;lzh=2;mail (pst, dbx)=1;");
	archive_list_free(l);
}

END_TEST

/* ---- the walk ---------------------------------------------------- */

struct seen {
	struct fixture *f;
	struct host_mutex *lock;
	struct vec members;  /* char *, their paths */
	const char *deletes; /* when it is shown, the file with this path */
	const char *deleted;
	bool replaces; /* by another one */
};

static void write_cab(struct fixture *f, const char *path, size_t nbytes,
		      bool damaged)
{
	char *host = fixture_path(f, path);
	char *data = mem_zalloc(nbytes);
	const struct cab_row row = { "in.txt", data, nbytes, 0, 0 };
	const struct cab_options o = { 1, 0, false };
	struct str cab = STR_INIT;

	/* Nothing that packs well: the sizes keep their order. */
	for (size_t i = 0; i < nbytes; i++)
		data[i] = (char)(i * i + 3 * i);
	cab_make(&cab, &row, 1, &o);
	if (damaged)
		cab.len -= 3;
	fixture_file(f, path, "");
	ck_assert_int_eq(host_write_file(host, cab.buf, cab.len), 0);
	str_release(&cab);
	mem_free(data);
	mem_free(host);
}

static int on_file(void *arg, const struct file_artefact *a)
{
	struct seen *s = arg;

	if (s->deletes && strcmp(a->name, s->deletes) == 0) {
		char *host = fixture_path(s->f, s->deleted);

		s->deletes = NULL;
		ck_assert_int_eq(host_unlink(host), 0);
		if (s->replaces)
			write_cab(s->f, s->deleted, 21, false);
		mem_free(host);
	}
	if (!a->is_member)
		return 0;
	host_mutex_lock(s->lock);
	*(char **)vec_push(&s->members) = mem_strdup(a->wpath);
	host_mutex_unlock(s->lock);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All members that are shown, one a line. */
static void check_walk(struct fixture *f, struct seen *s, unsigned threads,
		       const struct archive_budget *budget, const char *want)
{
	struct target *t = fixture_open(f);
	struct file_walk_options o = { .threads = threads,
				       .gaps = &f->sink,
				       .members = true,
				       .archives = *budget };
	struct file_walk *w = NULL;
	struct str got = STR_INIT;

	s->f = f;
	s->lock = host_mutex_new();
	s->members = (struct vec)VEC_INIT(char *, 1000);
	ck_assert_int_eq(file_walk_new(t, &o, on_file, s, &w), 0);
	ck_assert_int_eq(file_walk_volumes(w), 0);
	ck_assert_int_eq(file_walk_finish(w), 0);
	if (s->members.count)
		qsort(s->members.items, s->members.count, sizeof(char *),
		      by_text);
	for (size_t i = 0; i < s->members.count; i++) {
		char **member = vec_at(&s->members, i);

		str_addf(&got, "%s\n", *member);
		mem_free(*member);
	}
	ck_assert_str_eq(str_text(&got), want);
	str_release(&got);
	vec_release(&s->members);
	host_mutex_free(s->lock);
	target_free(t);
}

static void make_windows(struct fixture *f)
{
	fixture_init(f);
	fixture_windows7(f);
	fixture_machine_hives(f, "Windows/System32/config");
	fixture_user_hive(f, "Users/taro/NTUSER.DAT", NULL);
	write_cab(f, "Users/taro/Downloads/a.cab", 10, false);
	write_cab(f, "Users/taro/Downloads/b.cab", 20, false);
	write_cab(f, "Users/taro/Desktop/damaged.cab", 30, true);
	write_cab(f, "Windows/w.cab", 5, false);
	fixture_file(f, "Users/taro/Downloads/x.rar", "Rar!\x1a\x07\x01");
	fixture_file(f, "Users/taro/Downloads/text.zip", "no archive");
}

static uint64_t gap_count_of(const struct fixture *f, const char *reason)
{
	uint64_t count = 0;

	for (size_t i = 0; i < f->gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f->gaps, i);

		if (g->kind != GAP_NOT_OPENED)
			continue;
		ck_assert(!g->matters);
		count += strcmp(g->reason, reason) == 0;
	}
	return count;
}

START_TEST(archives_anywhere_are_looked_into)
{
	const struct archive_budget b = { 100, 100000, 100000, 0 };
	struct fixture f;
	struct seen s = { 0 };

	make_windows(&f);
	check_walk(&f, &s, 1 + 3 * (unsigned)_i, &b,
		   "C:\\Users\\taro\\Downloads\\a.cab!in.txt\n"
		   "C:\\Users\\taro\\Downloads\\b.cab!in.txt\n"
		   "C:\\Windows\\w.cab!in.txt\n");
	ck_assert_uint_eq(f.gaps.count, 2);
	ck_assert_uint_eq(gap_count_of(&f, "cab"), 1);
	ck_assert_uint_eq(gap_count_of(&f, "rar"), 1);
	fixture_release(&f);
}

END_TEST

START_TEST(the_budget_is_the_users_first)
{
	const struct archive_budget b = { 1, 100000, 100000, 0 };
	struct fixture f;
	struct seen s = { 0 };

	make_windows(&f);
	check_walk(&f, &s, 1 + 3 * (unsigned)_i, &b,
		   "C:\\Users\\taro\\Downloads\\a.cab!in.txt\n");
	fixture_release(&f);
}

END_TEST

/* One that is gone or another when its turn comes is no gap that matters. */
START_TEST(an_archive_that_is_gone_is_counted)
{
	const struct archive_budget b = { 100, 100000, 100000, 0 };
	struct fixture f;
	/* When the smallest of them is looked into. */
	struct seen s = { .deletes = "in.txt",
			  .deleted = "Users/taro/Downloads/b.cab",
			  .replaces = _i };

	make_windows(&f);
	check_walk(&f, &s, 1, &b,
		   "C:\\Users\\taro\\Downloads\\a.cab!in.txt\n"
		   "C:\\Windows\\w.cab!in.txt\n");
	ck_assert_uint_eq(gap_count_of(&f, "cab"), 1);
	fixture_release(&f);
}

END_TEST

static Suite *files_archives_suite(void)
{
	Suite *s = suite_create("files_archives");
	TCase *tc = tcase_create("files_archives");

	tcase_add_loop_test(tc, the_same_are_chosen_in_any_order, 0,
			    (int)(sizeof(budgets) / sizeof(budgets[0])));
	tcase_add_test(tc, what_cannot_be_opened_is_counted);
	tcase_add_loop_test(tc, archives_anywhere_are_looked_into, 0, 2);
	tcase_add_loop_test(tc, the_budget_is_the_users_first, 0, 2);
	tcase_add_loop_test(tc, an_archive_that_is_gone_is_counted, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(files_archives_suite)
