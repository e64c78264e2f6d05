/*
 * Opening a key by the backup and restore privileges: the decisions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/backup_open.h"

#define CREATED_NEW 1u /* REG_CREATED_NEW_KEY */

/*
 * NtOpenKeyEx takes REG_OPTION_BACKUP_RESTORE, but came with Windows 7 (wdm.h,
 * ZwOpenKeyEx); NtOpenKey has no options.  Before, the way to it is creating
 * (Microsoft KB 128731, for NT 3.5 to XP): a key that is there is opened.
 *
 * Creating makes a key where there is none, so it must not be led elsewhere:
 * by a link that is followed, or by a path that others change meanwhile.
 */
enum backup_way backup_way(bool can_open, bool is_as_link, bool is_below)
{
	if (can_open)
		return BACKUP_BY_OPENING;
	return is_as_link && is_below ? BACKUP_BY_CREATING : BACKUP_NO_WAY;
}

bool backup_made_new(uint32_t disposition)
{
	return disposition == CREATED_NEW;
}
