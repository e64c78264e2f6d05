/*
 * Digests through libtomcrypt: one implementation for all hosts.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include <string.h>
#include <tomcrypt.h>

struct digester {
	hash_state md5;
	hash_state sha1;
	hash_state sha256;
};

static void to_hex(const unsigned char *bytes, size_t nbytes, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < nbytes; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * nbytes] = '\0';
}

/* libtomcrypt's process functions take unsigned long, 32 bits on Windows. */
#define ONE_STEP ((size_t)1 << 30)

struct digester *digester_new(void)
{
	struct digester *d = mem_zalloc(sizeof(*d));

	if (!d) {
		err_nomem();
		return NULL;
	}
	md5_init(&d->md5);
	sha1_init(&d->sha1);
	sha256_init(&d->sha256);
	return d;
}

void digester_add(struct digester *d, const void *bytes, size_t nbytes)
{
	const unsigned char *p = bytes;

	while (nbytes) {
		size_t n = nbytes < ONE_STEP ? nbytes : ONE_STEP;

		md5_process(&d->md5, p, (unsigned long)n);
		sha1_process(&d->sha1, p, (unsigned long)n);
		sha256_process(&d->sha256, p, (unsigned long)n);
		p += n;
		nbytes -= n;
	}
}

void digester_finish(struct digester *d, struct digests *ret)
{
	unsigned char out[32];

	md5_done(&d->md5, out);
	to_hex(out, 16, ret->md5);
	sha1_done(&d->sha1, out);
	to_hex(out, 20, ret->sha1);
	sha256_done(&d->sha256, out);
	to_hex(out, 32, ret->sha256);
	digester_free(d);
}

void digester_free(struct digester *d)
{
	mem_free(d);
}

int digest_buffer(const void *bytes, size_t nbytes, struct digests *ret)
{
	struct digester *d = digester_new();

	if (!d)
		return ERR_NOMEM;
	digester_add(d, bytes, nbytes);
	digester_finish(d, ret);
	return 0;
}

void digest_sha256_hex(const void *bytes, size_t nbytes, char hex_ret[65])
{
	const unsigned char *p = bytes;
	unsigned char out[32];
	hash_state state;

	sha256_init(&state);
	while (nbytes) {
		size_t n = nbytes < ONE_STEP ? nbytes : ONE_STEP;

		sha256_process(&state, p, (unsigned long)n);
		p += n;
		nbytes -= n;
	}
	sha256_done(&state, out);
	to_hex(out, 32, hex_ret);
}
