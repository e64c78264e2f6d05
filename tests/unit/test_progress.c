/*
 * Unit tests of the line of progress (agent/progress.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "progress.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static const struct {
	uint64_t ppm;
	int64_t elapsed_ms;
	const char *want;
} rows[] = {
	{ 0, 0, "  0 %  7 files  0.0 GB" },
	/* below 2 percent or 3 s an estimate would be a guess */
	{ 19999, HOUR, "  1 %  7 files  0.0 GB" },
	{ 500000, 3 * SECOND - 1, " 50 %  7 files  0.0 GB" },
	{ 20000, 3 * SECOND, "  2 %  7 files  0.0 GB  about 2 min left" },
	{ 500000, 3 * SECOND, " 50 %  7 files  0.0 GB  about 3 s left" },
	{ 500000, 59 * SECOND, " 50 %  7 files  0.0 GB  about 59 s left" },
	{ 500000, 60 * SECOND, " 50 %  7 files  0.0 GB  about 1 min left" },
	/* minutes are rounded, not cut off */
	{ 500000, 89 * SECOND, " 50 %  7 files  0.0 GB  about 1 min left" },
	{ 500000, 90 * SECOND, " 50 %  7 files  0.0 GB  about 2 min left" },
	{ 500000, HOUR, " 50 %  7 files  0.0 GB  about 1 h 0 min left" },
	{ 250000, 30 * MINUTE,
	  " 25 %  7 files  0.0 GB  about 1 h 30 min left" },
	{ 20000, 10 * HOUR, "  2 %  7 files  0.0 GB  about 490 h 0 min left" },
	{ 1000000, HOUR, "100 %  7 files  0.0 GB  about 0 s left" },
};

static void check_line(const struct file_walk_progress *now, int64_t elapsed_ms,
		       const char *want)
{
	struct str line = STR_INIT;

	progress_line(&line, now, elapsed_ms);
	ck_assert_str_eq(str_text(&line), want);
	str_release(&line);
}

START_TEST(line_and_estimate)
{
	struct file_walk_progress now = { .files_seen = 7,
					  .done_ppm = rows[_i].ppm };

	check_line(&now, rows[_i].elapsed_ms, rows[_i].want);
}

END_TEST

/* 59 minutes and a half are an hour, not "60 min". */
START_TEST(no_sixty_minutes)
{
	struct file_walk_progress now = { .done_ppm = 500000 };

	check_line(&now, 59 * MINUTE + 29 * SECOND,
		   " 50 %  0 files  0.0 GB  about 59 min left");
	check_line(&now, 59 * MINUTE + 30 * SECOND,
		   " 50 %  0 files  0.0 GB  about 1 h 0 min left");
}

END_TEST

START_TEST(size_in_gigabytes)
{
	struct file_walk_progress now = { .files_seen = 1234567,
					  .bytes_scanned =
						  UINT64_C(12399999999) };

	check_line(&now, 0, "  0 %  1234567 files  12.3 GB");
}

END_TEST

static Suite *progress_suite(void)
{
	Suite *s = suite_create("progress");
	TCase *tc = tcase_create("progress");

	tcase_add_loop_test(tc, line_and_estimate, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, no_sixty_minutes);
	tcase_add_test(tc, size_in_gigabytes);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(progress_suite)
