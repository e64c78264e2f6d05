/*
 * Members of zip, jar, gzip and cabinet files and of such files in them,
 * bounded.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_ARCHIVE_H
#define COLLECT_ARCHIVE_H

#include "base/fmt.h"
#include "base/str.h"
#include "host/host.h"

/* What holds files packed or out of sight, by its first bytes. */
enum archive_kind {
	ARCHIVE_NONE,
	ARCHIVE_ZIP, /* jar and the documents of newer programs, too */
	ARCHIVE_GZIP,
	ARCHIVE_CAB,
	ARCHIVE_7Z, /* this and those below are never opened */
	ARCHIVE_RAR,
	ARCHIVE_LZH,
	ARCHIVE_MAIL, /* .pst of Outlook, .dbx of Outlook Express */
	ARCHIVE_KIND_COUNT
};

/* FILETYPE_HEAD_NBYTES of them are enough. */
enum archive_kind archive_kind_of(const uint8_t *head, size_t nbytes);
/* "zip", "cab", "mail (pst, dbx)"; "" for ARCHIVE_NONE. */
const char *archive_kind_name(enum archive_kind kind);
bool archive_can_open(enum archive_kind kind);

/* The file on the disk is the first, an archive in it the second … */
#define ARCHIVE_MAX_DEPTH 4

/*
 * inside: "", or the archives in between, "lib/inner.jar!".
 * name: our UTF-8, '/' separated, as stored but bounded, may be ""; of what
 * was in a gzip: that one's last name without ".gz".  The content is whole.
 */
typedef int (*member_fn)(void *arg, const char *inside, const char *name,
			 const uint8_t *data, size_t nbytes);

/* For a file on the disk with all that lies in it. */
struct archive_bounds {
	unsigned members;
	uint64_t member; /* bytes of one */
	uint64_t all;	 /* bytes that are unpacked */
};

struct archive_options {
	member_fn fn;
	void *arg;
	const struct archive_bounds *bounds; /* NULL: those of a cache */
	/*
	 * [ARCHIVE_KIND_COUNT], may be NULL: raised for each cabinet that was
	 * not read to its end, and for each archive in it that cannot be
	 * opened.  Neither is an error.
	 */
	uint64_t *unopened;
};

/*
 * Of an archive that lies where anybody may keep one: what it may unpack to
 * follows from its size, so that many small ones are no more work than a
 * large one.
 */
struct archive_bounds archive_bounds_for(uint64_t nbytes);

/*
 * Whether it can be opened: by its first bytes or, for a zip, by an end
 * record.
 */
bool archive_is_likely(struct host_file *f, uint64_t nbytes);

/*
 * Calls back for every regular member, before what lies in it where it is an
 * archive; name: the file's own.  Bounds: depth, members, bytes of one
 * member, bytes in all, bytes read, ratio; above them ERR_TOO_LARGE after
 * what fitted.  Damaged or encrypted: ERR_CORRUPT / ERR_UNSUPPORTED after
 * what could be read.  Each with a sentence.
 */
int archive_each_member(struct host_file *f, uint64_t nbytes, const char *name,
			const struct archive_options *o);
int archive_each_member_mem(const uint8_t *data, size_t nbytes,
			    const char *name, const struct archive_options *o);

/*
 * Appends what stands before the last '/' and what stands behind it; one at
 * the end does not count ("Evil.class/" is a class to Java).  ERR_NOMEM.
 */
int archive_split_name(const char *name, struct str *folder, struct str *base);

#endif
