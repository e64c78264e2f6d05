/*
 * Alternate data streams on Linux: ntfs-3g shows them as "file:stream"
 * (mounted with streams_interface=windows) or as user.* attributes (its
 * default, where the kernel gives at most 64 KiB of each).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#define USER_PREFIX "user."

/* ntfs-3g takes "folder/:stream" for the folder's own, the root's too. */
static char *stream_path(const char *name, const char *stream)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s:%s", strcmp(name, ".") == 0 ? "" : name, stream);
	return str_detach(&path);
}

static int each_windows(struct host_dir *d, const char *name,
			const char *stream, host_stream_fn fn, void *arg)
{
	char *path = stream_path(name, stream);
	struct stat st;
	int ret;

	if (path == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_LIST_STREAMS_OF,
				 d->text, name);
	/* Size 0 where it cannot be asked; opening it will say why. */
	if (fstatat(d->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		st.st_size = 0;
	mem_free(path);
	ret = fn(arg, stream, (uint64_t)st.st_size);
	return ret;
}

static int each_xattr(struct host_dir *d, const char *name, const char *attr,
		      host_stream_fn fn, void *arg)
{
	uint8_t *value = NULL;
	size_t nbytes = 0;

	if (strncmp(attr, USER_PREFIX, strlen(USER_PREFIX)) != 0)
		return 0;
	if (host_xattr(-1, d->fd, name, attr, &value, &nbytes) != 0)
		nbytes = 0;
	mem_free(value);
	return fn(arg, attr + strlen(USER_PREFIX), nbytes);
}

static int streams_list(struct host_dir *d, const char *name, int fd,
			host_stream_fn fn, void *arg)
{
	uint8_t *list = NULL;
	size_t nbytes = 0;
	bool as_xattr = false;
	int ret = 0;
	int err;

	if (d->fs != HOST_FS_NTFS_3G)
		return 0;
	err = host_xattr(fd, d->fd, name, "ntfs.streams.list", &list, &nbytes);
	if (err == ERR_NOT_FOUND) {
		as_xattr = true;
		err = host_xattr(fd, d->fd, name, NULL, &list, &nbytes);
	}
	if (err == ERR_NOT_FOUND)
		return 0;
	if (err != 0)
		return host_fail(err, 0, W_HOST_CANNOT_LIST_STREAMS_OF, d->text,
				 name);
	/* host_xattr() ended the list with a NUL of its own. */
	for (size_t i = 0; i < nbytes && ret == 0;) {
		const char *stream = (const char *)list + i;

		i += strlen(stream) + 1;
		if (*stream == '\0')
			continue;
		ret = as_xattr ? each_xattr(d, name, stream, fn, arg)
			       : each_windows(d, name, stream, fn, arg);
	}
	mem_free(list);
	return ret;
}

/* ntfs-3g with streams_interface=none answers neither question. */
static bool has_no_interface(struct host_dir *d)
{
	static const char *const questions[] = { "ntfs.streams.list", NULL };
	uint8_t *list = NULL;
	size_t nbytes = 0;

	for (size_t i = 0; i < 2; i++) {
		errno = 0;
		if (host_xattr(d->fd, -1, NULL, questions[i], &list, &nbytes) ==
		    0) {
			mem_free(list);
			return false;
		}
		if (errno != EOPNOTSUPP)
			return false;
	}
	return true;
}

bool host_hides_streams(const char *path)
{
	struct host_dir *d;
	bool hides = false;

	if (host_dir_open(path, &d) != 0)
		return false;
	if (d->fs == HOST_FS_NTFS3)
		hides = true;
	else if (d->fs == HOST_FS_NTFS_3G)
		hides = has_no_interface(d);
	host_dir_close(d);
	return hides;
}

int host_streams_at(struct host_dir *d, const char *name, host_stream_fn fn,
		    void *arg)
{
	return streams_list(d, name, -1, fn, arg);
}

int host_file_streams(struct host_dir *d, const char *name, struct host_file *f,
		      host_stream_fn fn, void *arg)
{
	return streams_list(d, name, f->fd, fn, arg);
}

/* The whole attribute becomes a file in memory. */
static int open_xattr(struct host_dir *d, const char *name, const char *stream,
		      struct host_file **ret)
{
	struct str attr = STR_INIT;
	struct host_file *f = NULL;
	char text[HOST_TEXT_NBYTES];
	uint8_t *value = NULL;
	size_t nbytes = 0;
	int err;

	str_addf(&attr, USER_PREFIX "%s", stream);
	err = attr.err != 0 ? attr.err
			    : host_xattr(-1, d->fd, name, str_text(&attr),
					 &value, &nbytes);
	if (err == ERR_TOO_LARGE)
		err = ERR_UNSUPPORTED; /* above 64 KiB */
	if (err != 0) {
		host_fail(err, 0, W_HOST_CANNOT_OPEN_A_STREAM_OF, d->text,
			  name);
		goto out;
	}
	host_path_text(text, d->text, name);
	f = mem_zalloc(sizeof(*f) + strlen(text) + 1);
	if (f == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_A_STREAM_OF,
				d->text, name);
		goto out;
	}
	if (fstatat(d->fd, name, &f->st, AT_SYMLINK_NOFOLLOW) != 0)
		memset(&f->st, 0, sizeof(f->st));
	f->fd = -1;
	f->memory = value;
	f->memory_nbytes = nbytes;
	memcpy(f->text, text, strlen(text) + 1);
	value = NULL;
	*ret = f;
out:
	mem_free(value);
	str_release(&attr);
	return err;
}

int host_open_stream_at(struct host_dir *d, const char *name,
			const char *stream, struct host_file **ret)
{
	char *path;
	int err;

	if (d->fs != HOST_FS_NTFS_3G)
		return host_fail(ERR_NOT_FOUND, 0,
				 W_HOST_CANNOT_OPEN_A_STREAM_OF, d->text, name);
	path = stream_path(name, stream);
	if (path == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_A_STREAM_OF,
				 d->text, name);
	err = host_open_at(d, path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME,
			   ret);
	mem_free(path);
	if (err == ERR_NOT_FOUND)
		err = open_xattr(d, name, stream, ret);
	return err;
}
