/*
 * Unit tests of cabinet members: cabinets made here and by another program,
 * whole, damaged and hostile.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/err.h"
#include "collect/archive.h"
#include "tests/tools/cab_maker.h"
#include <string.h>

#define MIB ((size_t)1 << 20)
/* Without reserved bytes: header, one folder, then the first file. */
#define FOLDER_AT 36
#define FILE_AT	  44

struct seen {
	struct str names; /* "name=size;" … */
	uint32_t crc;	  /* of all content in the order shown */
	unsigned count;
	uint64_t nbytes;
};

static int see(void *arg, const char *inside, const char *name,
	       const uint8_t *data, size_t nbytes)
{
	struct seen *s = arg;

	if (s->names.len < 4096)
		str_addf(&s->names, "%s%s=%" PRIu64 ";", inside, name,
			 (uint64_t)nbytes);
	s->crc = (uint32_t)crc32(s->crc, data, (unsigned)nbytes);
	s->nbytes += nbytes;
	s->count++;
	return 0;
}

/* Exactly as long as claimed, for the sanitizer. */
static int walk(const void *data, size_t nbytes, struct seen *s,
		uint64_t unopened[ARCHIVE_KIND_COUNT])
{
	struct archive_options o = { see, s, NULL, unopened };
	uint8_t *copy = mem_dup(data, nbytes);
	int err;

	ck_assert_ptr_nonnull(copy);
	err = archive_each_member_mem(copy, nbytes, "a.cab", &o);
	mem_free(copy);
	return err;
}

/* partial: it is counted as one that was not read to its end. */
static void check_cab(const void *data, size_t nbytes, bool partial,
		      const char *names)
{
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	ck_assert_int_eq(walk(data, nbytes, &s, unopened), 0);
	ck_assert_str_eq(str_text(&s.names), names);
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], partial);
	str_release(&s.names);
}

static void check_str(const struct str *cab, bool partial, const char *names)
{
	check_cab(cab->buf, cab->len, partial, names);
}

static uint8_t *at(struct str *cab, size_t offset)
{
	ck_assert_uint_lt(offset, cab->len);
	return (uint8_t *)cab->buf + offset;
}

static const struct cab_row two[] = {
	{ "a.txt", "hello\n", 6, 0, 0 },
	{ "d\\b.txt", "second file\n", 12, 0, 0 },
};

#define TWO "a.txt=6;d/b.txt=12;"

static const struct cab_options kinds[] = {
	{ 0, 0, false },   { 1, 0, false }, { 0, 20, false },
	{ 1, 255, false }, { 1, 0, true },
};

START_TEST(members_of_each_kind_are_shown)
{
	struct str cab = STR_INIT;

	cab_make(&cab, two, 2, &kinds[_i]);
	check_str(&cab, false, TWO);
	str_release(&cab);
}

END_TEST

/* Written by gcab 1.5, of the same two files. */
START_TEST(a_cabinet_of_another_program_is_read)
{
	static const uint8_t cab[] = {
		0x4d, 0x53, 0x43, 0x46, 0x00, 0x00, 0x00, 0x00, 0x76, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x03, 0x01, 0x01, 0x00, 0x02, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x58, 0x00, 0x00, 0x00,
		0x01, 0x00, 0x01, 0x00, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x7e, 0x5d, 0xcb, 0x62, 0x20, 0x00,
		0x61, 0x2e, 0x74, 0x78, 0x74, 0x00, 0x0c, 0x00, 0x00, 0x00,
		0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7e, 0x5d, 0xcb, 0x62,
		0x20, 0x00, 0x62, 0x2e, 0x74, 0x78, 0x74, 0x00, 0xb6, 0x49,
		0x45, 0xcc, 0x16, 0x00, 0x12, 0x00, 0x43, 0x4b, 0xcb, 0x48,
		0xcd, 0xc9, 0xc9, 0xe7, 0x2a, 0x4e, 0x4d, 0xce, 0xcf, 0x4b,
		0x51, 0x48, 0xcb, 0xcc, 0x49, 0xe5, 0x02, 0x00
	};
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	check_cab(cab, sizeof(cab), false, "a.txt=6;b.txt=12;");
	ck_assert_int_eq(walk(cab, sizeof(cab), &s, unopened), 0);
	ck_assert_uint_eq(s.crc,
			  crc32(0, (const Bytef *)"hello\nsecond file\n", 18));
	str_release(&s.names);
}

