/*
 * Which pack the scans of a store used.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"

int store_last_pack(struct store *s, const char *name, char **version_ret)
{
	sqlite3_stmt *q = NULL;
	const char *text;
	char *version = NULL;
	int rc;
	int err = store_prepare(s,
				"SELECT pack_version FROM v_scan WHERE "
				"pack_name = :name AND pack_signed = 1 "
				"ORDER BY scan_id DESC LIMIT 1",
				&q);

	if (err == 0)
		err = bind_text(q, ":name", name);
	if (err != 0)
		goto out;
	rc = sqlite3_step(q);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		err = store_fail(s, rc);
		goto out;
	}
	text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0)
				: NULL;
	if (text != NULL) {
		version = mem_strdup(text);
		if (version == NULL)
			err = err_nomem();
	}
	if (err == 0)
		*version_ret = version;
out:
	sqlite3_finalize(q);
	return err;
}
