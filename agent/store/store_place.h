/*
 * Where stores lie, and which of them are taken for what.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STORE_STORE_PLACE_H
#define STORE_STORE_PLACE_H

#include "base/str.h"

/* The folder below the data of all programs; the vault lies in it, too. */
#define STORE_DIR_NAME "mstmpsweep"

enum store_use {
	STORE_REPORT, /* read; whoever reads it judges for himself */
	STORE_SCAN,   /* made, or written on */
	STORE_ACT     /* plan, fix, undo: a machine is changed because of it */
};

/*
 * 0 if the store of that name may be used so.  No store is a link.  With the
 * rights of an administrator one that is there is written to, and acted on,
 * only if nobody else could have written it: its file, its folder and what is
 * above.  ERR_UNSUPPORTED, ERR_DENIED with a sentence that names the way out.
 * A missing one is ERR_NOT_FOUND for nobody: 0.
 */
int store_check_place(const char *host_path, enum store_use use);
/*
 * Makes the file, empty, if it is not there, so that only we can read it; and
 * before it its folder, if that is called mstmpsweep and is not there: that is
 * the place it shares with the vault.  Where the system cannot do that SQLite
 * makes the file.  *made_ret: there was none.
 */
int store_make_private(const char *host_path, bool *made_ret);

/*
 * Where the store lies when no --db is given (CONTRACT.md 5); caller frees.
 * NULL with a sentence.  What a person has to know of it (that a planted
 * folder was moved away, that anybody can read it) is added to `note`.
 */
char *store_default_path(struct str *note);
/*
 * The same in the folder mstmpsweep of `base`, which is made private: one that
 * is not is moved away.  NULL: err_last() says why.
 */
char *store_private_path(const char *base, struct str *note);

#endif
