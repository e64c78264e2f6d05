/*
 * The system layer, as far as it is the same on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wtime.h"
#include "host/descriptor.h"
#include "host/fail.h"
#include "host/local_time.h"

#include <string.h>
#include <unistd.h>

static bool on_windows(void)
{
	return strcmp(host_kind(), "linux") != 0;
}

static void setup(void)
{
	scratch_make("mstmp-host");
}

/* Files of one level only: what tests make below is removed by them. */
static void teardown(void)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;

	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	while (host_dir_next(d, &entry) > 0) {
		char *path = host_join(scratch, entry.name);

		if (entry.st.type == HOST_DIR)
			rmdir(path);
		else
			host_unlink(path);
		mem_free(path);
	}
	host_dir_close(d);
	rmdir(scratch);
	scratch_release();
}

static void put(const char *name, const char *text)
{
	char *path = in_scratch(name);

	file_make(path, text);
	mem_free(path);
}

/* ---- program, clock --------------------------------------------------- */

START_TEST(surroundings)
{
	char *exe = host_exe_path();
	char *name = host_computer_name();
	char *unset = host_getenv("MSTMP_SURELY_NOT_SET");
	char *path = host_getenv("PATH");
	uint8_t a[32] = { 0 };
	uint8_t b[32] = { 0 };

	ck_assert_ptr_ne(exe, NULL);
	ck_assert_ptr_ne(strstr(exe, "unit"), NULL);
	ck_assert_ptr_ne(name, NULL);
	ck_assert_int_gt((int)strlen(name), 0);
	ck_assert_ptr_eq(unset, NULL);
	ck_assert_ptr_ne(path, NULL);
	ck_assert(strcmp(host_language(), "ja") == 0 ||
		  strcmp(host_language(), "en") == 0);
	ck_assert_uint_ge(host_cpu_count(), 1);
	ck_assert_int_eq(host_random(a, sizeof(a)), 0);
	ck_assert_int_eq(host_random(b, sizeof(b)), 0);
	ck_assert_int_ne(memcmp(a, b, sizeof(a)), 0);
	ck_assert(!host_is_system_account());
	mem_free(exe);
	mem_free(name);
	mem_free(path);
}

END_TEST

static int64_t nine_hours_on(int64_t filetime)
{
	return filetime + INT64_C(9) * 3600 * WTIME_PER_SECOND;
}

