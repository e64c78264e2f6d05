/*
 * The headers of a program file: DOS header, PE header, optional header with
 * its directories, sections.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/pe.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/base.h"

#include <string.h>

#define DOS_NBYTES     64
#define DOS_PE_OFFSET  60 /* e_lfanew */
#define PE_HEAD_NBYTES 24 /* "PE\0\0" and the file header */
#define SECTION_NBYTES 40

/* Within the optional header; the first directory follows their count. */
#define MAGIC_PE32	0x10b
#define MAGIC_PE32_PLUS 0x20b
#define CHECKSUM_OFFSET 64
#define DIRECTORIES_32	92
#define DIRECTORIES_64	108
#define OPTIONAL_NBYTES                                                        \
	(DIRECTORIES_64 + 4 + PE_MAX_DIRECTORIES * PE_DIRECTORY_NBYTES)

#define PAGE_NBYTES   4096
#define SECTOR_NBYTES 512

static int no_program(const char *why)
{
	return err_fail(ERR_CORRUPT, 0, W_BASE_PE_NO_PROGRAM, why);
}

/* Fewer bytes than asked for only at the end of the file. */
static int read_at(const struct source *s, uint64_t offset, uint8_t *buf,
		   size_t nbytes, struct bytes *ret)
{
	size_t nread = 0;
	int err = source_read(s, offset, buf, nbytes, &nread);

	if (err)
		return err;
	ret->data = buf;
	ret->nbytes = nread < nbytes ? nread : nbytes;
	return 0;
}

/* `at`: of the count in `b`, the bytes of the optional header. */
static void read_directories(const struct bytes *b, uint64_t at, struct pe *pe)
{
	const uint8_t *p = bytes_at(b, at, 4);
	size_t count = p ? bytes_le32(p) : 0;

	if (count > PE_MAX_DIRECTORIES)
		count = PE_MAX_DIRECTORIES;
	at += 4;
	for (size_t i = 0; i < count; i++, at += PE_DIRECTORY_NBYTES) {
		p = bytes_at(b, at, PE_DIRECTORY_NBYTES);
		if (!p)
			break;
		pe->directories[i].at = pe->optional_at + at;
		pe->directories[i].start = bytes_le32(p);
		pe->directories[i].nbytes = bytes_le32(p + 4);
		pe->directory_count++;
	}
}

static int read_optional(const struct bytes *b, struct pe *pe)
{
	const uint8_t *p = bytes_at(b, 0, 2);
	const uint16_t magic = p ? bytes_le16(p) : 0;

	if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
		return no_program(W_BASE_PE_OTHER_KIND);
	p = bytes_at(b, 0, CHECKSUM_OFFSET + PE_CHECKSUM_NBYTES);
	if (!p)
		return no_program(W_BASE_PE_ENDS);
	pe->checksum_at = pe->optional_at + CHECKSUM_OFFSET;
	pe->section_alignment = bytes_le32(p + 32);
	pe->file_alignment = bytes_le32(p + 36);
	pe->header_nbytes = bytes_le32(p + 60);
	read_directories(
		b, magic == MAGIC_PE32 ? DIRECTORIES_32 : DIRECTORIES_64, pe);
	return 0;
}

int pe_read(const struct source *s, struct pe *ret)
{
	uint8_t buf[PE_HEAD_NBYTES + OPTIONAL_NBYTES];
	struct pe pe = { 0 };
	struct bytes b = { NULL, 0 };
	const uint8_t *p;
	uint64_t at;
	int err;

	err = read_at(s, 0, buf, DOS_NBYTES, &b);
	if (err)
		return err;
	p = bytes_at(&b, 0, DOS_NBYTES);
	if (!p || memcmp(p, "MZ", 2) != 0)
		return no_program(W_BASE_PE_NO_MZ);
	at = bytes_le32(p + DOS_PE_OFFSET);
	err = read_at(s, at, buf, sizeof(buf), &b);
	if (err)
		return err;
	p = bytes_at(&b, 0, PE_HEAD_NBYTES);
	if (!p || memcmp(p, "PE\0\0", 4) != 0)
		return no_program(W_BASE_PE_NO_HEADER);
	pe.section_count = bytes_le16(p + 6);
	pe.optional_nbytes = bytes_le16(p + 20);
	pe.optional_at = at + PE_HEAD_NBYTES;
	b.data += PE_HEAD_NBYTES;
	b.nbytes -= PE_HEAD_NBYTES;
	err = read_optional(&b, &pe);
	if (!err)
		*ret = pe;
	return err;
}

int pe_sections_read(const struct source *s, const struct pe *pe,
		     struct pe_sections *ret)
{
	const size_t count = pe->section_count < PE_MAX_SECTIONS
				     ? pe->section_count
				     : PE_MAX_SECTIONS;
	uint8_t *table = mem_array(count + 1, SECTION_NBYTES);
	int err;

	if (!table)
		return err_nomem();
	err = source_read_all(s, pe->optional_at + pe->optional_nbytes, table,
			      count * SECTION_NBYTES);
	if (err) {
		mem_free(table);
		return err;
	}
	ret->pe = pe;
	ret->table.data = table;
	ret->table.nbytes = count * SECTION_NBYTES;
	return 0;
}

void pe_sections_release(struct pe_sections *s)
{
	mem_free((void *)s->table.data);
	memset(s, 0, sizeof(*s));
}

bool pe_offset(const struct pe_sections *s, uint64_t rva, uint64_t *ret)
{
	const uint8_t *p;

	/* Images below page alignment are mapped as they lie in the file. */
	if (s->pe->section_alignment < PAGE_NBYTES ||
	    rva < s->pe->header_nbytes) {
		*ret = rva;
		return true;
	}
	for (uint64_t at = 0;
	     (p = bytes_at(&s->table, at, SECTION_NBYTES)) != NULL;
	     at += SECTION_NBYTES) {
		uint32_t start = bytes_le32(p + 12);
		uint32_t raw_nbytes = bytes_le32(p + 16);
		uint32_t raw = bytes_le32(p + 20);

		if (rva < start || rva - start >= raw_nbytes)
			continue;
		/* The loader rounds the start down to a sector. */
		if (s->pe->file_alignment >= SECTOR_NBYTES)
			raw -= raw % SECTOR_NBYTES;
		*ret = (uint64_t)raw + (rva - start);
		return true;
	}
	return false;
}
