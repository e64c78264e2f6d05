/*
 * The system layer where only Linux can show it: FIFOs, devices, links, deep
 * and long paths, sparse files, permissions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NESTED_COUNT 1000
#define LONG_NBYTES  32000
#define SPARSE_SIZE  (INT64_C(10) << 30)

static char *scratch;

static void setup(void)
{
	char *base = host_getenv("TMPDIR");
	struct rlimit limit;

	scratch = host_join(base != NULL ? base : "/tmp", "mstmp-host-XXXXXX");
	mem_free(base);
	ck_assert_ptr_ne(mkdtemp(scratch), NULL);
	/* As host_start() does: nested folders need 2,000 handles here. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void remove_below(struct host_dir *d, int fd)
{
	struct host_dirent entry;

	while (host_dir_next(d, &entry) > 0) {
		struct host_dir *below = NULL;
		int below_fd;

		if (entry.st.type != HOST_DIR) {
			unlinkat(fd, entry.name, 0);
			continue;
		}
		below_fd = openat(fd, entry.name, O_RDONLY | O_DIRECTORY);
		ck_assert_int_ge(below_fd, 0);
		ck_assert_int_eq(host_dir_open_at(d, entry.name, &below), 0);
		remove_below(below, below_fd);
		host_dir_close(below);
		close(below_fd);
		ck_assert_int_eq(unlinkat(fd, entry.name, AT_REMOVEDIR), 0);
	}
}

static void teardown(void)
{
	struct host_dir *d = NULL;
	int fd = open(scratch, O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	remove_below(d, fd);
	host_dir_close(d);
	close(fd);
	ck_assert_int_eq(rmdir(scratch), 0);
	mem_free(scratch);
}

static char *in_scratch(const char *name)
{
	return host_join(scratch, name);
}

/* A FIFO without a writer would block a plain open for ever. */
START_TEST(fifo_and_device)
{
	char *fifo = in_scratch("fifo");
	struct host_file *f = NULL;
	struct host_dirent entry;
	struct host_dir *d;
	int64_t before = host_monotonic_ms();

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(host_open(fifo, 0, &f), ERR_UNSUPPORTED);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 1);
	ck_assert_int_eq(entry.st.type, HOST_OTHER);
	ck_assert_int_eq(host_open_at(d, "fifo", HOST_OPEN_NOFOLLOW, &f),
			 ERR_UNSUPPORTED);
	host_dir_close(d);
	ck_assert_int_eq(host_write_file(fifo, "x", 1), ERR_UNSUPPORTED);
	ck_assert_int_eq(host_open("/dev/null", 0, &f), ERR_UNSUPPORTED);
	ck_assert_int_eq(host_open("/dev/zero", HOST_OPEN_NOATIME, &f),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(host_write_file("/dev/null", "x", 1),
			 ERR_UNSUPPORTED);
	ck_assert_int_lt(host_monotonic_ms() - before, 5000);
	ck_assert_ptr_eq(f, NULL);
	mem_free(fifo);
}
END_TEST

