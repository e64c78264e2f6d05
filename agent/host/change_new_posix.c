/*
 * New files on Linux: written where nobody reads them, then named at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the file system can, the new file has no name at all until it is
 * finished (O_TMPFILE) and gets it by its handle, so that nothing can be put
 * in its place.  ntfs-3g and FAT need a random name beside the later one.
 */
#include "host/change_posix.h"
#include "host/descriptor.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

/* The kernel's limit for an attribute, which is what such a stream is. */
#define STREAM_ATTR_MAX_NBYTES 65536

/* ---- making -------------------------------------------------------------- */

static int make_nameless(struct host_new *n)
{
	if (n->dir->fs != HOST_FS_PLAIN)
		return -1;
	n->fd = openat(n->dir->fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return n->fd < 0 ? -1 : 0;
}

static int make_named(struct host_new *n)
{
	char temp[RANDOM_NAME_NBYTES];

	for (int tries = 0; tries < 16; tries++) {
		int err = host_random_name(HOST_TEMP_PREFIX, HOST_TEMP_SUFFIX,
					   temp);

		if (err != 0)
			return err;
		n->fd = openat(n->dir->fd, temp,
			       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
				       O_CLOEXEC,
			       0600);
		if (n->fd >= 0) {
			str_copy(n->temp, temp, sizeof(n->temp));
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return host_fail_errno(W_HOST_CANNOT_WRITE, n->shown, NULL);
}

int host_new_begin(struct host_place *p, struct host_new **ret)
{
	struct host_new *n = mem_zalloc(sizeof(*n));
	int err = 0;

	if (n == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_WRITE, p->path,
				 NULL);
	n->fd = -1;
	n->stream_fd = -1;
	n->dir = host_dir_ref(p->dir);
	n->name = mem_strdup(p->name);
	n->shown = mem_strdup(p->path);
	if (n->name == NULL || n->shown == NULL)
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_WRITE, p->path,
				NULL);
	else if (make_nameless(n) != 0)
		err = make_named(n);
	if (err != 0) {
		host_new_abort(n);
		return err;
	}
	/* There the mode says nothing; where it cannot be set, finish fails. */
	if (n->dir->fs == HOST_FS_NTFS_3G)
		fsetxattr(n->fd, "system.ntfs_acl", descriptor_private_file,
			  sizeof(descriptor_private_file), 0);
	*ret = n;
	return 0;
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

int host_new_write(struct host_new *n, const void *data, size_t nbytes)
{
	const int fd = n->stream_fd >= 0 ? n->stream_fd : n->fd;

	if (n->stream_attr.len > 0) {
		if (str_addn(&n->stream_data, data, nbytes) == 0)
			return 0;
		return host_fail(n->stream_data.err, 0,
				 W_HOST_CANNOT_WRITE_A_STREAM_OF, n->shown,
				 NULL);
	}
	if (write_all(fd, data, nbytes) != 0)
		return host_fail_errno(W_HOST_CANNOT_WRITE, n->shown, NULL);
	return 0;
}

/* ---- streams ------------------------------------------------------------- */

int host_new_stream_end(struct host_new *n)
{
	int err = 0;

	if (n->stream_fd >= 0) {
		if (fsync(n->stream_fd) != 0)
			err = host_fail_errno(W_HOST_CANNOT_WRITE_A_STREAM_OF,
					      n->shown, NULL);
		if (close(n->stream_fd) != 0 && err == 0)
			err = host_fail_errno(W_HOST_CANNOT_WRITE_A_STREAM_OF,
					      n->shown, NULL);
		n->stream_fd = -1;
	}
	if (n->stream_attr.len > 0) {
		if (fsetxattr(n->fd, str_text(&n->stream_attr),
			      str_text(&n->stream_data), n->stream_data.len,
			      XATTR_CREATE) != 0)
			err = host_fail_errno(W_HOST_CANNOT_WRITE_A_STREAM_OF,
					      n->shown, NULL);
		str_release(&n->stream_attr);
		str_release(&n->stream_data);
	}
	return err;
}

/* "file:stream" is a stream only if the mount option says so. */
static int has_colon_streams(int fd, bool *ret)
{
	uint8_t *list = NULL;
	size_t nbytes = 0;
	int err;

	err = host_xattr(fd, -1, NULL, "ntfs.streams.list", &list, &nbytes);
	mem_free(list);
	if (err == 0 || err == ERR_NOT_FOUND)
		*ret = err == 0;
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int stream_make(struct host_new *n, const char *stream)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s:%s", n->temp, stream);
	if (path.err != 0)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_WRITE_A_STREAM_OF,
				 n->shown, NULL);
	n->stream_fd = openat(
		n->dir->fd, str_text(&path),
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	str_release(&path);
	if (n->stream_fd < 0)
		return host_fail_errno(W_HOST_CANNOT_WRITE_A_STREAM_OF,
				       n->shown, NULL);
	return 0;
}

int host_new_stream(struct host_new *n, const char *stream)
{
	bool has_colons = false;
	int err;

	err = host_new_stream_end(n);
	if (err != 0)
		return err;
	if (stream[0] == '\0' || strpbrk(stream, "/:") != NULL)
		return host_fail(ERR_NAME, 0, W_HOST_CANNOT_WRITE_A_STREAM_OF,
				 n->shown, NULL);
	if (n->dir->fs != HOST_FS_NTFS_3G)
		return host_fail(ERR_UNSUPPORTED, 0,
				 W_HOST_CANNOT_WRITE_A_STREAM_OF, n->shown,
				 NULL);
	err = has_colon_streams(n->fd, &has_colons);
	if (err != 0)
		return host_fail(err, errno, W_HOST_CANNOT_WRITE_A_STREAM_OF,
				 n->shown, NULL);
	if (has_colons)
		return stream_make(n, stream);
	str_init(&n->stream_data, STREAM_ATTR_MAX_NBYTES);
	str_init(&n->stream_attr, 0);
	if (str_addf(&n->stream_attr, "user.%s", stream) != 0)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_WRITE_A_STREAM_OF,
				 n->shown, NULL);
	return 0;
}

/* ---- removing what failed ---------------------------------------- */

void host_new_remove_name(struct host_new *n, const char *name)
{
	struct host_aside a;
	struct stat st;

	memset(&a, 0, sizeof(a));
	a.dir = n->dir;
	a.name = name;
	a.fd = n->dir->fd;
	a.fd_text = n->dir->text;
	if (fstat(n->fd, &st) != 0 ||
	    host_random_name(HOST_TEMP_PREFIX, HOST_TEMP_SUFFIX, a.aside) != 0)
		return;
	if (n->dir->fs == HOST_FS_NTFS_3G) {
		/* FUSE would only hide what is open. */
		close(n->fd);
		n->fd = -1;
		unlinkat(n->dir->fd, name, 0);
	} else if (host_move_aside(&a, &st) == 0) {
		unlinkat(a.fd, a.aside, 0);
	}
	host_aside_release(&a);
}

void host_new_spare_short(struct host_new *n, struct host_short *ret)
{
	memset(ret, 0, sizeof(*ret));
	n->spared = ret;
}

void host_new_free(struct host_new *n)
{
	if (n->stream_fd >= 0)
		close(n->stream_fd);
	if (n->fd >= 0)
		close(n->fd);
	host_dir_close(n->dir);
	str_release(&n->stream_attr);
	str_release(&n->stream_data);
	mem_free(n->name);
	mem_free(n->shown);
	mem_free(n);
}

void host_new_abort(struct host_new *n)
{
	struct err_info first = *err_last();

	if (n == NULL)
		return;
	if (n->stream_fd >= 0)
		close(n->stream_fd);
	n->stream_fd = -1;
	if (n->temp[0] != '\0')
		host_new_remove_name(n, n->temp);
	host_new_free(n);
	/* The reason why it is given up stays the newest failure. */
	if (first.err != 0)
		err_fail(first.err, first.os_error, "%s", first.text);
}
