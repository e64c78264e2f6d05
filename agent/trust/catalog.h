/*
 * What the catalogs of an examined Windows name.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A catalog (PKCS #7 around a certificate trust list) holds, for each file
 * that it vouches for, a tag and mostly the digest: an OCTET STRING of 20
 * (SHA-1) or 32 bytes (SHA-256); in older ones the tag is the upper-case hex
 * of SHA-1 in UTF-16LE, with a NUL behind it.  Programs are named by their
 * Authenticode digest, other files by the digest of all their bytes.
 *
 * The index takes every such string wherever it stands.  What else has that
 * form (digests of certificates and of page tables) comes in as well: then a
 * file would be spared, never one be lost.  Signatures of catalogs are not
 * checked, so somebody who plants a catalog that names his file has it
 * spared, too; the report says which catalog named it.
 */
#ifndef TRUST_CATALOG_H
#define TRUST_CATALOG_H

#include "target/target.h"

/* Other than 0 ends the scan, which gives that number back. */
typedef int (*catalog_fn)(void *arg, const uint8_t *digest, size_t nbytes);

/*
 * Every digest of one catalog, raw (20 or 32 bytes); one that stands there
 * twice is told twice.
 */
int catalog_scan(const uint8_t *bytes, size_t nbytes, catalog_fn fn, void *arg);
/*
 * False if it is cut off or was overwritten: its first element does not
 * begin as a SEQUENCE or does not fit, so something may be missing.
 */
bool catalog_is_whole(const uint8_t *bytes, size_t nbytes);

struct catalog_index;

/*
 * Reads all files *.cat below the folder `wpath`
 * ("C:\Windows\System32\CatRoot") of the target, once each.  Succeeds also
 * where some or all of them cannot be read: see catalog_index_problem().
 * No such folder: an empty index.  ERR_NOMEM.
 */
int catalog_index_build(struct target *t, const char *wpath,
			struct catalog_index **ret);
void catalog_index_free(struct catalog_index *x);
size_t catalog_index_count(const struct catalog_index *x); /* catalogs */
/* Why it is not complete, one sentence; NULL: it is. */
const char *catalog_index_problem(const struct catalog_index *x);
/*
 * 1: the digest (40 or 64 hex digits) is named by the catalog *wpath_ret,
 * owned by the index; 0: by none; < 0: -ERR_*, the catalog that seems to name
 * it could not be read a second time.
 */
int catalog_index_find(const struct catalog_index *x, const char *hex,
		       const char **wpath_ret);

#endif
