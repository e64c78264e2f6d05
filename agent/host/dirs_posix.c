/*
 * Listing folders on Linux, with getdents64 and a large buffer.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

/*
 * Most folders fit into one call; a walk 1,000 folders deep that keeps them
 * all open stays at 32 MB.
 */
#define DIR_BUF_NBYTES 32768

/* struct linux_dirent64: ino, off, reclen, type, name. */
#define DIRENT_RECLEN 16
#define DIRENT_TYPE   18
#define DIRENT_NAME   19

/*
 * Buffers that wait for the next folder.  Of this size the C library takes
 * each block from the system and gives it back when it is freed, and giving
 * back stops every processor on which the program runs: a sixth of a scan's
 * processor time.
 */
#define SPARE_COUNT 8

static _Atomic(uint8_t *) spares[SPARE_COUNT];

static uint8_t *buf_take(void)
{
	uint8_t *buf = NULL;

	for (int i = 0; i < SPARE_COUNT && buf == NULL; i++) {
		if (atomic_load_explicit(&spares[i], memory_order_relaxed))
			buf = atomic_exchange(&spares[i], NULL);
	}
	return buf != NULL ? buf : mem_alloc(DIR_BUF_NBYTES);
}

static void buf_give(uint8_t *buf)
{
	for (int i = 0; i < SPARE_COUNT && buf != NULL; i++) {
		uint8_t *none = NULL;

		if (atomic_compare_exchange_strong(&spares[i], &none, buf))
			buf = NULL;
	}
	mem_free(buf);
}

static int dir_open(int dirfd, const char *name, const char *shown_dir,
		    const char *shown, struct host_dir **ret)
{
	char text[HOST_TEXT_NBYTES];
	struct host_dir *d = NULL;
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int err;
	int fd;

	fd = openat(dirfd, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(dirfd, name, flags);
	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_OPEN_THE_FOLDER, shown_dir,
				       shown);
	d = mem_zalloc(sizeof(*d));
	if (d == NULL) {
		close(fd);
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER,
				 shown_dir, shown);
	}
	d->fd = fd;
	atomic_init(&d->refs, 1);
	host_path_text(text, shown_dir, shown);
	d->text = mem_strdup(text);
	if (d->text == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_OPEN_THE_FOLDER,
				shown_dir, shown);
		goto out;
	}
	if (fstat(fd, &d->st) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_EXAMINE, shown_dir, shown);
		goto out;
	}
	d->dev = d->st.st_dev;
	d->fs = host_fs_of(fd, d->dev);
	d->is_fresh = true;
	*ret = d;
	return 0;
out:
	host_dir_close(d);
	return err;
}

int host_dir_open(const char *path, struct host_dir **ret)
{
	const char *rest;
	int dirfd;
	int err;

	err = host_pieces_open(path, &dirfd, &rest);
	if (err != 0)
		return err;
	err = dir_open(dirfd, rest, NULL, path, ret);
	host_pieces_close(dirfd);
	return err;
}

int host_dir_open_at(struct host_dir *parent, const char *name,
		     struct host_dir **ret)
{
	return dir_open(parent->fd, name, parent->text, name, ret);
}

struct host_dir *host_dir_ref(struct host_dir *d)
{
	atomic_fetch_add(&d->refs, 1);
	return d;
}

void host_dir_close(struct host_dir *d)
{
	const int saved = errno;

	if (d == NULL || atomic_fetch_sub(&d->refs, 1) > 1)
		return;
	close(d->fd);
	buf_give(d->buf);
	mem_free(d->text);
	mem_free(d);
	errno = saved;
}

int host_dir_fstat(struct host_dir *d, struct host_stat *ret)
{
	/* As host_fstat(): the first question was answered by the opening. */
	if (!d->is_fresh && fstat(d->fd, &d->st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, d->text, NULL);
	d->is_fresh = false;
	host_stat_fill(ret, &d->st);
	host_ntfs_fill(ret, d->fs, &d->st, d->fd, -1, NULL);
	return 0;
}

/* 1: there are records, 0: end, < 0: -ERR_*. */
static int dir_fill(struct host_dir *d)
{
	long n;

	if (d->buf == NULL) {
		d->buf = buf_take();
		if (d->buf == NULL)
			return -host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_LIST,
					  d->text, NULL);
	}
	n = syscall(SYS_getdents64, d->fd, d->buf, DIR_BUF_NBYTES);
	if (n < 0)
		return -host_fail_errno(W_HOST_CANNOT_LIST, d->text, NULL);
	d->buf_pos = 0;
	d->buf_nbytes = (size_t)n;
	if (n > 0)
		return 1;
	d->at_end = true;
	buf_give(d->buf);
	d->buf = NULL;
	return 0;
}

