/*
 * The two calls of <sys/mman.h> that hivex makes, over hivex_shim.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEPS_HIVEX_SYS_MMAN_H
#define DEPS_HIVEX_SYS_MMAN_H

#include "hivex_shim.h"

#define PROT_READ  1
#define MAP_SHARED 1
#define MAP_FAILED ((void *)-1)

static inline void *hivex_shim_mmap(size_t nbytes, int fd)
{
	void *map = hivex_shim_map(fd, nbytes);

	return map ? map : MAP_FAILED;
}

#define mmap(addr, n, prot, flags, fd, off) hivex_shim_mmap((n), (fd))
#define munmap(addr, n)			    hivex_shim_unmap((addr), (n))

#endif
