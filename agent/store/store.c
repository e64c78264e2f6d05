/*
 * Opening and closing the store, and SQLite's errors in plain sentences.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "words/store.h"

#include <errno.h>
#include <string.h>

/* A commit waits for readers (a report takes a second), a second scan not. */
#define STORE_BUSY_MS 10000

/* Up to this size a store is checked whole when it is opened. */
#define STORE_CHECK_MAX_NBYTES ((uint64_t)32 << 20)

/* ---- errors ------------------------------------------------------------ */

/* The system's reason why a file could not be opened or made. */
static int err_from_system(int os_error)
{
	if (host_is_windows()) {
		switch (os_error) {
		case 2:	 /* ERROR_FILE_NOT_FOUND */
		case 3:	 /* ERROR_PATH_NOT_FOUND */
		case 21: /* ERROR_NOT_READY */
			return ERR_NOT_FOUND;
		case 19: /* ERROR_WRITE_PROTECT */
			return ERR_READ_ONLY;
		case 32: /* ERROR_SHARING_VIOLATION */
		case 33: /* ERROR_LOCK_VIOLATION */
			return ERR_LOCKED;
		case 112: /* ERROR_DISK_FULL */
			return ERR_NO_SPACE;
		default:
			return ERR_DENIED;
		}
	}
	switch (os_error) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EROFS:
		return ERR_READ_ONLY;
	case ENOSPC:
		return ERR_NO_SPACE;
	default:
		return ERR_DENIED;
	}
}

static int err_from_sqlite(sqlite3 *db, int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_LOCKED;
	case SQLITE_READONLY:
		return ERR_READ_ONLY;
	case SQLITE_FULL:
		return ERR_NO_SPACE;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
		return ERR_CORRUPT;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return err_from_system(db != NULL ? sqlite3_system_errno(db)
						  : 0);
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_TOOBIG:
		return ERR_TOO_LARGE;
	case SQLITE_INTERRUPT:
		return ERR_CANCELLED;
	case SQLITE_IOERR:
		return ERR_IO;
	default:
		/* A missing table or view, a broken constraint. */
		return rc == SQLITE_ERROR ? ERR_CORRUPT : ERR_INVALID;
	}
}

static const char *err_advice(int err, int rc)
{
	switch (err) {
	case ERR_LOCKED:
		return W_STORE_ADVICE_LOCKED;
	case ERR_READ_ONLY:
		return W_STORE_ADVICE_READ_ONLY;
	case ERR_NO_SPACE:
		return W_STORE_ADVICE_NO_SPACE;
	case ERR_CORRUPT:
		if ((rc & 0xFF) == SQLITE_NOTADB)
			return W_STORE_ADVICE_FOREIGN;
		return W_STORE_ADVICE_DAMAGED;
	case ERR_NOT_FOUND:
		return W_STORE_ADVICE_NOT_THERE;
	case ERR_DENIED:
		return W_STORE_ADVICE_DENIED;
	case ERR_NOMEM:
		return W_STORE_ADVICE_NO_MEMORY;
	case ERR_IO:
		return W_STORE_ADVICE_IO;
	case ERR_CANCELLED:
		return W_STORE_ADVICE_INTERRUPTED;
	default:
		return W_STORE_ADVICE_FAULT;
	}
}

int store_fail(const struct store *s, int rc)
{
	int extended = s->db != NULL ? sqlite3_extended_errcode(s->db) : rc;
	int os_error = s->db != NULL ? sqlite3_system_errno(s->db) : 0;
	int err;

	if ((extended & 0xFF) != (rc & 0xFF))
		extended = rc;
	err = err_from_sqlite(s->db, extended);
	return err_fail(err, os_error, W_STORE_UNUSABLE, s->path,
			err_advice(err, extended), extended,
			s->db != NULL ? sqlite3_errmsg(s->db)
				      : sqlite3_errstr(rc));
}

/* ---- open and close ---------------------------------------------------- */

int store_memory_db(sqlite3 **ret)
{
	return sqlite3_open_v2(":memory:", ret,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				       SQLITE_OPEN_NOMUTEX |
				       SQLITE_OPEN_PRIVATECACHE,
			       NULL);
}

int store_configure(struct store *s)
{
	int err;

	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	/* The file may come from anybody: a USB stick, a collected store. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/*
	 * cache_spill=OFF: a long scan holds its lock for hours; spilling
	 * would shut readers (report) out.  What a scan keeps is bounded.
	 */
	err = store_exec(s, "PRAGMA cell_size_check = ON;"
			    "PRAGMA mmap_size = 0;"
			    "PRAGMA temp_store = MEMORY;"
			    "PRAGMA cache_spill = OFF;"
			    "PRAGMA foreign_keys = ON;");
	/*
	 * A new one in a folder of others: its journal could be a link of
	 * theirs to any file, or one to be played.  So there is none, and none
	 * is looked for again while the lock is held.
	 */
	if (err == 0 && s->is_foreign && !s->read_only)
		err = store_exec(s, "PRAGMA locking_mode = EXCLUSIVE;"
				    "PRAGMA journal_mode = MEMORY;");
	return err;
}

/* Before the first writing, and not before it is known to be a store. */
static int store_configure_writing(struct store *s)
{
	if (s->read_only)
		return 0;
	return store_exec(s, s->is_foreign ? "PRAGMA synchronous = FULL;"
					   : "PRAGMA journal_mode = DELETE;"
					     "PRAGMA synchronous = FULL;");
}

