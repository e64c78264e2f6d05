/*
 * Members of one zip or jar file, bounded.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The format is read here, over zlib's inflate, and not through libarchive:
 * that converts names by the locale or the code page of the host (a CP932
 * name with a 0x5C byte changes, others come back as NULL), so the same
 * archive would give different findings on different hosts.  Names are bytes
 * here, as stored.
 *
 * The central directory counts, as it does for Java.  Where it is missing or
 * ends early the local headers are followed, and the result is ERR_CORRUPT.
 * Other programs go by the local headers alone: members that the directory does
 * not name (those of an archive in front of another) are looked at, too.
 */
#include "collect/archive_internal.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MAX_NAME	 4096
#define MAX_COMMENT	 65535
#define MAX_LOCAL_SEARCH 64
#define MAX_SPANS	 65536

#define END_SIGNATURE	  0x06054b50u
#define END_NBYTES	  22
#define END64_SIGNATURE	  0x06064b50u
#define LOCATOR_SIGNATURE 0x07064b50u
#define LOCATOR_NBYTES	  20
#define CENTRAL_SIGNATURE 0x02014b50u
#define CENTRAL_NBYTES	  46
#define LOCAL_SIGNATURE	  0x04034b50u
#define LOCAL_NBYTES	  30

#define FLAG_ENCRYPTED	0x0001
#define FLAG_DESCRIPTOR 0x0008
#define FLAG_STRONG	0x0040

enum {
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8
};

struct zip {
	struct source source;
	struct archive_work *work;
	const char *inside;
	unsigned depth;
	uint64_t end;  /* behind the data of the last member read */
	uint64_t used; /* likewise, but only what was unpacked of them */
	struct vec spans;
};

/* What a member takes that the directory names. */
struct span {
	uint64_t from, to;
};

struct member {
	unsigned flags;
	unsigned method;
	uint32_t crc;
	uint64_t packed;
	uint64_t unpacked;
	uint64_t local; /* offset of the local header */
	uint64_t data;
	bool knows_size;
	char *name;
};

/* Our UTF-8: a NUL inside becomes C0 80, other bytes stay. */
static char *read_name(struct zip *z, uint64_t offset, size_t nbytes)
{
	uint8_t *bytes;
	struct str s = STR_INIT;
	size_t i;

	if (nbytes > MAX_NAME)
		nbytes = MAX_NAME;
	bytes = mem_alloc(nbytes + 1);
	if (!bytes)
		return NULL;
	if (source_read_all(&z->source, offset, bytes, nbytes))
		nbytes = 0;
	str_add(&s, "");
	for (i = 0; i < nbytes; i++)
		if (bytes[i])
			str_addch(&s, (char)bytes[i]);
		else
			str_addn(&s, "\xc0\x80", 2);
	mem_free(bytes);
	return str_detach(&s);
}

/*
 * What Java takes for a folder it reads all the same: asked for "Evil.class"
 * it tries "Evil.class/", too.  Only what is empty is a folder.
 */
static bool has_folder_name(const struct member *m)
{
	size_t n = strlen(m->name);

	return n && m->name[n - 1] == '/';
}

static int unpack(struct zip *z, const struct member *m, struct output *out)
{
	uint64_t end = z->source.nbytes;
	int err;

	if (m->method == METHOD_STORED) {
		if (!m->knows_size)
			return ERR_CORRUPT; /* its end is written nowhere */
		z->end = z->used = m->data + m->packed;
		return unpack_stored(z->work, &z->source, m->data, m->packed,
				     out);
	}
	if (m->method != METHOD_DEFLATED)
		return ERR_UNSUPPORTED;
	if (m->knows_size)
		end = m->data + m->packed;
	err = unpack_deflated(z->work, &z->source, m->data, &end, out);
	z->end = m->knows_size ? m->data + m->packed : end;
	z->used = end;
	return err;
}

static uint32_t crc_of(const struct output *out)
{
	return (uint32_t)crc32(crc32(0, NULL, 0), out->data,
			       (unsigned)out->nbytes);
}

