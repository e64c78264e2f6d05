/*
 * The usual place of the store, for whoever reads what a scan has recorded.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef USUAL_STORE_H
#define USUAL_STORE_H

/*
 * Caller frees; NULL with err_last().  What a person has to know of it (that
 * a planted folder was moved away) is told.
 */
char *usual_store(void);

#endif
