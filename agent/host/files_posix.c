/*
 * Opening and reading files on Linux.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An ordinary file costs openat, fstat, read and close, and nothing else: a
 * sweep opens millions.  O_NONBLOCK keeps a FIFO from blocking the opening;
 * what is not a regular file is refused right after.
 */
#include "host/host_posix.h"
#include "host/tag.h"
#include "base/wtime.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>

/* Below this a hole is not worth the calls that find it. */
#define HOLES_MIN_NBYTES ((off_t)1 << 20)

static int64_t filetime_of(struct timespec ts)
{
	return wtime_from_unix(ts.tv_sec, (int32_t)ts.tv_nsec);
}

static enum host_type type_of(mode_t mode)
{
	if (S_ISREG(mode))
		return HOST_FILE;
	if (S_ISDIR(mode))
		return HOST_DIR;
	if (S_ISLNK(mode))
		return HOST_LINK;
	return HOST_OTHER;
}

void host_stat_fill(struct host_stat *ret, const struct stat *st)
{
	memset(ret, 0, sizeof(*ret));
	ret->type = type_of(st->st_mode);
	ret->size = st->st_size > 0 ? (uint64_t)st->st_size : 0;
	ret->volume = st->st_dev;
	ret->file_id = host_file_id(st->st_ino);
	ret->nlink = (uint32_t)st->st_nlink;
	ret->written = filetime_of(st->st_mtim);
	ret->accessed = filetime_of(st->st_atim);
	ret->changed = filetime_of(st->st_ctim);
}

static int fd_open(int dirfd, const char *name, unsigned flags)
{
	int oflags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int fd;

	if (flags & HOST_OPEN_NOFOLLOW)
		oflags |= O_NOFOLLOW;
	if (flags & HOST_OPEN_NOATIME) {
		/* Only the owner and root may: others get EPERM. */
		fd = openat(dirfd, name, oflags | O_NOATIME);
		if (fd >= 0 || errno != EPERM)
			return fd;
	}
	return openat(dirfd, name, oflags);
}

static int stat_at(int dirfd, const struct host_dir *dir, const char *name,
		   const char *shown, bool follow, struct host_stat *ret);

/*
 * What ntfs-3g shows as a symlink may be a file with a tag: a placeholder, or
 * one that holds nothing.
 */
static enum tag_class class_of(int dirfd, const struct host_dir *dir,
			       const char *name)
{
	const int saved = errno;
	struct host_stat st = { 0 };
	enum tag_class ret = TAG_LINK;

	if (dir != NULL && dir->fs == HOST_FS_PLAIN)
		return TAG_LINK;
	if (stat_at(dirfd, dir, name, name, false, &st) == 0 &&
	    st.type == HOST_FILE)
		ret = tag_classify(st.attrs, st.reparse_tag, st.size);
	errno = saved;
	return ret;
}

static struct host_file *file_new(int fd, const struct stat *st,
				  const char *dir, const char *shown)
{
	char text[HOST_TEXT_NBYTES];
	struct host_file *f;

	host_path_text(text, dir, shown);
	f = mem_zalloc(sizeof(*f) + strlen(text) + 1);
	if (f == NULL) {
		host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN, dir, shown);
		return NULL;
	}
	f->fd = fd;
	f->st = *st;
	f->is_fresh = true;
	memcpy(f->text, text, strlen(text) + 1);
	return f;
}

/* No driver opens it, and there is nothing in it: a file of no bytes. */
static int empty_open(int dirfd, const struct host_dir *dir, const char *name,
		      const char *shown, struct host_file **ret)
{
	const char *shown_dir = dir != NULL ? dir->text : NULL;
	struct host_file *f;
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, shown_dir, shown);
	st.st_mode = S_IFREG | (st.st_mode & ~(mode_t)S_IFMT);
	st.st_size = 0;
	f = file_new(-1, &st, shown_dir, shown);
	if (f == NULL)
		return ERR_NOMEM;
	f->memory = mem_zalloc(1);
	if (f->memory == NULL) {
		mem_free(f);
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN, shown_dir,
				 shown);
	}
	*ret = f;
	return 0;
}

