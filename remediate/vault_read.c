/*
 * Reads a vault item: nothing is believed that does not authenticate, and
 * what does is still checked, since the key lies in the item.
 * SPDX-License-Identifier: Apache-2.0
 *
 * There is exactly one sequence of messages for a head, so each message has
 * one length and one tag that are right.
 */
#include "remediate/vault_item.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/vault.h"

#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#define TAG_PUSH    crypto_secretstream_xchacha20poly1305_TAG_PUSH
#define TAG_MESSAGE crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
#define TAG_FINAL   crypto_secretstream_xchacha20poly1305_TAG_FINAL

enum place {
	IN_HEADER,
	IN_HEAD,
	IN_PARTS,
	IN_END,
	AFTER_END
};

struct item_reader {
	item_read_fn read;
	void *arg;
	char *name;
	crypto_secretstream_xchacha20poly1305_state state;
	struct item_head head;
	size_t head_nbytes;
	enum place place;
	int err; /* of an earlier call; it stays */
	bool is_done;
	uint64_t offset; /* of the message that is looked at */
	uint64_t next;	 /* of what is read next */
	size_t part;
	uint64_t at; /* in the part */
	crypto_hash_sha256_state hash;
	size_t plain_nbytes;
	uint8_t tag;
	size_t header_nbytes; /* 80 before the first message, then 0 */
	uint8_t plain[ITEM_PLAIN_NBYTES];
	uint8_t sealed[ITEM_HEADER_NBYTES + ITEM_LENGTH_NBYTES +
		       ITEM_PLAIN_NBYTES + ITEM_TAG_NBYTES];
};

/* ---- words -------------------------------------------------------------- */

static void place_words(const struct item_reader *r, char *text, size_t nbytes)
{
	const struct item_part *p =
		r->part < r->head.part_count ? &r->head.parts[r->part] : NULL;

	switch (r->place) {
	case IN_HEADER:
		snprintf(text, nbytes, W_VAULT_IN_HEADER);
		break;
	case IN_HEAD:
		snprintf(text, nbytes, W_VAULT_IN_DESCRIPTION);
		break;
	case IN_END:
		snprintf(text, nbytes, W_VAULT_IN_CLOSING);
		break;
	case AFTER_END:
		snprintf(text, nbytes, W_VAULT_AFTER_END);
		break;
	case IN_PARTS:
		if (p == NULL || p->name[0] == '\0')
			snprintf(text, nbytes, W_VAULT_AT_CONTENT, r->at);
		else
			snprintf(text, nbytes, W_VAULT_AT_PART, r->at, p->name);
		break;
	}
}

/* The path last: however long it is, the reason stays readable. */
static int fail(const struct item_reader *r, int err, const char *why)
{
	char place[160];

	place_words(r, place, sizeof(place));
	if (err == ERR_CORRUPT)
		return err_fail(err, 0, W_VAULT_DAMAGED, place, r->offset, why,
				r->name);
	return err_fail(err, 0, W_VAULT_NOT_UNDERSTOOD, place, r->offset, why,
			r->name);
}

static int damaged(const struct item_reader *r, const char *why)
{
	return fail(r, ERR_CORRUPT, why);
}

/* ---- messages ----------------------------------------------------------- */

/* Fewer only at the end. */
static int read_up_to(struct item_reader *r, uint8_t *buf, size_t nbytes,
		      size_t *nread_ret)
{
	size_t have = 0;

	while (have < nbytes) {
		size_t n = 0;
		int err = r->read(r->arg, buf + have, nbytes - have, &n);

		if (err != 0)
			return err;
		if (n == 0)
			break;
		have += n;
	}
	r->next += have;
	*nread_ret = have;
	return 0;
}

static int read_exactly(struct item_reader *r, uint8_t *buf, size_t nbytes)
{
	size_t n = 0;
	int err = read_up_to(r, buf, nbytes, &n);

	if (err != 0)
		return err;
	return n == nbytes ? 0 : damaged(r, W_VAULT_CUT_OFF);
}

