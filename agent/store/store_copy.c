/*
 * A copy of a store for reading: for a medium that everybody can write to.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It bears a number of its own, so that no plan is ever made of it, wherever
 * it is carried.
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"

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
				"the store is too large to be copied to \"%s\"",
				host_path);
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
				 "the store cannot be copied to \"%s\" "
				 "(SQLite %d)",
				 host_path, rc);
	sqlite3_close(db);
	return err;
}

bool store_is_copy(const struct store *s)
{
	return s->is_copy;
}
