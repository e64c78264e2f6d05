/*
 * Prints the rows of one query over a store, tab-separated, for the cases.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   dbq STORE SQL
 */
#include <sqlite3.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int rc = 1;

	if (argc != 3) {
		fprintf(stderr, "use: dbq STORE SQL\n");
		return 64;
	}
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) ||
	    sqlite3_prepare_v2(db, argv[2], -1, &q, NULL))
		goto out;
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			const char *text =
				(const char *)sqlite3_column_text(q, i);

			printf("%s%s", i ? "\t" : "", text ? text : "");
		}
		putchar('\n');
	}
	rc = rc == SQLITE_DONE ? 0 : 1;
out:
	if (rc)
		fprintf(stderr, "dbq: %s\n", sqlite3_errmsg(db));
	sqlite3_finalize(q);
	sqlite3_close(db);
	return rc;
}
