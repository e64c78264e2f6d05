/*
 * Bytes at offsets, from an open file or from memory: what readers of formats
 * and the scanner stand on.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct source {
	uint64_t nbytes;     /* of the whole; UINT64_MAX: unknown */
	const uint8_t *data; /* all of it in memory, or NULL: */
	/* Up to nbytes; *nread_ret is less only at the end.  0 or ERR_*. */
	int (*read)(void *arg, uint64_t offset, void *buf, size_t nbytes,
		    size_t *nread_ret);
	void *arg;
};

static inline struct source source_of_memory(const uint8_t *data, size_t nbytes)
{
	return (struct source){ nbytes, data, NULL, NULL };
}

/* Up to nbytes; *nread_ret is less only at the end. */
int source_read(const struct source *s, uint64_t offset, void *buf,
		size_t nbytes, size_t *nread_ret);
/* Exactly nbytes, ERR_CORRUPT if the end comes first. */
int source_read_all(const struct source *s, uint64_t offset, void *buf,
		    size_t nbytes);

#endif
