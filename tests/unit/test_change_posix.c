/*
 * Changing files where only Linux can show it: links on the way, another file
 * at the name, folders of others, file systems that lack calls.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "file_clock.h"
#include "scratch.h"
#include "seccomp_posix.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "host/change_posix.h"
#include "host/ntfs_flags.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/xattr.h>

static char *private_dir;

static void setup(void)
{
	scratch_make("change");
	private_dir = in_scratch("private");
	ck_assert_int_eq(host_private_dir(scratch, private_dir, false), 0);
}

static void teardown(void)
{
	mem_free(private_dir);
	scratch_release();
}

/* ---- links and mounts ---------------------------------------------------- */

START_TEST(no_link_on_the_way)
{
	char *dir = in_scratch("dir");
	char *file = in_scratch("dir/file");
	char *link = in_scratch("link");
	char *through = in_scratch("link/file");
	char *last = in_scratch("dir/last");
	struct host_subject *s = NULL;
	struct host_place *p = NULL;

	ck_assert_int_eq(host_mkdir(dir), 0);
	file_make(file, "x");
	ck_assert_int_eq(symlink("dir", link), 0);
	ck_assert_int_eq(symlink("file", last), 0);
	ck_assert_int_eq(host_place_open(scratch, through, &p),
			 ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "through the link"));
	ck_assert_ptr_null(p);
	/* What the user gave may hold one. */
	ck_assert_int_eq(host_place_open(link, through, &p), 0);
	ck_assert_int_eq(host_place_exists(p), 1);
	host_place_close(p);
	p = place(last);
	ck_assert_int_eq(host_place_exists(p), 1);
	ck_assert_int_eq(host_subject_open(p, 0, &s), ERR_UNSUPPORTED);
	host_place_close(p);
	ck_assert_int_eq(host_private_dir(scratch, link, false),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(host_private_dir(scratch, last, false),
			 ERR_UNSUPPORTED);
	mem_free(last);
	mem_free(through);
	mem_free(link);
	mem_free(file);
	mem_free(dir);
}

END_TEST

START_TEST(no_mount_point_on_the_way)
{
	char *dir = in_scratch("dir");
	char *file = in_scratch("dir/file");
	struct host_place *p = NULL;
	struct host_subject *s;
	char *other = in_scratch("other");

	ck_assert_int_eq(host_mkdir(dir), 0);
	if (mount("tmpfs", dir, "tmpfs", 0, "size=1m") != 0) {
		mem_free(other);
		mem_free(file);
		mem_free(dir);
		UNIT_SKIP("nothing can be mounted here");
	}
	file_make(file, "x");
	ck_assert_int_eq(host_place_open(scratch, file, &p), ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "mount point"));
	ck_assert_ptr_null(p);
	/* A mapped drive is a base of its own. */
	ck_assert_int_eq(host_place_open(dir, file, &p), 0);
	ck_assert_int_eq(host_subject_open(p, 0, &s), 0);
	host_place_close(p);
	/* Its private folder must lie on it. */
	ck_assert_int_eq(host_subject_remove(s, private_dir), ERR_INVALID);
	file_is(file, "x");
	p = place(other);
	ck_assert_int_eq(host_subject_rename(s, p, private_dir), ERR_INVALID);
	host_place_close(p);
	host_subject_close(s);
	ck_assert_int_eq(host_private_dir(scratch, dir, false),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(umount(dir), 0);
	mem_free(other);
	mem_free(file);
	mem_free(dir);
}

END_TEST

START_TEST(fifo_is_no_subject)
{
	char *path = in_scratch("fifo");
	struct host_subject *s = NULL;
	struct host_place *p;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	p = place(path);
	ck_assert_int_eq(host_subject_open(p, 0, &s), ERR_UNSUPPORTED);
	host_place_close(p);
	mem_free(path);
}

END_TEST

