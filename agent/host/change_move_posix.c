/*
 * Moving a name on Linux so that nothing is replaced and nothing is lost.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linux has no call that removes or renames what a handle holds; calls take
 * names, and a name can be exchanged between the look and the call.  So the
 * name is moved first, to where nobody else can reach it, and looked at there.
 */
#include "host/change_posix.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1u
#endif
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2u
#endif

int host_random_name(const char *prefix, const char *suffix,
		     char name_ret[RANDOM_NAME_NBYTES])
{
	uint64_t random;

	if (host_random(&random, sizeof(random)) != 0)
		return ERR_IO;
	snprintf(name_ret, RANDOM_NAME_NBYTES, "%.32s%016" PRIx64 "%.8s",
		 prefix, random, suffix);
	return 0;
}

bool host_is_same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int rename_flags(int from_fd, const char *from, int to_fd,
			const char *to, unsigned flags)
{
	/* musl has no name for it before 1.2.4. */
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

static bool is_missing_call(int os_error)
{
	return os_error == EINVAL || os_error == ENOSYS ||
	       os_error == EOPNOTSUPP;
}

/* Not atomic: something may get the name between the two calls. */
static int rename_looking(int from_fd, const char *from, int to_fd,
			  const char *to)
{
	struct stat st;

	if (fstatat(to_fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	if (errno != ENOENT)
		return -1;
	return renameat(from_fd, from, to_fd, to);
}

static bool is_folder(int fd, const char *name)
{
	const int saved = errno;
	struct stat st;
	bool yes;

	yes = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	      S_ISDIR(st.st_mode);
	errno = saved;
	return yes;
}

int host_rename_new(int from_fd, const char *from, int to_fd, const char *to,
		    enum host_fs fs)
{
	if (rename_flags(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (!is_missing_call(errno))
		return -1;
	/*
	 * FUSE passes no flags on to a driver as old as ntfs-3g.  Nothing
	 * else runs on a disk that is examined offline, so nobody takes the
	 * name; and a link would only be made to be dropped again.
	 */
	if (fs == HOST_FS_NTFS_3G)
		return rename_looking(from_fd, from, to_fd, to);
	/*
	 * A link is never made over something.  Between the two calls the old
	 * name must not be somebody else's to exchange: it lies in a private
	 * folder, or has a random name.
	 */
	if (linkat(from_fd, from, to_fd, to, 0) == 0)
		return unlinkat(from_fd, from, 0);
	/*
	 * Folders cannot be linked, and replace at most an empty one.  For
	 * files nothing is left that is safe: vfat and exfat can refuse, so
	 * this is a rare driver.
	 */
	if (errno == EPERM && is_folder(from_fd, from))
		return rename_looking(from_fd, from, to_fd, to);
	if (errno == EPERM || errno == EMLINK)
		errno = EOPNOTSUPP;
	return -1;
}

int host_rename_swap(int a_fd, const char *a, int b_fd, const char *b)
{
	return rename_flags(a_fd, a, b_fd, b, RENAME_EXCHANGE);
}

/* The rename takes the 8.3 name away. */
static int keep_short_name(struct host_aside *a)
{
	int err;

	if (a->dir->fs != HOST_FS_NTFS_3G)
		return 0;
	errno = 0;
	err = host_xattr(-1, a->dir->fd, a->name, "system.ntfs_dos_name",
			 &a->short_name, &a->short_name_nbytes);
	/* EMLINK: of a file with several links it is not told. */
	if (err == 0 || err == ERR_NOT_FOUND || errno == EMLINK)
		return 0;
	return host_fail(err, errno, W_HOST_CANNOT_READ_THE_SHORT_NAME_OF,
			 a->dir->text, a->name);
}

static int put_short_name(const struct host_aside *a)
{
	struct str path = STR_INIT;
	int ret = -1;

	if (a->short_name == NULL)
		return 0;
	str_addf(&path, "/proc/self/fd/%d/%s", a->dir->fd, a->name);
	if (path.err == 0)
		ret = lsetxattr(str_text(&path), "system.ntfs_dos_name",
				a->short_name, a->short_name_nbytes, 0);
	str_release(&path);
	return ret;
}

int host_move_back(struct host_aside *a, int err)
{
	struct err_info first = *err_last();
	int taken;
	char where[300];

	if (host_rename_new(a->fd, a->aside, a->dir->fd, a->name, a->dir->fs) ==
	    0) {
		host_flush_fd(a->dir->fd, a->dir->text);
		host_flush_fd(a->fd, a->fd_text);
		if (put_short_name(a) == 0)
			return err_fail(err, first.os_error, "%s", first.text);
		return err_fail(err, errno, W_HOST_LOST_SHORT, first.text,
				(const char *)a->short_name);
	}
	taken = errno;
	host_path_text_in(where, sizeof(where), a->fd_text, NULL);
	if (taken == EEXIST)
		return err_fail(err, taken, W_HOST_ASIDE_TAKEN, first.text,
				where, a->aside);
	return err_fail(err, taken, W_HOST_ASIDE_STAYS, first.text, where,
			a->aside);
}

/* The move itself changes the change time, and on NTFS the link count. */
static bool is_wanted(const struct host_aside *a, const struct stat *st,
		      const struct stat *want)
{
	return host_is_same_inode(st, want) && st->st_size == want->st_size &&
	       st->st_mtim.tv_sec == want->st_mtim.tv_sec &&
	       st->st_mtim.tv_nsec == want->st_mtim.tv_nsec &&
	       (a->dir->fs == HOST_FS_NTFS_3G ||
		st->st_nlink == want->st_nlink);
}

int host_move_aside(struct host_aside *a, const struct stat *want)
{
	struct stat st;
	int err;

	err = keep_short_name(a);
	if (err != 0)
		return err;
	/*
	 * Atomic everywhere; nothing can have that random name.  A link and
	 * a removal instead could remove what was put there in between.
	 */
	if (renameat(a->dir->fd, a->name, a->fd, a->aside) != 0) {
		if (errno == ENOENT)
			return host_fail(ERR_CHANGED, errno, W_HOST_CANNOT_MOVE,
					 a->dir->text, a->name);
		return host_fail_errno(W_HOST_CANNOT_MOVE, a->dir->text,
				       a->name);
	}
	if (fstatat(a->fd, a->aside, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return host_fail_errno(W_HOST_CANNOT_FIND_AGAIN, a->fd_text,
				       a->aside);
	if (is_wanted(a, &st, want))
		return 0;
	host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_MOVE, a->dir->text, a->name);
	return host_move_back(a, ERR_CHANGED);
}

void host_aside_release(struct host_aside *a)
{
	mem_free(a->short_name);
	a->short_name = NULL;
}
