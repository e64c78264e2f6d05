/*
 * Catalogs for unit tests: a minimal DER writer.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "catalog_make.h"

#include <string.h>

#define DER_INTEGER   0x02
#define DER_OCTETS    0x04
#define DER_NULL      0x05
#define DER_OID	      0x06
#define DER_UTCTIME   0x17
#define DER_BMPSTRING 0x1e
#define DER_SEQUENCE  0x30
#define DER_SET	      0x31
#define DER_CONTEXT   0xa0

#define OID(text)    text, sizeof(text) - 1
#define SIGNED_DATA  OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define TRUST_LIST   OID("\x2b\x06\x01\x04\x01\x82\x37\x0a\x01")
#define CATALOG_LIST OID("\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x01")
/* szOID_CATALOG_LIST_MEMBER: 1.3.6.1.4.1.311.12.1.2 */
#define MEMBER	      OID("\x2b\x06\x01\x04\x01\x82\x37\x0c\x01\x02")
#define INDIRECT_DATA OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04")
#define MEMBER_INFO   OID("\x2b\x06\x01\x04\x01\x82\x37\x0c\x02\x02")
#define PE_IMAGE      OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f")
#define SHA1	      OID("\x2b\x0e\x03\x02\x1a")
#define SHA256	      OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01")

void catalog_der(struct str *out, int tag, const void *content, size_t nbytes)
{
	str_addch(out, (char)tag);
	if (nbytes < 0x80) {
		str_addch(out, (char)nbytes);
	} else {
		int count = nbytes < 0x100 ? 1 : nbytes < 0x10000 ? 2 : 4;

		str_addch(out, (char)(0x80 | count));
		while (count-- > 0)
			str_addch(out, (char)(nbytes >> 8 * count));
	}
	str_addn(out, content, nbytes);
}

/* Puts `inner` into an element at the end of `out`, and empties it. */
static void put(struct str *out, int tag, struct str *inner)
{
	catalog_der(out, tag, str_text(inner), inner->len);
	str_release(inner);
	str_init(inner, 0);
}

static void put_oid(struct str *out, const char *oid, size_t nbytes)
{
	catalog_der(out, DER_OID, oid, nbytes);
}

static void put_algorithm(struct str *out, const char *oid, size_t nbytes)
{
	struct str s = STR_INIT;

	put_oid(&s, oid, nbytes);
	catalog_der(&s, DER_NULL, "", 0);
	put(out, DER_SEQUENCE, &s);
}

void catalog_maker_init(struct catalog_maker *m)
{
	memset(m, 0, sizeof(*m));
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static size_t from_hex(const char *hex, char *bytes)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
		bytes[i] =
			(char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	return n;
}

/* SpcIndirectDataContent, in the SET of attributes. */
static void put_indirect(struct str *out, const char *digest, size_t nbytes)
{
	struct str in = STR_INIT, attribute = STR_INIT, data = STR_INIT;

	/* What kind of file: an SpcPeImageData without flags or name. */
	put_oid(&in, PE_IMAGE);
	catalog_der(&in, DER_SEQUENCE, "\x03\x01\0\xa0\x04\xa2\x02\x80\0", 9);
	put(&data, DER_SEQUENCE, &in);
	/* DigestInfo. */
	if (nbytes == 20)
		put_algorithm(&in, SHA1);
	else
		put_algorithm(&in, SHA256);
	catalog_der(&in, DER_OCTETS, digest, nbytes);
	put(&data, DER_SEQUENCE, &in);
	put(&in, DER_SEQUENCE, &data);
	put_oid(&attribute, INDIRECT_DATA);
	put(&attribute, DER_SET, &in);
	put(out, DER_SEQUENCE, &attribute);
}

/* CAT_MEMBERINFO: which subject interface package hashes it. */
static void put_member_info(struct str *out)
{
	static const char programs[] = "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}";
	struct str in = STR_INIT, attribute = STR_INIT, text = STR_INIT;

	for (size_t i = 0; programs[i] != '\0'; i++) {
		str_addch(&text, '\0'); /* a BMPString: high byte first */
		str_addch(&text, programs[i]);
	}
	put(&in, DER_BMPSTRING, &text);
	catalog_der(&in, DER_INTEGER, "\x02\0", 2);
	put(&text, DER_SEQUENCE, &in);
	put_oid(&attribute, MEMBER_INFO);
	put(&attribute, DER_SET, &text);
	put(out, DER_SEQUENCE, &attribute);
}

static void add(struct catalog_maker *m, const void *tag, size_t nbytes,
		const char *digest, size_t digest_nbytes)
{
	struct str attributes = STR_INIT, s = STR_INIT;

	catalog_der(&s, DER_OCTETS, tag, nbytes);
	if (digest != NULL) {
		put_indirect(&attributes, digest, digest_nbytes);
		put_member_info(&attributes);
	}
	put(&s, DER_SET, &attributes);
	put(&m->members, DER_SEQUENCE, &s);
}

void catalog_maker_add(struct catalog_maker *m, enum catalog_form form,
		       const char *hex, bool with_digest)
{
	char digest[32], text[64 * 2 + 2];
	size_t n = from_hex(hex, digest), nchars = strlen(hex);
	const char *also = with_digest ? digest : NULL;

	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < nchars; i++)
		text[2 * i] = (char)ascii_upper(hex[i]);
	if (form == CATALOG_RAW)
		add(m, digest, n, also, n);
	else
		add(m, text, nchars * 2 + (form == CATALOG_TEXT ? 2 : 0), also,
		    n);
}

void catalog_maker_add_tag(struct catalog_maker *m, const void *tag,
			   size_t nbytes)
{
	add(m, tag, nbytes, NULL, 0);
}

void catalog_maker_finish(struct catalog_maker *m, struct str *out)
{
	static const char list_id[16] = "0123456789abcde";
	struct str s = STR_INIT, list = STR_INIT;

	put_oid(&s, CATALOG_LIST);
	put(&list, DER_SEQUENCE, &s);
	catalog_der(&list, DER_OCTETS, list_id, sizeof(list_id));
	catalog_der(&list, DER_UTCTIME, "101001000000Z", 13);
	put_algorithm(&list, MEMBER);
	put(&list, DER_SEQUENCE, &m->members);
	put(&s, DER_SEQUENCE, &list);

	put_oid(&list, TRUST_LIST);
	put(&list, DER_CONTEXT, &s);
	/* SignedData: version, no algorithms, the list, no signers. */
	catalog_der(&s, DER_INTEGER, "\1", 1);
	catalog_der(&s, DER_SET, "", 0);
	put(&s, DER_SEQUENCE, &list);
	catalog_der(&s, DER_SET, "", 0);
	put(&list, DER_SEQUENCE, &s);

	put_oid(&s, SIGNED_DATA);
	put(&s, DER_CONTEXT, &list);
	put(out, DER_SEQUENCE, &s);
}