static bool is_dot(const char *name)
{
	return name[0] == '.' &&
	       (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* False where the listing does not tell. */
static bool type_of_listing(unsigned char d_type, enum host_type *ret)
{
	switch (d_type) {
	case DT_REG:
		*ret = HOST_FILE;
		return true;
	case DT_DIR:
		*ret = HOST_DIR;
		return true;
	case DT_LNK:
		*ret = HOST_LINK;
		return true;
	case DT_FIFO:
	case DT_SOCK:
	case DT_CHR:
	case DT_BLK:
		*ret = HOST_OTHER;
		return true;
	default:
		return false;
	}
}

static void entry_type(struct host_dir *d, struct host_dirent *entry,
		       unsigned char d_type)
{
	const bool is_told = type_of_listing(d_type, &entry->st.type);
	struct stat st;

	/* A link on NTFS may be a file with a reparse tag; a special file is.
	 */
	if (is_told &&
	    (d->fs == HOST_FS_PLAIN ||
	     (entry->st.type != HOST_LINK && entry->st.type != HOST_OTHER)))
		return;
	if (fstatat(d->fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		/* Opening it will say why. */
		if (!is_told)
			entry->st.type = HOST_FILE;
		return;
	}
	host_stat_fill(&entry->st, &st);
	if (entry->st.type == HOST_LINK || entry->st.type == HOST_OTHER)
		host_ntfs_fill(&entry->st, d->fs, &st, -1, d->fd, entry->name);
}

int host_dir_next(struct host_dir *d, struct host_dirent *entry_ret)
{
	for (;;) {
		uint8_t *record;
		uint16_t nbytes;
		int err;

		if (d->at_end)
			return 0;
		if (d->buf_pos >= d->buf_nbytes) {
			err = dir_fill(d);
			if (err <= 0)
				return err;
		}
		record = d->buf + d->buf_pos;
		memcpy(&nbytes, record + DIRENT_RECLEN, sizeof(nbytes));
		if (nbytes <= DIRENT_NAME ||
		    nbytes > d->buf_nbytes - d->buf_pos)
			return -host_fail(ERR_IO, 0, W_HOST_CANNOT_LIST,
					  d->text, NULL);
		d->buf_pos += nbytes;
		record[nbytes - 1] = '\0';
		if (is_dot((const char *)record + DIRENT_NAME))
			continue;
		memset(entry_ret, 0, sizeof(*entry_ret));
		entry_ret->name = (const char *)record + DIRENT_NAME;
		entry_type(d, entry_ret, record[DIRENT_TYPE]);
		return 1;
	}
}

static bool swap_case(char *name)
{
	bool changed = false;

	for (; *name != '\0'; name++) {
		const int c = ascii_lower((unsigned char)*name);

		if (c < 'a' || c > 'z')
			continue;
		*name = (char)(c == (unsigned char)*name ? ascii_upper(c) : c);
		changed = true;
	}
	return changed;
}

/* 1: found under the other case too, 0: not, -1: this name cannot tell. */
static int is_found_swapped(int dirfd, const char *name)
{
	char *other = mem_strdup(name);
	struct stat a;
	struct stat b;
	int ret = -1;

	if (other != NULL && swap_case(other) &&
	    fstatat(dirfd, name, &a, AT_SYMLINK_NOFOLLOW) == 0)
		ret = fstatat(dirfd, other, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
		      a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	mem_free(other);
	return ret;
}

/*
 * No call tells it (it may be a mount option or a flag of the folder), so it
 * is tried on a few names; three, as two names may be hard links.
 */
bool host_ignores_case(const char *path)
{
	struct host_dirent entry = { .name = "" };
	struct host_dir *d = NULL;
	const char *name;
	int tried = 0;
	int found = 0;
	int dirfd;
	int got;

	if (host_dir_open(path, &d) != 0 || d == NULL)
		return false;
	while (tried < 3 && host_dir_next(d, &entry) > 0) {
		got = is_found_swapped(d->fd, entry.name);
		if (got < 0)
			continue;
		tried++;
		found += got;
		if (got == 0)
			break;
	}
	host_dir_close(d);
	if (tried > 0)
		return tried == found;
	if (host_parent_open(path, &dirfd, &name) != 0)
		return false;
	got = is_found_swapped(dirfd, name);
	host_pieces_close(dirfd);
	return got > 0;
}
