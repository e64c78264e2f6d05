/*
 * A logged-off user's hive on a running Windows, with a fake Windows: what is
 * called in which order, and that nothing stays loaded, whatever fails.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "registry/reg_backend.h"
#include "registry/reg_edit_backend.h"
#include "registry/reg_load.h"

#include <string.h>

#define HIVE_PATH "C:\\Users\\hanako\\NTUSER.DAT"

/* A Windows that counts its calls and fails the n-th one. */
static struct {
	struct str log;
	int calls;
	int fail_at; /* 0: never */
	int fail_times;
	int fail_err;
	bool is_loaded;
	bool is_open; /* a loaded hive with open keys cannot be unloaded */
	bool is_changed;
	bool is_flushed;
	char name[64];
	char path[64];
} fake;

struct fake_edit {
	struct reg_edit base;
	struct reg_root root;
};

static int called(const char *what)
{
	str_addf(&fake.log, "%s ", what);
	fake.calls++;
	if (fake.fail_at && fake.calls >= fake.fail_at &&
	    fake.calls < fake.fail_at + fake.fail_times)
		return err_fail(fake.fail_err, 0, "the fake fails at %s", what);
	return 0;
}

static int fake_delete_key(struct reg_edit *e, const char *path)
{
	(void)e;
	ck_assert_str_eq(path, "Software\\X");
	ck_assert(fake.is_open);
	fake.is_changed = true;
	fake.is_flushed = false;
	return called("delete_key");
}

static int fake_set_value(struct reg_edit *e, const char *path,
			  const char *name, uint32_t type, const void *data,
			  size_t nbytes)
{
	(void)e;
	ck_assert_str_eq(path, "Software");
	ck_assert_str_eq(name, "v");
	ck_assert_uint_eq(type, 77);
	ck_assert_uint_eq(nbytes, 3);
	ck_assert_int_eq(memcmp(data, "abc", 3), 0);
	return called("set_value");
}

static int fake_delete_value(struct reg_edit *e, const char *path,
			     const char *name)
{
	(void)e;
	ck_assert_str_eq(path, "Software");
	ck_assert_str_eq(name, "w");
	return called("delete_value");
}

static int fake_add_tree(struct reg_edit *e, const char *path,
			 const struct reg_tree *tree)
{
	(void)e;
	ck_assert_str_eq(path, "Software\\Y");
	ck_assert_str_eq(tree->name, "Y");
	return called("add_tree");
}

/* Frees in every case, as reg_edit.h says. */
static int fake_close(struct reg_edit *e)
{
	int err = called("close");

	fake.is_open = false;
	mem_free(e);
	return err;
}

static const struct reg_edit_ops fake_edit_ops = {
	.delete_key = fake_delete_key,
	.delete_value = fake_delete_value,
	.set_value = fake_set_value,
	.add_tree = fake_add_tree,
	.close = fake_close,
};

static int fake_load(void *arg, const char *name, const char *host_path)
{
	int err;

	ck_assert_ptr_eq(arg, &fake);
	err = called("load");
	ck_assert_uint_lt(strlen(name), sizeof(fake.name));
	str_copy(fake.name, name, sizeof(fake.name));
	str_copy(fake.path, host_path, sizeof(fake.path));
	if (!err)
		fake.is_loaded = true;
	return err;
}

static int fake_open(void *arg, const char *name, struct reg_edit **ret)
{
	struct fake_edit *e;
	int err;

	ck_assert_ptr_eq(arg, &fake);
	ck_assert_str_eq(name, fake.name);
	ck_assert(fake.is_loaded);
	err = called("open");
	if (err)
		return err;
	e = mem_zalloc(sizeof(*e));
	if (!e)
		return err_fail(ERR_NOMEM, 0, "memory is short");
	e->base.ops = &fake_edit_ops;
	e->base.root = &e->root;
	fake.is_open = true;
	*ret = &e->base;
	return 0;
}

static int fake_flush(void *arg, const char *name)
{
	int err;

	ck_assert_ptr_eq(arg, &fake);
	ck_assert_str_eq(name, fake.name);
	ck_assert(fake.is_loaded);
	err = called("flush");
	if (!err)
		fake.is_flushed = true;
	return err;
}

