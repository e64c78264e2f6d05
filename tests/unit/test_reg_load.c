/*
 * Hive files that runs which were cut off left loaded: which are given back,
 * how, and what is told.  With a fake Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "registry/reg_load.h"

#include <string.h>

#define OURS	"mstmpsweep-0123456789abcdef"
#define OTHER	"mstmpsweep-fedcba9876543210"
#define SID	"S-1-5-21-1-2-3-1001"
#define ITS_DAT "\\Device\\HarddiskVolume2\\Users\\hanako\\NTUSER.DAT"

/* ---- the names --------------------------------------------------- */

START_TEST(knows_its_own_names_only)
{
	static const struct {
		const char *name;
		bool is_ours;
	} rows[] = {
		{ "mstmpsweep-0123456789abcdef", true },
		{ "MSTMPSWEEP-0123456789ABCDEF", true },
		{ "mstmpsweep-0123456789abcde", false },
		{ "mstmpsweep-0123456789abcdef0", false },
		{ "mstmpsweep-0123456789abcdeg", false },
		{ "mstmpsweep-0123456789abcdef\\x", false },
		{ "mstmpsweep-", false },
		{ "mstmpsweep", false },
		{ "S-1-5-21-1-2-3-1001", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(reg_load_is_ours(rows[i].name) == rows[i].is_ours,
			      "%s", rows[i].name);
}

END_TEST

/* ---- what comes after an attempt --------------------------------- */

START_TEST(what_comes_next)
{
	static const struct {
		int err;
		unsigned tries_left;
		bool may_force;
		enum unload_next want;
	} rows[] = {
		{ 0, 5, true, UNLOAD_DONE },
		/* Somebody else was faster. */
		{ ERR_NOT_FOUND, 5, false, UNLOAD_DONE },
		{ ERR_NOT_FOUND, 0, true, UNLOAD_DONE },
		/* It may be let go of by itself; */
		{ ERR_LOCKED, 1, true, UNLOAD_WAIT },
		{ ERR_LOCKED, 1, false, UNLOAD_WAIT },
		/* only then is it taken. */
		{ ERR_LOCKED, 0, true, UNLOAD_BY_FORCE },
		{ ERR_LOCKED, 0, false, UNLOAD_GIVE_UP },
		/* Nothing that time or force would change. */
		{ ERR_DENIED, 5, true, UNLOAD_GIVE_UP },
		{ ERR_DENIED, 0, true, UNLOAD_GIVE_UP },
		{ ERR_IO, 5, true, UNLOAD_GIVE_UP },
		{ ERR_NOMEM, 5, true, UNLOAD_GIVE_UP },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(reg_unload_next(rows[i].err, rows[i].tries_left,
					      rows[i].may_force) ==
				      rows[i].want,
			      "row %u", (unsigned)i);
}

END_TEST

/* ---- the fake Windows -------------------------------------------- */

static struct {
	struct reg_loaded loaded[4];
	size_t count;
	int listing, flushing, unloading, forcing; /* what they give */
	struct str log, told;
} fake;

static int answer(const char *what, const char *name, int err)
{
	str_addf(&fake.log, "%s %s|", what, name);
	return err ? err_fail(err, 0, "the fake fails at %s", what) : 0;
}

static int fake_flush(void *arg, const char *name)
{
	(void)arg;
	return answer("flush", name, fake.flushing);
}

static int fake_unload(void *arg, const char *name)
{
	(void)arg;
	return answer("unload", name, fake.unloading);
}

static int fake_force(void *arg, const char *name)
{
	(void)arg;
	return answer("force", name, fake.forcing);
}

static int fake_list(void *arg, struct vec *ret)
{
	(void)arg;
	for (size_t i = 0; i < fake.count; i++) {
		struct reg_loaded *l = vec_push(ret);

		ck_assert_ptr_nonnull(l);
		l->name = mem_strdup(fake.loaded[i].name);
		l->file = fake.loaded[i].file ? mem_strdup(fake.loaded[i].file)
					      : NULL;
		l->is_at_work = fake.loaded[i].is_at_work;
	}
	return fake.listing;
}

static const struct reg_load_ops ops = {
	.flush = fake_flush,
	.unload = fake_unload,
	.unload_by_force = fake_force,
	.list = fake_list,
};

static void told(void *arg, const char *name, const char *file, int err)
{
	ck_assert_ptr_eq(arg, &fake);
	str_addf(&fake.told, "%s %s %d %s|", name, file ? file : "-", err != 0,
		 err ? err_last()->text : "");
}

static void tear_down(void)
{
	str_release(&fake.log);
	str_release(&fake.told);
	memset(&fake, 0, sizeof(fake));
}

static void is_loaded(const char *name, const char *file, bool is_at_work)
{
	struct reg_loaded *l = &fake.loaded[fake.count++];

	l->name = (char *)(uintptr_t)name;
	l->file = (char *)(uintptr_t)file;
	l->is_at_work = is_at_work;
}

/* What was called and what was told. */
static void give_back(const char *log, const char *said)
{
	ck_assert_int_eq(reg_load_give_back(&ops, told, &fake), 0);
	ck_assert_str_eq(str_text(&fake.log), log);
	ck_assert_str_eq(str_text(&fake.told), said);
}

/* ---- giving back ------------------------------------------------- */

START_TEST(only_what_a_run_of_ours_left)
{
	is_loaded(SID, ITS_DAT, false);
	is_loaded(OTHER, ITS_DAT, true); /* a run beside this one */
	is_loaded("mstmpsweep-", ITS_DAT, false);
	is_loaded(OURS, ITS_DAT, false);
	give_back("flush " OURS "|unload " OURS "|", OURS " " ITS_DAT " 0 |");
}

END_TEST

START_TEST(each_of_several)
{
	is_loaded(OURS, NULL, false);
	is_loaded(OTHER, ITS_DAT, false);
	give_back("flush " OURS "|unload " OURS "|flush " OTHER "|unload " OTHER
		  "|",
		  OURS " - 0 |" OTHER " " ITS_DAT " 0 |");
}

END_TEST

#define SIX(name)                                                              \
	"unload " name "|unload " name "|unload " name "|unload " name         \
	"|unload " name "|unload " name "|"

START_TEST(by_force_if_somebody_keeps_it)
{
	is_loaded(OURS, NULL, false);
	fake.unloading = ERR_LOCKED;
	give_back("flush " OURS "|" SIX(OURS) "force " OURS "|", OURS " - 0 |");
}

END_TEST

/* Somebody let go of it in between. */
START_TEST(gone_before_the_force)
{
	is_loaded(OURS, NULL, false);
	fake.unloading = ERR_LOCKED;
	fake.forcing = ERR_NOT_FOUND;
	give_back("flush " OURS "|" SIX(OURS) "force " OURS "|", OURS " - 0 |");
}

END_TEST

/* Windows XP: it is told, with both reasons. */
START_TEST(no_force_here)
{
	is_loaded(OURS, NULL, false);
	fake.unloading = ERR_LOCKED;
	fake.forcing = ERR_UNSUPPORTED;
	give_back("flush " OURS "|" SIX(OURS) "force " OURS "|",
		  OURS " - 1 the fake fails at unload; the fake fails at "
		       "force|");
}

END_TEST

/* What that run changed may be in memory only. */
START_TEST(nothing_is_lost_by_force)
{
	is_loaded(OURS, NULL, false);
	fake.flushing = ERR_IO;
	fake.unloading = ERR_LOCKED;
	give_back("flush " OURS "|" SIX(OURS),
		  OURS " - 1 the fake fails at unload|");
}

END_TEST

START_TEST(nothing_is_done_without_the_list)
{
	is_loaded(OURS, NULL, false);
	fake.listing = ERR_DENIED;
	ck_assert_int_eq(reg_load_give_back(&ops, told, &fake), ERR_DENIED);
	ck_assert_str_eq(str_text(&fake.log), "");
	ck_assert_str_eq(str_text(&fake.told), "");
}

END_TEST

static Suite *reg_load_suite(void)
{
	Suite *s = suite_create("reg_load");
	TCase *t = tcase_create("load");

	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, knows_its_own_names_only);
	tcase_add_test(t, what_comes_next);
	tcase_add_test(t, only_what_a_run_of_ours_left);
	tcase_add_test(t, each_of_several);
	tcase_add_test(t, by_force_if_somebody_keeps_it);
	tcase_add_test(t, gone_before_the_force);
	tcase_add_test(t, no_force_here);
	tcase_add_test(t, nothing_is_lost_by_force);
	tcase_add_test(t, nothing_is_done_without_the_list);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_load_suite)
