/*
 * The container of a pack: one file, encoded so that no rule's text stands
 * in it in the clear (an antivirus would stop at its own marks).
 * SPDX-License-Identifier: Apache-2.0
 *
 *   0  "MSPK"
 *   4  u16  format version, 1
 *   6  u16  0
 *   8  u32  bytes of the archive when inflated
 *  12  u32  bytes of the payload
 *  16  u64  seed of the mask: a hash of the archive, so that equal packs
 *           are equal files
 *  24  payload: the archive, deflated (zlib), then masked
 *      [ a signature in minisign's format over all bytes before it ]
 *
 * The archive is u32 count, then for each file in the order of names
 * u16 length of the name, the name, u32 length, the bytes.  All numbers are
 * little-endian.  The mask hides, it protects nothing: that is the
 * signature's work.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match/pack_files.h"
#include "match/pack.h"
#include "words/match.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define HEADER_NBYTES 24
/* What deflate makes of a byte at most. */
#define INFLATE_MAX_RATIO 1032
#define FORMAT_VERSION	  1

static const uint8_t container_magic[4] = { 'M', 'S', 'P', 'K' };

void pack_files_init(struct pack_files *f)
{
	const struct vec empty = VEC_INIT(struct pack_member, PACK_MAX_FILES);

	f->members = empty;
}

void pack_files_release(struct pack_files *f)
{
	for (size_t i = 0; i < f->members.count; i++) {
		struct pack_member *m = vec_at(&f->members, i);

		mem_free(m->name);
		mem_free(m->data);
	}
	vec_release(&f->members);
}

const struct pack_member *pack_files_get(const struct pack_files *f,
					 const char *name)
{
	for (size_t i = 0; i < f->members.count; i++) {
		const struct pack_member *m = vec_at(&f->members, i);

		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

static bool is_plain_name(const char *name, size_t nbytes)
{
	if (!nbytes || name[0] == '.')
		return false;
	for (size_t i = 0; i < nbytes; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		      c == '-'))
			return false;
	}
	return true;
}

/* Separated by '/': rules lie in folders, too. */
static bool has_plain_parts(const char *name)
{
	const char *slash;

	while ((slash = strchr(name, '/')) != NULL) {
		if (!is_plain_name(name, (size_t)(slash - name)))
			return false;
		name = slash + 1;
	}
	return is_plain_name(name, strlen(name));
}

bool pack_files_is_rule_name(const char *name)
{
	return ascii_iends_with(name, ".yar") ||
	       ascii_iends_with(name, ".yara");
}

const char *pack_files_list_name(const char *name)
{
	static const char *const lists[] = { "pack.txt",    "places.tsv",
					     "known.tsv",   "allow.tsv",
					     "restore.tsv", "texts.tsv" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (ascii_casecmp(name, lists[i]) == 0)
			return lists[i];
	}
	return NULL;
}

bool pack_files_is_name(const char *name)
{
	const char *list = pack_files_list_name(name);

	if (list)
		return strcmp(list, name) == 0;
	return strlen(name) <= PACK_MAX_NAME_NBYTES &&
	       ascii_starts_with(name, "rules/") &&
	       pack_files_is_rule_name(name) && has_plain_parts(name + 6);
}

int pack_files_add(struct pack_files *f, const char *name, const void *data,
		   size_t nbytes)
{
	struct pack_member *m;
	uint8_t *copy;
	char *own;

	if (pack_files_get(f, name))
		return err_fail(ERR_EXISTS, 0, W_MATCH_FILE_TWICE, name);
	if (nbytes > PACK_MAX_FILE_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0, W_MATCH_FILE_LARGE, name);
	own = mem_strdup(name);
	copy = mem_alloc(nbytes + 1);
	if (!own || !copy) {
		mem_free(own);
		mem_free(copy);
		return err_nomem();
	}
	m = vec_push(&f->members);
	if (!m) {
		mem_free(own);
		mem_free(copy);
		return err_last()->err;
	}
	if (nbytes)
		memcpy(copy, data, nbytes);
	copy[nbytes] = '\0';
	m->name = own;
	m->data = copy;
	m->nbytes = nbytes;
	return 0;
}

