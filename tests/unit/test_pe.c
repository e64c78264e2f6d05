/*
 * Unit tests of the one reader of program headers: what an honest file says,
 * and what a hostile one may say.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/pe.h"

#include <string.h>

#define PE_AT	    0x40
#define OPTIONAL_AT (PE_AT + 24)
#define SECTIONS_AT (OPTIONAL_AT + 224)
#define NBYTES	    1024

/* Two sections: 0x1000 from 0x200 on, 0x2000 from 0x2a7 on. */
static void make(uint8_t *b, bool is_plus)
{
	uint8_t *optional = b + OPTIONAL_AT;
	uint8_t *directories = optional + (is_plus ? 108 : 92);

	memset(b, 0, NBYTES);
	memcpy(b, "MZ", 2);
	bytes_put_le32(b + 60, PE_AT);
	memcpy(b + PE_AT, "PE\0\0", 4);
	bytes_put_le16(b + PE_AT + 6, 2);
	bytes_put_le16(b + PE_AT + 20, SECTIONS_AT - OPTIONAL_AT);
	bytes_put_le16(optional, is_plus ? 0x20b : 0x10b);
	bytes_put_le32(optional + 32, 0x1000);
	bytes_put_le32(optional + 36, 0x200);
	bytes_put_le32(optional + 60, 0x200);
	bytes_put_le32(directories, 5);
	bytes_put_le32(directories + 4 + 2 * 8, 0x2010);
	bytes_put_le32(directories + 4 + 2 * 8 + 4, 77);
	bytes_put_le32(directories + 4 + 4 * 8, 0x300);
	bytes_put_le32(b + SECTIONS_AT + 12, 0x1000);
	bytes_put_le32(b + SECTIONS_AT + 16, 0xa0);
	bytes_put_le32(b + SECTIONS_AT + 20, 0x200);
	bytes_put_le32(b + SECTIONS_AT + 40 + 12, 0x2000);
	bytes_put_le32(b + SECTIONS_AT + 40 + 16, 0x100);
	bytes_put_le32(b + SECTIONS_AT + 40 + 20, 0x2a7);
}

static int read_head(const uint8_t *b, size_t nbytes, struct pe *ret)
{
	/* As long as it is, so that a sanitizer sees a read behind it. */
	uint8_t *copy = nbytes ? mem_dup(b, nbytes) : mem_alloc(1);
	struct source s = source_of_memory(copy, nbytes);
	int err = pe_read(&s, ret);

	mem_free(copy);
	return err;
}

START_TEST(both_kinds_are_read)
{
	uint8_t b[NBYTES];
	struct pe pe;

	make(b, _i == 1);
	ck_assert_int_eq(read_head(b, NBYTES, &pe), 0);
	ck_assert_uint_eq(pe.optional_at, OPTIONAL_AT);
	ck_assert_uint_eq(pe.optional_nbytes, 224);
	ck_assert_uint_eq(pe.checksum_at, OPTIONAL_AT + 64);
	ck_assert_uint_eq(pe.section_alignment, 0x1000);
	ck_assert_uint_eq(pe.file_alignment, 0x200);
	ck_assert_uint_eq(pe.header_nbytes, 0x200);
	ck_assert_uint_eq(pe.section_count, 2);
	ck_assert_uint_eq(pe.directory_count, 5);
	ck_assert_uint_eq(pe.directories[PE_DIRECTORY_RESOURCE].start, 0x2010);
	ck_assert_uint_eq(pe.directories[PE_DIRECTORY_RESOURCE].nbytes, 77);
	ck_assert_uint_eq(pe.directories[PE_DIRECTORY_SECURITY].start, 0x300);
	/* Behind the count, which is 16 bytes further in PE32+. */
	ck_assert_uint_eq(pe.directories[PE_DIRECTORY_SECURITY].at,
			  OPTIONAL_AT + 96 + 4 * 8 + (_i == 1 ? 16 : 0));
}

END_TEST

START_TEST(others_are_refused)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *why;
	} wrong[] = {
		{ 1, 'N', "MZ" },
		{ 60, 0xff, "PE header" }, /* points at nothing like it */
		{ 63, 0xff, "PE header" }, /* beyond the end, above 2 GiB */
		{ PE_AT + 3, 1, "PE header" },
		{ OPTIONAL_AT, 0x07, "optional header" }, /* a ROM image */
	};

	uint8_t b[NBYTES];
	struct pe pe = { .section_count = 7 };

	make(b, false);
	b[wrong[_i].at] = wrong[_i].value;
	ck_assert_int_eq(read_head(b, NBYTES, &pe), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, wrong[_i].why));
	ck_assert_uint_eq(pe.section_count, 7);
}

END_TEST

/* A program once the checksum is there, with the directories that are whole. */
START_TEST(every_end_is_survived)
{
	uint8_t b[NBYTES];
	struct pe pe;

	make(b, _i == 1);
	for (size_t n = 0; n < SECTIONS_AT; n++) {
		const size_t first = OPTIONAL_AT + (_i == 1 ? 112 : 96);
		size_t whole = n < first ? 0 : (n - first) / 8;
		int err = read_head(b, n, &pe);

		ck_assert_msg(err == (n < OPTIONAL_AT + 68 ? ERR_CORRUPT : 0),
			      "%d bytes", (int)n);
		if (!err)
			ck_assert_uint_eq(pe.directory_count,
					  whole < 5 ? whole : 5);
	}
}

