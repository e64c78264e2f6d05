/*
 * Run the unit tests: unit [--list | SUITE...]
 * SPDX-License-Identifier: Apache-2.0
 *
 * Suites are named by their function without "_suite". Check prints its
 * summary of each, behind a line "SUITE name" if there are several; the exit
 * code is the number of failures, at most 100.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUITES_MAX 500

static struct {
	const char *name;
	Suite *(*make)(void);
} suites[SUITES_MAX];

static size_t suites_count;

void unit_register(const char *name, Suite *(*make)(void))
{
	if (suites_count == SUITES_MAX)
		abort();
	suites[suites_count].name = name;
	suites[suites_count].make = make;
	suites_count++;
}

void unit_skip(const char *file, int line, const char *reason)
{
	printf("SKIP: %s:%d: %s\n", file, line, reason);
	fflush(stdout);
}

const char *unit_data_dir(int i)
{
	const char *more = getenv("MSTMP_DATA");

	if (i == 0)
		return UNIT_DATA;
	return more && *more ? more : "../shared/data";
}

int unit_data_count(void)
{
	struct stat st;

	return stat(unit_data_dir(1), &st) == 0 ? 2 : 1;
}

bool unit_is_full(void)
{
	const char *full = getenv("MSTMP_FULL");

	return full && !strcmp(full, "1");
}

int unit_stride(void)
{
	const char *text = getenv("MSTMP_UNIT_STRIDE");
	const long n = text ? strtol(text, NULL, 10) : 1;

	return n > 1 && n < 100 ? (int)n : 1;
}

/* Length of a suite's name without its ending "_suite". */
static size_t name_nbytes(const char *name)
{
	size_t n = strlen(name);

	if (n > 6 && !strcmp(name + n - 6, "_suite"))
		n -= 6;
	return n;
}

static int is_named(size_t i, const char *name)
{
	size_t n = name_nbytes(suites[i].name);

	return !strcmp(suites[i].name, name) ||
	       (strlen(name) == n && !memcmp(suites[i].name, name, n));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list(void)
{
	size_t i;

	for (i = 0; i < suites_count; i++)
		printf("%.*s\n", (int)name_nbytes(suites[i].name),
		       suites[i].name);
	return 0;
}

static int is_wanted(size_t i, int argc, char **argv)
{
	int k;

	if (argc < 2)
		return 1;
	for (k = 1; k < argc; k++)
		if (is_named(i, argv[k]))
			return 1;
	return 0;
}

/* Flushed: what came before a crash is told, and where it was. */
static int run(size_t i)
{
	SRunner *runner = srunner_create(suites[i].make());
	int failed;

	srunner_run_all(runner, CK_ENV);
	fflush(stdout);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed;
}

int main(int argc, char **argv)
{
	size_t i, wanted = 0;
	int failed = 0;

	/* The order of constructors is the linker's affair. */
	qsort(suites, suites_count, sizeof(suites[0]), by_name);
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	for (i = 0; i < suites_count; i++)
		wanted += is_wanted(i, argc, argv);
	if (!wanted) {
		fprintf(stderr, "unit: there is no such suite; --list names "
				"them.\n");
		return 101;
	}
	for (i = 0; i < suites_count; i++) {
		if (!is_wanted(i, argc, argv))
			continue;
		if (wanted > 1) {
			printf("SUITE %.*s\n", (int)name_nbytes(suites[i].name),
			       suites[i].name);
			fflush(stdout);
		}
		failed += run(i);
	}
	return failed > 100 ? 100 : failed;
}
