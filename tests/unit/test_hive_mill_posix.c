/*
 * Real hives after 200 random changes, and after these were taken back: what
 * our reader, hivex and reglookup read in them is the same.
 * SPDX-License-Identifier: Apache-2.0
 *
 * MSTMP_HIVES=FOLDER adds all hives of a folder that may not be packed.
 */
#include "unit.h"
#include "hive_strict.h"
#include "hivex_compare.h"
#include "real_hives.h"
#include "target_fixture.h"
#include "tests/tools/hive_lines.h"
#include "tests/tools/hive_mill.h"

#include "host/host.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#define SEED	  20100924u
#define MAX_LINES 2000000

struct lines {
	char **at;
	size_t count, keys;
};

/* ---- the third reader -------------------------------------------- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_release(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->at[i]);
	free(l->at);
	memset(l, 0, sizeof(*l));
}

/* "PATH,TYPE,VALUE,MTIME" of every key and value, sorted. */
static struct lines reglookup(const char *path)
{
	struct lines l = { calloc(MAX_LINES, sizeof(char *)), 0, 0 };
	char command[1200], *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(command, sizeof(command), "reglookup -H '%s' 2>/dev/null",
		 path);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	while (l.count < MAX_LINES && getline(&line, &room, f) > 0) {
		l.keys += strstr(line, ",KEY,") != NULL;
		l.at[l.count++] = line;
		line = NULL;
		room = 0;
	}
	free(line);
	pclose(f);
	qsort(l.at, l.count, sizeof(*l.at), compare_lines);
	return l;
}

static bool has_reglookup(void)
{
	return system("command -v reglookup >/dev/null") == 0;
}

/* ---- one hive ---------------------------------------------------- */

static struct reg_tree *tree_of(const uint8_t *data, size_t nbytes,
				struct hive_lines *lines)
{
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	struct reg_tree *t = NULL;

	ck_assert_int_eq(reg_open_memory(data, nbytes, NULL, NULL, NULL, &root),
			 0);
	ck_assert_int_eq(reg_open_key(root, "", &key), 0);
	ck_assert_int_eq(reg_tree_read(key, &t), 0);
	reg_close_key(key);
	ck_assert_int_eq(hive_lines_read(root, lines), 0);
	reg_close(root);
	return t;
}

struct state {
	uint8_t *data;
	size_t nbytes;
	struct hive_lines lines;
	struct reg_tree *tree;
	struct lines third;
	size_t hivex_keys;
};

static void look(struct state *s, struct fixture *f, const char *name)
{
	char *path = fixture_path(f, "hive");
	FILE *out = fopen(path, "wb");

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(s->data, 1, s->nbytes, out), s->nbytes);
	ck_assert_int_eq(fclose(out), 0);
	s->tree = tree_of(s->data, s->nbytes, &s->lines);
	s->hivex_keys = hivex_compare(s->data, s->nbytes, name);
	if (has_reglookup())
		s->third = reglookup(path);
	mem_free(path);
}

static void state_release(struct state *s)
{
	mem_free(s->data);
	hive_lines_release(&s->lines);
	reg_tree_free(s->tree);
	lines_release(&s->third);
}

/* Of a hive that it read whole before. */
static void third_agrees(const struct state *s)
{
	ck_assert_uint_eq(s->third.keys, s->lines.keys);
	ck_assert_uint_eq(s->third.count - s->third.keys, s->lines.values);
}

static void compare_all(const char *name, const struct state *old,
			const struct state *edited, const struct state *back)
{
	struct str why = STR_INIT;
	bool is_read = old->third.count && old->third.keys == old->lines.keys &&
		       old->third.count - old->third.keys == old->lines.values;

	ck_assert_msg(!reg_tree_differs(old->tree, back->tree,
					REG_TREE_NO_ORDER, &why),
		      "%s: %s", name, str_text(&why));
	str_release(&why);
	ck_assert_uint_eq(edited->hivex_keys,
			  old->hivex_keys ? edited->lines.keys : 0);
	ck_assert_uint_eq(back->hivex_keys, old->hivex_keys);
	if (!is_read) {
		printf("%s: SKIP: reglookup is missing or does not read it "
		       "whole\n",
		       name);
		return;
	}
	third_agrees(edited);
	third_agrees(back);
	ck_assert_uint_eq(old->third.count, back->third.count);
	for (size_t i = 0; i < old->third.count; i++)
		ck_assert_str_eq(old->third.at[i], back->third.at[i]);
}

static bool mill_hive(struct fixture *f, const char *path, const char *name)
{
	struct reg_hive_files files = { path, { NULL, NULL, NULL } };
	struct state old = { 0 }, edited = { 0 }, back = { 0 };
	static struct hive_mill m;
	struct reg_root *root = NULL;
	struct reg_edit *e = NULL;
	struct hive_strict strict;

	if (reg_open_hive(&files, NULL, NULL, NULL, &root))
		return false;
	ck_assert_int_eq(reg_root_image(root, &old.data, &old.nbytes), 0);
	reg_close(root);
	if (reg_edit_hive(old.data, old.nbytes, &e)) {
		mem_free(old.data);
		return false;
	}
	look(&old, f, name);
	hive_mill_run(&m, e, SEED);
	printf("%s: %u keys added, %u removed, %u values added, %u changed, "
	       "%u removed\n",
	       name, m.by_kind[0], m.by_kind[1], m.by_kind[2], m.by_kind[3],
	       m.by_kind[4]);
	ck_assert_msg(!reg_edit_commit(e, &edited.data, &edited.nbytes),
		      "%s: %s", name, err_last()->text);
	look(&edited, f, name);
	ck_assert_msg(!hive_mill_back(&m), "%s: %s", name, err_last()->text);
	ck_assert_msg(!reg_edit_finish(e, &back.data, &back.nbytes), "%s: %s",
		      name, err_last()->text);
	look(&back, f, name);
	ck_assert_msg(hive_strict_look(back.data, back.nbytes, &strict),
		      "%s: %s", name, strict.why);
	compare_all(name, &old, &edited, &back);
	state_release(&old);
	state_release(&edited);
	state_release(&back);
	return true;
}

START_TEST(real_hives_are_milled)
{
	const char *name = real_hive_name(0, REAL_HIVE_CHANGE, _i);
	char *path = real_hive_path(0, name);
	struct fixture f;

	fixture_init(&f);
	ck_assert(mill_hive(&f, path, name));
	mem_free(path);
	fixture_release(&f);
}

END_TEST

/* ---- those that may not be packed -------------------------------- */

static struct fixture more;

static int on_file(const char *path, const struct stat *st, int type,
		   struct FTW *at)
{
	(void)at;
	if (type == FTW_F && st->st_size > 4096 &&
	    !mill_hive(&more, path, path))
		printf("%s: is not changed: %s\n", path, err_last()->text);
	return 0;
}

START_TEST(hives_of_a_folder)
{
	const char *folder = getenv("MSTMP_HIVES");

	if (!folder)
		UNIT_SKIP("MSTMP_HIVES names no folder of hives");
	fixture_init(&more);
	ck_assert_int_eq(nftw(folder, on_file, 8, FTW_PHYS), 0);
	fixture_release(&more);
}

END_TEST

static Suite *hive_mill_suite(void)
{
	Suite *s = suite_create("hive_mill");
	TCase *t = tcase_create("hive_mill");

	tcase_add_loop_test(t, real_hives_are_milled, 0,
			    real_hive_count(0, REAL_HIVE_CHANGE));
	tcase_add_test(t, hives_of_a_folder);
	tcase_set_timeout(t, 240);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(hive_mill_suite)