START_TEST(beyond_path_max)
{
	struct str path = STR_INIT;
	char component[201];
	struct host_subject *s;
	char *file;

	memset(component, 'c', 200);
	component[200] = '\0';
	str_add(&path, scratch);
	while (path.len < 9000) {
		str_addch(&path, '/');
		str_add(&path, component);
		ck_assert_int_eq(host_mkdir(str_text(&path)), 0);
	}
	file = host_join(str_text(&path), "file");
	str_addf(&path, "/private");
	ck_assert_int_eq(host_private_dir(scratch, str_text(&path), false), 0);
	ck_assert_msg(host_new_finish(new_file(file, "deep"), NULL) == 0, "%s",
		      err_last()->text);
	file_is(file, "deep");
	s = subject(file);
	ck_assert_int_eq(host_subject_remove(s, str_text(&path)), 0);
	host_subject_close(s);
	ck_assert_int_eq(entries(str_text(&path)), 0);
	ck_assert_int_eq(host_flush_dir(str_text(&path)), 0);
	mem_free(file);
	/* One name that is too long. */
	str_clear(&path);
	str_addf(&path, "%s/%s%s/x", scratch, component, component);
	ck_assert_int_eq(host_place_open(scratch, str_text(&path),
					 &(struct host_place *){ NULL }),
			 ERR_NAME);
	str_release(&path);
}

END_TEST

/* ---- another file at the name -------------------------------------------- */

enum swap {
	SWAP_LINK,
	SWAP_HARD_LINK,
	SWAP_TWIN,
	SWAP_FOLDER,
	SWAP_GONE,
	SWAP_WRITTEN,
	SWAP_TOUCHED,
	SWAP_LINKED,
	SWAP_COUNT
};

/* `path` holds "evil"; `precious` must never change. */
static void swap(enum swap how, const char *path, const char *precious)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, { 1, 0 } };
	char *away = in_scratch("away");

	if (how < SWAP_WRITTEN)
		ck_assert_int_eq(rename(path, away), 0);
	switch (how) {
	case SWAP_LINK:
		ck_assert_int_eq(symlink(precious, path), 0);
		break;
	case SWAP_HARD_LINK:
		ck_assert_int_eq(link(precious, path), 0);
		break;
	case SWAP_TWIN:
		file_make(path, "twin");
		break;
	case SWAP_FOLDER:
		ck_assert_int_eq(host_mkdir(path), 0);
		break;
	case SWAP_WRITTEN:
		ck_assert_int_eq(truncate(path, 2), 0);
		break;
	case SWAP_TOUCHED:
		ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
		break;
	case SWAP_LINKED:
		ck_assert_int_eq(link(path, away), 0);
		break;
	default:
		break;
	}
	mem_free(away);
}

START_TEST(another_file_is_left_alone)
{
	char *path = in_scratch("evil.dll");
	char *precious = in_scratch("precious");
	char *to = in_scratch("to");
	struct host_subject *s;
	struct host_place *p;
	struct stat before;
	struct stat after;
	struct stat st;

	file_make(path, "evil");
	file_make(precious, "dear");
	s = subject(path);
	/* So that its change time can show the change. */
	file_clock_moves_on(path);
	swap((enum swap)_i, path, precious);
	if (_i != SWAP_GONE)
		ck_assert_int_eq(lstat(path, &before), 0);
	ck_assert_int_eq(host_subject_check(s), ERR_CHANGED);
	ck_assert_int_eq(host_subject_remove(s, private_dir), ERR_CHANGED);
	p = place(to);
	ck_assert_int_eq(host_subject_rename(s, p, private_dir), ERR_CHANGED);
	host_place_close(p);
	ck_assert_int_eq(host_new_replace(new_file(path, "hive"), s, NULL),
			 ERR_CHANGED);
	if (_i != SWAP_GONE) {
		ck_assert_int_eq(lstat(path, &after), 0);
		ck_assert_uint_eq(after.st_ino, before.st_ino);
		ck_assert_int_eq(after.st_size, before.st_size);
	} else {
		ck_assert_int_ne(lstat(path, &st), 0);
	}
	file_is(precious, "dear");
	ck_assert_int_eq(entries(private_dir), 0);
	/* private, precious, away, and what has the name */
	ck_assert_int_eq(entries(scratch), _i == SWAP_GONE ||
							   _i == SWAP_WRITTEN ||
							   _i == SWAP_TOUCHED
						   ? 3
						   : 4);
	mem_free(to);
	mem_free(precious);
	mem_free(path);
}