int pack_files_check_text(const char *file, const char *text, size_t nbytes)
{
	const char *nul = memchr(text, '\0', nbytes);
	unsigned line = 1;

	if (!nul)
		return 0;
	for (; text < nul; text++)
		line += *text == '\n';
	return err_fail(ERR_INVALID, 0, W_MATCH_NUL_IN_TEXT, file, line);
}

static int compare_members(const void *a, const void *b)
{
	const struct pack_member *x = a;
	const struct pack_member *y = b;

	return strcmp(x->name, y->name);
}

void pack_files_sort(struct pack_files *f)
{
	if (f->members.count)
		qsort(f->members.items, f->members.count, f->members.size,
		      compare_members);
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(const uint8_t *data, size_t nbytes)
{
	uint64_t h = UINT64_C(0xCBF29CE484222325);

	for (size_t i = 0; i < nbytes; i++)
		h = (h ^ data[i]) * UINT64_C(0x100000001B3);
	return h;
}

/* Masks and unmasks: xorshift64*, eight bytes a step. */
static void mask_bytes(uint8_t *data, size_t nbytes, uint64_t seed)
{
	uint64_t x = seed ? seed : 1;
	uint8_t key[8];

	for (size_t i = 0; i < nbytes; i++) {
		if (i % 8 == 0) {
			x ^= x >> 12;
			x ^= x << 25;
			x ^= x >> 27;
			bytes_put_le64(key, x * UINT64_C(0x2545F4914F6CDD1D));
		}
		data[i] ^= key[i % 8];
	}
}

static int write_archive(const struct pack_files *f, struct str *out)
{
	uint8_t n[4];

	bytes_put_le32(n, (uint32_t)f->members.count);
	str_addn(out, n, 4);
	for (size_t i = 0; i < f->members.count; i++) {
		const struct pack_member *m = vec_at(&f->members, i);

		bytes_put_le16(n, (uint16_t)strlen(m->name));
		str_addn(out, n, 2);
		str_add(out, m->name);
		bytes_put_le32(n, (uint32_t)m->nbytes);
		str_addn(out, n, 4);
		str_addn(out, m->data, m->nbytes);
	}
	if (out->err)
		return err_fail(out->err, 0, W_MATCH_PACK_NOT_MADE,
				err_words(out->err));
	return 0;
}

int pack_files_encode(const struct pack_files *f, uint8_t **data_ret,
		      size_t *nbytes_ret)
{
	struct str archive;
	uint8_t *out = NULL;
	uLongf packed;
	uint64_t seed;
	int zret;
	int ret;

	str_init(&archive, PACK_MAX_NBYTES);
	ret = write_archive(f, &archive);
	if (ret)
		goto done;
	packed = compressBound((uLong)archive.len);
	out = mem_alloc(HEADER_NBYTES + packed);
	if (!out) {
		ret = err_nomem();
		goto done;
	}
	zret = compress2(out + HEADER_NBYTES, &packed,
			 (const Bytef *)archive.buf, (uLong)archive.len, 9);
	if (zret != Z_OK) {
		ret = err_fail(zret == Z_MEM_ERROR ? ERR_NOMEM : ERR_IO, 0,
			       W_MATCH_NOT_DEFLATED, zret);
		goto done;
	}
	seed = hash_bytes((const uint8_t *)archive.buf, archive.len);
	memcpy(out, container_magic, 4);
	bytes_put_le16(out + 4, FORMAT_VERSION);
	bytes_put_le16(out + 6, 0);
	bytes_put_le32(out + 8, (uint32_t)archive.len);
	bytes_put_le32(out + 12, (uint32_t)packed);
	bytes_put_le64(out + 16, seed);
	mask_bytes(out + HEADER_NBYTES, packed, seed);
	*data_ret = out;
	*nbytes_ret = HEADER_NBYTES + packed;
	out = NULL;
done:
	mem_free(out);
	str_release(&archive);
	return ret;
}

static int corrupt(const char *what)
{
	return err_fail(ERR_CORRUPT, 0, W_MATCH_PACK_DAMAGED, what);
}

static int read_archive(struct pack_files *f, const struct bytes *a)
{
	const uint8_t *p = bytes_at(a, 0, 4);
	uint64_t at = 4;
	uint32_t count;
	int ret;

	if (!p)
		return corrupt(W_MATCH_NO_TABLE);
	count = bytes_le32(p);
	if (count > PACK_MAX_FILES)
		return corrupt(W_MATCH_FILES_MANY);
	for (uint32_t i = 0; i < count; i++) {
		char name[PACK_MAX_NAME_NBYTES + 1];
		size_t name_nbytes;
		size_t nbytes;

		p = bytes_at(a, at, 2);
		if (!p)
			return corrupt(W_MATCH_CUT_OFF);
		name_nbytes = bytes_le16(p);
		if (!name_nbytes || name_nbytes > PACK_MAX_NAME_NBYTES)
			return corrupt(W_MATCH_NAME_LENGTH);
		p = bytes_at(a, at + 2, name_nbytes + 4);
		if (!p)
			return corrupt(W_MATCH_CUT_OFF);
		memcpy(name, p, name_nbytes);
		name[name_nbytes] = '\0';
		if (!pack_files_is_name(name))
			return corrupt(W_MATCH_NAME_WRONG);
		nbytes = bytes_le32(p + name_nbytes);
		at += 2 + name_nbytes + 4;
		p = bytes_at(a, at, nbytes);
		if (!p)
			return corrupt(W_MATCH_CUT_OFF);
		ret = pack_files_add(f, name, p, nbytes);
		if (ret)
			return ret;
		at += nbytes;
	}
	if (at != a->nbytes)
		return corrupt(W_MATCH_BYTES_LEFT);
	return 0;
}

bool pack_files_is_container(const uint8_t *data, size_t nbytes)
{
	return nbytes >= HEADER_NBYTES && memcmp(data, container_magic, 4) == 0;
}

int pack_files_decode(struct pack_files *f, const uint8_t *data, size_t nbytes,
		      size_t *signed_nbytes_ret)
{
	const struct bytes file = { data, nbytes };
	struct bytes archive = { NULL, 0 };
	uint8_t *plain = NULL;
	uint8_t *payload = NULL;
	size_t packed;
	uLongf plain_nbytes;
	int zret;
	int ret;

	if (!pack_files_is_container(data, nbytes))
		return corrupt(W_MATCH_NO_HEADER);
	if (bytes_le16(data + 4) != FORMAT_VERSION)
		return err_fail(ERR_UNSUPPORTED, 0, W_MATCH_OTHER_FORMAT,
				bytes_le16(data + 4), FORMAT_VERSION);
	archive.nbytes = bytes_le32(data + 8);
	packed = bytes_le32(data + 12);
	if (archive.nbytes > PACK_MAX_NBYTES)
		return corrupt(W_MATCH_SIZE_LARGE);
	if (!bytes_at(&file, HEADER_NBYTES, packed))
		return corrupt(W_MATCH_CUT_OFF);
	/* Before memory is taken for what cannot be in it. */
	if (archive.nbytes / INFLATE_MAX_RATIO > packed)
		return corrupt(W_MATCH_SIZE_WRONG);
	payload = mem_dup(data + HEADER_NBYTES, packed);
	plain = mem_alloc(archive.nbytes);
	if (!payload || !plain) {
		ret = err_nomem();
		goto out;
	}
	mask_bytes(payload, packed, bytes_le64(data + 16));
	plain_nbytes = (uLongf)archive.nbytes;
	zret = uncompress(plain, &plain_nbytes, payload, (uLong)packed);
	if (zret == Z_MEM_ERROR) {
		ret = err_nomem();
		goto out;
	}
	if (zret != Z_OK || plain_nbytes != archive.nbytes) {
		ret = corrupt(W_MATCH_NOT_INFLATED);
		goto out;
	}
	archive.data = plain;
	ret = read_archive(f, &archive);
	if (!ret) {
		pack_files_sort(f);
		*signed_nbytes_ret = HEADER_NBYTES + packed;
	}
out:
	mem_free(plain);
	mem_free(payload);
	return ret;
}
