/*
 * Unit tests of version resources: an image made here, byte by byte, and the
 * real ones.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/version_info.h"
#include <string.h>

#define IMAGE_NBYTES 4096
#define RSRC_OFFSET  0x400
#define RSRC_RVA     0x2000
#define INFO_AT	     0x80 /* in the section */

struct image {
	uint8_t b[IMAGE_NBYTES];
	size_t at; /* where the next version node goes */
};

static void put_key(struct image *im, const char *key)
{
	for (; *key; key++, im->at += 2)
		bytes_put_le16(im->b + im->at, (uint8_t)*key);
	im->at += 2;
	im->at = (im->at + 3) & ~(size_t)3;
}

/* Opens a node and gives its start; node_end() writes its length. */
static size_t node_start(struct image *im, const char *key, uint16_t nvalue,
			 uint16_t type)
{
	size_t start = im->at = (im->at + 3) & ~(size_t)3;

	bytes_put_le16(im->b + start + 2, nvalue);
	bytes_put_le16(im->b + start + 4, type);
	im->at += 6;
	put_key(im, key);
	return start;
}

static void node_end(struct image *im, size_t start)
{
	bytes_put_le16(im->b + start, (uint16_t)(im->at - start));
}

static void put_string(struct image *im, const char *key, const char *value)
{
	size_t start = node_start(im, key, (uint16_t)(strlen(value) + 1), 1);

	put_key(im, value);
	node_end(im, start);
}

static void put_table(struct image *im, const char *language,
		      const char *company)
{
	size_t start = node_start(im, language, 0, 1);

	put_string(im, "CompanyName", company);
	put_string(im, "ProductName", "  Bar  ");
	put_string(im, "FileVersion", "text, not number");
	put_string(im, "OriginalFilename", "bar.dll");
	node_end(im, start);
}

static void put_info(struct image *im)
{
	size_t root;
	size_t strings;
	size_t var;
	size_t translation;
	uint8_t *fixed;

	im->at = RSRC_OFFSET + INFO_AT;
	root = node_start(im, "VS_VERSION_INFO", 52, 0);
	fixed = im->b + im->at;
	bytes_put_le32(fixed, 0xfeef04bdu);
	bytes_put_le32(fixed + 8, 9u << 16 | 0);
	bytes_put_le32(fixed + 12, 8112u << 16 | 16421);
	im->at += 52;
	strings = node_start(im, "StringFileInfo", 0, 1);
	put_table(im, "040904b0", "English Co.");
	put_table(im, "041104B0", "Nihon K.K.");
	node_end(im, strings);
	var = node_start(im, "VarFileInfo", 0, 1);
	translation = node_start(im, "Translation", 4, 0);
	bytes_put_le16(im->b + im->at, 0x0411);
	bytes_put_le16(im->b + im->at + 2, 0x04b0);
	im->at += 4;
	node_end(im, translation);
	node_end(im, var);
	node_end(im, root);
}

static void put_entry(uint8_t *folder, uint32_t id, uint32_t to)
{
	bytes_put_le16(folder + 14, 1);
	bytes_put_le32(folder + 16, id);
	bytes_put_le32(folder + 20, to);
}

/* A PE image with one section that holds one version resource. */
static void make_image(struct image *im, bool is_64bit)
{
	uint8_t *pe = im->b + 0x80;
	uint8_t *optional = pe + 24;
	uint16_t size = is_64bit ? 240 : 224;
	uint8_t *section = optional + size;
	uint8_t *rsrc = im->b + RSRC_OFFSET;

	memset(im, 0, sizeof(*im));
	memcpy(im->b, "MZ", 2);
	bytes_put_le32(im->b + 60, 0x80);
	memcpy(pe, "PE\0\0", 4);
	bytes_put_le16(pe + 4, is_64bit ? 0x8664 : 0x14c);
	bytes_put_le16(pe + 6, 1);
	bytes_put_le16(pe + 20, size);
	bytes_put_le16(optional, is_64bit ? 0x20b : 0x10b);
	bytes_put_le32(optional + 32, 4096);
	bytes_put_le32(optional + 36, 512);
	bytes_put_le32(optional + 60, 0x400);
	optional += is_64bit ? 108 : 92;
	bytes_put_le32(optional, 16);
	bytes_put_le32(optional + 4 + 16, RSRC_RVA);
	bytes_put_le32(optional + 4 + 20, 0xc00);
	memcpy(section, ".rsrc", 5);
	bytes_put_le32(section + 8, 0xc00);
	bytes_put_le32(section + 12, RSRC_RVA);
	bytes_put_le32(section + 16, 0xc00);
	bytes_put_le32(section + 20, RSRC_OFFSET);
	put_entry(rsrc, 16, 0x80000018u);
	put_entry(rsrc + 0x18, 1, 0x80000030u);
	put_entry(rsrc + 0x30, 0x411, 0x48);
	bytes_put_le32(rsrc + 0x48, RSRC_RVA + INFO_AT);
	put_info(im);
	bytes_put_le32(rsrc + 0x4c, (uint32_t)(im->at - RSRC_OFFSET - INFO_AT));
}

