/*
 * The volume flags of an NTFS, read from its device.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Boot sector -> first record of $MFT -> record 3, $Volume -> its attribute
 * $VOLUME_INFORMATION (0x70).  The first sixteen records of $MFT lie together,
 * as the system must be able to read them before it knows anything else.
 * Facts: the layout is that of linux/fs/ntfs/layout.h and of the NTFS pages
 * of the Linux-NTFS project; checked with mkntfs and ntfs-3g (tests).
 */
#include "host/ntfs_flags.h"
#include "base/bytes.h"
#include "base/mem.h"

#include <string.h>

#define BOOT_NBYTES	   512u
#define BOOT_SERIAL	   72u
#define RECORD_MAX_NBYTES  65536u
#define RECORD_HEAD_NBYTES 48u
#define CLUSTER_MAX_NBYTES (2u << 20) /* Windows 10 1709 and later */
#define FIXUP_STRIDE	   512u
#define VOLUME_RECORD	   3u
#define ATTR_VOLUME_INFO   0x70u
#define ATTR_END	   0xffffffffu
#define ATTR_HEAD_NBYTES   24u
#define INFO_NBYTES	   12u
#define INFO_FLAGS	   10u
#define RECORD_IN_USE	   1u

struct geometry {
	uint64_t mft; /* in bytes */
	uint32_t record_nbytes;
};

static bool is_power_of_2(uint32_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

/* Counts up to 128 stand as they are, larger ones as 2 to the minus n. */
static uint32_t cluster_nbytes(uint32_t sector_nbytes, uint8_t count)
{
	if (count <= 128)
		return is_power_of_2(count) ? sector_nbytes * count : 0;
	return count >= 256 - 12 ? sector_nbytes << (256 - count) : 0;
}

static uint32_t record_nbytes(uint32_t cluster, uint8_t count)
{
	if (count < 128)
		return count <= RECORD_MAX_NBYTES / BOOT_NBYTES
			       ? cluster * count
			       : 0;
	return count >= 256 - 16 ? 1u << (256 - count) : 0;
}

static bool read_boot(ntfs_read_fn read, void *arg, struct geometry *ret)
{
	uint8_t boot[BOOT_NBYTES];
	uint32_t sector;
	uint32_t cluster;
	uint64_t first;

	if (!read(arg, 0, boot, sizeof(boot)) ||
	    memcmp(boot + 3, "NTFS    ", 8) != 0)
		return false;
	sector = bytes_le16(boot + 11);
	if (!is_power_of_2(sector) || sector < 256 || sector > 4096)
		return false;
	cluster = cluster_nbytes(sector, boot[13]);
	if (cluster == 0 || cluster > CLUSTER_MAX_NBYTES)
		return false;
	ret->record_nbytes = record_nbytes(cluster, boot[64]);
	if (!is_power_of_2(ret->record_nbytes) ||
	    ret->record_nbytes < FIXUP_STRIDE ||
	    ret->record_nbytes > RECORD_MAX_NBYTES)
		return false;
	first = bytes_le64(boot + 48);
	if (first == 0 || first > (uint64_t)INT64_MAX / cluster - 1)
		return false;
	ret->mft = first * cluster;
	return true;
}

/* The last two bytes of every 512 are kept elsewhere, to see torn writes. */
static bool undo_fixups(uint8_t *data, size_t nbytes)
{
	const struct bytes b = { data, nbytes };
	const uint16_t at = bytes_le16(data + 4);
	const uint16_t count = bytes_le16(data + 6);
	const uint8_t *usa = bytes_at(&b, at, 2 * (uint64_t)count);

	if (usa == NULL || count != nbytes / FIXUP_STRIDE + 1 ||
	    at + 2 * (size_t)count > FIXUP_STRIDE - 2)
		return false;
	for (size_t i = 1; i < count; i++) {
		uint8_t *end = data + i * FIXUP_STRIDE - 2;

		if (memcmp(end, usa, 2) != 0)
			return false;
		memcpy(end, usa + 2 * i, 2);
	}
	return true;
}

static bool find_flags(const struct bytes *record, uint16_t *flags_ret)
{
	uint64_t at = bytes_le16(record->data + 20);

	for (;;) {
		const uint8_t *attr = bytes_at(record, at, 8);
		struct bytes one;
		const uint8_t *info;

		if (attr == NULL || bytes_le32(attr) == ATTR_END)
			return false;
		one.nbytes = bytes_le32(attr + 4);
		if (one.nbytes < ATTR_HEAD_NBYTES)
			return false;
		one.data = bytes_at(record, at, one.nbytes);
		if (one.data == NULL)
			return false;
		at += one.nbytes;
		if (bytes_le32(attr) != ATTR_VOLUME_INFO)
			continue;
		/* Always resident: its value stands in the record. */
		if (attr[8] != 0 || bytes_le32(attr + 16) < INFO_NBYTES)
			return false;
		info = bytes_at(&one, bytes_le16(attr + 20), INFO_NBYTES);
		if (info == NULL)
			return false;
		*flags_ret = bytes_le16(info + INFO_FLAGS);
		return true;
	}
}

bool ntfs_volume_flags(ntfs_read_fn read, void *arg, uint16_t *flags_ret)
{
	struct geometry g;
	struct bytes record;
	uint8_t *data;
	bool ok = false;

	if (!read_boot(read, arg, &g))
		return false;
	data = mem_alloc(g.record_nbytes);
	if (data == NULL)
		return false;
	record.data = data;
	record.nbytes = g.record_nbytes;
	ok = read(arg, g.mft + VOLUME_RECORD * (uint64_t)g.record_nbytes, data,
		  g.record_nbytes) &&
	     memcmp(data, "FILE", 4) == 0 &&
	     undo_fixups(data, g.record_nbytes) &&
	     (bytes_le16(data + 22) & RECORD_IN_USE) &&
	     find_flags(&record, flags_ret);
	mem_free(data);
	return ok;
}

uint32_t ntfs_serial(ntfs_read_fn read, void *arg)
{
	uint8_t boot[BOOT_NBYTES];

	if (!read(arg, 0, boot, sizeof(boot)) ||
	    memcmp(boot + 3, "NTFS    ", 8) != 0)
		return 0;
	return bytes_le32(boot + BOOT_SERIAL);
}
