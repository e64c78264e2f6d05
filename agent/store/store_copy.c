/*
 * Copies of a store for reading: for a medium that everybody can write to, and
 * in memory, of one that an old program wrote.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first bears a number of its own, so that no plan is ever made of it,
 * wherever it is carried.
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/store.h"

#include <string.h>

/* Page by page into `to`, which is empty. */
static int backup(sqlite3 *to, struct store *s)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc;

	if (b == NULL)
		return sqlite3_errcode(to);
	rc = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int mark(sqlite3 *db)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d",
		 STORE_COPY_APPLICATION_ID);
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int write_copy(sqlite3 *db, const char *host_path)
{
	sqlite3_int64 nbytes = 0;
	unsigned char *bytes = sqlite3_serialize(db, "main", &nbytes, 0);
	int err;

	if (bytes == NULL || nbytes > (sqlite3_int64)STORE_MEMORY_MAX_NBYTES) {
		sqlite3_free(bytes);
		return err_fail(bytes == NULL ? ERR_NOMEM : ERR_TOO_LARGE, 0,
				W_STORE_COPY_TOO_LARGE, host_path);
	}
	host_set_read_only(host_path, false); /* an older one, if any */
	err = host_write_private(host_path, bytes, (size_t)nbytes);
	sqlite3_free(bytes);
	return err != 0 ? err : host_set_read_only(host_path, true);
}

int store_copy_to(struct store *s, const char *host_path)
{
	sqlite3 *db = NULL;
	int rc = store_memory_db(&db);
	int err;

	if (rc == SQLITE_OK)
		rc = backup(db, s);
	if (rc == SQLITE_OK)
		rc = mark(db);
	err = rc == SQLITE_OK
		      ? write_copy(db, host_path)
		      : err_fail(rc == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO, 0,
				 W_STORE_COPY_FAILED, host_path, rc);
	sqlite3_close(db);
	return err;
}

bool store_is_copy(const struct store *s)
{
	return s->is_copy;
}

static int check_size(struct store *s)
{
	int64_t pages = 0, page_nbytes = 0;
	int err = store_query_int(s, "PRAGMA page_count", &pages);

	if (err == 0)
		err = store_query_int(s, "PRAGMA page_size", &page_nbytes);
	if (err == 0 && pages * page_nbytes > (int64_t)STORE_MEMORY_MAX_NBYTES)
		err = err_fail(ERR_TOO_LARGE, 0, W_STORE_OLD_TOO_LARGE,
			       s->path);
	return err;
}

/* From now on the store is that database. */
static int exchange(struct store *s, sqlite3 *db)
{
	sqlite3_close(s->db);
	mem_free(s->bytes);
	s->bytes = NULL;
	s->db = db;
	return store_configure(s);
}

int store_read_forward(struct store *s)
{
	sqlite3 *db = NULL;
	int64_t version = STORE_SCHEMA_VERSION;
	int rc = SQLITE_OK;
	int err = store_query_int(s, "PRAGMA user_version", &version);

	if (err != 0 || version >= STORE_SCHEMA_VERSION)
		return err;
	err = check_size(s);
	if (err != 0)
		return err;
	rc = store_memory_db(&db);
	if (rc == SQLITE_OK)
		rc = backup(db, s);
	if (rc != SQLITE_OK) {
		sqlite3_close(db);
		return store_fail(s, rc);
	}
	err = exchange(s, db);
	return err != 0 ? err : store_migrate_all(s);
}
