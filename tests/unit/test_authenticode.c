/*
 * Unit tests of the digest that signatures and catalogs name a program by.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The expected digests of the made files are of their pieces joined by hand
 * (Python's hashlib over slices whose ends were read off this layout); those
 * of the real files stand in the indexes of the data, where another program
 * wrote them.
 */
#include "unit.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "trust/authenticode.h"

#include <stdlib.h>
#include <string.h>

#define PE_AT	      0x40
#define CHECKSUM_AT   152 /* 0x40 + 24 + 64 */
#define SECURITY_AT   216 /* 0x40 + 24 + 96 + 4 * 8 */
#define SECURITY64_AT 232
#define NBYTES_MAX    512

struct made {
	uint8_t bytes[NBYTES_MAX];
	size_t nbytes;
	size_t fails_after; /* reads past this offset end early; 0: none */
};

static void make(struct made *m, size_t nbytes, bool is_plus, uint32_t dirs,
		 uint32_t start, uint32_t length)
{
	uint8_t *opt = m->bytes + PE_AT + 24;

	memset(m, 0, sizeof(*m));
	m->nbytes = nbytes;
	for (size_t i = 0; i < nbytes; i++)
		m->bytes[i] = (uint8_t)(i * 13 + 5);
	memcpy(m->bytes, "MZ", 2);
	bytes_put_le32(m->bytes + 60, PE_AT);
	memcpy(m->bytes + PE_AT, "PE\0\0", 4);
	bytes_put_le16(opt, is_plus ? 0x20b : 0x10b);
	opt += is_plus ? 108 : 92;
	bytes_put_le32(opt, dirs);
	bytes_put_le32(opt + 4 + 32, start);
	bytes_put_le32(opt + 4 + 36, length);
}

static int read_made(void *arg, uint64_t offset, void *buf, size_t nbytes,
		     size_t *nread_ret)
{
	const struct made *m = arg;
	size_t end = m->fails_after != 0 ? m->fails_after : m->nbytes;
	size_t n = offset < end ? end - (size_t)offset : 0;

	if (n > nbytes)
		n = nbytes;
	if (n > 0)
		memcpy(buf, m->bytes + offset, n);
	*nread_ret = n;
	return 0;
}

static int digest(struct made *m, struct authenticode_digest *ret)
{
	struct source s = { m->nbytes, NULL, read_made, m };

	return authenticode_digest_of(&s, ret);
}

static const struct {
	size_t nbytes;
	bool is_plus;
	uint32_t dirs, start, length;
	const char *sha1, *sha256;
	const char *unpadded_sha1, *unpadded_sha256;
	bool has_certificate;
} made[] = {
	/* 299 bytes: five zeros are added. */
	{ 299, false, 16, 0, 0, "c4d7af3206bbdc81905c5f76122aa1536016c3b8",
	  "6d617d06de0c04f224cfd7bff4de98ef88ebdb1a115711580e04a8880aa6fcd2",
	  "66f1f7d37617109662462906cc2a11f79ff69348",
	  "b743e4209ba07d76680c5e62781359073038be84fb79eb2633a4abd4d0fb2b2f",
	  false },
	/* The table is in the middle: what follows it counts. */
	{ 512, true, 16, 400, 80, "634c76be32c67047b10f08ca0a2bc81141002385",
	  "5be037810a796ace968f70e46345255443d845e7d06d17707e8caf55fde2be4e",
	  "", "", true },
	/* At the end. */
	{ 512, true, 16, 400, 112, "53f41dc8a3a3eb6ac0687181e28df2bed26292e6",
	  "40897658bf82455c55ed0ff5efbf9a6133677762ba5785cc9fa8a0383947db24",
	  "", "", true },
	/* One byte beyond the end: no table, but still a directory entry. */
	{ 512, true, 16, 400, 113, "64ef144b432e654ce0964b96e36c7f39057aaefb",
	  "88ef19dce5bdf97cc7881dc8f168285a8c2b59063799c684706c735aca45541e",
	  "", "", false },
	/* Four directories: there is no entry to leave out. */
	{ 512, false, 4, 400, 112, "73abc93c8df3addeeded0c150931f986093bb77e",
	  "a9614bfb706448c24f60dfa24dcf166e68e1b093d7b20edb61b431017f9150c3",
	  "", "", false },
};

