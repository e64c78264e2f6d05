/*
 * What the program writes itself, on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#define TEMP_NAME_NBYTES 48
#define CWD_MAX_NBYTES	 ((size_t)1 << 20)

int host_mkdir(const char *path)
{
	const char *name;
	int dirfd;
	int err = 0;

	err = host_pieces_open(path, &dirfd, &name);
	if (err != 0)
		return err;
	if (mkdirat(dirfd, name, 0755) != 0)
		err = host_fail_errno(W_HOST_CANNOT_MAKE_THE_FOLDER, path,
				      NULL);
	host_pieces_close(dirfd);
	return err;
}

/* A new file in dirfd that did not exist: O_EXCL follows no planted link. */
static int temp_create(int dirfd, mode_t mode, char name[TEMP_NAME_NBYTES],
		       int *fd_ret)
{
	uint64_t random;
	int fd;

	for (int tries = 0; tries < 16; tries++) {
		if (host_random(&random, sizeof(random)) != 0)
			return ERR_IO;
		snprintf(name, TEMP_NAME_NBYTES,
			 ".mstmpsweep-%016" PRIx64 ".tmp", random);
		fd = openat(dirfd, name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
				    O_CLOEXEC,
			    mode);
		if (fd >= 0) {
			*fd_ret = fd;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return host_errno_to_err(errno);
}

static int write_all(int fd, const void *data, size_t nbytes)
{
	const uint8_t *at = data;

	while (nbytes > 0) {
		const ssize_t n = write(fd, at, nbytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		nbytes -= (size_t)n;
	}
	return 0;
}

/* 0: may be written; the mode of a file that is there already is kept. */
static int target_check(int dirfd, const char *name, const char *path,
			bool *is_there_ret, mode_t *mode_ret)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == ENOENT)
			return 0;
		return host_fail_errno(W_HOST_CANNOT_WRITE, path, NULL);
	}
	if (S_ISDIR(st.st_mode))
		return host_fail(ERR_NOT_DIR, 0,
				 W_HOST_CANNOT_WRITE_OVER_THE_FOLDER, path,
				 NULL);
	if (!S_ISREG(st.st_mode))
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_WRITE_OVER_THE_LINK_OR_DEVICE,
				 path, NULL);
	*is_there_ret = true;
	*mode_ret = st.st_mode & 0777;
	return 0;
}

