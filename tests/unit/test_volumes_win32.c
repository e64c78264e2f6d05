/*
 * The list of volumes where Wine never has them: locked, without a file system,
 * damaged, without a medium, without a name, hidden, offline; with a fake in
 * place of Windows' answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"

#include "base/err.h"
#include "base/gap.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "host/volume_ask_win32.h"
#include "session/packs.h"
#include "session/scan.h"
#include "target/target.h"

#include <string.h>
#include <wchar.h>

#define LOCKED	   0x80310000u
#define MANY	   40000u /* bytes of all DOS names: more than is asked first */
#define EVERY_GUID "\\\\?\\Volume{0000000%d-0000-0000-0000-000000000000}\\"

/* ---- a PC -------------------------------------------------------- */

struct fake_volume {
	const wchar_t *names; /* "E:\\\0C:\\Mount\\\0" */
	const char *device;
	UINT type;
	UINT name_type; /* of its letter or folder, where it differs */
	DWORD error;	/* of entering it by letter or folder */
	DWORD guid_error;
	DWORD medium;
	uint8_t mbr_type; /* 0: the partition is not told */
	int disk;	  /* -1: its extents are not told */
	uint64_t start, nbytes;
	bool has_number; /* the disk's, where there are no extents */
};

struct fake_letter {
	char letter;
	const char *device; /* NULL: not told */
	UINT type;
	DWORD error;
};

struct fake_part {
	uint8_t mbr_type;
	uint64_t start, nbytes;
};

struct fake_disk {
	int number;
	DWORD error; /* of its layout */
	bool is_offline, is_removable, is_space;
	struct fake_part parts[4];
	size_t part_count;
};

static struct {
	const struct fake_volume *volumes;
	size_t volume_count;
	const struct fake_letter *letters;
	size_t letter_count;
	const struct fake_disk *disks;
	size_t disk_count;
	DWORD first_error, next_error, names_error, all_error;
	bool no_letters;
} pc;

static size_t finds; /* open ones */

/* Without memory of the program's, which fails in between. */
static bool is_wide(const wchar_t *wide, const char *text)
{
	while (*text && *wide == (wchar_t)*text) {
		wide++;
		text++;
	}
	return !*text && !*wide;
}

static void wide_copy(const char *text, wchar_t *ret, DWORD room)
{
	ck_assert_uint_lt(strlen(text), room);
	do
		*ret++ = (wchar_t)*text;
	while (*text++);
}

static void guid_of(size_t i, char ret[64])
{
	snprintf(ret, 64, EVERY_GUID, (int)i + 1);
}

/* Whose name that is, with or without its backslash; NULL. */
static const struct fake_volume *by_guid(const wchar_t *name)
{
	char guid[64], without[64];

	for (size_t i = 0; i < pc.volume_count; i++) {
		guid_of(i, guid);
		snprintf(without, sizeof(without), "%s", guid);
		without[strlen(guid) - 1] = '\0';
		if (is_wide(name, guid) || is_wide(name, without) ||
		    is_wide(name, without + 4))
			return &pc.volumes[i];
	}
	return NULL;
}

static const struct fake_volume *by_name(const wchar_t *root)
{
	for (size_t i = 0; i < pc.volume_count; i++)
		for (const wchar_t *at = pc.volumes[i].names; *at;
		     at += wcslen(at) + 1)
			if (wcscmp(at, root) == 0)
				return &pc.volumes[i];
	return NULL;
}

static const struct fake_letter *by_letter(const wchar_t *name)
{
	if (wcsncmp(name, L"\\\\.\\", 4) == 0)
		name += 4;
	for (size_t i = 0; i < pc.letter_count; i++)
		if (name[0] == (wchar_t)pc.letters[i].letter && name[1] == L':')
			return &pc.letters[i];
	return NULL;
}

/* ---- its answers ------------------------------------------------- */

static size_t at_volume;

static DWORD fake_first(wchar_t *guid, DWORD room, HANDLE *ret)
{
	char text[64];

	if (pc.first_error)
		return pc.first_error;
	guid_of(0, text);
	wide_copy(text, guid, room);
	at_volume = 1;
	finds++;
	*ret = &at_volume;
	return 0;
}

static DWORD fake_next(HANDLE find, wchar_t *guid, DWORD room)
{
	char text[64];

	ck_assert_ptr_eq(find, &at_volume);
	if (at_volume == pc.volume_count)
		return pc.next_error ? pc.next_error : ERROR_NO_MORE_FILES;
	guid_of(at_volume++, text);
	wide_copy(text, guid, room);
	return 0;
}

