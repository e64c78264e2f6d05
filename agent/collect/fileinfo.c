/*
 * Digests of files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/fileinfo.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "words/base.h"

#define CHUNK_NBYTES ((size_t)256 << 10)

int file_digests(struct host_file *f, const struct cancel *cancel,
		 struct digests *ret)
{
	struct digester *d = digester_new();
	uint8_t *chunk = mem_alloc(CHUNK_NBYTES);
	uint64_t offset = 0;
	size_t nread = 0;
	int err = d && chunk ? 0 : ERR_NOMEM;

	while (!err) {
		if (cancel_asked(cancel)) {
			err = err_fail(ERR_CANCELLED, 0, W_BASE_ERR_CANCELLED);
			break;
		}
		err = host_pread(f, offset, chunk, CHUNK_NBYTES, &nread);
		if (err || !nread)
			break;
		digester_add(d, chunk, nread);
		offset += nread;
	}
	mem_free(chunk);
	if (err)
		digester_free(d);
	else
		digester_finish(d, ret);
	return err;
}
