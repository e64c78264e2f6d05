/*
 * Fuzz the digest of programs: the input is a whole file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/authenticode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

struct memory {
	const uint8_t *data;
	size_t nbytes;
};

static int read_memory(void *arg, uint64_t offset, void *buf, size_t nbytes,
		       size_t *nread_ret)
{
	const struct memory *m = arg;
	size_t n = 0;

	if (offset < m->nbytes)
		n = m->nbytes - (size_t)offset;
	if (n > nbytes)
		n = nbytes;
	if (n > 0)
		memcpy(buf, m->data + offset, n);
	*nread_ret = n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct memory m = { data, nbytes };
	struct authenticode_source s = { read_memory, &m, nbytes };
	struct authenticode_digest d;

	if (authenticode_digest_of(&s, &d))
		return 0;
	if (strlen(d.sha1) != 40 || strlen(d.sha256) != 64)
		abort();
	/* Only a file that is not signed is filled up. */
	if ((d.unpadded_sha1[0] != '\0') !=
	    (!d.has_certificate && nbytes % 8 != 0))
		abort();
	return 0;
}