static void fake_close(HANDLE find)
{
	ck_assert_ptr_eq(find, &at_volume);
	finds--;
}

static DWORD fake_names(const wchar_t *guid, wchar_t *buf, DWORD room,
			DWORD *need_ret)
{
	const struct fake_volume *v = by_guid(guid);
	DWORD n = 0;

	ck_assert_ptr_nonnull(v);
	if (pc.names_error)
		return pc.names_error;
	for (const wchar_t *at = v->names; *at; at += wcslen(at) + 1)
		n += (DWORD)wcslen(at) + 1;
	*need_ret = n + 1;
	if (room < n + 1)
		return ERROR_MORE_DATA;
	memcpy(buf, v->names, (n + 1) * sizeof(*buf));
	return 0;
}

static DWORD fake_enter(const wchar_t *root, DWORD *flags_ret, wchar_t *fs_name,
			DWORD room)
{
	const struct fake_volume *v = by_guid(root);
	const struct fake_letter *l;
	DWORD error;

	ck_assert_int_eq(root[wcslen(root) - 1], L'\\');
	if (v) {
		error = v->guid_error;
	} else if ((v = by_name(root)) != NULL) {
		error = v->error;
	} else {
		l = by_letter(root);
		ck_assert_ptr_nonnull(l);
		error = l->error;
	}
	if (error)
		return error;
	wide_copy("NTFS", fs_name, room);
	*flags_ret = 0;
	return 0;
}

static UINT fake_type(const wchar_t *root)
{
	const struct fake_volume *v = by_guid(root);
	const struct fake_letter *l = by_letter(root);

	if (v)
		return v->type;
	v = by_name(root);
	if (v)
		return v->name_type ? v->name_type : v->type;
	ck_assert_ptr_nonnull(l);
	return l->type;
}

static DWORD fake_letters(void)
{
	DWORD ret = 0;

	for (size_t i = 0; i < pc.letter_count; i++)
		ret |= 1u << (pc.letters[i].letter - 'A');
	for (size_t i = 0; i < pc.volume_count; i++)
		for (const wchar_t *at = pc.volumes[i].names; *at;
		     at += wcslen(at) + 1)
			if (at[1] == L':' && at[3] == L'\0')
				ret |= 1u << (at[0] - L'A');
	return pc.no_letters ? 0 : ret;
}

/* Many names of other things come first. */
static DWORD all_names(wchar_t *buf, DWORD room)
{
	wchar_t name[32];
	DWORD at = 0;

	if (pc.all_error)
		return pc.all_error;
	if (room < MANY)
		return ERROR_INSUFFICIENT_BUFFER;
	while (at < MANY / 2) {
		swprintf(name, 32, L"PhysicalDrive%ux", (unsigned)at);
		wcscpy(buf + at, name);
		at += (DWORD)wcslen(name) + 1;
	}
	for (size_t i = 0; i < pc.disk_count; i++) {
		swprintf(name, 32, L"PhysicalDrive%d", pc.disks[i].number);
		wcscpy(buf + at, name);
		at += (DWORD)wcslen(name) + 1;
	}
	buf[at] = L'\0';
	return 0;
}

static DWORD fake_device(const wchar_t *name, wchar_t *buf, DWORD room)
{
	const struct fake_volume *v;
	const struct fake_letter *l;
	const char *device = NULL;
	wchar_t root[4] = L"A:\\";

	if (!name)
		return all_names(buf, room);
	v = by_guid(name);
	root[0] = name[0];
	if (!v)
		v = by_name(root);
	l = by_letter(name);
	if (l)
		device = l->device;
	else if (v)
		device = v->device;
	if (!device)
		return ERROR_FILE_NOT_FOUND;
	wide_copy(device, buf, room);
	return 0;
}

static DWORD give(const uint8_t *answer, size_t nbytes, void *out, DWORD room,
		  DWORD *got_ret)
{
	if (room < nbytes)
		return ERROR_INSUFFICIENT_BUFFER;
	memcpy(out, answer, nbytes);
	*got_ret = (DWORD)nbytes;
	return 0;
}

