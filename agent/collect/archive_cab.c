/*
 * Members of one cabinet file, bounded.
 * SPDX-License-Identifier: Apache-2.0
 *
 * [MS-CAB]: a header, a table of folders, a table of files, and for each
 * folder blocks of at most 32 KiB of what its files are one behind the other.
 * Blocks are stored or packed with MSZIP ([MS-MCI]: "CK" and a deflate stream
 * that goes on with the last 32 KiB in mind).  Quantum and LZX are not read,
 * nor files that begin or end in another cabinet.
 *
 * Nothing that is wrong with a cabinet is an error: it counts as not opened.
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

#define SIGNATURE     0x4643534du /* MSCF */
#define HEADER_NBYTES 36
#define FOLDER_NBYTES 8
#define FILE_NBYTES   16
#define BLOCK_NBYTES  8
#define MAX_RESERVE   255 /* a field of 8 bits */
/* With its NUL, by the specification. */
#define MAX_NAME 257

#define FLAG_PREVIOUS 0x0001
#define FLAG_NEXT     0x0002
#define FLAG_RESERVE  0x0004

#define MAX_PACKED   65535 /* a field of 16 bits */
#define MAX_UNPACKED 32768

/* What stands in place of the number of a folder, of a file that goes on. */
#define FROM_PREVIOUS 0xfffd
#define TO_NEXT	      0xfffe
#define FROM_AND_TO   0xffff

#define ATTRIBUTE_UTF8 0x80

enum {
	TYPE_STORED = 0,
	TYPE_MSZIP = 1
};

struct cab {
	struct source source;
	struct archive_work *work;
	const char *inside;
	unsigned depth;
	unsigned folders;
	unsigned files;
	uint64_t folders_at;
	uint64_t files_at;
	unsigned folder_reserve;
	unsigned block_reserve;
	bool is_partial; /* something of it was not read */
	struct vec list; /* struct cab_file */
};

struct cab_file {
	uint32_t at; /* in what its folder unpacks to */
	uint32_t nbytes;
	unsigned folder;
	unsigned attributes;
	uint64_t name_at;
	unsigned index;
};

/* What a folder unpacks to: one block at a time. */
struct stream {
	struct cab *cab;
	unsigned type;
	uint64_t first; /* where its blocks are */
	unsigned blocks;
	uint64_t at; /* of the next one */
	unsigned left;
	uint64_t pos; /* of the block that is unpacked */
	size_t nbytes;
	int problem; /* why it cannot go on */
	bool has_z;
	z_stream z;
	size_t window_nbytes;
	uint8_t window[MAX_UNPACKED]; /* what stands before the block */
	uint8_t block[MAX_UNPACKED];
};

bool is_cab(const struct source *source)
{
	uint8_t head[4];

	return !source_read_all(source, 0, head, sizeof(head)) &&
	       bytes_le32(head) == SIGNATURE;
}

/* ---- the tables ---------------------------------------------------------- */

/* The names of another cabinet and of its disk. */
static int skip_text(struct cab *c, uint64_t *at)
{
	char text[MAX_NAME];
	size_t n = 0;
	const char *end;
	int err = source_read(&c->source, *at, text, sizeof(text), &n);

	if (err)
		return err;
	end = memchr(text, '\0', n);
	if (!end)
		return ERR_CORRUPT;
	*at += (uint64_t)(end - text) + 1;
	return 0;
}

static int read_header(struct cab *c)
{
	uint8_t h[HEADER_NBYTES];
	uint8_t reserve[4];
	uint64_t at = HEADER_NBYTES;
	unsigned texts = 0;
	unsigned flags;
	int err = source_read_all(&c->source, 0, h, sizeof(h));

	if (err)
		return err;
	c->files_at = bytes_le32(h + 16);
	c->folders = bytes_le16(h + 26);
	c->files = bytes_le16(h + 28);
	flags = bytes_le16(h + 30);
	if (flags & FLAG_RESERVE) {
		err = source_read_all(&c->source, at, reserve, sizeof(reserve));
		if (err)
			return err;
		at += sizeof(reserve) + bytes_le16(reserve);
		c->folder_reserve = reserve[2];
		c->block_reserve = reserve[3];
	}
	texts += flags & FLAG_PREVIOUS ? 2 : 0;
	texts += flags & FLAG_NEXT ? 2 : 0;
	while (!err && texts--)
		err = skip_text(c, &at);
	c->folders_at = at;
	/* Some programs go to the files by the header, some (expand.exe of
	 * Windows 7) behind the folders: the others can have two lists. */
	at += (uint64_t)c->folders * (FOLDER_NBYTES + c->folder_reserve);
	if (c->files_at != at)
		c->is_partial = true;
	return err;
}

