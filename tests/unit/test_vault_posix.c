/*
 * The vault on Linux: links, planted folders, a full disk, files that change,
 * and metadata on plain file systems and on NTFS.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "file_clock.h"
#include "scratch.h"
#include "vault_fixture.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/vault_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static void setup(void)
{
	scratch_make("vaultp");
}

static void teardown(void)
{
	scratch_release();
}

static struct vault *open_vault(const char *path)
{
	struct vault *v = NULL;

	ck_assert_msg(vault_open(scratch_base, path, true, false, &v) == 0,
		      "%s", err_last()->text);
	return v;
}

static struct vault_info given(void)
{
	struct vault_info info = vx_info(VAULT_FILE);

	memset(&info.meta, 0, sizeof(info.meta));
	return info;
}

static char *save(struct vault *v, const char *path, struct vault_info *info)
{
	struct host_subject *s = subject(path);
	char *name = NULL;
	char *item;

	ck_assert_msg(vault_put_file(v, info, s, &name) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	item = host_join(vault_path(v), name);
	mem_free(name);
	return item;
}

static int restore(const char *item, const char *to)
{
	struct host_place *p = place(to);
	struct host_short name;
	int err = vault_restore_file(item, p, true, &name);

	host_place_close(p);
	return err;
}

static void vault_holds(struct vault *v, size_t count)
{
	ck_assert_uint_eq(entries(vault_path(v)), count + 1);
	ck_assert_uint_eq(entries(vault_private_dir(v)), 0);
}

/* ---- planted folders and links ------------------------------------------ */

static void check_refused(const char *path, int want)
{
	struct vault *v = NULL;
	int err = vault_open(scratch, path, false, false, &v);

	ck_assert_msg(err == want, "%s: %d %s", path, err, err_last()->text);
	err = vault_open(scratch, path, true, true, &v);
	ck_assert_msg(err == want, "%s: %d %s", path, err, err_last()->text);
	ck_assert_ptr_null(v);
}

