/*
 * Bytes at offsets.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/source.h"

#include "base/err.h"

#include <string.h>

int source_read(const struct source *s, uint64_t offset, void *buf,
		size_t nbytes, size_t *nread_ret)
{
	*nread_ret = 0;
	if (offset >= s->nbytes)
		return 0;
	if (nbytes > s->nbytes - offset)
		nbytes = (size_t)(s->nbytes - offset);
	if (!s->data)
		return s->read(s->arg, offset, buf, nbytes, nread_ret);
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
