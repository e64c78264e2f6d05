/*
 * A store that somebody else can write, read into memory for a report.
 * SPDX-License-Identifier: Apache-2.0
 *
 * SQLite plays a journal that lies beside a database, makes files beside one
 * in WAL mode, and gives both to the owner of the database: with rights, in
 * somebody else's folder, that writes wherever a hard link leads.  So there
 * it opens no file at all.
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "words/store.h"

/* The SQLite file format, "the database header": 1 is a rollback journal. */
#define HEADER_NBYTES	100
#define WRITE_VERSION	18
#define READ_VERSION	19
#define ROLLBACK_FORMAT 1

/* Without what lies in it the file is of no moment at all. */
static int check_companion(const char *path, const char *ending)
{
	struct str name = STR_INIT;
	struct host_stat st;
	int err = str_addf(&name, "%s%s", path, ending);

	if (err == 0 && host_stat(str_text(&name), false, &st) == 0 &&
	    (st.type != HOST_FILE || st.size > 0))
		err = err_fail(ERR_DENIED, 0, W_STORE_CUT_OFF_FOREIGN, path,
			       str_text(&name));
	str_release(&name);
	return err;
}

static int check_header(const struct store *s, const uint8_t *bytes,
			size_t nbytes)
{
	if (nbytes < HEADER_NBYTES ||
	    (bytes[WRITE_VERSION] == ROLLBACK_FORMAT &&
	     bytes[READ_VERSION] == ROLLBACK_FORMAT))
		return 0;
	return store_fail_changed(s, "journal");
}

int store_load_foreign(struct store *s)
{
	void *bytes = NULL;
	size_t nbytes = 0;
	int rc = SQLITE_OK;
	int err = check_companion(s->path, "-journal");

	if (err == 0)
		err = check_companion(s->path, "-wal");
	if (err == 0 &&
	    host_read_file(s->path, STORE_MEMORY_MAX_NBYTES, &bytes, &nbytes)) {
		struct err_info why = *err_last();

		err = err_fail(why.err, why.os_error, W_STORE_UNUSABLE_WHY,
			       s->path, why.text);
	}
	if (err == 0)
		err = check_header(s, bytes, nbytes);
	if (err != 0) {
		mem_free(bytes);
		return err;
	}
	s->bytes = bytes; /* until it is closed */
	rc = store_memory_db(&s->db);
	/* An empty file is an empty database, which there is already. */
	if (rc == SQLITE_OK && nbytes > 0)
		rc = sqlite3_deserialize(
			s->db, "main", bytes, (sqlite3_int64)nbytes,
			(sqlite3_int64)nbytes, SQLITE_DESERIALIZE_READONLY);
	return rc == SQLITE_OK ? 0 : store_fail(s, rc);
}