START_TEST(both_kinds_of_image_are_read)
{
	struct image im;
	struct version_info v;

	make_image(&im, _i == 1);
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v), 0);
	ck_assert_str_eq(v.file_version, "9.0.8112.16421");
	/* the language that VarFileInfo names, not the first table */
	ck_assert_str_eq(v.company, "Nihon K.K.");
	ck_assert_str_eq(v.product, "Bar");
	ck_assert_str_eq(v.original_name, "bar.dll");
	ck_assert_ptr_null(v.description);
	version_info_release(&v);
	ck_assert_ptr_null(v.company);
}

END_TEST

START_TEST(without_a_fixed_block_the_text_counts)
{
	struct image im;
	struct version_info v;
	size_t i;

	make_image(&im, false);
	for (i = 0; i < sizeof(im.b) - 4; i++)
		if (bytes_le32(im.b + i) == 0xfeef04bdu)
			im.b[i] = 0;
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v), 0);
	ck_assert_str_eq(v.file_version, "text, not number");
	version_info_release(&v);
}

END_TEST

START_TEST(no_image_or_no_resource_is_not_found)
{
	struct image im;
	struct version_info v;

	ck_assert_int_eq(version_info_parse((const uint8_t *)"", 0, &v),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(version_info_parse((const uint8_t *)"MZ", 2, &v),
			 ERR_NOT_FOUND);
	make_image(&im, false);
	im.b[0] = 'N';
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v),
			 ERR_NOT_FOUND);
	make_image(&im, false);
	bytes_put_le32(im.b + RSRC_OFFSET + 16, 3); /* icons only */
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v),
			 ERR_NOT_FOUND);
	make_image(&im, false);
	/* Its header ends, as it says, within the directory's entry. */
	bytes_put_le16(im.b + 0x80 + 20, 92 + 4 + 2 * 8 + 3);
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v),
			 ERR_NOT_FOUND);
}

END_TEST

/* A size that the whole file does not have takes no memory. */
START_TEST(a_resource_lies_in_the_file)
{
	struct image im;
	struct version_info v;

	make_image(&im, false);
	bytes_put_le32(im.b + RSRC_OFFSET + 0x4c, 128 << 10);
	mem_largest();
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v),
			 ERR_CORRUPT);
	ck_assert_uint_lt(mem_largest(), 64 << 10);
}

END_TEST

START_TEST(a_resource_folder_in_itself_ends)
{
	struct image im;
	struct version_info v;

	make_image(&im, true);
	bytes_put_le32(im.b + RSRC_OFFSET + 0x18 + 20, 0x80000018u);
	ck_assert_int_eq(version_info_parse(im.b, sizeof(im.b), &v),
			 ERR_CORRUPT);
}

END_TEST

/* The block is exactly as long as claimed, so that a sanitizer sees reads
 * behind it. */
static void parse_exactly(const uint8_t *data, size_t nbytes)
{
	uint8_t *copy = mem_dup(data, nbytes);
	struct version_info v;

	ck_assert_ptr_nonnull(copy);
	if (!version_info_parse(copy, nbytes, &v))
		version_info_release(&v);
	mem_free(copy);
}

START_TEST(every_truncation_is_survived)
{
	struct image im;
	size_t n;

	make_image(&im, _i == 1);
	for (n = 0; n < im.at; n += n < 0x400 ? 7 : 1)
		parse_exactly(im.b, n);
}

END_TEST

START_TEST(every_damaged_byte_is_survived)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct image im;
	size_t end;
	size_t i;
	size_t v;

	make_image(&im, _i == 1);
	end = im.at;
	for (i = 0; i < end; i++) {
		for (v = 0; v < sizeof(values); v++) {
			uint8_t was = im.b[i];

			im.b[i] = values[v];
			parse_exactly(im.b, end);
			im.b[i] = was;
		}
	}
}

