/*
 * Harmless file bodies that carry marks: programs, classes, pictures, jars.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "body.h"

#include <string.h>

#define FILE_ALIGN     0x200u
#define SECTION_ALIGN  0x1000u
#define HEADERS_NBYTES 0x400u
#define SECTION_COUNT  2u
#define NT_OFFSET      0x80u
#define ZIP_TIME       0x6000u /* 12:00 */
#define ZIP_DATE       0x3D46u /* 2010-10-06 */
/* Delphi up to 2007 writes this instead of the time of the build. */
#define DELPHI_STAMP   0x2A425E19u
#define ORDINARY_STAMP 0x4CABBC00u /* 2010-10-06 */

void blob_clear(struct blob *b)
{
	b->nbytes = 0;
	b->overflow = false;
}

void blob_add(struct blob *b, const void *data, size_t nbytes)
{
	if (nbytes > sizeof(b->data) - b->nbytes) {
		b->overflow = true;
		return;
	}
	if (nbytes != 0)
		memcpy(b->data + b->nbytes, data, nbytes);
	b->nbytes += nbytes;
}

void blob_fill(struct blob *b, uint8_t byte, size_t nbytes)
{
	if (nbytes > sizeof(b->data) - b->nbytes) {
		b->overflow = true;
		return;
	}
	memset(b->data + b->nbytes, byte, nbytes);
	b->nbytes += nbytes;
}

void blob_le16(struct blob *b, unsigned value)
{
	const uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

	blob_add(b, bytes, sizeof(bytes));
}

void blob_le32(struct blob *b, uint32_t value)
{
	blob_le16(b, value & 0xFFFF);
	blob_le16(b, value >> 16);
}

void blob_be16(struct blob *b, unsigned value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	blob_add(b, bytes, sizeof(bytes));
}

static void blob_be32(struct blob *b, uint32_t value)
{
	blob_be16(b, value >> 16);
	blob_be16(b, value & 0xFFFF);
}

static void blob_pad_to(struct blob *b, size_t nbytes)
{
	if (b->nbytes < nbytes)
		blob_fill(b, 0, nbytes - b->nbytes);
}

static uint32_t round_up(uint32_t value, uint32_t unit)
{
	return (value + unit - 1) / unit * unit;
}

/* ---- programs ---------------------------------------------------------- */

static void add_section(struct blob *out, const char *name, uint32_t vsize,
			uint32_t rva, uint32_t raw_size, uint32_t raw_offset,
			uint32_t flags)
{
	char padded[8] = { 0 };
	size_t n = strlen(name);

	memcpy(padded, name, n < sizeof(padded) ? n : sizeof(padded));
	blob_add(out, padded, sizeof(padded));
	blob_le32(out, vsize);
	blob_le32(out, rva);
	blob_le32(out, raw_size);
	blob_le32(out, raw_offset);
	blob_fill(out, 0, 12);
	blob_le32(out, flags);
}

static void add_optional_header(struct blob *out, const struct pe_form *form,
				uint32_t code_nbytes, uint32_t data_nbytes,
				uint32_t image_nbytes)
{
	const uint32_t base =
		form->is_delphi || !form->is_dll ? 0x400000 : 0x10000000;

	blob_le16(out, form->is_64bit ? 0x20B : 0x10B);
	blob_le16(out, form->is_delphi ? 0x1902 : 0x0009); /* linker */
	blob_le32(out, code_nbytes);
	blob_le32(out, data_nbytes);
	blob_le32(out, 0);
	blob_le32(out, SECTION_ALIGN); /* entry point: start of the code */
	blob_le32(out, SECTION_ALIGN);
	if (!form->is_64bit)
		blob_le32(out, 2 * SECTION_ALIGN);
	blob_le32(out, base);
	if (form->is_64bit)
		blob_le32(out, 0);
	blob_le32(out, SECTION_ALIGN);
	blob_le32(out, FILE_ALIGN);
	blob_le16(out, 4); /* operating system */
	blob_le16(out, 0);
	blob_le32(out, 0);			/* image version */
	blob_le16(out, form->is_64bit ? 5 : 4); /* subsystem version */
	blob_le16(out, form->is_64bit ? 2 : 0);
	blob_le32(out, 0);
	blob_le32(out, image_nbytes);
	blob_le32(out, HEADERS_NBYTES);
	blob_le32(out, 0); /* checksum */
	blob_le16(out, 2); /* GUI */
	blob_le16(out, 0);
	for (int i = 0; i < 4; i++) { /* stack and heap */
		blob_le32(out, i % 2 == 0 ? 0x100000 : 0x1000);
		if (form->is_64bit)
			blob_le32(out, 0);
	}
	blob_le32(out, 0);
	blob_le32(out, 16);
	blob_fill(out, 0, 16 * 8); /* no directories */
}

