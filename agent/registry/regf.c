/*
 * Cells, keys, values and the base block of a hive file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/regf.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/base.h"
#include "words/registry.h"

#include <string.h>

#define KEY_NBYTES   76u
#define VALUE_NBYTES 20u
/* Of a "sk" cell before the descriptor. */
#define SECURITY_NBYTES 20u
#define INLINE_BIT	0x80000000u
/* Bytes of data in each segment of a "db" record, except the last. */
#define SEGMENT_NBYTES 16344u
/* How far a root key is searched for when the base block is lost. */
#define ROOT_SEARCH_NBYTES ((uint32_t)1 << 20)
/* Windows puts the root key right behind the header of the first bin. */
#define USUAL_ROOT 0x20u

uint32_t regf_checksum(const uint8_t block[REGF_BASE_NBYTES])
{
	uint32_t sum = 0;

	for (size_t i = 0; i < 508; i += 4)
		sum ^= bytes_le32(block + i);
	/* These two are never stored, Windows writes their neighbours. */
	if (sum == 0)
		return 1;
	if (sum == 0xffffffffu)
		return 0xfffffffeu;
	return sum;
}

void regf_base_read(const uint8_t block[REGF_BASE_NBYTES],
		    struct regf_base *ret)
{
	ret->has_signature = !memcmp(block, "regf", 4);
	ret->has_checksum = regf_checksum(block) == bytes_le32(block + 508);
	ret->seq1 = bytes_le32(block + 4);
	ret->seq2 = bytes_le32(block + 8);
	ret->last_write = (int64_t)bytes_le64(block + 12);
	ret->major = bytes_le32(block + 20);
	ret->minor = bytes_le32(block + 24);
	ret->type = bytes_le32(block + 28);
	ret->format = bytes_le32(block + 32);
	ret->root = bytes_le32(block + 36);
	ret->bins_nbytes = bytes_le32(block + 40);
	ret->cluster = bytes_le32(block + 44);
}

