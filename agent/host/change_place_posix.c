/*
 * Places on Linux: a folder opened without following any link.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One openat() for each component, each with O_NOFOLLOW: what is open cannot
 * be exchanged any more, so no second look is needed.  openat2() could do it
 * in one call, but not before Linux 5.6 and not beyond PATH_MAX.
 */
#include "host/change_posix.h"
#include "words/host.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* What follows `base` in `path`, NULL if path does not begin with it. */
static const char *below_base(const char *base, const char *path)
{
	size_t n;

	if (base == NULL)
		return path[0] == '/' ? path : NULL;
	n = strlen(base);
	while (n > 1 && base[n - 1] == '/')
		n--;
	if (n == 0 || strncmp(base, path, n) != 0)
		return NULL;
	if (base[n - 1] != '/' && path[n] != '/')
		return NULL;
	return path + n;
}

static bool is_dots(const char *name, size_t n)
{
	return (n == 1 && name[0] == '.') ||
	       (n == 2 && name[0] == '.' && name[1] == '.');
}

/* The handle, with `st_ret` filled; or -ERR_*. */
static int base_open(const char *base, struct stat *st_ret)
{
	const char *rest;
	int dirfd;
	int err;
	int fd;

	err = host_pieces_open(base, &dirfd, &rest);
	if (err != 0)
		return -err;
	fd = openat(dirfd, rest, O_PATH | O_DIRECTORY | O_CLOEXEC);
	host_pieces_close(dirfd);
	if (fd < 0)
		return -host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER, base,
					NULL);
	if (fstat(fd, st_ret) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER, base,
				      NULL);
		close(fd);
		return -err;
	}
	return fd;
}

struct folder_walk {
	const char *path; /* as given, for messages */
	int fd;
	dev_t dev;
	bool may_cross; /* mount points; see host_place_open */
};

static int walk_fail(const struct folder_walk *w, const char *end, int err,
		     const char *why)
{
	char whole[HOST_TEXT_NBYTES];
	char *at = mem_strndup(w->path, (size_t)(end - w->path));
	char part[HOST_TEXT_NBYTES];

	host_path_text(whole, w->path, NULL);
	host_path_text(part, at != NULL ? at : "?", NULL);
	mem_free(at);
	return err_fail(err, 0, W_HOST_WAY, whole, why, part);
}

/* One folder further; `end` is where its name ends in the path. */
static int walk_step(struct folder_walk *w, const char *name, const char *end)
{
	const size_t n = (size_t)(end - name);
	char buf[NAME_MAX + 1];
	struct stat st;
	int fd;

	if (n > NAME_MAX)
		return host_fail(ERR_NAME, ENAMETOOLONG, W_HOST_CANNOT_OPEN,
				 w->path, NULL);
	memcpy(buf, name, n);
	buf[n] = '\0';
	fd = openat(w->fd, buf, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				       w->path, NULL);
	close(w->fd);
	w->fd = fd;
	if (fstat(fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				       w->path, NULL);
	/* ntfs-3g and ntfs3 show reparse points as links, too. */
	if (S_ISLNK(st.st_mode))
		return walk_fail(w, end, ERR_UNSUPPORTED, W_HOST_WAY_LINK);
	if (!S_ISDIR(st.st_mode))
		return host_fail(ERR_NOT_DIR, 0,
				 W_HOST_CANNOT_OPEN_THE_FOLDER_OF, w->path,
				 NULL);
	if (st.st_dev != w->dev && !w->may_cross)
		return walk_fail(w, end, ERR_UNSUPPORTED, W_HOST_WAY_MOUNT);
	w->dev = st.st_dev;
	return 0;
}

/* Down to the last name, which `name_ret` gets. */
static int walk(struct folder_walk *w, const char *rest, const char **name_ret)
{
	int err;

	for (;;) {
		const char *end;

		while (*rest == '/')
			rest++;
		end = rest + strcspn(rest, "/");
		if (end == rest || is_dots(rest, (size_t)(end - rest)))
			return host_fail(ERR_INVALID, 0,
					 W_HOST_CANNOT_TAKE_AS_A_PLACE, w->path,
					 NULL);
		if (*end == '\0') {
			*name_ret = rest;
			return 0;
		}
		err = walk_step(w, rest, end);
		if (err != 0)
			return err;
		rest = end;
	}
}

/* The handle belongs to the result, or is closed. */
static int dir_wrap(int fd, dev_t dev, const char *path, const char *name,
		    struct host_dir **ret)
{
	char text[HOST_TEXT_NBYTES];
	char *shown = mem_strndup(path, (size_t)(name - path));
	struct host_dir *d = mem_zalloc(sizeof(*d));
	int err = 0;

	if (shown == NULL || d == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				path, NULL);
		goto out;
	}
	host_path_text(text, shown, NULL);
	d->text = mem_strdup(text);
	if (d->text == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				path, NULL);
		goto out;
	}
	d->fd = fd;
	d->dev = dev;
	d->fs = host_fs_of(fd, dev);
	atomic_init(&d->refs, 1);
	*ret = d;
	d = NULL;
	fd = -1;
