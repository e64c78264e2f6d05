/*
 * What a volume is that could not be entered: every answer that Windows gives,
 * kinds of partitions, pieces of disks, letters, and what a gap weighs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/volume_class.h"
#include "words/words.h"

#include <string.h>

#define LOCKED 0x80310000u

static const struct {
	uint32_t error;
	enum volume_drive drive;
	uint32_t medium;
	enum volume_why why;
} answers[] = {
	{ 0, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_ENTERED },
	{ 0, VOLUME_DRIVE_CD, 21, VOLUME_ENTERED },
	/* BitLocker: locked, and locked in another way */
	{ LOCKED, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_LOCKED },
	{ LOCKED, VOLUME_DRIVE_REMOVABLE, 0, VOLUME_LOCKED },
	{ LOCKED + 0x17, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_LOCKED },
	{ 0x80300000u, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_FAILED },
	{ 1005, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_RAW },
	{ 1005, VOLUME_DRIVE_REMOVABLE, 0, VOLUME_RAW },
	{ 1785, VOLUME_DRIVE_REMOVABLE, 0, VOLUME_RAW },
	{ 1392, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_CORRUPT },
	{ 1393, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_CORRUPT },
	{ 5, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_DENIED },
	{ 34, VOLUME_DRIVE_REMOVABLE, 0, VOLUME_OTHER_MEDIUM },
	{ 1117, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_UNREADABLE },
	{ 23, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_UNREADABLE },
	{ 87, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_FAILED },
	{ 123456, VOLUME_DRIVE_UNKNOWN, VOLUME_NOT_ASKED, VOLUME_FAILED },
	/* no medium: silent in a drive for media, and nowhere else */
	{ 21, VOLUME_DRIVE_REMOVABLE, 21, VOLUME_NO_MEDIUM },
	{ 21, VOLUME_DRIVE_CD, 1112, VOLUME_NO_MEDIUM },
	{ 1112, VOLUME_DRIVE_CD, 50, VOLUME_NO_MEDIUM },
	{ 21, VOLUME_DRIVE_REMOVABLE, VOLUME_NOT_ASKED, VOLUME_NO_MEDIUM },
	{ 87, VOLUME_DRIVE_REMOVABLE, 21, VOLUME_NO_MEDIUM },
	{ 87, VOLUME_DRIVE_REMOVABLE, 0, VOLUME_FAILED },
	{ 21, VOLUME_DRIVE_FIXED, VOLUME_NOT_ASKED, VOLUME_NOT_READY },
	{ 21, VOLUME_DRIVE_FIXED, 21, VOLUME_NOT_READY },
	{ 21, VOLUME_DRIVE_UNKNOWN, VOLUME_NOT_ASKED, VOLUME_NOT_READY },
	{ 21, VOLUME_DRIVE_NO_ROOT, VOLUME_NOT_ASKED, VOLUME_NOT_READY },
	{ 21, VOLUME_DRIVE_RAM, VOLUME_NOT_ASKED, VOLUME_NOT_READY },
	/* the drive says that a medium is in it */
	{ 21, VOLUME_DRIVE_REMOVABLE, 0, VOLUME_NOT_READY },
	{ 21, VOLUME_DRIVE_CD, 0, VOLUME_NOT_READY },
};

START_TEST(answers_of_windows)
{
	const enum volume_why got = volume_why_of(
		answers[_i].error, answers[_i].drive, answers[_i].medium);

	ck_assert_msg(got == answers[_i].why, "row %d: %d", _i, (int)got);
}

END_TEST

