/*
 * Where the running Windows has its settings.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_CONTROL_SET_H
#define REGISTRY_CONTROL_SET_H

#include "registry/registry.h"

/*
 * The physical path of what everybody calls SYSTEM\CurrentControlSet\`below`:
 * "SYSTEM\ControlSet001\…" (caller frees).  CurrentControlSet is a link, which
 * this program does not follow but reads; where there is none (a hive file),
 * SYSTEM\Select tells.  `root` is HKEY_LOCAL_MACHINE.  ERR_NOT_FOUND: neither
 * is there; else why one cannot be read.
 */
int reg_control_path(struct reg_root *root, const char *below, char **ret);

#endif
