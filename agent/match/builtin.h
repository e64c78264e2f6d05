/*
 * The pack and the public keys in the program; mkpack writes them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_BUILTIN_H
#define MATCH_BUILTIN_H

#include <stddef.h>

extern const unsigned char builtin_pack[];
extern const size_t builtin_pack_nbytes;
/* minisign public keys, NULL-ended; none until there is a release key. */
extern const char *const builtin_pack_keys[];

#endif
