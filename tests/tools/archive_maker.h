/*
 * Makes archives of one member, stored as it is: what the walkers of the
 * archives are given in tests.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sources: PKWARE APPNOTE.TXT 4.3 (zip), Microsoft's cabinet format [MS-CAB]
 * 2.  A cabinet's checksum 0 means that there is none.
 */
#ifndef TOOLS_ARCHIVE_MAKER_H
#define TOOLS_ARCHIVE_MAKER_H

#include "base/bytes.h"
#include "base/mem.h"

#include <string.h>
#include <zlib.h>

#define ARCHIVE_MAKER_ROOM 2048	 /* names and headers */
#define CAB_BLOCK_MAX	   32768 /* what one CFDATA may hold */

struct archive_maker {
	uint8_t *data;
	size_t nbytes;
};

static inline void archive_put16(struct archive_maker *a, uint16_t v)
{
	bytes_put_le16(a->data + a->nbytes, v);
	a->nbytes += 2;
}

static inline void archive_put32(struct archive_maker *a, uint32_t v)
{
	bytes_put_le32(a->data + a->nbytes, v);
	a->nbytes += 4;
}

static inline void archive_put(struct archive_maker *a, const void *data,
			       size_t nbytes)
{
	memcpy(a->data + a->nbytes, data, nbytes);
	a->nbytes += nbytes;
}

static inline void archive_zip_head(struct archive_maker *a, uint32_t crc,
				    const char *name, size_t nbytes)
{
	archive_put16(a, 20); /* version needed */
	archive_put16(a, 0);
	archive_put16(a, 0);	      /* stored */
	archive_put32(a, 0x3d386000); /* 2010-09-24 12:00 */
	archive_put32(a, crc);
	archive_put32(a, (uint32_t)nbytes);
	archive_put32(a, (uint32_t)nbytes);
	archive_put16(a, (uint16_t)strlen(name));
	archive_put16(a, 0);
}

/* `a->data` is the caller's to free; false: no memory, or a name too long. */
static inline bool archive_make_zip(struct archive_maker *a, const char *name,
				    const uint8_t *data, size_t nbytes)
{
	uint32_t crc = (uint32_t)crc32(0, data, (uInt)nbytes);
	size_t at;

	a->nbytes = 0;
	a->data = strlen(name) < 256 ? mem_zalloc(nbytes + ARCHIVE_MAKER_ROOM)
				     : NULL;
	if (!a->data)
		return false;
	archive_put32(a, 0x04034b50);
	archive_zip_head(a, crc, name, nbytes);
	archive_put(a, name, strlen(name));
	archive_put(a, data, nbytes);
	at = a->nbytes;
	archive_put32(a, 0x02014b50);
	archive_put16(a, 20); /* made by */
	archive_zip_head(a, crc, name, nbytes);
	a->nbytes += 10; /* comment, disk, attributes */
	archive_put32(a, 0);
	archive_put(a, name, strlen(name));
	archive_put32(a, 0x06054b50);
	archive_put32(a, 0);
	archive_put16(a, 1);
	archive_put16(a, 1);
	archive_put32(a, (uint32_t)(a->nbytes - at - 12));
	archive_put32(a, (uint32_t)at);
	archive_put16(a, 0);
	return true;
}

static inline bool archive_make_cab(struct archive_maker *a, const char *name,
				    const uint8_t *data, size_t nbytes)
{
	size_t blocks = (nbytes + CAB_BLOCK_MAX - 1) / CAB_BLOCK_MAX;
	size_t files_at = 36 + 8;
	size_t data_at = files_at + 16 + strlen(name) + 1;

	a->nbytes = 0;
	a->data = strlen(name) < 256
			  ? mem_zalloc(nbytes + 8 * blocks + ARCHIVE_MAKER_ROOM)
			  : NULL;
	if (!a->data)
		return false;
	archive_put(a, "MSCF\0\0\0", 8);
	archive_put32(a, (uint32_t)(data_at + nbytes + 8 * blocks));
	archive_put32(a, 0);
	archive_put32(a, (uint32_t)files_at);
	archive_put32(a, 0);
	archive_put16(a, 0x0103); /* version */
	archive_put16(a, 1);	  /* folders */
	archive_put16(a, 1);	  /* files */
	a->nbytes += 6;
	archive_put32(a, (uint32_t)data_at);
	archive_put16(a, (uint16_t)blocks);
	archive_put16(a, 0); /* stored */
	archive_put32(a, (uint32_t)nbytes);
	archive_put32(a, 0);
	archive_put16(a, 0);
	archive_put32(a, 0x60003d38);
	archive_put16(a, 0x20);
	archive_put(a, name, strlen(name) + 1);
	for (size_t at = 0; at < nbytes; at += CAB_BLOCK_MAX) {
		size_t n = nbytes - at < CAB_BLOCK_MAX ? nbytes - at
						       : CAB_BLOCK_MAX;

		archive_put32(a, 0);
		archive_put16(a, (uint16_t)n);
		archive_put16(a, (uint16_t)n);
		archive_put(a, data + at, n);
	}
	return true;
}

#endif
