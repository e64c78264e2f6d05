/*
 * Unit tests of zip and jar members: archives made here, whole, damaged and
 * hostile.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/archive.h"
#include "tests/tools/zip_maker.h"
#include <string.h>

#define MIB ((size_t)1 << 20)

/* ---- looking at them ---------------------------------------------------- */

struct seen {
	struct str names; /* "name=size;" … */
	unsigned count;
	uint64_t nbytes;
	uint8_t last[8];
	unsigned stop_at;
	bool no_sizes;
};

static int see(void *arg, const char *inside, const char *name,
	       const uint8_t *data, size_t nbytes)
{
	struct seen *s = arg;
	size_t i;

	str_addf(&s->names, "%s%s", inside, name);
	if (!s->no_sizes)
		str_addf(&s->names, "=%" PRIu64, (uint64_t)nbytes);
	str_addch(&s->names, ';');
	s->count++;
	s->nbytes += nbytes;
	for (i = 0; i < nbytes; i++)
		s->last[i % 8] = data[i]; /* all of it can be read */
	return s->stop_at && s->count == s->stop_at ? ERR_EXISTS : 0;
}

/* From the second member on the sizes of buffers count. */
static int see_second(void *arg, const char *inside, const char *name,
		      const uint8_t *data, size_t nbytes)
{
	int err = see(arg, inside, name, data, nbytes);

	mem_largest();
	return err;
}

static int walk(const void *data, size_t nbytes, struct seen *s)
{
	/* Exactly as long as claimed, for the sanitizer. */
	struct archive_options o = { .fn = see, .arg = s };
	uint8_t *copy = mem_dup(data, nbytes);
	int err;

	ck_assert_ptr_nonnull(copy);
	err = archive_each_member_mem(copy, nbytes, "a.gz", &o);
	mem_free(copy);
	return err;
}

static void check_archive(const struct zip_maker *m, int want,
			  const char *names)
{
	struct seen s = { .names = STR_INIT };

	ck_assert_int_eq(walk(m->file.buf, m->file.len, &s), want);
	ck_assert_str_eq(str_text(&s.names), names);
	str_release(&s.names);
}

/* "a/b.class" deflated, "c.txt" stored, a folder, one with late sizes. */
static struct zip_maker *plain(void)
{
	struct zip_maker *m = zip_maker_new();

	zip_add(m, "a/", 0, 0, "", 0);
	zip_add(m, "a/b.class", 0, 8, "hello hello hello hello", 23);
	zip_add(m, "c.txt", 0, 0, "world", 5);
	zip_add(m, "late.bin", 8, 8, "late late late late late", 24);
	zip_add(m, "empty", 0, 0, "", 0);
	return m;
}

#define PLAIN "a/b.class=23;c.txt=5;late.bin=24;empty=0;"

START_TEST(members_are_shown_and_folders_are_not)
{
	struct zip_maker *m = plain();

	zip_finish(m);
	check_archive(m, 0, PLAIN);
	zip_maker_free(m);
}

END_TEST

/* Java's look-up of "Evil.class" tries "Evil.class/", too. */
START_TEST(only_what_is_empty_is_a_folder)
{
	struct zip_maker *m = zip_maker_new();

	zip_add(m, "a/", 0, 0, "", 0);
	zip_add(m, "b/", 0, 8, "", 0);
	zip_add(m, "c/", 8, 8, "", 0);
	zip_add(m, "Evil.class/", 0, 8, "hello hello hello hello", 23);
	zip_add(m, "x/y/", 0, 0, "z", 1);
	zip_add(m, "/", 8, 8, "root", 4);
	zip_add(m, "", 0, 0, "name", 4);
	zip_finish(m);
	check_archive(m, 0, "Evil.class/=23;x/y/=1;/=4;=4;");
	zip_maker_free(m);
}

END_TEST

/* One member, as an archive of its own. */
static void wrap(struct str *what, const char *name)
{
	struct zip_maker *m = zip_maker_new();

	zip_add(m, name, 0, 8, what->buf, what->len);
	zip_finish(m);
	str_clear(what);
	str_addn(what, m->file.buf, m->file.len);
	zip_maker_free(m);
}

