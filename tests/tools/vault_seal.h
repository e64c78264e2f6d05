/*
 * Makes vault items by hand, from remediate/FORMATS.md and not with the
 * product's writer: what it writes authenticates and says anything.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The same text gives the same item: the key and the stream's header are
 * fixed bytes (a stream begun for reading has the state of one begun for
 * writing with that header).
 */
#ifndef TESTS_VAULT_SEAL_H
#define TESTS_VAULT_SEAL_H

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define SEAL_MESSAGE 0x00
#define SEAL_PUSH    0x01
#define SEAL_FINAL   0x03

struct seal {
	crypto_secretstream_xchacha20poly1305_state state;
	unsigned char *bytes; /* the caller's buffer */
	size_t room;
	size_t nbytes;
	bool has_first; /* the first message is written */
};

static inline void seal_le(unsigned char *p, unsigned long long value,
			   int count)
{
	for (int i = 0; i < count; i++)
		p[i] = (unsigned char)(value >> 8 * i);
}

/* The checksum of the header, anew after a test changed something in it. */
static inline void seal_check(unsigned char *header)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, header, 72);
	memcpy(header + 72, hash, 8);
}

static inline void seal_begin(struct seal *s, void *buf, size_t room,
			      unsigned version)
{
	s->bytes = buf;
	s->room = room;
	s->nbytes = 80;
	s->has_first = false;
	memcpy(s->bytes, "MSTMPMQV", 8);
	seal_le(s->bytes + 8, version, 4);
	seal_le(s->bytes + 12, 80, 4);
	for (int i = 0; i < 56; i++)
		s->bytes[16 + i] = (unsigned char)(3 * i + 1);
	seal_check(s->bytes);
	crypto_secretstream_xchacha20poly1305_init_pull(
		&s->state, s->bytes + 48, s->bytes + 16);
}

/* A message: its first byte is the kind. False where the room is used up. */
static inline bool seal_add(struct seal *s, const void *plain, size_t nbytes,
			    unsigned char tag)
{
	unsigned char ad[84];
	size_t ad_nbytes = 0;

	if (s->room - s->nbytes < 4 + nbytes + 17)
		return false;
	if (!s->has_first) {
		memcpy(ad, s->bytes, 80);
		ad_nbytes = 80;
		s->has_first = true;
	}
	seal_le(s->bytes + s->nbytes, nbytes + 17, 4);
	memcpy(ad + ad_nbytes, s->bytes + s->nbytes, 4);
	ad_nbytes += 4;
	crypto_secretstream_xchacha20poly1305_push(
		&s->state, s->bytes + s->nbytes + 4, NULL, plain, nbytes, ad,
		ad_nbytes, tag);
	s->nbytes += 4 + nbytes + 17;
	return true;
}

/* One field of the description at `p`; returns the byte behind it. */
static inline unsigned char *seal_field(unsigned char *p, unsigned number,
					unsigned flags, const void *data,
					size_t nbytes)
{
	seal_le(p, number, 2);
	seal_le(p + 2, flags, 2);
	seal_le(p + 4, nbytes, 4);
	if (nbytes)
		memcpy(p + 8, data, nbytes);
	return p + 8 + nbytes;
}

#endif
