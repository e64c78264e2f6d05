/*
 * Reading an artefact: its head, pieces for the prefilter, or all of it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "match/scanner_internal.h"
#include "words/base.h"
#include "words/match.h"
#include <string.h>

static int read_exactly(struct scanner *s, uint64_t offset, uint8_t *buf,
			size_t nbytes)
{
	const struct match_source *source = s->source;
	size_t done = 0;

	while (done < nbytes) {
		size_t n = 0;
		int ret = source->read(source->arg, offset + done, buf + done,
				       nbytes - done, &n);

		if (ret)
			return ret;
		if (!n)
			return err_fail(ERR_CHANGED, 0, W_MATCH_FILE_SHRANK);
		done += n;
	}
	return 0;
}

void scanner_drop_whole(struct scanner *s)
{
	mem_free(s->whole);
	s->whole = NULL;
	if (s->holds_large)
		host_mutex_unlock(s->pack->large);
	s->holds_large = false;
}

/* All bytes of the source in memory; NULL with s->err set. */
const uint8_t *scanner_read_whole(void *arg)
{
	struct scanner *s = arg;
	uint64_t nbytes = s->source->nbytes;
	int ret;

	if (s->source->data)
		return s->source->data;
	if (s->buffered == nbytes)
		return s->buffer;
	if (s->whole)
		return s->whole;
	if (nbytes <= BUFFER_NBYTES) {
		ret = read_exactly(s, 0, s->buffer, (size_t)nbytes);
		scanner_note_error(s, ret);
		s->buffered = ret ? 0 : (size_t)nbytes;
		return ret ? NULL : s->buffer;
	}
	if (nbytes > WHOLE_MAX_NBYTES) {
		scanner_note_error(s, err_fail(ERR_TOO_LARGE, 0,
					       W_MATCH_FILE_TOO_LARGE, nbytes));
		return NULL;
	}
	if (nbytes > SHARED_NBYTES) {
		host_mutex_lock(s->pack->large);
		s->holds_large = true;
	}
	s->whole = mem_alloc((size_t)nbytes);
	if (!s->whole) {
		scanner_note_error(s, err_nomem());
		scanner_drop_whole(s);
		return NULL;
	}
	ret = read_exactly(s, 0, s->whole, (size_t)nbytes);
	if (ret) {
		scanner_note_error(s, ret);
		scanner_drop_whole(s);
		return NULL;
	}
	return s->whole;
}

/* The first bytes: for the gate, `filetype`, and conditions. */
int scanner_read_head(struct scanner *s)
{
	const struct match_source *source = s->source;
	size_t n = HEAD_NBYTES;
	int ret;

	if (source->data) {
		s->head_nbytes = (size_t)source->nbytes;
		return 0;
	}
	if (source->nbytes < n)
		n = (size_t)source->nbytes;
	ret = read_exactly(s, 0, s->buffer, n);
	if (ret)
		return ret;
	memcpy(s->head, s->buffer, n);
	s->head_nbytes = n;
	if (n == source->nbytes)
		s->buffered = n;
	return 0;
}

const uint8_t *scanner_head(const struct scanner *s)
{
	return s->source->data ? s->source->data : s->head;
}

static void look(struct scanner *s, const struct prefilter *f,
		 const uint8_t *data, size_t nbytes, uint64_t base)
{
	prefilter_run(f, data, nbytes, base, s->pack->can_verify, &s->found);
}

int scanner_check_size(uint64_t nbytes)
{
	if (nbytes <= SCANNER_MAX_NBYTES)
		return 0;
	return err_fail(ERR_TOO_LARGE, 0, W_MATCH_FILE_NOT_READ, nbytes);
}

/* What is found without the rest of it stays found. */
static bool must_end(struct scanner *s)
{
	int err = scanner_check_size(s->source->nbytes);

	if (err)
		scanner_note_error(s, err);
	else if (cancel_asked(s->cancel))
		scanner_note_error(
			s, err_fail(ERR_CANCELLED, 0, W_BASE_ERR_CANCELLED));
	else
		return false;
	return true;
}

int scanner_filter(struct scanner *s, const struct prefilter *f)
{
	const struct match_source *source = s->source;
	size_t overlap = prefilter_overlap(f);
	size_t used = s->head_nbytes; /* bytes in the buffer */
	size_t looked = 0;	      /* of them, looked at */
	uint64_t base = 0;	      /* offset of the buffer's first byte */

	if (source->data) {
		s->stats.bytes_filtered += source->nbytes;
		look(s, f, source->data, (size_t)source->nbytes, 0);
		return 0;
	}
	while (!must_end(s)) {
		uint64_t left = source->nbytes - base - used;
		size_t room;
		size_t begin;
		int ret;

		if (left && used == BUFFER_NBYTES) {
			memmove(s->buffer, s->buffer + used - overlap, overlap);
			base += used - overlap;
			used = looked = overlap;
		}
		room = BUFFER_NBYTES - used;
		if (room > STEP_NBYTES)
			room = STEP_NBYTES;
		if (room > left)
			room = (size_t)left;
		ret = read_exactly(s, base + used, s->buffer + used, room);
		if (ret)
			return ret;
		used += room;
		begin = looked > overlap ? looked - overlap : 0;
		s->stats.bytes_filtered += used - looked;
		look(s, f, s->buffer + begin, used - begin, base + begin);
		looked = used;
		left -= room;
		if (!left && !base)
			s->buffered = used;
		if (!left)
			return 0;
	}
	return 0;
}
