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
#include "words/fix.h"

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
	return err_fail(ERR_CORRUPT, 0, W_FIX_PENDING_DAMAGED);
}

/* Whether the pair asks for the removal of `source`. */
static bool is_removal(const uint8_t *data, const struct pair *p,
		       const char *source)
{
	struct str text = STR_INIT;
	bool yes;

	if (p->target_nchars != 0)
		return false;
	str_add(&text, "");
	utf_from_utf16le(&text, data + 2 * p->from, p->source_nchars);
	yes = !text.err && utf_casecmp(str_text(&text), source) == 0;
	str_release(&text);
	return yes;
}

size_t pending_count(const uint8_t *data, size_t nbytes, const char *source)
{
	const size_t end = nbytes / 2;
	struct pair p;
	size_t count = 0;

	for (size_t at = 0; pair_at(data, at, end, &p); at = p.end)
		if (is_removal(data, &p, source))
			count++;
	return count;
}

char *pending_source(const char *native)
{
	char *text = mem_strdup(native);

	if (text && ascii_starts_with(text, "\\\\?\\"))
		text[1] = '?';
	return text;
}
