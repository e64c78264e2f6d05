/*
 * Fuzz the readers of what Windows wrote down about its copies: the first
 * byte chooses the reader, the second the name asked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "collect/copy_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	char *path = NULL;

	if (nbytes < 2)
		return 0;
	switch (data[0] % 3) {
	case 0:
		path = copy_path_of_recycled(data + 2, nbytes - 2);
		break;
	case 1:
		path = copy_path_in_info2(data + 2, nbytes - 2,
					  (char)('a' + data[1] % 26),
					  data[1] / 26u);
		break;
	case 2:
		path = copy_path_in_change_log(data + 2, nbytes - 2,
					       data[1] % 2 ? "A0001234.dll"
							   : "A0000001.dll");
		break;
	}
	mem_free(path);
	return 0;
}
