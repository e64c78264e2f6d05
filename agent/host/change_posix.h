/*
 * Private to agent/host on Linux: what the files of host/change.h share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_CHANGE_POSIX_H
#define HOST_CHANGE_POSIX_H

#include "host/host_posix.h"
#include "host/change.h"

struct host_place {
	struct host_dir *dir; /* an O_PATH handle; counted */
	const char *name;     /* within path */
	char path[];
};

struct host_subject {
	struct host_dir *dir;
	char *name;
	struct host_file *file;
	struct stat st; /* of its opening */
	/* FILETIME of its opening; ntfs-3g sets another when it is read. */
	int64_t accessed; /* 0: the file system leaves it alone */
};

/* ---- folders ------------------------------------------------------------- */

/* Of an O_PATH or other handle; keeps what the file system cannot flush. */
int host_flush_fd(int dirfd, const char *shown);

/* ---- moving (change_move_posix.c) ---------------------------------------- */

#define RANDOM_NAME_NBYTES 64

/* prefix, 16 hexadecimal digits of chance, suffix. */
int host_random_name(const char *prefix, const char *suffix,
		     char name_ret[RANDOM_NAME_NBYTES]);
bool host_is_same_inode(const struct stat *a, const struct stat *b);
/*
 * Renames unless the new name is taken: 0, or -1 with errno (EEXIST).
 * Atomic but for ntfs-3g and for folders; EOPNOTSUPP where it cannot be.
 */
int host_rename_new(int from_fd, const char *from, int to_fd, const char *to,
		    enum host_fs fs);
/* Both names at once; -1 with EINVAL or ENOSYS where that is not possible. */
int host_rename_swap(int a_fd, const char *a, int b_fd, const char *b);

/* What a move that was not to be has to know to undo it. */
struct host_aside {
	struct host_dir *dir; /* where it was */
	const char *name;
	int fd; /* where it is */
	const char *fd_text;
	char aside[RANDOM_NAME_NBYTES];
	uint8_t *short_name; /* ntfs-3g loses it when it renames */
	size_t short_name_nbytes;
};

/*
 * Moves dir/name to fd/aside (all but short_name filled by the caller) and
 * looks whether it is that inode.  If not it goes back: ERR_CHANGED, whose
 * sentence says where it is if its name was taken meanwhile.
 */
int host_move_aside(struct host_aside *a, const struct stat *want);
/* Back to where it was; `err` and the last failure are what the caller met. */
int host_move_back(struct host_aside *a, int err);
void host_aside_release(struct host_aside *a);

/* ---- new files (change_new_posix.c, change_name_posix.c) --------- */

struct host_new {
	struct host_dir *dir;
	char *name;
	char *shown; /* path for messages */
	int fd;
	int stream_fd;		       /* -1: none */
	struct str stream_attr;	       /* "user.x", with ... */
	struct str stream_data;	       /* ... its content, not yet set */
	char temp[RANDOM_NAME_NBYTES]; /* "": it has no name */
	struct host_short *spared;     /* NULL: all of it must come */
	enum host_short_fate short_fate;
};

#define HOST_TEMP_PREFIX ".mstmpsweep-"
#define HOST_TEMP_SUFFIX ".tmp"

/* What was written to a stream is on the disk after this. */
int host_new_stream_end(struct host_new *n);
/* All that can be set before it has its name, so that failing shows nothing. */
int host_new_prepare(struct host_new *n, const struct host_meta *meta);
/* The rest, once it has it; compares all. */
int host_new_complete(struct host_new *n, const struct host_meta *meta);
/* A name for what the handle holds, never over something; -1 with errno. */
int host_new_link(const struct host_new *n, const char *name);
/*
 * Removes the name if it leads to the new file.  It is moved to a random name
 * before the look; a file that was put in its place goes back.
 */
void host_new_remove_name(struct host_new *n, const char *name);
void host_new_free(struct host_new *n);

/* ---- private folders (private_dir_posix.c) ----------------------- */

/* What a file system keeps of who may do what. */
enum host_keeps {
	HOST_KEEPS_MODE,
	HOST_KEEPS_ACL, /* of NTFS, as an extended attribute */
	HOST_KEEPS_NOTHING
};

enum host_keeps host_keeps_of(int fd, enum host_fs fs);
/* The attribute that holds it. */
const char *host_acl_name(enum host_fs fs);
/* Opens a folder that must be private; never follows the last name. */
int host_private_open(const char *path, int *fd_ret);

/* ---- metadata (change_meta_posix.c) ------------------------------ */

/* Of an open file; `shown` is for messages. */
int host_meta_get(int fd, enum host_fs fs, const char *shown,
		  struct host_meta *ret);
/*
 * Sets what `want` knows of `fields`, but for the short name; the rest is
 * left.  What this file system does not have fails when it is read back, not
 * here.
 */
int host_meta_set(int fd, enum host_fs fs, const char *shown,
		  const struct host_meta *want, uint32_t fields);
/* NTFS through ntfs-3g only. */
int host_meta_set_short(int fd, const char *shown,
			const struct host_meta *want);

#endif
