/*
 * Find the digests in the bytes of a catalog.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The structure around them is not followed: a damaged or unusual catalog
 * must not hide what it names.
 */
#include "trust/catalog.h"

#include "base/bytes.h"

#define DER_OCTETS   0x04
#define DER_SEQUENCE 0x30
#define DER_LONG     0x80 /* the length takes the next (n & 0x7f) bytes */

#define SHA1_NBYTES   20
#define SHA256_NBYTES 32
/* Two digits a byte, two bytes a digit. */
#define TAG_NBYTES(digest_nbytes) ((digest_nbytes)*4)

static int hex_value(const uint8_t *unit)
{
	uint8_t c = unit[0];

	if (unit[1] != 0)
		return -1;
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool from_tag(const uint8_t *text, size_t nbytes, uint8_t *digest)
{
	for (size_t i = 0; i < nbytes; i++) {
		int high = hex_value(text + 4 * i);
		int low = hex_value(text + 4 * i + 2);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* One OCTET STRING's content. */
static int look_at(const uint8_t *p, size_t nbytes, catalog_fn fn, void *arg)
{
	static const size_t sizes[] = { SHA1_NBYTES, SHA256_NBYTES };
	uint8_t digest[SHA256_NBYTES];

	for (size_t i = 0; i < 2; i++) {
		size_t tag = TAG_NBYTES(sizes[i]);

		if (nbytes == sizes[i])
			return fn(arg, p, nbytes);
		if ((nbytes == tag ||
		     (nbytes == tag + 2 && p[tag] == 0 && p[tag + 1] == 0)) &&
		    from_tag(p, sizes[i], digest))
			return fn(arg, digest, sizes[i]);
	}
	return 0;
}

int catalog_scan(const uint8_t *bytes, size_t nbytes, catalog_fn fn, void *arg)
{
	struct bytes b = { bytes, nbytes };

	for (size_t i = 0; i + 2 <= nbytes; i++) {
		size_t at = i + 2, n = bytes[i + 1];
		const uint8_t *p;
		int ret;

		if (bytes[i] != DER_OCTETS)
			continue;
		/* The longest one looked for has 130 bytes: one byte more. */
		if (n == (DER_LONG | 1) && at < nbytes)
			n = bytes[at++];
		else if (n >= DER_LONG)
			continue;
		p = bytes_at(&b, at, n);
		ret = p != NULL ? look_at(p, n, fn, arg) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

bool catalog_is_whole(const uint8_t *bytes, size_t nbytes)
{
	uint64_t length = 0;
	size_t count;

	if (nbytes < 2 || bytes[0] != DER_SEQUENCE)
		return false;
	if (bytes[1] < DER_LONG)
		return bytes[1] <= nbytes - 2;
	count = bytes[1] & 0x7f;
	if (count == 0) /* BER without a length: two zeros end it */
		return nbytes >= 4 && bytes[nbytes - 1] == 0 &&
		       bytes[nbytes - 2] == 0;
	if (count > 4 || count > nbytes - 2)
		return false;
	for (size_t i = 0; i < count; i++)
		length = length << 8 | bytes[2 + i];
	return length <= nbytes - 2 - count;
}
