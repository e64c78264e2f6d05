/*
 * What state a volume is in, on Linux; above all whether Windows has left an
 * NTFS unfinished, which ntfs-3g does not tell: it mounts it read-write
 * without a word.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_posix.h"
#include "host/ntfs_flags.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#define MSDOS_MAGIC 0x4d44u
#define EXFAT_MAGIC 0x2011bab0u
#define ISO_MAGIC   0x9660u

static bool read_at(void *arg, uint64_t offset, void *buf, size_t nbytes)
{
	const int fd = *(const int *)arg;
	size_t done = 0;

	if (offset > (uint64_t)INT64_MAX - nbytes)
		return false;
	while (done < nbytes) {
		const ssize_t n = pread(fd, (uint8_t *)buf + done,
					nbytes - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/*
 * The source is what the one who mounted wrote: it is opened for reading
 * only, and must be the block device that is mounted, or an image file.
 */
static int source_open(const struct host_mount *m, dev_t dev)
{
	struct stat st;
	int fd;

	if (m->source[0] != '/')
		return -1;
	fd = open(m->source, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 &&
	    ((S_ISBLK(st.st_mode) && st.st_rdev == dev) || S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -1;
}

static void ask_dirty(const struct host_mount *m, dev_t dev,
		      struct host_volume_state *v)
{
	uint16_t flags;
	int fd = source_open(m, dev);

	if (fd < 0)
		return;
	v->dirty_known = ntfs_volume_flags(read_at, &fd, &flags);
	v->is_dirty = v->dirty_known && (flags & NTFS_FLAG_DIRTY);
	v->serial = ntfs_serial(read_at, &fd);
	close(fd);
}

static bool keeps_security(int fd, enum host_fs fs)
{
	uint8_t *acl = NULL;
	size_t nbytes = 0;
	struct statfs st;
	int err;

	if (fs == HOST_FS_PLAIN)
		return fstatfs(fd, &st) == 0 &&
		       (uint32_t)st.f_type != MSDOS_MAGIC &&
		       (uint32_t)st.f_type != EXFAT_MAGIC &&
		       (uint32_t)st.f_type != ISO_MAGIC;
	err = host_xattr(-1, fd, NULL,
			 fs == HOST_FS_NTFS_3G ? "system.ntfs_acl"
					       : "system.ntfs_security",
			 &acl, &nbytes);
	mem_free(acl);
	return err == 0 && nbytes > 0;
}

/*
 * What holds for an NTFS, whose name begins with "ntfs" then: mounted by FUSE
 * that does not tell, and shown by its flags alone where a driver has no
 * attributes for what Windows knows of a file.  No other kind has such flags,
 * so an ext4 is not asked.
 */
static int ask_ntfs(struct host_mount *m, dev_t dev, enum host_fs fs,
		    struct host_volume_state *v)
{
	bool is_named = strncmp(m->fs_name, "ntfs", 4) == 0;
	bool is_ntfs = fs != HOST_FS_PLAIN || is_named;

	if (is_ntfs || strncmp(m->fs_name, "fuse", 4) == 0)
		ask_dirty(m, dev, v);
	is_ntfs |= v->dirty_known;
	if (is_ntfs && fs == HOST_FS_PLAIN)
		v->keeps_security = false;
	if (is_ntfs && !is_named) {
		v->fs_name =
			mem_strdup(fs == HOST_FS_NTFS_3G ? "ntfs-3g" : "ntfs");
		return v->fs_name != NULL ? 0 : err_nomem();
	}
	v->fs_name = m->fs_name;
	m->fs_name = NULL;
	return 0;
}

int host_volume_state(const char *path, struct host_volume_state *ret)
{
	struct host_volume_state v;
	struct host_mount m;
	struct statvfs vfs;
	const char *rest;
	enum host_fs fs;
	struct stat st;
	int parent;
	int err;
	int fd;

	memset(&v, 0, sizeof(v));
	err = host_pieces_open(path, &parent, &rest);
	if (err != 0)
		return err;
	fd = openat(parent, rest, O_PATH | O_CLOEXEC);
	host_pieces_close(parent);
	if (fd < 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE_THE_VOLUME_OF,
				       path, NULL);
	if (fstat(fd, &st) != 0 || fstatvfs(fd, &vfs) != 0) {
		err = host_fail_errno(W_HOST_CANNOT_EXAMINE_THE_VOLUME_OF, path,
				      NULL);
		goto out;
	}
	err = host_mount_of(path, st.st_dev, &m);
	if (err != 0)
		goto out;
	fs = host_fs_of(fd, st.st_dev);
	v.is_read_only = (vfs.f_flag & ST_RDONLY) != 0;
	v.keeps_security = keeps_security(fd, fs);
	v.is_remote = m.is_remote;
	err = ask_ntfs(&m, st.st_dev, fs, &v);
	host_mount_release(&m);
	if (err == 0)
		*ret = v;
out:
	close(fd);
	return err;
}
