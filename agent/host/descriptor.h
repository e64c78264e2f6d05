/*
 * Private to agent/host: Windows security descriptors and stream lists as
 * bytes.  They come from the examined disk on Linux and from the system on
 * Windows, so they are read here, bounded, once for both.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_DESCRIPTOR_H
#define HOST_DESCRIPTOR_H

#include "host/host.h"
#include "base/str.h"

/* Owner of a self-relative descriptor as "S-1-..."; caller frees; or NULL. */
char *descriptor_owner(const uint8_t *bytes, size_t nbytes);

/* SID at that offset as "S-1-..."; caller frees; NULL: there is none. */
char *descriptor_sid(const uint8_t *bytes, size_t nbytes, uint64_t offset);

/*
 * Owner and group Administrators; protected; full access for SYSTEM and
 * Administrators, and (folder) for what is made inside.
 */
#define DESCRIPTOR_PRIVATE_NBYTES 104
extern const uint8_t descriptor_private_file[DESCRIPTOR_PRIVATE_NBYTES];
extern const uint8_t descriptor_private_folder[DESCRIPTOR_PRIVATE_NBYTES];
/*
 * A protected one of SYSTEM or Administrators that lets nobody else in.  If
 * not, `why` gets a clause ("its access list lets in S-1-1-0").
 */
bool descriptor_is_private(const uint8_t *bytes, size_t nbytes,
			   struct str *why);

/*
 * Nobody but SYSTEM, Administrators and TrustedInstaller has any of these
 * rights, or is the owner; else as above.  `rights` is not 0.
 */
#define DESCRIPTOR_GENERIC 0x50000000u /* all, write */
/* To change a file, or what lies in a folder: write, append, delete a child;
 * to remove it, to change its owner and its access list. */
#define DESCRIPTOR_WRITES (0x000d0046u | DESCRIPTOR_GENERIC)
/* To exchange a folder that is above it: the same without making new ones. */
#define DESCRIPTOR_EXCHANGES (0x000d0040u | DESCRIPTOR_GENERIC)
bool descriptor_is_only_ours_to(const uint8_t *bytes, size_t nbytes,
				uint32_t rights, struct str *why);

/*
 * Two self-relative descriptors say the same: owner, group, both lists entry
 * by entry, and whether a list is there, protected or inherited.  Where in
 * the bytes the parts lie is the writer's affair.  False if either is broken.
 */
bool descriptor_is_same(const uint8_t *a, size_t a_nbytes, const uint8_t *b,
			size_t b_nbytes);

/*
 * FILE_STREAM_INFORMATION records: fn is called for each named $DATA stream.
 * Returns what fn returned if not 0, ERR_CORRUPT for a broken list.
 */
int descriptor_streams(const uint8_t *bytes, size_t nbytes, host_stream_fn fn,
		       void *arg);

#endif
