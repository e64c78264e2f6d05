/*
 * The system layer where only Linux can show it: FIFOs, devices, links, deep
 * and long paths, sparse files, permissions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NESTED_COUNT 1000
/* All of them, and some. */
#define HANDLES_MIN 1100
#define LONG_NBYTES 32000
#define SPARSE_SIZE (INT64_C(10) << 30)

static void setup(void)
{
	struct rlimit limit;

	scratch_make("mstmp-host");
	/* As host_start() does, for nested folders. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* run.sh removes what is in the folder: rm needs no handle for each level. */
static void teardown(void)
{
	scratch_release();
}

/* A FIFO without a writer would block a plain open for ever. */
START_TEST(fifo_and_device)
{
	char *fifo = in_scratch("fifo");
	struct host_file *f = NULL;
	struct host_dirent entry;
	struct host_dir *d = NULL;

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
	ck_assert_int_eq(host_write_file("/dev/null", "x", 1), ERR_UNSUPPORTED);
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
	ck_assert_int_eq(host_write_file(dangling, "new", 3), ERR_UNSUPPORTED);
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
	struct host_dir *d = NULL;
	void *data = NULL;
	size_t n = 0;
	int count = 0;

	ck_assert_int_eq(host_write_file(path, "old", 3), 0);
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(host_write_file(path, big, sizeof(big)), ERR_NO_SPACE);
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

	if (is_root && (seteuid(65534) != 0 || seteuid(0) != 0)) {
		mem_free(inside);
		mem_free(open_dir);
		mem_free(file);
		mem_free(locked);
		UNIT_SKIP("there is no other user here");
	}
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
	struct host_file *f = NULL;
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
	ck_assert_int_eq(
		host_pread(f, (uint64_t)SPARSE_SIZE - 5, buf, sizeof(buf), &n),
		0);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(memcmp(buf, "\0\0end", 5), 0);
	host_close(f);
	ck_assert_int_eq(host_read_file(path, 1 << 20, &data, &n),
			 ERR_TOO_LARGE);
	mem_free(path);
}

END_TEST

/* Pages of the file that the system keeps in memory. */
static size_t cached_pages(const char *path, size_t nbytes)
{
	static unsigned char pages[4096];
	const size_t count = nbytes / 4096;
	int fd = open(path, O_RDONLY);
	void *map;
	size_t found = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_le(count, sizeof(pages));
	map = mmap(NULL, nbytes, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	ck_assert_int_eq(mincore(map, nbytes, pages), 0);
	for (size_t i = 0; i < count; i++)
		found += pages[i] & 1;
	munmap(map, nbytes);
	close(fd);
	return found;
}

/* Data, a hole, data, a hole: the bytes are those of read(2), in pieces of any
 * size, and what the file has no room for takes no memory either. */
START_TEST(holes_are_not_read)
{
	enum {
		SIZE = 8 << 20,
		PIECE = 300000
	};

	char *path = in_scratch("holes");
	char *got = mem_alloc(SIZE + PIECE);
	char *want = mem_zalloc(SIZE);
	struct host_file *f = NULL;
	size_t n = 0;
	size_t at = 0;
	int fd;

	ck_assert(got != NULL && want != NULL);
	memset(want, 'a', 70000);
	memset(want + (5 << 20), 'b', 5000);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	ck_assert_int_eq(pwrite(fd, want, 70000, 0), 70000);
	ck_assert_int_eq(pwrite(fd, want + (5 << 20), 5000, 5 << 20), 5000);
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	ck_assert_int_eq(host_read(f, got, 4, &n), 0);
	while (host_pread(f, at, got + at, PIECE, &n) == 0 && n > 0)
		at += n;
	ck_assert_uint_eq(at, SIZE);
	ck_assert_int_eq(memcmp(got, want, SIZE), 0);
	ck_assert_int_eq(host_pread(f, (5 << 20) - 3, got, 6, &n), 0);
	ck_assert_uint_eq(n, 6);
	ck_assert_int_eq(memcmp(got, "\0\0\0bbb", 6), 0);
	/* The 64 KiB that are data, their neighbours, and read-ahead. */
	ck_assert_uint_lt(cached_pages(path, SIZE), 256);
	/* host_read() is where it was. */
	memset(got, 0, 4);
	ck_assert_int_eq(host_read(f, got, 4, &n), 0);
	ck_assert_int_eq(memcmp(got, "aaaa", 4), 0);
	/* Shorter by now: seen, not filled up with zeros. */
	ck_assert_int_eq(ftruncate(fd, 6 << 20), 0);
	ck_assert_int_eq(host_pread(f, (6 << 20) - 3, got, 6, &n), 0);
	ck_assert_uint_le(n, 6);
	ck_assert_int_eq(host_pread(f, 7 << 20, got, 6, &n), 0);
	host_close(f);
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	ck_assert_int_eq(ftruncate(fd, 4 << 20), 0);
	ck_assert_int_eq(host_pread(f, 5 << 20, got, 6, &n), 0);
	ck_assert_uint_eq(n, 0);
	host_close(f);
	close(fd);
	mem_free(got);
	mem_free(want);
	mem_free(path);
}

END_TEST

/* 1,000 folders, each opened in the one above, all kept open, and back. */
START_TEST(nested_folders)
{
	static struct host_dir *dirs[NESTED_COUNT + 1];
	struct host_dirent entry;
	struct host_file *f = NULL;
	struct rlimit limit;
	int fd = open(scratch, O_RDONLY | O_DIRECTORY);
	int depth = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < HANDLES_MIN) {
		close(fd);
		UNIT_SKIP("fewer than 1,100 files may be open here");
	}
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
	/* As a handler may: of the process. */
	static struct cancel first, second;

	host_catch_interrupt(&first);
	ck_assert(!cancel_asked(&first));
	raise(SIGTERM);
	ck_assert_int_eq(cancel_why(&first), CANCEL_INTERRUPT);
	/* The second one, as of timeout(1), does not kill. */
	raise(SIGTERM);
	raise(SIGINT);
	ck_assert_int_eq(cancel_why(&first), CANCEL_INTERRUPT);
	/* Another piece of work is stopped by its own token only. */
	host_catch_interrupt(&second);
	cancel_clear(&first);
	raise(SIGTERM);
	ck_assert_int_eq(cancel_why(&second), CANCEL_INTERRUPT);
	ck_assert(!cancel_asked(&first));
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

/* In a process of its own: exit code 0 if all of it is right. */
static int start_without(int from, int to, bool closed)
{
	char *args[] = { (char *)"unit", NULL };
	char **argv = args;
	int argc = 1;

	for (int fd = from; fd <= to; fd++) {
		if (closed)
			close(fd);
		else
			dup2(open("/dev/zero", O_RDONLY), fd);
	}
	if (host_start(&argc, &argv) != 0)
		return 1;
	if (host_write(HOST_STDOUT, "x", 1, true) != 0 ||
	    host_write(HOST_STDERR, "x", 1, true) != 0)
		return 2;
	/* What is opened next is none of the three. */
	return open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 3;
}

/* Else a file that is opened gets the number, and what is told its content. */
START_TEST(start_fills_closed_streams)
{
	static const struct {
		int from;
		int to;
		bool closed;
	} rows[] = { { 0, 0, true },  { 1, 1, true },  { 2, 2, true },
		     { 0, 2, true },  { 1, 2, true },  { 1, 1, false },
		     { 2, 2, false }, { 0, 2, false }, { 3, 2, true } };

	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		/* What stays open takes one byte, too. */
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		dup2(STDOUT_FILENO, STDERR_FILENO);
		_exit(start_without(rows[_i].from, rows[_i].to,
				    rows[_i].closed));
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

END_TEST

/* ---- NTFS ------------------------------------------------------------- */

/* Revision 1, self-relative; owner at 20, group at 36: Administrators. */
static const uint8_t descriptor[] = { 1,    0, 0x04, 0x80, 20,	 0, 0,	  0,
				      36,   0, 0,    0,	   0,	 0, 0,	  0,
				      52,   0, 0,    0,	   1,	 2, 0,	  0,
				      0,    0, 0,    5,	   32,	 0, 0,	  0,
				      0x20, 2, 0,    0,	   1,	 2, 0,	  0,
				      0,    0, 0,    5,	   32,	 0, 0,	  0,
				      0x20, 2, 0,    0,	   2,	 0, 28,	  0,
				      1,    0, 0,    0, /* one entry: everybody
							   may everything */
				      0,    0, 20,   0,	   0xff, 1, 0x1f, 0,
				      1,    1, 0,    0,	   0,	 0, 0,	  1,
				      0,    0, 0,    0 };

/* A reparse point of that tag with `nbytes` of data. */
static int reparse_set(const char *path, uint32_t tag, const void *data,
		       uint16_t nbytes)
{
	uint8_t buf[128] = { 0 };

	memcpy(buf, &tag, 4);
	memcpy(buf + 4, &nbytes, 2);
	memcpy(buf + 8, data, nbytes);
	return setxattr(path, "system.ntfs_reparse_data", buf, 8 + nbytes, 0);
}

/* A small NTFS volume; false where this machine cannot mount one. */
static bool ntfs_mount(const char *options, char **mount_ret)
{
	char *image = in_scratch("image");
	char *mount = in_scratch("mount");
	struct str command = STR_INIT;
	int fd = open(image, O_WRONLY | O_CREAT, 0600);
	bool ok;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 32 << 20), 0);
	close(fd);
	ck_assert_int_eq(host_mkdir(mount), 0);
	str_addf(&command,
		 "(mkntfs -q -Q -F '%s' && ntfs-3g -o %s '%s' '%s') "
		 ">/dev/null 2>&1",
		 image, options, image, mount);
	ok = system(str_text(&command)) == 0;
	str_release(&command);
	mem_free(image);
	if (ok)
		*mount_ret = mount;
	else
		mem_free(mount);
	return ok;
}

static void ntfs_unmount(char *mount)
{
	struct str command = STR_INIT;

	str_addf(&command, "umount '%s'", mount);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
	mem_free(mount);
}

struct listed {
	char text[256];
};

static int list_stream(void *arg, const char *name, uint64_t size)
{
	struct listed *l = arg;
	const size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%s=%d;", name, (int)size);
	return 0;
}

static void stream_read(struct host_dir *d, const char *name, const char *want)
{
	struct host_file *f = NULL;
	struct host_stat st;
	char buf[16] = "";
	size_t n = 0;

	ck_assert_msg(host_open_stream_at(d, name, "evil", &f) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_eq(st.size, strlen(want));
	ck_assert_int_eq(host_read(f, buf, 2, &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(host_read(f, buf + 2, sizeof(buf) - 3, &n), 0);
	ck_assert_str_eq(buf, want);
	ck_assert_int_eq(host_pread(f, 1, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, strlen(want) - 1);
	host_close(f);
	f = NULL;
	ck_assert_int_eq(host_open_stream_at(d, name, "none", &f),
			 ERR_NOT_FOUND);
	ck_assert_ptr_eq(f, NULL);
}

START_TEST(ntfs_extras)
{
	const uint8_t attrs[4] = { 0, 0, 0, 0x26 }; /* system, hidden, A */
	/* 1601 + 1 s, 2 s, 3 s; the fourth is always set to now. */
	const uint64_t times[4] = { 10000000, 20000000, 30000000, 0 };
	struct listed l = { "" };
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	struct host_stat st;
	char *mount = NULL;
	char *file;
	char *text;
	int fd;

	if (!ntfs_mount("streams_interface=windows", &mount))
		UNIT_SKIP("an NTFS image cannot be mounted here");
	file = host_join(mount, "file.txt");
	ck_assert_int_eq(host_write_file(file, "main", 4), 0);
	ck_assert_int_eq(host_dir_open(mount, &d), 0);
	/* A new file has no stream, but the list is asked for and empty. */
	ck_assert_int_eq(host_streams_at(d, "file.txt", list_stream, &l), 0);
	ck_assert_str_eq(l.text, "");
	text = host_join(mount, "file.txt:evil");
	fd = open(text, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "hidden", 6), 6);
	close(fd);
	mem_free(text);
	ck_assert_int_eq(setxattr(file, "system.ntfs_acl", descriptor,
				  sizeof(descriptor), 0),
			 0);
	ck_assert_int_eq(setxattr(file, "system.ntfs_attrib_be", attrs, 4, 0),
			 0);
	ck_assert_int_eq(
		setxattr(file, "system.ntfs_dos_name", "SHORT.TXT", 9, 0), 0);
	ck_assert_int_eq(setxattr(file, "system.ntfs_times", times, 32, 0), 0);
	ck_assert_int_eq(host_streams_at(d, "file.txt", list_stream, &l), 0);
	ck_assert_str_eq(l.text, "evil=6;");
	stream_read(d, "file.txt", "hidden");
	ck_assert_int_eq(host_open_at(d, "file.txt", HOST_OPEN_NOFOLLOW, &f),
			 0);
	l.text[0] = '\0';
	ck_assert_int_eq(host_file_streams(d, "file.txt", f, list_stream, &l),
			 0);
	ck_assert_str_eq(l.text, "evil=6;");
	text = host_owner(f);
	ck_assert_str_eq(text, "S-1-5-32-544");
	mem_free(text);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_eq(st.attrs & 0xff, 0x26);
	ck_assert_int_eq(st.created, 10000000);
	ck_assert_int_eq(st.written, 20000000);
	host_close(f);
	ck_assert_int_eq(host_stat(file, false, &st), 0);
	ck_assert_uint_eq(st.attrs & 0xff, 0x26);
	text = host_short_name(file);
	ck_assert_str_eq(text, "SHORT.TXT");
	mem_free(text);
	host_dir_close(d);
	mem_free(file);
	ntfs_unmount(mount);
}

END_TEST

/* The default mount of ntfs-3g gives streams as attributes. */
START_TEST(ntfs_streams_as_attributes)
{
	struct listed l = { "" };
	struct host_dir *d = NULL;
	char *mount = NULL;
	char *file;

	if (!ntfs_mount("streams_interface=xattr", &mount))
		UNIT_SKIP("an NTFS image cannot be mounted here");
	file = host_join(mount, "file.txt");
	ck_assert_int_eq(host_write_file(file, "main", 4), 0);
	ck_assert_int_eq(setxattr(file, "user.evil", "hidden", 6, 0), 0);
	ck_assert_int_eq(host_dir_open(mount, &d), 0);
	ck_assert_int_eq(host_streams_at(d, "file.txt", list_stream, &l), 0);
	ck_assert_str_eq(l.text, "evil=6;");
	stream_read(d, "file.txt", "hidden");
	host_dir_close(d);
	mem_free(file);
	ntfs_unmount(mount);
}

END_TEST

static const char *const interfaces[] = { "windows", "xattr" };

/* The root's, and those of a folder in it, asked for as its own. */
START_TEST(ntfs_streams_of_the_folder_itself)
{
	char option[64];
	char *mount = NULL;
	char *folder;

	snprintf(option, sizeof(option), "streams_interface=%s",
		 interfaces[_i]);
	if (!ntfs_mount(option, &mount))
		UNIT_SKIP("an NTFS image cannot be mounted here");
	folder = host_join(mount, "folder");
	ck_assert_int_eq(host_mkdir(folder), 0);
	for (int i = 0; i < 2; i++) {
		const char *path = i ? folder : mount;
		struct listed l = { "" };
		struct host_dir *d = NULL;
		char *text = host_join(path, ":evil");
		int fd;

		if (_i == 0) {
			fd = open(text, O_WRONLY | O_CREAT, 0600);
			ck_assert_int_ge(fd, 0);
			ck_assert_int_eq(write(fd, "hidden", 6), 6);
			close(fd);
		} else {
			ck_assert_int_eq(
				setxattr(path, "user.evil", "hidden", 6, 0), 0);
		}
		ck_assert_int_eq(host_dir_open(path, &d), 0);
		ck_assert_int_eq(host_streams_at(d, ".", list_stream, &l), 0);
		ck_assert_str_eq(l.text, "evil=6;");
		stream_read(d, ".", "hidden");
		host_dir_close(d);
		mem_free(text);
	}
	mem_free(folder);
	ntfs_unmount(mount);
}

END_TEST

static const struct {
	uint32_t tag;
	enum host_type type;
	int err;
} reparse_rows[] = {
	{ 0xA0000003u, HOST_LINK, ERR_UNSUPPORTED }, /* junction */
	{ 0x80000017u, HOST_FILE, ERR_UNSUPPORTED }, /* WOF, no plugin */
	{ 0x9000601Au, HOST_FILE, ERR_OFFLINE },     /* cloud, not here */
};

/* The kernel keeps for a while that it was a folder. */
static void wait_until_no_folder(const char *path)
{
	struct stat st;

	while (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		host_sleep_ms(10);
}

START_TEST(ntfs_reparse_points)
{
	/* "\??\C:\" and nothing to print, for the junction. */
	static const uint8_t junction[] = { 0,	  0, 14,  0, 16,   0, 0,    0,
					    '\\', 0, '?', 0, '?',  0, '\\', 0,
					    'C',  0, ':', 0, '\\', 0, 0,    0,
					    0,	  0 };
	static const uint8_t data[16] = { 1, 0, 0, 0, 2, 0, 0, 0, 1 };
	/* sparse, reparse, offline: as a placeholder has them */
	const uint8_t offline[4] = { 0, 0, 0x12, 0x20 };
	const uint32_t tag = reparse_rows[_i].tag;
	struct host_dirent entry;
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	struct host_stat st;
	char *mount = NULL;
	char *path;
	bool found = false;

	if (!ntfs_mount("streams_interface=windows", &mount))
		UNIT_SKIP("an NTFS image cannot be mounted here");
	path = host_join(mount, "point");
	if (reparse_rows[_i].type == HOST_LINK) {
		ck_assert_int_eq(host_mkdir(path), 0);
		ck_assert_int_eq(
			reparse_set(path, tag, junction, sizeof(junction)), 0);
	} else {
		close(open(path, O_WRONLY | O_CREAT, 0600));
		if (reparse_rows[_i].err == ERR_OFFLINE)
			ck_assert_int_eq(setxattr(path, "system.ntfs_attrib_be",
						  offline, 4, 0),
					 0);
		ck_assert_int_eq(reparse_set(path, tag, data, sizeof(data)), 0);
	}
	wait_until_no_folder(path);
	ck_assert_int_eq(host_dir_open(mount, &d), 0);
	while (host_dir_next(d, &entry) > 0) {
		if (strcmp(entry.name, "point") != 0)
			continue;
		found = true;
		ck_assert_int_eq(entry.st.type, reparse_rows[_i].type);
	}
	ck_assert(found);
	ck_assert_int_eq(host_stat_at(d, "point", &st), 0);
	ck_assert_int_eq(st.type, reparse_rows[_i].type);
	ck_assert_uint_eq(st.reparse_tag, tag);
	ck_assert_int_eq(host_open_at(d, "point", HOST_OPEN_NOFOLLOW, &f),
			 reparse_rows[_i].err);
	host_dir_close(d);
	mem_free(path);
	ntfs_unmount(mount);
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
	tcase_add_test(tc, holes_are_not_read);
	tcase_add_test(tc, nested_folders);
	tcase_add_test(tc, long_path);
	tcase_add_test(tc, absolute_paths);
	tcase_add_test(tc, interrupt);
	tcase_add_test(tc, start_raises_limits);
	tcase_add_loop_test(tc, start_fills_closed_streams, 0, 9);
	tcase_add_test(tc, ntfs_extras);
	tcase_add_test(tc, ntfs_streams_as_attributes);
	tcase_add_loop_test(tc, ntfs_streams_of_the_folder_itself, 0, 2);
	tcase_add_loop_test(
		tc, ntfs_reparse_points, 0,
		(int)(sizeof(reparse_rows) / sizeof(reparse_rows[0])));
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(host_posix_suite)
