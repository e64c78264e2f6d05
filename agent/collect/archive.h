/*
 * Members of zip, jar and gzip files and of such files in them, bounded.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_ARCHIVE_H
#define COLLECT_ARCHIVE_H

#include "base/fmt.h"
#include "base/str.h"
#include "host/host.h"

/* The file on the disk is the first, an archive in it the second … */
#define ARCHIVE_MAX_DEPTH 4

/*
 * inside: "", or the archives in between, "lib/inner.jar!".
 * name: our UTF-8, '/' separated, as stored but bounded, may be ""; of what
 * was in a gzip: that one's last name without ".gz".  The content is whole.
 */
typedef int (*member_fn)(void *arg, const char *inside, const char *name,
			 const uint8_t *data, size_t nbytes);

/* Whether it could be an archive: by its first bytes or by an end record. */
bool archive_is_likely(struct host_file *f, uint64_t nbytes);

/*
 * Calls back for every regular member, before what lies in it where it is an
 * archive; name: the file's own.  Bounds: depth, members, bytes of one
 * member, bytes in all, ratio; above them ERR_TOO_LARGE after what fitted.
 * Damaged or encrypted: ERR_CORRUPT / ERR_UNSUPPORTED after what could be
 * read.  Each with a sentence.
 */
int archive_each_member(struct host_file *f, uint64_t nbytes, const char *name,
			member_fn fn, void *arg);
int archive_each_member_mem(const uint8_t *data, size_t nbytes,
			    const char *name, member_fn fn, void *arg);

/*
 * Appends what stands before the last '/' and what stands behind it; one at
 * the end does not count ("Evil.class/" is a class to Java).  ERR_NOMEM.
 */
int archive_split_name(const char *name, struct str *folder, struct str *base);

#endif
