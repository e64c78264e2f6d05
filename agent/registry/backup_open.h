/*
 * Opening a key by the backup and restore privileges, whatever its access
 * list says: which of the kernel's functions does it, and what it did.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_BACKUP_OPEN_H
#define REGISTRY_BACKUP_OPEN_H

#include "base/fmt.h"

enum backup_way {
	BACKUP_NO_WAY,
	BACKUP_BY_OPENING, /* NtOpenKeyEx */
	BACKUP_BY_CREATING /* NtCreateKey, which may make a new key */
};

/*
 * `can_open`: this Windows has NtOpenKeyEx.  `is_as_link`: a link is opened
 * as one; `is_below`: the name is one component below an open key.
 */
enum backup_way backup_way(bool can_open, bool is_as_link, bool is_below);
/*
 * Whether the "disposition" of NtCreateKey tells a key that was not there.
 * What it does not tell for sure is somebody's, and stays.
 */
bool backup_made_new(uint32_t disposition);

#endif
