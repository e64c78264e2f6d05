/*
 * Who else could write a file of ours, or put another in its place.
 * writers_posix.c and writers_win32.c implement it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_WRITERS_H
#define HOST_WRITERS_H

#include "host/host.h"

/* root; on Windows a member of Administrators with the rights of one. */
bool host_has_rights(void);
/*
 * 0 if nobody but us, administrators and the system can make, change or
 * exchange what lies in that folder: of the folder and of all above it.
 * ERR_DENIED with a clause in err_last() ("the folder "..." belongs to ...").
 * ERR_UNSUPPORTED: its file system keeps neither owners nor rights.  Wine
 * makes access lists up: there the answer is 0.
 */
int host_check_folder_writers(const char *dir);
/* The same of a file alone, which is no link.  ERR_NOT_FOUND. */
int host_check_file_writers(const char *path);

#endif
