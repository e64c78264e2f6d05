/*
 * Hostile vault items.  The encryption would refuse nearly all of them at
 * once, so the input is (by its first byte) an item as it is, the fields of
 * a description, or the messages of an item that is then sealed properly.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_item.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "tests/tools/vault_seal.h"

#include <stdlib.h>

/* A reader that gives what it was asked for is the least that may happen. */
#define SEALED_ROOM ((size_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

struct input {
	const uint8_t *data;
	size_t nbytes;
	size_t at;
};

static int read_input(void *arg, void *buf, size_t nbytes, size_t *nread_ret)
{
	struct input *in = arg;

	/* Short reads, too. */
	if (nbytes > 1000)
		nbytes -= 7;
	if (nbytes > in->nbytes - in->at)
		nbytes = in->nbytes - in->at;
	if (nbytes)
		memcpy(buf, in->data + in->at, nbytes);
	in->at += nbytes;
	*nread_ret = nbytes;
	return 0;
}

/* What is said about an item must hold for what is accepted. */
static void check_head(const struct item_head *head)
{
	struct str again = STR_INIT;
	struct str text = STR_INIT;
	struct item_head second;

	if (item_head_encode(head, &again) != 0)
		abort();
	if (item_head_decode((const uint8_t *)again.buf, again.len, &second) !=
	    0)
		abort();
	item_head_release(&second);
	if (vault_info_text(&head->info, "en", &text) != 0)
		abort();
	str_clear(&text);
	if (vault_info_text(&head->info, "ja", &text) != 0)
		abort();
	str_release(&text);
	str_release(&again);
}

static void read_item(const uint8_t *data, size_t nbytes)
{
	struct input in = { data, nbytes, 0 };
	struct item_reader *r = NULL;
	const uint8_t *chunk;
	size_t part, n;
	int err = item_reader_new("input", read_input, &in, &r);

	if (err != 0)
		return;
	check_head(item_reader_head(r));
	do {
		n = 0;
		err = item_reader_next(r, &part, &chunk, &n);
	} while (err == 0 && n > 0);
	if (err == 0 && (in.at != nbytes || item_reader_nbytes(r) != nbytes))
		abort();
	if (err != 0 && item_reader_next(r, &part, &chunk, &n) != err)
		abort();
	item_reader_free(r);
}

static void read_head(const uint8_t *data, size_t nbytes)
{
	struct item_head head;

	if (item_crypto_start() == 0 &&
	    item_head_decode(data, nbytes, &head) == 0) {
		check_head(&head);
		item_head_release(&head);
	}
}

/*
 * Each message: le16 length (bit 15: filled up to a whole chunk with the last
 * byte), a byte that is the tag, the plain text.
 */
static void read_sealed(const uint8_t *data, size_t nbytes)
{
	static unsigned char room[SEALED_ROOM];
	static unsigned char plain[ITEM_PLAIN_NBYTES];
	struct seal s;

	if (item_crypto_start() != 0)
		return;
	seal_begin(&s, room, sizeof(room), 1);
	while (nbytes >= 3) {
		size_t n = bytes_le16(data);
		const bool is_full = n & 0x8000;
		const uint8_t tag = data[2] & 3;
		size_t whole;

		n &= 0x7fff;
		data += 3;
		nbytes -= 3;
		if (n > nbytes)
			n = nbytes;
		if (n == 0)
			break;
		whole = (data[0] == ITEM_DATA ? ITEM_DATA_PREFIX : 1) +
			ITEM_CHUNK_NBYTES;
		memset(plain, data[n - 1], sizeof(plain));
		memcpy(plain, data, n);
		if (!seal_add(&s, plain, is_full ? whole : n, tag))
			break;
		data += n;
		nbytes -= n;
	}
	read_item(room, s.nbytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	if (nbytes == 0)
		return 0;
	switch (data[0] % 3) {
	case 0:
		read_item(data + 1, nbytes - 1);
		break;
	case 1:
		read_head(data + 1, nbytes - 1);
		break;
	default:
		read_sealed(data + 1, nbytes - 1);
	}
	return 0;
}
