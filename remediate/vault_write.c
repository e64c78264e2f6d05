/*
 * Writes a vault item as a stream of encrypted, authenticated messages.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_item.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"
#include "words/match.h"

#include <sodium.h>
#include <string.h>

struct item_writer {
	item_write_fn write;
	void *arg;
	struct item_head *head;
	crypto_secretstream_xchacha20poly1305_state state;
	size_t part;   /* the one being written */
	uint64_t at;   /* bytes of it that were given */
	size_t filled; /* of them in `plain` behind the prefix */
	crypto_hash_sha256_state hash;
	uint8_t plain[ITEM_PLAIN_NBYTES];
	/* The length and, before the first message, the header. */
	uint8_t sealed[ITEM_HEADER_NBYTES + ITEM_LENGTH_NBYTES +
		       ITEM_PLAIN_NBYTES + ITEM_TAG_NBYTES];
	size_t header_nbytes; /* of them not yet written: 80, then 0 */
};

int item_crypto_start(void)
{
	if (sodium_init() < 0)
		return err_fail(ERR_IO, 0, W_MATCH_NO_LIBSODIUM);
	return 0;
}

void item_header_check(const uint8_t *header, uint8_t check_ret[8])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, header, ITEM_HEADER_NBYTES - 8);
	memcpy(check_ret, hash, 8);
}

uint64_t item_nbytes(size_t head_nbytes, const struct item_head *head)
{
	const uint64_t seal = ITEM_LENGTH_NBYTES + ITEM_TAG_NBYTES;
	uint64_t pieces =
		(head_nbytes + ITEM_CHUNK_NBYTES - 1) / ITEM_CHUNK_NBYTES;
	uint64_t n = ITEM_HEADER_NBYTES + head_nbytes + pieces * (seal + 1);

	for (size_t i = 0; i < head->part_count; i++) {
		const uint64_t size = head->parts[i].nbytes;

		pieces = (size + ITEM_CHUNK_NBYTES - 1) / ITEM_CHUNK_NBYTES;
		n += size + pieces * (seal + ITEM_DATA_PREFIX);
	}
	return n + seal + 1 + 4 + (uint64_t)head->part_count * 40;
}

/* One message: what stands before the cipher text is authenticated, too. */
static int seal(struct item_writer *w, size_t nbytes, uint8_t tag)
{
	uint8_t *length = w->sealed + w->header_nbytes;
	uint8_t *cipher = length + ITEM_LENGTH_NBYTES;
	const size_t before = w->header_nbytes + ITEM_LENGTH_NBYTES;

	bytes_put_le32(length, (uint32_t)nbytes + ITEM_TAG_NBYTES);
	if (crypto_secretstream_xchacha20poly1305_push(
		    &w->state, cipher, NULL, w->plain, nbytes, w->sealed,
		    before, tag) != 0)
		return err_fail(ERR_IO, 0, W_VAULT_SODIUM_ENCRYPT);
	w->header_nbytes = 0;
	return w->write(w->arg, w->sealed, before + nbytes + ITEM_TAG_NBYTES);
}

/* Magic, version, own length, key, the stream's header, checksum. */
static int make_header(struct item_writer *w)
{
	uint8_t *h = w->sealed;

	memcpy(h, ITEM_MAGIC, 8);
	bytes_put_le32(h + 8, ITEM_VERSION);
	bytes_put_le32(h + 12, ITEM_HEADER_NBYTES);
	crypto_secretstream_xchacha20poly1305_keygen(h + 16);
	if (crypto_secretstream_xchacha20poly1305_init_push(&w->state, h + 48,
							    h + 16) != 0)
		return err_fail(ERR_IO, 0, W_VAULT_SODIUM_ENCRYPT);
	item_header_check(h, h + ITEM_HEADER_NBYTES - 8);
	w->header_nbytes = ITEM_HEADER_NBYTES;
	return 0;
}

