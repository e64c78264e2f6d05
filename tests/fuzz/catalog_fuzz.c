/*
 * Fuzz the scan of catalogs: the input is a whole catalog.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/catalog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static int add(void *arg, const uint8_t *digest, size_t nbytes)
{
	unsigned *sum = arg;

	if (nbytes != 20 && nbytes != 32)
		abort();
	for (size_t i = 0; i < nbytes; i++)
		*sum += digest[i];
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	unsigned sum = 0;

	catalog_scan(data, nbytes, add, &sum);
	catalog_is_whole(data, nbytes);
	return 0;
}
