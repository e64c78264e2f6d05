/*
 * Signatures in minisign's format, checked with libsodium.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   untrusted comment: <text>
 *   base64 of  "ED" or "Ed", key id (8), signature (64)
 *   trusted comment: <text>
 *   base64 of a signature (64) over the first signature and that text
 *
 * "ED" (the default of today's minisign) signs BLAKE2b-512 of the file, "Ed"
 * the file itself.  A public key is base64 of "Ed", key id, 32 bytes.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match/pack_internal.h"
#include "words/match.h"
#include <sodium.h>
#include <string.h>

#define KEY_NBYTES	 (2 + 8 + 32)
#define SIGNATURE_NBYTES (2 + 8 + 64)

static const char trusted_prefix[] = "trusted comment: ";

struct line {
	const char *text;
	size_t nbytes;
};

static bool next_line(const char **p, const char *end, struct line *ret)
{
	const char *newline;
	size_t n;

	if (*p >= end)
		return false;
	newline = memchr(*p, '\n', (size_t)(end - *p));
	n = (size_t)((newline ? newline : end) - *p);
	ret->text = *p;
	*p = newline ? newline + 1 : end;
	if (n && ret->text[n - 1] == '\r')
		n--;
	ret->nbytes = n;
	return true;
}

static bool decode_base64(const char *text, size_t nbytes, uint8_t *out,
			  size_t out_nbytes)
{
	size_t n = 0;

	return sodium_base642bin(out, out_nbytes, text, nbytes, NULL, &n, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       n == out_nbytes;
}

static int corrupt(const char *what)
{
	return err_fail(ERR_CORRUPT, 0, W_MATCH_SIGNATURE_DAMAGED, what);
}

int pack_signature_parse(const char *text, size_t nbytes,
			 struct pack_signature *ret)
{
	static const char untrusted[] = "untrusted comment:";
	const size_t prefix = sizeof(trusted_prefix) - 1;
	const char *p = text;
	const char *end = text + nbytes;
	struct pack_signature s;
	uint8_t raw[SIGNATURE_NBYTES];
	struct line line[4];

	for (int i = 0; i < 4; i++) {
		if (!next_line(&p, end, &line[i]))
			return corrupt(W_MATCH_LINES_MISSING);
	}
	if (line[0].nbytes < sizeof(untrusted) - 1 ||
	    memcmp(line[0].text, untrusted, sizeof(untrusted) - 1) != 0)
		return corrupt(W_MATCH_NO_UNTRUSTED_COMMENT);
	if (!decode_base64(line[1].text, line[1].nbytes, raw, sizeof(raw)))
		return corrupt(W_MATCH_SECOND_LINE);
	if (raw[0] != 'E' || (raw[1] != 'D' && raw[1] != 'd'))
		return corrupt(W_MATCH_UNKNOWN_ALGORITHM);
	if (line[2].nbytes < prefix ||
	    memcmp(line[2].text, trusted_prefix, prefix) != 0)
		return corrupt(W_MATCH_NO_TRUSTED_COMMENT);
	if (line[2].nbytes - prefix >= sizeof(s.trusted_comment) ||
	    memchr(line[2].text, '\0', line[2].nbytes))
		return corrupt(W_MATCH_TRUSTED_COMMENT);
	memset(&s, 0, sizeof(s));
	if (!decode_base64(line[3].text, line[3].nbytes, s.global,
			   sizeof(s.global)))
		return corrupt(W_MATCH_FOURTH_LINE);
	s.is_prehashed = raw[1] == 'D';
	memcpy(s.key_id, raw + 2, 8);
	memcpy(s.signature, raw + 10, 64);
	memcpy(s.trusted_comment, line[2].text + prefix,
	       line[2].nbytes - prefix);
	*ret = s;
	return 0;
}

/* A key's line may be the base64 alone or a whole .pub file. */
static bool find_key(const char *const *keys, const uint8_t *key_id,
		     uint8_t public_key[32])
{
	for (size_t i = 0; keys && keys[i]; i++) {
		const char *p = keys[i];
		const char *end = p + strlen(p);
		struct line line;

		while (next_line(&p, end, &line)) {
			uint8_t raw[KEY_NBYTES];

			if (!decode_base64(line.text, line.nbytes, raw,
					   sizeof(raw)) ||
			    raw[0] != 'E' || raw[1] != 'd' ||
			    memcmp(raw + 2, key_id, 8) != 0)
				continue;
			memcpy(public_key, raw + 10, 32);
			return true;
		}
	}
	return false;
}

int pack_signature_verify(const struct pack_signature *s, const uint8_t *data,
			  size_t nbytes, const char *const *builtin_keys,
			  const char *const *more_keys)
{
	uint8_t public_key[32];
	uint8_t hash[64];
	uint8_t global[64 + sizeof(s->trusted_comment)];
	size_t comment_nbytes = strlen(s->trusted_comment);

	if (sodium_init() < 0)
		return err_fail(ERR_IO, 0, W_MATCH_NO_LIBSODIUM);
	if (!find_key(builtin_keys, s->key_id, public_key) &&
	    !find_key(more_keys, s->key_id, public_key))
		return ERR_NOT_FOUND;
	if (s->is_prehashed) {
		crypto_generichash(hash, sizeof(hash), data, nbytes, NULL, 0);
		data = hash;
		nbytes = sizeof(hash);
	}
	if (crypto_sign_verify_detached(s->signature, data, nbytes,
					public_key) != 0)
		return err_fail(ERR_CORRUPT, 0, W_MATCH_SIGNATURE_WRONG);
	memcpy(global, s->signature, 64);
	memcpy(global + 64, s->trusted_comment, comment_nbytes);
	if (crypto_sign_verify_detached(s->global, global, 64 + comment_nbytes,
					public_key) != 0)
		return err_fail(ERR_CORRUPT, 0, W_MATCH_COMMENT_CHANGED);
	return 0;
}

void pack_signature_key_id(const struct pack_signature *s, char ret[17])
{
	snprintf(ret, 17, "%016" PRIX64, bytes_le64(s->key_id));
}
