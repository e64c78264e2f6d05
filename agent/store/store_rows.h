/*
 * Rows of what a scan saw: registrations, artefacts, matches; for the record
 * at its end and for what is kept while it runs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STORE_STORE_ROWS_H
#define STORE_STORE_ROWS_H

#include "store/store_internal.h"

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

/* Text fields that are bound alike. */
struct text_field {
	const char *name;
	const char *text;
};

int bind_words(sqlite3_stmt *stmt, const struct text_field *fields,
	       size_t count);

struct row_writer {
	struct store *store;
	int64_t scan_id;
	sqlite3_stmt *registration, *artefact, *match;
};

/* rows_end() also after a failure. */
int rows_begin(struct row_writer *w, struct store *s, int64_t scan_id);
void rows_end(struct row_writer *w);
/* `finding` and `registration`: rows, 0: none. */
int rows_registration(struct row_writer *w, const struct registration *r,
		      int64_t finding, int64_t *row_ret);
/* With its matches. */
int rows_artefact(struct row_writer *w, const struct artefact *a,
		  int64_t registration, int64_t *row_ret);

#endif