START_TEST(links)
{
	char *target = in_scratch("target");
	char *link = in_scratch("link");
	char *folder = in_scratch("folder");
	char *to_folder = in_scratch("to-folder");
	char *dangling = in_scratch("dangling");
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	struct host_stat st;
	void *data = NULL;
	size_t n = 0;

	ck_assert_int_eq(host_write_file(target, "old", 3), 0);
	ck_assert_int_eq(host_mkdir(folder), 0);
	ck_assert_int_eq(symlink("target", link), 0);
	ck_assert_int_eq(symlink("folder", to_folder), 0);
	ck_assert_int_eq(symlink("nowhere", dangling), 0);
	ck_assert_int_eq(host_open(link, HOST_OPEN_NOFOLLOW, &f),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(host_open(link, 0, &f), 0);
	host_close(f);
	f = NULL;
	ck_assert_int_eq(host_open(dangling, 0, &f), ERR_NOT_FOUND);
	ck_assert_int_eq(host_stat(link, false, &st), 0);
	ck_assert_int_eq(st.type, HOST_LINK);
	ck_assert_int_eq(host_stat(link, true, &st), 0);
	ck_assert_int_eq(st.type, HOST_FILE);
	ck_assert_uint_eq(st.size, 3);
	/* A folder behind a link is not walked. */
	ck_assert_int_ne(host_dir_open(to_folder, &d), 0);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_stat_at(d, "to-folder", &st), 0);
	ck_assert_int_eq(st.type, HOST_LINK);
	ck_assert_int_eq(host_open_at(d, "link", HOST_OPEN_NOFOLLOW, &f),
			 ERR_UNSUPPORTED);
	host_dir_close(d);
	/* Nothing is written through a planted link, dangling or not. */
	ck_assert_int_eq(host_write_file(link, "new", 3), ERR_UNSUPPORTED);
	ck_assert_int_eq(host_write_file(dangling, "new", 3),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(host_read_file(target, 100, &data, &n), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(memcmp(data, "old", 3), 0);
	mem_free(data);
	/* The link goes, not its target. */
	ck_assert_int_eq(host_unlink(link), 0);
	ck_assert_int_eq(host_stat(target, false, &st), 0);
	mem_free(target);
	mem_free(link);
	mem_free(folder);
	mem_free(to_folder);
	mem_free(dangling);
}
END_TEST

/* What failed to be written leaves nothing, and the old content stays. */
START_TEST(write_failures)
{
	struct rlimit old;
	struct rlimit small = { 4096, 4096 };
	char *path = in_scratch("kept");
	static char big[65536];
	struct host_dirent entry;
	struct host_dir *d;
	void *data = NULL;
	size_t n = 0;
	int count = 0;

	ck_assert_int_eq(host_write_file(path, "old", 3), 0);
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(host_write_file(path, big, sizeof(big)),
			 ERR_NO_SPACE);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_int_eq(host_read_file(path, 100, &data, &n), 0);
	ck_assert_uint_eq(n, 3);
	mem_free(data);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	while (host_dir_next(d, &entry) > 0)
		count++;
	host_dir_close(d);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(host_write_file(path, "new", 3), 0);
	if (geteuid() == 0) {
		struct stat st;

		ck_assert_int_eq(stat(path, &st), 0);
		ck_assert_int_eq(st.st_mode & 0777, 0640);
	}
	mem_free(path);
}
END_TEST

/* What a person without rights meets. */
START_TEST(no_permission)
{
	char *locked = in_scratch("locked");
	char *file = in_scratch("secret");
	char *open_dir = in_scratch("read-only");
	char *inside = host_join(open_dir, "x");
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	const bool is_root = geteuid() == 0;

	ck_assert_int_eq(host_mkdir(locked), 0);
	ck_assert_int_eq(host_mkdir(open_dir), 0);
	ck_assert_int_eq(host_write_file(file, "x", 1), 0);
	ck_assert_int_eq(chmod(scratch, 0755), 0);
	ck_assert_int_eq(chmod(file, 0), 0);
	ck_assert_int_eq(chmod(locked, 0), 0);
	ck_assert_int_eq(chmod(open_dir, 0555), 0);
	if (is_root)
		ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(host_open(file, HOST_OPEN_NOATIME, &f), ERR_DENIED);
	ck_assert_int_eq(host_dir_open(locked, &d), ERR_DENIED);
	ck_assert(!host_can_write_dir(open_dir));
	ck_assert(!host_can_write_dir(locked));
	ck_assert_int_eq(host_write_file(inside, "x", 1), ERR_DENIED);
	/* O_NOATIME is the owner's right; without it the file opens. */
	ck_assert_int_eq(host_open("/etc/passwd", HOST_OPEN_NOATIME, &f), 0);
	host_close(f);
	ck_assert_int_eq(host_dir_open("/etc", &d), 0);
	host_dir_close(d);
	if (is_root)
		ck_assert_int_eq(seteuid(0), 0);
	chmod(locked, 0700);
	chmod(open_dir, 0700);
	mem_free(inside);
	mem_free(open_dir);
	mem_free(file);
	mem_free(locked);
}
END_TEST

START_TEST(access_time_is_kept)
{
	char *path = in_scratch("t");
	struct timespec times[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	struct host_file *f;
	struct host_stat st;
	char buf[8];
	size_t n;

	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOATIME, &f), 0);
	ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	host_close(f);
	/* 2001-09-09T01:46:40Z and 2004-11-09T11:33:20Z */
	ck_assert_int_eq(st.accessed, INT64_C(126444736000000000));
	ck_assert_int_eq(st.written, INT64_C(127444736000000000));
	mem_free(path);
}
END_TEST

/* 10 GB that take no room: offsets beyond 32 bits, and too large to load. */
START_TEST(sparse_file)
{
	char *path = in_scratch("sparse");
	struct host_file *f = NULL;
	struct host_stat st;
	void *data = NULL;
	char buf[16];
	size_t n = 0;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, SPARSE_SIZE), 0);
	ck_assert_int_eq(pwrite(fd, "end", 3, SPARSE_SIZE - 3), 3);
	close(fd);
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_eq(st.size, (uint64_t)SPARSE_SIZE);
	ck_assert_int_eq(host_pread(f, (uint64_t)SPARSE_SIZE - 5, buf,
				    sizeof(buf), &n),
			 0);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(memcmp(buf, "\0\0end", 5), 0);
	host_close(f);
	ck_assert_int_eq(host_read_file(path, 1 << 20, &data, &n),
			 ERR_TOO_LARGE);
	mem_free(path);
}
END_TEST