/* Unpack one member and show it; only what ends the archive is returned. */
static int show_member(struct zip *z, struct member *m)
{
	struct archive_work *w = z->work;
	struct output out = { NULL, 0, 0 };
	int err;

	if (has_folder_name(m) && m->knows_size && !m->packed)
		return 0;
	if (w->members++ >= w->bounds.members)
		return ERR_TOO_LARGE;
	if (m->flags & (FLAG_ENCRYPTED | FLAG_STRONG)) {
		archive_note(w, ERR_UNSUPPORTED);
		return 0;
	}
	err = unpack(z, m, &out);
	w->all += out.nbytes;
	if (err && !archive_is_fatal(err)) {
		/* One bad member does not hide the next one. */
		archive_note(w, err);
		err = archive_is_used_up(w) ? ERR_TOO_LARGE : 0;
	} else if (!err && (out.nbytes || !has_folder_name(m))) {
		/* A wrong checksum is no reason not to look. */
		if (m->knows_size && crc_of(&out) != m->crc)
			archive_note(w, ERR_CORRUPT);
		err = archive_show(w, z->inside, m->name,
				   out.data ? out.data : (const uint8_t *)"",
				   out.nbytes, z->depth);
	}
	archive_output_release(w, &out);
	return err;
}

/* ---- local headers ------------------------------------------------------ */

/* Fills what the local header alone knows: where the data begin. */
static int read_local(struct zip *z, struct member *m, uint8_t h[LOCAL_NBYTES])
{
	if (source_read_all(&z->source, m->local, h, LOCAL_NBYTES) ||
	    bytes_le32(h) != LOCAL_SIGNATURE)
		return ERR_CORRUPT;
	m->data = m->local + LOCAL_NBYTES + bytes_le16(h + 26) +
		  bytes_le16(h + 28);
	return m->data <= z->source.nbytes ? 0 : ERR_CORRUPT;
}

/* The next local header at or shortly behind `at`. */
static bool find_local(struct zip *z, uint64_t at, uint64_t *ret)
{
	uint8_t b[MAX_LOCAL_SEARCH];
	size_t n = 0;
	size_t i;

	if (source_read(&z->source, at, b, sizeof(b), &n))
		return false;
	for (i = 0; i + 4 <= n; i++) {
		if (bytes_le32(b + i) == LOCAL_SIGNATURE) {
			*ret = at + i;
			return true;
		}
	}
	return false;
}

static int walk_local(struct zip *z, uint64_t at)
{
	int err = 0;

	while (!err && find_local(z, at, &at)) {
		struct member m = { .local = at };
		uint8_t h[LOCAL_NBYTES];

		if (read_local(z, &m, h))
			break;
		m.flags = bytes_le16(h + 6);
		m.method = bytes_le16(h + 8);
		m.crc = bytes_le32(h + 14);
		m.packed = bytes_le32(h + 18);
		m.unpacked = bytes_le32(h + 22);
		m.knows_size = !(m.flags & FLAG_DESCRIPTOR);
		m.name = read_name(z, at + LOCAL_NBYTES, bytes_le16(h + 26));
		if (!m.name)
			return ERR_NOMEM;
		z->end = m.data + (m.knows_size ? m.packed : 0);
		err = show_member(z, &m);
		mem_free(m.name);
		at = z->end > at ? z->end : at + 4;
	}
	return err;
}

/* ---- central directory -------------------------------------------------- */

struct directory {
	uint64_t at; /* in the file */
	uint64_t end;
	uint64_t base; /* what stands in front of the archive */
};

/* A zip64 end record replaces fields that are all ones. */
static void read_end64(struct zip *z, uint64_t end, uint64_t *offset,
		       uint64_t *nbytes)
{
	uint8_t locator[LOCATOR_NBYTES];
	uint8_t h[56];

	if (end < LOCATOR_NBYTES ||
	    source_read_all(&z->source, end - LOCATOR_NBYTES, locator,
			    sizeof(locator)) ||
	    bytes_le32(locator) != LOCATOR_SIGNATURE ||
	    source_read_all(&z->source, bytes_le64(locator + 8), h,
			    sizeof(h)) ||
	    bytes_le32(h) != END64_SIGNATURE)
		return;
	*nbytes = bytes_le64(h + 40);
	*offset = bytes_le64(h + 48);
}

