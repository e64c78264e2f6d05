/*
 * How a new file gets its metadata and its name on Linux, and how it takes
 * the place of another.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_posix.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>

/* ntfs-3g cuts what is longer, in bytes of UTF-8, without a word. */
#define SHORT_NAME_MAX_NBYTES 12
/*
 * What ntfs-3g can only set once the name is the final one, and the file that
 * had it is gone: no two files have one short name or one object identifier.
 */
#define META_AT_LAST (META_SHORT | META_OBJECT | META_TIMES)

/* ---- finishing ----------------------------------------------------------- */

static int compare(struct host_new *n, const struct host_meta *meta,
		   uint32_t fields)
{
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
	err = host_meta_check_sparing(&want, &got, n->shown, n->short_fate,
				      n->spared);
	host_meta_release(&got);
	return err;
}

/* The driver would cut it. */
static bool has_long_short(const struct host_meta *meta)
{
	return meta != NULL && (meta->known & META_SHORT) &&
	       meta->short_name != NULL &&
	       strlen(meta->short_name) > SHORT_NAME_MAX_NBYTES;
}

int host_new_prepare(struct host_new *n, const struct host_meta *meta)
{
	const uint32_t late = n->dir->fs == HOST_FS_NTFS_3G ? META_AT_LAST : 0;
	int err;

	if (late != 0 && n->spared == NULL && has_long_short(meta))
		return err_fail(ERR_UNSUPPORTED, 0, W_HOST_NTFS_3G_SHORT,
				n->shown, meta->short_name);
	err = host_new_stream_end(n);
	if (err == 0 && meta != NULL)
		err = host_meta_set(n->fd, n->dir->fs, n->shown, meta, ~late);
	if (err == 0 && fsync(n->fd) != 0)
		err = host_fail_errno(W_HOST_CANNOT_WRITE, n->shown, NULL);
	if (err == 0)
		err = compare(n, meta, ~late);
	return err;
}

static int set_short(struct host_new *n, const struct host_meta *meta)
{
	int err;

	if (!(meta->known & META_SHORT) ||
	    (n->spared != NULL && has_long_short(meta)))
		return 0;
	errno = 0;
	err = host_meta_set_short(n->fd, n->shown, meta);
	if (err == 0 || n->spared == NULL)
		return err;
	/* Whether it has one all the same is seen when it is read back. */
	n->short_fate = host_short_of_errno(err_last()->os_error);
	return 0;
}

int host_new_complete(struct host_new *n, const struct host_meta *meta)
{
	int err = host_flush_fd(n->dir->fd, n->dir->text);

	if (err != 0 || meta == NULL || n->dir->fs != HOST_FS_NTFS_3G)
		return err != 0 ? err : compare(n, meta, ~0u);
	err = set_short(n, meta);
	/* Attributes once more: the driver may set "archive" by itself. */
	if (err == 0)
		err = host_meta_set(n->fd, n->dir->fs, n->shown, meta,
				    META_AT_LAST | META_ATTRS);
	if (err == 0 && fsync(n->fd) != 0)
		err = host_fail_errno(W_HOST_CANNOT_WRITE, n->shown, NULL);
	return err != 0 ? err : compare(n, meta, ~0u);
}

int host_new_link(const struct host_new *n, const char *name)
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