void body_pe(struct blob *out, const struct pe_form *form,
	     const struct blob *marks)
{
	/* return 1; as DllMain and as an entry point alike */
	static const uint8_t code32[] = { 0xB8, 1, 0, 0, 0, 0xC2, 0x0C, 0 };
	static const uint8_t code64[] = { 0xB8, 1, 0, 0, 0, 0xC3 };
	const uint32_t vsize = marks->nbytes ? (uint32_t)marks->nbytes : 1;
	const uint32_t raw = round_up(vsize, FILE_ALIGN);
	const uint32_t image =
		2 * SECTION_ALIGN + round_up(vsize, SECTION_ALIGN);
	unsigned flags = 0x0002 | 0x0001; /* executable, no relocations */

	if (form->is_dll)
		flags |= 0x2000;
	flags |= form->is_64bit ? 0x0020 : 0x0100;

	blob_clear(out);
	blob_add(out, "MZ", 2);
	blob_pad_to(out, 0x3C);
	blob_le32(out, NT_OFFSET);
	blob_add(out, "Harmless stand-in for tests.", 28);
	blob_pad_to(out, NT_OFFSET);
	blob_add(out, "PE\0", 4);
	blob_le16(out, form->is_64bit ? 0x8664 : 0x014C);
	blob_le16(out, SECTION_COUNT);
	blob_le32(out, form->is_delphi ? DELPHI_STAMP : ORDINARY_STAMP);
	blob_le32(out, 0);
	blob_le32(out, 0);
	blob_le16(out, form->is_64bit ? 0xF0 : 0xE0);
	blob_le16(out, flags);
	add_optional_header(out, form, FILE_ALIGN, raw, image);
	add_section(out, form->is_delphi ? "CODE" : ".text", sizeof(code32),
		    SECTION_ALIGN, FILE_ALIGN, HEADERS_NBYTES, 0x60000020);
	add_section(out, form->is_delphi ? "DATA" : ".marks", vsize,
		    2 * SECTION_ALIGN, raw, HEADERS_NBYTES + FILE_ALIGN,
		    form->is_delphi ? 0xC0000040 : 0x40000040);
	blob_pad_to(out, HEADERS_NBYTES);
	if (form->is_64bit)
		blob_add(out, code64, sizeof(code64));
	else
		blob_add(out, code32, sizeof(code32));
	blob_pad_to(out, HEADERS_NBYTES + FILE_ALIGN);
	blob_add(out, marks->data, marks->nbytes);
	blob_pad_to(out, HEADERS_NBYTES + FILE_ALIGN + raw);
}

static uint32_t le32_at(const struct blob *b, size_t offset)
{
	if (offset > b->nbytes || b->nbytes - offset < 4)
		return 0;
	return (uint32_t)b->data[offset] | (uint32_t)b->data[offset + 1] << 8 |
	       (uint32_t)b->data[offset + 2] << 16 |
	       (uint32_t)b->data[offset + 3] << 24;
}

bool body_fill(struct blob *program, const struct blob *marks)
{
	const size_t nt = le32_at(program, 0x3C);
	const size_t count = le32_at(program, nt + 4) >> 16;
	const size_t sections = nt + 24 + (le32_at(program, nt + 20) & 0xFFFF);

	if (nt == 0 || nt > program->nbytes)
		return false;
	for (size_t i = 0; i < count; i++) {
		const size_t at = sections + i * 40;
		uint32_t nbytes, offset;

		if (at > program->nbytes || program->nbytes - at < 40)
			return false;
		if (memcmp(program->data + at, ".marks\0", 8) != 0)
			continue;
		nbytes = le32_at(program, at + 16);
		offset = le32_at(program, at + 20);
		if (offset > program->nbytes ||
		    program->nbytes - offset < nbytes || marks->nbytes > nbytes)
			return false;
		memset(program->data + offset, 0, nbytes);
		memcpy(program->data + offset, marks->data, marks->nbytes);
		return true;
	}
	return false;
}

