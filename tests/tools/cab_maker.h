/*
 * Makes cabinet files in memory for tests, by [MS-CAB] and [MS-MCI].
 * SPDX-License-Identifier: Apache-2.0
 *
 * Test code: without memory it ends the program.
 */
#ifndef TOOLS_CAB_MAKER_H
#define TOOLS_CAB_MAKER_H

#include "base/bytes.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CAB_MAKER_BLOCK ((size_t)32768)

struct cab_row {
	const char *name;
	const void *data;
	size_t nbytes;
	unsigned folder; /* ascending from 0, without a hole */
	unsigned attributes;
};

struct cab_options {
	unsigned type;	  /* of every folder: 0 stored, 1 MSZIP */
	unsigned reserve; /* so many bytes are kept free everywhere */
	bool no_checksums;
};

static inline void cab_put(struct str *s, uint32_t value, size_t nbytes)
{
	uint8_t b[4];

	bytes_put_le32(b, value);
	str_addn(s, b, nbytes);
}

static inline void cab_zeros(struct str *s, size_t nbytes)
{
	while (nbytes--)
		str_addch(s, '\0');
}

/* As the specification's example does it, four bytes at a time. */
static inline uint32_t cab_checksum(const char *p, size_t nbytes, uint32_t sum)
{
	const uint8_t *b = (const uint8_t *)p;
	size_t i = 0;

	for (; i + 4 <= nbytes; i += 4)
		sum ^= bytes_le32(b + i);
	switch (nbytes - i) {
	case 3:
		return sum ^ ((uint32_t)b[i] << 16 | (uint32_t)b[i + 1] << 8 |
			      b[i + 2]);
	case 2:
		return sum ^ ((uint32_t)b[i] << 8 | b[i + 1]);
	case 1:
		return sum ^ b[i];
	default:
		return sum;
	}
}

/* "CK" and a stream that refers to the 32 KiB before it. */
static inline void cab_pack(struct str *s, const char *data, size_t at,
			    size_t nbytes)
{
	size_t cap = nbytes + 1024;
	uint8_t *packed = mem_alloc(cap);
	z_stream z;

	memset(&z, 0, sizeof(z));
	if (!packed || deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9,
				    Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	if (at &&
	    deflateSetDictionary(&z, (const Bytef *)data + at - CAB_MAKER_BLOCK,
				 CAB_MAKER_BLOCK) != Z_OK)
		abort();
	z.next_in = (Bytef *)(uintptr_t)(data + at);
	z.avail_in = (unsigned)nbytes;
	z.next_out = packed;
	z.avail_out = (unsigned)cap;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	str_add(s, "CK");
	str_addn(s, packed, cap - z.avail_out);
	deflateEnd(&z);
	mem_free(packed);
}

/* The blocks of one folder; returns how many. */
static inline unsigned cab_blocks(struct str *out, const struct str *data,
				  const struct cab_options *o)
{
	unsigned count = 0;

	for (size_t at = 0; at < data->len; at += CAB_MAKER_BLOCK) {
		size_t n = data->len - at;
		struct str packed = STR_INIT;
		struct str head = STR_INIT;

		if (n > CAB_MAKER_BLOCK)
			n = CAB_MAKER_BLOCK;
		if (o->type == 1)
			cab_pack(&packed, data->buf, at, n);
		else
			str_addn(&packed, data->buf + at, n);
		cab_put(&head, (uint32_t)packed.len, 2);
		cab_put(&head, (uint32_t)n, 2);
		cab_put(out,
			o->no_checksums
				? 0
				: cab_checksum(head.buf, 4,
					       cab_checksum(packed.buf,
							    packed.len, 0)),
			4);
		str_addn(out, head.buf, head.len);
		cab_zeros(out, o->reserve);
		str_addn(out, packed.buf, packed.len);
		str_release(&head);
		str_release(&packed);
		count++;
	}
	return count;
}

static inline void cab_make(struct str *out, const struct cab_row *rows,
			    size_t count, const struct cab_options *o)
{
	unsigned folders = count ? rows[count - 1].folder + 1 : 0;
	struct str files = STR_INIT;
	struct str *data = mem_array(folders + 1, sizeof(*data));
	size_t begin = out->len, at;

	if (!data)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct str *d = &data[rows[i].folder];

		cab_put(&files, (uint32_t)rows[i].nbytes, 4);
		cab_put(&files, (uint32_t)d->len, 4);
		cab_put(&files, rows[i].folder, 2);
		cab_put(&files, 0x3d4a, 2); /* 2010-10-10 */
		cab_put(&files, 0, 2);
		cab_put(&files, rows[i].attributes, 2);
		str_addn(&files, rows[i].name, strlen(rows[i].name) + 1);
		str_addn(d, rows[i].data, rows[i].nbytes);
	}
	str_add(out, "MSCF");
	cab_zeros(out, 4);
	cab_zeros(out, 4); /* size: below */
	cab_zeros(out, 4);
	at = 36 + (o->reserve ? 4 + o->reserve : 0) +
	     folders * (8 + o->reserve);
	cab_put(out, (uint32_t)at, 4);
	cab_zeros(out, 4);
	cab_put(out, 0x0103, 2);
	cab_put(out, folders, 2);
	cab_put(out, (uint32_t)count, 2);
	cab_put(out, o->reserve ? 4 : 0, 2);
	cab_zeros(out, 4);
	if (o->reserve) {
		cab_put(out, o->reserve, 2);
		cab_put(out, o->reserve, 1);
		cab_put(out, o->reserve, 1);
		cab_zeros(out, o->reserve);
	}
	at = out->len;
	cab_zeros(out, folders * (8 + o->reserve));
	str_addn(out, files.buf, files.len);
	for (unsigned i = 0; i < folders; i++) {
		uint32_t first = (uint32_t)(out->len - begin);
		unsigned n = cab_blocks(out, &data[i], o);
		uint8_t *h;

		if (out->err)
			abort();
		h = (uint8_t *)out->buf + at + i * (8 + o->reserve);
		bytes_put_le32(h, first);
		bytes_put_le16(h + 4, (uint16_t)n);
		bytes_put_le16(h + 6, (uint16_t)o->type);
		str_release(&data[i]);
	}
	if (out->err)
		abort();
	bytes_put_le32((uint8_t *)out->buf + begin + 8,
		       (uint32_t)(out->len - begin));
	str_release(&files);
	mem_free(data);
}

#endif
