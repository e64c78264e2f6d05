/*
 * Changing files on a real NTFS through ntfs-3g: what Windows knows of a file
 * comes back, and the dirty flag is seen.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "ntfs_image.h"
#include "scratch.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/change_posix.h"
#include "host/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#define CANNOT "an NTFS image cannot be mounted here"

static struct ntfs_image ntfs;
static char *private_dir;

static void setup(void)
{
	scratch_make("ntfs");
}

static void teardown(void)
{
	scratch_release();
}

static bool begin(const char *options)
{
	if (!ntfs_image_make(scratch, options, &ntfs))
		return false;
	scratch_base = ntfs.mount;
	private_dir = host_join(ntfs.mount, "vault");
	ck_assert_msg(host_private_dir(ntfs.mount, private_dir, false) == 0,
		      "%s", err_last()->text);
	return true;
}

static void end(void)
{
	mem_free(private_dir);
	ntfs_image_end(&ntfs);
}

static char *in_mount(const char *name)
{
	return host_join(ntfs.mount, name);
}

/* `stream` NULL: none. */
static struct host_new *new_with(const char *path, const char *text,
				 const char *stream)
{
	struct host_new *n = new_file(path, text);

	if (stream == NULL)
		return n;
	ck_assert_msg(host_new_stream(n, "evil") == 0, "%s", err_last()->text);
	ck_assert_int_eq(host_new_write(n, stream, strlen(stream)), 0);
	ck_assert_msg(host_new_stream(n, "悪い") == 0, "%s", err_last()->text);
	ck_assert_int_eq(host_new_write(n, "2", 1), 0);
	return n;
}

static void set(const char *path, const char *attr, const void *value,
		size_t nbytes)
{
	ck_assert_msg(setxattr(path, attr, value, nbytes, 0) == 0, "%s: %s",
		      attr, strerror(errno));
}

/* Created, written, accessed; the fourth is always set to now. */
static const uint64_t times[4] = { UINT64_C(128000000000000001),
				   UINT64_C(128100000000000002),
				   UINT64_C(128200000000000003), 0 };

