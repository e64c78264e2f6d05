/*
 * What lies beside a registered program and bears its base name: a list, a
 * signature, the program itself put aside by an antivirus.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_BESIDE_H
#define COLLECT_BESIDE_H

#include "target/target.h"

/* Listings of folders, each made once; see beside_files(). */
struct beside;

/* NULL without memory.  A folder that cannot be listed, and one program with
 * more such files than are told, are gaps that matter. */
struct beside *beside_new(struct target *t, struct gap_sink *gaps);
void beside_free(struct beside *b);

/*
 * Files in the folder of `wpath`, there or not, whose names are its base name
 * and another extension, or its whole name and one more ("lib.sig" and
 * "lib.dll.vir" of "lib.dll"), in the order of their names, each with what its
 * first bytes say as in YARA's `filetype`: "lib.dll.vir (EXE) | lib.sig (?)".
 * "?" is a file of no known type, or one that could not be read.  No Windows
 * name holds the bar; one that does gets "?" there, and so none forges the end
 * of a name.
 *
 * *ret: caller frees; NULL: none.  0 or ERR_NOMEM.
 */
int beside_files(struct beside *b, const char *wpath, char **ret);

#endif
