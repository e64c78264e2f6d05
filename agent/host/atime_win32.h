/*
 * Private to agent/host on Windows: where the access times of files can be
 * left alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_ATIME_WIN32_H
#define HOST_ATIME_WIN32_H

#include "host/host_win32.h"

/*
 * Whether to ask for FILE_WRITE_ATTRIBUTES on a file of `folder` (NULL: that
 * of the path `name`).  Any thread.
 */
bool atime_asks(const struct host_dir *folder, const char *name);
/* It was refused (a Win32 code) where the file itself could be read. */
void atime_was_refused(const struct host_dir *folder, const char *name,
		       DWORD os_error);
/* All that was learnt, for tests. */
void atime_forget(void);

#endif
