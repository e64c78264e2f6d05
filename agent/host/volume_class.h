/*
 * What a volume is that Windows does not let us enter, decided from Windows'
 * answers alone.  Pure, so that every answer can be tried everywhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_VOLUME_CLASS_H
#define HOST_VOLUME_CLASS_H

#include "base/bytes.h"
#include "base/volume_why.h"

/* As GetDriveType numbers them. */
enum volume_drive {
	VOLUME_DRIVE_UNKNOWN,
	VOLUME_DRIVE_NO_ROOT,
	VOLUME_DRIVE_REMOVABLE,
	VOLUME_DRIVE_FIXED,
	VOLUME_DRIVE_REMOTE,
	VOLUME_DRIVE_CD,
	VOLUME_DRIVE_RAM
};

/* A medium was not asked for; no Win32 code. */
#define VOLUME_NOT_ASKED 0xFFFFFFFFu

/*
 * `error`: Win32 code of entering it, 0: entered.  `medium`: what
 * IOCTL_STORAGE_CHECK_VERIFY2 gave, 0: one is in the drive.
 */
enum volume_why volume_why_of(uint32_t error, enum volume_drive drive,
			      uint32_t medium);
/* Whether to ask for the medium before that is decided. */
bool volume_asks_medium(uint32_t error, enum volume_drive drive);
/*
 * Whether a full scan walks it once it is entered: disks that stay.  What
 * Windows cannot name is taken for one.
 */
bool volume_is_fixed(enum volume_drive drive);

/* What a partition's type says that it is for. */
enum volume_part {
	VOLUME_PART_DATA, /* or of no type that is told */
	VOLUME_PART_NONE, /* an unused entry, or a container of others */
	VOLUME_PART_EFI,
	VOLUME_PART_RESERVED,
	VOLUME_PART_RECOVERY,
	VOLUME_PART_LINUX,
	VOLUME_PART_SLEEP, /* memory of a PC that sleeps */
	VOLUME_PART_LDM,   /* notes of dynamic disks, without volumes */
	VOLUME_PART_POOL   /* of Storage Spaces */
};

enum volume_part volume_part_of_mbr(uint8_t type);
/* `guid` as it lies in memory and on the disk: three fields little-endian. */
enum volume_part volume_part_of_gpt(const uint8_t guid[16]);

/* Whether the gap of such a volume matters. */
bool volume_gap_matters(enum volume_why why, enum volume_part part,
			bool is_full_scan, bool is_needed);
/* The sentence of that gap. */
enum volume_why volume_gap_why(enum volume_why why, enum volume_part part,
			       bool is_needed);

/* One partition, or a volume's piece of a disk. */
struct volume_extent {
	uint32_t disk;
	uint64_t start;
	uint64_t nbytes;
	uint32_t number; /* of the partition */
	enum volume_part part;
};

bool volume_extents_meet(const struct volume_extent *a,
			 const struct volume_extent *b);

/* PARTITION_INFORMATION_EX, all but the disk; false: too short. */
bool volume_partition_read(const struct bytes *b, uint64_t offset,
			   struct volume_extent *ret);
/* The index-th entry of a DRIVE_LAYOUT_INFORMATION_EX; false: no more. */
bool volume_layout_read(const struct bytes *b, uint32_t index,
			struct volume_extent *ret);
/* The index-th extent of VOLUME_DISK_EXTENTS; false: no more. */
bool volume_extent_read(const struct bytes *b, uint32_t index,
			struct volume_extent *ret);

/*
 * Whether a drive letter that has no volume name leads to what is listed
 * anyway: `device` is what it stands for, `letters` the bits of those there.
 */
bool volume_letter_is_alias(const char *device, uint32_t letters);

#endif
