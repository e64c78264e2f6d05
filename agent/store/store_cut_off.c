/*
 * Scans that were cut off: finding them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"

#define UNJUDGED "FROM scan WHERE state = 'cut_off' AND verdict IS NULL"

int store_has_cut_off(struct store *s, bool *ret)
{
	int64_t count = 0;
	int err = store_query_int(s,
				  "SELECT count(*) FROM scan WHERE state = "
				  "'running' OR (state = 'cut_off' AND verdict "
				  "IS NULL)",
				  &count);

	if (err == 0)
		*ret = count > 0;
	return err;
}

int store_next_cut_off(struct store *s, int64_t *scan_id_ret)
{
	int64_t id = 0;
	int err = store_query_int(s, "SELECT ifnull(min(scan_id), 0) " UNJUDGED,
				  &id);

	if (err == 0 && id == 0)
		err = ERR_NOT_FOUND;
	if (err == 0)
		*scan_id_ret = id;
	return err;
}

bool store_scan_has_pack(struct store *s, int64_t scan_id,
			 const struct pack_info *pack)
{
	sqlite3_stmt *q = NULL;
	bool ret = false;
	int err = store_prepare(s,
				"SELECT count(*) FROM scan WHERE scan_id = "
				":scan AND pack_name = :name AND "
				"ifnull(pack_version, '') = :version",
				&q);

	if (err == 0)
		err = bind_int(q, ":scan", scan_id);
	if (err == 0)
		err = bind_text(q, ":name", pack->name ? pack->name : "");
	if (err == 0)
		err = bind_text(q, ":version",
				pack->version ? pack->version : "");
	if (err == 0 && sqlite3_step(q) == SQLITE_ROW)
		ret = sqlite3_column_int(q, 0) > 0;
	sqlite3_finalize(q);
	return ret;
}
