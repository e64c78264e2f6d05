/*
 * A power cut: what the program did not flush is lost, in one of two ways.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	MSTMP_FAULT_POWER=adds	bytes that were not flushed (fsync of the file)
 *				and names that were made or moved without a
 *				flush of their folder are lost; removals last
 *	MSTMP_FAULT_POWER=all	removals without a flush are lost as well
 *
 * POSIX promises no more than what was flushed, and file systems do lose a
 * rename while they keep a later removal in another folder.  The first way is
 * the worst for "saved before removed", the second for "done means done".  A
 * folder whose making was not flushed is lost with everything in it.
 *
 * Simplified: bytes are lost from the end only, overwriting in place lasts at
 * once; so do modes, owners, times and attributes.  A flush of either folder
 * makes a move between two of them last.  Not for programs with threads that
 * change files.
 */
#ifndef TESTS_FAULT_SHIM_POWER_H
#define TESTS_FAULT_SHIM_POWER_H

#include "tests/fault/shim.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define POWER_OPS	2048
#define POWER_FILES	256
#define POWER_PATH	2048
#define POWER_FD	600
#define POWER_MAX_SAVED (64l << 20)

/* A file as it was when it was removed or replaced. */
struct power_saved {
	struct stat st;
	char bytes[];
};

enum power_kind {
	POWER_MADE,
	POWER_MOVED,
	POWER_GONE
};

/* A change of names that no flush has made lasting yet. */
struct power_op {
	enum power_kind kind;
	char from[POWER_PATH]; /* POWER_MOVED only */
	char to[POWER_PATH];
	ino_t from_dir, to_dir;
	ino_t ino;		   /* of what got the name */
	struct power_saved *saved; /* what lost it */
	bool is_over;
};

/* A file with bytes that may be lost. */
struct power_file {
	dev_t dev;
	ino_t ino;
	int fd; /* a copy of the program's */
	off_t lasting;
	bool is_dirty;
};

static bool power_is_on, power_loses_removals;
static struct power_op power_ops[POWER_OPS];
static struct power_file power_files[POWER_FILES];
static size_t power_op_count, power_file_count;

static void power_fatal(const char *why)
{
	RAW(write, 2, why, strlen(why));
	RAW(write, 2, "\n", 1);
	RAW(exit_group, 98);
}

static void power_begin(void)
{
	const char *how = getenv("MSTMP_FAULT_POWER");

	power_is_on = how != NULL;
	power_loses_removals = how && !strcmp(how, "all");
	if (how && !power_loses_removals && strcmp(how, "adds") != 0)
		power_fatal("MSTMP_FAULT_POWER is unknown");
}

/* ---- paths ------------------------------------------------------- */

static void power_path(char *out, int dirfd, const char *path)
{
	char link[64];
	long n = 0;

	if (*path != '/') {
		if (dirfd == AT_FDCWD)
			snprintf(link, sizeof(link), "/proc/self/cwd");
		else
			snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
		n = RAW(readlink, link, out, POWER_PATH - 1);
		if (n < 0)
			n = 0;
		out[n++] = '/';
	}
	if (n + strlen(path) + 1 > POWER_PATH)
		power_fatal("a path is too long for the shim");
	strcpy(out + n, path);
}