/* Into `plain`; the length that stands there must be the right one. */
static int read_message(struct item_reader *r, size_t min_nbytes,
			size_t max_nbytes)
{
	uint8_t *length = r->sealed + r->header_nbytes;
	const size_t before = r->header_nbytes + ITEM_LENGTH_NBYTES;
	uint8_t *cipher = length + ITEM_LENGTH_NBYTES;
	uint32_t n;
	int err;

	r->offset = r->next;
	err = read_exactly(r, length, ITEM_LENGTH_NBYTES);
	if (err != 0)
		return err;
	n = bytes_le32(length);
	if (n < ITEM_TAG_NBYTES || n - ITEM_TAG_NBYTES < min_nbytes ||
	    n - ITEM_TAG_NBYTES > max_nbytes)
		return damaged(r, W_VAULT_LENGTH_UNEXPECTED);
	err = read_exactly(r, cipher, n);
	if (err != 0)
		return err;
	if (crypto_secretstream_xchacha20poly1305_pull(&r->state, r->plain,
						       NULL, &r->tag, cipher, n,
						       r->sealed, before) != 0)
		return damaged(r, W_VAULT_ITS_BYTES_CHANGED);
	r->plain_nbytes = n - ITEM_TAG_NBYTES;
	r->header_nbytes = 0;
	return 0;
}

static int read_header(struct item_reader *r)
{
	uint8_t *h = r->sealed;
	uint8_t check[8];
	size_t n = 0;
	int err = read_up_to(r, h, ITEM_HEADER_NBYTES, &n);

	if (err != 0)
		return err;
	if (n < 8 || memcmp(h, ITEM_MAGIC, 8) != 0)
		return err_fail(ERR_CORRUPT, 0, W_VAULT_NO_ITEM, r->name);
	if (n < ITEM_HEADER_NBYTES)
		return damaged(r, W_VAULT_CUT_OFF);
	item_header_check(h, check);
	if (memcmp(check, h + ITEM_HEADER_NBYTES - 8, 8) != 0)
		return damaged(r, W_VAULT_ITS_BYTES_CHANGED);
	if (bytes_le32(h + 8) != ITEM_VERSION)
		return fail(r, ERR_UNSUPPORTED, W_VAULT_OTHER_VERSION);
	if (bytes_le32(h + 12) != ITEM_HEADER_NBYTES)
		return damaged(r, W_VAULT_ITS_LENGTH);
	if (crypto_secretstream_xchacha20poly1305_init_pull(&r->state, h + 48,
							    h + 16) != 0)
		return damaged(r, W_VAULT_BAD_KEY);
	r->header_nbytes = ITEM_HEADER_NBYTES;
	return 0;
}

/* All pieces but the last are full. */
static int read_head(struct item_reader *r)
{
	struct str head = STR_INIT;
	int err;

	r->place = IN_HEAD;
	str_init(&head, ITEM_HEAD_MAX);
	do {
		err = read_message(r, 2, 1 + ITEM_CHUNK_NBYTES);
		if (err != 0)
			goto out;
		if (r->plain[0] != ITEM_HEAD ||
		    (r->tag != TAG_PUSH &&
		     (r->tag != TAG_MESSAGE ||
		      r->plain_nbytes != 1 + ITEM_CHUNK_NBYTES))) {
			err = damaged(r, W_VAULT_MESSAGE_OTHER);
			goto out;
		}
		if (head.len + r->plain_nbytes - 1 > ITEM_HEAD_MAX) {
			err = damaged(r, W_VAULT_TOO_LONG);
			goto out;
		}
		err = str_addn(&head, r->plain + 1, r->plain_nbytes - 1);
		if (err != 0)
			goto out;
	} while (r->tag != TAG_PUSH);
	err = item_head_decode((const uint8_t *)head.buf, head.len, &r->head);
	r->head_nbytes = head.len;
	if (err == ERR_CORRUPT || err == ERR_UNSUPPORTED) {
		const struct err_info why = *err_last();

		err = fail(r, err, why.text);
	}
out:
	str_release(&head);
	return err;
}

/* ---- parts -------------------------------------------------------------- */

static void end_parts(struct item_reader *r)
{
	while (r->part < r->head.part_count &&
	       r->at == r->head.parts[r->part].nbytes) {
		crypto_hash_sha256_final(&r->hash,
					 r->head.parts[r->part].sha256);
		crypto_hash_sha256_init(&r->hash);
		r->part++;
		r->at = 0;
	}
}

