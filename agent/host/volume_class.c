/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/volume_class.h"
#include "base/str.h"
#include <string.h>

/* ---- entering a volume ------------------------------------------- */

/*
 * Win32 codes ([MS-ERREF] 2.2), by number: this is read on Linux, too.
 * BitLocker's are HRESULTs of the facility FVE: GetVolumeInformation gives
 * 0x80310000 for a locked volume (balena-io-modules/drivelist, pull request
 * 206), and its neighbours when a volume is encrypted but not bound.
 */
#define FVE_FACILITY 0x8031u

static const struct {
	uint32_t error;
	enum volume_why why;
} codes[] = {
	{ 5, VOLUME_DENIED },	       /* ERROR_ACCESS_DENIED */
	{ 1314, VOLUME_DENIED },       /* ERROR_PRIVILEGE_NOT_HELD */
	{ 1005, VOLUME_RAW },	       /* ERROR_UNRECOGNIZED_VOLUME */
	{ 1785, VOLUME_RAW },	       /* ERROR_UNRECOGNIZED_MEDIA */
	{ 1392, VOLUME_CORRUPT },      /* ERROR_FILE_CORRUPT */
	{ 1393, VOLUME_CORRUPT },      /* ERROR_DISK_CORRUPT */
	{ 21, VOLUME_NOT_READY },      /* ERROR_NOT_READY */
	{ 55, VOLUME_NOT_READY },      /* ERROR_DEV_NOT_EXIST */
	{ 433, VOLUME_NOT_READY },     /* ERROR_NO_SUCH_DEVICE */
	{ 1112, VOLUME_NOT_READY },    /* ERROR_NO_MEDIA_IN_DRIVE */
	{ 1167, VOLUME_NOT_READY },    /* ERROR_DEVICE_NOT_CONNECTED */
	{ 34, VOLUME_OTHER_MEDIUM },   /* ERROR_WRONG_DISK */
	{ 1110, VOLUME_OTHER_MEDIUM }, /* ERROR_MEDIA_CHANGED */
	{ 23, VOLUME_UNREADABLE },     /* ERROR_CRC */
	{ 25, VOLUME_UNREADABLE },     /* ERROR_SEEK */
	{ 27, VOLUME_UNREADABLE },     /* ERROR_SECTOR_NOT_FOUND */
	{ 30, VOLUME_UNREADABLE },     /* ERROR_READ_FAULT */
	{ 31, VOLUME_UNREADABLE },     /* ERROR_GEN_FAILURE */
	{ 121, VOLUME_UNREADABLE },    /* ERROR_SEM_TIMEOUT */
	{ 483, VOLUME_UNREADABLE },    /* ERROR_DEVICE_HARDWARE_ERROR */
	{ 1117, VOLUME_UNREADABLE },   /* ERROR_IO_DEVICE */
};

static enum volume_why why_of_code(uint32_t error)
{
	if (error >> 16 == FVE_FACILITY)
		return VOLUME_LOCKED;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].error == error)
			return codes[i].why;
	return VOLUME_FAILED;
}

static bool is_empty(uint32_t code)
{
	return code == 21 || code == 1112;
}

static bool takes_media(enum volume_drive drive)
{
	return drive == VOLUME_DRIVE_REMOVABLE || drive == VOLUME_DRIVE_CD;
}

bool volume_asks_medium(uint32_t error, enum volume_drive drive)
{
	return error && takes_media(drive);
}

/*
 * An empty drive for media is the one that is passed over.  Empty card readers
 * answer 21, some of them 87 (microsoft/CopyOnWrite, VolumeInfoCache.cs), so
 * the medium decides where the drive tells of it: where one is in, "not ready"
 * is a failure as any other.
 */
enum volume_why volume_why_of(uint32_t error, enum volume_drive drive,
			      uint32_t medium)
{
	if (!error)
		return VOLUME_ENTERED;
	if (takes_media(drive) && is_empty(medium))
		return VOLUME_NO_MEDIUM;
	if (takes_media(drive) && is_empty(error) && medium)
		return VOLUME_NO_MEDIUM;
	return why_of_code(error);
}

bool volume_is_fixed(enum volume_drive drive)
{
	return !takes_media(drive) && drive != VOLUME_DRIVE_REMOTE;
}

/* ---- kinds of partitions ----------------------------------------- */

enum volume_part volume_part_of_mbr(uint8_t type)
{
	switch (type) {
	case 0x00: /* unused */
	case 0x05: /* extended, the same for large disks, the same of Linux */
	case 0x0F:
	case 0x85:
		return VOLUME_PART_NONE;
	case 0x27:
		return VOLUME_PART_RECOVERY;
	case 0x84: /* Intel Rapid Start, ThinkPads */
	case 0xA0:
		return VOLUME_PART_SLEEP;
	case 0x82: /* swap, a file system, LVM, RAID */
	case 0x83:
	case 0x8E:
	case 0xFD:
		return VOLUME_PART_LINUX;
	case 0xEF:
		return VOLUME_PART_EFI;
	default:
		return VOLUME_PART_DATA;
	}
}

