/*
 * Volumes that could not be entered: paths that lead to them are never "not
 * there", and it is known which of them something leads to.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "session/scan_internal.h"
#include "target/target_private.h"

#include <string.h>

#define GUID "\\\\?\\Volume{00000000-0000-0000-0000-00000000000e}"

static struct fixture f;
static struct target *t;

static char *text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void add(const char *path, const char *mount)
{
	char *names[] = { text(path), text(GUID),
			  text("\\Device\\HarddiskVolume9"), text(mount) };
	const struct host_volume v = { .path = text(path),
				       .why = VOLUME_LOCKED,
				       .part = VOLUME_PART_RECOVERY,
				       .os_error = 77,
				       .names = names,
				       .name_count = mount ? 4 : 3 };

	ck_assert_int_eq(closed_add(t, &v), 0);
}

static void setup(void)
{
	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_file(&f, "Mount/x.dll", "");
	t = fixture_open(&f);
}

static void teardown(void)
{
	target_free(t);
	fixture_release(&f);
}

static const struct closed *closed(size_t i)
{
	return vec_at(&t->closed, i);
}

static const struct {
	const char *wpath;
	bool leads_there;
} paths[] = {
	{ "E:\\a\\b.dll", true },
	{ "e:\\a\\b.dll", true },
	{ "E:\\", true },
	{ "\\\\?\\E:\\a", true },
	{ "C:\\Mount\\x.dll", true },
	{ "C:\\mount", true },
	{ "C:\\Windows\\..\\Mount\\x.dll", true },
	{ "\\Mount\\x.dll", true },
	{ GUID "\\a.dll", true },
	{ "\\??\\Volume{00000000-0000-0000-0000-00000000000E}\\a.dll", true },
	{ "\\\\.\\Volume{00000000-0000-0000-0000-00000000000e}", true },
	{ "\\Device\\HarddiskVolume9\\a.dll", true },
	{ "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume9\\a.dll", true },
	{ "C:\\Mounted\\x.dll", false },
	{ "C:\\Windows\\explorer.exe", false },
	{ "C:\\", false },
	{ "F:\\a", false },
	{ "\\Device\\HarddiskVolume99\\a.dll", false },
	{ "\\Device\\HarddiskVolume", false },
	{ "\\\\server\\E:\\a", false },
	{ "E:a", false },
	{ "", false },
};

START_TEST(paths_that_lead_there)
{
	struct target_path p;
	bool is_new = false;
	int err;

	add("E:", "C:\\Mount");
	ck_assert(!closed(0)->is_needed);
	err = target_resolve(t, paths[_i].wpath, 0, &p);
	ck_assert_int_eq(closed(0)->is_needed, paths[_i].leads_there);
	if (!paths[_i].leads_there) {
		if (!err)
			target_path_release(&p);
		return;
	}
	ck_assert_int_eq(err, ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "BitLocker"));
	ck_assert_int_eq(err_last()->os_error, 77);
	/* The first one tells why, for all of them. */
	ck_assert_int_eq(target_unreached(t, err, &is_new), GAP_VOLUME);
	ck_assert(is_new);
	ck_assert_int_eq(target_resolve(t, "E:\\other", 0, &p),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(target_unreached(t, ERR_UNSUPPORTED, &is_new),
			 GAP_VOLUME);
	ck_assert(!is_new);
	/* Not the one of a drive that nobody gave. */
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_DRIVE_NOT_MAPPED), 0);
}

END_TEST

START_TEST(only_the_one_that_is_meant)
{
	struct target_closed c;
	struct target_path p;

	add("E:", NULL);
	add("C:\\Mount\\below", NULL);
	ck_assert_uint_eq(target_closed_count(t), 2);
	ck_assert_int_eq(target_resolve(t, "C:\\Mount\\x.dll", 0, &p), 0);
	target_path_release(&p);
	ck_assert_int_eq(target_resolve(t, "C:\\Mount\\Below\\x.dll", 0, &p),
			 ERR_UNSUPPORTED);
	target_closed(t, 0, &c);
	ck_assert(!c.is_needed);
	target_closed(t, 1, &c);
	ck_assert(c.is_needed);
	ck_assert_str_eq(c.name, "C:\\Mount\\below");
	ck_assert_int_eq(c.why, VOLUME_LOCKED);
	ck_assert_int_eq(c.part, VOLUME_PART_RECOVERY);
	ck_assert_int_eq(c.os_error, 77);
}

END_TEST

/* The deepest one, open or closed. */
START_TEST(one_in_the_other)
{
	char *host = fixture_path(&f, "Mount");
	struct target_path p;

	add("C:\\A", NULL);
	add("C:\\A\\B", NULL);
	ck_assert_int_eq(target_add_volume(t, "C:\\A\\Open", host, true), 0);
	mem_free(host);
	ck_assert_int_eq(target_resolve(t, "C:\\A\\open\\x.dll", 0, &p), 0);
	target_path_release(&p);
	ck_assert(!closed(0)->is_needed);
	ck_assert_int_eq(target_resolve(t, "C:\\A\\B\\x.dll", 0, &p),
			 ERR_UNSUPPORTED);
	ck_assert(!closed(0)->is_needed);
	ck_assert(closed(1)->is_needed);
}