END_TEST

/* What a search for the texts in the files says. */
struct real {
	const char *path;
	const char *version;
	const char *company; /* NULL: none */
	const char *product;
};

static const struct real here[] = {
	{ "npm/conpty.dll", "1.23.2510.8001", "Microsoft Corporation",
	  "Windows Terminal" },
	{ "relic/ClassLibrary1.dll", "1.0.0.0", NULL, "ClassLibrary1" },
	{ "yara/tiny", NULL, NULL, NULL },
	{ "uthenticode/32_pegoat.exe", NULL, NULL, NULL },
	{ "relic/dummy.cab", NULL, NULL, NULL },
};

/* Where the machine has more than may be copied. */
static const struct real more[] = {
	{ "debian/win32-loader.exe", "2022.3.21.2258", "The Debian Project",
	  "win32-loader" },
	{ "debian/t64-arm.exe", "1.1.0.14", "Simple Launcher User",
	  "Simple Launcher" },
	{ "putty/putty.exe", "0.73.0.0", "Simon Tatham", "PuTTY suite" },
	{ "npm/candle.exe", "3.10.2103.0", "Outercurve Foundation",
	  "Windows Installer XML Toolset" },
	{ "systeminformer/ksi.dll", "4.0.1.0", "System Informer",
	  "System Informer" },
	{ "packed/p2x5124.dll", "5.12.3.2011", "IndigoSTAR Software.",
	  "IndigoPerl" },
	{ "corkami/standard.exe", "128.0.0.1", NULL, NULL },
	{ "jsign/sample1.cab", NULL, NULL, NULL },
};

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void check_real(const char *data, const struct real *real)
{
	struct version_info v = { NULL, NULL, NULL, NULL, NULL };
	struct host_file *f = NULL;
	struct str path = STR_INIT;
	int err;

	str_addf(&path, "%s/pe/%s", data, real->path);
	err = host_open(str_text(&path), 0, &f);
	str_release(&path);
	ck_assert_int_eq(err, 0);
	err = version_info_read(f, &v);
	host_close(f);
	ck_assert_msg(err == (real->version ? 0 : ERR_NOT_FOUND), "%s: %s",
		      real->path, err_name(err));
	ck_assert(is_same(v.file_version, real->version));
	ck_assert(is_same(v.company, real->company));
	ck_assert(is_same(v.product, real->product));
	version_info_release(&v);
}

START_TEST(real_files_say_who_made_them)
{
	check_real(unit_data_dir(0), &here[_i]);
}

END_TEST

START_TEST(more_files_say_who_made_them)
{
	check_real(unit_data_dir(1), &more[_i]);
}

END_TEST

START_TEST(digests_are_those_of_the_whole_file)
{
	struct digests d;
	struct host_file *f = NULL;

	ck_assert_int_eq(host_open(UNIT_DATA "/pe/npm/conpty.dll", 0, &f), 0);
	ck_assert_int_eq(host_file_digests(f, NULL, &d), 0);
	host_close(f);
	/* tests/data/INDEX.tsv */
	ck_assert_str_eq(d.sha256, "7c7430632052ff703540b68371ec43821820aa1335d"
				   "8e11dfbcd9ff00e9daaed");
}

END_TEST

static Suite *version_suite(void)
{
	Suite *s = suite_create("version");
	TCase *tc = tcase_create("version");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, both_kinds_of_image_are_read, 0, 2);
	tcase_add_test(tc, without_a_fixed_block_the_text_counts);
	tcase_add_test(tc, no_image_or_no_resource_is_not_found);
	tcase_add_test(tc, a_resource_lies_in_the_file);
	tcase_add_test(tc, a_resource_folder_in_itself_ends);
	tcase_add_loop_test(tc, every_truncation_is_survived, 0, 2);
	tcase_add_loop_test(tc, every_damaged_byte_is_survived, 0, 2);
	tcase_add_loop_test(tc, real_files_say_who_made_them, 0,
			    (int)(sizeof(here) / sizeof(here[0])));
	if (unit_data_count() > 1)
		tcase_add_loop_test(tc, more_files_say_who_made_them, 0,
				    (int)(sizeof(more) / sizeof(more[0])));
	tcase_add_test(tc, digests_are_those_of_the_whole_file);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(version_suite)
