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

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#define TEMP_PREFIX ".mstmpsweep-"
#define TEMP_SUFFIX ".tmp"
/* What ntfs-3g can only set once the name is the final one. */
#define META_AT_LAST (META_SHORT | META_TIMES)
/* The kernel's limit for an attribute, which is what such a stream is. */
#define STREAM_ATTR_MAX_NBYTES 65536

struct host_new {
	struct host_dir *dir;
	char *name;
	char *shown; /* path for messages */
	int fd;
	int stream_fd;		       /* -1: none */
	struct str stream_attr;	       /* "user.x", with ... */
	struct str stream_data;	       /* ... its content, not yet set */
	char temp[RANDOM_NAME_NBYTES]; /* "": it has no name */
};

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
		int err = host_random_name(TEMP_PREFIX, TEMP_SUFFIX, temp);

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
	return host_fail_errno("write", n->shown, NULL);
}

int host_new_begin(struct host_place *p, struct host_new **ret)
{
	struct host_new *n = mem_zalloc(sizeof(*n));
	int err = 0;

	if (n == NULL)
		return host_fail(ERR_NOMEM, 0, "write", p->path, NULL);
	n->fd = -1;
	n->stream_fd = -1;
	n->dir = host_dir_ref(p->dir);
	n->name = mem_strdup(p->name);
	n->shown = mem_strdup(p->path);
	if (n->name == NULL || n->shown == NULL)
		err = host_fail(ERR_NOMEM, 0, "write", p->path, NULL);
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
		return host_fail(n->stream_data.err, 0, "write a stream of",
				 n->shown, NULL);
	}
	if (write_all(fd, data, nbytes) != 0)
		return host_fail_errno("write", n->shown, NULL);
	return 0;
}

/* ---- streams ------------------------------------------------------------- */

