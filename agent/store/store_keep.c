/*
 * What a running scan keeps in the store as it goes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_rows.h"
#include "base/err.h"

static int keep(struct row_writer *w, const struct artefact *a)
{
	int64_t registration = 0, row = 0;
	int err = 0;

	if (a->registration != NULL)
		err = rows_registration(w, a->registration, 0, &registration);
	/* One that matched nothing is in the inventory only. */
	if (err == 0 && (a->registration == NULL || a->matches.count > 0))
		err = rows_artefact(w, a, registration, &row);
	return err;
}

int store_keep(struct store *s, int64_t scan_id,
	       struct artefact *const *artefacts, size_t count)
{
	struct row_writer w;
	int err = store_check_scan(s, scan_id);

	if (err != 0)
		return err;
	err = rows_begin(&w, s, scan_id);
	for (size_t i = 0; err == 0 && i < count; i++)
		err = keep(&w, artefacts[i]);
	rows_end(&w);
	if (err == ERR_NOMEM)
		err_nomem();
	if (err != 0)
		s->failed = err;
	return err;
}

int store_drop_gaps(struct store *s, int64_t scan_id)
{
	sqlite3_stmt *q = NULL;
	int err = store_check_scan(s, scan_id);

	if (err == 0)
		err = store_prepare(s, "DELETE FROM gap WHERE scan_id = :scan",
				    &q);
	if (err == 0)
		err = bind_int(q, ":scan", scan_id);
	if (err == 0)
		err = store_step(s, q);
	sqlite3_finalize(q);
	if (err != 0)
		s->failed = err;
	else
		s->gap_rows = 0;
	return err;
}
