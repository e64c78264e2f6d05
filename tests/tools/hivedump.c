/*
 * Prints the keys and values of a hive file, or only counts and digest.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	hivedump [-q] HIVE [LOG LOG1 LOG2]	("-": no such log)
 */
#include "tests/tools/hive_lines.h"

#include "base/err.h"

#include <stdio.h>
#include <string.h>

static void on_gap(void *arg, const char *path, const char *why)
{
	(*(int *)arg)++;
	fprintf(stderr, "gap: \"%s\": %s\n", path, why);
}

int main(int argc, char **argv)
{
	struct reg_hive_files files = { NULL, { NULL, NULL, NULL } };
	struct reg_hive_report r = { 0 };
	struct hive_lines lines;
	struct reg_root *root;
	bool quiet = argc > 1 && !strcmp(argv[1], "-q");
	int first = quiet ? 2 : 1, gaps = 0, err;
	char hex[65];

	if (argc <= first) {
		fprintf(stderr, "usage: hivedump [-q] HIVE [LOG LOG1 LOG2]\n");
		return 64;
	}
	files.hive = argv[first];
	for (int i = 0; i < 3 && first + 1 + i < argc; i++)
		if (strcmp(argv[first + 1 + i], "-"))
			files.logs[i] = argv[first + 1 + i];
	err = reg_open_hive(&files, on_gap, &gaps, &r, &root);
	if (err) {
		fprintf(stderr, "%s: %s\n", err_name(err), err_last()->text);
		return 65;
	}
	err = hive_lines_read(root, &lines);
	hive_lines_digest(&lines, hex);
	for (size_t i = 0; !quiet && i < lines.count; i++)
		puts(lines.lines[i]);
	printf("%" PRIu64 "\t%" PRIu64 "\t%s\tdirty=%d applied=%d missing=%d "
	       "damaged=%d truncated=%d gaps=%d err=%s\n",
	       lines.keys, lines.values, hex, r.was_dirty, r.logs_applied,
	       r.logs_missing, r.damaged, r.truncated, gaps, err_name(err));
	hive_lines_release(&lines);
	reg_close(root);
	return err ? 70 : 0;
}
