/*
 * Digests of files, and reads at offsets.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/fileinfo.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "collect/fileinfo_source.h"
#include "words/base.h"

#include <string.h>

#define CHUNK_NBYTES ((size_t)256 << 10)

int source_read(const struct source *s, uint64_t offset, void *buf,
		size_t nbytes, size_t *nread_ret)
{
	if (offset >= s->nbytes) {
		*nread_ret = 0;
		return 0;
	}
	if (nbytes > s->nbytes - offset)
		nbytes = (size_t)(s->nbytes - offset);
	if (s->file)
		return host_pread(s->file, offset, buf, nbytes, nread_ret);
	memcpy(buf, s->data + offset, nbytes);
	*nread_ret = nbytes;
	return 0;
}

int source_read_all(const struct source *s, uint64_t offset, void *buf,
		    size_t nbytes)
{
	size_t nread = 0;
	int err = source_read(s, offset, buf, nbytes, &nread);

	return err ? err : nread == nbytes ? 0 : ERR_CORRUPT;
}

int file_digests(struct host_file *f, struct digests *ret)
{
	struct digester *d = digester_new();
	uint8_t *chunk = mem_alloc(CHUNK_NBYTES);
	uint64_t offset = 0;
	size_t nread = 0;
	int err = d && chunk ? 0 : ERR_NOMEM;

	while (!err) {
		if (host_interrupted()) {
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
