/*
 * The files that running programs have loaded: their own and their DLLs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_MODULES_H
#define HOST_MODULES_H

#include "host/host.h"

struct host_modules;

struct host_modules *host_modules_new(void); /* NULL: memory is short */
void host_modules_free(struct host_modules *m);
/* One more file; `path` as the system names it.  ERR_TOO_LARGE: at the bound.
 */
int host_modules_add(struct host_modules *m, const char *path,
		     const struct host_stat *st);
/*
 * Whether a file is among them: volume and number decide, as far as they are
 * told of both (`st` may be NULL); else its name in any folder does, since
 * "loaded" is the careful answer.
 */
bool host_modules_have(const struct host_modules *m, const struct host_stat *st,
		       const char *name);

/*
 * Whether a file that a program has loaded, under the path that the system
 * tells ("\Device\HarddiskVolume2\a\b.dll"), is the one at `path`.  Where
 * there are no numbers its path below the root decides; HOST_NOT_TOLD: its
 * name is the same, which says little.
 */
enum host_same host_same_module(const struct host_stat *loaded,
				const char *loaded_path,
				const struct host_stat *file, const char *path);

/*
 * Adds what the programs have loaded that can be asked: a 32-bit program of
 * ours asks no 64-bit one, one without the debug privilege only its user's.
 * On Linux no Windows program runs: nothing is added.
 */
int host_modules_read(struct host_modules *m);

#endif
