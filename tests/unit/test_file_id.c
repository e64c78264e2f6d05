/*
 * Which file it is, by its number, and where it has none.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/host.h"

#define ALL_ONES UINT64_MAX

/* Size and time of writing count only where a number is missing. */
static const struct {
	struct host_stat a, b;
	enum host_same same;
	bool is_still;
} rows[] = {

#define FILE_OF(v, id, n, t)                                                   \
	{                                                                      \
		.volume = (v), .file_id = (id), .size = (n), .written = (t)    \
	}
	{ FILE_OF(1, 7, 9, 5), FILE_OF(1, 7, 9, 5), HOST_SAME_FILE, true },
	{ FILE_OF(1, 7, 9, 5), FILE_OF(1, 7, 8, 6), HOST_SAME_FILE, true },
	{ FILE_OF(1, 7, 9, 5), FILE_OF(1, 8, 9, 5), HOST_OTHER_FILE, false },
	{ FILE_OF(1, 7, 9, 5), FILE_OF(2, 7, 9, 5), HOST_OTHER_FILE, false },
	/* [MS-FSCC] 2.1.9: neither 0 nor all ones is a number. */
	{ FILE_OF(1, ALL_ONES, 9, 5), FILE_OF(1, ALL_ONES, 8, 5), HOST_NOT_TOLD,
	  false },
	{ FILE_OF(1, ALL_ONES, 9, 5), FILE_OF(1, ALL_ONES, 9, 6), HOST_NOT_TOLD,
	  false },
	{ FILE_OF(1, ALL_ONES, 9, 5), FILE_OF(1, ALL_ONES, 9, 5), HOST_NOT_TOLD,
	  true },
	{ FILE_OF(1, 0, 9, 5), FILE_OF(1, 0, 8, 5), HOST_NOT_TOLD, false },
	{ FILE_OF(1, 0, 9, 5), FILE_OF(1, 0, 9, 5), HOST_NOT_TOLD, true },
	{ FILE_OF(1, 7, 9, 5), FILE_OF(1, 0, 9, 5), HOST_NOT_TOLD, true },
	{ FILE_OF(1, 7, 9, 5), FILE_OF(1, ALL_ONES, 8, 5), HOST_NOT_TOLD,
	  false },
	{ FILE_OF(1, ALL_ONES, 9, 5), FILE_OF(2, ALL_ONES, 9, 5),
	  HOST_OTHER_FILE, false },
#undef FILE_OF
};

START_TEST(same_file)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(host_same_file(&rows[i].a, &rows[i].b) ==
				      rows[i].same,
			      "row %d", (int)i);
		ck_assert_msg(host_same_file(&rows[i].b, &rows[i].a) ==
				      rows[i].same,
			      "row %d", (int)i);
		ck_assert_msg(host_is_still_file(&rows[i].a, &rows[i].b) ==
				      rows[i].is_still,
			      "row %d", (int)i);
	}
}

END_TEST

START_TEST(numbers)
{
	ck_assert(host_file_id(ALL_ONES) == 0);
	ck_assert(host_file_id(0) == 0);
	ck_assert(host_file_id(1) == 1);
	ck_assert(host_file_id(ALL_ONES - 1) == ALL_ONES - 1);
}

END_TEST

static Suite *file_id_suite(void)
{
	Suite *s = suite_create("file_id");
	TCase *tc = tcase_create("file_id");

	tcase_add_test(tc, same_file);
	tcase_add_test(tc, numbers);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(file_id_suite)
