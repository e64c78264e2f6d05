/*
 * Fault injection for a program of ours: counts its calls that change
 * something durable and its allocations, and kills it before, or fails, the
 * n-th of them.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	MSTMP_FAULT_KILL=N	SIGKILL just before the N-th call
 *	MSTMP_FAULT_TORN=1	... and if that call writes, half is written
 *	MSTMP_FAULT_POWER=HOW	... or the program ends, and what was not
 *				flushed is lost: shim_power.h
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

/* The allocations behind ours. */
#ifdef FAULT_LINKED
#define OURS(name)  __wrap_##name
#define REAL(name)  __real_##name
#define __real_free free
#else
#define OURS(name) name
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t nbytes);
void *REAL(calloc)(size_t count, size_t nbytes);
void *REAL(realloc)(void *p, size_t nbytes);
void REAL(free)(void *p);

#include "tests/fault/shim_power.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

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
	power_begin();
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
	power_cut();
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
	bool is_new;
	int fd;

	if (!is_lasting((uint64_t)(unsigned)flags))
		return (int)RAW(openat, dirfd, path, flags | O_LARGEFILE, 0);
	if (fails(what, -1, path))
		return -1;
	is_new = power_is_on && RAW(faccessat, dirfd, path, F_OK) != 0;
	fd = (int)RAW(openat, dirfd, path, flags | O_LARGEFILE, mode);
	if (fd >= 0 && is_new)
		power_made(dirfd, path);
	if (fd >= 0 && (is_new || (flags & O_TRUNC)))
		power_dirty(fd, 0);
	return fd;
}

/* `how` as the system has it: flags, mode, resolve. */
static long do_openat2(int dirfd, const char *path, const uint64_t how[],
		       size_t nbytes)
{
	bool lasts = is_lasting(how[0]), is_new;
	long fd;

	if (lasts && fails("openat2", -1, path))
		return -1;
	is_new = lasts && power_is_on && RAW(faccessat, dirfd, path, F_OK) != 0;
	fd = RAW(openat2, dirfd, path, how, nbytes);
	if (fd >= 0 && is_new)
		power_made(dirfd, path);
	if (fd >= 0 && (is_new || (how[0] & O_TRUNC)))
		power_dirty((int)fd, 0);
	return fd;
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
	power_dirty(fd, -1);
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
	power_dirty(fd, -1);
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
	power_dirty(to, -1);
	return RAW(copy_file_range, from, from_at, to, to_at, nbytes, flags);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t nbytes)
{
	if (fails("sendfile", to, NULL))
		return -1;
	power_dirty(to, -1);
	return RAW(sendfile, to, from, offset, nbytes);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t nbytes)
{
	return sendfile(to, from, offset, nbytes);
}

int ftruncate(int fd, off_t nbytes)
{
	if (fails("ftruncate", fd, NULL))
		return -1;
	power_dirty(fd, -1);
	return (int)RAW(ftruncate, fd, nbytes);
}

int ftruncate64(int fd, off64_t nbytes)
{
	return ftruncate(fd, nbytes);
}

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

static int do_flush(const char *what, long number, int fd)
{
	if (fails(what, fd, NULL) || raw6(number, fd, 0, 0, 0, 0, 0))
		return -1;
	power_flushed(fd);
	return 0;
}