START_TEST(folder_modes)
{
	char *ours = in_scratch("mstmpsweep");
	char *path = host_join(ours, "vault");
	struct vault *v = open_vault(path);
	struct stat st;

	ck_assert_int_eq(stat(ours, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(stat(vault_private_dir(v), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	/* Open to others now, each of the three. */
	ck_assert_int_eq(chmod(path, 0750), 0);
	check_refused(path, ERR_DENIED);
	ck_assert_int_eq(chmod(path, 0700), 0);
	ck_assert_int_eq(chmod(ours, 0777), 0);
	check_refused(path, ERR_DENIED);
	ck_assert_int_eq(chmod(ours, 0700), 0);
	ck_assert_int_eq(chmod(vault_private_dir(v), 0777), 0);
	check_refused(path, ERR_DENIED);
	ck_assert_int_eq(chmod(vault_private_dir(v), 0700), 0);
	vault_close(v);
	v = open_vault(path);
	vault_close(v);
	mem_free(path);
	mem_free(ours);
}

END_TEST

START_TEST(folder_planted)
{
	char *ours = in_scratch("mstmpsweep");
	char *path = host_join(ours, "vault");
	/* Somebody else, also where nobody runs this. */
	const uid_t other = geteuid() == 65534 ? 65533 : 65534;

	ck_assert_int_eq(mkdir(ours, 0700), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	if (chown(path, other, 65534) != 0) {
		mem_free(path);
		mem_free(ours);
		UNIT_SKIP("no folder can be given away here");
	}
	check_refused(path, ERR_DENIED);
	ck_assert_int_eq(chown(path, 0, 0), 0);
	ck_assert_int_eq(chown(ours, other, 65534), 0);
	check_refused(path, ERR_DENIED);
	mem_free(path);
	mem_free(ours);
}

END_TEST

START_TEST(folder_links)
{
	char *real = in_scratch("real");
	char *link = in_scratch("link");
	char *through = host_join(link, "vault");
	char *inside = host_join(real, "vault");
	char *private_dir = host_join(real, "tmp");
	struct vault *v = open_vault(real);

	vault_close(v);
	ck_assert_int_eq(symlink("real", link), 0);
	check_refused(link, ERR_UNSUPPORTED);
	ck_assert_int_eq(mkdir(inside, 0700), 0);
	check_refused(through, ERR_UNSUPPORTED);
	/* Names about to vanish must not go elsewhere, either. */
	ck_assert_int_eq(rmdir(private_dir), 0);
	ck_assert_int_eq(symlink(scratch, private_dir), 0);
	check_refused(real, ERR_UNSUPPORTED);
	mem_free(private_dir);
	mem_free(inside);
	mem_free(through);
	mem_free(link);
	mem_free(real);
}

END_TEST

START_TEST(only_regular_files)
{
	char *path = in_scratch("vault");
	char *file = in_scratch("file");
	struct vault *v = open_vault(path);
	char *fifo = host_join(path, "a.mqv");
	char *link = host_join(path, "b.mqv");
	char *to = in_scratch("to");
	struct vault_info info = given();
	struct vault_info got;
	struct vec names;
	char *item;

	file_make(file, "x");
	item = save(v, file, &info);
	host_meta_release(&info.meta);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(symlink(item, link), 0);
	ck_assert_int_eq(vault_list(v, &names), 0);
	ck_assert_uint_eq(names.count, 1);
	ck_assert_str_eq(*(char **)vec_at(&names, 0), VX_FIX_ID "-0007.mqv");
	mem_free(*(char **)vec_at(&names, 0));
	vec_release(&names);
	ck_assert_int_eq(vault_read_info(link, &got), ERR_UNSUPPORTED);
	ck_assert_int_eq(vault_verify(link, &got), ERR_UNSUPPORTED);
	ck_assert_int_eq(vault_verify(fifo, &got), ERR_UNSUPPORTED);
	ck_assert_int_eq(restore(link, to), ERR_UNSUPPORTED);
	/* Nothing is written through a link that waits at the place. */
	ck_assert_int_eq(symlink("elsewhere", to), 0);
	ck_assert_int_eq(restore(item, to), ERR_EXISTS);
	ck_assert_uint_eq(entries(scratch), 3);
	vault_close(v);
	mem_free(item);
	mem_free(to);
	mem_free(link);
	mem_free(fifo);
	mem_free(file);
	mem_free(path);
}

END_TEST

/* ---- space, and files that change --------------------------------------- */

START_TEST(no_space)
{
	char *path = in_scratch("vault");
	char *file = in_scratch("file");
	struct vault *v = open_vault(path);
	struct vault_info info = given();
	uint64_t is_free = 0;
	struct host_subject *s;
	char *name = NULL;
	char number[32];
	int fd = open(file, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(host_free_space(path, &is_free), 0);
	/* A hole of that length takes no space itself. */
	if (ftruncate(fd, (off_t)(is_free + (1 << 30))) != 0) {
		close(fd);
		UNIT_SKIP("no file can be larger than what is free here");
	}
	close(fd);
	s = subject(file);
	ck_assert_int_eq(vault_put_file(v, &info, s, &name), ERR_NO_SPACE);
	ck_assert_ptr_null(name);
	snprintf(number, sizeof(number), "%" PRIu64,
		 is_free + (1 << 30) + (1 << 20));
	ck_assert_ptr_nonnull(strstr(err_last()->text, number));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "are free"));
	vault_holds(v, 0);
	host_subject_close(s);
	vault_close(v);
	ck_assert_int_eq(unlink(file), 0);
	mem_free(file);
	mem_free(path);
}

END_TEST

/* Room for the file but not for the spare megabyte besides. */
START_TEST(small_disk)
{
	char *mount = in_scratch("small");
	char *path = host_join(mount, "vault");
	char *file = in_scratch("file");
	static uint8_t data[700000];
	struct vault_info info = given();
	struct str command = STR_INIT;
	struct host_subject *s;
	struct vault *v;
	char *name = NULL;
	int rc;

	ck_assert_int_eq(mkdir(mount, 0700), 0);
	str_addf(&command, "mount -t tmpfs -o size=1500k none '%s' 2>/dev/null",
		 mount);
	rc = system(str_text(&command));
	str_clear(&command);
	if (rc != 0)
		UNIT_SKIP("no small file system can be mounted here");
	ck_assert_int_eq(host_write_file(file, data, sizeof(data)), 0);
	v = NULL;
	ck_assert_msg(vault_open(mount, path, true, false, &v) == 0, "%s",
		      err_last()->text);
	s = subject(file);
	/* 700 kB and the spare one do not fit, though 700 kB would. */
	ck_assert_int_eq(vault_put_file(v, &info, s, &name), ERR_NO_SPACE);
	vault_holds(v, 0);
	host_subject_close(s);
	/* One that fits. */
	ck_assert_int_eq(host_write_file(file, data, 300000), 0);
	s = subject(file);
	ck_assert_msg(vault_put_file(v, &info, s, &name) == 0, "%s",
		      err_last()->text);
	vault_holds(v, 1);
	host_subject_close(s);
	vault_close(v);
	str_addf(&command, "umount '%s'", mount);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
	host_meta_release(&info.meta);
	mem_free(name);
	mem_free(file);
	mem_free(path);
	mem_free(mount);
}

END_TEST

/*
 * The disk fills up although there was room (here: a file may have so many
 * bytes and no more): said, and nothing is left, wherever it happens.
 */
START_TEST(disk_fills)
{
	static uint8_t data[300000];
	char *path = in_scratch("vault");
	char *file = in_scratch("file");
	struct vault *v = open_vault(path);
	struct vault_info info = given();
	struct rlimit before, limit;
	struct host_subject *s;
	char *name = NULL;

	vx_fill(data, sizeof(data), 1);
	ck_assert_int_eq(host_write_file(file, data, sizeof(data)), 0);
	s = subject(file);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (rlim_t n = 0; n < sizeof(data); n += 37000) {
		int err;

		limit = before;
		limit.rlim_cur = n;
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		err = vault_put_file(v, &info, s, &name);
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
		ck_assert_msg(err == ERR_IO || err == ERR_NO_SPACE ||
				      err == ERR_TOO_LARGE,
			      "%d %s", err, err_last()->text);
		ck_assert_ptr_null(name);
		vault_holds(v, 0);
	}
	signal(SIGXFSZ, SIG_DFL);
	ck_assert_int_eq(vault_put_file(v, &info, s, &name), 0);
	vault_holds(v, 1);
	host_subject_close(s);
	host_meta_release(&info.meta);
	vault_close(v);
	mem_free(name);
	mem_free(file);
	mem_free(path);
}

END_TEST

/* After it was opened: longer, shorter, other bytes, another file. */
START_TEST(subject_changes)
{
	static const char *const texts[] = { "longer than before", "s", "SAVED",
					     NULL };
	const char *text = texts[_i];
	char *path = in_scratch("vault");
	char *file = in_scratch("file");
	char *other = in_scratch("other");
	struct vault *v = open_vault(path);
	struct vault_info info = given();
	struct timespec times[2];
	struct host_subject *s;
	struct stat st;
	char *name = NULL;
	int fd;

	file_make(file, "saved");
	s = subject(file);
	ck_assert_int_eq(stat(file, &st), 0);
	file_clock_moves_on(file);
	if (text == NULL) {
		file_make(other, "saved");
		ck_assert_int_eq(rename(other, file), 0);
	} else {
		fd = open(file, O_WRONLY | O_TRUNC);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, text, strlen(text)),
				 (ssize_t)strlen(text));
		/* As if nothing had happened. */
		times[0] = st.st_atim;
		times[1] = st.st_mtim;
		ck_assert_int_eq(futimens(fd, times), 0);
		close(fd);
	}
	ck_assert_int_eq(vault_put_file(v, &info, s, &name), ERR_CHANGED);
	ck_assert_ptr_null(name);
	vault_holds(v, 0);
	host_subject_close(s);
	vault_close(v);
	mem_free(other);
	mem_free(file);
	mem_free(path);
}

END_TEST

/* ---- what is written is read back ---------------------------------------- */

struct slip {
	const char *dir;       /* private folder: the item is made there */
	struct item_head *own; /* its number is changed after it was written */
	off_t at;	       /* else: this byte of what is written */
};

/* The file in that folder that this program has open, named or not. */
static int open_in(const char *dir)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	struct stat st;
	char text[4096];
	int fd = -1;

	ck_assert_ptr_nonnull(d);
	while (fd < 0 && (e = readdir(d)) != NULL) {
		const ssize_t n =
			readlinkat(dirfd(d), e->d_name, text, sizeof(text) - 1);

		text[n > 0 ? n : 0] = '\0';
		if (strncmp(text, dir, strlen(dir)) == 0 &&
		    text[strlen(dir)] == '/' &&
		    fstat(atoi(e->d_name), &st) == 0 && S_ISREG(st.st_mode))
			fd = atoi(e->d_name);
	}
	closedir(d);
	return fd;
}

static int fill_and_slip(void *arg, const struct item_head *head,
			 struct item_writer *w)
{
	static uint8_t data[200000];
	const struct slip *slip = arg;
	uint8_t byte = 0;
	int fd;
	int err = item_writer_add(w, data, (size_t)head->parts[0].nbytes);

	if (slip->own != NULL) {
		slip->own->info.seq++;
		return err;
	}
	fd = open_in(slip->dir);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &byte, 1, slip->at), 1);
	byte ^= 1;
	ck_assert_int_eq(pwrite(fd, &byte, 1, slip->at), 1);
	return err;
}

