/*
 * Private to agent/registry: the names below which hive files are loaded.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REG_LOAD_H
#define REGISTRY_REG_LOAD_H

#include "base/fmt.h"

/* "mstmpsweep-" and 16 hexadecimal digits. */
#define REG_LOAD_PREFIX	     "mstmpsweep-"
#define REG_LOAD_NAME_NBYTES (sizeof(REG_LOAD_PREFIX) + 16)

int reg_load_name(char ret[REG_LOAD_NAME_NBYTES]);
/* Whether this program made up that name (without case). */
bool reg_load_is_ours(const char *name);

#endif
