/*
 * Files of the program itself, which a scan leaves out: store and vault.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OWN_FILES_H
#define OWN_FILES_H

#include "base/vec.h"
#include "target/target.h"

/*
 * Host paths (char *): the store with its journal, and what fix has laid into
 * the target's vault.  In a folder that others can write to somebody could
 * hide, and whoever was administrator of an examined disk could make one that
 * looks like ours: so the folder must be private, on a file system that keeps
 * rights, and each file must be by its content what its name says, without
 * alternate streams.  Changes nothing.  Freed by own_files_release().
 */
int own_files_list(struct target *t, const char *store_path, struct vec *ret);
void own_files_release(struct vec *list);

#endif