/* In each part of an item, and where only the description tells. */
static const off_t slips[] = { 0, 20, 60, 75, 81, 100, 1000, 70000, -1 };

/* The medium keeps something else than was written: nothing is saved. */
START_TEST(read_back_before_it_counts)
{
	char *path = in_scratch("vault");
	struct vault *v = open_vault(path);
	struct vec parts = VEC_INIT(struct item_part, 1);
	struct vault_info info = given();
	struct slip slip = { .dir = vault_private_dir(v), .at = slips[_i] };
	struct item_head head;
	char *name = NULL;
	static const uint8_t data[200000];

	digest_sha256_hex(data, sizeof(data), info.sha256);
	ck_assert_int_eq(item_crypto_start(), 0);
	ck_assert_int_eq(vault_add_part(&parts, "", sizeof(data)), 0);
	vault_head_of(&head, &info, &parts);
	if (slip.at < 0)
		slip.own = &head;
	ck_assert_int_ne(vault_put_item(v, &head, fill_and_slip, &slip, &name),
			 0);
	ck_assert_ptr_null(name);
	vault_holds(v, 0);
	vault_parts_release(&parts);
	vault_close(v);
	mem_free(path);
}

END_TEST

/* ---- metadata ----------------------------------------------------------- */

static void same_meta(const char *path, const struct host_meta *want)
{
	struct host_subject *s = subject(path);
	struct host_meta now;
	char text[512] = "";

	ck_assert_msg(host_subject_meta(s, &now) == 0, "%s", err_last()->text);
	ck_assert_msg(host_meta_differs(want, &now, text, sizeof(text)) == NULL,
		      "%s", text);
	host_meta_release(&now);
	host_subject_close(s);
}