static void wrap_gzip(struct str *what)
{
	size_t cap = what->len + 1024;
	uint8_t *packed = mem_alloc(cap);
	size_t n = zip_deflate(what->buf, what->len, packed, cap);
	uint32_t crc =
		(uint32_t)crc32(0, (uint8_t *)what->buf, (unsigned)what->len);
	uint32_t nbytes = (uint32_t)what->len;

	str_clear(what);
	str_addn(what, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
	str_addn(what, packed, n);
	zip_put32(what, crc);
	zip_put32(what, nbytes);
	mem_free(packed);
}

static void check_bytes(const struct str *bytes, int want, const char *names)
{
	struct seen s = { .names = STR_INIT,
			  .no_sizes = strchr(names, '=') == NULL };

	ck_assert_int_eq(walk(bytes->buf, bytes->len, &s), want);
	ck_assert_str_eq(str_text(&s.names), names);
	str_release(&s.names);
}

/* The fifth archive is a member that is not opened. */
START_TEST(archives_in_archives_are_opened_to_a_depth)
{
	struct str s = STR_INIT;

	str_add(&s, "evil");
	wrap(&s, "d/e.class");
	wrap(&s, "4.jar");
	wrap(&s, "3");
	wrap(&s, "2!/2.zip");
	check_bytes(&s, 0,
		    "2!/2.zip;2!/2.zip!3;2!/2.zip!3!4.jar;"
		    "2!/2.zip!3!4.jar!d/e.class;");
	wrap(&s, "1.zip");
	check_bytes(&s, ERR_TOO_LARGE,
		    "1.zip;1.zip!2!/2.zip;1.zip!2!/2.zip!3;"
		    "1.zip!2!/2.zip!3!4.jar;");
	str_release(&s);
}

END_TEST

START_TEST(gzip_is_opened)
{
	struct str s = STR_INIT;
	struct str two = STR_INIT;
	size_t n;

	str_add(&s, "evil evil evil");
	wrap_gzip(&s);
	check_bytes(&s, 0, "a=14;");
	/* Streams behind one another are one file; notes behind are none. */
	n = s.len;
	str_addn(&two, s.buf, n);
	str_addn(&two, s.buf, n);
	str_add(&two, "Firefox was here");
	check_bytes(&two, 0, "a=28;");
	/* Cut off by who fetched it: what there is was looked at. */
	two.len = n + 10;
	check_bytes(&two, 0, "a=14;");
	/* An archive in it; one in one is called by its name. */
	str_clear(&two);
	str_addn(&two, s.buf, n);
	wrap(&two, "d/x.TAR.gz");
	wrap_gzip(&two);
	check_bytes(&two, 0, "a;a!d/x.TAR.gz;a!d/x.TAR.gz!x.TAR;");
	/* A wrong checksum is told. */
	s.buf[n - 8] ^= 1;
	str_add(&s, "more");
	check_bytes(&s, ERR_CORRUPT, "a=14;");
	str_release(&two);
	str_release(&s);
}

END_TEST

/* A gzip with a jar behind it is both. */
START_TEST(a_zip_behind_a_gzip_is_opened)
{
	struct zip_maker *m = plain();
	struct str s = STR_INIT;

	zip_finish(m);
	str_add(&s, "x");
	wrap_gzip(&s);
	str_addn(&s, m->file.buf, m->file.len);
	check_bytes(&s, 0, "a=1;" PLAIN);
	str_release(&s);
	zip_maker_free(m);
}

END_TEST

/* The bounds are those of the file on the disk, not of each that lies in it. */
START_TEST(bounds_hold_for_all_that_lies_in_one_another)
{
	struct zip_maker *inner = zip_maker_new();
	struct zip_maker *outer = zip_maker_new();
	struct seen s = { .names = STR_INIT };

	for (size_t i = 0; i < 1000; i++)
		zip_add(inner, "x", 0, 0, "y", 1);
	zip_finish(inner);
	for (size_t i = 0; i < 5; i++)
		zip_add(outer, "i.zip", 0, 0, inner->file.buf, inner->file.len);
	zip_finish(outer);
	ck_assert_int_eq(walk(outer->file.buf, outer->file.len, &s),
			 ERR_TOO_LARGE);
	ck_assert_uint_eq(s.count, 4096);
	str_release(&s.names);
	zip_maker_free(outer);
	zip_maker_free(inner);
}

END_TEST

START_TEST(a_gzip_bomb_is_not_unpacked)
{
	struct str s = STR_INIT;
	uint8_t *zeros = mem_zalloc(8 * MIB);

	str_init(&s, 16 * MIB);
	str_addn(&s, zeros, 8 * MIB);
	wrap_gzip(&s);
	check_bytes(&s, ERR_TOO_LARGE, "");
	str_release(&s);
	mem_free(zeros);
}

END_TEST

static const struct {
	const char *name, *folder, *base;
} split_rows[] = {
	{ "a.class", "", "a.class" },
	{ "x/y/a.class", "x/y", "a.class" },
	{ "x/Evil.class/", "x", "Evil.class" },
	{ "Evil.class//", "", "Evil.class" },
	{ "", "", "" },
	{ "/", "", "" },
	{ "/a", "", "a" },
};

START_TEST(a_name_is_split)
{
	struct str folder = STR_INIT;
	struct str base = STR_INIT;

	ck_assert_int_eq(
		archive_split_name(split_rows[_i].name, &folder, &base), 0);
	ck_assert_str_eq(str_text(&folder), split_rows[_i].folder);
	ck_assert_str_eq(str_text(&base), split_rows[_i].base);
	str_release(&folder);
	str_release(&base);
}

END_TEST

START_TEST(an_open_file_gives_the_same)
{
	struct zip_maker *m = plain();
	struct seen s = { .names = STR_INIT };
	struct archive_options o = { .fn = see, .arg = &s };
	struct host_file *f = NULL;
	char *path = host_join(".", "test_archive.tmp");

	zip_finish(m);
	ck_assert_int_eq(host_write_file(path, m->file.buf, m->file.len), 0);
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	ck_assert_int_eq(archive_each_member(f, m->file.len, "a.gz", &o), 0);
	host_close(f);
	host_unlink(path);
	ck_assert_str_eq(str_text(&s.names), PLAIN);
	str_release(&s.names);
	mem_free(path);
	zip_maker_free(m);
}

END_TEST

START_TEST(the_callback_stops_the_walk)
{
	struct zip_maker *m = plain();
	struct seen s = { .names = STR_INIT, .stop_at = 2 };

	zip_finish(m);
	ck_assert_int_eq(walk(m->file.buf, m->file.len, &s), ERR_EXISTS);
	ck_assert_uint_eq(s.count, 2);
	str_release(&s.names);
	zip_maker_free(m);
}

END_TEST

START_TEST(a_program_in_front_shifts_the_offsets)
{
	struct zip_maker *m = plain();
	struct seen s = { .names = STR_INIT };
	struct str whole = STR_INIT;

	zip_finish(m);
	str_add(&whole, "GIF89a and much more of a picture");
	str_addn(&whole, m->file.buf, m->file.len);
	ck_assert_int_eq(walk(whole.buf, whole.len, &s), 0);
	ck_assert_str_eq(str_text(&s.names), PLAIN);
	str_release(&s.names);
	str_release(&whole);
	zip_maker_free(m);
}

END_TEST

START_TEST(without_a_directory_local_headers_are_followed)
{
	struct zip_maker *m = plain();

	/* never finished: what a broken download leaves */
	check_archive(m, ERR_CORRUPT, PLAIN);
	zip_maker_free(m);
}

END_TEST

START_TEST(a_directory_cut_short_gives_all_members)
{
	struct zip_maker *m = plain();
	size_t start = m->file.len;
	struct seen s = { .names = STR_INIT };

	zip_finish(m);
	ck_assert_int_eq(walk(m->file.buf, start + 60, &s), ERR_CORRUPT);
	ck_assert_str_eq(str_text(&s.names), PLAIN);
	str_release(&s.names);
	zip_maker_free(m);
}

END_TEST

START_TEST(a_broken_row_lets_the_others_be_found)
{
	struct zip_maker *m = plain();
	size_t start = m->file.len;

	zip_finish(m);
	/* the third row: the ones before it are shown once, not twice */
	m->file.buf[start + 46 + 2 + 46 + 9] = 'X';
	check_archive(m, ERR_CORRUPT, PLAIN);
	zip_maker_free(m);
}

END_TEST

START_TEST(encrypted_and_foreign_members_are_named_unsupported)
{
	struct zip_maker *m = zip_maker_new();

	zip_add(m, "secret", 1, 0, "x", 1);
	zip_add(m, "open", 0, 0, "y", 1);
	zip_finish(m);
	check_archive(m, ERR_UNSUPPORTED, "open=1;");
	zip_maker_free(m);
	m = zip_maker_new();
	zip_add(m, "lzma", 0, 14, "x", 1);
	zip_add(m, "open", 0, 0, "y", 1);
	zip_finish(m);
	check_archive(m, ERR_UNSUPPORTED, "open=1;");
	zip_maker_free(m);
}

END_TEST

START_TEST(a_wrong_checksum_is_shown_and_told)
{
	struct zip_maker *m = zip_maker_new();

	zip_add(m, "a", 0, 0, "abc", 3);
	m->rows[0].crc ^= 1;
	zip_add(m, "b", 0, 0, "abc", 3);
	zip_finish(m);
	check_archive(m, ERR_CORRUPT, "a=3;b=3;");
	zip_maker_free(m);
}

END_TEST

START_TEST(names_stay_the_bytes_that_are_stored)
{
	/* CP932 "so" is 83 5C: its second byte is no separator; U+592A in
	 * UTF-8; a lone 82; a NUL */
	static const char cp932[] = "\x83\x5c.class";
	struct zip_maker *m = zip_maker_new();
	struct str shown = STR_INIT;

	zip_add(m, cp932, 0, 0, "a", 1);
	zip_add(m, "\xe5\xa4\xaa/x", 0x800, 0, "b", 1);
	zip_finish(m);
	check_archive(m, 0, "\x83\x5c.class=1;\xe5\xa4\xaa/x=1;");
	utf_escape(&shown, cp932);
	ck_assert_str_eq(str_text(&shown), "\\x{83}\\.class");
	str_release(&shown);
	zip_maker_free(m);
	m = zip_maker_new();
	zip_add(m, "a_b", 0, 0, "a", 1);
	zip_finish(m);
	/* in the directory and the local header */
	m->file.buf[30 + 1] = 0;
	m->file.buf[34 + 46 + 1] = 0;
	check_archive(m, 0,
		      "a\xc0\x80"
		      "b=1;");
	zip_maker_free(m);
}

END_TEST

START_TEST(a_bomb_is_not_unpacked)
{
	size_t nbytes = (size_t)40 << 20;
	uint8_t *zeros = mem_zalloc(nbytes);
	struct zip_maker *m = zip_maker_new();

	/* 1000:1, and above the bound of one member */
	zip_add(m, "bomb", 0, 8, zeros, nbytes);
	zip_add(m, "after", 0, 0, "x", 1);
	zip_finish(m);
	check_archive(m, ERR_TOO_LARGE, "after=1;");
	zip_maker_free(m);
	/* below the size from which the ratio counts */
	m = zip_maker_new();
	zip_add(m, "small", 0, 8, zeros, 1000000);
	zip_finish(m);
	check_archive(m, 0, "small=1000000;");
	zip_maker_free(m);
	mem_free(zeros);
}

END_TEST

/* Zeros, and of each 64 KiB so many bytes that cannot be packed. */
static uint8_t *packs_to(size_t nbytes, size_t of_64k)
{
	uint8_t *data = mem_zalloc(nbytes);
	uint32_t chance = 1;

	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < nbytes; i++) {
		chance = chance * 1664525u + 1013904223u;
		if (i % 65536 < of_64k)
			data[i] = (uint8_t)(chance >> 24);
	}
	return data;
}