static int fake_unload(void *arg, const char *name)
{
	int err;

	ck_assert_ptr_eq(arg, &fake);
	ck_assert_str_eq(name, fake.name);
	err = called("unload");
	if (err)
		return err;
	ck_assert(fake.is_loaded);
	ck_assert_msg(!fake.is_open, "keys are still open: %s",
		      str_text(&fake.log));
	fake.is_loaded = false;
	return 0;
}

static int fake_unload_by_force(void *arg, const char *name)
{
	int err;

	ck_assert_ptr_eq(arg, &fake);
	ck_assert_str_eq(name, fake.name);
	/* What was changed must not be lost by it. */
	ck_assert(fake.is_flushed || !fake.is_changed);
	err = called("force");
	if (!err)
		fake.is_loaded = false;
	return err;
}

static const struct reg_load_ops ops = {
	.load = fake_load,
	.open = fake_open,
	.flush = fake_flush,
	.unload = fake_unload,
	.unload_by_force = fake_unload_by_force,
	.arg = &fake,
};

static void set_up(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.fail_times = 1;
	fake.fail_err = ERR_IO;
}

static void tear_down(void)
{
	str_release(&fake.log);
}

static void again(int fail_at)
{
	tear_down();
	set_up();
	fake.fail_at = fail_at;
}

/* Load, one change, close; the first failure. */
static int whole_run(void)
{
	struct reg_edit *e = NULL;
	int err = reg_edit_user_file(HIVE_PATH, &ops, &e), other;

	if (err) {
		ck_assert_ptr_null(e);
		return err;
	}
	err = reg_edit_delete_key(e, "Software\\X");
	other = reg_edit_close(e);
	return err ? err : other;
}

START_TEST(calls_in_order)
{
	ck_assert_int_eq(whole_run(), 0);
	ck_assert_str_eq(str_text(&fake.log),
			 "load open delete_key close flush unload ");
	ck_assert_str_eq(fake.path, HIVE_PATH);
	ck_assert(!fake.is_loaded);
	ck_assert(fake.is_flushed);
}

END_TEST

START_TEST(names_are_random_and_known_again)
{
	char first[64];

	ck_assert_int_eq(whole_run(), 0);
	str_copy(first, fake.name, sizeof(first));
	ck_assert(ascii_starts_with(first, "mstmpsweep-"));
	ck_assert_uint_eq(strlen(first), strlen("mstmpsweep-") + 16);
	ck_assert(reg_load_is_ours(first));
	again(0);
	ck_assert_int_eq(whole_run(), 0);
	ck_assert_str_ne(first, fake.name);
}

END_TEST

START_TEST(hands_every_change_on)
{
	struct reg_tree tree = { .name = (char[]){ "Y" } };
	struct reg_edit *e = NULL;

	ck_assert_int_eq(reg_edit_user_file(HIVE_PATH, &ops, &e), 0);
	ck_assert_ptr_nonnull(reg_edit_root(e));
	ck_assert_int_eq(reg_edit_set_value(e, "Software", "v", 77, "abc", 3),
			 0);
	ck_assert_int_eq(reg_edit_delete_value(e, "Software", "w"), 0);
	ck_assert_int_eq(reg_edit_add_tree(e, "Software\\Y", &tree), 0);
	ck_assert_int_eq(reg_edit_can_add_tree(e, "Software", &tree), 0);
	ck_assert_int_eq(reg_edit_close(e), 0);
	ck_assert_str_eq(str_text(&fake.log),
			 "load open set_value delete_value "
			 "add_tree close flush unload ");
}

END_TEST

/* Whichever call fails once, the hive is not loaded afterwards. */
START_TEST(unloads_after_every_failure)
{
	static const char *const logs[] = {
		"load ",
		"load open unload ",
		"load open delete_key close flush unload ",
		"load open delete_key close flush unload ",
		"load open delete_key close flush unload ",
		"load open delete_key close flush unload unload ",
	};
	static const char *const failing[] = { "fails at load", "fails at open",
					       "fails at delete_key",
					       "fails at close",
					       "fails at flush" };
	int n;

	for (n = 1; n < 100; n++) {
		int err;

		again(n);
		/* Somebody else has a key open, for a moment. */
		if (n == 6)
			fake.fail_err = ERR_LOCKED;
		err = whole_run();
		if (fake.calls < n)
			break;
		ck_assert_int_le(n, 6);
		ck_assert_msg(!fake.is_loaded, "%s", str_text(&fake.log));
		ck_assert_str_eq(str_text(&fake.log), logs[n - 1]);
		ck_assert_int_eq(err, n == 6 ? 0 : ERR_IO);
		if (n == 6)
			continue;
		/* What is told is what failed, not what came after it. */
		ck_assert_ptr_nonnull(strstr(err_last()->text, failing[n - 1]));
	}
	ck_assert_int_eq(n, 7);
}

