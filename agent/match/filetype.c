/*
 * File types by their first bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/filetype.h"
#include "base/bytes.h"
#include <stdbool.h>
#include <string.h>

/*
 * Java's class files and Mach-O's fat binaries share CA FE BA BE; the class
 * file has its major version (45 = JDK 1.1 and up) where the fat binary has
 * a small number of architectures.
 */
#define CLASS_MAJOR_MIN 45u

struct magic {
	enum filetype type;
	uint8_t nbytes;
	uint8_t bytes[8];
};

static const struct magic magics[] = {
	{ FILETYPE_PE, 2, { 'M', 'Z' } },
	{ FILETYPE_ZIP, 4, { 'P', 'K', 3, 4 } },
	{ FILETYPE_ZIP, 4, { 'P', 'K', 5, 6 } },
	{ FILETYPE_JPEG, 3, { 0xFF, 0xD8, 0xFF } },
	{ FILETYPE_CLASS, 4, { 0xCA, 0xFE, 0xBA, 0xBE } },
	{ FILETYPE_SWF, 3, { 'F', 'W', 'S' } },
	{ FILETYPE_SWF, 3, { 'C', 'W', 'S' } },
	{ FILETYPE_SWF, 3, { 'Z', 'W', 'S' } },
	{ FILETYPE_GIF, 4, { 'G', 'I', 'F', '8' } },
	{ FILETYPE_PNG, 4, { 0x89, 'P', 'N', 'G' } },
	{ FILETYPE_PDF, 5, { '%', 'P', 'D', 'F', '-' } },
	{ FILETYPE_CAB, 4, { 'M', 'S', 'C', 'F' } },
	{ FILETYPE_OLE, 4, { 0xD0, 0xCF, 0x11, 0xE0 } },
	{ FILETYPE_LNK, 8, { 0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0 } },
	{ FILETYPE_REGF, 4, { 'r', 'e', 'g', 'f' } },
	{ FILETYPE_SQLITE, 8, { 'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f' } },
	{ FILETYPE_ELF, 4, { 0x7F, 'E', 'L', 'F' } },
	{ FILETYPE_7Z, 6, { '7', 'z', 0xBC, 0xAF, 0x27, 0x1C } },
	{ FILETYPE_RAR, 6, { 'R', 'a', 'r', '!', 0x1A, 0x07 } },
	{ FILETYPE_GZIP, 3, { 0x1F, 0x8B, 0x08 } },
};

/*
 * LHA's header: its size, a checksum, then the method "-lh0-" … "-lh7-",
 * "-lhd-", "-lzs-", "-lz4-", "-lz5-" of which only the letters differ.
 */
static bool is_lzh(const uint8_t *head, size_t nbytes)
{
	return nbytes >= 7 && head[2] == '-' && head[3] == 'l' &&
	       (head[4] == 'h' || head[4] == 'z') &&
	       ((head[5] >= '0' && head[5] <= '9') || head[5] == 'd' ||
		head[5] == 's') &&
	       head[6] == '-';
}

static const struct {
	const char *name; /* value of the variable `filetype` */
	const char *gate; /* word of the metadata `gate`, NULL: none */
} words[FILETYPE_COUNT] = {
	[FILETYPE_UNKNOWN] = { "", NULL },
	[FILETYPE_PE] = { "EXE", "pe" },
	[FILETYPE_ZIP] = { "ZIP", "zip" },
	[FILETYPE_JPEG] = { "JPEG", "jpeg" },
	[FILETYPE_CLASS] = { "CLASS", "class" },
	[FILETYPE_SWF] = { "SWF", "swf" },
	[FILETYPE_GIF] = { "GIF", "gif" },
	[FILETYPE_PNG] = { "PNG", "png" },
	[FILETYPE_PDF] = { "PDF", "pdf" },
	[FILETYPE_CAB] = { "CAB", "cab" },
	[FILETYPE_OLE] = { "OLE", "ole" },
	[FILETYPE_LNK] = { "LNK", "lnk" },
	[FILETYPE_REGF] = { "REGF", "regf" },
	[FILETYPE_SQLITE] = { "SQLITE", "sqlite" },
	[FILETYPE_ELF] = { "ELF", "elf" },
	[FILETYPE_7Z] = { "7Z", "7z" },
	[FILETYPE_RAR] = { "RAR", "rar" },
	[FILETYPE_GZIP] = { "GZIP", "gzip" },
	[FILETYPE_LZH] = { "LZH", NULL },
};

enum filetype filetype_of(const uint8_t *head, size_t nbytes)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *m = &magics[i];

		if (nbytes < m->nbytes ||
		    memcmp(head, m->bytes, m->nbytes) != 0)
			continue;
		if (m->type == FILETYPE_CLASS &&
		    (nbytes < 8 || bytes_be16(head + 6) < CLASS_MAJOR_MIN))
			continue;
		return m->type;
	}
	return is_lzh(head, nbytes) ? FILETYPE_LZH : FILETYPE_UNKNOWN;
}

const char *filetype_name(enum filetype t)
{
	if ((int)t < 0 || t >= FILETYPE_COUNT)
		return "";
	return words[t].name;
}

enum filetype filetype_from_gate(const char *gate)
{
	for (int t = FILETYPE_UNKNOWN + 1; t < FILETYPE_COUNT; t++) {
		if (words[t].gate && strcmp(words[t].gate, gate) == 0)
			return (enum filetype)t;
	}
	return FILETYPE_COUNT;
}

/* All first two bytes differ, so a head fits at most one gate. */
enum filetype filetype_gate_of(const uint8_t *head, size_t nbytes)
{
	if (nbytes < 2)
		return FILETYPE_UNKNOWN;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (memcmp(head, magics[i].bytes, 2) == 0)
			return magics[i].type;
	}
	return FILETYPE_UNKNOWN;
}
