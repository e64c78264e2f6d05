/*
 * A scan that is stopped in the middle, by the token of its session, while
 * another goes on.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "session_fixture.h"
#include "base/mem.h"

#include <string.h>
#include <unistd.h>

/* A program that has this much to read is not at its end at the first tick. */
#define HUGE_NBYTES ((off_t)32 << 30)

static void on_progress(void *arg, const struct file_walk_progress *now)
{
	struct session_pc *pc = arg;

	(void)now;
	cancel_set(&pc->cancel, CANCEL_INTERRUPT);
}

/* Nothing but its first bytes is on the disk. */
static void add_huge(struct session_pc *pc)
{
	char *path;

	fixture_file(&pc->f, "Apps/huge.exe", "MZ");
	path = fixture_path(&pc->f, "Apps/huge.exe");
	ck_assert_int_eq(truncate(path, HUGE_NBYTES), 0);
	mem_free(path);
}

START_TEST(stopped_in_the_middle)
{
	struct host_thread *thread = NULL;
	struct session_report_result r;
	struct session_pc stopped, other;
	char *text;

	session_pc_init(&stopped, "MZ a program");
	session_pc_init(&other, NULL);
	add_huge(&stopped);
	stopped.options.events.progress = on_progress;
	ck_assert_int_eq(session_open(&stopped.options, &stopped.session), 0);
	ck_assert_int_eq(session_open(&other.options, &other.session), 0);
	ck_assert_int_eq(host_thread_start(session_pc_scan, &stopped, &thread),
			 0);
	session_pc_scan(&other);
	session_pc_check(&other, false);
	host_thread_join(thread);
	/* What it had seen until then is recorded. */
	ck_assert_int_eq(stopped.err, 0);
	ck_assert_int_eq(session_exit_code(&stopped.result.facts),
			 EXIT_FOUND | EXIT_INCOMPLETE);
	text = session_pc_report(&stopped, 0, &r);
	ck_assert_ptr_nonnull(strstr(text, "the scan was stopped"));
	mem_free(text);
	ck_assert(!cancel_asked(&other.cancel));
	session_close(stopped.session);
	session_close(other.session);
	session_pc_release(&stopped);
	session_pc_release(&other);
}

END_TEST

static Suite *session_stop_suite(void)
{
	Suite *s = suite_create("session_stop");
	TCase *tc = tcase_create("session_stop");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, stopped_in_the_middle);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(session_stop_suite)
