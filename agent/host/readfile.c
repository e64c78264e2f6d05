/*
 * A file as a source, whole into memory, and its digests, on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host.h"
#include "host/fail.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/base.h"
#include "words/host.h"

#include <string.h>

#define READ_STEP_NBYTES 65536u
#define CHUNK_NBYTES	 ((size_t)256 << 10)

/*
 * The size is only a hint: the file may grow or shrink while it is read, and
 * what counts is where the reading ends.
 */
static int read_to_end(struct host_file *f, const char *path, size_t hint,
		       size_t max_nbytes, void **data_ret, size_t *nbytes_ret)
{
	size_t cap = hint + 1;
	size_t used = 0;
	uint8_t *data = mem_alloc(cap);
	int err = 0;

	while (data != NULL) {
		size_t n = 0;

		err = host_read(f, data + used, cap - used, &n);
		if (err != 0 || n == 0)
			break;
		used += n;
		if (used > max_nbytes) {
			err = host_fail(ERR_TOO_LARGE, 0, W_HOST_CANNOT_READ,
					path, NULL);
			break;
		}
		if (used == cap) {
			const size_t more = cap / 2 + READ_STEP_NBYTES;
			uint8_t *grown = NULL;

			if (cap <= SIZE_MAX - more)
				grown = mem_realloc(data, cap + more);
			if (grown == NULL) {
				err = host_fail(ERR_NOMEM, 0,
						W_HOST_CANNOT_READ, path, NULL);
				break;
			}
			data = grown;
			cap += more;
		}
	}
	if (data == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_READ, path, NULL);
	if (err != 0) {
		mem_free(data);
		return err;
	}
	*data_ret = data;
	*nbytes_ret = used;
	return 0;
}

int host_read_file(const char *path, size_t max_nbytes, void **data_ret,
		   size_t *nbytes_ret)
{
	struct host_file *f = NULL;
	struct host_stat st;
	int err;

	err = host_open(path, HOST_OPEN_SEQ | HOST_OPEN_NOATIME, &f);
	if (err != 0)
		return err;
	err = host_fstat(f, &st);
	if (err != 0)
		goto out;
	if (st.size > max_nbytes || st.size >= SIZE_MAX) {
		err = host_fail(ERR_TOO_LARGE, 0, W_HOST_CANNOT_READ, path,
				NULL);
		goto out;
	}
	err = read_to_end(f, path, (size_t)st.size, max_nbytes, data_ret,
			  nbytes_ret);
out:
	host_close(f);
	return err;
}

static int read_at(void *arg, uint64_t offset, void *buf, size_t nbytes,
		   size_t *nread_ret)
{
	return host_pread(arg, offset, buf, nbytes, nread_ret);
}

struct source host_source(struct host_file *f, uint64_t nbytes)
{
	return (struct source){ nbytes, NULL, read_at, f };
}

int host_file_digests(struct host_file *f, const struct cancel *cancel,
		      struct digests *ret)
{
	struct digester *d = digester_new();
	uint8_t *chunk = mem_alloc(CHUNK_NBYTES);
	uint64_t offset = 0;
	size_t nread = 0;
	int err = d && chunk ? 0 : err_nomem();

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

int host_file_sha256(struct host_file *f, char hex_ret[65])
{
	struct digests digests;
	int err = host_file_digests(f, NULL, &digests);

	if (!err)
		memcpy(hex_ret, digests.sha256, sizeof(digests.sha256));
	return err;
}
