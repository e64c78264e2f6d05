/*
 * What a stick without access lists gets: a copy that nothing is done by, and
 * a report, under names that no computer's name can lead elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "session/stick.h"

#include <sqlite3.h>
#include <string.h>

static struct store *store;
static char *dir;

static void setup(void)
{
	dir = fx_temp_path(".stick");
	ck_assert_int_eq(host_mkdir(dir), 0);
	ck_assert_int_eq(store_open(":memory:", &store), 0);
	ck_assert_int_eq(fx_record_scan(store), 1);
}

static void teardown(void)
{
	struct host_dir *d = NULL;
	struct host_dirent entry;

	store_close(store);
	ck_assert_int_eq(host_dir_open(dir, &d), 0);
	while (host_dir_next(d, &entry) > 0) {
		char *path = host_join(dir, entry.name);

		host_set_read_only(path, false);
		host_unlink(path);
		mem_free(path);
	}
	host_dir_close(d);
	host_rmdir(dir);
	mem_free(dir);
}

static void named(const char *host_name, const char *target_id)
{
	char *sql = sqlite3_mprintf("UPDATE scan SET host_name = %Q, "
				    "target_id = %Q",
				    host_name, target_id);

	ck_assert_int_eq(sqlite3_exec(store_db(store), sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_free(sql);
}

static char *file(const char *name)
{
	char *path = host_join(dir, name);
	struct host_stat st;

	ck_assert_msg(host_stat(path, false, &st) == 0, "%s", err_last()->text);
	ck_assert_int_eq(st.type, HOST_FILE);
	return path;
}

static size_t count(void)
{
	struct host_dir *d = NULL;
	struct host_dirent entry;
	size_t n = 0;

	ck_assert_int_eq(host_dir_open(dir, &d), 0);
	while (host_dir_next(d, &entry) > 0)
		n++;
	host_dir_close(d);
	return n;
}

static void write_both(const char *lang)
{
	struct str told = STR_INIT;

	ck_assert_msg(stick_write(dir, store, 1, lang, &told) == 0, "%s",
		      err_last()->text);
	ck_assert_ptr_nonnull(strstr(str_text(&told), ".db\""));
	ck_assert_ptr_nonnull(strstr(str_text(&told), ".html\""));
	str_release(&told);
}

START_TEST(copy_and_report_are_there)
{
	struct store *copy = NULL;
	void *data = NULL;
	size_t nbytes = 0;
	char *path, *text;

	named("KEIRI-PC07", "0123456789abcdef");
	write_both("en");
	path = file("mstmpsweep-KEIRI-PC07-01234567.html");
	ck_assert_int_eq(host_read_file(path, 1 << 20, &data, &nbytes), 0);
	text = mem_strndup(data, nbytes);
	ck_assert_ptr_nonnull(strstr(text, "KEIRI-PC07"));
	mem_free(text);
	mem_free(data);
	mem_free(path);
	path = file("mstmpsweep-KEIRI-PC07-01234567.db");
	ck_assert_msg(store_open_readonly(path, &copy) == 0, "%s",
		      err_last()->text);
	ck_assert(store_is_copy(copy));
	text = fx_query(copy, "SELECT findings FROM v_scan");
	ck_assert_str_eq(text, "2");
	mem_free(text);
	store_close(copy);
	ck_assert(!store_is_copy(store));
	/* Nobody writes on it, nor is it a store for anything else. */
	ck_assert_int_ne(store_open(path, &copy), 0);
	ck_assert_int_eq(host_set_read_only(path, false), 0);
	ck_assert_int_eq(store_open(path, &copy), ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "copy for reading"));
	mem_free(path);
}

END_TEST

/* The next scan of that PC: over the read-only one; another PC: beside it. */
START_TEST(the_next_scan_replaces_it)
{
	named("A", "11111111");
	write_both("ja");
	write_both("ja");
	ck_assert_uint_eq(count(), 2);
	named("A", "22222222");
	write_both("ja");
	ck_assert_uint_eq(count(), 4);
	mem_free(file("mstmpsweep-A-22222222.db"));
}

END_TEST

static const struct {
	const char *host_name, *target_id, *file;
} hostile[] = {
	{ "../../x", "../y", "mstmpsweep-______x-___y.db" },
	{ "C:\\x:y", "a/b", "mstmpsweep-C__x_y-a_b.db" },
	{ NULL, "abc", "mstmpsweep--abc.db" },
	{ "a b\"c", "%TEMP%", "mstmpsweep-a_b_c-_TEMP_.db" },
};

START_TEST(names_lead_nowhere_else)
{
	named(hostile[_i].host_name, hostile[_i].target_id);
	write_both("en");
	ck_assert_uint_eq(count(), 2);
	mem_free(file(hostile[_i].file));
}

END_TEST

static Suite *stick_suite(void)
{
	Suite *s = suite_create("stick");
	TCase *tc = tcase_create("stick");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, copy_and_report_are_there);
	tcase_add_test(tc, the_next_scan_replaces_it);
	tcase_add_loop_test(tc, names_lead_nowhere_else, 0,
			    sizeof(hostile) / sizeof(hostile[0]));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(stick_suite)
