/*
 * What a file's first bytes say it is: the gates of rules and the value of
 * YARA's external variable `filetype`.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_FILETYPE_H
#define BASE_FILETYPE_H

#include <stddef.h>
#include <stdint.h>

enum filetype {
	FILETYPE_UNKNOWN,
	FILETYPE_PE,	/* starts with MZ */
	FILETYPE_ZIP,	/* PK\3\4, PK\5\6 */
	FILETYPE_JPEG,	/* FF D8 FF */
	FILETYPE_CLASS, /* CA FE BA BE, Java version */
	FILETYPE_SWF,	/* FWS, CWS, ZWS */
	FILETYPE_GIF,
	FILETYPE_PNG,
	FILETYPE_PDF,
	FILETYPE_CAB,
	FILETYPE_OLE,
	FILETYPE_LNK,
	FILETYPE_REGF,
	FILETYPE_SQLITE,
	FILETYPE_ELF,
	FILETYPE_7Z,
	FILETYPE_RAR,
	FILETYPE_GZIP,
	FILETYPE_LZH,  /* "-lh5-" and the like behind two bytes; no gate */
	FILETYPE_PGP,  /* OpenPGP signature, as gpg makes it; no gate */
	FILETYPE_TEXT, /* none of these, and reads as text; no gate */
	FILETYPE_COUNT
};

/* As many bytes as are looked at: what follows changes nothing. */
#define FILETYPE_HEAD_NBYTES 64

enum filetype filetype_of(const uint8_t *head, size_t nbytes);
/* Value of the external variable: "EXE", "ZIP", "JPEG", "CLASS", "SWF", …;
 * "" for unknown, an empty file, too. */
const char *filetype_name(enum filetype t);
/* Word used in rule metadata `gate`: "pe", "zip", "jpeg" …; "any" is no
 * file type and handled by the caller.  FILETYPE_COUNT if unknown. */
enum filetype filetype_from_gate(const char *gate);
/*
 * The gate a file can pass: decided by its first two bytes alone, so that a
 * rule may state its header in two bytes (uint16(0) == 0x4B50) or in four.
 * A file passes at most one gate; FILETYPE_UNKNOWN: none.
 */
enum filetype filetype_gate_of(const uint8_t *head, size_t nbytes);

#endif
