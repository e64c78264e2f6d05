/*
 * What NTFS knows and POSIX has no call for, through the extended attributes
 * of ntfs-3g and of the kernel's ntfs3.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "host/descriptor.h"
#include "host/tag.h"
#include "base/bytes.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define FUSE_MAGIC	 0x65735546u
#define NTFS3_MAGIC	 0x7366746eu
#define XATTR_MAX_NBYTES (1u << 20) /* the kernel's own limit is 64 KiB */
#define DEVICES_MAX	 64

/* /proc/self/fd/N/ and a name of at most 255 bytes, or a whole short path. */
struct xattr_at {
	int fd;
	char *path;
	bool follow;
};

static ssize_t xattr_get(const struct xattr_at *x, const char *attr,
			 void *value, size_t nbytes)
{
	if (x->fd >= 0)
		return fgetxattr(x->fd, attr, value, nbytes);
	if (x->follow)
		return getxattr(x->path, attr, value, nbytes);
	return lgetxattr(x->path, attr, value, nbytes);
}

static ssize_t xattr_names(const struct xattr_at *x, char *list, size_t nbytes)
{
	if (x->fd >= 0)
		return flistxattr(x->fd, list, nbytes);
	if (x->follow)
		return listxattr(x->path, list, nbytes);
	return llistxattr(x->path, list, nbytes);
}

static int xattr_at_init(struct xattr_at *x, int fd, int dirfd,
			 const char *name)
{
	struct str path = STR_INIT;

	x->fd = fd;
	x->path = NULL;
	x->follow = name == NULL;
	if (fd >= 0)
		return 0;
	if (dirfd >= 0)
		str_addf(&path, "/proc/self/fd/%d", dirfd);
	if (dirfd >= 0 && name != NULL)
		str_addch(&path, '/');
	if (name != NULL)
		str_add(&path, name);
	x->path = str_detach(&path);
	return x->path != NULL ? 0 : ERR_NOMEM;
}

/*
 * Only "no such attribute" and "no attributes here" mean that there is none;
 * a file that vanished, or a /proc that is not there, is no answer.
 */
static int xattr_err(int os_error)
{
	switch (os_error) {
	case ENODATA:
	case EOPNOTSUPP:
		return ERR_NOT_FOUND;
	case ENOENT:
		return ERR_CHANGED;
	case E2BIG:
		return ERR_TOO_LARGE; /* above the kernel's 64 KiB */
	default:
		return host_errno_to_err(os_error);
	}
}

/*
 * Ask for the size first: ntfs-3g ignores a buffer that is too small, and
 * the kernel makes EIO of it instead of ERANGE.
 */
static int xattr_read(const struct xattr_at *x, const char *attr,
		      uint8_t **value_ret, size_t *nbytes_ret)
{
	uint8_t *value;
	int os_error;
	ssize_t n;

	for (int tries = 0; tries < 4; tries++) {
		n = attr != NULL ? xattr_get(x, attr, NULL, 0)
				 : xattr_names(x, NULL, 0);
		if (n < 0)
			return xattr_err(errno);
		if ((size_t)n > XATTR_MAX_NBYTES)
			return ERR_TOO_LARGE;
		value = mem_alloc((size_t)n + 1);
		if (value == NULL)
			return ERR_NOMEM;
		if (n > 0)
			n = attr != NULL
				    ? xattr_get(x, attr, value, (size_t)n)
				    : xattr_names(x, (char *)value, (size_t)n);
		if (n >= 0) {
			value[n] = 0;
			*value_ret = value;
			*nbytes_ret = (size_t)n;
			return 0;
		}
		os_error = errno;
		mem_free(value);
		errno = os_error;
		if (errno != ERANGE && errno != EIO)
			return xattr_err(errno);
	}
	return ERR_CHANGED;
}

int host_xattr(int fd, int dirfd, const char *name, const char *attr,
	       uint8_t **value_ret, size_t *nbytes_ret)
{
	struct xattr_at x;
	int ret = xattr_at_init(&x, fd, dirfd, name);

	if (ret == 0)
		ret = xattr_read(&x, attr, value_ret, nbytes_ret);
	mem_free(x.path);
	return ret;
}

/* A value of exactly nbytes; false otherwise. */
static bool xattr_fixed(int fd, int dirfd, const char *name, const char *attr,
			void *value, size_t nbytes)
{
	uint8_t *bytes = NULL;
	size_t n = 0;
	bool ok;

	if (host_xattr(fd, dirfd, name, attr, &bytes, &n) != 0)
		return false;
	ok = n >= nbytes;
	if (ok)
		memcpy(value, bytes, nbytes);
	mem_free(bytes);
	return ok;
}

static enum host_fs fs_ask(int fd)
{
	uint8_t attrib[4];
	struct statfs st;

