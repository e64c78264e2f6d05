/*
 * Hives of each kind that real test data of others show, made here with their
 * logs, and what a reader must find in them: known from how they are made.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_HIVE_KINDS_H
#define TESTS_HIVE_KINDS_H

#include "tests/tools/hive_log.h"

struct hive_made {
	struct hive_blob hive;
	struct hive_blob logs[3];    /* .LOG, .LOG1, .LOG2; NULL: not there */
	struct hive_maker_key *want; /* what is to be read; NULL: no hive */
};

struct hive_kind {
	const char *name;
	void (*make)(struct hive_made *m);
	bool is_recovered; /* logs are applied */
	bool has_gap;	   /* a reader says that something is wrong */
};

extern const struct hive_kind hive_kinds[];
extern const int hive_kind_count;

/* That many, the first ones, are read without a gap. */
int hive_kind_sound_count(void);

/* Makes one and writes it into a folder; the hive's path, which caller frees.
 */
char *hive_kind_write(const struct hive_kind *kind, const char *folder,
		      struct hive_made *ret);
void hive_made_release(struct hive_made *m);
/* Writes the hive and its logs; `path` is the hive's. */
void hive_made_write(const struct hive_made *m, const char *path);

#endif