END_TEST

/* Text that repeats across blocks: it can be unpacked only with what stands
 * before each. */
static uint8_t *text_of(size_t nbytes)
{
	uint8_t *data = mem_alloc(nbytes);
	uint32_t chance = 1;

	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < nbytes; i++) {
		chance = chance * 1664525u + 1013904223u;
		data[i] = i >= 20000 && (chance >> 28)
				  ? data[i - 20000]
				  : (uint8_t)(chance >> 20);
	}
	return data;
}

START_TEST(blocks_go_on_with_what_stood_before_them)
{
	const size_t nbytes = 5 * CAB_MAKER_BLOCK + 123;
	uint8_t *data = text_of(nbytes);
	/* Files end inside of blocks, at their end, and span several. */
	const size_t cut[] = { 0, 0, 10, 32768, 32768, 70000, nbytes };
	struct cab_row rows[6];
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };
	struct str cab = STR_INIT;

	for (size_t i = 0; i < 6; i++)
		rows[i] = (struct cab_row){ "x", data + cut[i],
					    cut[i + 1] - cut[i], 0, 0 };
	cab_make(&cab, rows, 6, &kinds[1]);
	ck_assert_uint_lt(cab.len, nbytes / 2);
	ck_assert_int_eq(walk(cab.buf, cab.len, &s, unopened), 0);
	ck_assert_uint_eq(s.count, 6);
	ck_assert_uint_eq(s.nbytes, nbytes);
	ck_assert_uint_eq(s.crc, crc32(0, data, (unsigned)nbytes));
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 0);
	str_release(&s.names);
	str_release(&cab);
	mem_free(data);
}

END_TEST

START_TEST(folders_are_read_each)
{
	const struct cab_row rows[] = {
		{ "1", "one", 3, 0, 0 },
		{ "2", "two", 3, 1, 0 },
		{ "3", "three", 5, 1, 0 },
		{ "4", "four", 4, 2, 0 },
	};
	struct str cab = STR_INIT;

	cab_make(&cab, rows, 4, &kinds[1]);
	check_str(&cab, false, "1=3;2=3;3=5;4=4;");
	/* The second one is packed in a way that is not read. */
	bytes_put_le16(at(&cab, FOLDER_AT + 8 + 6), 0x1503);
	check_str(&cab, true, "1=3;4=4;");
	bytes_put_le16(at(&cab, FOLDER_AT + 8 + 6), 0x0472);
	check_str(&cab, true, "1=3;4=4;");
	str_release(&cab);
}

END_TEST

START_TEST(names_are_split_at_backslashes)
{
	/* CP932 "so" is 83 5C; as UTF-8 83 is no first byte. */
	const struct cab_row rows[] = {
		{ "a\\\x83\\.txt", "1", 1, 0, 0 },
		{ "..\\..\\b.dll", "2", 1, 0, 0 },
		{ "\xe5\xa4\xaa\\c", "3", 1, 0, 0x80 },
		{ "\\\\x\\d", "4", 1, 0, 0 },
		{ "", "5", 1, 0, 0 },
	};
	struct str cab = STR_INIT;

	cab_make(&cab, rows, 5, &kinds[0]);
	check_str(&cab, false,
		  "a/\x83\\.txt=1;../../b.dll=1;\xe5\xa4\xaa/c=1;//x/d=1;=1;");
	str_release(&cab);
}

END_TEST

START_TEST(a_wrong_checksum_is_shown_and_counted)
{
	struct str cab = STR_INIT;

	cab_make(&cab, two, 2, &kinds[0]);
	cab.buf[cab.len - 1] ^= 1;
	check_str(&cab, true, TWO);
	cab.buf[cab.len - 1] ^= 1;
	/* In the block's own fields, too; 0 says that there is none. */
	cab.buf[cab.len - 18 - 8] ^= 1;
	check_str(&cab, true, TWO);
	bytes_put_le32(at(&cab, cab.len - 18 - 8), 0);
	check_str(&cab, false, TWO);
	str_release(&cab);
}

