/*
 * The list of what Windows removes and renames at its next start, as bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/pending.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

/* All in UTF-16 units. */
struct pair {
	size_t from; /* where the pair begins */
	size_t source_nchars;
	size_t target_nchars;
	size_t end; /* behind the second NUL */
};

static bool is_nul(const uint8_t *data, size_t unit)
{
	return bytes_le16(data + 2 * unit) == 0;
}

/* Length of the text at `at`; false if its NUL is not before `end`. */
static bool text_at(const uint8_t *data, size_t at, size_t end,
		    size_t *nchars_ret)
{
	size_t n = at;

	while (n < end && !is_nul(data, n))
		n++;
	*nchars_ret = n - at;
	return n < end;
}

static bool pair_at(const uint8_t *data, size_t at, size_t end, struct pair *p)
{
	p->from = at;
	if (!text_at(data, at, end, &p->source_nchars))
		return false;
	at += p->source_nchars + 1;
	if (!text_at(data, at, end, &p->target_nchars))
		return false;
	p->end = at + p->target_nchars + 1;
	return true;
}

int pending_check(const uint8_t *data, size_t nbytes)
{
	const size_t count = nbytes / 2;
	struct pair p;
	size_t at = 0;

	if (nbytes == 0)
		return 0;
	if (nbytes % 2 == 0 && is_nul(data, count - 1)) {
		while (at < count - 1 && pair_at(data, at, count - 1, &p))
			at = p.end;
		if (at == count - 1)
			return 0;
	}
	return err_fail(ERR_CORRUPT, 0,
			"the list of what Windows removes at its next start "
			"is damaged; nothing is added to it");
}

/* Whether the pair asks for the removal of `source`: 1, 0, or -ERR_NOMEM. */
static int is_removal(const uint8_t *data, const struct pair *p,
		      const char *source)
{
	struct str text = STR_INIT;
	int ret;

	if (p->target_nchars != 0)
		return 0;
	str_add(&text, "");
	utf_from_utf16le(&text, data + 2 * p->from, p->source_nchars);
	ret = text.err ? -ERR_NOMEM : utf_casecmp(str_text(&text), source) == 0;
	str_release(&text);
	return ret;
}

size_t pending_count(const uint8_t *data, size_t nbytes, const char *source)
{
	const size_t end = nbytes / 2;
	struct pair p;
	size_t count = 0;

	for (size_t at = 0; pair_at(data, at, end, &p); at = p.end)
		if (is_removal(data, &p, source) == 1)
			count++;
	return count;
}

static int find_last(const uint8_t *data, size_t nbytes, const char *source,
		     struct pair *ret)
{
	const size_t end = nbytes / 2;
	bool is_found = false;
	struct pair p;

	for (size_t at = 0; pair_at(data, at, end, &p); at = p.end) {
		const int is_it = is_removal(data, &p, source);

		if (is_it < 0)
			return err_nomem();
		if (is_it) {
			*ret = p;
			is_found = true;
		}
	}
	return is_found ? 0
			: err_fail(ERR_NOT_FOUND, 0,
				   "the removal of \"%.512s\" is not asked for",
				   source);
}

int pending_without(const uint8_t *data, size_t nbytes, const char *source,
		    uint8_t **data_ret, size_t *nbytes_ret)
{
	size_t head, cut, left;
	struct pair p = { 0, 0, 0, 0 };
	uint8_t *rest = NULL;
	int err;

	err = find_last(data, nbytes, source, &p);
	if (err)
		return err;
	head = 2 * p.from;
	cut = 2 * (p.end - p.from);
	left = nbytes - cut;
	/* Nothing, or the NUL that ends a list of nothing. */
	if (left == 0 || (left == 2 && head == 0 && is_nul(data, p.end)))
		left = 0;
	if (left) {
		rest = mem_alloc(left);
		if (!rest)
			return err_nomem();
		memcpy(rest, data, head);
		memcpy(rest + head, data + head + cut, left - head);
	}
	*data_ret = rest;
	*nbytes_ret = left;
	return 0;
}

char *pending_source(const char *native)
{
	char *text = mem_strdup(native);

	if (text && ascii_starts_with(text, "\\\\?\\"))
		text[1] = '?';
	return text;
}