START_TEST(media_are_asked_for_where_they_change)
{
	ck_assert(volume_asks_medium(21, VOLUME_DRIVE_CD));
	ck_assert(volume_asks_medium(1005, VOLUME_DRIVE_REMOVABLE));
	ck_assert(!volume_asks_medium(0, VOLUME_DRIVE_CD));
	ck_assert(!volume_asks_medium(21, VOLUME_DRIVE_FIXED));
	/* A full scan walks what stays, and what cannot be told. */
	ck_assert(volume_is_fixed(VOLUME_DRIVE_FIXED));
	ck_assert(volume_is_fixed(VOLUME_DRIVE_RAM));
	ck_assert(volume_is_fixed(VOLUME_DRIVE_UNKNOWN));
	ck_assert(!volume_is_fixed(VOLUME_DRIVE_REMOVABLE));
	ck_assert(!volume_is_fixed(VOLUME_DRIVE_CD));
	ck_assert(!volume_is_fixed(VOLUME_DRIVE_REMOTE));
}

END_TEST

/* ---- kinds of partitions ----------------------------------------- */

/* As a GUID is written, into its sixteen bytes. */
static void guid_bytes(const char *text, uint8_t ret[16])
{
	static const int order[] = { 3, 2, 1,  0,  5,  4,  7,  6,
				     8, 9, 10, 11, 12, 13, 14, 15 };
	size_t at = 0;

	for (int i = 0; i < 16; i++) {
		unsigned value = 0;

		at += text[at] == '-';
		ck_assert_int_eq(sscanf(text + at, "%2x", &value), 1);
		at += 2;
		ret[order[i]] = (uint8_t)value;
	}
}

static const struct {
	const char *guid;
	enum volume_part part;
} guids[] = {
	{ "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", VOLUME_PART_DATA },
	{ "00000000-0000-0000-0000-000000000000", VOLUME_PART_NONE },
	{ "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", VOLUME_PART_EFI },
	{ "E3C9E316-0B5C-4DB8-817D-F92DF00215AE", VOLUME_PART_RESERVED },
	{ "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", VOLUME_PART_RECOVERY },
	{ "BFBFAFE7-A34F-448A-9A5B-6213EB736C22", VOLUME_PART_RECOVERY },
	{ "F4019732-066E-4E12-8273-346C5641494F", VOLUME_PART_RECOVERY },
	{ "D3BFE2DE-3DAF-11DF-BA40-E3A556D89593", VOLUME_PART_SLEEP },
	{ "5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", VOLUME_PART_LDM },
	{ "AF9B60A0-1431-4F62-BC68-3311714A69AD", VOLUME_PART_DATA },
	{ "E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", VOLUME_PART_POOL },
	{ "0FC63DAF-8483-4772-8E79-3D69D8477DE4", VOLUME_PART_LINUX },
	{ "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", VOLUME_PART_LINUX },
	{ "E6D6D379-F507-44C2-A23C-238F2A3DF928", VOLUME_PART_LINUX },
	{ "CA7D7CCB-63ED-4C53-861C-1742536059CC", VOLUME_PART_LINUX },
	{ "A19D880F-05FC-4D3B-A006-743F0F84911E", VOLUME_PART_LINUX },
	{ "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", VOLUME_PART_LINUX },
	/* one bit away, and the fields the other way round */
	{ "0FC63DAF-8483-4772-8E79-3D69D8477DE5", VOLUME_PART_DATA },
	{ "AF3DC60F-8384-7247-8E79-3D69D8477DE4", VOLUME_PART_DATA },
};

START_TEST(kinds_of_gpt)
{
	uint8_t guid[16];

	guid_bytes(guids[_i].guid, guid);
	ck_assert_int_eq(volume_part_of_gpt(guid), guids[_i].part);
}

END_TEST