static DWORD volume_answer(const struct fake_volume *v, DWORD code, void *out,
			   DWORD room, DWORD *got_ret)
{
	uint8_t answer[144] = { 0 };

	if (code == VOLUME_ASK_MEDIUM)
		return v->medium;
	if (code == VOLUME_ASK_PARTITION && v->mbr_type) {
		bytes_put_le64(answer + 16, 4096);
		answer[32] = v->mbr_type;
		return give(answer, 144, out, room, got_ret);
	}
	if (code == VOLUME_ASK_EXTENTS && v->disk >= 0 && !v->has_number) {
		bytes_put_le32(answer, 1);
		bytes_put_le32(answer + 8, (uint32_t)v->disk);
		bytes_put_le64(answer + 16, v->start);
		bytes_put_le64(answer + 24, v->nbytes);
		return give(answer, 32, out, room, got_ret);
	}
	if (code == VOLUME_ASK_NUMBER && v->has_number) {
		bytes_put_le32(answer, 7); /* FILE_DEVICE_DISK */
		bytes_put_le32(answer + 4, (uint32_t)v->disk);
		return give(answer, 12, out, room, got_ret);
	}
	return ERROR_INVALID_FUNCTION;
}

static DWORD disk_answer(const struct fake_disk *d, DWORD code, void *out,
			 DWORD room, DWORD *got_ret)
{
	uint8_t answer[48 + 4 * 144] = { 0 };

	if (code == VOLUME_ASK_PROPERTY) {
		answer[10] = d->is_removable;
		answer[28] = d->is_space ? 16 : 11;
		return give(answer, 36, out, room, got_ret);
	}
	if (code == VOLUME_ASK_ATTRIBUTES && d->is_offline) {
		answer[8] = 3;
		return give(answer, 16, out, room, got_ret);
	}
	if (code != VOLUME_ASK_LAYOUT)
		return ERROR_INVALID_FUNCTION;
	if (d->error)
		return d->error;
	bytes_put_le32(answer + 4, (uint32_t)d->part_count);
	for (size_t i = 0; i < d->part_count; i++) {
		uint8_t *at = answer + 48 + i * 144;

		bytes_put_le64(at + 8, d->parts[i].start);
		bytes_put_le64(at + 16, d->parts[i].nbytes);
		bytes_put_le32(at + 24, (uint32_t)i + 1);
		at[32] = d->parts[i].mbr_type;
	}
	return give(answer, 48 + d->part_count * 144, out, room, got_ret);
}

static DWORD fake_control(const wchar_t *device, DWORD code, void *out,
			  DWORD room, DWORD *got_ret)
{
	const struct fake_volume *v = by_guid(device);
	char name[32];

	/* With a backslash it would be the root folder. */
	ck_assert_int_ne(device[wcslen(device) - 1], L'\\');
	for (size_t i = 0; i < pc.disk_count; i++) {
		snprintf(name, sizeof(name), "\\\\.\\PhysicalDrive%d",
			 pc.disks[i].number);
		if (is_wide(device, name))
			return disk_answer(&pc.disks[i], code, out, room,
					   got_ret);
	}
	if (!v && !by_letter(device)) {
		wchar_t root[] = L"A:\\";

		root[0] = device[4];
		v = by_name(root);
		ck_assert_ptr_nonnull(v);
	}
	return v ? volume_answer(v, code, out, room, got_ret)
		 : ERROR_INVALID_FUNCTION;
}

static const struct volume_ask fake = {
	fake_first, fake_next,	  fake_close,  fake_names,   fake_enter,
	fake_type,  fake_letters, fake_device, fake_control,
};

/* ---- what is told of it ------------------------------------------ */

static void setup(void)
{
	memset(&pc, 0, sizeof(pc));
	volume_ask = &fake;
}

static void teardown(void)
{
	volume_ask = &volume_ask_system;
	ck_assert_uint_eq(finds, 0);
}

static void add_line(struct str *out, const struct host_volume *v)
{
	if (v->why) {
		str_addf(out, "%s: why %d, part %d, code %ld", v->path,
			 (int)v->why, (int)v->part, v->os_error);
		for (size_t i = 0; i < v->name_count; i++)
			str_addf(out, ", %s", v->names[i]);
	} else {
		str_addf(out, "%s%s%s%s", v->path, v->is_fixed ? " fixed" : "",
			 v->is_remote ? " remote" : "",
			 v->mounted_in_folder ? " folder" : "");
	}
	str_add(out, "\n");
}

/* Each on a line; caller frees. */
static char *listed(void)
{
	struct host_volume *v = NULL;
	struct str out = STR_INIT;
	size_t count = 0;

	ck_assert_msg(host_volumes(&v, &count) == 0, "%s", err_last()->text);
	str_addn(&out, "", 0);
	for (size_t i = 0; i < count; i++)
		add_line(&out, &v[i]);
	host_volumes_free(v, count);
	return str_detach(&out);
}