END_TEST

/* Files that begin or end in another cabinet. */
static const struct {
	unsigned folder; /* of the first file */
	const char *names;
} spanned[] = {
	/* What the first folder holds begins elsewhere: nothing of it fits. */
	{ 0xfffd, "3=5;" },
	{ 0xfffe, "b=12;3=5;" },
	{ 0xffff, "3=5;" },
	{ 7, "b=12;3=5;" },
};

/* What is reserved in front of the data counts, or does not. */
START_TEST(a_checksum_over_reserved_bytes)
{
	static const struct cab_options o = { 1, 6, false };
	static const uint8_t reserved[] = { 1, 2, 3, 4, 0x10, 0x20 };
	const uint32_t with = 0x04030201 ^ 0x1020;
	struct str cab = STR_INIT;
	size_t block;
	uint32_t sum;

	cab_make(&cab, two, 2, &o);
	block = bytes_le32(at(&cab, FOLDER_AT + 4 + 6));
	sum = bytes_le32(at(&cab, block));
	memcpy(at(&cab, block + 8), reserved, sizeof(reserved));
	check_str(&cab, false, TWO);
	bytes_put_le32(at(&cab, block), sum ^ with);
	check_str(&cab, false, TWO);
	bytes_put_le32(at(&cab, block), sum ^ with ^ 1);
	check_str(&cab, true, TWO);
	str_release(&cab);
}

END_TEST

/* One list by the header, another one behind the folders. */
START_TEST(two_lists_of_files_are_counted)
{
	struct str cab = STR_INIT;
	char other[16 + 6];

	cab_make(&cab, two, 2, &kinds[0]);
	memcpy(other, at(&cab, FILE_AT), sizeof(other));
	other[16] = 'z';
	bytes_put_le32(at(&cab, 16), (uint32_t)cab.len);
	bytes_put_le16(at(&cab, 28), 1);
	str_addn(&cab, other, sizeof(other));
	check_str(&cab, true, "z.txt=6;");
	str_release(&cab);
}

END_TEST

START_TEST(a_part_of_a_set_is_counted)
{
	const struct cab_row rows[] = {
		{ "a", "hello\n", 6, 0, 0 },
		{ "b", "second file\n", 12, 0, 0 },
		{ "3", "three", 5, 1, 0 },
	};
	struct str cab = STR_INIT;

	cab_make(&cab, rows, 3, &kinds[1]);
	bytes_put_le16(at(&cab, FILE_AT + 8 + 8), (uint16_t)spanned[_i].folder);
	check_str(&cab, true, spanned[_i].names);
	str_release(&cab);
}

END_TEST

START_TEST(the_names_of_other_cabinets_are_skipped)
{
	static const char names[] = "before.cab\0Disk 1\0after.cab\0Disk 3";
	struct str cab = STR_INIT;
	struct str set = STR_INIT;

	cab_make(&cab, two, 2, &kinds[1]);
	str_addn(&set, cab.buf, FOLDER_AT);
	str_addn(&set, names, sizeof(names));
	str_addn(&set, cab.buf + FOLDER_AT, cab.len - FOLDER_AT);
	bytes_put_le16(at(&set, 30), 3);
	bytes_put_le32(at(&set, 16), FILE_AT + sizeof(names));
	bytes_put_le32(at(&set, FOLDER_AT + sizeof(names)),
		       bytes_le32(at(&cab, FOLDER_AT)) + sizeof(names));
	check_str(&set, false, TWO);
	/* A block that goes on in the next one. */
	bytes_put_le16(
		at(&set, bytes_le32(at(&cab, FOLDER_AT)) + sizeof(names) + 6),
		0);
	check_str(&set, true, "");
	str_release(&set);
	str_release(&cab);
}

END_TEST

