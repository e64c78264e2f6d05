/*
 * Digest of an open file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_HASH_H
#define REMEDIATE_HASH_H

#include "host/host.h"

/* SHA-256 of the whole file, lower-case hex. */
int host_file_sha256(struct host_file *f, char hex_ret[65]);

#endif