/* Everything that NTFS keeps, in values that nothing gives by itself. */
static void dress(const char *path, const char *short_name)
{
	const uint8_t attrs[4] = { 0, 0, 0x20, 0x27 };
	const uint8_t object[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	uint8_t acl[DESCRIPTOR_PRIVATE_NBYTES];

	/* Owner: Users; not protected; Administrators inherited. */
	memcpy(acl, descriptor_private_file, sizeof(acl));
	acl[32] = 0x21;
	acl[3] &= (uint8_t)~0x10;
	acl[81] = 0x10;
	set(path, "system.ntfs_object_id", object, sizeof(object));
	set(path, "system.ntfs_dos_name", short_name, strlen(short_name));
	set(path, "system.ntfs_acl", acl, sizeof(acl));
	set(path, "system.ntfs_attrib_be", attrs, sizeof(attrs));
	set(path, "system.ntfs_times", times, sizeof(times));
}

struct listed {
	char text[256];
};

static int list_stream(void *arg, const char *name, uint64_t size)
{
	struct listed *l = arg;
	const size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%s=%d;", name, (int)size);
	return 0;
}

static void streams_are(struct host_subject *s, const char *evil)
{
	struct listed l = { "" };
	struct host_file *f = NULL;
	char want[32];
	char buf[16] = "";
	size_t n = 0;

	ck_assert_int_eq(host_subject_streams(s, list_stream, &l), 0);
	snprintf(want, sizeof(want), "evil=%d;", (int)strlen(evil));
	ck_assert_msg(strstr(l.text, want) != NULL, "%s", l.text);
	ck_assert_msg(strstr(l.text, "悪い=1;") != NULL, "%s", l.text);
	ck_assert_msg(host_subject_open_stream(s, "evil", &f) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(host_pread(f, 0, buf, 15, &n), 0);
	ck_assert_str_eq(buf, evil);
	host_close(f);
}

static const char *const interfaces[] = { "streams_interface=windows",
					  "streams_interface=xattr" };

/* What fix and undo do; then the whole once more after a fresh mount. */
START_TEST(all_comes_back)
{
	struct host_meta want;
	struct host_meta got;
	struct host_subject *s;
	char why[256];
	char *path;

	if (!begin(interfaces[_i]))
		UNIT_SKIP(CANNOT);
	path = in_mount("A long name.dll");
	ck_assert_int_eq(
		host_new_finish(new_with(path, "main", "hidden"), NULL), 0);
	dress(path, "ALONGN~1.DLL");
	s = subject(path);
	ck_assert_msg(host_subject_meta(s, &want) == 0, "%s", err_last()->text);
	ck_assert_uint_eq(want.known, META_ATTRS | META_TIMES | META_SHORT |
					      META_SECURITY | META_OBJECT);
	ck_assert_str_eq(want.short_name, "ALONGN~1.DLL");
	ck_assert_uint_eq(want.attrs & META_ATTRS_KEPT, 0x2027);
	ck_assert_int_eq(want.created, INT64_C(128000000000000001));
	streams_are(s, "hidden");
	ck_assert_msg(host_subject_remove(s, private_dir) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	ck_assert_int_eq(entries(ntfs.mount), 1);
	ck_assert_int_eq(entries(private_dir), 0);
	ck_assert_msg(
		host_new_finish(new_with(path, "main", "hidden"), &want) == 0,
		"%s", err_last()->text);
	for (int i = 0; i < 2; i++) {
		char buf[4];
		size_t n = 0;

		/* Reading it does not show in what is saved. */
		s = subject(path);
		ck_assert_int_eq(
			host_pread(host_subject_file(s), 0, buf, 4, &n), 0);
		ck_assert_int_eq(memcmp(buf, "main", 4), 0);
		streams_are(s, "hidden");
		ck_assert_int_eq(host_subject_meta(s, &got), 0);
		ck_assert_msg(host_meta_differs(&want, &got, why,
						sizeof(why)) == NULL,
			      "%s", why);
		host_subject_close(s);
		host_meta_release(&got);
		ck_assert_int_eq(entries(ntfs.mount), 2);
		if (i > 0)
			break;
		/* The reading is put right, and nothing is in memory. */
		set(path, "system.ntfs_times", times, sizeof(times));
		ntfs_image_unmount(&ntfs);
		ck_assert(ntfs_image_mount(&ntfs, interfaces[_i]));
	}
	host_meta_release(&want);
	mem_free(path);
	end();
}

END_TEST

/* A hive: swapped in with all that the old one had. */
START_TEST(replace_keeps_all)
{
	struct host_meta want;
	struct host_meta got;
	struct host_subject *s;
	char why[256];
	char *path;

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	path = in_mount("NTUSER long.DAT");
	file_make(path, "old");
	dress(path, "NTUSER~1.DAT");
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &want), 0);
	ck_assert_msg(host_new_replace(new_file(path, "new"), s, &want) == 0,
		      "%s", err_last()->text);
	file_is(path, "new");
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &got), 0);
	ck_assert_msg(host_meta_differs(&want, &got, why, sizeof(why)) == NULL,
		      "%s", why);
	host_subject_close(s);
	ck_assert_int_eq(entries(ntfs.mount), 2);
	host_meta_release(&got);
	host_meta_release(&want);
	mem_free(path);
	end();
}

END_TEST

/* The file's own 8.3 name; "" for none. */
static void short_name_is(const char *path, const char *want)
{
	struct host_subject *s = subject(path);
	struct host_meta meta;

	ck_assert_int_eq(host_subject_meta(s, &meta), 0);
	host_subject_close(s);
	ck_assert_str_eq(meta.short_name != NULL ? meta.short_name : "", want);
	host_meta_release(&meta);
}