END_TEST

static void aside_init(struct host_aside *a, struct host_place *p, int fd)
{
	memset(a, 0, sizeof(*a));
	a->dir = p->dir;
	a->name = p->name;
	a->fd = fd;
	a->fd_text = private_dir;
	snprintf(a->aside, sizeof(a->aside), "aside");
}

/*
 * The exchange happens between the last look and the move, and meanwhile the
 * name is taken: what was moved stays, and the sentence says where.
 */
/* Deeper than a sentence is long. */
static void move_private_dir_down(void)
{
	char name[201];
	char *folder;

	memset(name, 'c', 200);
	name[200] = '\0';
	folder = host_join(scratch, name);
	ck_assert_int_eq(host_mkdir(folder), 0);
	mem_free(private_dir);
	private_dir = host_join(folder, name);
	ck_assert_int_eq(host_mkdir(private_dir), 0);
	mem_free(folder);
	folder = host_join(private_dir, "private");
	mem_free(private_dir);
	private_dir = folder;
	ck_assert_int_eq(host_private_dir(scratch, private_dir, false), 0);
}

START_TEST(what_cannot_go_back_is_kept)
{
	char *path = in_scratch("evil.dll");
	char *twin = in_scratch("twin");
	char where[300];
	char *kept;
	struct host_place *p = place(path);
	struct host_aside a;
	struct stat want;
	int fd = -1;

	if (_i == 1)
		move_private_dir_down();
	kept = host_join(private_dir, "aside");
	file_make(path, "evil");
	file_make(twin, "twin");
	ck_assert_int_eq(stat(path, &want), 0);
	ck_assert_int_eq(host_private_open(private_dir, &fd), 0);
	/* It is not the one that was held: back it goes. */
	ck_assert_int_eq(rename(twin, path), 0);
	aside_init(&a, p, fd);
	ck_assert_int_eq(host_move_aside(&a, &want), ERR_CHANGED);
	file_is(path, "twin");
	ck_assert_int_eq(entries(private_dir), 0);
	/* It is, but cannot be removed, and something took its name. */
	ck_assert_int_eq(stat(path, &want), 0);
	ck_assert_int_eq(host_move_aside(&a, &want), 0);
	file_is(kept, "twin");
	file_make(path, "third");
	err_fail(ERR_DENIED, EPERM, "cannot remove it");
	ck_assert_int_eq(host_move_back(&a, ERR_DENIED), ERR_DENIED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "cannot remove it"));
	host_path_text_in(where, sizeof(where), private_dir, NULL);
	ck_assert_ptr_nonnull(strstr(err_last()->text, where));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "/private\""));
	ck_assert_ptr_nonnull(strstr(err_last()->text, "\"aside\""));
	file_is(kept, "twin");
	file_is(path, "third");
	host_aside_release(&a);
	close(fd);
	host_place_close(p);
	mem_free(kept);
	mem_free(twin);
	mem_free(path);
}

END_TEST

