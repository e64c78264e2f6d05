/*
 * Members of zip and jar files (libarchive underneath), bounded.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_ARCHIVE_H
#define COLLECT_ARCHIVE_H

#include "base/fmt.h"
#include "host/host.h"

/* name: our UTF-8, '/' separated, as stored but bounded; content whole. */
typedef int (*member_fn)(void *arg, const char *name, const uint8_t *data,
			 size_t nbytes);

/* Whether it could be a zip: by its first bytes or by an end record. */
bool archive_is_likely(struct host_file *f, uint64_t nbytes);

/*
 * Calls back for every regular member.  Bounds: members, bytes of one
 * member, bytes in all, ratio; above them ERR_TOO_LARGE after what fitted.
 * Damaged or encrypted: ERR_CORRUPT / ERR_UNSUPPORTED after what could be
 * read.  Nested archives are not opened.
 */
int archive_each_member(struct host_file *f, uint64_t nbytes, member_fn fn,
			void *arg);
int archive_each_member_mem(const uint8_t *data, size_t nbytes, member_fn fn,
			    void *arg);

#endif
