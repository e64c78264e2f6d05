/*
 * All that lies in a vault, told by its items alone: no journal, no store.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_VAULT_ROWS_H
#define REMEDIATE_VAULT_ROWS_H

#include "remediate/vault.h"

struct vault_row {
	char *name;		/* in the folder */
	struct vault_info info; /* empty if it cannot be read */
	char *why;		/* it cannot be read; else NULL */
};

/*
 * A vec of struct vault_row, what was saved last first, what cannot be read at
 * the end.  Of each item the head is read.  The folder need not be private:
 * nothing in it is trusted.  Nothing is changed.  Errors as vault_list().
 */
int vault_rows_load(const char *path, struct vec *rows_ret);
void vault_rows_release(struct vec *rows);
/* Appends one for a person, in two lines; `lang` is "en" or "ja". */
int vault_row_text(const struct vault_row *row, const char *lang,
		   struct str *out);

#endif
