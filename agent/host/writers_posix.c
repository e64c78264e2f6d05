/*
 * Who else could write a file of ours, on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_posix.h"
#include "host/descriptor.h"
#include "host/writers.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>

/* No path has more folders: an end for a tree that is moved meanwhile. */
#define MAX_DEPTH 4096

bool host_has_rights(void)
{
	return geteuid() == 0;
}

/* Of a folder above the one that counts, sticky is enough: what is ours in it
 * stays ours. */
static int check_mode(const struct stat *st, bool is_above, const char *what,
		      const char *shown)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_fail(ERR_DENIED, 0, W_HOST_IS_USERS, what, shown,
				(unsigned)st->st_uid);
	if ((st->st_mode & 022) && !(is_above && (st->st_mode & S_ISVTX)))
		return err_fail(ERR_DENIED, 0, W_HOST_IS_WRITTEN_MODE, what,
				shown, (unsigned)(st->st_mode & 07777));
	return 0;
}

static int check_acl(int fd, enum host_fs fs, bool is_above, const char *what,
		     const char *shown)
{
	struct str why = STR_INIT;
	uint8_t *acl = NULL;
	size_t nbytes = 0;
	int err = host_xattr(fd, -1, NULL, host_acl_name(fs), &acl, &nbytes);

	if (err == ERR_NOT_FOUND)
		err = err_fail(ERR_DENIED, 0, W_HOST_HAS_NO_ACL, what, shown);
	else if (err != 0)
		err = host_fail(err, errno,
				W_HOST_CANNOT_READ_THE_ACCESS_LIST_OF, shown,
				NULL);
	else if (!descriptor_is_only_ours_to(acl, nbytes,
					     is_above ? DESCRIPTOR_EXCHANGES
						      : DESCRIPTOR_WRITES,
					     &why))
		err = err_fail(ERR_DENIED, 0, W_HOST_IS_WRITTEN_BY, what, shown,
			       str_text(&why));
	mem_free(acl);
	str_release(&why);
	return err;
}

static int check_one(int fd, bool is_above, const char *what, const char *shown)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, shown, NULL);
	switch (host_keeps_of(fd, host_fs_of(fd, st.st_dev))) {
	case HOST_KEEPS_NOTHING:
		return err_fail(ERR_UNSUPPORTED, 0, W_HOST_LACKS_RIGHTS, what,
				shown);
	case HOST_KEEPS_ACL:
		/* Modes are made up there. */
		return check_acl(fd, host_fs_of(fd, st.st_dev), is_above, what,
				 shown);
	case HOST_KEEPS_MODE:
		break;
	}
	return check_mode(&st, is_above, what, shown);
}

int host_check_folder_writers(const char *dir)
{
	struct stat last = { 0 };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER, dir,
				       NULL);
	for (int depth = 0; err == 0 && depth < MAX_DEPTH; depth++) {
		struct stat st;
		int above;

		err = check_one(fd, depth > 0,
				depth > 0 ? W_HOST_ABOVE_FOLDER
					  : W_HOST_FOLDER_IN_QUESTION,
				dir);
		if (err != 0)
			break;
		if (fstat(fd, &st) != 0 ||
		    (depth > 0 && host_is_same_inode(&st, &last)))
			break;
		last = st;
		above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (above < 0) {
			err = host_fail_errno(
				W_HOST_CANNOT_EXAMINE_WHAT_IS_ABOVE, dir, NULL);
			break;
		}
		close(fd);
		fd = above;
	}
	close(fd);
	return err;
}

int host_check_file_writers(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
				    O_NOCTTY);
	int err;

	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN, path, NULL);
	err = check_one(fd, false, W_HOST_FILE_IN_QUESTION, path);
	close(fd);
	return err;
}
