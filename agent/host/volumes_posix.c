/*
 * Mounted volumes on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "base/vec.h"
#include "words/host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#define MOUNTINFO_MAX_NBYTES ((size_t)8 << 20)
#define VOLUMES_MAX	     65536u

struct fs_kind {
	const char *name;
	bool is_remote;
	bool is_disc;
};

/* File systems that hold people's files; all others (proc, cgroup ...) not. */
static const struct fs_kind fs_kinds[] = {
	{ "ext2", false, false },
	{ "ext3", false, false },
	{ "ext4", false, false },
	{ "xfs", false, false },
	{ "btrfs", false, false },
	{ "f2fs", false, false },
	{ "jfs", false, false },
	{ "reiserfs", false, false },
	{ "bcachefs", false, false },
	{ "zfs", false, false },
	{ "vfat", false, false },
	{ "msdos", false, false },
	{ "exfat", false, false },
	{ "ntfs", false, false },
	{ "ntfs3", false, false },
	{ "fuseblk", false, false },
	{ "hfsplus", false, false },
	{ "hfs", false, false },
	{ "overlay", false, false },
	{ "iso9660", false, true },
	{ "udf", false, true },
	{ "nfs", true, false },
	{ "nfs4", true, false },
	{ "cifs", true, false },
	{ "smb3", true, false },
	{ "smbfs", true, false },
	{ "9p", true, false },
	{ "ceph", true, false },
	{ "afs", true, false },
	{ "fuse.sshfs", true, false },
	{ "fuse.glusterfs", true, false },
	{ "fuse.rclone", true, false },
	{ "fuse.davfs2", true, false },
};

/* One line of mountinfo, cut into its fields in place. */
struct mount {
	char *device; /* "8:1" */
	char *root;   /* what of the file system is mounted */
	char *path;
	char *options;
	char *fs_name;
	char *source; /* device, image file or server; NULL: not told */
};

/* NULL: not a file system that holds people's files. */
static const struct fs_kind *fs_kind_of(const struct mount *m)
{
	static const struct fs_kind image = { "fuse", false, false };

	for (size_t i = 0; i < sizeof(fs_kinds) / sizeof(fs_kinds[0]); i++)
		if (strcmp(fs_kinds[i].name, m->fs_name) == 0)
			return &fs_kinds[i];
	/* ntfs-3g on an image file is "fuse", not "fuseblk". */
	if (strcmp(m->fs_name, "fuse") == 0 && m->source != NULL &&
	    m->source[0] == '/')
		return &image;
	return NULL;
}

static char *next_field(char **rest)
{
	char *field = *rest;
	char *end;

	if (field == NULL)
		return NULL;
	end = strchr(field, ' ');
	if (end != NULL)
		*end++ = '\0';
	*rest = end;
	return field;
}

/* Blanks, tabs, newlines and backslashes stand as \040 and so on. */
static void unescape(char *s)
{
	char *to = s;

	while (*s != '\0') {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static bool mount_parse(char *line, struct mount *ret)
{
	char *rest = line;
	char *field;

	next_field(&rest); /* mount id */
	next_field(&rest); /* parent id */
	ret->device = next_field(&rest);
	ret->root = next_field(&rest);
	ret->path = next_field(&rest);
	ret->options = next_field(&rest);
	do
		field = next_field(&rest);
	while (field != NULL && strcmp(field, "-") != 0);
	ret->fs_name = next_field(&rest);
	ret->source = next_field(&rest);
	if (ret->fs_name == NULL)
		return false;
	unescape(ret->path);
	unescape(ret->root);
	if (ret->source != NULL)
		unescape(ret->source);
	return true;
}

/* Does /sys call the disk (or the one this is a partition of) removable? */
static bool is_removable(const char *device)
{
	static const char *const files[] = { "removable", "../removable" };
	char path[128];
	void *data = NULL;
	size_t nbytes = 0;
	bool yes;

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/sys/dev/block/%.40s/%s", device,
			 files[i]);
		if (host_read_file(path, 4096, &data, &nbytes) != 0)
			continue;
		yes = nbytes > 0 && ((const char *)data)[0] == '1';
		mem_free(data);
		return yes;
	}
	return false;
}

static bool is_seen(const struct vec *seen, const struct mount *m)
{
	for (size_t i = 0; i < seen->count; i++) {
		const struct mount *other = vec_at(seen, i);

		if (strcmp(other->device, m->device) == 0 &&
		    strcmp(other->root, m->root) == 0)
			return true;
	}
	return false;
}

static int volume_add(struct vec *volumes, const struct mount *m,
		      const struct fs_kind *kind)
{
	struct host_volume *v = vec_push(volumes);

	if (v == NULL)
		return ERR_NOMEM;
	v->path = mem_strdup(m->path);
	v->fs_name = mem_strdup(m->fs_name);
	if (v->path == NULL || v->fs_name == NULL)
		return ERR_NOMEM;
	v->is_remote = kind->is_remote;
	v->is_fixed =
		!kind->is_remote && !kind->is_disc && !is_removable(m->device);
	v->is_read_only = strncmp(m->options, "ro", 2) == 0 &&
			  (m->options[2] == '\0' || m->options[2] == ',');
	return 0;
}

