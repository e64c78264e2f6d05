/*
 * Files with a reparse tag on a real NTFS through ntfs-3g, which reads none of
 * them: what holds nothing is an empty file, the rest is never taken for it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "ntfs_image.h"
#include "scratch.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CANNOT "an NTFS image cannot be mounted here"
#define ALIAS  0x8000001Bu
#define SOCKET 0x80000023u
#define FIFO   0x80000024u
#define WOF    0x80000017u

static struct ntfs_image ntfs;

static void setup(void)
{
	scratch_make("tag");
}

static void teardown(void)
{
	scratch_release();
}

/* A file with content, attributes if not 0, and a tag. */
static void tagged(const char *name, const char *content, uint32_t attrs,
		   uint32_t tag, uint16_t nbytes)
{
	const uint8_t be[4] = { (uint8_t)(attrs >> 24), (uint8_t)(attrs >> 16),
				(uint8_t)(attrs >> 8), (uint8_t)attrs };
	char *path = host_join(ntfs.mount, name);
	uint8_t buf[32] = { 0 };

	ck_assert_int_eq(host_write_file(path, content, strlen(content)), 0);
	if (attrs != 0)
		ck_assert_int_eq(
			setxattr(path, "system.ntfs_attrib_be", be, 4, 0), 0);
	memcpy(buf, &tag, 4);
	memcpy(buf + 4, &nbytes, 2);
	ck_assert_int_eq(setxattr(path, "system.ntfs_reparse_data", buf,
				  8 + (size_t)nbytes, 0),
			 0);
	mem_free(path);
}

/* The kernel remembers what the files were before they had a tag. */
static void mount_again(void)
{
	ntfs_image_unmount(&ntfs);
	ck_assert(ntfs_image_mount(&ntfs, "streams_interface=windows"));
}

static enum host_type type_listed(const char *name)
{
	enum host_type type = HOST_DIR;
	struct host_dirent e;
	struct host_dir *d = NULL;

	ck_assert_int_eq(host_dir_open(ntfs.mount, &d), 0);
	while (host_dir_next(d, &e) > 0)
		if (strcmp(e.name, name) == 0)
			type = e.st.type;
	host_dir_close(d);
	return type;
}

/* By folder and by path. */
static void opens(struct host_dir *d, const char *name, int want)
{
	char *path = host_join(ntfs.mount, name);

	for (int i = 0; i < 2; i++) {
		struct host_file *f = NULL;
		struct host_stat st;
		uint8_t buf[8];
		size_t n = 1;
		const int err =
			i ? host_open(path, HOST_OPEN_NOFOLLOW, &f)
			  : host_open_at(d, name, HOST_OPEN_NOFOLLOW, &f);

		ck_assert_msg(err == want, "%s: %s", name, err_last()->text);
		if (err != 0)
			continue;
		ck_assert_int_eq(host_fstat(f, &st), 0);
		ck_assert_int_eq(st.type, HOST_FILE);
		ck_assert_uint_eq(st.size, 0);
		ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
		ck_assert_uint_eq(n, 0);
		host_close(f);
	}
	mem_free(path);
}

static void looks(struct host_dir *d, const char *name, enum host_type type,
		  uint32_t tag)
{
	struct host_stat st;

	ck_assert_int_eq(host_stat_at(d, name, &st), 0);
	ck_assert_msg(st.type == type, "%s: type %d", name, (int)st.type);
	ck_assert_uint_eq(st.reparse_tag, tag);
	ck_assert_int_eq(type_listed(name), type);
}

START_TEST(aliases)
{
	struct host_dir *d = NULL;
	struct host_stat st;

	if (!ntfs_image_make(scratch, "streams_interface=windows", &ntfs))
		UNIT_SKIP(CANNOT);
	tagged("wt.exe", "", 0, ALIAS, 4);
	tagged("evil.exe", "MZ", 0, ALIAS, 4);
	mount_again();
	ck_assert_int_eq(host_dir_open(ntfs.mount, &d), 0);
	looks(d, "wt.exe", HOST_FILE, ALIAS);
	ck_assert_int_eq(host_stat_at(d, "wt.exe", &st), 0);
	ck_assert_uint_eq(st.size, 0);
	opens(d, "wt.exe", 0);
	/* There is something, and ntfs-3g does not give it. */
	looks(d, "evil.exe", HOST_FILE, ALIAS);
	ck_assert_int_eq(host_stat_at(d, "evil.exe", &st), 0);
	ck_assert_uint_ge(st.size, 2);
	opens(d, "evil.exe", ERR_UNSUPPORTED);
	host_dir_close(d);
	ntfs_image_end(&ntfs);
}

