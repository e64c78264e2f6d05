/*
 * Bytes at offsets, from an open file or from memory: what the readers of
 * version resources and archives stand on.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_FILEINFO_SOURCE_H
#define COLLECT_FILEINFO_SOURCE_H

#include "host/host.h"

struct source {
	struct host_file *file; /* NULL: memory */
	const uint8_t *data;
	uint64_t nbytes; /* of the whole; UINT64_MAX: unknown */
};

/* Up to nbytes; *nread_ret is less only at the end. */
int source_read(const struct source *s, uint64_t offset, void *buf,
		size_t nbytes, size_t *nread_ret);
/* Exactly nbytes, ERR_CORRUPT if the end comes first. */
int source_read_all(const struct source *s, uint64_t offset, void *buf,
		    size_t nbytes);

#endif
