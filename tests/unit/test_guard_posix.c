/*
 * The guard's look at volumes that only Linux can make for a test: an NTFS
 * whose owners and access lists cannot be had.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "ntfs_image.h"
#include "seccomp_posix.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/change.h"
#include "remediate/guard.h"

#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static struct fixture fx;
static struct ntfs_image ntfs;
static struct target *target;
static struct guard *guard;

static void setup(void)
{
	struct guard_options o = { 0 };

	fixture_init(&fx);
	fixture_windows7(&fx);
	fixture_machine_hives(&fx, "Windows/System32/config");
	target = fixture_open(&fx);
	o.target = target;
	ck_assert_int_eq(guard_new(&o, &guard), 0);
}

static void teardown(void)
{
	guard_free(guard);
	target_free(target);
	fixture_release(&fx);
}

/* What the guard and the host say of the mount. */
static void look(struct host_volume_state *state, struct guard_answer *answer)
{
	ck_assert_msg(host_volume_state(ntfs.mount, state) == 0, "%s",
		      err_last()->text);
	guard_volume_check(guard, "C:", ntfs.mount, answer);
}

/*
 * 0: nothing is wrong; 1: the attributes fail before anything is asked, as
 * with another driver; 2: after ntfs-3g was recognised by them.
 */
START_TEST(access_lists_that_would_be_lost)
{
	struct host_volume_state state = { 0 };
	struct guard_answer answer;
	struct str text = STR_INIT;
	bool is_made, has_filter = true;

	/* Behind the filter no other user gets the rights to unmount. */
	if (_i > 0 && geteuid() != 0)
		UNIT_SKIP("only root can show it");
	is_made = ntfs_image_make(fx.root, "streams_interface=windows", &ntfs);
	if (!is_made)
		UNIT_SKIP("an NTFS image cannot be mounted here");
	if (_i == 2) {
		look(&state, &answer);
		mem_free(state.fs_name);
	}
	if (_i > 0)
		has_filter = seccomp_lack_attributes();
	look(&state, &answer);
	/* Judged after unmounting: a failed test leaves no volume behind. */
	ntfs_image_end(&ntfs);
	ck_assert(has_filter);
	ck_assert_int_eq(state.keeps_security, _i == 0);
	ck_assert_int_eq(answer.reason, _i ? GUARD_NO_SECURITY : GUARD_OK);
	mem_free(state.fs_name);
	if (_i) {
		ck_assert_int_eq(guard_sentence(&answer, "en", &text), 0);
		ck_assert_ptr_ne(strstr(str_text(&text), "(ntfs"), NULL);
		ck_assert_ptr_ne(
			strstr(str_text(&text), "Mount it with ntfs-3g"), NULL);
		str_release(&text);
	}
}

END_TEST

/* Put back without its tag it would be a program that can be loaded. */
START_TEST(a_tag_that_undo_cannot_set)
{
	static const uint8_t alias[12] = { 0x1B, 0, 0, 0x80, 4, 0, 0, 0, 3 };
	struct step s = { .phase = PHASE_FILE,
			  .action = ACT_QUARANTINE_FILE,
			  .target = (char *)"C:\\mount\\evil.exe",
			  .kind = "file",
			  .size = -1 };
	struct guarded_file f = { 0 };
	struct guard_answer answer = { 0 };
	char *path;
	int err;

	if (!ntfs_image_make(fx.root, "streams_interface=windows", &ntfs))
		UNIT_SKIP("an NTFS image cannot be mounted here");
	path = host_join(ntfs.mount, "evil.exe");
	ck_assert_int_eq(host_write_file(path, "MZ", 2), 0);
	ck_assert_int_eq(setxattr(path, "system.ntfs_reparse_data", alias,
				  sizeof(alias), 0),
			 0);
	mem_free(path);
	ntfs_image_unmount(&ntfs);
	ck_assert(ntfs_image_mount(&ntfs, "streams_interface=windows"));
	err = guard_file(guard, &s, &answer, &f);
	ntfs_image_end(&ntfs);
	ck_assert_int_eq(err, 0);
	ck_assert_msg(answer.reason == GUARD_TAG, "%s (%s)",
		      guard_word(answer.reason), answer.detail);
	ck_assert_str_eq(answer.detail, "0x8000001b");
}

END_TEST

static Suite *guard_posix_suite(void)
{
	Suite *s = suite_create("guard_posix");
	TCase *tc = tcase_create("guard_posix");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	/* First: without fork the other one keeps attributes from it. */
	tcase_add_test(tc, a_tag_that_undo_cannot_set);
	tcase_add_loop_test(tc, access_lists_that_would_be_lost, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(guard_posix_suite)
