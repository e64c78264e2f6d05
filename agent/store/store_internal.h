/*
 * Inside of the store: the connection, and what its files share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include "base/err.h"
#include "store/store.h"
#include "store/store_sql.h"

/* "mstm": tells our files from other programs' databases. */
#define STORE_APPLICATION_ID 0x6D73746D
/* "mstc": a copy for reading. */
#define STORE_COPY_APPLICATION_ID 0x6D737463
#define STORE_SCHEMA_VERSION	  6
/* A copy is put together in memory, and so is a store that is only read in a
 * place of others. */
#define STORE_MEMORY_MAX_NBYTES ((size_t)512 << 20)
/* Only read, an older one of these is as good as it is: its views are ours.
 * What reads more than those calls store_read_forward(). */
#define STORE_READS_FROM 2

struct store {
	sqlite3 *db;
	char *path;
	void *bytes; /* of a store that is read from memory */
	bool read_only;
	bool is_foreign; /* others can write where it lies, and we have rights
			  */
	bool is_copy;
	bool in_scan;	 /* a transaction of a scan is open */
	bool is_cut_off; /* which was cut off, and is judged now */
	int64_t scan_id;
	int failed;	   /* first error of this scan: it cannot end well */
	uint64_t gap_rows; /* of this scan, see STORE_MAX_GAP_ROWS */
	sqlite3_stmt *gap_insert;
};

/*
 * Why a store cannot be read where nothing may be written: what lies beside it
 * belongs to it, and a copy without that is an older store.  `first`: what was
 * wrong with reading it as it is.  Its error is what is returned.
 */
int store_tell_unreadable(const char *host_path, const struct err_info *first);
/* The settings of a connection that was just opened. */
int store_configure(struct store *s);
/* 0 if this scan is being recorded and nothing of it was lost so far. */
int store_check_scan(struct store *s, int64_t scan_id);

/*
 * Forward migrations: a step brings the schema from `from` to `from + 1`.
 * All needed steps run in one transaction.
 */
struct store_migration {
	int from;
	const char *sql;
};

/* All of them. */
const struct store_migration *store_migrations(size_t *count_ret);
/*
 * The version of a store whose schema is exactly that of this version; 0: an
 * empty file.  Other databases, newer stores and changed ones are refused;
 * nothing is written.
 */
int store_identify(struct store *s, int *version_ret);
/* New files get the schema, old ones the steps. */
int store_migrate(struct store *s, int version);
int store_migrate_all(struct store *s);
int store_migrate_steps(struct store *s, const struct store_migration *steps,
			size_t step_count, int to_version);

/* ERR_CORRUPT: somebody else has changed the store; `what` of it tells that. */
int store_fail_changed(const struct store *s, const char *what);
/* store_schema.c: ERR_CORRUPT, naming what is there too much or missing. */
int store_schema_check(struct store *s, int version);

/* An empty database in memory; SQLite's answer. sqlite3_close() in any case. */
int store_memory_db(sqlite3 **ret);
/*
 * Opens s->path, which others may write, for reading only and without giving
 * it to SQLite: it is read whole.  ERR_DENIED beside what a scan that was cut
 * off has left, ERR_TOO_LARGE, ERR_CORRUPT, ERR_NOMEM, or why it cannot be
 * read.
 */
int store_load_foreign(struct store *s);

#endif