static bool read_end(struct zip *z, uint64_t at, const uint8_t *h,
		     struct directory *ret)
{
	uint64_t nbytes = bytes_le32(h + 12);
	uint64_t offset = bytes_le32(h + 16);
	uint64_t end = at;

	if (nbytes == UINT32_MAX || offset == UINT32_MAX) {
		read_end64(z, at, &offset, &nbytes);
		if (offset > at || nbytes > at - offset)
			return false;
		ret->base = 0;
		ret->at = offset;
		ret->end = offset + nbytes;
		return true;
	}
	/* A program in front (self-extractor, GIFAR) shifts all offsets. */
	if (nbytes > end || offset > end - nbytes)
		return false;
	ret->at = end - nbytes;
	ret->end = end;
	ret->base = ret->at - offset;
	return true;
}

static bool has_row(struct zip *z, const struct directory *d)
{
	uint8_t b[4];

	return !source_read_all(&z->source, d->at, b, sizeof(b)) &&
	       bytes_le32(b) == CENTRAL_SIGNATURE;
}

/*
 * Java and Windows take the last record whose comment reaches exactly to the
 * end of the file; a comment may hold the bytes of another record.  Only
 * where there is none such is a record taken that lies otherwise, and then
 * the archive counts as damaged.  Java takes it only if it leads to a row:
 * else four bytes at the end would hide all that is in the archive.
 */
static bool find_end(struct zip *z, const uint8_t *tail, size_t nbytes,
		     uint64_t start, bool exact, struct directory *ret)
{
	for (size_t i = nbytes; i >= END_NBYTES; i--) {
		const uint8_t *h = tail + i - END_NBYTES;

		/* Every member is searched: most bytes are not even a 'P'. */
		if (*h != (uint8_t)END_SIGNATURE)
			continue;
		if (bytes_le32(h) == END_SIGNATURE &&
		    (bytes_le16(h + 20) == nbytes - i) == exact &&
		    read_end(z, start + i - END_NBYTES, h, ret) &&
		    (exact || has_row(z, ret)))
			return true;
	}
	return false;
}

static int search_directory(struct zip *z, const uint8_t *tail, size_t nbytes,
			    uint64_t start, bool only_exact,
			    struct directory *ret)
{
	if (find_end(z, tail, nbytes, start, true, ret))
		/* Nothing in it although members stand before it. */
		return ret->at == ret->end && ret->at > 0 ? ERR_NOT_FOUND : 0;
	if (only_exact || !find_end(z, tail, nbytes, start, false, ret))
		return ERR_NOT_FOUND;
	archive_note(z->work, ERR_CORRUPT);
	return 0;
}

/* `only_exact`: one whose comment does not end the file does not count. */
static int find_directory(struct zip *z, bool only_exact, struct directory *ret)
{
	size_t nbytes = END_NBYTES + MAX_COMMENT;
	uint64_t start;
	uint8_t *tail;
	int err;

	if (nbytes > z->source.nbytes)
		nbytes = (size_t)z->source.nbytes;
	start = z->source.nbytes - nbytes;
	if (z->source.data)
		return search_directory(z, z->source.data + start, nbytes,
					start, only_exact, ret);
	tail = mem_alloc(nbytes + 1);
	if (!tail)
		return ERR_NOMEM;
	err = source_read_all(&z->source, start, tail, nbytes);
	if (!err)
		err = search_directory(z, tail, nbytes, start, only_exact, ret);
	mem_free(tail);
	return err;
}

int zip_is_likely(const struct source *source, bool *ret)
{
	struct archive_work probe = { 0 };
	struct zip z = { .source = *source, .work = &probe };
	struct directory d;
	uint8_t head[4];
	int err;

	*ret = false;
	if (source->nbytes < END_NBYTES ||
	    source_read_all(source, 0, head, sizeof(head)))
		return 0;
	*ret = bytes_le32(head) == LOCAL_SIGNATURE ||
	       bytes_le32(head) == END_SIGNATURE;
	if (*ret)
		return 0;
	err = find_directory(&z, true, &d);
	*ret = !err && !probe.problem;
	return err == ERR_NOMEM ? err : 0;
}