/* What one unpacks to against what it is packed, far below the other bound. */
static const struct {
	size_t of_64k;
	unsigned min_ratio, max_ratio;
	int want;
} ratios[] = {
	{ 0, 900, 1100, ERR_TOO_LARGE },
	{ 190, 210, 260, ERR_TOO_LARGE },
	{ 310, 150, 190, 0 },
	{ 30000, 1, 3, 0 },
};

START_TEST(what_unpacks_to_too_much_is_left)
{
	const size_t nbytes = 8 * MIB;
	uint8_t *data = packs_to(nbytes, ratios[_i].of_64k);
	struct zip_maker *m = zip_maker_new();
	size_t ratio;

	zip_add(m, "x", 0, 8, data, nbytes);
	ratio = nbytes / m->rows[0].packed;
	ck_assert_uint_ge(ratio, ratios[_i].min_ratio);
	ck_assert_uint_le(ratio, ratios[_i].max_ratio);
	zip_add(m, "after", 0, 0, "x", 1);
	zip_finish(m);
	check_archive(m, ratios[_i].want,
		      ratios[_i].want ? "after=1;" : "x=8388608;after=1;");
	zip_maker_free(m);
	mem_free(data);
}

END_TEST

/* A size that the archive does not hold takes no memory of that size. */
START_TEST(a_stored_member_lies_in_the_archive)
{
	uint8_t *data = packs_to(8 * MIB, 0);
	struct zip_maker *m = zip_maker_new();
	struct seen s = { .names = STR_INIT };
	struct archive_options o = { .fn = see_second, .arg = &s };

	zip_add(m, "first", 0, 0, data, 8 * MIB);
	zip_add(m, "second", 0, 0, "xy", 2);
	m->rows[1].packed = m->rows[1].unpacked = 7 * MIB;
	zip_finish(m);
	mem_largest();
	ck_assert_int_eq(archive_each_member_mem((uint8_t *)m->file.buf,
						 m->file.len, "a.jar", &o),
			 ERR_CORRUPT);
	ck_assert_uint_eq(s.count, 1);
	ck_assert_uint_lt(mem_largest(), MIB);
	str_release(&s.names);
	zip_maker_free(m);
	mem_free(data);
}

