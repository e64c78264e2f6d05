/*
 * Files held open for removal, on Linux.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Removal goes through the private folder (change_move_posix.c).  A crash
 * between the move and the removal leaves the file there under a name that
 * begins with HOST_REMOVING and its number; see host_leftover().
 */
#include "host/change_posix.h"
#include "base/utf.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>

/* ntfs-3g takes no notice of O_NOATIME, so it is asked before any reading. */
static int64_t access_time(const struct host_subject *s)
{
	struct host_stat st;

	memset(&st, 0, sizeof(st));
	if (s->dir->fs == HOST_FS_NTFS_3G)
		host_ntfs_fill(&st, s->dir->fs, NULL, s->file->fd, -1, NULL);
	return st.accessed;
}

int host_subject_open(struct host_place *p, unsigned flags,
		      struct host_subject **ret)
{
	struct host_subject *s;
	int err;

	/* A file that is executed can be removed like any other. */
	(void)flags;
	s = mem_zalloc(sizeof(*s));
	if (s == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN, p->path,
				 NULL);
	s->dir = host_dir_ref(p->dir);
	s->name = mem_strdup(p->name);
	if (s->name == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN, p->path,
				NULL);
		goto out;
	}
	err = host_open_at(s->dir, s->name,
			   HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, &s->file);
	if (err == ERR_NOT_DIR)
		err = host_fail(ERR_UNSUPPORTED, 0,
				W_HOST_CANNOT_OPEN_AS_A_FILE, p->path, NULL);
	if (err != 0)
		goto out;
	s->st = s->file->st;
	/* One file can be mounted over another. */
	if (s->st.st_dev != s->dir->dev) {
		err = host_fail(ERR_UNSUPPORTED, 0,
				W_HOST_CANNOT_OPEN_THE_MOUNT_POINT, p->path,
				NULL);
		goto out;
	}
	s->accessed = access_time(s);
	*ret = s;
	return 0;
out:
	host_subject_close(s);
	return err;
}

void host_subject_close(struct host_subject *s)
{
	if (s == NULL)
		return;
	host_close(s->file);
	host_dir_close(s->dir);
	mem_free(s->name);
	mem_free(s);
}

enum in_use host_subject_use(const struct host_subject *s)
{
	(void)s;
	return IN_USE_NO;
}

struct host_file *host_subject_file(struct host_subject *s)
{
	return s->file;
}

/*
 * ntfs-3g gives an 8.3 name only where it can tell whose it is: for a file
 * with several links EMLINK, or nothing.  A name that is 8.3 itself is one
 * record and one link; a long one and its 8.3 name are two.
 */
