/*
 * Digest of an open file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/hash.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define READ_NBYTES ((size_t)256 << 10)

int host_file_sha256(struct host_file *file, char hex_ret[65])
{
	struct digester *d = digester_new();
	uint8_t *buf = mem_alloc(READ_NBYTES);
	struct digests digests;
	uint64_t at = 0;
	size_t got = 0;
	int err = d && buf ? 0 : err_nomem();

	while (!err) {
		err = host_pread(file, at, buf, READ_NBYTES, &got);
		if (err || !got)
			break;
		digester_add(d, buf, got);
		at += got;
	}
	mem_free(buf);
	if (err) {
		digester_free(d);
		return err;
	}
	digester_finish(d, &digests);
	memcpy(hex_ret, digests.sha256, 65);
	return 0;
}