/* As after a crash between the move and the removal. */
START_TEST(leftover_can_be_finished_or_put_back)
{
	char *path = in_scratch("evil.dll");
	struct host_place *p = place(path);
	struct host_place *inside = NULL;
	char *found = NULL;
	struct host_subject *s;
	struct host_aside a;
	struct stat want;
	int fd = -1;

	file_make(path, "evil");
	ck_assert_int_eq(stat(path, &want), 0);
	ck_assert_int_eq(host_private_open(private_dir, &fd), 0);
	aside_init(&a, p, fd);
	snprintf(a.aside, sizeof(a.aside), HOST_REMOVING "%016" PRIx64 "-%016x",
		 (uint64_t)want.st_ino, 7u);
	ck_assert_int_eq(host_move_aside(&a, &want), 0);
	close(fd);
	ck_assert_int_eq(host_leftover(private_dir, want.st_ino, &found), 0);
	file_is(found, "evil");
	ck_assert_int_eq(host_place_open(private_dir, found, &inside), 0);
	ck_assert_int_eq(host_subject_open(inside, 0, &s), 0);
	ck_assert_int_eq(host_subject_rename(s, p, private_dir), 0);
	file_is(path, "evil");
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	ck_assert_int_eq(entries(private_dir), 0);
	mem_free(found);
	found = NULL;
	ck_assert_int_eq(host_leftover(private_dir, want.st_ino, &found),
			 ERR_NOT_FOUND);
	host_aside_release(&a);
	host_place_close(inside);
	host_place_close(p);
	mem_free(path);
}

END_TEST

/* ---- private folders --------------------------------------------- */

START_TEST(folders_of_others_are_refused)
{
	static const struct {
		mode_t mode;
		uid_t uid;
		const char *part;
	} rows[] = {
		{ 0755, 0, "mode 0755" },
		{ 0710, 0, "mode 0710" },
		{ 0701, 0, "mode 0701" },
		{ 01777, 0, "mode 1777" },
		{ 0700, 1000, "belongs to the user 1000" },
	};

	char *dir = in_scratch("dir");
	char *path = in_scratch("evil.dll");
	struct host_subject *s;
	struct stat st;

	ck_assert_int_eq(host_mkdir(dir), 0);
	ck_assert_int_eq(chmod(dir, rows[_i].mode), 0);
	if (rows[_i].uid != 0 && chown(dir, rows[_i].uid, 0) != 0) {
		mem_free(path);
		mem_free(dir);
		UNIT_SKIP("no folder can be given away here");
	}
	ck_assert_int_eq(host_private_dir(scratch, dir, false), ERR_DENIED);
	ck_assert_msg(strstr(err_last()->text, rows[_i].part) != NULL, "%s",
		      err_last()->text);
	ck_assert_int_eq(host_private_dir(scratch, dir, true), ERR_DENIED);
	/* It was private once: that is looked at each time. */
	file_make(path, "evil");
	s = subject(path);
	ck_assert_int_eq(host_subject_remove(s, dir), ERR_DENIED);
	ck_assert_int_eq(host_subject_remove(s, NULL), ERR_INVALID);
	host_subject_close(s);
	file_is(path, "evil");
	ck_assert_int_eq(entries(dir), 0);
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, rows[_i].mode);
	mem_free(path);
	mem_free(dir);
}

END_TEST

/* A generous umask and a set-group-id parent change nothing. */
START_TEST(private_folder_is_0700)
{
	char *dir = in_scratch("vault");
	struct stat st;

	umask(0);
	ck_assert_int_eq(host_private_dir(scratch, dir, false), 0);
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert_uint_eq(st.st_uid, geteuid());
	mem_free(dir);
}

END_TEST

/* ---- metadata ---------------------------------------------------- */