START_TEST(what_is_damaged_behind_has_a_beginning)
{
	uint8_t *data = text_of(3 * CAB_MAKER_BLOCK);
	const struct cab_row rows[] = {
		{ "first", data, 100, 0, 0 },
		{ "long", data + 100, 2 * CAB_MAKER_BLOCK, 0, 0 },
		{ "last", data, 100, 0, 0 },
		{ "other", "three", 5, 1, 0 },
	};
	struct str cab = STR_INIT;
	uint32_t first;

	cab_make(&cab, rows, 4, &kinds[1]);
	first = bytes_le32(at(&cab, FOLDER_AT));
	/* The third block of the first folder: no "CK" there. */
	for (int i = 0; i < 2; i++)
		first += 8 + bytes_le16(at(&cab, first + 4));
	*at(&cab, first + 8) = 'X';
	check_str(&cab, true, "first=100;long=65436;other=5;");
	/* Cut off in it: so far, and no more. */
	cab.len = first + 10;
	check_str(&cab, true, "first=100;long=65436;");
	str_release(&cab);
	mem_free(data);
}

END_TEST

/* A size that the cabinet does not hold takes no memory of that size. */
START_TEST(a_size_is_not_believed)
{
	struct str cab = STR_INIT;
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	cab_make(&cab, two, 2, &kinds[1]);
	bytes_put_le32(at(&cab, FILE_AT), 30 * MIB);
	mem_largest();
	ck_assert_int_eq(walk(cab.buf, cab.len, &s, unopened), 0);
	ck_assert_uint_lt(mem_largest(), MIB);
	ck_assert_str_eq(str_text(&s.names), "a.txt=18;d/b.txt=12;");
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 1);
	str_release(&s.names);
	/* Above the bound of a member nothing of it is shown. */
	bytes_put_le32(at(&cab, FILE_AT), 33 * MIB);
	check_str(&cab, true, "d/b.txt=12;");
	str_release(&cab);
}

END_TEST

/* A block of zeros that unpacks to 32 KiB, as often as one can count. */
static void bomb(struct str *cab, size_t blocks)
{
	uint8_t *zeros = mem_zalloc(2 * CAB_MAKER_BLOCK);
	const struct cab_row row = { "zeros", zeros, 2 * CAB_MAKER_BLOCK, 0,
				     0 };
	struct str block = STR_INIT;
	uint32_t second;

	cab_make(cab, &row, 1, &kinds[1]);
	second = bytes_le32(at(cab, FOLDER_AT));
	second += 8 + bytes_le16(at(cab, second + 4));
	str_addn(&block, cab->buf + second, cab->len - second);
	for (size_t i = 2; i < blocks; i++)
		str_addn(cab, block.buf, block.len);
	bytes_put_le16(at(cab, FOLDER_AT + 4), (uint16_t)blocks);
	bytes_put_le32(at(cab, FILE_AT), 100);
	bytes_put_le32(at(cab, FILE_AT + 4),
		       (uint32_t)((blocks - 1) * CAB_MAKER_BLOCK));
	str_release(&block);
	mem_free(zeros);
}

START_TEST(a_bomb_is_not_unpacked)
{
	struct str cab = STR_INIT;

	/* 256 MiB are looked through for the file at their end, not more. */
	bomb(&cab, 8192);
	check_str(&cab, false, "zeros=100;");
	str_release(&cab);
	bomb(&cab, 8194);
	check_str(&cab, true, "");
	str_release(&cab);
}

END_TEST

/* Files that overlap are unpacked again and again, up to the same bound. */
START_TEST(overlapping_files_are_bounded_in_all)
{
	const size_t nbytes = 32 * CAB_MAKER_BLOCK;
	uint8_t *zeros = mem_zalloc(nbytes);
	struct cab_row *rows = mem_array(1000, sizeof(*rows));
	struct str cab = STR_INIT;
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < 1000; i++)
		rows[i] = (struct cab_row){ "x", zeros, i ? 0 : nbytes, 0, 0 };
	cab_make(&cab, rows, 1000, &kinds[1]);
	for (size_t i = 1; i < 1000; i++) {
		bytes_put_le32(at(&cab, FILE_AT + i * 18), (uint32_t)nbytes);
		bytes_put_le32(at(&cab, FILE_AT + i * 18 + 4), 0);
	}
	ck_assert_int_eq(walk(cab.buf, cab.len, &s, unopened), 0);
	ck_assert_uint_ge(s.nbytes, 250 * MIB);
	ck_assert_uint_le(s.nbytes, 256 * MIB);
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 1);
	str_release(&s.names);
	str_release(&cab);
	mem_free(rows);
	mem_free(zeros);
}