END_TEST

/* One byte more than a member may have, stored and packed. */
START_TEST(a_member_has_a_bound)
{
	const size_t max = 32 * MIB;
	uint8_t *data = packs_to(max + 1, 4000);
	struct zip_maker *m = zip_maker_new();

	zip_add(m, "stored", 0, 0, data, max);
	zip_add(m, "packed", 0, 8, data, max - 1);
	zip_finish(m);
	check_archive(m, 0, "stored=33554432;packed=33554431;");
	zip_maker_free(m);
	m = zip_maker_new();
	zip_add(m, "stored", 0, 0, data, max + 1);
	zip_add(m, "after", 0, 0, "x", 1);
	zip_finish(m);
	check_archive(m, ERR_TOO_LARGE, "after=1;");
	zip_maker_free(m);
	m = zip_maker_new();
	zip_add(m, "packed", 0, 8, data, max + 1);
	zip_add(m, "after", 0, 0, "x", 1);
	zip_finish(m);
	check_archive(m, ERR_TOO_LARGE, "after=1;");
	zip_maker_free(m);
	mem_free(data);
}

END_TEST

/* Rows that share 32 MiB as they are: after the eighth it is enough. */
START_TEST(stored_members_are_bounded_in_all)
{
	uint8_t *data = packs_to(32 * MIB, 0);
	struct zip_maker *m = zip_maker_new();
	struct seen s = { .names = STR_INIT };
	size_t i;

	zip_add(m, "x", 0, 0, data, 32 * MIB);
	for (i = 1; i < 10; i++)
		m->rows[i] = m->rows[0];
	m->count = 10;
	zip_finish(m);
	ck_assert_int_eq(walk(m->file.buf, m->file.len, &s), ERR_TOO_LARGE);
	ck_assert_uint_eq(s.count, 8);
	str_release(&s.names);
	zip_maker_free(m);
	mem_free(data);
}

