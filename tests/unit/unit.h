/*
 * What every unit test file includes: Check, and a suite that registers
 * itself. unit_main.c runs them.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	static Suite *str_suite(void) { ... return s; }
 *	UNIT_SUITE(str_suite)
 *
 * Tests run with fork natively (a crash is one failed test) and without fork
 * under Wine; there one process runs many suites, so a suite whose test changes
 * its process for good is named in run.sh.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>

/* Called by constructors before main(); `name` is the function's name. */
void unit_register(const char *name, Suite *(*make)(void));

#define UNIT_SUITE(fn)                                                         \
	__attribute__((constructor)) static void unit_register_##fn(void)      \
	{                                                                      \
		unit_register(#fn, fn);                                        \
	}

/*
 * End a test that cannot be shown here, with the reason. It is counted as
 * skipped, not as passed. Only inside START_TEST ... END_TEST.
 */
#define UNIT_SKIP(reason)                                                      \
	do {                                                                   \
		unit_skip(__FILE__, __LINE__, (reason));                       \
		return;                                                        \
	} while (0)

void unit_skip(const char *file, int line, const char *reason);

/* What tests/data holds, unpacked: make build/data.ok */
#define UNIT_DATA "build/data"

/*
 * Folders of real files: the first is UNIT_DATA. The second is there only on
 * some machines, $MSTMP_DATA or ../shared/data: more of the same kinds, that
 * may not be copied. The count serves loop tests. Not freed.
 */
int unit_data_count(void);
const char *unit_data_dir(int i);

/* MSTMP_FULL=1: every point, not a choice of them. */
bool unit_is_full(void);

/*
 * For long loops that let each allocation or each write fail once, where each
 * round costs much under Wine: they try every n-th. 1, or what run.sh says in
 * $MSTMP_UNIT_STRIDE.
 */
int unit_stride(void);

#endif