START_TEST(authenticode_of_made_files)
{
	struct authenticode_digest d;
	struct made m;

	make(&m, made[_i].nbytes, made[_i].is_plus, made[_i].dirs,
	     made[_i].start, made[_i].length);
	ck_assert_int_eq(digest(&m, &d), 0);
	ck_assert_str_eq(d.sha1, made[_i].sha1);
	ck_assert_str_eq(d.sha256, made[_i].sha256);
	ck_assert_str_eq(d.unpadded_sha1, made[_i].unpadded_sha1);
	ck_assert_str_eq(d.unpadded_sha256, made[_i].unpadded_sha256);
	ck_assert_int_eq(d.has_certificate, made[_i].has_certificate);
}

END_TEST

/* Every byte counts, but those that signing changes. */
START_TEST(authenticode_bytes_that_count)
{
	struct authenticode_digest first, d;
	struct made m;

	make(&m, 512, false, 16, 400, 112);
	ck_assert_int_eq(digest(&m, &first), 0);
	for (size_t i = 0; i < 512; i++) {
		bool is_left_out =
			(i >= CHECKSUM_AT && i < CHECKSUM_AT + 4) || i >= 400;
		int err;

		/* The table's own place is another matter. */
		if (i >= SECURITY_AT && i < SECURITY_AT + 8)
			continue;
		m.bytes[i] ^= 0x20;
		err = digest(&m, &d);
		ck_assert_msg(err == 0 || err == ERR_CORRUPT, "%d", (int)i);
		if (!err)
			ck_assert_msg((strcmp(d.sha256, first.sha256) == 0) ==
					      is_left_out,
				      "byte %d", (int)i);
		else
			ck_assert_msg(!is_left_out, "byte %d", (int)i);
		m.bytes[i] ^= 0x20;
	}
	/* An entry that points nowhere changes nothing but what it names. */
	make(&m, 512, true, 16, 0, 0);
	ck_assert_int_eq(digest(&m, &first), 0);
	bytes_put_le32(m.bytes + SECURITY64_AT, 0xfffffff0);
	bytes_put_le32(m.bytes + SECURITY64_AT + 4, 0xffffffff);
	ck_assert_int_eq(digest(&m, &d), 0);
	ck_assert_str_eq(d.sha256, first.sha256);
	ck_assert(!d.has_certificate);
}

END_TEST

START_TEST(authenticode_refuses_others)
{
	struct authenticode_digest d = { .sha1 = "untouched" };
	struct made m;

	make(&m, 512, false, 16, 0, 0);
	m.bytes[0] = 'N';
	ck_assert_int_eq(digest(&m, &d), ERR_CORRUPT);
	make(&m, 512, false, 16, 0, 0);
	m.bytes[PE_AT] = 'N';
	ck_assert_int_eq(digest(&m, &d), ERR_CORRUPT);
	/* A ROM image. */
	make(&m, 512, false, 16, 0, 0);
	bytes_put_le16(m.bytes + PE_AT + 24, 0x107);
	ck_assert_int_eq(digest(&m, &d), ERR_CORRUPT);
	/* The header lies beyond the file, also beyond 32 bits. */
	make(&m, 512, false, 16, 0, 0);
	bytes_put_le32(m.bytes + 60, 0xfffffffe);
	ck_assert_int_eq(digest(&m, &d), ERR_CORRUPT);
	/* Cut off at every byte: never a crash, a program once the checksum
	 * is there. */
	for (size_t n = 0; n < 300; n++) {
		make(&m, n > 300 ? n : 300, false, 16, 0, 0);
		m.nbytes = n;
		ck_assert_msg(digest(&m, &d) ==
				      (n < CHECKSUM_AT + 4 ? ERR_CORRUPT : 0),
			      "%d bytes", (int)n);
	}
	/* It gets shorter while it is read. */
	make(&m, 512, false, 16, 0, 0);
	m.fails_after = 400;
	d = (struct authenticode_digest){ .sha1 = "untouched" };
	ck_assert_int_eq(digest(&m, &d), ERR_CHANGED);
	ck_assert_str_eq(d.sha1, "untouched");
}

END_TEST