static int add_span(struct zip *z, const struct member *m)
{
	struct span *s = vec_push(&z->spans);

	if (!s && z->spans.count < MAX_SPANS)
		return ERR_NOMEM;
	if (!s) {
		archive_note(z->work, ERR_TOO_LARGE);
		return 0;
	}
	s->from = m->local;
	s->to = z->used;
	return 0;
}

static int show_central(struct zip *z, const struct directory *d, uint64_t at,
			const uint8_t *h)
{
	struct member m = { .flags = bytes_le16(h + 8),
			    .method = bytes_le16(h + 10),
			    .crc = bytes_le32(h + 16),
			    .packed = bytes_le32(h + 20),
			    .unpacked = bytes_le32(h + 24),
			    .local = d->base + bytes_le32(h + 42),
			    .knows_size = true };
	uint8_t local[LOCAL_NBYTES];
	int err;

	if (m.packed == UINT32_MAX || m.unpacked == UINT32_MAX ||
	    bytes_le32(h + 42) == UINT32_MAX) {
		archive_note(z->work,
			     ERR_TOO_LARGE); /* zip64: far above our bounds */
		return 0;
	}
	if (read_local(z, &m, local)) {
		archive_note(z->work, ERR_CORRUPT);
		return 0;
	}
	m.name = read_name(z, at + CENTRAL_NBYTES, bytes_le16(h + 28));
	if (!m.name)
		return ERR_NOMEM;
	z->used = m.data + m.packed;
	err = show_member(z, &m);
	mem_free(m.name);
	return err ? err : add_span(z, &m);
}

/* ERR_CORRUPT if the directory ends before its time; at what was shown. */
static int walk_central(struct zip *z, const struct directory *d,
			bool *broke_ret)
{
	uint64_t at = d->at;
	int err = 0;

	while (!err && at < d->end) {
		uint8_t h[CENTRAL_NBYTES];

		if (d->end - at < CENTRAL_NBYTES ||
		    source_read_all(&z->source, at, h, sizeof(h)) ||
		    bytes_le32(h) != CENTRAL_SIGNATURE) {
			*broke_ret = true;
			break;
		}
		err = show_central(z, d, at, h);
		at += CENTRAL_NBYTES + bytes_le16(h + 28) + bytes_le16(h + 30) +
		      bytes_le16(h + 32);
	}
	return err;
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* The members in front of, between and behind those of the directory. */
static int walk_between(struct zip *z, const struct directory *d)
{
	uint64_t nbytes = z->source.nbytes, at = 0;
	int err = 0;

	if (z->spans.count)
		qsort(z->spans.items, z->spans.count, sizeof(struct span),
		      compare_spans);
	for (size_t i = 0; i <= z->spans.count && !err; i++) {
		const struct span *s =
			i < z->spans.count ? vec_at(&z->spans, i) : NULL;

		z->source.nbytes = s ? s->from : d->at;
		if (at < z->source.nbytes)
			err = walk_local(z, at);
		if (s && s->to > at)
			at = s->to;
	}
	z->source.nbytes = nbytes;
	return err;
}

int zip_walk(struct archive_work *w, const struct source *source,
	     const char *inside, unsigned depth)
{
	struct zip z = { .source = *source,
			 .work = w,
			 .inside = inside,
			 .depth = depth,
			 .spans = VEC_INIT(struct span, MAX_SPANS) };
	struct directory d;
	bool broke = false;
	int err = find_directory(&z, false, &d);

	if (!err)
		err = walk_central(&z, &d, &broke);
	else if (err == ERR_NOT_FOUND) {
		err = 0;
		broke = true;
	}
	if (!err && broke) {
		archive_note(w, ERR_CORRUPT);
		err = walk_local(&z, z.end);
	} else if (!err) {
		err = walk_between(&z, &d);
	}
	vec_release(&z.spans);
	return err;
}
