/*
 * The calls hivex makes instead of open(), mmap() and realloc().
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hivex_io.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/registry.h"

#include <errno.h>
#include <hivex_shim.h>
#include <stdio.h>
#include <string.h>

/* hivex needs one only while it opens, so few are enough. */
#define SLOTS	    64
#define PATH_PREFIX "hivex-io:"

static struct hivex_io *slots[SLOTS];
static __thread struct hivex_io *written; /* or NULL */

int hivex_io_init(struct hivex_io *io, uint8_t *data, size_t nbytes)
{
	memset(io, 0, sizeof(*io));
	io->data = data;
	io->nbytes = nbytes;
	io->cap = nbytes + HIVEX_IO_SLACK;
	for (int i = 0; i < SLOTS; i++) {
		struct hivex_io *none = NULL;

		if (!__atomic_compare_exchange_n(&slots[i], &none, io, false,
						 __ATOMIC_ACQ_REL,
						 __ATOMIC_RELAXED))
			continue;
		io->slot = i;
		snprintf(io->path, sizeof(io->path), PATH_PREFIX "%d", i);
		return 0;
	}
	io->slot = -1;
	return err_fail(ERR_LOCKED, 0, W_REGISTRY_TOO_MANY_OPEN);
}

void hivex_io_begin_writing(struct hivex_io *io, size_t cap)
{
	io->cap = cap;
	written = io;
}

void hivex_io_release(struct hivex_io *io)
{
	if (written == io)
		written = NULL;
	if (io->slot >= 0)
		__atomic_store_n(&slots[io->slot], NULL, __ATOMIC_RELEASE);
	io->slot = -1;
	mem_free(io->former);
	io->former = NULL;
}

bool hivex_io_is_safe(const uint8_t *data, size_t nbytes)
{
	struct bytes all = { data, nbytes };
	uint64_t at = 4096, end;
	const uint8_t *bin;

	if (nbytes < 8192 || nbytes > INT32_MAX)
		return false;
	end = (uint64_t)bytes_le32(data + 40) + 4096;
	if (end > nbytes)
		return false;
	while (at < end) {
		bin = bytes_at(&all, at, 32);
		if (!bin || memcmp(bin, "hbin", 4) != 0)
			return false;
		if (bytes_le32(bin + 4) != at - 4096 ||
		    bytes_le32(bin + 8) < 4096 || bytes_le32(bin + 8) % 4096 ||
		    bytes_le32(bin + 8) > end - at)
			return false;
		at += bytes_le32(bin + 8);
	}
	return true;
}

static struct hivex_io *find(int fd)
{
	struct hivex_io *io = NULL;

	if (fd >= 0 && fd < SLOTS)
		io = __atomic_load_n(&slots[fd], __ATOMIC_ACQUIRE);
	if (!io)
		errno = EBADF;
	return io;
}

int hivex_shim_open(const char *path)
{
	uint64_t fd;

	if (strncmp(path, PATH_PREFIX, strlen(PATH_PREFIX)) != 0 ||
	    !str_parse_u64(path + strlen(PATH_PREFIX), &fd) || fd >= SLOTS) {
		errno = ENOENT;
		return -1;
	}
	return find((int)fd) ? (int)fd : -1;
}

/* The slot belongs to whoever took it, and a later close finds it gone. */
int hivex_shim_close(int fd)
{
	(void)fd;
	return 0;
}

int64_t hivex_shim_size(int fd)
{
	struct hivex_io *io = find(fd);

	return io ? (int64_t)io->nbytes : -1;
}

void *hivex_shim_map(int fd, size_t nbytes)
{
	struct hivex_io *io = find(fd);

	if (!io)
		return NULL;
	if (nbytes > io->nbytes) {
		errno = EINVAL;
		return NULL;
	}
	return io->data;
}

int hivex_shim_unmap(void *map, size_t nbytes)
{
	(void)map;
	(void)nbytes;
	return 0;
}

/*
 * Where the buffer moves hivex may still look at the former one, if the next
 * thing it needs cannot be had; so that is kept until hivex is closed.
 */
static void *grow(struct hivex_io *io, size_t nbytes)
{
	size_t cap = nbytes + nbytes / HIVEX_IO_SPARE + HIVEX_IO_SLACK;
	uint8_t *p;

	if (nbytes + HIVEX_IO_SLACK <= io->cap)
		return io->data;
	p = nbytes > INT32_MAX ? NULL : mem_alloc(cap);
	if (!p) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(p, io->data, io->cap);
	memset(p + io->cap, 0, cap - io->cap);
	mem_free(io->former);
	io->former = io->data;
	io->data = p;
	io->cap = cap;
	return p;
}

static bool is_buffer(const void *p)
{
	return written && written->data == p;
}

void *hivex_shim_realloc(void *p, size_t nbytes)
{
	void *q = is_buffer(p) ? grow(written, nbytes) : mem_realloc(p, nbytes);

	if (!q)
		errno = ENOMEM;
	return q;
}

void hivex_shim_free(void *p)
{
	if (!is_buffer(p))
		mem_free(p);
}
