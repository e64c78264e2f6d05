/*
 * The folders above a file: recorded when it is saved, made again when it is
 * put back and they are gone.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_FOLDERS_H
#define REMEDIATE_FOLDERS_H

#include "remediate/vault.h"
#include "target/target.h"

/*
 * Adds to `info` what each folder above that file carries.  Where one cannot
 * be asked none are recorded: 0, or ERR_NOMEM.
 */
int folders_record(struct target *t, const char *wpath,
		   struct vault_info *info);
/*
 * Host path of the file; where a folder above it is gone, that of the first
 * one that is.  Caller frees.  Changes nothing.
 */
int folders_find(struct target *t, const char *wpath, char **host_ret);
/*
 * The file's place, with all folders that are gone made again as `info` has
 * them.  ERR_NOT_FOUND: that is not recorded.  No link is followed.
 */
int folders_open(struct target *t, const char *wpath,
		 const struct vault_info *info, struct host_place **ret);

#endif
