/*
 * Paths that are longer than the system takes in one call.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* Open the next folder below dirfd (which is closed) and return it. */
static int piece_open(int dirfd, const char *piece, size_t nbytes)
{
	char buf[PATH_MAX];
	int fd;

	memcpy(buf, piece, nbytes);
	buf[nbytes] = '\0';
	fd = openat(dirfd, buf, O_PATH | O_DIRECTORY | O_CLOEXEC);
	host_pieces_close(dirfd);
	return fd;
}

/* Length of the longest beginning that ends at a slash and is not too long. */
static size_t piece_nbytes(const char *path)
{
	size_t i = PATH_MAX - 1;

	while (i > 0 && path[i] != '/')
		i--;
	return i;
}

int host_pieces_open(const char *path, int *dirfd_ret, const char **rest_ret)
{
	const char *rest = path;
	int dirfd = AT_FDCWD;

	while (strlen(rest) >= PATH_MAX) {
		const size_t n = piece_nbytes(rest);

		if (n == 0) {
			host_pieces_close(dirfd);
			return host_fail(ERR_NAME, ENAMETOOLONG,
					 W_HOST_CANNOT_OPEN, path, NULL);
		}
		dirfd = piece_open(dirfd, rest, n);
		if (dirfd < 0)
			return host_fail_errno(W_HOST_CANNOT_OPEN, path, NULL);
		rest += n;
		while (*rest == '/')
			rest++;
	}
	*dirfd_ret = dirfd;
	*rest_ret = *rest != '\0' || rest == path ? rest : ".";
	return 0;
}

void host_pieces_close(int dirfd)
{
	const int saved = errno;

	if (dirfd >= 0)
		close(dirfd);
	errno = saved;
}

int host_parent_open(const char *path, int *dirfd_ret, const char **name_ret)
{
	const char *rest = path;
	const char *slash;
	int dirfd = -1;
	int parent;
	int ret;

	ret = host_pieces_open(path, &dirfd, &rest);
	if (ret != 0)
		return ret;
	slash = strrchr(rest, '/');
	if (slash == NULL) {
		if (dirfd == AT_FDCWD) {
			dirfd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
			if (dirfd < 0)
				return host_fail_errno(W_HOST_CANNOT_OPEN, ".",
						       NULL);
		}
		*dirfd_ret = dirfd;
		*name_ret = rest;
		return 0;
	}
	/* "/name": the slash itself is the folder. */
	parent = piece_open(dirfd, rest,
			    slash == rest ? 1 : (size_t)(slash - rest));
	if (parent < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER_OF, path,
				       NULL);
	*dirfd_ret = parent;
	*name_ret = slash + 1;
	return 0;
}
