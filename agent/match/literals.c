/*
 * What bytes must be in a file for a compiled string to match.
 * SPDX-License-Identifier: Apache-2.0
 *
 * libyara finds a string by its atoms: byte sequences of up to four bytes in
 * an Aho-Corasick automaton, each with the code that verifies what stands
 * around it.  A string can match only where one of its atoms stands and the
 * code accepts.  So for every atom this file writes down the bytes that any
 * accepted place has, as a pattern of values and masks:
 *   plain text:  the whole text, as ASCII and as UTF-16, letters without
 *                case if nocase
 *   xor:         the whole text under the key that gives the atom
 *   hex, regex, base64:  the atom and what the code next to it demands, up
 *                to the first jump or repetition
 * A pattern may be weaker than the string (unknown bytes are masked out),
 * never stronger.  Every atom is kept beside its patterns, so that the places
 * found can be given to libyara's own verification (verify.c).  The structures
 * are those of libyara 4.5 (types.h, re.h, scan.c); nothing here reads the
 * language of the rules.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "match/literals.h"
#include <string.h>
#include <yara/re.h>

/* A pattern while it grows in both directions from its atom. */
#define DRAFT_HALF ((size_t)128)

struct draft {
	uint8_t value[2 * DRAFT_HALF];
	uint8_t mask[2 * DRAFT_HALF];
	size_t begin;
	size_t end;
};

static void draft_init(struct draft *d)
{
	d->begin = d->end = DRAFT_HALF;
}

static bool draft_append(struct draft *d, uint8_t value, uint8_t mask)
{
	if (d->end >= 2 * DRAFT_HALF)
		return false;
	d->value[d->end] = value & mask;
	d->mask[d->end++] = mask;
	return true;
}

static bool draft_prepend(struct draft *d, uint8_t value, uint8_t mask)
{
	if (!d->begin)
		return false;
	d->begin--;
	d->value[d->begin] = value & mask;
	d->mask[d->begin] = mask;
	return true;
}

static bool is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The mask 0xDF makes a letter equal to its other case and to nothing else. */
static uint8_t case_mask(uint8_t c, bool no_case)
{
	return no_case && is_letter(c) ? 0xDF : 0xFF;
}

static bool is_fixed(const struct draft *d, size_t i)
{
	return d->mask[i] == 0xFF ||
	       (d->mask[i] == 0xDF && is_letter(d->value[i]));
}

/*
 * How rare a window of bytes is: zeros and fillers are everywhere, and so is
 * what repeats.  Only the order counts.
 */
static int window_score(const struct draft *d, size_t at, size_t n)
{
	int score = 0;

	for (size_t i = at; i < at + n; i++) {
		uint8_t c = d->value[i];

		if (c == 0x00)
			score += 1;
		else if (c == 0xFF || c == 0x20 || c == 0xCC || c == 0x90)
			score += 3;
		else
			score += d->mask[i] == 0xFF ? 8 : 7;
		for (size_t k = at; k < i; k++) {
			if (d->value[k] == c && c) {
				score -= 3;
				break;
			}
		}
	}
	return score;
}

/* The best window of fixed bytes, as long as may be; its length, 0: none. */
static size_t choose_anchor(const struct draft *d, size_t *at_ret)
{
	size_t best_n = 0;
	int best = -1;

	for (size_t at = d->begin; at < d->end; at++) {
		size_t n = 0;
		int score;

		while (n < PATTERN_ANCHOR_MAX && at + n < d->end &&
		       is_fixed(d, at + n))
			n++;
		if (n < 2)
			continue;
		score = window_score(d, at, n);
		if (score > best) {
			best = score;
			best_n = n;
			*at_ret = at;
		}
	}
	return best_n;
}

static bool is_known(const struct string_patterns *s, const struct pattern *p)
{
	for (size_t i = 0; i < s->patterns.count; i++) {
		const struct pattern *q = vec_at(&s->patterns, i);

		if (q->nbytes == p->nbytes && q->origin == p->origin &&
		    q->fixed_offset == p->fixed_offset &&
		    memcmp(q->value, p->value, (size_t)p->nbytes * 2) == 0)
			return true;
	}
	return false;
}