static int write_head(struct item_writer *w)
{
	struct str head = STR_INIT;
	int err = item_head_encode(w->head, &head);

	for (size_t at = 0; err == 0 && at < head.len;) {
		size_t n = head.len - at;
		bool is_last = n <= ITEM_CHUNK_NBYTES;

		if (!is_last)
			n = ITEM_CHUNK_NBYTES;
		w->plain[0] = ITEM_HEAD;
		memcpy(w->plain + 1, head.buf + at, n);
		err = seal(
			w, 1 + n,
			is_last ? crypto_secretstream_xchacha20poly1305_TAG_PUSH
				: crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
		at += n;
	}
	str_release(&head);
	return err;
}

/* Ends the parts that are complete, empty ones too. */
static void end_parts(struct item_writer *w)
{
	while (w->part < w->head->part_count &&
	       w->at == w->head->parts[w->part].nbytes) {
		crypto_hash_sha256_final(&w->hash,
					 w->head->parts[w->part].sha256);
		crypto_hash_sha256_init(&w->hash);
		w->part++;
		w->at = 0;
	}
}

int item_writer_new(struct item_head *head, item_write_fn write, void *arg,
		    struct item_writer **ret)
{
	struct item_writer *w;
	int err = item_crypto_start();

	if (err != 0)
		return err;
	w = mem_zalloc(sizeof(*w));
	if (w == NULL)
		return err_nomem();
	w->write = write;
	w->arg = arg;
	w->head = head;
	crypto_hash_sha256_init(&w->hash);
	err = make_header(w);
	if (err == 0)
		err = write_head(w);
	if (err != 0) {
		item_writer_free(w);
		return err;
	}
	end_parts(w);
	*ret = w;
	return 0;
}

static int write_chunk(struct item_writer *w)
{
	const bool is_last = w->at == w->head->parts[w->part].nbytes;
	const size_t n = w->filled;

	w->plain[0] = ITEM_DATA;
	bytes_put_le32(w->plain + 1, (uint32_t)w->part);
	bytes_put_le64(w->plain + 5, w->at - n);
	crypto_hash_sha256_update(&w->hash, w->plain + ITEM_DATA_PREFIX, n);
	w->filled = 0;
	return seal(
		w, ITEM_DATA_PREFIX + n,
		is_last ? crypto_secretstream_xchacha20poly1305_TAG_PUSH
			: crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
}

int item_writer_add(struct item_writer *w, const void *data, size_t nbytes)
{
	const uint8_t *p = data;

	while (nbytes > 0) {
		size_t n = ITEM_CHUNK_NBYTES - w->filled;
		uint64_t left;
		int err;

		if (w->part == w->head->part_count)
			return err_fail(ERR_INVALID, 0, W_VAULT_MORE_BYTES);
		left = w->head->parts[w->part].nbytes - w->at;
		if (n > left)
			n = (size_t)left;
		if (n > nbytes)
			n = nbytes;
		memcpy(w->plain + ITEM_DATA_PREFIX + w->filled, p, n);
		w->filled += n;
		w->at += n;
		p += n;
		nbytes -= n;
		if (w->filled < ITEM_CHUNK_NBYTES && n < left)
			continue;
		err = write_chunk(w);
		if (err != 0)
			return err;
		end_parts(w);
	}
	return 0;
}

int item_writer_finish(struct item_writer *w)
{
	const struct item_head *head = w->head;
	char hex[65];
	size_t n = 5;

	if (w->part != head->part_count)
		return err_fail(ERR_INVALID, 0, W_VAULT_FEWER_BYTES);
	sodium_bin2hex(hex, sizeof(hex), head->parts[0].sha256, 32);
	if (strcmp(hex, head->info.sha256) != 0)
		return err_fail(ERR_CHANGED, 0, W_VAULT_SAVED_SHA256, hex,
				head->info.sha256);
	w->plain[0] = ITEM_END;
	bytes_put_le32(w->plain + 1, (uint32_t)head->part_count);
	for (size_t i = 0; i < head->part_count; i++) {
		bytes_put_le64(w->plain + n, head->parts[i].nbytes);
		memcpy(w->plain + n + 8, head->parts[i].sha256, 32);
		n += 40;
	}
	return seal(w, n, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
}

void item_writer_free(struct item_writer *w)
{
	mem_free(w);
}