/* `mode`: of a file that is not there yet. */
static int write_file(const char *path, const void *data, size_t nbytes,
		      mode_t mode)
{
	char temp[TEMP_NAME_NBYTES] = "";
	bool is_there = false;
	const char *name;
	int parent = -1;
	int dirfd;
	int fd = -1;
	int err;

	err = host_parent_open(path, &dirfd, &name);
	if (err != 0)
		return err;
	err = target_check(dirfd, name, path, &is_there, &mode);
	if (err != 0)
		goto out;
	err = temp_create(dirfd, mode, temp, &fd);
	if (err != 0) {
		temp[0] = '\0';
		host_fail(err, errno, W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	if ((is_there && fchmod(fd, mode) != 0 && errno != EPERM) ||
	    write_all(fd, data, nbytes) != 0 || fsync(fd) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	if (close(fd) != 0) {
		fd = -1;
		err = host_fail_errno(W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	fd = -1;
	if (renameat(dirfd, temp, dirfd, name) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_WRITE, path, NULL);
		goto out;
	}
	temp[0] = '\0';
	/* The new name must survive a power cut too. */
	parent = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent >= 0) {
		fsync(parent);
		close(parent);
	}
out:
	if (fd >= 0)
		close(fd);
	if (temp[0] != '\0')
		unlinkat(dirfd, temp, 0);
	host_pieces_close(dirfd);
	return err;
}

int host_write_file(const char *path, const void *data, size_t nbytes)
{
	return write_file(path, data, nbytes, 0666);
}

int host_write_private(const char *path, const void *data, size_t nbytes)
{
	return write_file(path, data, nbytes, 0600);
}

int host_set_read_only(const char *path, bool read_only)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN, path, NULL);
	if (fstat(fd, &st) != 0 ||
	    fchmod(fd, read_only ? st.st_mode & 0555
				 : (st.st_mode & 0777) | S_IWUSR) != 0)
		err = host_fail_errno(W_HOST_CANNOT_CHANGE_THE_MODE_OF, path,
				      NULL);
	close(fd);
	return err;
}

int host_unlink(const char *path)
{
	const char *name;
	int dirfd;
	int err;

	err = host_pieces_open(path, &dirfd, &name);
	if (err != 0)
		return err;
	if (unlinkat(dirfd, name, 0) != 0)
		err = host_fail_errno(W_HOST_CANNOT_DELETE, path, NULL);
	host_pieces_close(dirfd);
	return err;
}

int host_rename_folder(const char *from, const char *to)
{
	const char *old_name, *new_name;
	int from_fd = -1, to_fd = -1;
	struct stat st;
	int err = host_parent_open(from, &from_fd, &old_name);

	if (err != 0)
		return err;
	err = host_parent_open(to, &to_fd, &new_name);
	if (err == 0 && fstatat(to_fd, new_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		err = host_fail(ERR_EXISTS, EEXIST, W_HOST_CANNOT_RENAME_TO, to,
				NULL);
	/* A folder goes over an empty one at most, which nobody misses. */
	if (err == 0 && renameat(from_fd, old_name, to_fd, new_name) != 0)
		err = host_fail_errno(W_HOST_CANNOT_RENAME, from, NULL);
	host_pieces_close(from_fd);
	if (to_fd >= 0)
		host_pieces_close(to_fd);
	return err;
}

int host_rmdir(const char *path)
{
	const char *name;
	int dirfd;
	int err;

	err = host_pieces_open(path, &dirfd, &name);
	if (err != 0)
		return err;
	if (unlinkat(dirfd, name, AT_REMOVEDIR) != 0)
		err = host_fail_errno(W_HOST_CANNOT_REMOVE_THE_FOLDER, path,
				      NULL);
	host_pieces_close(dirfd);
	return err;
}

bool host_can_write_dir(const char *path)
{
	char temp[TEMP_NAME_NBYTES];
	const char *rest = path;
	int parent = -1;
	int dirfd;
	int fd = -1;

	if (host_pieces_open(path, &parent, &rest) != 0)
		return false;
	dirfd = openat(parent, rest, O_PATH | O_DIRECTORY | O_CLOEXEC);
	host_pieces_close(parent);
	if (dirfd < 0)
		return false;
	if (temp_create(dirfd, 0600, temp, &fd) != 0) {
		close(dirfd);
		return false;
	}
	close(fd);
	unlinkat(dirfd, temp, 0);
	close(dirfd);
	return true;
}

/* Caller frees; NULL with errno. */
static char *current_dir(void)
{
	size_t nbytes = 256;
	char *cwd = NULL;

	for (;;) {
		char *grown = mem_realloc(cwd, nbytes);

		if (grown == NULL)
			break;
		cwd = grown;
		if (getcwd(cwd, nbytes) != NULL)
			return cwd;
		if (errno != ERANGE || nbytes > CWD_MAX_NBYTES)
			break;
		nbytes *= 2;
	}
	mem_free(cwd);
	return NULL;
}

bool host_is_device_name(const char *path)
{
	(void)path;
	return false;
}

/* Without "." and doubled slashes; ".." stays, as links make it uncertain. */
char *host_absolute_path(const char *path)
{
	struct str out = STR_INIT;
	char *cwd;

	if (path[0] != '/') {
		cwd = current_dir();
		if (cwd == NULL) {
			host_fail_errno(
				W_HOST_CANNOT_FIND_THE_CURRENT_FOLDER_FOR, path,
				NULL);
			return NULL;
		}
		if (strcmp(cwd, "/") != 0)
			str_add(&out, cwd);
		mem_free(cwd);
	}
	while (*path != '\0') {
		const size_t n = strcspn(path, "/");

		if (n > 0 && !(n == 1 && path[0] == '.')) {
			str_addch(&out, '/');
			str_addn(&out, path, n);
		}
		path += n + (path[n] == '/' ? 1 : 0);
	}
	if (out.len == 0)
		str_addch(&out, '/');
	return str_detach(&out);
}

char *host_join(const char *dir, const char *name)
{
	struct str out = STR_INIT;
	const size_t n = strlen(dir);

	str_add(&out, dir);
	if (n > 0 && dir[n - 1] != '/')
		str_addch(&out, '/');
	str_add(&out, name);
	return str_detach(&out);
}

char host_separator(void)
{
	return '/';
}

int host_free_space(const char *path, uint64_t *nbytes_ret)
{
	struct statvfs st;

	if (statvfs(path, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_ASK_FOR_THE_FREE_SPACE_OF,
				       path, NULL);
	*nbytes_ret = (uint64_t)st.f_bavail * st.f_frsize;
	return 0;
}
