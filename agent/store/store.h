/*
 * The record of scans: one SQLite file, schema.sql, views of design.md 8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All text that goes in is escaped with utf_escape() here; where that
 * changed something the raw name is kept as a BLOB.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/gap.h"
#include "match/pack.h"
#include "store/store_place.h"
#include "target/target.h"
#include "verdict/finding.h"

struct store;
struct sqlite3;

/*
 * Open or create.  ERR_READ_ONLY, ERR_NO_SPACE, ERR_DENIED, ERR_CORRUPT (no
 * database, or damaged), ERR_UNSUPPORTED (newer schema), ERR_LOCKED (another
 * scan writes), and what store_check_place() says: each with a sentence that
 * says what to do.  A new file is one that only we can read.
 */
int store_open(const char *host_path, struct store **ret);
/* For report: must exist, opened read-only. */
int store_open_readonly(const char *host_path, struct store **ret);
void store_close(struct store *s);
/* For reports: the connection, read with the public views only. */
struct sqlite3 *store_db(struct store *s);

/*
 * The reason of the row of v_gap, kind "excluded", that names a pattern of
 * --exclude; reports read it from there.  What it left out has another one.
 */
#define STORE_EXCLUDE_REASON "named with --exclude"

struct scan_begin {
	const struct target_info *target;
	const char *profile; /* "quick" or "full" */
	const struct pack_info *pack;
	const char *tool_version;
	/* Patterns of --exclude as given, whether they fit or not. */
	const char *const *excludes;
	size_t exclude_count;
	int64_t started_at;
	const char *changes_seen; /* changes_text(); NULL: not known */
};

struct scan_end {
	int64_t finished_at;
	/* clean, found, incomplete; NULL: a list, which has no verdict, no
	 * exit code and no end (only in a store that is not kept). */
	const char *verdict;
	uint64_t files_seen, files_scanned, bytes_scanned, registrations_seen;
	int exit_code;
};

/* Begins a scan: takes the write lock, keeps it until store_scan_end. */
int store_scan_begin(struct store *s, const struct scan_begin *b,
		     int64_t *scan_id_ret);
/* Equal gaps (kind, path, reason) are counted in one row. */
int store_add_gap(struct store *s, int64_t scan_id, const struct gap *g,
		  bool matters, uint64_t count);
/* All registrations become v_inventory rows (finding index or SIZE_MAX). */
int store_add_findings(struct store *s, int64_t scan_id, const struct judge *j,
		       struct registration *const *registrations,
		       size_t registration_count);
/* Commits everything; before it a crash leaves an unfinished scan row. */
int store_scan_end(struct store *s, int64_t scan_id, const struct scan_end *e);
/* Flush what is there (progress of a long scan, Ctrl-C). */
int store_checkpoint(struct store *s);
/*
 * The version of the signed pack of that name in the newest scan, of any
 * target, that used one; NULL: none did, or it had no version.  Caller frees.
 */
int store_last_pack(struct store *s, const char *name, char **version_ret);
/* Newest finished scan of a target (NULL: of any); ERR_NOT_FOUND. */
int store_newest_scan(struct store *s, const char *target_id,
		      int64_t *scan_id_ret);

/*
 * The paths of files that earlier scans of the target (all but `scan_id`)
 * found, the newest first, at most STORE_MAX_EARLIER, each once.  `is_gone`:
 * a fix took it away, as far as this store knows.  A non-zero return of fn
 * stops and is returned.
 */
#define STORE_MAX_EARLIER 10000
typedef int (*store_earlier_fn)(void *arg, const char *wpath, bool is_gone);
int store_each_earlier(struct store *s, const char *target_id, int64_t scan_id,
		       store_earlier_fn fn, void *arg);

/*
 * All scans of that target that are in the store are old from now on.  `what`
 * is "undo" or "restart".
 */
int store_overtake(struct store *s, const char *target_id, const char *what);

/* How old a scan is: texts of the store, "" where there is none. */
struct scan_age {
	char *target_id;
	char *started_at;
	char *overtaken_by; /* "undo", "restart" */
	char *overtaken_at;
	char *changes_seen;
};

/* ERR_NOT_FOUND: no such scan. */
int store_scan_age(struct store *s, int64_t scan_id, struct scan_age *ret);
void scan_age_release(struct scan_age *a);

#endif