START_TEST(times_for_people)
{
	static const struct {
		const char *time;
		bool is_here;
		const char *want;
	} rows[] = {
		{ "2010-10-24T23:59:59Z", true, "2010-10-25 08:59 (+09:00)" },
		{ "2010-10-24T23:59:59Z", false, "2010-10-24 23:59 (UTC)" },
		/* what a store may say instead */
		{ "yesterday", true, "yesterday" },
		{ "", true, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str out = STR_INIT;

		ck_assert_int_eq(host_add_time(&out, rows[i].time,
					       rows[i].is_here, nine_hours_on),
				 0);
		ck_assert_str_eq(str_text(&out), rows[i].want);
		str_release(&out);
	}
}

END_TEST

START_TEST(clocks)
{
	const int64_t year_2020 = INT64_C(132223104000000000);
	const int64_t hour = INT64_C(3600) * WTIME_PER_SECOND;
	int64_t now = host_now();
	int64_t local = host_to_local(now);
	int64_t before, took;

	ck_assert_int_gt(now, year_2020);
	ck_assert_int_le(local - now, 15 * hour);
	ck_assert_int_ge(local - now, -13 * hour);
	/* Time zones differ by quarters of an hour. */
	ck_assert_int_eq((local - now) % (hour / 4), 0);
	/* A busy machine takes longer; microseconds would never be so few. */
	do {
		before = host_monotonic_ms();
		host_sleep_ms(30);
		took = host_monotonic_ms() - before;
		ck_assert_int_ge(took, 25);
	} while (took >= 20000);
}

END_TEST

/* ---- files ------------------------------------------------------------ */

START_TEST(read_back)
{
	char *path = in_scratch("file.bin");
	struct host_file *f = NULL;
	struct host_stat st;
	uint8_t buf[64];
	void *data = NULL;
	size_t n = 0;
	int64_t now = host_now();

	ck_assert_int_eq(host_write_file(path, "0123456789", 10), 0);
	ck_assert_int_eq(host_open(path,
				   HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME |
					   HOST_OPEN_SEQ,
				   &f),
			 0);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_int_eq(st.type, HOST_FILE);
	ck_assert_uint_eq(st.size, 10);
	ck_assert_uint_eq(st.nlink, 1);
	ck_assert_uint_ne(st.file_id, 0);
	ck_assert_int_lt(st.written, now + 600 * WTIME_PER_SECOND);
	ck_assert_int_gt(st.written, now - 600 * WTIME_PER_SECOND);
	ck_assert_int_eq(host_pread(f, 4, buf, 3, &n), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(memcmp(buf, "456", 3), 0);
	ck_assert_int_eq(host_pread(f, 8, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(host_pread(f, 10, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(host_pread(f, UINT64_MAX - 4, buf, 8, &n), 0);
	ck_assert_uint_eq(n, 0);
	/* host_pread does not move host_read. */
	ck_assert_int_eq(host_read(f, buf, 6, &n), 0);
	ck_assert_uint_eq(n, 6);
	ck_assert_int_eq(memcmp(buf, "012345", 6), 0);
	ck_assert_int_eq(host_read(f, buf, 6, &n), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(host_read(f, buf, 6, &n), 0);
	ck_assert_uint_eq(n, 0);
	host_close(f);
	ck_assert_int_eq(host_read_file(path, 10, &data, &n), 0);
	ck_assert_uint_eq(n, 10);
	ck_assert_int_eq(memcmp(data, "0123456789", 10), 0);
	mem_free(data);
	data = NULL;
	n = 77;
	ck_assert_int_eq(host_read_file(path, 9, &data, &n), ERR_TOO_LARGE);
	ck_assert_ptr_eq(data, NULL);
	ck_assert_uint_eq(n, 77);
	/* Written again: the new content is there whole, the old gone. */
	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(host_read_file(path, 9, &data, &n), 0);
	ck_assert_uint_eq(n, 1);
	mem_free(data);
	ck_assert_int_eq(host_write_file(path, "", 0), 0);
	ck_assert_int_eq(host_read_file(path, 9, &data, &n), 0);
	ck_assert_uint_eq(n, 0);
	mem_free(data);
	mem_free(path);
}

END_TEST

/* Somebody writes while we read. */
START_TEST(file_grows_and_shrinks)
{
	char *path = in_scratch("grows");
	struct host_file *f = NULL;
	struct host_stat st;
	FILE *out;
	uint8_t buf[64];
	size_t n = 0;

	put("grows", "abc");
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_eq(st.size, 3);
	out = fopen(path, "ab");
	ck_assert_ptr_ne(out, NULL);
	fputs("defgh", out);
	fclose(out);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_eq(st.size, 8);
	ck_assert_int_eq(host_read(f, buf, 4, &n), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(memcmp(buf, "efgh", 4), 0);
	out = fopen(path, "wb");
	ck_assert_ptr_ne(out, NULL);
	fclose(out);
	ck_assert_int_eq(host_pread(f, 0, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_eq(st.size, 0);
	host_close(f);
	mem_free(path);
}

END_TEST

/* What is not there, and what is no file: the code, the reason, the path. */
START_TEST(refusals)
{
	char *none = in_scratch("none");
	char *below = in_scratch("file");
	char *deeper;
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	struct host_stat st;
	int err;

	ck_assert_int_eq(host_open(none, 0, &f), ERR_NOT_FOUND);
	ck_assert_int_eq(err_last()->err, ERR_NOT_FOUND);
	ck_assert_int_ne(err_last()->os_error, 0);
	ck_assert_ptr_ne(strstr(err_last()->text, "\""), NULL);
	ck_assert_ptr_ne(strstr(err_last()->text, "none\""), NULL);
	ck_assert_int_eq(host_stat(none, false, &st), ERR_NOT_FOUND);
	ck_assert_int_eq(host_dir_open(none, &d), ERR_NOT_FOUND);
	ck_assert_int_eq(host_unlink(none), ERR_NOT_FOUND);
	ck_assert_int_eq(host_open(scratch, 0, &f), ERR_NOT_DIR);
	ck_assert_int_eq(host_open(scratch, HOST_OPEN_NOFOLLOW, &f),
			 ERR_NOT_DIR);
	put("file", "x");
	ck_assert_int_eq(host_dir_open(below, &d), ERR_NOT_DIR);
	ck_assert_int_eq(host_mkdir(below), ERR_EXISTS);
	ck_assert_int_eq(host_write_file(scratch, "x", 1), ERR_NOT_DIR);
	deeper = host_join(below, "x");
	err = host_stat(deeper, false, &st);
	ck_assert(err == ERR_NOT_DIR || err == ERR_NOT_FOUND);
	err = host_write_file(deeper, "x", 1);
	ck_assert(err == ERR_NOT_DIR || err == ERR_NOT_FOUND);
	ck_assert_ptr_eq(f, NULL);
	ck_assert_ptr_eq(d, NULL);
	mem_free(deeper);
	mem_free(below);
	mem_free(none);
}

END_TEST

START_TEST(stat_tells_types)
{
	char *path = in_scratch("s");
	struct host_stat by_path;
	struct host_stat by_dir;
	struct host_stat folder;
	struct host_dir *d = NULL;

	put("s", "12345");
	ck_assert_int_eq(host_stat(path, true, &by_path), 0);
	ck_assert_int_eq(by_path.type, HOST_FILE);
	ck_assert_uint_eq(by_path.size, 5);
	ck_assert_int_eq(host_stat(scratch, false, &folder), 0);
	ck_assert_int_eq(folder.type, HOST_DIR);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_stat_at(d, "s", &by_dir), 0);
	ck_assert_uint_eq(by_dir.file_id, by_path.file_id);
	ck_assert_uint_eq(by_dir.volume, by_path.volume);
	ck_assert_int_eq(host_dir_fstat(d, &by_dir), 0);
	ck_assert_int_eq(by_dir.type, HOST_DIR);
	ck_assert_uint_eq(by_dir.file_id, folder.file_id);
	ck_assert_uint_ne(folder.file_id, by_path.file_id);
	host_dir_close(d);
	mem_free(path);
}

END_TEST

/* ---- names ------------------------------------------------------------ */

static const struct {
	const char *name;
	bool on_windows; /* Windows has such names; so it must work there */
} names[] = {
	{ "plain.txt", true },
	{ "\xe8\xa1\xa8\xe7\xa4\xba\xe3\x82\xbd.dll", true }, /* Japanese */
	{ "\xf0\x9f\x93\x81 folder", true },		      /* a pair */
	{ "mstmp.", true },
	{ "mstmp ", true },
	{ "a. . ", true },
	{ "...", true },
	{ " ", true },
	{ "CON", true },
	{ "nul.txt", true },
	{ "\xe2\x80\xae"
	  "fdp.exe",
	  true }, /* right to left */
	{ "line\nline", false },
	{ "tab\tbell\a", false },
	{ "back\\slash", false },
	{ "a:b", false },
	{ "\x82\xa0 no utf-8", false },
	{ "\xed\xa0\x80 lone", false },
};

#define NAMES (int)(sizeof(names) / sizeof(names[0]))

/* Written, listed under the same bytes, opened from the folder, deleted. */
START_TEST(odd_names)
{
	const char *name = names[_i].name;
	char *path = in_scratch(name);
	struct host_dirent entry;
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	char buf[16];
	size_t n = 0;
	int found = 0;

	if (on_windows() && !names[_i].on_windows) {
		mem_free(path);
		return;
	}
	ck_assert_msg(host_write_file(path, "text", 4) == 0, "%s: %s", name,
		      err_last()->text);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	while (host_dir_next(d, &entry) > 0) {
		ck_assert_str_eq(entry.name, name);
		ck_assert_int_eq(entry.st.type, HOST_FILE);
		if (entry.have_stat)
			ck_assert_uint_eq(entry.st.size, 4);
		found++;
	}
	ck_assert_int_eq(found, 1);
	ck_assert_msg(host_open_at(d, name, HOST_OPEN_NOFOLLOW, &f) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 4);
	host_close(f);
	ck_assert_int_eq(
		host_open_at(d, name, HOST_OPEN_NOFOLLOW | HOST_OPEN_PLAIN, &f),
		0);
	host_close(f);
	host_dir_close(d);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(path);
}

END_TEST

/* The name without its dot is another name, and is not there. */
START_TEST(trailing_dot_is_kept)
{
	struct host_file *f = NULL;
	struct host_dir *d = NULL;

	put("mstmp.", "x");
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_open_at(d, "mstmp", 0, &f), ERR_NOT_FOUND);
	ck_assert_int_eq(host_open_at(d, "mstmp.", 0, &f), 0);
	host_close(f);
	host_dir_close(d);
}

END_TEST

/* ---- folders ---------------------------------------------------------- */

START_TEST(many_entries)
{
	enum {
		COUNT = 3000
	};

	static uint8_t seen[COUNT];
	struct host_dirent entry;
	struct host_dir *d = NULL;
	struct host_dir *kept = NULL;
	char *sub = in_scratch("sub");
	int total = 0;
	int i;

	ck_assert_int_eq(host_mkdir(sub), 0);
	for (i = 0; i < COUNT; i++) {
		char name[40];
		char *path;
		FILE *out;

		snprintf(name, sizeof(name), "a-longer-name-%d", i);
		path = host_join(sub, name);
		out = fopen(path, "wb");
		ck_assert_ptr_ne(out, NULL);
		fclose(out);
		mem_free(path);
	}
	memset(seen, 0, sizeof(seen));
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 1);
	ck_assert_str_eq(entry.name, "sub");
	ck_assert_int_eq(entry.st.type, HOST_DIR);
	ck_assert_int_eq(host_dir_open_at(d, "sub", &kept), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 0);
	host_dir_close(d);
	d = host_dir_ref(kept);
	host_dir_close(kept);
	while ((i = host_dir_next(d, &entry)) == 1) {
		uint64_t number = COUNT;

		ck_assert(str_parse_u64(entry.name + 14, &number));
		ck_assert(number < COUNT);
		ck_assert_int_eq(seen[number], 0);
		seen[number] = 1;
		total++;
	}
	ck_assert_int_eq(i, 0);
	ck_assert_int_eq(total, COUNT);
	for (i = 0; i < COUNT; i++) {
		char name[40];
		char *path;

		snprintf(name, sizeof(name), "a-longer-name-%d", i);
		path = host_join(sub, name);
		ck_assert_int_eq(host_unlink(path), 0);
		mem_free(path);
	}
	host_dir_close(d);
	mem_free(sub);
}

END_TEST

START_TEST(case_of_names)
{
	struct host_stat st;
	char *upper = in_scratch("LETTERS");
	const bool ignores = host_ignores_case(scratch);

	put("letters", "x");
	ck_assert_int_eq(host_stat(upper, false, &st),
			 ignores ? 0 : ERR_NOT_FOUND);
	ck_assert_int_eq(host_ignores_case(scratch), ignores);
	if (on_windows())
		ck_assert(ignores);
	mem_free(upper);
}

END_TEST

static int count_stream(void *arg, const char *name, uint64_t size)
{
	(void)name;
	(void)size;
	++*(int *)arg;
	return 0;
}

START_TEST(no_streams_here)
{
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	int count = 0;

	put("s", "x");
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_streams_at(d, "s", count_stream, &count), 0);
	ck_assert_int_eq(host_open_at(d, "s", 0, &f), 0);
	ck_assert_int_eq(host_file_streams(d, "s", f, count_stream, &count), 0);
	ck_assert_int_eq(count, 0);
	host_close(f);
	f = NULL;
	ck_assert_int_ne(host_open_stream_at(d, "s", "evil", &f), 0);
	ck_assert_ptr_eq(f, NULL);
	host_dir_close(d);
}

END_TEST

/* ---- volumes, output -------------------------------------------------- */

START_TEST(volumes)
{
	struct host_volume *v = NULL;
	size_t count = 0;
	uint64_t nbytes = 0;
	bool has_root = false;

	ck_assert_int_eq(host_volumes(&v, &count), 0);
	ck_assert_uint_ge(count, 1);
	for (size_t i = 0; i < count; i++) {
		ck_assert_ptr_ne(v[i].path, NULL);
		if (v[i].why)
			continue;
		ck_assert_ptr_ne(v[i].fs_name, NULL);
		ck_assert(!(v[i].is_fixed && v[i].is_remote));
		if (strcmp(v[i].path, on_windows() ? "C:\\" : "/") == 0)
			has_root = v[i].is_fixed || !on_windows();
	}
	ck_assert(has_root);
	host_volumes_free(v, count);
	ck_assert_int_eq(host_free_space(scratch, &nbytes), 0);
	ck_assert_uint_gt(nbytes, 0);
	ck_assert(!host_is_remote_path(scratch));
	if (on_windows()) {
		ck_assert(host_is_remote_path("\\\\server\\share\\x"));
		ck_assert(host_is_remote_path("\\\\?\\UNC\\server\\share"));
	}
}

END_TEST

START_TEST(output)
{
	char *none = in_scratch("none");
	struct host_dirent entry;
	struct host_dir *d = NULL;
	char *path;

	ck_assert(host_can_write_dir(scratch));
	ck_assert(!host_can_write_dir(none));
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 0); /* nothing is left */
	host_dir_close(d);
	path = host_absolute_path(scratch);
	ck_assert_str_eq(path, scratch);
	mem_free(path);
	path = host_absolute_path("x");
	ck_assert_ptr_ne(path, NULL);
	ck_assert_int_gt((int)strlen(path), 2);
	ck_assert_int_eq(path[strlen(path) - 2], host_separator());
	mem_free(path);
	mem_free(none);
}

END_TEST

/* ---- threads ---------------------------------------------------------- */

struct ring {
	struct host_mutex *lock;
	struct host_cond *changed;
	int queued;
	int made;
	int taken;
	int64_t sum;
	int wanted;
};

static void producer(void *arg)
{
	struct ring *r = arg;

	for (;;) {
		host_mutex_lock(r->lock);
		while (r->queued >= 4 && r->made < r->wanted)
			host_cond_wait(r->changed, r->lock);
		if (r->made >= r->wanted) {
			host_mutex_unlock(r->lock);
			return;
		}
		r->made++;
		r->queued++;
		host_cond_broadcast(r->changed);
		host_mutex_unlock(r->lock);
	}
}

static void consumer(void *arg)
{
	struct ring *r = arg;

	for (;;) {
		host_mutex_lock(r->lock);
		while (r->queued == 0 && r->taken < r->wanted)
			host_cond_wait(r->changed, r->lock);
		if (r->taken >= r->wanted) {
			host_mutex_unlock(r->lock);
			return;
		}
		r->queued--;
		r->taken++;
		r->sum += r->taken;
		host_cond_broadcast(r->changed);
		host_mutex_unlock(r->lock);
	}
}

/* A lost wake-up would hang it, a doubled take would change the sum. */
START_TEST(threads_and_condition)
{
	struct host_thread *t[8];
	struct ring r = { 0 };

	r.wanted = 20000;
	r.lock = host_mutex_new();
	r.changed = host_cond_new();
	ck_assert_ptr_ne(r.lock, NULL);
	ck_assert_ptr_ne(r.changed, NULL);
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(host_thread_start(i % 2 ? producer : consumer,
						   &r, &t[i]),
				 0);
	for (int i = 0; i < 8; i++)
		host_thread_join(t[i]);
	ck_assert_int_eq(r.taken, r.wanted);
	ck_assert_int_eq(r.queued, 0);
	ck_assert_int_eq(r.sum, (int64_t)r.wanted * (r.wanted + 1) / 2);
	host_cond_free(r.changed);
	host_mutex_free(r.lock);
}

END_TEST

struct gate {
	struct host_mutex *lock;
	struct host_cond *opened;
	int waiting;
	bool is_open;
};

static void wait_at_gate(void *arg)
{
	struct gate *g = arg;

	host_mutex_lock(g->lock);
	g->waiting++;
	while (!g->is_open)
		host_cond_wait(g->opened, g->lock);
	g->waiting--;
	host_mutex_unlock(g->lock);
}

/* One broadcast wakes all of them; a wait alone ends with its time. */
START_TEST(broadcast_and_timeout)
{
	struct host_thread *t[6];
	struct gate g = { 0 };
	int64_t before;
	bool all;

	g.lock = host_mutex_new();
	g.opened = host_cond_new();
	host_mutex_lock(g.lock);
	before = host_monotonic_ms();
	ck_assert(!host_cond_wait_ms(g.opened, g.lock, 60));
	ck_assert_int_ge(host_monotonic_ms() - before, 50);
	host_mutex_unlock(g.lock);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(host_thread_start(wait_at_gate, &g, &t[i]), 0);
	do {
		host_mutex_lock(g.lock);
		all = g.waiting == 6;
		if (all) {
			g.is_open = true;
			host_cond_broadcast(g.opened);
		}
		host_mutex_unlock(g.lock);
		host_sleep_ms(1);
	} while (!all);
	for (int i = 0; i < 6; i++)
		host_thread_join(t[i]);
	ck_assert_int_eq(g.waiting, 0);
	/* A broadcast that nobody waits for is not kept for later. */
	host_mutex_lock(g.lock);
	host_cond_broadcast(g.opened);
	ck_assert(!host_cond_wait_ms(g.opened, g.lock, 30));
	host_mutex_unlock(g.lock);
	host_cond_free(g.opened);
	host_mutex_free(g.lock);
}

END_TEST

/* Short waits that race with broadcasts: both ends at once, many times. */
static void broadcaster(void *arg)
{
	struct ring *r = arg;

	for (int i = 0; i < 1500; i++) {
		host_mutex_lock(r->lock);
		r->made++;
		host_cond_broadcast(r->changed);
		host_mutex_unlock(r->lock);
		if (i % 16 == 0)
			host_sleep_ms(1);
	}
}

static void impatient(void *arg)
{
	struct ring *r = arg;

	host_mutex_lock(r->lock);
	while (r->made < r->wanted)
		host_cond_wait_ms(r->changed, r->lock, 1);
	host_mutex_unlock(r->lock);
}

START_TEST(timeouts_race_with_broadcasts)
{
	struct host_thread *t[6];
	struct ring r = { 0 };

	r.wanted = 3000;
	r.lock = host_mutex_new();
	r.changed = host_cond_new();
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(
			host_thread_start(i < 2 ? broadcaster : impatient, &r,
					  &t[i]),
			0);
	for (int i = 0; i < 6; i++)
		host_thread_join(t[i]);
	ck_assert_int_eq(r.made, 3000);
	host_cond_free(r.changed);
	host_mutex_free(r.lock);
}

END_TEST

/* ---- console ---------------------------------------------------------- */

START_TEST(console)
{
	static const char text[] = "plain \xe8\xa1\xa8\n";

	ck_assert_uint_ge(host_terminal_columns(HOST_STDOUT), 1);
	if (!host_is_terminal(HOST_STDERR))
		ck_assert(!host_can_color(HOST_STDERR));
	ck_assert_int_eq(host_write(HOST_STDERR, text, sizeof(text) - 1, false),
			 0);
	ck_assert_int_eq(host_write(HOST_STDERR, text, sizeof(text) - 1, true),
			 0);
	ck_assert_int_eq(host_write(HOST_STDERR, "", 0, false), 0);
}

END_TEST

/* ---- messages --------------------------------------------------------- */

/* True if the characters of 3 bytes before `end` are whole. */
static bool is_whole_until(const char *text, const char *end)
{
	if (end[-1] == '/')
		return true;
	return end - text >= 3 && (unsigned char)end[-3] == 0xe8;
}

START_TEST(long_paths_keep_the_reason)
{
	struct str path = STR_INIT;
	const char *after;
	char text[HOST_TEXT_NBYTES];

	for (int i = 0; i < 4000; i++)
		str_add(&path, "\xe8\xa1\xa8/");
	for (int cut = 0; cut < 8; cut++) {
		host_path_text(text, str_text(&path) + cut, "last");
		ck_assert_uint_lt(strlen(text), HOST_TEXT_NBYTES);
		ck_assert_ptr_ne(strstr(text, "[...]"), NULL);
		ck_assert_str_eq(text + strlen(text) - 5, "/last");
		/* Cut between characters. */
		after = strstr(text, "[...]");
		ck_assert(is_whole_until(text, after));
		ck_assert_int_ne((unsigned char)after[5] & 0xc0, 0x80);
	}
	host_fail(ERR_DENIED, 13, "open", str_text(&path), "last");
	ck_assert_ptr_ne(strstr(err_last()->text, err_words(ERR_DENIED)), NULL);
	host_path_text(text, NULL, "x");
	ck_assert_str_eq(text, "x");
	host_path_text(text, "d/", "x");
	ck_assert_str_eq(text, "d/x");
	host_path_text(text, "d", NULL);
	ck_assert_str_eq(text, "d");
	str_release(&path);
}

END_TEST

/* ---- bytes from Windows ----------------------------------------------- */

/* Revision 1, self-relative, owner at 20: BUILTIN\Administrators. */
static const uint8_t descriptor[] = { 1, 0,  0x04, 0x80, 20, 0,	   0, 0, 0,
				      0, 0,  0,	   0,	 0,  0,	   0, 0, 0,
				      0, 0,  1,	   2,	 0,  0,	   0, 0, 0,
				      5, 32, 0,	   0,	 0,  0x20, 2, 0, 0 };

START_TEST(owner_of_a_descriptor)
{
	uint8_t bad[sizeof(descriptor)];
	char *sid = descriptor_owner(descriptor, sizeof(descriptor));

	ck_assert_str_eq(sid, "S-1-5-32-544");
	mem_free(sid);
	/* Cut anywhere: no owner, and no byte read beyond the end. */
	for (size_t n = 0; n < sizeof(descriptor); n++) {
		uint8_t *copy = mem_dup(descriptor, n);

		ck_assert_ptr_eq(descriptor_owner(copy, n), NULL);
		mem_free(copy);
	}
	for (uint32_t offset = 17; offset < 300; offset++) {
		memcpy(bad, descriptor, sizeof(bad));
		bad[4] = (uint8_t)offset;
		bad[5] = (uint8_t)(offset >> 8);
		sid = descriptor_owner(bad, sizeof(bad));
		if (offset != 20)
			ck_assert_ptr_eq(sid, NULL);
		mem_free(sid);
	}
	memcpy(bad, descriptor, sizeof(bad));
	memset(bad + 4, 0xff, 4);
	ck_assert_ptr_eq(descriptor_owner(bad, sizeof(bad)), NULL);
	memcpy(bad, descriptor, sizeof(bad));
	memset(bad + 4, 0, 4); /* no owner */
	ck_assert_ptr_eq(descriptor_owner(bad, sizeof(bad)), NULL);
	memcpy(bad, descriptor, sizeof(bad));
	bad[3] = 0; /* absolute: pointers, not offsets */
	ck_assert_ptr_eq(descriptor_owner(bad, sizeof(bad)), NULL);
	memcpy(bad, descriptor, sizeof(bad));
	bad[21] = 200; /* more parts than a SID has */
	ck_assert_ptr_eq(descriptor_owner(bad, sizeof(bad)), NULL);
	memcpy(bad, descriptor, sizeof(bad));
	bad[22] = 1; /* a large authority */
	sid = descriptor_owner(bad, sizeof(bad));
	ck_assert_str_eq(sid, "S-1-0x010000000005-32-544");
	mem_free(sid);
}

END_TEST

struct listed {
	char text[256];
	int stop_after;
};

static int list_stream(void *arg, const char *name, uint64_t size)
{
	struct listed *l = arg;
	const size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%s=%" PRIu64 ";", name,
		 size);
	return --l->stop_after == 0 ? ERR_CANCELLED : 0;
}

/* One record; `next` 0 for the last. Returns its length. */
static size_t record(uint8_t *at, uint32_t next, const char *name, uint8_t size)
{
	const size_t n = strlen(name);

	memset(at, 0, 24 + 2 * n);
	at[0] = (uint8_t)next;
	at[4] = (uint8_t)(2 * n);
	at[8] = size;
	for (size_t i = 0; i < n; i++)
		at[24 + 2 * i] = (uint8_t)name[i];
	return 24 + 2 * n;
}

START_TEST(list_of_streams)
{
	struct listed l = { "", 0 };
	uint8_t buf[256];
	size_t n;

	memset(buf, 0, sizeof(buf));
	record(buf, 64, "::$DATA", 9);
	record(buf + 64, 80, ":evil:$DATA", 7);
	n = 144 + record(buf + 144, 0, ":x:$DATA", 3);
	ck_assert_int_eq(descriptor_streams(buf, n, list_stream, &l), 0);
	ck_assert_str_eq(l.text, "evil=7;x=3;");
	/* The caller's code ends it and comes back. */
	l.text[0] = '\0';
	l.stop_after = 1;
	ck_assert_int_eq(descriptor_streams(buf, n, list_stream, &l),
			 ERR_CANCELLED);
	ck_assert_str_eq(l.text, "evil=7;");
	l.stop_after = 0;
	/* Cut short, overlapping, beyond the end. */
	for (size_t cut = 1; cut < n; cut++) {
		uint8_t *copy = mem_dup(buf, cut);
		struct listed ignored = { "", 0 };

		ck_assert_int_eq(
			descriptor_streams(copy, cut, list_stream, &ignored),
			ERR_CORRUPT);
		mem_free(copy);
	}
	buf[0] = 8;
	ck_assert_int_eq(descriptor_streams(buf, n, list_stream, &l),
			 ERR_CORRUPT);
	memset(buf, 0xff, 4);
	ck_assert_int_eq(descriptor_streams(buf, n, list_stream, &l),
			 ERR_CORRUPT);
	l.text[0] = '\0';
	ck_assert_int_eq(descriptor_streams(buf, 0, list_stream, &l), 0);
	ck_assert_str_eq(l.text, "");
}

END_TEST

/* ---- without memory --------------------------------------------------- */

START_TEST(without_memory)
{
	char *path = in_scratch("m");

	put("m", "0123456789");
	for (int64_t n = 1;; n++) {
		struct host_dirent entry;
		struct host_dir *d = NULL;
		struct host_file *f = NULL;
		void *data = NULL;
		size_t nbytes = 0;
		int err;

		mem_fail_after(n);
		err = host_read_file(path, 100, &data, &nbytes);
		if (err == 0)
			err = host_dir_open(scratch, &d);
		if (err == 0) {
			err = host_dir_next(d, &entry);
			err = err == 1 ? 0 : -err;
		}
		if (err == 0)
			err = host_open_at(d, "m", HOST_OPEN_NOFOLLOW, &f);
		host_close(f); /* Windows replaces no file that is open */
		host_dir_close(d);
		if (err == 0)
			err = host_write_file(path, "0123456789", 10);
		mem_fail_after(0);
		mem_free(data);
		if (err == 0)
			break;
		ck_assert_msg(err == ERR_NOMEM, "%d at %d", err, (int)n);
		ck_assert_int_lt(n, 500);
	}
	mem_free(path);
}

END_TEST

static Suite *host_suite(void)
{
	Suite *s = suite_create("host");
	TCase *pure = tcase_create("pure");
	TCase *files = tcase_create("files");
	TCase *threads = tcase_create("threads");

	tcase_add_test(pure, surroundings);
	tcase_add_test(pure, clocks);
	tcase_add_test(pure, times_for_people);
	tcase_add_test(pure, console);
	tcase_add_test(pure, long_paths_keep_the_reason);
	tcase_add_test(pure, owner_of_a_descriptor);
	tcase_add_test(pure, list_of_streams);
	suite_add_tcase(s, pure);
	tcase_add_checked_fixture(files, setup, teardown);
	tcase_set_timeout(files, 60);
	tcase_add_test(files, read_back);
	tcase_add_test(files, file_grows_and_shrinks);
	tcase_add_test(files, refusals);
	tcase_add_test(files, stat_tells_types);
	tcase_add_loop_test(files, odd_names, 0, NAMES);
	tcase_add_test(files, trailing_dot_is_kept);
	tcase_add_test(files, many_entries);
	tcase_add_test(files, case_of_names);
	tcase_add_test(files, no_streams_here);
	tcase_add_test(files, volumes);
	tcase_add_test(files, output);
	tcase_add_test(files, without_memory);
	suite_add_tcase(s, files);
	tcase_set_timeout(threads, 60);
	tcase_add_test(threads, threads_and_condition);
	tcase_add_test(threads, broadcast_and_timeout);
	tcase_add_test(threads, timeouts_race_with_broadcasts);
	suite_add_tcase(s, threads);
	return s;
}
UNIT_SUITE(host_suite)
