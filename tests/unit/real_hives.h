/*
 * The real hives, and which tests each of them is for.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNIT_REAL_HIVES_H
#define UNIT_REAL_HIVES_H

enum real_hive_use {
	/* All readers read it whole, and it can be changed. */
	REAL_HIVE_CHANGE = 1,
	/* hivex opens it, and nothing in it has duplicates or NULs. */
	REAL_HIVE_COMPARE = 2
};

/* `folder` as in unit_data_dir(): 0 tests/data, 1 more that may not be copied.
 */
int real_hive_count(int folder, enum real_hive_use use);
/* The i-th of that use; NULL behind the last one. */
const char *real_hive_name(int folder, enum real_hive_use use, int i);
/* Of these or of any other; caller frees. */
char *real_hive_path(int folder, const char *name);

#endif
