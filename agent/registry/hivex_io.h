/*
 * How hivex gets its bytes: a buffer of ours under a made-up path.
 * SPDX-License-Identifier: Apache-2.0
 *
 * hivex 1.3.24 trusts some lengths: it reads up to 65,535 entries of a "db"
 * list and whole records at the end of the file without a look at what is
 * left.  So the buffer must be followed by HIVEX_IO_SLACK bytes of zeros,
 * which lead nowhere.  And on a 32-bit host a bin whose size wraps around
 * makes it loop for ever: hivex_io_is_safe() tells such files before.
 */
#ifndef REGISTRY_HIVEX_IO_H
#define REGISTRY_HIVEX_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIVEX_IO_SLACK ((size_t)320 << 10)

/* A buffer that is written to has this part of its size more: moving it takes
 * as much memory again. */
#define HIVEX_IO_SPARE 32u

struct hivex_io {
	uint8_t *data;	 /* from mem.h; moves where hivex makes it grow */
	size_t nbytes;	 /* what hivex takes for the file */
	size_t cap;	 /* with the slack */
	uint8_t *former; /* where it lay before it moved */
	int slot;
	char path[24]; /* for hivex_open() */
};

/*
 * Takes a slot for the buffer, whose slack the caller has made.  The slot is
 * needed while hivex_open() runs, the buffer as long as the handle lives.
 * ERR_LOCKED with too many slots in use.
 */
int hivex_io_init(struct hivex_io *io, uint8_t *data, size_t nbytes);
/* The buffer, of which that many bytes are there, will be written to by hivex
 * in this thread; one at a time. */
void hivex_io_begin_writing(struct hivex_io *io, size_t cap);
/* Gives the slot back; the buffer stays with the caller. */
void hivex_io_release(struct hivex_io *io);

/* Whether hivex can look at these bytes without going astray. */
bool hivex_io_is_safe(const uint8_t *data, size_t nbytes);

#endif
