/*
 * Where hivex gets its bytes from. hivex knows only open(), read() and mmap()
 * on narrow paths; the build points those calls here, and
 * agent/registry/hivex_io.c answers them from memory buffers that were
 * registered under a made-up path before. So hivex never opens a file itself,
 * wide paths work, and a hive with its logs replayed is opened like any other.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way a hive is opened for reading:
 *	open(path) -> size(fd) -> map(fd, size) ... unmap(p) -> close(fd)
 * for writing (HIVEX_OPEN_WRITE):
 *	open(path) -> size(fd) -> read(fd) until size bytes -> close(fd)
 * and hivex_commit(h, path, 0):
 *	open(path, O_WRONLY|O_CREAT|O_TRUNC) -> write(fd) ... -> close(fd)
 *
 * All return -1 (map: NULL) and set errno on failure. A descriptor is a
 * number of our own; it is never passed to the operating system.
 */
#ifndef DEPS_HIVEX_SHIM_H
#define DEPS_HIVEX_SHIM_H

#include <stddef.h>
#include <stdint.h>

/* `flags` is 0 for reading, 1 for (re)writing from the beginning. */
int hivex_shim_open(const char *path, int flags);
int hivex_shim_close(int fd);

int64_t hivex_shim_size(int fd);

/* At most `nbytes`; fewer only at the end; 0 at the end. */
int64_t hivex_shim_read(int fd, void *buf, size_t nbytes);
int64_t hivex_shim_write(int fd, const void *buf, size_t nbytes);

/*
 * The whole buffer, aligned for uint64_t, valid until hivex_shim_unmap().
 * hivex does not write to it. It may be the registered buffer itself.
 */
void *hivex_shim_map(int fd, size_t nbytes);
int hivex_shim_unmap(void *map, size_t nbytes);

#endif
