/*
 * Makes zip archives of any number of members for tests: stored or deflated,
 * with sizes in front or behind.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Source: PKWARE APPNOTE.TXT 4.3.  Test code: without memory it ends the
 * program.
 */
#ifndef TOOLS_ZIP_MAKER_H
#define TOOLS_ZIP_MAKER_H

#include "base/bytes.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ZIP_MAKER_MAX  5000
#define ZIP_MAKER_TIME 0x3d386000 /* 2010-09-24 12:00 */

struct zip_maker {
	struct str file;

	struct {
		uint32_t at;
		uint32_t crc;
		uint32_t packed;
		uint32_t unpacked;
		uint16_t flags;
		uint16_t method;
		char name[256];
	} rows[ZIP_MAKER_MAX];

	size_t count;
};

static inline void zip_put16(struct str *s, unsigned v)
{
	uint8_t b[2];

	bytes_put_le16(b, (uint16_t)v);
	str_addn(s, b, 2);
}

static inline void zip_put32(struct str *s, uint32_t v)
{
	uint8_t b[4];

	bytes_put_le32(b, v);
	str_addn(s, b, 4);
}

static inline struct zip_maker *zip_maker_new(void)
{
	struct zip_maker *m = mem_zalloc(sizeof(*m));

	if (!m)
		abort();
	return m;
}

static inline size_t zip_deflate(const void *data, size_t nbytes, uint8_t *out,
				 size_t cap)
{
	z_stream s;

	memset(&s, 0, sizeof(s));
	if (deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 9,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	s.next_in = (Bytef *)(uintptr_t)data;
	s.avail_in = (unsigned)nbytes;
	s.next_out = out;
	s.avail_out = (unsigned)cap;
	if (deflate(&s, Z_FINISH) != Z_STREAM_END)
		abort();
	cap -= s.avail_out;
	deflateEnd(&s);
	return cap;
}

/* flags 8: sizes only behind the data and in the directory. */
static inline void zip_add(struct zip_maker *m, const char *name,
			   unsigned flags, unsigned method, const void *data,
			   size_t nbytes)
{
	size_t cap = nbytes + 1024;
	uint8_t *packed = mem_alloc(cap);
	size_t n = nbytes;
	bool late = (flags & 8) != 0;
	uint32_t crc = (uint32_t)crc32(0, data, (unsigned)nbytes);

	if (!packed || m->count == ZIP_MAKER_MAX || strlen(name) > 255)
		abort();
	if (method == 8)
		n = zip_deflate(data, nbytes, packed, cap);
	else
		memcpy(packed, data, nbytes);
	m->rows[m->count].at = (uint32_t)m->file.len;
	m->rows[m->count].crc = crc;
	m->rows[m->count].packed = (uint32_t)n;
	m->rows[m->count].unpacked = (uint32_t)nbytes;
	m->rows[m->count].flags = (uint16_t)flags;
	m->rows[m->count].method = (uint16_t)method;
	str_copy(m->rows[m->count].name, name, 256);
	m->count++;
	zip_put32(&m->file, 0x04034b50);
	zip_put16(&m->file, 20);
	zip_put16(&m->file, flags);
	zip_put16(&m->file, method);
	zip_put32(&m->file, ZIP_MAKER_TIME);
	zip_put32(&m->file, late ? 0 : crc);
	zip_put32(&m->file, late ? 0 : (uint32_t)n);
	zip_put32(&m->file, late ? 0 : (uint32_t)nbytes);
	zip_put16(&m->file, (unsigned)strlen(name));
	zip_put16(&m->file, 0);
	str_add(&m->file, name);
	str_addn(&m->file, packed, n);
	if (late) {
		zip_put32(&m->file, 0x08074b50);
		zip_put32(&m->file, crc);
		zip_put32(&m->file, (uint32_t)n);
		zip_put32(&m->file, (uint32_t)nbytes);
	}
	mem_free(packed);
}

static inline void zip_finish(struct zip_maker *m)
{
	size_t start = m->file.len;
	size_t end;
	size_t i;

	for (i = 0; i < m->count; i++) {
		zip_put32(&m->file, 0x02014b50);
		zip_put16(&m->file, 20);
		zip_put16(&m->file, 20);
		zip_put16(&m->file, m->rows[i].flags);
		zip_put16(&m->file, m->rows[i].method);
		zip_put32(&m->file, ZIP_MAKER_TIME);
		zip_put32(&m->file, m->rows[i].crc);
		zip_put32(&m->file, m->rows[i].packed);
		zip_put32(&m->file, m->rows[i].unpacked);
		zip_put16(&m->file, (unsigned)strlen(m->rows[i].name));
		zip_put16(&m->file, 0);
		zip_put16(&m->file, 0);
		zip_put16(&m->file, 0);
		zip_put16(&m->file, 0);
		zip_put32(&m->file, 0);
		zip_put32(&m->file, m->rows[i].at);
		str_add(&m->file, m->rows[i].name);
	}
	end = m->file.len;
	zip_put32(&m->file, 0x06054b50);
	zip_put16(&m->file, 0);
	zip_put16(&m->file, 0);
	zip_put16(&m->file, (unsigned)m->count);
	zip_put16(&m->file, (unsigned)m->count);
	zip_put32(&m->file, (uint32_t)(end - start));
	zip_put32(&m->file, (uint32_t)start);
	zip_put16(&m->file, 0);
}

static inline void zip_maker_free(struct zip_maker *m)
{
	str_release(&m->file);
	mem_free(m);
}

#endif
