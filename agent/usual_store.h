/*
 * The usual place of the store.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef USUAL_STORE_H
#define USUAL_STORE_H

/*
 * Caller frees; NULL with err_last().  What a person has to know of it is told
 * (see store_default_path()), but not where it is.
 */
char *usual_store(void);

#endif