/* Under a random name beside it, where the name alone can be renamed. */
static int rename_temp(struct host_new *n, const char *name)
{
	struct stat now;
	struct stat st;

	if (host_rename_new(n->dir->fd, n->temp, n->dir->fd, name,
			    n->dir->fs) != 0)
		return host_fail_errno(W_HOST_CANNOT_MAKE, n->shown, NULL);
	n->temp[0] = '\0';
	if (fstat(n->fd, &st) != 0 ||
	    fstatat(n->dir->fd, name, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return host_fail_errno(W_HOST_CANNOT_FIND_AGAIN, n->shown,
				       NULL);
	if (!host_is_same_inode(&st, &now))
		return host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_MAKE, n->shown,
				 NULL);
	return 0;
}

static int give_name(struct host_new *n, const char *name)
{
	char temp[RANDOM_NAME_NBYTES];

	/* A link that ntfs-3g makes has no place in Windows' name space. */
	if (n->dir->fs == HOST_FS_NTFS_3G)
		return rename_temp(n, name);
	if (host_new_link(n, name) != 0) {
		if (errno == EEXIST || n->temp[0] == '\0')
			return host_fail_errno(W_HOST_CANNOT_MAKE, n->shown,
					       NULL);
		return rename_temp(n, name);
	}
	if (n->temp[0] != '\0') {
		str_copy(temp, n->temp, sizeof(temp));
		n->temp[0] = '\0';
		host_new_remove_name(n, temp);
	}
	return 0;
}

int host_new_finish(struct host_new *n, const struct host_meta *meta)
{
	struct err_info first;
	int err;

	err = host_new_prepare(n, meta);
	if (err == 0)
		err = give_name(n, n->name);
	if (err != 0) {
		host_new_abort(n);
		return err;
	}
	err = host_new_complete(n, meta);
	if (err != 0) {
		first = *err_last();
		host_new_remove_name(n, n->name);
		err_fail(first.err, first.os_error, "%s", first.text);
	}
	host_new_free(n);
	return err;
}

/* ---- replacing ----------------------------------------------------------- */

/* Makes sure that it has a random name; *temp_ret gets it. */
static int give_temp(struct host_new *n, char temp_ret[RANDOM_NAME_NBYTES])
{
	int err = 0;

	if (n->temp[0] == '\0') {
		err = host_random_name(HOST_TEMP_PREFIX, HOST_TEMP_SUFFIX,
				       temp_ret);
		if (err == 0 && host_new_link(n, temp_ret) != 0)
			err = host_fail_errno(W_HOST_CANNOT_MAKE, n->shown,
					      NULL);
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
	return err_fail(err, first.os_error, W_HOST_BESIDE, first.text, temp);
}

static int replace_swapping(struct host_new *n, const struct host_subject *old,
			    const struct host_meta *meta, const char *temp)
{
	struct host_aside a;
	int err;

	if (!is_at(n, temp, &old->st)) {
		host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_REPLACE, n->shown,
			  NULL);
		return swap_back(n, temp, ERR_CHANGED);
	}
	err = host_new_complete(n, meta);
	if (err != 0)
		return swap_back(n, temp, err);
	/* Once more aside, so that what is removed is what was looked at. */
	memset(&a, 0, sizeof(a));
	a.dir = n->dir;
	a.name = temp;
	a.fd = n->dir->fd;
	a.fd_text = n->dir->text;
	err = host_random_name(HOST_TEMP_PREFIX, HOST_TEMP_SUFFIX, a.aside);
	if (err == 0)
		err = host_move_aside(&a, &old->st);
	if (err == 0 && unlinkat(a.fd, a.aside, 0) != 0)
		err = host_fail_errno(W_HOST_CANNOT_REMOVE_WHAT_WAS, n->shown,
				      NULL);
	host_aside_release(&a);
	return err != 0 ? err : host_flush_fd(n->dir->fd, n->dir->text);
}

/* ntfs-3g cannot swap; on its disks nothing else runs. */
static int replace_ntfs(struct host_new *n, struct host_subject *old,
			const struct host_meta *meta, const char *temp)
{
	int err = host_subject_check(old);

	if (err != 0)
		return err;
	/* FUSE would keep what is open under a hidden name. */
	close(old->file->fd);
	old->file->fd = -1;
	if (renameat(n->dir->fd, temp, n->dir->fd, n->name) != 0)
		return host_fail_errno(W_HOST_CANNOT_REPLACE, n->shown, NULL);
	n->temp[0] = '\0';
	return host_new_complete(n, meta);
}

int host_new_replace(struct host_new *n, struct host_subject *old,
		     const struct host_meta *meta)
{
	char temp[RANDOM_NAME_NBYTES];
	int err;

	err = host_new_prepare(n, meta);
	if (err == 0)
		err = host_subject_check(old);
	if (err == 0 &&
	    (old->dir->dev != n->dir->dev || strcmp(old->name, n->name) != 0 ||
	     !is_at(n, n->name, &old->st)))
		err = host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_REPLACE, n->shown,
				NULL);
	if (err == 0)
		err = give_temp(n, temp);
	if (err != 0)
		goto out;
	if (host_rename_swap(n->dir->fd, temp, n->dir->fd, n->name) == 0) {
		n->temp[0] = '\0';
		err = replace_swapping(n, old, meta, temp);
	} else if (n->dir->fs == HOST_FS_NTFS_3G) {
		err = replace_ntfs(n, old, meta, temp);
	} else if (errno == EINVAL) {
		/* What was put there in between would be lost. */
		err = host_fail(ERR_UNSUPPORTED, errno, W_HOST_CANNOT_REPLACE,
				n->shown, NULL);
	} else if (errno == ENOENT) {
		err = host_fail(ERR_CHANGED, errno, W_HOST_CANNOT_REPLACE,
				n->shown, NULL);
	} else {
		err = host_fail_errno(W_HOST_CANNOT_REPLACE, n->shown, NULL);
	}
out:
	host_subject_close(old);
	if (err != 0)
		host_new_abort(n);
	else
		host_new_free(n);
	return err;
}
