/*
 * Private to agent/host: the volume flags of an NTFS, read from its device.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_NTFS_FLAGS_H
#define HOST_NTFS_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NTFS_FLAG_DIRTY 0x0001u /* Windows has not finished with it */

/* Reads all of it, false otherwise. */
typedef bool (*ntfs_read_fn)(void *arg, uint64_t offset, void *buf,
			     size_t nbytes);

/*
 * False where there is no NTFS or it contradicts itself.  Reads the boot
 * sector and record 3 ($Volume), at most 64 KiB.
 */
bool ntfs_volume_flags(ntfs_read_fn read, void *arg, uint16_t *flags_ret);
/*
 * The low half of the serial number, which is what Windows shows (dir, vol);
 * 0: this is no NTFS.  Reads the boot sector.
 */
uint32_t ntfs_serial(ntfs_read_fn read, void *arg);

#endif