static void list_is(const char *want)
{
	char *got = listed();

	ck_assert_str_eq(got, want);
	mem_free(got);
}

#define VOLUMES(rows)                                                          \
	(pc.volumes = (rows), pc.volume_count = sizeof(rows) / sizeof(rows[0]))
#define LETTERS(rows)                                                          \
	(pc.letters = (rows), pc.letter_count = sizeof(rows) / sizeof(rows[0]))
#define DISKS(rows)                                                            \
	(pc.disks = (rows), pc.disk_count = sizeof(rows) / sizeof(rows[0]))

#define SYSTEM_VOLUME                                                          \
	{                                                                      \
		.names = L"C:\\\0", .device = "\\Device\\HarddiskVolume1",     \
		.type = DRIVE_FIXED, .start = 1 << 20, .nbytes = 1 << 30       \
	}
/* A second one that is not entered, and C: as a drive for media. */
#define CLOSED_VOLUME(code, type_of_partition)                                 \
	{                                                                      \
		.names = L"E:\\\0", .device = "\\Device\\HarddiskVolume2",     \
		.type = DRIVE_FIXED, .error = (code), .guid_error = (code),    \
		.mbr_type = (type_of_partition), .disk = -1                    \
	}
#define MEDIA_VOLUME                                                           \
	{                                                                      \
		.names = L"C:\\\0", .type = DRIVE_REMOVABLE, .disk = -1        \
	}
#define GUID_OF(n) "\\\\?\\Volume{0000000" n "-0000-0000-0000-000000000000}"

