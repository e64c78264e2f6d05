/*
 * What the readers of archives share: archive.c (zip), archive_cab.c,
 * archive_unpack.c and archive_nested.c (what lies in what).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_ARCHIVE_INTERNAL_H
#define COLLECT_ARCHIVE_INTERNAL_H

#include "base/source.h"
#include "collect/archive.h"

#include <zlib.h>

/*
 * Far above every exploit archive and jar in a browser's cache (the largest
 * class library of Java 6 has some 20,000 members but lies elsewhere).  They
 * hold for a file on the disk with all that lies in it.
 */
#define ARCHIVE_MAX_MEMBERS 4096
#define ARCHIVE_MAX_MEMBER  ((uint64_t)32 << 20)
#define ARCHIVE_MAX_ALL	    ((uint64_t)256 << 20)
/* Archives in memory while what lies in them is unpacked. */
#define ARCHIVE_MAX_HELD ((uint64_t)64 << 20)

#define ARCHIVE_INPUT_NBYTES ((size_t)64 << 10)

/* Unpacked bytes; archive_output_release(). */
struct output {
	uint8_t *data;
	size_t nbytes;
	size_t cap;
};

/* One file on the disk, with the archives in it. */
struct archive_work {
	struct archive_options o;
	struct archive_bounds bounds;
	/* Bytes are read again where members overlap: not without end. */
	uint64_t max_read;
	unsigned members;
	uint64_t all;  /* unpacked so far */
	uint64_t read; /* packed bytes that went into it */
	uint64_t held; /* of archives that are open inside others */
	int problem;   /* the first thing that was wrong; reading goes on */
	bool is_too_deep;
	/* Kept from member to member, since archives have thousands: */
	uint8_t *input; /* ARCHIVE_INPUT_NBYTES, once something is inflated */
	bool has_z;
	z_stream z;
	struct output spare; /* room of an output that is done */
};

void archive_note(struct archive_work *w, int err);
/* Something in it that is not looked into; counted, no problem. */
void archive_unopened(struct archive_work *w, enum archive_kind kind);
/* Whether a bound of the whole file is reached: then nothing more is read. */
bool archive_is_used_up(const struct archive_work *w);
/* What ends the whole file; the rest is noted. */
bool archive_is_fatal(int err);
/* Shows a member and, where it is an archive itself, what lies in it. */
int archive_show(struct archive_work *w, const char *inside, const char *name,
		 const uint8_t *data, size_t nbytes, unsigned depth);

/* What the work holds between members. */
void archive_work_release(struct archive_work *w);
void archive_output_release(struct archive_work *w, struct output *out);

void *archive_zalloc(void *arg, unsigned count, unsigned nbytes);
void archive_zfree(void *arg, void *p);

/*
 * All three: ERR_TOO_LARGE above a bound, ERR_CORRUPT, ERR_NOMEM, or why the
 * file cannot be read.  `*end`: where the packed bytes end at most, and after
 * the call where they did.
 */
int unpack_deflated(struct archive_work *w, const struct source *source,
		    uint64_t at, uint64_t *end, struct output *out);
int unpack_stored(struct archive_work *w, const struct source *source,
		  uint64_t at, uint64_t nbytes, struct output *out);
/* What could be unpacked stays in `out`, also with ERR_CORRUPT. */
int unpack_gzip(struct archive_work *w, const struct source *source,
		struct output *out);
bool is_gzip(const struct source *source, uint64_t at);

/* By its first bytes or by an end record; ERR_NOMEM. */
int zip_is_likely(const struct source *source, bool *ret);
bool is_cab(const struct source *source);
/* Only what ends the whole file is an error; the rest is "unopened". */
int cab_walk(struct archive_work *w, const struct source *source,
	     const char *inside, unsigned depth);
int zip_walk(struct archive_work *w, const struct source *source,
	     const char *inside, unsigned depth);

#endif
