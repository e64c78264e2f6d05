/*
 * Unpacking what lies in archives, never beyond the bounds.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/archive_internal.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>
#include <zlib.h>

#define MAX_RATIO     200
#define RATIO_FROM    ((uint64_t)1 << 20)
#define OUTPUT_NBYTES ((size_t)64 << 10)
#define SPARE_NBYTES  ((size_t)1 << 20)

/* RFC 1952: deflate is the only method, three flags mean nothing. */
#define GZIP_HEAD_NBYTES 4
#define GZIP_FLAGS_NONE	 0xe0

/* Where an inflation reads and how far it has come. */
struct input {
	const struct source *source;
	uint64_t at;
	uint64_t end;
	uint64_t before; /* bytes of streams that are done */
};

void *archive_zalloc(void *arg, unsigned count, unsigned nbytes)
{
	(void)arg;
	return mem_array(count, nbytes);
}

void archive_zfree(void *arg, void *p)
{
	(void)arg;
	mem_free(p);
}

/* One inflation is over before the next begins, so there is one state. */
static int inflate_begin(struct archive_work *w, int window)
{
	if (!w->input)
		w->input = mem_alloc(ARCHIVE_INPUT_NBYTES);
	if (!w->input)
		return ERR_NOMEM;
	w->z.avail_in = 0; /* of the last one */
	if (w->has_z)
		return inflateReset2(&w->z, window) == Z_OK ? 0 : ERR_NOMEM;
	memset(&w->z, 0, sizeof(w->z));
	w->z.zalloc = archive_zalloc;
	w->z.zfree = archive_zfree;
	w->has_z = inflateInit2(&w->z, window) == Z_OK;
	return w->has_z ? 0 : ERR_NOMEM;
}

void archive_work_release(struct archive_work *w)
{
	if (w->has_z)
		inflateEnd(&w->z);
	mem_free(w->input);
	mem_free(w->spare.data);
}

/* A large one is no room to keep. */
void archive_output_release(struct archive_work *w, struct output *out)
{
	if (!w->spare.data && out->cap && out->cap <= SPARE_NBYTES)
		w->spare = (struct output){ out->data, 0, out->cap };
	else
		mem_free(out->data);
	memset(out, 0, sizeof(*out));
}

/* Whether there was some; then it is `out`'s. */
static bool take_spare(struct archive_work *w, struct output *out)
{
	if (!w->spare.data || out->data)
		return false;
	*out = w->spare;
	memset(&w->spare, 0, sizeof(w->spare));
	return true;
}

/* Room for more; what is unpacked never passes the bounds. */
static int output_grow(struct archive_work *w, struct output *out,
		       uint64_t consumed)
{
	size_t cap = out->cap ? out->cap * 2 : OUTPUT_NBYTES;
	uint8_t *grown;

	if (out->nbytes >= w->bounds.member ||
	    w->all + out->nbytes >= w->bounds.all)
		return ERR_TOO_LARGE;
	if (out->nbytes >= RATIO_FROM && out->nbytes / MAX_RATIO > consumed)
		return ERR_TOO_LARGE;
	if (take_spare(w, out))
		return 0;
	if (cap > w->bounds.member)
		cap = (size_t)w->bounds.member;
	grown = mem_realloc(out->data, cap);
	if (!grown)
		return ERR_NOMEM;
	out->data = grown;
	out->cap = cap;
	return 0;
}

static int inflate_step(struct archive_work *w, struct input *in,
			struct output *out, bool *done_ret)
{
	z_stream *s = &w->z;
	size_t nread = 0;
	unsigned given;
	int zerr;
	int err;

	/* Empty blocks can go on without giving anything. */
	if (w->read >= w->max_read)
		return ERR_TOO_LARGE;
	if (!s->avail_in && in->at < in->end) {
		size_t want = in->end - in->at > ARCHIVE_INPUT_NBYTES
				      ? ARCHIVE_INPUT_NBYTES
				      : (size_t)(in->end - in->at);

		err = source_read(in->source, in->at, w->input, want, &nread);
		if (err)
			return err;
		in->at += nread;
		s->next_in = w->input;
		s->avail_in = (unsigned)nread;
	}
	if (out->nbytes == out->cap) {
		err = output_grow(w, out, in->before + s->total_in);
		if (err)
			return err;
	}
	s->next_out = out->data + out->nbytes;
	s->avail_out = (unsigned)(out->cap - out->nbytes);
	given = s->avail_in;
	zerr = inflate(s, Z_NO_FLUSH);
	w->read += given - s->avail_in;
	out->nbytes = out->cap - s->avail_out;
	*done_ret = zerr == Z_STREAM_END;
	if (zerr == Z_MEM_ERROR)
		return ERR_NOMEM;
	/* Z_BUF_ERROR: no progress, so the input ended too early. */
	return zerr == Z_OK || zerr == Z_STREAM_END ? 0 : ERR_CORRUPT;
}

int unpack_deflated(struct archive_work *w, const struct source *source,
		    uint64_t at, uint64_t *end, struct output *out)
{
	struct input in = { source, at, *end, 0 };
	bool done = false;
	int err = inflate_begin(w, -MAX_WBITS);

	if (err)
		return err;
	while (!err && !done)
		err = inflate_step(w, &in, out, &done);
	*end = in.at - w->z.avail_in;
	return err;
}

int unpack_stored(struct archive_work *w, const struct source *source,
		  uint64_t at, uint64_t nbytes, struct output *out)
{
	if (nbytes > w->bounds.member || w->all + nbytes > w->bounds.all)
		return ERR_TOO_LARGE;
	if (at > source->nbytes || nbytes > source->nbytes - at)
		return ERR_CORRUPT;
	if (w->spare.cap > nbytes)
		take_spare(w, out);
	else
		out->data = mem_alloc((size_t)nbytes + 1);
	if (!out->data)
		return ERR_NOMEM;
	out->nbytes = (size_t)nbytes;
	return source_read_all(source, at, out->data, out->nbytes);
}

bool is_gzip(const struct source *source, uint64_t at)
{
	uint8_t head[GZIP_HEAD_NBYTES];

	return !source_read_all(source, at, head, sizeof(head)) &&
	       head[0] == 0x1f && head[1] == 0x8b && head[2] == Z_DEFLATED &&
	       !(head[3] & GZIP_FLAGS_NONE);
}

/*
 * Several streams behind one another are one file.  What else stands behind
 * the last one does not matter (Firefox writes its own notes there), and one
 * that is cut off is a download that was stopped: all there is was unpacked.
 */
int unpack_gzip(struct archive_work *w, const struct source *source,
		struct output *out)
{
	struct input in = { source, 0, source->nbytes, 0 };
	z_stream *s = &w->z;
	bool done = false;
	int err = inflate_begin(w, 16 + MAX_WBITS);

	if (err)
		return err;
	while (!err && !done) {
		err = inflate_step(w, &in, out, &done);
		if (err || !done || !is_gzip(source, in.at - s->avail_in))
			continue;
		in.before += s->total_in;
		done = false;
		if (inflateReset(s) != Z_OK)
			err = ERR_CORRUPT;
	}
	if (err == ERR_CORRUPT && !s->avail_in && in.at >= in.end)
		err = 0;
	return err;
}
