/*
 * Hive files that are loaded below HKEY_USERS: under which names, which of
 * them are this program's own, and how they are given back.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REG_LOAD_H
#define REGISTRY_REG_LOAD_H

#include "base/vec.h"
#include "registry/reg_edit.h"

/* "mstmpsweep-" and 16 hexadecimal digits. */
#define REG_LOAD_PREFIX	     "mstmpsweep-"
#define REG_LOAD_NAME_NBYTES (sizeof(REG_LOAD_PREFIX) + 16)
#define REG_LOADED_MAX	     4096 /* a PC has some hundred users */

int reg_load_name(char ret[REG_LOAD_NAME_NBYTES]);
/* Whether this program made up that name (without case). */
bool reg_load_is_ours(const char *name);

/* One that is loaded under a name of ours. */
struct reg_loaded {
	char *name;
	char *file;	 /* as Windows names it, for people; NULL: not told */
	bool is_at_work; /* the run that loaded it has not ended */
};

void reg_loaded_release(struct vec *list); /* of struct reg_loaded */

/* What comes after an attempt to unload. */
enum unload_next {
	UNLOAD_DONE,
	UNLOAD_WAIT, /* a moment, then once more */
	UNLOAD_BY_FORCE,
	UNLOAD_GIVE_UP
};

enum unload_next reg_unload_next(int err, unsigned tries_left, bool may_force);
/*
 * Unloads, patiently.  `may_force`: what was changed is on the disk, and
 * nobody but an onlooker can have it open.  0 also if it is not loaded.
 */
int reg_load_unload(const struct reg_load_ops *ops, const char *name,
		    bool may_force);
/* The same for what a run that has ended left loaded. */
int reg_load_unload_left(const struct reg_load_ops *ops, const char *name);

#endif