/* Through a file, and larger than one piece. */
START_TEST(authenticode_of_a_large_file)
{
	enum {
		SIZE = 200000,
		TABLE = 150000
	};

	struct authenticode_digest d, twin;
	struct host_file *f = NULL;
	struct made m;
	uint8_t *bytes = mem_zalloc(SIZE);

	make(&m, 512, false, 16, TABLE, 4096);
	memcpy(bytes, m.bytes, 512);
	for (size_t i = 512; i < SIZE; i++)
		bytes[i] = (uint8_t)(i >> 8 ^ i);
	ck_assert_int_eq(host_write_file("large.bin", bytes, SIZE), 0);
	ck_assert_int_eq(host_open("large.bin", 0, &f), 0);
	ck_assert_int_eq(authenticode_digest(f, &d), 0);
	host_close(f);
	ck_assert(d.has_certificate);
	/* The same but for what the table holds, and the checksum. */
	memset(bytes + TABLE, 0x5a, 4096);
	memset(bytes + CHECKSUM_AT, 0x5a, 4);
	ck_assert_int_eq(host_write_file("large.bin", bytes, SIZE), 0);
	ck_assert_int_eq(host_open("large.bin", 0, &f), 0);
	ck_assert_int_eq(authenticode_digest(f, &twin), 0);
	host_close(f);
	ck_assert_str_eq(d.sha1, twin.sha1);
	/* The last byte counts. */
	bytes[SIZE - 1] ^= 1;
	ck_assert_int_eq(host_write_file("large.bin", bytes, SIZE), 0);
	ck_assert_int_eq(host_open("large.bin", 0, &f), 0);
	ck_assert_int_eq(authenticode_digest(f, &twin), 0);
	host_close(f);
	ck_assert_str_ne(d.sha1, twin.sha1);
	host_unlink("large.bin");
	mem_free(bytes);
}

END_TEST

/*
 * These have no more than two directory entries.  The program behind the
 * index leaves out eight bytes where the entry would be all the same;
 * osslsigncode refuses such files.
 */
static bool has_no_entry(const char *name)
{
	static const char *const names[] = {
		"pe/corkami/lowaldiff.exe", "pe/corkami/mini.exe",
		"pe/corkami/nullEP.exe",    "pe/corkami/tinyW7_3264.exe",
		"pe/corkami/tinyW7x64.exe",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The row's path, and the digest after "authentihash sha256 ". */
static bool cut_row(char *line, const char **path_ret, char digest_ret[65])
{
	static const char mark[] = "authentihash sha256 ";
	char *at = strstr(line, mark);

	if (at == NULL || strncmp(line, "pe/", 3) != 0)
		return false;
	at += strlen(mark);
	if (strspn(at, "0123456789abcdef") != 64)
		return false;
	memcpy(digest_ret, at, 64);
	digest_ret[64] = '\0';
	line[strcspn(line, "\t")] = '\0';
	*path_ret = line;
	return true;
}

START_TEST(authenticode_of_real_files)
{
	const char *data = unit_data_dir(_i);
	struct authenticode_digest d;
	char *index, *text = NULL;
	size_t nbytes = 0;
	int count = 0;

	index = host_join(data, "INDEX.tsv");
	ck_assert_int_eq(
		host_read_file(index, (size_t)4 << 20, (void **)&text, &nbytes),
		0);
	text = mem_grow(text, nbytes + 1, 1);
	text[nbytes] = '\0';
	for (char *line = text; *line != '\0';) {
		char *next = line + strcspn(line, "\n");
		struct host_file *f = NULL;
		const char *name = NULL;
		char want[65], *path;

		if (*next != '\0')
			*next++ = '\0';
		if (cut_row(line, &name, want)) {
			path = host_join(data, name);
			ck_assert_int_eq(host_open(path, 0, &f), 0);
			ck_assert_msg(authenticode_digest(f, &d) == 0, "%s",
				      name);
			ck_assert_msg((strcmp(d.sha256, want) == 0) !=
					      has_no_entry(name),
				      "%s: %s", name, d.sha256);
			host_close(f);
			mem_free(path);
			count++;
		}
		line = next;
	}
	ck_assert_int_ge(count, _i == 0 ? 10 : 100);
	mem_free(text);
	mem_free(index);
}

END_TEST

static Suite *authenticode_suite(void)
{
	Suite *s = suite_create("authenticode");
	TCase *c = tcase_create("authenticode");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, authenticode_of_made_files, 0,
			    (int)(sizeof(made) / sizeof(made[0])));
	tcase_add_test(c, authenticode_bytes_that_count);
	tcase_add_test(c, authenticode_refuses_others);
	tcase_add_test(c, authenticode_of_a_large_file);
	tcase_add_loop_test(c, authenticode_of_real_files, 0,
			    unit_data_count());
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(authenticode_suite)