END_TEST

START_TEST(overlapping_members_are_bounded_in_all)
{
	size_t nbytes = (size_t)1 << 20;
	uint8_t *zeros = mem_zalloc(nbytes);
	struct zip_maker *m = zip_maker_new();
	struct seen s = { .names = STR_INIT };
	size_t i;

	zip_add(m, "x", 0, 8, zeros, nbytes);
	/* 3,000 rows of the directory that share one megabyte */
	for (i = 1; i < 3000; i++)
		m->rows[i] = m->rows[0];
	m->count = 3000;
	zip_finish(m);
	ck_assert_int_eq(walk(m->file.buf, m->file.len, &s), ERR_TOO_LARGE);
	ck_assert_uint_le(s.nbytes, (uint64_t)256 << 20);
	ck_assert_uint_ge(s.count, 255);
	str_release(&s.names);
	zip_maker_free(m);
	mem_free(zeros);
}

END_TEST

/* Packed bytes that unpack to nothing, read again for each row. */
START_TEST(what_is_read_is_bounded_in_all)
{
	static const uint8_t block[] = { 0x00, 0x00, 0x00, 0xff, 0xff };
	const struct archive_bounds bounds = { 4096, MIB, MIB };
	struct zip_maker *m = zip_maker_new();
	struct seen s = { .names = STR_INIT };
	struct archive_options o = { see, &s, &bounds, NULL };
	struct str packed = STR_INIT;

	while (packed.len < 250000)
		str_addn(&packed, block, sizeof(block));
	str_addn(&packed, "\x01\x00\x00\xff\xff", 5);
	zip_add(m, "x", 0, 0, packed.buf, packed.len);
	bytes_put_le16((uint8_t *)m->file.buf + 8, 8);
	bytes_put_le32((uint8_t *)m->file.buf + 14, 0);
	bytes_put_le32((uint8_t *)m->file.buf + 22, 0);
	m->rows[0].method = 8;
	m->rows[0].crc = m->rows[0].unpacked = 0;
	for (size_t i = 1; i < 64; i++)
		m->rows[i] = m->rows[0];
	m->count = 64;
	zip_finish(m);
	ck_assert_int_eq(archive_each_member_mem((uint8_t *)m->file.buf,
						 m->file.len, "a.zip", &o),
			 ERR_TOO_LARGE);
	/* The size of the file and a megabyte more: five times. */
	ck_assert_uint_eq(s.count, 5);
	str_release(&s.names);
	str_release(&packed);
	zip_maker_free(m);
}