START_TEST(plain_metadata)
{
	const struct timespec times[2] = { { 1288180800, 123456700 },
					   { 1288180801, 987654300 } };
	char *path = in_scratch("vault");
	char *file = in_scratch("file");
	struct vault *v = open_vault(path);
	struct vault_info info = given();
	char value[16] = "";
	struct stat before;
	struct stat st;
	bool has_xattrs;
	bool is_given;
	char *item;

	file_make(file, "x");
	has_xattrs = setxattr(file, "user.origin", "mail", 4, 0) == 0;
	ck_assert_int_eq(chmod(file, 0640), 0);
	is_given = chown(file, 65534, 1234) == 0;
	ck_assert_int_eq(utimensat(AT_FDCWD, file, times, 0), 0);
	/* As exact as this file system is. */
	ck_assert_int_eq(stat(file, &before), 0);
	item = save(v, file, &info);
	ck_assert(info.meta.known & META_POSIX);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_msg(restore(item, file) == 0, "%s", err_last()->text);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	if (is_given) {
		ck_assert_int_eq(st.st_uid, 65534);
		ck_assert_int_eq(st.st_gid, 1234);
	}
	ck_assert_int_eq(st.st_mtim.tv_sec, 1288180801);
	ck_assert_int_eq(st.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	ck_assert_int_eq(st.st_atim.tv_sec, 1288180800);
	if (has_xattrs) {
		ck_assert_int_eq(getxattr(file, "user.origin", value, 16), 4);
		ck_assert_str_eq(value, "mail");
	} else {
		printf("no user attributes on this file system\n");
	}
	same_meta(file, &info.meta);
	host_meta_release(&info.meta);
	vault_close(v);
	mem_free(item);
	mem_free(file);
	mem_free(path);
}

END_TEST

/* A small NTFS volume; false where this machine cannot mount one. */
static bool ntfs_mount(const char *options, char **mount_ret)
{
	char *image = in_scratch("image");
	char *mount = in_scratch("mount");
	struct str command = STR_INIT;
	int fd = open(image, O_WRONLY | O_CREAT, 0600);
	bool ok;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 32 << 20), 0);
	close(fd);
	ck_assert_int_eq(host_mkdir(mount), 0);
	str_addf(&command,
		 "(mkntfs -q -Q -F '%s' && ntfs-3g -o %s '%s' '%s') "
		 ">/dev/null 2>&1",
		 image, options, image, mount);
	ok = system(str_text(&command)) == 0;
	str_release(&command);
	mem_free(image);
	if (ok)
		*mount_ret = mount;
	else
		mem_free(mount);
	return ok;
}

