/*
 * Reading one file ends when the program is told to stop, and a file that has
 * no end in practice is not begun.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "match_fixture.h"
#include "base/err.h"
#include "host/host.h"
#include "match/scanner.h"

#include <string.h>

/* More reads than these are no end in sight. */
#define READS_MAX 1000

static const struct match_vars vars = {
	.filename = "Some.DLL",
	.filepath = "C:\\Temp",
	.object = "file",
	.location = "temp",
};

static const char *const files[] = {
	"rules/a.yar", "rule a { strings: $a = \"abcdefgh\" condition: $a }",
	"rules/b.yar", "rule b { condition: filename == \"Some.DLL\" }",
	NULL,	       NULL
};

struct endless {
	unsigned reads;
	unsigned stop_at; /* 0: never */
	struct cancel token;
};

static int read_endless(void *arg, uint64_t offset, void *buf, size_t nbytes,
			size_t *nread_ret)
{
	struct endless *e = arg;

	(void)offset;
	memset(buf, 0, nbytes);
	*nread_ret = nbytes;
	if (++e->reads == e->stop_at)
		cancel_set(&e->token, CANCEL_BUDGET);
	return e->reads > READS_MAX ? ERR_IO : 0;
}

/* The rule that needs no content is true all the same. */
static void check_end(uint64_t nbytes, struct endless *e, int want)
{
	struct match_source source = { .nbytes = nbytes,
				       .read = read_endless,
				       .arg = e };
	struct match_list list = { NULL, 0 };
	struct scanner *s = NULL;
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack_files(files, &p), 0);
	ck_assert_int_eq(scanner_new(p, 0, &s), 0);
	scanner_set_cancel(s, &e->token);
	ck_assert_int_eq(scanner_scan(s, &source, &vars, &list), want);
	ck_assert_uint_eq(list.count, 1);
	ck_assert_str_eq(list.items[0].rule->name, "b");
	match_list_release(&list);
	scanner_free(s);
	pack_free(p);
}

/* One byte more than is read. */
START_TEST(endless_file)
{
	struct endless e = { 0 };

	check_end(SCANNER_MAX_NBYTES + 1, &e, ERR_TOO_LARGE);
	/* Its first bytes tell what it is. */
	ck_assert_uint_le(e.reads, 2);
}

END_TEST

START_TEST(stopped_in_a_file)
{
	struct endless e = { .stop_at = 5 };
	struct host_file *f = NULL;
	struct digests d;

	check_end((uint64_t)1 << 32, &e, ERR_CANCELLED);
	ck_assert_uint_eq(e.reads, 5);
	ck_assert_int_eq(host_open("tests/unit/test_scanner_stop.c", 0, &f), 0);
	ck_assert_int_eq(host_file_digests(f, &e.token, &d), ERR_CANCELLED);
	host_close(f);
}

END_TEST

static Suite *scanner_stop_suite(void)
{
	Suite *s = suite_create("scanner_stop");
	TCase *tc = tcase_create("scanner_stop");

	tcase_add_test(tc, endless_file);
	tcase_add_test(tc, stopped_in_a_file);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(scanner_stop_suite)
