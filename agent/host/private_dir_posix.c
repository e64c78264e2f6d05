/*
 * Folders that nobody but an administrator can reach into, on Linux.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is moved there cannot be exchanged; so the folder is checked each time
 * it is used, through the handle that is used.
 */
#include "host/change_posix.h"
#include "host/descriptor.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define MSDOS_MAGIC 0x4d44u
#define EXFAT_MAGIC 0x2011bab0u

const char *host_acl_name(enum host_fs fs)
{
	return fs == HOST_FS_NTFS_3G ? "system.ntfs_acl"
				     : "system.ntfs_security";
}

enum host_keeps host_keeps_of(int fd, enum host_fs fs)
{
	struct statfs st;

	if (fs != HOST_FS_PLAIN)
		return HOST_KEEPS_ACL;
	if (fstatfs(fd, &st) == 0 && ((uint32_t)st.f_type == MSDOS_MAGIC ||
				      (uint32_t)st.f_type == EXFAT_MAGIC))
		return HOST_KEEPS_NOTHING;
	return HOST_KEEPS_MODE;
}

static int deny(const char *shown, const char *why)
{
	return err_fail(ERR_DENIED, 0, W_HOST_NOT_PRIVATE, shown, why);
}

static int check_mode(const struct stat *st, const char *shown)
{
	char why[96];

	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		snprintf(why, sizeof(why), W_HOST_BELONGS_TO_USER,
			 (unsigned)st->st_uid);
		return deny(shown, why);
	}
	/* Without group bits an access list has no effect either. */
	if (st->st_mode & 077) {
		snprintf(why, sizeof(why), W_HOST_OTHERS_ENTER,
			 (unsigned)(st->st_mode & 07777));
		return deny(shown, why);
	}
	return 0;
}

static int check_acl(int fd, enum host_fs fs, const char *shown)
{
	struct str why = STR_INIT;
	uint8_t *acl = NULL;
	size_t nbytes = 0;
	int err;

	err = host_xattr(fd, -1, NULL, host_acl_name(fs), &acl, &nbytes);
	if (err == ERR_NOT_FOUND)
		err = deny(shown, W_HOST_ACL_NONE);
	else if (err != 0)
		err = host_fail(err, errno,
				W_HOST_CANNOT_READ_THE_ACCESS_LIST_OF, shown,
				NULL);
	else if (!descriptor_is_private(acl, nbytes, &why))
		err = deny(shown, str_text(&why));
	mem_free(acl);
	str_release(&why);
	return err;
}

static int check(int fd, enum host_fs fs, const char *shown)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, shown, NULL);
	switch (host_keeps_of(fd, fs)) {
	case HOST_KEEPS_MODE:
		return check_mode(&st, shown);
	case HOST_KEEPS_ACL:
		return check_acl(fd, fs, shown);
	default:
		return 0; /* it was allowed when the folder was made */
	}
}

static int folder_open(int dirfd, const char *name, const char *shown,
		       int *fd_ret)
{
	struct stat st;
	int fd;

	fd = openat(dirfd, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		*fd_ret = fd;
		return 0;
	}
	if (errno == ENOTDIR &&
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return host_fail(ERR_UNSUPPORTED, 0, W_HOST_CANNOT_USE_THE_LINK,
				 shown, NULL);
	return host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER, shown, NULL);
}

int host_private_open(const char *path, int *fd_ret)
{
	const char *name;
	struct stat st;
	int dirfd;
	int fd = -1;
	int err;

	err = host_parent_open(path, &dirfd, &name);
	if (err != 0)
		return err;
	err = folder_open(dirfd, name, path, &fd);
	host_pieces_close(dirfd);
	if (err != 0)
		return err;
	if (fstat(fd, &st) != 0)
		err = host_fail_errno(W_HOST_CANNOT_EXAMINE, path, NULL);
	else
		err = check(fd, host_fs_of(fd, st.st_dev), path);
	if (err != 0) {
		close(fd);
		return err;
	}
	*fd_ret = fd;
	return 0;
}

/* A folder that was just made; it is nobody's yet. */
static int protect(int fd, enum host_fs fs, const char *shown, bool any_fs)
{
	struct stat st;
	int err = 0;

	switch (host_keeps_of(fd, fs)) {
	case HOST_KEEPS_ACL:
		if (fsetxattr(fd, host_acl_name(fs), descriptor_private_folder,
			      DESCRIPTOR_PRIVATE_NBYTES, 0) != 0)
			err = host_fail_errno(W_HOST_CANNOT_PROTECT, shown,
					      NULL);
		break;
	case HOST_KEEPS_MODE:
		/* Set again for file systems that made up another one. */
		if (fchmod(fd, 0700) != 0 || fstat(fd, &st) != 0)
			err = host_fail_errno(W_HOST_CANNOT_PROTECT, shown,
					      NULL);
		else if (st.st_mode & 077)
			err = ERR_UNSUPPORTED;
		break;
	case HOST_KEEPS_NOTHING:
		err = ERR_UNSUPPORTED;
		break;
	}
	if (err == 0 || (any_fs && err == ERR_UNSUPPORTED))
		return 0;
	if (err == ERR_UNSUPPORTED)
		return err_fail(err, 0, W_HOST_KEEPS_NO_RIGHTS, shown);
	return err;
}

int host_private_dir(const char *base, const char *path, bool any_fs)
{
	struct host_place *p = NULL;
	bool made = false;
	struct stat st;
	int fd = -1;
	int err;

	err = host_place_open(base, path, &p);
	if (err != 0)
		return err;
	made = mkdirat(p->dir->fd, p->name, 0700) == 0;
	if (!made && errno != EEXIST) {
		err = host_fail_errno(W_HOST_CANNOT_MAKE_THE_FOLDER, path,
				      NULL);
		goto out;
	}
	err = folder_open(p->dir->fd, p->name, path, &fd);
	if (err != 0)
		goto out;
	if (fstat(fd, &st) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_EXAMINE, path, NULL);
		goto out;
	}
	if (st.st_dev != p->dir->dev) {
		err = host_fail(ERR_UNSUPPORTED, 0,
				W_HOST_CANNOT_USE_THE_MOUNT_POINT, path, NULL);
		goto out;
	}
	if (made)
		err = protect(fd, p->dir->fs, path, any_fs);
	if (err == 0 &&
	    !(any_fs && host_keeps_of(fd, p->dir->fs) == HOST_KEEPS_NOTHING))
		err = check(fd, p->dir->fs, path);
	if (err == 0 && made)
		err = host_flush_fd(p->dir->fd, p->dir->text);
out:
	if (fd >= 0)
		close(fd);
	/* Only if it is empty, and it is: nobody else knows it. */
	if (made && err != 0)
		unlinkat(p->dir->fd, p->name, AT_REMOVEDIR);
	host_place_close(p);
	return err;
}