int fsync(int fd)
{
	return do_flush("fsync", SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return do_flush("fdatasync", SYS_fdatasync, fd);
}

CALL(syncfs, (int fd), fd, NULL, RAW(syncfs, fd))

/* ---- names --------------------------------------------------------------- */

static int do_rename(const char *what, int from_dir, const char *from,
		     int to_dir, const char *to, unsigned flags)
{
	if (fails(what, -1, to))
		return -1;
	power_rename(from_dir, from, to_dir, to);
	return power_done(RAW(renameat2, from_dir, from, to_dir, to, flags));
}

static int do_unlink(const char *what, int dirfd, const char *path, int flags)
{
	if (fails(what, -1, path))
		return -1;
	power_unlink(dirfd, path);
	return power_done(RAW(unlinkat, dirfd, path, flags));
}

/* `result` of making the name, which is then the newest change. */
static int made(long result, int dirfd, const char *path)
{
	if (result == 0)
		power_made(dirfd, path);
	return (int)result;
}

static int do_mkdir(const char *what, int dirfd, const char *path, mode_t mode)
{
	if (fails(what, -1, path))
		return -1;
	return made(RAW(mkdirat, dirfd, path, mode), dirfd, path);
}

static int do_link(const char *what, int from_dir, const char *from, int to_dir,
		   const char *to, int flags)
{
	if (fails(what, -1, to))
		return -1;
	return made(RAW(linkat, from_dir, from, to_dir, to, flags), to_dir, to);
}

static int do_symlink(const char *what, const char *target, int dirfd,
		      const char *path)
{
	if (fails(what, -1, path))
		return -1;
	return made(RAW(symlinkat, target, dirfd, path), dirfd, path);
}

int rename(const char *from, const char *to)
{
	return do_rename("rename", AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return do_rename("renameat", from_dir, from, to_dir, to, 0);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to,
	      unsigned flags)
{
	return do_rename("renameat2", from_dir, from, to_dir, to, flags);
}

int link(const char *from, const char *to)
{
	return do_link("link", AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to,
	   int flags)
{
	return do_link("linkat", from_dir, from, to_dir, to, flags);
}

int symlink(const char *target, const char *path)
{
	return do_symlink("symlink", target, AT_FDCWD, path);
}

int symlinkat(const char *target, int dirfd, const char *path)
{
	return do_symlink("symlinkat", target, dirfd, path);
}

int unlink(const char *path)
{
	return do_unlink("unlink", AT_FDCWD, path, 0);
}

int unlinkat(int dirfd, const char *path, int flags)
{
	return do_unlink("unlinkat", dirfd, path, flags);
}

int rmdir(const char *path)
{
	return do_unlink("rmdir", AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdir(const char *path, mode_t mode)
{
	return do_mkdir("mkdir", AT_FDCWD, path, mode);
}

int mkdirat(int dirfd, const char *path, mode_t mode)
{
	return do_mkdir("mkdirat", dirfd, path, mode);
}

int remove(const char *path)
{
	struct stat st;
	bool is_dir = RAW(newfstatat, AT_FDCWD, path, &st,
			  AT_SYMLINK_NOFOLLOW) == 0 &&
		      S_ISDIR(st.st_mode);

	return do_unlink("remove", AT_FDCWD, path, is_dir ? AT_REMOVEDIR : 0);
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

/* ---- what a file carries ----------------------------------------- */

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

/* ---- system calls by number -------------------------------------- */

/*
 * The numbers of calls that the C library has no function for, or may be
 * asked for by a program that cannot rely on it.
 */
long syscall(long number, ...)
{
	va_list ap;
	long a[6];

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	switch (number) {
	case SYS_openat2: /* struct open_how begins with its flags */
		return do_openat2((int)a[0], (const char *)a[1],
				  (const void *)a[2], (size_t)a[3]);
	case SYS_openat:
		return do_open("openat", (int)a[0], (const char *)a[1],
			       (int)a[2], (mode_t)a[3]);
	case SYS_renameat2:
		return do_rename("renameat2", (int)a[0], (const char *)a[1],
				 (int)a[2], (const char *)a[3], (unsigned)a[4]);
	case SYS_renameat:
		return do_rename("renameat", (int)a[0], (const char *)a[1],
				 (int)a[2], (const char *)a[3], 0);
	case SYS_linkat:
		return do_link("linkat", (int)a[0], (const char *)a[1],
			       (int)a[2], (const char *)a[3], (int)a[4]);
	case SYS_unlinkat:
		return do_unlink("unlinkat", (int)a[0], (const char *)a[1],
				 (int)a[2]);
	case SYS_mkdirat:
		return do_mkdir("mkdirat", (int)a[0], (const char *)a[1],
				(mode_t)a[2]);
	case SYS_write:
		return write((int)a[0], (const void *)a[1], (size_t)a[2]);
	case SYS_pwrite64:
		return pwrite((int)a[0], (const void *)a[1], (size_t)a[2],
			      a[3]);
	case SYS_ftruncate:
		return ftruncate((int)a[0], a[1]);
	case SYS_fsync:
		return fsync((int)a[0]);
	case SYS_fdatasync:
		return fdatasync((int)a[0]);
	case SYS_copy_file_range:
		return copy_file_range((int)a[0], (off64_t *)a[1], (int)a[2],
				       (off64_t *)a[3], (size_t)a[4],
				       (unsigned)a[5]);
	case SYS_utimensat:
	case SYS_fchmodat:
	case SYS_fchmodat2:
	case SYS_fchownat:
		if (fails("call on a path", (int)a[0], (const char *)a[1]))
			return -1;
		break;
	case SYS_fsetxattr:
	case SYS_fremovexattr:
		if (fails("fsetxattr", (int)a[0], NULL))
			return -1;
		break;
	case SYS_setxattr:
	case SYS_lsetxattr:
		if (fails("setxattr", -1, (const char *)a[0]))
			return -1;
		break;
	case SYS_rename:
	case SYS_link:
	case SYS_unlink:
	case SYS_mkdir:
	case SYS_rmdir:
	case SYS_symlink:
	case SYS_symlinkat:
	case SYS_open:
	case SYS_creat:
	case SYS_writev:
	case SYS_pwritev:
	case SYS_pwritev2:
		/* Nobody asks for these by number; if so: tell. */
		RAW(write, 2, "shim: unknown syscall()\n", 24);
		RAW(exit_group, 98);
	}
	return raw6(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- allocations ------------------------------------------------- */

static bool alloc_fails(void)
{
	if (!is_on || atomic_fetch_add(&allocations, 1) + 1 != alloc_at)
		return false;
	errno = ENOMEM;
	return true;
}

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