static int volumes_parse(char *text, struct vec *volumes)
{
	struct vec seen = VEC_INIT(struct mount, VOLUMES_MAX);
	const struct fs_kind *kind;
	struct mount m;
	struct mount *kept;
	char *next;
	int ret = 0;

	for (char *line = text; line != NULL && ret == 0; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (!mount_parse(line, &m))
			continue;
		kind = fs_kind_of(&m);
		/* A second mount of the same thing shows the same files. */
		if (kind == NULL || is_seen(&seen, &m))
			continue;
		kept = vec_push(&seen);
		if (kept == NULL) {
			ret = ERR_NOMEM;
			break;
		}
		*kept = m;
		ret = volume_add(volumes, &m, kind);
	}
	vec_release(&seen);
	return ret;
}

int host_volumes(struct host_volume **ret, size_t *count_ret)
{
	struct vec volumes = VEC_INIT(struct host_volume, VOLUMES_MAX);
	void *data = NULL;
	size_t nbytes = 0;
	char *text;
	int err;

	err = host_read_file("/proc/self/mountinfo", MOUNTINFO_MAX_NBYTES,
			     &data, &nbytes);
	if (err != 0)
		return err;
	text = mem_strndup(data, nbytes);
	mem_free(data);
	err = text != NULL ? volumes_parse(text, &volumes) : ERR_NOMEM;
	mem_free(text);
	if (err != 0) {
		host_volumes_free(volumes.items, volumes.count);
		return err_fail(err, 0, W_HOST_NO_VOLUMES, err_words(err));
	}
	*ret = volumes.items;
	*count_ret = volumes.count;
	return 0;
}

void host_volumes_free(struct host_volume *v, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		mem_free(v[i].path);
		mem_free(v[i].fs_name);
	}
	mem_free(v);
}

char *host_hidden_folder(void)
{
	return NULL;
}

/* Is the device of `path` one of the remote mounts? */
bool host_is_remote_path(const char *path)
{
	char *at = host_absolute_path(path);
	struct stat st;
	char device[48];
	void *data = NULL;
	size_t nbytes = 0;
	char *text = NULL;
	char *next;
	struct mount m;
	bool yes = false;

	/* What is not there yet will lie where its folder lies. */
	while (at != NULL && stat(at, &st) != 0) {
		char *slash = strrchr(at, '/');

		if (slash == NULL || slash[1] == '\0')
			goto out;
		slash[slash == at ? 1 : 0] = '\0';
	}
	if (at == NULL ||
	    host_read_file("/proc/self/mountinfo", MOUNTINFO_MAX_NBYTES, &data,
			   &nbytes) != 0)
		goto out;
	text = mem_strndup(data, nbytes);
	snprintf(device, sizeof(device), "%u:%u", major(st.st_dev),
		 minor(st.st_dev));
	for (char *line = text; line != NULL && !yes; line = next) {
		const struct fs_kind *kind;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (!mount_parse(line, &m) || strcmp(m.device, device) != 0)
			continue;
		kind = fs_kind_of(&m);
		yes = kind != NULL && kind->is_remote;
	}
out:
	mem_free(text);
	mem_free(data);
	mem_free(at);
	return yes;
}

/* Depth of the mount point above `path`, 0: it is not above it. */
static size_t prefix_nbytes(const char *mount, const char *path)
{
	const size_t n = strlen(mount);

	if (strcmp(mount, "/") == 0)
		return 1;
	if (strncmp(mount, path, n) != 0)
		return 0;
	return path[n] == '\0' || path[n] == '/' ? n : 0;
}

/* The newest mount of that device; else the deepest one above the path. */
static bool mount_find(char *text, const char *device, const char *path,
		       struct mount *ret)
{
	bool by_device = false;
	size_t deepest = 0;
	struct mount m;
	char *next;

	for (char *line = text; line != NULL; line = next) {
		size_t depth;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (!mount_parse(line, &m))
			continue;
		if (strcmp(m.device, device) == 0) {
			*ret = m;
			by_device = true;
		}
		/* Some file systems give their folders other devices. */
		depth = prefix_nbytes(m.path, path);
		if (by_device || depth == 0 || depth < deepest)
			continue;
		deepest = depth;
		*ret = m;
	}
	return by_device || deepest > 0;
}

int host_mount_of(const char *path, dev_t dev, struct host_mount *ret)
{
	char *at = host_absolute_path(path);
	const struct fs_kind *kind;
	char device[48];
	void *data = NULL;
	size_t nbytes = 0;
	char *text = NULL;
	struct host_mount found = { NULL, NULL, false };
	struct mount m;
	int err;

	if (at == NULL)
		return err_last()->err;
	err = host_read_file("/proc/self/mountinfo", MOUNTINFO_MAX_NBYTES,
			     &data, &nbytes);
	if (err != 0)
		goto out;
	text = mem_strndup(data, nbytes);
	if (text == NULL) {
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_FIND_THE_VOLUME_OF,
				path, NULL);
		goto out;
	}
	snprintf(device, sizeof(device), "%u:%u", major(dev), minor(dev));
	if (!mount_find(text, device, at, &m)) {
		err = host_fail(ERR_NOT_FOUND, 0,
				W_HOST_CANNOT_FIND_THE_VOLUME_OF, path, NULL);
		goto out;
	}
	kind = fs_kind_of(&m);
	found.is_remote = kind != NULL && kind->is_remote;
	found.fs_name = mem_strdup(m.fs_name);
	found.source = mem_strdup(m.source != NULL ? m.source : "");
	if (found.fs_name == NULL || found.source == NULL) {
		host_mount_release(&found);
		err = host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_FIND_THE_VOLUME_OF,
				path, NULL);
		goto out;
	}
	*ret = found;
out:
	mem_free(text);
	mem_free(data);
	mem_free(at);
	return err;
}

void host_mount_release(struct host_mount *m)
{
	mem_free(m->fs_name);
	mem_free(m->source);
}
