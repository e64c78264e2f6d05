/*
 * Where hivex gets its bytes from. hivex knows only open(), read() and mmap()
 * on narrow paths; the build points those calls here, and
 * agent/registry/hivex_io.c answers them from memory buffers that were
 * registered under a made-up path before. So hivex never opens a file itself,
 * wide paths work, and a hive with its logs replayed is opened like any other.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A hive is always opened for reading:
 *	open(path) -> size(fd) -> map(fd, size) ... unmap(p) -> close(fd)
 * which is the one way that does not copy it.  To be written to, the handle
 * is told so afterwards, and what it writes is in the buffer at once;
 * hivex_commit() is not used.
 *
 * All return -1 (map: NULL) and set errno on failure. A descriptor is a
 * number of our own; it is never passed to the operating system.
 */
#ifndef DEPS_HIVEX_SHIM_H
#define DEPS_HIVEX_SHIM_H

#include <stddef.h>
#include <stdint.h>

int hivex_shim_open(const char *path);
int hivex_shim_close(int fd);
int64_t hivex_shim_size(int fd);

/*
 * The registered buffer itself, aligned for uint64_t, valid until
 * hivex_shim_unmap().
 */
void *hivex_shim_map(int fd, size_t nbytes);
int hivex_shim_unmap(void *map, size_t nbytes);

/*
 * From now on the handle's buffer may be changed, and grow; until it is
 * stopped, which is done before hivex_close() in every case and tells where
 * the last bin ends.
 */
struct hive_h;
void hivex_shim_let_write(struct hive_h *h);
size_t hivex_shim_stop_writing(struct hive_h *h);

/* realloc() and free() in hivex: of the buffer, or of memory of its own. */
void *hivex_shim_realloc(void *p, size_t nbytes);
void hivex_shim_free(void *p);

#endif