END_TEST

/* A partition has no other name; of the list nothing is known. */
START_TEST(names_that_are_paths_themselves)
{
	const struct host_volume part = {
		.path = text("\\Device\\Harddisk1\\Partition3"),
		.why = VOLUME_UNKNOWN
	};
	const struct host_volume list = { .path = text(""),
					  .why = VOLUME_LIST };
	struct target_path p;

	ck_assert_int_eq(closed_add(t, &part), 0);
	ck_assert_int_eq(closed_add(t, &list), 0);
	ck_assert_int_eq(
		target_resolve(t, "\\Device\\Harddisk1\\Partition33\\a", 0, &p),
		ERR_UNSUPPORTED);
	ck_assert(!closed(0)->is_needed);
	ck_assert_int_eq(
		target_resolve(t, "\\Device\\Harddisk1\\Partition3\\a", 0, &p),
		ERR_UNSUPPORTED);
	ck_assert(closed(0)->is_needed);
	ck_assert(!closed(1)->is_needed);
}

END_TEST

START_TEST(without_memory)
{
	const int64_t before = mem_count();
	int64_t all;

	add("E:", "C:\\Mount");
	all = mem_count() - before;
	for (int64_t i = 1; i <= all; i++) {
		char *names[] = { text("E:"), text(GUID) };
		const struct host_volume v = { .path = text("E:"),
					       .why = VOLUME_LOCKED,
					       .names = names,
					       .name_count = 2 };
		const size_t count = t->closed.count;
		int err;

		mem_fail_after(i);
		err = closed_add(t, &v);
		mem_fail_after(0);
		ck_assert_uint_eq(t->closed.count, count + (err == 0));
	}
}

END_TEST

/* ---- what a scan makes of it ------------------------------------- */

/* Each gap of a scan of that kind, which the fixture collected. */
static void scan_told(bool quick, const char *want)
{
	const struct scan_options o = { .quick = quick };
	struct scan s = { .options = &o, .target = t };
	struct store *store = NULL;
	struct scan_begin b;
	int64_t id = 0;
	char *gaps;

	ck_assert_int_eq(gap_list_new(&s.gaps), 0);
	scan_closed_volumes(&s);
	fx_scan_begin(&b);
	ck_assert_int_eq(store_open(":memory:", &store), 0);
	ck_assert_int_eq(store_scan_begin(store, &b, &id), 0);
	ck_assert_int_eq(gap_list_store(s.gaps, store, id), 0);
	gaps = fx_query(store,
			"SELECT group_concat(path || ' ' || kind || ' ' || "
			"matters || ' ' || coalesce(os_error, '-') || ' ' || "
			"reason, '|') FROM gap");
	ck_assert_str_eq(gaps, want);
	mem_free(gaps);
	store_close(store);
	gap_list_free(s.gaps);
}

START_TEST(gaps_of_a_scan)
{
	const struct host_volume list = { .path = text(""),
					  .why = VOLUME_LIST };
	const char *locked = volume_why_words(VOLUME_LOCKED);
	struct str want = STR_INIT;
	struct target_path p;

	scan_told(false, "");
	add("E:", NULL);
	str_addf(&want, "E: volume 0 77 %s",
		 volume_why_words(VOLUME_IS_RECOVERY));
	scan_told(false, str_text(&want));
	scan_told(true, str_text(&want));
	ck_assert_int_eq(target_resolve(t, "E:\\x", 0, &p), ERR_UNSUPPORTED);
	str_clear(&want);
	str_addf(&want, "E: volume 1 77 %s", locked);
	scan_told(false, str_text(&want));
	scan_told(true, str_text(&want));
	ck_assert_int_eq(closed_add(t, &list), 0);
	str_clear(&want);
	str_addf(&want, " volume 1 - %s|E: volume 1 77 %s",
		 volume_why_words(VOLUME_LIST), locked);
	scan_told(true, str_text(&want));
	str_release(&want);
}

END_TEST

START_TEST(weight_goes_by_the_scan)
{
	const struct host_volume disk = { .path = text("\\\\.\\PhysicalDrive1"),
					  .why = VOLUME_OFFLINE };
	struct str want = STR_INIT;

	ck_assert_int_eq(closed_add(t, &disk), 0);
	str_addf(&want, "\\\\.\\PhysicalDrive1 volume 1 - %s",
		 volume_why_words(VOLUME_OFFLINE));
	scan_told(false, str_text(&want));
	str_clear(&want);
	str_addf(&want, "\\\\.\\PhysicalDrive1 volume 0 - %s",
		 volume_why_words(VOLUME_OFFLINE));
	scan_told(true, str_text(&want));
	str_release(&want);
}

END_TEST

static Suite *closed_suite(void)
{
	Suite *s = suite_create("closed");
	TCase *tc = tcase_create("closed");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, paths_that_lead_there, 0,
			    sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(tc, only_the_one_that_is_meant);
	tcase_add_test(tc, one_in_the_other);
	tcase_add_test(tc, names_that_are_paths_themselves);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, gaps_of_a_scan);
	tcase_add_test(tc, weight_goes_by_the_scan);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(closed_suite)
