/*
 * What earlier scans of a target found: a later one looks at it again.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

/*
 * Gone: by a fix of the newest scan that found it, or of a later one.  What was
 * removed is gathered once: looked for path by path each would read all steps.
 */
static const char earlier[] =
	"SELECT path, path_raw, ifnull(removed_for >= n, 0) FROM (SELECT path, "
	"path_raw, max(n) AS n FROM ("
	"SELECT a.path, a.path_raw, a.scan_id AS n FROM scan s JOIN artefact a "
	"USING (scan_id) WHERE s.target_id = ?1 AND s.scan_id <> ?2 AND "
	"a.kind IN ('file', 'member') "
	"UNION ALL "
	"SELECT f.path, f.path_raw, f.scan_id FROM scan s JOIN finding f "
	"USING (scan_id) WHERE s.target_id = ?1 AND s.scan_id <> ?2) "
	"WHERE path IS NOT NULL GROUP BY path ORDER BY n DESC, path LIMIT ?3) "
	"LEFT JOIN (SELECT p.target AS removed, max(x.scan_id) AS removed_for "
	"FROM fix x JOIN step p USING (fix_id) WHERE x.target_id = ?1 AND "
	"p.action = 'quarantine_file' AND p.state = 'verified' GROUP BY "
	"p.target) ON removed = path ORDER BY n DESC, path";

int store_each_earlier(struct store *s, const char *target_id, int64_t scan_id,
		       store_earlier_fn fn, void *arg)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = store_prepare(s, earlier, &q);

	if (err != 0)
		return err;
	sqlite3_bind_text(q, 1, target_id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, scan_id);
	sqlite3_bind_int64(q, 3, STORE_MAX_EARLIER);
	while (err == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct str path = STR_INIT;

		err = add_name(q, 0, 1, &path);
		if (err == 0 && strlen(str_text(&path)) == path.len)
			err = fn(arg, str_text(&path),
				 sqlite3_column_int(q, 2) != 0);
		str_release(&path);
	}
	if (err == 0 && rc != SQLITE_DONE)
		err = store_fail(s, rc);
	sqlite3_finalize(q);
	return err;
}
