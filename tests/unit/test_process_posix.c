/*
 * Where no Windows runs: nothing is found, nothing can be done.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "registry/reg_edit.h"
#include "remediate/process.h"

START_TEST(says_that_it_cannot)
{
	const struct process_ops *ops = &process_system;
	struct vec list = VEC_INIT(struct process, 8);
	struct process p = { .pid = 1, .started = 1 };
	bool may_miss = true;

	ck_assert_int_eq(ops->find(ops->arg, "/etc/passwd", &list, &may_miss),
			 0);
	ck_assert_uint_eq(list.count, 0);
	ck_assert(!may_miss);
	ck_assert_int_eq(ops->browsers(ops->arg, &list), 0);
	ck_assert_uint_eq(list.count, 0);
	processes_release(&list);
	ck_assert_int_eq(ops->close(ops->arg, &p, 0), ERR_UNSUPPORTED);
	ck_assert_int_eq(ops->end(ops->arg, &p, 0), ERR_UNSUPPORTED);
	ck_assert_int_eq(ops->remove_at_restart(ops->arg, "/x"),
			 ERR_UNSUPPORTED);
}

END_TEST

START_TEST(has_no_running_registry)
{
	struct reg_edit *e = NULL;

	ck_assert_int_eq(reg_edit_live(REG_LIVE_MACHINE, &e), ERR_UNSUPPORTED);
	ck_assert_int_eq(reg_edit_user_file("/x", &reg_load_system, &e),
			 ERR_UNSUPPORTED);
	ck_assert_ptr_null(e);
}

END_TEST

static Suite *process_posix_suite(void)
{
	Suite *s = suite_create("process_posix");
	TCase *t = tcase_create("posix");

	tcase_add_test(t, says_that_it_cannot);
	tcase_add_test(t, has_no_running_registry);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(process_posix_suite)
