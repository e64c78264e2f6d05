/*
 * Fuzz the reader of archives: the input is a zip, a gzip or a cabinet
 * file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/archive.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static int see(void *arg, const char *inside, const char *name,
	       const uint8_t *data, size_t nbytes)
{
	unsigned *sum = arg;
	size_t i;

	for (; *inside; inside++)
		*sum += (unsigned char)*inside;
	for (; *name; name++)
		*sum += (unsigned char)*name;
	for (i = 0; i < nbytes; i++)
		*sum += data[i];
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	unsigned sum = 0;
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };
	struct archive_options o = { see, &sum, NULL, unopened };

	archive_each_member_mem(data, nbytes, "a.gz", &o);
	return 0;
}
