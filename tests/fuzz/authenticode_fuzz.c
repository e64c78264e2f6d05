/*
 * Fuzz the digest of programs: the input is a whole file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/authenticode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	const struct source s = source_of_memory(data, nbytes);
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