	if (fstatfs(fd, &st) != 0)
		return HOST_FS_PLAIN;
	if ((uint32_t)st.f_type == NTFS3_MAGIC)
		return HOST_FS_NTFS3;
	/* FUSE is many things; ntfs-3g has this attribute on every file. */
	if ((uint32_t)st.f_type == FUSE_MAGIC &&
	    xattr_fixed(-1, fd, NULL, "system.ntfs_attrib_be", attrib,
			sizeof(attrib)))
		return HOST_FS_NTFS_3G;
	return HOST_FS_PLAIN;
}

enum host_fs host_fs_of(int fd, dev_t dev)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	static struct {
		dev_t dev;
		enum host_fs fs;
	} devices[DEVICES_MAX];

	static size_t count;
	enum host_fs fs;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < count; i++) {
		if (devices[i].dev == dev) {
			fs = devices[i].fs;
			goto out;
		}
	}
	fs = fs_ask(fd);
	if (count < DEVICES_MAX) {
		devices[count].dev = dev;
		devices[count].fs = fs;
		count++;
	}
out:
	pthread_mutex_unlock(&lock);
	return fs;
}

/*
 * Where ntfs-3g has no plugin for a tag, it shows the file as a symlink with
 * the length of a message, but tells how many blocks the file itself takes
 * (ntfs_fuse_getattr of 2022.10.3; 0 only where there is no byte).  Its own
 * plugin for the tags of Unix subsystems tells no size at all.
 */
static uint64_t size_behind_tag(const struct host_stat *st, enum host_fs fs,
				const struct stat *from)
{
	if (st->type == HOST_FILE)
		return st->size;
	if (from != NULL && fs == HOST_FS_NTFS_3G && S_ISLNK(from->st_mode) &&
	    tag_is_alias(st->reparse_tag))
		return (uint64_t)from->st_blocks * 512;
	return TAG_SIZE_UNTOLD;
}

/*
 * Without a plugin ntfs-3g shows every reparse point as a symlink, files that
 * WOF compressed too.  Those are files that cannot be read here, and must not
 * pass for links that need not be.
 */
static void fill_type(struct host_stat *st, enum host_fs fs,
		      const struct stat *from)
{
	const uint64_t size = size_behind_tag(st, fs, from);

	if (st->type != HOST_LINK || st->reparse_tag == 0)
		return;
	st->type = tag_host_type(st->attrs, st->reparse_tag, size);
	if (st->type == HOST_FILE && tag_is_alias(st->reparse_tag))
		st->size = size != TAG_SIZE_UNTOLD ? size : 0;
}

void host_ntfs_fill(struct host_stat *st, enum host_fs fs,
		    const struct stat *from, int fd, int dirfd,
		    const char *name)
{
	uint8_t b[32];

	if (fs == HOST_FS_PLAIN)
		return;
	if (xattr_fixed(fd, dirfd, name, "system.ntfs_attrib_be", b, 4))
		st->attrs = bytes_be32(b);
	else if (xattr_fixed(fd, dirfd, name, "system.ntfs_attrib", b, 4))
		st->attrs = bytes_le32(b);
	/* FILETIMEs: created, written, accessed, changed. */
	if (fs == HOST_FS_NTFS_3G &&
	    xattr_fixed(fd, dirfd, name, "system.ntfs_times", b, 32)) {
		st->created = (int64_t)bytes_le64(b);
		st->written = (int64_t)bytes_le64(b + 8);
		st->accessed = (int64_t)bytes_le64(b + 16);
		st->changed = (int64_t)bytes_le64(b + 24);
	}
	if ((st->attrs & HOST_ATTR_REPARSE) &&
	    xattr_fixed(fd, dirfd, name, "system.ntfs_reparse_data", b, 4))
		st->reparse_tag = bytes_le32(b);
	fill_type(st, fs, from);
}

char *host_owner(struct host_file *f)
{
	const char *attr = f->fs == HOST_FS_NTFS_3G ? "system.ntfs_acl"
						    : "system.ntfs_security";
	uint8_t *bytes = NULL;
	size_t nbytes = 0;
	char *owner;

	if (f->fs == HOST_FS_PLAIN || f->fd < 0 ||
	    host_xattr(f->fd, -1, NULL, attr, &bytes, &nbytes) != 0)
		return NULL;
	owner = descriptor_owner(bytes, nbytes);
	mem_free(bytes);
	return owner;
}

char *host_short_name(const char *path)
{
	uint8_t *bytes = NULL;
	size_t nbytes = 0;
	const char *name;
	struct stat st;
	char *ret = NULL;
	int dirfd;

	if (host_parent_open(path, &dirfd, &name) != 0)
		return NULL;
	if (fstat(dirfd, &st) == 0 &&
	    host_fs_of(dirfd, st.st_dev) == HOST_FS_NTFS_3G &&
	    host_xattr(-1, dirfd, name, "system.ntfs_dos_name", &bytes,
		       &nbytes) == 0 &&
	    nbytes > 0)
		ret = mem_strndup((const char *)bytes, nbytes);
	mem_free(bytes);
	host_pieces_close(dirfd);
	return ret;
}