START_TEST(owner_mode_and_attributes_come_back)
{
	const struct timespec times[2] = { { 1000000000, 123456700 },
					   { 1100000000, 765432100 } };
	bool is_given, is_trusted;
	char *path = in_scratch("file");
	struct host_subject *s;
	struct host_meta want;
	struct host_meta got;
	struct stat before;
	struct stat st;
	char buf[32];

	file_make(path, "content");
	/* Root of a container may be short of either right. */
	is_given = chown(path, 1234, 4321) == 0;
	ck_assert_int_eq(chmod(path, 04751), 0);
	if (setxattr(path, "user.note", "a\0b", 3, 0) != 0) {
		mem_free(path);
		UNIT_SKIP("no extended attributes here");
	}
	ck_assert_int_eq(setxattr(path, "user.empty", "", 0, 0), 0);
	is_trusted = setxattr(path, "trusted.own", "t", 1, 0) == 0;
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	/* As exact as this file system is. */
	ck_assert_int_eq(stat(path, &before), 0);
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &want), 0);
	ck_assert_uint_eq(want.known, META_TIMES | META_POSIX | META_XATTRS);
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	umask(077);
	ck_assert_msg(host_new_finish(new_file(path, "content"), &want) == 0,
		      "%s", err_last()->text);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 04751);
	if (is_given) {
		ck_assert_uint_eq(st.st_uid, 1234);
		ck_assert_uint_eq(st.st_gid, 4321);
	}
	if (is_trusted)
		ck_assert_int_eq(getxattr(path, "trusted.own", buf, 32), 1);
	ck_assert_int_eq(st.st_atim.tv_sec, 1000000000);
	ck_assert_int_eq(st.st_atim.tv_nsec, before.st_atim.tv_nsec);
	ck_assert_int_eq(st.st_mtim.tv_sec, 1100000000);
	ck_assert_int_eq(st.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	ck_assert_int_eq(getxattr(path, "user.note", buf, 32), 3);
	ck_assert_int_eq(memcmp(buf, "a\0b", 3), 0);
	ck_assert_int_eq(getxattr(path, "user.empty", buf, 32), 0);
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &got), 0);
	ck_assert_ptr_null(host_meta_differs(&want, &got, buf, sizeof(buf)));
	host_subject_close(s);
	host_meta_release(&got);
	host_meta_release(&want);
	mem_free(path);
	if (!is_given || !is_trusted)
		UNIT_SKIP("all of it but owners or trusted attributes");
}

END_TEST

/* No short names here: the file comes all the same, if that was asked for. */
START_TEST(short_name_is_spared)
{
	char *path = in_scratch("file");
	struct host_meta want = { .known = META_SHORT };
	struct host_short name;
	struct host_new *n = new_file(path, "x");

	want.short_name = (char *)"FILE~1";
	host_new_spare_short(n, &name);
	ck_assert_msg(host_new_finish(n, &want) == 0, "%s", err_last()->text);
	ck_assert_int_eq(name.fate, HOST_SHORT_LOST);
	ck_assert_str_eq(name.name, "FILE~1");
	mem_free(path);
	path = in_scratch("other");
	n = new_file(path, "x");
	want.known |= META_OBJECT; /* not here either */
	host_new_spare_short(n, &name);
	ck_assert_int_eq(host_new_finish(n, &want), ERR_IO);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "object identifier"));
	ck_assert_int_eq(entries(scratch), 1 + 1);
	mem_free(path);
}

END_TEST

/* What the file system cannot take fails, and leaves nothing behind. */
START_TEST(metadata_that_does_not_come_fails)
{
	/* No kind that is carried; cut in the size; cut in the value. */
	static const uint8_t lists[][16] = { "evil.x\0\1\0\0\0y",
					     "user.x\0\1\0",
					     "user.x\0\4\0\0\0y", "user.x" };
	static const size_t sizes[] = { 12, 9, 12, 6 };
	char *path = in_scratch("file");
	struct host_meta want = { .known = META_SHORT };
	struct host_new *n;

	want.short_name = (char *)"FILE~1";
	ck_assert_int_eq(host_new_finish(new_file(path, "x"), &want), ERR_IO);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "short name"));
	want.known = META_XATTRS;
	for (size_t i = 0; i < 4; i++) {
		want.xattrs = (uint8_t *)lists[i];
		want.xattrs_nbytes = sizes[i];
		ck_assert_int_eq(host_new_finish(new_file(path, "x"), &want),
				 ERR_CORRUPT);
	}
	n = new_file(path, "x");
	ck_assert_int_eq(host_new_stream(n, "evil"), ERR_UNSUPPORTED);
	host_new_abort(n);
	ck_assert_int_eq(entries(scratch), 1);
	mem_free(path);
}

