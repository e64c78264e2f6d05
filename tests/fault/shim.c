/*
 * Fault injection for a program of ours: counts its calls that change
 * something durable and its allocations, and kills it before, or fails, the
 * n-th of them.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	MSTMP_FAULT_KILL=N	SIGKILL just before the N-th call
 *	MSTMP_FAULT_TORN=1	... and if that call writes, half is written
 *	MSTMP_FAULT_FAIL=N	the N-th call fails, and is not made
 *	MSTMP_FAULT_ERRNO=NAME	... with ENOSPC, EIO (default) or EACCES
 *	MSTMP_FAULT_FOREVER=1	... and so do all calls after it
 *	MSTMP_FAULT_ALLOC=N	the N-th malloc, calloc, realloc gives NULL
 *	MSTMP_FAULT_COUNT=FILE	at the end FILE says "CALLS ALLOCATIONS"
 *	MSTMP_FAULT_LOG=FILE	a line for each call: number, name, file
 *
 * Two ways in: as a library for LD_PRELOAD, and (FAULT_LINKED) linked into
 * the program, with the linker's --wrap for the allocations, which is how it
 * gets along with AddressSanitizer.
 *
 * Counted are the calls that a program makes through the C library's
 * functions; those the library makes itself (the write behind an fprintf)
 * are not seen, and run.sh checks that a program uses none of them.  Calls
 * on the terminal and on the store count like all others.
 */
#include "tests/fault/shim.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

/* Every function here has its prototype in the C library, or none at all. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define OUTPUT_FD 500 /* our own files: out of the way of the program's */

static atomic_ulong calls, allocations;
static unsigned long kill_at, fail_at, alloc_at;
static bool torn, forever, is_on;
static int fail_errno;
static int log_fd = -1, count_fd = -1;

/* ---- the plan, from the environment -------------------------------------- */

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

static int open_output(const char *name)
{
	const char *path = getenv(name);
	long fd, high;

	if (!path)
		return -1;
	fd = RAW(openat, AT_FDCWD, path,
		 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	high = fd < 0 ? fd : RAW(fcntl, fd, F_DUPFD_CLOEXEC, OUTPUT_FD);
	if (fd >= 0)
		RAW(close, fd);
	return (int)high;
}

static int errno_of(const char *name)
{
	static const char why[] = "MSTMP_FAULT_ERRNO is unknown\n";

	if (!name || !strcmp(name, "EIO"))
		return EIO;
	if (!strcmp(name, "ENOSPC"))
		return ENOSPC;
	if (!strcmp(name, "EACCES"))
		return EACCES;
	RAW(write, 2, why, sizeof(why) - 1);
	RAW(exit_group, 99);
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	kill_at = number("MSTMP_FAULT_KILL");
	fail_at = number("MSTMP_FAULT_FAIL");
	alloc_at = number("MSTMP_FAULT_ALLOC");
	torn = number("MSTMP_FAULT_TORN") != 0;
	forever = number("MSTMP_FAULT_FOREVER") != 0;
	fail_errno = errno_of(getenv("MSTMP_FAULT_ERRNO"));
	log_fd = open_output("MSTMP_FAULT_LOG");
	count_fd = open_output("MSTMP_FAULT_COUNT");
	is_on = true;
}

__attribute__((destructor)) static void end(void)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%lu %lu\n", atomic_load(&calls),
			 atomic_load(&allocations));

	is_on = false;
	if (count_fd >= 0)
		RAW(write, count_fd, line, n);
	count_fd = -1;
}

/* ---- counting ------------------------------------------------------------ */

static void note(unsigned long n, const char *what, int fd, const char *path)
{
	char line[1024], link[64], target[512];
	int nbytes;
	long got;

	if (log_fd < 0)
		return;
	if (!path) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		got = RAW(readlink, link, target, sizeof(target) - 1);
		target[got > 0 ? got : 0] = '\0';
		path = target;
	}
	nbytes = snprintf(line, sizeof(line), "%lu %s %s\n", n, what, path);
	if (nbytes >= (int)sizeof(line))
		nbytes = (int)sizeof(line) - 1;
	RAW(write, log_fd, line, nbytes);
}

static void die(void)
{
	end();
	RAW(kill, RAW(getpid, 0), SIGKILL);
	for (;;)
		RAW(pause, 0);
}