static void ntfs_unmount(char *mount)
{
	struct str command = STR_INIT;

	str_addf(&command, "umount '%s'", mount);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
	mem_free(mount);
}

/* Owner and group S-1-5-32-544, access for everybody to read. */
static const uint8_t descriptor[] = {
	1,    0, 4,    0x80, 20, 0, 0,	0, 36, 0, 0, 0, 0,  0, 0,  0,
	52,   0, 0,    0,    1,	 2, 0,	0, 0,  0, 0, 5, 32, 0, 0,  0,
	0x20, 2, 0,    0,    1,	 2, 0,	0, 0,  0, 0, 5, 32, 0, 0,  0,
	0x20, 2, 0,    0,    2,	 0, 28, 0, 1,  0, 0, 0, 0,  0, 20, 0,
	0x89, 0, 0x12, 0,    1,	 1, 0,	0, 0,  0, 0, 1, 0,  0, 0,  0
};

static void stream_is(const char *file, const char *stream, const uint8_t *want,
		      size_t nbytes, bool has_colons)
{
	struct str name = STR_INIT;
	uint8_t *data = mem_alloc(nbytes + 1);
	void *read = NULL;
	size_t n = 0;

	if (has_colons) {
		str_addf(&name, "%s:%s", file, stream);
		ck_assert_msg(
			host_read_file(str_text(&name), nbytes, &read, &n) == 0,
			"%s", err_last()->text);
		memcpy(data, read, n);
		mem_free(read);
	} else {
		str_addf(&name, "user.%s", stream);
		n = (size_t)getxattr(file, str_text(&name), data, nbytes + 1);
	}
	ck_assert_uint_eq(n, nbytes);
	ck_assert(n == 0 || memcmp(data, want, n) == 0);
	str_release(&name);
	mem_free(data);
}

static void stream_make(const char *file, const char *stream,
			const uint8_t *data, size_t nbytes, bool has_colons)
{
	struct str name = STR_INIT;
	int fd;

	if (has_colons) {
		str_addf(&name, "%s:%s", file, stream);
		fd = open(str_text(&name), O_WRONLY | O_CREAT, 0600);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, data, nbytes), (ssize_t)nbytes);
		close(fd);
	} else {
		str_addf(&name, "user.%s", stream);
		ck_assert_int_eq(
			setxattr(file, str_text(&name), data, nbytes, 0), 0);
	}
	str_release(&name);
}

