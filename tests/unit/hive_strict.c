/*
 * Holds a hive file against its format; see hive_strict.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing of agent/registry is used: this is the other opinion.
 */
#include "hive_strict.h"

#include "base/bytes.h"
#include "base/utf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE 0xffffffffu

enum {
	NOTHING,
	FREE,
	USED,
	OWNED
};

struct name {
	const uint8_t *p;
	size_t units;
	bool is_wide;
};

struct look {
	const uint8_t *bins;
	uint32_t nbytes;
	uint8_t *state; /* of the cell that begins there, by 8 bytes */
	uint32_t *refs; /* of the record that begins there, likewise */
	uint32_t minor;
	struct hive_strict *ret;
};

static void FMT_PRINTF(2, 3) broken(struct look *l, const char *fmt, ...)
{
	va_list ap;

	if (l->ret->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(l->ret->why, sizeof(l->ret->why), fmt, ap);
	va_end(ap);
}

/* Data of a cell that has no other owner; NULL and broken otherwise. */
static const uint8_t *own(struct look *l, uint32_t at, size_t need,
			  const char *what)
{
	uint32_t size;

	if (at % 8 || at >= l->nbytes || l->state[at / 8] != USED) {
		broken(l, "%s at %x: %s", what, (unsigned)at,
		       at % 8 || at >= l->nbytes   ? "no cell"
		       : l->state[at / 8] == OWNED ? "owned twice"
						   : "not allocated");
		return NULL;
	}
	size = 0u - bytes_le32(l->bins + at);
	if (size - 4 < need) {
		broken(l, "%s at %x: too short", what, (unsigned)at);
		return NULL;
	}
	l->state[at / 8] = OWNED;
	return l->bins + at + 4;
}

static size_t room(const struct look *l, uint32_t at)
{
	return 0u - bytes_le32(l->bins + at) - 4;
}

static uint32_t unit(const struct name *n, size_t i)
{
	return n->is_wide ? bytes_le16(n->p + 2 * i) : n->p[i];
}

static int compare(const struct name *a, const struct name *b)
{
	for (size_t i = 0; i < a->units && i < b->units; i++) {
		uint32_t x = utf_upcase(unit(a, i)), y = utf_upcase(unit(b, i));

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a->units < b->units ? -1 : a->units > b->units;
}

static struct name name_of(const uint8_t *nk)
{
	struct name n = { nk + 76, bytes_le16(nk + 72),
			  !(bytes_le16(nk + 2) & 0x20) };

	if (n.is_wide)
		n.units /= 2;
	return n;
}

static void check_hint(struct look *l, const uint8_t *leaf, const uint8_t *hint,
		       const struct name *n, uint32_t at)
{
	uint32_t hash = 0;

	if (leaf[1] == 'h') {
		for (size_t i = 0; i < n->units; i++)
			hash = hash * 37 + utf_upcase(unit(n, i));
		if (bytes_le32(hint) != hash)
			broken(l, "nk at %x: hash %x instead of %x",
			       (unsigned)at, (unsigned)bytes_le32(hint),
			       (unsigned)hash);
	} else if (leaf[1] == 'f') {
		for (size_t i = 0; i < 4; i++) {
			uint32_t want = i < n->units ? unit(n, i) : 0;

			/* The case may be either; beyond a byte it is not. */
			if (n->is_wide || want > 0x7f)
				return;
			if (utf_upcase(hint[i]) != utf_upcase(want))
				broken(l, "nk at %x: wrong letters",
				       (unsigned)at);
		}
	}
}

static void key(struct look *l, uint32_t at, uint32_t parent, unsigned depth);

struct subkeys {
	uint32_t count, longest, longest_class;
	struct name last;
	bool has_last;
};

static void leaf(struct look *l, uint32_t at, uint32_t parent, unsigned depth,
		 struct subkeys *s)
{
	const uint8_t *p = own(l, at, 4, "leaf");
	size_t step, count;

	if (!p)
		return;
	if (p[0] != 'l' || (p[1] != 'f' && p[1] != 'h' && p[1] != 'i')) {
		broken(l, "leaf at %x: no leaf", (unsigned)at);
		return;
	}
	step = p[1] == 'i' ? 4 : 8;
	count = bytes_le16(p + 2);
	if (!count)
		broken(l, "leaf at %x: empty", (unsigned)at);
	if (4 + step * count > room(l, at)) {
		broken(l, "leaf at %x: too short", (unsigned)at);
		return;
	}
	if (p[1] == 'h' && l->minor < 5)
		broken(l, "leaf at %x: hashes in an old hive", (unsigned)at);
	for (size_t i = 0; i < count && !l->ret->why[0]; i++) {
		const uint8_t *e = p + 4 + step * i, *nk;
		uint32_t child = bytes_le32(e), nbytes;
		struct name n;

		key(l, child, parent, depth + 1);
		if (l->ret->why[0])
			return;
		nk = l->bins + child + 4;
		n = name_of(nk);
		if (s->has_last && compare(&s->last, &n) >= 0)
			broken(l, "nk at %x: out of order", (unsigned)child);
		check_hint(l, p, e + 4, &n, child);
		s->last = n;
		s->has_last = true;
		s->count++;
		nbytes = (uint32_t)(2 * n.units);
		s->longest = nbytes > s->longest ? nbytes : s->longest;
		if (bytes_le16(nk + 74) > s->longest_class)
			s->longest_class = bytes_le16(nk + 74);
	}
}

static void subkeys(struct look *l, const uint8_t *nk, uint32_t at,
		    unsigned depth)
{
	uint32_t list = bytes_le32(nk + 28), count = bytes_le32(nk + 20);
	struct subkeys s = { 0 };
	const uint8_t *p;

	if (!count) {
		if (list != NONE)
			broken(l, "nk at %x: a list of no subkeys",
			       (unsigned)at);
		return;
	}
	if (list % 8 || list >= l->nbytes) {
		broken(l, "nk at %x: no list", (unsigned)at);
		return;
	}
	p = l->bins + list + 4;
	if (!memcmp(p, "ri", 2)) {
		size_t leaves = bytes_le16(p + 2);

		if (!own(l, list, 4 + 4 * leaves, "ri"))
			return;
		if (!leaves)
			broken(l, "ri at %x: empty", (unsigned)list);
		for (size_t i = 0; i < leaves && !l->ret->why[0]; i++)
			leaf(l, bytes_le32(p + 4 + 4 * i), at, depth, &s);
	} else {
		leaf(l, list, at, depth, &s);
	}
	if (s.count != count)
		broken(l, "nk at %x: %u subkeys instead of %u", (unsigned)at,
		       (unsigned)s.count, (unsigned)count);
	if (s.longest > bytes_le16(nk + 52))
		broken(l, "nk at %x: longest subkey is longer", (unsigned)at);
	if (s.longest_class > bytes_le32(nk + 56))
		broken(l, "nk at %x: longest class is longer", (unsigned)at);
}

static void big_data(struct look *l, const uint8_t *db, uint32_t nbytes)
{
	size_t count = bytes_le16(db + 2);
	const uint8_t *list;

	if (l->minor < 4 || count != (nbytes + 16343) / 16344 || count < 2) {
		broken(l, "db: %u segments", (unsigned)count);
		return;
	}
	list = own(l, bytes_le32(db + 4), 4 * count, "segments");
	for (size_t i = 0; list && i < count; i++) {
		size_t n = i + 1 < count ? 16344 : nbytes - 16344 * i;

		own(l, bytes_le32(list + 4 * i), n, "segment");
	}
}

static void value(struct look *l, uint32_t at, const uint8_t *nk)
{
	const uint8_t *p = own(l, at, 20, "vk"), *data;
	uint32_t nbytes, name;

	if (!p)
		return;
	name = bytes_le16(p + 2);
	if (memcmp(p, "vk", 2) != 0 || room(l, at) < 20 + name) {
		broken(l, "vk at %x: no value", (unsigned)at);
		return;
	}
	if (!(bytes_le16(p + 16) & 1) && name % 2)
		broken(l, "vk at %x: half a letter", (unsigned)at);
	if ((bytes_le16(p + 16) & 1 ? 2 * name : name) > bytes_le32(nk + 60))
		broken(l, "vk at %x: longest name is longer", (unsigned)at);
	nbytes = bytes_le32(p + 4);
	if (nbytes & 0x80000000u) {
		nbytes &= 0x7fffffffu;
		if (nbytes > 4)
			broken(l, "vk at %x: %u bytes inside", (unsigned)at,
			       (unsigned)nbytes);
	} else if (nbytes) {
		data = own(l, bytes_le32(p + 8), 0, "data");
		if (!data)
			return;
		if (nbytes > 16344 && l->minor >= 4 && !memcmp(data, "db", 2) &&
		    room(l, bytes_le32(p + 8)) < 20)
			big_data(l, data, nbytes);
		else if (nbytes > room(l, bytes_le32(p + 8)))
			broken(l, "vk at %x: data too short", (unsigned)at);
	}
	if (nbytes > bytes_le32(nk + 64))
		broken(l, "vk at %x: longest data is longer", (unsigned)at);
}

static void values(struct look *l, const uint8_t *nk, uint32_t at)
{
	uint32_t count = bytes_le32(nk + 36), list = bytes_le32(nk + 40);
	const uint8_t *p;

	if (!count)
		return;
	p = own(l, list, 4 * (size_t)count, "value list");
	for (uint32_t i = 0; p && i < count && !l->ret->why[0]; i++)
		value(l, bytes_le32(p + 4 * i), nk);
	(void)at;
}

static void key(struct look *l, uint32_t at, uint32_t parent, unsigned depth)
{
	const uint8_t *p = own(l, at, 76, "nk");
	uint32_t sk;

	if (!p)
		return;
	l->ret->keys++;
	if (memcmp(p, "nk", 2) != 0 || room(l, at) < 76u + bytes_le16(p + 72)) {
		broken(l, "nk at %x: no key", (unsigned)at);
		return;
	}
	if (depth > 512)
		broken(l, "nk at %x: too deep", (unsigned)at);
	if (depth && bytes_le32(p + 16) != parent)
		broken(l, "nk at %x: another parent", (unsigned)at);
	if (depth && bytes_le16(p + 2) & 4)
		broken(l, "nk at %x: root flag", (unsigned)at);
	if (bytes_le16(p + 74))
		own(l, bytes_le32(p + 48), bytes_le16(p + 74), "class");
	sk = bytes_le32(p + 44);
	if (sk % 8 || sk >= l->nbytes ||
	    (l->state[sk / 8] != USED && l->state[sk / 8] != OWNED))
		broken(l, "nk at %x: no security", (unsigned)at);
	else
		l->refs[sk / 8]++;
	if (l->ret->why[0])
		return;
	values(l, p, at);
	if (!l->ret->why[0])
		subkeys(l, p, at, depth);
}

static void ring(struct look *l, uint32_t first)
{
	uint32_t at = first, last = 0;

	do {
		const uint8_t *p = own(l, at, 20, "sk");
		uint32_t refs, count;

		if (!p)
			return;
		if (memcmp(p, "sk", 2) != 0 ||
		    room(l, at) < (uint64_t)20 + bytes_le32(p + 16)) {
			broken(l, "sk at %x: no record", (unsigned)at);
			return;
		}
		if (at != first && bytes_le32(p + 8) != last)
			broken(l, "sk at %x: ring", (unsigned)at);
		refs = l->refs[at / 8];
		count = bytes_le32(p + 12);
		if (count < refs)
			broken(l, "sk at %x: %u refs, %u counted", (unsigned)at,
			       (unsigned)refs, (unsigned)count);
		l->ret->extra_refs += count - refs;
		l->ret->unused_sk += !refs;
		l->refs[at / 8] = 0;
		last = at;
		at = bytes_le32(p + 4);
	} while (at != first && !l->ret->why[0]);
	if (!l->ret->why[0] && bytes_le32(l->bins + first + 12) != last)
		broken(l, "sk at %x: ring", (unsigned)first);
	for (uint32_t i = 0; i < l->nbytes / 8 && !l->ret->why[0]; i++)
		if (l->refs[i])
			broken(l, "sk at %x: not in the ring", (unsigned)i * 8);
}

static void tile(struct look *l)
{
	uint32_t at = 0;

	while (at < l->nbytes) {
		const uint8_t *p = l->bins + at;
		uint32_t cell = at + 32, size, end;

		if (memcmp(p, "hbin", 4) != 0 || bytes_le32(p + 4) != at ||
		    bytes_le32(p + 8) % 4096 || !bytes_le32(p + 8) ||
		    bytes_le32(p + 8) > l->nbytes - at) {
			broken(l, "bin at %x", (unsigned)at);
			return;
		}
		end = at + bytes_le32(p + 8);
		for (; cell < end; cell += size) {
			int32_t n = (int32_t)bytes_le32(l->bins + cell);

			size = n < 0 ? 0u - (uint32_t)n : (uint32_t)n;
			if (size < 8 || size % 8 || size > end - cell) {
				broken(l, "cell at %x: size", (unsigned)cell);
				return;
			}
			l->state[cell / 8] = n < 0 ? USED : FREE;
		}
		at = end;
	}
}

static void base(struct look *l, const uint8_t *hive, size_t nbytes)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < 508; i += 4)
		sum ^= bytes_le32(hive + i);
	if (memcmp(hive, "regf", 4) != 0)
		broken(l, "no hive");
	if (bytes_le32(hive + 4) != bytes_le32(hive + 8))
		broken(l, "sequence numbers");
	if (sum != bytes_le32(hive + 508))
		broken(l, "checksum");
	if (bytes_le32(hive + 40) != l->nbytes || nbytes % 4096)
		broken(l, "length");
}

int hive_strict_look(const uint8_t *hive, size_t nbytes,
		     struct hive_strict *ret)
{
	struct look l = { .ret = ret };

	memset(ret, 0, sizeof(*ret));
	if (nbytes < 8192) {
		snprintf(ret->why, sizeof(ret->why), "too short");
		return 0;
	}
	l.bins = hive + 4096;
	l.nbytes = (uint32_t)(nbytes - 4096);
	l.minor = bytes_le32(hive + 24);
	l.state = calloc(l.nbytes / 8 + 1, 1);
	l.refs = calloc(l.nbytes / 8 + 1, sizeof(*l.refs));
	if (!l.state || !l.refs)
		abort();
	base(&l, hive, nbytes);
	if (!ret->why[0])
		tile(&l);
	if (!ret->why[0])
		key(&l, bytes_le32(hive + 36), 0, 0);
	if (!ret->why[0])
		ring(&l, bytes_le32(l.bins + bytes_le32(hive + 36) + 4 + 44));
	for (uint32_t i = 0; i < l.nbytes / 8; i++)
		ret->lost += l.state[i] == USED;
	free(l.state);
	free(l.refs);
	return !ret->why[0];
}
