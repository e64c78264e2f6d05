/*
 * Files of the program itself, which a scan leaves out: store and vault.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OWN_FILES_H
#define OWN_FILES_H

#include "base/vec.h"
#include "target/target.h"

/*
 * Host paths (char *): the store with its journal, and what lies in the
 * target's vault, if that folder is private: in one that others can write to
 * somebody could hide.  Changes nothing.  Freed by own_files_release().
 */
int own_files_list(struct target *t, const char *store_path, struct vec *ret);
void own_files_release(struct vec *list);

#endif
