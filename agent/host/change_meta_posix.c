/*
 * What a file carries beside its content, on Linux: read and set through one
 * open handle.
 * SPDX-License-Identifier: Apache-2.0
 *
 * On NTFS the Windows side of it is kept (ntfs-3g's attributes) and the mode
 * bits, which the mount makes up, are not; elsewhere it is the other way
 * round.  Facts about ntfs-3g 2022.10.3: a new link count or owner changes
 * the times, so these come last; a descriptor without a group is refused; an
 * object identifier that another file has gives EEXIST.
 */
#include "host/change_posix.h"
#include "base/bytes.h"
#include "base/wtime.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#define ACL	   "system.ntfs_acl"
#define ATTRIB	   "system.ntfs_attrib_be"
#define DOS_NAME   "system.ntfs_dos_name"
#define TIMES	   "system.ntfs_times"
#define OBJECT_ID  "system.ntfs_object_id"
#define ACL_NTFS3  "system.ntfs_security"
#define ATTR_NTFS3 "system.ntfs_attrib"

#define TIMES_NBYTES 32

/* ---- reading ------------------------------------------------------------- */

/* False where there is none; *err_ret for anything else. */
static bool get(int fd, const char *attr, size_t least, const char *shown,
		uint8_t **value_ret, size_t *nbytes_ret, int *err_ret)
{
	uint8_t *value = NULL;
	size_t nbytes = 0;
	int err;

	if (*err_ret != 0)
		return false;
	errno = 0;
	err = host_xattr(fd, -1, NULL, attr, &value, &nbytes);
	if (err == ERR_NOT_FOUND)
		return false;
	if (err != 0) {
		*err_ret = host_fail(err, errno,
				     W_HOST_CANNOT_READ_THE_METADATA_OF, shown,
				     NULL);
		return false;
	}
	if (nbytes < least) {
		mem_free(value);
		*err_ret = host_fail(ERR_CORRUPT, 0,
				     W_HOST_CANNOT_READ_THE_METADATA_OF, shown,
				     NULL);
		return false;
	}
	*value_ret = value;
	*nbytes_ret = nbytes;
	return true;
}

/* No answer means that it has none; of several links none can be told. */
static int get_short_name(int fd, const char *shown, struct host_meta *m)
{
	uint8_t *value = NULL;
	size_t n = 0;
	int err;

	errno = 0;
	err = host_xattr(fd, -1, NULL, DOS_NAME, &value, &n);
	if (err != 0 && errno == EMLINK)
		return 0;
	if (err != 0 && err != ERR_NOT_FOUND)
		return host_fail(err, errno, W_HOST_CANNOT_READ_THE_METADATA_OF,
				 shown, NULL);
	if (err == 0) {
		m->short_name = mem_strndup((const char *)value, n);
		mem_free(value);
		if (m->short_name == NULL)
			return host_fail(ERR_NOMEM, 0,
					 W_HOST_CANNOT_READ_THE_METADATA_OF,
					 shown, NULL);
	}
	m->known |= META_SHORT;
	return 0;
}

static int get_ntfs_3g(int fd, const char *shown, struct host_meta *m)
{
	uint8_t *value;
	size_t n;
	int err = 0;

	if (get(fd, ATTRIB, 4, shown, &value, &n, &err)) {
		m->attrs = bytes_be32(value);
		m->known |= META_ATTRS;
		mem_free(value);
	}
	if (get(fd, TIMES, TIMES_NBYTES, shown, &value, &n, &err)) {
		m->created = (int64_t)bytes_le64(value);
		m->written = (int64_t)bytes_le64(value + 8);
		m->accessed = (int64_t)bytes_le64(value + 16);
		m->changed = (int64_t)bytes_le64(value + 24);
		m->known |= META_TIMES;
		mem_free(value);
	}
	if (get(fd, ACL, 1, shown, &m->security, &m->security_nbytes, &err))
		m->known |= META_SECURITY;
	if (err == 0)
		err = get_short_name(fd, shown, m);
	if (get(fd, OBJECT_ID, sizeof(m->object_id), shown, &value, &n, &err)) {
		memcpy(m->object_id, value, sizeof(m->object_id));
		m->known |= META_OBJECT;
		mem_free(value);
	}
	return err;
}

static void times_of(const struct stat *st, struct host_meta *m)
{
	struct host_stat hs;

	host_stat_fill(&hs, st);
	m->written = hs.written;
	m->accessed = hs.accessed;
	m->changed = hs.changed;
	m->known |= META_TIMES;
}

static int get_ntfs3(int fd, const char *shown, struct host_meta *m)
{
	uint8_t *value;
	size_t n;
	int err = 0;

	if (get(fd, ATTR_NTFS3, 4, shown, &value, &n, &err)) {
		m->attrs = bytes_le32(value);
		m->known |= META_ATTRS;
		mem_free(value);
	}
	if (get(fd, ACL_NTFS3, 1, shown, &m->security, &m->security_nbytes,
		&err))
		m->known |= META_SECURITY;
	return err;
}

