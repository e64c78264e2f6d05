/*
 * What protects an offline file, where that needs links and owners that only
 * Linux can make for a test; and protect_check() through a held subject.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "catalog_make.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "trust/protect.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CATROOT "Windows/System32/CatRoot"
#define FILE_W	"C:\\Users\\taro\\a.dll"

static struct fixture fx;

static void setup(void)
{
	fixture_init(&fx);
	fixture_windows7(&fx);
	fixture_machine_hives(&fx, "Windows/System32/config");
	fixture_file(&fx, "Users/taro/a.dll", "some bytes\n");
}

static void teardown(void)
{
	fixture_release(&fx);
}

/* Of FILE_W, in the Windows at `root`. */
static struct protect_result check_at(const char *root)
{
	struct target_options o = { .kind = TARGET_OFFLINE, .root = root };
	struct host_subject *subject = NULL;
	struct host_place *place = NULL;
	struct protect *protect = NULL;
	struct target *t = NULL;
	struct target_path p;
	struct protect_result r;

	memset(&r, 0x5a, sizeof(r));
	ck_assert_msg(target_open(&o, &t) == 0, "%s", err_last()->text);
	ck_assert_int_eq(target_resolve(t, FILE_W, 0, &p), 0);
	ck_assert_int_eq(host_place_open(root, p.host, &place), 0);
	ck_assert_msg(host_subject_open(place, 0, &subject) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(protect_begin(t, &protect), 0);
	ck_assert_int_eq(protect_check(protect, p.wpath, subject, &r), 0);
	protect_end(protect);
	host_subject_close(subject);
	host_place_close(place);
	target_path_release(&p);
	target_free(t);
	return r;
}

static void is(struct protect_result r, enum protect_answer answer,
	       enum protect_why why, const char *detail)
{
	ck_assert_msg(r.answer == answer && r.why == why &&
			      strstr(r.detail, detail) != NULL,
		      "%d by %s: '%s'", (int)r.answer, protect_why_name(r.why),
		      r.detail);
}

START_TEST(subjects_with_links)
{
	char *from = fixture_path(&fx, "Users/taro/a.dll");
	char *to = fixture_path(&fx, "Windows/a.dll");

	is(check_at(fx.root), PROTECT_NO, PROTECT_BY_NOTHING, "");
	ck_assert_int_eq(link(from, to), 0);
	is(check_at(fx.root), PROTECT_YES, PROTECT_BY_LINKS, "2");
	ck_assert_int_eq(unlink(to), 0);
	is(check_at(fx.root), PROTECT_NO, PROTECT_BY_NOTHING, "");
	mem_free(from);
	mem_free(to);
}

END_TEST

/* What a link leads to is not read, and so not known. */
START_TEST(catalogs_behind_links)
{
	static const char *const links[] = { CATROOT "/x.cat", CATROOT "/{1}",
					     CATROOT };

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		char *path = fixture_path(&fx, links[i]);

		fixture_folder(&fx, i < 2 ? CATROOT : "Windows/System32");
		ck_assert_int_eq(symlink("/nowhere", path), 0);
		is(check_at(fx.root), PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
		   "CatRoot");
		ck_assert_int_eq(unlink(path), 0);
		mem_free(path);
		if (i == 1) {
			path = fixture_path(&fx, CATROOT);
			ck_assert_int_eq(rmdir(path), 0);
			mem_free(path);
		}
	}
	is(check_at(fx.root), PROTECT_NO, PROTECT_BY_NOTHING, "");
}

END_TEST

/* ---- on NTFS ------------------------------------------------------------- */

/* False where this machine cannot mount one. */
static bool ntfs_mount(const char *image, const char *mount)
{
	struct str command = STR_INIT;
	int fd = open(image, O_WRONLY | O_CREAT, 0600);
	bool ok;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 32 << 20), 0);
	close(fd);
	ck_assert_int_eq(host_mkdir(mount), 0);
	str_addf(
		&command,
		"(mkntfs -q -Q -F '%s' && ntfs-3g -o streams_interface=windows "
		"'%s' '%s' && cp -r '%s/Windows' '%s/Users' '%s/') "
		">/dev/null 2>&1",
		image, image, mount, fx.root, fx.root, mount);
	ok = system(str_text(&command)) == 0;
	str_release(&command);
	return ok;
}

static void ntfs_unmount(const char *mount)
{
	struct str command = STR_INIT;

	str_addf(&command, "umount '%s'", mount);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
}

/* A descriptor without access list: owner and group of that SID. */
static void set_owner(const char *path, const uint32_t *sub, uint8_t count)
{
	uint8_t d[20 + 2 * (8 + 4 * 8)] = { 1, 0, 0x04, 0x80 };
	const size_t sid = 8 + (size_t)count * 4;

	/* Offsets of owner and group; DACL present and NULL. */
	d[4] = 20;
	d[8] = (uint8_t)(20 + sid);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *p = d + 20 + i * sid;

		p[0] = 1;
		p[1] = count;
		p[7] = 5;
		for (size_t k = 0; k < count; k++)
			memcpy(p + 8 + 4 * k, &sub[k], 4);
	}
	ck_assert_int_eq(setxattr(path, "system.ntfs_acl", d, 20 + 2 * sid, 0),
			 0);
}

START_TEST(owners_on_ntfs)
{
	static const uint32_t installer[] = { 80,	   956008885,
					      3418522649u, 1831038044,
					      1853292631,  2271478464u };
	static const uint32_t another[] = {
		80, 956008885, 3418522649u, 1831038044, 1853292631, 2271478465u
	};
	static const uint32_t administrators[] = { 32, 544 };
	char *image = fixture_path(&fx, "image");
	char *mount = fixture_path(&fx, "mount");
	char *file = host_join(mount, "Users/taro/a.dll");
	char *second = host_join(mount, "Users/b.dll");
	struct protect_result r[5];

	if (!ntfs_mount(image, mount)) {
		mem_free(image);
		mem_free(mount);
		mem_free(file);
		mem_free(second);
		UNIT_SKIP("no NTFS can be mounted here");
	}
	/* Judged after unmounting: a failed test leaves no volume behind. */
	set_owner(file, administrators, 2);
	r[0] = check_at(mount);
	/* An 8.3 name counts in st_nlink, and is no second link. */
	ck_assert_int_eq(setxattr(file, "system.ntfs_dos_name", "A1.DLL", 6, 0),
			 0);
	r[1] = check_at(mount);
	set_owner(file, another, 6);
	r[2] = check_at(mount);
	set_owner(file, installer, 6);
	r[3] = check_at(mount);
	set_owner(file, administrators, 2);
	ck_assert_int_eq(link(file, second), 0);
	r[4] = check_at(mount);
	ntfs_unmount(mount);
	for (size_t i = 0; i < 3; i++)
		is(r[i], PROTECT_NO, PROTECT_BY_NOTHING, "");
	is(r[3], PROTECT_YES, PROTECT_BY_OWNER, "");
	/* Two names and a short one: ntfs-3g does not tell which is which. */
	is(r[4], PROTECT_YES, PROTECT_BY_LINKS, "hard links");
	mem_free(image);
	mem_free(mount);
	mem_free(file);
	mem_free(second);
}

END_TEST

static Suite *protect_posix_suite(void)
{
	Suite *s = suite_create("protect_posix");
	TCase *c = tcase_create("protect_posix");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, subjects_with_links);
	tcase_add_test(c, catalogs_behind_links);
	tcase_add_test(c, owners_on_ntfs);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(protect_posix_suite)