/* Keeps the draft as a pattern of at most PATTERN_MAX_NBYTES. */
static void keep(struct collector *c, struct string_patterns *s,
		 const struct draft *full, int32_t shift, int64_t fixed_offset)
{
	struct draft cut = *full;
	struct draft *d = &cut;
	struct pattern p = { 0 };
	struct pattern *slot;
	size_t anchor = 0;
	size_t n;

	while (d->begin < d->end && !d->mask[d->begin]) {
		d->begin++;
		if (fixed_offset >= 0)
			fixed_offset++;
	}
	while (d->end > d->begin && !d->mask[d->end - 1])
		d->end--;
	n = choose_anchor(d, &anchor);
	if (!n) {
		s->is_unusable = true;
		return;
	}
	if (d->end - d->begin > PATTERN_MAX_NBYTES) {
		size_t begin = anchor > PATTERN_MAX_NBYTES / 2
				       ? anchor - PATTERN_MAX_NBYTES / 2
				       : 0;

		if (begin > d->begin) {
			if (fixed_offset >= 0)
				fixed_offset += (int64_t)(begin - d->begin);
			d->begin = begin;
		}
		if (d->end - d->begin > PATTERN_MAX_NBYTES)
			d->end = d->begin + PATTERN_MAX_NBYTES;
	}
	p.nbytes = (uint16_t)(d->end - d->begin);
	p.anchor = (uint16_t)(anchor - d->begin);
	p.anchor_nbytes = (uint8_t)n;
	p.group = c->group_index;
	p.origin = (int32_t)DRAFT_HALF - (int32_t)d->begin + shift;
	p.fixed_offset = fixed_offset;
	p.value = mem_alloc((size_t)p.nbytes * 2);
	if (!p.value) {
		c->ret = err_nomem();
		return;
	}
	p.mask = p.value + p.nbytes;
	memcpy(p.value, d->value + d->begin, p.nbytes);
	memcpy(p.mask, d->mask + d->begin, p.nbytes);
	slot = is_known(s, &p) ? NULL : vec_push(&s->patterns);
	if (slot) {
		*slot = p;
		return;
	}
	if (!is_known(s, &p))
		c->ret = err_last()->err;
	mem_free(p.value);
}

/*
 * A text of any length; what the draft cannot hold is left out.  In text
 * strings and literal regexes with both forms the two may mix nowhere:
 * libyara compares the whole text in one form.
 */
static void keep_text(struct collector *c, struct string_patterns *s,
		      const YR_STRING *string, bool wide, uint8_t key)
{
	bool no_case = STRING_IS_NO_CASE(string) != 0;
	/* "Unknown" is a negative number (YR_UNDEFINED). */
	int64_t fixed =
		STRING_IS_FIXED_OFFSET(string) && string->fixed_offset >= 0
			? string->fixed_offset
			: -1;
	struct draft d;

	draft_init(&d);
	for (int32_t i = 0; i < string->length; i++) {
		uint8_t b = string->string[i];

		if (!draft_append(&d, b ^ key, case_mask(b, no_case)))
			break;
		if (wide && !draft_append(&d, key, 0xFF))
			break;
	}
	keep(c, s, &d, 0, fixed);
}

/* Byte j of a text in its ASCII or UTF-16 form. */
static uint8_t form_byte(const YR_STRING *string, bool wide, size_t j)
{
	if (!wide)
		return string->string[j];
	return j % 2 ? 0 : string->string[j / 2];
}

/*
 * An atom of an xor string, `at` bytes behind the text's start.  libyara
 * takes the key from the first byte it compares and tries the ASCII form
 * even for texts that are only wide, so both forms that agree with the atom
 * are kept; where the atom lies behind the ASCII form, the atom itself is.
 */
static void keep_xor(struct collector *c, struct string_patterns *s,
		     const YR_STRING *string, const uint8_t *atom, size_t n,
		     size_t at)
{
	for (int wide = 0; wide <= 1; wide++) {
		size_t length = (size_t)string->length << wide;
		bool fits = true;
		uint8_t key;

		if (at >= length) {
			struct draft d;

			draft_init(&d);
			for (size_t i = 0; i < n; i++)
				draft_append(&d, atom[i], 0xFF);
			keep(c, s, &d, -(int32_t)at, -1);
			continue;
		}
		key = atom[0] ^ form_byte(string, wide, at);
		for (size_t i = 0; i < n && at + i < length; i++) {
			if ((form_byte(string, wide, at + i) ^ key) != atom[i])
				fits = false;
		}
		if (fits)
			keep_text(c, s, string, wide, key);
	}
}

/* ---- hex strings and regular expressions ------------------------------- */

/*
 * One instruction that consumes a byte: its value and mask and its length;
 * 0 ends the run.  Instructions that consume nothing give *consumes false.
 */
static size_t read_code(const uint8_t *ip, bool no_case, uint8_t *value,
			uint8_t *mask, bool *consumes)
{
	*value = 0;
	*mask = 0;
	*consumes = true;
	switch (*ip) {
	case RE_OPCODE_LITERAL:
		*value = ip[1];
		*mask = case_mask(ip[1], no_case);
		return 2;
	case RE_OPCODE_MASKED_LITERAL:
		*value = ip[1];
		*mask = ip[2];
		return 3;
	case RE_OPCODE_NOT_LITERAL:
		return 2;
	case RE_OPCODE_MASKED_NOT_LITERAL:
		return 3;
	case RE_OPCODE_ANY:
	case RE_OPCODE_WORD_CHAR:
	case RE_OPCODE_NON_WORD_CHAR:
	case RE_OPCODE_SPACE:
	case RE_OPCODE_NON_SPACE:
	case RE_OPCODE_DIGIT:
	case RE_OPCODE_NON_DIGIT:
		return 1;
	case RE_OPCODE_CLASS:
		return 1 + sizeof(RE_CLASS);
	case RE_OPCODE_WORD_BOUNDARY:
	case RE_OPCODE_NON_WORD_BOUNDARY:
	case RE_OPCODE_MATCH_AT_START:
	case RE_OPCODE_MATCH_AT_END:
		*consumes = false;
		return 1;
	default:
		return 0;
	}
}

