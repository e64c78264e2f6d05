/*
 * Private to agent/registry on Windows: hive files that are loaded below
 * HKEY_USERS.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REG_LOAD_WIN32_H
#define REGISTRY_REG_LOAD_WIN32_H

#include "registry/nt_key_win32.h"
#include "registry/reg_load.h"

typedef NTSTATUS(NTAPI *nt_unload_key2_fn)(OBJECT_ATTRIBUTES *, ULONG);

/* `unload` NULL: this Windows has none, ERR_UNSUPPORTED. */
int reg_force_unload(nt_unload_key2_fn unload, const char *name);

/* reg_loaded_win32.c: what is loaded under names of ours. */
int reg_loaded_list(struct vec *ret);
/*
 * Says to other runs that the hive of that name is being worked on, until
 * this program ends, however it ends.
 */
int reg_load_mark(const char *name);

#endif