/* security.evm and .ima are the kernel's own; they cannot be carried over. */
static bool is_carried(const char *attr)
{
	static const char *const kinds[] = { "user.",
					     "trusted.",
					     "security.capability",
					     "security.selinux",
					     "security.SMACK64",
					     "security.apparmor",
					     "system.posix_acl_access" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (ascii_starts_with(attr, kinds[i]))
			return true;
	return false;
}

static int get_xattrs(int fd, const char *shown, struct host_meta *m)
{
	struct str out = STR_INIT;
	uint8_t *list = NULL;
	size_t nbytes = 0;
	int err = 0;

	m->known |= META_XATTRS;
	if (!get(fd, NULL, 0, shown, &list, &nbytes, &err))
		return err;
	/* host_xattr() ended the list with a NUL of its own. */
	for (size_t i = 0; i < nbytes && err == 0;) {
		const char *attr = (const char *)list + i;
		uint8_t *value = NULL;
		uint8_t size[4];
		size_t n = 0;

		i += strlen(attr) + 1;
		if (!is_carried(attr) ||
		    !get(fd, attr, 0, shown, &value, &n, &err))
			continue;
		bytes_put_le32(size, (uint32_t)n);
		str_addn(&out, attr, strlen(attr) + 1);
		str_addn(&out, size, sizeof(size));
		str_addn(&out, value, n);
		mem_free(value);
	}
	mem_free(list);
	if (err == 0 && out.err != 0)
		err = host_fail(out.err, 0, W_HOST_CANNOT_READ_THE_METADATA_OF,
				shown, NULL);
	if (err == 0 && out.len > 0) {
		m->xattrs_nbytes = out.len;
		m->xattrs = (uint8_t *)str_detach(&out);
	}
	str_release(&out);
	return err;
}

int host_meta_get(int fd, enum host_fs fs, const char *shown,
		  struct host_meta *ret)
{
	struct host_meta m;
	struct stat st;
	int err;

	memset(&m, 0, sizeof(m));
	if (fstat(fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, shown, NULL);
	times_of(&st, &m);
	if (fs == HOST_FS_NTFS_3G) {
		m.known = 0;
		err = get_ntfs_3g(fd, shown, &m);
	} else if (fs == HOST_FS_NTFS3) {
		err = get_ntfs3(fd, shown, &m);
	} else {
		m.mode = st.st_mode & 07777;
		m.uid = st.st_uid;
		m.gid = st.st_gid;
		m.known |= META_POSIX;
		err = get_xattrs(fd, shown, &m);
	}
	if (err != 0) {
		host_meta_release(&m);
		return err;
	}
	*ret = m;
	return 0;
}

/* ---- setting ------------------------------------------------------------- */

static int set(int fd, const char *attr, const void *value, size_t nbytes,
	       const char *what, const char *shown)
{
	int os_error;

	if (fsetxattr(fd, attr, value, nbytes, 0) == 0)
		return 0;
	os_error = errno;
	/* EEXIST is about the value (8.3 name, object), not about the file. */
	return host_fail(os_error == EEXIST ? ERR_IO
					    : host_errno_to_err(os_error),
			 os_error, what, shown, NULL);
}

static int set_attrs(int fd, enum host_fs fs, const char *shown,
		     const struct host_meta *want)
{
	const char *attr = fs == HOST_FS_NTFS_3G ? ATTRIB : ATTR_NTFS3;
	struct host_stat now;
	uint32_t attrs;
	uint8_t b[4];

	memset(&now, 0, sizeof(now));
	host_ntfs_fill(&now, fs, NULL, fd, -1, NULL);
	attrs = (now.attrs & ~META_ATTRS_KEPT) |
		(want->attrs & META_ATTRS_KEPT);
	if (fs == HOST_FS_NTFS_3G)
		for (int i = 0; i < 4; i++)
			b[i] = (uint8_t)(attrs >> (24 - 8 * i));
	else
		bytes_put_le32(b, attrs);
	return set(fd, attr, b, sizeof(b), W_HOST_CANNOT_GIVE_THE_ATTRIBUTES_TO,
		   shown);
}

static int set_ntfs_times(int fd, const char *shown,
			  const struct host_meta *want)
{
	uint8_t *now = NULL;
	size_t nbytes = 0;
	int err = 0;

	/* What is not known stays as it is. */
	if (!get(fd, TIMES, TIMES_NBYTES, shown, &now, &nbytes, &err))
		return err;
	if (want->created != 0)
		bytes_put_le64(now, (uint64_t)want->created);
	if (want->written != 0)
		bytes_put_le64(now + 8, (uint64_t)want->written);
	if (want->accessed != 0)
		bytes_put_le64(now + 16, (uint64_t)want->accessed);
	err = set(fd, TIMES, now, TIMES_NBYTES, W_HOST_CANNOT_GIVE_THE_TIMES_TO,
		  shown);
	mem_free(now);
	return err;
}

int host_meta_set_short(int fd, const char *shown, const struct host_meta *want)
{
	if (want->short_name != NULL)
		return set(fd, DOS_NAME, want->short_name,
			   strlen(want->short_name),
			   W_HOST_CANNOT_GIVE_THE_SHORT_NAME_TO, shown);
	/* The driver makes none by itself; if there is one, it goes. */
	fremovexattr(fd, DOS_NAME);
	return 0;
}

static struct timespec timespec_of(int64_t filetime)
{
	struct timespec ts = { 0, UTIME_OMIT };

	if (filetime != 0) {
		ts.tv_sec = wtime_to_unix(filetime);
		ts.tv_nsec = (long)((filetime - wtime_from_unix(ts.tv_sec, 0)) *
				    100);
	}
	return ts;
}

static int set_times(int fd, const char *shown, const struct host_meta *want)
{
	const struct timespec times[2] = { timespec_of(want->accessed),
					   timespec_of(want->written) };

	if (futimens(fd, times) != 0)
		return host_fail_errno(W_HOST_CANNOT_GIVE_THE_TIMES_TO, shown,
				       NULL);
	return 0;
}

static int set_posix(int fd, const char *shown, const struct host_meta *want)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return host_fail_errno(W_HOST_CANNOT_EXAMINE, shown, NULL);
	if ((st.st_uid != want->uid || st.st_gid != want->gid) &&
	    fchown(fd, want->uid, want->gid) != 0)
		return host_fail_errno(W_HOST_CANNOT_GIVE_THE_OWNER_TO, shown,
				       NULL);
	/* After the owner, whose change takes set-user-id away. */
	if (fchmod(fd, want->mode & 07777) != 0)
		return host_fail_errno(W_HOST_CANNOT_GIVE_THE_MODE_TO, shown,
				       NULL);
	return 0;
}

static bool has_xattr(int fd, const char *attr, const uint8_t *value,
		      size_t nbytes)
{
	uint8_t *now = NULL;
	size_t n = 0;
	bool yes;

	if (host_xattr(fd, -1, NULL, attr, &now, &n) != 0)
		return false;
	yes = n == nbytes && memcmp(now, value, n) == 0;
	mem_free(now);
	return yes;
}

/* The list may come from a file: it is checked like any other input. */
static int set_xattrs(int fd, const char *shown, const struct host_meta *want)
{
	const struct bytes list = { want->xattrs, want->xattrs_nbytes };
	uint64_t at = 0;
	int err = 0;

	while (at < list.nbytes && err == 0) {
		const char *attr = (const char *)list.data + at;
		const size_t n = strnlen(attr, list.nbytes - (size_t)at);
		const uint8_t *size = bytes_at(&list, at + n + 1, 4);
		const uint8_t *value;

		if (size == NULL)
			goto corrupt;
		value = bytes_at(&list, at + n + 5, bytes_le32(size));
		if (value == NULL || !is_carried(attr))
			goto corrupt;
		at += n + 5 + bytes_le32(size);
		/* Labels that the system gave by itself need no right. */
		if (!has_xattr(fd, attr, value, bytes_le32(size)))
			err = set(fd, attr, value, bytes_le32(size),
				  W_HOST_CANNOT_GIVE_AN_EXTENDED_ATTRIBUTE_TO,
				  shown);
	}
	return err;
corrupt:
	return host_fail(ERR_CORRUPT, 0,
			 W_HOST_CANNOT_GIVE_EXTENDED_ATTRIBUTES_TO, shown,
			 NULL);
}

int host_meta_set(int fd, enum host_fs fs, const char *shown,
		  const struct host_meta *want, uint32_t fields)
{
	const char *acl = fs == HOST_FS_NTFS_3G ? ACL : ACL_NTFS3;
	const bool is_3g = fs == HOST_FS_NTFS_3G;
	const bool is_ntfs = fs != HOST_FS_PLAIN;
	int err = 0;

	fields &= want->known;
	if ((fields & META_POSIX) && !is_ntfs)
		err = set_posix(fd, shown, want);
	if (err == 0 && (fields & META_XATTRS) && !is_ntfs)
		err = set_xattrs(fd, shown, want);
	if (err == 0 && (fields & META_OBJECT) && is_3g)
		err = set(fd, OBJECT_ID, want->object_id,
			  sizeof(want->object_id),
			  W_HOST_CANNOT_GIVE_THE_OBJECT_IDENTIFIER_TO, shown);
	if (err == 0 && (fields & META_SECURITY) && is_ntfs)
		err = set(fd, acl, want->security, want->security_nbytes,
			  W_HOST_CANNOT_GIVE_THE_OWNER_AND_ACCESS_LIST_TO,
			  shown);
	if (err == 0 && (fields & META_ATTRS) && is_ntfs)
		err = set_attrs(fd, fs, shown, want);
	if (err == 0 && (fields & META_TIMES))
		err = is_3g ? set_ntfs_times(fd, shown, want)
			    : set_times(fd, shown, want);
	return err;
}