static int compare_files(const void *a, const void *b)
{
	const struct cab_file *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Those that can be read here, in the order in which they are unpacked. */
static int read_files(struct cab *c)
{
	uint64_t at = c->files_at;
	bool begins_before = false;
	int err = 0;

	for (unsigned i = 0; i < c->files && !err; i++) {
		uint8_t h[FILE_NBYTES];
		struct cab_file *f;
		unsigned folder;

		if (i >= c->work->bounds.members) {
			err = ERR_TOO_LARGE;
			break;
		}
		err = source_read_all(&c->source, at, h, sizeof(h));
		if (err)
			break;
		folder = bytes_le16(h + 8);
		begins_before |=
			folder == FROM_PREVIOUS || folder == FROM_AND_TO;
		if (folder >= c->folders) {
			c->is_partial = true;
		} else {
			f = vec_push(&c->list);
			if (!f)
				return ERR_NOMEM;
			f->nbytes = bytes_le32(h);
			f->at = bytes_le32(h + 4);
			f->folder = folder;
			f->attributes = bytes_le16(h + 14);
			f->name_at = at + FILE_NBYTES;
			f->index = i;
		}
		at += FILE_NBYTES;
		err = skip_text(c, &at);
	}
	if (c->list.count)
		qsort(c->list.items, c->list.count, sizeof(struct cab_file),
		      compare_files);
	/* Where the first folder's files begin stands in another cabinet. */
	for (size_t i = 0; i < c->list.count; i++) {
		struct cab_file *f = vec_at(&c->list, i);

		if (begins_before && f->folder == 0)
			f->folder = c->folders;
	}
	return err;
}

/*
 * Our UTF-8, '/' between the parts.  In Japanese code pages the byte of a
 * backslash can be the second one of a character.
 */
static char *read_name(struct cab *c, const struct cab_file *f)
{
	char text[MAX_NAME];
	const bool is_utf8 = (f->attributes & ATTRIBUTE_UTF8) != 0;
	size_t n = 0;

	if (source_read(&c->source, f->name_at, text, sizeof(text) - 1, &n))
		n = 0;
	text[n] = '\0';
	for (size_t i = 0; text[i]; i++) {
		uint8_t b = (uint8_t)text[i];

		if (b == '\\')
			text[i] = '/';
		else if (!is_utf8 && text[i + 1] &&
			 ((b >= 0x81 && b <= 0x9f) || (b >= 0xe0 && b <= 0xfc)))
			i++;
	}
	return mem_strdup(text);
}

/* ---- blocks -------------------------------------------------------------- */

static int stream_open(struct cab *c, unsigned folder, struct stream *s)
{
	uint8_t h[FOLDER_NBYTES];
	int err = source_read_all(
		&c->source,
		c->folders_at +
			(uint64_t)folder * (FOLDER_NBYTES + c->folder_reserve),
		h, sizeof(h));

	if (err)
		return err;
	s->cab = c;
	s->first = bytes_le32(h);
	s->blocks = bytes_le16(h + 4);
	s->type = bytes_le16(h + 6) & 0x0f;
	if (s->type != TYPE_STORED && s->type != TYPE_MSZIP)
		return ERR_UNSUPPORTED;
	s->at = s->first;
	s->left = s->blocks;
	if (!c->work->input)
		c->work->input = mem_alloc(ARCHIVE_INPUT_NBYTES);
	if (!c->work->input)
		return ERR_NOMEM;
	if (s->type == TYPE_STORED)
		return 0;
	s->z.zalloc = archive_zalloc;
	s->z.zfree = archive_zfree;
	s->has_z = inflateInit2(&s->z, -MAX_WBITS) == Z_OK;
	return s->has_z ? 0 : ERR_NOMEM;
}

static void stream_close(struct stream *s)
{
	if (s->has_z)
		inflateEnd(&s->z);
}

/* For files that overlap; the bound of all that is unpacked holds. */
static void stream_rewind(struct stream *s)
{
	s->at = s->first;
	s->left = s->blocks;
	s->pos = 0;
	s->nbytes = 0;
	s->window_nbytes = 0;
	s->problem = 0;
}

/* 32 bits at a time; of the bytes that are left the first counts most. */
static uint32_t checksum(const uint8_t *p, size_t nbytes, uint32_t sum)
{
	uint32_t rest = 0;

	for (; nbytes >= 4; nbytes -= 4, p += 4)
		sum ^= bytes_le32(p);
	for (size_t i = 0; i < nbytes; i++)
		rest = rest << 8 | p[i];
	return sum ^ rest;
}

/* The last 32 KiB with the block at their end. */
static void keep_window(struct stream *s)
{
	size_t keep = sizeof(s->window) - s->nbytes;

	if (keep > s->window_nbytes)
		keep = s->window_nbytes;
	memmove(s->window, s->window + s->window_nbytes - keep, keep);
	memcpy(s->window + keep, s->block, s->nbytes);
	s->window_nbytes = keep + s->nbytes;
}

static int inflate_block(struct stream *s, uint8_t *data, size_t packed,
			 size_t unpacked)
{
	int zerr;

	if (packed < 2 || data[0] != 'C' || data[1] != 'K')
		return ERR_CORRUPT;
	if (inflateReset(&s->z) != Z_OK ||
	    inflateSetDictionary(&s->z, s->window,
				 (unsigned)s->window_nbytes) != Z_OK)
		return ERR_NOMEM;
	s->z.next_in = data + 2;
	s->z.avail_in = (unsigned)packed - 2;
	s->z.next_out = s->block;
	s->z.avail_out = (unsigned)unpacked;
	zerr = inflate(&s->z, Z_FINISH);
	if (zerr == Z_MEM_ERROR)
		return ERR_NOMEM;
	return zerr == Z_STREAM_END && !s->z.avail_out ? 0 : ERR_CORRUPT;
}

/*
 * Over the data, then what stands between the checksum and it: with what is
 * reserved there by [MS-CAB], without it as some programs have it.
 */
static bool is_sum(const struct cab *c, const uint8_t *h, const uint8_t *data,
		   size_t nbytes)
{
	const uint32_t sum = bytes_le32(h);
	const uint32_t of_data = checksum(data, nbytes, 0);

	return !sum || checksum(h + 4, 4, of_data) == sum ||
	       checksum(h + 4, 4 + c->block_reserve, of_data) == sum;
}

/* Unpacks the block behind the present one. */
static int next_block(struct stream *s)
{
	struct cab *c = s->cab;
	struct archive_work *w = c->work;
	uint8_t h[BLOCK_NBYTES + MAX_RESERVE];
	const size_t head = BLOCK_NBYTES + c->block_reserve;
	size_t packed, unpacked;
	int err;

	if (!s->left)
		return ERR_CORRUPT;
	if (archive_is_used_up(w))
		return ERR_TOO_LARGE;
	err = source_read_all(&c->source, s->at, h, head);
	if (err)
		return err;
	packed = bytes_le16(h + 4);
	unpacked = bytes_le16(h + 6);
	if (!unpacked)
		return ERR_UNSUPPORTED; /* it goes on in another cabinet */
	if (unpacked > MAX_UNPACKED)
		return ERR_CORRUPT;
	if (s->type == TYPE_STORED && packed != unpacked)
		return ERR_CORRUPT;
	s->at += head;
	err = source_read_all(&c->source, s->at, w->input, packed);
	if (err)
		return err;
	/* A wrong checksum is no reason not to look. */
	if (!is_sum(c, h, w->input, packed))
		c->is_partial = true;
	s->at += packed;
	s->left--;
	w->read += packed;
	w->all += unpacked;
	keep_window(s);
	s->pos += s->nbytes;
	s->nbytes = 0;
	if (s->type == TYPE_MSZIP)
		err = inflate_block(s, w->input, packed, unpacked);
	else
		memcpy(s->block, w->input, packed);
	if (!err)
		s->nbytes = unpacked;
	return err;
}

/* ---- files --------------------------------------------------------------- */

/* What a file says of its size takes no memory before it is there. */
static int add_bytes(struct output *out, const uint8_t *data, size_t nbytes)
{
	uint8_t *grown;

	if (!out->data || out->cap - out->nbytes < nbytes) {
		size_t cap = out->cap ? out->cap * 2 : 2 * (size_t)MAX_UNPACKED;

		grown = mem_realloc(out->data, cap);
		if (!grown)
			return ERR_NOMEM;
		out->data = grown;
		out->cap = cap;
	}
	memcpy(out->data + out->nbytes, data, nbytes);
	out->nbytes += nbytes;
	return 0;
}

/* What could be unpacked stays in `out`, also with an error. */
static int read_file(struct stream *s, const struct cab_file *f,
		     struct output *out)
{
	int err = 0;

	if (!f->nbytes)
		return 0;
	if (f->nbytes > s->cab->work->bounds.member)
		return ERR_TOO_LARGE;
	if (f->at < s->pos)
		stream_rewind(s);
	while (!err && out->nbytes < f->nbytes) {
		uint64_t at = (uint64_t)f->at + out->nbytes;
		size_t from, n;

		while (at >= s->pos + s->nbytes) {
			if (!s->problem)
				s->problem = next_block(s);
			if (s->problem)
				return s->problem;
		}
		from = (size_t)(at - s->pos);
		n = s->nbytes - from;
		if (n > f->nbytes - out->nbytes)
			n = f->nbytes - out->nbytes;
		err = add_bytes(out, s->block + from, n);
	}
	return err;
}

static int show_file(struct cab *c, struct stream *s, const struct cab_file *f)
{
	struct archive_work *w = c->work;
	struct output out = { NULL, 0, 0 };
	char *name;
	int err;

	if (w->members++ >= w->bounds.members)
		return ERR_TOO_LARGE;
	name = read_name(c, f);
	err = name ? read_file(s, f, &out) : ERR_NOMEM;
	if (err && !archive_is_fatal(err)) {
		/* What is damaged further behind has a beginning. */
		c->is_partial = true;
		err = 0;
		if (!out.nbytes)
			goto out;
	}
	if (!err)
		err = archive_show(w, c->inside, name,
				   out.data ? out.data : (const uint8_t *)"",
				   out.nbytes, c->depth);
out:
	mem_free(out.data);
	mem_free(name);
	return err;
}

/* Files `from` up to the one that is not of this folder. */
static int show_folder(struct cab *c, size_t from, size_t *end_ret)
{
	const unsigned folder =
		((struct cab_file *)vec_at(&c->list, from))->folder;
	struct stream *s = mem_zalloc(sizeof(*s));
	bool can_read;
	int err;

	if (!s)
		return ERR_NOMEM;
	err = folder < c->folders ? stream_open(c, folder, s) : ERR_UNSUPPORTED;
	can_read = !err;
	if (err && !archive_is_fatal(err)) {
		c->is_partial = true;
		err = 0;
	}
	for (; from < c->list.count && !err; from++) {
		const struct cab_file *f = vec_at(&c->list, from);

		if (f->folder != folder)
			break;
		if (can_read)
			err = show_file(c, s, f);
	}
	stream_close(s);
	mem_free(s);
	*end_ret = from;
	return err;
}

int cab_walk(struct archive_work *w, const struct source *source,
	     const char *inside, unsigned depth)
{
	struct cab c = { .source = *source,
			 .work = w,
			 .inside = inside,
			 .depth = depth,
			 .list = VEC_INIT(struct cab_file, UINT16_MAX) };
	int err = read_header(&c);

	if (!err)
		err = read_files(&c);
	if (err && !archive_is_fatal(err)) {
		/* The files before the place that is damaged can be read. */
		c.is_partial = true;
		err = 0;
	}
	for (size_t i = 0; i < c.list.count && !err;)
		err = show_folder(&c, i, &i);
	vec_release(&c.list);
	if (err == ERR_TOO_LARGE) {
		c.is_partial = true;
		err = 0;
	}
	if (c.is_partial)
		archive_unopened(w, ARCHIVE_CAB);
	return err;
}
