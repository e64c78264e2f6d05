/*
 * A SQLite VFS over the system's own that fails the n-th operation.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FAULT_VFS_H
#define TESTS_FAULT_VFS_H

#include <stdbool.h>

/* Becomes the default VFS until fault_vfs_end(). */
void fault_vfs_begin(void);
void fault_vfs_end(void);
/*
 * The n-th next open, write, truncate, sync or delete fails with rc (0: the
 * code that belongs to the operation); sticky: all after it too, as if the
 * medium were gone.  n 0: nothing fails.
 */
void fault_vfs_fail(int n, int rc, bool sticky);
/* True once the fault has struck. */
bool fault_vfs_struck(void);
/* From now on files open for reading only, as on a read-only medium. */
void fault_vfs_read_only(bool on);

#endif