START_TEST(moves_keep_the_short_name_or_nothing_happens)
{
	uint8_t *name = NULL;
	struct host_subject *s;
	struct host_aside a;
	struct host_place *p;
	struct host_meta meta = { .known = META_SHORT };
	struct stat st;
	char *path;
	char *other;
	size_t nbytes = 0;
	struct host_short spared;
	struct host_new *n;
	int fd = -1;

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	path = in_mount("A long name.dll");
	other = in_mount("other");
	file_make(path, "x");
	set(path, "system.ntfs_dos_name", "ALONGN~1.DLL", 12);
	file_make(other, "y");
	/* Moved aside, found to be another, and moved back. */
	p = place(path);
	ck_assert_int_eq(host_private_open(private_dir, &fd), 0);
	memset(&a, 0, sizeof(a));
	a.dir = p->dir;
	a.name = p->name;
	a.fd = fd;
	a.fd_text = private_dir;
	snprintf(a.aside, sizeof(a.aside), "aside");
	ck_assert_int_eq(stat(other, &st), 0);
	ck_assert_int_eq(host_move_aside(&a, &st), ERR_CHANGED);
	host_aside_release(&a);
	close(fd);
	host_place_close(p);
	ck_assert_int_eq(host_xattr(-1, AT_FDCWD, path, "system.ntfs_dos_name",
				    &name, &nbytes),
			 0);
	ck_assert_str_eq((char *)name, "ALONGN~1.DLL");
	mem_free(name);
	file_is(path, "x");
	/* The driver would cut this one: said before anything is made. */
	s = subject(other);
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	meta.short_name = (char *)"報告書~1.DLL";
	ck_assert_int_eq(host_new_finish(new_file(other, "y"), &meta),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(entries(ntfs.mount), 2);
	/* Spared, it is not even tried. */
	n = new_file(other, "y");
	host_new_spare_short(n, &spared);
	ck_assert_msg(host_new_finish(n, &meta) == 0, "%s", err_last()->text);
	ck_assert_int_eq(spared.fate, HOST_SHORT_LOST);
	short_name_is(other, "");
	mem_free(other);
	mem_free(path);
	end();
}

END_TEST

/* Somebody took the name while the file lay in the vault. */
START_TEST(short_name_taken_since_is_spared)
{
	struct host_meta want, got;
	struct host_short name;
	struct host_subject *s;
	struct host_new *n;
	char *path, *other;
	char why[256];

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	path = in_mount("A long name.dll");
	other = in_mount("A longer name.dll");
	ck_assert_int_eq(
		host_new_finish(new_with(path, "main", "hidden"), NULL), 0);
	dress(path, "ALONGN~1.DLL");
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &want), 0);
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	file_make(other, "other");
	set(other, "system.ntfs_dos_name", "ALONGN~1.DLL", 12);
	/* All or nothing, for who did not ask for less. */
	ck_assert_int_eq(
		host_new_finish(new_with(path, "main", "hidden"), &want),
		ERR_IO);
	ck_assert_int_eq(entries(ntfs.mount), 2);
	n = new_with(path, "main", "hidden");
	host_new_spare_short(n, &name);
	ck_assert_msg(host_new_finish(n, &want) == 0, "%s", err_last()->text);
	ck_assert_int_eq(name.fate, HOST_SHORT_TAKEN);
	ck_assert_str_eq(name.name, "ALONGN~1.DLL");
	/* As the disk has it. */
	ntfs_image_unmount(&ntfs);
	ck_assert(ntfs_image_mount(&ntfs, interfaces[0]));
	ck_assert_int_eq(entries(ntfs.mount), 3);
	short_name_is(other, "ALONGN~1.DLL");
	short_name_is(path, "");
	s = subject(path);
	streams_are(s, "hidden");
	ck_assert_int_eq(host_subject_meta(s, &got), 0);
	host_subject_close(s);
	want.known &= ~META_SHORT;
	ck_assert_msg(host_meta_differs(&want, &got, why, sizeof(why)) == NULL,
		      "%s", why);
	host_meta_release(&got);
	file_is(path, "main");
	file_is(other, "other");
	host_meta_release(&want);
	mem_free(other);
	mem_free(path);
	end();
}