/* 1,000 folders, each opened in the one above, all kept open, and back. */
START_TEST(nested_folders)
{
	static struct host_dir *dirs[NESTED_COUNT + 1];
	struct host_dirent entry;
	struct host_file *f;
	int fd = open(scratch, O_RDONLY | O_DIRECTORY);
	int depth = 0;

	for (int i = 0; i < NESTED_COUNT; i++) {
		int next;

		ck_assert_int_eq(mkdirat(fd, "nested-folder", 0700), 0);
		next = openat(fd, "nested-folder", O_RDONLY | O_DIRECTORY);
		ck_assert_int_ge(next, 0);
		close(fd);
		fd = next;
	}
	close(openat(fd, "bottom", O_WRONLY | O_CREAT, 0600));
	close(fd);
	ck_assert_int_eq(host_dir_open(scratch, &dirs[0]), 0);
	while (host_dir_next(dirs[depth], &entry) > 0 &&
	       entry.st.type == HOST_DIR) {
		ck_assert_int_lt(depth, NESTED_COUNT);
		ck_assert_msg(host_dir_open_at(dirs[depth], entry.name,
					       &dirs[depth + 1]) == 0,
			      "%s", err_last()->text);
		depth++;
	}
	ck_assert_int_eq(depth, NESTED_COUNT);
	ck_assert_str_eq(entry.name, "bottom");
	ck_assert_int_eq(host_open_at(dirs[depth], "bottom", 0, &f), 0);
	host_close(f);
	ck_assert_int_eq(host_open_at(dirs[depth], "none", 0, &f),
			 ERR_NOT_FOUND);
	ck_assert_uint_lt(strlen(err_last()->text), 768);
	ck_assert_ptr_ne(strstr(err_last()->text, "none\""), NULL);
	for (int i = 0; i <= depth; i++)
		host_dir_close(dirs[i]);
}
END_TEST