END_TEST

START_TEST(too_many_files_end_the_walk)
{
	struct cab_row *rows = mem_array(65535, sizeof(*rows));
	struct str cab = STR_INIT;
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < 65535; i++)
		rows[i] = (struct cab_row){ "x", "y", 1, 0, 0 };
	cab_make(&cab, rows, 65535, &kinds[1]);
	ck_assert_int_eq(walk(cab.buf, cab.len, &s, unopened), 0);
	ck_assert_uint_eq(s.count, 4096);
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 1);
	str_release(&s.names);
	str_release(&cab);
	mem_free(rows);
}

END_TEST

/* The bound is that of the file on the disk, not of each that lies in it. */
START_TEST(files_in_cabinets_in_one_are_counted_together)
{
	struct cab_row *rows = mem_array(1000, sizeof(*rows));
	struct cab_row inner_rows[5];
	struct str inner = STR_INIT;
	struct str outer = STR_INIT;
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < 1000; i++)
		rows[i] = (struct cab_row){ "x", "y", 1, 0, 0 };
	cab_make(&inner, rows, 1000, &kinds[1]);
	for (size_t i = 0; i < 5; i++)
		inner_rows[i] =
			(struct cab_row){ "i.cab", inner.buf, inner.len, 0, 0 };
	cab_make(&outer, inner_rows, 5, &kinds[1]);
	ck_assert_int_eq(walk(outer.buf, outer.len, &s, unopened), 0);
	ck_assert_uint_eq(s.count, 4096);
	/* The fifth. */
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 1);
	str_release(&s.names);
	str_release(&outer);
	str_release(&inner);
	mem_free(rows);
}

END_TEST

/* Bounds that follow from a size: for what lies where anybody puts it. */
START_TEST(an_archive_elsewhere_has_its_own_bounds)
{
	struct archive_bounds b = archive_bounds_for(0);

	ck_assert_uint_eq(b.members, 2048);
	ck_assert_uint_eq(b.member, 8 * MIB);
	ck_assert_uint_eq(b.all, 2 * MIB);
	ck_assert_uint_eq(archive_bounds_for(MIB).all, 18 * MIB);
	ck_assert_uint_eq(archive_bounds_for(100 * MIB).all, 64 * MIB);
	ck_assert_uint_eq(archive_bounds_for(UINT64_MAX).all, 64 * MIB);
}

END_TEST

START_TEST(given_bounds_hold)
{
	const struct archive_bounds few = { 1, MIB, MIB };
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };
	struct archive_options o = { see, &s, &few, unopened };
	struct str cab = STR_INIT;

	cab_make(&cab, two, 2, &kinds[1]);
	ck_assert_int_eq(archive_each_member_mem((const uint8_t *)cab.buf,
						 cab.len, "a.cab", &o),
			 0);
	ck_assert_str_eq(str_text(&s.names), "a.txt=6;");
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 1);
	str_release(&s.names);
	str_release(&cab);
}

END_TEST

/* What lies in a cabinet, and a cabinet in one. */
START_TEST(what_lies_in_one_another)
{
	struct str inner = STR_INIT;
	struct str outer = STR_INIT;
	struct cab_row rows[] = {
		{ "i.cab", NULL, 0, 0, 0 },
		{ "x.7z", "7z\xbc\xaf\x27\x1c", 6, 0, 0 },
		{ "x.rar", "Rar!\x1a\x07", 6, 0, 0 },
		{ "x.lzh", "\x1c\x47-lh5-", 7, 0, 0 },
		{ "x.pst", "!BDN", 4, 0, 0 },
	};
	struct seen s = { .names = STR_INIT };
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };

	cab_make(&inner, two, 2, &kinds[1]);
	rows[0].data = inner.buf;
	rows[0].nbytes = inner.len;
	cab_make(&outer, rows, 5, &kinds[1]);
	ck_assert_int_eq(walk(outer.buf, outer.len, &s, unopened), 0);
	ck_assert_ptr_nonnull(strstr(
		str_text(&s.names), ";i.cab!a.txt=6;i.cab!d/b.txt=12;x.7z=6;"));
	ck_assert_uint_eq(unopened[ARCHIVE_CAB], 0);
	ck_assert_uint_eq(unopened[ARCHIVE_7Z], 1);
	ck_assert_uint_eq(unopened[ARCHIVE_RAR], 1);
	ck_assert_uint_eq(unopened[ARCHIVE_LZH], 1);
	ck_assert_uint_eq(unopened[ARCHIVE_MAIL], 1);
	str_release(&s.names);
	str_release(&outer);
	str_release(&inner);
}