/* Read every page of a store of ordinary size: damage is told at once. */
static int store_check(struct store *s)
{
	struct host_stat st;
	sqlite3_stmt *stmt = NULL;
	int err;
	int rc;

	/* What somebody else may have written is looked at whatever its size.
	 */
	if (host_stat(s->path, true, &st) != 0 ||
	    (st.size > STORE_CHECK_MAX_NBYTES &&
	     store_check_place(s->path, STORE_SCAN) == 0))
		return 0;
	err = store_prepare(s, "PRAGMA quick_check(1)", &stmt);
	if (err != 0)
		return err;
	rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW) {
		err = store_fail(s, rc);
	} else {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);

		if (text == NULL || strcmp(text, "ok") != 0)
			err = err_fail(ERR_CORRUPT, 0, W_STORE_DAMAGED, s->path,
				       text != NULL ? text : "");
	}
	sqlite3_finalize(stmt);
	return err;
}

/* Opens the file at s->path. */
static int open_file(struct store *s, int flags)
{
	int rc = sqlite3_open_v2(
		s->path, &s->db,
		flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

	if (rc != SQLITE_OK)
		return store_fail(s, rc);
	/* SQLite falls back to reading where it may not write. */
	if (!s->read_only && sqlite3_db_readonly(s->db, "main") == 1)
		return err_fail(ERR_READ_ONLY, 0, W_STORE_NOT_WRITABLE, s->path,
				err_advice(ERR_READ_ONLY, 0));
	return 0;
}

/* `is_foreign`: others can write where it lies; only a new one is written. */
static int store_open_with(const char *host_path, int flags, bool is_foreign,
			   struct store **ret)
{
	struct store *s = mem_zalloc(sizeof(*s));
	int version = 0;
	int err;

	if (s == NULL)
		return err_fail(ERR_NOMEM, 0, W_STORE_NO_MEMORY);
	s->path = mem_strdup(host_path);
	if (s->path == NULL) {
		err = err_fail(ERR_NOMEM, 0, W_STORE_NO_MEMORY);
		goto out;
	}
	s->read_only = (flags & SQLITE_OPEN_READONLY) != 0;
	s->is_foreign = is_foreign;
	err = is_foreign && s->read_only ? store_load_foreign(s)
					 : open_file(s, flags);
	if (err == 0)
		err = store_configure(s);
	if (err == 0)
		err = store_identify(s, &version);
	if (err == 0)
		err = store_check(s);
	if (err == 0)
		err = store_configure_writing(s);
	if (err == 0)
		err = store_migrate(s, version);
	if (err != 0)
		goto out;
	*ret = s;
	s = NULL;
out:
	store_close(s);
	return err;
}

/* A folder gives SQLite's vaguest error: say it ourselves. */
static int check_is_file(const char *host_path, bool must_exist)
{
	struct host_stat st;
	int err;

	if (strcmp(host_path, ":memory:") == 0)
		return 0;
	if (host_is_device_name(host_path))
		return err_fail(ERR_NAME, 0, W_STORE_DEVICE, host_path);
	err = host_stat(host_path, true, &st);
	if (err == ERR_NOT_FOUND && must_exist)
		return err_fail(ERR_NOT_FOUND, 0, W_STORE_NOT_THERE, host_path);
	if (err != 0)
		return 0; /* SQLite will find the reason */
	if (st.type != HOST_FILE)
		return err_fail(ERR_NOT_DIR, 0, W_STORE_NO_FILE, host_path);
	return 0;
}

int store_open(const char *host_path, struct store **ret)
{
	bool made = false, is_foreign;
	int err = store_check_place(host_path, STORE_SCAN);

	if (err == 0)
		err = check_is_file(host_path, false);
	if (err == 0)
		err = store_make_private(host_path, &made);
	if (err != 0)
		return err;
	is_foreign = store_check_place(host_path, STORE_SCAN) == ERR_DENIED;
	err = store_open_with(host_path,
			      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			      is_foreign, ret);
	if (err != 0 && made) {
		struct err_info why = *err_last();

		host_unlink(host_path);
		err_fail(why.err, why.os_error, "%s", why.text);
	}
	return err;
}

int store_open_readonly(const char *host_path, struct store **ret)
{
	struct store *s = NULL;
	struct err_info first;
	int err = store_check_place(host_path, STORE_REPORT);

	if (err == 0)
		err = check_is_file(host_path, true);
	if (err != 0)
		return err;
	err = store_check_place(host_path, STORE_SCAN);
	if (err == ERR_NOMEM)
		return err;
	if (err != 0)
		return store_open_with(host_path, SQLITE_OPEN_READONLY, true,
				       ret);
	err = store_open_with(host_path, SQLITE_OPEN_READONLY, false, ret);
	if (err != ERR_READ_ONLY && err != ERR_DENIED && err != ERR_NOT_FOUND)
		return err;
	first = *err_last();
	/*
	 * A scan that was cut off leaves a journal, which only a writer can
	 * take back; after that the store is as it was before that scan.
	 */
	err = store_open_with(host_path, SQLITE_OPEN_READWRITE, false, &s);
	store_close(s);
	if (err != 0)
		return store_tell_unreadable(host_path, &first);
	return store_open_with(host_path, SQLITE_OPEN_READONLY, false, ret);
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	sqlite3_finalize(s->gap_insert);
	/* An open transaction is rolled back: the scan stays unfinished. */
	sqlite3_close(s->db);
	mem_free(s->bytes);
	mem_free(s->path);
	mem_free(s);
}

struct sqlite3 *store_db(struct store *s)
{
	return s->db;
}