/* A path of 32,000 bytes, by its whole text. */
START_TEST(long_path)
{
	struct str path = STR_INIT;
	char component[201];
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	struct host_stat st;
	void *data = NULL;
	size_t n = 0;
	char *file;

	memset(component, 'c', 200);
	component[200] = '\0';
	str_add(&path, scratch);
	while (path.len < LONG_NBYTES) {
		str_addch(&path, '/');
		str_add(&path, component);
		ck_assert_msg(host_mkdir(str_text(&path)) == 0, "%s",
			      err_last()->text);
	}
	file = host_join(str_text(&path), "file.dll");
	ck_assert_int_eq(host_write_file(file, "deep", 4), 0);
	ck_assert_int_eq(host_open(file, HOST_OPEN_NOFOLLOW, &f), 0);
	host_close(f);
	ck_assert_int_eq(host_read_file(file, 100, &data, &n), 0);
	ck_assert_uint_eq(n, 4);
	mem_free(data);
	ck_assert_int_eq(host_stat(file, false, &st), 0);
	ck_assert_uint_eq(st.size, 4);
	ck_assert_int_eq(host_dir_open(str_text(&path), &d), 0);
	host_dir_close(d);
	ck_assert(host_can_write_dir(str_text(&path)));
	ck_assert_ptr_eq(host_short_name(file), NULL);
	ck_assert_int_eq(host_unlink(file), 0);
	ck_assert_int_eq(host_stat(file, false, &st), ERR_NOT_FOUND);
	mem_free(file);
	/* A single name beyond the limit of file systems. */
	memset(component, 'd', 200);
	str_addch(&path, '/');
	str_add(&path, component);
	str_add(&path, component);
	ck_assert_int_eq(host_mkdir(str_text(&path)), ERR_NAME);
	/* A path of which no piece can be cut. */
	str_clear(&path);
	for (int i = 0; i < 100; i++)
		str_add(&path, component);
	ck_assert_int_eq(host_stat(str_text(&path), false, &st), ERR_NAME);
	str_release(&path);
}
END_TEST

START_TEST(absolute_paths)
{
	static const struct {
		const char *path;
		const char *want;
	} rows[] = {
		{ "/", "/" },
		{ "//", "/" },
		{ "/a//b/./c/", "/a/b/c" },
		{ "/a/../b", "/a/../b" }, /* a may be a link */
		{ "/.", "/" },
	};
	char *path;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		path = host_absolute_path(rows[i].path);
		ck_assert_str_eq(path, rows[i].want);
		mem_free(path);
	}
	path = host_join("/", "a");
	ck_assert_str_eq(path, "/a");
	mem_free(path);
}
END_TEST

START_TEST(interrupt)
{
	host_catch_interrupt();
	ck_assert(!host_interrupted());
	raise(SIGTERM);
	ck_assert(host_interrupted());
	/* The second one, as of timeout(1), does not kill. */
	raise(SIGTERM);
	raise(SIGINT);
	ck_assert(host_interrupted());
}
END_TEST

START_TEST(start_raises_limits)
{
	char *args[] = { (char *)"unit", NULL };
	char **argv = args;
	struct rlimit limit;
	int argc = 1;
	int ends[2];

	ck_assert_int_eq(host_start(&argc, &argv), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(limit.rlim_cur, limit.rlim_max);
	/* A reader that is gone is an error, no death. */
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	ck_assert_int_eq(host_write(HOST_STDERR, "x", 1, true), ERR_IO);
	close(ends[1]);
}
END_TEST

static Suite *host_posix_suite(void)
{
	Suite *s = suite_create("host_posix");
	TCase *tc = tcase_create("host_posix");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, fifo_and_device);
	tcase_add_test(tc, links);
	tcase_add_test(tc, write_failures);
	tcase_add_test(tc, no_permission);
	tcase_add_test(tc, access_time_is_kept);
	tcase_add_test(tc, sparse_file);
	tcase_add_test(tc, nested_folders);
	tcase_add_test(tc, long_path);
	tcase_add_test(tc, absolute_paths);
	tcase_add_test(tc, interrupt);
	tcase_add_test(tc, start_raises_limits);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(host_posix_suite)