int item_reader_new(const char *name, item_read_fn read, void *arg,
		    struct item_reader **ret)
{
	struct item_reader *r;
	int err = item_crypto_start();

	if (err != 0)
		return err;
	r = mem_zalloc(sizeof(*r));
	if (r == NULL)
		return err_nomem();
	r->read = read;
	r->arg = arg;
	r->name = mem_strdup(name);
	err = r->name == NULL ? err_nomem() : read_header(r);
	if (err == 0)
		err = read_head(r);
	if (err != 0) {
		item_reader_free(r);
		return err;
	}
	crypto_hash_sha256_init(&r->hash);
	r->place = IN_PARTS;
	end_parts(r);
	*ret = r;
	return 0;
}

const struct item_head *item_reader_head(const struct item_reader *r)
{
	return &r->head;
}

uint64_t item_reader_nbytes(const struct item_reader *r)
{
	return item_nbytes(r->head_nbytes, &r->head);
}

static int read_end(struct item_reader *r)
{
	const struct item_head *head = &r->head;
	const size_t want = 5 + 40 * head->part_count;
	char hex[65];
	uint8_t byte;
	size_t n = 0;
	int err;

	r->place = IN_END;
	err = read_message(r, want, want);
	if (err != 0)
		return err;
	if (r->plain[0] != ITEM_END || r->tag != TAG_FINAL ||
	    bytes_le32(r->plain + 1) != head->part_count)
		return damaged(r, W_VAULT_MESSAGE_OTHER);
	for (size_t i = 0; i < head->part_count; i++) {
		const uint8_t *p = r->plain + 5 + 40 * i;

		if (bytes_le64(p) != head->parts[i].nbytes ||
		    memcmp(p + 8, head->parts[i].sha256, 32) != 0)
			return damaged(r, W_VAULT_PART_NOT_AS_READ);
	}
	sodium_bin2hex(hex, sizeof(hex), head->parts[0].sha256, 32);
	if (strcmp(hex, head->info.sha256) != 0)
		return damaged(r, W_VAULT_OTHER_SHA256);
	r->place = AFTER_END;
	r->offset = r->next;
	err = read_up_to(r, &byte, 1, &n);
	if (err != 0)
		return err;
	return n == 0 ? 0 : damaged(r, W_VAULT_APPENDED);
}

/* Into `plain`, the next chunk of the part. */
static int read_chunk(struct item_reader *r, size_t *nbytes_ret)
{
	const uint64_t left = r->head.parts[r->part].nbytes - r->at;
	const size_t n =
		left < ITEM_CHUNK_NBYTES ? (size_t)left : ITEM_CHUNK_NBYTES;
	int err = read_message(r, ITEM_DATA_PREFIX + n, ITEM_DATA_PREFIX + n);

	if (err != 0)
		return err;
	if (r->plain[0] != ITEM_DATA ||
	    r->tag != (n == left ? TAG_PUSH : TAG_MESSAGE) ||
	    bytes_le32(r->plain + 1) != r->part ||
	    bytes_le64(r->plain + 5) != r->at)
		return damaged(r, W_VAULT_OTHER_BYTES);
	crypto_hash_sha256_update(&r->hash, r->plain + ITEM_DATA_PREFIX, n);
	*nbytes_ret = n;
	return 0;
}

int item_reader_next(struct item_reader *r, size_t *part_ret,
		     const uint8_t **data_ret, size_t *nbytes_ret)
{
	size_t n = 0;

	if (r->err != 0)
		return r->err;
	if (r->is_done || r->part == r->head.part_count) {
		r->err = r->is_done ? 0 : read_end(r);
		r->is_done = r->err == 0;
		if (r->is_done)
			*nbytes_ret = 0;
		return r->err;
	}
	r->err = read_chunk(r, &n);
	if (r->err != 0)
		return r->err;
	*part_ret = r->part;
	*data_ret = r->plain + ITEM_DATA_PREFIX;
	*nbytes_ret = n;
	r->at += n;
	end_parts(r);
	return 0;
}

void item_reader_take_head(struct item_reader *r, struct item_head *head_ret)
{
	*head_ret = r->head;
	memset(&r->head, 0, sizeof(r->head));
}

void item_reader_free(struct item_reader *r)
{
	if (r == NULL)
		return;
	item_head_release(&r->head);
	mem_free(r->name);
	mem_free(r);
}