END_TEST

START_TEST(too_many_members_end_the_walk)
{
	struct zip_maker *m = zip_maker_new();
	struct seen s = { .names = STR_INIT };
	size_t i;

	for (i = 0; i < 4100; i++)
		zip_add(m, "x", 0, 0, "y", 1);
	zip_finish(m);
	ck_assert_int_eq(walk(m->file.buf, m->file.len, &s), ERR_TOO_LARGE);
	ck_assert_uint_eq(s.count, 4096);
	str_release(&s.names);
	zip_maker_free(m);
}

END_TEST

/* The record that counts is the one whose comment ends with the file. */
START_TEST(a_record_in_the_comment_is_none)
{
	struct zip_maker *m = plain();
	uint8_t other[22] = { 'P', 'K', 5, 6 };

	zip_finish(m);
	bytes_put_le16((uint8_t *)m->file.buf + m->file.len - 2, 22 + 3);
	str_addn(&m->file, other, sizeof(other));
	str_addn(&m->file, "end", 3);
	check_archive(m, 0, PLAIN);
	/* None reaches so far: it counts, and the archive is damaged. */
	str_addn(&m->file, "more", 4);
	check_archive(m, ERR_CORRUPT, PLAIN);
	zip_maker_free(m);
}

END_TEST

/* Nor does one at the end that does not end with the file. */
START_TEST(a_record_without_rows_is_none)
{
	static const uint8_t record[22] = { 'P', 'K', 5, 6, [20] = 9 };
	struct zip_maker *m = zip_maker_new();

	zip_add(m, "a", 0, 0, "abc", 3);
	/* Local headers alone do not lead over so much. */
	for (int i = 0; i < 100; i++)
		str_add(&m->file, "xx");
	zip_add(m, "b", 0, 0, "abc", 3);
	zip_finish(m);
	str_addn(&m->file, record, sizeof(record));
	check_archive(m, ERR_CORRUPT, "a=3;b=3;");
	zip_maker_free(m);
}

