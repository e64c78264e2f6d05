/*
 * A small Windows in a temporary folder, for unit tests.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_TARGET_FIXTURE_H
#define TESTS_TARGET_FIXTURE_H

#include "base/gap.h"
#include "base/vec.h"
#include "target/target.h"

struct hive_maker_key;

struct fixture_gap {
	enum gap_kind kind;
	char *path;
	char *reason;
	long os_error;
	bool matters;
};

struct fixture {
	char *root; /* host folder */
	struct hive_maker_key *software, *system;
	struct gap_sink sink; /* collects into gaps */
	struct vec gaps;      /* of struct fixture_gap */
};

/* An empty folder; the hives' trees are empty, too. */
void fixture_init(struct fixture *f);
/* Deletes the folder. */
void fixture_release(struct fixture *f);
/* Host path of a slash-separated path below the root; caller frees. */
char *fixture_path(const struct fixture *f, const char *path);
/* Makes the folder and those above it. */
void fixture_folder(struct fixture *f, const char *path);
/* Makes a file and the folders above it. */
void fixture_file(struct fixture *f, const char *path, const char *content);
/* A REG_SZ, or with fixture_expand() a REG_EXPAND_SZ. */
void fixture_text(struct hive_maker_key *root, const char *key,
		  const char *name, const char *text);
void fixture_expand(struct hive_maker_key *root, const char *key,
		    const char *name, const char *text);
void fixture_dword(struct hive_maker_key *root, const char *key,
		   const char *name, uint32_t value);
/* Writes a tree as hive file and frees it. */
void fixture_hive(struct fixture *f, const char *path,
		  struct hive_maker_key *root);
/* A user's hive with TEMP, or an empty one (NULL). */
void fixture_user_hive(struct fixture *f, const char *path, const char *temp);
/* The machine's hives below Windows/System32/config, as spelled there. */
void fixture_machine_hives(struct fixture *f, const char *config);
/* Values of a Windows 7 64-bit / an XP; hives are not yet written. */
void fixture_windows7(struct fixture *f);
void fixture_xp(struct fixture *f);
/* An entry of ProfileList. */
void fixture_profile(struct fixture *f, const char *sid, const char *path);
/* Opens offline, fails the test otherwise. */
struct target *fixture_open(struct fixture *f);
size_t fixture_gap_count(const struct fixture *f, enum gap_kind kind);
/* By the prefix of its hive, "HKU\…"; NULL: there is none. */
const struct target_user *fixture_user(struct target *t, const char *prefix);

#endif
