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
 * Writes a copy for reading over that file: it is opened by
 * store_open_readonly() only, tells that it is one, and has the read-only
 * attribute.
 */
int store_copy_to(struct store *s, const char *host_path);
bool store_is_copy(const struct store *s);

#define STORE_EXCLUDE_REASON "named with --exclude"

struct scan_begin {
	const struct target_info *target;
	const char *profile; /* "quick" or "full" */
	const struct pack_info *pack;
	const char *tool_version;
	/* Patterns of --exclude: each a row of v_gap, kind "excluded", with
	 * STORE_EXCLUDE_REASON; what they left out has another reason. */
	const char *const *excludes;
	size_t exclude_count;
	int64_t started_at;
};

struct scan_end {
	int64_t finished_at;
	const char *verdict; /* clean, found, incomplete */
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
/* Newest finished scan of a target (NULL: of any); ERR_NOT_FOUND. */
int store_newest_scan(struct store *s, const char *target_id,
		      int64_t *scan_id_ret);

#endif