int host_subject_links(struct host_subject *s, uint32_t *count_ret)
{
	uint8_t *short_name = NULL;
	size_t nbytes = 0;
	struct stat st;
	uint32_t count;
	int err = 0;

	if (fstat(s->file->fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, s->dir->text,
				       s->name);
	count = (uint32_t)st.st_nlink;
	if (s->dir->fs == HOST_FS_NTFS_3G && count > 1) {
		errno = 0;
		err = host_xattr(s->file->fd, -1, NULL, "system.ntfs_dos_name",
				 &short_name, &nbytes);
		/* host_xattr() ended it with a NUL of its own. */
		if (err == 0 &&
		    utf_casecmp((const char *)short_name, s->name) != 0)
			count--;
		else if (err == ERR_NOT_FOUND || errno == EMLINK)
			err = 0;
		mem_free(short_name);
	}
	if (err != 0)
		return host_fail(err, errno, W_HOST_CANNOT_COUNT_THE_LINKS_OF,
				 s->dir->text, s->name);
	*count_ret = count;
	return 0;
}

int host_subject_meta(struct host_subject *s, struct host_meta *ret)
{
	const int err =
		host_meta_get(s->file->fd, s->dir->fs, s->file->text, ret);

	if (err == 0 && s->accessed != 0 && (ret->known & META_TIMES))
		ret->accessed = s->accessed;
	return err;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int host_subject_check(struct host_subject *s)
{
	struct stat now;
	struct stat st;

	if (fstatat(s->dir->fd, s->name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == ENOENT)
			return host_fail(ERR_CHANGED, errno,
					 W_HOST_CANNOT_FIND_AGAIN, s->dir->text,
					 s->name);
		return host_fail_errno(W_HOST_CANNOT_FIND_AGAIN, s->dir->text,
				       s->name);
	}
	if (fstat(s->file->fd, &now) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, s->dir->text,
				       s->name);
	if (!host_is_same_inode(&st, &s->st) || now.st_size != s->st.st_size ||
	    !is_same_time(now.st_mtim, s->st.st_mtim) ||
	    !is_same_time(now.st_ctim, s->st.st_ctim))
		return host_fail(ERR_CHANGED, 0, W_HOST_CANNOT_GO_ON_WITH,
				 s->dir->text, s->name);
	return 0;
}

int host_subject_streams(struct host_subject *s, host_stream_fn fn, void *arg)
{
	const int err = host_subject_check(s);

	if (err != 0)
		return err;
	return host_file_streams(s->dir, s->name, s->file, fn, arg);
}

/*
 * Streams have names only, so the name is looked at before and after.  That
 * is enough: only ntfs-3g has streams, on disks on which nothing else runs.
 */
int host_subject_open_stream(struct host_subject *s, const char *stream,
			     struct host_file **ret)
{
	struct host_file *f = NULL;
	int err;

	err = host_subject_check(s);
	if (err == 0)
		err = host_open_stream_at(s->dir, s->name, stream, &f);
	if (err == 0)
		err = host_subject_check(s);
	if (err == 0)
		*ret = f;
	else
		host_close(f);
	return err;
}

/* Into the private folder; *a says where it was and is. */
static int take(struct host_subject *s, const char *private_dir,
		struct host_aside *a)
{
	char prefix[32];
	struct stat st;
	int err;

	memset(a, 0, sizeof(*a));
	a->fd = -1;
	if (private_dir == NULL)
		return host_fail(ERR_INVALID, 0,
				 W_HOST_CANNOT_DO_WITHOUT_A_PRIVATE_FOLDER_FOR,
				 s->dir->text, s->name);
	err = host_subject_check(s);
	if (err != 0)
		return err;
	err = host_private_open(private_dir, &a->fd);
	if (err != 0)
		return err;
	if (fstat(a->fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, private_dir,
				       NULL);
	if (st.st_dev != s->st.st_dev)
		return host_fail(ERR_INVALID, EXDEV,
				 W_HOST_CANNOT_USE_THAT_OTHER_VOLUME_S_FOLDER,
				 private_dir, NULL);
	a->dir = s->dir;
	a->name = s->name;
	a->fd_text = private_dir;
	snprintf(prefix, sizeof(prefix), HOST_REMOVING "%016" PRIx64 "-",
		 (uint64_t)s->st.st_ino);
	err = host_random_name(prefix, "", a->aside);
	if (err != 0)
		return err;
	return host_move_aside(a, &s->st);
}

static void aside_close(struct host_aside *a)
{
	host_aside_release(a);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* The file is gone from its old name, and nothing new has it. */
static int see_gone(const struct host_subject *s)
{
	struct stat st;

	if (fstatat(s->dir->fd, s->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return host_fail(ERR_EXISTS, 0, W_HOST_CANNOT_SEE_THE_END_OF,
				 s->dir->text, s->name);
	if (errno != ENOENT)
		return host_fail_errno(W_HOST_CANNOT_SEE_THE_END_OF,
				       s->dir->text, s->name);
	return 0;
}

int host_subject_remove(struct host_subject *s, const char *private_dir)
{
	struct host_aside a;
	int err;

	err = take(s, private_dir, &a);
	if (err != 0)
		goto out;
	/*
	 * FUSE renames an open file instead of removing it.  It lies where
	 * nobody can exchange it, so the handle is not needed any more.
	 */
	if (s->dir->fs == HOST_FS_NTFS_3G) {
		close(s->file->fd);
		s->file->fd = -1;
	}
	if (unlinkat(a.fd, a.aside, 0) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_REMOVE, s->dir->text,
				      s->name);
		err = host_move_back(&a, err);
		goto out;
	}
	err = host_flush_fd(a.fd, private_dir);
	if (err == 0)
		err = host_flush_fd(s->dir->fd, s->dir->text);
	if (err == 0)
		err = see_gone(s);
out:
	aside_close(&a);
	return err;
}

int host_subject_rename(struct host_subject *s, struct host_place *to,
			const char *private_dir)
{
	struct host_aside a;
	char *name = NULL;
	struct stat st;
	int err;

	if (to->dir->dev != s->st.st_dev)
		return host_fail(ERR_INVALID, EXDEV,
				 W_HOST_CANNOT_RENAME_TO_ANOTHER_VOLUME,
				 to->path, NULL);
	name = mem_strdup(to->name);
	if (name == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_RENAME,
				 s->dir->text, s->name);
	err = take(s, private_dir, &a);
	if (err != 0)
		goto out;
	if (host_rename_new(a.fd, a.aside, to->dir->fd, name, to->dir->fs) !=
	    0) {
		err = host_fail_errno(W_HOST_CANNOT_RENAME_TO, to->path, NULL);
		err = host_move_back(&a, err);
		goto out;
	}
	err = host_flush_fd(to->dir->fd, to->dir->text);
	if (err == 0)
		err = host_flush_fd(s->dir->fd, s->dir->text);
	host_dir_close(s->dir);
	s->dir = host_dir_ref(to->dir);
	mem_free(s->name);
	s->name = name;
	name = NULL;
	/* The move changed the change time; from now on it counts again. */
	if (fstat(s->file->fd, &st) == 0)
		s->st = st;
out:
	aside_close(&a);
	mem_free(name);
	return err;
}

/* The list of what Windows removes at its start is not written here. */
int host_subject_make_removable(struct host_subject *s)
{
	(void)s;
	return 0;
}

/* No removal here takes it away. */
int host_subject_set_read_only(struct host_subject *s)
{
	(void)s;
	return 0;
}
