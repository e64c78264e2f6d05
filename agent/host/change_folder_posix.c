/*
 * Folders made again as they were, on Linux.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Under a random name and closed to others until it has its owner and rights;
 * so whatever is killed in between never leaves a folder that is open to
 * somebody else, or has the name without them.
 */
#include "host/change_posix.h"
#include "words/host.h"

#include <errno.h>
#include <sys/stat.h>

#define FOLDER_FIELDS (META_SECURITY | META_POSIX | META_ATTRS)

static int folder_open(const struct host_place *p, const char *name,
		       int *fd_ret)
{
	*fd_ret = openat(p->dir->fd, name,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *fd_ret >= 0 ? 0
			    : host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER,
					      p->path, NULL);
}

int host_folder_meta(struct host_place *p, struct host_meta *ret)
{
	int fd = -1;
	int err = folder_open(p, p->name, &fd);

	if (err != 0)
		return err;
	err = host_meta_get(fd, p->dir->fs, p->path, ret);
	close(fd);
	return err;
}

static int dress(const struct host_place *p, int fd,
		 const struct host_meta *meta)
{
	struct host_meta want = *meta;
	struct host_meta got;
	int err;

	want.known &= FOLDER_FIELDS;
	err = host_meta_set(fd, p->dir->fs, p->path, &want, FOLDER_FIELDS);
	if (err == 0)
		err = host_meta_get(fd, p->dir->fs, p->path, &got);
	if (err != 0)
		return err;
	err = host_meta_check(&want, &got, p->path);
	host_meta_release(&got);
	return err;
}

int host_folder_new(struct host_place *p, const struct host_meta *meta)
{
	char temp[RANDOM_NAME_NBYTES];
	int fd = -1;
	int err;

	if (host_random_name(HOST_TEMP_PREFIX, HOST_TEMP_SUFFIX, temp) != 0)
		return ERR_IO;
	if (mkdirat(p->dir->fd, temp, 0700) != 0)
		return host_fail_errno(W_HOST_CANNOT_MAKE_THE_FOLDER, p->path,
				       NULL);
	err = folder_open(p, temp, &fd);
	if (err == 0)
		err = dress(p, fd, meta);
	if (err == 0 && host_rename_new(p->dir->fd, temp, p->dir->fd, p->name,
					p->dir->fs) != 0)
		err = host_fail_errno(W_HOST_CANNOT_MAKE_THE_FOLDER, p->path,
				      NULL);
	if (err == 0)
		err = host_flush_fd(p->dir->fd, p->dir->text);
	else
		unlinkat(p->dir->fd, temp, AT_REMOVEDIR);
	if (fd >= 0)
		close(fd);
	return err;
}