/*
 * Microsoft's: winioctl.h, PARTITION_INFORMATION_GPT, where it says that only
 * basic data partitions get a volume name and are told by FindFirstVolume.
 * Makers': what Lenovo and Sony start their rescue systems from, and where
 * Intel Rapid Start keeps memory, as a hibernation file does (util-linux,
 * pt-gpt-partnames.h).  Linux': the Discoverable Partitions Specification of
 * the UAPI group; the last one is where GRUB keeps its second part.
 */
static const struct {
	const char *guid;
	enum volume_part part;
} kinds[] = {
	{ "00000000-0000-0000-0000-000000000000", VOLUME_PART_NONE },
	{ "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", VOLUME_PART_EFI },
	{ "E3C9E316-0B5C-4DB8-817D-F92DF00215AE", VOLUME_PART_RESERVED },
	{ "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", VOLUME_PART_RECOVERY },
	{ "5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", VOLUME_PART_LDM },
	{ "E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", VOLUME_PART_POOL },
	{ "BFBFAFE7-A34F-448A-9A5B-6213EB736C22", VOLUME_PART_RECOVERY },
	{ "F4019732-066E-4E12-8273-346C5641494F", VOLUME_PART_RECOVERY },
	{ "D3BFE2DE-3DAF-11DF-BA40-E3A556D89593", VOLUME_PART_SLEEP },
	{ "0FC63DAF-8483-4772-8E79-3D69D8477DE4", VOLUME_PART_LINUX },
	{ "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", VOLUME_PART_LINUX }, /*swap*/
	{ "E6D6D379-F507-44C2-A23C-238F2A3DF928", VOLUME_PART_LINUX }, /*LVM*/
	{ "A19D880F-05FC-4D3B-A006-743F0F84911E", VOLUME_PART_LINUX }, /*RAID*/
	{ "CA7D7CCB-63ED-4C53-861C-1742536059CC", VOLUME_PART_LINUX }, /*LUKS*/
	{ "7FFEC5C9-2D00-49B7-8941-3EA10A5586B7", VOLUME_PART_LINUX },
	{ "933AC7E1-2EB4-4F13-B844-0E14E2AEF915", VOLUME_PART_LINUX },
	{ "3B8F8425-20E0-4F3B-907F-1A25A76F98E8", VOLUME_PART_LINUX },
	{ "4D21B016-B534-45C2-A9FB-5C16E091FD2D", VOLUME_PART_LINUX },
	{ "7EC6F557-3BC5-4ACA-B293-16EF5DF639D1", VOLUME_PART_LINUX },
	/* root: x86, x86-64, ARM, ARM64; /usr of x86-64; /boot */
	{ "44479540-F297-41B2-9AF7-D131D5F0458A", VOLUME_PART_LINUX },
	{ "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", VOLUME_PART_LINUX },
	{ "69DAD710-2CE4-4E3C-B16C-21A1D49ABED3", VOLUME_PART_LINUX },
	{ "B921B045-1DF0-41C3-AF44-4C6F280D3FAE", VOLUME_PART_LINUX },
	{ "8484680C-9521-48C6-9C11-B0720656F69E", VOLUME_PART_LINUX },
	{ "BC13C2FF-59E6-4262-A352-B275FD6F7172", VOLUME_PART_LINUX },
	{ "21686148-6449-6E6F-744E-656564454649", VOLUME_PART_LINUX },
};

static void guid_text(const uint8_t g[16], char ret[37])
{
	snprintf(ret, 37, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X",
		 (unsigned)bytes_le32(g), bytes_le16(g + 4), bytes_le16(g + 6),
		 g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
}

enum volume_part volume_part_of_gpt(const uint8_t guid[16])
{
	char text[37];

	guid_text(guid, text);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].guid, text) == 0)
			return kinds[i].part;
	return VOLUME_PART_DATA;
}

/* ---- what that weighs -------------------------------------------- */

/*
 * A type is a claim: whoever owns the PC can write any type over a partition
 * full of programs.  It is believed all the same, because it is asked for
 * only where Windows did not enter.  A volume that Windows cannot read starts
 * no program, whatever lies on it; one that is entered is walked, of whatever
 * type.  A partition without a volume name can be reached by a path that
 * names its device alone, and such a path, where it is registered, is a gap
 * of its own (target/resolve.c).  Where a registered path leads to a volume
 * by letter, folder or name, it is needed and its type is not asked.
 */