END_TEST

/* ---- file systems that lack calls -------------------------------- */

/* Links and flags of renaming have to be there for this. */
static void create_and_rename(const char *path, const char *to)
{
	struct host_subject *s;
	struct host_place *p;

	ck_assert_msg(host_new_finish(new_file(path, "one"), NULL) == 0, "%s",
		      err_last()->text);
	file_is(path, "one");
	ck_assert_int_eq(host_new_finish(new_file(path, "two"), NULL),
			 ERR_EXISTS);
	host_new_abort(new_file(path, "three"));
	file_is(path, "one");
	ck_assert_int_eq(entries(scratch), 2);
	file_make(to, "taken");
	s = subject(path);
	p = place(to);
	ck_assert_int_eq(host_subject_rename(s, p, private_dir), ERR_EXISTS);
	file_is(path, "one");
	file_is(to, "taken");
	ck_assert_int_eq(unlink(to), 0);
	host_subject_close(s);
	s = subject(path);
	ck_assert_msg(host_subject_rename(s, p, private_dir) == 0, "%s",
		      err_last()->text);
	host_place_close(p);
	host_subject_close(s);
	file_is(to, "one");
}

START_TEST(all_works_with_fewer_calls)
{
	char *path = in_scratch("file");
	char *to = in_scratch("to");
	const bool can_replace = _i < LACK_RENAME_FLAG;
	struct host_subject *s;

	ck_assert(seccomp_lack((enum lack)_i));
	if (_i < LACK_LINK) {
		create_and_rename(path, to);
	} else {
		/* It cannot be sure to replace nothing, so it does not. */
		ck_assert_int_eq(host_new_finish(new_file(path, "one"), NULL),
				 ERR_UNSUPPORTED);
		ck_assert_int_eq(entries(scratch), 1);
		file_make(to, "one");
	}
	/* Without an exchange of names nothing is replaced. */
	ck_assert_int_eq(
		host_new_replace(new_file(to, "new"), subject(to), NULL),
		can_replace ? 0 : ERR_UNSUPPORTED);
	file_is(to, can_replace ? "new" : "one");
	s = subject(to);
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	ck_assert_int_eq(entries(private_dir), 0);
	ck_assert_int_eq(entries(scratch), 1);
	mem_free(to);
	mem_free(path);
}

END_TEST

static char *planted;

/* The file has gone from its name; before that is seen another is there. */
static void plant(void)
{
	const int fd = open(planted, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd >= 0) {
		if (write(fd, "new", 3) != 3)
			abort();
		close(fd);
	}
}

START_TEST(something_new_at_the_name_is_told)
{
	struct host_subject *s;

	planted = in_scratch("file");
	file_make(planted, "old");
	s = subject(planted);
	ck_assert(seccomp_at_fsync(plant));
	ck_assert_int_eq(host_subject_remove(s, private_dir), ERR_EXISTS);
	host_subject_close(s);
	file_is(planted, "new");
	ck_assert_int_eq(entries(private_dir), 0);
	mem_free(planted);
}

END_TEST

/* ---- the dirty flag ---------------------------------------------- */

struct image {
	uint8_t *data;
	size_t nbytes;
};

static bool image_read(void *arg, uint64_t offset, void *buf, size_t nbytes)
{
	const struct image *m = arg;

	if (offset > m->nbytes || nbytes > m->nbytes - offset)
		return false;
	memcpy(buf, m->data + offset, nbytes);
	return true;
}