END_TEST

/* A record of no rows at the end hides nothing of what stands before it. */
START_TEST(an_empty_directory_hides_nothing)
{
	struct zip_maker *m = plain();
	struct zip_maker *nothing = zip_maker_new();

	zip_finish(nothing);
	bytes_put_le32((uint8_t *)nothing->file.buf + 16,
		       (uint32_t)m->file.len);
	str_addn(&m->file, nothing->file.buf, nothing->file.len);
	check_archive(m, ERR_CORRUPT, PLAIN);
	zip_maker_free(nothing);
	zip_maker_free(m);
	nothing = zip_maker_new();
	zip_finish(nothing);
	check_archive(nothing, 0, "");
	zip_maker_free(nothing);
}

END_TEST

/*
 * Java sees the last archive only, other programs the first one: all are
 * looked at, whether the offsets of the last count from its own begin or not.
 */
START_TEST(an_archive_in_front_is_looked_at)
{
	struct zip_maker *m = plain();
	struct zip_maker *last = zip_maker_new();
	struct zip_maker *one = zip_maker_new();

	zip_finish(m);
	zip_add(last, "last.txt", 0, 8, "last last last", 14);
	zip_finish(last);
	str_addn(&m->file, last->file.buf, last->file.len);
	check_archive(m, 0, "last.txt=14;" PLAIN);
	zip_maker_free(last);
	zip_maker_free(m);
	/* One file, whose directory names the last member alone. */
	zip_add(one, "first.txt", 0, 8, "first first", 11);
	zip_add(one, "second.txt", 8, 8, "second second", 13);
	zip_add(one, "last.txt", 0, 8, "last last last", 14);
	one->rows[0] = one->rows[2];
	one->count = 1;
	zip_finish(one);
	check_archive(one, 0, "last.txt=14;first.txt=11;second.txt=13;");
	zip_maker_free(one);
}

END_TEST

START_TEST(members_that_no_row_names_are_looked_at)
{
	struct zip_maker *m = zip_maker_new();
	struct zip_maker *long_one = zip_maker_new();
	size_t end;

	zip_add(m, "a.txt", 0, 8, "first first", 11);
	zip_add(m, "b.txt", 8, 8, "second second", 13);
	zip_add(m, "c.txt", 0, 0, "third", 5);
	zip_add(m, "d.txt", 8, 8, "fourth fourth", 13);
	m->rows[1] = m->rows[2];
	m->count = 2;
	zip_finish(m);
	check_archive(m, 0, "a.txt=11;c.txt=5;b.txt=13;d.txt=13;");
	zip_maker_free(m);
	/* A row cannot take the next member for its own packed bytes. */
	zip_add(long_one, "a.txt", 0, 8, "first first", 11);
	zip_add(long_one, "b.txt", 0, 8, "second second", 13);
	end = long_one->file.len;
	long_one->count = 1;
	long_one->rows[0].packed = (uint32_t)end - 30 - 5;
	zip_finish(long_one);
	check_archive(long_one, 0, "a.txt=11;b.txt=13;");
	zip_maker_free(long_one);
}

END_TEST

START_TEST(no_archive_is_corrupt)
{
	static const char text[] = "this is no archive at all, but text";
	struct seen s = { .names = STR_INIT };

	ck_assert_int_eq(walk("", 0, &s), ERR_CORRUPT);
	ck_assert_int_eq(walk(text, sizeof(text), &s), ERR_CORRUPT);
	ck_assert_uint_eq(s.count, 0);
	str_release(&s.names);
}

END_TEST

START_TEST(every_truncation_and_damage_is_survived)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0xff };
	struct zip_maker *m = plain();
	size_t i;
	size_t v;

	zip_finish(m);
	for (i = 0; i < m->file.len; i++) {
		struct seen s = { .names = STR_INIT };

		walk(m->file.buf, i, &s);
		for (v = 0; v < sizeof(values); v++) {
			char was = m->file.buf[i];

			m->file.buf[i] = (char)values[v];
			walk(m->file.buf, m->file.len, &s);
			m->file.buf[i] = was;
		}
		str_release(&s.names);
	}
	zip_maker_free(m);
}

