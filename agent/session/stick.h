/*
 * What a stick without access lists gets of a scan whose store is elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STICK_H
#define STICK_H

#include "store/store.h"

/*
 * The program's folder, if that is on a file system that keeps neither owners
 * nor rights and can be written, and we have the rights of an administrator:
 * then the store is not there.  Caller frees; NULL: it is otherwise.
 */
char *stick_folder(void);
/*
 * Writes a copy of the store for reading and the HTML report of that scan,
 * "mstmpsweep-<PC>-<id>.db" and ".html"; `told` gets the English sentence about
 * it. The names are of the PC, as a stick goes from one to the next.
 */
int stick_write(const char *dir, struct store *s, int64_t scan_id,
		const char *lang, struct str *told);

#endif