const char *regf_bad_words(unsigned bad)
{
	static const struct {
		unsigned flag;
		const char *words;
	} table[] = {
		{ REGF_BAD_SIZE, W_REGISTRY_BAD_SIZE },
		{ REGF_BAD_DEPTH, W_REGISTRY_BAD_DEPTH },
		{ REGF_BAD_CELL, W_REGISTRY_BAD_CELL },
		{ REGF_BAD_SIGNATURE, W_REGISTRY_BAD_SIGNATURE },
		{ REGF_BAD_PARENT, W_REGISTRY_BAD_PARENT },
		{ REGF_BAD_LENGTH, W_REGISTRY_BAD_LENGTH },
		{ REGF_BAD_DUPLICATE, W_REGISTRY_BAD_DUPLICATE },
		{ REGF_BAD_HINT, W_REGISTRY_BAD_HINT },
		{ REGF_BAD_COUNT, W_REGISTRY_BAD_COUNT },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (bad & table[i].flag)
			return table[i].words;
	return W_BASE_DAMAGED;
}

const uint8_t *regf_cell(struct regf *r, uint32_t offset, size_t need,
			 size_t *nbytes_ret)
{
	const uint8_t *p;
	uint32_t size;

	if (offset & 3 || offset > r->bins_nbytes ||
	    r->bins_nbytes - offset < 4)
		return NULL;
	p = hive_image_at(r->img, (uint64_t)HIVE_BASE_NBYTES + offset, 4);
	if (!p)
		return NULL;
	size = bytes_le32(p);
	/* An allocated cell has a negative size. */
	if (!(size & 0x80000000u))
		return NULL;
	size = 0u - size;
	if (size < 8 || size > r->bins_nbytes - offset || size - 4 < need)
		return NULL;
	p = hive_image_at(r->img, (uint64_t)HIVE_BASE_NBYTES + offset + 4,
			  size - 4);
	if (!p)
		return NULL;
	if (nbytes_ret)
		*nbytes_ret = size - 4;
	return p;
}

bool regf_key_read(struct regf *r, uint32_t offset, struct regf_key *ret)
{
	size_t nbytes = 0;
	const uint8_t *p = regf_cell(r, offset, KEY_NBYTES, &nbytes);

	if (!p || memcmp(p, "nk", 2) != 0)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->offset = offset;
	ret->flags = bytes_le16(p + 2);
	ret->last_write = (int64_t)bytes_le64(p + 4);
	ret->parent = bytes_le32(p + 16);
	ret->subkey_count = bytes_le32(p + 20);
	ret->subkey_list = bytes_le32(p + 28);
	ret->value_count = bytes_le32(p + 36);
	ret->value_list = bytes_le32(p + 40);
	ret->security = bytes_le32(p + 44);
	ret->class_name = bytes_le32(p + 48);
	ret->class_nbytes = bytes_le16(p + 74);
	ret->name = p + KEY_NBYTES;
	ret->name_nbytes = bytes_le16(p + 72);
	if (ret->name_nbytes > nbytes - KEY_NBYTES) {
		ret->name_nbytes = nbytes - KEY_NBYTES;
		ret->bad |= REGF_BAD_LENGTH;
	}
	return true;
}

bool regf_value_read(struct regf *r, uint32_t offset, struct regf_value *ret)
{
	size_t nbytes = 0;
	const uint8_t *p = regf_cell(r, offset, VALUE_NBYTES, &nbytes);

	if (!p || memcmp(p, "vk", 2) != 0)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->offset = offset;
	ret->name_nbytes = bytes_le16(p + 2);
	ret->data_nbytes = bytes_le32(p + 4) & ~INLINE_BIT;
	ret->is_inline = (bytes_le32(p + 4) & INLINE_BIT) != 0;
	ret->data = bytes_le32(p + 8);
	ret->type = bytes_le32(p + 12);
	ret->has_latin1_name = bytes_le16(p + 16) & REGF_VALUE_COMP_NAME;
	ret->name = p + VALUE_NBYTES;
	if (ret->name_nbytes > nbytes - VALUE_NBYTES) {
		ret->name_nbytes = nbytes - VALUE_NBYTES;
		ret->bad |= REGF_BAD_LENGTH;
	}
	return true;
}

static int add_name(struct str *out, const uint8_t *name, size_t nbytes,
		    bool is_latin1)
{
	if (is_latin1)
		return utf_from_latin1(out, name, nbytes);
	return utf_from_utf16le(out, name, nbytes / 2);
}

int regf_key_name(const struct regf_key *key, struct str *out)
{
	return add_name(out, key->name, key->name_nbytes,
			key->flags & REGF_KEY_COMP_NAME);
}

int regf_value_name(const struct regf_value *value, struct str *out)
{
	return add_name(out, value->name, value->name_nbytes,
			value->has_latin1_name);
}

/* Segments of a "db" record, one after the other, into `out`. */
static size_t copy_segments(struct regf *r, const uint8_t *db, uint8_t *out,
			    size_t nbytes, unsigned *bad)
{
	size_t count = bytes_le16(db + 2), room, have, done = 0;
	const uint8_t *list, *segment;

	list = regf_cell(r, bytes_le32(db + 4), 4 * count, NULL);
	if (!list) {
		*bad |= REGF_BAD_CELL;
		return 0;
	}
	for (size_t i = 0; i < count && done < nbytes; i++) {
		segment = regf_cell(r, bytes_le32(list + 4 * i), 0, &have);
		if (!segment) {
			*bad |= REGF_BAD_CELL;
			break;
		}
		room = nbytes - done;
		if (room > SEGMENT_NBYTES)
			room = SEGMENT_NBYTES;
		if (room > have) {
			room = have;
			*bad |= REGF_BAD_LENGTH;
		}
		memcpy(out + done, segment, room);
		done += room;
	}
	if (done < nbytes)
		*bad |= REGF_BAD_LENGTH;
	return done;
}

static size_t copy_cell(struct regf *r, const struct regf_value *value,
			uint8_t *out, size_t nbytes, unsigned *bad)
{
	size_t have = 0;
	const uint8_t *p = regf_cell(r, value->data, 0, &have);

	if (!p) {
		*bad |= REGF_BAD_CELL;
		return 0;
	}
	if (nbytes > have && have >= 8 && !memcmp(p, "db", 2))
		return copy_segments(r, p, out, nbytes, bad);
	if (nbytes > have) {
		*bad |= REGF_BAD_LENGTH;
		nbytes = have;
	}
	memcpy(out, p, nbytes);
	return nbytes;
}

/* The bytes that the value's cells have room for. */
static uint64_t data_room(struct regf *r, const struct regf_value *value)
{
	size_t have = 0;
	const uint8_t *p;

	if (value->is_inline)
		return 4;
	p = regf_cell(r, value->data, 0, &have);
	if (p && value->data_nbytes > have && have >= 8 && !memcmp(p, "db", 2))
		return (uint64_t)bytes_le16(p + 2) * SEGMENT_NBYTES;
	return p ? have : 0;
}

int regf_value_data(struct regf *r, const struct regf_value *value,
		    size_t max_nbytes, uint8_t **data_ret, size_t *nbytes_ret,
		    unsigned *bad_ret)
{
	size_t nbytes = value->data_nbytes;
	uint64_t room = nbytes ? data_room(r, value) : 0;
	uint8_t small[4], *out = NULL;

	/* All data lie in the hive, so a longer one is a lie. */
	if (room > r->bins_nbytes)
		room = r->bins_nbytes;
	if (nbytes > room) {
		*bad_ret |= room ? REGF_BAD_LENGTH : REGF_BAD_CELL;
		nbytes = (size_t)room;
	}
	if (nbytes > max_nbytes) {
		*bad_ret |= REGF_BAD_SIZE;
		nbytes = 0;
	}
	if (nbytes) {
		out = mem_alloc(nbytes);
		if (!out && hive_image_no_memory(nbytes) == ERR_NOMEM)
			return ERR_NOMEM;
		if (!out) {
			*bad_ret |= REGF_BAD_SIZE;
			nbytes = 0;
		} else if (value->is_inline) {
			bytes_put_le32(small, value->data);
			memcpy(out, small, nbytes);
		} else {
			nbytes = copy_cell(r, value, out, nbytes, bad_ret);
		}
		if (!nbytes) {
			mem_free(out);
			out = NULL;
		}
	}
	*data_ret = out;
	*nbytes_ret = nbytes;
	return 0;
}

bool regf_key_security(struct regf *r, const struct regf_key *key,
		       const uint8_t **data_ret, size_t *nbytes_ret)
{
	size_t nbytes = 0, room = 0;
	const uint8_t *p = NULL;

	if (key->security != REGF_NO_CELL) {
		p = regf_cell(r, key->security, SECURITY_NBYTES, &room);
		if (!p || memcmp(p, "sk", 2) != 0)
			return false;
		nbytes = bytes_le32(p + 16);
		if (!nbytes || nbytes > room - SECURITY_NBYTES)
			return false;
		p += SECURITY_NBYTES;
	}
	*data_ret = p;
	*nbytes_ret = nbytes;
	return true;
}

bool regf_key_class(struct regf *r, const struct regf_key *key,
		    const uint8_t **data_ret, size_t *nbytes_ret)
{
	const uint8_t *p = NULL;

	/* Windows goes by the length; what is left of an offset is nothing. */
	if (key->class_nbytes) {
		p = regf_cell(r, key->class_name, key->class_nbytes, NULL);
		if (!p)
			return false;
	}
	*data_ret = p;
	*nbytes_ret = key->class_nbytes;
	return true;
}

bool regf_find_root(struct regf *r, uint32_t *root_ret)
{
	struct regf_key key;
	uint32_t end = r->bins_nbytes;

	if (regf_key_read(r, r->root, &key)) {
		*root_ret = r->root;
		return true;
	}
	if (regf_key_read(r, USUAL_ROOT, &key)) {
		*root_ret = USUAL_ROOT;
		return true;
	}
	if (end > ROOT_SEARCH_NBYTES)
		end = ROOT_SEARCH_NBYTES;
	for (uint32_t at = USUAL_ROOT; at + 4 < end; at += 4) {
		if (!regf_key_read(r, at, &key) ||
		    !(key.flags & REGF_KEY_HIVE_ENTRY))
			continue;
		*root_ret = at;
		return true;
	}
	return false;
}