END_TEST

START_TEST(short_memory_is_told)
{
	struct zip_maker *m = plain();
	struct str inner = STR_INIT;
	int64_t i;
	int err = ERR_NOMEM;

	str_add(&inner, "evil");
	wrap_gzip(&inner);
	zip_add(m, "a.gz", 0, 8, inner.buf, inner.len);
	wrap(&inner, "b.gz");
	zip_add(m, "b.zip", 0, 8, inner.buf, inner.len);
	str_release(&inner);
	zip_finish(m);
	for (i = 1; i < 200 && err; i++) {
		struct seen s = { .names = STR_INIT };
		struct archive_options o = { .fn = see, .arg = &s };

		mem_fail_after(i);
		err = archive_each_member_mem((uint8_t *)m->file.buf,
					      m->file.len, "a.gz", &o);
		mem_fail_after(0);
		if (!s.names.err && err)
			ck_assert_int_eq(err, ERR_NOMEM);
		if (s.names.err)
			err = ERR_NOMEM;
		str_release(&s.names);
	}
	ck_assert_int_eq(err, 0);
	ck_assert_int_gt(i, 5);
	zip_maker_free(m);
}

END_TEST

static Suite *archive_suite(void)
{
	Suite *s = suite_create("archive");
	TCase *tc = tcase_create("archive");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, members_are_shown_and_folders_are_not);
	tcase_add_test(tc, only_what_is_empty_is_a_folder);
	tcase_add_test(tc, archives_in_archives_are_opened_to_a_depth);
	tcase_add_test(tc, gzip_is_opened);
	tcase_add_test(tc, a_zip_behind_a_gzip_is_opened);
	tcase_add_test(tc, bounds_hold_for_all_that_lies_in_one_another);
	tcase_add_test(tc, a_gzip_bomb_is_not_unpacked);
	tcase_add_loop_test(tc, a_name_is_split, 0,
			    sizeof(split_rows) / sizeof(split_rows[0]));
	tcase_add_test(tc, an_open_file_gives_the_same);
	tcase_add_test(tc, the_callback_stops_the_walk);
	tcase_add_test(tc, a_program_in_front_shifts_the_offsets);
	tcase_add_test(tc, without_a_directory_local_headers_are_followed);
	tcase_add_test(tc, a_directory_cut_short_gives_all_members);
	tcase_add_test(tc, a_broken_row_lets_the_others_be_found);
	tcase_add_test(tc, encrypted_and_foreign_members_are_named_unsupported);
	tcase_add_test(tc, a_wrong_checksum_is_shown_and_told);
	tcase_add_test(tc, names_stay_the_bytes_that_are_stored);
	tcase_add_test(tc, a_bomb_is_not_unpacked);
	tcase_add_loop_test(tc, what_unpacks_to_too_much_is_left, 0,
			    sizeof(ratios) / sizeof(ratios[0]));
	tcase_add_test(tc, a_member_has_a_bound);
	tcase_add_test(tc, a_stored_member_lies_in_the_archive);
	tcase_add_test(tc, stored_members_are_bounded_in_all);
	tcase_add_test(tc, overlapping_members_are_bounded_in_all);
	tcase_add_test(tc, what_is_read_is_bounded_in_all);
	tcase_add_test(tc, too_many_members_end_the_walk);
	tcase_add_test(tc, a_record_in_the_comment_is_none);
	tcase_add_test(tc, a_record_without_rows_is_none);
	tcase_add_test(tc, an_empty_directory_hides_nothing);
	tcase_add_test(tc, an_archive_in_front_is_looked_at);
	tcase_add_test(tc, members_that_no_row_names_are_looked_at);
	tcase_add_test(tc, no_archive_is_corrupt);
	tcase_add_test(tc, every_truncation_and_damage_is_survived);
	tcase_add_test(tc, short_memory_is_told);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(archive_suite)