/* No link is followed: 0, or -1. */
static int power_stat(const char *path, struct stat *st)
{
	return (int)RAW(newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

static ino_t power_dir_of(const char *path)
{
	char dir[POWER_PATH];
	struct stat st;

	strcpy(dir, path);
	*strrchr(dir, '/') = '\0';
	return RAW(newfstatat, AT_FDCWD, *dir ? dir : "/", &st, 0) ? 0
								   : st.st_ino;
}

/* ---- what is removed or replaced ----------------------------------------- */

static struct power_saved *power_save(const char *path)
{
	struct power_saved *s;
	struct stat st;
	long fd, n;

	if (power_stat(path, &st) || !S_ISREG(st.st_mode))
		return NULL;
	if (st.st_size > POWER_MAX_SAVED)
		power_fatal("a file is too large for the shim");
	s = REAL(malloc)(sizeof(*s) + (size_t)st.st_size);
	if (!s)
		power_fatal("no memory for the shim");
	s->st = st;
	fd = RAW(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	n = fd < 0 ? fd : RAW(read, fd, s->bytes, st.st_size);
	if (n != (long)st.st_size)
		power_fatal("the shim cannot read what is removed");
	RAW(close, fd);
	return s;
}

static void power_bring_back(const char *path, const struct power_saved *s)
{
	struct timespec times[2] = { s->st.st_atim, s->st.st_mtim };
	long fd = RAW(openat, AT_FDCWD, path,
		      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return; /* something else has the name now */
	RAW(write, fd, s->bytes, s->st.st_size);
	RAW(fchown, fd, s->st.st_uid, s->st.st_gid);
	RAW(fchmod, fd, s->st.st_mode & 07777);
	RAW(utimensat, fd, NULL, times, 0);
	RAW(close, fd);
}

/* ---- noting changes ---------------------------------------------- */

/* The op that is prepared before the call and kept if it succeeds. */
static struct power_op *power_next(void)
{
	if (power_op_count == POWER_OPS)
		power_fatal("too many changes for the shim");
	memset(&power_ops[power_op_count], 0, sizeof(*power_ops));
	return &power_ops[power_op_count];
}

/* After a success: `path` is new. */
static void power_made(int dirfd, const char *path)
{
	struct power_op *op;
	struct stat st;

	if (!power_is_on)
		return;
	op = power_next();
	op->kind = POWER_MADE;
	power_path(op->to, dirfd, path);
	if (power_stat(op->to, &st))
		return;
	op->ino = st.st_ino;
	op->to_dir = power_dir_of(op->to);
	power_op_count++;
}

/* Before the call. */
static void power_unlink(int dirfd, const char *path)
{
	struct power_op *op;

	if (!power_is_on)
		return;
	op = power_next();
	op->kind = POWER_GONE;
	power_path(op->to, dirfd, path);
	op->to_dir = power_dir_of(op->to);
	op->saved = power_save(op->to);
}

/* Before the call. */
static void power_rename(int from_dir, const char *from, int to_dir,
			 const char *to)
{
	struct power_op *op;
	struct stat st;

	if (!power_is_on)
		return;
	op = power_next();
	op->kind = POWER_MOVED;
	power_path(op->from, from_dir, from);
	power_path(op->to, to_dir, to);
	op->from_dir = power_dir_of(op->from);
	op->to_dir = power_dir_of(op->to);
	op->saved = power_save(op->to);
	if (power_stat(op->from, &st) == 0)
		op->ino = st.st_ino;
}

/* After the call that power_unlink() or power_rename() announced. */
static int power_done(long result)
{
	struct power_op *op;

	if (!power_is_on)
		return (int)result;
	op = &power_ops[power_op_count];
	if (result != 0)
		REAL(free)(op->saved);
	else
		power_op_count++;
	return (int)result;
}

/* Before bytes are written or cut off. */
static void power_dirty(int fd, off_t lasting)
{
	struct power_file *f = power_files;
	struct stat st;

	if (!power_is_on || RAW(fstat, fd, &st) || !S_ISREG(st.st_mode))
		return;
	while (f < power_files + power_file_count &&
	       (f->ino != st.st_ino || f->dev != st.st_dev))
		f++;
	if (f == power_files + POWER_FILES)
		power_fatal("too many files for the shim");
	if (f == power_files + power_file_count) {
		power_file_count++;
		f->dev = st.st_dev;
		f->ino = st.st_ino;
		f->fd = -1;
	}
	if (f->is_dirty)
		return;
	f->is_dirty = true;
	f->lasting = lasting < 0 ? st.st_size : lasting;
	if (f->fd < 0)
		f->fd = (int)RAW(fcntl, fd, F_DUPFD_CLOEXEC, POWER_FD);
}

/* After a successful flush of a file or a folder. */
static void power_flushed(int fd)
{
	struct stat st;

	if (!power_is_on || RAW(fstat, fd, &st))
		return;
	for (size_t i = 0; i < power_file_count; i++) {
		struct power_file *f = &power_files[i];

		if (f->ino == st.st_ino && f->dev == st.st_dev)
			f->is_dirty = false;
	}
	for (size_t i = 0; S_ISDIR(st.st_mode) && i < power_op_count; i++) {
		struct power_op *op = &power_ops[i];

		if (op->to_dir == st.st_ino || op->from_dir == st.st_ino)
			op->is_over = true;
	}
}

/* ---- the cut ----------------------------------------------------- */

static void power_remove_all(const char *path)
{
	struct dirent64 *e;
	char buf[8192] __attribute__((aligned(8))), below[POWER_PATH];
	long fd, n;

	if (RAW(unlinkat, AT_FDCWD, path, 0) == 0)
		return;
	fd = RAW(openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
	while (fd >= 0 && (n = RAW(getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n; at += e->d_reclen) {
			e = (struct dirent64 *)(buf + at);
			if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
				continue;
			snprintf(below, sizeof(below), "%s/%s", path,
				 e->d_name);
			power_remove_all(below);
		}
	}
	if (fd >= 0)
		RAW(close, fd);
	RAW(unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

static void power_take_back(struct power_op *op)
{
	struct stat st;
	bool is_there = power_stat(op->to, &st) == 0 && st.st_ino == op->ino;

	switch (op->kind) {
	case POWER_MADE:
		if (is_there)
			power_remove_all(op->to);
		break;
	case POWER_MOVED:
		if (!is_there)
			break;
		RAW(renameat2, AT_FDCWD, op->to, AT_FDCWD, op->from,
		    1 /* RENAME_NOREPLACE */);
		if (op->saved)
			power_bring_back(op->to, op->saved);
		break;
	case POWER_GONE:
		if (power_loses_removals && op->saved)
			power_bring_back(op->to, op->saved);
		break;
	}
}

static void power_cut(void)
{
	struct stat st;

	if (!power_is_on)
		return;
	power_is_on = false;
	for (size_t i = 0; i < power_file_count; i++) {
		struct power_file *f = &power_files[i];

		if (f->is_dirty && RAW(fstat, f->fd, &st) == 0 &&
		    st.st_size > f->lasting)
			RAW(ftruncate, f->fd, f->lasting);
	}
	for (size_t i = power_op_count; i > 0; i--)
		if (!power_ops[i - 1].is_over)
			power_take_back(&power_ops[i - 1]);
}

#endif