END_TEST

START_TEST(tells_what_stays_loaded)
{
	/* Not in use: it is of no use to try again. */
	again(6);
	fake.fail_times = 100;
	ck_assert_int_eq(whole_run(), ERR_IO);
	ck_assert_str_eq(str_text(&fake.log),
			 "load open delete_key close flush unload ");
	ck_assert_ptr_nonnull(strstr(err_last()->text, fake.name));
	ck_assert_ptr_nonnull(strstr(err_last()->text, HIVE_PATH));

	/* In use for good, and not to be forced: it ends in finite time. */
	again(6);
	fake.fail_times = 100;
	fake.fail_err = ERR_LOCKED;
	ck_assert_int_eq(whole_run(), ERR_LOCKED);
	ck_assert_str_eq(str_text(&fake.log),
			 "load open delete_key close flush unload unload "
			 "unload unload unload unload force ");
	ck_assert_ptr_nonnull(strstr(err_last()->text, fake.name));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "temporary profile"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "fails at unload"));

	/* Opening fails, then unloading as well. */
	again(2);
	fake.fail_times = 2;
	ck_assert_int_eq(whole_run(), ERR_IO);
	ck_assert_str_eq(str_text(&fake.log), "load open unload ");
	ck_assert_ptr_nonnull(strstr(err_last()->text, fake.name));

	/* Flushing fails, then unloading as well: both are told. */
	again(5);
	fake.fail_times = 2;
	ck_assert_int_eq(whole_run(), ERR_IO);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "fails at flush"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, fake.name));
}

END_TEST

/* Somebody keeps a key open: the last resort, and no failure. */
START_TEST(takes_it_from_who_keeps_it)
{
	again(6);
	fake.fail_times = 6;
	fake.fail_err = ERR_LOCKED;
	ck_assert_int_eq(whole_run(), 0);
	ck_assert_str_eq(str_text(&fake.log),
			 "load open delete_key close flush unload unload "
			 "unload unload unload unload force ");
	ck_assert(!fake.is_loaded);
}

END_TEST

/* The disk took nothing: Windows may write it yet, so nothing is forced. */
START_TEST(takes_nothing_that_is_not_on_the_disk)
{
	again(5);
	fake.fail_times = 100;
	fake.fail_err = ERR_LOCKED;
	ck_assert_int_eq(whole_run(), ERR_LOCKED);
	ck_assert_str_eq(str_text(&fake.log),
			 "load open delete_key close flush unload unload "
			 "unload unload unload unload ");
	ck_assert(fake.is_loaded);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "fails at flush"));
	ck_assert_ptr_nonnull(strstr(err_last()->text, fake.name));
}

END_TEST

START_TEST(survives_short_memory)
{
	int64_t before = mem_count(), all;

	ck_assert_int_eq(whole_run(), 0);
	all = mem_count() - before;
	for (int64_t i = 1; i <= all; i++) {
		struct reg_edit *e = NULL;
		int err;

		again(0);
		/* Room, so that the log takes no allocation itself. */
		for (int k = 0; k < 10; k++)
			str_add(&fake.log, "0123456789abcdef");
		str_clear(&fake.log);
		mem_fail_after(i);
		err = reg_edit_user_file(HIVE_PATH, &ops, &e);
		mem_fail_after(0);
		ck_assert(err == 0 || err == ERR_NOMEM);
		if (!err)
			ck_assert_int_eq(reg_edit_close(e), 0);
		ck_assert(!fake.is_loaded);
	}
}

END_TEST

static Suite *reg_edit_user_suite(void)
{
	Suite *s = suite_create("reg_edit_user");
	TCase *t = tcase_create("user");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, calls_in_order);
	tcase_add_test(t, names_are_random_and_known_again);
	tcase_add_test(t, hands_every_change_on);
	tcase_add_test(t, unloads_after_every_failure);
	tcase_add_test(t, tells_what_stays_loaded);
	tcase_add_test(t, takes_it_from_who_keeps_it);
	tcase_add_test(t, takes_nothing_that_is_not_on_the_disk);
	tcase_add_test(t, survives_short_memory);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_edit_user_suite)