START_TEST(kinds_of_mbr)
{
	static const struct {
		uint8_t type;
		enum volume_part part;
	} rows[] = {
		{ 0x00, VOLUME_PART_NONE },	{ 0x05, VOLUME_PART_NONE },
		{ 0x0F, VOLUME_PART_NONE },	{ 0x85, VOLUME_PART_NONE },
		{ 0x07, VOLUME_PART_DATA },	{ 0x0C, VOLUME_PART_DATA },
		{ 0x17, VOLUME_PART_DATA },	{ 0x42, VOLUME_PART_DATA },
		{ 0xEE, VOLUME_PART_DATA },	{ 0xEF, VOLUME_PART_EFI },
		{ 0x27, VOLUME_PART_RECOVERY }, { 0x82, VOLUME_PART_LINUX },
		{ 0x83, VOLUME_PART_LINUX },	{ 0x8E, VOLUME_PART_LINUX },
		{ 0xFD, VOLUME_PART_LINUX },	{ 0xFF, VOLUME_PART_DATA },
		{ 0x84, VOLUME_PART_SLEEP },	{ 0xA0, VOLUME_PART_SLEEP },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(volume_part_of_mbr(rows[i].type) == rows[i].part,
			      "type %02x", rows[i].type);
}

END_TEST

/* ---- what a gap weighs ------------------------------------------- */

static const struct {
	enum volume_why why;
	enum volume_part part;
	bool is_full, is_needed;
	bool matters;
	enum volume_why told;
} weights[] = {
	{ VOLUME_LOCKED, VOLUME_PART_DATA, true, false, true, VOLUME_LOCKED },
	{ VOLUME_LOCKED, VOLUME_PART_DATA, false, false, false, VOLUME_LOCKED },
	{ VOLUME_LOCKED, VOLUME_PART_DATA, false, true, true, VOLUME_LOCKED },
	{ VOLUME_DENIED, VOLUME_PART_EFI, true, false, false, VOLUME_IS_EFI },
	{ VOLUME_UNKNOWN, VOLUME_PART_RESERVED, true, false, false,
	  VOLUME_IS_RESERVED },
	{ VOLUME_RAW, VOLUME_PART_RECOVERY, true, false, false,
	  VOLUME_IS_RECOVERY },
	{ VOLUME_RAW, VOLUME_PART_LINUX, true, false, false, VOLUME_IS_LINUX },
	{ VOLUME_RAW, VOLUME_PART_SLEEP, true, false, false, VOLUME_IS_SLEEP },
	{ VOLUME_UNKNOWN, VOLUME_PART_LDM, true, false, false, VOLUME_IS_LDM },
	{ VOLUME_UNKNOWN, VOLUME_PART_POOL, true, false, false,
	  VOLUME_IS_POOL },
	/* what is registered there is not there by its type */
	{ VOLUME_RAW, VOLUME_PART_LINUX, true, true, true, VOLUME_RAW },
	{ VOLUME_DENIED, VOLUME_PART_EFI, false, true, true, VOLUME_DENIED },
	{ VOLUME_OFFLINE, VOLUME_PART_DATA, true, false, true, VOLUME_OFFLINE },
	{ VOLUME_BLANK, VOLUME_PART_DATA, false, false, false, VOLUME_BLANK },
	/* what is not in the list has nothing registered that we would know */
	{ VOLUME_LIST, VOLUME_PART_DATA, true, false, true, VOLUME_LIST },
	{ VOLUME_LIST, VOLUME_PART_DATA, false, false, true, VOLUME_LIST },
};

START_TEST(weight_of_a_gap)
{
	ck_assert_int_eq(volume_gap_matters(weights[_i].why, weights[_i].part,
					    weights[_i].is_full,
					    weights[_i].is_needed),
			 weights[_i].matters);
	ck_assert_int_eq(volume_gap_why(weights[_i].why, weights[_i].part,
					weights[_i].is_needed),
			 weights[_i].told);
}

END_TEST

START_TEST(each_has_words)
{
	for (int i = VOLUME_LOCKED; i < VOLUME_WHY_COUNT; i++) {
		const char *en = volume_why_words((enum volume_why)i);
		const char *ja = words_in(en, "ja");

		ck_assert_msg(strlen(en) > 20 && strlen(ja) > 20, "%d", i);
		ck_assert_str_ne(en, ja);
	}
	/* Which way out it is. */
	ck_assert_ptr_nonnull(
		strstr(volume_why_words(VOLUME_LOCKED), "recovery key"));
	ck_assert_ptr_nonnull(
		strstr(volume_why_words(VOLUME_CORRUPT), "chkdsk"));
}

END_TEST

/* ---- pieces of disks --------------------------------------------- */

#define PART_NBYTES	     144
#define LAYOUT_NBYTES(count) (48 + (count)*PART_NBYTES)

static void put_part(uint8_t *at, uint32_t style, uint64_t start,
		     uint64_t nbytes, uint32_t number)
{
	bytes_put_le32(at, style);
	bytes_put_le64(at + 8, start);
	bytes_put_le64(at + 16, nbytes);
	bytes_put_le32(at + 24, number);
}

START_TEST(layout_of_a_disk)
{
	uint8_t buf[LAYOUT_NBYTES(4)] = { 0 };
	struct bytes b = { buf, sizeof(buf) };
	struct volume_extent e = { .disk = 7 };

	bytes_put_le32(buf, 1);
	bytes_put_le32(buf + 4, 4);
	put_part(buf + 48, 1, 1 << 20, 100 << 20, 1);
	guid_bytes("C12A7328-F81F-11D2-BA4B-00A0C93EC93B", buf + 48 + 32);
	put_part(buf + 48 + 144, 0, (uint64_t)5 << 32, (uint64_t)1 << 40, 2);
	buf[48 + 144 + 32] = 0x83;
	put_part(buf + 48 + 288, 1, 9, 0, 3);
	guid_bytes("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", buf + 48 + 288 + 32);
	put_part(buf + 48 + 432, 9, 1, 2, 4);
	ck_assert(volume_layout_read(&b, 0, &e));
	ck_assert_uint_eq(e.disk, 7);
	ck_assert_uint_eq(e.start, 1 << 20);
	ck_assert_uint_eq(e.nbytes, 100 << 20);
	ck_assert_uint_eq(e.number, 1);
	ck_assert_int_eq(e.part, VOLUME_PART_EFI);
	ck_assert(volume_layout_read(&b, 1, &e));
	ck_assert_uint_eq(e.start, (uint64_t)5 << 32);
	ck_assert_uint_eq(e.nbytes, (uint64_t)1 << 40);
	ck_assert_int_eq(e.part, VOLUME_PART_LINUX);
	/* empty, and of a kind of table that is not known */
	ck_assert(volume_layout_read(&b, 2, &e));
	ck_assert_int_eq(e.part, VOLUME_PART_NONE);
	ck_assert(volume_layout_read(&b, 3, &e));
	ck_assert_int_eq(e.part, VOLUME_PART_DATA);
	ck_assert(!volume_layout_read(&b, 4, &e));
}

END_TEST

/* Each length of an answer that claims four million of everything. */
START_TEST(answers_that_are_cut_off)
{
	uint8_t buf[LAYOUT_NBYTES(2)];
	struct volume_extent e;

	memset(buf, 0xFF, sizeof(buf));
	for (size_t n = 0; n <= sizeof(buf); n++) {
		const struct bytes b = { buf, n };

		ck_assert_int_eq(volume_layout_read(&b, 0, &e), n >= 48 + 48);
		ck_assert_int_eq(volume_layout_read(&b, 1, &e),
				 n >= 48 + 144 + 48);
		ck_assert(!volume_layout_read(&b, 2, &e));
		ck_assert(!volume_layout_read(&b, UINT32_MAX - 1, &e));
		ck_assert_int_eq(volume_partition_read(&b, 0, &e), n >= 48);
		ck_assert_int_eq(volume_extent_read(&b, 0, &e), n >= 8 + 24);
		ck_assert_int_eq(volume_extent_read(&b, 1, &e), n >= 8 + 48);
		ck_assert(!volume_extent_read(&b, UINT32_MAX - 1, &e));
	}
}

END_TEST

START_TEST(extents_of_a_volume)
{
	uint8_t buf[8 + 2 * 24] = { 0 };
	const struct bytes b = { buf, sizeof(buf) };
	struct volume_extent e = { 0 };

	bytes_put_le32(buf, 1);
	bytes_put_le32(buf + 8, 3);
	bytes_put_le64(buf + 16, (uint64_t)1 << 35);
	bytes_put_le64(buf + 24, 4096);
	ck_assert(volume_extent_read(&b, 0, &e));
	ck_assert_uint_eq(e.disk, 3);
	ck_assert_uint_eq(e.start, (uint64_t)1 << 35);
	ck_assert_uint_eq(e.nbytes, 4096);
	ck_assert(!volume_extent_read(&b, 1, &e));
}

END_TEST

START_TEST(extents_that_meet)
{
	static const struct {
		struct volume_extent a, b;
		bool meet;
	} rows[] = {
		{ { .start = 0, .nbytes = 10 },
		  { .start = 9, .nbytes = 1 },
		  true },
		{ { .start = 0, .nbytes = 10 },
		  { .start = 10, .nbytes = 1 },
		  false },
		{ { .start = 5, .nbytes = 1 },
		  { .start = 0, .nbytes = 10 },
		  true },
		{ { .start = 5, .nbytes = 0 },
		  { .start = 5, .nbytes = 10 },
		  false },
		{ { .disk = 1, .nbytes = 10 }, { .nbytes = 10 }, false },
		{ { .start = 0, .nbytes = UINT64_MAX },
		  { .start = UINT64_MAX - 1, .nbytes = 9 },
		  true },
		{ { .start = UINT64_MAX, .nbytes = UINT64_MAX },
		  { .start = 0, .nbytes = 1 },
		  false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(volume_extents_meet(&rows[i].a, &rows[i].b) ==
				      rows[i].meet,
			      "row %d", (int)i);
		if (rows[i].a.nbytes)
			ck_assert_msg(
				volume_extents_meet(&rows[i].b, &rows[i].a) ==
					rows[i].meet,
				"row %d the other way", (int)i);
	}
}

END_TEST

/* ---- letters ----------------------------------------------------- */

START_TEST(letters_of_listed_drives)
{
	const uint32_t c_and_s = 1u << 2 | 1u << 18;

	static const struct {
		const char *device;
		bool is_alias;
	} rows[] = {
		{ "\\??\\C:\\folder", true },
		{ "\\??\\c:", true },
		{ "\\??\\S:\\", true },
		{ "\\??\\UNC\\server\\share", true },
		{ "\\??\\Volume{00000000-0000-0000-0000-000000000043}\\x",
		  true },
		/* a drive that is not there; devices of any kind */
		{ "\\??\\D:\\folder", false },
		{ "\\??\\C", false },
		{ "\\??\\C:folder", false },
		{ "\\??\\", false },
		{ "\\??\\[:\\", false },
		{ "\\??\\GLOBALROOT\\Device\\HarddiskVolume9", false },
		{ "\\Device\\VeraCryptVolumeX", false },
		{ "\\Device\\HarddiskVolume2", false },
		{ "C:\\folder", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(volume_letter_is_alias(rows[i].device, c_and_s) ==
				      rows[i].is_alias,
			      "%s", rows[i].device);
}

END_TEST

static Suite *volume_class_suite(void)
{
	Suite *s = suite_create("volume_class");
	TCase *tc = tcase_create("volume_class");

	tcase_add_loop_test(tc, answers_of_windows, 0,
			    sizeof(answers) / sizeof(answers[0]));
	tcase_add_test(tc, media_are_asked_for_where_they_change);
	tcase_add_loop_test(tc, kinds_of_gpt, 0,
			    sizeof(guids) / sizeof(guids[0]));
	tcase_add_test(tc, kinds_of_mbr);
	tcase_add_loop_test(tc, weight_of_a_gap, 0,
			    sizeof(weights) / sizeof(weights[0]));
	tcase_add_test(tc, each_has_words);
	tcase_add_test(tc, layout_of_a_disk);
	tcase_add_test(tc, answers_that_are_cut_off);
	tcase_add_test(tc, extents_of_a_volume);
	tcase_add_test(tc, extents_that_meet);
	tcase_add_test(tc, letters_of_listed_drives);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(volume_class_suite)
