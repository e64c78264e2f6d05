/*
 * Fuzz the reader of version resources: the input is a whole image.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/version_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct version_info v;

	if (!version_info_parse(data, nbytes, &v))
		version_info_release(&v);
	return 0;
}