/* What was written to a stream is on the disk after this. */
static int stream_end(struct host_new *n)
{
	int err = 0;

	if (n->stream_fd >= 0) {
		if (fsync(n->stream_fd) != 0)
			err = host_fail_errno("write a stream of", n->shown,
					      NULL);
		if (close(n->stream_fd) != 0 && err == 0)
			err = host_fail_errno("write a stream of", n->shown,
					      NULL);
		n->stream_fd = -1;
	}
	if (n->stream_attr.len > 0) {
		if (fsetxattr(n->fd, str_text(&n->stream_attr),
			      str_text(&n->stream_data), n->stream_data.len,
			      XATTR_CREATE) != 0)
			err = host_fail_errno("write a stream of", n->shown,
					      NULL);
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
		return host_fail(ERR_NOMEM, 0, "write a stream of", n->shown,
				 NULL);
	n->stream_fd = openat(
		n->dir->fd, str_text(&path),
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	str_release(&path);
	if (n->stream_fd < 0)
		return host_fail_errno("write a stream of", n->shown, NULL);
	return 0;
}

int host_new_stream(struct host_new *n, const char *stream)
{
	bool has_colons = false;
	int err;

	err = stream_end(n);
	if (err != 0)
		return err;
	if (stream[0] == '\0' || strpbrk(stream, "/:") != NULL)
		return host_fail(ERR_NAME, 0, "write a stream of", n->shown,
				 NULL);
	if (n->dir->fs != HOST_FS_NTFS_3G)
		return host_fail(ERR_UNSUPPORTED, 0, "write a stream of",
				 n->shown, NULL);
	err = has_colon_streams(n->fd, &has_colons);
	if (err != 0)
		return host_fail(err, errno, "write a stream of", n->shown,
				 NULL);
	if (has_colons)
		return stream_make(n, stream);
	str_init(&n->stream_data, STREAM_ATTR_MAX_NBYTES);
	str_init(&n->stream_attr, 0);
	if (str_addf(&n->stream_attr, "user.%s", stream) != 0)
		return host_fail(ERR_NOMEM, 0, "write a stream of", n->shown,
				 NULL);
	return 0;
}

/* ---- removing what failed -------------------------------------------------
 */

/*
 * Removes the name if it leads to the new file.  It is moved to a random name
 * before the look; a file that was put in its place goes back.
 */
static void remove_name(struct host_new *n, const char *name)
{
	struct host_aside a;
	struct stat st;

	memset(&a, 0, sizeof(a));
	a.dir = n->dir;
	a.name = name;
	a.fd = n->dir->fd;
	a.fd_text = n->dir->text;
	if (fstat(n->fd, &st) != 0 ||
	    host_random_name(TEMP_PREFIX, TEMP_SUFFIX, a.aside) != 0)
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

static void new_free(struct host_new *n)
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
		remove_name(n, n->temp);
	new_free(n);
	/* The reason why it is given up stays the newest failure. */
	if (first.err != 0)
		err_fail(first.err, first.os_error, "%s", first.text);
}

/* ---- finishing ----------------------------------------------------------- */

static int compare(struct host_new *n, const struct host_meta *meta,
		   uint32_t fields)
{
	char why[HOST_TEXT_NBYTES];
	struct host_meta want;
	struct host_meta got;
	int err;

	if (meta == NULL)
		return 0;
	want = *meta;
	want.known &= fields;
	err = host_meta_get(n->fd, n->dir->fs, n->shown, &got);
	if (err != 0)
		return err;
	if (host_meta_differs(&want, &got, why, sizeof(why)) != NULL)
		err = err_fail(ERR_IO, 0,
			       "\"%.200s\" did not take its metadata: %.400s",
			       n->shown, why);
	host_meta_release(&got);
	return err;
}

/* All that can be set before it has its name, so that failing shows nothing. */
static int prepare(struct host_new *n, const struct host_meta *meta)
{
	const uint32_t late = n->dir->fs == HOST_FS_NTFS_3G ? META_AT_LAST : 0;
	int err;

	err = stream_end(n);
	if (err == 0 && meta != NULL)
		err = host_meta_set(n->fd, n->dir->fs, n->shown, meta, ~late);
	if (err == 0 && fsync(n->fd) != 0)
		err = host_fail_errno("write", n->shown, NULL);
	if (err == 0)
		err = compare(n, meta, ~late);
	return err;
}

static int complete(struct host_new *n, const struct host_meta *meta)
{
	int err = host_flush_fd(n->dir->fd, n->dir->text);

	if (err != 0 || meta == NULL || n->dir->fs != HOST_FS_NTFS_3G)
		return err != 0 ? err : compare(n, meta, ~0u);
	/* Attributes once more: the driver may set "archive" by itself. */
	err = host_meta_set(n->fd, n->dir->fs, n->shown, meta,
			    META_AT_LAST | META_ATTRS);
	if (err == 0 && fsync(n->fd) != 0)
		err = host_fail_errno("write", n->shown, NULL);
	return err != 0 ? err : compare(n, meta, ~0u);
}

/* A name for what the handle holds, never over something; -1 with errno. */
static int link_handle(const struct host_new *n, const char *name)
{
	char self[48];

	/* This needs a right that root has, the other one needs /proc. */
	if (linkat(n->fd, "", n->dir->fd, name, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno == EEXIST)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", n->fd);
	return linkat(AT_FDCWD, self, n->dir->fd, name, AT_SYMLINK_FOLLOW);
}

static int give_name(struct host_new *n, const char *name)
{
	struct stat now;
	struct stat st;

	if (n->temp[0] == '\0') {
		if (link_handle(n, name) != 0)
			return host_fail_errno("make", n->shown, NULL);
		return 0;
	}
	if (host_rename_new(n->dir->fd, n->temp, n->dir->fd, name,
			    n->dir->fs) != 0)
		return host_fail_errno("make", n->shown, NULL);
	n->temp[0] = '\0';
	if (fstat(n->fd, &st) != 0 ||
	    fstatat(n->dir->fd, name, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return host_fail_errno("find again", n->shown, NULL);
	if (!host_is_same_inode(&st, &now))
		return host_fail(ERR_CHANGED, 0, "make", n->shown, NULL);
	return 0;
}

int host_new_finish(struct host_new *n, const struct host_meta *meta)
{
	struct err_info first;
	int err;

	err = prepare(n, meta);
	if (err == 0)
		err = give_name(n, n->name);
	if (err != 0) {
		host_new_abort(n);
		return err;
	}
	err = complete(n, meta);
	if (err != 0) {
		first = *err_last();
		remove_name(n, n->name);
		err_fail(first.err, first.os_error, "%s", first.text);
	}
	new_free(n);
	return err;
}

/* ---- replacing ----------------------------------------------------------- */

/* Makes sure that it has a random name; *temp_ret gets it. */
static int give_temp(struct host_new *n, char temp_ret[RANDOM_NAME_NBYTES])
{
	int err = 0;

	if (n->temp[0] == '\0') {
		err = host_random_name(TEMP_PREFIX, TEMP_SUFFIX, temp_ret);
		if (err == 0 && link_handle(n, temp_ret) != 0)
			err = host_fail_errno("make", n->shown, NULL);
		if (err != 0)
			return err;
		str_copy(n->temp, temp_ret, sizeof(n->temp));
	}
	str_copy(temp_ret, n->temp, RANDOM_NAME_NBYTES);
	return 0;
}

static bool is_at(struct host_new *n, const char *name, const struct stat *want)
{
	struct stat st;

	return fstatat(n->dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       host_is_same_inode(&st, want);
}

/*
 * Both names at once; what came out under the random name must be `old`.  If
 * it is something else, both go back, and if the name was exchanged yet again
 * what comes out then stays under the random name: nothing is removed that
 * was not looked at.
 */
static int swap_back(struct host_new *n, const char *temp, int err)
{
	struct err_info first = *err_last();
	struct stat mine;

	if (host_rename_swap(n->dir->fd, temp, n->dir->fd, n->name) == 0 &&
	    fstat(n->fd, &mine) == 0 && is_at(n, temp, &mine)) {
		str_copy(n->temp, temp, sizeof(n->temp));
		return err_fail(err, first.os_error, "%s", first.text);
	}
	return err_fail(err, first.os_error,
			"%.400s (what was there before lies beside it as "
			"\"%s\")",
			first.text, temp);
}

static int replace_swapping(struct host_new *n, const struct host_subject *old,
			    const struct host_meta *meta, const char *temp)
{
	struct host_aside a;
	int err;

	if (!is_at(n, temp, &old->st)) {
		host_fail(ERR_CHANGED, 0, "replace", n->shown, NULL);
		return swap_back(n, temp, ERR_CHANGED);
	}
	err = complete(n, meta);
	if (err != 0)
		return swap_back(n, temp, err);
	/* Once more aside, so that what is removed is what was looked at. */
	memset(&a, 0, sizeof(a));
	a.dir = n->dir;
	a.name = temp;
	a.fd = n->dir->fd;
	a.fd_text = n->dir->text;
	err = host_random_name(TEMP_PREFIX, TEMP_SUFFIX, a.aside);
	if (err == 0)
		err = host_move_aside(&a, &old->st);
	if (err == 0 && unlinkat(a.fd, a.aside, 0) != 0)
		err = host_fail_errno("remove what was", n->shown, NULL);
	host_aside_release(&a);
	return err != 0 ? err : host_flush_fd(n->dir->fd, n->dir->text);
}

/* ntfs-3g cannot swap; on its disks nothing else runs. */
static int replace_plainly(struct host_new *n, struct host_subject *old,
			   const struct host_meta *meta, const char *temp)
{
	int err = host_subject_check(old);

	if (err != 0)
		return err;
	if (n->dir->fs == HOST_FS_NTFS_3G) {
		/* FUSE would keep what is open under a hidden name. */
		close(old->file->fd);
		old->file->fd = -1;
	}
	if (renameat(n->dir->fd, temp, n->dir->fd, n->name) != 0)
		return host_fail_errno("replace", n->shown, NULL);
	n->temp[0] = '\0';
	return complete(n, meta);
}

int host_new_replace(struct host_new *n, struct host_subject *old,
		     const struct host_meta *meta)
{
	char temp[RANDOM_NAME_NBYTES];
	int err;

	err = prepare(n, meta);
	if (err == 0)
		err = host_subject_check(old);
	if (err == 0 &&
	    (old->dir->dev != n->dir->dev || strcmp(old->name, n->name) != 0 ||
	     !is_at(n, n->name, &old->st)))
		err = host_fail(ERR_CHANGED, 0, "replace", n->shown, NULL);
	if (err == 0)
		err = give_temp(n, temp);
	if (err != 0)
		goto out;
	if (host_rename_swap(n->dir->fd, temp, n->dir->fd, n->name) == 0) {
		n->temp[0] = '\0';
		err = replace_swapping(n, old, meta, temp);
	} else if (errno == EINVAL || errno == ENOSYS) {
		err = replace_plainly(n, old, meta, temp);
	} else if (errno == ENOENT) {
		err = host_fail(ERR_CHANGED, errno, "replace", n->shown, NULL);
	} else {
		err = host_fail_errno("replace", n->shown, NULL);
	}
out:
	host_subject_close(old);
	if (err != 0)
		host_new_abort(n);
	else
		new_free(n);
	return err;
}