END_TEST

static uint32_t links_of(const char *path)
{
	struct host_subject *s = subject(path);
	uint32_t links = 0;

	ck_assert_msg(host_subject_links(s, &links) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	return links;
}

START_TEST(links_do_not_count_short_names)
{
	struct host_subject *s;
	struct host_meta meta;
	char *path;
	char *other;
	char *short_one;
	char *below;

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	path = in_mount("A long name.dll");
	other = in_mount("Another long name.dll");
	short_one = in_mount("EVIL.DLL");
	below = host_join(private_dir, "EVIL.DLL");
	file_make(path, "x");
	ck_assert_uint_eq(links_of(path), 1);
	set(path, "system.ntfs_dos_name", "ALONGN~1.DLL", 12);
	ck_assert_uint_eq(links_of(path), 1);
	ck_assert_int_eq(link(path, other), 0);
	ck_assert_uint_ge(links_of(path), 2);
	/* A name that is its own short name; then a second link. */
	file_make(short_one, "x");
	set(short_one, "system.ntfs_dos_name", "EVIL.DLL", 8);
	ck_assert_uint_eq(links_of(short_one), 1);
	ck_assert_int_eq(link(short_one, below), 0);
	ck_assert_uint_eq(links_of(short_one), 2);
	ck_assert_uint_eq(links_of(below), 2);
	/* What is refused for its links can still be looked at. */
	s = subject(below);
	ck_assert_int_eq(host_subject_meta(s, &meta), 0);
	host_subject_close(s);
	host_meta_release(&meta);
	mem_free(below);
	mem_free(short_one);
	mem_free(other);
	mem_free(path);
	end();
}

END_TEST

/* The access list of a private folder is written, and looked at. */
START_TEST(private_folder_has_its_access_list)
{
	/* Everybody may everything: an entry of Administrators changed. */
	uint8_t open_acl[DESCRIPTOR_PRIVATE_NBYTES];
	struct host_subject *s;
	uint8_t *acl = NULL;
	char *path;
	size_t n = 0;

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	ck_assert_int_eq(host_xattr(-1, AT_FDCWD, private_dir,
				    "system.ntfs_acl", &acl, &n),
			 0);
	ck_assert(descriptor_is_same(acl, n, descriptor_private_folder,
				     DESCRIPTOR_PRIVATE_NBYTES));
	mem_free(acl);
	ck_assert_int_eq(host_private_dir(ntfs.mount, private_dir, false), 0);
	memcpy(open_acl, descriptor_private_folder, sizeof(open_acl));
	open_acl[100] = 0x21;
	set(private_dir, "system.ntfs_acl", open_acl, sizeof(open_acl));
	ck_assert_int_eq(host_private_dir(ntfs.mount, private_dir, false),
			 ERR_DENIED);
	ck_assert_msg(strstr(err_last()->text, "S-1-5-32-545") != NULL, "%s",
		      err_last()->text);
	path = in_mount("file");
	file_make(path, "x");
	s = subject(path);
	ck_assert_int_eq(host_subject_remove(s, private_dir), ERR_DENIED);
	host_subject_close(s);
	file_is(path, "x");
	mem_free(path);
	end();
}

END_TEST

/* "\??\C:\" and nothing to print. */
static const uint8_t junction[] = {
	3, 0,	0, 0xa0, 26, 0,	   0, 0,   0, 0,   14, 0,    16, 0, 0, 0, '\\',
	0, '?', 0, '?',	 0,  '\\', 0, 'C', 0, ':', 0,  '\\', 0,	 0, 0, 0, 0
};

START_TEST(no_junction_and_no_stream_on_the_way)
{
	struct host_place *p = NULL;
	struct stat st;
	char *point;
	char *through;
	char *stream;

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	point = in_mount("point");
	through = in_mount("point/vault");
	stream = in_mount("file:evil");
	ck_assert_int_eq(host_mkdir(point), 0);
	set(point, "system.ntfs_reparse_data", junction, sizeof(junction));
	/* The kernel keeps for a while that it was a folder. */
	while (lstat(point, &st) == 0 && S_ISDIR(st.st_mode))
		host_sleep_ms(10);
	ck_assert_int_eq(host_place_open(ntfs.mount, through, &p),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(host_place_open(ntfs.mount, stream, &p), ERR_NAME);
	ck_assert_ptr_null(p);
	mem_free(stream);
	mem_free(through);
	mem_free(point);
	end();
}

END_TEST

/* Sets the flag where test_change_posix.c's parser does not look for it. */
static void make_dirty(const char *image)
{
	static uint8_t data[8 << 20];
	/* $VOLUME_INFORMATION: type, length 40, resident, 12 bytes at 24. */
	static const uint8_t head[] = { 0x70, 0, 0, 0, 40, 0, 0, 0, 0 };
	const int fd = open(image, O_RDWR);
	ssize_t n;
	int found = 0;

	ck_assert_int_ge(fd, 0);
	/* mkntfs puts $MFT at 16 KiB, and the mirror into the middle. */
	for (off_t at = 0;; at += n) {
		n = pread(fd, data, sizeof(data), at);
		if (n <= 0)
			break;
		for (ssize_t i = 0; i + 40 <= n; i += 8) {
			if (memcmp(data + i, head, sizeof(head)) != 0 ||
			    bytes_le32(data + i + 16) != 12)
				continue;
			data[i + 34] |= 1;
			ck_assert_int_eq(
				pwrite(fd, data + i + 34, 1, at + i + 34), 1);
			found++;
		}
	}
	close(fd);
	ck_assert_int_eq(found, 2);
}

/* Byte 0x48 of the boot sector, the low half of eight bytes. */
static uint32_t serial_in(const char *image)
{
	const int fd = open(image, O_RDONLY);
	uint8_t raw[4] = { 0 };

	ck_assert_int_eq(pread(fd, raw, 4, 0x48), 4);
	close(fd);
	return bytes_le32(raw);
}

static void dirty_is(bool want)
{
	struct host_volume_state v = { 0 };

	ck_assert_msg(host_volume_state(ntfs.mount, &v) == 0, "%s",
		      err_last()->text);
	ck_assert(v.dirty_known);
	ck_assert_int_eq(v.is_dirty, want);
	ck_assert(v.keeps_security);
	ck_assert(!v.is_remote);
	ck_assert_uint_eq(v.serial, serial_in(ntfs.image));
	mem_free(v.fs_name);
}

START_TEST(dirty_flag_is_seen)
{
	struct host_volume_state v = { 0 };

	if (!begin(interfaces[0]))
		UNIT_SKIP(CANNOT);
	dirty_is(false);
	ntfs_image_unmount(&ntfs);
	make_dirty(ntfs.image);
	ck_assert(ntfs_image_mount(&ntfs, "ro"));
	dirty_is(true);
	ck_assert_int_eq(host_volume_state(private_dir, &v), 0);
	ck_assert(v.is_read_only);
	mem_free(v.fs_name);
	end();
}

END_TEST

static Suite *change_ntfs_suite(void)
{
	Suite *s = suite_create("change_ntfs");
	TCase *tc = tcase_create("change_ntfs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, all_comes_back, 0, 2);
	tcase_add_test(tc, replace_keeps_all);
	tcase_add_test(tc, moves_keep_the_short_name_or_nothing_happens);
	tcase_add_test(tc, short_name_taken_since_is_spared);
	tcase_add_test(tc, links_do_not_count_short_names);
	tcase_add_test(tc, private_folder_has_its_access_list);
	tcase_add_test(tc, no_junction_and_no_stream_on_the_way);
	tcase_add_test(tc, dirty_flag_is_seen);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(change_ntfs_suite)
