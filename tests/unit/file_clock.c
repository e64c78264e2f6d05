/*
 * For tests: times of files are coarser than programs are fast.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file_clock.h"
#include "unit.h"

#include "base/str.h"
#include "host/host.h"

static int64_t written(const char *path)
{
	struct host_stat st;

	ck_assert_int_eq(host_stat(path, false, &st), 0);
	return st.written;
}

void file_clock_moves_on(const char *path)
{
	const int64_t before = written(path);
	struct str probe = STR_INIT;
	int64_t now;

	str_addf(&probe, "%s.clock", path);
	do {
		ck_assert_int_eq(host_write_file(str_text(&probe), "x", 1), 0);
		now = written(str_text(&probe));
		host_unlink(str_text(&probe));
		host_sleep_ms(1);
	} while (now <= before);
	str_release(&probe);
}
