/*
 * Which programs are never ended.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "remediate/process.h"

static const struct {
	const char *name;
	bool is_critical;
} names[] = {
	{ "csrss.exe", true },
	{ "wininit.exe", true },
	{ "winlogon.exe", true },
	{ "services.exe", true },
	{ "lsass.exe", true },
	{ "smss.exe", true },
	{ "System", true },
	{ "svchost.exe", true },
	{ "CSRSS.EXE", true },
	{ "Registry", true },
	{ "iexplore.exe", false },
	{ "explorer.exe", false },
	{ "rundll32.exe", false },
	{ "csrss.ex", false },
	{ "xcsrss.exe", false },
	{ "csrss.exe.exe", false },
	{ "", false },
};

static struct process process(const char *name)
{
	struct process p = { .pid = 1234, .started = 1 };

	p.name = (char *)(uintptr_t)name;
	process_classify(&p);
	return p;
}

START_TEST(knows_what_windows_needs)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct process p = process(names[i].name);

		ck_assert_msg(process_name_is_critical(names[i].name) ==
				      names[i].is_critical,
			      "%s", names[i].name);
		ck_assert_int_eq(
			process_refuse(&p),
			names[i].is_critical || p.is_explorer ? ERR_DENIED : 0);
	}
}

END_TEST

START_TEST(never_ends_these)
{
	struct process p = process("EXPLORER.EXE");

	ck_assert(p.is_explorer && !p.is_browser);
	ck_assert_int_eq(process_refuse(&p), ERR_DENIED);
	/* The flag may have been lost on the way. */
	p.is_explorer = false;
	ck_assert_int_eq(process_refuse(&p), ERR_DENIED);

	p = process("IExplore.exe");
	ck_assert(!p.is_explorer && p.is_browser);
	ck_assert_int_eq(process_refuse(&p), 0);
	p.is_ours = true;
	ck_assert_int_eq(process_refuse(&p), ERR_DENIED);
	/* Another desktop than explorer.exe. */
	p.is_ours = false;
	p.is_explorer = true;
	ck_assert_int_eq(process_refuse(&p), ERR_DENIED);
	p.is_explorer = false;
	p.pid = 4;
	ck_assert_int_eq(process_refuse(&p), ERR_DENIED);
	p.pid = 0;
	ck_assert_int_eq(process_refuse(&p), ERR_DENIED);
	p.pid = 5;
	ck_assert_int_eq(process_refuse(&p), 0);
	p.started = 0;
	ck_assert_int_eq(process_refuse(&p), ERR_INVALID);
}

END_TEST

static Suite *process_suite(void)
{
	Suite *s = suite_create("process");
	TCase *t = tcase_create("process");

	tcase_add_test(t, knows_what_windows_needs);
	tcase_add_test(t, never_ends_these);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(process_suite)