END_TEST

/* "attrib +o" on what "compact /exe" made: the loader still runs it. */
START_TEST(wof_is_never_in_the_cloud)
{
	struct host_dir *d = NULL;

	if (!ntfs_image_make(scratch, "streams_interface=windows", &ntfs))
		UNIT_SKIP(CANNOT);
	tagged("evil.dll", "MZ", 0x1020u, WOF, 16);
	mount_again();
	ck_assert_int_eq(host_dir_open(ntfs.mount, &d), 0);
	looks(d, "evil.dll", HOST_FILE, WOF);
	opens(d, "evil.dll", ERR_UNSUPPORTED);
	host_dir_close(d);
	ntfs_image_end(&ntfs);
}

END_TEST

/* As WSL makes it; ntfs-3g knows it by its tag, and tells no size. */
START_TEST(fifo_of_a_unix_subsystem)
{
	struct host_dir *d = NULL;
	struct host_stat st;
	char *path;

	if (!ntfs_image_make(scratch,
			     "streams_interface=windows,special_files=wsl",
			     &ntfs))
		UNIT_SKIP(CANNOT);
	path = host_join(ntfs.mount, "fifo");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	mem_free(path);
	ck_assert_int_eq(host_dir_open(ntfs.mount, &d), 0);
	ck_assert_int_eq(host_stat_at(d, "fifo", &st), 0);
	if (st.reparse_tag == 0) {
		host_dir_close(d);
		ntfs_image_end(&ntfs);
		UNIT_SKIP("this ntfs-3g makes no FIFOs of WSL");
	}
	looks(d, "fifo", HOST_OTHER, FIFO);
	ck_assert(host_is_untold(&st));
	opens(d, "fifo", ERR_UNSUPPORTED);
	host_dir_close(d);
	ntfs_image_end(&ntfs);
}

END_TEST

/* Writes other bytes where the image holds these. */
static int image_replace(const void *from, const void *to, size_t nbytes)
{
	size_t n = 0;
	uint8_t *data = NULL;
	int count = 0;

	ck_assert_int_eq(
		host_read_file(ntfs.image, 64 << 20, (void **)&data, &n), 0);
	for (size_t i = 0; i + nbytes <= n; i++) {
		if (memcmp(data + i, from, nbytes) != 0)
			continue;
		memcpy(data + i, to, nbytes);
		count++;
	}
	ck_assert_int_eq(host_write_file(ntfs.image, data, n), 0);
	mem_free(data);
	return count;
}

/*
 * Windows' own sockets have no extended attributes, and ntfs-3g then shows
 * them as links.  It does not make such ones: an alias becomes one.
 */
START_TEST(socket_of_windows)
{
	static const uint8_t alias[8] = { 0x1B, 0, 0, 0x80 };
	static const uint8_t socket[8] = { 0x23, 0, 0, 0x80 };
	struct host_dir *d = NULL;
	struct host_stat st;

	if (!ntfs_image_make(scratch, "streams_interface=windows", &ntfs))
		UNIT_SKIP(CANNOT);
	tagged("docker.sock", "", 0, ALIAS, 0);
	ntfs_image_unmount(&ntfs);
	ck_assert_int_eq(image_replace(alias, socket, sizeof(alias)), 1);
	ck_assert(ntfs_image_mount(&ntfs, "streams_interface=windows"));
	ck_assert_int_eq(host_dir_open(ntfs.mount, &d), 0);
	looks(d, "docker.sock", HOST_OTHER, SOCKET);
	ck_assert_int_eq(host_stat_at(d, "docker.sock", &st), 0);
	ck_assert(host_is_untold(&st));
	host_dir_close(d);
	ntfs_image_end(&ntfs);
}

END_TEST

static Suite *tag_ntfs_posix_suite(void)
{
	Suite *s = suite_create("tag_ntfs_posix");
	TCase *tc = tcase_create("tag_ntfs_posix");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, aliases);
	tcase_add_test(tc, wof_is_never_in_the_cloud);
	tcase_add_test(tc, fifo_of_a_unix_subsystem);
	tcase_add_test(tc, socket_of_windows);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(tag_ntfs_posix_suite)