END_TEST

START_TEST(more_directories_than_there_can_be)
{
	uint8_t b[NBYTES];
	struct pe pe;

	make(b, false);
	bytes_put_le32(b + OPTIONAL_AT + 92, UINT32_MAX);
	ck_assert_int_eq(read_head(b, NBYTES, &pe), 0);
	ck_assert_uint_eq(pe.directory_count, PE_MAX_DIRECTORIES);
	ck_assert_uint_eq(pe.directories[PE_MAX_DIRECTORIES - 1].at,
			  OPTIONAL_AT + 96 + 15 * 8);
}

END_TEST

static int fails(void *arg, uint64_t offset, void *buf, size_t nbytes,
		 size_t *nread_ret)
{
	(void)arg;
	(void)offset;
	(void)buf;
	(void)nbytes;
	(void)nread_ret;
	return ERR_IO;
}

START_TEST(what_cannot_be_read_is_not_called_damaged)
{
	struct source s = { UINT64_MAX, NULL, fails, NULL };
	struct pe_sections sections;
	struct pe pe = { .section_count = 1 };

	ck_assert_int_eq(pe_read(&s, &pe), ERR_IO);
	ck_assert_int_eq(pe_sections_read(&s, &pe, &sections), ERR_IO);
}

END_TEST

/* Where what is loaded at an address lies in the file. */
static const struct {
	uint64_t rva;
	int at; /* -1: in no section */
} places[] = {
	{ 0, 0 },	   { 0x1ff, 0x1ff }, /* the headers */
	{ 0x200, -1 }, /* between them and the first section */
	{ 0x1000, 0x200 }, { 0x109f, 0x29f },
	{ 0x10a0, -1 },	   /* behind what the file has of it */
	{ 0x2000, 0x200 }, /* the start is rounded down to a sector */
	{ 0x2010, 0x210 }, { 0x20ff, 0x2ff },
	{ 0x2100, -1 },	   { UINT64_MAX, -1 },
};

START_TEST(addresses_lead_into_the_file)
{
	uint8_t b[NBYTES];
	struct source s = source_of_memory(b, NBYTES);
	struct pe_sections sections;
	struct pe pe;

	make(b, false);
	ck_assert_int_eq(pe_read(&s, &pe), 0);
	ck_assert_int_eq(pe_sections_read(&s, &pe, &sections), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint64_t at = 0;
		bool found = pe_offset(&sections, places[i].rva, &at);

		ck_assert_msg(found == (places[i].at >= 0), "%d", (int)i);
		if (found)
			ck_assert_int_eq((int)at, places[i].at);
	}
	/* Aligned below a sector nothing is rounded. */
	pe.file_alignment = 16;
	{
		uint64_t at = 0;

		ck_assert(pe_offset(&sections, 0x2010, &at));
		ck_assert_uint_eq(at, 0x2b7);
		/* Aligned below a page all lies where it is loaded. */
		pe.section_alignment = 0x200;
		ck_assert(pe_offset(&sections, 0x10a0, &at));
		ck_assert_uint_eq(at, 0x10a0);
	}
	pe_sections_release(&sections);
}

END_TEST

START_TEST(a_table_of_sections_is_bounded)
{
	uint8_t b[NBYTES];
	struct source s = source_of_memory(b, NBYTES);
	struct pe_sections sections;
	struct pe pe;
	uint64_t at;

	make(b, false);
	ck_assert_int_eq(pe_read(&s, &pe), 0);
	/* It does not lie in the file, wholly or at all. */
	pe.section_count = UINT16_MAX;
	mem_largest();
	ck_assert_int_eq(pe_sections_read(&s, &pe, &sections), ERR_CORRUPT);
	ck_assert_uint_lt(mem_largest(), 16 << 10);
	pe.section_count = 2;
	pe.optional_nbytes = UINT16_MAX;
	ck_assert_int_eq(pe_sections_read(&s, &pe, &sections), ERR_CORRUPT);
	/* None at all is a table, too. */
	pe.section_count = 0;
	ck_assert_int_eq(pe_sections_read(&s, &pe, &sections), 0);
	ck_assert(!pe_offset(&sections, 0x1000, &at));
	pe_sections_release(&sections);
}

END_TEST

static Suite *pe_suite(void)
{
	Suite *s = suite_create("pe");
	TCase *c = tcase_create("pe");

	tcase_add_loop_test(c, both_kinds_are_read, 0, 2);
	tcase_add_loop_test(c, others_are_refused, 0, 5);
	tcase_add_loop_test(c, every_end_is_survived, 0, 2);
	tcase_add_test(c, more_directories_than_there_can_be);
	tcase_add_test(c, what_cannot_be_read_is_not_called_damaged);
	tcase_add_test(c, addresses_lead_into_the_file);
	tcase_add_test(c, a_table_of_sections_is_bounded);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(pe_suite)