START_TEST(each_failure_is_told)
{
	static const struct {
		DWORD error;
		UINT type;
		DWORD medium;
		enum volume_why why; /* VOLUME_NO_MEDIUM: not in the list */
		long code;
	} rows[] = {
		{ LOCKED, DRIVE_FIXED, 0, VOLUME_LOCKED, 0 },
		{ LOCKED, DRIVE_REMOVABLE, 0, VOLUME_LOCKED, 0 },
		{ 1005, DRIVE_FIXED, 0, VOLUME_RAW, 1005 },
		{ 1392, DRIVE_FIXED, 0, VOLUME_CORRUPT, 1392 },
		{ 1393, DRIVE_FIXED, 0, VOLUME_CORRUPT, 1393 },
		{ 5, DRIVE_FIXED, 0, VOLUME_DENIED, 5 },
		{ 1117, DRIVE_FIXED, 0, VOLUME_UNREADABLE, 1117 },
		{ 23, DRIVE_FIXED, 0, VOLUME_UNREADABLE, 23 },
		{ 21, DRIVE_FIXED, 0, VOLUME_NOT_READY, 21 },
		{ 21, DRIVE_REMOVABLE, 21, VOLUME_NO_MEDIUM, 0 },
		{ 21, DRIVE_CDROM, 1112, VOLUME_NO_MEDIUM, 0 },
		{ 87, DRIVE_REMOVABLE, 21, VOLUME_NO_MEDIUM, 0 },
		{ 21, DRIVE_CDROM, 0, VOLUME_NOT_READY, 21 },
		{ 34, DRIVE_REMOVABLE, 0, VOLUME_OTHER_MEDIUM, 34 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_volume volumes[] = {
			SYSTEM_VOLUME,
			{ .names = L"E:\\\0C:\\Mount\\\0",
			  .device = "\\Device\\HarddiskVolume2",
			  .type = rows[i].type,
			  .error = rows[i].error,
			  .guid_error = rows[i].error,
			  .medium = rows[i].medium,
			  .mbr_type = 0x27,
			  .disk = -1 },
		};
		struct str want = STR_INIT;

		VOLUMES(volumes);
		str_add(&want, "C:\\ fixed\n");
		if (rows[i].why != VOLUME_NO_MEDIUM)
			str_addf(&want,
				 "E:: why %d, part %d, code %ld, E:, "
				 "C:\\Mount, " GUID_OF(
					 "2") ", \\Device\\HarddiskVolume2\n",
				 (int)rows[i].why, (int)VOLUME_PART_RECOVERY,
				 rows[i].code);
		list_is(str_text(&want));
		str_release(&want);
	}
}

END_TEST

/* By its own name, where the letter or the folder leads nowhere. */
START_TEST(another_way_in)
{
	static const struct fake_volume volumes[] = {
		SYSTEM_VOLUME,
		{ .names = L"C:\\Mount\\\0",
		  .device = "\\Device\\HarddiskVolume2",
		  .type = DRIVE_FIXED,
		  .error = 5 },
		{ .names = L"C:\\Other\\\0",
		  .device = "\\Device\\HarddiskVolume3",
		  .type = DRIVE_FIXED },
		{ .names = L"",
		  .device = "\\Device\\HarddiskVolume4",
		  .type = DRIVE_FIXED,
		  .guid_error = 1005 },
		/* what Windows cannot name is walked */
		{ .names = L"D:\\\0",
		  .type = DRIVE_UNKNOWN,
		  .name_type = DRIVE_NO_ROOT_DIR },
	};

	VOLUMES(volumes);
	list_is("C:\\ fixed\n" GUID_OF(
		"2") "\\ fixed\n"
		     "C:\\Other\\ fixed folder\n" GUID_OF(
			     "4") ": why 3, part 0, "
				  "code 1005, " GUID_OF(
					  "4") ", \\Device\\HarddiskVolume4\n"
					       "D:\\ fixed\n");
}

END_TEST

/* A program has laid something else over the letter of a volume. */
START_TEST(a_letter_that_leads_elsewhere)
{
	static const struct fake_volume volumes[] = {
		SYSTEM_VOLUME,
		{ .names = L"D:\\\0",
		  .device = "\\Device\\HarddiskVolume2",
		  .type = DRIVE_FIXED },
		{ .names = L"E:\\\0",
		  .device = "\\Device\\HarddiskVolume3",
		  .type = DRIVE_FIXED },
	};
	static const struct fake_letter letters[] = {
		{ 'D', "\\??\\C:\\empty", DRIVE_FIXED, 0 },
		{ 'E', "\\Device\\Other", DRIVE_FIXED, 0 },
	};

	VOLUMES(volumes);
	LETTERS(letters);
	list_is("C:\\ fixed\n" GUID_OF("2") "\\ fixed\n" GUID_OF(
		"3") "\\ fixed\nE:\\ fixed\n");
}

END_TEST

/* The list itself: what was told stays, and it is told that it is not all. */
START_TEST(a_list_that_ends_early)
{
	static const struct fake_volume volumes[] = { SYSTEM_VOLUME };
	static const struct fake_letter letters[] = {
		{ 'C', "\\Device\\HarddiskVolume1", DRIVE_FIXED, 0 },
	};

	VOLUMES(volumes);
	LETTERS(letters);
	list_is("C:\\ fixed\n");
	pc.next_error = ERROR_ACCESS_DENIED;
	list_is("C:\\ fixed\n: why 13, part 0, code 5\n");
	pc.next_error = 0;
	pc.first_error = ERROR_INVALID_FUNCTION;
	list_is("C:\\ fixed\n: why 13, part 0, code 1\n");
	pc.first_error = 0;
	pc.all_error = ERROR_ACCESS_DENIED;
	list_is("C:\\ fixed\n: why 13, part 0, code 5\n");
	pc.all_error = 0;
	pc.no_letters = true;
	list_is("C:\\ fixed\n: why 13, part 0, code 0\n");
	pc.no_letters = false;
	/* Names that are not told are no failure of the list. */
	pc.names_error = ERROR_FILE_NOT_FOUND;
	list_is(GUID_OF("1") "\\ fixed\n");
}

END_TEST

START_TEST(letters_without_a_volume_name)
{
	static const struct fake_volume volumes[] = { SYSTEM_VOLUME };
	static const struct fake_letter letters[] = {
		/* SUBST, a second letter, a share, a container, a RAM disk */
		{ 'F', "\\??\\C:\\folder", DRIVE_FIXED, 0 },
		{ 'G', "\\device\\harddiskvolume1", DRIVE_FIXED, 0 },
		{ 'H', "\\Device\\LanmanRedirector\\;H:0\\s\\d", DRIVE_REMOTE,
		  0 },
		{ 'I', "\\Device\\LanmanRedirector\\;I:0\\s\\d", DRIVE_REMOTE,
		  1222 },
		{ 'J', "\\Device\\VeraCryptVolumeJ", DRIVE_FIXED, 0 },
		{ 'K', "\\Device\\RamDisk", DRIVE_RAMDISK, 0 },
		{ 'L', "\\Device\\VeraCryptVolumeL", DRIVE_FIXED, 1005 },
		{ 'M', "\\Device\\Floppy0", DRIVE_REMOVABLE, 21 },
		{ 'N', "\\??\\GLOBALROOT\\Device\\Hidden", DRIVE_FIXED, 0 },
		{ 'O', NULL, DRIVE_FIXED, 1393 },
		{ 'P', "\\??\\Z:\\folder", DRIVE_FIXED, 2 },
	};

	VOLUMES(volumes);
	LETTERS(letters);
	list_is("C:\\ fixed\nH:\\ remote\nJ:\\ fixed\nK:\\ fixed\n"
		"L:: why 3, part 0, code 1005, L:, \\Device\\VeraCryptVolumeL\n"
		"N:\\ fixed\n"
		"O:: why 4, part 0, code 1393, O:\n"
		"P:: why 9, part 0, code 2, P:, \\??\\Z:\\folder\n");
}

END_TEST

START_TEST(partitions_without_a_volume)
{
	static const struct fake_volume volumes[] = { SYSTEM_VOLUME };
	static const struct fake_disk disks[] = {
		{ .number = 0,
		  .parts = { { 0x07, 1 << 20, 1 << 30 },
			     { 0x27, (uint64_t)2 << 30, 1 << 20 },
			     { 0x17, (uint64_t)3 << 30, 1 << 20 },
			     { 0x0F, (uint64_t)4 << 30, 1 << 20 } },
		  .part_count = 4 },
		{ .number = 3,
		  .parts = { { 0x83, 1 << 20, 1 << 30 },
			     { 0x00, 0, 0 },
			     { 0x07, (uint64_t)5 << 30, 1 << 20 } },
		  .part_count = 3 },
	};

	VOLUMES(volumes);
	DISKS(disks);
	list_is("C:\\ fixed\n"
		"\\Device\\Harddisk0\\Partition2: why 10, part 4, code 0\n"
		"\\Device\\Harddisk0\\Partition3: why 10, part 0, code 0\n"
		"\\Device\\Harddisk3\\Partition1: why 10, part 5, code 0\n"
		"\\Device\\Harddisk3\\Partition3: why 10, part 0, code 0\n");
}

END_TEST

START_TEST(disks_that_are_not_read)
{
	static const struct fake_volume volumes[] = { SYSTEM_VOLUME };
	static const struct fake_disk disks[] = {
		{ .number = 1, .is_offline = true },
		{ .number = 2, .part_count = 0 },
		{ .number = 4, .error = 21, .is_removable = true },
		{ .number = 5, .error = 21 },
		{ .number = 6, .error = 1117 },
		{ .number = 7, .error = ERROR_FILE_NOT_FOUND },
		{ .number = 8, .error = ERROR_NOT_SUPPORTED },
		{ .number = 0,
		  .parts = { { 0x07, 1 << 20, 1 << 30 } },
		  .part_count = 1 },
	};

	VOLUMES(volumes);
	DISKS(disks);
	list_is("C:\\ fixed\n"
		"\\\\.\\PhysicalDrive1: why 11, part 0, code 0\n"
		"\\\\.\\PhysicalDrive2: why 12, part 0, code 0\n"
		"\\\\.\\PhysicalDrive5: why 5, part 0, code 21\n"
		"\\\\.\\PhysicalDrive6: why 8, part 0, code 1117\n");
}

END_TEST

/* Whole-disk volumes, and a stick that tells no more than its disk's number. */
START_TEST(disks_that_are_volumes)
{
	static const struct fake_volume volumes[] = {
		{ .names = L"C:\\\0",
		  .type = DRIVE_FIXED,
		  .disk = 2,
		  .nbytes = 1 << 30 },
		{ .names = L"E:\\\0",
		  .type = DRIVE_REMOVABLE,
		  .disk = 3,
		  .has_number = true },
		{ .names = L"D:\\\0",
		  .type = DRIVE_CDROM,
		  .error = 21,
		  .guid_error = 21,
		  .medium = 21,
		  .disk = -1 },
	};
	static const struct fake_disk disks[] = {
		{ .number = 2 },
		{ .number = 3,
		  .is_removable = true,
		  .parts = { { 0x0C, 1 << 20, 1 << 30 },
			     { 0x07, (uint64_t)2 << 30, 1 << 20 } },
		  .part_count = 2 },
	};

	VOLUMES(volumes);
	DISKS(disks);
	list_is("C:\\ fixed\nE:\\\n");
}

END_TEST

START_TEST(list_without_memory)
{
	static const struct fake_volume volumes[] = {
		SYSTEM_VOLUME,
		CLOSED_VOLUME(LOCKED, 0x07),
	};
	static const struct fake_disk disks[] = {
		{ .number = 0,
		  .parts = { { 0x07, 1 << 20, 1 << 30 },
			     { 0x17, (uint64_t)3 << 30, 1 << 20 } },
		  .part_count = 2 },
	};
	int64_t before = mem_count();
	int64_t all;

	VOLUMES(volumes);
	DISKS(disks);
	mem_free(listed());
	all = mem_count() - before;
	for (int64_t i = 1; i <= all; i += unit_stride()) {
		struct host_volume *v = NULL;
		size_t count = 0;

		mem_fail_after(i);
		if (host_volumes(&v, &count) == 0) {
			mem_fail_after(0);
			/* Nothing is dropped for want of memory. */
			ck_assert_uint_ge(count, 3);
			host_volumes_free(v, count);
		}
		mem_fail_after(0);
	}
}

END_TEST

/* ---- from there to the Windows that is examined ------------------ */

START_TEST(a_live_target_knows_them)
{
	static const struct fake_volume volumes[] = {
		SYSTEM_VOLUME,
		CLOSED_VOLUME(LOCKED, 0x07),
	};
	const struct target_options options = { .kind = TARGET_LIVE };
	struct target_closed c;
	struct target_path p;
	struct target *t = NULL;

	VOLUMES(volumes);
	pc.next_error = ERROR_ACCESS_DENIED;
	ck_assert_msg(target_open(&options, &t) == 0, "%s", err_last()->text);
	ck_assert_uint_eq(target_volume_count(t), 1);
	ck_assert_uint_eq(target_closed_count(t), 2);
	target_closed(t, 0, &c);
	ck_assert_str_eq(c.name, "E:");
	ck_assert_int_eq(c.why, VOLUME_LOCKED);
	ck_assert(!c.is_needed);
	target_closed(t, 1, &c);
	ck_assert_str_eq(c.name, "");
	ck_assert_int_eq(c.why, VOLUME_LIST);
	ck_assert_int_eq(target_resolve(t, "E:\\a.dll", 0, &p),
			 ERR_UNSUPPORTED);
	target_closed(t, 0, &c);
	ck_assert(c.is_needed);
	target_free(t);
}

END_TEST

static void count_gap(struct gap_sink *sink, const struct gap *gap);

static struct {
	struct gap_sink sink;
	struct str text;
} told = { { count_gap }, STR_INIT };

static void count_gap(struct gap_sink *sink, const struct gap *gap)
{
	ck_assert_ptr_eq(sink, &told.sink);
	ck_assert_int_eq(gap->kind, GAP_VOLUME);
	str_addf(&told.text, "%s: %s\n", gap->path, gap->reason);
}

/* In Windows PE the patient may be locked: that is no "no Windows found". */
START_TEST(targets_tells_them)
{
	static const struct fake_volume volumes[] = {
		CLOSED_VOLUME(LOCKED, 0x07),
		{ .names = L"",
		  .type = DRIVE_FIXED,
		  .guid_error = 5,
		  .mbr_type = 0xEF,
		  .disk = -1 },
	};
	struct target_found *found = NULL;
	struct str want = STR_INIT;
	size_t count = 0;

	VOLUMES(volumes);
	ck_assert_int_eq(target_find(NULL, 0, &told.sink, &found, &count), 0);
	ck_assert_uint_eq(count, 0);
	target_found_free(found, count);
	str_addf(&want, "E:: %s\n", volume_why_words(VOLUME_LOCKED));
	ck_assert_str_eq(str_text(&told.text), str_text(&want));
	str_release(&want);
	str_release(&told.text);
}

END_TEST

/* ---- to the scan ------------------------------------------------- */

#define RUN_KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Run"

static void set_run(const wchar_t *path)
{
	HKEY key = NULL;

	ck_assert_int_eq(RegCreateKeyExW(HKEY_CURRENT_USER, RUN_KEY, 0, NULL, 0,
					 KEY_ALL_ACCESS, NULL, &key, NULL),
			 0);
	if (path)
		ck_assert_int_eq(RegSetValueExW(key, L"mstmp unit test", 0,
						REG_SZ, (const BYTE *)path,
						(DWORD)(wcslen(path) + 1) * 2),
				 0);
	else
		RegDeleteValueW(key, L"mstmp unit test");
	RegCloseKey(key);
}

/*
 * What the scan said of volumes, and whether it was complete (0) or not (2);
 * what other suites have left in this Windows may be found by it.
 */
static void scan_is(bool quick, int code, const char *want)
{
	struct scan_options o = { .target = { .kind = TARGET_LIVE },
				  .store_path = ":memory:",
				  .quick = quick,
				  .threads = 1 };
	struct scan_result r = { 0 };
	bool started = false;
	char *gaps;

	ck_assert_int_eq(packs_open(NULL, NULL, 0, &o.pack), 0);
	ck_assert_msg(scan_run(&o, &r, &started) == 0, "%s", err_last()->text);
	gaps = fx_query(r.store,
			"SELECT group_concat(line, '|') FROM (SELECT path || "
			"' ' || matters || ' ' || reason AS line FROM v_gap "
			"WHERE kind = 'volume' ORDER BY path)");
	ck_assert_str_eq(gaps, want);
	ck_assert_int_eq(r.exit_code & ~1, code);
	mem_free(gaps);
	store_close(r.store);
	pack_free(o.pack);
}

/*
 * C: is here a drive for media, so that a full scan has nothing else to walk
 * and to miss.
 */
START_TEST(a_scan_tells_what_it_means)
{
	static const struct fake_volume locked[] = {
		MEDIA_VOLUME,
		CLOSED_VOLUME(LOCKED, 0x07),
	};
	static const struct fake_volume of_linux[] = {
		MEDIA_VOLUME,
		CLOSED_VOLUME(1005, 0x83),
	};
	struct str want = STR_INIT;

	VOLUMES(locked);
	str_addf(&want, "E: 0 %s", volume_why_words(VOLUME_LOCKED));
	scan_is(true, 0, str_text(&want));
	want.buf[3] = '1';
	scan_is(false, 2, str_text(&want));
	VOLUMES(of_linux);
	str_clear(&want);
	str_addf(&want, "E: 0 %s", volume_why_words(VOLUME_IS_LINUX));
	scan_is(false, 0, str_text(&want));
	str_release(&want);
}

END_TEST

START_TEST(a_quick_scan_misses_what_is_registered)
{
	static const struct fake_volume volumes[] = {
		MEDIA_VOLUME,
		CLOSED_VOLUME(1005, 0x83),
		{ .names = L"G:\\\0",
		  .type = DRIVE_FIXED,
		  .error = 1005,
		  .guid_error = 1005,
		  .disk = -1 },
	};
	const char *raw = volume_why_words(VOLUME_RAW);
	struct str want = STR_INIT;

	VOLUMES(volumes);
	set_run(L"E:\\mstmp\\x.exe");
	str_addf(&want,
		 "E: 1 %s|E:\\mstmp\\x.exe 1 the server file was not looked "
		 "at: \"E:\\mstmp\\x.exe\" lies on \"E:\": %s|G: 0 %s",
		 raw, raw, raw);
	scan_is(true, 2, str_text(&want));
	set_run(NULL);
	pc.next_error = ERROR_ACCESS_DENIED;
	str_clear(&want);
	str_addf(&want, " 1 %s|E: 0 %s|G: 0 %s", volume_why_words(VOLUME_LIST),
		 volume_why_words(VOLUME_IS_LINUX), raw);
	scan_is(true, 2, str_text(&want));
	str_release(&want);
}

END_TEST

static void end_run(void)
{
	set_run(NULL);
}

static Suite *volumes_win32_suite(void)
{
	Suite *s = suite_create("volumes_win32");
	TCase *tc = tcase_create("volumes_win32");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_failure_is_told);
	tcase_add_test(tc, another_way_in);
	tcase_add_test(tc, a_letter_that_leads_elsewhere);
	tcase_add_test(tc, a_list_that_ends_early);
	tcase_add_test(tc, letters_without_a_volume_name);
	tcase_add_test(tc, partitions_without_a_volume);
	tcase_add_test(tc, disks_that_are_not_read);
	tcase_add_test(tc, disks_that_are_volumes);
	tcase_add_test(tc, list_without_memory);
	tcase_add_test(tc, a_live_target_knows_them);
	tcase_add_test(tc, targets_tells_them);
	suite_add_tcase(s, tc);
	tc = tcase_create("volumes_scan");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_checked_fixture(tc, end_run, end_run);
	tcase_add_test(tc, a_scan_tells_what_it_means);
	tcase_add_test(tc, a_quick_scan_misses_what_is_registered);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(volumes_win32_suite)
