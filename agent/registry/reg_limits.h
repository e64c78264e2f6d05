/*
 * What the running registry takes, asked before something is removed that
 * would have to be made again.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Source of the numbers: "Registry element size limits" of the Windows
 * documentation.  The kernel refuses other values than its own in a link.
 */
#ifndef REGISTRY_REG_LIMITS_H
#define REGISTRY_REG_LIMITS_H

#include "registry/reg_tree.h"

#define REG_KEY_NAME_NCHARS   255u
#define REG_VALUE_NAME_NCHARS 16383u
#define REG_LINK_VALUE	      "SymbolicLinkValue"

/*
 * Could this key, `depth` levels below its root (1: just below), be made by
 * the kernel's functions, with all that is in it?  ERR_UNSUPPORTED with a
 * sentence that names what cannot.
 */
int reg_limits_tree(const struct reg_tree *t, unsigned depth);
int reg_limits_value(const struct reg_tree_value *v);

/*
 * Every part of a self-relative SECURITY_DESCRIPTOR lies in its bytes
 * (MS-DTYP 2.4.6), so that it can be handed to the system.
 */
bool reg_limits_security(const uint8_t *data, size_t nbytes);

#endif
