/*
 * For tests: a kernel or file system that lacks some calls.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_SECCOMP_POSIX_H
#define TESTS_SECCOMP_POSIX_H

#include <stdbool.h>

/* Level 0 lacks nothing; each level lacks what those below it lack. */
enum lack {
	LACK_NOTHING,
	LACK_TMPFILE,	  /* no files without a name: EOPNOTSUPP */
	LACK_RENAME_FLAG, /* no renaming that refuses or exchanges: EINVAL */
	LACK_LINK,	  /* no hard links, as on FAT: EPERM */
	LACK_COUNT
};

/* For the calling thread, for good.  False where that is not possible. */
bool seccomp_lack(enum lack level);
/* The same: no extended attribute can be read, ENOTSUP. */
bool seccomp_lack_attributes(void);
/*
 * The same: fsync() calls that function, which may do whatever a signal
 * handler may, and succeeds without more.
 */
bool seccomp_at_fsync(void (*fn)(void));

#endif