static int link_open(int dirfd, const struct host_dir *dir, const char *name,
		     const char *shown, struct host_file **ret)
{
	const char *shown_dir = dir != NULL ? dir->text : NULL;

	switch (class_of(dirfd, dir, name)) {
	case TAG_RECALL:
		return host_fail(ERR_OFFLINE, 0, W_HOST_CANNOT_READ, shown_dir,
				 shown);
	case TAG_EMPTY:
		return empty_open(dirfd, dir, name, shown, ret);
	default:
		return host_fail_errno(W_HOST_CANNOT_OPEN, shown_dir, shown);
	}
}

/* `dir` is NULL or the open folder; `shown` is what messages call it. */
static int file_open(int dirfd, const struct host_dir *dir, const char *name,
		     const char *shown, unsigned flags, struct host_file **ret)
{
	const char *shown_dir = dir != NULL ? dir->text : NULL;
	struct host_file *f = NULL;
	struct stat st;
	int err;
	int fd;

	fd = fd_open(dirfd, name, flags);
	if (fd < 0 && errno == ELOOP)
		return link_open(dirfd, dir, name, shown, ret);
	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN, shown_dir, shown);
	if (fstat(fd, &st) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_EXAMINE, shown_dir, shown);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		err = host_fail(
			S_ISDIR(st.st_mode) ? ERR_NOT_DIR : ERR_UNSUPPORTED, 0,
			W_HOST_CANNOT_OPEN_AS_A_FILE, shown_dir, shown);
		goto out;
	}
	f = file_new(fd, &st, shown_dir, shown);
	if (f == NULL) {
		err = ERR_NOMEM;
		goto out;
	}
	f->has_holes = st.st_size >= HOLES_MIN_NBYTES &&
		       st.st_blocks < st.st_size / 512;
	f->fs = dir != NULL && dir->dev == st.st_dev
			? dir->fs
			: host_fs_of(fd, st.st_dev);
	*ret = f;
	return 0;
out:
	close(fd);
	return err;
}

int host_open(const char *path, unsigned flags, struct host_file **ret)
{
	const char *rest;
	int dirfd;
	int err;

	err = host_pieces_open(path, &dirfd, &rest);
	if (err != 0)
		return err;
	err = file_open(dirfd, NULL, rest, path, flags, ret);
	host_pieces_close(dirfd);
	return err;
}

int host_open_at(struct host_dir *dir, const char *name, unsigned flags,
		 struct host_file **ret)
{
	return file_open(dir->fd, dir, name, name, flags, ret);
}

