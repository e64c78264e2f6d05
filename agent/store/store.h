/*
 * The record of scans: one SQLite file, schema.sql, views of CONTRACT.md 8.
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
/*
 * For report: must exist, opened read-only.  With rights one that others can
 * write is read into memory, and no file beside it is opened (store_foreign.c).
 */
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
/*
 * For what reads more than the public views of a store that was opened for
 * reading: one of an old program goes on as a copy in memory that is brought
 * forward; the file stays as it is.  ERR_TOO_LARGE for that.
 */
int store_read_forward(struct store *s);

/*
 * The reason of the row of v_gap, kind "excluded", that names a pattern of
 * --exclude; reports read it from there.  What it left out has another one.
 */
#define STORE_EXCLUDE_REASON W_GAP_EXCLUDED_NAME

struct scan_begin {
	const struct target_info *target;
	const char *profile; /* "quick" or "full" */
	const struct pack_info *pack;
	const char *tool_version;
	/* Patterns of --exclude as given, whether they fit or not. */
	const char *const *excludes;
	size_t exclude_count;
	int64_t started_at;
	const char *changes_seen; /* since_scan_text(); NULL: not known */
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
/*
 * A trace that lies at `path`, once for each thing that it tells; `finding`: a
 * row, 0 or one that is not there: none.
 */
int store_add_trace(struct store *s, int64_t scan_id, int64_t finding,
		    const char *path, const struct trace *t);
/*
 * What a running scan has seen so far, unjudged, so that a power cut leaves
 * it: store_add_findings() replaces it at the end.  Registrations come as
 * artefacts, with or without matches.
 */
int store_keep(struct store *s, int64_t scan_id,
	       struct artefact *const *artefacts, size_t count);
/* How far it has come; store_scan_end() replaces it, too. */
int store_keep_counts(struct store *s, int64_t scan_id,
		      const struct scan_end *e);
/* Gaps that were kept are listed anew: all go. */
int store_drop_gaps(struct store *s, int64_t scan_id);
/* Commits everything; before it a crash leaves an unfinished scan row. */
int store_scan_end(struct store *s, int64_t scan_id, const struct scan_end *e);
/*
 * What is there is on the medium from now on.  ERR_LOCKED: a reader is at it;
 * nothing is lost, and the next call tries again.
 */
int store_checkpoint(struct store *s);
/*
 * The version of the signed pack of that name in the newest scan, of any
 * target, that used one; NULL: none did, or it had no version.  Caller frees.
 */
int store_last_pack(struct store *s, const char *name, char **version_ret);

/* ---- scans that were cut off (store_cut_off.c) ------------------- */

/*
 * Marks what says that it runs and does not: no other scan holds the lock.
 * ERR_LOCKED: one does (`wait`: it had a moment to end).
 */
int store_mark_cut_off(struct store *s, bool wait);
/* Whether there is a scan to be marked, or a marked one without a verdict. */
int store_has_cut_off(struct store *s, bool *ret);
/* The oldest cut-off scan without a verdict; ERR_NOT_FOUND. */
int store_next_cut_off(struct store *s, int64_t *scan_id_ret);
/*
 * Takes the lock to judge it: store_add_findings(), store_add_gap(), then
 * store_scan_end() gives it a verdict and no end, and leaves its counts.
 */
int store_reopen_cut_off(struct store *s, int64_t scan_id);
/* What was recorded since the lock was taken is taken back. */
void store_scan_abort(struct store *s);
/* Whether it was made with that pack, in that version. */
bool store_scan_has_pack(struct store *s, int64_t scan_id,
			 const struct pack_info *pack);
/*
 * Reads back what was kept (store_kept.c): artefacts go to the judge,
 * registrations (which the caller frees) to the vec of pointers.  Rules are
 * those of the pack where it has them, else what is recorded of them, in
 * `rules` (struct rule_info *, each and its texts freed with
 * kept_rules_free()).
 */
int store_read_kept(struct store *s, int64_t scan_id, const struct pack *pack,
		    struct judge *j, struct vec *registrations,
		    struct vec *rules);
void kept_rules_free(struct vec *rules);
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

/* The same, or a newer one that was cut off and has been judged. */
int store_newest_result(struct store *s, const char *target_id,
			int64_t *scan_id_ret);

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
	bool is_live; /* of the Windows that it ran on */
};

/* ERR_NOT_FOUND: no such scan. */
int store_scan_age(struct store *s, int64_t scan_id, struct scan_age *ret);
void scan_age_release(struct scan_age *a);

#endif