/* Saved, removed, restored: all is as before, in both forms of streams. */
START_TEST(ntfs_file_comes_back)
{
	const bool has_colons = _i == 0;
	const size_t large = has_colons ? 200000 : 60000;
	static uint8_t data[200000];
	uint8_t times[32];
	uint8_t attrs[4] = { 0, 0, 0, 0x26 }; /* archive, hidden, system */
	struct vault_info info = given();
	struct vault_info got;
	struct host_subject *s;
	char *mount = NULL;
	char *path, *file, *item;
	struct vault *v;
	void *back = NULL;
	size_t n = 0;

	if (!ntfs_mount(has_colons ? "streams_interface=windows"
				   : "streams_interface=xattr",
			&mount))
		UNIT_SKIP("ntfs-3g cannot mount here");
	scratch_base = mount;
	vx_fill(data, sizeof(data), 4);
	path = host_join(mount, "vault");
	file = host_join(mount, "Saved file.dll");
	v = open_vault(path);
	ck_assert_int_eq(host_write_file(file, data, 100000), 0);
	stream_make(file, "large", data, large, has_colons);
	stream_make(file, "empty", data, 0, has_colons);
	stream_make(file, "\xe6\xb5\x81", data, 7, has_colons);
	ck_assert_int_eq(setxattr(file, "system.ntfs_acl", descriptor,
				  sizeof(descriptor), 0),
			 0);
	ck_assert_int_eq(setxattr(file, "system.ntfs_attrib_be", attrs, 4, 0),
			 0);
	ck_assert_int_eq(
		setxattr(file, "system.ntfs_dos_name", "SAVEDF~1.DLL", 12, 0),
		0);
	for (int i = 0; i < 4; i++)
		bytes_put_le64(times + 8 * i,
			       (uint64_t)INT64_C(129326544000000000) +
				       (uint64_t)(i * 11));
	ck_assert_int_eq(setxattr(file, "system.ntfs_times", times, 32, 0), 0);
	item = save(v, file, &info);
	vault_holds(v, 1);
	ck_assert_uint_eq(info.stream_count, 3);
	ck_assert_uint_eq(info.meta.known & (META_ATTRS | META_TIMES |
					     META_SHORT | META_SECURITY),
			  META_ATTRS | META_TIMES | META_SHORT | META_SECURITY);
	ck_assert_str_eq(info.meta.short_name, "SAVEDF~1.DLL");
	ck_assert_int_eq(info.meta.created, INT64_C(129326544000000000));
	ck_assert_int_eq(vault_verify(item, &got), 0);
	vx_same_info(&got, &info);
	vault_info_release(&got);
	s = subject(file);
	ck_assert_msg(host_subject_remove(s, vault_private_dir(v)) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	ck_assert_msg(restore(item, file) == 0, "%s", err_last()->text);
	/* Nothing beside it, and the vault as it was. */
	ck_assert_uint_eq(entries(mount), 2);
	vault_holds(v, 1);
	same_meta(file, &info.meta);
	ck_assert_int_eq(host_read_file(file, 100000, &back, &n), 0);
	ck_assert_uint_eq(n, 100000);
	ck_assert_mem_eq(back, data, n);
	mem_free(back);
	stream_is(file, "large", data, large, has_colons);
	stream_is(file, "empty", data, 0, has_colons);
	stream_is(file, "\xe6\xb5\x81", data, 7, has_colons);
	/* Never over it. */
	ck_assert_int_eq(restore(item, file), ERR_EXISTS);
	host_meta_release(&info.meta);
	vault_close(v);
	mem_free(item);
	mem_free(file);
	mem_free(path);
	ntfs_unmount(mount);
}

END_TEST

/* Streams have no place on a file system without them: said, nothing left. */
START_TEST(ntfs_file_elsewhere)
{
	struct vault_info info = given();
	char *mount = NULL;
	char *path, *file, *item, *to;
	struct vault *v;

	if (!ntfs_mount("streams_interface=windows", &mount))
		UNIT_SKIP("ntfs-3g cannot mount here");
	path = in_scratch("vault");
	to = in_scratch("to");
	file = host_join(mount, "file");
	v = open_vault(path);
	file_make(file, "x");
	stream_make(file, "s", (const uint8_t *)"y", 1, true);
	scratch_base = mount;
	item = save(v, file, &info);
	scratch_base = scratch;
	ck_assert_int_eq(restore(item, to), ERR_UNSUPPORTED);
	ck_assert_int_eq(access(to, F_OK), -1);
	/* image, mount, vault */
	ck_assert_uint_eq(entries(scratch), 3);
	host_meta_release(&info.meta);
	vault_close(v);
	mem_free(item);
	mem_free(file);
	mem_free(to);
	mem_free(path);
	ntfs_unmount(mount);
}

END_TEST

static Suite *vault_posix_suite(void)
{
	Suite *s = suite_create("vault_posix");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, folder_modes);
	tcase_add_test(tc, folder_planted);
	tcase_add_test(tc, folder_links);
	tcase_add_test(tc, only_regular_files);
	tcase_add_test(tc, no_space);
	tcase_add_test(tc, small_disk);
	tcase_add_test(tc, disk_fills);
	tcase_add_loop_test(tc, subject_changes, 0, 4);
	tcase_add_loop_test(tc, read_back_before_it_counts, 0,
			    sizeof(slips) / sizeof(slips[0]));
	tcase_add_test(tc, plain_metadata);
	tcase_add_loop_test(tc, ntfs_file_comes_back, 0, 2);
	tcase_add_test(tc, ntfs_file_elsewhere);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(vault_posix_suite)
