/*
 * Hostile pack files: the container, its lists and its signature.  Rules are
 * not compiled; libyara's compiler is not ours to fuzz.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/pack_internal.h"
#include "base/mem.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct pack_signature signature;
	struct pack_lists lists;
	struct pack_files files;
	size_t end = 0;

	pack_files_init(&files);
	pack_lists_init(&lists);
	if (pack_files_decode(&files, data, nbytes, &end) == 0) {
		uint8_t *again = NULL;
		size_t again_nbytes = 0;

		if (end > nbytes)
			abort();
		pack_lists_read(&lists, &files);
		if (pack_files_encode(&files, &again, &again_nbytes) == 0)
			mem_free(again);
		pack_signature_parse((const char *)data + end, nbytes - end,
				     &signature);
	}
	pack_lists_release(&lists);
	pack_files_release(&files);
	/* As a list and as a signature, for what no container wraps. */
	pack_files_init(&files);
	pack_lists_init(&lists);
	if (nbytes && pack_files_add(&files,
				     data[0] & 1   ? "texts.tsv"
				     : data[0] & 2 ? "allow.tsv"
				     : data[0] & 4 ? "places.tsv"
						   : "pack.txt",
				     data + 1, nbytes - 1) == 0)
		pack_lists_read(&lists, &files);
	pack_lists_release(&lists);
	pack_files_release(&files);
	pack_signature_parse((const char *)data, nbytes, &signature);
	return 0;
}
