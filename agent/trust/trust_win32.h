/*
 * Is a file signed by somebody this PC trusts; private to trust.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TRUST_TRUST_WIN32_H
#define TRUST_TRUST_WIN32_H

#include "base/fmt.h"

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

enum trust_state {
	TRUST_NONE,    /* there is no signature */
	TRUST_VALID,   /* of that file, and the chain ends in a root */
	TRUST_INVALID, /* there is one that is worth nothing */
	TRUST_UNKNOWN  /* Windows could not say */
};

struct trust {
	enum trust_state state;
	char publisher[256]; /* TRUST_VALID: common name; "": none fit */
	char why[160];	     /* TRUST_INVALID and TRUST_UNKNOWN */
};

/* A member of a catalog, as WINTRUST_CATALOG_INFO wants it. */
struct trust_member {
	const wchar_t *catalog; /* full path */
	const wchar_t *tag;	/* digest, upper-case hex */
	const uint8_t *digest;
	size_t digest_nbytes;
	HANDLE admin; /* NULL before Windows 8 */
};

/*
 * The signature inside the file; with `member` the catalog's.  No dialogs, no
 * network, no revocation lists.  `path` is for Windows' own use; what is read
 * is the open file.
 */
void trust_check(HANDLE file, const wchar_t *path,
		 const struct trust_member *member, struct trust *ret);

#endif