void host_close(struct host_file *f)
{
	const int saved = errno;

	if (f == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	mem_free(f->memory);
	mem_free(f);
	errno = saved;
}

static size_t memory_read(const struct host_file *f, uint64_t offset, void *buf,
			  size_t nbytes)
{
	size_t left;

	if (offset >= f->memory_nbytes)
		return 0;
	left = f->memory_nbytes - (size_t)offset;
	if (nbytes > left)
		nbytes = left;
	memcpy(buf, (const uint8_t *)f->memory + offset, nbytes);
	return nbytes;
}

int host_read(struct host_file *f, void *buf, size_t nbytes, size_t *nread_ret)
{
	ssize_t n;

	f->is_fresh = false;
	if (f->memory != NULL) {
		*nread_ret = memory_read(f, f->memory_pos, buf, nbytes);
		f->memory_pos += *nread_ret;
		return 0;
	}
	do
		n = read(f->fd, buf, nbytes);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return host_fail_errno(W_HOST_CANNOT_READ, f->text, NULL);
	*nread_ret = (size_t)n;
	return 0;
}

/* Learns where the next hole or piece of data from `at` on ends. */
static void find_hole(struct host_file *f, off_t at)
{
	/* host_read() goes on where it was. */
	const off_t saved = lseek(f->fd, 0, SEEK_CUR);
	const off_t size = lseek(f->fd, 0, SEEK_END);
	off_t data = lseek(f->fd, at, SEEK_DATA);
	off_t end = size;

	if (data < 0 && errno == ENXIO)
		data = size; /* a hole to the end, or behind it */
	else if (data >= 0)
		end = lseek(f->fd, data, SEEK_HOLE);
	if (saved >= 0)
		lseek(f->fd, saved, SEEK_SET);
	/* The end, or a file system that does not tell: all is data. */
	if (saved < 0 || size <= at || data < at || end < data) {
		f->has_holes = false;
		return;
	}
	f->hole_at = at;
	f->data_at = data;
	f->data_end = end;
}

/*
 * How much of [at, at + *nbytes) can be had at once, and whether it is zeros
 * that need not be read: the system would keep a page of memory for each page
 * of a hole, and 10 GB of them push everything else out.
 */
static bool is_hole(struct host_file *f, off_t at, size_t *nbytes)
{
	off_t end;

	if (!f->has_holes)
		return false;
	if (at < f->hole_at || at >= f->data_end)
		find_hole(f, at);
	if (!f->has_holes)
		return false;
	end = at < f->data_at ? f->data_at : f->data_end;
	if (end > at && (uint64_t)(end - at) < *nbytes)
		*nbytes = (size_t)(end - at);
	return at < f->data_at;
}

int host_pread(struct host_file *f, uint64_t offset, void *buf, size_t nbytes,
	       size_t *nread_ret)
{
	size_t done = 0;

	f->is_fresh = false;
	if (f->memory != NULL) {
		*nread_ret = memory_read(f, offset, buf, nbytes);
		return 0;
	}
	if (offset > INT64_MAX || nbytes > INT64_MAX - offset) {
		*nread_ret = 0; /* no file reaches there */
		return 0;
	}
	while (done < nbytes) {
		const off_t at = (off_t)(offset + done);
		size_t want = nbytes - done;
		ssize_t n;

		if (is_hole(f, at, &want)) {
			memset((uint8_t *)buf + done, 0, want);
			done += want;
			continue;
		}
		n = pread(f->fd, (uint8_t *)buf + done, want, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return host_fail_errno(W_HOST_CANNOT_READ, f->text,
					       NULL);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*nread_ret = done;
	return 0;
}

bool host_lacks_filter(const struct host_file *f)
{
	(void)f;
	return false;
}

int host_fstat(struct host_file *f, struct host_stat *ret)
{
	/*
	 * The first question is answered by the fstat of the opening; after
	 * that the system is asked, so that a change is seen.
	 */
	if (!f->is_fresh && f->memory == NULL && fstat(f->fd, &f->st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, f->text, NULL);
	f->is_fresh = false;
	host_stat_fill(ret, &f->st);
	if (f->memory != NULL)
		ret->size = f->memory_nbytes;
	else
		host_ntfs_fill(ret, f->fs, &f->st, f->fd, -1, NULL);
	return 0;
}

static int stat_at(int dirfd, const struct host_dir *dir, const char *name,
		   const char *shown, bool follow, struct host_stat *ret)
{
	const char *shown_dir = dir != NULL ? dir->text : NULL;
	struct stat st;
	int fd;

	if (fstatat(dirfd, name, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, shown_dir, shown);
	host_stat_fill(ret, &st);
	if (dir != NULL && dir->dev == st.st_dev) {
		host_ntfs_fill(ret, dir->fs, &st, -1, dirfd, name);
		return 0;
	}
	fd = openat(dirfd, name,
		    O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return 0; /* gone again; what is known is right */
	host_ntfs_fill(ret, host_fs_of(fd, st.st_dev), &st, -1, fd, NULL);
	close(fd);
	return 0;
}

int host_stat(const char *path, bool follow, struct host_stat *ret)
{
	const char *rest;
	int dirfd;
	int err;

	err = host_pieces_open(path, &dirfd, &rest);
	if (err != 0)
		return err;
	err = stat_at(dirfd, NULL, rest, path, follow, ret);
	host_pieces_close(dirfd);
	return err;
}

int host_stat_at(struct host_dir *d, const char *name, struct host_stat *ret)
{
	return stat_at(d->fd, d, name, name, false, ret);
}
