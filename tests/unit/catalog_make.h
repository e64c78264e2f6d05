/*
 * Catalogs for unit tests: a minimal DER writer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it makes has the structure of a catalog that nobody signed: a PKCS #7
 * without signers around a certificate trust list.
 */
#ifndef TESTS_CATALOG_MAKE_H
#define TESTS_CATALOG_MAKE_H

#include "base/str.h"

/* How a member names its file. */
enum catalog_form {
	CATALOG_RAW,	  /* the tag is the digest itself (inf2cat, newer) */
	CATALOG_TEXT,	  /* upper-case hex in UTF-16LE and a NUL (makecat) */
	CATALOG_TEXT_BARE /* the same without the NUL */
};

struct catalog_maker {
	struct str members;
};

void catalog_maker_init(struct catalog_maker *m);
/* `hex`: SHA-1 or SHA-256; `with_digest`: the attributes of a program beside
 * it. */
void catalog_maker_add(struct catalog_maker *m, enum catalog_form form,
		       const char *hex, bool with_digest);
/* Any tag. */
void catalog_maker_add_tag(struct catalog_maker *m, const void *tag,
			   size_t nbytes);
/* Appends the whole catalog and releases what was added. */
void catalog_maker_finish(struct catalog_maker *m, struct str *out);

/* tag, length and content; for odd things. */
void catalog_der(struct str *out, int tag, const void *content, size_t nbytes);

#endif