/* Found in a dump: $MFT at cluster 32 of 512 bytes, records of 1024. */
#define RECORD3	    0x4c00
#define IMAGE_FLAGS 0x4db2

static void image_load(struct image *m)
{
	void *data = NULL;

	ck_assert_int_eq(host_read_file(UNIT_DATA
					"/ntfs/colinfinck_testfs1.raw",
					4 << 20, &data, &m->nbytes),
			 0);
	m->data = data;
}

START_TEST(ntfs_flags_of_an_image)
{
	uint16_t flags = 77;
	struct image m;

	image_load(&m);
	ck_assert(ntfs_volume_flags(image_read, &m, &flags));
	ck_assert_uint_eq(flags, 0);
	m.data[IMAGE_FLAGS] = 0x01;
	m.data[IMAGE_FLAGS + 1] = 0x80;
	ck_assert(ntfs_volume_flags(image_read, &m, &flags));
	ck_assert_uint_eq(flags, 0x8001);
	/* A torn write, and no NTFS. */
	flags = 77;
	m.data[RECORD3 + 510] ^= 1;
	ck_assert(!ntfs_volume_flags(image_read, &m, &flags));
	m.data[RECORD3 + 510] ^= 1;
	m.data[3] = 'M';
	ck_assert(!ntfs_volume_flags(image_read, &m, &flags));
	ck_assert_uint_eq(flags, 77);
	mem_free(m.data);
}

END_TEST

/* Each byte of the boot sector and of the record, in four other values. */
START_TEST(ntfs_flags_of_damaged_images)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff, 0x7f };
	struct image m;
	int good = 0;
	int bad = 0;

	image_load(&m);
	for (size_t i = 0; i < 512 + 1024; i++) {
		const size_t at = i < 512 ? i : RECORD3 + i - 512;

		for (size_t k = 0; k < 4; k++) {
			uint16_t flags;

			m.data[at] ^= flips[k];
			if (ntfs_volume_flags(image_read, &m, &flags))
				good++;
			else
				bad++;
			m.data[at] ^= flips[k];
		}
	}
	/* Most bytes do not matter; those of the geometry do. */
	ck_assert_int_gt(good, 1000);
	ck_assert_int_gt(bad, 50);
	/* Cut short anywhere before the end of the record. */
	for (size_t n = 0; n < RECORD3 + 1024; n += 7) {
		struct image cut = { m.data, n };
		uint16_t flags;

		ck_assert(!ntfs_volume_flags(image_read, &cut, &flags));
	}
	mem_free(m.data);
}

END_TEST

static Suite *change_posix_suite(void)
{
	Suite *s = suite_create("change_posix");
	TCase *tc = tcase_create("change_posix");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, no_link_on_the_way);
	tcase_add_test(tc, no_mount_point_on_the_way);
	tcase_add_test(tc, fifo_is_no_subject);
	tcase_add_test(tc, beyond_path_max);
	tcase_add_loop_test(tc, another_file_is_left_alone, 0, SWAP_COUNT);
	tcase_add_loop_test(tc, what_cannot_go_back_is_kept, 0, 2);
	tcase_add_test(tc, leftover_can_be_finished_or_put_back);
	tcase_add_loop_test(tc, folders_of_others_are_refused, 0, 5);
	tcase_add_test(tc, private_folder_is_0700);
	tcase_add_test(tc, owner_mode_and_attributes_come_back);
	tcase_add_test(tc, short_name_is_spared);
	tcase_add_test(tc, metadata_that_does_not_come_fails);
	tcase_add_loop_test(tc, all_works_with_fewer_calls, 0, LACK_COUNT);
	tcase_add_test(tc, something_new_at_the_name_is_told);
	suite_add_tcase(s, tc);
	tc = tcase_create("ntfs_flags");
	tcase_add_test(tc, ntfs_flags_of_an_image);
	tcase_add_test(tc, ntfs_flags_of_damaged_images);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(change_posix_suite)