static enum volume_why why_of_part(enum volume_part part)
{
	switch (part) {
	case VOLUME_PART_EFI:
		return VOLUME_IS_EFI;
	case VOLUME_PART_RESERVED:
		return VOLUME_IS_RESERVED;
	case VOLUME_PART_RECOVERY:
		return VOLUME_IS_RECOVERY;
	case VOLUME_PART_LINUX:
		return VOLUME_IS_LINUX;
	case VOLUME_PART_SLEEP:
		return VOLUME_IS_SLEEP;
	case VOLUME_PART_LDM:
		return VOLUME_IS_LDM;
	case VOLUME_PART_POOL:
		return VOLUME_IS_POOL;
	default:
		return VOLUME_ENTERED;
	}
}

bool volume_gap_matters(enum volume_why why, enum volume_part part,
			bool is_full_scan, bool is_needed)
{
	if (why == VOLUME_LIST || is_needed)
		return true;
	return is_full_scan && why_of_part(part) == VOLUME_ENTERED;
}

enum volume_why volume_gap_why(enum volume_why why, enum volume_part part,
			       bool is_needed)
{
	const enum volume_why of_part = why_of_part(part);

	return is_needed || of_part == VOLUME_ENTERED ? why : of_part;
}

/* ---- pieces of disks --------------------------------------------- */

bool volume_extents_meet(const struct volume_extent *a,
			 const struct volume_extent *b)
{
	if (a->disk != b->disk)
		return false;
	return a->start <= b->start ? b->start - a->start < a->nbytes
				    : a->start - b->start < b->nbytes;
}

/* winioctl.h of all Windows, 32 and 64 bits: offsets in the structures. */
enum {
	STYLE_MBR = 0,
	STYLE_GPT = 1,
	PART_START = 8,
	PART_LENGTH = 16,
	PART_NUMBER = 24,
	PART_TYPE = 32,
	PART_NBYTES = 144,
	LAYOUT_COUNT = 4,
	LAYOUT_FIRST = 48,
	EXTENTS_FIRST = 8,
	EXTENT_NBYTES = 24
};

bool volume_partition_read(const struct bytes *b, uint64_t offset,
			   struct volume_extent *ret)
{
	const uint8_t *p = bytes_at(b, offset, PART_TYPE + 16);
	uint32_t style;

	if (!p)
		return false;
	style = bytes_le32(p);
	ret->start = bytes_le64(p + PART_START);
	ret->nbytes = bytes_le64(p + PART_LENGTH);
	ret->number = bytes_le32(p + PART_NUMBER);
	ret->part = VOLUME_PART_DATA;
	if (ret->nbytes == 0)
		ret->part = VOLUME_PART_NONE;
	else if (style == STYLE_MBR)
		ret->part = volume_part_of_mbr(p[PART_TYPE]);
	else if (style == STYLE_GPT)
		ret->part = volume_part_of_gpt(p + PART_TYPE);
	return true;
}

bool volume_layout_read(const struct bytes *b, uint32_t index,
			struct volume_extent *ret)
{
	const uint8_t *head = bytes_at(b, 0, LAYOUT_FIRST);

	if (!head || index >= bytes_le32(head + LAYOUT_COUNT))
		return false;
	return volume_partition_read(
		b, LAYOUT_FIRST + (uint64_t)index * PART_NBYTES, ret);
}

bool volume_extent_read(const struct bytes *b, uint32_t index,
			struct volume_extent *ret)
{
	const uint8_t *head = bytes_at(b, 0, EXTENTS_FIRST);
	const uint8_t *p =
		bytes_at(b, EXTENTS_FIRST + (uint64_t)index * EXTENT_NBYTES,
			 EXTENT_NBYTES);

	if (!head || !p || index >= bytes_le32(head))
		return false;
	ret->disk = bytes_le32(p);
	ret->start = bytes_le64(p + 8);
	ret->nbytes = bytes_le64(p + 16);
	return true;
}

/* ---- drive letters ----------------------------------------------- */

/*
 * SUBST writes "\??\C:\folder" (QueryDosDevice); a second name of a listed
 * drive, share or volume.  A name of any other device is none: encrypted
 * containers and RAM disks have letters that the mount manager never saw.
 */
bool volume_letter_is_alias(const char *device, uint32_t letters)
{
	static const char head[] = "\\??\\";
	int letter;

	if (!ascii_istarts_with(device, head))
		return false;
	device += sizeof(head) - 1;
	if (ascii_istarts_with(device, "UNC\\") ||
	    ascii_istarts_with(device, "Volume{"))
		return true;
	letter = ascii_upper((unsigned char)device[0]);
	if (letter < 'A' || letter > 'Z' || device[1] != ':' ||
	    (device[2] != '\\' && device[2] != '\0'))
		return false;
	return (letters >> (letter - 'A') & 1) != 0;
}
