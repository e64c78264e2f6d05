/*
 * The bytes of one hive: a buffer that is filled from the open file piece by
 * piece where it is looked at, or that lies in memory from the beginning.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A 100 MB SOFTWARE hive is asked for a few hundred keys; reading it in place
 * costs the pieces that hold them (measured: about 1 MB) instead of all of
 * it.  The buffer is address space only until a piece is filled, it is never
 * mapped from the file: a disk that fails or a file that shrinks gives an
 * error here and no signal.
 */
#ifndef REGISTRY_HIVE_IMAGE_H
#define REGISTRY_HIVE_IMAGE_H

#include "host/host.h"

/* Offsets in a hive have 31 bits; the highest tells volatile cells apart. */
#define HIVE_MAX_NBYTES	 ((uint64_t)1 << 31)
#define HIVE_BASE_NBYTES 4096u

struct hive_image {
	uint8_t *data;
	size_t nbytes;		/* what may be looked at */
	struct host_file *file; /* NULL: all of it is in `data` */
	uint8_t *loaded;  /* one bit for each piece, NULL with file NULL */
	bool read_failed; /* a piece could not be read */
};

/* In place; takes over `file` on success. nbytes: at most the file's size. */
int hive_image_init_file(struct hive_image *img, struct host_file *file,
			 size_t nbytes);
/* Takes over `data` (from mem.h). */
void hive_image_init_memory(struct hive_image *img, uint8_t *data,
			    size_t nbytes);
void hive_image_release(struct hive_image *img);

/*
 * The error of a buffer that could not be had: ERR_NOMEM, or ERR_TOO_LARGE for
 * a large one, which says more about the file (it may claim up to 2 GB) than
 * about memory: this hive is a gap, no more.
 */
int hive_image_no_memory(uint64_t nbytes);

/* Reads all that is missing and closes the file. ERR_IO if a piece failed. */
int hive_image_load_all(struct hive_image *img);

/*
 * The one way from an offset in the file to a pointer: NULL unless
 * [offset, offset + nbytes) lies inside and could be read.
 */
const uint8_t *hive_image_at(struct hive_image *img, uint64_t offset,
			     size_t nbytes);

#endif