/* What is to happen with a call. */
enum fate {
	GO,
	FAIL, /* errno is set */
	TEAR  /* write half of it, then die() */
};

/* `path` NULL: `fd` says to which file. */
static enum fate fate_of(const char *what, int fd, const char *path)
{
	int saved = errno;
	unsigned long n;

	if (!is_on)
		return GO;
	n = atomic_fetch_add(&calls, 1) + 1;
	note(n, what, fd, path);
	if (n == kill_at) {
		if (torn)
			return TEAR;
		die();
	}
	errno = saved;
	if (fail_at == 0 || n < fail_at || (n > fail_at && !forever))
		return GO;
	errno = fail_errno;
	return FAIL;
}

/* For calls that cannot be done by half. */
static bool fails(const char *what, int fd, const char *path)
{
	enum fate fate = fate_of(what, fd, path);

	if (fate == TEAR)
		die();
	return fate == FAIL;
}

/* int NAME PARAMETERS: counted, then passed on. */
#define CALL(name, parameters, fd, path, pass_on)                              \
	int name parameters                                                    \
	{                                                                      \
		if (fails(#name, fd, path))                                    \
			return -1;                                             \
		return (int)(pass_on);                                         \
	}

/* ---- opening ------------------------------------------------------------- */

static bool is_lasting(uint64_t flags)
{
	return (flags & (O_CREAT | O_TRUNC)) != 0 ||
	       (flags & O_TMPFILE) == O_TMPFILE;
}

static int do_open(const char *what, int dirfd, const char *path, int flags,
		   mode_t mode)
{
	if (is_lasting((uint64_t)(unsigned)flags) && fails(what, -1, path))
		return -1;
	return (int)RAW(openat, dirfd, path, flags | O_LARGEFILE, mode);
}

/* The mode is only there where a file may be made. */
#define TAKE_MODE(flags)                                                       \
	mode_t mode = 0;                                                       \
	va_list ap;                                                            \
                                                                               \
	va_start(ap, flags);                                                   \
	if (is_lasting((uint64_t)(unsigned)flags))                             \
		mode = va_arg(ap, mode_t);                                     \
	va_end(ap)

int open(const char *path, int flags, ...)
{
	TAKE_MODE(flags);

	return do_open("open", AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	TAKE_MODE(flags);

	return do_open("open", AT_FDCWD, path, flags, mode);
}

int openat(int dirfd, const char *path, int flags, ...)
{
	TAKE_MODE(flags);

	return do_open("openat", dirfd, path, flags, mode);
}

int openat64(int dirfd, const char *path, int flags, ...)
{
	TAKE_MODE(flags);

	return do_open("openat", dirfd, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return do_open("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC,
		       mode);
}

int creat64(const char *path, mode_t mode)
{
	return creat(path, mode);
}

/* What _FORTIFY_SOURCE makes of an open() without mode. */
int __open_2(const char *path, int flags)
{
	return do_open("open", AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
	return do_open("open", AT_FDCWD, path, flags, 0);
}

int __openat_2(int dirfd, const char *path, int flags)
{
	return do_open("openat", dirfd, path, flags, 0);
}

int __openat64_2(int dirfd, const char *path, int flags)
{
	return do_open("openat", dirfd, path, flags, 0);
}

/* ---- writing ------------------------------------------------------------- */

/* `offset` < 0: where the file stands. */
static ssize_t do_write(const char *what, int fd, const void *buf,
			size_t nbytes, off_t offset)
{
	enum fate fate = fate_of(what, fd, NULL);

	if (fate == FAIL)
		return -1;
	if (fate == TEAR)
		nbytes /= 2;
	nbytes = offset < 0 ? (size_t)RAW(write, fd, buf, nbytes)
			    : (size_t)RAW(pwrite64, fd, buf, nbytes, offset);
	if (fate == TEAR)
		die();
	return (ssize_t)nbytes;
}

ssize_t write(int fd, const void *buf, size_t nbytes)
{
	return do_write("write", fd, buf, nbytes, -1);
}

ssize_t pwrite(int fd, const void *buf, size_t nbytes, off_t offset)
{
	return do_write("pwrite", fd, buf, nbytes, offset);
}

ssize_t pwrite64(int fd, const void *buf, size_t nbytes, off64_t offset)
{
	return do_write("pwrite", fd, buf, nbytes, offset);
}

/* Torn in its first buffer. */
static ssize_t do_writev(const char *what, int fd, const struct iovec *iov,
			 int count, off_t offset)
{
	enum fate fate = fate_of(what, fd, NULL);

	if (fate == FAIL)
		return -1;
	if (fate == TEAR && count > 0) {
		if (offset < 0)
			RAW(write, fd, iov->iov_base, iov->iov_len / 2);
		else
			RAW(pwrite64, fd, iov->iov_base, iov->iov_len / 2,
			    offset);
	}
	if (fate == TEAR)
		die();
	return offset < 0 ? RAW(writev, fd, iov, count)
			  : RAW(pwritev, fd, iov, count, offset, 0);
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	return do_writev("writev", fd, iov, count, -1);
}

ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t offset)
{
	return do_writev("pwritev", fd, iov, count, offset);
}

ssize_t pwritev64(int fd, const struct iovec *iov, int count, off64_t offset)
{
	return do_writev("pwritev", fd, iov, count, offset);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at,
			size_t nbytes, unsigned flags)
{
	if (fails("copy_file_range", to, NULL))
		return -1;
	return RAW(copy_file_range, from, from_at, to, to_at, nbytes, flags);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t nbytes)
{
	if (fails("sendfile", to, NULL))
		return -1;
	return RAW(sendfile, to, from, offset, nbytes);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t nbytes)
{
	return sendfile(to, from, offset, nbytes);
}

CALL(ftruncate, (int fd, off_t nbytes), fd, NULL, RAW(ftruncate, fd, nbytes))
CALL(ftruncate64, (int fd, off64_t nbytes), fd, NULL,
     RAW(ftruncate, fd, nbytes))
CALL(truncate, (const char *path, off_t nbytes), -1, path,
     RAW(truncate, path, nbytes))
CALL(truncate64, (const char *path, off64_t nbytes), -1, path,
     RAW(truncate, path, nbytes))
CALL(fallocate, (int fd, int mode, off_t at, off_t nbytes), fd, NULL,
     RAW(fallocate, fd, mode, at, nbytes))
CALL(fallocate64, (int fd, int mode, off64_t at, off64_t nbytes), fd, NULL,
     RAW(fallocate, fd, mode, at, nbytes))

/* These give the error instead of -1. */
int posix_fallocate(int fd, off_t at, off_t nbytes)
{
	if (fails("posix_fallocate", fd, NULL))
		return errno;
	return RAW(fallocate, fd, 0, at, nbytes) ? errno : 0;
}

int posix_fallocate64(int fd, off64_t at, off64_t nbytes)
{
	return posix_fallocate(fd, at, nbytes);
}

/* ---- flushing ------------------------------------------------------------ */

CALL(fsync, (int fd), fd, NULL, RAW(fsync, fd))
CALL(fdatasync, (int fd), fd, NULL, RAW(fdatasync, fd))
CALL(syncfs, (int fd), fd, NULL, RAW(syncfs, fd))

/* ---- names --------------------------------------------------------------- */

CALL(rename, (const char *from, const char *to), -1, to,
     RAW(renameat2, AT_FDCWD, from, AT_FDCWD, to, 0))
CALL(renameat, (int from_dir, const char *from, int to_dir, const char *to), -1,
     to, RAW(renameat2, from_dir, from, to_dir, to, 0))
CALL(renameat2,
     (int from_dir, const char *from, int to_dir, const char *to,
      unsigned flags),
     -1, to, RAW(renameat2, from_dir, from, to_dir, to, flags))
CALL(link, (const char *from, const char *to), -1, to,
     RAW(linkat, AT_FDCWD, from, AT_FDCWD, to, 0))
CALL(linkat,
     (int from_dir, const char *from, int to_dir, const char *to, int flags),
     -1, to, RAW(linkat, from_dir, from, to_dir, to, flags))
CALL(symlink, (const char *target, const char *path), -1, path,
     RAW(symlinkat, target, AT_FDCWD, path))
CALL(symlinkat, (const char *target, int dirfd, const char *path), -1, path,
     RAW(symlinkat, target, dirfd, path))
CALL(unlink, (const char *path), -1, path, RAW(unlinkat, AT_FDCWD, path, 0))
CALL(unlinkat, (int dirfd, const char *path, int flags), -1, path,
     RAW(unlinkat, dirfd, path, flags))
CALL(rmdir, (const char *path), -1, path,
     RAW(unlinkat, AT_FDCWD, path, AT_REMOVEDIR))
CALL(mkdir, (const char *path, mode_t mode), -1, path,
     RAW(mkdirat, AT_FDCWD, path, mode))
CALL(mkdirat, (int dirfd, const char *path, mode_t mode), -1, path,
     RAW(mkdirat, dirfd, path, mode))

int remove(const char *path)
{
	if (fails("remove", -1, path))
		return -1;
	if (RAW(unlinkat, AT_FDCWD, path, 0) == 0)
		return 0;
	return errno == EISDIR
		       ? (int)RAW(unlinkat, AT_FDCWD, path, AT_REMOVEDIR)
		       : -1;
}

/* Fills in the six X that stand `suffix` bytes before the end. */
static bool fill_template(char *template, int suffix)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz012345";
	size_t n = strlen(template);
	uint8_t random[6];

	if (n < 6 + (size_t)suffix ||
	    RAW(getrandom, random, sizeof(random), 0) != sizeof(random)) {
		errno = EINVAL;
		return false;
	}
	for (int i = 0; i < 6; i++)
		template[n - (size_t)suffix - 6 + (size_t)i] =
			digits[random[i] % 32];
	return true;
}

int mkostemps(char *template, int suffix, int flags)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < 100 && fill_template(template, suffix);
	     i++) {
		fd = do_open("mkstemp", AT_FDCWD, template,
			     flags | O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

int mkstemp(char *template)
{
	return mkostemps(template, 0, 0);
}

int mkstemp64(char *template)
{
	return mkostemps(template, 0, 0);
}

int mkostemp(char *template, int flags)
{
	return mkostemps(template, 0, flags);
}

int mkostemp64(char *template, int flags)
{
	return mkostemps(template, 0, flags);
}

char *mkdtemp(char *template)
{
	for (int i = 0; i < 100 && fill_template(template, 0); i++) {
		if (mkdir(template, 0700) == 0)
			return template;
		if (errno != EEXIST)
			break;
	}
	return NULL;
}

/* ---- what a file carries --------------------------------------------------
 */

CALL(setxattr,
     (const char *path, const char *name, const void *value, size_t nbytes,
      int flags),
     -1, path, RAW(setxattr, path, name, value, nbytes, flags))
CALL(lsetxattr,
     (const char *path, const char *name, const void *value, size_t nbytes,
      int flags),
     -1, path, RAW(lsetxattr, path, name, value, nbytes, flags))
CALL(fsetxattr,
     (int fd, const char *name, const void *value, size_t nbytes, int flags),
     fd, NULL, RAW(fsetxattr, fd, name, value, nbytes, flags))
CALL(removexattr, (const char *path, const char *name), -1, path,
     RAW(removexattr, path, name))
CALL(lremovexattr, (const char *path, const char *name), -1, path,
     RAW(lremovexattr, path, name))
CALL(fremovexattr, (int fd, const char *name), fd, NULL,
     RAW(fremovexattr, fd, name))
CALL(chmod, (const char *path, mode_t mode), -1, path,
     RAW(fchmodat, AT_FDCWD, path, mode))
CALL(fchmod, (int fd, mode_t mode), fd, NULL, RAW(fchmod, fd, mode))
CALL(chown, (const char *path, uid_t uid, gid_t gid), -1, path,
     RAW(fchownat, AT_FDCWD, path, uid, gid, 0))
CALL(lchown, (const char *path, uid_t uid, gid_t gid), -1, path,
     RAW(fchownat, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW))
CALL(fchown, (int fd, uid_t uid, gid_t gid), fd, NULL,
     RAW(fchown, fd, uid, gid))
CALL(fchownat, (int dirfd, const char *path, uid_t uid, gid_t gid, int flags),
     -1, path, RAW(fchownat, dirfd, path, uid, gid, flags))
CALL(utimensat,
     (int dirfd, const char *path, const struct timespec times[2], int flags),
     -1, path, RAW(utimensat, dirfd, path, times, flags))
CALL(futimens, (int fd, const struct timespec times[2]), fd, NULL,
     RAW(utimensat, fd, NULL, times, 0))
CALL(utimes, (const char *path, const struct timeval times[2]), -1, path,
     RAW(utimes, path, times))
CALL(utime, (const char *path, const struct utimbuf *times), -1, path,
     RAW(utime, path, times))

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
	if (fails("fchmodat", -1, path))
		return -1;
	if (flags) { /* before Linux 6.6 the system has no flags either */
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)RAW(fchmodat, dirfd, path, mode);
}

/* ---- system calls by number -----------------------------------------------
 */

/* Where the arguments say what is changed: the position of a path or fd. */
static const struct by_number {
	long number;
	const char *name;
	int path, fd; /* 1 …; 0: has none */
} by_numbers[] = {
	{ SYS_renameat2, "renameat2", 4, 0 },
	{ SYS_renameat, "renameat", 4, 0 },
	{ SYS_linkat, "linkat", 4, 0 },
	{ SYS_unlinkat, "unlinkat", 2, 0 },
	{ SYS_mkdirat, "mkdirat", 2, 0 },
	{ SYS_symlinkat, "symlinkat", 3, 0 },
	{ SYS_utimensat, "utimensat", 2, 1 },
	{ SYS_fchmodat, "fchmodat", 2, 0 },
	{ 452, "fchmodat2", 2, 0 },
	{ SYS_fchownat, "fchownat", 2, 0 },
	{ SYS_copy_file_range, "copy_file_range", 0, 3 },
	{ SYS_write, "write", 0, 1 },
	{ SYS_pwrite64, "pwrite", 0, 1 },
	{ SYS_fsync, "fsync", 0, 1 },
	{ SYS_fdatasync, "fdatasync", 0, 1 },
	{ SYS_syncfs, "syncfs", 0, 1 },
	{ SYS_ftruncate, "ftruncate", 0, 1 },
	{ SYS_fallocate, "fallocate", 0, 1 },
	{ SYS_unlink, "unlink", 1, 0 },
	{ SYS_rename, "rename", 2, 0 },
	{ SYS_mkdir, "mkdir", 1, 0 },
	{ SYS_rmdir, "rmdir", 1, 0 },
	{ SYS_link, "link", 2, 0 },
	{ SYS_fsetxattr, "fsetxattr", 0, 1 },
	{ SYS_setxattr, "setxattr", 1, 0 },
	{ SYS_lsetxattr, "lsetxattr", 1, 0 },
};

static bool number_fails(long number, const long a[6])
{
	/* struct open_how begins with its flags. */
	if (number == SYS_openat2)
		return is_lasting(*(const uint64_t *)a[2]) &&
		       fails("openat2", -1, (const char *)a[1]);
	if (number == SYS_openat)
		return is_lasting((uint64_t)(unsigned)a[2]) &&
		       fails("openat", -1, (const char *)a[1]);
	for (size_t i = 0; i < sizeof(by_numbers) / sizeof(*by_numbers); i++) {
		const struct by_number *b = &by_numbers[i];

		if (b->number == number)
			return fails(b->name, b->fd ? (int)a[b->fd - 1] : -1,
				     b->path ? (const char *)a[b->path - 1]
					     : NULL);
	}
	return false;
}

long syscall(long number, ...)
{
	va_list ap;
	long a[6];

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number_fails(number, a))
		return -1;
	return raw6(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- allocations -----------------------------------------------------------
 */

static bool alloc_fails(void)
{
	if (!is_on || atomic_fetch_add(&allocations, 1) + 1 != alloc_at)
		return false;
	errno = ENOMEM;
	return true;
}

#ifdef FAULT_LINKED
#define OURS(name) __wrap_##name
#define REAL(name) __real_##name
#else
#define OURS(name) name
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t nbytes);
void *REAL(calloc)(size_t count, size_t nbytes);
void *REAL(realloc)(void *p, size_t nbytes);

void *OURS(malloc)(size_t nbytes)
{
	return alloc_fails() ? NULL : REAL(malloc)(nbytes);
}

void *OURS(calloc)(size_t count, size_t nbytes)
{
	return alloc_fails() ? NULL : REAL(calloc)(count, nbytes);
}

void *OURS(realloc)(void *p, size_t nbytes)
{
	return alloc_fails() ? NULL : REAL(realloc)(p, nbytes);
}
