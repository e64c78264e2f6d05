/*
 * MD5, SHA-1 and SHA-256 in one pass (libtomcrypt underneath).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct digests {
	char md5[33]; /* lower-case hex */
	char sha1[41];
	char sha256[65];
};

struct digester; /* state of a running computation */

struct digester *digester_new(void);
void digester_add(struct digester *d, const void *bytes, size_t nbytes);
/* Writes the result and frees the state. */
void digester_finish(struct digester *d, struct digests *ret);
void digester_free(struct digester *d);
int digest_buffer(const void *bytes, size_t nbytes, struct digests *ret);
/* SHA-256 only, hex. */
void digest_sha256_hex(const void *bytes, size_t nbytes, char hex_ret[65]);

#endif