/* Adds what the code demands of the bytes from the atom's start on. */
static void follow_code(struct draft *d, const uint8_t *ip, bool backwards,
			bool wide, bool no_case)
{
	uint8_t value;
	uint8_t mask;
	bool consumes;
	size_t n;

	while (ip && (n = read_code(ip, no_case, &value, &mask, &consumes))) {
		bool room = true;

		ip += n;
		if (!consumes)
			continue;
		if (backwards) {
			if (wide)
				room = draft_prepend(d, 0, 0xFF);
			room = room && draft_prepend(d, value, mask);
		} else {
			room = draft_append(d, value, mask);
			if (wide)
				room = room && draft_append(d, 0, 0xFF);
		}
		if (!room)
			return;
	}
}

/*
 * The atom's own bytes stand at the draft's start; the forward code begins
 * there too, so both demands hold and are laid over each other.  False if
 * they exclude each other (the UTF-16 form at an ASCII atom): nothing can
 * match there.
 */
static bool overlay_atom(struct draft *d, const uint8_t *atom, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = DRAFT_HALF + i;

		if (at >= d->end)
			draft_append(d, atom[i], 0xFF);
		if ((atom[i] & d->mask[at]) != d->value[at])
			return false;
		/*
		 * A letter without case stays one: libyara has an atom for
		 * each case, and one pattern serves them all.
		 */
		if (is_fixed(d, at))
			continue;
		d->value[at] = atom[i];
		d->mask[at] = 0xFF;
	}
	return true;
}

static void keep_code(struct collector *c, struct string_patterns *s,
		      const YR_AC_MATCH *match, const uint8_t *atom, size_t n)
{
	const YR_STRING *string = match->string;
	bool no_case = STRING_IS_NO_CASE(string) != 0;
	bool forms[2];

	forms[0] = STRING_IS_ASCII(string) || STRING_IS_BASE64(string) ||
		   STRING_IS_BASE64_WIDE(string);
	forms[1] = STRING_IS_WIDE(string) != 0;
	for (int wide = 0; wide <= 1; wide++) {
		struct draft d;

		if (!forms[wide])
			continue;
		draft_init(&d);
		/* The code runs from the place `backtrack` behind the atom. */
		if (match->backtrack == n) {
			follow_code(&d, match->forward_code, false, wide,
				    no_case);
			follow_code(&d, match->backward_code, true, wide,
				    no_case);
		}
		if (overlay_atom(&d, atom, n))
			keep(c, s, &d, (int32_t)n - match->backtrack, -1);
	}
}

/*
 * `order` is the place in the state's own list.  Where several atoms end at
 * one byte libyara takes the longest first.
 */
void literals_on_atom(struct collector *c, const YR_AC_MATCH *match,
		      const uint8_t *bytes, size_t n, uint32_t order)
{
	const YR_STRING *string = match->string;
	struct string_patterns *s = &c->strings[string->idx];
	struct atom *a;

	if (!n) {
		s->is_unusable = true;
		return;
	}
	a = vec_push(&s->atoms);
	if (!a) {
		c->ret = err_last()->err;
		return;
	}
	a->match = match;
	a->nbytes = (uint8_t)n;
	memcpy(a->bytes, bytes, n);
	a->rank = (uint32_t)(YR_MAX_ATOM_LENGTH - n) << 24 | order;
	if (!STRING_IS_LITERAL(string)) {
		keep_code(c, s, match, bytes, n);
		return;
	}
	if (STRING_IS_XOR(string)) {
		if (match->backtrack < n)
			s->is_unusable = true;
		else
			keep_xor(c, s, string, bytes, n, match->backtrack - n);
		return;
	}
	if (!STRING_IS_ASCII(string) && !STRING_IS_WIDE(string)) {
		struct draft d;

		draft_init(&d);
		overlay_atom(&d, bytes, n);
		keep(c, s, &d, (int32_t)n - match->backtrack, -1);
		return;
	}
	if (s->patterns.count) /* another atom of the same text */
		return;
	if (STRING_IS_ASCII(string))
		keep_text(c, s, string, false, 0);
	if (STRING_IS_WIDE(string))
		keep_text(c, s, string, true, 0);
}