/* ---- Java -------------------------------------------------------------- */

static void add_utf8(struct blob *out, const void *text, size_t nbytes)
{
	blob_add(out, "\x01", 1);
	blob_be16(out, (unsigned)nbytes);
	blob_add(out, text, nbytes);
}

void body_class(struct blob *out, const struct class_constant *constants,
		size_t count)
{
	blob_clear(out);
	blob_be32(out, 0xCAFEBABE);
	blob_be16(out, 0);
	blob_be16(out, 50); /* Java 6 */
	blob_be16(out, (unsigned)(count * 2 + 5));
	add_utf8(out, "StandIn", 7);
	blob_add(out, "\x07", 1);
	blob_be16(out, 1);
	add_utf8(out, "java/lang/Object", 16);
	blob_add(out, "\x07", 1);
	blob_be16(out, 3);
	for (size_t i = 0; i < count; i++) {
		add_utf8(out, constants[i].text, constants[i].nbytes);
		blob_add(out, "\x07", 1);
		blob_be16(out, (unsigned)(i * 2 + 5));
	}
	blob_be16(out, 0x0021); /* public */
	blob_be16(out, 2);
	blob_be16(out, 4);
	blob_fill(out, 0, 8); /* no interfaces, fields, methods, attributes */
}

static uint32_t crc32_of(const uint8_t *data, size_t nbytes)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < nbytes; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

static void add_zip_entry(struct blob *out, const char *name,
			  const struct blob *data)
{
	blob_le16(out, 0); /* stored */
	blob_le16(out, ZIP_TIME);
	blob_le16(out, ZIP_DATE);
	blob_le32(out, crc32_of(data->data, data->nbytes));
	blob_le32(out, (uint32_t)data->nbytes);
	blob_le32(out, (uint32_t)data->nbytes);
	blob_le16(out, (unsigned)strlen(name));
	blob_le16(out, 0);
}

void body_zip(struct blob *out, const char *member, const struct blob *data)
{
	size_t directory;
	size_t end;

	blob_clear(out);
	blob_add(out, "PK\x03\x04", 4);
	blob_le16(out, 10);
	blob_le16(out, 0);
	add_zip_entry(out, member, data);
	blob_add(out, member, strlen(member));
	blob_add(out, data->data, data->nbytes);
	directory = out->nbytes;
	blob_add(out, "PK\x01\x02", 4);
	blob_le16(out, 20);
	blob_le16(out, 10);
	blob_le16(out, 0);
	add_zip_entry(out, member, data);
	blob_fill(out, 0, 14); /* comment, disk, attributes, offset 0 */
	blob_add(out, member, strlen(member));
	end = out->nbytes;
	blob_add(out, "PK\x05\x06", 4);
	blob_le32(out, 0);
	blob_le16(out, 1);
	blob_le16(out, 1);
	blob_le32(out, (uint32_t)(end - directory));
	blob_le32(out, (uint32_t)directory);
	blob_le16(out, 0);
}

/* ---- pictures ---------------------------------------------------------- */

void body_jpeg(struct blob *out, const struct blob *marks)
{
	static const uint8_t jfif[] = { 0xFF, 0xD8, 0xFF, 0xE0, 0x00,
					0x10, 'J',  'F',  'I',	'F',
					0x00, 0x01, 0x01, 0x00, 0x00,
					0x01, 0x00, 0x01, 0x00, 0x00 };

	blob_clear(out);
	blob_add(out, jfif, sizeof(jfif));
	blob_add(out, "\xFF\xFE", 2);
	blob_be16(out, (unsigned)marks->nbytes + 2);
	blob_add(out, marks->data, marks->nbytes);
	blob_add(out, "\xFF\xD9", 2);
}
