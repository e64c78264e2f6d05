/*
 * The headers of a program file, PE32 and PE32+.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Source: Microsoft, "PE Format".  The size that a file states for its
 * optional header says where the sections are; checksum and directories are
 * found by their fixed offsets, as Windows' loader finds them.
 */
#ifndef BASE_PE_H
#define BASE_PE_H

#include "base/bytes.h"
#include "base/source.h"

#define PE_CHECKSUM_NBYTES  4
#define PE_DIRECTORY_NBYTES 8
#define PE_MAX_DIRECTORIES  16
/* More than any linker makes; Windows before Vista loads at most 96. */
#define PE_MAX_SECTIONS 256

enum pe_directory_kind {
	PE_DIRECTORY_RESOURCE = 2,
	PE_DIRECTORY_SECURITY = 4
};

struct pe_directory {
	uint64_t at;	/* of this entry in the file */
	uint32_t start; /* RVA; of PE_DIRECTORY_SECURITY an offset */
	uint32_t nbytes;
};

/* Numbers of the file: nothing but the places (`…at`) has been checked. */
struct pe {
	uint64_t optional_at;
	uint16_t optional_nbytes;
	uint64_t checksum_at;
	uint32_t section_alignment, file_alignment;
	uint32_t header_nbytes;
	uint16_t section_count;
	/* Those that are counted and lie in the file, each whole. */
	struct pe_directory directories[PE_MAX_DIRECTORIES];
	size_t directory_count;
};

/*
 * Whatever the file's size, a few hundred bytes are read.  ERR_CORRUPT: it is
 * no program file, or ends before its checksum; other errors from the source.
 */
int pe_read(const struct source *s, struct pe *ret);

/* The table of sections, at most PE_MAX_SECTIONS of them. */
struct pe_sections {
	const struct pe *pe;
	struct bytes table; /* owned */
};

/* ERR_CORRUPT: it does not lie in the file; ERR_NOMEM; from the source. */
int pe_sections_read(const struct source *s, const struct pe *pe,
		     struct pe_sections *ret);
void pe_sections_release(struct pe_sections *s);
/*
 * Where in the file lies what is loaded at `rva`, which may be beyond its end;
 * false: in no section.
 */
bool pe_offset(const struct pe_sections *s, uint64_t rva, uint64_t *ret);

#endif
