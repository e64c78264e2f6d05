/*
 * File types by their first bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/filetype.h"
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
	[FILETYPE_PGP] = { "PGP", NULL },
	[FILETYPE_TEXT] = { "TEXT", NULL },
	[FILETYPE_7Z] = { "7Z", "7z" },
	[FILETYPE_RAR] = { "RAR", "rar" },
	[FILETYPE_GZIP] = { "GZIP", "gzip" },
	[FILETYPE_LZH] = { "LZH", NULL },
};

/* ---- OpenPGP signatures ------------------------------------------------- */

#define PGP_TAG_SIGNATURE 2u

/* The packet's body, NULL if this is no signature packet (RFC 9580, 4.2). */
static const uint8_t *pgp_body(const uint8_t *head, size_t nbytes,
			       size_t *left_ret)
{
	static const uint8_t old_lengths[4] = { 1, 2, 4, 0 };
	size_t at = 1;

	if (nbytes < 2 || !(head[0] & 0x80))
		return NULL;
	if (head[0] & 0x40) { /* new format: 1, 2 or 5 bytes of length */
		if ((head[0] & 0x3f) != PGP_TAG_SIGNATURE)
			return NULL;
		at += head[1] < 192 ? 1 : head[1] < 224 ? 2 : 5;
		/* A signature never comes in parts. */
		if (head[1] >= 224 && head[1] < 255)
			return NULL;
	} else {
		if ((head[0] >> 2 & 0xf) != PGP_TAG_SIGNATURE)
			return NULL;
		at += old_lengths[head[0] & 3];
	}
	if (at >= nbytes)
		return NULL;
	*left_ret = nbytes - at;
	return head + at;
}

/*
 * Of the versions that are in use (3 and 4) the kind of signature and both
 * algorithms are looked at too: one byte alone would be met by chance.
 */
static bool is_pgp_packet(const uint8_t *head, size_t nbytes)
{
	size_t left = 0;
	const uint8_t *b = pgp_body(head, nbytes, &left);
	uint8_t key, hash;

	if (!b || left < 4)
		return false;
	if (b[0] == 4) {
		key = b[2];
		hash = b[3];
	} else if (b[0] == 3 && b[1] == 5 && left >= 17) {
		key = b[15];
		hash = b[16];
	} else {
		return false;
	}
	/* Of a document: binary or text. */
	if ((b[0] == 4 ? b[1] : b[2]) > 1)
		return false;
	return ((key >= 1 && key <= 3) || (key >= 17 && key <= 28)) &&
	       hash >= 1 && hash <= 14;
}

static bool is_pgp(const uint8_t *head, size_t nbytes)
{
	static const char armour[] = "-----BEGIN PGP SIGNATURE-----";

	return (nbytes >= sizeof(armour) - 1 &&
		memcmp(head, armour, sizeof(armour) - 1) == 0) ||
	       is_pgp_packet(head, nbytes);
}

/* ---- text --------------------------------------------------------------- */

static bool is_text_byte(uint8_t c)
{
	return c >= ' ' ? c != 0x7f
			: c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* The bytes of a character in UTF-8, 0: this is none; too few: `left`. */
static size_t utf8_step(const uint8_t *p, size_t left)
{
	size_t n = p[0] >= 0xc2 && p[0] < 0xe0	 ? 2
		   : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
		   : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
						 : 0;

	for (size_t i = 1; i < n && i < left; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* The same in Japan's code page 932. */
static size_t cp932_step(const uint8_t *p, size_t left)
{
	if (p[0] >= 0xa1 && p[0] <= 0xdf)
		return 1;
	if (!((p[0] >= 0x81 && p[0] <= 0x9f) || (p[0] >= 0xe0 && p[0] <= 0xfc)))
		return 0;
	if (left > 1 && (p[1] < 0x40 || p[1] == 0x7f || p[1] > 0xfc))
		return 0;
	return 2;
}

static bool reads_as(const uint8_t *head, size_t nbytes,
		     size_t (*step)(const uint8_t *p, size_t left))
{
	size_t i = 0;

	while (i < nbytes) {
		size_t n = head[i] < 0x80 ? is_text_byte(head[i])
					  : step(head + i, nbytes - i);

		if (n == 0)
			return false;
		i += n;
	}
	/* Only the end of the head cuts a character. */
	return i <= nbytes || nbytes == FILETYPE_HEAD_NBYTES;
}

/* UTF-16 as Notepad writes it: with its mark, and no character a NUL. */
static bool is_utf16(const uint8_t *head, size_t nbytes)
{
	if (nbytes < 4 || !(head[0] == 0xff && head[1] == 0xfe))
		return false;
	for (size_t i = 2; i + 1 < nbytes; i += 2)
		if (!head[i + 1] && !is_text_byte(head[i]))
			return false;
	return true;
}

static bool is_text(const uint8_t *head, size_t nbytes)
{
	return nbytes > 0 &&
	       (reads_as(head, nbytes, utf8_step) ||
		reads_as(head, nbytes, cp932_step) || is_utf16(head, nbytes));
}

enum filetype filetype_of(const uint8_t *head, size_t nbytes)
{
	if (nbytes > FILETYPE_HEAD_NBYTES)
		nbytes = FILETYPE_HEAD_NBYTES;
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
	if (is_lzh(head, nbytes))
		return FILETYPE_LZH;
	if (is_pgp(head, nbytes))
		return FILETYPE_PGP;
	return is_text(head, nbytes) ? FILETYPE_TEXT : FILETYPE_UNKNOWN;
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
