/*
 * Private to agent/host on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_HOST_POSIX_H
#define HOST_HOST_POSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH, O_NOATIME */
#endif

#include "host/host.h"
#include "host/fail.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a file system can tell beyond POSIX. */
enum host_fs {
	HOST_FS_PLAIN,
	HOST_FS_NTFS_3G, /* system.ntfs_* and, maybe, ntfs.streams.list */
	HOST_FS_NTFS3	 /* the kernel's driver: fewer of them */
};

struct host_file {
	int fd;
	enum host_fs fs;
	bool is_fresh;	/* `st` is of the opening, nothing was read since */
	bool has_holes; /* it takes less room than its size; as far as known */
	struct stat st;
	/* What was learnt last: a hole and the data behind it. */
	off_t hole_at;
	off_t data_at;
	off_t data_end;
	void *memory; /* not NULL: a stream that came as an xattr */
	size_t memory_nbytes;
	uint64_t memory_pos;
	char text[]; /* shortened path, for messages */
};

struct host_dir {
	int fd;
	enum host_fs fs;
	dev_t dev;
	atomic_int refs;
	bool is_fresh; /* `st` is of the opening, and nobody asked yet */
	struct stat st;
	uint8_t *buf; /* getdents64 records, only while it is listed */
	size_t buf_pos;
	size_t buf_nbytes;
	bool at_end;
	char *text;
};

int host_errno_to_err(int os_error);
/* host_fail() with errno. */
int host_fail_errno(const char *cannot, const char *dir, const char *name);

/*
 * A path longer than PATH_MAX is refused by every system call, so its
 * folders are opened in pieces: `*dirfd_ret` and `*rest_ret` then serve an
 * ...at() call.  Short paths give AT_FDCWD and the path itself.
 */
int host_pieces_open(const char *path, int *dirfd_ret, const char **rest_ret);
void host_pieces_close(int dirfd);
/* The same up to the parent folder; `*name_ret` is the last name alone. */
int host_parent_open(const char *path, int *dirfd_ret, const char **name_ret);

/* What /proc/self/mountinfo says of a mounted volume. */
struct host_mount {
	char *fs_name;
	char *source; /* device, image file or server; "": not told */
	bool is_remote;
};

int host_mount_of(const char *path, dev_t dev, struct host_mount *ret);
void host_mount_release(struct host_mount *m);

/* Asks the system once for each device. */
enum host_fs host_fs_of(int fd, dev_t dev);
void host_stat_fill(struct host_stat *ret, const struct stat *st);
/*
 * What NTFS knows and POSIX does not; fd < 0: by dirfd and name.  `from` is
 * what the system told of it, NULL where only attributes and times are wanted.
 */
void host_ntfs_fill(struct host_stat *st, enum host_fs fs,
		    const struct stat *from, int fd, int dirfd,
		    const char *name);
/*
 * An extended attribute, newly allocated: of fd, or with fd < 0 of
 * dirfd/name without following it (name NULL: of dirfd itself, which may be
 * an O_PATH handle).  ERR_NOT_FOUND where there is none; records nothing.
 */
int host_xattr(int fd, int dirfd, const char *name, const char *attr,
	       uint8_t **value_ret, size_t *nbytes_ret);

#endif