out:
	if (fd >= 0)
		close(fd);
	mem_free(d);
	mem_free(shown);
	return err;
}

int host_place_open(const char *base, const char *path, struct host_place **ret)
{
	const char *rest = below_base(base, path);
	struct folder_walk w = { path, -1, 0, base == NULL };
	struct host_place *p = NULL;
	const char *name = path;
	struct stat st;
	int err;

	if (rest == NULL)
		return host_fail(ERR_INVALID, 0, W_HOST_CANNOT_TAKE_AS_A_PLACE,
				 path, NULL);
	memset(&st, 0, sizeof(st));
	w.fd = base_open(base != NULL ? base : "/", &st);
	if (w.fd < 0)
		return -w.fd;
	w.dev = st.st_dev;
	err = walk(&w, rest, &name);
	if (err != 0)
		goto out;
	p = mem_zalloc(sizeof(*p) + strlen(path) + 1);
	if (p == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER_OF,
				path, NULL);
		goto out;
	}
	memcpy(p->path, path, strlen(path) + 1);
	p->name = p->path + (name - path);
	err = dir_wrap(w.fd, w.dev, path, name, &p->dir);
	w.fd = -1;
	if (err != 0)
		goto out;
	/* There a colon leads to a stream, which is no file of its own. */
	if (p->dir->fs == HOST_FS_NTFS_3G && strchr(p->name, ':') != NULL) {
		err = host_fail(ERR_NAME, 0, W_HOST_CANNOT_TAKE_AS_A_PLACE,
				path, NULL);
		goto out;
	}
	*ret = p;
	p = NULL;
out:
	if (w.fd >= 0)
		close(w.fd);
	host_place_close(p);
	return err;
}

void host_place_close(struct host_place *p)
{
	if (p == NULL)
		return;
	host_dir_close(p->dir);
	mem_free(p);
}

const char *host_place_path(const struct host_place *p)
{
	return p->path;
}

int host_place_exists(struct host_place *p)
{
	struct stat st;

	if (fstatat(p->dir->fd, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	return -host_fail_errno(W_HOST_CANNOT_LOOK_FOR, p->path, NULL);
}

int host_flush_fd(int dirfd, const char *shown)
{
	const int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_FLUSH_THE_FOLDER, shown,
				       NULL);
	/* EINVAL: a file system that has nothing to flush there. */
	if (fsync(fd) != 0 && errno != EINVAL)
		err = host_fail_errno(W_HOST_CANNOT_FLUSH_THE_FOLDER, shown,
				      NULL);
	close(fd);
	return err;
}

int host_flush_dir(const char *path)
{
	const char *rest;
	int parent;
	int err;
	int fd;

	err = host_pieces_open(path, &parent, &rest);
	if (err != 0)
		return err;
	fd = openat(parent, rest, O_PATH | O_DIRECTORY | O_CLOEXEC);
	host_pieces_close(parent);
	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_FLUSH_THE_FOLDER, path,
				       NULL);
	err = host_flush_fd(fd, path);
	close(fd);
	return err;
}