END_TEST

/* And what is cut off is never told as all of it. */
START_TEST(every_truncation_and_damage_is_survived)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0xff };
	struct str cab = STR_INIT;

	cab_make(&cab, two, 2, &kinds[_i]);
	for (size_t i = 0; i < cab.len; i++) {
		struct seen s = { .names = STR_INIT };
		uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };
		const int err = walk(cab.buf, i, &s, unopened);

		ck_assert_msg(err || unopened[ARCHIVE_CAB] == 1, "%u of %u: %s",
			      (unsigned)i, (unsigned)cab.len,
			      str_text(&s.names));
		for (size_t v = 0; v < sizeof(values); v++) {
			char was = cab.buf[i];

			cab.buf[i] = (char)values[v];
			walk(cab.buf, cab.len, &s, NULL);
			cab.buf[i] = was;
		}
		str_release(&s.names);
	}
	str_release(&cab);
}

END_TEST

START_TEST(short_memory_is_told)
{
	struct str cab = STR_INIT;
	int err = ERR_NOMEM;
	int64_t i;

	cab_make(&cab, two, 2, &kinds[1]);
	for (i = 1; i < 100 && err; i++) {
		struct seen s = { .names = STR_INIT };
		struct archive_options o = { see, &s, NULL, NULL };

		mem_fail_after(i);
		err = archive_each_member_mem((const uint8_t *)cab.buf, cab.len,
					      "a.cab", &o);
		mem_fail_after(0);
		if (!s.names.err && err)
			ck_assert_int_eq(err, ERR_NOMEM);
		if (s.names.err)
			err = ERR_NOMEM;
		if (!err)
			ck_assert_str_eq(str_text(&s.names), TWO);
		str_release(&s.names);
	}
	ck_assert_int_eq(err, 0);
	ck_assert_int_gt(i, 7);
	str_release(&cab);
}

END_TEST

static Suite *archive_cab_suite(void)
{
	Suite *s = suite_create("archive_cab");
	TCase *tc = tcase_create("archive_cab");
	const int kind_count = (int)(sizeof(kinds) / sizeof(kinds[0]));

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, members_of_each_kind_are_shown, 0, kind_count);
	tcase_add_test(tc, a_cabinet_of_another_program_is_read);
	tcase_add_test(tc, blocks_go_on_with_what_stood_before_them);
	tcase_add_test(tc, folders_are_read_each);
	tcase_add_test(tc, names_are_split_at_backslashes);
	tcase_add_test(tc, a_checksum_over_reserved_bytes);
	tcase_add_test(tc, two_lists_of_files_are_counted);
	tcase_add_test(tc, a_wrong_checksum_is_shown_and_counted);
	tcase_add_loop_test(tc, a_part_of_a_set_is_counted, 0,
			    (int)(sizeof(spanned) / sizeof(spanned[0])));
	tcase_add_test(tc, the_names_of_other_cabinets_are_skipped);
	tcase_add_test(tc, what_is_damaged_behind_has_a_beginning);
	tcase_add_test(tc, a_size_is_not_believed);
	tcase_add_test(tc, a_bomb_is_not_unpacked);
	tcase_add_test(tc, overlapping_files_are_bounded_in_all);
	tcase_add_test(tc, too_many_files_end_the_walk);
	tcase_add_test(tc, files_in_cabinets_in_one_are_counted_together);
	tcase_add_test(tc, an_archive_elsewhere_has_its_own_bounds);
	tcase_add_test(tc, given_bounds_hold);
	tcase_add_test(tc, what_lies_in_one_another);
	tcase_add_loop_test(tc, every_truncation_and_damage_is_survived, 0,
			    kind_count);
	tcase_add_test(tc, short_memory_is_told);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(archive_cab_suite)
